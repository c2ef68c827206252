"""The stored dialect, validated by type, because a person may have edited it."""

from collections.abc import Mapping
from functools import cache
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from functions.domain.settings.dialect import Dialect, dialect_from

HINTS = {name: kind for name, kind in get_type_hints(Dialect).items() if name != "known"}


def dialect_of(kept: Mapping[str, Any]) -> Dialect:
    """Return the stored dialect; a point with a value of the wrong type counts as unknown."""
    points: dict[str, Any] = {}
    for name in HINTS.keys() & kept.keys():
        try:
            points[name] = typed(name, kept[name])
        except ValidationError:
            continue
    return dialect_from(points)


def typed(name: str, value: Any) -> Any:
    """Return a point's value converted to its type; raises `ValidationError`."""
    return _adapter(name).validate_python(value)


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(HINTS[name])
