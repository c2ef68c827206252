"""The merge of a booking and an event that are both there: each field follows its owner.

Time: the side that differs from the base. Room: the booking's object; with `allow_object_change` also the calendar that
a person moves the event to. Text, reminders, guest and Meet: the booking's, if the event was made from a booking;
otherwise the person's.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from functions.domain.comparing.event_content import (
    appointment_of,
    base_of,
    occupied_of,
    remarks_of,
    restyled,
    same_time,
    when_of,
)
from functions.domain.comparing.stored_differently import lacking, with_guest
from functions.domain.model.appointment import AllDay, Appointment, When
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event, MeetState
from functions.domain.model.text import as_read
from functions.domain.pairing.decisions import Agree
from functions.domain.pairing.life import Active
from functions.domain.pairing.lifecycle import decide
from functions.domain.pairing.link import Base, Kept, Link, Origin, Refusals
from functions.domain.pairing.step import Look, Planned, Rest
from functions.domain.pairing.writes import Asked, BookingChange, EventChange, MoveEvent, PatchEvent, Why, WriteBooking
from functions.domain.planning.invitation import answer_side
from functions.domain.planning.merge_event import event_side, shows_less, why_changed, why_moved
from functions.domain.planning.view import PlanningContext, View
from functions.domain.planning.write_event_id import named_by_other, write_back

MEET_PATIENCE = timedelta(minutes=10)
MEET_LOOK_AGAIN = timedelta(seconds=5)


def may_write_booking(link: Link, booking: Booking, context: PlanningContext) -> bool:
    """Whether a person's edits of the event may change the booking."""
    if not context.settings.inbound.enabled or booking.activity_id or link.occupies is not None:
        return False
    return link.origin is not Origin.BOOKING or context.settings.inbound.allow_booking_update


def merge(v: View, context: PlanningContext) -> Planned:
    """Return the step that brings both sides together; the booking comes first because i-Reserve may refuse."""
    booking, link = v.booking.value, v.link
    if booking is None or link.event is None:
        return Planned(Rest(Why.UNREADABLE))
    calendar = context.settings.calendar_of(booking.object_id)
    if calendar is None:
        return Planned(Rest(Why.NO_CALENDAR))
    wanted = appointment_of(booking, context.settings, calendar)
    if link.occupies is not None:
        wanted = occupied_of(booking, context.settings, link.occupies)
    event = v.event.value
    if event is None:
        return _blind(v, context, booking, wanted)
    invited = link.origin is Origin.INVITATION
    if (not event.organizer_self and not invited) or (invited and not context.settings.inbound.enabled):
        return Planned(Rest(Why.NOT_ELIGIBLE))
    event = _in_known_form(event, (wanted.when, link.base.when if link.base else wanted.when), context)
    return (
        _booking_side(v, context, booking, event)
        or (answer_side if invited else event_side)(v, context, booking, event, wanted)
        or write_back(link, context, booking, event.key, event.meet_url, event.series)
        or _settle(v, context, booking, wanted)
    )


def _in_known_form(event: Event, known: tuple[When, When], context: PlanningContext) -> Event:
    """Return the event with its time in the form of a known one that means the same (whole days or midnights)."""
    timezone = context.settings.timezone
    return replace(event, when=next((when for when in known if same_time(event.when, when, timezone)), event.when))


def _blind(v: View, context: PlanningContext, booking: Booking, wanted: Appointment) -> Planned:
    """Plan without reading the event, guarded by its stored etag: one call if the time changed, none for an echo."""
    link = v.link
    if link.base is None or link.event is None or link.refusals.why or not isinstance(link.life, Active):
        return Planned(Look(event=link.event))
    if link.event.calendar != link.base.calendar:
        return Planned(Look(event=link.event))  # a person moved it, and a crash came before that was handled
    if link.meet_asked_at is not None or link.unsettled:
        return Planned(Look(event=link.event))
    base = base_of(wanted, booking, context.digest)
    if link.origin is not Origin.BOOKING:
        base = replace(base, digests=link.base.digests)
    if link.origin is Origin.INVITATION and (base.when, base.calendar) != (link.base.when, link.base.calendar):
        return Planned(Look(event=link.event))
    if link.base.calendar != wanted.calendar and link.series:
        return Planned(Look(event=link.event))
    if link.base.calendar != wanted.calendar:
        if shows_less(booking, context) and base.digests != link.base.digests:
            return Planned(Look(event=link.event))  # it is hidden before it moves
        moved = replace(link.base, calendar=wanted.calendar, object_id=booking.object_id)
        return Planned(MoveEvent(link.event, link.event_etag, wanted.calendar, why_moved(link.base, booking)), moved)
    changed = {name for name, digest in base.digests.items() if link.base.digests.get(name, "") != digest}
    style = restyled(wanted.style, None, link.base.digests, context.digest) if link.origin is Origin.BOOKING else ()
    changed |= {*style}
    differs = bool(changed) or base.when != link.base.when
    of_days = isinstance(link.base.when, AllDay) and not isinstance(base.when, AllDay)  # it has no time zone yet
    if changed & {"description", "guest"} or of_days or (differs and link.notice):
        return Planned(Look(event=link.event))
    if differs:
        change = EventChange(
            when=wanted.when if base.when != link.base.when else None,
            title=wanted.title if "title" in changed else None,
            reminders=wanted.reminders if "reminders" in changed else None,
            meet=True if "meet" in changed and wanted.meet else None,
            style=wanted.style if style else None,
            restyled=style,
        )
        if change != EventChange():
            why = why_changed(link.base, base, context)
            return Planned(PatchEvent(link.event, link.event_etag, change, why), base)
    return write_back(link, context, booking, link.event, "") or _settle(v, context, booking, wanted)


def _booking_side(v: View, context: PlanningContext, booking: Booking, event: Event) -> Planned | None:
    """Return the write to the booking for what a person changed on the event, if that is allowed."""
    link, base = v.link, v.link.base
    if base is None or not may_write_booking(link, booking, context):
        return None
    change = BookingChange(
        ignore_validation=context.override_known and context.settings.inbound.ignore_validation_errors_on_update
    )
    room = _room_chosen(base, booking, event, context)
    asked = Asked(
        time=context.digest(str(event.when)) if _event_time_counts(booking, event, base, context) else "",
        room=context.digest(f"{event.key.calendar} {event.when}") if room else "",
    )
    if not _is_new(link.refusals, asked):
        return _remarks(v, context, booking, event, base)
    why, after = Why.EVENT_OBJECT, base
    if asked.time:
        change, after = replace(change, when=event.when), replace(after, when=event.when)
        why = Why.CONFLICT if when_of(booking, context.settings) != base.when else Why.EVENT_MOVED
    if asked.room:
        change = replace(change, object_id=room)
        after = replace(after, object_id=room, calendar=event.key.calendar)
    return Planned(WriteBooking(booking.id, change, why, asked), after)


def _is_new(refusals: Refusals, asked: Asked) -> bool:
    """Whether any part of a person's edit was not refused before; then all of it is sent again, otherwise none."""
    pairs = ((asked.time, refusals.time), (asked.room, refusals.room))
    return any(what and (refused is None or refused.what != what) for what, refused in pairs)


def _event_time_counts(booking: Booking, event: Event, base: Base, context: PlanningContext) -> bool:
    """Whether the event's time is a person's change that goes to the booking."""
    when = when_of(booking, context.settings)
    if event.when in (when, base.when):
        return False
    return when == base.when or context.settings.sync.conflict_winner == "event"


def _room_chosen(base: Base, booking: Booking, event: Event, context: PlanningContext) -> str:
    """Return the object whose calendar a person moved the event to, or ""."""
    if event.key.calendar == base.calendar or not context.settings.inbound.allow_object_change:
        return ""
    if booking.object_id != base.object_id and context.settings.sync.conflict_winner == "booking":
        return ""
    objects = context.settings.objects_of(event.key.calendar)
    return objects[0] if len(objects) == 1 and objects[0] != booking.object_id else ""


def _remarks(v: View, context: PlanningContext, booking: Booking, event: Event, base: Base) -> Planned | None:
    """Write the text of a person's event to the booking, as long as the field still holds what we wrote."""
    name = context.settings.inbound.remarks_field
    if v.link.origin is Origin.BOOKING or name == "none" or "text" not in base.digests:
        return None
    remarks = remarks_of(event)
    if (
        context.digest(as_read(remarks)) == base.digests["text"]
        or context.digest(as_read(booking.value_of(name))) != base.digests["remarks"]
    ):
        return None
    after = replace(base, digests=dict.fromkeys(("text", "remarks"), context.digest(as_read(remarks))))
    return Planned(WriteBooking(booking.id, BookingChange(fields=((name, remarks),)), Why.EVENT_TEXT), after)


def _settle(v: View, context: PlanningContext, booking: Booking, wanted: Appointment) -> Planned:
    """Rest, after saving what was learnt."""
    link, event = v.link, v.event.value
    base = base_of(wanted, booking, context.digest)
    asked_at = link.meet_asked_at if event is None else _meet_asked_at(link, event, wanted, context)
    lacks: Mapping[str, Kept] = {}
    if link.origin is not Origin.BOOKING:
        base = replace(base, digests=dict(link.base.digests) if link.base else {})
    elif event is not None:
        base = with_guest(base, link.base, event)
        late = asked_at is not None and context.now - asked_at >= MEET_PATIENCE
        lacks = lacking(event, wanted, context.digest, late=late)
    foreign = link.occupies is None and named_by_other(link, booking, context)
    agree = Agree(base, event, foreign, asked_at, lacks)
    planned = decide(link, agree, Why.IN_STEP, resting=Why.IN_STEP)
    if isinstance(planned.step, Rest) and asked_at is not None:
        age = context.now - asked_at
        return Planned(Rest(Why.IN_STEP, context.now + max(MEET_LOOK_AGAIN, age) if age < MEET_PATIENCE else None))
    return planned


def _meet_asked_at(link: Link, event: Event, wanted: Appointment, context: PlanningContext) -> datetime | None:
    """Return since when a Meet link has been pending; the event is read ever less often, later only at each change."""
    if event.meet is not MeetState.PENDING or not wanted.meet:
        return None
    return link.meet_asked_at or context.now
