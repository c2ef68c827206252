"""Both outsides as two dictionaries behind the ports, with a store in memory: the application without any adapter's calls."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from functions.application.intake.hints import Hint, Kind
from functions.application.ports import Addresses, BookingRow, CalendarEntry, EventPage, Ports, Task, Tombstone
from functions.application.store import integrations, links
from functions.application.sync.session import SyncSession, open_session
from functions.domain.model.appointment import When
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Cause, Gone, Refused, Stale
from functions.domain.model.event import Event, EventKey, Mark, family_of_id, first_occurrence
from functions.domain.pairing.link import Link
from functions.domain.pairing.writes import BookingChange, EventChange
from functions.domain.settings.integration import Integration, Phase
from tests.unit.sketch import NOW, ROOM_A, at, booking, settings, theirs
from tests.world.memory import MemoryDocuments


class Sides:
    """What stands on both sides. `fails` are the errors that the next calls of a name raise; `calls` their names."""

    def __init__(self, **more: Any) -> None:
        self.now, self.took = NOW, timedelta()  # `took`: how long each call takes
        self.events: dict[EventKey, Event] = {}
        self.bin: dict[EventKey, Event] = {}
        self.bookings: dict[str, Booking] = {}
        self.pages: list[EventPage] = []
        self.fails: dict[str, list[Exception]] = {}
        self.calls: list[str] = []
        self.asked: list[tuple[Any, ...]] = []  # of lists: the token and page, or the days and page
        self.tasks: list[Task] = []
        self.log: list[tuple[str, Mapping[str, object]]] = []
        self._made = 0
        addresses = Addresses("r", "w", "n", "c")
        documents: Any = MemoryDocuments(lambda: self.now)
        itself: Any = self
        self.ports = Ports(
            documents=documents, consents=documents, secrets=itself, tasks=itself, outside=itself, consent=itself,
            clock=lambda: self.now, token=self._token, webhook_keys=("key",), addresses=addresses, alarm=itself,
            log=lambda name, fields: self.log.append((name, fields)),
            in_parallel=lambda pieces: [piece() for piece in pieces], sleep=lambda _: None,
        )  # fmt: skip
        its = settings(**{"sync": {"overlap_guard": "never"}, **more})
        integrations.save_settings(self.ports, its, "someone")

        def active(before: Integration) -> Integration:
            since = NOW - timedelta(days=1)
            return replace(
                before, phase=Phase.ACTIVE, activated_at=since, secret_versions={"digest_key": "1"}, wake_at=None
            )

        self.integration = integrations.change(self.ports.documents, "7", active)

    def session(self) -> SyncSession:
        return open_session(self.ports, self.integration)

    def link_of(self, key: EventKey) -> Link | None:
        return links.of_event(self.ports.documents, "7", key)

    def looks(self, kind: Kind) -> list[Hint]:
        """Return the queued looks of a kind."""
        return [hint for task in self.tasks if (hint := Hint.of(task.body)).kind is kind]

    def logged(self, name: str) -> list[Mapping[str, object]]:
        return [fields for each, fields in self.log if each == name]

    def book(self, number: str, when: When, **more: Any) -> Booking:
        made = at(booking(id=number, **{"external_id": "", **more}), when)
        self.bookings[number] = made
        return made

    def draw(self, name: str, when: When, calendar: str = ROOM_A, **more: Any) -> Event:
        """A person makes an event."""
        drawn = theirs(when, key=EventKey(calendar, name), updated=self.now, **more)
        self.events[drawn.key] = drawn
        return drawn

    def _token(self, _: int) -> str:
        self._made += 1
        return f"token{self._made:04}"  # in their order

    def _call(self, name: str) -> None:
        self.calls.append(name)
        self.now += self.took
        if self.fails.get(name):
            raise self.fails[name].pop(0)

    # the ports: secrets, tasks, outside

    def get(self, _id: str, _name: str, _version: str = "") -> str:
        return "secret"

    def put(self, *tasks: Task) -> bool:
        self.tasks += tasks
        return True

    def calendars(self, _: Integration) -> "Sides":
        return self

    def reservations(self, _: Integration) -> "Rooms":
        return Rooms(self)

    # Google

    def reach(self, calendar: str) -> CalendarEntry:
        self._call("reach")
        return CalendarEntry(calendar, calendar, writable=True)

    def read(self, key: EventKey) -> Event | Tombstone:
        self._call("read event")
        if key not in self.events:
            return self._single_again(key) or Tombstone(key)
        first = first_occurrence(key, self.events[key].when)
        return self.events.get(first, self.events[key])  # it is a series by now

    def _single_again(self, key: EventKey) -> Event | None:
        """Return the single event that the series of a gone occurrence became, if it is in that occurrence's place."""
        single = self.events.get(EventKey(key.calendar, family_of_id(key.id)))
        is_series = any(single is not None and each.series == single.key.id for each in self.events.values())
        there = single is not None and not is_series and first_occurrence(single.key, single.when) == key
        return single if there else None

    def changes(self, _calendar: str, *, sync_token: str = "", page: str = "") -> EventPage:
        self.asked.append((sync_token, page))
        self._call("list")
        return self.pages.pop(0)

    def between(self, _calendar: str, start: datetime, end: datetime, *, page: str = "") -> EventPage:
        self.asked.append((start, end, page))
        self._call("list")
        return self.pages.pop(0)

    def insert(self, key: EventKey, content: Any, description: str, mark: Mark, *, notify: bool) -> Event:  # noqa: ARG002
        self._call("insert")
        return self._stand(Event(key, "", content.when, content.title, description, reminders=(), mark=mark))

    def patch(
        self, event: Event | EventKey, etag: str, change: EventChange, mark: Mark, *, notify: bool, revive: bool = False  # noqa: ARG002
    ) -> Event:  # fmt: skip
        self._call("revive" if revive else "patch")
        key = event if isinstance(event, EventKey) else event.key
        if etag and key in self.events and self.events[key].etag != etag:
            raise Stale("the event was changed meanwhile")
        shown = self.events.get(key) or self.bin.get(key) or theirs(key=key)
        shown = replace(shown, when=change.when or shown.when, mark=mark)
        texts = {name: getattr(change, name) for name in ("title", "description", "reminders")}
        return self._stand(replace(shown, **{name: each for name, each in texts.items() if each is not None}))

    def move(self, key: EventKey, _etag: str, destination: str, *, notify: bool) -> Event:  # noqa: ARG002
        self._call("move")
        return self._stand(replace(self.events.pop(key), key=EventKey(destination, key.id)))

    def delete(self, key: EventKey, _etag: str, *, notify: bool) -> None:  # noqa: ARG002
        self._call("delete")
        self.bin[key] = self.events.pop(key)

    def _stand(self, event: Event) -> Event:
        self._made += 1
        self.events[event.key] = replace(event, etag=f'"{self._made}"', updated=self.now)
        return self.events[event.key]


class Rooms:
    """i-Reserve."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides

    def read(self, number: str) -> Booking:
        self._sides._call("read booking")
        if number not in self._sides.bookings:
            raise Gone("there is no such booking")
        return self._sides.bookings[number]

    def find(self, _field: str, value: str) -> Booking | None:
        self._sides._call("find booking")
        return next((each for each in self._sides.bookings.values() if each.external_id == value), None)

    def between(self, first: date, last: date, *, start: int, **_: Any) -> list[BookingRow]:
        self._sides._call("list bookings")
        there = [each for each in self._sides.bookings.values() if first <= each.starts.date() <= last]
        return [BookingRow(each.id, each.starts, each.ends) for each in there][start:]

    def lasting_into(self, _day: date, _since: date, **_: Any) -> list[BookingRow]:
        raise Refused("it cannot search by the end", reason=Cause.NOT_SEARCHABLE)

    def places(self, _object: str, _day: date) -> int | None:
        return None  # it does not say

    def write(self, of: Booking, change: BookingChange) -> Booking:
        self._sides._call("write")
        now = of if change.when is None else at(of, change.when)
        now = replace(now, status=of.status if change.status is None else change.status)
        now = replace(
            now, external_id=change.external_id or now.external_id, object_id=change.object_id or now.object_id
        )
        self._sides.bookings[of.id] = now
        return now

    def check(self, _object: str, _when: When, _number: int) -> None:
        self._sides._call("check")

    def make(
        self, object_id: str, when: When, _number: int, status: int, external_id: str, fields: Mapping[str, str], *,
        checked: bool = True,  # noqa: ARG002
    ) -> Booking:  # fmt: skip
        self._sides._call("make")
        made = self._sides.book(f"{len(self._sides.bookings) + 1}", when, object_id=object_id, status=status)
        made = replace(made, external_id=external_id, remarks=fields.get("remarks", ""))
        self._sides.bookings[made.id] = made
        return made
