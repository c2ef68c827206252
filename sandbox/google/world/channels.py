"""Watch channels, their messages, and how these go astray.

https://developers.google.com/calendar/api/guides/push
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from sandbox.google.world.store import Calendar
    from sandbox.google.world.surroundings import Surroundings

RETRIED = {0, 500, 502, 503, 504}
BACK_OFF = (1.0, 2.0, 4.0, 8.0, 16.0)
MOST_KEPT = 5_000


def post_to(address: str, headers: dict[str, str]) -> int:
    """Send one message as Google does, with an empty body; 0 if there was no answer."""
    try:
        return requests.post(address, headers=headers, data=b"", timeout=10, allow_redirects=False).status_code
    except requests.RequestException:
        return 0


@dataclass
class Channel:
    """One watch on a calendar's events; `client` and `account` may stop it."""

    id: str
    calendar: str
    resource_id: str
    resource_uri: str
    address: str
    token: str | None
    expires: datetime
    account: str
    client: str
    number: int = 0
    stopped: bool = False


@dataclass
class Message:
    """One notification on its way, or what became of it."""

    channel: str
    address: str
    state: str
    headers: dict[str, str]
    due: datetime
    tries: int = 0
    status: int | None = None
    held: bool = False


class Channels:
    """All channels and their messages; `pump` sends what is due and must be called without the lock."""

    def __init__(self, world: Surroundings) -> None:
        self.world = world
        self.open: dict[str, Channel] = {}
        self.waiting: list[Message] = []
        self.sent: list[Message] = []
        self.touched: set[str] = set()
        self.wake = threading.Event()

    def live(self, channel: Channel) -> bool:
        """Whether it still gets messages."""
        return not channel.stopped and channel.expires > self.world.now()

    def changed(self, calendar: Calendar) -> None:
        """Remember that the calendar changed in this turn, however often."""
        self.touched.add(calendar.id)

    def announce(self) -> None:
        """Tell every live channel of the calendars that changed in this turn."""
        for channel in self.open.values() if self.touched else ():
            if channel.calendar in self.touched and self.live(channel):
                self.tell(channel, "exists")
        self.touched.clear()

    def tell(self, channel: Channel, state: str) -> None:
        """Queue a message, or lose, double or hold it as switched; the first one is never lost."""
        # numbers rise, but not by one
        channel.number += 1 if state == "sync" else self.world.random.randint(1, 4_000)
        switches, due = self.world.switches, self.world.now()
        mode = "deliver" if state == "sync" else switches.delivery
        if mode == "drop":
            return
        if mode == "delay":
            due += timedelta(seconds=switches.delivery_seconds)
        for _ in range(2 if mode == "double" else 1):
            headers = self._headers(channel, state)
            self.waiting.append(Message(channel.id, channel.address, state, headers, due, held=mode == "hold"))

    def flush(self, order: str) -> int:
        """Release the held messages, first in first out or reversed; returns how many."""
        held = [message for message in self.waiting if message.held]
        others = [message for message in self.waiting if not message.held]
        for message in held:
            message.held = False
        self.waiting = others + (held[::-1] if order == "reverse" else held)
        return len(held)

    def pump(self) -> int:
        """Send every message that is due; returns how many were tried."""
        with self.world.turn():
            now = self.world.now()
        with self.world.lock:
            due = [message for message in self.waiting if message.due <= now and not message.held]
            self.waiting = [message for message in self.waiting if message.due > now or message.held]
        for message in due:
            status = self.world.deliver(message.address, dict(message.headers))
            with self.world.lock:
                self._settle(message, status)
        return len(due)

    def _settle(self, message: Message, status: int) -> None:
        message.status = status
        self.sent.append(Message(**vars(message)))
        del self.sent[:-MOST_KEPT]
        if status in RETRIED and message.tries < len(BACK_OFF):
            message.due = self.world.now() + timedelta(seconds=BACK_OFF[message.tries])
            message.tries += 1
            self.waiting.append(message)

    def _headers(self, channel: Channel, state: str) -> dict[str, str]:
        headers = {
            "X-Goog-Channel-ID": channel.id,
            "X-Goog-Channel-Expiration": channel.expires.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"),
            "X-Goog-Resource-State": state,
            "X-Goog-Message-Number": str(channel.number),
            "X-Goog-Resource-ID": channel.resource_id,
            "X-Goog-Resource-URI": channel.resource_uri,
        }
        if channel.token is not None:
            headers["X-Goog-Channel-Token"] = channel.token
        return headers
