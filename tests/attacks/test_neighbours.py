"""Whoever floods one integration with hints holds up no other: tasks are handed out in turns."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from functions.adapters.platform.shares import BURST, EVERY, LONGEST, Shares
from functions.adapters.sqlite.file import SqliteFile
from functions.adapters.sqlite.tasks import SqliteTasks
from functions.adapters.sqlite.workers import Workers
from functions.application.intake.webhooks import webhook_token
from functions.application.ports import Body, Task
from functions.composing import clock
from sandbox.gcp.grants import queues
from tests.harness.place import ROOM_B, WEBHOOK_KEY, Place, example

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FLOOD = 2000
SERVING = json.loads((Path(__file__).parents[2] / "functions/serving.json").read_text(encoding="utf-8"))


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


def live_of_a_flood(tasks: int, a_second: int) -> int:
    """Return how many of so many tasks one instance of a function adds to the live queue."""
    shares = Shares()
    return sum(not shares.over("7", NOW + timedelta(seconds=n / a_second)) for n in range(tasks))


@pytest.mark.parametrize("tasks", [200, 2000, 20_000])
def test_in_the_cloud_a_flood_of_any_size_puts_no_more_than_a_burst_before_its_neighbours(tasks: int) -> None:
    assert live_of_a_flood(tasks, a_second=200) == BURST
    assert live_of_a_flood(tasks, a_second=20) <= BURST * 2


def test_in_the_cloud_the_live_queue_hands_out_the_bursts_of_all_instances_within_two_seconds() -> None:
    instances = SERVING["booking_webhook"]["instances"]
    assert instances * BURST / queues()["live"]["dispatches_per_second"] < 2


def test_in_the_cloud_bookings_as_people_make_them_stay_in_the_live_queue() -> None:
    shares = Shares()
    assert not any(shares.over("8", NOW + timedelta(seconds=n / 4)) for n in range(1000)), "one booking a second"
    later = NOW + timedelta(hours=1)
    assert not any(shares.over("8", later) for _ in range(BURST)), "some at the same moment"


def test_in_the_cloud_whoever_floods_is_over_until_he_stops_and_nobody_else_is() -> None:
    shares = Shares()
    flood = [shares.over("7", NOW) for _ in range(FLOOD)]
    assert flood == [False] * BURST + [True] * (FLOOD - BURST)
    assert not shares.over("8", NOW)
    assert shares.over("7", NOW + EVERY * 2), "still, since he only paused"
    assert not shares.over("7", NOW + LONGEST)
