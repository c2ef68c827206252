"""Where a place keeps its documents and tasks: in memory, or in the file of an installation where a test is about that."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from functions.adapters.sqlite.documents import SqliteDocuments
from functions.adapters.sqlite.file import SqliteFile
from functions.adapters.sqlite.tasks import SqliteTasks
from functions.application.ports import Clock
from tests.world.memory import MemoryDocuments, MemoryTasks, Shelves

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Held:
    """All that a store in memory holds."""

    shelves: Shelves
    tasks: MemoryTasks


class InMemory:
    """A store and a queue that take a fraction of the time of those on disk, and keep to the same contract."""

    def __init__(self, clock: Clock) -> None:
        self.documents, self.tasks = MemoryDocuments(clock), MemoryTasks()

    def is_empty(self) -> bool:
        return not any(self.documents.shelves.values())

    def keep(self) -> Held:
        """Copy all that is stored."""
        return Held(self.documents.copy(), self.tasks.copy())

    def put_back(self, kept: Held) -> None:
        """Hold what was copied, and nothing else."""
        self.documents.put_back(kept.shelves)
        self.tasks.put_back(kept.tasks)


class OnDisk:
    """The store and the queue of an installation."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.file = _Unwaited(path)
        self.documents, self.tasks = SqliteDocuments(self.file, clock), SqliteTasks(self.file)

    def is_empty(self) -> bool:
        with self.file.read() as connection:
            return not connection.execute("SELECT count(*) FROM documents").fetchone()[0]

    def keep(self) -> Rows:
        """Copy all that is stored."""
        with self.file.read() as connection:
            return {
                name: connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 -- names of this list
                for name in ("documents", "tasks")
            }

    def put_back(self, kept: Rows) -> None:
        """Hold what was copied, and nothing else."""
        with self.file.write(durable=False) as connection:
            for name, rows in kept.items():
                connection.execute(f"DELETE FROM {name}")  # noqa: S608 -- names of `keep`
                if rows:
                    marks = ",".join("?" * len(rows[0]))
                    connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 -- likewise


class _Unwaited(SqliteFile):
    """A store that no test waits for: it survives all but a power cut, which none can cause. A new one is a copy of the first."""

    _new: ClassVar[bytes] = b""

    def __init__(self, path: Path) -> None:
        there = path.exists()
        if not there and self._new:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(0o600)
            path.write_bytes(self._new)
        super().__init__(path)
        if not there and not self._new:
            self.close()  # all of it is in the one file then
            _Unwaited._new = path.read_bytes()

    def reach_disk(self) -> None:
        """Wait for nothing."""
