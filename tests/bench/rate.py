"""How many webhooks a second are acknowledged, each of them stored, beside an empty function served the same way?"""

import json
import selectors
import socket
import sqlite3
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

from functions.serving import serving
from tests.bench.measure import ROOT, Figure, Plan, at_least, pairs
from tests.bench.serving import CALLS, process_of, processor_seconds, standalone

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
    for workers in (1, 2):
        yield from _of_processes(workers, plan)
    yield from _floor(2, plan)


def _floor(workers: int, plan: Plan) -> Iterator[Figure]:
    """Measure what remains of the empty function's rate if it only stores a row, with as many threads as a webhook."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**standalone(Path(folder)), "WORKERS": str(workers)}
        own = {"THREADS": str(serving("booking_webhook").threads), "PYTHONPATH": str(ROOT)}
        with process_of("empty", environment) as empty, process_of("stored", environment | own) as stored:
            ours, theirs = Sender(stored[0], "/"), Sender(empty[0], "/")
            for sender in (ours, theirs):
                sender.burst(0.3)
            found = pairs(plan.of(9, 2), lambda: ours.burst(2.0), lambda: theirs.burst(2.0))
    what = f"one durable row a request and nothing else / empty function, {workers} processes"
    yield Figure.told(
        what,
        found,
        "a floor: one INSERT each, which waits for the disk; not the product, whose webhooks share that wait",
    )


def _of_processes(workers: int, plan: Plan) -> Iterator[Figure]:
    seconds, rounds = (2.0, plan.of(9, 2))
    speeds: deque[float] = deque()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**standalone(Path(folder)), "WORKERS": str(workers)}
        with process_of("empty", environment) as empty, process_of("booking_webhook", environment) as webhook:
            ours, theirs = Sender(webhook[0], CALLS["booking_webhook"].path), Sender(empty[0], "/")
            for sender in (ours, theirs):
                sender.burst(0.3)
            spent: dict[Sender, list[float]] = {ours: [], theirs: []}

            def of(sender: Sender, pid: int) -> float:
                before, sent = processor_seconds(pid), sender.sent
                rate = sender.burst(seconds)
                spent[sender].append((processor_seconds(pid) - before) / (sender.sent - sent))
                return rate

            def own() -> float:
                speeds.append(of(ours, webhook[1]))
                return speeds[-1]

            ratios = pairs(rounds, own, lambda: of(theirs, empty[1]))
        with closing(sqlite3.connect(Path(folder) / "sync.sqlite")) as file:
            stored = file.execute("SELECT count(*) FROM tasks").fetchone()[0] - LOOKS  # of the first 202
    what = "one process" if workers == 1 else f"{workers} processes"
    how = (
        f"functions-framework, {CONNECTIONS} connections, bursts of {seconds:g} s in turn, at best {max(speeds):.0f}/s"
    )
    yield at_least(f"acknowledged webhooks a second / empty function, {what}", SMALLEST, ratios, how)
    if all(spent[theirs]):
        costs = [a / b for a, b in zip(spent[ours], spent[theirs], strict=True)]
        mine, base = (statistics.median(spent[each]) * 1e6 for each in (ours, theirs))
        how = f"{mine:.0f} and {base:.0f} microseconds: depends less on what else runs"
        yield Figure.told(f"processor time of a webhook / of a call of the empty function, {what}", costs, how)
    lost = ours.sent * LOOKS - stored
    how = f"{ours.sent} webhooks, 2 tasks each"
    yield Figure(f"202s without their tasks in the file, {what}", "0", str(lost), lost == 0, how)
