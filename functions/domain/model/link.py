"""A link: one booking-event pair, the values both sides last agreed on, its origin and its state."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from functions.domain.model.appointment import When
from functions.domain.model.attempts import Attempt
from functions.domain.model.event import Event, EventKey
from functions.domain.model.life import (
    Closed,
    Closer,
    Detached,
    Grace,
    Held,
    LeftOut,
    Life,
    Paused,
    Refused,
    Side,
    State,
    Unlinked,
)
from functions.domain.model.writes import MakeBooking, Write, WriteBooking, place_of

__all__ = [
    "Approve",
    "Base",
    "Intent",
    "Kept",
    "Link",
    "Order",
    "Origin",
    "Override",
    "Refusal",
    "Refusals",
    "Restore",
    "Side",
    "State",
    "WrittenIds",
]


UNLINKED = Unlinked()

Kept = tuple[str, str]  # digests: what was written, and what the other side shows in its place


class Origin(StrEnum):
    """Which side was there first; it decides who owns title, description, guests, reminders and Meet."""

    BOOKING = "booking"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Base:
    """The values both sides last agreed on.

    Texts and addresses are kept as keyed digests only, by field name (`title`, `description`, `guest`, `reminders`,
    `meet`, `remarks`, `text`), so that nothing personal rests in the store.
    """

    when: When
    calendar: str
    object_id: str
    status: int
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Intent:
    """A write-ahead claim: the write itself without its texts, its stamp, and until when the claim holds (aware UTC).

    `base` is what both sides agree on once it has landed, `entry` the journal entry that it opened, `ids` the digests
    of the event's id and Meet link that it puts into the booking.
    """

    stamp: str
    step: Write
    expires_at: datetime
    base: Base | None = None
    entry: str = ""
    ids: tuple[str, ...] = ()

    @property
    def target(self) -> Side:
        """The side that is written."""
        return Side.BOOKING if isinstance(self.step, WriteBooking | MakeBooking) else Side.EVENT

    @property
    def place(self) -> EventKey | None:
        """Where the event will be once the write has landed."""
        return place_of(self.step)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused, as a digest, and the category of the reason: the same is not asked again before it changes."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Refusals:
    """What i-Reserve refused of a person's edit that the event still shows: its time and its room, apart."""

    time: Refusal | None = None
    room: Refusal | None = None

    @property
    def why(self) -> str:
        """The category of the last reason, or ""."""
        found = self.time or self.room
        return found.why if found is not None else ""


@dataclass(frozen=True, slots=True)
class WrittenIds:
    """Digests of the event ids and Meet links that this service wrote into the booking.

    `not_taken` are those that were refused for a missing right. `foreign`: the booking's id field holds a value that
    is not ours to change.
    """

    ours: tuple[str, ...] = ()
    not_taken: tuple[str, ...] = ()
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Approve:
    """A person lets a held removal be carried out."""

    kind: Literal["approve"] = "approve"


@dataclass(frozen=True, slots=True)
class Restore:
    """A person wants a held removal undone."""

    kind: Literal["restore"] = "restore"


@dataclass(frozen=True, slots=True)
class Override:
    """What a person ordered for this pair; None leaves a value alone. `detach` parts the two afterwards."""

    when: When | None = None
    object_id: str | None = None
    status: int | None = None
    detach: bool = False
    kind: Literal["override"] = "override"


Order = Approve | Restore | Override


@dataclass(frozen=True, slots=True)
class Link:
    """One booking-event pair. `version` rises with every save; `event_etag` belongs to `base`.

    Beside its state (`life`) it keeps who the two are, what was refused, which ids were written, every write that was
    tried, what a person ordered, and the write that is under way. Only `lifecycle.py` makes one from another.
    """

    id: str
    booking_id: str = ""
    event: EventKey | None = None
    origin: Origin = Origin.BOOKING
    life: Life = UNLINKED
    base: Base | None = None
    intent: Intent | None = None
    order: Order | None = None
    refusals: Refusals = Refusals()
    ids: WrittenIds = WrittenIds()
    attempts: tuple[Attempt, ...] = ()
    generation: int = 0  # of the derived event id; rises when an id is burnt
    version: int = 0
    event_etag: str = ""
    event_updated: datetime | None = None  # of that very reading of the event
    notice: str = ""  # category of the refusal that stands on the event
    meet_asked_at: datetime | None = None  # a Meet link was asked for and is not there yet
    series: str = ""
    kept: Mapping[str, Kept] = field(default_factory=dict)  # by field, only where the two differ

    @property
    def state(self) -> State:
        """The name of the state."""
        return State(self.life.kind)

    @property
    def item(self) -> str:
        """The id of the held item that it belongs to: its own, or that of its series."""
        return f"series-{self.series}" if self.series else self.id

    @property
    def closed(self) -> bool:
        """Whether both sides ended."""
        return isinstance(self.life, Closed)

    @property
    def closed_by_us(self) -> bool:
        """Whether this service cancelled the booking when it followed the deletion of its event."""
        return isinstance(self.life, Closed) and self.life.by is Closer.SERVICE

    @property
    def former_status(self) -> int | None:
        """What a closed pair's booking had before this service cancelled it, or None."""
        return self.life.former_status if isinstance(self.life, Closed) else None

    @property
    def until(self) -> datetime | None:
        """The end of the grace, or None."""
        return self.life.until if isinstance(self.life, Grace) else None

    @property
    def reason(self) -> str:
        """Why it is in its state, in a code; "" where that says itself."""
        match self.life:
            case Held(cause) | Detached(cause) | Paused(cause):
                return cause
            case Refused(_, why):
                return why
            case Grace():
                return "event_deleted"
            case LeftOut():
                return "not_backfilled"
        return "foreign_id" if self.ids.foreign else ""

    @property
    def overridden(self) -> Override | None:
        """What a person ordered for both sides, or None."""
        return self.order if isinstance(self.order, Override) else None

    def keeping(self, kept: Mapping[str, Kept]) -> "Link":
        """Return the link with what the other side made of these fields."""
        both = {**self.kept, **kept}
        return replace(self, kept={name: pair for name, pair in both.items() if pair[0] != pair[1]})

    def lacks(self, name: str) -> bool:
        """Whether the event is without something that it should have: its `guest`, or its `meet` link."""
        return name in self.kept

    def seeing(self, event: Event) -> "Link":
        """Return the link with an event as it was just read or written."""
        return replace(self, event=event.key, event_etag=event.etag, event_updated=event.updated)

    def knows_newer(self, event: Event) -> bool:
        """Whether a reading of the event may be older than the one this link was last saved with."""
        if event.updated is None or self.event_updated is None or event.etag == self.event_etag:
            return False
        return event.updated <= self.event_updated
