"""Writes: the seven operations on a side, as values with their reason. Each is stored under a stable kind."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from functions.domain.model.appointment import Appointment, Style, When
from functions.domain.model.event import EventKey


class Why(StrEnum):
    """Reasons of decisions, as the journal stores them; the console's `texts/en/journal.yaml` has their sentences."""

    IN_STEP = "in_step"
    LEASED = "leased"
    UNREADABLE = "unreadable"
    NOT_WANTED = "not_wanted"
    NO_CALENDAR = "no_calendar"
    OUTSIDE_WINDOW = "outside_window"
    ACTIVITY = "activity"
    BOOKING_MADE = "booking_made"
    BOOKING_CHANGED = "booking_changed"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_GONE = "booking_gone"
    SETTINGS_CHANGED = "settings_changed"
    OCCUPIED = "occupied"
    FORMER = "former"
    ADOPTED = "adopted"
    WRITE_BACK = "write_back"
    RECOVERED = "recovered"
    EVENT_MADE = "event_made"
    EVENT_MOVED = "event_moved"
    EVENT_TEXT = "event_text"
    EVENT_OBJECT = "event_object"
    OTHER_ROOM = "other_room"
    EVENT_DELETED = "event_deleted"
    EVENT_RESTORED = "event_restored"
    PUT_BACK = "put_back"
    MADE_AGAIN = "made_again"
    CONFLICT = "conflict"
    REFUSED = "refused"
    GRACE = "grace"
    GRACE_OVER = "grace_over"
    HELD = "held"
    SERIES_UNSURE = "series_unsure"
    TOO_OFTEN = "too_often"
    PAUSED = "paused"
    DETACHED = "detached"
    NOT_ELIGIBLE = "not_eligible"
    NOT_BACKFILLED = "not_backfilled"
    UNDONE = "undone"
    APPROVED = "approved"
    INVITED = "invited"


class Outcome(StrEnum):
    """The outcome that closes a journal entry; `open` until then."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"
    INTERRUPTED = "interrupted"  # it never reached the other side
    SHADOW = "shadow"
    UNKNOWN = "unknown"  # left open by an earlier version of this service


@dataclass(frozen=True, slots=True)
class InsertEvent:
    """Make the event; its id is derived, so making it twice makes one."""

    key: EventKey
    content: Appointment
    why: Why
    kind: Literal["event.insert"] = "event.insert"


@dataclass(frozen=True, slots=True)
class ReviveEvent:
    """Bring a deleted event back; with `content` None as it was (a person's own event)."""

    key: EventKey
    content: Appointment | None
    why: Why
    kind: Literal["event.revive"] = "event.revive"


@dataclass(frozen=True, slots=True)
class EventChange:
    """What changes on an event; None leaves a field alone.

    `description` is the whole text, including what people wrote below the service's line. `guest_out` is the address of
    our former guest, to be removed from the list.
    """

    when: When | None = None
    title: str | None = None
    description: str | None = None
    guest_in: str | None = None
    guest_out: str | None = None
    reminders: tuple[tuple[str, int], ...] | None = None
    meet: bool | None = None
    style: Style | None = None  # only its `restyled` parts are written
    restyled: tuple[str, ...] = ()
    answer: str | None = None  # the room's answer to an invitation (`responseStatus`); written alone, without a mark
    comment: str = ""  # the reason given with it


@dataclass(frozen=True, slots=True)
class PatchEvent:
    """Change the event if it still has this etag ("" = any: only for an event just made).

    `notice` is the category of the notice that the change puts on the event, or "".
    """

    key: EventKey
    etag: str
    change: EventChange
    why: Why
    notice: str = ""
    kind: Literal["event.patch"] = "event.patch"


@dataclass(frozen=True, slots=True)
class MoveEvent:
    """Move the event to another calendar; it keeps its id."""

    key: EventKey
    etag: str
    destination: str
    why: Why
    kind: Literal["event.move"] = "event.move"


@dataclass(frozen=True, slots=True)
class DeleteEvent:
    """Remove the event if it still has this etag."""

    key: EventKey
    etag: str
    why: Why
    kind: Literal["event.delete"] = "event.delete"


@dataclass(frozen=True, slots=True)
class BookingChange:
    """What changes on a booking; None leaves a field alone. `fields` are texts by i-Reserve's field name."""

    when: When | None = None
    object_id: str | None = None
    status: int | None = None
    external_id: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    ignore_validation: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Digests of what a person wants by dragging or restoring an event: its time, its room at that time; "" is none."""

    time: str = ""
    room: str = ""


@dataclass(frozen=True, slots=True)
class WriteBooking:
    """Change a known booking, always by its id. What `asked` identifies is not tried again once refused."""

    booking_id: str
    change: BookingChange
    why: Why
    asked: Asked = Asked()
    kind: Literal["booking.write"] = "booking.write"


@dataclass(frozen=True, slots=True)
class MakeBooking:
    """Make a booking from an event; its external id is the event's id, unless `external_id` names another.

    `asked` is the digest of the whole request.
    """

    event: EventKey
    when: When
    object_id: str
    status: int
    number: int
    external_id_field: str
    fields: tuple[tuple[str, str], ...]
    why: Why
    asked: str = ""
    external_id: str = ""
    kind: Literal["booking.make"] = "booking.make"

    @property
    def reference(self) -> str:
        """The value for the booking's id field: the event's id unless another is given."""
        return self.external_id or self.event.id


EventWrite = InsertEvent | ReviveEvent | PatchEvent | MoveEvent | DeleteEvent
Write = EventWrite | WriteBooking | MakeBooking


def place_of(step: Write) -> EventKey | None:
    """Return where the event will be after a write; None if the write is to a booking."""
    match step:
        case WriteBooking():
            return None
        case MakeBooking(event):
            return event
        case MoveEvent(key, _, destination):
            return EventKey(destination, key.id)
    return step.key


def takes_hours(step: Write) -> bool:
    """Whether a write gives a booking its time or its object: new hours, which others may have taken."""
    if isinstance(step, WriteBooking):
        return step.change.when is not None or step.change.object_id is not None
    return isinstance(step, MakeBooking)


def is_bookkeeping(step: Write) -> bool:
    """Whether a write only puts ids into their fields, as part of the change before it."""
    return step.why is Why.WRITE_BACK


def bare(step: Write) -> Write:
    """Return a write as it may be stored: fields, times, objects and ids, but no text, name or address."""
    match step:
        case InsertEvent(content=content) | ReviveEvent(content=content) if content is not None:
            return replace(step, content=replace(content, title="", description="", guest="", style=Style()))
        case PatchEvent(change=change):
            return replace(step, change=_without_texts(change))
        case WriteBooking(change=change):
            return replace(step, change=replace(change, fields=_without_values(change.fields)))
        case MakeBooking(fields=fields):
            return replace(step, fields=_without_values(fields))
    return step


def _without_texts(change: EventChange) -> EventChange:
    title, description, guest_in, guest_out = (
        None if each is None else "" for each in (change.title, change.description, change.guest_in, change.guest_out)
    )
    told = replace(change, style=None if change.style is None else Style())
    return replace(told, title=title, description=description, guest_in=guest_in, guest_out=guest_out)


def _without_values(fields: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, "") for name, _ in fields)
