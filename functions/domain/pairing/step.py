"""Steps: what the planner decides, as values. The executor carries out one and plans again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Literal

from functions.domain.model.booking import Booking
from functions.domain.model.errors import Cause
from functions.domain.model.event import Event, EventKey
from functions.domain.pairing.decisions import Decision
from functions.domain.pairing.link import Base, Echo, Kept, Link, Order
from functions.domain.pairing.writes import Outcome, Why, Write


@dataclass(frozen=True, slots=True)
class Landed:
    """The write took effect; `answer` is the event or booking afterwards, None for a removal.

    `kept` is what the answer shows in place of each field written (`comparing/stored_differently.py`). `echo` is when the
    webhook of a write to the booking arrives. Recovery reads the side again and knows only `answer`.
    """

    answer: Event | Booking | None
    kept: Mapping[str, Kept] = field(default_factory=dict)
    echo: Echo | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """The write never took effect: it was lost on the way, or the process ended before sending it."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The other side understood and refused; `reason` is a code to read, `cause` one to react to.

    `unseen`: the target was not read before the write.
    """

    reason: str
    at: datetime
    unseen: bool = False
    cause: Cause = Cause.OTHER


class Overtaking(Enum):
    """How the other side got ahead of us."""

    CHANGED = auto()  # since it was read
    GONE = auto()  # no longer there
    TAKEN = auto()  # already there
    OF_ANOTHER = auto()  # already there, as the event of another pair


@dataclass(frozen=True, slots=True)
class Overtaken:
    """The write was not made, because the other side has changed since it was read."""

    how: Overtaking
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Whether the write took effect is unknown; the lease holds until `until`, then recovery finds out."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """The planner's decision needs no write."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class Ordered:
    """A person's order, which precedes the merge."""

    order: Order


Result = Landed | Missed | Rejected | Overtaken | Unknown | Decided | Ordered


class Then(Enum):
    """What the executor does after saving the link."""

    PLAN = auto()  # on what is known
    READ = auto()  # read the event first
    ABSENT = auto()  # there is no event
    GIVE_UP = auto()  # the caller handles the error


@dataclass(frozen=True, slots=True)
class Turn:
    """A link after a result, the outcome for its journal entry (None: leave it open), and what to do next."""

    link: Link
    outcome: Outcome | None = None
    then: Then = Then.PLAN


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do now; `until` is when to look again (None: not before something changes)."""

    why: Why
    until: datetime | None = None
    kind: Literal["rest"] = "rest"


@dataclass(frozen=True, slots=True)
class Look:
    """Something must be read before the planner can decide.

    One of: the linked event, the event with a known id in any calendar (`find`; `instead`: if there is none, the one with
    this id), the booking that may carry an event's id (`booking_with`), whether another one than the link's does
    (`booking_naming`), whether an occurrence is the first of what this event became, and the store does not know that one, with
    the booking that names it (`forgotten`), or the names of the objects (`names`).
    """

    event: EventKey | None = None
    find: str = ""
    instead: str = ""
    booking_with: str = ""
    booking_naming: str = ""
    forgotten: EventKey | None = None
    names: bool = False
    kind: Literal["look"] = "look"


@dataclass(frozen=True, slots=True)
class Settle:
    """Save the link as given, with a new base or state. Writes to neither side."""

    link: Link
    why: Why
    kind: Literal["settle"] = "settle"


@dataclass(frozen=True, slots=True)
class Conclude:
    """Close an intent left open by a crash, a stall or a lost answer: its write landed, or it did not."""

    result: Landed | Missed
    why: Why = Why.RECOVERED
    kind: Literal["conclude"] = "conclude"


Step = Rest | Look | Settle | Conclude | Write


@dataclass(frozen=True, slots=True)
class Planned:
    """A step, and the base once it is done (None: unchanged)."""

    step: Step
    base: Base | None = None
