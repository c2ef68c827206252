"""Outbound: makes, adopts or removes the event of a booking."""

from dataclasses import replace

from functions.domain.comparing.event_content import appointment_of, base_of, in_window, when_of
from functions.domain.model.appointment import Appointment
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event, EventKey, can_be_event_id
from functions.domain.model.identity import event_id
from functions.domain.model.snapshot import Presence
from functions.domain.pairing.decisions import Adopt, Claim, Close, Disown, GiveUp, Hold, LetGo, Part
from functions.domain.pairing.life import Held, LeftOut, Side
from functions.domain.pairing.lifecycle import decide
from functions.domain.pairing.link import Approve, Base, Link, Origin, Restore
from functions.domain.pairing.step import Look, Planned, Rest
from functions.domain.pairing.writes import (
    Asked,
    BookingChange,
    DeleteEvent,
    InsertEvent,
    ReviveEvent,
    Why,
    WriteBooking,
)
from functions.domain.planning.merge_event import noted
from functions.domain.planning.view import PlanningContext, View, Wanted, looked_for, wanted_of
from functions.domain.planning.write_event_id import leads_to_event, named_by_other, other_named, other_than_its_own

GOOGLES = 26  # characters at least of an id that Google gives


def plan_missing(v: View, context: PlanningContext, wanted: Wanted) -> Planned:
    """Make or adopt the event of a booking that has none, or whose event was removed with its cancellation.

    Where it names another than that one, as after an older store was restored, it has that if it is there.
    """
    booking, link = v.booking.value, v.link
    if booking is None or (wanted is not Wanted.EVENT and not link.gave_up_id):
        return _forgotten(v, booking, context) or _back_again(v, booking, context) or Planned(Rest(Why.NOT_WANTED))
    if isinstance(link.life, LeftOut) and link.base is not None and _as_noted(link.base, booking, context):
        return Planned(Rest(Why.NOT_BACKFILLED))
    if booking.activity_id and context.settings.outbound.activities == "none":
        return Planned(Rest(Why.ACTIVITY))
    calendar = context.settings.calendar_of(booking.object_id)
    if calendar is None:
        return Planned(Rest(Why.NO_CALENDAR))
    content = appointment_of(booking, context.settings, calendar)
    if not in_window(content.when, context.settings, context.now):
        return Planned(Rest(Why.OUTSIDE_WINDOW))
    named = booking.value_of(context.settings.outbound.external_id_field)
    its_own = link.event is not None and not other_named(link, booking, context)
    if not its_own and not link.ids.foreign and (theirs := _named(v, booking, named, context)):
        return theirs
    if link.event is not None:
        return Planned(
            ReviveEvent(link.event, revived(link, content), Why.BOOKING_MADE),
            base_revived(link, content, booking, context),
        )
    derived = event_id(context.digest, context.settings.id, booking.id, link.generation)
    return Planned(
        InsertEvent(EventKey(calendar, derived), content, Why.BOOKING_MADE), base_of(content, booking, context.digest)
    )


def _forgotten(v: View, booking: Booking | None, context: PlanningContext) -> Planned | None:
    """Adopt an event outside the window that a booking in it names, of whose pair the store knows nothing, though none would be made.

    So it is after an older store was restored: that event is still to be kept up to date. One in the window is shown by a list
    of its calendar, which decides whether it is followed. A shorter name is rather somebody's number, and nothing would
    remember that it leads nowhere.
    """
    settings = context.settings
    if booking is None or v.link.version or (booking.activity_id and settings.outbound.activities == "none"):
        return None
    named = booking.value_of(settings.outbound.external_id_field)
    if len(named) < GOOGLES or not can_be_event_id(named) or settings.calendar_of(booking.object_id) is None:
        return None
    if not in_window(when_of(booking, settings), settings, context.now):
        return None
    event = looked_for(v, Look(find=named))
    if not isinstance(event, Event):
        return event
    its = event.key.id == named and v.found_is_free and event.organizer_self
    is_left = its and not in_window(event.when, settings, context.now)
    return decide(v.link, Adopt(event), Why.ADOPTED) if is_left else Planned(Rest(Why.NOT_WANTED))


def _back_again(v: View, booking: Booking | None, context: PlanningContext) -> Planned | None:
    """Adopt an event that is there again and that its booking names, though its status makes none, or removes it."""
    named = booking.value_of(context.settings.outbound.external_id_field) if booking is not None else ""
    let_go = v.link.event is None and v.link.origin is Origin.EVENT and not v.link.ids.foreign
    if v.found is None and let_go and leads_to_event(named):
        return Planned(Look(find=named))
    back = v.found.value if v.found is not None else None
    own = v.link.event
    has_own = own is not None and (not v.event.vanished or own.id == named)
    if back is None or has_own or isinstance(v.link.life, LeftOut):
        return None
    its = named == back.key.id and v.found_is_free and back.organizer_self
    return decide(v.link, Adopt(back), Why.ADOPTED) if its else None


def _named(v: View, booking: Booking, named: str, context: PlanningContext) -> Planned | None:
    """Return what to do about the event that the booking already names; None: ignore it and make one."""
    event = looked_for(v, Look(find=named)) if can_be_event_id(named) else None
    if isinstance(event, Planned):
        return event
    if event is not None and v.found_is_free and event.organizer_self:
        return decide(v.link, Adopt(event), Why.ADOPTED)
    return decide(v.link, Disown(), Why.ADOPTED) if named_by_other(v.link, booking, context) else None


def _as_noted(base: Base, booking: Booking, context: PlanningContext) -> bool:
    """Whether a booking that the backfill left out is unchanged since that was recorded."""
    now = (when_of(booking, context.settings), booking.object_id, booking.status)
    return now == (base.when, base.object_id, base.status)


def revived(link: Link, content: Appointment) -> Appointment | None:
    """Return what a revived event shows; None: a person's own event at an unchanged time comes back as it was."""
    as_it_was = link.origin is Origin.EVENT and link.base is not None and link.base.when == content.when
    return None if as_it_was else content


def base_revived(link: Link, content: Appointment, booking: Booking, context: PlanningContext) -> Base:
    """Return the base of a revived event: its old texts and calendar, from which it is then brought up to date."""
    calendar = link.event.calendar if link.event is not None else content.calendar
    return replace(
        base_of(content, booking, context.digest), calendar=calendar, digests=link.base.digests if link.base else {}
    )


def plan_removal(v: View, context: PlanningContext) -> Planned:
    """Remove the event of a cancelled or vanished booking; a cancelled booking stays cancelled.

    An event restored from the bin reopens the booking only if this service had cancelled it.
    """
    link, event, booking = v.link, v.event.value, v.booking.value
    status = booking.status if booking is not None else None
    if link.version == 0:
        return Planned(Rest(Why.NOT_WANTED))  # never linked, unless another instance is making the link now
    if back := _back_again(v, booking, context):
        return back
    seen = event is not None or not link.closed
    if booking is not None and seen and link.origin is Origin.EVENT and other_than_its_own(link, booking, context):
        return decide(link, LetGo(), Why.ADOPTED)  # before that one is removed
    if link.event is not None and v.event.vanished and not link.closed and link.origin is not Origin.INVITATION:
        other = other_named(link, booking, context) if booking is not None else ""
        moved = looked_for(v, Look(find=link.event.id, instead=other))  # a person may have moved it elsewhere
        if isinstance(moved, Planned):
            return moved
    if link.event is None or v.event.vanished or (link.closed and v.event.presence is Presence.BELIEVED):
        return decide(link, Close(status), Why.BOOKING_CANCELLED, resting=Why.IN_STEP)
    if claimed := _claimed_first(v):
        return claimed
    if event is not None and booking is not None and (reopened := _reopened(v, booking, event, context)):
        return reopened
    if booking is None and (waits := _waits_for_a_person(link, context, Why.BOOKING_GONE) or _other_names_it(v)):
        return waits
    gone = Why.APPROVED if isinstance(link.order, Approve) else Why.BOOKING_GONE
    base = replace(link.base, status=status) if link.base and status is not None else link.base
    return _removed(v, link.event, Why.BOOKING_CANCELLED if booking is not None else gone, base)


def plan_without_calendar(v: View, context: PlanningContext) -> Planned:
    """Remove the event of a booking that went to an object without a calendar: its former object's hours are free.

    It can be brought back as it was, once its booking is in a mapped object again; before, it is removed again. One whose
    mapping row was removed stays as it is.
    """
    link, booking, settings = v.link, v.booking.value, context.settings
    if booking is None or link.event is None or link.base is None or (link.closed and v.event.value is None):
        return Planned(Rest(Why.NO_CALENDAR))
    if link.closed and link.event.calendar in settings.calendars:
        waits = _waits_for_a_person(link, context, Why.NO_CALENDAR)  # somebody brought it back
        return waits or _removed(v, link.event, Why.NO_CALENDAR, link.base)
    if link.base.object_id == booking.object_id or settings.calendar_of(link.base.object_id) is None:
        return Planned(Rest(Why.NO_CALENDAR))
    if wanted_of(v.booking, context) is Wanted.NONE:
        return plan_removal(v, context)
    if v.event.vanished:
        away = looked_for(v, Look(find=link.event.id)) if link.origin is not Origin.INVITATION else None
        return away if isinstance(away, Planned) else decide(link, GiveUp(), Why.NO_CALENDAR)
    if first := _claimed_first(v) or _waits_for_a_person(link, context, Why.NO_CALENDAR):
        return first
    return _removed(v, link.event, Why.NO_CALENDAR, replace(link.base, object_id=booking.object_id))


def _claimed_first(v: View) -> Planned | None:
    """Return what claims an event in another calendar before it is removed, so that no other link adopts it."""
    own, event = v.link.event, v.event.value
    if own is None or event is None or own.calendar == event.key.calendar:
        return None
    return decide(v.link, Claim(event), Why.EVENT_MOVED)


def _removed(v: View, own: EventKey, why: Why, base: Base | None) -> Planned:
    """Return the removal of a pair's event as it was read, or as it was last seen."""
    event = v.event.value
    if event is None:
        return Planned(DeleteEvent(own, v.link.event_etag, why), base)
    return Planned(DeleteEvent(event.key, event.etag, why), base)


def _other_names_it(v: View) -> Planned | None:
    """Return what keeps an occurrence that another booking than the vanished one names; None: none does.

    An older store that was restored may have paired it with the wrong booking, before its series was shifted.
    """
    link = v.link
    if link.event is None or not link.series or link.origin is not Origin.EVENT:
        return None
    if v.other_names_it is None:
        return Planned(Look(booking_naming=link.event.id))
    return decide(link, LetGo(), Why.ADOPTED) if v.other_names_it else None


def _reopened(v: View, booking: Booking, event: Event, context: PlanningContext) -> Planned | None:
    """Return the write that reopens a booking which this service had cancelled.

    A refusal is noted on the event; the same is not asked again until one side has another time or room.
    """
    link, former = v.link, v.link.former_status
    if former is None or link.base is None or not context.settings.inbound.enabled:
        return None
    if booking.status != link.base.status:
        return None  # somebody has decided otherwise since
    times = f"{event.key.calendar} {event.when} {booking.object_id} {when_of(booking, context.settings)}"
    asked = Asked(time=context.digest(f"restored {times}"))
    if link.refusals.time is not None and link.refusals.time.what == asked.time:
        return noted(v, context) or Planned(Rest(Why.REFUSED))
    reopened = replace(link.base, status=former)
    return Planned(WriteBooking(booking.id, BookingChange(status=former), Why.EVENT_RESTORED, asked), reopened)


def _waits_for_a_person(link: Link, context: PlanningContext, cause: Why) -> Planned | None:
    """Return what keeps an event that nobody removed: a person's decision, or the wait for one; None: remove it."""
    if isinstance(link.order, Restore):
        return decide(link, Part(cause), Why.UNDONE)
    if isinstance(link.order, Approve):
        return None
    if isinstance(link.life, Held):
        return Planned(Rest(Why.HELD))
    return decide(link, Hold(cause, Side.EVENT), Why.HELD) if context.hold_removals else None
