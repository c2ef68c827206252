"""How much of Google's 600 calls a minute does a backfill use, and do live changes come through meanwhile?

In real time, over sockets, with the simulator's quota on.
"""

import statistics
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from typing import Any, NamedTuple

from sandbox.stage import Stage
from tests.bench.lag import lines
from tests.bench.measure import Figure, Plan

QUOTA, MINUTE = 600, 60.0
SMALLEST, SLOWEST = 0.9, 2.0
EACH = 0.05  # seconds for each call to either side
EVERY = 3.0  # seconds between live changes
LIVE = 10  # bookings that are changed meanwhile


class Moment(NamedTuple):
    """How many calls Google had answered at a moment."""

    at: float
    calls: int


def measure(plan: Plan) -> Iterator[Figure]:
    minutes = 1.2 if plan.small else 2.25
    with Stage() as stage:
        stage.set_up(sync={"backfill": "none"})
        live = [stage.booking(**_times(number, 200)) for number in range(LIVE)]
        stage.until(lambda: len(lines(stage.log("product"))) >= 2 * LIVE, "the first events")
        for number in range(int(QUOTA * minutes)):
            stage.booking(**_times(number), object_id=10 + number % 2, quiet=True)
        for side in ("google", "ireserve"):
            stage.control(side, "POST", "latency", {"seconds": EACH})
        stage.control("google", "POST", "quota", {"per_minute": QUOTA})
        stage.control("google", "DELETE", "calls")
        before = len(lines(stage.log("product")))
        stage.api("POST", "/7/resync")
        refused, moments = _watch(stage, live, (minutes - 0.25) * MINUTE)
        applied = lines(stage.log("product"))[before:]
    how = f"{EACH * 1000:.0f} ms for each call, live changes every {EVERY:.0f} s, {minutes - 0.25:.2g} minutes over sockets"
    shares = [
        (later.calls - first.calls) / (QUOTA * (later.at - first.at) / MINUTE) for first, later in pairwise(moments)
    ]
    median = (moments[-1].calls - moments[0].calls) / (QUOTA * (moments[-1].at - moments[0].at) / MINUTE)
    found = f"{median:.2f} ({min(shares):.2f}–{max(shares):.2f})"
    yield Figure("quota that a backfill uses", f">= {SMALLEST:g}", found, median >= SMALLEST, how)
    yield Figure("rate-limit answers meanwhile", "0", str(refused), refused == 0, how)
    lags = sorted(each["lag_seconds"] for each in applied if each["booking"] in live and each["step"] == "PatchEvent")
    slow = lags[int(len(lags) * 0.95)]
    found = f"{slow:.2f} s ({lags[0]:.2f}–{lags[-1]:.2f}, median {statistics.median(lags):.2f})"
    yield Figure(
        "live changes meanwhile, 95 of 100", f"<= {SLOWEST:g} s", found, slow <= SLOWEST, f"{len(lags)} changes"
    )


def _watch(stage: Stage, live: list[str], seconds: float) -> tuple[int, list[Moment]]:
    """Change bookings all the while; return Google's refusals, and its calls at every quarter of a minute."""
    began, refused, seen, calls, number = time.monotonic(), 0, 0, 0, 0
    moments: list[Moment] = []
    while (passed := time.monotonic() - began) < seconds:
        answer: dict[str, Any] = stage.control("google", "GET", f"calls?since={seen}")
        done = list(takewhile(lambda call: call["status"], answer["calls"]))  # the others are still being answered
        seen = done[-1]["n"] if done else seen
        made = [each for each in done if not each["api"].startswith("oauth")]
        calls += len(made)
        refused += sum(each["status"] in (403, 429) for each in made)
        if passed >= MINUTE / 4 * (len(moments) + 1):
            moments.append(Moment(time.monotonic(), calls))
        if passed >= EVERY * (number + 1):
            stage.change_booking(live[number % LIVE], **_times(number, 230))
            number += 1
        time.sleep(0.2)
    return refused, moments


def _times(number: int, after: int = 2) -> dict[str, str]:
    start = datetime.now().replace(hour=8, minute=0, second=0) + timedelta(  # noqa: DTZ005 - i-Reserve's times are local
        days=after + number // 40, minutes=15 * (number % 40)
    )
    return {"from": f"{start:%Y-%m-%dT%H:%M}", "till": f"{start + timedelta(minutes=14):%Y-%m-%dT%H:%M}"}
