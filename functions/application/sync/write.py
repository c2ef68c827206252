"""Makes one write to one side, under the lease of its intent."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from functions.application.sync import overlap_guard, reporting
from functions.application.sync.guest_mails import may_mail
from functions.application.sync.session import SyncSession
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Cause, Gone, Refused, Stale
from functions.domain.model.event import Event, EventKey, Mark
from functions.domain.model.notices import notice
from functions.domain.model.text import Text, put_together
from functions.domain.model.zones import clock
from functions.domain.pairing.link import Intent
from functions.domain.pairing.writes import (
    DeleteEvent,
    EventChange,
    EventWrite,
    InsertEvent,
    MakeBooking,
    MoveEvent,
    PatchEvent,
    ReviveEvent,
    Why,
    Write,
    WriteBooking,
)
from functions.domain.planning.view import View

FRESH = timedelta(seconds=2)  # a booking read longer ago is read again before writing


def look_before(session: SyncSession, view: View, step: Write) -> str:
    """Look whether a booking may be changed, before that begins: so an intent begins when its write is sent.

    Returns the category of what will deliberately be ignored, or "". Raises `Refused` by the guard and for the booking of an
    activity, `Stale` if the booking was changed since it was read, and what reading raises.
    """
    if not isinstance(step, WriteBooking):
        return ""
    if view.booking.value is not None and view.booking.value.activity_id and step.why is not Why.WRITE_BACK:
        raise Refused("a booking of an activity is changed in i-Reserve only", reason="activity")
    despite = overlap_guard.check(session, view, step)
    _as_read(session, view)
    return despite


def write(session: SyncSession, view: View, step: Write, stamp: str, intent: Intent | None) -> Event | Booking | None:
    """Write if the intent's lease still holds, and return the other side's answer, None for a removal.

    Raises `Stale` if it does not, and what the ports raise.
    """
    _holds(session, intent)
    match step:
        case WriteBooking():
            return _change(session, view, step, intent)
        case MakeBooking():
            return _make(session, view, step, intent)
    return _write_event(session, view, step, stamp)


def _write_event(session: SyncSession, view: View, step: EventWrite, stamp: str) -> Event | None:
    """Write an event; raises `Refused` instead of `Gone` where it is the calendar to write in that is out of reach."""
    try:
        return _write_in(session, view, step, stamp)
    except Gone:
        lost = session.out_of_reach(step.destination if isinstance(step, MoveEvent) else step.key.calendar)
        if lost is None:
            raise
        raise Refused(str(lost), reason=lost.reason) from lost


def _write_in(session: SyncSession, view: View, step: EventWrite, stamp: str) -> Event | None:
    mark, notify = Mark(session.id, view.link.id, stamp), may_mail(session, step)
    match step:
        case MoveEvent(key, etag, destination, _):
            return session.calendars.move(key, etag, destination, notify=notify)
        case DeleteEvent(key, etag, _):
            session.calendars.delete(key, etag, notify=notify)
            return None
        case InsertEvent():
            return _insert(session, step, mark, notify=notify)
        case ReviveEvent(key, content, _):
            change = EventChange(when=content.when) if content is not None else EventChange()
            if view.link.occupies is not None:
                change = _occupied_again(session, step)
            return session.calendars.patch(key, "", change, mark, notify=notify, revive=True)
        case PatchEvent():
            return _patch(session, view.event.value or step.key, step, mark, notify=notify)


def _change(session: SyncSession, view: View, step: WriteBooking, intent: Intent | None) -> Booking:
    """Change the booking; if i-Reserve refuses, and the step may ignore that, note it and repeat it without validation."""
    try:
        plainly = replace(step.change, ignore_validation=False)
        return session.reservations.write(_booking(session, view, intent), plainly)
    except Refused as error:
        if not step.change.ignore_validation:
            raise
        despite = error.reason
    reporting.note_despite(session, intent, despite)
    _holds(session, intent)
    return session.reservations.write(_booking(session, view, intent), step.change)


def _occupied_again(session: SyncSession, step: ReviveEvent) -> EventChange:
    """Return everything an occupied event shows, and, if a person deleted it, why it is back."""
    said = ""
    if step.why is Why.MADE_AGAIN:
        said = notice("occupied", session.settings.language, clock(session.now(), session.settings.timezone))
    content = step.content
    if content is None:
        return EventChange()
    description = put_together(Text(above=content.description, notice=said), session.settings.language)
    return EventChange(when=content.when, title=content.title, description=description)


def _insert(session: SyncSession, step: InsertEvent, mark: Mark, *, notify: bool) -> Event:
    """Make the event; if the calendar forbids Meet or Google rejects the guest, make it without."""
    content = step.content
    description = put_together(Text(above=content.description), session.settings.language)
    insert = partial(session.calendars.insert, step.key, description=description, mark=mark, notify=notify)
    while True:
        try:
            return insert(content=content)
        except Refused as error:
            if error.cause is Cause.INVALID_GUEST and content.guest:
                content = replace(content, guest="")
            elif content.meet:
                content = replace(content, meet=False)
            else:
                raise


def _patch(session: SyncSession, event: Event | EventKey, step: PatchEvent, mark: Mark, *, notify: bool) -> Event:
    """Change the event; like `_insert`, without a guest or Meet link that is rejected."""
    change = step.change
    patch = partial(session.calendars.patch, event, step.etag, mark=mark, notify=notify)
    while True:
        try:
            return patch(change=change)
        except Refused as error:
            if error.cause is Cause.INVALID_GUEST and change.guest_in:
                change = replace(change, guest_in=None)
            elif change.meet:
                change = replace(change, meet=None)
            else:
                raise


def _make(session: SyncSession, view: View, step: MakeBooking, intent: Intent | None) -> Booking:
    fields = dict(step.fields)
    external = step.reference if step.external_id_field == "external_id" else ""
    if not external:
        fields[step.external_id_field] = step.reference
    if session.made_before != step.reference:  # or else the check finds the booking itself, and refuses
        session.reservations.check(step.object_id, step.when, step.number)
        overlap_guard.check(session, view, step)
    _holds(session, intent)  # the checks may have taken long
    return session.reservations.make(
        step.object_id, step.when, step.number, step.status, external, fields, checked=False
    )


def _holds(session: SyncSession, intent: Intent | None) -> None:
    if intent is None or session.now() >= intent.expires_at:
        raise Stale("the lease ran out before the write", reason="lease_over")


def _booking(session: SyncSession, view: View, intent: Intent | None) -> Booking:
    booking = _as_read(session, view)
    _holds(session, intent)  # reading it again may have taken long
    session.booking_sent_at = session.now()
    return booking


def _as_read(session: SyncSession, view: View) -> Booking:
    """Return the current booking: i-Reserve has no conditional write, so one read a while ago is read again."""
    booking = view.booking.value
    if booking is None:
        raise Stale("the booking is not there to be written", reason="no_booking")
    stale = session.booking_read_at is None or session.now() - session.booking_read_at > FRESH
    if stale and session.read_booking(booking.id).value != booking:
        raise Stale("the booking was changed meanwhile", reason="booking_changed")
    return booking
