"""The thread that delivers hooks over HTTP when no `deliver` was given."""

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Protocol

import requests

from sandbox.ireserve.tenant.model import Json
from sandbox.ireserve.tenant.outbox import Outbox

TIME_LIMIT = 10
PAUSE = 0.05


class Sender(Protocol):
    """What the courier needs of a tenant."""

    outbox: Outbox

    def send_one(self, deliver: Callable[[str, Json], int]) -> bool:
        """Deliver the next due hook; return False if there was none."""


def post(url: str, body: Json) -> int:
    """POST the body as JSON and return the status; 0 if no answer came in time."""
    with suppress(requests.RequestException):
        return requests.post(url, json=body, timeout=TIME_LIMIT, allow_redirects=False).status_code
    return 0


class Courier:
    """Delivers one hook after the other; its thread starts with the first."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._awake = Event()
        self._starting = Lock()
        self._thread: Thread | None = None

    def wake(self) -> None:
        """Look for due deliveries soon."""
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._run, daemon=True, name="ireserve-courier")
                self._thread.start()
        self._awake.set()

    def _run(self) -> None:
        while True:
            self._awake.wait(PAUSE if self._sender.outbox.waiting() else None)
            self._awake.clear()
            while self._sender.send_one(post):
                pass
