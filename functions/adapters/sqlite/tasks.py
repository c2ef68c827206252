"""The port `Tasks` and its worker side, as a table of the SQLite file."""

import itertools
import json
import secrets
import threading
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from functions.adapters.sqlite.file import PARTY, SqliteFile
from functions.application.ports import Task
from functions.domain.model.errors import Transient

_ENCODER = json.JSONEncoder(allow_nan=False)
LANES = ("live", "backfill")  # in the order of service
# when the first task of each party (integration) is due: one index lookup per party, however many tasks it has
_FIRSTS = f"""
    WITH RECURSIVE turn (party) AS (
        SELECT min({PARTY}) FROM tasks WHERE lane = :lane
        UNION ALL
        SELECT (SELECT min({PARTY}) FROM tasks WHERE lane = :lane AND {PARTY} > turn.party)
        FROM turn WHERE turn.party IS NOT NULL
    )
    SELECT party, (SELECT min(ready) FROM tasks WHERE lane = :lane AND {PARTY} = turn.party)
    FROM turn WHERE party IS NOT NULL"""  # noqa: S608 -- a constant


class Receipt(NamedTuple):
    """A leased task; `attempts` includes this one."""

    number: int
    token: str
    attempts: int


class _Put:
    """Tasks to be stored together. Its thread waits for its `turn`: to go on, or to store what has arrived."""

    __slots__ = ("failure", "rows", "stored", "turn")

    def __init__(self, rows: list[tuple[str, str, float, float, str]]) -> None:
        self.rows = rows
        self.stored = False  # or tried in vain
        self.failure: BaseException | None = None  # why it was not stored
        self.turn = threading.Lock()
        self.turn.acquire()


class SqliteTasks:
    """Tasks wait until they are due, are leased to a worker, and are deleted when done.

    If a worker dies, its lease expires and the task is handed out again: at least once, never lost. Of several waiting
    tasks with one name the first stays. A task that is running no longer waits, so a hint that arrives meanwhile gets
    its own task. Integrations take turns: thousands of tasks of one delay no other.
    """

    def __init__(self, file: SqliteFile) -> None:
        self._file = file
        self._listeners: list[Callable[[], None]] = []
        self._arriving: list[_Put] = []
        self._arrival = threading.Lock()  # held for a moment only
        self._is_storing = False
        self._turns: dict[object, int] = {}  # when each party was last served
        self._turn = itertools.count(1)

    def put(self, *tasks: Task) -> bool:
        """Store the tasks durably, all or none; return True. One whose name waits is skipped. Raises `Transient`."""
        mine = _Put(_rows(tasks))
        with self._arrival:
            self._arriving.append(mine)
            waits, self._is_storing = self._is_storing, True
        if waits:
            mine.turn.acquire()
        if not mine.stored:
            self._store_arrived()
        if mine.failure:
            raise Transient("The task could not be stored; try again.", reason="store_away") from mine.failure
        return True

    def lease(
        self, now: datetime, lane: str, seconds: float, but: Collection[object] = ()
    ) -> tuple[Task, Receipt] | None:
        """Lease a due task, live before backfill; `lane` "" is any lane.

        It is the earliest of the party (integration) that was served longest ago; parties in `but` are skipped.
        """
        moment = now.timestamp()
        due = ((each, self._due(each, moment, but)) for each in self._lanes(lane))
        lane, parties = next(((each, found) for each, found in due if found), ("", []))
        if not parties:  # the usual case needs no write lock
            return None
        party = min(parties, key=lambda each: (self._turns.get(each[0], 0), each[1]))[0]
        self._turns[party] = next(self._turn)
        with self._file.write(durable=False) as connection:  # if a power cut undoes the lease, the task runs twice
            row = connection.execute(
                f"SELECT number, name, due, body, attempts FROM tasks WHERE lane = ? AND {PARTY} = ? AND ready <= ? "  # noqa: S608 -- a constant
                "ORDER BY ready, number LIMIT 1",
                (lane, party, moment),
            ).fetchone()
            if row is None:
                return None
            number, name, due, body, attempts = row
            receipt = Receipt(number, secrets.token_hex(8), attempts + 1)
            connection.execute(
                "UPDATE tasks SET receipt = ?, attempts = ?, ready = ? WHERE number = ?",
                (receipt.token, receipt.attempts, (now + timedelta(seconds=seconds)).timestamp(), number),
            )
        return Task(name, datetime.fromtimestamp(due, UTC), json.loads(body), lane), receipt

    def done(self, receipt: Receipt) -> None:
        """Delete a task, unless its lease has passed to another worker."""
        with self._file.write(durable=False) as connection:
            connection.execute("DELETE FROM tasks WHERE number = ? AND receipt = ?", (receipt.number, receipt.token))

    def release(self, receipt: Receipt, due: datetime) -> None:
        """Let a task wait again; if another one with its name waits, delete this one and make that one due no later."""
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
        """Return how many tasks wait or run."""
        with self._file.read() as connection:
            return int(connection.execute("SELECT count(*) FROM tasks").fetchone()[0])

    def next_due(self, lane: str = "", but: Collection[object] = ()) -> datetime | None:
        """Return when the next task of a party not in `but` can be leased, or None."""
        moments = [ready for each in self._lanes(lane) for party, ready in self._firsts(each) if party not in but]
        return datetime.fromtimestamp(min(moments), UTC) if moments else None

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener`, on a caller's thread, whenever this object has stored tasks, or is about to know it."""
        self._listeners.append(listener)

    def _store_arrived(self) -> None:
        """Store what has arrived, with one wait for the disk; what arrives meanwhile is stored by the first of those.

        That one is woken first, so that the disk is not idle while threads wait for it.
        """
        batch = self._take_arrived()
        failure: BaseException | None = RuntimeError("not stored")

        def insert() -> tuple[str, list[object]]:
            batch.extend(self._take_arrived())  # also what came while another process was writing
            rows = [row for put in batch for row in put.rows]
            places = ",".join(["(?, ?, ?, ?, ?)"] * len(rows))
            statement = f"INSERT INTO tasks (name, lane, due, ready, body) VALUES {places} ON CONFLICT DO NOTHING"  # noqa: S608 -- placeholders
            return statement, [value for row in rows for value in row]

        try:
            self._file.write_once(insert)
            self._tell()  # a worker may begin already: a hint that a power cut undoes was not acknowledged
            self._file.reach_disk()
            failure = None
        except Exception as error:  # noqa: BLE001  # every caller of the batch raises it
            failure = error
        finally:
            with self._arrival:
                following = self._arriving[:1]
                self._is_storing = bool(following)
            for put in batch:
                put.stored, put.failure = True, failure
            for put in (*following, *batch):
                put.turn.release()

    def _take_arrived(self) -> list[_Put]:
        with self._arrival:
            batch, self._arriving = self._arriving, []
        return batch

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def _lanes(self, lane: str) -> tuple[str, ...]:
        return (lane,) if lane else LANES

    def _due(self, lane: str, moment: float, but: Collection[object]) -> list[tuple[object, float]]:
        return [(party, ready) for party, ready in self._firsts(lane) if ready <= moment and party not in but]

    def _firsts(self, lane: str) -> list[tuple[object, float]]:
        with self._file.read() as connection:
            return list(connection.execute(_FIRSTS, {"lane": lane}))


def _rows(tasks: Sequence[Task]) -> list[tuple[str, str, float, float, str]]:
    """Return the rows of some tasks; a hint's two tasks share one body, which is encoded once."""
    rows, body, text = [], None, ""
    for task in tasks:
        if task.lane not in LANES:
            raise ValueError(f"There is no lane {task.lane!r}.")
        if task.body is not body:
            body, text = task.body, _ENCODER.encode(task.body)
        moment = task.due.timestamp()
        rows.append((task.name, task.lane, moment, moment, text))
    return rows
