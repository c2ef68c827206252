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
PAUSE = 0.5  # between bookings: who makes more than five in four seconds for long exceeds his own share of the queue
AFTER = 5  # bookings while what the flood led to is still worked off


def measure(plan: Plan) -> Iterator[Figure]:
    with Stage(environment={"WEBHOOK_KEYS": KEY}) as stage:
        yield from _found("a neighbour's lag under a flood / without (SQLite)", stage, plan, stage.product, KEY)
    if not shutil.which("gcloud") or not shutil.which("java"):
        yield Figure("the same in the cloud", f"<= {LARGEST:g} x", "-", None, "needs Firestore's emulator")
        return
    with CloudStage() as cloud:
        door = cloud.addresses["booking_webhook"]
        yield from _found("the same in the cloud, on stand-ins", cloud, plan, door, WEBHOOK_KEY)


def _found(what: str, stage: Stage, plan: Plan, door: str, key: str) -> Iterator[Figure]:
    bookings, webhooks = plan.of(15, 3), plan.of(FLOOD, 40)
    stage.set_up("7", mapping=[{"object": "10", "calendar": ROOM_A}], sync={"backfill": "none"})
    stage.set_up("8", mapping=[{"object": "11", "calendar": ROOM_B}], sync={"backfill": "none"})
    applied = _Applied(stage)
    for number in range(3):  # tokens are fetched, connections are open
        applied.lag(number)
    for side in ("google", "ireserve"):
        stage.control(side, "POST", "latency", {"seconds": EACH})
    before = [applied.lag(100 + number) for number in range(bookings)]
    during, rates = list[float](), list[float]()
    while len(during) < bookings:  # a quick machine takes a flood in two seconds; then another one follows
        flood = _Flood(f"{door}/bookings/7?token=1.{mac_of(key)}", webhooks)
        flood.begin()
        during.append(applied.lag(200 + len(during)))
        while flood.goes_on():
            during.append(applied.lag(200 + len(during)))
        rates.append(flood.end())
    after = [applied.lag(500 + number) for number in range(plan.of(AFTER, 1))]
    usual = statistics.median(before)
    floods = f"{len(rates)} times {webhooks} webhooks of made-up ids for one, {statistics.median(rates):.0f} a second"
    how = f"{floods}; {len(during)} bookings of the other"
    yield at_most(what, LARGEST, [lag / usual for lag in during], f"{how}, made to event written, 50 ms a call")
    yield Figure.told(
        f"{what}: right after the last webhook", [lag / usual for lag in after], "what it led to is still worked off"
    )


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

    def goes_on(self) -> bool:
        return self._process.poll() is None

    def end(self) -> float:
        """Return how many were sent a second; raises `StageError` if not all were accepted."""
        told, _ = self._process.communicate()
        if self._process.returncode:
            raise StageError(told.strip() or "the flood ended early")
        return float(told)
