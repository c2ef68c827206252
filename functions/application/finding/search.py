"""Finds bookings and events by a date, object, title or guest: both sides read live, nothing stored."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Literal

from functions.application.finding import day
from functions.application.finding.day import Item
from functions.application.finding.names import Names
from functions.application.ports import Ports
from functions.application.store import integrations, links
from functions.application.store.stopped import Trouble
from functions.application.sync.session import SyncSession, open_session
from functions.domain.model import zones
from functions.domain.model.errors import Malformed, SyncError
from functions.domain.model.event import Event
from functions.domain.model.messages import say

AHEAD, BACK, FAR = 14, 30, 365  # days
MOST_HITS, SHORTEST, LONGEST = 100, 2, 80
DUTCH_DATE = re.compile(r"(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{4}))?")
DAYS = {"today": 0, "vandaag": 0, "tomorrow": 1, "morgen": 1, "yesterday": -1, "gisteren": -1}


@dataclass(frozen=True, slots=True)
class Results:
    """What was found and `by` what, what could not be read, and whether there is more."""

    by: Literal["day", "object", "text"]
    hits: tuple[Item, ...]
    troubles: tuple[Trouble, ...] = ()
    cut: bool = False


def search(ports: Ports, int_id: str, asked: str, names: Names) -> Results:
    """Search by a date, an object's name or a text; raises `Malformed` for a wrong length or a date too far away."""
    session = open_session(ports, integrations.get(ports.documents, int_id))
    today = zones.day_of(session.now(), session.settings.timezone)
    if (on := day_of(asked, today)) is not None:
        return _of_days(ports, int_id, day.near(on, today), 1, lambda _: True, "day")
    objects = {each for each, name in names.objects.items() if asked.casefold() == name.strip().casefold()}
    if objects:
        return _of_days(ports, int_id, today, AHEAD, lambda item: item.object_id in objects, "object")
    if not SHORTEST <= len(asked) <= LONGEST:
        raise Malformed(say("give {} to {} characters to search for", SHORTEST, LONGEST), reason="search")
    return _of_text(session, asked)


def day_of(asked: str, today: date) -> date | None:
    """Return the day that a text names, or None: `2026-11-24`, `24-11-2026`, `24-11`, `tomorrow`."""
    if asked.casefold() in DAYS:
        return today + timedelta(days=DAYS[asked.casefold()])
    dutch = DUTCH_DATE.fullmatch(asked)
    try:
        if dutch is not None:
            return date(int(dutch[3] or today.year), int(dutch[2]), int(dutch[1]))
        return date.fromisoformat(asked)
    except ValueError:
        return None


def _of_days(
    ports: Ports, int_id: str, first: date, days: int, fits: Callable[[Item], bool], by: Literal["day", "object"]
) -> Results:
    hits: list[Item] = []
    troubles: dict[str, Trouble] = {}
    for start in range(0, days, day.MOST_DAYS):
        found = day.read(ports, int_id, first + timedelta(days=start), min(day.MOST_DAYS, days - start))
        hits += [item for room in found.rooms for item in room.found if fits(item)]
        troubles |= {each.place: each for each in found.troubles}
    hits.sort(key=lambda item: item.sorts_at)
    return Results(by, tuple(hits[:MOST_HITS]), tuple(troubles.values()), len(hits) > MOST_HITS)


def _of_text(session: SyncSession, asked: str) -> Results:
    start, end = session.now() - timedelta(days=BACK), session.now() + timedelta(days=FAR)
    calendars = session.settings.calendars
    pieces = [partial(_matching, session.again(), calendar, asked, start, end) for calendar in calendars]
    troubles: list[Trouble] = []
    events: list[Event] = []
    cut = False
    for calendar, (found, more, trouble) in zip(calendars, session.ports.in_parallel(pieces), strict=True):
        events += found
        cut = cut or more
        if trouble is not None:
            troubles.append(Trouble.of(calendar, trouble))
    events = sorted(events, key=lambda event: day.starts(session, event.when))
    unreadable: list[links.Unreadable] = []
    keys = [event.key for event in events[:MOST_HITS]]
    pairs = links.of_events(session.ports.documents, session.id, keys, unreadable.append)
    hits = [day.event_item(session, event, pairs.get(event.key)) for event in events[:MOST_HITS]]
    hits = day.without_their_links(hits, unreadable)
    troubles += [Trouble.of(day.PAIRS, error) for error in unreadable[:1]]
    return Results("text", tuple(hits), tuple(troubles), cut or len(events) > MOST_HITS)


def _matching(
    session: SyncSession, calendar: str, asked: str, start: datetime, end: datetime
) -> tuple[list[Event], bool, SyncError | None]:
    try:
        page = session.calendars.matching(calendar, asked, start, end)
    except SyncError as error:
        return [], False, error
    return [each for each in page.items if isinstance(each, Event)], bool(page.next_page), None
