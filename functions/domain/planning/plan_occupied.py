"""Occupied events: a booking's hours in further calendars. They are ours alone and never change the booking."""

from functions.domain.comparing.event_content import base_of, in_window, occupied_of, places_of
from functions.domain.model.event import EventKey
from functions.domain.model.identity import occupied_id
from functions.domain.pairing.decisions import Close, Part
from functions.domain.pairing.lifecycle import decide
from functions.domain.pairing.link import Occupies
from functions.domain.pairing.step import Planned, Rest
from functions.domain.pairing.writes import DeleteEvent, InsertEvent, ReviveEvent, Why
from functions.domain.planning.merge import merge
from functions.domain.planning.plan_deleted_event import moved_away
from functions.domain.planning.view import PlanningContext, View, Wanted, wanted_of


def plan_occupied(v: View, context: PlanningContext, place: Occupies) -> Planned:
    """Make the event, put it back as its booking has it, or remove it once the pair no longer wants it."""
    link, booking = v.link, v.booking.value
    wanted = wanted_of(v.booking, context)
    if context.released:
        return _removal(v)
    if booking is None:
        return Planned(Rest(Why.NOT_WANTED))  # its pair looks into the booking, and may wait for a person
    if wanted is Wanted.NONE or place not in places_of(booking, context.settings):
        return _removal(v)
    content = occupied_of(booking, context.settings, place)
    base = base_of(content, booking, context.digest)
    unmade = link.event is None or (link.closed and v.event.value is None)
    if unmade and (wanted is not Wanted.EVENT or not in_window(content.when, context.settings, context.now)):
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


def _removal(v: View) -> Planned:
    link, event = v.link, v.event.value
    if link.event is None or (link.closed and event is None):
        return Planned(Rest(Why.NOT_WANTED))
    if v.event.vanished:
        return decide(link, Close(None), Why.BOOKING_CANCELLED)
    etag = event.etag if event is not None else link.event_etag
    key = event.key if event is not None else link.event
    return Planned(DeleteEvent(key, etag, Why.BOOKING_CANCELLED), link.base)
