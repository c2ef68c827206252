"""The world: accounts, calendars, clients, channels and a clock, all in memory."""

from __future__ import annotations

import random
import threading
from collections import deque
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.google.times import when
from sandbox.google.world.calls import Calls
from sandbox.google.world.channels import Channels, post_to
from sandbox.google.world.faults import Faults
from sandbox.google.world.store import Calendar, Record
from sandbox.google.world.switches import Account, Mail, Switches
from sandbox.google.world.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.google.world.instances import Page
    from sandbox.google.world.surroundings import Deliver

PLANNER, GUEST = "planner@example.org", "guest@example.org"
CLIENT_ID, CLIENT_SECRET = "sandbox-client.apps.googleusercontent.com", "sandbox-secret"
REDIRECTS = (
    "http://127.0.0.1:8080/integrations/redirect/7",
    "http://localhost:8080/integrations/redirect/7",
)
MOST_PAGES = 500


def real_clock() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


class World:
    """The whole state; read it under `lock`, change it in a `turn`.

    `clock` returns aware UTC times. `deliver(address, headers)` sends one channel message and returns the
    HTTP status (0 for no answer). `seed` makes every made-up value repeatable.
    """

    def __init__(
        self, *, clock: Callable[[], datetime] = real_clock, seed: int = 7, deliver: Deliver = post_to
    ) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.seed = seed
        self.deliver = deliver
        self.offset = timedelta()
        self.reset()

    def reset(self) -> None:
        """Forget everything and put the default accounts, calendars and client in place."""
        self.random = random.Random(self.seed)  # noqa: S311 made-up values must be repeatable
        self.offset = timedelta()
        self.numbers = 0
        self.switches = Switches()
        self.accounts: dict[str, Account] = {}
        self.calendars: dict[str, Calendar] = {}
        self.mails: list[Mail] = []
        self.pages: dict[str, Page] = {}
        self.pending_meets: list[tuple[datetime, str, str]] = []
        self.recent: dict[str, deque[datetime]] = {}
        self.calls = Calls()
        self.faults = Faults()
        self.tokens = Tokens(self)
        self.channels = Channels(self)
        self.tokens.add_client(CLIENT_ID, CLIENT_SECRET, list(REDIRECTS))
        self.add_account(PLANNER)
        self.add_account(GUEST)
        self.add_calendar("room-a@group.calendar.google.com", PLANNER, "Room A")
        self.add_calendar("room-b@group.calendar.google.com", PLANNER, "Room B")
        self.add_calendar("holidays@group.v.calendar.google.com", PLANNER, "Holidays", role="reader", push=False)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the lock for one deed; channels are told once of all that it changed on a calendar."""
        with self.lock:
            yield
            self.channels.announce()

    def now(self) -> datetime:
        """Return the world's time: the clock's plus the offset."""
        return self.clock() + self.offset

    def stamp(self) -> str:
        """Return the world's time as `updated` is written."""
        return when.timestamp(self.now())

    def number(self) -> int:
        """Return a number that only ever rises."""
        self.numbers += 1
        return self.numbers

    def etag(self) -> str:
        """Return an etag never used before."""
        return f'"{3_480_000_000_000_000 + 2 * self.number()}"'

    def letters(self, count: int, alphabet: str = "abcdefghijklmnopqrstuvwxyz0123456789") -> str:
        """Return a made-up word."""
        return "".join(self.random.choices(alphabet, k=count))

    def add_account(self, email: str) -> Account:
        """Make an account with its primary calendar."""
        account = self.accounts[email] = Account(email)
        self.add_calendar(email, email, email)
        return account

    def add_calendar(
        self,
        calendar_id: str,
        account: str,
        summary: str,
        *,
        role: str = "owner",
        push: bool = True,
        meet: bool = True,
        zone_name: str = "Europe/Amsterdam",
        subscribed: bool = True,
    ) -> Calendar:
        """Give an account a calendar; an existing one is shared with it, and on its list once it subscribed."""
        calendar = self.calendars.get(calendar_id)
        if calendar is None or calendar.gone:
            number = len(self.calendars) + 1
            calendar = Calendar(calendar_id, account, summary, zone_name, push, meet, number=number)
            calendar.data_owner = "" if calendar_id == account else account
            self.calendars[calendar_id] = calendar
        self.accounts[account].roles[calendar_id] = role
        self.subscribe(account, calendar_id, on=subscribed)
        return calendar

    def subscribe(self, account: str, calendar_id: str, *, on: bool) -> None:
        """Put a calendar on an account's list, or take it off: access and list are two things."""
        (self.accounts[account].subscribed.add if on else self.accounts[account].subscribed.discard)(calendar_id)
        self.number()

    def commit(self, calendar: Calendar, record: Record, *, quiet: bool = False) -> None:
        """Store a change with a new etag; `quiet` leaves `updated` as it was (only reminders changed)."""
        record.resource["etag"] = self.etag()
        if not quiet:
            record.resource["updated"] = self.stamp()
        if record.alive or not self.switches.lost_removals:
            calendar.put(record)
        else:
            self.switches.lost_removals -= 1
            calendar.put_quietly(record)
        for instance_id in calendar.exceptions.get(record.id, ()):
            # what an exception inherits has changed with its series
            exception = calendar.records.get(instance_id)
            if exception is not None and exception.alive:
                exception.resource |= {"etag": self.etag(), "updated": record.resource["updated"]}
                calendar.put(exception)
        calendar.history.append((self.now(), calendar.counter))
        self.channels.changed(calendar)

    def keep_page(self, token: str, page: Page) -> None:
        """Keep the rest of a list for its page token; the oldest are forgotten."""
        self.pages[token] = page
        while len(self.pages) > MOST_PAGES:
            self.pages.pop(next(iter(self.pages)))
