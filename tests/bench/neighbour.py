"""How long does a booking of one integration wait for its event while another one is flooded with webhooks?"""

import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sandbox.cloud_stage import WEBHOOK_KEY, CloudStage
from sandbox.stage import ROOM_A, ROOM_B, Stage, StageError
from tests.bench.measure import ROOT, Figure, Plan, at_most
from tests.bench.serving import KEY, mac

FLOOD = 2000  # webhooks with a valid token and the ids of no bookings
EACH = 0.05  # seconds of every outside call
LARGEST = 2.0
PAUSE = 0.2  # between bookings


def measure(plan: Plan) -> Iterator[Figure]:
    with Stage(environment={"WEBHOOK_KEYS": KEY}) as stage:
        ratios, rate = _ratios(stage, plan, stage.product, KEY)
    yield at_most("a neighbour's lag under a flood / without (SQLite)", LARGEST, ratios, _how(plan, rate))
    if not shutil.which("gcloud") or not shutil.which("java"):
        yield Figure("the same in the cloud", f"<= {LARGEST:g} x", "-", None, "needs Firestore's emulator")
        return
    with CloudStage() as cloud:
        ratios, rate = _ratios(cloud, plan, cloud.addresses["booking_webhook"], WEBHOOK_KEY)
    how = f"{_how(plan, rate)}; stand-ins of the queue and the store"
    yield at_most("the same in the cloud", LARGEST, ratios, how)


def _how(plan: Plan, rate: float) -> str:
    return (
        f"{plan.of(FLOOD, 40)} webhooks of made-up ids for one, {rate:.0f} a second;"
        " a booking of the other, made to event written, 50 ms a call"
    )


def _ratios(stage: Stage, plan: Plan, door: str, key: str) -> tuple[list[float], float]:
    """Return the lags under a flood, each in lags without, and the flood's webhooks a second."""
    bookings = plan.of(15, 3)
    stage.set_up("7", mapping=[{"object": "10", "calendar": ROOM_A}], sync={"backfill": "none"})
    stage.set_up("8", mapping=[{"object": "11", "calendar": ROOM_B}], sync={"backfill": "none"})
    applied = _Applied(stage)
    for number in range(3):  # tokens are fetched, connections are open
        applied.lag(number)
    for side in ("google", "ireserve"):
        stage.control(side, "POST", "latency", {"seconds": EACH})
    before = [applied.lag(100 + number) for number in range(bookings)]
    flood = _Flood(f"{door}/bookings/7?token=1.{mac_of(key)}", plan.of(FLOOD, 40))
    flood.begin()
    during = [applied.lag(200 + number) for number in range(bookings)]
    rate = flood.end()
    usual = statistics.median(before)
    return [lag / usual for lag in during], rate


def mac_of(key: str) -> str:
    """Return the token of integration 7's webhook under a key."""
    return mac("webhook", "7", "1", key=key)


class _Applied:
    """Makes bookings of integration 8 and waits for their events, as the product's log tells of them."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._logs = [
            path for path in Path(stage.state_dir).glob("*.log") if path.stem not in ("google", "ireserve", "gcp")
        ]
        self._read = dict.fromkeys(self._logs, 0)

    def lag(self, number: int) -> float:
        """Return the seconds from a booking that is made to its event that is written."""
        self._news()
        time.sleep(PAUSE)
        start = datetime.now().replace(hour=0, minute=0) + timedelta(days=3 + number // 24, hours=number % 24)  # noqa: DTZ005 -- i-Reserve's times are local
        hours = {"from": f"{start:%Y-%m-%dT%H:%M}", "till": f"{start + timedelta(minutes=50):%Y-%m-%dT%H:%M}"}
        began = time.perf_counter()
        booking = self._stage.booking(object_id=11, **hours)
        while time.perf_counter() - began < 60:
            if any(str(line.get("booking")) == booking for line in self._news()):
                return time.perf_counter() - began
            time.sleep(0.005)
        raise StageError(f"the event of booking {booking} was not written within a minute")

    def _news(self) -> list[dict[str, object]]:
        lines = []
        for path in self._logs:
            with path.open("rb") as file:
                file.seek(self._read[path])
                whole, _, _ = file.read().rpartition(b"\n")
            self._read[path] += len(whole) + bool(whole)
            lines += [json.loads(line) for line in whole.splitlines() if b'"change_applied"' in line]
        return [line for line in lines if line.get("int_id") == "8" and line.get("step") == "InsertEvent"]


class _Flood:
    """The flood as a process of its own; the last webhooks are sent when it ends."""

    def __init__(self, address: str, webhooks: int) -> None:
        self._command = [sys.executable, "-m", "tests.bench.flood", address, str(webhooks)]

    def begin(self) -> None:
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def end(self) -> float:
        """Return how many were sent a second; raises `StageError` if not all were accepted."""
        told, _ = self._process.communicate()
        if self._process.returncode:
            raise StageError(told.strip() or "the flood ended early")
        return float(told)
