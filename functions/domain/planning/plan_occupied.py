"""Occupied events: they show a booking's hours in further calendars, or the time before and after it, as taken.

They belong to this service alone and never change the booking.
"""

from functions.domain.comparing.event_content import base_of, in_window, occupied_of, places_of
from functions.domain.model.booking import Booking
from functions.domain.model.event import EventKey
from functions.domain.model.identity import occupied_id
from functions.domain.model.snapshot import Snapshot
from functions.domain.pairing.decisions import Close, LetGo, Part
from functions.domain.pairing.life import Closed, Detached, LeftOut, Unlinked
from functions.domain.pairing.lifecycle import decide
from functions.domain.pairing.link import Link, Occupies
from functions.domain.pairing.step import Look, Planned, Rest
from functions.domain.pairing.writes import DeleteEvent, InsertEvent, ReviveEvent, Why
from functions.domain.planning.merge import merge
from functions.domain.planning.plan_deleted_event import moved_away
from functions.domain.planning.view import PlanningContext, View, looked_for
from functions.domain.settings.schema import Settings


def places_wanted(pair: Link, booking: Snapshot[Booking], settings: Settings) -> tuple[Occupies, ...] | None:
    """Return where a pair's booking should show as occupied.

    None: unknown, or the pair is left alone, as is one whose write is not known to have landed. A cancelled booking takes no
    hours, whatever became of its pair.
    """
    if pair.intent is not None:
        return None
    if isinstance(pair.life, Closed | LeftOut | Unlinked):
        return ()
    if booking.value is None:
        return None
    if settings.outbound.removes(booking.value.status):
        return ()
    return None if isinstance(pair.life, Detached) else places_of(booking.value, settings)


def given_up(pair: Link, place: Occupies, booking: Snapshot[Booking], settings: Settings) -> bool | None:
    """Return whether a pair no longer wants this occupied event; None: it is left alone.

    A parted pair keeps those it lists; one that it gave up may come back from the bin, and belongs to nothing.
    """
    if place.is_former:
        return True
    wanted = places_wanted(pair, booking, settings)
    if wanted is not None:
        return place not in wanted
    parted = pair.intent is None and isinstance(pair.life, Detached)
    return True if parted and place not in pair.occupied else None


def plan_occupied(v: View, context: PlanningContext, place: Occupies) -> Planned:
    """Make the event, put it back as its booking has it, or remove it once the pair no longer wants it."""
    link, booking = v.link, v.booking.value
    if context.released:
        return _removal(v, context, place)
    if context.released is None or booking is None:
        return Planned(Rest(Why.NOT_WANTED))  # its pair deals with the booking, and may wait for a person
    content = occupied_of(booking, context.settings, place)
    base = base_of(content, booking, context.digest)
    unmade = link.event is None or (link.closed and v.event.value is None)
    made = link.gave_up_id or booking.status in context.settings.outbound.made_on
    if unmade and (not made or not in_window(content.when, context.settings, context.now)):
        return Planned(Rest(Why.NOT_WANTED))
    if link.event is None:
        key = EventKey(place.calendar, occupied_id(context.digest, context.settings.id, place.name, link.generation))
        return Planned(InsertEvent(key, content, Why.OCCUPIED), base)
    if unmade:
        return Planned(ReviveEvent(link.event, content, Why.OCCUPIED), base)
    if v.event.vanished:
        if not in_window(content.when, context.settings, context.now):
            return decide(link, Part(Why.OUTSIDE_WINDOW), Why.OUTSIDE_WINDOW)
        if elsewhere := moved_away(v, link.event, context):
            return elsewhere
        return Planned(ReviveEvent(link.event, content, Why.MADE_AGAIN), base)
    return merge(v, context)


def _removal(v: View, context: PlanningContext, place: Occupies) -> Planned:
    link, event, booking = v.link, v.event.value, v.booking.value
    if link.event is None or (link.closed and event is None):
        return Planned(Rest(Why.NOT_WANTED))
    cancelled = booking is not None and context.settings.outbound.removes(booking.status)
    why = Why.BOOKING_CANCELLED if cancelled else Why.FORMER if place.is_former else Why.OCCUPIED
    if v.event.vanished:
        if place.is_former:
            return decide(link, LetGo(), why)
        moved = looked_for(v, Look(find=link.event.id))  # a person may have moved it elsewhere
        return moved if isinstance(moved, Planned) else decide(link, Close(None), why)
    etag = event.etag if event is not None else link.event_etag
    key = event.key if event is not None else link.event
    return Planned(DeleteEvent(key, etag, why), link.base)
