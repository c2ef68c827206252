"""A deleted event cancels its booking after the grace, waits for a person, or is made again."""

from dataclasses import replace
from datetime import timedelta

from functions.domain.comparing.event_content import appointment_of, in_window, when_of
from functions.domain.model.booking import Booking
from functions.domain.model.event import EventKey
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.decisions import Adopt, Hold, Part, Wait
from functions.domain.pairing.life import Grace, Held
from functions.domain.pairing.lifecycle import decide
from functions.domain.pairing.link import Approve, Link, Origin, Restore
from functions.domain.pairing.step import Look, Planned, Rest
from functions.domain.pairing.writes import BookingChange, ReviveEvent, Why, WriteBooking
from functions.domain.planning.merge import may_write_booking, merge
from functions.domain.planning.plan_outbound import base_revived, revived
from functions.domain.planning.view import PlanningContext, View, looked_for
from functions.domain.planning.write_event_id import other_named


def plan_vanished(v: View, context: PlanningContext) -> Planned:
    """Cancel the booking of an event that a person deleted, after the grace; or make the event again."""
    link, booking = v.link, v.booking.value
    if booking is None or link.event is None:
        return Planned(Rest(Why.UNREADABLE))
    when = when_of(booking, context.settings)
    base = link.base
    changed = base is None or (when, booking.object_id, booking.status) != (base.when, base.object_id, base.status)
    other = other_named(link, booking, context) if not isinstance(link.order, Restore) else ""
    if other and (elsewhere := moved_away(v, link.event, context, instead=other)):
        return elsewhere
    if isinstance(link.order, Restore):
        return _again(v, booking, context, Why.UNDONE)
    if link.awaits_cancellation:  # not where a person was asked about the event of a booking that is back since
        if changed:
            return _again(v, booking, context, Why.BOOKING_CHANGED)
        return _at_the_end_of_grace(v, booking, context)
    if link.origin is not Origin.INVITATION and (elsewhere := moved_away(v, link.event, context)):
        return elsewhere
    if not in_window(when, context.settings, context.now):
        return decide(link, Part(Why.OUTSIDE_WINDOW), Why.OUTSIDE_WINDOW)
    if base is None:
        return _again(v, booking, context, Why.BOOKING_MADE)
    if changed:
        return _again(v, booking, context, Why.CONFLICT)
    if v.event.presence is Presence.ABSENT and context.settings.calendar_of(booking.object_id) != link.event.calendar:
        # nobody need have deleted it: its calendar may be gone, and it belongs in another one by now
        return _again(v, booking, context, Why.SETTINGS_CHANGED)
    return _deleted(v, booking, context)


def moved_away(v: View, key: EventKey, context: PlanningContext, *, instead: str = "") -> Planned | None:
    """Return what to do about an event that may have moved to another calendar; None: it has not.

    `instead` is another event that the booking names: the pair goes on with that one if it is there. Not for an
    invitation: the copies in other invited rooms have the same id.
    """
    event = looked_for(v, Look(find=key.id, instead=instead))
    if isinstance(event, Planned):
        return event
    if event is None or not v.found_is_free:
        return None
    if event.key.id == key.id:
        return merge(replace(v, event=Snapshot.of(event)), context)
    return decide(v.link, Adopt(event), Why.ADOPTED) if event.organizer_self else None


def _deleted(v: View, booking: Booking, context: PlanningContext) -> Planned:
    """Decide what a person's deletion means."""
    link, inbound = v.link, context.settings.inbound
    if not may_write_booking(link, booking, context) or inbound.deleted_event == "restore":
        return _again(v, booking, context, Why.MADE_AGAIN)
    if inbound.deleted_event == "ask" or context.settings.cancel_status is None:
        return decide(link, Hold(Why.EVENT_DELETED), Why.HELD)
    until = context.now + timedelta(seconds=context.settings.sync.cancel_grace_seconds)
    return decide(link, Wait(until), Why.GRACE)


def _at_the_end_of_grace(v: View, booking: Booking, context: PlanningContext) -> Planned:
    link = v.link
    if isinstance(link.order, Approve):
        return cancel(link, booking, context, Why.APPROVED)
    if isinstance(link.life, Held):
        return Planned(Rest(Why.HELD))
    if isinstance(link.life, Grace) and context.now < link.life.until:
        return Planned(Rest(Why.GRACE, link.life.until))
    if not may_write_booking(link, booking, context) or context.settings.inbound.deleted_event == "restore":
        return _again(v, booking, context, Why.MADE_AGAIN)  # the settings have changed since
    if context.hold_removals or context.settings.inbound.deleted_event == "ask":
        return decide(link, Hold(Why.EVENT_DELETED), Why.HELD)
    return cancel(link, booking, context, Why.GRACE_OVER)


def cancel(link: Link, booking: Booking, context: PlanningContext, why: Why) -> Planned:
    """Cancel a booking whose event is gone."""
    status = context.settings.cancel_status
    if status is None or link.base is None:
        return decide(link, Hold("no_cancel_status"), Why.HELD)
    return Planned(WriteBooking(booking.id, BookingChange(status=status), why), replace(link.base, status=status))


def _again(v: View, booking: Booking, context: PlanningContext, why: Why) -> Planned:
    link = v.link
    calendar = context.settings.calendar_of(booking.object_id)
    if calendar is None or link.event is None:
        return Planned(Rest(Why.NO_CALENDAR))
    content = appointment_of(booking, context.settings, calendar)
    return Planned(ReviveEvent(link.event, revived(link, content), why), base_revived(link, content, booking, context))
