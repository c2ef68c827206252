"""Instances of the product that crash, or stall and continue later, at any outside call and any transaction."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from functions.application.ports import Body, Documents, Path, Task, Tasks, Transaction

T = TypeVar("T")
PATIENCE = 20.0  # real seconds to wait for a stalled thread


class Crash(BaseException):
    """The process dies here: the product may not catch this, and nothing that it does afterwards counts."""


class Instance:
    """One execution of a task. Its steps are its outside calls, its transactions and its additions to the queue.

    It crashes or stalls at a step, before its effect or `after` it. `began` is the position in the history of both
    sides at its start, `reads` when it last read each booking, `vanished` how many events of the same calendar, its own
    included, were known to be gone for each booking.
    """

    def __init__(self, began: int, *, fuse: int | None = None, gate: int | None = None, after: bool = False) -> None:
        self.began = began
        self.reads: dict[str, tuple[int, datetime]] = {}
        self.vanished: dict[str, int] = {}
        self._fuse, self._after, self._gate = fuse, after, gate
        self.steps = 0
        self.dead = False
        self.waits = False
        self.held_up = False  # at this step
        self.stalled_at: datetime | None = None
        self._stalled = threading.Event()
        self._resumed = threading.Event()
        self._thread: threading.Thread | None = None
        self.failure: BaseException | None = None

    @property
    def may_stall(self) -> bool:
        """Whether it needs a thread of its own."""
        return self._gate is not None

    def step(self, effect: Callable[[], T]) -> T:
        """Run one step, unless this instance dies before or right after it, or stalls first."""
        if self.dead:
            raise Crash
        number, self.steps = self.steps, self.steps + 1
        self.held_up = number == self._gate and not self._after
        if not self._after:
            self._mishap(number)
        result = effect()
        if self._after:
            self._mishap(number)
        return result

    def _mishap(self, number: int) -> None:
        if number == self._gate:
            self.waits = True
            self._stalled.set()
            self._resumed.wait(PATIENCE)
            if self.dead:
                raise Crash
        if number == self._fuse:
            self.die()
            raise Crash

    def die(self) -> None:
        """From now on, nothing that this instance does has an effect."""
        self.dead = True

    def start(self, job: Callable[[], None]) -> bool:
        """Run the job on a thread of its own until it ends (True) or stalls at its gate (False)."""

        def run() -> None:
            try:
                job()
            except Crash:
                pass
            except BaseException as error:  # noqa: BLE001 -- handed to the test's own thread
                self.failure = error
            finally:
                self._stalled.set()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        self._stalled.wait(PATIENCE)
        if not self.waits:
            self._thread.join(PATIENCE)
        return not self.waits

    def resume(self) -> None:
        """Let a stalled instance continue to its end."""
        self._resumed.set()
        if self._thread is not None:
            self._thread.join(PATIENCE)


class Running(threading.local):
    """The instance that runs on this thread; None for what people and the outside systems do."""

    instance: Instance | None = None

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Run something as if in another process."""
        instance, self.instance = self.instance, None
        try:
            yield
        finally:
            self.instance = instance

    def step(self, effect: Callable[[], T]) -> T:
        """Run an effect as a step of the instance on this thread, if there is one."""
        return effect() if self.instance is None else self.instance.step(effect)


class SteppedDocuments:
    """The store of an instance that may crash or stall at each transaction."""

    def __init__(self, documents: Documents, running: Running, saved: Callable[[], None]) -> None:
        self._documents, self._running, self._saved = documents, running, saved

    def get(self, path: Path) -> Body | None:
        return self._documents.get(path)

    def several(self, paths: Sequence[Path]) -> list[Body | None]:
        return self._documents.several(paths)

    def transact(self, work: Callable[[Transaction], T], *, durable: bool = True) -> T:
        result = self._running.step(lambda: self._documents.transact(work, durable=durable))
        self._saved()
        return result

    def find(
        self, collection: Path, where: Mapping[str, str | int | bool] | None = None, **options: Any
    ) -> list[tuple[str, Body]]:
        return self._documents.find(collection, where, **options)

    def count(self, collection: Path, where: Mapping[str, str | int | bool] | None = None) -> int:
        return self._documents.count(collection, where)

    def forget(self) -> None:
        self._documents.forget()


class SteppedTasks:
    """The queue of such an instance."""

    def __init__(self, tasks: Tasks, running: Running) -> None:
        self._tasks, self._running = tasks, running

    def put(self, *tasks: Task) -> bool:
        return self._running.step(lambda: self._tasks.put(*tasks))
