"""Google Calendar, and consent to use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # keeps it out of the functions that must start fast and handle no event
    from functions.domain.model.appointment import Appointment
    from functions.domain.model.event import Event, EventKey, Mark
    from functions.domain.pairing.writes import EventChange


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A calendar of the connected account, as Google lists it."""

    id: str
    title: str
    writable: bool
    primary: bool = False
    timezone: str = ""
    meet: bool = True
    sees_private: bool = True  # details of other people's private events
    answers: bool | None = None  # of a room: whether Google answers its invitations
    data_owner: str = ""  # a secondary calendar's owner; Google deletes the calendar with that account
    listed: bool = True  # False: shared with the account, but not on its list


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An event that a list shows as cancelled; only its id is certain. `etag`, if known, tells one removal from the next."""

    key: EventKey
    series: str = ""
    etag: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Unusable:
    """An event that cannot be read (no start, a date out of range); it is parked and the rest of the page goes on."""

    key: EventKey
    reason: str


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of changes; only the last page has a `sync_token`."""

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
    """Google Calendar, as one integration's account. `notify` says whether Google mails the guests."""

    def calendars(self) -> list[CalendarEntry]:
        """List every calendar on the account's list."""

    def read(self, key: EventKey) -> Event | Tombstone:
        """Read one event; raises `Gone` (no such event or calendar), `AccessRevoked`, `Refused`, `Transient`.

        Of an event that became a series the first occurrence is returned, and of that occurrence the event if it is
        single again: a pair goes on with what is returned, under its id.
        """

    def insert(self, key: EventKey, content: Appointment, description: str, mark: Mark, *, notify: bool) -> Event:
        """Make an event under this id; raises `Taken` if the id exists, even as a deleted event."""

    def patch(
        self, event: Event | EventKey, etag: str, change: EventChange, mark: Mark, *, notify: bool, revive: bool = False
    ) -> Event:
        """Change an event under `If-Match`; raises `Stale`. A change of guests needs a whole `Event`.

        `revive` brings a deleted event back (`status: confirmed`), as a single one.
        """

    def labels(self, calendar: str) -> Mapping[str, str]:
        """Return the ids of a calendar's own labels, by name."""

    def move(self, key: EventKey, etag: str, destination: str, *, notify: bool) -> Event:
        """Move an event to another calendar if it still has this etag; raises `Stale`."""

    def delete(self, key: EventKey, etag: str, *, notify: bool) -> None:
        """Remove an event under `If-Match`; raises `Gone` if there is none."""

    def changes(self, calendar: str, *, sync_token: str = "", page: str = "") -> EventPage:
        """Return a page of changes since the token, deletions included; raises `TokenExpired`."""

    def between(self, calendar: str, start: datetime, end: datetime, *, page: str = "") -> EventPage:
        """Return a page of events (series expanded) that overlap a period; the last page has a sync token."""

    def matching(self, calendar: str, text: str, start: datetime, end: datetime) -> EventPage:
        """Return the first page of a period's events whose title, description, place or guests contain a text."""

    def reach(self, calendar: str) -> CalendarEntry:
        """Return the account's access to a calendar that is not on its list; raises `Gone` or `Refused` if it sees no event."""

    def watch(self, calendar: str, channel_id: str, token: str, address: str, seconds: int) -> Channel:
        """Open a channel; raises `Refused` if the calendar or the address cannot have one."""

    def stop(self, channel_id: str, resource_id: str) -> None:
        """Stop a channel; no error if it is already gone."""


def pages(fetch: Callable[[str], EventPage]) -> Iterator[EventPage]:
    """Yield pages until the last one."""
    page = fetch("")
    yield page
    while page.next_page:
        page = fetch(page.next_page)
        yield page


@dataclass(frozen=True, slots=True)
class Grant:
    """The token endpoint's answer, never logged; `refresh_token` is "" if missing."""

    refresh_token: str
    scopes: frozenset[str]


class Consent(Protocol):
    """Google's OAuth screens and endpoints."""

    def address(self, client_id: str, redirect_uri: str, state: str, verifier: str) -> str:
        """Return the address of the consent screen, with the verifier's S256 challenge."""

    def exchange(self, client_id: str, secret: str, redirect_uri: str, code: str, verifier: str) -> Grant:
        """Exchange a code; raises `Refused` with what to do (`invalid_grant`, `invalid_client`, ...)."""

    def revoke(self, token: str) -> None:
        """Revoke a token; no error if it is already dead."""
