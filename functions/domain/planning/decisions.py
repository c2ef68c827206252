"""What the planner decides without a write, as values; `lifecycle.py` says what each makes of a link."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from functions.domain.model.event import Event
from functions.domain.model.life import Side
from functions.domain.model.link import Base, Kept


@dataclass(frozen=True, slots=True)
class Agree:
    """Both sides show `base`; the event as it was read, or None where it was not looked at."""

    base: Base
    event: Event | None
    foreign: bool
    meet_asked_at: datetime | None
    kept: Mapping[str, Kept] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Adopt:
    """An event, or the booking of an event (`booking_id`), that was there already is taken up."""

    event: Event
    booking_id: str = ""


@dataclass(frozen=True, slots=True)
class Disown:
    """The booking's id field names something that is not ours."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The event is where a person moved it; it is claimed there before anything is done to it."""

    event: Event


@dataclass(frozen=True, slots=True)
class Follow:
    """The booking of a vanished occurrence goes on with a new one; its time then goes the ordinary way."""

    event: Event


@dataclass(frozen=True, slots=True)
class Close:
    """Both sides ended, without a write; `status` is what the booking shows (None: it is gone)."""

    status: int | None


@dataclass(frozen=True, slots=True)
class Reopen:
    """The event of a closed pair is there again and its booking stands."""


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
    """The two are left alone for good."""

    cause: str


@dataclass(frozen=True, slots=True)
class Pause:
    """The brake: written too often. Said once more while it does not get quiet."""

    cause: str
    since: datetime
    seen: str


@dataclass(frozen=True, slots=True)
class Resume:
    """A person lets a paused pair go on, or it has been quiet; the attempts are counted anew."""


@dataclass(frozen=True, slots=True)
class Fulfil:
    """What a person ordered is carried out; the event as it is then, or None where it is left alone."""

    event: Event | None = None
    base: Base | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """What a person ordered cannot be carried out any more."""


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """A booking from before activation is noted as it is, and gets no event until it changes."""

    base: Base


@dataclass(frozen=True, slots=True)
class LetIn:
    """A booking that was left out counts as new after all."""


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Ids that were refused for a missing right are to be written once more."""


GoesOn = Agree | Adopt | Follow | Reopen | Resume | Fulfil | LetIn  # towards active, or back
Waits = Close | Wait | Hold | Part | Pause | LeaveOut  # away from active
Stays = Disown | Claim | Drop | AskAgain  # in whatever state it is
Decision = GoesOn | Waits | Stays
