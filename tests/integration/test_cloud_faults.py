"""Google Cloud in trouble: Firestore breaks off, Secret Manager and Cloud Tasks deny, delay and double. Nothing is lost."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from functions.adapters.firestore.connection import FirestoreConnection
from functions.adapters.firestore.documents import FirestoreDocuments
from functions.adapters.platform.cloud_tasks import CloudTasks
from functions.adapters.secrets.secret_manager import SecretManagerSecrets
from functions.application import dispatch as work
from functions.application.intake.webhooks import webhook_token
from functions.application.sync.failures import BACK_OFF
from sandbox.gcp import secret_manager, tasks
from sandbox.gcp.courier import Courier
from sandbox.gcp.serving import served
from tests.harness.line import Line
from tests.harness.place import WEBHOOK_KEY, Place

if TYPE_CHECKING:
    from tests.conftest import FirestoreEmulator

ROOT = Path(__file__).resolve().parents[2]
QUEUE = "projects/demo/locations/europe-west1/queues/live"


class Breaking(FirestoreConnection):
    """A connection that breaks at a commit: before the server hears of it, or before its answer is heard."""

    def __init__(self, line: Line) -> None:
        super().__init__(f"demo-{uuid.uuid4().hex[:8]}", emulator=line.host, seconds=20)
        self._line = line
        self.commits = 0
        self.break_at: tuple[int, bool] | None = None  # which commit from now, and whether after it

    def away(self) -> None:
        """Cut the line, and have no patience."""
        self._seconds = 0.2
        self._line.cut()

    def back(self) -> None:
        """Mend the line."""
        self.be_brief()
        self._line.mend()

    def be_brief(self) -> None:
        """Give up what is tried again after a while that a transaction may hold a document after it broke off."""
        self._seconds = 1.5

    def commit(self, writes: Sequence[Any], transaction: bytes) -> None:
        self.commits += 1
        number, after = self.break_at or (0, False)
        if number == self.commits and not after:
            self.away()
        super().commit(writes, transaction)
        if number == self.commits and after:
            self.away()
            from google.api_core.exceptions import ServiceUnavailable

            raise ServiceUnavailable("the answer was lost")  # type: ignore[no-untyped-call]


@pytest.fixture
def line(firestore_emulator: "FirestoreEmulator") -> Iterator[Line]:
    line = Line(firestore_emulator.host)
    yield line
    line.cut()


@pytest.fixture
def connection(line: Line) -> Iterator[Breaking]:
    connection = Breaking(line)
    yield connection
    connection.close()


@pytest.fixture
def stored(place: Place, connection: Breaking) -> Place:
    """A place whose documents are in Firestore."""
    place.ports.documents = FirestoreDocuments(connection, lambda: place.now)
    return place


def in_step(place: Place, day: str) -> None:
    """Both sides have one booking and one event on this day, and they belong together."""
    bookings = [each for each in place.bookings() if each["from"].startswith(day) and each["status_code"] == 20]
    events = [each for each in place.events() if each["start"]["dateTime"].startswith(day)]
    assert [each["external_id"] for each in bookings] == [each["id"] for each in events]
    assert len(events) == 1
    assert place.violations() == []


@pytest.mark.parametrize("after", [False, True], ids=["before the server heard", "before the answer was heard"])
def test_firestore_breaks_off_at_any_commit_and_nothing_is_lost_or_doubled(
    after: bool,  # noqa: FBT001 -- pytest passes it by name
    stored: Place,
    connection: Breaking,
) -> None:
    stored.activate(sync={"backfill": "none"})
    connection.be_brief()
    for day, at in enumerate((1, 2, 3, 5, 8), 24):
        connection.commits, connection.break_at = 0, (at, after)
        when = f"2026-11-{day}"
        if at == 2:
            stored.draw(f"{when}T10:00", f"{when}T11:00")
        else:
            stored.book(f"{when}T10:00", f"{when}T11:00")
        stored.settle(1.2)
        assert connection.commits >= at, "it broke off"
        connection.break_at = None
        connection.back()
        stored.settle(100)  # the lease of what broke off, and the retry after it
        in_step(stored, when)
    assert stored.api("GET", "/7/parked") == []


def test_a_task_is_put_off_while_firestore_is_away(stored: Place, connection: Breaking) -> None:
    stored.activate(sync={"backfill": "none"})
    booking = stored.book()
    connection.away()
    stored.settle(1)
    again = [each for each in stored.log if each["event"] == "again"]
    assert {str(each["reason"]) for each in again} == {"store_away"}
    assert not [each for each in stored.log if each["event"] == "not_requeued"]
    connection.back()
    stored.settle(60)
    assert stored.booking(booking)["external_id"] == stored.event()["id"]


def test_a_settings_document_that_was_edited_into_nonsense_stops_only_its_own_integration(stored: Place) -> None:
    stored.activate(sync={"backfill": "none"})
    documents = stored.ports.documents
    kept = documents.get(("integrations", "7"))
    assert kept is not None
    nonsense: dict[str, Any] = {
        "phase": "asleep",
        "settings": {"id": "7", "timezone": "Europe/Nowhere", "mapping": "all"},
        "revision": "many",
        "secret_versions": ["1"],
    }
    for name, value in nonsense.items():
        documents.transact(lambda tx, name=name, value=value: tx.put(("integrations", "7"), {**kept, name: value}))  # type: ignore[misc]
        booking = stored.book(f"2026-12-0{len(name) % 9 + 1}T10:00", f"2026-12-0{len(name) % 9 + 1}T11:00")
        stored.settle(10)
        assert stored.booking(booking)["external_id"] == ""
        answer = stored.api("GET", "/7", status=400)
        assert answer["error"].startswith("integration 7 in the store is damaged at "), answer
        assert [each["reason"] for each in parked(stored)] == ["bad_record"] * len(parked(stored))
        assert (
            stored.request("POST", "/sweep", headers={"Authorization": "Bearer console-key-of-the-tests"}).status_code
            == 200
        )
        documents.transact(lambda tx: tx.put(("integrations", "7"), kept))
        stored.tick()
        stored.api("POST", "/7/sweep")
        stored.settle(60)
        assert stored.booking(booking)["external_id"], f"after mending {name}"


def parked(place: Place) -> list[Any]:
    return [
        body for _, body in place.ports.documents.find(("integrations", "7", "parked"), order="at", descending=True)
    ]


@pytest.fixture
def secrets_address(place: Place) -> Iterator[str]:
    with served(secret_manager.make_app()) as address:
        store = SecretManagerSecrets("demo", endpoint=address, seconds=0.4)
        place.secrets = place.ports.secrets = store  # type: ignore[assignment]
        yield address


def control(address: str, path: str, **body: Any) -> None:
    requests.post(f"{address}/control/{path}", json=body, timeout=60).raise_for_status()


@pytest.mark.parametrize(("fault", "reason"), [({"denied": True}, "secret_denied"), ({"slow": 1.0}, "secrets_away")])
def test_a_secret_that_cannot_be_had_puts_changes_off_until_it_can(
    fault: dict[str, Any], reason: str, place: Place, secrets_address: str
) -> None:
    place.activate(sync={"backfill": "none"})
    control(secrets_address, "faults", **fault)
    booking = place.book()
    place.settle(4)
    assert place.events() == []
    assert {str(each["reason"]) for each in place.log if each["event"] == "again"} == {reason}
    assert place.api("GET", "/7")["state"] == "active"
    control(secrets_address, "faults", denied=False, slow=0)
    place.settle(30)
    assert place.booking(booking)["external_id"] == place.event()["id"]
    assert parked(place) == []


def test_a_destroyed_version_is_said_once_and_entering_the_secret_again_mends_it(
    place: Place, secrets_address: str
) -> None:
    place.activate(sync={"backfill": "none"})
    control(secrets_address, "destroy/projects/demo/secrets/ireserve-7-ireserve-password/versions/1")
    booking = place.book()
    place.settle(10)
    assert place.events() == []
    said = [check["says"] for check in place.api("GET", "/7/diagnostics")["checks"] if check["level"] == "red"]
    assert said, "diagnostics show it"
    place.save(sync={"backfill": "none"})
    place.tick()
    place.api("POST", "/7/sweep")
    place.settle(60)
    assert place.booking(booking)["external_id"] == place.event()["id"]


class Queue:
    """Cloud Tasks' stand-in, whose tasks the test takes out and does itself."""

    def __init__(self, place: Place, address: str, courier: Courier) -> None:
        self.place, self.address, self.courier = place, address, courier
        place.ports.tasks = CloudTasks(
            {"live": QUEUE, "backfill": f"{QUEUE}-b"},
            "https://sync.example.org",
            "tasks@demo",
            endpoint=address,
            seconds=0.4,
        )

    def webhook(self, booking: str) -> int:
        path = f"/bookings/7?token={webhook_token(WEBHOOK_KEY, '7', 1)}"
        return self.place.request("POST", path, json={"id": booking}).status_code

    def bodies(self) -> list[dict[str, Any]]:
        return [each["body"] for each in self.courier.waiting()]

    def empty(self) -> None:
        self.courier.reset()
        self.courier.pause()


@pytest.fixture
def queue(place: Place) -> Iterator[Queue]:
    place.activate(sync={"backfill": "none"})
    courier = Courier()
    courier.pause()
    with served(tasks.make_app(courier)) as address:
        yield Queue(place, address, courier)


@pytest.mark.parametrize("fault", [{"refuse": 403}, {"refuse": 503}, {"slow": 1.0}])
def test_a_webhook_that_cannot_be_queued_is_not_acknowledged(fault: dict[str, Any], queue: Queue) -> None:
    control(queue.address, "faults", **fault)
    assert queue.webhook("1001") == 503
    control(queue.address, "faults", refuse=0, slow=0.0)
    queue.empty()
    assert queue.webhook("1001") == 202
    assert [body["subject"] for body in queue.bodies()] == [["1001"], ["1001"]]


def test_a_task_whose_retry_cannot_be_queued_is_left_to_the_queue(queue: Queue, place: Place) -> None:
    booking = place.book(quiet=True)
    place.ireserve("POST", "faults", {"method": "GET", "path": f"booking/{booking}", "status": 503, "times": 20})
    hint = {"kind": "booking", "int_id": "7", "subject": [booking], "source": "person"}
    headers = {"Authorization": "Bearer console-key-of-the-tests"}
    control(queue.address, "faults", refuse=403)
    answer = place.request("POST", "/tasks/sync", json=hint, headers=headers)
    assert answer.status_code == 500, "503 would slow the whole queue down"
    assert "roles/cloudtasks.enqueuer" in (answer.json or {})["error"]
    control(queue.address, "faults", refuse=0)
    assert place.request("POST", "/tasks/sync", json=hint, headers=headers).status_code == 200
    assert [body["attempt"] for body in queue.bodies()] == [1]


def test_a_task_delivered_twice_at_once_does_its_work_once(stored: Place) -> None:
    import threading

    stored.activate(sync={"backfill": "none"})
    booking = stored.book(quiet=True)
    hint = {"kind": "booking", "int_id": "7", "subject": [booking], "source": "webhook", "detail": "1"}
    failures: list[BaseException] = []

    def deliver() -> None:
        try:
            work.run(stored.ports, hint)
        except BaseException as error:  # noqa: BLE001 -- handed to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=deliver) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    stored.settle(150)
    assert stored.booking(booking)["external_id"] == stored.event()["id"]
    assert [call for call in stored.calls() if call.endswith("insert")] == ["calendar.events.insert"]


def test_the_last_attempt_parks_and_keeps_the_hint_where_it_cannot_even_be_parked(
    stored: Place, connection: Breaking
) -> None:
    stored.activate(sync={"backfill": "none"})
    booking = stored.book(quiet=True)
    last = {"kind": "booking", "int_id": "7", "subject": [booking], "source": "webhook", "detail": "1"}
    last["attempt"] = len(BACK_OFF)  # type: ignore[assignment]
    connection.away()
    work.run(stored.ports, last)
    assert stored.tasks.depth() == 1
    connection.back()
    stored.settle(BACK_OFF[-1] + 60)
    assert stored.booking(booking)["external_id"] == stored.event()["id"]


FAULTS = {
    "booking_webhook": ["TASKS_QUEUE", "TASKS_SERVICE_ACCOUNT", "TASKS_TARGET", "WEBHOOK_KEYS"],
    "oauth_redirect": [],
    "sweep": [
        "SCHEDULER_SERVICE_ACCOUNT",
        "TASKS_BACKFILL_QUEUE",
        "TASKS_QUEUE",
        "TASKS_SERVICE_ACCOUNT",
        "TASKS_TARGET",
    ],
}


@pytest.mark.parametrize("function", FAULTS)
def test_a_function_that_lacks_variables_does_not_start_and_names_them_all(function: str) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "functions_framework", "--target", function, "--port", "0"]
    env = {"PATH": os.environ["PATH"], "K_SERVICE": "x", "LOG_LEVEL": "LOUD"}
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 1
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert {line["severity"] for line in lines} == {"CRITICAL"}
    said = sorted(str(line["fault"]).split()[0] for line in lines)
    assert said == sorted(["LOG_LEVEL", "GOOGLE_CLOUD_PROJECT", "BASE_URL", *FAULTS[function]])
    assert ran.stderr == ""
