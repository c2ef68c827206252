"""The dialect as a person reads and edits it: each point's value, whether it is known, and a sentence."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, get_args

from pydantic import ValidationError

from functions.application.ports import Ports, Transaction
from functions.application.setting_up.settings_input import says_yes_or_no
from functions.application.store.dialect_validation import HINTS, dialect_of, typed
from functions.application.store.integrations import MEANWHILE, path_of, put_history
from functions.application.store.records import record_of, stored
from functions.domain.model.errors import Conflict, Fault, Gone, Invalid
from functions.domain.model.identity import is_ireserve_id
from functions.domain.model.messages import say
from functions.domain.settings.dialect import Dialect, plain_name
from functions.domain.settings.facts import is_tidy
from functions.domain.settings.integration import Integration

NAME = re.compile(r"[A-Za-z0-9_.\[\]-]{1,60}")  # it becomes part of a search, an address or a key
CARRIED = ("object_id", "date", "number")
LONGEST_SECONDS = 60.0
MOST, MOST_OF_OVERRIDE = 1_000_000, 10**10 - 1  # any store can keep them
LONGEST_WORD = 100
HIGHEST_CODE = 9999


def shown(dialect: Dialect) -> list[dict[str, Any]]:
    """Return every point: `name`, `value`, `known` (False: it is assumed) and the sentence `says`."""
    return [
        {
            "name": each.name,
            "value": getattr(dialect, each.name),
            "known": each.name in dialect.known,
            "says": each.metadata["says"],
        }
        for each in fields(Dialect)
        if each.metadata
    ]


def mark(dialect: Mapping[str, Any]) -> str:
    """Return a hash of the stored points, to detect changes since somebody saw them."""
    return hashlib.sha256(json.dumps(dict(dialect), sort_keys=True).encode()).hexdigest()[:20]


def save(ports: Ports, int_id: str, given: Mapping[str, Any], actor: str, *, seen: str | None = None) -> Dialect:
    """Store the given points as known and all others as assumed; raises `Invalid` with all faults.

    `seen` is the mark of the points that were edited; raises `Conflict` if they have changed since.
    """
    wrong = tuple(faults(given))
    if wrong:
        raise Invalid(wrong)
    dialect = dialect_of(given)
    now, entry = ports.clock(), ports.token(12)

    def store(tx: Transaction) -> None:
        body = tx.get(path_of(int_id))
        if body is None:
            raise Gone(say("there is no integration {}", int_id), reason="unknown_integration")
        before = record_of(Integration, body, "integration {}", int_id)
        if dialect_of(before.dialect) == dialect:
            return  # nothing changes, or this has been stored and the answer was lost
        if seen is not None and seen != mark(before.dialect):
            raise Conflict(MEANWHILE, reason="revision")
        after = replace(before, dialect=dialect.as_body(), revision=before.revision + 1)
        tx.put(path_of(int_id), stored(after))
        former, new = ({"dialect": dict(each.dialect)} for each in (before, after))
        put_history(tx, int_id, entry, now, actor, former, new)

    ports.documents.transact(store)
    return dialect


def faults(given: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield everything that is wrong with the points, each fault with its point."""
    right: dict[str, Any] = {}
    for name, value in given.items():
        if name not in HINTS:
            yield Fault(name, say("there is no such point; use {}", ", ".join(sorted(HINTS))))
            continue
        try:
            right[name] = point = typed(name, value)
        except ValidationError:
            yield Fault(name, _advice(name))
            continue
        if says_yes_or_no(value) and not _takes(HINTS[name], bool):
            yield Fault(name, _advice(name))
            continue
        yield from (Fault(name, says) for says in _rules(name, point))
    for thing in sorted({*right.get("day_objects", ())} & {*right.get("hour_objects", ())}):
        yield Fault("hour_objects", say("object {} is in both lists; keep it in one", thing))


def _advice(name: str) -> str:
    choices = [each for each in get_args(HINTS[name]) if isinstance(each, str)]
    if choices:
        return say("use one of {}", ", ".join(choices))
    known = {
        "override": 'give null, or a place (body or query), a name and a value: ["body", "override", 1]',
        "status_names": 'give pairs of a name and a code: [["open", 20]]',
    }
    kinds = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
    parts = get_args(HINTS[name]) or (HINTS[name],)
    kind = next((words for part, words in kinds.items() if part in parts), "a list of texts")
    none = " or null" if type(None) in parts else ""
    return known.get(name, f"give {'a list of texts' if tuple in map(_origin, parts) else kind}{none}")


def _origin(kind: Any) -> Any:
    return getattr(kind, "__origin__", kind)


def _takes(kind: Any, part: type) -> bool:
    return kind is part or any(_takes(each, part) for each in get_args(kind))


def _rules(name: str, value: Any) -> Iterator[str]:
    """Yield what is wrong with a value of the right type."""
    if value is None:
        return
    if name.startswith(("search_", "column_")) and name != "search_dates":
        yield from _named([value], NAME, "a name has letters, digits, _ . - and no spaces")
    elif name == "override":
        yield from _named([value[1]], NAME, "a name has letters, digits, _ . - and no spaces")
        yield from _override(value[2])
    elif name == "hook_events":
        yield from _named(value or [""], NAME, "give at least one webhook such as booking_updated")
        yield from _twice(value)
    elif name in ("day_objects", "hour_objects") and not all(map(is_ireserve_id, value)):
        yield "give numbers of objects"
    elif name == "status_names":
        yield from _statuses(value)
    elif name == "update_carries" and set(value) - set(CARRIED):
        yield say("use one of {}", ", ".join(CARRIED))
    elif name in ("external_id_max_length", "rows_at_once") and not 1 <= value <= MOST:
        yield say("use {} to {}", 1, MOST)
    elif name.endswith("_seconds") and not 0 <= value <= LONGEST_SECONDS:
        yield "give seconds from 0 to 60"


def _named(values: Iterable[str], pattern: re.Pattern[str], says: str) -> Iterator[str]:
    if not all(pattern.fullmatch(each) for each in values):
        yield says


def _override(value: str | int) -> Iterator[str]:
    if isinstance(value, str) and not is_tidy(value, LONGEST_WORD):
        yield say("use at most {} characters, and no control characters", LONGEST_WORD)
    if isinstance(value, int) and not 0 <= value <= MOST_OF_OVERRIDE:
        yield say("use {} to {}", 0, MOST_OF_OVERRIDE)


def _statuses(pairs: Iterable[tuple[str, int]]) -> Iterator[str]:
    names = [plain_name(name) for name, _ in pairs]
    if not all(name and is_tidy(name, LONGEST_WORD) for name in names):
        yield say("give each status a name of at most {} characters", LONGEST_WORD)
    yield from _twice(names)
    for code in dict.fromkeys(code for _, code in pairs if not 0 <= code <= HIGHEST_CODE):
        yield say("“{}” is not a status code; use a number from 0 to 9999", code)


def _twice(names: Iterable[str]) -> Iterator[str]:
    for name, times in Counter(names).items():
        if name and times > 1:
            yield say("{} is named twice; keep one", name)
