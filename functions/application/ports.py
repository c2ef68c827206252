"""The ports: what the use cases need of the outside world. Adapters implement them; nothing here knows a vendor.

Reads and writes raise the errors of `domain/errors.py`, named for the reaction: `Transient`, `Stale` (412),
`TokenExpired` (410 on a token), `AccessRevoked` (stop calling), `Refused`, `Gone` (404, 410), `Taken` (409),
`Malformed` (an answer that makes no sense).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:  # the hot functions handle no booking and no event, and need not load what those are
    from functions.domain.appointment import Appointment, When
    from functions.domain.booking import Booking
    from functions.domain.event import Event, EventKey, Mark
    from functions.domain.integration import Integration
    from functions.domain.step import BookingChange, EventChange

T = TypeVar("T")
Body = dict[str, Any]
Path = tuple[str, ...]  # ("integrations", int_id, "links", link_id): collection and id in turn


class Clock(Protocol):
    """Now, aware UTC."""

    def __call__(self) -> datetime:
        """Return the present moment, aware, in UTC."""


class Transaction(Protocol):
    """Reads and writes that happen together or not at all. All reads come before the first write."""

    def get(self, path: Path) -> Body | None:
        """Return the document, or None."""

    def put(self, path: Path, body: Body, *, expires: datetime | None = None) -> None:
        """Write the whole document; after `expires` the store may drop it."""

    def create(self, path: Path, body: Body, *, expires: datetime | None = None) -> None:
        """Write a document that must not exist yet; raises `Taken` (at the latest when the transaction ends)."""

    def delete(self, path: Path) -> None:
        """Remove the document; no error when there is none."""


class Documents(Protocol):
    """A store of JSON documents: Firestore in the cloud, one SQLite file standalone. Raises `Transient` when away."""

    def get(self, path: Path) -> Body | None:
        """Return the document, or None (also when it has expired)."""

    def several(self, paths: Sequence[Path]) -> list[Body | None]:
        """Return some hundred documents at most, as `get` does each, in their order."""

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction; it may be run several times, so it calls nothing outside."""

    def find(
        self,
        collection: Path,
        where: Mapping[str, str | int | bool] | None = None,
        *,
        order: str = "",
        descending: bool = False,
        after: Any = None,
        before: Any = None,
        limit: int = 100,
    ) -> list[tuple[str, Body]]:
        """Return (id, document) pairs of a collection, by equality of top-level fields.

        Ordered by `order` (a top-level field) or else by id; `after` is the order value (or id) of the last row of the
        page before, or where values can repeat the pair (order value, id). Rows with the value `before` of an `order`
        (upwards), or a higher one, are left out. Only an `order` can be `descending`. Documents without the `order` field, or with
        null in it, are left out.
        """

    def count(self, collection: Path, where: Mapping[str, str | int | bool] | None = None) -> int:
        """Return how many documents match; in the cloud expired ones count until the store has dropped them."""


class Secrets(Protocol):
    """The secret store. Names: `google_client_secret`, `google_refresh_token`, `ireserve_password`, `digest_key`.

    `put` returns the version to be kept with the integration; `get` reads that very version ("" = the only one).
    """

    def get(self, int_id: str, name: str, version: str = "") -> str | None:
        """Return the secret, or None where there is none."""

    def put(self, int_id: str, name: str, value: str) -> str:
        """Store a new version and return its number."""

    def delete(self, int_id: str, name: str, *, keep_version: str = "") -> None:
        """Destroy every version but the one to keep."""


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work to be done at least once, not before `due` (aware UTC).

    Of several with one `name` that wait, or (in the cloud) ran within the last hour, one is done. `lane` is `live` or
    `backfill`. `body` is small JSON.
    """

    name: str
    due: datetime
    body: Body
    lane: str = "live"


class Tasks(Protocol):
    """The durable queue: Cloud Tasks, or a table of the SQLite file."""

    def put(self, *tasks: Task) -> bool:
        """Store tasks durably; a name that is there already is not an error. Raises `Transient`: some may be stored.

        False: a task of the first one's name was there, and (in the cloud) may have run already.
        """


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A calendar of the connected account, as its list shows it."""

    id: str
    title: str
    writable: bool
    primary: bool = False
    timezone: str = ""
    meet: bool = True


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An event that a list reports as cancelled; only the id is certain."""

    key: EventKey
    series: str = ""


@dataclass(frozen=True, slots=True)
class Unusable:
    """An event of a page that makes no sense (no start, a date out of range); it is parked, the rest goes on."""

    key: EventKey
    reason: str


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of changes. `sync_token` comes with the last page only."""

    items: tuple[Event | Tombstone | Unusable, ...]
    next_page: str = ""
    sync_token: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A watch channel as Google confirmed it; `expires` is aware UTC."""

    id: str
    resource_id: str
    expires: datetime


class Calendars(Protocol):
    """Google Calendar, as the account of one integration. `notify` says whether Google mails the guests."""

    def calendars(self) -> list[CalendarEntry]:
        """List every calendar the account can reach."""

    def read(self, key: EventKey) -> Event | Tombstone:
        """Read one event; raises `Gone` (no such event or calendar), `AccessRevoked`, `Refused`, `Transient`."""

    def insert(self, key: EventKey, content: Appointment, description: str, mark: Mark, *, notify: bool) -> Event:
        """Make an event under this id; raises `Taken` when the id exists, also as a deleted one."""

    def patch(
        self, event: Event | EventKey, etag: str, change: EventChange, mark: Mark, *, notify: bool, revive: bool = False
    ) -> Event:
        """Change an event under `If-Match`; raises `Stale`. A whole `Event` is needed when guests change.

        `revive` brings a deleted one back (`status: confirmed`).
        """

    def move(self, key: EventKey, destination: str, *, notify: bool) -> Event:
        """Move an event to another calendar."""

    def delete(self, key: EventKey, etag: str, *, notify: bool) -> None:
        """Remove an event under `If-Match`; raises `Gone` where there is none."""

    def changes(self, calendar: str, *, sync_token: str = "", page: str = "") -> EventPage:
        """Return a page of what changed since the token (deletions too); raises `TokenExpired`."""

    def between(self, calendar: str, start: datetime, end: datetime, *, page: str = "") -> EventPage:
        """Return a page of the expanded events that overlap a period; the last page has a sync token."""

    def watch(self, calendar: str, channel_id: str, token: str, address: str, seconds: int) -> Channel:
        """Open a channel; raises `Refused` where the calendar or the address cannot have one."""

    def stop(self, channel_id: str, resource_id: str) -> None:
        """Stop a channel; one that is gone already is no error."""


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A row of a list of bookings: what the dialect lets it show; None = the row does not say."""

    id: str
    starts: datetime | None = None
    ends: datetime | None = None
    status: int | None = None
    object_id: str | None = None


@dataclass(frozen=True, slots=True)
class Bookable:
    """An object of i-Reserve."""

    id: str
    name: str
    group: str = ""
    day_mode: bool = False


class Reservations(Protocol):
    """i-Reserve, as the API user of one integration, over its documented methods only."""

    def read(self, booking_id: str) -> Booking:
        """Read one booking; raises `Gone`, `AccessRevoked` (401, 403), `Transient`, `Malformed`."""

    def find(self, field_name: str, value: str) -> Booking | None:
        """Find the booking whose id field holds an event id, where the dialect can search it; raises `Refused`."""

    def between(self, first: date, last: date, *, start: int, length: int) -> list[BookingRow]:
        """Return a page of bookings by start date, rows de-duplicated by id; an empty list is the end."""

    def write(self, booking: Booking, change: BookingChange) -> Booking:
        """Change a booking by its id and return it as answered; raises `Refused` with i-Reserve's sentence.

        An answer that shows other values than asked is a `Refused` too (i-Reserve can say yes and not do it).
        """

    def check(self, object_id: str, when: When, number: int) -> None:
        """Ask whether a booking could be made; raises `Refused`."""

    def make(
        self,
        object_id: str,
        when: When,
        number: int,
        status: int,
        external_id: str,
        fields: Mapping[str, str],
        *,
        checked: bool = True,
    ) -> Booking:
        """Check and make a booking; raises `Refused`. Not checked: where it may have been made before, by its id."""

    def objects(self) -> list[Bookable]:
        """List the objects that can be booked."""

    def subscribe(self, event: str, address: str) -> str:
        """Register an outgoing webhook and return its id."""

    def unsubscribe(self, hook_id: str) -> None:
        """Remove an outgoing webhook; one that is gone already is no error."""

    def customer_email(self, customer_id: str) -> str:
        """Return the e-mail address of a customer, or ""; `Refused` (`no_right`) where the user may not see it."""

    # the rest is for a probe, which tries out what is not known

    def row(self, booking_id: str, columns: Sequence[str]) -> Mapping[str, str]:
        """Return the values of these columns for one booking, {} where it is not found; `Refused`: no such column."""

    def attempt(self, booking: Booking, change: BookingChange) -> Booking:
        """Write once and return the booking as it then shows, whether or not that is what was asked."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What the token endpoint answered: never logged, `refresh_token` may be missing ("")."""

    refresh_token: str
    access_token: str
    scopes: frozenset[str]


class Consent(Protocol):
    """Google's OAuth screens and endpoints."""

    def address(self, client_id: str, redirect_uri: str, state: str, verifier: str) -> str:
        """Return the address of the consent screen (S256 of the verifier in it)."""

    def exchange(self, client_id: str, secret: str, redirect_uri: str, code: str, verifier: str) -> Grant:
        """Exchange a code; raises `Refused` with what to do (`invalid_grant`, `invalid_client`, ...)."""

    def revoke(self, token: str) -> None:
        """Revoke a token; one that is dead already is no error."""


class Outside(Protocol):
    """Makes the adapters of one integration; its secrets are read when first needed."""

    def calendars(self, integration: Integration, refresh_token: str = "") -> Calendars:
        """Google Calendar as the connected account, or with a token that is not stored yet (Step 2).

        The calls raise `AccessRevoked` when there is no usable token.
        """

    def reservations(self, integration: Integration) -> Reservations:
        """i-Reserve as the integration's API user, in its dialect."""

    def clock_of(self, address: str) -> datetime | None:
        """Return what a web server says the time is (aware UTC), None where it does not; "" is Google.

        Raises `Transient`, `Refused` where it does not answer.
        """


@dataclass(frozen=True, slots=True)
class Alert:
    """What a person is told; nothing secret or personal is in it."""

    name: str
    int_id: str
    title: str
    text: str
    link: str


class Alarm(Protocol):
    """Tells a person."""

    def send(self, email: str, webhook_url: str, alert: Alert) -> None:
        """Send an alert to whoever is named ("" = nobody); raises `Transient` or `Refused` when it was not taken."""


class AtOnce(Protocol):
    """Does pieces of work that wait for others most of the time."""

    def __call__(self, pieces: Sequence[Callable[[], T]]) -> list[T]:
        """Return what each piece returns; raises what the first that fails raises, when all are done."""


@dataclass(slots=True)
class Ports:
    """Everything a use case may touch; made once by `bootstrap`."""

    documents: Documents
    secrets: Secrets
    tasks: Tasks
    outside: Outside
    consent: Consent
    clock: Clock
    token: Callable[[int], str]  # random URL-safe text of n bytes; an argument, so that tests are deterministic
    webhook_keys: tuple[str, ...]
    addresses: Addresses
    alarm: Alarm
    note: Callable[[str, Mapping[str, object]], None]  # one structured log line: its event and fields
    at_once: AtOnce
    pause: Callable[[float], None]  # wait so many seconds


@dataclass(frozen=True, slots=True)
class Addresses:
    """The public addresses of the functions, without a trailing slash."""

    redirect: str
    webhook: str
    notification: str
    console: str


def pages(fetch: Callable[[str], EventPage]) -> Iterator[EventPage]:
    """Walk pages until the last one."""
    page = fetch("")
    yield page
    while page.next_page:
        page = fetch(page.next_page)
        yield page
