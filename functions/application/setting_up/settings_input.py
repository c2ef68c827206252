"""Settings as a person types them (YAML, JSON, a form) to settings: all faults at once, each at its field."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from functions.application.store.records import body_of
from functions.domain.model.errors import Fault, Invalid
from functions.domain.model.messages import say
from functions.domain.settings.faults import faults_between, settings_faults
from functions.domain.settings.schema import MappingRow, Settings

SECRET_NAMES = ("google_client_secret", "ireserve_password", "google_refresh_token")
Raw = dict[str, Any]
Place = tuple[int | str, ...]
_SETTINGS: TypeAdapter[Settings] = TypeAdapter(Settings)


def settings_from(raw: object, others: Iterable[Settings] = (), more: Iterable[Fault] = ()) -> Settings:
    """Return settings, or raise `Invalid` with every fault of types, ranges, names and rules between fields.

    `others` are the other integrations, which must not get in the way of this one; `more` are faults found elsewhere.
    """
    if not isinstance(raw, dict):
        raise Invalid((Fault("", "give the settings of one integration as a list of names and values"),))
    given: dict[str, Any] = _unquoted({name: value for name, value in raw.items() if name != "secrets"}, Settings)
    faults = [Fault(name, "there is no such setting; check its spelling") for name in _unknown(given, Settings)]
    settings, wrong = _typed(given)
    faults += wrong
    named = {fault.field for fault in faults}
    rules = [*settings_faults(settings), *(faults_between(settings, others) if "id" not in named else ())]
    faults += [fault for fault in rules if not _covered(fault.field, named)]
    faults += more
    if faults:
        raise Invalid(tuple(faults))
    return settings


def typed(raw: dict[str, Any]) -> Settings:
    """Return settings whose types are right, whatever their rules say; raises `Invalid`."""
    settings, faults = _typed(raw)
    if faults:
        raise Invalid(tuple(faults))
    return settings


def raw_of(settings: Settings) -> dict[str, Any]:
    """Return settings in the shape that `settings_from` reads."""
    return body_of(settings)


def _typed(raw: dict[str, Any]) -> tuple[Settings, list[Fault]]:
    """Read what can be read; what cannot becomes a fault and is left out, so that the rest is checked too."""
    try:
        return _SETTINGS.validate_python(raw), []
    except ValidationError as error:
        faults = [Fault(".".join(str(part) for part in e["loc"]), _advice(e)) for e in error.errors()]
        return _readable({"id": "0", **raw}, error), faults


def _readable(raw: Raw, error: ValidationError) -> Settings:
    """Return the settings without what is wrong in them; what a whole needs takes the whole along."""
    while True:
        raw = _without(raw, [_there(raw, each["loc"]) for each in error.errors()])
        try:
            return _SETTINGS.validate_python({"id": "0", **raw})
        except ValidationError as again:
            error = again


def _there(raw: Any, loc: Place) -> Place:
    """Return how much of a place there is: of something that is missing, what it is missing from."""
    for depth, step in enumerate(loc):
        named = isinstance(raw, dict) and step in raw
        counted = isinstance(raw, list | tuple) and isinstance(step, int) and step < len(raw)
        if not (named or counted):
            return loc[:depth]
        raw = raw[step]
    return loc


def _without(raw: Any, places: list[Place]) -> Any:
    """Return the values without those at these places, all of them counted as they were."""
    if () in places:
        return {} if isinstance(raw, dict) else []
    below: dict[int | str, list[Place]] = {}
    for head, *rest in places:
        below.setdefault(head, []).append(tuple(rest))
    pairs = raw.items() if isinstance(raw, dict) else enumerate(raw)
    kept = [(k, _without(v, below[k]) if k in below else v) for k, v in pairs if () not in below.get(k, ())]
    return dict(kept) if isinstance(raw, dict) else [value for _, value in kept]


def _advice(error: Any) -> str:
    kind, context = error["type"], error.get("ctx", {})
    known = {
        "missing": "is missing",
        "string_type": "give text",
        "int_parsing": "give a whole number",
        "int_type": "give a whole number",
        "int_from_float": "give a whole number",
        "bool_parsing": "use true or false",
        "bool_type": "use true or false",
        "tuple_type": "give a list",
        "dataclass_type": "give names and values",
        "too_long": "give fewer values",
    }
    if kind == "literal_error":
        return say("use {}", str(context.get("expected", "")).replace(chr(39), ""))
    return known.get(kind, "this cannot be used here")


def _unknown(raw: Any, kind: Any, prefix: str = "") -> Iterator[str]:
    """Give the names that no setting has."""
    if not isinstance(raw, dict):
        return
    hints = get_type_hints(kind)
    known = {each.name for each in fields(kind)}
    for name, value in raw.items():
        if name not in known:
            yield f"{prefix}{name}"
        elif is_dataclass(hints[name]):
            yield from _unknown(value, hints[name], f"{prefix}{name}.")
        elif MappingRow in get_args(hints[name]) and isinstance(value, list):
            for i, row in enumerate(value):
                yield from _unknown(row, MappingRow, f"{prefix}{name}.{i}.")


def _unquoted(raw: Any, kind: Any) -> Any:
    """Return the values with numbers as text where text is meant: ids and objects may be typed without quotes."""
    if not isinstance(raw, dict):
        return raw
    hints = get_type_hints(kind)

    def told(name: str, value: Any) -> Any:
        hint = hints.get(name)
        if hint is str and isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if is_dataclass(hint):
            return _unquoted(value, hint)
        if get_origin(hint) is Mapping and isinstance(value, dict):
            return {str(key): each for key, each in value.items()}  # status codes and objects may be typed as numbers
        if MappingRow in get_args(hint) and isinstance(value, list):
            return [_unquoted(row, MappingRow) for row in value]
        return value

    return {name: told(name, value) for name, value in raw.items()}


def _covered(field: str, named: set[str]) -> bool:
    return any(field == name or field.startswith(f"{name}.") or name.startswith(f"{field}.") for name in named)
