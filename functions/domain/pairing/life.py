"""The states of a pair: a tagged union, each member with its own fields.

All transitions are in `lifecycle.py`; `docs/states.md` draws them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


class State(StrEnum):
    """The names of the states, in the store and in answers."""

    UNLINKED = "unlinked"
    LEFT_OUT = "left_out"
    ACTIVE = "active"
    GRACE = "grace"
    HELD = "held"
    REFUSED = "refused"
    PAUSED = "paused"
    DETACHED = "detached"
    CLOSED = "closed"


class Side(StrEnum):
    """The two sides of a link."""

    BOOKING = "booking"
    EVENT = "event"


class Closer(StrEnum):
    """Who ended a pair: the booking, or this service, following the deletion of the event."""

    BOOKING = "booking"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Unlinked:
    """Only one side exists: the other was not made yet, or was given up."""

    kind: Literal["unlinked"] = "unlinked"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A booking from before activation, which the backfill skips until it changes; the base records how it was."""

    kind: Literal["left_out"] = "left_out"


@dataclass(frozen=True, slots=True)
class Active:
    """Both sides exist and follow each other."""

    kind: Literal["active"] = "active"


@dataclass(frozen=True, slots=True)
class Grace:
    """The event was deleted; the booking is cancelled at `until` (aware UTC) unless something changes."""

    until: datetime
    kind: Literal["grace"] = "grace"


@dataclass(frozen=True, slots=True)
class Held:
    """A removal that waits for a person: cancel the booking, or remove the event.

    The latter where the booking vanished, or went to an object without a calendar.

    `cause` is a `Why`, a category of refusal, or `no_cancel_status`, for people to read.
    """

    cause: str
    removes: Side = Side.BOOKING
    kind: Literal["held"] = "held"


@dataclass(frozen=True, slots=True)
class Refused:
    """A person's new event that became no booking: i-Reserve refused it, or its object is unclear.

    `what` is the digest of the request, `why` the category of the reason.
    """

    what: str
    why: str
    at: datetime
    kind: Literal["refused"] = "refused"


@dataclass(frozen=True, slots=True)
class Detached:
    """No longer kept in step."""

    cause: str
    kind: Literal["detached"] = "detached"


@dataclass(frozen=True, slots=True)
class Closed:
    """The booking is cancelled or gone, and so is the event; both ids are kept.

    `former_status` is the booking's status before this service cancelled it; reopening restores it.
    """

    by: Closer = Closer.BOOKING
    former_status: int | None = None
    kind: Literal["closed"] = "closed"


Awake = Unlinked | LeftOut | Active | Grace | Held | Refused | Detached | Closed


@dataclass(frozen=True, slots=True)
class Paused:
    """Too many writes; returns to `former` when a person resumes it, or after quiet since `since` (aware UTC).

    `seen` is the digest of what both sides showed at that time.
    """

    cause: str
    since: datetime
    former: Awake
    seen: str = ""
    kind: Literal["paused"] = "paused"


Life = Awake | Paused
