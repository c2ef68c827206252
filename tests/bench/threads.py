"""Does a tenant that answers slowly hold up the others, and a queue that answers slowly the webhooks?

One instance of each function, served as on Google Cloud, with the threads of `functions/serving.json` and with the four
that functions-framework takes by itself on one processor.
"""

import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import requests

from functions.application.intake.webhooks import webhook_token
from sandbox.cloud_stage import TASKS_ACCOUNT, WEBHOOK_KEY, CloudStage
from sandbox.gcp.run_front import id_token
from tests.bench.measure import Figure, Plan

FRAMEWORKS = 4  # threads
SLOW_SECONDS, HINTS, WEBHOOKS, QUEUE_SECONDS = 12.0, 4, 80, 0.1


def measure(plan: Plan) -> Iterator[Figure]:
    """Measure with the framework's own threads, then with ours."""
    slow = SLOW_SECONDS if not plan.small else 2.0
    found = {threads: _of(threads, slow) for threads in (FRAMEWORKS, 0)}
    how = f"{FRAMEWORKS} threads {{:.2f}} s, those of the table {{:.2f}} s"
    other, middle, last = (how.format(found[FRAMEWORKS][number], found[0][number]) for number in range(len(found[0])))
    held = found[0][0] < slow / 4 and found[0][2] < found[FRAMEWORKS][2]
    yield Figure(
        f"another integration's task while {HINTS} wait for a tenant that takes {slow:g} s", "-", other, held, ""
    )
    yield Figure(
        f"{WEBHOOKS} webhooks at once, Cloud Tasks at {1000 * QUEUE_SECONDS:g} ms: median", "-", middle, None, ""
    )
    yield Figure("the same: slowest", "-", last, held, "")


def _of(threads: int, slow: float) -> tuple[float, float, float]:
    with CloudStage(threads=threads, instances=1) as stage:
        stage.set_up(sync={"backfill": "none"})
        bookings = [
            stage.booking(**{"from": f"2027-03-0{n}T10:00", "till": f"2027-03-0{n}T11:00"}) for n in range(1, 5)
        ]
        time.sleep(8)  # until their looks are over
        fault = {"path": "booking/", "action": "delay", "seconds": slow, "times": -1}
        stage.control("ireserve", "POST", "faults", fault)
        with ThreadPoolExecutor(HINTS) as beside:
            waiting = [beside.submit(_task, stage, "7", booking) for booking in bookings]
            time.sleep(1)
            other = _timed(lambda: _task(stage, "nobody", "1"))
            stage.control("ireserve", "DELETE", "faults")
            for each in waiting:
                each.result()
        tasks = stage.addresses["tasks"]
        requests.post(f"{tasks}/control/faults", json={"slow": QUEUE_SECONDS}, timeout=10)
        address = f"{stage.addresses['booking_webhook']}/bookings/7?token={webhook_token(WEBHOOK_KEY, '7', 1)}"
        gate = threading.Barrier(WEBHOOKS)

        def hook(number: int) -> float:
            gate.wait()
            return _timed(lambda: requests.post(address, json={"id": str(number)}, timeout=60))

        with ThreadPoolExecutor(WEBHOOKS) as at_once:
            times = list(at_once.map(hook, range(5000, 5000 + WEBHOOKS)))
    return other, statistics.median(times), max(times)


def _task(stage: CloudStage, int_id: str, booking: str) -> None:
    address = stage.addresses["sync_task"]
    headers = {"Authorization": f"Bearer {id_token(TASKS_ACCOUNT, address)}", "Content-Type": "application/json"}
    body = json.dumps({"kind": "booking", "int_id": int_id, "subject": [booking], "source": "sweep"})
    requests.post(f"{address}/tasks/sync", body, headers=headers, timeout=90)


def _timed(deed: Callable[[], object]) -> float:
    began = time.monotonic()
    deed()
    return time.monotonic() - began
