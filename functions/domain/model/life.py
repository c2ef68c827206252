"""The states of a pair: a tagged union whose members carry just what belongs to them.

Every way from one to another is in `lifecycle.py`; `docs/states.md` draws them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


class State(StrEnum):
    """The names of the states, as they stand in the store and in answers."""

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
    """Who ended a pair: the booking, or this service when it followed the deletion of the event."""

    BOOKING = "booking"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Unlinked:
    """One side only: its other half was not made yet, or was given up."""

    kind: Literal["unlinked"] = "unlinked"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A booking from before activation, which the first fill passes by until it changes; the base is how it was."""

    kind: Literal["left_out"] = "left_out"


@dataclass(frozen=True, slots=True)
class Active:
    """Both sides are there and follow each other."""

    kind: Literal["active"] = "active"


@dataclass(frozen=True, slots=True)
class Grace:
    """The event was deleted; the booking is cancelled at `until` (aware UTC) unless something changes."""

    until: datetime
    kind: Literal["grace"] = "grace"


@dataclass(frozen=True, slots=True)
class Held:
    """A removal that waits for a person: the booking is cancelled, or the event of a booking that is gone removed.

    `cause` is a reason of decisions or the category of a refusal, to be read.
    """

    cause: str
    removes: Side = Side.BOOKING
    kind: Literal["held"] = "held"


@dataclass(frozen=True, slots=True)
class Refused:
    """A person's new event that i-Reserve did not take: `what` is the digest of what was asked, `why` the category."""

    what: str
    why: str
    at: datetime
    kind: Literal["refused"] = "refused"


@dataclass(frozen=True, slots=True)
class Detached:
    """Left alone for good."""

    cause: str
    kind: Literal["detached"] = "detached"


@dataclass(frozen=True, slots=True)
class Closed:
    """The booking is cancelled or gone and so is the event; both ids are kept.

    `former_status` is what the booking had before this service cancelled it: to that it is reopened.
    """

    by: Closer = Closer.BOOKING
    former_status: int | None = None
    kind: Literal["closed"] = "closed"


Awake = Unlinked | LeftOut | Active | Grace | Held | Refused | Detached | Closed


@dataclass(frozen=True, slots=True)
class Paused:
    """Written too often; goes back to `former` when a person says so, or after quiet since `since` (aware UTC).

    `seen` is the digest of what both sides showed then.
    """

    cause: str
    since: datetime
    former: Awake
    seen: str = ""
    kind: Literal["paused"] = "paused"


Life = Awake | Paused
