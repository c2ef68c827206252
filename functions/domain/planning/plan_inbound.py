"""Inbound: a person's new event becomes a booking; a deleted event cancels its booking, or is made again."""

from dataclasses import replace
from datetime import datetime, timedelta

from functions.domain.comparing.projection import appointment_of, in_window, remarks_of, when_of
from functions.domain.model.appointment import AllDay, Timed
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event, EventKey
from functions.domain.model.identity import TEST_LINK, test_event_id
from functions.domain.model.notices import notice
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.model.text import as_read, put_together, take_apart
from functions.domain.model.zones import clock
from functions.domain.pairing.decisions import Adopt, Hold, Part, TurnDown, Wait
from functions.domain.pairing.life import Grace, Held, Refused
from functions.domain.pairing.lifecycle import decide
from functions.domain.pairing.link import Approve, Base, Link, Origin, Restore
from functions.domain.pairing.step import Look, Planned, Rest
from functions.domain.pairing.writes import BookingChange, MakeBooking, ReviveEvent, Why, WriteBooking
from functions.domain.planning.invitation import reference_of, why_no_invitation
from functions.domain.planning.merge import may_write_booking, merge
from functions.domain.planning.merge_event import noted
from functions.domain.planning.named_object import named, names_one
from functions.domain.planning.plan_outbound import base_revived, revived
from functions.domain.planning.view import PlanningContext, View

LATELY = timedelta(days=1)


def plan_new_event(v: View, context: PlanningContext) -> Planned:
    """Make a booking from a person's new event, if it is eligible."""
    event = v.event.value
    if event is None or not eligible(event, context):
        return Planned(Rest(Why.NOT_ELIGIBLE))
    calendar, asked = event.key.calendar, context.digest(new_event_text(event))
    object_id = context.settings.object_for_new_event(calendar)
    if context.settings.shares(calendar):
        asked = context.digest(f"{new_event_text(event)}\n{event.title}\n{event.style.location}")
        if names_one(event):
            if context.names is None:
                return Planned(Look(names=True))
            object_id = named(event, context.settings.objects_of(calendar), context.names)
    if object_id is None:
        return _of_no_object(v, context, event, asked)
    if isinstance(v.link.life, Refused) and v.link.life.what == asked:
        return _refusal_notice(v, context, event, v.link.life.at) or Planned(Rest(Why.REFUSED))
    reference = reference_of(v.link, event.key, context)
    if v.booking.presence is Presence.BELIEVED:
        return Planned(Look(booking_with=reference))
    if v.booking.presence is Presence.UNREADABLE:
        return Planned(Rest(Why.UNREADABLE))
    if v.booking.value is not None:
        return decide(v.link, Adopt(event, v.booking.value.id), Why.ADOPTED)
    inbound, remarks = context.settings.inbound, remarks_of(event)
    fields = () if inbound.remarks_field == "none" else ((inbound.remarks_field, remarks),)
    base = Base(
        when=event.when,
        calendar=event.key.calendar,
        object_id=object_id,
        status=inbound.status,
        digests=dict.fromkeys(("text", "remarks"), context.digest(as_read(remarks))),
    )
    step = MakeBooking(
        event=event.key,
        when=event.when,
        object_id=object_id,
        status=inbound.status,
        number=inbound.number,
        external_id_field=context.settings.outbound.external_id_field,
        fields=fields,
        why=Why.EVENT_MADE,
        asked=asked,
        external_id=reference if reference != event.key.id else "",
    )
    return Planned(step, base)


def _of_no_object(v: View, context: PlanningContext, event: Event, asked: str) -> Planned:
    """Say on an event that its object is unclear; older events that name none are skipped."""
    if isinstance(v.link.life, Refused) and v.link.life.what == asked:
        return _refusal_notice(v, context, event, v.link.life.at) or Planned(Rest(Why.REFUSED))
    lately = event.created is not None and context.now - event.created < LATELY
    if not event.organizer_self:
        return Planned(Rest(Why.NOT_ELIGIBLE))  # somebody else's event is never written
    if not context.settings.shares(event.key.calendar) or not (lately or names_one(event)):
        return Planned(Rest(Why.NOT_ELIGIBLE))
    return decide(v.link, TurnDown(asked, "which_object", context.now), Why.REFUSED)


def _refusal_notice(v: View, context: PlanningContext, event: Event, at: datetime) -> Planned | None:
    """Return the write of the notice about the last refusal, replacing an earlier one; None if it is already there."""
    language, text = context.settings.language, take_apart(event.description)
    said = notice(v.link.notice, language, clock(at, context.settings.timezone))
    if text.notice == said:
        return noted(v, context)
    bare = replace(event, description=put_together(replace(text, notice=""), language))
    return noted(replace(v, event=Snapshot.of(bare)), replace(context, now=at))


def eligible(event: Event, context: PlanningContext) -> bool:
    """Whether a person's event becomes a booking."""
    return why_not(event, context) == ""


def why_not(event: Event, context: PlanningContext) -> str:
    """Return why a person's event does not become a booking, or "" if it does.

    Google's web interface marks a new whole-day event as free, usually unnoticed. It counts anyway, unless `free_events`
    says otherwise. An imported event counts as old, because nothing says when it was made.
    """
    if event.mark.link_id == TEST_LINK and event.key.id == test_event_id(context.settings.id, event.mark.stamp):
        return "test"
    if not in_window(event.when, context.settings, context.now):
        return "outside_window"
    if event.event_type != "default":
        return "event_type"
    if event.hidden:
        return "hidden"
    if isinstance(event.when, Timed) and event.when.start == event.when.end:
        return "no_length"
    if not event.organizer_self and (why := why_no_invitation(event, context)):
        return why
    if event.declined:
        return "declined"
    free = context.settings.inbound.free_events
    if event.transparent and not (free == "all" or (free == "all_day" and isinstance(event.when, AllDay))):
        return "free"
    if context.settings.inbound.import_existing or context.activated_at is None:
        return ""
    return "" if event.created is not None and event.created >= context.activated_at else "before_activation"


def new_event_text(event: Event) -> str:
    """Return what a refusal of a new event depended on; any change to it is a reason to try again."""
    return f"{event.key.calendar} {event.when}"


def plan_vanished(v: View, context: PlanningContext) -> Planned:
    """Cancel the booking of an event that a person deleted, after the grace; or make the event again."""
    link, booking = v.link, v.booking.value
    if booking is None or link.event is None:
        return Planned(Rest(Why.UNREADABLE))
    when = when_of(booking, context.settings)
    base = link.base
    changed = base is None or (when, booking.object_id, booking.status) != (base.when, base.object_id, base.status)
    if isinstance(link.order, Restore):
        return _again(v, booking, context, Why.UNDONE)
    if isinstance(link.life, Grace | Held):
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
    return _deleted(v, booking, context)


def moved_away(v: View, key: EventKey, context: PlanningContext) -> Planned | None:
    """Return what to do about an event that may have moved to another calendar; None: it has not.

    Not for an invitation: the copies in other invited rooms have the same id.
    """
    if v.found is None:
        return Planned(Look(find=key.id))
    if v.found.presence is Presence.UNREADABLE:
        return Planned(Rest(Why.UNREADABLE))
    if v.found.value is not None and v.found_is_free:
        return merge(replace(v, event=v.found), context)
    return None


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
