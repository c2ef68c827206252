"""What the planner decides without writing to either side; `lifecycle.py` says what each decision makes of a link."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from functions.domain.model.event import Event
from functions.domain.pairing.life import Side
from functions.domain.pairing.link import Base, Kept


@dataclass(frozen=True, slots=True)
class Agree:
    """Both sides show `base`; `event` is the event as read, or None if it was not read."""

    base: Base
    event: Event | None
    foreign: bool
    meet_asked_at: datetime | None
    kept: Mapping[str, Kept] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Adopt:
    """Take up an existing event, or (with `booking_id`) the existing booking of an event."""

    event: Event
    booking_id: str = ""


@dataclass(frozen=True, slots=True)
class Disown:
    """The booking's id field holds a value that is not ours."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The event is in another calendar, or became a series or a single one: claim it there before doing anything to it."""

    event: Event


@dataclass(frozen=True, slots=True)
class Follow:
    """The pair of a vanished occurrence continues with a new one, which ends a grace or a held cancellation; its time is then merged as usual."""

    event: Event


@dataclass(frozen=True, slots=True)
class Close:
    """Both sides have ended and nothing is written; `status` is the booking's (None: it is gone)."""

    status: int | None


@dataclass(frozen=True, slots=True)
class Reopen:
    """The pair goes on: its event is back and its booking is live, or its booking came into the window."""


@dataclass(frozen=True, slots=True)
class TurnDown:
    """A person's new event becomes no booking until something in it changes; the event says why."""

    what: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """A person deleted the event: the booking is cancelled at `until` unless something changes."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """A removal waits for a person."""

    cause: str
    removes: Side = Side.BOOKING


@dataclass(frozen=True, slots=True)
class Part:
    """The pair is no longer kept in step."""

    cause: str


@dataclass(frozen=True, slots=True)
class Pause:
    """The brake: too many writes. Saved again for as long as the two sides keep changing."""

    cause: str
    since: datetime
    seen: str


@dataclass(frozen=True, slots=True)
class Resume:
    """A person resumed a paused pair, or it has been quiet; attempts are counted from zero."""


@dataclass(frozen=True, slots=True)
class Fulfil:
    """A person's order is complete; `event` is the event as it is now, or None if it was left alone."""

    event: Event | None = None
    base: Base | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """A person's order can no longer be carried out."""


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """A booking from before activation is recorded as it is, and gets no event until it changes."""

    base: Base


@dataclass(frozen=True, slots=True)
class LetIn:
    """A booking that was left out now counts as new."""


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Ids that were refused for a missing right will be written again."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Somebody else's event no longer belongs to the booking, which gets an event of its own."""


@dataclass(frozen=True, slots=True)
class LetGo:
    """Another booking names this pair's event, and its own booking another one: it looks for that one."""


GoesOn = Agree | Adopt | Follow | Reopen | Resume | Fulfil | LetIn | GiveUp | LetGo  # towards active, or back to it
Waits = Close | Wait | Hold | Part | Pause | LeaveOut | TurnDown  # away from active
Stays = Disown | Claim | Drop | AskAgain  # in whatever state it is
Decision = GoesOn | Waits | Stays
