"""Carries out a person's order for one pair, such as an undo: booking, event and base are set together.

It precedes the merge: until the order is fulfilled or refused, a difference on the event is not a person's edit. The
link keeps its state until then, so a refusal leaves everything as it was.
"""

from dataclasses import replace

from functions.domain.comparing.event_content import appointment_of, base_of, when_of
from functions.domain.model.booking import Booking
from functions.domain.model.snapshot import Presence
from functions.domain.pairing.decisions import Drop, Fulfil, Part
from functions.domain.pairing.lifecycle import decide
from functions.domain.pairing.link import Link, Origin, Override
from functions.domain.pairing.step import Look, Planned, Rest
from functions.domain.pairing.writes import (
    BookingChange,
    DeleteEvent,
    EventChange,
    MoveEvent,
    PatchEvent,
    ReviveEvent,
    Why,
    WriteBooking,
)
from functions.domain.planning.view import SECOND_READ, PlanningContext, View


def fulfil(v: View, context: PlanningContext, order: Override) -> Planned:
    """Return the next step of an order; the booking comes first because i-Reserve may refuse."""
    link, booking = v.link, v.booking.value
    parted = decide(link, Part(Why.UNDONE), Why.UNDONE)
    if booking is None and not context.gone_confirmed:
        return Planned(Rest(Why.BOOKING_GONE, context.now + SECOND_READ))
    if booking is None:
        return parted if order.detach else decide(link, Drop(), Why.UNDONE)
    change = _change(booking, order, context)
    if change != BookingChange():
        base = link.base
        if base is not None:
            base = replace(
                base,
                when=order.when or base.when,
                object_id=order.object_id or base.object_id,
                status=order.status if order.status is not None else base.status,
            )
        return Planned(WriteBooking(booking.id, change, Why.UNDONE), base)
    if order.detach:
        return parted
    if context.settings.outbound.removes(booking.status):
        return decide(link, Fulfil(), Why.UNDONE)
    return _event(v, context, link, booking)


def _event(v: View, context: PlanningContext, link: Link, booking: Booking) -> Planned:
    calendar = context.settings.calendar_of(booking.object_id)
    if calendar is None or link.event is None:
        return decide(link, Fulfil(), Why.UNDONE)  # an unmapped room: its event is left alone
    if v.event.presence is Presence.BELIEVED:
        return Planned(Look(event=link.event))
    event = v.event.value
    if event is None and v.found is None and link.origin is not Origin.INVITATION:
        return Planned(Look(find=link.event.id))  # a person may have moved it to another calendar
    if event is None and v.found is not None and v.found_is_free:
        if v.found.presence is Presence.UNREADABLE:
            return Planned(Rest(Why.UNREADABLE))
        event = v.found.value
    wanted = appointment_of(booking, context.settings, calendar)
    base = base_of(wanted, booking, context.digest)
    if link.origin is not Origin.BOOKING or event is not None:
        base = replace(base, digests=link.base.digests if link.base else {})
    if event is None:
        return Planned(ReviveEvent(link.event, wanted if link.origin is Origin.BOOKING else None, Why.UNDONE), base)
    if event.key.calendar != calendar and event.series:
        # an occurrence cannot leave its series
        return Planned(DeleteEvent(event.key, event.etag, Why.OTHER_ROOM), base)
    if event.key.calendar != calendar:
        return Planned(MoveEvent(event.key, event.etag, calendar, Why.UNDONE), base)
    if event.when != wanted.when:
        return Planned(PatchEvent(event.key, event.etag, EventChange(when=wanted.when), Why.UNDONE), base)
    return decide(link, Fulfil(event, base), Why.UNDONE)


def _change(booking: Booking, order: Override, context: PlanningContext) -> BookingChange:
    return BookingChange(
        when=order.when if order.when != when_of(booking, context.settings) else None,
        object_id=order.object_id if order.object_id != booking.object_id else None,
        status=order.status if order.status != booking.status else None,
    )
