"""Cloud Tasks as the adapter speaks it, delivered by the stand-in: at least once, whatever goes wrong."""

import base64
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from flask import Flask, request

from functions.adapters.platform.cloud_tasks import CloudTasks
from functions.adapters.platform.shares import BURST
from functions.application.ports import Task
from functions.domain.model.errors import Transient
from sandbox.gcp.courier import Courier, Limits
from sandbox.gcp.serving import served
from sandbox.gcp.tasks import make_app
from tests.harness.machine_clock import now

QUEUES = {lane: f"projects/demo/locations/europe-west4/queues/{lane}" for lane in ("live", "overflow", "backfill")}


class Target:
    """The function that the tasks are for: keeps what it gets, and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.inside = self.most_inside = 0
        self._lock = threading.Lock()

    def app(self) -> Flask:
        app = Flask(__name__)

        @app.post("/tasks/sync")
        def sync() -> tuple[str, int]:
            with self._lock:
                self.got.append(request.get_json())
                self.headers.append(dict(request.headers))
                self.inside += 1
                self.most_inside = max(self.most_inside, self.inside)
                status = self.answers.pop(0) if self.answers else 200
            self.may_answer.wait(60)
            with self._lock:
                self.inside -= 1
            return "", status

        return app

    def names(self) -> list[Any]:
        return [body["n"] for body in self.got]


@pytest.fixture
def target() -> Target:
    return Target()


@pytest.fixture
def address() -> Iterator[str]:
    courier = Courier()
    courier.start()
    with served(make_app(courier)) as address:
        yield address
    courier.stop()


@pytest.fixture
def tasks(address: str, target: Target) -> Iterator[CloudTasks]:
    with served(target.app()) as base:
        yield CloudTasks(QUEUES, base, "tasks@demo.iam.gserviceaccount.com", endpoint=address, seconds=60)


def control(address: str, what: str, **body: Any) -> None:
    requests.post(f"{address}/control/{what}", json=body, timeout=60).raise_for_status()


def seen(address: str, what: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{address}/control/{what}", timeout=60).json()
    return found


def due(seconds: float = 0) -> datetime:
    return now() + timedelta(seconds=seconds)


def until(condition: Callable[[], bool], limit: float = 60.0) -> None:
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < limit
        time.sleep(0.005)


def test_a_task_reaches_its_function_with_its_body_and_a_token_for_it(tasks: CloudTasks, target: Target) -> None:
    tasks.put(Task("a", due(), {"n": "é"}))
    until(lambda: target.names() == ["é"])
    scheme, _, token = target.headers[0]["Authorization"].partition(" ")
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert scheme == "Bearer"
    assert claims["email"] == "tasks@demo.iam.gserviceaccount.com"
    assert f"http://{target.headers[0]['Host']}" == claims["aud"]
    assert token.endswith(".SIGNATURE_REMOVED_BY_GOOGLE")


def test_the_whole_address_may_be_given_as_the_target_too(address: str, target: Target) -> None:
    with served(target.app()) as base:
        tasks = CloudTasks(QUEUES, f"{base}/tasks/sync", "tasks@demo", endpoint=address)
        tasks.put(Task("a", due(), {"n": "a"}))
        until(lambda: target.names() == ["a"])


def test_a_task_waits_until_it_is_due(tasks: CloudTasks, target: Target) -> None:
    tasks.put(Task("later", due(0.3), {"n": "later"}))
    tasks.put(Task("sooner", due(0.1), {"n": "sooner"}))
    tasks.put(Task("past", due(-60), {"n": "past"}))
    until(lambda: len(target.got) == 3)
    assert target.names() == ["past", "sooner", "later"]


def test_a_task_does_not_wait_for_one_that_is_due_later(tasks: CloudTasks, target: Target) -> None:
    tasks.put(Task("later", due(600), {"n": "later"}))
    tasks.put(Task("soon", due(0.1), {"n": "soon"}))
    until(lambda: target.names() == ["soon"])


def test_a_lane_is_a_queue_and_the_name_begins_with_a_hash(tasks: CloudTasks, address: str) -> None:
    control(address, "pause")
    tasks.put(Task("a", due(), {}, "backfill"))
    tasks.put(Task("a", due(), {}, "live"))
    names = [waiting["name"].split("/") for waiting in seen(address, "tasks")]
    assert [name[5] for name in names] == ["backfill", "live"]
    assert all(len(name[7].split("-")[0]) == 40 for name in names)
    with pytest.raises(ValueError, match="no queue"):
        tasks.put(Task("a", due(), {}, "express"))


def test_what_is_over_an_integrations_share_of_the_live_queue_goes_to_the_queue_apart(
    tasks: CloudTasks, address: str
) -> None:
    control(address, "pause")
    for n in range(BURST + 30):
        tasks.put(Task(f"flood-{n}", due(), {"int_id": "7"}))
    tasks.put(Task("step", due(), {"int_id": "7"}, "backfill"))
    tasks.put(Task("neighbour", due(), {"int_id": "8"}))
    queues = Counter((task["body"]["int_id"], task["name"].split("/")[5]) for task in seen(address, "tasks"))
    assert queues[("8", "live")] == queues[("7", "backfill")] == 1
    assert queues[("7", "live")] + queues[("7", "overflow")] == BURST + 30
    assert queues[("7", "overflow")] > 0


def test_without_a_queue_apart_everything_stays_in_the_live_one(address: str) -> None:
    control(address, "pause")
    tasks = CloudTasks({**QUEUES, "overflow": ""}, "http://a.test", "tasks@demo", endpoint=address, seconds=60)
    for n in range(BURST + 30):
        tasks.put(Task(f"flood-{n}", due(), {"int_id": "7"}))
    assert {task["name"].split("/")[5] for task in seen(address, "tasks")} == {"live"}


def test_a_queue_at_its_limits_holds_up_no_other(target: Target) -> None:
    courier = Courier({"live": Limits(500, 4), "overflow": Limits(500, 2)})
    with served(make_app(courier)) as address, served(target.app()) as base:
        target.may_answer.clear()
        first = CloudTasks({"live": QUEUES["overflow"]}, base, "tasks@demo", endpoint=address)
        for n in range(10):
            first.put(Task(f"a{n}", due(), {"n": n}))
        courier.start()
        until(lambda: target.inside == 2)
        CloudTasks(QUEUES, base, "tasks@demo", endpoint=address).put(Task("b", due(), {"n": "live"}))
        until(lambda: target.inside == 3)
        assert target.names()[2] == "live"
        assert target.most_inside == 3
        target.may_answer.set()
        until(lambda: len(target.got) == 11)
        courier.stop()


def test_a_queue_hands_out_so_many_a_second(target: Target) -> None:
    courier = Courier({"live": Limits(10, 20)})
    with served(make_app(courier)) as address, served(target.app()) as base:
        tasks = CloudTasks(QUEUES, base, "tasks@demo", endpoint=address)
        for n in range(7):
            tasks.put(Task(f"a{n}", due(), {"n": n}))
        began = time.monotonic()
        courier.start()
        until(lambda: len(target.got) == 7)
        assert time.monotonic() - began >= 0.4, "two at once, and five a tenth of a second each"
        courier.stop()


def test_a_name_that_waits_or_ran_within_the_hour_is_swallowed_without_an_error(
    tasks: CloudTasks, target: Target, address: str
) -> None:
    control(address, "pause")
    tasks.put(Task("a", due(), {"n": 1}))
    tasks.put(Task("a", due(), {"n": 2}))
    control(address, "resume")
    until(lambda: target.names() == [1])
    until(lambda: len(seen(address, "deliveries")) == 1)
    tasks.put(Task("a", due(), {"n": 3}))
    tasks.put(Task("b", due(), {"n": 4}))
    until(lambda: target.names() == [1, 4])
    assert seen(address, "tasks") == []


def test_a_function_that_fails_is_called_again_with_growing_pauses(
    tasks: CloudTasks, target: Target, address: str
) -> None:
    target.answers = [503, 500]
    tasks.put(Task("a", due(), {"n": 1}))
    until(lambda: len(seen(address, "deliveries")) == 3)
    assert [call["status"] for call in seen(address, "deliveries")] == [503, 500, 200]
    assert [headers["X-Cloudtasks-Taskretrycount"] for headers in target.headers] == ["0", "1", "2"]


def test_a_function_that_is_not_there_yet_gets_its_task_later(address: str, target: Target) -> None:
    with served(target.app()) as base:
        pass
    port = int(base.rsplit(":", 1)[1])
    CloudTasks(QUEUES, base, "tasks@demo", endpoint=address).put(Task("a", due(), {"n": 1}))
    until(lambda: bool(seen(address, "deliveries")))
    assert seen(address, "deliveries")[0]["status"] == 0
    with served(target.app(), port):
        until(lambda: target.names() == [1])


def test_tasks_come_late_twice_at_once_and_in_any_order_when_told_so(
    tasks: CloudTasks, target: Target, address: str
) -> None:
    control(address, "faults", late=0.2)
    put = time.monotonic()
    tasks.put(Task("late", due(), {"n": "late"}))
    until(lambda: target.names() == ["late"])
    assert time.monotonic() - put >= 0.2

    control(address, "faults", late=0, twice=True, at_once=True)
    target.may_answer.clear()
    tasks.put(Task("twice", due(), {"n": "twice"}))
    until(lambda: target.most_inside == 2)
    target.may_answer.set()
    assert target.names() == ["late", "twice", "twice"]

    control(address, "faults", twice=False, shuffle=True)
    control(address, "pause")
    for n in range(30):
        tasks.put(Task(f"n{n}", due(), {"n": n}))
    control(address, "resume")
    until(lambda: len(target.got) == 33)
    order = target.names()[3:]
    assert sorted(order) == list(range(30))
    assert order != list(range(30))


def test_what_waits_can_be_made_to_run_at_once(tasks: CloudTasks, target: Target, address: str) -> None:
    tasks.put(Task("tomorrow", due(86_400), {"n": 1}))
    assert len(seen(address, "tasks")) == 1
    control(address, "run")
    until(lambda: target.names() == [1])


@pytest.mark.parametrize(
    ("status", "advice"), [(403, "roles/cloudtasks.enqueuer"), (404, "TASKS_QUEUE"), (503, "try again")]
)
def test_a_queue_that_refuses_is_transient_and_says_what_to_do(
    tasks: CloudTasks, target: Target, address: str, status: int, advice: str
) -> None:
    control(address, "faults", refuse=status)
    with pytest.raises(Transient, match=f"{status}.*{advice}"):
        tasks.put(Task("a", due(), {"n": 1}))
    control(address, "faults", refuse=0)
    tasks.put(Task("a", due(), {"n": 1}))
    until(lambda: target.names() == [1])


def test_a_slow_queue_is_transient_and_the_task_is_there_once_all_the_same(address: str, target: Target) -> None:
    with served(target.app()) as base:
        hasty, patient = (
            CloudTasks(QUEUES, base, "tasks@demo", endpoint=address, seconds=limit) for limit in (0.5, 60)
        )
        control(address, "faults", slow=1.0)
        with pytest.raises(Transient, match="did not answer"):
            hasty.put(Task("a", due(), {"n": 1}))
        control(address, "faults", slow=0)
        patient.put(Task("a", due(), {"n": 1}))
        until(lambda: bool(target.names()))
        time.sleep(1.2)
        assert target.names() == [1]


def test_an_unreachable_queue_is_transient(target: Target) -> None:
    with served(target.app()) as nobody:
        pass
    with pytest.raises(Transient, match="did not answer"):
        CloudTasks(QUEUES, nobody, "tasks@demo", endpoint=nobody).put(Task("a", due(), {}))
