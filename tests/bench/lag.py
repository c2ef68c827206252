"""From a webhook to the written event, when every outside call takes 50 ms: how much comes on top of those calls?"""

import json
import statistics
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sandbox.stage import ROOM_A, Stage
from tests.bench.measure import Figure, Plan, at_most

EACH = 0.05
CALLS = 2  # both on the path of a new booking and of new times: read the booking, write the event
LARGEST = 1.15
STEPS = {"a new booking": "InsertEvent", "new times": "PatchEvent"}


def measure(plan: Plan) -> Iterator[Figure]:
    changes = plan.of(30, 4)
    with Stage() as stage:
        stage.set_up(sync={"backfill": "none"})
        stage.booking(**_hour(0))
        _lines(stage, "InsertEvent", 1)  # the token is fetched and both connections are open
        for side in ("google", "ireserve"):
            stage.control(side, "POST", "latency", {"seconds": EACH})
        bookings = []
        for number in range(1, changes + 1):
            bookings.append(stage.booking(**_hour(number)))
            time.sleep(0.25)
        lags = {"a new booking": _lines(stage, "InsertEvent", changes + 1)[1:]}
        time.sleep(10)  # the trailing looks
        for number, booking in enumerate(bookings, 1):
            stage.change_booking(booking, **_hour(number + 1000))
            time.sleep(0.25)
        lags["new times"] = _lines(stage, "PatchEvent", changes)
    for what, found in lags.items():
        how = f"{len(found)} webhooks over sockets, 50 ms for each call, hint received to write closed / {CALLS} calls"
        yield at_most(f"lag, {what} -> event", LARGEST, [lag / (CALLS * EACH) for lag in found], how)


def _hour(number: int) -> dict[str, str]:
    start = datetime(2026, 1, 1) + timedelta(days=datetime.now().timetuple().tm_yday + number // 24 + 3)  # noqa: DTZ001, DTZ005
    start += timedelta(hours=number % 24)
    return {
        "from": start.isoformat(timespec="minutes"),
        "till": (start + timedelta(minutes=50)).isoformat("T", "minutes"),
    }


def _lines(stage: Stage, step: str, wanted: int) -> list[float]:
    """Wait for so many writes of a kind and return their lags."""

    def found() -> list[float]:
        lags = [line["lag_seconds"] for line in lines(stage.log("product")) if line.get("step") == step]
        return lags if len(lags) >= wanted else []

    return stage.until(found, 60, f"{wanted} x {step}")


def lines(log: str) -> list[dict[str, Any]]:
    """Return the product's log lines that say that a change was applied."""
    return [json.loads(line) for line in log.splitlines() if '"change_applied"' in line]
