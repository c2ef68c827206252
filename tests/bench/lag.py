"""From a webhook to the written event, when every outside call takes 50 ms: how much comes on top of those calls?"""

import http.client
import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sandbox.stage import SECRETS, Stage
from tests.bench.measure import Figure, Plan, at_most

EACH = 0.05
LARGEST = 1.15
PASSWORD = SECRETS["ireserve_password"]
PAUSE = 0.2  # between changes


def measure(plan: Plan) -> Iterator[Figure]:
    changes = plan.of(30, 4)
    with Stage() as stage:
        stage.set_up(sync={"backfill": "none"})
        first = stage.booking(**_hour(0))
        lags(stage, "InsertEvent", 1)  # the token is fetched and both connections are open
        for side in ("google", "ireserve"):
            stage.control(side, "POST", "latency", {"seconds": EACH})
        bare = _Bare(stage, first)
        bookings: list[str] = []

        def book(number: int) -> None:
            bookings.append(stage.booking(**_hour(number)))

        def change(number: int) -> None:
            stage.change_booking(bookings[number - 1], **_hour(number + 1000))

        new = _ratios(stage, bare, changes, "InsertEvent", book)
        time.sleep(10)  # the trailing looks
        moved = _ratios(stage, bare, changes, "PatchEvent", change)
    how = f"{changes} webhooks over sockets; hint received to write closed, beside two bare calls of 50 ms each time"
    yield at_most("lag of a new booking's event / its 2 calls", LARGEST, new, how)
    yield at_most("lag of new times / their 2 calls", LARGEST, moved, how)


class _Bare:
    """The two calls on the path, reading the booking and writing the event, as a client makes them that does no more.

    The second is one that Google refuses at the door, which is less than it does for a write.
    """

    def __init__(self, stage: Stage, booking: str) -> None:
        self._ireserve, self._google = (
            http.client.HTTPConnection(urlsplit(each).netloc, timeout=60) for each in (stage.ireserve, stage.google)
        )
        self._path = f"/api/rest/booking/{booking}"
        self._login = f"Basic {b64encode(f'api_calendar:{PASSWORD}'.encode()).decode()}"

    def seconds(self) -> float:
        began = time.perf_counter()
        self._ireserve.request("GET", self._path, headers={"Authorization": self._login})
        self._ireserve.getresponse().read()
        self._google.request("GET", "/calendar/v3/calendars/primary/events")
        self._google.getresponse().read()
        return time.perf_counter() - began


def _ratios(stage: Stage, bare: _Bare, changes: int, step: str, deed: Callable[[int], None]) -> list[float]:
    ratios = []
    before = len(lags(stage, step, 0))
    for number in range(1, changes + 1):
        deed(number)
        lag = lags(stage, step, before + number)[-1]
        ratios.append(lag / bare.seconds())
        time.sleep(PAUSE)
    return ratios


def lags(stage: Stage, step: str, wanted: int) -> list[float]:
    """Wait for so many writes of a kind and return the lags of all there are."""

    def found() -> list[float]:
        return [line["lag_seconds"] for line in lines(stage.log("product")) if line["step"] == step]

    stage.until(lambda: len(found()) >= wanted, f"{wanted} x {step}")
    return found()


def lines(log: str) -> list[dict[str, Any]]:
    """Return the product's log lines that say that a change was applied."""
    return [json.loads(line) for line in log.splitlines() if '"change_applied"' in line]


def _hour(number: int) -> dict[str, str]:
    today = datetime.now().replace(hour=0, minute=0)  # noqa: DTZ005 - i-Reserve's times are local
    start = today + timedelta(days=3 + number // 24, hours=number % 24)
    return {"from": f"{start:%Y-%m-%dT%H:%M}", "till": f"{start + timedelta(minutes=50):%Y-%m-%dT%H:%M}"}
