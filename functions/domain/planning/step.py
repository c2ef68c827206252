"""Steps: what the planner decides, as values; the executor does them one at a time and plans again in between."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.domain.model.appointment import Appointment, Style, When
from functions.domain.model.event import EventKey
from functions.domain.model.link import Base, Link


class Why(StrEnum):
    """Reasons of decisions, as they stand in the journal; `reasons.py` has their sentences."""

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
    ADOPTED = "adopted"
    WRITE_BACK = "write_back"
    RECOVERED = "recovered"
    EVENT_MADE = "event_made"
    EVENT_MOVED = "event_moved"
    EVENT_TEXT = "event_text"
    EVENT_OBJECT = "event_object"
    EVENT_DELETED = "event_deleted"
    EVENT_RESTORED = "event_restored"
    PUT_BACK = "put_back"
    MADE_AGAIN = "made_again"
    CONFLICT = "conflict"
    REFUSED = "refused"
    GRACE = "grace"
    GRACE_OVER = "grace_over"
    HELD = "held"
    TOO_OFTEN = "too_often"
    PAUSED = "paused"
    DETACHED = "detached"
    NOT_ELIGIBLE = "not_eligible"
    NOT_BACKFILLED = "not_backfilled"
    UNDONE = "undone"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do now; `until` when it should be looked at again."""

    why: Why
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A side must be read before anything can be decided.

    The linked event, the event that an id may name (`find`), or the booking that may carry an event's id already.
    """

    event: EventKey | None = None
    find: str = ""
    booking_with: str = ""


@dataclass(frozen=True, slots=True)
class Settle:
    """Save the link as given: what both sides agree on, or the state it goes into. Writes to neither side.

    `reread`: what was known of the event does not count any more.
    """

    link: Link
    why: Why
    reread: bool = False


@dataclass(frozen=True, slots=True)
class InsertEvent:
    """Make the event; its id is derived, so that doing it twice makes one."""

    key: EventKey
    content: Appointment
    why: Why


@dataclass(frozen=True, slots=True)
class ReviveEvent:
    """Bring a deleted event back; the content None leaves it as it was (a person's own event)."""

    key: EventKey
    content: Appointment | None
    why: Why


@dataclass(frozen=True, slots=True)
class EventChange:
    """What changes on an event; None leaves a field alone.

    `description` is the whole text including what people wrote under the service's line. `guest_out` is the address of
    our own earlier guest to take off the list.
    """

    when: When | None = None
    title: str | None = None
    description: str | None = None
    guest_in: str | None = None
    guest_out: str | None = None
    reminders: tuple[tuple[str, int], ...] | None = None
    meet: bool | None = None
    style: Style | None = None  # of which only `restyled` is written
    restyled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PatchEvent:
    """Change the event if it still has this etag ("" = whatever it has: only for one just made).

    `notice` is the category of the dated line that the change puts on the event; "" is none.
    """

    key: EventKey
    etag: str
    change: EventChange
    why: Why
    notice: str = ""


@dataclass(frozen=True, slots=True)
class MoveEvent:
    """Move the event to another calendar; it keeps its id."""

    key: EventKey
    etag: str
    destination: str
    why: Why


@dataclass(frozen=True, slots=True)
class DeleteEvent:
    """Remove the event if it still has this etag."""

    key: EventKey
    etag: str
    why: Why


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
class WriteBooking:
    """Change a known booking, always by its id."""

    booking_id: str
    change: BookingChange
    why: Why


@dataclass(frozen=True, slots=True)
class MakeBooking:
    """Make a booking from an event; its external id is the event's id."""

    event: EventKey
    when: When
    object_id: str
    status: int
    number: int
    external_id_field: str
    fields: tuple[tuple[str, str], ...]
    why: Why


Write = InsertEvent | ReviveEvent | PatchEvent | MoveEvent | DeleteEvent | WriteBooking | MakeBooking
Step = Rest | Look | Settle | Write


@dataclass(frozen=True, slots=True)
class Planned:
    """A step and what both sides will agree on once it is done (None: leaves the base as it is)."""

    step: Step
    base: Base | None = None
