"""Turns settings as entered (YAML, JSON, a form) into settings, or lists all faults at once, each with its field."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from functions.application.store.integrations import settings_body
from functions.domain.model.errors import Fault, Invalid
from functions.domain.model.messages import say
from functions.domain.settings.facts import facts
from functions.domain.settings.faults import LONGEST_WORD, faults_between, settings_faults
from functions.domain.settings.schema import MappingRow, Settings

SECRET_NAMES = ("google_client_secret", "ireserve_password", "google_refresh_token")
ONE_OF = "use one of {}"  # the console puts the choices' names in place of their codes
QUOTED = re.compile(r"'([^']*)'")
Raw = dict[str, Any]
Place = tuple[int | str, ...]
_SETTINGS: TypeAdapter[Settings] = TypeAdapter(Settings)


def settings_from(raw: object, others: Iterable[Settings] = (), more: Iterable[Fault] = ()) -> Settings:
    """Return settings, or raise `Invalid` with every fault of types, ranges, names and rules between fields.

    `others` are the other integrations, which must not overlap with this one; `more` are faults found elsewhere.
    """
    if not isinstance(raw, dict):
        raise Invalid((Fault("", "give the settings of one integration as a list of names and values"),))
    faults = [Fault(name, "give a whole number") for name in _yes_or_no_for_a_number(raw)]
    settings, wrong = _typed(raw)
    faults += wrong
    named = {fault.field for fault in faults}
    rules = [*settings_faults(settings), *(faults_between(settings, others) if "id" not in named else ())]
    faults += [fault for fault in rules if not _covered(fault.field, named)]
    faults += more
    if faults:
        raise Invalid(tuple(faults))
    return settings


def typed(raw: dict[str, Any]) -> Settings:
    """Return settings of the right types, without checking the rules; raises `Invalid`."""
    settings, faults = _typed(raw)
    if faults:
        raise Invalid(tuple(faults))
    return settings


def id_in(raw: object) -> str:
    """Return the id under which settings as entered would be saved, or ""."""
    settings, faults = _typed({"id": raw.get("id")} if isinstance(raw, dict) else {})
    return settings.id if not faults else ""


def pairs_in(text: str) -> dict[str, str] | str:
    """Return lines of `name: value` as names and values; the text as it stands where a name is given twice, which is a fault."""
    pairs = list(_pairs(text))
    found = dict(pairs)
    return found if len(found) == len(pairs) else text


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        if line.strip():
            key, _, value = line.partition(":")
            yield key.strip(), value.strip()


def raw_of(settings: Settings) -> dict[str, Any]:
    """Return settings in the shape that `settings_from` reads."""
    return settings_body(settings)


def _typed(raw: dict[str, Any]) -> tuple[Settings, list[Fault]]:
    """Read what is readable; the rest becomes faults and is left out, so that everything else is still checked."""
    try:
        return _SETTINGS.validate_python(raw, extra="forbid"), []
    except ValidationError as error:
        faults = [Fault(".".join(str(part) for part in e["loc"]), _advice(e)) for e in error.errors()]
        return _readable({"id": "0", **raw}, error), faults


def _readable(raw: Raw, error: ValidationError) -> Settings:
    """Return the settings without the wrong values; a part that needs one is left out as a whole."""
    while True:
        raw = _without(raw, [_there(raw, each["loc"]) for each in error.errors()])
        try:
            return _SETTINGS.validate_python({"id": "0", **raw}, extra="forbid")
        except ValidationError as again:
            error = again


def _there(raw: Any, loc: Place) -> Place:
    """Return the part of a path that exists: for a missing value, where it is missing."""
    for depth, step in enumerate(loc):
        named = isinstance(raw, dict) and step in raw
        counted = isinstance(raw, list | tuple) and isinstance(step, int) and step < len(raw)
        if not (named or counted):
            return loc[:depth]
        raw = raw[step]
    return loc


def _without(raw: Any, places: list[Place]) -> Any:
    """Return the values without those at these paths; indexes refer to the original lists."""
    if () in places:
        return {} if isinstance(raw, dict) else []
    below: dict[int | str, list[Place]] = {}
    for head, *rest in places:
        below.setdefault(head, []).append(tuple(rest))
    pairs = raw.items() if isinstance(raw, dict) else enumerate(raw)
    kept = [(k, _without(v, below[k]) if k in below else v) for k, v in pairs if () not in below.get(k, ())]
    return dict(kept) if isinstance(raw, dict) else [value for _, value in kept]


def _advice(error: Any) -> str:
    kind, context, given = error["type"], error.get("ctx", {}), error["input"]
    known = {
        "missing": "is missing",
        "unexpected_keyword_argument": "there is no such setting; check its spelling",
        "string_type": "give text",
        "int_parsing": "give a whole number",
        "int_type": "give a whole number",
        "int_from_float": "give a whole number",
        "bool_parsing": "use true or false",
        "bool_type": "use true or false",
        "tuple_type": "give a list",
        "dataclass_type": "give names and values",
        "dict_type": "give names and values",
        "mapping_type": "give names and values",
        "finite_number": "give a whole number",
        "int_parsing_size": "give a whole number",
        "too_long": "give fewer values",
    }
    if kind == "literal_error":
        return say(ONE_OF, ", ".join(QUOTED.findall(str(context.get("expected", "")))))
    if kind in ("dict_type", "mapping_type") and isinstance(given, str):
        names = Counter(key for key, _ in _pairs(given)).most_common(1)
        if names and names[0][1] > 1:
            return say("{} is named twice; keep one", names[0][0][:LONGEST_WORD])
    return known.get(kind, "this cannot be used here")


def _yes_or_no_for_a_number(raw: Raw) -> Iterator[str]:
    """Yield the settings that need a number and got `true` or `false`, which Python reads as 1 and 0."""
    yield from _told_in_yes_or_no(raw, Settings)
    rows = raw.get("mapping")
    for i, row in enumerate(rows if isinstance(rows, list | tuple) else ()):
        yield from (f"mapping.{i}.{name}" for name in _told_in_yes_or_no(row, MappingRow))


def _told_in_yes_or_no(raw: Any, kind: type) -> Iterator[str]:
    for name, fact in facts(kind).items():
        value = raw
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if fact.low is not None and says_yes_or_no(value):
            yield name


def says_yes_or_no(value: Any) -> bool:
    """Whether a value, or one in a list, is `true` or `false`."""
    return isinstance(value, bool) or (isinstance(value, list | tuple) and any(map(says_yes_or_no, value)))


def _covered(field: str, named: set[str]) -> bool:
    return any(field == name or field.startswith(f"{name}.") or name.startswith(f"{field}.") for name in named)
