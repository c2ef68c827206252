"""Steps: what the planner decides, as values; the executor does them one at a time and plans again in between."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from functions.domain.model.booking import Booking
from functions.domain.model.errors import Cause
from functions.domain.model.event import Event, EventKey
from functions.domain.model.link import Base, Kept, Link, Order
from functions.domain.model.writes import (
    Asked,
    BookingChange,
    DeleteEvent,
    EventChange,
    InsertEvent,
    MakeBooking,
    MoveEvent,
    Outcome,
    PatchEvent,
    ReviveEvent,
    Why,
    Write,
    WriteBooking,
)
from functions.domain.planning.decisions import Decision


@dataclass(frozen=True, slots=True)
class Landed:
    """The write took effect; `answer` is the event or booking after it, None for a removal.

    `kept` tells of the fields that were written what the answer shows in their place (`comparing/kept.py`); it is empty
    where nobody saw the answer. `despite` is the category of what was in its way and deliberately ignored, or "".
    """

    answer: Event | Booking | None
    kept: Mapping[str, Kept] = field(default_factory=dict)
    despite: str = ""


@dataclass(frozen=True, slots=True)
class Missed:
    """The write never took effect: it was lost on the way, or its process ended before it."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The other side understood and said no, with the code of its reason, to be read, and what caused it.

    `unseen`: written without reading it first.
    """

    reason: str
    at: datetime
    unseen: bool = False
    cause: Cause = Cause.OTHER


class Overtaking(StrEnum):
    """How the other side was faster."""

    CHANGED = "changed"  # it is no longer as it was read
    GONE = "gone"  # it is not there any more
    TAKEN = "taken"  # it is there already


@dataclass(frozen=True, slots=True)
class Overtaken:
    """The write was not done because the other side is no longer as it was read."""

    how: Overtaking
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows whether the write took effect; the claim holds until `until`, then it is found out."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """The planner decided something that needs no write."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class Ordered:
    """A person ordered something; it goes before what the two sides say."""

    order: Order


Result = Landed | Missed | Rejected | Overtaken | Unknown | Decided | Ordered


class Then(StrEnum):
    """What the executor does once the link is saved."""

    PLAN = "plan"  # go on with what is known
    READ = "read"  # read the event first
    ABSENT = "absent"  # go on: there is no event
    GIVE_UP = "give_up"  # nothing more can be done now: the caller answers for the error


@dataclass(frozen=True, slots=True)
class Turn:
    """A link after a result, what its journal entry is closed with (None: it stays as it is), and what comes then."""

    link: Link
    outcome: Outcome | None = None
    then: Then = Then.PLAN


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
