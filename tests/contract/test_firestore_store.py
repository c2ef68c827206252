"""What only Firestore does: races are run again, an absence is Transient, and each operation has its price."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from google.api_core import exceptions

from functions.adapters.firestore.connection import FirestoreConnection
from functions.adapters.firestore.documents import FirestoreDocuments
from functions.application.ports import Body, Transaction
from functions.domain.model.errors import Taken, Transient
from tests.conftest import FirestoreEmulator, new_emulator
from tests.world.memory import MemoryDocuments
from tests.world.store import run_twice

LINK = ("integrations", "7", "links", "one")
CLAIM = ("integrations", "7", "claims", "booking-1")
JOURNAL = ("integrations", "7", "journal", "entry")


def now() -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def connection(firestore: FirestoreEmulator) -> Iterator[FirestoreConnection]:
    connection = FirestoreConnection("demo-contract", emulator=firestore.host)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def mortal() -> Iterator[FirestoreEmulator]:
    """An emulator that a test may stop."""
    emulator = new_emulator()
    yield emulator
    emulator.stop()


def test_a_transaction_that_was_raced_decides_again_on_what_is_there_now(connection: FirestoreConnection) -> None:
    documents = FirestoreDocuments(connection, now)
    documents.transact(lambda transaction: transaction.put(LINK, {"n": 1}))
    seen = list[Body | None]()

    def add(transaction: Transaction) -> None:
        seen.append(transaction.get(LINK))
        if len(seen) == 1:
            documents.transact(lambda rival: rival.put(LINK, {"n": 10}))
        transaction.put(LINK, {"n": (seen[-1] or {})["n"] + 1})

    documents.transact(add)
    assert seen == [{"n": 1}, {"n": 10}]
    assert documents.get(LINK) == {"n": 11}


def test_a_transaction_reads_one_moment_even_while_others_write(connection: FirestoreConnection) -> None:
    documents = FirestoreDocuments(connection, now)

    def both(n: int) -> None:
        def work(transaction: Transaction) -> None:
            transaction.put(LINK, {"n": n})
            transaction.put(CLAIM, {"n": n})

        documents.transact(work)

    def read(transaction: Transaction) -> tuple[Body | None, Body | None]:
        first = transaction.get(LINK)
        both(2)
        return first, transaction.get(CLAIM)

    both(1)
    assert documents.transact(read) == ({"n": 1}, {"n": 1})


def test_a_transaction_that_always_loses_is_transient_in_the_end(firestore: FirestoreEmulator) -> None:
    impatient = FirestoreConnection("demo-contract", emulator=firestore.host, seconds=3.0)
    documents = FirestoreDocuments(impatient, now)

    def loser(transaction: Transaction) -> None:
        n = (transaction.get(LINK) or {"n": 0})["n"]
        documents.transact(lambda rival: rival.put(LINK, {"n": n + 1, "rival": True}))
        transaction.put(LINK, {"n": n + 1, "rival": False})

    with pytest.raises(Transient, match="busy"):
        documents.transact(loser)
    assert (documents.get(LINK) or {})["rival"]
    impatient.close()


def patiently(call: Callable[[], object]) -> None:
    """Call again while the store is away, as the queue does with a task."""
    for _ in range(20):
        try:
            call()
        except Transient:
            continue
        return


def test_an_emulator_that_goes_away_is_transient_and_works_again_once_it_is_back(mortal: FirestoreEmulator) -> None:
    connection = FirestoreConnection("demo-contract", emulator=mortal.host, seconds=4.0)
    documents = FirestoreDocuments(connection, now)

    def work(transaction: Transaction) -> None:
        assert transaction.get(LINK) == {"n": 1}
        mortal.stop()  # in the middle of a transaction
        transaction.put(LINK, {"n": 2})
        transaction.put(CLAIM, {"n": 2})

    patiently(lambda: documents.transact(lambda transaction: transaction.put(LINK, {"n": 1})))
    with pytest.raises(Transient, match="did not answer"):
        documents.transact(work)
    with pytest.raises(Transient, match="did not answer"):
        documents.find(("integrations",))
    mortal.start()  # empty, since the emulator keeps its documents in memory
    patiently(lambda: documents.get(LINK))  # a cold emulator on a busy machine may take longer than that
    assert documents.get(LINK) is documents.get(CLAIM) is None
    patiently(lambda: documents.transact(lambda transaction: transaction.put(LINK, {"n": 3})))
    assert documents.get(LINK) == {"n": 3}
    connection.close()


PASSING: tuple[Any, ...] = (
    exceptions.Unknown,  # "Stream removed"
    exceptions.DeadlineExceeded,
    exceptions.InternalServerError,
    exceptions.ResourceExhausted,
    exceptions.ServiceUnavailable,
    exceptions.Cancelled,
    exceptions.Aborted,
)


@pytest.mark.parametrize("error", PASSING)
def test_what_may_pass_is_tried_again_at_once(error: Any) -> None:
    failing = [error("lost"), error("lost")]

    def work() -> str:
        if failing:
            raise failing.pop()
        return "done"

    assert FirestoreConnection("demo-contract").attempt(work) == "done"


@pytest.mark.parametrize("error", PASSING)
def test_what_does_not_pass_is_transient_when_the_time_is_over(error: Any) -> None:
    def work() -> str:
        raise error("lost")

    with pytest.raises(Transient):
        FirestoreConnection("demo-contract", seconds=0.05).attempt(work)


def test_a_call_may_take_less_than_half_of_the_time_so_that_another_fits_in() -> None:
    connection = FirestoreConnection("demo-contract", seconds=10)
    assert connection._limits()["timeout"] < 5


def test_a_document_whose_creation_was_not_answered_is_not_taken_for_somebody_elses(
    connection: FirestoreConnection,
) -> None:
    documents = FirestoreDocuments(connection, now)
    kept = connection.commit
    lost = [PASSING[0]("Stream removed")]

    def commit(writes: Sequence[Any], transaction: bytes) -> None:
        kept(writes, transaction)
        if lost:
            raise lost.pop()

    connection.commit = commit  # type: ignore[method-assign]  # the answer is lost after the commit landed
    documents.transact(lambda transaction: transaction.create(CLAIM, {"n": 1}))
    assert documents.get(CLAIM) == {"n": 1}
    with pytest.raises(Taken):
        documents.transact(lambda transaction: transaction.create(CLAIM, {"n": 2}))


def put(transaction: Transaction) -> object:
    before = transaction.get(CLAIM)
    transaction.put(CLAIM, {"n": 1})
    return before


def created(transaction: Transaction) -> None:
    transaction.create(CLAIM, {"n": 1})


def created_beside(transaction: Transaction) -> None:
    transaction.create(CLAIM, {"n": 1})
    transaction.put(LINK, {"n": 1})


def created_where_there_was_none(transaction: Transaction) -> None:
    transaction.get(CLAIM)
    transaction.create(CLAIM, {"n": 1})


@pytest.mark.parametrize("work", [put, created, created_beside, created_where_there_was_none])
def test_what_runs_again_after_a_lost_answer_does_the_same_in_firestore_and_in_the_worlds(
    firestore: FirestoreEmulator, work: Callable[[Transaction], object]
) -> None:
    waits_in_vain = work is created_beside  # what it finds again is no proof that it has landed
    connection = FirestoreConnection("demo-contract", emulator=firestore.host, seconds=3.0 if waits_in_vain else 20.0)
    kept, lost = connection.commit, [PASSING[0]("Stream removed")]

    def commit(writes: Sequence[Any], transaction: bytes) -> None:
        kept(writes, transaction)
        if lost:
            raise lost.pop()

    connection.commit = commit  # type: ignore[method-assign]  # the answer is lost after the commit landed
    stored, memory = FirestoreDocuments(connection, now), MemoryDocuments(now)

    def what(does: Callable[[], object]) -> object:
        try:
            return does()
        except (Taken, Transient) as error:
            return type(error), error.reason

    assert what(lambda: stored.transact(work)) == what(lambda: run_twice(memory, work, lambda _: None))
    for path in (CLAIM, LINK):
        assert stored.get(path) == memory.get(path)
    connection.close()


def test_what_was_only_read_is_not_locked_on_when_a_commit_never_arrives(connection: FirestoreConnection) -> None:
    documents = FirestoreDocuments(connection, now)
    documents.transact(lambda transaction: transaction.put(CLAIM, {"n": 1}))
    kept = connection.commit
    lost = [PASSING[4]("lost on the way")]

    def commit(writes: Sequence[Any], transaction: bytes) -> None:
        if lost and transaction:
            raise lost.pop()
        kept(writes, transaction)

    connection.commit = commit  # type: ignore[method-assign]
    rival = FirestoreConnection("demo-contract", emulator=connection._emulator, seconds=5.0)
    seen = list[Body | None]()

    def work(transaction: Transaction) -> None:
        seen.append(transaction.get(CLAIM))
        if len(seen) == 2:  # somebody else wants to write what the first run had read
            FirestoreDocuments(rival, now).transact(lambda theirs: theirs.put(CLAIM, {"n": 2}))
        transaction.put(LINK, {"n": 1})

    documents.transact(work)
    assert seen == [{"n": 1}, {"n": 1}, {"n": 2}]
    rival.close()


def test_operations_cost_as_many_documents_as_they_must(connection: FirestoreConnection) -> None:
    documents = FirestoreDocuments(connection, now)

    def costs() -> tuple[int, int]:
        spent = (connection.usage.reads, connection.usage.writes)
        connection.usage.reads = connection.usage.writes = 0
        return spent

    def claim(transaction: Transaction) -> None:
        transaction.create(LINK, {"n": 1})
        transaction.create(CLAIM, {"n": 1})

    def save(transaction: Transaction) -> None:
        transaction.get(LINK)
        transaction.put(LINK, {"n": 2})
        transaction.put(JOURNAL, {"at": "now"})

    def save_if(transaction: Transaction) -> None:
        transaction.get(CLAIM)
        transaction.put(LINK, {"n": 3})

    documents.transact(claim)
    assert costs() == (0, 2)
    documents.get(LINK)
    assert costs() == (1, 0)
    documents.transact(save)
    assert costs() == (1, 2)
    documents.transact(save_if)
    assert costs() == (2, 1)  # what is only read is looked at once more at the commit
    assert len(documents.find(("integrations", "7", "links"), {"n": 3})) == 1
    assert costs() == (1, 0)
    assert documents.count(("integrations", "7", "links")) == 1
    assert costs() == (1, 0)
