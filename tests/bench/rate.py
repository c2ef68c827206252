"""How many webhooks a second are acknowledged, each of them stored, beside an empty function served the same way?"""

import json
import selectors
import socket
import sqlite3
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

from tests.bench.measure import Figure, Plan, at_least, pairs
from tests.bench.serving import CALLS, standalone, started

SMALLEST = 0.6
CONNECTIONS = 16
LOOKS = 2  # tasks that a webhook stores: the leading and the trailing look


class Sender:
    """Posts to one function over a few connections that stay open; every body names another booking."""

    def __init__(self, port: int, path: str) -> None:
        self._port, self._path = port, path
        self.sent = 0

    def burst(self, seconds: float) -> float:
        """Keep every connection busy for so long, wait for the answers, and return how many came a second."""
        choose, waiting, answered = selectors.DefaultSelector(), 0, 0
        began = time.perf_counter()
        for _ in range(CONNECTIONS):
            opened = socket.create_connection(("127.0.0.1", self._port), 10)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            choose.register(opened, selectors.EVENT_READ)
            opened.sendall(self._next())
            waiting += 1
        while waiting:
            for key, _ in choose.select(10):
                connection = cast("socket.socket", key.fileobj)
                status = connection.recv(65536)[9:12]
                if status != b"202":
                    raise SystemExit(f"{self._path} answered {status!r}")
                answered += 1
                if time.perf_counter() - began < seconds:
                    connection.sendall(self._next())
                    continue
                choose.unregister(connection)
                connection.close()
                waiting -= 1
        return answered / (time.perf_counter() - began)

    def _next(self) -> bytes:
        self.sent += 1
        body = json.dumps({"id": 1000 + self.sent, "status_code": "20"})
        head = f"POST {self._path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def measure(plan: Plan) -> Iterator[Figure]:
    seconds, rounds = (2.0, plan.of(9, 2))
    speeds: deque[float] = deque()
    with tempfile.TemporaryDirectory() as folder:
        environment = standalone(Path(folder))
        with started("empty", environment) as empty, started("booking_webhook", environment) as webhook:
            ours, theirs = Sender(webhook, CALLS["booking_webhook"].path), Sender(empty, "/")
            for sender in (ours, theirs):
                sender.burst(0.3)

            def own() -> float:
                speeds.append(ours.burst(seconds))
                return speeds[-1]

            ratios = pairs(rounds, own, lambda: theirs.burst(seconds))
        with closing(sqlite3.connect(Path(folder) / "sync.sqlite")) as file:
            stored = file.execute("SELECT count(*) FROM tasks").fetchone()[0] - LOOKS  # of the first 202
    how = (
        f"functions-framework, {CONNECTIONS} connections, bursts of {seconds:g} s in turn, at best {max(speeds):.0f}/s"
    )
    yield at_least("acknowledged webhooks a second / empty function", SMALLEST, ratios, how)
    lost = ours.sent * LOOKS - stored
    yield Figure(
        "202s without their tasks in the file", "0", str(lost), lost == 0, f"{ours.sent} webhooks, 2 tasks each"
    )
