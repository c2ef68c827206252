"""Whoever floods one integration with hints holds up no other: tasks are handed out in turns."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from functions.adapters.platform.shares import BURST, Shares
from functions.adapters.sqlite.file import SqliteFile
from functions.adapters.sqlite.tasks import SqliteTasks
from functions.adapters.sqlite.workers import Workers
from functions.application.intake.webhooks import webhook_token
from functions.application.ports import Body, Task
from functions.composing import clock
from tests.harness.place import ROOM_B, WEBHOOK_KEY, Place, example

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FLOOD = 2000


@pytest.fixture
def tasks(tmp_path: Path) -> Iterator[SqliteTasks]:
    file = SqliteFile(tmp_path / "sync.sqlite")
    yield SqliteTasks(file)
    file.close()


def flood(tasks: SqliteTasks, at: datetime) -> None:
    for start in range(0, FLOOD, 500):
        tasks.put(*(Task(f"flood-{n}", at, {"int_id": "7", "n": n}) for n in range(start, start + 500)))


def test_the_one_task_of_a_neighbour_is_handed_out_next(tasks: SqliteTasks) -> None:
    flood(tasks, NOW - timedelta(minutes=5))
    first = tasks.lease(NOW, "", 90)
    tasks.put(Task("neighbour", NOW, {"int_id": "8"}))
    handed = [leased[0].body["int_id"] for _ in range(2) if (leased := tasks.lease(NOW, "", 90))]
    assert first is not None
    assert "8" in handed


def test_three_neighbours_get_equal_shares(tasks: SqliteTasks) -> None:
    flood(tasks, NOW)
    for int_id in ("8", "9"):
        tasks.put(*(Task(f"{int_id}-{n}", NOW, {"int_id": int_id}) for n in range(10)))
    handed = [leased[0].body["int_id"] for _ in range(30) if (leased := tasks.lease(NOW, "", 90))]
    assert {int_id: handed.count(int_id) for int_id in ("7", "8", "9")} == {"7": 10, "8": 10, "9": 10}


def test_a_worker_is_always_free_for_a_neighbour(tasks: SqliteTasks) -> None:
    over, done = threading.Event(), threading.Event()

    def run(body: Body) -> None:
        if body["int_id"] == "8":
            done.set()
        else:
            over.wait(30)  # each task of the flood takes for ever

    workers = Workers(tasks, run, clock, threads=3)
    flood(tasks, clock())
    workers.start()
    try:
        deadline = time.monotonic() + 30
        while tasks.next_due() is not None and not workers._busy_for["7"] and time.monotonic() < deadline:
            time.sleep(0.01)
        tasks.put(Task("neighbour", clock(), {"int_id": "8"}))
        assert done.wait(30)
    finally:
        over.set()
        workers.stop()


def test_looking_for_whose_turn_it_is_does_not_depend_on_how_many_wait(tasks: SqliteTasks) -> None:
    flood(tasks, NOW)
    with tasks._file.read() as connection:
        from functions.adapters.sqlite.tasks import _FIRSTS

        plan = " ".join(str(row) for row in connection.execute(f"EXPLAIN QUERY PLAN {_FIRSTS}", {"lane": "live"}))
    assert "SCAN tasks" not in plan


def test_a_flood_of_made_up_ids_does_not_hold_up_the_booking_of_another_integration(place: Place) -> None:
    place.activate(mapping=[{"object": "10", "calendar": "room-a@group.calendar.google.com"}])
    place.save("8", mapping=[{"object": "11", "calendar": ROOM_B}])
    place.connect("8")
    place.api("POST", "/8/activate")
    place.settle()
    token = webhook_token(WEBHOOK_KEY, "7", 1)
    for number in range(200):
        place.request("POST", f"/bookings/7?token={token}", json={"id": f"{90000 + number}"})
    place.book(object_id=11)
    done = 0
    while not place.events(ROOM_B):
        assert place.do_one()
        done += 1
    assert done <= 6, example("8")["id"]


def test_in_the_cloud_the_tasks_of_a_flood_are_spread_and_those_of_a_neighbour_are_not() -> None:
    shares = Shares()
    due = [shares.due("7", NOW, NOW) for _ in range(FLOOD)]
    assert due[:BURST] == [NOW] * BURST, "a burst as people make them is not held up"
    assert due == sorted(due)
    assert due[-1] > NOW + timedelta(seconds=30)
    assert shares.due("8", NOW, NOW) == NOW
    later = due[-1] + timedelta(minutes=5)
    assert shares.due("7", later, later) == later, "and once it is over, neither is it"
    assert shares.due("7", later + timedelta(hours=1), later) == later + timedelta(hours=1)
