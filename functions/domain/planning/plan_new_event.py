"""A person's new event becomes a booking, if it may; else it says why not."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from functions.domain.comparing.event_content import in_window, remarks_of, text_of
from functions.domain.model.appointment import AllDay, Timed
from functions.domain.model.event import Event, EventKey
from functions.domain.model.identity import TEST_LINK, is_chosen, test_event_id
from functions.domain.model.notices import notice
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.model.text import as_read, put_together, take_apart
from functions.domain.model.zones import clock
from functions.domain.pairing.decisions import Adopt, TurnDown
from functions.domain.pairing.life import Refused
from functions.domain.pairing.lifecycle import decide
from functions.domain.pairing.link import Base
from functions.domain.pairing.step import Look, Planned, Rest
from functions.domain.pairing.writes import MakeBooking, Why
from functions.domain.planning.invitation import reference_of, why_no_invitation
from functions.domain.planning.merge_event import noted
from functions.domain.planning.view import PlanningContext, View

LATELY = timedelta(days=1)
SIGN = "#"  # before an object that a person names, where several share a calendar: `#Baan 3`


def plan_new_event(v: View, context: PlanningContext) -> Planned:
    """Make a booking from a person's new event, if it is eligible."""
    event = v.event.value
    if event is not None and v.booking.value is not None and event.organizer_self:
        return decide(v.link, Adopt(event, v.booking.value.id), Why.ADOPTED)  # it has a booking after all
    if event is None or not eligible(event, context):
        return Planned(Rest(Why.NOT_ELIGIBLE))
    calendar, asked, inbound = event.key.calendar, new_event_text(event), context.settings.inbound
    object_id = context.settings.object_for_new_event(calendar)
    if context.settings.shares(calendar):
        asked = f"{asked}\n{event.title}\n{event.style.location}"
        if names_one(event):
            if context.names is None:
                return Planned(Look(names=True))
            object_id = named(event, context.settings.objects_of(calendar), context.names)
    if object_id is None:
        return _of_no_object(v, context, event, context.digest(asked))
    asked = context.digest(f"{asked}\n{object_id} {inbound.status} {inbound.number}")
    if isinstance(v.link.life, Refused) and v.link.life.what == asked:
        return _refusal_notice(v, context, event, v.link.life.at) or Planned(Rest(Why.REFUSED))
    reference = reference_of(v.link, event.key, context)
    if v.booking.presence is Presence.BELIEVED:
        return Planned(Look(booking_with=reference))
    if v.booking.presence is Presence.UNREADABLE:
        return Planned(Rest(Why.UNREADABLE))
    if v.booking.value is not None:
        return decide(v.link, Adopt(event, v.booking.value.id), Why.ADOPTED)
    if planned := _forgotten(v, event, context):
        return planned
    remarks = remarks_of(event)
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


def _forgotten(v: View, event: Event, context: PlanningContext) -> Planned | None:
    """Return what to do about an event that may have had a pair of which an older store does not know; None: it is new.

    One that this service made becomes no booking of its own, nor does the first occurrence of what a person made of that. A
    person's own event may bear no mark: where the calendar is listed in full, as after an older store was put back, the
    earliest occurrence of each series is asked about if no pair has it.
    """
    marked = event.mark.int_id == context.settings.id
    if event.series and v.forgotten is None and (marked or context.listed):
        return Planned(Look(forgotten=EventKey(event.key.calendar, event.series)))
    unknown = is_chosen(event.key.id) and not v.link.version  # or it was an occurrence, which the store knows
    made = unknown or (v.forgotten and is_chosen(event.series))
    return Planned(Rest(Why.NOT_ELIGIBLE)) if marked and made else None


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
    """Return what a person made a new event of; any change to it is a reason to try again after a refusal.

    Also to its text: who has seen to it that the hour is free has no other way to say so.
    """
    return f"{event.key.calendar} {event.when}\n{text_of(event)}"


def names_one(event: Event) -> bool:
    """Whether an event's title or location names an object."""
    return SIGN in event.title or SIGN in event.style.location


def named(event: Event, objects: Iterable[str], names: Mapping[str, str]) -> str | None:
    """Return the object named after a # in title or location, by name or number; None: none, or several.

    If names share a beginning the longest counts: `#Baan 12` is not Baan 1.
    """
    after = [part for text in (event.title, event.style.location) for part in text.split(SIGN)[1:]]
    found = {each for part in after if (each := _longest(part, objects, names))}
    return found.pop() if len(found) == 1 else None


def _longest(text: str, objects: Iterable[str], names: Mapping[str, str]) -> str:
    said = " ".join(text.casefold().split())
    fits = [
        (len(word), each)
        for each in objects
        for word in (each.casefold(), " ".join(names.get(each, "").casefold().split()))
        if word and said.startswith(word) and not said[len(word) : len(word) + 1].isalnum()
    ]
    longest = max((length for length, _ in fits), default=0)
    best = {each for length, each in fits if length == longest}
    return best.pop() if len(best) == 1 else ""
