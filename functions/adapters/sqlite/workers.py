"""Runs the tasks and the timers of a standalone installation, inside the process."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from functions.adapters.sqlite.tasks import Receipt, SqliteTasks
from functions.application.ports import Body, Clock, Task
from functions.domain.model.errors import SyncError

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

_LOG = logging.getLogger(__name__)
_GLANCE_SECONDS = 1.0  # how often to look for tasks that another process stored
_FIRST_RETRY_SECONDS = 1.0
_LAST_RETRY_SECONDS = 300.0
_DOUBLINGS = 9  # lead there; after a thousand no number would hold them

Timer = tuple[float, Callable[[], None]]  # seconds between calls, and what to call


class Workers:
    """A pool of threads that runs due tasks with `run(body)`.

    Backfill gets all threads but two and one integration all but one, so that a live change and another integration
    always find a thread. A task whose `run` raises waits again, longer each time; normally the use case queues its own
    retry and returns. `lease_seconds` must be longer than any `run` takes.
    """

    def __init__(
        self,
        tasks: SqliteTasks,
        run: Callable[[Body], None],
        clock: Clock,
        *,
        threads: int = 5,
        lease_seconds: float = 90.0,
        timers: Sequence[Timer] = (),
    ) -> None:
        self._tasks = tasks
        self._run = run
        self._clock = clock
        self._threads = max(3, threads)
        self._lease = lease_seconds
        self._timers = timers
        self._scheduler: BackgroundScheduler | None = None
        self._handed: SimpleQueue[tuple[Task, Receipt] | None] = SimpleQueue()
        self._changed = threading.Condition()
        self._news = False
        self._stopping = False
        self._busy = {"live": 0, "backfill": 0}
        self._busy_for: Counter[object] = Counter()
        self._running: list[threading.Thread] = []
        tasks.listen(self._wake)

    def start(self) -> None:
        """Start the threads and the timers; tasks that a killed process left are run too."""
        self._stopping = False
        names = ["tasks-dispatch", *(f"tasks-{number}" for number in range(self._threads))]
        targets = [self._dispatch, *[self._work] * self._threads]
        self._running = [
            threading.Thread(target=target, name=name, daemon=True) for target, name in zip(targets, names, strict=True)
        ]
        for thread in self._running:
            thread.start()
        if self._timers:
            self._scheduler = _scheduler(self._timers)
            self._scheduler.start()

    def stop(self, seconds: float = 10.0) -> bool:
        """Take no more tasks and wait for those under way; False if some did not end in time and will run again."""
        if self._scheduler:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        deadline = time.monotonic() + seconds
        for thread in self._running:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._running)

    def _dispatch(self) -> None:
        """Lease due tasks as long as a thread is free; otherwise sleep until something changes."""
        while not self._stopping:
            with self._changed:
                self._news = False
                lane = self._open_lane()
                full = {party for party, busy in self._busy_for.items() if busy >= self._threads - 1}
            leased = None
            try:
                if lane is not None:
                    leased = self._tasks.lease(self._clock(), lane, self._lease, full)
                pause = self._pause(lane, full)
            except Exception as error:  # noqa: BLE001  # whatever it was, the other tasks go on
                _tell("The tasks could not be read; looking again in a second.", error)
                pause = _GLANCE_SECONDS
            with self._changed:
                if leased:
                    self._busy[leased[0].lane] += 1
                    self._busy_for[_party(leased[0])] += 1
                    self._handed.put(leased)
                elif not self._news and not self._stopping:
                    self._changed.wait(pause)
        for _ in range(self._threads):
            self._handed.put(None)

    def _open_lane(self) -> str | None:
        """Return the lane to serve: "" any, "live", or None if every thread is busy."""
        if sum(self._busy.values()) >= self._threads:
            return None
        return "" if self._busy["backfill"] < self._threads - 2 else "live"

    def _pause(self, lane: str | None, full: Collection[object]) -> float | None:
        if lane is None:
            return None
        due = self._tasks.next_due(lane, full)
        until = (due - self._clock()).total_seconds() if due else _GLANCE_SECONDS
        return min(max(until, 0.001), _GLANCE_SECONDS)

    def _work(self) -> None:
        while leased := self._handed.get():
            task, receipt = leased
            try:
                self._do(task, receipt)
            except Exception as error:  # noqa: BLE001  # as above
                _tell("A task could not be marked as done; it will be done again.", error)
            with self._changed:
                self._busy[task.lane] -= 1
                self._busy_for[_party(task)] -= 1
            self._wake()

    def _do(self, task: Task, receipt: Receipt) -> None:
        try:
            self._run(task.body)
        except Exception as error:  # noqa: BLE001  # as above
            wait = min(_FIRST_RETRY_SECONDS * 2 ** min(receipt.attempts - 1, _DOUBLINGS), _LAST_RETRY_SECONDS)
            _tell(f"A task failed at attempt {receipt.attempts}; it is tried again in {wait:.0f} s.", error)
            self._tasks.release(receipt, self._clock() + timedelta(seconds=wait))
        else:
            self._tasks.done(receipt)

    def _wake(self) -> None:
        with self._changed:
            self._news = True
            self._changed.notify()


def _tell(sentence: str, error: Exception) -> None:
    """Log an error: its own sentence, or else where it was raised."""
    if isinstance(error, SyncError):
        _LOG.error("%s %s", sentence, error)
    else:
        _LOG.error(sentence, exc_info=error)


def _party(task: Task) -> object:
    return task.body.get("int_id") or ""


def _scheduler(timers: Sequence[Timer]) -> "BackgroundScheduler":
    from apscheduler.executors.pool import ThreadPoolExecutor  # only `serve` has timers
    from apscheduler.schedulers.background import BackgroundScheduler

    options: dict[str, Any] = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(max(1, len(timers)))}, job_defaults=options, timezone="UTC"
    )
    for seconds, call in timers:
        scheduler.add_job(call, "interval", seconds=seconds)
    return scheduler
