"""A link: one booking-event pair, the values both sides last agreed on, its origin and its state."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from functions.domain.model.appointment import When
from functions.domain.model.event import Event, EventKey


class Origin(StrEnum):
    """Which side was there first; it decides who owns title, description, guests, reminders and Meet."""

    BOOKING = "booking"
    EVENT = "event"


class State(StrEnum):
    """What the planner may do with a link."""

    ACTIVE = "active"
    GRACE = "grace"  # the event was deleted; the booking is cancelled at `until` unless something changes
    HELD = "held"  # a removal that waits for a person
    REFUSED = "refused"  # the other side said no; tried again when it changes
    PAUSED = "paused"  # put back or written too often; waits for a person
    DETACHED = "detached"  # left alone for good


class Side(StrEnum):
    """The two sides of a link."""

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
    """A write-ahead claim: what is about to be written, under which stamp, and until when the claim holds.

    `base` is what both sides agree on once the write has landed. `expires_at` is aware UTC.
    """

    stamp: str
    target: Side
    step: str
    expires_at: datetime
    base: Base | None = None
    event: EventKey | None = None
    entry: str = ""  # id of the journal entry that it opened
    why: str = ""  # why it is written


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person ordered for this pair; None leaves a value alone. `detach` parts the two afterwards."""

    when: When | None = None
    object_id: str | None = None
    status: int | None = None
    detach: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """One booking-event pair. `version` rises with every save; `event_etag` belongs to `base`."""

    id: str
    booking_id: str = ""
    event: EventKey | None = None
    origin: Origin = Origin.BOOKING
    state: State = State.ACTIVE
    base: Base | None = None
    intent: Intent | None = None
    generation: int = 0  # of the derived event id; rises when an id is burnt
    version: int = 0
    event_etag: str = ""
    event_updated: datetime | None = None  # of that very reading of the event
    closed: bool = False  # the booking is cancelled or gone and so is the event; both ids are kept
    write_back: bool = True  # False: the booking's id field holds a foreign value that is not ours to change
    until: datetime | None = None  # end of the grace
    reason: str = ""  # why it is in a state other than active
    cancelled_by_us: bool = False  # our own handling of a deleted event cancelled the booking
    status_before: int | None = None  # the booking's status before we cancelled it
    refused: str = ""  # digest of what was refused, so that the same is not asked again before it changes
    refused_at: datetime | None = None  # of a new event: the date of the line that says so
    notice: str = ""  # category of the refusal that stands on the event
    meet_asked_at: datetime | None = None  # a Meet link was asked for and is not there yet
    put_backs: tuple[datetime, ...] = ()
    writes: tuple[datetime, ...] = ()
    ours: tuple[str, ...] = ()  # digests of event ids and Meet links that we wrote into the booking
    not_taken: tuple[str, ...] = ()  # those of `ours` that were refused for a missing right
    series: str = ""
    wish: Wish | None = None
    decided: Literal["", "approve", "restore"] = ""  # what a person said of a held removal

    def seeing(self, event: Event) -> "Link":
        """Return the link with an event as it was just read or written."""
        return replace(self, event=event.key, event_etag=event.etag, event_updated=event.updated)

    def asking_again(self) -> "Link":
        """Return the link with what was refused for a missing right still to be written."""
        ours = tuple(digest for digest in self.ours if digest not in self.not_taken)
        return replace(self, ours=ours, not_taken=())

    def freed(self) -> "Link":
        """Return the link active, with nothing waited for; of its reasons only that of a foreign id stays."""
        return replace(self, state=State.ACTIVE, until=None, reason="" if self.write_back else self.reason)

    def knows_newer(self, event: Event) -> bool:
        """Whether a reading of the event may be older than the one this link was last saved with."""
        if event.updated is None or self.event_updated is None or event.etag == self.event_etag:
            return False
        return event.updated <= self.event_updated
