"""A store and a queue in memory, for the tests: they keep to the same contract as those on disk (`tests/contract`)."""

import itertools
import json
import marshal
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, TypeVar

from functions.adapters.platform import document_paths
from functions.adapters.sqlite.tasks import LANES, Receipt
from functions.application.ports import Body, Clock, Path, Task, Transaction
from functions.domain.model.errors import Taken, Transient

T = TypeVar("T")
PATIENCE = 5.0  # seconds that a writer waits for another, as on disk
check = cache(document_paths.check)
plainly = json.JSONEncoder(allow_nan=False, ensure_ascii=False).encode


class Kept(NamedTuple):
    """A document as stored, and as `find` compares it; nobody is handed the latter."""

    stored: bytes
    body: Body
    expires: float | None


Shelves = dict[Path, dict[str, Kept]]


class MemoryDocuments:
    """The port `Documents`."""

    def __init__(self, clock: Clock) -> None:
        self.shelves: Shelves = {}
        self._clock = clock
        self._alone = threading.Lock()

    def get(self, path: Path) -> Body | None:
        return self._read(path)

    def several(self, paths: Sequence[Path]) -> list[Body | None]:
        return [self._read(path) for path in paths]  # in one go: who counts what is read alone does not count these

    def transact(self, work: Callable[[Transaction], T], *, durable: bool = True) -> T:  # noqa: ARG002 -- nothing is
        if not self._alone.acquire(timeout=PATIENCE):  # also where one transaction begins inside another
            raise Transient("The store is busy with another writer; try again.", reason="store_busy")
        try:
            transaction = _Transaction(self)
            result = work(transaction)
            for path, kept in transaction.written.items():
                shelf = self.shelves.setdefault(path[:-1], {})
                if kept is None:
                    shelf.pop(path[-1], None)
                else:
                    shelf[path[-1]] = kept
            return result
        finally:
            self._alone.release()

    def find(
        self,
        collection: Path,
        where: Mapping[str, str | int | bool] | None = None,
        *,
        order: str = "",
        descending: bool = False,
        after: Any = None,
        before: Any = None,
        limit: int = 100,
    ) -> list[tuple[str, Body]]:
        if descending and not order:
            raise ValueError("Ids are listed upwards only: Firestore scans no keys downwards.")
        rows: list[tuple[Any, str, Kept]] = [
            (kept.body.get(order) if order else name, name, kept) for name, kept in self._matching(collection, where)
        ]
        rows = sorted((row for row in rows if row[0] is not None), key=lambda row: row[:2], reverse=descending)
        if after is not None:
            paired = bool(order) and isinstance(after, tuple | list)
            last: Any = tuple(after) if paired else after
            places: list[Any] = [row[:2] if paired else row[0] for row in rows]
            rows = [row for row, at in zip(rows, places, strict=True) if (at < last if descending else at > last)]
        if before is not None:
            rows = [row for row in rows if row[0] < before]
        return [(name, marshal.loads(kept.stored)) for _, name, kept in rows[:limit]]  # noqa: S302 -- as above

    def forget(self) -> None:
        pass

    def count(self, collection: Path, where: Mapping[str, str | int | bool] | None = None) -> int:
        return len(self._matching(collection, where))

    def fill(self, rows: Iterable[tuple[str, str, float | None, str]]) -> None:
        """Store rows of another store: collection, id, expiry, body."""
        for collection, name, expires, body in rows:
            plain = json.loads(body)
            self.shelves.setdefault(tuple(collection.split("/")), {})[name] = Kept(marshal.dumps(plain), plain, expires)

    def rows(self, now: float) -> list[tuple[str, str, Body]]:
        """Return every document that has not expired, in order."""
        return sorted(
            ("/".join(collection), name, kept.body)
            for collection, shelf in self.shelves.items()
            for name, kept in shelf.items()
            if kept.expires is None or kept.expires > now
        )

    def copy(self) -> Shelves:
        """Return all that is stored; what is stored later does not change it."""
        return {collection: dict(shelf) for collection, shelf in self.shelves.items()}

    def put_back(self, shelves: Shelves) -> None:
        """Hold what was copied, and nothing else."""
        self.shelves = {collection: dict(shelf) for collection, shelf in shelves.items()}

    def every(self) -> list[tuple[Path, Body, float | None]]:
        """Return every document and when it expires, in order."""
        return sorted(
            ((*collection, name), kept.body, kept.expires)
            for collection, shelf in self.shelves.items()
            for name, kept in shelf.items()
        )

    def _read(self, path: Path) -> Body | None:
        check(path)
        kept = self._live(path)
        return None if kept is None else marshal.loads(kept.stored)  # noqa: S302 -- written by this object

    def _live(self, path: Path) -> Kept | None:
        kept = self.shelves.get(path[:-1], {}).get(path[-1])
        return None if kept is None or (kept.expires is not None and kept.expires <= self.now()) else kept

    def now(self) -> float:
        return self._clock().timestamp()

    def _matching(self, collection: Path, where: Mapping[str, str | int | bool] | None) -> list[tuple[str, Kept]]:
        now, wanted = self.now(), [(name, value, type(value)) for name, value in (where or {}).items()]
        return [
            (name, kept)
            for name, kept in self.shelves.get(collection, {}).items()
            if (kept.expires is None or kept.expires > now)
            and all((found := kept.body.get(field)) == value and type(found) is kind for field, value, kind in wanted)
        ]


class _Transaction:
    """Writes that are carried out at the end; a read after a write is refused, as Firestore does."""

    def __init__(self, documents: MemoryDocuments) -> None:
        self._documents = documents
        self.written: dict[Path, Kept | None] = {}

    def get(self, path: Path) -> Body | None:
        if self.written:
            raise RuntimeError("In a transaction all reads come before the first write.")
        return self._documents.get(path)

    def put(self, path: Path, body: Body, *, expires: datetime | None = None) -> None:
        check(path)
        if expires and "expires_at" in body:
            raise ValueError("A document that expires has no field `expires_at` of its own.")
        text = plainly(body)
        text.encode()  # half of a surrogate pair is refused, as on disk
        plain = json.loads(text)
        self.written[path] = Kept(marshal.dumps(plain), plain, expires.timestamp() if expires else None)

    def create(self, path: Path, body: Body, *, expires: datetime | None = None) -> None:
        check(path)
        if self.written.get(path) or (path not in self.written and self._documents._live(path)):
            raise Taken(f"There is a document in {path[-2]} under this id already.")
        self.put(path, body, expires=expires)

    def delete(self, path: Path) -> None:
        check(path)
        self.written[path] = None


REMEMBERED = 3600  # seconds


@dataclass(frozen=True)
class _Row:
    number: int
    task: Task
    ready: float
    body: str
    receipt: str = ""
    attempts: int = 0

    @property
    def party(self) -> object:
        return self.task.body.get("int_id") or ""


class MemoryTasks:
    """The port `Tasks` and its worker side; one that `remembers` refuses names that run or ran in the last hour, as Cloud Tasks does."""

    def __init__(self, *, remembers: bool = False) -> None:
        self.rows: dict[int, _Row] = {}
        self.remembers, self.ran = remembers, dict[str, float]()
        self._at = 0.0  # the moment at which something was last leased
        self.turns: dict[object, int] = {}
        self.numbers = itertools.count(1)
        self._alone = threading.RLock()

    def copy(self) -> "MemoryTasks":
        """Return a queue with the same tasks."""
        other, number = MemoryTasks(remembers=self.remembers), next(self.numbers)
        other.ran, other._at = dict(self.ran), self._at
        self.numbers, other.numbers = itertools.count(number), itertools.count(number)
        other.rows, other.turns = dict(self.rows), dict(self.turns)
        return other

    def put_back(self, other: "MemoryTasks") -> None:
        """Hold the tasks of a copy, and no others."""
        number = next(other.numbers)
        self.numbers, other.numbers = itertools.count(number), itertools.count(number)
        self.rows, self.turns, self.ran = dict(other.rows), dict(other.turns), dict(other.ran)

    def put(self, *tasks: Task) -> bool:
        for task in tasks:
            if task.lane not in LANES:
                raise ValueError(f"There is no lane {task.lane!r}.")
        with self._alone:
            known = {row.task.name for row in self.rows.values() if self.remembers or not row.receipt}
            known |= {name for name, at in self.ran.items() if self._at - at < REMEMBERED}
            first_is_new = tasks[0].name not in known
            for task in tasks:
                if task.name not in known:
                    known.add(task.name)
                    number = next(self.numbers)
                    self.rows[number] = _Row(number, task, task.due.timestamp(), json.dumps(task.body, allow_nan=False))
        return first_is_new or not self.remembers

    def lease(
        self, now: datetime, lane: str, seconds: float, but: Collection[object] = ()
    ) -> tuple[Task, Receipt] | None:
        self._at = moment = now.timestamp()
        with self._alone:
            due = [row for row in self.rows.values() if row.ready <= moment and row.party not in but]
            for each in (lane,) if lane else LANES:
                if found := [row for row in due if row.task.lane == each]:
                    break
            else:
                return None
            row = min(found, key=lambda row: (self.turns.get(row.party, 0), row.ready, row.number))
            number = next(self.numbers)
            self.turns[row.party] = number
            receipt = Receipt(row.number, f"receipt-{number}", row.attempts + 1)
            ready = (now + timedelta(seconds=seconds)).timestamp()
            self.rows[row.number] = replace(row, receipt=receipt.token, attempts=receipt.attempts, ready=ready)
        return replace(row.task, body=json.loads(row.body)), receipt

    def done(self, receipt: Receipt) -> None:
        with self._alone:
            if row := self._held(receipt):
                del self.rows[receipt.number]
                if self.remembers:
                    self.ran[row.task.name] = self._at

    def release(self, receipt: Receipt, due: datetime) -> None:
        with self._alone:
            row = self._held(receipt)
            if row is None:
                return
            waits = [each for each in self.rows.values() if each.task.name == row.task.name and not each.receipt]
            if waits:
                del self.rows[receipt.number]
                self.rows[waits[0].number] = replace(waits[0], ready=min(waits[0].ready, due.timestamp()))
            else:
                task = replace(row.task, due=due)
                self.rows[receipt.number] = replace(row, task=task, ready=due.timestamp(), receipt="")

    def depth(self) -> int:
        return len(self.rows)

    def next_due(self, lane: str = "", but: Collection[object] = ()) -> datetime | None:
        moments = [row.ready for row in self.rows.values() if row.task.lane in (lane or LANES) and row.party not in but]
        return datetime.fromtimestamp(min(moments), UTC) if moments else None

    def _held(self, receipt: Receipt) -> _Row | None:
        row = self.rows.get(receipt.number)
        return row if row is not None and row.receipt == receipt.token else None
