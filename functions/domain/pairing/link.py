"""A link: a booking paired with its event, the values both sides last agreed on, its origin and its state."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from functions.domain.model.appointment import When
from functions.domain.model.event import Event, EventKey, family
from functions.domain.pairing.attempts import Attempt
from functions.domain.pairing.life import (
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
from functions.domain.pairing.writes import MakeBooking, Write, WriteBooking, place_of

UNLINKED = Unlinked()

Kept = tuple[str, str]  # digests: what was written, and what the other side shows in its place


class Origin(StrEnum):
    """Which side existed first; it decides who owns title, description, guests, reminders and Meet."""

    BOOKING = "booking"
    EVENT = "event"
    INVITATION = "invitation"  # somebody else's event that invites the room: only the room's answer is written


@dataclass(frozen=True, slots=True)
class Base:
    """The values both sides last agreed on.

    Texts and addresses are kept only as keyed digests, by field name (`title`, `description`, `guest`, `reminders`,
    `meet`, `remarks`, `text`), so that the store holds nothing personal.
    """

    when: When
    calendar: str
    object_id: str
    status: int
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wrote:
    """The time (aware UTC) in which a write of ours to the booking would have overwritten somebody's change unseen.

    The booking was read at `since` and showed nothing new; the write was sent at `until`. `entry` is its journal entry.
    """

    since: datetime
    until: datetime
    entry: str

    def missed(self, heard_at: datetime) -> bool:
        """Whether a webhook that came at this moment reports such a change: it is too early for our own write."""
        return self.since < heard_at <= self.until


@dataclass(frozen=True, slots=True)
class Intent:
    """A write recorded before it is made: without its texts, with its stamp, and when its lease expires (aware UTC).

    `base` is the base once the write has landed, `entry` the journal entry it opened, `ids` the digests of the event id
    and Meet link that it puts into the booking. `wrote` is what it may overwrite unseen, until when it was begun; until
    when it was sent, once that is known.
    """

    stamp: str
    step: Write
    expires_at: datetime
    base: Base | None = None
    entry: str = ""
    ids: tuple[str, ...] = ()
    wrote: Wrote | None = None

    @property
    def target(self) -> Side:
        """The side that it writes to."""
        return Side.BOOKING if isinstance(self.step, WriteBooking | MakeBooking) else Side.EVENT

    @property
    def place(self) -> EventKey | None:
        """Where the event will be once the write has landed; None for a change of a booking."""
        return place_of(self.step)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused, as a digest, and the category of the reason; it is not tried again until it changes."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Refusals:
    """What i-Reserve refused of a person's edit that the event still shows: its time and its room, separately."""

    time: Refusal | None = None
    room: Refusal | None = None

    @property
    def why(self) -> str:
        """The category of the reason (the time's, if both were refused), or ""."""
        found = self.time or self.room
        return found.why if found is not None else ""


@dataclass(frozen=True, slots=True)
class WrittenIds:
    """Digests of the event ids and Meet links that this service wrote into the booking, oldest first.

    `refused`: those that i-Reserve did not accept because its API user lacks the right. `foreign`: the booking's id
    field holds a value that is not ours to change.
    """

    written: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Echo:
    """The time in which the webhook of our own last write of ids into the booking arrives (aware UTC, both included).

    `alone`: no webhook led to that write, so no second look is still to come because of one.
    """

    since: datetime
    until: datetime
    alone: bool


@dataclass(frozen=True, slots=True)
class Approve:
    """A person approves a held removal."""

    kind: Literal["approve"] = "approve"


@dataclass(frozen=True, slots=True)
class Restore:
    """A person wants a held removal undone."""

    kind: Literal["restore"] = "restore"


@dataclass(frozen=True, slots=True)
class Override:
    """A person's order for this pair; None leaves a value alone. With `detach` the pair is then left alone."""

    when: When | None = None
    object_id: str | None = None
    status: int | None = None
    detach: bool = False
    kind: Literal["override"] = "override"


Order = Approve | Restore | Override


@dataclass(frozen=True, slots=True)
class Occupies:
    """What an occupied event shows: a booking's hours in a further calendar, or those before or after it.

    A `former` event showed a booking that has another one by now: it is wanted nowhere.
    """

    booking_id: str
    calendar: str
    part: Literal["hours", "before", "after", "former"] = "hours"

    @property
    def is_former(self) -> bool:
        """Whether its booking has another event by now."""
        return self.part == "former"

    @property
    def name(self) -> str:
        """Distinguishes it from all others of an integration."""
        name = f"{self.booking_id}\n{self.calendar}"
        return name if self.part == "hours" else f"{name}\n{self.part}"


@dataclass(frozen=True, slots=True)
class Link:
    """One booking-event pair. `version` rises with every save; `event_etag` is the event's as last read or written.

    Besides its state (`life`) it keeps the ids of both sides, refusals, the ids it wrote, recent attempts, a person's
    order and the write under way. Every transition is in `lifecycle.py`.
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
    generation: int = 0  # of the derived event id; rises when an id is given up
    version: int = 0
    event_etag: str = ""
    event_updated: datetime | None = None  # of that same reading
    unsettled: bool = False  # that reading was taken over before all that it says was settled
    notice: str = ""  # category of the refusal that the event shows
    meet_asked_at: datetime | None = None  # a Meet link was requested and is still pending
    series: str = ""
    occupied: tuple[Occupies, ...] = ()  # of a pair: its occupied events, which have links of their own
    occupies: Occupies | None = None  # of an occupied event, which has no booking of its own
    kept: Mapping[str, Kept] = field(default_factory=dict)  # by field, only where the two values differ
    echo: Echo | None = None
    wrote: Wrote | None = None

    @property
    def state(self) -> State:
        """The name of the state."""
        return State(self.life.kind)

    @property
    def item(self) -> str:
        """The id of the held item it belongs to: its own, or its series'."""
        return f"series-{self.series}" if self.series else self.id

    @property
    def closed(self) -> bool:
        """Whether both sides have ended."""
        return isinstance(self.life, Closed)

    def gives_way_to(self, other: "Link") -> bool:
        """Whether it lets go of an event that another pair goes on with: it is over, or its event is of no booking yet."""
        of_none = not self.of_booking and self.intent is None
        return not other.closed and (self.closed or (of_none and bool(other.booking_id)))

    @property
    def of_booking(self) -> str:
        """The booking that it pairs, or that its occupied event belongs to; "" for an event of no booking."""
        return self.occupies.booking_id if self.occupies is not None else self.booking_id

    def without_event(self) -> "Link":
        """Return it as a pair that let go of its event."""
        free = replace(self, event=None, base=None, life=UNLINKED, series="", refusals=Refusals(), notice="")
        return replace(free, kept={}, meet_asked_at=None)

    @property
    def awaits_cancellation(self) -> bool:
        """Whether its event was deleted, and its booking is cancelled after the grace or once a person approves."""
        return isinstance(self.life, Grace) or (isinstance(self.life, Held) and self.life.removes is Side.BOOKING)

    @property
    def gave_up_id(self) -> bool:
        """Whether it gave up the id of an event that was still wanted: one of the next generation takes its place."""
        return self.event is None and self.generation > 0 and isinstance(self.life, Unlinked)

    @property
    def closed_by_us(self) -> bool:
        """Whether this service cancelled the booking, following the deletion of its event."""
        return isinstance(self.life, Closed) and self.life.by is Closer.SERVICE

    @property
    def former_status(self) -> int | None:
        """The status of a closed pair's booking before this service cancelled it, or None."""
        return self.life.former_status if isinstance(self.life, Closed) else None

    @property
    def until(self) -> datetime | None:
        """The end of the grace (aware UTC), or None."""
        return self.life.until if isinstance(self.life, Grace) else None

    @property
    def reason(self) -> str:
        """The code of the reason for its state; "" if the state says it all."""
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
        """A person's order for both sides, or None."""
        return self.order if isinstance(self.order, Override) else None

    def keeping(self, kept: Mapping[str, Kept]) -> "Link":
        """Return the link with what the other side kept of these fields."""
        both = {**self.kept, **kept}
        return replace(self, kept={name: pair for name, pair in both.items() if pair[0] != pair[1]})

    def lacks(self, name: str) -> bool:
        """Whether the event lacks its `guest` or its `meet` link."""
        return name in self.kept

    def seeing(self, event: Event) -> "Link":
        """Return the link with an event as just read or written, of which nothing is left to do."""
        seen = replace(self, event=event.key, event_etag=event.etag, event_updated=event.updated)
        return replace(seen, series=family(event.series), unsettled=False)

    def taking(self, event: Event) -> "Link":
        """Return the link with another event than its own was, or another place of it: what it says is still to be settled.

        Its etag alone does not make it an echo, also if a crash comes before the rest of the plan.
        """
        return replace(self.seeing(event), unsettled=True)

    def knows_newer(self, event: Event) -> bool:
        """Whether this reading of the event may be older than the one last saved."""
        if event.updated is None or self.event_updated is None or event.etag == self.event_etag:
            return False
        return event.updated <= self.event_updated
