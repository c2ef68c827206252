"""A store and a queue that fail, or whose answers are lost, at the operations that a story names.

Firestore runs a transaction again whose answer was lost, on what it stored (`adapters/firestore`), and Cloud Tasks then says
that the task exists. A commit of SQLite is not done again; where its disk fails, the caller is not told which of the two it is.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple, TypeVar

from functions.application.ports import Body, Documents, Path, Task, Tasks, Transaction
from functions.domain.model.errors import Transient
from tests.model.instances import Running, SteppedDocuments, SteppedTasks

T = TypeVar("T")
CALL = 4.5  # seconds until a call without an answer ends


class Mishap(IntEnum):
    """What goes wrong with an operation."""

    RUNS_AGAIN = 0  # it is stored, its answer is lost, and the store's client does it again
    RUNS_LATE = 1  # the same, once the call's time is up
    GIVEN_UP = 2  # it is stored, its answer is lost, and the caller is told that the store is away
    FAILS = 3  # nothing is read or stored


AGAIN = (Mishap.RUNS_AGAIN, Mishap.RUNS_LATE)


class Plan(NamedTuple):
    """Which operations of the product go wrong: after so many, one of `every`, `left` times."""

    mishap: Mishap
    after: int = 0
    every: int = 1
    left: int = 1


Kept = tuple[Plan | None, tuple[str, ...]]


class Trouble:
    """What is wrong with store and queue. Only what an instance does goes wrong, not what people and tests look at."""

    def __init__(self, running: Running, pass_time: Callable[[float], None]) -> None:
        self._running, self._pass_time = running, pass_time
        self.struck = 0
        self.forget()

    def forget(self) -> None:
        """Begin anew, with nothing wrong."""
        self.plan: Plan | None = None
        self.unrepeatable: list[str] = []  # transactions that did something else when they ran again

    def kept(self) -> Kept:
        """Return a copy of what is wrong and was seen so far."""
        return self.plan, tuple(self.unrepeatable)

    def put_back(self, kept: Kept) -> None:
        """Go on from such a copy."""
        self.plan, self.unrepeatable = kept[0], [*kept[1]]

    def strikes(self, *, writes: bool) -> Mishap | None:
        """Count an operation; return what goes wrong with it. Only writes are told apart from their answers."""
        plan = self.plan
        if plan is None or self._running.instance is None or not (writes or plan.mishap is Mishap.FAILS):
            return None
        if plan.after:
            self.plan = plan._replace(after=plan.after - 1)
            return None
        self.plan = plan._replace(after=plan.every - 1, left=plan.left - 1) if plan.left > 1 else None
        self.struck += 1
        return plan.mishap

    def read(self) -> None:
        """Let a read fail, if it is to."""
        if self.plan is not None and self.strikes(writes=False):
            self._fail()

    def transact(self, documents: Documents, work: Callable[[Transaction], T]) -> T:
        """Run a transaction."""
        mishap = self.strikes(writes=True)
        if mishap is Mishap.FAILS:
            self._fail()
        if mishap in AGAIN:
            pause = (lambda: self._pass_time(CALL)) if mishap is Mishap.RUNS_LATE else None
            return run_twice(documents, work, self.unrepeatable.append, pause)
        result = documents.transact(work)
        if mishap is Mishap.GIVEN_UP:
            self._fail()
        return result

    def put(self, tasks: Tasks, each: Sequence[Task]) -> bool:
        """Put tasks into the queue; of several whose answer is lost, some may be stored."""
        mishap = self.strikes(writes=True)
        if mishap is Mishap.FAILS:
            self._fail()
        if mishap is Mishap.GIVEN_UP:
            tasks.put(*each[: (len(each) + 1) // 2])
            self._fail()
        return tasks.put(*each) and mishap is None

    def _fail(self) -> None:
        self._pass_time(CALL)
        raise Transient("The store did not answer; try again.", reason="store_away")


class TroubledDocuments(SteppedDocuments):
    """The store of an instance, in trouble."""

    def __init__(self, documents: Documents, running: Running, trouble: Trouble) -> None:
        super().__init__(documents, running, lambda: None)
        self._trouble = trouble

    def get(self, path: Path) -> Body | None:
        self._trouble.read()
        return self._documents.get(path)

    def several(self, paths: Sequence[Path]) -> list[Body | None]:
        self._trouble.read()
        return self._documents.several(paths)

    def transact(self, work: Callable[[Transaction], T], *, durable: bool = True) -> T:  # noqa: ARG002 -- nothing is
        return self._running.step(lambda: self._trouble.transact(self._documents, work))

    def find(
        self, collection: Path, where: Mapping[str, str | int | bool] | None = None, **options: Any
    ) -> list[tuple[str, Body]]:
        self._trouble.read()
        return self._documents.find(collection, where, **options)

    def count(self, collection: Path, where: Mapping[str, str | int | bool] | None = None) -> int:
        self._trouble.read()
        return self._documents.count(collection, where)


class TroubledTasks(SteppedTasks):
    """The queue of such an instance."""

    def __init__(self, tasks: Tasks, running: Running, trouble: Trouble) -> None:
        super().__init__(tasks, running)
        self._trouble = trouble

    def put(self, *tasks: Task) -> bool:
        return self._running.step(lambda: self._trouble.put(self._tasks, tasks))


def run_twice(
    documents: Documents,
    work: Callable[[Transaction], T],
    note: Callable[[str], None],
    pause: Callable[[], None] | None = None,
) -> T:
    """Run a transaction, and again on what it stored, as Firestore's client does after a lost answer; return the second result.

    Note is taken if the second run stores, returns or raises something else. After a `pause` only what it raises: it may read
    the clock.
    """
    runs: list[_Run] = []

    def run(transaction: Transaction) -> T:
        runs.append(_Run(transaction, documents, again=bool(runs)))
        return runs[-1].of(work)

    def stands() -> dict[Path, Body | None]:
        return {path: documents.get(path) for each in runs for path in each.written}

    def tell(what: str) -> None:
        note(f"unrepeatable: {work.__module__}.{getattr(work, '__qualname__', work)} {what}")

    first, stood = documents.transact(run), stands()
    if pause is not None:
        pause()
    try:
        second = documents.transact(run)
    except Exception as error:
        tell(f"raised {type(error).__name__}: {error}")
        raise
    if pause is None and (now := stands()) != stood:
        tell(f"stored {[(path, now[path], stood.get(path)) for path in now if now[path] != stood.get(path)]}")
    elif pause is None and stood and second != first:
        tell(f"returned {second!r} after {first!r}")
    return second


class _Run:
    """A run of a transaction: what it wrote; `again`, it knows its creations, as `adapters/firestore/transaction.py` does."""

    def __init__(self, transaction: Transaction, documents: Documents, *, again: bool = False) -> None:
        self._transaction, self._documents, self._again = transaction, documents, again
        self._read: set[Path] = set()
        self.written: set[Path] = set()
        self._own = False

    def of(self, work: Callable[[Transaction], T]) -> T:
        """Run it. A creation of its own beside something else is not known again, however often it is tried."""
        result = work(self)
        if self._own and self.written:
            raise Transient("The store is busy with the same documents; try again.", reason="store_busy")
        return result

    def get(self, path: Path) -> Body | None:
        self._read.add(path)
        return self._transaction.get(path)

    def put(self, path: Path, body: Body, *, expires: datetime | None = None) -> None:
        self.written.add(path)
        self._transaction.put(path, body, expires=expires)

    def create(self, path: Path, body: Body, *, expires: datetime | None = None) -> None:
        if self._again and path not in self._read and self._documents.get(path) == body:
            self._own = True
            return
        self.written.add(path)
        self._transaction.create(path, body, expires=expires)

    def delete(self, path: Path) -> None:
        self.written.add(path)
        self._transaction.delete(path)
