"""How `serve` listens: requests must be small and arrive in time; a slow client holds a connection, never a thread.

Without limits, a hundred unauthenticated clients that send a byte now and then would stop every answer.
https://docs.pylonsproject.org/projects/waitress/en/stable/arguments.html
"""

import time
from typing import Any

import waitress
from waitress.channel import HTTPChannel

from functions.entrypoints.http.incoming import LARGEST_BODY

LARGEST_HEADERS = 32 * 1024
ARRIVES = 10.0  # seconds from the first byte of a request to its last
SILENT = 30  # seconds for which a connection may be idle
LOOK = 2  # seconds between checks for slow connections
CONNECTIONS = 800  # at the same time; a process may usually have 1,024 files open
THREADS = 8


class Hurried(HTTPChannel):  # type: ignore[misc]
    """A connection that records when its current request began to arrive."""

    arriving_since = 0.0

    def received(self, data: bytes) -> bool:
        """Take the data that came in, and note when its request began."""
        self.arriving_since = self.arriving_since or time.monotonic()
        whole: bool = super().received(data)
        if self.request is None:  # no request is incomplete
            self.arriving_since = 0.0
        return whole

    def is_slow(self) -> bool:
        """Whether the current request takes too long to arrive."""
        return bool(self.arriving_since) and time.monotonic() - self.arriving_since > ARRIVES


def create_server(app: Any, host: str, port: int) -> Any:
    """Return a server that is not running yet; raises `OSError` if the port is taken."""
    server = waitress.create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        ident="",
        max_request_body_size=LARGEST_BODY + 1,  # the first size that it refuses
        max_request_header_size=LARGEST_HEADERS,
        channel_timeout=SILENT,
        cleanup_interval=LOOK,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=True,
    )
    for each in [server, *getattr(server, "map", {}).values()]:
        if hasattr(each, "maintenance"):
            _hurry(each)
    return server


def _hurry(server: Any) -> None:
    usual = server.maintenance
    server.channel_class = Hurried

    def maintenance(now: float) -> None:
        usual(now)
        for channel in list(server.active_channels.values()):
            if channel.is_slow():
                channel.will_close = True

    server.maintenance = maintenance
