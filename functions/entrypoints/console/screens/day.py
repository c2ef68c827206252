"""The day: the two sides of a day or a week beside each other, read live, with the journal of those days."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from functions.application.finding import day as days
from functions.application.finding.day import Day, Item, Relation, Room
from functions.application.store import integrations, journal_read
from functions.application.store.journal_read import Selection
from functions.domain.comparing.event_content import period
from functions.domain.model import zones
from functions.domain.model.appointment import AllDay, When
from functions.domain.model.errors import Malformed
from functions.domain.settings.integration import Integration
from functions.entrypoints.console.journal_sentences import tell
from functions.entrypoints.console.pages import Pages
from functions.entrypoints.console.screens.find import RELATIONS
from functions.entrypoints.console.texts import Texts
from functions.entrypoints.console.unread import unread

FIRST_HOUR, LAST_HOUR, WIDTH = 7, 23, 960
MOST_TOLD = 60
OPEN_ROOMS = 12  # with more rooms and days than this, those that need no attention are folded
TOLD_FIRST = (*(each for each in Relation if each is not Relation.SAME), Relation.SAME)
CALM = (Relation.SAME, Relation.ONLY_BOOKING, Relation.ONLY_EVENT)
LANES = {"booking": 2, "event": 24}  # the top of each side's bars


@dataclass(frozen=True, slots=True)
class Bar:
    """A booking or an event in the strip of a day; positions and width in the picture's units (`WIDTH` in all)."""

    side: str
    relation: str
    x: float
    y: int
    w: float


@dataclass(frozen=True, slots=True)
class Strip:
    """The strip of a day: its bars, its hour lines, and the hours at its ends and middle."""

    bars: tuple[Bar, ...]
    ticks: tuple[float, ...]
    hours: tuple[str, str, str]


def add(routes: Blueprint, pages: Pages) -> None:
    """Add the route of this screen."""

    @routes.get("/integrations/<int_id>/day")
    def day(int_id: str) -> Response:
        integration = integrations.get(pages.ports.documents, int_id)
        zone = integration.settings.timezone
        today = zones.day_of(pages.ports.clock(), zone)
        first, count, object_id = asked(request.args, today)
        found = days.read(pages.ports, int_id, first, count, object_id)
        return pages.page("day.html", int_id, here="day", **_values(pages, integration, found, object_id, today))


def asked(given: Mapping[str, str], today: date) -> tuple[date, int, str]:
    """Return first day, number of days and object of a request; raises `Malformed` for a wrong date."""
    text = given.get("date", "").strip()
    try:
        first = date.fromisoformat(text) if text else today
    except ValueError:
        raise Malformed("give dates as 2026-11-24", reason="date") from None
    return days.near(first, today), 7 if given.get("days") == "7" else 1, given.get("object", "").strip()


def _values(pages: Pages, integration: Integration, found: Day, object_id: str, today: date) -> dict[str, Any]:
    int_id, settings = integration.id, integration.settings
    t, names, zone = pages.texts(integration), pages.catalogue.of(int_id), settings.timezone
    first, last = found.first, found.first + timedelta(days=found.days)
    since, until = (zones.midnight(each, zone) for each in (first, last))
    wanted = (object_id,) if object_id else ()
    rows, more = journal_read.selected(
        pages.ports,
        int_id,
        Selection(objects=wanted, since=since, until=until),
        "",
        MOST_TOLD,
    )

    def step(count: int) -> str:
        on = today if count == 0 else first + timedelta(days=count * found.days)
        query = {"date": on.isoformat(), "object": object_id, "days": str(found.days) if found.days > 1 else ""}
        return f"/console/integrations/{int_id}/day?{urlencode({k: v for k, v in query.items() if v})}"

    days_of = {"from": first, "to": last - timedelta(days=1), "room": object_id}
    asked_for = {name: str(value) for name, value in days_of.items() if value}
    objects = dict.fromkeys(row.object for row in settings.mapping if row.object != "*")
    every = Counter(item.relation for room in found.rooms for item in room.found)
    silent = {each.place for each in found.troubles}
    return {
        "found": found,
        "unread": unread(found.troubles, names, t),
        "bare": [room for room in found.rooms if not room.found and not silent & {"ireserve", room.calendar}],
        "sums": {each.value: every[each] for each in sorted(every, key=TOLD_FIRST.index)},
        "calm": lambda room: all(item.relation in CALM for item in room.found),
        "in_step": lambda room: all(item.relation is Relation.SAME for item in room.found),
        "counts_of": lambda room: _counts(room, t),
        "many": sum(bool(room.found) for room in found.rooms) * found.days > OPEN_ROOMS,
        "last_day": last - timedelta(days=1),
        "object": object_id,
        "rooms": [(each, names.object(each)) for each in objects],
        "step": step,
        "by_day": lambda room: list(_by_day(room, found, zone)),
        "strip_of": lambda items, day: strip(items, day, settings.timezone),
        "hours_of": lambda when, day: hours(when, day, settings.timezone, t("day.whole")),
        "relation_class": RELATIONS,
        "told": [tell(row, names, settings, t) for row in rows],
        "more": f"journal?{urlencode(asked_for)}" if more else "",
        "titles": {item.booking_id: item.title for room in found.rooms for item in room.found if item.title},
    }


def _counts(room: Room, t: Texts) -> list[str]:
    """Return in words how many bookings a room has, and how many events without one."""
    bookings = sum(bool(item.booking_id) for item in room.found)
    counts = {"bookings": bookings, "events": len(room.found) - bookings}
    return [t(f"day.{name}", n=n) for name, n in counts.items() if n]


def _by_day(room: Room, found: Day, zone: str) -> Iterator[tuple[date, list[Item]]]:
    for number in range(found.days):
        day = found.first + timedelta(days=number)
        yield day, [item for item in room.found if _on(item.when, day, zone)]


def _on(when: When, day: date, zone: str) -> bool:
    if isinstance(when, AllDay):
        return when.first <= day < when.until
    first, last = zones.day_of(when.start, zone), zones.day_of(when.end - timedelta(seconds=1), zone)
    return first <= day <= max(first, last)


def hours(when: When, day: date, timezone: str, whole: str) -> str:
    """Return the hours of an appointment on a day: `09:00 – 10:30`, or `… – 01:00` if it began the day before."""
    if isinstance(when, AllDay):
        return whole
    start, end = zones.clock(when.start, timezone), zones.clock(when.end, timezone)
    first = f"{start:%H:%M}" if start.day == day else "…"
    today = end.day == day or when.end == zones.midnight(day + timedelta(days=1), timezone)
    return f"{first} – {f'{end:%H:%M}' if today else '…'}"


def strip(items: list[Item], day: date, timezone: str) -> Strip:
    """Return the strip of a day: from 07:00 to 23:00, or longer if an appointment is outside."""
    begin = zones.midnight(day, timezone)
    spans = [
        (side, item.relation.value, *_hours_from(begin, period(when, timezone)))
        for item in items
        for side, when in (("booking", item.booked), ("event", item.shown))
        if when is not None
    ]
    timed = [span for span in spans if span[3] - span[2] < 24]  # noqa: PLR2004 -- hours of a day
    first = min([FIRST_HOUR, *(int(start) for _, _, start, _ in timed)])
    last = max([LAST_HOUR, *(int(end) + (end > int(end)) for _, _, _, end in timed)])
    scale = WIDTH / (last - first)
    bars = []
    for side, relation, start, end in spans:
        left, right = max(start, first), min(end, last)
        if right > left:
            bars.append(
                Bar(side, relation, round((left - first) * scale, 1), LANES[side], round((right - left) * scale, 1))
            )
    ticks = tuple(round((hour - first) * scale, 1) for hour in range(first, last + 1))
    return Strip(tuple(bars), ticks, (_clock(first), _clock((first + last) // 2), _clock(last)))


def _hours_from(begin: datetime, span: tuple[datetime, datetime]) -> tuple[float, float]:
    """Return start and end in hours since the day began, cut to 0 and 24."""
    start, end = ((each - begin).total_seconds() / 3600 for each in span)
    return max(0.0, start), min(24.0, end)


def _clock(hour: int) -> str:
    return f"{hour:02}:00"
