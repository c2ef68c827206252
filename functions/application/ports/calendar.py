"""Google Calendar, and the consent to use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the hot functions handle no event, and need not load what one is
    from functions.domain.model.appointment import Appointment
    from functions.domain.model.event import Event, EventKey, Mark
    from functions.domain.planning.step import EventChange


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A calendar of the connected account, as its list shows it."""

    id: str
    title: str
    writable: bool
    primary: bool = False
    timezone: str = ""
    meet: bool = True
    sees_private: bool = True  # the details of other people's private events
    data_owner: str = ""  # of a secondary calendar the account with which Google deletes it
    listed: bool = True  # False: shared with the account, which did not add it to its list


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An event that a list reports as cancelled; only the id is certain."""

    key: EventKey
    series: str = ""


@dataclass(frozen=True, slots=True)
class Unusable:
    """An event on a page that cannot be read (no start, a date out of range); it is parked, the others go on."""

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

    def matching(self, calendar: str, text: str, start: datetime, end: datetime) -> EventPage:
        """Return the first page of a period's events whose title, description, place or guests mention a text."""

    def reach(self, calendar: str) -> CalendarEntry:
        """Return what the account may do with a calendar that is not on its list; raises `Gone` where that is nothing."""

    def watch(self, calendar: str, channel_id: str, token: str, address: str, seconds: int) -> Channel:
        """Open a channel; raises `Refused` where the calendar or the address cannot have one."""

    def stop(self, channel_id: str, resource_id: str) -> None:
        """Stop a channel; one that is gone already is no error."""


def pages(fetch: Callable[[str], EventPage]) -> Iterator[EventPage]:
    """Walk pages until the last one."""
    page = fetch("")
    yield page
    while page.next_page:
        page = fetch(page.next_page)
        yield page


@dataclass(frozen=True, slots=True)
class Grant:
    """What the token endpoint answered: never logged, `refresh_token` may be missing ("")."""

    refresh_token: str
    scopes: frozenset[str]


class Consent(Protocol):
    """Google's OAuth screens and endpoints."""

    def address(self, client_id: str, redirect_uri: str, state: str, verifier: str) -> str:
        """Return the address of the consent screen (S256 of the verifier in it)."""

    def exchange(self, client_id: str, secret: str, redirect_uri: str, code: str, verifier: str) -> Grant:
        """Exchange a code; raises `Refused` with what to do (`invalid_grant`, `invalid_client`, ...)."""

    def revoke(self, token: str) -> None:
        """Revoke a token; one that is dead already is no error."""
