"""What every store of documents keeps to: the SQLite file and Firestore, by the same tests."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.adapters.firestore.connection import FirestoreConnection
from functions.adapters.firestore.documents import FirestoreDocuments
from functions.adapters.sqlite.documents import SqliteDocuments
from functions.adapters.sqlite.file import SqliteFile
from functions.application.ports import Body, Documents, Transaction
from functions.domain.model.errors import Malformed, Taken
from tests.world.memory import MemoryDocuments

LINKS = ("integrations", "7", "links")
JOURNAL = ("integrations", "7", "journal")
ONE = (*LINKS, "one")


class SettableClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture(params=["sqlite", "firestore", "memory"])
def documents(request: pytest.FixtureRequest, tmp_path: Path, clock: SettableClock) -> Iterator[Documents]:
    if request.param == "memory":  # for tests
        yield MemoryDocuments(clock)
        return
    if request.param == "sqlite":
        file = SqliteFile(tmp_path / "state.sqlite")
        yield SqliteDocuments(file, clock)
        file.close()
        return
    emulator = request.getfixturevalue("firestore")
    connection = FirestoreConnection("demo-contract", emulator=emulator.host)
    yield FirestoreDocuments(connection, clock)
    connection.close()


def put(documents: Documents, path: tuple[str, ...], body: Body, **options: Any) -> None:
    documents.transact(lambda transaction: transaction.put(path, body, **options))


def fill(documents: Documents, collection: tuple[str, ...], bodies: dict[str, Body]) -> None:
    """Write many, 500 at a time."""
    rows = list(bodies.items())
    for first in range(0, len(rows), 500):

        def write(transaction: Transaction, first: int = first) -> None:
            for name, body in rows[first : first + 500]:
                transaction.put((*collection, name), body)

        documents.transact(write)


def at_once(calls: Sequence[Callable[[], None]]) -> list[BaseException]:
    """Run the calls on threads that start together, and return what they raised."""
    gate, raised = threading.Barrier(len(calls)), list[BaseException]()

    def run(call: Callable[[], None]) -> None:
        gate.wait()
        try:
            call()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            raised.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_what_was_put_is_got_until_it_is_deleted(documents: Documents) -> None:
    assert documents.get(ONE) is None
    put(documents, ONE, {"state": "active", "version": 1})
    put(documents, ONE, {"state": "held"})
    assert documents.get(ONE) == {"state": "held"}
    for _ in range(2):
        documents.transact(lambda transaction: transaction.delete(ONE))
        assert documents.get(ONE) is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"a": None, "b": True, "c": False, "d": 0, "e": -(2**62), "f": 1.5, "g": "", "h": [], "i": {}},
        {"nested": {"list": [[1, [2, []]], {"x": [None]}], "a.b": {"`": "quoted"}, "ключ": "значение"}},
        {"text": 'žluťoučký 🏸 \u0000 "\\ \u2028', "expires_at": "2026-01-01T00:00:00+00:00"},
        {"big": "x" * 300_000, "rows": [{"n": n, "text": "y" * 100} for n in range(1000)]},
    ],
    ids=["empty", "plain", "nested", "unicode", "big"],
)
def test_a_document_comes_back_as_it_was_written(documents: Documents, body: Body) -> None:
    put(documents, ONE, body)
    found = documents.get(ONE)
    assert found == body
    assert found is not None
    assert [type(value) for value in found.values()] == [type(body[name]) for name in found]


def test_several_are_got_together_in_their_order(documents: Documents, clock: SettableClock) -> None:
    fill(documents, LINKS, {"a": {"n": 1}, "b": {"n": 2}})
    put(documents, (*LINKS, "old"), {"n": 3}, expires=clock.now)
    wanted = [(*LINKS, name) for name in ("b", "none", "old", "a", "b")]
    assert documents.several(wanted) == [{"n": 2}, None, None, {"n": 1}, {"n": 2}]
    assert documents.several([]) == []


def test_several_of_different_collections_are_got_together(documents: Documents) -> None:
    claim = ("integrations", "7", "claims", "one")
    put(documents, ONE, {"n": 1})
    put(documents, claim, {"n": 2})
    assert documents.several([claim, ONE, (*LINKS, "none"), claim]) == [{"n": 2}, {"n": 1}, None, {"n": 2}]


def test_subcollections_and_integrations_do_not_mix(documents: Documents) -> None:
    put(documents, ("integrations", "7"), {"name": "root"})
    put(documents, ONE, {"name": "link"})
    put(documents, ("integrations", "70", "links", "one"), {"name": "other"})
    assert [name for name, _ in documents.find(("integrations",))] == ["7"]
    assert documents.find(LINKS) == [("one", {"name": "link"})]
    assert documents.find(("integrations", "8", "links")) == []


@pytest.mark.parametrize("path", [(), ("links",), ("links", ""), ("links", "a/b"), ("a", "b", "c")])
def test_a_path_that_names_no_document_is_refused(documents: Documents, path: tuple[str, ...]) -> None:
    with pytest.raises(Malformed if len(path) == 2 else ValueError):
        documents.get(path)


def test_of_two_threads_that_create_one_document_exactly_one_wins(documents: Documents) -> None:
    for number in range(10):
        path = (*LINKS, str(number))
        calls = [
            lambda who=who, path=path: documents.transact(lambda t: t.create(path, {"by": who})) for who in range(2)
        ]
        raised = at_once(calls)
        assert [type(error) for error in raised] == [Taken]
        assert documents.get(path) in ({"by": 0}, {"by": 1})


def test_a_create_that_is_taken_takes_its_whole_transaction_with_it(documents: Documents) -> None:
    put(documents, ONE, {"by": "first"})

    def claim(transaction: Transaction) -> None:
        transaction.get((*LINKS, "other"))
        transaction.put((*LINKS, "other"), {"by": "second"})
        transaction.create(ONE, {"by": "second"})

    with pytest.raises(Taken):
        documents.transact(claim)
    assert documents.find(LINKS) == [("one", {"by": "first"})]


def test_eight_threads_that_add_to_one_number_lose_no_addition(documents: Documents) -> None:
    put(documents, ONE, {"sum": 0})

    def add(transaction: Transaction) -> None:
        body = transaction.get(ONE) or {}
        transaction.put(ONE, {"sum": body["sum"] + 1})

    def five() -> None:
        for _ in range(5):
            documents.transact(add)

    assert at_once([five] * 8) == []
    assert documents.get(ONE) == {"sum": 40}


def test_two_that_take_a_lease_by_reading_it_first_do_not_both_get_it(documents: Documents) -> None:
    got: list[int] = []

    def take(who: int) -> None:
        def work(transaction: Transaction) -> bool:
            if transaction.get(ONE):
                return False
            transaction.put(ONE, {"holder": who})
            return True

        if documents.transact(work):
            got.append(who)

    at_once([lambda who=who: take(who) for who in range(4)])  # type: ignore[misc]
    assert documents.get(ONE) == {"holder": got[0]}
    assert len(got) == 1


def test_a_transaction_that_raises_leaves_nothing(documents: Documents) -> None:
    def half(transaction: Transaction) -> None:
        transaction.get(ONE)
        transaction.put(ONE, {"half": True})
        transaction.create((*LINKS, "two"), {"half": True})
        raise LookupError

    with pytest.raises(LookupError):
        documents.transact(half)
    assert documents.find(LINKS) == []
    put(documents, ONE, {"whole": True})


def test_a_read_after_a_write_is_refused_in_a_transaction(documents: Documents) -> None:
    def backwards(transaction: Transaction) -> None:
        transaction.put(ONE, {})
        transaction.get(ONE)

    with pytest.raises(RuntimeError, match="reads come before"):
        documents.transact(backwards)
    assert documents.get(ONE) is None


def test_a_transaction_returns_what_its_work_returns(documents: Documents) -> None:
    put(documents, ONE, {"n": 3})
    assert documents.transact(lambda transaction: transaction.get(ONE)) == {"n": 3}


def test_find_matches_values_of_the_same_type_only(documents: Documents) -> None:
    values: dict[str, Any] = {
        "int": 1,
        "text": "1",
        "true": True,
        "null": None,
        "list": ["1"],
        "false": False,
        "zero": 0,
    }
    fill(documents, LINKS, {name: {"state": value} for name, value in values.items()} | {"none": {"other": 1}})
    wanted: list[tuple[str | int | bool, str]] = [
        (1, "int"),
        ("1", "text"),
        (True, "true"),
        (False, "false"),
        (0, "zero"),
    ]
    for value, name in wanted:
        assert [found for found, _ in documents.find(LINKS, {"state": value})] == [name]
        assert documents.count(LINKS, {"state": value}) == 1


def test_ten_thousand_links_are_found_page_by_page_once_each(documents: Documents) -> None:
    fill(
        documents,
        LINKS,
        {
            f"{n * 7919 % 10_000:05}": {"booking_id": str(n), "state": "held" if n % 10 else "active"}
            for n in range(10_000)
        },
    )
    seen, after = list[str](), None
    while page := documents.find(LINKS, after=after, limit=1000):
        seen += [name for name, _ in page]
        after = seen[-1]
    assert seen == [f"{n:05}" for n in range(10_000)]
    assert documents.count(LINKS) == 10_000
    assert documents.count(LINKS, {"state": "active"}) == 1000
    assert documents.find(LINKS, {"booking_id": "1234"}) == [
        (f"{1234 * 7919 % 10_000:05}", {"booking_id": "1234", "state": "held"})
    ]
    first = documents.find(LINKS, {"state": "active"}, limit=3)
    assert documents.find(LINKS, {"state": "active"}, after=first[1][0], limit=1) == first[2:]
    with pytest.raises(ValueError, match="upwards"):
        documents.find(LINKS, descending=True)


def test_the_journal_is_paged_newest_first_also_where_times_repeat(documents: Documents) -> None:
    entries = {f"e{n:02}": {"at": f"2026-03-01T10:00:{n // 3:02}", "booking_id": str(n % 2)} for n in range(30)}
    fill(documents, JOURNAL, {**entries, "undated": {"booking_id": "0"}, "null": {"at": None, "booking_id": "0"}})
    expected = sorted((name for name, body in entries.items() if body["booking_id"] == "0"), reverse=True)
    seen, after = list[str](), None
    while page := documents.find(JOURNAL, {"booking_id": "0"}, order="at", descending=True, after=after, limit=4):
        seen += [name for name, _ in page]
        after = (page[-1][1]["at"], page[-1][0])
    assert seen == expected
    rest = documents.find(JOURNAL, order="at", after="2026-03-01T10:00:08")
    assert [name for name, _ in rest] == ["e27", "e28", "e29"]


def test_a_stretch_of_an_order_ends_before_the_value_that_is_named(documents: Documents) -> None:
    fill(documents, LINKS, {name: {"day": day} for name, day in (("a", "1|a"), ("b", "2|b"), ("c", "2|c"), ("d", "3"))})
    assert [name for name, _ in documents.find(LINKS, order="day", after="1", before="2~")] == ["a", "b", "c"]
    assert [name for name, _ in documents.find(LINKS, order="day", before="2|c", limit=1)] == ["a"]
    assert [name for name, _ in documents.find(LINKS, order="day", after=("1|a", "a"), before="2|c")] == ["b"]
    assert documents.find(LINKS, order="day", after="3", before="3~") == []


def test_what_has_expired_is_gone_at_once(documents: Documents, clock: SettableClock) -> None:
    soon = clock.now + timedelta(minutes=10)
    put(documents, ONE, {"at": 1, "state": "s"}, expires=soon)
    assert documents.get(ONE) == {"at": 1, "state": "s"}
    clock.now = soon
    assert documents.get(ONE) is None
    assert documents.transact(lambda transaction: transaction.get(ONE)) is None
    assert documents.find(LINKS) == []
    assert documents.find(LINKS, {"state": "s"}) == []


def test_what_has_expired_may_be_created_anew(documents: Documents, clock: SettableClock) -> None:
    put(documents, ONE, {"by": "old"}, expires=clock.now + timedelta(minutes=10))
    with pytest.raises(Taken):
        documents.transact(lambda transaction: transaction.create(ONE, {"by": "early"}))
    clock.now += timedelta(minutes=11)
    documents.transact(lambda transaction: transaction.create(ONE, {"by": "new"}))
    assert documents.get(ONE) == {"by": "new"}


def test_a_later_write_without_expiry_stays(documents: Documents, clock: SettableClock) -> None:
    put(documents, ONE, {"v": 1}, expires=clock.now + timedelta(minutes=1))
    put(documents, ONE, {"v": 2})
    clock.now += timedelta(days=400)
    assert documents.get(ONE) == {"v": 2}


def test_a_page_is_full_although_some_of_its_documents_expired(documents: Documents, clock: SettableClock) -> None:
    for n in range(9):
        put(documents, (*JOURNAL, f"{n}"), {"at": n}, expires=clock.now + timedelta(minutes=100 if n % 3 == 2 else 1))
    clock.now += timedelta(minutes=2)
    assert [name for name, _ in documents.find(JOURNAL, limit=2)] == ["2", "5"]
    assert [name for name, _ in documents.find(JOURNAL, order="at", descending=True, limit=2)] == ["8", "5"]


@pytest.mark.parametrize("body", [{"at": datetime(2026, 1, 1, tzinfo=UTC)}, {"set": {1, 2}}, {"bytes": b"x"}])
def test_what_is_not_json_is_refused(documents: Documents, body: Body) -> None:
    with pytest.raises(TypeError):
        put(documents, ONE, body)
    assert documents.get(ONE) is None


def test_half_a_character_is_refused(documents: Documents) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- each store's own words
        put(documents, ONE, {"text": "\ud83c"})
    assert documents.get(ONE) is None


def test_an_expiring_document_with_a_field_of_that_name_is_refused(documents: Documents, clock: SettableClock) -> None:
    with pytest.raises(ValueError, match="expires_at"):
        put(documents, ONE, {"expires_at": "text"}, expires=clock.now + timedelta(minutes=1))


def test_what_was_only_read_must_still_hold_when_the_rest_is_written(documents: Documents) -> None:
    put(documents, ONE, {"owner": "a"})
    runs = list[Body | None]()

    def decide(transaction: Transaction) -> None:
        runs.append(transaction.get(ONE))
        if len(runs) == 1 and isinstance(documents, FirestoreDocuments):  # SQLite lets no one in meanwhile
            put(documents, ONE, {"owner": "b"})
        transaction.put((*LINKS, "two"), {"owner": (runs[-1] or {})["owner"]})

    documents.transact(decide)
    assert documents.get((*LINKS, "two")) == runs[-1] == documents.get(ONE)


def test_many_who_read_one_settings_document_do_not_wait_for_each_other(documents: Documents) -> None:
    put(documents, ("integrations", "7"), {"state": "active"})

    def save(number: int) -> None:
        def work(transaction: Transaction) -> None:
            assert transaction.get(("integrations", "7"))
            transaction.put((*LINKS, str(number)), {"n": number})

        documents.transact(work)

    started = time.monotonic()
    assert at_once([lambda number=number: save(number) for number in range(8)]) == []  # type: ignore[misc]
    assert documents.count(LINKS) == 8
    assert time.monotonic() - started < 15  # the emulator keeps who waits for a lock longer
