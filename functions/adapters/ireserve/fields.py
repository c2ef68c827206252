"""i-Reserve's loosely typed JSON as plain text by lower-case name, and numbers from that text.

Numbers come as text in many places, fields without a value as "", null or not at all. Pure.
"""

import json
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from functions.domain.model import bounds

WHOLE = re.compile(r"(-?\d{1,9})(?:\.0+)?")
NOTHING = ("", "0", "null")
IDENTITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")  # what can stand in a store, an address and a search


def texts(answer: Mapping[Any, Any]) -> dict[str, str]:
    """Return every value as text under its name in lower case; of names that differ in case only, the first filled.

    Texts are cut at `bounds.TEXT`, and no more fields are looked at than `bounds.FIELDS`.
    """
    found: dict[str, str] = {}
    for name, value in islice(answer.items(), bounds.FIELDS):
        key = str(name)[: bounds.ID].lower()
        found[key] = found.get(key) or text(value)
    return found


def text(value: Any) -> str:
    """Return a value as text: null as "", anything but text as JSON."""
    if value is None or isinstance(value, str):
        return bounds.cut(value, bounds.TEXT)
    try:
        return json.dumps(value, ensure_ascii=False)[: bounds.TEXT]
    except (RecursionError, TypeError, ValueError):
        return ""


def first(fields: Mapping[str, str], *names: str) -> str:
    """Return the first of these fields that holds something, stripped, or ""."""
    return next((value for name in names if (value := fields.get(name, "").strip())), "")


def identity(fields: Mapping[str, str], *names: str) -> str:
    """Return the first of these ids, or ""; i-Reserve's 0 is no id, nor is what cannot be one."""
    found = (first(fields, name) for name in names)
    return next((value for value in found if value not in NOTHING and IDENTITY.fullmatch(value)), "")


def whole(value: str) -> int:
    """Read a whole number; ValueError if it is none."""
    match = WHOLE.fullmatch(value)
    if match is None:
        raise ValueError("no whole number")
    return int(match[1])


def number_or_text(value: str) -> int | str:
    """Return an id as the number that i-Reserve's examples send, or as it is."""
    return int(value) if value.isascii() and value.isdecimal() else value
