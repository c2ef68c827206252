"""Both sides and their links, read for an audit: lists of some days, and single reads to confirm."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

from functions.application.auditing.compare import day_of
from functions.application.ports import BookingRow, Ports
from functions.application.ports.calendar import pages
from functions.application.store import links
from functions.application.store.dialect_validation import dialect_of
from functions.application.store.digests import digest_of
from functions.domain.model import zones
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Cause, Gone, Refused, SyncError, Transient
from functions.domain.model.event import Event, EventKey
from functions.domain.model.identity import event_ids, occupied_id
from functions.domain.pairing.link import Link, Occupies
from functions.domain.settings.integration import Integration
from functions.domain.settings.schema import Settings

T = TypeVar("T")
PAGE, OVERLAP = 100, 5


@dataclass
class Sides:
    """One integration, opened for an audit. `reads` counts single reads.

    `answered` are the kinds of reads that were answered, if only by a refusal, and `silent` what was read of a kind since it
    last was, with the last error.
    """

    ports: Ports
    integration: Integration
    reads: int = field(default=0, init=False)
    answered: set[str] = field(default_factory=set, init=False)
    silent: dict[str, dict[object, Transient]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.calendars = self.ports.outside.calendars(self.integration)
        self.digest = digest_of(self.ports, self.integration)
        self.reservations = self.ports.outside.reservations(self.integration)

    @property
    def settings(self) -> Settings:
        """The integration's settings."""
        return self.integration.settings

    @cached_property
    def zone(self) -> str:
        """The integration's time zone."""
        return self.settings.timezone

    def rows(self, first: date, last: date) -> dict[str, BookingRow]:
        """List the bookings that begin on these days, in overlapping pages, because rows shift meanwhile."""
        found: dict[str, BookingRow] = {}
        start, went_on = 0, False
        length = min(PAGE, dialect_of(self.integration.dialect).rows_at_once or PAGE)
        while page := self.reservations.between(first, last, start=start, length=length):
            known, lines = len(found), sum(row.lines for row in page)
            found.update((row.id, row) for row in page)
            no_new = len(found) == known
            if no_new and (went_on or lines == len(page)):
                break
            start += max(1, (lines if no_new else len(page)) - OVERLAP)  # behind more rows of known bookings
            went_on = no_new
        return found

    def events(self, first: date, last: date) -> dict[EventKey, Event]:
        """List the live events of the mapped calendars that begin on these local days."""
        start, end = (zones.midnight(day, self.zone) for day in (first, last + timedelta(days=1)))
        found: dict[EventKey, Event] = {}
        for calendar in self.settings.calendars:
            for page in pages(lambda at, calendar=calendar: self.calendars.between(calendar, start, end, page=at)):  # type: ignore[misc]
                events = (item for item in page.items if isinstance(item, Event))
                found.update((each.key, each) for each in events if first <= day_of(each.when, self.zone) <= last)
        return found

    def links_of(
        self, bookings: list[str], events: list[EventKey], unreadable: links.Note | None = None
    ) -> tuple[dict[str, Link], dict[EventKey, Link]]:
        """Return the stored links of bookings and of events."""
        documents, int_id = self.ports.documents, self.integration.id
        of_bookings = links.of_bookings(documents, int_id, bookings, unreadable)
        return of_bookings, links.of_events(documents, int_id, events, unreadable)

    def link_of(self, booking_id: str) -> Link:
        """Return a booking's link; a new one if there is none."""
        return links.of_booking(self.ports.documents, self.integration.id, booking_id)

    def made_for(self, event: Event) -> str:
        """Return the booking that this service made an event for, or "": a mark alone is copied with the event that has it."""
        link = links.of_mark(self.ports.documents, self.integration.id, event.mark)
        return link.booking_id if link is not None and event.key.id in self.derived(link.booking_id, link) else ""

    def derived(self, booking_id: str, link: Link) -> set[str]:
        """Return the ids that this service derives for a booking's event, the next generation's included."""
        return event_ids(self.digest, self.integration.id, booking_id, range(link.generation + 2))

    def occupied_id(self, place: Occupies, generation: int) -> str:
        """Return the id that this service derives for an occupied event."""
        return occupied_id(self.digest, self.integration.id, place.name, generation)

    def outage(self) -> Transient | None:
        """Return the last error of reads that are not answered whatever they ask for; None: at most single ones are not."""
        for kind, of in self.silent.items():
            if kind not in self.answered or len(of) > 1:
                return [*of.values()][-1]
        return None

    def _read(self, kind: str, subject: object, read: Callable[[], T]) -> T:
        """Make a single read, and note whether it was answered."""
        self.reads += 1
        try:
            found = read()
        except Transient as error:
            self.silent.setdefault(kind, {})[subject] = error
            raise
        except SyncError:
            self._heard(kind)
            raise
        self._heard(kind)
        return found

    def _heard(self, kind: str) -> None:
        self.answered.add(kind)
        self.silent.pop(kind, None)

    def booking(self, booking_id: str) -> Booking | None:
        """Read one booking; None: it is gone."""
        try:
            return self._read("booking", booking_id, lambda: self.reservations.read(booking_id))
        except Gone:
            return None

    def event(self, key: EventKey) -> Event | None:
        """Read one event; None: it does not exist, or is deleted."""
        try:
            found = self._read("event", key, lambda: self.calendars.read(key))
        except Gone as error:
            if error.cause is Cause.CALENDAR_GONE:
                raise
            return None
        return found if isinstance(found, Event) else None

    def naming(self, event_id: str) -> Booking | None:
        """Return the booking whose id field holds an event's id, if that can be searched."""
        name = self.settings.outbound.external_id_field
        try:
            return self._read("naming", event_id, lambda: self.reservations.find(name, event_id))
        except Refused:
            return None
