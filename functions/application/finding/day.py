"""One or more days of one object or all: both sides read live and compared. Nothing is stored."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from itertools import islice

from functions.application.ports import BookingRow, Ports, pages
from functions.application.scanning.rows import booking_of, rows_of
from functions.application.store import integrations, links
from functions.application.store.stopped import Trouble
from functions.application.sync.session import SyncSession, open_session
from functions.domain.comparing.event_content import as_agreed, period, same_time, when_of
from functions.domain.model.appointment import AllDay, When
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Malformed, SyncError
from functions.domain.model.event import Event, EventKey
from functions.domain.model.messages import say
from functions.domain.model.zones import midnight
from functions.domain.pairing.life import State
from functions.domain.pairing.link import Link
from functions.domain.planning.plan_new_event import eligible

MOST_DAYS = 7
FARTHEST = 3660  # days from today
MOST_BOOKINGS = 2000
MOST_PAGES = 8  # of one calendar's events
MORE = "there is more than one look can take; choose fewer days"
MOST_READ = 40  # bookings whose rows say too little, and events on other days
PAIRS = "pairs"  # stands for a side among what could not be read


def near(asked: date, today: date) -> date:
    """Return the requested day; raises `Malformed` if it is too far away."""
    if abs((asked - today).days) > FARTHEST:
        raise Malformed("give a date within ten years", reason="date")
    return asked


class Relation(StrEnum):
    """How a booking and its event relate."""

    SAME = "same"
    DIFFERS = "differs"
    CANCELLING = "cancelling"  # the event was deleted; the booking is cancelled after the grace
    HELD = "held"
    REFUSED = "refused"
    PAUSED = "paused"
    PAIRED = "paired"  # an event with a booking that was not read
    UNREAD = "unread"  # the other side, if known, was not readable
    NO_EVENT_YET = "no_event_yet"
    NO_BOOKING_YET = "no_booking_yet"
    ONLY_BOOKING = "only_booking"  # by its status or the settings it gets no event
    ONLY_EVENT = "only_event"  # the event becomes no booking


@dataclass(frozen=True, slots=True)
class Item:
    """A booking, an event, or both. `booked` and `shown` are their times; None: there is none on that side."""

    object_id: str
    calendar: str
    relation: Relation
    booking_id: str = ""
    status: int | None = None
    booked: When | None = None
    shown: When | None = None
    title: str = ""
    event_id: str = ""
    event_link: str = ""
    link_id: str = ""
    until: datetime | None = None  # when the booking will be cancelled

    @property
    def when(self) -> When:
        """The time to show it at: the booking's, or else the event's."""
        found = self.booked or self.shown
        if found is None:
            raise ValueError("an item has a booking or an event")
        return found

    @property
    def sorts_at(self) -> tuple[str, str]:
        """The sort key by time; whole days come first."""
        when = self.when
        start = when.first.isoformat() if isinstance(when, AllDay) else when.start.isoformat()
        return start, self.booking_id or self.event_id


@dataclass(frozen=True, slots=True)
class Room:
    """What is in one room: an object and its calendar; "" if an event's calendar does not determine the object."""

    object_id: str
    calendar: str
    found: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """The rooms and their items, and what could not be read."""

    first: date
    days: int
    rooms: tuple[Room, ...]
    troubles: tuple[Trouble, ...]


def read(ports: Ports, int_id: str, first: date, days: int = 1, object_id: str = "") -> Day:
    """Read both sides of some local days; an error on one side leaves the other readable."""
    if not 1 <= days <= MOST_DAYS:
        raise Malformed(say("a day, or up to {}", MOST_DAYS), reason="days")
    session = open_session(ports, integrations.get(ports.documents, int_id))
    settings = session.settings
    wanted = (settings.calendar_of(object_id),) if object_id else settings.calendars
    calendars = [calendar for calendar in wanted if calendar]
    troubles: list[Trouble] = []
    rows: dict[str, BookingRow] = {}
    try:
        rows = rows_of(session, first, first + timedelta(days=days - 1), MOST_BOOKINGS)
    except SyncError as error:
        troubles.append(Trouble.of("ireserve", error))
    if len(rows) >= MOST_BOOKINGS:
        troubles.append(Trouble("ireserve", MORE))
    pieces = [partial(_events, session.again(), calendar, first, days) for calendar in calendars]
    events: list[Event] = []
    for found, trouble in ports.in_parallel(pieces):
        events += found
        troubles += [trouble] if trouble is not None else []
    unread = {each.place for each in troubles}
    every, unreadable = _items(session, first, days, rows, events, unread)
    troubles += [Trouble.of(PAIRS, error) for error in unreadable[:1]]
    items = [each for each in every if not object_id or each.object_id == object_id]
    return Day(first, days, _by_room(session, items, object_id), tuple(troubles))


def _events(session: SyncSession, calendar: str, first: date, days: int) -> tuple[list[Event], Trouble | None]:
    """Return a calendar's events, and why there are none or not all."""
    zone = session.settings.timezone
    start, end = midnight(first, zone), midnight(first + timedelta(days=days), zone)
    found = islice(pages(lambda page: session.calendars.between(calendar, start, end, page=page)), MOST_PAGES)
    try:
        answers = list(found)
    except SyncError as error:
        return [], Trouble.of(calendar, error)
    events = [each for answer in answers for each in answer.items if isinstance(each, Event)]
    return events, Trouble(calendar, MORE) if answers[-1].next_page else None


def _items(
    session: SyncSession, first: date, days: int, rows: dict[str, BookingRow], events: list[Event], unread: set[str]
) -> tuple[list[Item], list[links.Unreadable]]:
    """Pair the bookings with the events, and say how each relates; also returns which links could not be read."""
    documents = session.ports.documents
    unreadable: list[links.Unreadable] = []
    shown = links.of_events(documents, session.id, [event.key for event in events], unreadable.append)
    named = list(dict.fromkeys([*rows, *(link.booking_id for link in shown.values() if link.booking_id)]))
    booked = links.of_bookings(documents, session.id, named, unreadable.append)
    bookings = _bookings(session, rows, named)
    at_hand = {event.key: event for event in events}
    at_hand |= _elsewhere(session, [booked[each] for each in bookings if each in booked], at_hand, unread)
    found, used = [], set[EventKey]()
    for booking_id, booking in bookings.items():
        link = booked.get(booking_id, Link(""))
        event = at_hand.get(link.event) if link.event is not None else None
        if event is not None:
            used.add(event.key)
        if item := _booking(session, booking, link, event, unread):
            found.append(item)
    found += [_alone(session, event, shown.get(event.key)) for event in events if event.key not in used]
    found = without_their_links(found, unreadable)
    found = [each for each in found if _within(session, each, first, days)]
    return sorted(found, key=lambda each: each.sorts_at), unreadable


def without_their_links(items: list[Item], unreadable: list[links.Unreadable]) -> list[Item]:
    """Return the items, those whose link could not be read as that: which is the other of such a pair nobody can tell."""
    lost: dict[object, str] = {error.key: error.link for error in unreadable}
    told = list[Item]()
    for item in items:
        link = lost.get(item.booking_id) or lost.get(EventKey(item.calendar, item.event_id))
        told.append(replace(item, relation=Relation.UNREAD, link_id=link) if link is not None else item)
    return told


def _bookings(session: SyncSession, rows: dict[str, BookingRow], named: list[str]) -> dict[str, Booking]:
    """Return the bookings as their rows show them; those whose rows say too little, or that have none, are read."""
    zone = session.settings.timezone
    found = {row.id: booking for row in rows.values() if (booking := booking_of(row, zone)) is not None}
    unsure = [each for each in named if each not in found]
    pieces = [partial(session.again().read_booking, each) for each in unsure[:MOST_READ]]
    for read in session.ports.in_parallel(pieces):
        if read.value is not None:
            found[read.value.id] = read.value
    return found


def _elsewhere(
    session: SyncSession, paired: list[Link], at_hand: dict[EventKey, Event], unread: set[str]
) -> dict[EventKey, Event]:
    """Return the events of these pairs that are on other days."""
    keys = [
        link.event
        for link in paired
        if link.event is not None
        and link.event not in at_hand
        and link.event.calendar not in unread
        and link.state is State.ACTIVE
        and not link.closed
    ]
    pieces = [partial(session.again().read_event, key) for key in keys[:MOST_READ]]
    return {read.value.key: read.value for read in session.ports.in_parallel(pieces) if read.value is not None}


def _booking(session: SyncSession, booking: Booking, link: Link, event: Event | None, unread: set[str]) -> Item | None:
    """Return a booking with its event; None for a cancelled booking without one."""
    settings, outbound = session.settings, session.settings.outbound
    meant = as_agreed(booking, link.base.when, settings.timezone) if link.base is not None else booking
    booked = when_of(meant, settings)
    cancelled = outbound.removes(booking.status)
    if cancelled and event is None:
        return None
    if link.state is State.GRACE:
        relation = Relation.CANCELLING
    elif link.state in (State.HELD, State.REFUSED, State.PAUSED):
        relation = Relation(link.state.value)
    elif link.notice:
        relation = Relation.REFUSED
    elif event is not None:
        same = same_time(event.when, booked, settings.timezone) and not cancelled
        relation = Relation.SAME if same else Relation.DIFFERS
    elif link.event is not None and link.event.calendar in unread:
        relation = Relation.UNREAD
    else:
        relation = Relation.NO_EVENT_YET if _wants_event(session, booking, link) else Relation.ONLY_BOOKING
    return Item(
        object_id=booking.object_id,
        calendar=event.key.calendar if event is not None else settings.calendar_of(booking.object_id) or "",
        relation=relation,
        booking_id=booking.id,
        status=booking.status,
        booked=booked,
        shown=event.when if event is not None else None,
        title=event.title if event is not None else "",
        event_id=event.key.id if event is not None else "",
        event_link=event.html_link if event is not None else "",
        link_id=link.id,
        until=link.until if link.state is State.GRACE else None,
    )


def _wants_event(session: SyncSession, booking: Booking, link: Link) -> bool:
    settings = session.settings
    wanted = (
        booking.status in settings.outbound.create_on_status and settings.calendar_of(booking.object_id) is not None
    )
    return (
        wanted
        and link.state is not State.DETACHED
        and not (booking.activity_id and settings.outbound.activities == "none")
    )


def _alone(session: SyncSession, event: Event, link: Link | None) -> Item:
    """Return an event whose booking is not at hand, so the two cannot be compared."""
    item = event_item(session, event, link)
    return replace(item, relation=Relation.UNREAD) if item.relation is Relation.PAIRED else item


def event_item(session: SyncSession, event: Event, link: Link | None) -> Item:
    """Return an event without its booking: a person's own, or one whose booking was not read."""
    settings = session.settings
    object_id = settings.object_for_new_event(event.key.calendar)
    only = settings.objects_of(event.key.calendar)
    waits = link is None and object_id is not None and eligible(event, session.planning_context())
    booking_id = link.booking_id if link is not None else ""
    if link is not None and link.occupies is not None:
        booking_id = link.occupies.booking_id
    paired = bool(booking_id)
    refused = link is not None and bool(link.notice) and not paired
    relation = Relation.REFUSED if refused else Relation.NO_BOOKING_YET if waits else Relation.ONLY_EVENT
    return Item(
        object_id=object_id or (only[0] if len(only) == 1 else ""),
        calendar=event.key.calendar,
        relation=Relation.PAIRED if paired else relation,
        booking_id=booking_id,
        shown=event.when,
        title=event.title,
        event_id=event.key.id,
        event_link=event.html_link,
        link_id=link.id if link is not None else "",
    )


def starts(session: SyncSession, when: When) -> datetime:
    """Return the instant at which something starts."""
    return period(when, session.settings.timezone)[0]


def _within(session: SyncSession, item: Item, first: date, days: int) -> bool:
    zone = session.settings.timezone
    begin, end = period(AllDay(first, first + timedelta(days=days)), zone)
    spans = [period(when, zone) for when in (item.booked, item.shown) if when is not None]
    return any((start < end and until > begin) or begin <= start < end for start, until in spans)


def _by_room(session: SyncSession, items: list[Item], only: str) -> tuple[Room, ...]:
    """Return the rooms in the mapping's order, empty ones too; then whatever belongs to none."""
    settings = session.settings
    rooms: dict[tuple[str, str], list[Item]] = {}
    for row in settings.mapping:
        if row.object != "*" and (not only or row.object == only):
            rooms[row.object, row.calendar] = []
    places = {name: key for key in rooms for name in (key[0],)}
    others: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        key = places.get(item.object_id)
        (rooms[key] if key is not None else others[item.object_id, item.calendar]).append(item)
    return tuple(Room(*key, tuple(there)) for key, there in (*rooms.items(), *others.items()))
