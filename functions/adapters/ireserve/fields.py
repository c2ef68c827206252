"""i-Reserve's loosely typed JSON as plain text by lower-case name, and numbers from that text.

Numbers come as text in many places, fields without a value as "", null or not at all. Pure.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

WHOLE = re.compile(r"(-?\d{1,9})(?:\.0+)?")
NOTHING = ("", "0", "null")


def texts(answer: Mapping[Any, Any]) -> dict[str, str]:
    """Return every value as text under its name in lower case; of names that differ in case only, the first filled."""
    found: dict[str, str] = {}
    for name, value in answer.items():
        key = str(name).lower()
        found[key] = found.get(key) or text(value)
    return found


def text(value: Any) -> str:
    """Return a value as text: null as "", anything but text as JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (RecursionError, TypeError, ValueError):
        return ""


def first(fields: Mapping[str, str], *names: str) -> str:
    """Return the first of these fields that holds something, stripped, or ""."""
    return next((value for name in names if (value := fields.get(name, "").strip())), "")


def identity(fields: Mapping[str, str], *names: str) -> str:
    """Return the first of these ids, or ""; i-Reserve's 0 is no id."""
    return next((value for name in names if (value := first(fields, name)) not in NOTHING), "")


def whole(value: str) -> int:
    """Read a whole number; ValueError if it is none."""
    match = WHOLE.fullmatch(value)
    if match is None:
        raise ValueError("no whole number")
    return int(match[1])


def number_or_text(value: str) -> int | str:
    """Return an id as the number that i-Reserve's examples send, or as it is."""
    return int(value) if value.isascii() and value.isdecimal() else value
