"""One stretch of an audit, a week or more: pairs bookings and events by ids.

What looks different is read one by one on both sides; if it still differs, once more some seconds later.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial

from functions.application.auditing import occupied
from functions.application.auditing.compare import (
    Difference,
    day_of,
    differences,
    not_followed,
    same_time,
    shows_too_much,
    wants,
    why_it_rests,
)
from functions.application.auditing.sides import Sides
from functions.application.auditing.stored_audit import LEFT_ALONE, UNREADABLE, Audit, Finding
from functions.application.ports import BookingRow
from functions.application.store import links
from functions.domain.model import zones
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Malformed, Refused, Transient
from functions.domain.model.event import Event, EventKey
from functions.domain.model.identity import TEST_LINK, test_event_id, turn_of
from functions.domain.model.text import take_apart
from functions.domain.pairing.link import Link, Occupies, Origin

AT_A_TIME = 400  # pairs whose texts one audit compares; the others take turns
SETTLES = 6.0  # seconds in which a new change reaches the other side
LATELY = timedelta(minutes=2)
NO_BOOKING = ""
Look = Callable[[], Iterator[Finding]]


@dataclass
class Week:
    """What the days of one stretch show. `doubtful` are bookings to read one by one, with events that may be theirs."""

    rows: dict[str, BookingRow]
    events: dict[EventKey, Event]
    doubtful: dict[str, set[EventKey]] = field(default_factory=dict)
    occupied: dict[str, dict[Occupies, Event]] = field(default_factory=dict)  # by booking
    strangers: list[Event] = field(default_factory=list)
    texts: int = 0

    def doubt(self, booking_id: str, keys: set[EventKey]) -> None:
        """Record a booking to be read on its own, and the events that may belong to it."""
        self.doubtful.setdefault(booking_id, set()).update(keys)


def turns_of(before: Audit | None) -> tuple[int, int]:
    """Return which turn's texts an audit compares, and how many turns there are."""
    if before is None:
        return 0, 1
    turns = max(1, math.ceil(before.bookings / AT_A_TIME))
    return (before.turn + 1) % turns, turns


def look(
    sides: Sides, audit: Audit, last: date, until: datetime, *, patient: bool = True
) -> tuple[Week, list[Finding], str]:
    """Compare the bookings and events of the audit's next days, from where the last step ended until a moment.

    Returns the days, what was found, and where the next step goes on, "" if this was all. What was not answered for raises
    `Transient` if `patient`, or else is found to be unreadable.
    """
    week = Week(sides.rows(audit.week, last), sides.events(audit.week, last))
    by_booking, by_event = sides.links_of(list(week.rows), list(week.events), links.pass_over)
    paired: set[EventKey] = set()
    for key, link in by_event.items():
        if link.occupies is not None:
            paired.add(key)
            week.occupied.setdefault(link.occupies.booking_id, {})[link.occupies] = week.events[key]
    for number in week.occupied.keys() - week.rows.keys():
        week.doubt(number, set())
    for row in week.rows.values():
        paired |= _pair(sides, audit, week, row, by_booking.get(row.id))
    for key, event in week.events.items():
        if key not in paired:
            _unpaired(sides, week, event, by_event.get(key))
    findings, differing, after = list[Finding](), list[Look](), ""
    for name, look_at in sorted(_looks(sides, week, patient=patient), key=lambda each: each[0]):
        if name <= audit.after:
            continue
        if after and sides.ports.clock() >= until:
            break
        found, after = list(look_at()), name
        findings += (each for each in found if each.kind == LEFT_ALONE)
        if any(each.kind != LEFT_ALONE for each in found):
            differing.append(look_at)
    else:
        after = ""
    if differing:
        sides.ports.sleep(SETTLES)  # changes made just now reach the other side
        findings += (each for look_at in differing for each in look_at())
    return week, findings, after


def _pair(sides: Sides, audit: Audit, week: Week, row: BookingRow, link: Link | None) -> set[EventKey]:
    """Pair a booking with its events of the week; it is doubtful if anything differs or does not show."""
    if row.id in sides.integration.probing:
        return set()
    if link is None:  # the look at it tells that its link cannot be read
        week.doubt(row.id, set())
        return set()
    ids = sides.derived(row.id, link) | ({link.event.id} if link.event is not None else set())
    keys = {EventKey(calendar, each) for calendar in sides.settings.calendars for each in ids} & week.events.keys()
    found = [week.events[key] for key in keys]
    shown = week.occupied.get(row.id, {})
    if _plainly_right(sides, row, link, found) and occupied.all_shown(sides.settings, row, shown):
        ahead = row.ends is not None and row.ends > sides.ports.clock()
        if found and ahead and link.origin is Origin.BOOKING and turn_of(row.id, audit.turns) == audit.turn:
            week.doubt(row.id, keys)
            week.texts += 1
    else:
        week.doubt(row.id, keys)
    return keys


def _plainly_right(sides: Sides, row: BookingRow, link: Link, found: list[Event]) -> bool:
    if row.status is None or row.starts is None or row.ends is None or row.object_id is None:
        return False
    settings = sides.settings
    wanted, own = wants(row.status, settings), settings.row_of(row.object_id)
    if wanted is not True and not found:
        return True
    if not wanted or own is None or len(found) != 1:
        return wanted is None and not found
    (event,) = found
    whole_days = row.ends - row.starts >= timedelta(hours=23)
    if whole_days and not same_time(row.starts, row.ends, event.when, settings, by_the_day=True):
        return False
    if not whole_days and not same_time(row.starts, row.ends, event.when, settings, by_the_day=False):
        return False
    open_ = link.origin is Origin.BOOKING and shows_too_much(settings, own, event)
    return event.key.calendar == own.calendar and not open_


def _unpaired(sides: Sides, week: Week, event: Event, link: Link | None) -> None:
    """Find the booking of an event that no booking of the week has, or take it for a person's own."""
    mark = event.mark
    if mark.link_id == TEST_LINK and event.key.id == test_event_id(sides.integration.id, mark.stamp):
        return
    try:
        booking_id = (link.booking_id if link is not None else "") or sides.made_for(event)
    except links.Unreadable:  # the look at it tells
        booking_id = ""
    if booking_id:
        week.doubt(booking_id, {event.key})
    else:
        week.strangers.append(event)


def _looks(sides: Sides, week: Week, *, patient: bool) -> Iterator[tuple[str, Look]]:
    """Yield what is to be read one by one, each under a name that is the same in each step."""
    for booking_id, keys in week.doubtful.items():
        seen = week.occupied.get(booking_id, {})
        row = week.rows.get(booking_id)
        day = zones.day_of(row.starts, sides.zone) if row is not None and row.starts is not None else None
        unread = Finding(UNREADABLE, "", booking_id, day=day)
        look_at = partial(_of_booking, sides, booking_id, keys, seen)
        yield f"booking {booking_id}", partial(_readable, look_at, unread, patient=patient)
    for event in week.strangers:
        unread = _unpaired_finding(sides, event, UNREADABLE, "")
        look_at = partial(_of_unpaired, sides, event)
        yield f"event {event.key.calendar} {event.key.id}", partial(_readable, look_at, unread, patient=patient)


def _readable(look_at: Look, unread: Finding, *, patient: bool) -> Iterator[Finding]:
    """Yield what a look finds, or that there is something it cannot read, which must not keep the rest from being compared."""
    try:
        yield from list(look_at())
    except (Malformed, Refused, Transient) as error:
        if patient and isinstance(error, Transient):
            raise
        yield unread


def _of_booking(sides: Sides, booking_id: str, keys: set[EventKey], seen: Collection[Occupies]) -> Iterator[Finding]:
    """Read a booking and all events that may be its own, and compare; `seen` are occupied events of it."""
    link, booking = sides.link_of(booking_id), sides.booking(booking_id)
    if link.intent is not None and link.intent.expires_at > sides.ports.clock():
        return  # a write is under way
    for difference in _of_its_own(sides, booking_id, link, booking, keys):
        yield _finding(sides, difference, booking_id, booking)
    for place, each in occupied.differences(sides, link, booking, seen):
        yield replace(_finding(sides, each, booking_id, booking), calendar=place.calendar)


def _of_its_own(
    sides: Sides, booking_id: str, link: Link, booking: Booking | None, keys: set[EventKey]
) -> Iterator[Difference]:
    named = booking.value_of(sides.settings.outbound.external_id_field) if booking is not None else ""
    wanted = {*keys, *({link.event} if link.event is not None else ())}
    if not keys and named:
        wanted |= {EventKey(calendar, named) for calendar in sides.settings.calendars}
    read = [(key, sides.event(key)) for key in sorted(wanted, key=lambda key: (key.calendar, key.id))]
    found = [(key, event) for key, event in read if event is not None and _stands(link, event)]
    holders = sides.links_of([], [event.key for _, event in found])[1]
    held = {key: holder for key, holder in holders.items() if holder.booking_id not in ("", booking_id)}
    found = [(key, event) for key, event in found if not _is_left_to_another(sides, booking_id, link, event, held)]
    others = {event.key for _, event in found if _is_anothers(sides, booking_id, link, event, held)}
    # what was read in place of the one that is named (see `Calendars.read`) may rightly be another's
    shared = [event for key, event in found if event.key == key and key in others]
    row = sides.settings.row_of(booking.object_id) if booking is not None else None
    if booking is not None and row is not None and shared and wants(booking.status, sides.settings):
        yield Difference("double_booking", shared[0])
        return
    mine = [event for _, event in found if event.key not in others]
    yield from differences(sides.integration, link, booking, mine, sides.ports.clock())


def _stands(link: Link, event: Event) -> bool:
    """Whether an event may belong to the booking: its own, or an invitation that the room has not declined."""
    return event.organizer_self or (link.origin is Origin.INVITATION and not event.declined)


def _is_anothers(sides: Sides, booking_id: str, link: Link, event: Event, held: Mapping[EventKey, Link]) -> bool:
    """Whether an event belongs to another live booking; `held` are the pairs of other bookings, by their events."""
    holder = held.get(event.key)
    if holder is None or link.event == event.key or event.key.id in sides.derived(booking_id, link):
        return False
    booking = sides.booking(holder.booking_id)
    return booking is not None and wants(booking.status, sides.settings) is not False


def _is_left_to_another(sides: Sides, booking_id: str, link: Link, event: Event, held: Mapping[EventKey, Link]) -> bool:
    """Whether another pair has what is left of a series that began as this one's event, and this one has another.

    Its booking must name it, unless that pair is left as it is.
    """
    holder = held.get(event.key)
    if holder is None or link.event in (None, event.key) or event.key.id not in sides.derived(booking_id, link):
        return False
    if why_it_rests(holder):
        return True
    booking = sides.naming(event.key.id)
    return booking is not None and booking.id == holder.booking_id


def _of_unpaired(sides: Sides, listed: Event) -> Iterator[Finding]:
    """Report what has become of a person's event."""
    why = not_followed(sides.integration, listed)
    if why:
        yield _unpaired_finding(sides, listed, LEFT_ALONE, why)
        return
    event = sides.event(listed.key)
    if event is None or not_followed(sides.integration, event):
        return
    booking = sides.naming(event.key.id)
    if booking is not None:
        yield from _of_booking(sides, booking.id, {event.key}, ())
        return
    holder = sides.links_of([], [event.key])[1].get(event.key)
    if holder is not None and holder.booking_id:
        return  # it has a booking by now
    now = sides.ports.clock()
    if event.updated is not None and now - event.updated < LATELY:
        return
    waits = why_it_rests(holder)
    said = "refused" if take_apart(event.description).notice else ""
    first, ahead = (now + timedelta(days=days) for days in sides.settings.sync.window_days)
    outside = (
        ""
        if zones.day_of(first, sides.zone) <= day_of(event.when, sides.zone) < zones.day_of(ahead, sides.zone)
        else "outside_window"
    )
    why = waits or said or outside
    yield _unpaired_finding(sides, event, LEFT_ALONE if why else "missing_booking", why)


def _unpaired_finding(sides: Sides, event: Event, kind: str, why: str) -> Finding:
    return Finding(kind, why, NO_BOOKING, event.key.calendar, event.key.id, day_of(event.when, sides.zone))


def _finding(sides: Sides, difference: Difference, booking_id: str, booking: Booking | None) -> Finding:
    event = difference.event
    kind = LEFT_ALONE if difference.why else difference.kind
    day = day_of(event.when, sides.zone) if event is not None else None
    if booking is not None:
        day = zones.day_of(booking.starts, sides.zone)
    place = (event.key.calendar, event.key.id) if event is not None else ("", "")
    return Finding(kind, difference.why, booking_id, *place, day)
