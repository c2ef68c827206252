"""What a setting may be: its default, bounds and choices, stated once, where the setting is declared.

Validation, forms, the JSON API's description and the reference read them here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from functions.domain.model.messages import say
from functions.domain.model.text import readable

BREAKS = frozenset("\t\n\r")


@dataclass(frozen=True, slots=True)
class Fact:
    """One setting by its dotted name, such as `sync.hold_over`. Bounds are inclusive; None is unbounded.

    `says` describes the range if bare numbers would not; `many` marks a list of such values; `longest` bounds a text in
    characters, `most` the number of values in a list; `lines` allows several lines.
    """

    name: str
    default: Any = None
    low: int | None = None
    high: int | None = None
    choices: tuple[str, ...] = ()
    says: str = ""
    many: bool = False
    longest: int = 500
    most: int | None = None
    lines: bool = False

    @property
    def advice(self) -> str:
        """What a fault tells the administrator to enter."""
        if self.low is None:
            return say("use at most {} characters, and no control characters", self.longest)
        return f"use {self.says}" if self.says else say("use {} to {}", self.low, self.high)

    def holds(self, value: object) -> bool:
        """Whether a value of the right type lies within the bounds."""
        if isinstance(value, str):
            return is_tidy(value, self.longest, lines=self.lines)
        if self.low is None or self.high is None or value is None:
            return True
        values = value if isinstance(value, tuple) else (value,)
        return all(isinstance(each, int) and self.low <= each <= self.high for each in values)


def whole(default: int | None, low: int, high: int, says: str = "") -> Any:
    """Declare a whole number with its bounds."""
    return field(default=default, metadata={"low": low, "high": high, "says": says})


def text(default: str, longest: int, *, lines: bool = False) -> Any:
    """Declare a text with its longest length; undeclared texts may have 500 characters, on one line."""
    return field(default=default, metadata={"longest": longest, "lines": lines})


def several(most: int) -> Any:
    """Declare a list of texts with its greatest number."""
    return field(default=(), metadata={"most": most})


def is_tidy(value: str, longest: int = 500, *, lines: bool = False) -> bool:
    """Whether a text is short enough and safe to store, log and put into a mail's subject."""
    return len(value) <= longest and value == readable(value) and (lines or BREAKS.isdisjoint(value))


def days(first: int, last: int) -> Any:
    """Declare a period in days from today."""
    bounds = {"low": -3650, "high": 3650, "says": "days before and after today, such as [-90, 365]"}
    return field(default=(first, last), metadata=bounds)


def codes(*default: int) -> Any:
    """Declare a list of status codes."""
    return field(default=default, metadata={"low": 0, "high": 9999, "says": "status codes from 0 to 9999"})


@cache
def facts(kind: type) -> Mapping[str, Fact]:
    """Return every setting of a settings dataclass, by dotted name."""
    return {each.name: each for each in _facts(kind, "")}


def _facts(kind: type, prefix: str) -> Iterator[Fact]:
    hints = get_type_hints(kind)
    for each in (one for one in fields(kind) if one.init):
        hint = hints[each.name]
        if is_dataclass(hint):
            yield from _facts(hint, f"{prefix}{each.name}.")  # type: ignore[arg-type]  # a class, not an instance
        else:
            yield _fact(each, hint, f"{prefix}{each.name}")


def _fact(each: "Field[Any]", hint: Any, name: str) -> Fact:
    default = each.default if each.default is not MISSING else None
    choices = get_args(hint) if get_origin(hint) is Literal else ()
    return Fact(name, default, choices=choices, many=isinstance(default, tuple), **each.metadata)
