"""What every queue keeps to, and what the table of the SQLite file and its workers add."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.adapters.sqlite.file import SqliteFile
from functions.adapters.sqlite.tasks import Receipt, SqliteTasks
from functions.adapters.sqlite.workers import Workers
from functions.application.ports import Task
from functions.domain.model.errors import Transient
from tests.harness.machine_clock import now
from tests.world.memory import MemoryTasks

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


BOTH = pytest.mark.parametrize("tasks", ["file", "memory"], indirect=True)  # most tests have theirs in memory


@pytest.fixture
def tasks(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteTasks | MemoryTasks]:
    if getattr(request, "param", "file") == "memory":
        yield MemoryTasks()
        return
    file = SqliteFile(tmp_path / "state.sqlite")
    yield SqliteTasks(file)
    file.close()


@pytest.fixture
def start(tasks: SqliteTasks) -> Iterator[Callable[..., Workers]]:
    started = list[Workers]()

    def start(run: Callable[[dict[str, Any]], None], **options: Any) -> Workers:
        started.append(Workers(tasks, run, now, **options))
        started[-1].start()
        return started[-1]

    yield start
    for workers in started:
        workers.stop()


def until(condition: Callable[[], bool], limit: float = 60.0) -> float:
    """Wait for the condition and return how long it took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < limit
        time.sleep(0.001)
    return time.monotonic() - started


@BOTH
def test_a_task_is_handed_out_when_it_is_due_and_not_before(tasks: SqliteTasks) -> None:
    task = Task("a", NOW, {"booking": "é", "n": 1})
    tasks.put(task)
    assert tasks.next_due() == NOW
    assert tasks.lease(NOW - seconds(0.001), "", 90) is None
    leased = tasks.lease(NOW, "", 90)
    assert leased
    assert leased[0] == task
    assert tasks.lease(NOW, "", 90) is None
    tasks.done(leased[1])
    assert tasks.depth() == 0
    assert tasks.next_due() is None


@BOTH
def test_the_earliest_comes_first_and_live_before_backfill(tasks: SqliteTasks) -> None:
    for name, late, lane in (("b1", 50, "backfill"), ("l2", 10, "live"), ("l1", 20, "live"), ("b2", 40, "backfill")):
        tasks.put(Task(name, NOW - seconds(late), {}, lane))
    order = [leased[0].name for _ in range(4) if (leased := tasks.lease(NOW, "", 90))]
    assert order == ["l1", "l2", "b1", "b2"]


@BOTH
def test_a_lane_can_be_asked_for_alone(tasks: SqliteTasks) -> None:
    tasks.put(Task("b", NOW, {}, "backfill"))
    assert tasks.lease(NOW, "live", 90) is None
    leased = tasks.lease(NOW, "backfill", 90)
    assert leased
    assert leased[0].lane == "backfill"
    with pytest.raises(ValueError, match="no lane"):
        tasks.put(Task("x", NOW, {}, "express"))


@BOTH
def test_of_several_waiting_with_one_name_the_first_stays(tasks: SqliteTasks) -> None:
    tasks.put(Task("a", NOW, {"n": 1}))
    tasks.put(Task("a", NOW - seconds(5), {"n": 2}))
    assert tasks.depth() == 1
    leased = tasks.lease(NOW, "", 90)
    assert leased
    assert leased[0].body == {"n": 1}


@BOTH
def test_a_task_put_while_its_name_is_being_done_is_not_swallowed(tasks: SqliteTasks) -> None:
    tasks.put(Task("a", NOW, {"n": 1}))
    first = tasks.lease(NOW, "", 90)
    tasks.put(Task("a", NOW, {"n": 2}))
    second = tasks.lease(NOW, "", 90)
    assert first
    assert second
    assert second[0].body == {"n": 2}
    tasks.done(first[1])
    assert tasks.depth() == 1


@BOTH
def test_a_lease_that_ran_out_hands_the_task_to_another_and_the_late_one_cannot_end_it(tasks: SqliteTasks) -> None:
    tasks.put(Task("a", NOW, {}))
    first = tasks.lease(NOW, "", 90)
    assert tasks.lease(NOW + seconds(89), "", 90) is None
    second = tasks.lease(NOW + seconds(90), "", 90)
    assert first
    assert second
    assert (first[1].attempts, second[1].attempts) == (1, 2)
    tasks.done(first[1])
    tasks.release(first[1], NOW)
    assert tasks.depth() == 1
    tasks.done(second[1])
    assert tasks.depth() == 0


@BOTH
def test_a_released_task_waits_again_or_joins_the_one_that_waits(tasks: SqliteTasks) -> None:
    tasks.put(Task("a", NOW, {}))
    leased = tasks.lease(NOW, "", 90)
    assert leased
    tasks.release(leased[1], NOW + seconds(5))
    assert tasks.next_due() == NOW + seconds(5)
    again = tasks.lease(NOW + seconds(5), "", 90)
    assert again
    assert again[1].attempts == 2
    tasks.put(Task("a", NOW + seconds(60), {}))
    tasks.release(again[1], NOW + seconds(7))
    assert tasks.depth() == 1
    assert tasks.next_due() == NOW + seconds(7)


@BOTH
def test_a_task_that_waits_is_not_put_off_by_one_of_its_name_that_is_released_for_later(tasks: SqliteTasks) -> None:
    tasks.put(Task("a", NOW, {}))
    leased = tasks.lease(NOW, "", 90)
    assert leased
    tasks.put(Task("a", NOW + seconds(3), {}))
    tasks.release(leased[1], NOW + seconds(60))
    assert tasks.depth() == 1
    assert tasks.next_due() == NOW + seconds(3)


@BOTH
def test_several_tasks_are_stored_together_or_not_at_all(tasks: SqliteTasks) -> None:
    tasks.put(Task("a", NOW, {}), Task("b", NOW, {}, "backfill"))
    assert tasks.depth() == 2
    with pytest.raises(ValueError, match="lane"):
        tasks.put(Task("c", NOW, {}), Task("d", NOW, {}, "express"))
    assert tasks.depth() == 2


@BOTH
def test_threads_that_put_and_lease_at_once_do_each_task_exactly_once(tasks: SqliteTasks) -> None:
    got, putting = list[str](), threading.Event()

    def put(who: int) -> None:
        for n in range(50):
            tasks.put(Task(f"{who}-{n}", NOW, {}))

    def work() -> None:
        while not putting.is_set() or tasks.depth():
            if leased := tasks.lease(NOW, "", 90):
                got.append(leased[0].name)
                tasks.done(leased[1])

    putters = [threading.Thread(target=put, args=(who,)) for who in range(4)]
    workers = [threading.Thread(target=work) for _ in range(4)]
    for thread in (*putters, *workers):
        thread.start()
    for thread in putters:
        thread.join()
    putting.set()
    for thread in workers:
        thread.join()
    assert sorted(got) == sorted(f"{who}-{n}" for who in range(4) for n in range(50))


def test_what_arrives_while_another_writes_is_stored_together_or_refused_together(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "state.sqlite", wait_seconds=60)
    tasks, refused = SqliteTasks(file), list[Transient]()
    written = list[int]()
    file.write_once = lambda make: written.append(make()[0].count("(?,"))  # type: ignore[method-assign]

    def put(name: str) -> None:
        try:
            tasks.put(Task(name, NOW, {}))
        except Transient as error:
            refused.append(error)

    def put_five_while(first: Callable[[], None]) -> None:
        """Let `first` run inside the write of one task, while five more threads come and wait."""
        others = [threading.Thread(target=put, args=(f"{n}",)) for n in range(5)]
        usual = file.write_once

        def write_once(make: Callable[[], tuple[str, Sequence[object]]]) -> None:
            file.write_once = usual  # type: ignore[method-assign]
            for thread in others:
                thread.start()
            until(lambda: len(tasks._arriving) == 5)  # nothing else shows that they wait
            first()
            usual(make)

        file.write_once = write_once  # type: ignore[method-assign]
        put("first")
        for thread in others:
            thread.join()

    def fail() -> None:
        raise OSError

    put_five_while(lambda: None)
    assert (written, refused) == ([6], [])  # what came before the write began is in it
    put_five_while(fail)
    assert written == [6, 5]
    assert len(refused) == 1
    del file.write_once
    tasks.put(Task("after", NOW, {}))
    assert tasks.depth() == 1
    file.close()


def test_a_task_that_is_put_runs_within_milliseconds(tasks: SqliteTasks, start: Callable[..., Workers]) -> None:
    ran = list[int]()
    start(lambda body: ran.append(body["n"]))
    waits = []
    for n in range(20):
        tasks.put(Task(f"t{n}", now(), {"n": n}))
        waits.append(until(lambda n=n: n in ran))  # type: ignore[misc]
    assert sorted(waits)[4] < 0.5  # looking once a second would find none of them so soon, and busy cores delay some
    until(lambda: tasks.depth() == 0)


def test_a_task_due_later_runs_then(tasks: SqliteTasks, start: Callable[..., Workers]) -> None:
    ran = list[float]()
    start(lambda _: ran.append(time.monotonic()))
    due = time.monotonic() + 0.2
    tasks.put(Task("later", now() + seconds(0.2), {}))
    until(lambda: bool(ran))
    assert ran[0] >= due


def test_backfill_never_keeps_a_live_change_waiting(tasks: SqliteTasks, start: Callable[..., Workers]) -> None:
    ran, gate = list[str](), threading.Event()

    def run(body: dict[str, Any]) -> None:
        if body["slow"]:
            gate.wait(60)
        ran.append(body["name"])

    start(run, threads=3)
    for n in range(6):
        tasks.put(Task(f"b{n}", now(), {"name": f"b{n}", "slow": True}, "backfill"))
    time.sleep(0.05)
    tasks.put(Task("live", now(), {"name": "live", "slow": False}))
    until(lambda: ran == ["live"])  # while every task of the backfill still waits
    gate.set()
    until(lambda: tasks.depth() == 0)
    assert len(ran) == 7


def test_a_task_that_fails_is_tried_again_and_does_not_hold_up_others(
    tasks: SqliteTasks, start: Callable[..., Workers], caplog: pytest.LogCaptureFixture
) -> None:
    ran = list[str]()

    def run(body: dict[str, Any]) -> None:
        ran.append(body["name"])
        if ran.count("bad") == 1 and body["name"] == "bad":
            raise LookupError

    start(run)
    tasks.put(Task("bad", now(), {"name": "bad"}))
    tasks.put(Task("good", now(), {"name": "good"}))
    until(lambda: tasks.depth() == 0)
    assert sorted(ran) == ["bad", "bad", "good"]
    assert "tried again in 1 s" in caplog.text


def test_a_task_that_failed_thousands_of_times_is_tried_again_as_after_the_tenth(
    tasks: SqliteTasks, start: Callable[..., Workers], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tasks.put(Task("bad", now(), {}))
    file = SqliteFile(tmp_path / "state.sqlite")
    with file.write() as connection:
        connection.execute("UPDATE tasks SET attempts = 2000")
    file.close()
    failed = threading.Event()

    def run(_body: dict[str, Any]) -> None:
        failed.set()
        raise LookupError

    workers = start(run)
    assert failed.wait(60)
    assert workers.stop()
    assert "failed at attempt 2001; it is tried again in 300 s" in caplog.text
    due = tasks.next_due()
    assert due
    assert due > now() + seconds(200)


def test_workers_that_stop_finish_what_they_began_and_leave_the_rest(
    tasks: SqliteTasks, start: Callable[..., Workers]
) -> None:
    ran, begun = list[str](), threading.Event()

    def run(body: dict[str, Any]) -> None:
        begun.set()
        time.sleep(0.1)
        ran.append(body["name"])

    for n in range(40):
        tasks.put(Task(f"t{n}", now(), {"name": f"t{n}"}))
    workers = start(run, threads=2)
    assert begun.wait(60)
    assert workers.stop()
    assert 0 < len(ran) < 40
    assert tasks.depth() == 40 - len(ran)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("tasks-")]


def test_tasks_that_another_object_stored_are_seen_too(tmp_path: Path, start: Callable[..., Workers]) -> None:
    ran = list[str]()
    start(lambda body: ran.append(body["name"]))
    other = SqliteFile(tmp_path / "state.sqlite")
    SqliteTasks(other).put(Task("other", now(), {"name": "other"}))
    until(lambda: ran == ["other"])
    other.close()


class WatchedTasks(SqliteTasks):
    looks = 0

    def lease(
        self, now: datetime, lane: str, seconds: float, but: Collection[object] = ()
    ) -> tuple[Task, Receipt] | None:
        self.looks += 1
        return super().lease(now, lane, seconds, but)


def test_idle_workers_look_no_more_than_once_a_second(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "state.sqlite")
    tasks = WatchedTasks(file)
    workers = Workers(tasks, lambda _: None, now)
    began = time.monotonic()
    workers.start()
    time.sleep(2.2)
    workers.stop()
    file.close()
    assert tasks.looks <= time.monotonic() - began + 1


def test_timers_call_what_they_were_given_and_stop_with_the_workers(start: Callable[..., Workers]) -> None:
    calls = list[float]()
    workers = start(lambda _: None, timers=[(0.1, lambda: calls.append(time.monotonic()))])
    until(lambda: len(calls) >= 2)
    workers.stop()
    time.sleep(0.05)
    seen = len(calls)
    time.sleep(0.3)
    assert len(calls) == seen
