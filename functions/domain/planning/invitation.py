"""Invitations: a room is booked by inviting it. The organizer's event is never written, only the room's answer.

An invitation is planned like any pair. `only_answers` then turns each write to the event into the equivalent answer, so
no plan can write it otherwise. A copy that the room has declined counts as absent.
"""

from dataclasses import replace

from functions.domain.comparing.event_content import has_yet_to_accept, when_of
from functions.domain.model.appointment import Appointment
from functions.domain.model.booking import Booking
from functions.domain.model.event import ACCEPTED, DECLINED, Event, EventKey
from functions.domain.model.identity import invitation_id
from functions.domain.model.notices import sentence
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.decisions import GiveUp
from functions.domain.pairing.lifecycle import decide
from functions.domain.pairing.link import Link, Origin
from functions.domain.pairing.step import Planned
from functions.domain.pairing.writes import DeleteEvent, EventChange, MoveEvent, PatchEvent, ReviveEvent, Why
from functions.domain.planning.view import PlanningContext, View
from functions.domain.settings.schema import is_room


def why_no_invitation(event: Event, context: PlanningContext) -> str:
    """Return why an invitation becomes no booking, or "".

    i-Reserve decides for a resource calendar that does not answer automatically; in other calendars a person must
    accept.
    """
    calendar = event.key.calendar
    if not context.settings.takes_invitations(calendar):
        return "invitation"
    if event.answer == DECLINED:
        return "declined"
    return "" if event.answer == ACCEPTED or (event.answer and is_room(calendar)) else "not_accepted"


def reference_of(link: Link, key: EventKey, context: PlanningContext) -> str:
    """Return the value of a booking's id field for its event."""
    return invitation_id(context.digest, key.calendar, key.id) if link.origin is Origin.INVITATION else key.id


def as_answered(v: View) -> View:
    """Return the view with a declined event as absent."""
    event = v.event.value
    if v.link.origin is not Origin.INVITATION or v.link.intent is not None:
        return v
    declined = event is not None and event.answer == DECLINED
    return replace(v, event=Snapshot(Presence.CANCELLED)) if declined else v


def answer_side(
    v: View, context: PlanningContext, booking: Booking, event: Event, wanted: Appointment
) -> Planned | None:
    """Return the room's answer, or None if it has already answered so, or if a person does.

    It declines if the booking is not at the event's time and room: i-Reserve refused the organizer's change, or the
    booking was changed there; the booking then gets an event of its own.
    """
    link, base = v.link, v.link.base
    if event.when != wanted.when or event.key.calendar != wanted.calendar:
        same = base is not None and (when_of(booking, context.settings), booking.object_id) == (
            base.when,
            base.object_id,
        )
        if same:
            return _declined(event.key, event.etag, link.refusals.why or "other", Why.REFUSED, context)
        return _declined(event.key, event.etag, "booking_moved", Why.BOOKING_CHANGED, context)
    if not has_yet_to_accept(event):
        return None
    return Planned(PatchEvent(event.key, event.etag, EventChange(answer=ACCEPTED), Why.INVITED))


def only_answers(v: View, planned: Planned, context: PlanningContext) -> Planned:
    """Return a step restricted to what may be done to somebody else's event: answering, or giving it up."""
    step = planned.step
    if v.link.origin is not Origin.INVITATION:
        return planned
    match step:
        case PatchEvent(change=EventChange(answer=str())):
            return planned
        case PatchEvent(key, etag, _, Why.REFUSED):
            return _declined(key, etag, v.link.notice or step.notice, Why.REFUSED, context)
        case DeleteEvent(key, etag, Why.NO_CALENDAR):
            return _declined(key, etag, "booking_moved", Why.BOOKING_CHANGED, context)
        case DeleteEvent(key, etag, why):
            declined = _declined(key, etag, "booking_cancelled", why, context)
            return replace(declined, base=planned.base)
        case PatchEvent(key, etag) | MoveEvent(key, etag):
            return _declined(key, etag, "booking_moved", Why.BOOKING_CHANGED, context)
        case ReviveEvent(why=why):
            return decide(v.link, GiveUp(), why)
    return planned


def _declined(key: EventKey, etag: str, category: str, why: Why, context: PlanningContext) -> Planned:
    said = sentence(category, context.settings.language)
    return Planned(PatchEvent(key, etag, EventChange(answer=DECLINED, comment=said), why, category))
