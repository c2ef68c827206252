"""What only the SQLite file must stand: a killed process, a newer schema, other users, a busy or broken disk."""

import errno
import gc
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from copy import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from functions.adapters.sqlite.documents import SqliteDocuments
from functions.adapters.sqlite.file import SqliteFile, _Connection
from functions.adapters.sqlite.tasks import SqliteTasks
from functions.application.ports import Task
from functions.application.store.indexes import INDEXES
from functions.domain.model.errors import Transient

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LINKS = ("integrations", "7", "links")


def now() -> datetime:
    return NOW


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SqliteFile]:
    file = SqliteFile(tmp_path / "state" / "state.sqlite", wait_seconds=0.2)
    yield file
    file.close()


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from functions.adapters.sqlite.documents import SqliteDocuments
from functions.adapters.sqlite.file import SqliteFile, _Connection
from functions.adapters.sqlite.tasks import SqliteTasks
from functions.application.ports import Task
NOW = datetime(2026, 3, 1, tzinfo=UTC)
file = SqliteFile(Path(sys.argv[1]))
documents, tasks = SqliteDocuments(file, lambda: NOW), SqliteTasks(file)
def work(transaction, n):
    transaction.put(("integrations", "7", "links", str(n)), {"n": n})
    transaction.put(("integrations", "7", "claims", str(n)), {"n": n})
n = 0
while True:
    documents.transact(lambda transaction: work(transaction, n))
    tasks.put(Task(f"task-{n}", datetime(2026, 1, 1, tzinfo=UTC), {"n": n}))
    sys.stdout.write(f"{n}\\n")
    sys.stdout.flush()
    if n % 5 == 0:
        tasks.lease(NOW, "", 0.0)
    n += 1
"""


def test_a_process_killed_in_the_middle_of_writing_loses_nothing_it_had_committed(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    for pause in (0.05, 0.15, 0.3):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout
        writer.stdout.readline()
        time.sleep(pause)
        writer.send_signal(signal.SIGKILL)
        said = [line for line in writer.communicate()[0].splitlines(keepends=True) if line]
        file = SqliteFile(path)
        documents, tasks = SqliteDocuments(file, now), SqliteTasks(file)
        last = int(said[-1]) if said else 0
        links = {name for name, _ in documents.find(LINKS, limit=100_000)}
        assert links >= {str(n) for n in range(last + 1)}
        assert links == {name for name, _ in documents.find((*LINKS[:2], "claims"), limit=100_000)}
        handed = set[str]()
        while leased := tasks.lease(NOW + timedelta(seconds=1), "", 60.0):
            handed.add(leased[0].name)
        assert handed >= {f"task-{n}" for n in range(last + 1)}
        file.close()
        path.unlink()


def test_the_file_and_what_lies_beside_it_is_for_its_owner_only(file: SqliteFile, tmp_path: Path) -> None:
    SqliteDocuments(file, now).transact(lambda transaction: transaction.put((*LINKS, "one"), {}))
    folder = tmp_path / "state"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {each.stat().st_mode & 0o777 for each in folder.iterdir()} == {0o600}
    assert len(list(folder.iterdir())) == 3


def test_a_file_of_a_newer_version_is_refused_in_one_sentence(tmp_path: Path) -> None:
    SqliteFile(tmp_path / "state.sqlite").close()
    with sqlite3.connect(tmp_path / "state.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(Transient, match=r"newer version \(schema 99, this one knows 1\): run that version"):
        SqliteFile(tmp_path / "state.sqlite")


def test_a_file_that_is_let_go_closes_its_connections_whether_it_could_be_used_or_not(tmp_path: Path) -> None:
    """From Python 3.13 on a connection that nobody closes is a ResourceWarning, which is an error here."""
    for schema in (1, 99):
        SqliteFile(tmp_path / f"{schema}.sqlite").close()
        with closing(sqlite3.connect(tmp_path / f"{schema}.sqlite")) as connection:
            connection.execute(f"PRAGMA user_version = {schema}")
        with suppress(Transient):
            SqliteDocuments(SqliteFile(tmp_path / f"{schema}.sqlite"), now).get((*LINKS, "one"))
        gc.collect()
        assert [each.name for each in tmp_path.glob(f"{schema}.sqlite*")] == [f"{schema}.sqlite"]


def test_a_store_that_another_process_is_writing_is_transient_until_it_is_done(
    file: SqliteFile, tmp_path: Path
) -> None:
    documents = SqliteDocuments(file, now)
    other = sqlite3.connect(tmp_path / "state" / "state.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Transient, match="busy"):
        documents.transact(lambda transaction: transaction.put((*LINKS, "one"), {}))
    assert documents.get((*LINKS, "one")) is None  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    documents.transact(lambda transaction: transaction.put((*LINKS, "one"), {}))
    assert documents.get((*LINKS, "one")) == {}


def test_a_transaction_inside_another_is_transient_and_does_not_hang(file: SqliteFile) -> None:
    documents = SqliteDocuments(file, now)
    with pytest.raises(Transient, match="busy"):
        documents.transact(lambda _: documents.transact(lambda inner: inner.put((*LINKS, "one"), {})))


def test_a_full_disk_is_transient_and_what_was_there_stays(file: SqliteFile) -> None:
    documents = SqliteDocuments(file, now)
    documents.transact(lambda transaction: transaction.put((*LINKS, "one"), {}))
    with file.read() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Transient, match="disk is full"):
        documents.transact(lambda transaction: transaction.put((*LINKS, "two"), {"big": "x" * 100_000}))
    assert [name for name, _ in documents.find(LINKS)] == ["one"]


def test_what_has_expired_leaves_the_file(file: SqliteFile) -> None:
    moment = [NOW]
    documents = SqliteDocuments(file, lambda: moment[0])
    for n in range(3):
        expires = NOW + timedelta(minutes=n + 1)
        documents.transact(lambda t, n=n, expires=expires: t.put((*LINKS, str(n)), {}, expires=expires))  # type: ignore[misc]
    moment[0] += timedelta(minutes=2)
    documents.purge()
    with file.read() as connection:
        assert connection.execute("SELECT id FROM documents").fetchall() == [("2",)]


@pytest.mark.parametrize("index", INDEXES, ids=lambda index: "-".join((index.collection, *index.fields)))
def test_every_declared_index_is_the_one_that_its_lookup_uses(file: SqliteFile, index: object) -> None:
    collection, (*equal, last) = index.collection, index.fields  # type: ignore[attr-defined]
    plans = list[str]()
    with file.read() as connection:
        connection.set_trace_callback(plans.append)
    documents = SqliteDocuments(file, now)
    documents.find(("integrations", "7", collection), dict.fromkeys(equal, "x"), order=last, descending=True)
    documents.find(("integrations", "7", collection), dict.fromkeys((*equal, last), "x"))
    documents.count(("integrations", "7", collection), dict.fromkeys((*equal, last), "x"))
    assert len(plans) == 3
    with file.read() as connection:
        connection.set_trace_callback(None)
        for statement in plans:
            plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}"))
            assert f"documents_{collection}_{'_'.join((*equal, last))} " in plan
            assert "TEMP B-TREE" not in plan


def test_a_change_costs_the_same_in_a_store_of_a_hundred_thousand_links(tmp_path: Path) -> None:
    """What is compared is the number of SQLite's own instructions, which no busy machine changes."""
    spent = []
    for links in (1_000, 100_000):
        file = SqliteFile(tmp_path / f"{links}.sqlite")
        rows = (
            ("/".join(LINKS), f"{n * 7919 % links:08}", "links", json.dumps({"booking_id": str(n), "state": "active"}))
            for n in range(links)
        )
        instructions: list[None] = []
        with file.write() as connection:
            connection.executemany("INSERT INTO documents (collection, id, kind, body) VALUES (?, ?, ?, ?)", rows)
            connection.set_progress_handler(lambda done=instructions: done.append(None), 1)  # type: ignore[misc]
        documents = SqliteDocuments(file, now)
        for n in range(100):
            path = (*LINKS, f"{n * 104_729 % links:08}")
            documents.transact(lambda t, path=path: t.put(path, {**(t.get(path) or {}), "state": "held"}))  # type: ignore[misc]
            documents.find(LINKS, {"booking_id": str(n)})
        spent.append(len(instructions))
        file.close()
    assert spent[0] > 100 * 10
    assert spent[1] <= 1.1 * spent[0]


def test_many_threads_share_few_connections(file: SqliteFile, tmp_path: Path) -> None:
    documents = SqliteDocuments(file, now)
    for n in range(30):
        thread = threading.Thread(target=documents.get, args=((*LINKS, str(n)),))
        thread.start()
        thread.join()
    open_files = [str(each.readlink()) for each in Path("/proc/self/fd").glob("*") if each.is_symlink()]
    assert open_files.count(str(tmp_path / "state" / "state.sqlite")) <= 2


class BusyAfterwards(SqliteFile):
    """A store that another process writes to whenever something was committed that need not wait for the disk."""

    started = False

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[_Connection]:
        with closing(sqlite3.connect(self._path, isolation_level=None)) as rival:
            rival.execute("SELECT 1" if durable or not self.started else "BEGIN IMMEDIATE")
            with super().write(durable=durable) as connection:
                yield connection


def test_what_was_committed_counts_though_the_expired_could_not_be_removed_then(tmp_path: Path) -> None:
    file = BusyAfterwards(tmp_path / "state.sqlite", wait_seconds=0.05)
    file.started = True
    documents = SqliteDocuments(file, now)
    documents.transact(lambda transaction: transaction.put((*LINKS, "one"), {"n": 1}))
    assert documents.get((*LINKS, "one")) == {"n": 1}
    with pytest.raises(Transient):
        documents.purge()
    file.close()


class Disk:
    """A disk that is asked for durability: what it has then is a copy, as after a power cut."""

    def __init__(self, path: Path) -> None:
        self.path, self.waits = path, 0
        self.failure: OSError | None = None
        self.asked, self.goes_on = threading.Event(), threading.Event()
        self.goes_on.set()

    def flush(self, _log: int) -> None:
        self.waits += 1
        self.asked.set()
        assert self.goes_on.wait(60)
        if self.failure:
            raise self.failure
        for each in self.path.parent.glob(f"{self.path.name}*"):
            if not each.name.endswith("-shm"):
                folder = self.path.with_name("disk")
                folder.mkdir(exist_ok=True)
                shutil.copy(each, folder)

    def has(self) -> set[str]:
        """Return the links that a start after a power cut would find."""
        return names(SqliteFile(self.path.with_name("disk") / self.path.name))

    def file(self, wait_seconds: float = 60) -> SqliteFile:
        return SqliteFile(self.path, wait_seconds=wait_seconds, flush=self.flush)


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "state.sqlite")


def keep(file: SqliteFile, name: str) -> None:
    SqliteDocuments(file, now).transact(lambda transaction: transaction.put((*LINKS, name), {}))


def names(file: SqliteFile) -> set[str]:
    found = {name for name, _ in SqliteDocuments(file, now).find(LINKS)}
    file.close()
    return found


def test_what_was_committed_survives_a_power_cut(disk: Disk) -> None:
    file = disk.file()
    for n in range(5):
        keep(file, str(n))
        assert disk.has() == {str(each) for each in range(n + 1)}
    file.close()


def test_others_write_while_one_waits_for_its_disk(disk: Disk) -> None:
    slow, other = disk.file(), SqliteFile(disk.path, wait_seconds=0.2)
    disk.asked.clear()
    disk.goes_on.clear()
    waiting = threading.Thread(target=keep, args=(slow, "slow"))
    waiting.start()
    assert disk.asked.wait(60)
    keep(other, "other")
    assert waiting.is_alive()
    disk.goes_on.set()
    waiting.join()
    assert disk.has() == {"slow", "other"}
    slow.close()
    other.close()


def test_all_who_come_while_one_waits_for_the_disk_share_the_next_wait(disk: Disk) -> None:
    file = disk.file()
    disk.asked.clear()
    disk.goes_on.clear()
    threads = [threading.Thread(target=keep, args=(file, str(n))) for n in range(6)]
    waits, tickets = disk.waits, next(copy(file._log._tickets))
    for thread in threads:
        thread.start()
        assert disk.asked.wait(60)
    while next(copy(file._log._tickets)) < tickets + 1 + len(threads):  # nothing else shows that they wait
        time.sleep(0.001)
    disk.goes_on.set()
    for thread in threads:
        thread.join()
    assert (disk.waits - waits, len(disk.has())) == (2, 6)
    file.close()


def test_a_disk_that_fails_is_transient_and_afterwards_nothing_is_missing_on_it(disk: Disk) -> None:
    file = disk.file()
    keep(file, "before")
    disk.failure = OSError(errno.EIO, "input/output error")
    with pytest.raises(Transient, match="cannot be used"):
        keep(file, "lost, for all that is known")
    disk.failure = None
    keep(file, "after")
    (disk.path.parent / "disk" / "state.sqlite-wal").write_bytes(b"")  # which may have a hole
    assert disk.has() >= {"before", "lost, for all that is known"}
    file.close()


class LinuxDisk(Disk):
    """A disk that can lose what the system wrote to it, which Linux reports as it does.

    Who waits is told, and each other open file description that was open then, once, at its next wait; none opened later is.
    What was lost counts as written: only what is written again reaches the disk.
    https://docs.kernel.org/filesystems/vfs.html#handling-errors-during-writeback
    """

    TOLD_LATER = 1 << 40  # the offset of a description that is to be told; nobody else uses it

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.log, self.loses, self.lost = path.with_name(f"{path.name}-wal"), False, dict[int, bytes]()

    def flush(self, log: int) -> None:
        if self.loses:
            self.loses = False
            kept = dict(enumerate(self.pages(self.path.with_name("disk") / self.log.name)))
            self.lost = {n: page for n, page in enumerate(self.pages(self.log)) if kept.get(n) != page}
            for each in Path("/proc/self/fd").iterdir():
                with suppress(OSError):
                    if each.readlink() == self.log:
                        os.lseek(int(each.name), self.TOLD_LATER, os.SEEK_SET)
        if os.lseek(log, 0, os.SEEK_CUR) == self.TOLD_LATER:
            os.lseek(log, 0, os.SEEK_SET)
            raise OSError(errno.EIO, "input/output error")
        super().flush(log)
        there = self.pages(self.log)
        self.lost = {n: lost for n, lost in self.lost.items() if n < len(there) and there[n] == lost}
        holed = (b"\0" * len(page) if n in self.lost else page for n, page in enumerate(there))
        (self.path.with_name("disk") / self.log.name).write_bytes(b"".join(holed))

    @staticmethod
    def pages(file: Path) -> list[bytes]:
        content = file.read_bytes() if file.exists() else b""
        return [content[start : start + 4096] for start in range(0, len(content), 4096)]


@pytest.fixture
def linux(tmp_path: Path) -> LinuxDisk:
    return LinuxDisk(tmp_path / "state.sqlite")


def test_a_process_acknowledges_nothing_that_the_disk_lost_while_another_waited_for_it(linux: LinuxDisk) -> None:
    one, other = linux.file(), linux.file()
    SqliteDocuments(other, now).transact(lambda transaction: transaction.put((*LINKS, "other's"), {}), durable=False)
    linux.loses = True
    with pytest.raises(Transient, match="cannot be used"):
        keep(one, "one's")
    with pytest.raises(Transient, match="cannot be used"):
        other.reach_disk()
    keep(other, "after")
    assert linux.has() == {"one's", "other's", "after"}
    one.close()
    other.close()


def test_a_process_that_starts_after_the_disk_lost_something_acknowledges_only_what_is_on_it(linux: LinuxDisk) -> None:
    one = linux.file()
    linux.loses = True
    with pytest.raises(Transient, match="cannot be used"):
        keep(one, "one's")
    later = linux.file()  # as after the death of the first, whose log stays
    keep(later, "after")
    assert linux.has() == {"one's", "after"}
    one.close()
    later.close()


def test_a_process_that_starts_during_a_backup_reads_and_acknowledges_once_it_can_know_the_disk(disk: Disk) -> None:
    one = disk.file()
    keep(one, "one's")
    with closing(sqlite3.connect(disk.path, isolation_level=None)) as backup:
        backup.execute("BEGIN")
        backup.execute("SELECT count(*) FROM documents").fetchall()
        later = disk.file(0.05)
        assert SqliteDocuments(later, now).get((*LINKS, "one's")) == {}
        with pytest.raises(Transient, match="busy"):
            keep(later, "later's")
        keep(one, "one's second")
    keep(later, "after")
    assert disk.has() == {"one's", "one's second", "later's", "after"}
    one.close()
    later.close()


def test_a_writer_whose_disk_hangs_keeps_no_other_waiting_for_ever(disk: Disk) -> None:
    file = disk.file(0.2)
    disk.asked.clear()
    disk.goes_on.clear()
    waiting = threading.Thread(target=keep, args=(file, "one"))
    waiting.start()
    assert disk.asked.wait(60)
    with pytest.raises(Transient, match="busy"):
        keep(file, "two")
    disk.goes_on.set()
    waiting.join()
    file.close()


def test_a_task_may_begin_before_its_disk_has_it_and_is_acknowledged_afterwards(disk: Disk) -> None:
    file = disk.file()
    tasks, told = SqliteTasks(file), threading.Event()
    tasks.listen(told.set)
    disk.asked.clear()
    disk.goes_on.clear()
    putting = threading.Thread(target=tasks.put, args=(Task("one", NOW, {"int_id": "7"}),))
    putting.start()
    assert told.wait(60)
    leased = tasks.lease(NOW, "", 60)
    assert leased is not None
    assert leased[0].name == "one"
    assert putting.is_alive()
    disk.goes_on.set()
    putting.join()
    file.close()


def test_a_task_that_did_not_reach_the_disk_is_not_acknowledged(disk: Disk) -> None:
    file = disk.file()
    disk.failure = OSError(errno.EIO, "input/output error")
    with pytest.raises(Transient):
        SqliteTasks(file).put(Task("one", NOW, {}))
    file.close()


def test_a_link_that_is_no_json_cannot_be_written_not_even_by_another_program(file: SqliteFile) -> None:
    """So only a damaged disk leaves one, and then the file as a whole is to be restored (decision 0012)."""
    SqliteDocuments(file, now).transact(lambda transaction: transaction.put((*LINKS, "one"), {"state": "active"}))
    with closing(sqlite3.connect(file._path)) as rival, pytest.raises(sqlite3.OperationalError, match="malformed JSON"):
        rival.execute("UPDATE documents SET body = '{'")
