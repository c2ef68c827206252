"""The port `Tasks` and its worker side, as a table of the SQLite file."""

import json
import secrets
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from functions.adapters.sqlite.file import SqliteFile
from functions.application.ports import Task
from functions.domain.model.errors import Transient

LANES = ("live", "backfill")  # in the order in which they are served


class Receipt(NamedTuple):
    """What a worker holds while it does a task; `attempts` counts this one too."""

    number: int
    token: str
    attempts: int


@dataclass(slots=True)
class _Put:
    """Tasks on their way into the file; `failure` is why they did not get there."""

    rows: list[tuple[str, str, float, float, str]]
    stored: bool = False
    failure: Exception | None = None


class SqliteTasks:
    """Tasks wait until they are due, are leased to a worker, and go when they are done.

    A worker that dies loses its lease in the end, and the task is handed out again: at least once, never lost. Of
    several waiting tasks with one name the first stays; a task that is being done no longer waits, so that a hint that
    arrives meanwhile is not swallowed.
    """

    def __init__(self, file: SqliteFile) -> None:
        self._file = file
        self._listeners: list[Callable[[], None]] = []
        self._arriving: deque[_Put] = deque()
        self._storing = threading.Lock()

    def put(self, *tasks: Task) -> bool:
        """Store the tasks durably, all or none; a name that waits already is as good. Raises `Transient`."""
        mine = _Put([_row(task) for task in tasks])
        self._arriving.append(mine)
        with self._storing:  # who comes first stores for all who came meanwhile: one wait for the disk
            if not mine.stored:
                self._store([self._arriving.popleft() for _ in range(len(self._arriving))])
        if mine.failure:
            raise Transient("The task could not be stored; try again.", reason="store_away") from mine.failure
        self._tell()
        return True

    def lease(self, now: datetime, lane: str, seconds: float) -> tuple[Task, Receipt] | None:
        """Hand out the earliest task that is due, live before backfill; `lane` "" is any lane."""
        moment = now.timestamp()
        lanes = [each for each in self._lanes(lane) if (self._first(each) or moment + 1) <= moment]
        if not lanes:  # the usual case, found out without the write lock
            return None
        with self._file.write(durable=False) as connection:  # a lease that a power cut forgets is a task done twice
            row = connection.execute(
                "SELECT number, name, due, body, attempts FROM tasks WHERE lane = ? AND ready <= ? "
                "ORDER BY ready, number LIMIT 1",
                (lanes[0], moment),
            ).fetchone()
            if row is None:
                return None
            number, name, due, body, attempts = row
            receipt = Receipt(number, secrets.token_hex(8), attempts + 1)
            connection.execute(
                "UPDATE tasks SET receipt = ?, attempts = ?, ready = ? WHERE number = ?",
                (receipt.token, receipt.attempts, (now + timedelta(seconds=seconds)).timestamp(), number),
            )
        return Task(name, datetime.fromtimestamp(due, UTC), json.loads(body), lanes[0]), receipt

    def done(self, receipt: Receipt) -> None:
        """Forget a task; nothing happens when its lease has passed to another worker."""
        with self._file.write(durable=False) as connection:
            connection.execute("DELETE FROM tasks WHERE number = ? AND receipt = ?", (receipt.number, receipt.token))

    def release(self, receipt: Receipt, due: datetime) -> None:
        """Let a task wait again, or go, where one with its name waits already; that one is then due no later."""
        moment, mine = due.timestamp(), (receipt.number, receipt.token)
        with self._file.write() as connection:
            held = connection.execute("SELECT name FROM tasks WHERE number = ? AND receipt = ?", mine).fetchone()
            if held is None:
                return
            waiting = connection.execute(
                "UPDATE tasks SET ready = min(ready, ?) WHERE name = ? AND receipt IS NULL", (moment, held[0])
            )
            if waiting.rowcount:
                connection.execute("DELETE FROM tasks WHERE number = ? AND receipt = ?", mine)
            else:
                connection.execute(
                    "UPDATE tasks SET receipt = NULL, due = ?, ready = ? WHERE number = ? AND receipt = ?",
                    (moment, moment, *mine),
                )
        self._tell()

    def depth(self) -> int:
        """Return how many tasks wait or are being done."""
        with self._file.read() as connection:
            return int(connection.execute("SELECT count(*) FROM tasks").fetchone()[0])

    def next_due(self, lane: str = "") -> datetime | None:
        """Return when the next task can be handed out, or None."""
        moments = [moment for each in self._lanes(lane) if (moment := self._first(each)) is not None]
        return datetime.fromtimestamp(min(moments), UTC) if moments else None

    def listen(self, listener: Callable[[], None]) -> None:
        """Have `listener` called, on the thread of the caller, whenever this object has stored a task."""
        self._listeners.append(listener)

    def _store(self, batch: list[_Put]) -> None:
        failure: Exception | None = None
        try:
            rows = [row for put in batch for row in put.rows]
            places = ",".join(["(?, ?, ?, ?, ?)"] * len(rows))
            self._file.write_once(
                f"INSERT INTO tasks (name, lane, due, ready, body) VALUES {places} ON CONFLICT DO NOTHING",  # noqa: S608 -- placeholders
                [value for row in rows for value in row],
            )
        except Exception as error:  # noqa: BLE001  # belongs to every caller of the batch, each of whom raises it
            failure = error
        for put in batch:
            put.stored, put.failure = True, failure

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def _lanes(self, lane: str) -> tuple[str, ...]:
        return (lane,) if lane else LANES

    def _first(self, lane: str) -> float | None:
        with self._file.read() as connection:
            row = connection.execute("SELECT min(ready) FROM tasks WHERE lane = ?", (lane,)).fetchone()
        return None if row[0] is None else float(row[0])


def _row(task: Task) -> tuple[str, str, float, float, str]:
    if task.lane not in LANES:
        raise ValueError(f"There is no lane {task.lane!r}.")
    moment = task.due.timestamp()
    return task.name, task.lane, moment, moment, json.dumps(task.body, allow_nan=False)
