"""Simulates a step, for a plan that is shown and not carried out."""

from dataclasses import replace
from datetime import UTC, datetime

from functions.domain.comparing.event_content import period
from functions.domain.model.appointment import AllDay, Appointment, When
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event, EventKey, Guest, MeetState
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.model.text import Text, put_together
from functions.domain.pairing.lifecycle import after, begun
from functions.domain.pairing.link import Base, Intent
from functions.domain.pairing.step import Landed
from functions.domain.pairing.writes import (
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
from functions.domain.planning.brake import attempt_of
from functions.domain.planning.view import PlanningContext, View
from functions.domain.planning.write_event_id import ids_of

NOT_YET = "simulated"


def simulate(view: View, step: Write, base: Base | None, context: PlanningContext) -> View:
    """Return the view as a successful write would leave it."""
    answer = _answer(view, step, context)
    intent = Intent("", step, context.now, base, ids=ids_of(step, context.digest))
    link = after(begun(view.link, intent, attempt_of(view, step, context)), Landed(answer)).link
    view = replace(view, link=link)
    if isinstance(answer, Booking):
        return replace(view, booking=Snapshot.of(answer))
    if isinstance(answer, Event):
        return replace(view, event=Snapshot.of(answer))
    return replace(view, event=Snapshot(Presence.CANCELLED)) if isinstance(step, DeleteEvent) else view


def _answer(view: View, step: Write, context: PlanningContext) -> Event | Booking | None:
    event, booking = view.event.value, view.booking.value
    match step:
        case InsertEvent(key, content, _):
            return _event(key, content, context)
        case ReviveEvent(key, content, _):
            if content is not None:
                return _event(key, content, context)
            return Event(key, NOT_YET, view.link.base.when) if view.link.base is not None else None
        case PatchEvent(_, _, change, _):
            return _changed(event, change) if event is not None else None
        case MoveEvent(key, _, destination, _):
            return replace(event, key=EventKey(destination, key.id)) if event is not None else None
        case WriteBooking(_, change, _):
            if booking is None:
                return None
            fields = {**booking.fields, **dict(change.fields)}
            written = replace(booking, fields=fields, remarks=fields.get("remarks", booking.remarks))
            if change.when is not None:
                written = _at(written, change.when, context)
            return replace(
                written,
                object_id=change.object_id if change.object_id is not None else written.object_id,
                status=change.status if change.status is not None else written.status,
                external_id=change.external_id if change.external_id is not None else written.external_id,
            )
        case MakeBooking():
            fields = dict(step.fields)
            if step.external_id_field != "external_id":
                fields[step.external_id_field] = step.reference
            made = Booking(
                NOT_YET, step.object_id, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), step.status
            )
            made = replace(made, external_id=step.reference, fields=fields, remarks=fields.get("remarks", ""))
            return _at(made, step.when, context)
    return None


def _at(booking: Booking, when: When, context: PlanningContext) -> Booking:
    starts, ends = period(when, context.settings.timezone)
    return replace(booking, starts=starts, ends=ends, day_mode=isinstance(when, AllDay))


def _event(key: EventKey, content: Appointment, context: PlanningContext) -> Event:
    return Event(
        key,
        NOT_YET,
        content.when,
        content.title,
        put_together(Text(above=content.description), context.settings.language),
        guests=(Guest(content.guest),) if content.guest else (),
        reminders=content.reminders,
        meet=MeetState.PENDING if content.meet else MeetState.NONE,
        style=content.style,
    )


def _changed(event: Event, change: EventChange) -> Event:
    guests = tuple(guest for guest in event.guests if guest.email.lower() != change.guest_out)
    return replace(
        event,
        when=change.when or event.when,
        title=change.title if change.title is not None else event.title,
        description=change.description if change.description is not None else event.description,
        reminders=change.reminders if change.reminders is not None else event.reminders,
        meet=MeetState.PENDING if change.meet else event.meet,
        style=replace(event.style, **{name: getattr(change.style, name) for name in change.restyled}),
        guests=(*guests, Guest(change.guest_in)) if change.guest_in else guests,
        answer=change.answer or event.answer,
        declined=(change.answer or event.answer) == "declined",
    )
