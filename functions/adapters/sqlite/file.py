"""The one SQLite file of a standalone installation: how it is opened, read and written."""

import itertools
import os
import secrets
import sqlite3
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from functions.adapters.platform.os_words import why_of
from functions.adapters.platform.owner_only import name_first, reach_disk, refuse_exposed
from functions.application.store.indexes import INDEXES, Index
from functions.domain.model.errors import SyncError, Transient
from functions.domain.model.messages import say

SCHEMA = 1
_TABLES = (
    """CREATE TABLE documents (
        collection TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, expires REAL, body TEXT NOT NULL,
        PRIMARY KEY (collection, id))""",
    "CREATE INDEX documents_counted ON documents (collection, expires)",
    "CREATE INDEX documents_expiring ON documents (expires) WHERE expires IS NOT NULL",
    """CREATE TABLE tasks (
        number INTEGER PRIMARY KEY, name TEXT NOT NULL, lane TEXT NOT NULL, due REAL NOT NULL,
        ready REAL NOT NULL, receipt TEXT, attempts INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL)""",
    "CREATE UNIQUE INDEX tasks_waiting ON tasks (name) WHERE receipt IS NULL",
)
PARTY = "coalesce(json_extract(body, '$.int_id'), '')"  # the integration of a task
_TURNS = f"CREATE INDEX IF NOT EXISTS tasks_of_party ON tasks (lane, {PARTY}, ready)"
_GLANCE = 0.0005  # seconds between two looks whether another process has done its write
Flush = Callable[[int], None]
_FLUSH: Flush = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync
_CACHE_KIB = 32 * 1024  # at most, per connection; holds the upper index levels of a million links
_AWAY = {
    sqlite3.SQLITE_BUSY: "is busy with another writer",
    sqlite3.SQLITE_LOCKED: "is busy with another writer",
    sqlite3.SQLITE_FULL: "cannot grow because its disk is full",
    sqlite3.SQLITE_IOERR: "could not be read or written because its disk failed",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
    sqlite3.SQLITE_READONLY: "may not be written",
}
_DAMAGED = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


def index_name(index: Index) -> str:
    """Return the name that an index has in the file."""
    return "_".join(("documents", index.collection, *index.fields))


def _index_statement(index: Index) -> str:
    fields = ", ".join(f"json_extract(body, '$.{name}')" for name in index.fields)
    kind = f"kind = '{index.collection}'"
    return f"CREATE INDEX IF NOT EXISTS {index_name(index)} ON documents (collection, {fields}, id) WHERE {kind}"


class _Connection(sqlite3.Connection):
    """A connection that knows how long it waits for another process."""

    new = True
    _patience: float | None = None

    def be_patient(self, seconds: float) -> None:
        """Set for how long statements wait for another process."""
        if self._patience != seconds:
            self.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")
            self._patience = seconds


class _Log:
    """The write-ahead log, and how far it has reached the disk.

    SQLite itself would wait for the disk while it holds the file's write lock (`synchronous = FULL`). It is told not to; who
    must know that a commit survives a power cut waits here, and others write meanwhile. Whoever comes while one waits shares
    the next wait. https://www.sqlite.org/pragma.html#pragma_synchronous

    What the disk lost is told once to each open file that was open then, and to none opened later; other processes, and
    SQLite, wait for the same log. So it stays open from before a commit until after the wait for it.
    https://docs.kernel.org/filesystems/vfs.html#handling-errors-during-writeback
    """

    def __init__(self, path: Path, flush: Flush) -> None:
        self._path, self._flush = path, flush
        self._waiting, self._opening = threading.Lock(), threading.Lock()
        self._tickets = itertools.count(1)
        self._reached = 0  # every commit with a smaller ticket is on disk
        self._open: int | None = None
        self._known = False  # whether all of it that was waited for is on disk
        self._folder_knows = 0  # the log whose name is on disk too

    def hold(self) -> None:
        """Open the log, once; whoever calls has a connection to it, without which the next one may be another file."""
        if self._open is None:
            with self._opening:
                if self._open is None:
                    self._known = False  # an earlier process may have been told of a loss
                    with suppress(FileNotFoundError):  # before the first transaction
                        self._open = os.open(self._path, os.O_RDONLY)

    def let_go(self) -> None:
        """Close the log, when its connections are closed."""
        with self._opening:
            if self._open is not None:
                os.close(self._open)
            self._open = None

    def reach_disk(self, start_anew: Callable[[], None], patience: float) -> bool:
        """Return once all that this thread committed is on disk; False if another wait outlasts its patience.

        Raises `OSError`. What of the log is on disk then is unknown, as it is when the log was opened, so the next wait takes
        it into the file first, by `start_anew`.
        """
        mine = next(self._tickets)
        if not self._waiting.acquire(timeout=patience):
            return False
        try:
            if mine < self._reached:
                return True
            upto = next(self._tickets)
            self.hold()
            if not self._known:
                start_anew()
            self._known = False
            self._reach()
            self._known, self._reached = True, upto
        finally:
            self._waiting.release()
        return True

    def _reach(self) -> None:
        with self._opening:
            if self._open is None:  # the last connection took it into the file, and waited for that
                return
            log = os.dup(self._open)  # the same open file, which nobody closes meanwhile
        try:
            self._flush(log)
            number = os.fstat(log).st_ino
        finally:
            os.close(log)
        if number != self._folder_knows:
            reach_disk(self._path.parent)
            self._folder_knows = number


def _close_all(idle: deque[_Connection], log: _Log) -> None:
    while idle:
        idle.pop().close()
    log.let_go()


class SqliteFile:
    """One file, owner-only, in WAL mode; shared by threads and by processes.

    Writers of this process queue on a lock, and look often whether another process has done its write; `wait_seconds`
    bounds both waits. Nobody holds either lock while he waits for the disk; only SQLite does, at a checkpoint. The connections
    are closed with it, at the latest at the end of the process. An existing file is never replaced: a damaged, empty, foreign
    or newer one raises `Transient`, so that senders try again until it is restored; one that others can read raises `Refused`.
    `flush` is how the system is asked to bring a file to its disk.
    """

    def __init__(self, path: Path, *, wait_seconds: float = 5.0, flush: Flush = _FLUSH) -> None:
        self._path = path
        self._wait = wait_seconds
        self._log = _Log(path.with_name(f"{path.name}-wal"), flush)
        self._writing = threading.Lock()
        self._idle: deque[_Connection] = deque()
        # also if this start fails, and at the end of the process
        weakref.finalize(self, _close_all, self._idle, self._log)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        refuse_exposed(path)
        with self._named_errors():
            if not path.exists():
                self._begin()
            self._prepare()

    @contextmanager
    def read(self) -> Iterator[_Connection]:
        """Yield a connection; each statement sees the last commit before it."""
        with self._named_errors(), self._connection() as connection:
            connection.be_patient(self._wait)
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[_Connection]:
        """Yield a connection inside a transaction: committed at the end of the block, rolled back if it raises.

        A `durable` commit survives a power cut. Otherwise it does not wait for the disk: it survives the death of the
        process, and a power cut may undo it as a whole.
        """
        with self._alone() as connection:
            self._take(connection, lambda: ("BEGIN IMMEDIATE", ()))
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
        if durable:
            self.reach_disk()

    def write_once(self, make: Callable[[], tuple[str, Sequence[object]]]) -> None:
        """Run one statement as a transaction of its own, which `reach_disk` makes durable; faster than `write`.

        `make` returns it with its values; it is asked again after each wait for another process.
        """
        with self._alone() as connection:
            self._take(connection, make)

    def reach_disk(self) -> None:
        """Return once all that this thread committed survives a power cut. Raises `Transient`: then it may not."""
        with self._named_errors():
            if not self._log.reach_disk(self._start_anew, self._wait):
                raise self._busy()

    def forget(self) -> None:
        """Truncate the write-ahead log, which still holds what was deleted."""
        self._truncate()

    def _start_anew(self) -> None:
        if not self._truncate():
            raise self._busy()

    def _truncate(self) -> bool:
        """Take the log into the file; returns whether nobody kept it from that."""
        with self._alone() as connection:
            connection.be_patient(self._wait)
            return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

    def _busy(self) -> Transient:
        return Transient(
            say("The store {} is busy with another writer; try again.", self._path.name), reason="store_busy"
        )

    def close(self) -> None:
        """Close what is open; the file can be used again afterwards."""
        _close_all(self._idle, self._log)

    @contextmanager
    def _alone(self) -> Iterator[_Connection]:
        if not self._writing.acquire(timeout=self._wait):
            raise self._busy()
        try:
            with self._named_errors(), self._connection() as connection:
                yield connection
        finally:
            self._writing.release()

    def _take(self, connection: _Connection, make: Callable[[], tuple[str, Sequence[object]]]) -> None:
        """Run a statement that takes the file's write lock, which another process may hold while it waits for its disk.

        SQLite itself would look again after 1, 2, 5, 10, 15, 20, 25 ms and so on; the disk would be idle meanwhile.
        """
        connection.be_patient(0.0)
        until = time.monotonic() + self._wait
        while True:
            try:
                connection.execute(*make())
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(_GLANCE)
            else:
                return

    @contextmanager
    def _connection(self) -> Iterator[_Connection]:
        """Lend a connection to one thread at a time, the last used first because its cache is warm."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = sqlite3.connect(
                self._path,
                timeout=self._wait,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
                factory=_Connection,
            )
        try:
            if connection.new:
                connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
                connection.execute("PRAGMA secure_delete = ON")  # overwrites what is deleted
                connection.execute("PRAGMA synchronous = NORMAL")  # see `_Log`
                connection.execute("SELECT 1 FROM sqlite_schema").fetchall()  # opens the log
                connection.new = False
            self._log.hold()
            yield connection
        finally:
            self._idle.append(connection)

    def _begin(self) -> None:
        """Make the file under another name first, so that an empty file can only be a damaged one."""
        whole = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        os.close(
            os.open(whole, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        )  # SQLite gives its other files the same mode
        try:
            with closing(sqlite3.connect(whole, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                for statement in _TABLES:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {SCHEMA}")
            name_first(whole, self._path)
        finally:
            whole.unlink(missing_ok=True)

    def _prepare(self) -> None:
        if not self._path.stat().st_size:
            raise Transient(
                say(
                    "The store {} is empty: stop the service, move the file aside with those beside it, and `restore` the last backup.",
                    self._path.name,
                ),
                reason="store_damaged",
            )
        with self.read() as connection:
            found = int(connection.execute("PRAGMA user_version").fetchone()[0])
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            if found > SCHEMA:
                raise Transient(
                    say(
                        "The store {} was written by a newer version (schema {}, this one knows {}): run that version, or restore a copy made before it.",
                        self._path.name,
                        found,
                        SCHEMA,
                    ),
                    reason="store_newer",
                )
            if found < SCHEMA or not tables >= {"documents", "tasks"}:
                raise Transient(
                    say(
                        "The store {} is a database of something else: stop the service, move the file aside with those beside it, and `restore` the last backup.",
                        self._path.name,
                    ),
                    reason="store_damaged",
                )
            connection.execute("PRAGMA journal_mode = WAL")
        with self.write(durable=False) as connection:  # made anew by the next start
            connection.execute("DROP INDEX IF EXISTS tasks_ready")  # an older version's, which nothing uses
            connection.execute(_TURNS)
            for index in INDEXES:
                connection.execute(_index_statement(index))

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise self._named(error) from error
        except OSError as error:
            raise Transient(
                say("The store {} cannot be used: {}; try again.", self._path.name, why_of(error)),
                reason="store_away",
            ) from error

    def _named(self, error: sqlite3.DatabaseError) -> SyncError | sqlite3.DatabaseError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGED or "no such table" in str(error):
            return Transient(
                say(
                    "The store {} is damaged: stop the service, move the file aside with those beside it, and `restore` the last backup.",
                    self._path.name,
                ),
                reason="store_damaged",
            )
        if code not in _AWAY:
            return error
        return Transient(say("The store {} {}; try again.", self._path.name, _AWAY[code]), reason="store_away")
