"""Rows of the `filter` methods: every column formatted, and raw with the suffix `_raw`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeVar

from sandbox.ireserve.api.answers import ApiError
from sandbox.ireserve.tenant.model import Json
from sandbox.ireserve.tenant.times import clock_text, seconds_of, utc

Kind = Literal["id", "int", "text", "date", "time", "moment"]
Row = TypeVar("Row")


@dataclass(frozen=True)
class Column:
    """How to get a column's value from a row; `raw` where it is not what `kind` makes of the value."""

    kind: Kind
    value: Callable[[Any], Any]
    shown: Callable[[Any], Any] | None = None
    raw: Callable[[Any], Any] | None = None


@dataclass
class Table:
    """The columns that can be asked for, and the names (upper case) that can be searched."""

    columns: dict[str, Column] = field(default_factory=dict)
    search: dict[str, Column] = field(default_factory=dict)

    def add(self, name: str, column: Column, *aliases: str) -> None:
        """Add a column under its name, if it has one here, and its search names."""
        if name:
            self.columns[name] = column
        for alias in (name, *aliases):
            if alias:
                self.search[alias.upper()] = column


def pick_columns(table: Table, wanted: str, *, strict: bool) -> list[str]:
    """Return the wanted columns in their order; an unknown one is a 412, or left out."""
    names = []
    for name in (part.strip() for part in wanted.split(",")):
        if name in table.columns:
            names.append(name)
        elif strict:
            raise ApiError(412, f"unknown column {name}")
    return names


def page(found: Sequence[Row], start: int, length: int, limit: int) -> Sequence[Row]:
    """Return the rows from start; length 0 is all of them, limit 0 is none."""
    size = min(each for each in (length or len(found), limit or len(found)))
    return found[max(start, 0) : max(start, 0) + size]


def row(table: Table, thing: Any, names: list[str], n: int, identity: list[tuple[str, Kind]], style: str) -> Json:
    """Return one row; identity columns and the row number are always in it."""
    plain: Json = {name: formatted(table.columns[name], thing, style) for name in names}
    for name, kind in identity:
        held = table.search[name.upper()].value(thing)
        plain[name] = (held or "") if kind == "int" else str(held or "")
    plain["id"] = n
    asked = dict.fromkeys([*names, *(name for name, _ in identity if name in table.columns)])
    return plain | {f"{name}_raw": raw(table.columns[name], thing) for name in asked}


def formatted(column: Column, thing: Any, style: str) -> Any:
    """Return the value as a person reads it."""
    if column.shown is not None:
        return column.shown(thing)
    value = column.value(thing)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%d-%m-%Y} {clock_text(seconds_of(value), style)}"
    if isinstance(value, date):
        return value.strftime("%d-%m-%Y")
    if column.kind == "time":
        return clock_text(value, style)
    return value if column.kind == "int" else str(value)


def raw(column: Column, thing: Any) -> Any:
    """Return the value as i-Reserve stores it: ISO date, seconds since midnight, ids as text."""
    if column.raw is not None:
        return column.raw(thing)
    value = column.value(thing)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or column.kind == "time":
        return value
    return str(value)


def sort_key(value: Any) -> tuple[bool, Any]:
    """Return the sort key of rows: empty values first, moments in UTC."""
    held = utc(value) if isinstance(value, datetime) else value
    return held is not None, held if held is not None else 0
