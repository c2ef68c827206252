"""i-Reserve's loosely typed JSON as text by lower-case name, and numbers from that text. Pure.

Numbers often come as text; fields without a value as "", null or not at all.
"""

import json
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from functions.domain.model import bounds
from functions.domain.model.identity import is_ireserve_id

WHOLE = re.compile(r"(-?\d{1,9})(?:\.0+)?")
NOTHING = ("", "0", "null")


def texts(answer: Mapping[Any, Any]) -> dict[str, str]:
    """Return every value as text by lower-case name; of names that differ only in case, the first that has a value.

    Texts are cut at `bounds.TEXT`, and fields after the first `bounds.FIELDS` are ignored.
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
        if type(value) is int:  # most of what is not text
            return str(value)
        return json.dumps(value, ensure_ascii=False)[: bounds.TEXT]
    except (RecursionError, TypeError, ValueError):
        return ""


def first(fields: Mapping[str, str], *names: str) -> str:
    """Return the first of these fields that is not empty, stripped, or ""."""
    return next((value for name in names if (value := fields.get(name, "").strip())), "")


def identity(fields: Mapping[str, str], *names: str) -> str:
    """Return the first valid id of these fields, or ""; i-Reserve's 0 is no id."""
    found = (first(fields, name) for name in names)
    return next((value for value in found if value not in NOTHING and is_ireserve_id(value)), "")


def whole(value: str) -> int:
    """Read a whole number; raises ValueError."""
    match = WHOLE.fullmatch(value)
    if match is None:
        raise ValueError("no whole number")
    return int(match[1])


def number_or_text(value: str) -> int | str:
    """Return an id as the number that i-Reserve's examples send, or as it is."""
    return int(value) if value.isascii() and value.isdecimal() else value
