"""i-Reserve's search language: `startdatum >= "0d" AND product IN (101,102)` as a predicate."""

import operator
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NoReturn

from sandbox.ireserve.api.rows import Table
from sandbox.ireserve.tenant.times import Wall, midnight, seconds_from_text, utc

TOKEN = re.compile(r"""\s*("[^"]*"|'[^']*'|>=|<=|[><=~(),]|[^\s()<>=~,"']+)""")
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
Predicate = Callable[[Any], bool]


class BadSearchError(Exception):
    """The search string is not understood."""


def compile_search(text: str, table: Table, now: datetime, wall: Wall) -> Predicate:
    """Return a predicate over the table's rows; raises BadSearchError, which says what is wrong."""
    if not text:
        return lambda _: True
    return _Parser(text, table, now, wall).whole()


class _Parser:
    def __init__(self, text: str, table: Table, now: datetime, wall: Wall) -> None:
        self._tokens = TOKEN.findall(text)
        if "".join(self._tokens) != re.sub(r"\s+", "", text) and TOKEN.sub("", text).strip():
            self._fail(text)
        self._table = table
        self._now = now
        self._wall = wall
        self._place = 0

    def whole(self) -> Predicate:
        found = self._any_of()
        if self._place < len(self._tokens):
            self._fail(self._tokens[self._place])
        return found

    def _fail(self, where: str) -> NoReturn:
        raise BadSearchError(f"search is not valid near {where}")

    def _peek(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        token = self._peek()
        if not token or (wanted and token.upper() not in wanted):
            self._fail(token or "the end")
        self._place += 1
        return str(token)

    def _any_of(self) -> Predicate:
        parts = [self._all_of()]
        while self._peek().upper() == "OR":
            self._take()
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else lambda row: any(part(row) for part in parts)

    def _all_of(self) -> Predicate:
        parts = [self._criterion()]
        while self._peek().upper() == "AND":
            self._take()
            parts.append(self._criterion())
        return parts[0] if len(parts) == 1 else lambda row: all(part(row) for part in parts)

    def _criterion(self) -> Predicate:
        if self._peek() == "(":
            self._take()
            inner = self._any_of()
            self._take(")")
            return inner
        name = self._take()
        column = self._table.search.get(name.upper())
        if column is None:
            raise BadSearchError(f"unknown search field {name}")
        sign = self._take(*COMPARE, "~", "IN")
        value = column.value
        if sign.upper() == "IN":
            allowed = [self._value(column.kind, text) for text in self._list()]
            return lambda row: value(row) in allowed
        text = self._text()
        if sign == "~":
            return lambda row: text.lower() in str(value(row) or "").lower()
        wanted, compare = self._value(column.kind, text), COMPARE[sign]
        return lambda row: (held := value(row)) is not None and compare(_key(held), _key(wanted))

    def _list(self) -> list[str]:
        self._take("(")
        found = [self._text()]
        while self._peek() == ",":
            self._take()
            found.append(self._text())
        self._take(")")
        return found

    def _text(self) -> str:
        token = self._take()
        return token[1:-1] if token[:1] in "\"'" else token

    def _value(self, kind: str, text: str) -> Any:
        relative = re.fullmatch(r"([+-]?\d+)d", text)
        try:
            if kind in ("date", "moment") and relative:
                day = midnight(self._now) + timedelta(days=int(relative[1]))
                return day.date() if kind == "date" else day
            if kind == "date":
                return date.fromisoformat(text)
            if kind == "moment":
                return self._wall.parse(text)
            if kind == "time":
                return int(text) if text.isdigit() else seconds_from_text(text)
            return int(text) if kind in ("int", "id") else text
        except (ValueError, OverflowError):
            self._fail(text)


def _key(value: Any) -> Any:
    if isinstance(value, datetime):
        return utc(value)
    return value.lower() if isinstance(value, str) else value
