"""A wish: what a person ordered for one pair, as undo does. Booking, event and base are set together.

It goes before the merge: until it is fulfilled or refused, what differs on the event is not a person's edit. The link
keeps its state until then, so that a refusal leaves everything as it was.
"""

from dataclasses import replace

from functions.domain.comparing.projection import appointment_of, base_of, when_of
from functions.domain.model.booking import Booking
from functions.domain.model.link import Link, Origin, Override
from functions.domain.model.snapshot import Presence
from functions.domain.planning.decisions import Drop, Fulfil, Part
from functions.domain.planning.lifecycle import decide
from functions.domain.planning.step import (
    BookingChange,
    EventChange,
    Look,
    MoveEvent,
    PatchEvent,
    Planned,
    Rest,
    ReviveEvent,
    Why,
    WriteBooking,
)
from functions.domain.planning.view import SECOND_READ, PlanningContext, View


def fulfil(v: View, context: PlanningContext, wish: Override) -> Planned:
    """Return the next step towards a wish; the booking first, because it may refuse."""
    link, booking = v.link, v.booking.value
    parted = decide(link, Part(Why.UNDONE), Why.UNDONE)
    if booking is None and not context.gone_confirmed:
        return Planned(Rest(Why.BOOKING_GONE, context.now + SECOND_READ))
    if booking is None:  # it is gone
        return parted if wish.detach else decide(link, Drop(), Why.UNDONE)
    change = _change(booking, wish, context)
    if change != BookingChange():
        base = link.base
        if base is not None:
            base = replace(
                base,
                when=wish.when or base.when,
                object_id=wish.object_id or base.object_id,
                status=wish.status if wish.status is not None else base.status,
            )
        return Planned(WriteBooking(booking.id, change, Why.UNDONE), base)
    if wish.detach:
        return parted
    if booking.status in context.settings.outbound.delete_on_status or link.event is None:
        return decide(link, Fulfil(), Why.UNDONE)
    return _event(v, context, link, booking)


def _event(v: View, context: PlanningContext, link: Link, booking: Booking) -> Planned:
    calendar = context.settings.calendar_of(booking.object_id)
    if calendar is None or link.event is None:
        return decide(link, Fulfil(), Why.UNDONE)  # its event is left alone, as that of any booking there
    if v.event.presence is Presence.BELIEVED:
        return Planned(Look(event=link.event))
    event = v.event.value
    if event is None and v.found is None:
        return Planned(Look(find=link.event.id))  # a person may have moved it to another calendar
    if event is None and v.found is not None and v.found_is_free:
        if v.found.presence is Presence.UNREADABLE:
            return Planned(Rest(Why.UNREADABLE))
        event = v.found.value
    wanted = appointment_of(booking, context.settings, calendar)
    base = base_of(wanted, booking, context.digest)
    if link.origin is Origin.EVENT or event is not None:
        base = replace(base, digests=link.base.digests if link.base else {})
    if event is None:
        return Planned(ReviveEvent(link.event, wanted if link.origin is Origin.BOOKING else None, Why.UNDONE), base)
    if event.key.calendar != calendar:
        return Planned(MoveEvent(event.key, event.etag, calendar, Why.UNDONE), base)
    if event.when != wanted.when:
        return Planned(PatchEvent(event.key, event.etag, EventChange(when=wanted.when), Why.UNDONE), base)
    return decide(link, Fulfil(event, base), Why.UNDONE)


def _change(booking: Booking, wish: Override, context: PlanningContext) -> BookingChange:
    change = BookingChange()
    if wish.when is not None and wish.when != when_of(booking, context.settings):
        change = replace(change, when=wish.when)
    if wish.object_id is not None and wish.object_id != booking.object_id:
        change = replace(change, object_id=wish.object_id)
    if wish.status is not None and wish.status != booking.status:
        change = replace(change, status=wish.status)
    return change
