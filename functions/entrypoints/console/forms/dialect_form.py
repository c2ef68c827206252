"""The dialect as a form: the fields of each point, and their values. An empty field means "not known"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from functions.application.setting_up.dialect_input import faults
from functions.application.store.dialect_validation import dialect_of
from functions.domain.model.bounds import whole_number
from functions.domain.model.errors import Fault
from functions.domain.settings.dialect import Dialect, plain_name
from functions.entrypoints.console.texts import Texts

YES_NO = ("yes", "no")
PLACES = ("body", "query")
SECONDS = re.compile(r"\d{1,3}([.,]\d{1,6})?")
CODE = re.compile(r"(?<=[=:\s])\d{1,4}$")


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the dialect on the screen. `nothing`: it has a box for "there is none"."""

    name: str
    kind: Literal["choice", "text", "count", "seconds", "names", "statuses", "override"] = "text"
    choices: tuple[str, ...] = ()
    nothing: bool = False


GROUPS = {
    "search": (
        Point("search_id"),
        Point("search_start"),
        Point("search_dates", "choice", ("relative", "absolute")),
        Point("search_external_id", nothing=True),
        Point("search_custom", nothing=True),
        Point("search_changed", nothing=True),
        Point("sorts", "choice", YES_NO),
    ),
    "rows": (
        Point("column_till_date", nothing=True),
        Point("column_status", nothing=True),
        Point("column_object", nothing=True),
        Point("column_external_id", nothing=True),
        Point("column_changed", nothing=True),
        Point("rows_at_once", "count", nothing=True),
    ),
    "id": (
        Point("external_id_returned", "choice", YES_NO),
        Point("external_id_clearable", "choice", YES_NO),
        Point("external_id_max_length", "count", nothing=True),
    ),
    "writes": (
        Point("update_carries", "names", nothing=True),
        Point("override", "override", PLACES, nothing=True),
        Point("status_lag_seconds", "seconds"),
        Point("hook_events", "names"),
    ),
    "tenant": (
        Point("status_names", "statuses"),
        Point("day_objects", "names", nothing=True),
        Point("hour_objects", "names", nothing=True),
        Point("built_in_active", "choice", YES_NO),
    ),
    "note": (
        Point("write_validates", "choice", YES_NO),
        Point("refusals", "choice", ("any", "status_false", "http_error", "old_values")),
        Point("write_mails", "choice", YES_NO),
        Point("write_fires_hooks", "choice", YES_NO),
        Point("hook_lead_seconds", "seconds"),
    ),
}
POINTS = tuple(point for points in GROUPS.values() for point in points)


def shown(dialect: Dialect) -> dict[str, str]:
    """Return the values of the form's fields by name; those of unknown points are missing."""
    told: dict[str, str] = {}
    for point in POINTS:
        known = point.name in dialect.known
        value = getattr(dialect, point.name)
        told |= _texts(point, value if known else None)
        if point.nothing:
            told[f"{point.name}.nothing"] = "on" if known and value in (None, ()) else ""
    return told


def told(name: str, known: Mapping[str, Any], t: Texts) -> str:
    """Return a known point in words: its value, or that there is none."""
    point = next((each for each in POINTS if each.name == name), None)
    found = dialect_of(known)
    if point is None or name not in found.known:  # a point of an earlier version
        return str(known[name])
    value = getattr(found, name)
    return t(f"point.none.{name}") if point.nothing and value in (None, ()) else in_words(point, value, t)


def in_words(point: Point, value: Any, t: Texts) -> str:
    """Return a value of a point in words; "" for none."""
    texts = [text for text in _texts(point, value).values() if text]
    if point.choices == YES_NO:
        return t(texts[0]) if texts else ""
    named = [t(key) if t.has(key := f"point.choice.{point.name}.{text}") else text for text in texts]
    return ", ".join(named).replace("\n", ", ")


def answers(form: Mapping[str, str], before: Dialect) -> tuple[dict[str, Any], list[Fault]]:
    """Return the points that are known after a form was sent, and its faults; untouched points stay as they were."""
    given: dict[str, Any] = {}
    wrong: list[Fault] = []
    stood = shown(before)
    for point in POINTS:
        names = [name for name in stood if name.split(".")[0] == point.name]
        typed = {name: form.get(name, "").strip().replace("\r\n", "\n") for name in names}
        if typed == {name: stood[name] for name in names}:
            given |= {point.name: getattr(before, point.name)} if point.name in before.known else {}
            continue
        nothing = typed.pop(f"{point.name}.nothing", "") == "on"
        if nothing and any(text and text != stood[name] for name, text in typed.items()):
            wrong.append(Fault(point.name, "give a value or tick the box, not both"))
        elif nothing:
            given[point.name] = [] if point.kind == "names" else None
        elif any(typed.values()):
            try:
                given[point.name] = _value(point, list(typed.values()))
            except ValueError as error:
                wrong.append(Fault(point.name, str(error)))
    order = [point.name for point in POINTS]
    return given, sorted([*wrong, *faults(given)], key=lambda fault: order.index(fault.field))


def _texts(point: Point, value: Any) -> dict[str, str]:
    if point.kind == "override":
        parts = [str(part) for part in value] if value is not None else ["", "", ""]
        return {f"{point.name}.{part}": text for part, text in zip(("place", "name", "value"), parts, strict=True)}
    return {point.name: "" if value is None else _text(point, value)}


def _text(point: Point, value: Any) -> str:
    match point.kind:
        case "choice":
            return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        case "seconds":
            return f"{value:g}"
        case "names":
            return ", ".join(value)
        case "statuses":
            return "\n".join(f"{name} = {code}" for name, code in value)
        case _:
            return str(value)


def _value(point: Point, typed: list[str]) -> Any:
    """Return a point's value; raises `ValueError` with what to do. The use case validates the value itself."""
    text = typed[0]
    match point.kind:
        case "choice" if point.choices == YES_NO:
            return {"yes": True, "no": False}.get(text, text)
        case "count":
            number = whole_number(text)
            if number is None:
                raise ValueError("give a whole number from 1")
            return number
        case "seconds":
            if SECONDS.fullmatch(text) is None:
                raise ValueError("give seconds from 0 to 60")
            return float(text.replace(",", "."))
        case "names":
            return text.replace(",", " ").replace(";", " ").split()
        case "statuses":
            return [_status(line.strip()) for line in text.split("\n") if line.strip()]
        case "override":
            return _override(*typed)
        case _:
            return text


def _status(line: str) -> tuple[str, int]:
    code = CODE.search(line)
    name = line[: code.start()].rstrip() if code is not None else ""
    name = name[:-1].rstrip() if name.endswith(("=", ":")) else name
    if code is None or not name:
        raise ValueError("write one status per line, its name and its code, such as: open = 20")
    return plain_name(name), int(code[0])


def _override(place: str, name: str, value: str) -> tuple[str, str, Any]:
    if not (place and name and value):
        raise ValueError("give the place, the name and the value")
    spelt = {"true": True, "false": False}.get(value.lower(), value)
    return place, name, int(value) if value.isdecimal() and len(value) <= len("1000000000") else spelt
