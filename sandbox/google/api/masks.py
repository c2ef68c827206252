"""The `fields` parameter, which asks for a part of an answer: names by comma, `a/b`, `a(b,c)` and `*`.

https://developers.google.com/workspace/calendar/api/guides/performance#partial-response
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.google.errors import ApiError

Mask = dict[str, "Mask"]
WORD = re.compile(r"[A-Za-z0-9_*-]+|[(),/]")


def partial(answer: Any, mask: str) -> Any:
    """Return the part of an answer that a mask names; raises ApiError 400 for a mask that cannot be read."""
    words = WORD.findall(mask)
    if "".join(words) != mask.replace(" ", ""):
        raise _wrong(mask)
    read, rest = _read(words, mask)
    if rest:
        raise _wrong(mask)
    return _cut(answer, read)


def _read(words: list[str], mask: str) -> tuple[Mask, list[str]]:
    """Read names up to a closing bracket or the end; returns what is left."""
    found: Mask = {}
    while words and words[0] != ")":
        name, words = words[0], words[1:]
        if name in "(),/":
            raise _wrong(mask)
        inner = found.setdefault(name, {})
        while words and words[0] == "/":
            if len(words) == 1:
                raise _wrong(mask)
            inner, words = inner.setdefault(words[1], {}), words[2:]
        if words and words[0] == "(":
            below, words = _read(words[1:], mask)
            if not words:
                raise _wrong(mask)
            inner.update(below)
            words = words[1:]
        if words and words[0] == ",":
            words = words[1:]
    return found, words


def _cut(value: Any, mask: Mask) -> Any:
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [_cut(member, mask) for member in value]
    if not isinstance(value, dict):
        return value
    return {name: _cut(member, mask[name]) for name, member in value.items() if name in mask}


def _wrong(mask: str) -> ApiError:
    return ApiError(400, "invalidParameter", f"Invalid field selection {mask}")
