"""Steps: what the planner decides, as values; the executor does them one at a time and plans again in between."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from functions.domain.model.event import EventKey
from functions.domain.model.link import Base, Link
from functions.domain.model.writes import (
    Asked,
    BookingChange,
    DeleteEvent,
    EventChange,
    InsertEvent,
    MakeBooking,
    MoveEvent,
    PatchEvent,
    ReviveEvent,
    Why,
    Write,
    WriteBooking,
)
from functions.domain.planning.results import Landed, Missed

__all__ = [
    "Asked",
    "BookingChange",
    "Conclude",
    "DeleteEvent",
    "EventChange",
    "InsertEvent",
    "Look",
    "MakeBooking",
    "MoveEvent",
    "PatchEvent",
    "Planned",
    "Rest",
    "ReviveEvent",
    "Settle",
    "Step",
    "Why",
    "Write",
    "WriteBooking",
]


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do now; `until` when it should be looked at again."""

    why: Why
    until: datetime | None = None
    kind: Literal["rest"] = "rest"


@dataclass(frozen=True, slots=True)
class Look:
    """A side must be read before anything can be decided.

    The linked event, the event that an id may name (`find`), or the booking that may carry an event's id already.
    """

    event: EventKey | None = None
    find: str = ""
    booking_with: str = ""
    kind: Literal["look"] = "look"


@dataclass(frozen=True, slots=True)
class Settle:
    """Save the link as given: what both sides agree on, or the state it goes into. Writes to neither side."""

    link: Link
    why: Why
    kind: Literal["settle"] = "settle"


@dataclass(frozen=True, slots=True)
class Conclude:
    """Close the intent that a crash, a stall or a lost answer left open: its write landed, or it did not."""

    result: Landed | Missed
    why: Why = Why.RECOVERED
    kind: Literal["conclude"] = "conclude"


Step = Rest | Look | Settle | Conclude | Write


@dataclass(frozen=True, slots=True)
class Planned:
    """A step and what both sides will agree on once it is done (None: leaves the base as it is)."""

    step: Step
    base: Base | None = None
