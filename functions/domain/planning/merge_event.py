"""The event's half of the merge: time and room follow the booking, and so do the texts that the booking owns."""

from dataclasses import replace

from functions.domain.comparing.event_content import base_of, reminder_text, restyled
from functions.domain.comparing.stored_differently import may_write_guests, stands, value_of, with_guest
from functions.domain.model.appointment import Appointment
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event, MeetState
from functions.domain.model.notices import notice, sentence
from functions.domain.model.text import Text, added_to, put_together, take_apart
from functions.domain.model.zones import clock
from functions.domain.pairing.link import Base, Link, Origin, Refusal
from functions.domain.pairing.step import Planned
from functions.domain.pairing.writes import DeleteEvent, EventChange, MoveEvent, PatchEvent, Why
from functions.domain.planning.view import PlanningContext, View


def event_side(
    v: View, context: PlanningContext, booking: Booking, event: Event, wanted: Appointment
) -> Planned | None:
    """Return the write to the event, or None if it already shows what it should."""
    link, base = v.link, v.link.base
    if event.key.calendar != wanted.calendar:
        stayed = base is not None and base.calendar == wanted.calendar
        refused = _is_refused(link.refusals.room, f"{event.key.calendar} {event.when}", context)
        if (stayed or refused) and (said := _room_put_back(v, context, booking, event)):
            return said
        after = replace(base, calendar=wanted.calendar, object_id=booking.object_id) if base else None
        why = Why.PUT_BACK if stayed else why_moved(base, booking)
        if event.series:  # an occurrence cannot leave its series: cancel it here and make a new event there
            return Planned(DeleteEvent(event.key, event.etag, Why.OTHER_ROOM), after)
        if shows_less(booking, context) and (hidden := _hidden_first(v, context, booking, event, wanted)):
            return hidden
        return Planned(MoveEvent(event.key, event.etag, wanted.calendar, why), after)
    change = EventChange(when=wanted.when) if event.when != wanted.when else EventChange()
    put_back = base is not None and change.when is not None and wanted.when == base.when
    after = base_of(wanted, booking, context.digest)
    ours = link.origin is Origin.BOOKING
    if ours:
        change = _texts(change, link, event, wanted, context)
        after = with_guest(after, base, event)
    else:
        after = replace(after, digests=base.digests if base else {})
    why = _why(base, after, booking, event, context, put_back=put_back)
    why_not = ""
    if put_back or (change.when is not None and _is_refused(link.refusals.time, str(event.when), context)):
        why_not = link.refusals.why or _why_put_back(link, booking)
        change = _with_notice(change, event, why_not, context, anew=True)
    elif change != EventChange() or not link.notice:
        why = Why.BOOKING_CHANGED if change == EventChange() else why
        change = _with_notice(change, event, "", context, line=ours)  # a notice is removed with the next change
    if change == EventChange():
        return None
    return Planned(PatchEvent(event.key, event.etag, change, why, why_not), after)


def _is_refused(refusal: Refusal | None, shown: str, context: PlanningContext) -> bool:
    """Whether i-Reserve refused what a person's event still shows, which is told whatever replaces it."""
    return refusal is not None and refusal.what == context.digest(shown)


def noted(v: View, context: PlanningContext) -> Planned | None:
    """Return the write that puts the refusal's notice on a person's event, unless the notice is already there."""
    event = v.event.value
    if event is None or not v.link.notice:
        return None
    change = _with_notice(EventChange(), event, v.link.notice, context)
    if change == EventChange():
        return None
    return Planned(PatchEvent(event.key, event.etag, change, Why.REFUSED), None)


def shows_less(booking: Booking, context: PlanningContext) -> bool:
    """Whether a booking's row hides something of it: its calendar may be public."""
    row = context.settings.row_of(booking.object_id)
    return row is not None and row.shows != "full"


def _hidden_first(
    v: View, context: PlanningContext, booking: Booking, event: Event, wanted: Appointment
) -> Planned | None:
    """Return the write that hides what an event must not show in its next calendar; None: there is nothing to hide."""
    link, base = v.link, v.link.base
    if link.origin is not Origin.BOOKING or base is None:
        return None
    change = _texts(EventChange(), link, event, wanted, context)
    if change == EventChange():
        return None
    shown = with_guest(base_of(wanted, booking, context.digest), base, event)
    why = why_moved(base, booking)
    return Planned(PatchEvent(event.key, event.etag, change, why), replace(base, digests=shown.digests))


def _room_put_back(v: View, context: PlanningContext, booking: Booking, event: Event) -> Planned | None:
    """Return the write that puts the reason on an event before it is moved back to its calendar."""
    why_not = v.link.refusals.why or ("activity" if booking.activity_id else "object_change")
    if v.link.occupies is not None:
        why_not = "occupied"
    change = _with_notice(EventChange(), event, why_not, context, anew=True)
    if change == EventChange():
        return None
    return Planned(PatchEvent(event.key, event.etag, change, Why.REFUSED, why_not), None)


def why_moved(base: Base | None, booking: Booking) -> Why:
    """Return why an event moves to another calendar: the object changed, or the object's calendar did."""
    return Why.SETTINGS_CHANGED if base is not None and base.object_id == booking.object_id else Why.BOOKING_CHANGED


def why_changed(base: Base, after: Base, context: PlanningContext) -> Why:
    """Return why an event gets new values; changed settings affect more than texts."""
    same = (base.when, base.object_id, base.status) == (after.when, after.object_id, after.status)
    return Why.SETTINGS_CHANGED if same and context.new_settings else Why.BOOKING_CHANGED


def _why(
    base: Base | None, after: Base, booking: Booking, event: Event, context: PlanningContext, *, put_back: bool
) -> Why:
    if base is None:
        return Why.ADOPTED
    if put_back:
        return Why.PUT_BACK
    if base.when not in (after.when, event.when):
        return Why.CONFLICT
    changed = (base.when, base.object_id, base.status) != (after.when, after.object_id, booking.status)
    differs = changed or dict(base.digests) != dict(after.digests)
    return why_changed(base, after, context) if differs else Why.PUT_BACK


def _why_put_back(link: Link, booking: Booking) -> str:
    if link.occupies is not None:
        return "occupied"
    if booking.activity_id:
        return "activity"
    return "not_allowed" if link.origin is Origin.BOOKING else "other"


def _texts(change: EventChange, link: Link, event: Event, wanted: Appointment, context: PlanningContext) -> EventChange:
    """Add the texts that the event should show but does not."""
    base = link.base
    if not stands(link, "title", wanted.title, event.title, context.digest):
        change = replace(change, title=wanted.title)
    text = take_apart(event.description)
    if not stands(link, "description", wanted.description, text.above, context.digest):
        text = replace(text, above=wanted.description, below=_below(text, base, wanted, context))
        change = replace(change, description=put_together(text, context.settings.language))
    change = _guests(change, link, event, wanted, context)
    if reminder_text(event.reminders) != reminder_text(wanted.reminders):
        change = replace(change, reminders=wanted.reminders)
    names = restyled(wanted.style, event.style, base.digests if base else {}, context.digest)
    if stands(link, "location", wanted.style.location, event.style.location, context.digest):
        names = tuple(name for name in names if name != "location")
    if names:
        change = replace(change, style=wanted.style, restyled=names)
    asked = base is not None and base.digests.get("meet", "") == context.digest("meet")
    if wanted.meet and event.meet is MeetState.NONE and not asked:
        change = replace(change, meet=True)
    return change


def _below(text: Text, base: Base | None, wanted: Appointment, context: PlanningContext) -> str:
    """Return what people wrote on an event: also what they added to what the booking says, as where they removed the line.

    Only if the booking still says the same, and anything at all: what it said before must not stay, as where its row hides it.
    """
    said = value_of("description", wanted.description, context.digest)
    same = bool(said) and base is not None and base.digests.get("description", "") == said
    added = added_to(text.above, wanted.description) if same else ""
    return "\n".join(part for part in (added, text.below) if part)


def _guests(
    change: EventChange, link: Link, event: Event, wanted: Appointment, context: PlanningContext
) -> EventChange:
    """Add our new guest to the list and take our former one off it; other guests stay."""
    if not may_write_guests(event):
        return change
    addresses = {guest.email.lower() for guest in event.guests}
    if wanted.guest not in addresses and not stands(link, "guest", wanted.guest, "", context.digest):
        change = replace(change, guest_in=wanted.guest)
    former = link.base.digests.get("guest", "") if link.base else ""
    for address in sorted(addresses - {wanted.guest}):
        if context.digest(address) == former:
            change = replace(change, guest_out=address)
    return change


def _with_notice(
    change: EventChange, event: Event, category: str, context: PlanningContext, *, line: bool = True, anew: bool = False
) -> EventChange:
    """Put the notice under the service's line, or remove it (category ""); `anew` gives it today's date."""
    before = change.description if change.description is not None else event.description
    text = take_apart(before)
    if category and not anew and text.notice.endswith(sentence(category, context.settings.language)):
        return change
    said = (
        notice(category, context.settings.language, clock(context.now, context.settings.timezone)) if category else ""
    )
    if said == text.notice:
        return change
    description = put_together(replace(text, notice=said), context.settings.language, line=line)
    return replace(change, description=description)
