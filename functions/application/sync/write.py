"""One write to one side, under the lease of its intent."""

from dataclasses import replace
from datetime import timedelta

from functions.application.sync.mails import may_mail
from functions.application.sync.session import SyncSession
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Refused, Stale
from functions.domain.model.event import Event, Mark
from functions.domain.model.link import Intent
from functions.domain.model.text import Text, put_together
from functions.domain.planning.step import (
    DeleteEvent,
    EventChange,
    InsertEvent,
    MakeBooking,
    MoveEvent,
    PatchEvent,
    ReviveEvent,
    Write,
    WriteBooking,
)
from functions.domain.planning.view import View

INVALID_GUEST = "invalid_guest"
FRESH = timedelta(seconds=2)  # between reading a booking and writing it
EventWrite = InsertEvent | ReviveEvent | PatchEvent | MoveEvent | DeleteEvent


def write(session: SyncSession, view: View, step: Write, stamp: str, intent: Intent | None) -> Event | Booking | None:
    """Write, if the intent still holds; returns what the other side answered (None for a removal)."""
    _holds(session, intent)
    calendars = session.calendars
    notify = may_mail(session, step) if isinstance(step, EventWrite) else False
    mark = Mark(session.id, view.link.id, stamp)
    event = view.event.value
    match step:
        case InsertEvent(key, content, _):
            description = put_together(Text(above=content.description), session.settings.language)
            try:
                return calendars.insert(key, content, description, mark, notify=notify)
            except Refused as error:
                # a calendar can forbid Meet, Google an address: better the event without than none
                if error.reason == INVALID_GUEST and content.guest:
                    content = replace(content, guest="")
                elif content.meet:
                    content = replace(content, meet=False)
                else:
                    raise
                return calendars.insert(key, content, description, mark, notify=notify)
        case ReviveEvent(key, content, _):
            change = EventChange(when=content.when) if content is not None else EventChange()
            return calendars.patch(key, "", change, mark, notify=notify, revive=True)
        case PatchEvent(key, etag, change, _):
            try:
                return calendars.patch(event or key, etag, change, mark, notify=notify)
            except Refused as error:
                if error.reason == INVALID_GUEST and change.guest_in:
                    change = replace(change, guest_in=None)
                elif change.meet:
                    change = replace(change, meet=None)
                else:
                    raise
                return calendars.patch(event or key, etag, change, mark, notify=notify)
        case MoveEvent(key, _, destination, _):
            return calendars.move(key, destination, notify=notify)
        case DeleteEvent(key, etag, _):
            calendars.delete(key, etag, notify=notify)
            return None
        case WriteBooking():
            return session.reservations.write(_booking(session, view, intent), step.change)
        case MakeBooking():
            fields = dict(step.fields)
            external = step.event.id if step.external_id_field == "external_id" else ""
            if not external:
                fields[step.external_id_field] = step.event.id
            if session.made_before != step.event.id:  # one that was made would stand in its own way
                session.reservations.check(step.object_id, step.when, step.number)
            _holds(session, intent)  # the check may have taken long
            return session.reservations.make(
                step.object_id, step.when, step.number, step.status, external, fields, checked=False
            )


def _holds(session: SyncSession, intent: Intent | None) -> None:
    if intent is None or session.now() >= intent.expires_at:
        raise Stale("the lease ran out before the write", reason="lease_over")


def _booking(session: SyncSession, view: View, intent: Intent | None) -> Booking:
    """Return the booking as it is now: i-Reserve has no conditional write, so one read a while ago is read again."""
    booking = view.booking.value
    if booking is None:
        raise Stale("the booking is not there to be written", reason="no_booking")
    if session.booking_read_at is None or session.now() - session.booking_read_at > FRESH:
        if session.read_booking(booking.id).value != booking:
            raise Stale("the booking was changed meanwhile", reason="booking_changed")
        _holds(session, intent)
    return booking
