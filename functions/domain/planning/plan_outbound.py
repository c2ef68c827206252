"""Outbound: the event of a booking is made, adopted or removed."""

from dataclasses import replace

from functions.domain.model.appointment import Appointment
from functions.domain.model.booking import Booking
from functions.domain.model.event import EventKey
from functions.domain.model.identity import event_id
from functions.domain.model.link import Base, Link, Origin, State
from functions.domain.model.snapshot import Presence
from functions.domain.planning.projection import appointment_of, base_of, in_window, when_of
from functions.domain.planning.step import (
    BookingChange,
    DeleteEvent,
    InsertEvent,
    Look,
    Planned,
    Rest,
    ReviveEvent,
    Settle,
    Why,
    WriteBooking,
)
from functions.domain.planning.view import PlanningContext, View, Wanted
from functions.domain.planning.write_back import named_by_other


def plan_missing(v: View, context: PlanningContext, wanted: Wanted) -> Planned:
    """Make or adopt the event of a booking that has none (or whose event went with its cancellation)."""
    booking, link = v.booking.value, v.link
    if booking is None or wanted is not Wanted.EVENT:
        return Planned(Rest(Why.NOT_WANTED))
    if link.reason == Why.NOT_BACKFILLED and link.base is not None and _as_noted(link.base, booking, context):
        return Planned(Rest(Why.NOT_BACKFILLED))
    if booking.activity_id and context.settings.outbound.activities == "none":
        return Planned(Rest(Why.ACTIVITY))
    calendar = context.settings.calendar_of(booking.object_id)
    if calendar is None:
        return Planned(Rest(Why.NO_CALENDAR))
    content = appointment_of(booking, context.settings, calendar)
    if not in_window(content.when, context.settings, context.now):
        return Planned(Rest(Why.OUTSIDE_WINDOW))
    if link.event is not None and link.reason == Why.RECOVERED and v.found is None:
        return Planned(Look(find=link.event.id))
    if link.event is not None and v.found is not None and v.found.presence is Presence.UNREADABLE:
        return Planned(Rest(Why.UNREADABLE))
    if link.event is not None:
        return Planned(
            ReviveEvent(link.event, revived(link, content), Why.BOOKING_MADE),
            base_revived(link, content, booking, context),
        )
    derived = event_id(context.digest, context.settings.id, booking.id, link.generation)
    named = booking.value_of(context.settings.outbound.external_id_field)
    if named and named != derived and link.write_back:
        if v.found is None:
            return Planned(Look(find=named))
        if v.found.presence is Presence.UNREADABLE:
            return Planned(Rest(Why.UNREADABLE))
        if v.making_until is not None:
            return Planned(Rest(Why.LEASED, v.making_until))
        if v.found.value is not None and v.found_is_free and v.found.value.organizer_self:
            adopted = replace(link.seeing(v.found.value), base=None)
            return Planned(Settle(adopted, Why.ADOPTED))
        if named_by_other(link, booking, context):
            return Planned(Settle(replace(link, write_back=False, reason="foreign_id"), Why.ADOPTED))
    return Planned(
        InsertEvent(EventKey(calendar, derived), content, Why.BOOKING_MADE), base_of(content, booking, context.digest)
    )


def _as_noted(base: Base, booking: Booking, context: PlanningContext) -> bool:
    """Whether a booking that the backfill left out is still as it was at activation."""
    now = (when_of(booking, context.settings), booking.object_id, booking.status)
    return now == (base.when, base.object_id, base.status)


def revived(link: Link, content: Appointment) -> Appointment | None:
    """Return what an event shows once it is back; None where a person's own event comes back at the time it had."""
    as_it_was = link.origin is Origin.EVENT and link.base is not None and link.base.when == content.when
    return None if as_it_was else content


def base_revived(link: Link, content: Appointment, booking: Booking, context: PlanningContext) -> Base:
    """Return the base once an event is back: with its old texts and in its old calendar, which then follow."""
    calendar = link.event.calendar if link.event is not None else content.calendar
    return replace(
        base_of(content, booking, context.digest), calendar=calendar, digests=link.base.digests if link.base else {}
    )


def plan_removal(v: View, context: PlanningContext) -> Planned:
    """Remove the event of a cancelled or vanished booking; a cancelled booking stays cancelled.

    An event that comes back from the bin reopens the booking only if our own handling had cancelled it.
    """
    link, event, booking = v.link, v.event.value, v.booking.value
    status = booking.status if booking is not None else None
    if link.version == 0:
        return Planned(Rest(Why.NOT_WANTED))  # never linked, unless another instance is just at it
    if link.event is not None and v.event.vanished and not link.closed:
        if v.found is None:
            return Planned(Look(find=link.event.id))  # a person may have moved it to another calendar
        if v.found.presence is Presence.UNREADABLE:
            return Planned(Rest(Why.UNREADABLE))
    if link.event is None or v.event.vanished or (link.closed and v.event.presence is Presence.BELIEVED):
        base = replace(link.base, status=status) if link.base and status is not None else link.base
        closed = replace(link, closed=True, state=State.ACTIVE, until=None, base=base)
        return Planned(Rest(Why.IN_STEP) if closed == link else Settle(closed, Why.BOOKING_CANCELLED))
    if event is not None and link.event.calendar != event.key.calendar:
        # claimed before it is removed: nobody else takes it up
        return Planned(Settle(link.seeing(event), Why.EVENT_MOVED))
    restored = link.closed and event is not None and link.cancelled_by_us and context.settings.inbound.enabled
    if restored and booking is not None and link.base is not None and link.status_before is not None:
        change = BookingChange(status=link.status_before)
        reopened = replace(link.base, status=link.status_before)
        return Planned(WriteBooking(booking.id, change, Why.EVENT_RESTORED), reopened)
    if booking is None and link.decided == "restore":
        return Planned(Settle(replace(link, state=State.DETACHED, reason=Why.BOOKING_GONE, decided=""), Why.UNDONE))
    if booking is None and not link.decided and link.state is State.HELD:
        return Planned(Rest(Why.HELD))
    if booking is None and not link.decided and context.hold_removals:
        return Planned(Settle(replace(link, state=State.HELD, reason=Why.BOOKING_GONE), Why.HELD))
    gone = Why.APPROVED if link.decided else Why.BOOKING_GONE
    why = Why.BOOKING_CANCELLED if booking is not None else gone
    etag = event.etag if event is not None else link.event_etag
    base = replace(link.base, status=status) if link.base and status is not None else link.base
    return Planned(DeleteEvent(event.key if event else link.event, etag, why), base)
