"""What an integration costs while nothing happens: documents counted over an hour with three calendars that have channels."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from functions.application.intake.hints import Kind
from functions.application.ports import Body, Documents, Path, Transaction
from functions.application.scanning import rounds
from tests.harness.place import ROOM_A, ROOM_B, Place

MAPPING = [
    {"object": "10", "calendar": ROOM_A},
    {"object": "11", "calendar": ROOM_B},
    {"object": "*", "calendar": "primary"},
]


class Counted:
    """A store that counts as Firestore bills: a read for each document, one at least for a query."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self.reads = self.writes = 0

    def get(self, path: Path) -> Body | None:
        self.reads += 1
        return self._documents.get(path)

    def several(self, paths: Sequence[Path]) -> list[Body | None]:
        self.reads += len(paths)
        return self._documents.several(paths)

    def find(self, collection: Path, where: Mapping[str, Any] | None = None, **how: Any) -> list[tuple[str, Body]]:
        found = self._documents.find(collection, where, **how)
        self.reads += max(1, len(found))
        return found

    def count(self, collection: Path, where: Mapping[str, Any] | None = None) -> int:
        self.reads += 1
        return self._documents.count(collection, where)

    def transact(self, work: Callable[[Transaction], Any], *, durable: bool = True) -> Any:
        return self._documents.transact(lambda tx: work(_CountedTransaction(self, tx)), durable=durable)


class _CountedTransaction:
    def __init__(self, counted: Counted, tx: Transaction) -> None:
        self._counted, self._tx = counted, tx

    def get(self, path: Path) -> Body | None:
        self._counted.reads += 1
        return self._tx.get(path)

    def __getattr__(self, name: str) -> Any:
        self._counted.writes += 1  # put, create, delete
        return getattr(self._tx, name)


def minutes(place: Place, number: int) -> list[tuple[int, int, int]]:
    """Let so many minutes go by, and return for each: tasks queued, documents read and written."""
    counted = Counted(place.documents)
    place.ports.documents = counted  # type: ignore[assignment]
    told = []
    for _ in range(number):
        place.now = place.now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        before = (counted.reads, counted.writes)
        queued = rounds.queue_all(place.ports, Kind.TICK)
        place.settle(5)
        told.append((queued, counted.reads - before[0], counted.writes - before[1]))
    return told


def test_a_quiet_minute_costs_one_read_and_no_write_and_queues_nothing(place: Place) -> None:
    place.activate(mapping=MAPPING)
    minutes(place, 90)  # until the first sweeps are done
    hour = minutes(place, 60)
    quiet = [(reads, writes) for queued, reads, writes in hour if not queued]
    assert len(quiet) >= 55
    assert max(quiet) <= (2, 0), "the round's own query, and every half hour each integration once"
    assert sum(reads for _, reads, _ in hour) <= 222
    assert sum(writes for _, _, writes in hour) <= 50
