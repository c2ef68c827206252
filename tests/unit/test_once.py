"""A document is changed once: again after a race, and not on what it stored itself."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from functions.application.ports import Body, Transaction
from functions.application.store.once import change_once
from tests.world.memory import MemoryDocuments

T = TypeVar("T")
PATH = ("counts", "one")


class Unanswered(MemoryDocuments):
    """A store that runs each transaction twice, as where its answer was lost; `rival` writes in between."""

    def __init__(self, rival: Body | None = None, *, lands: bool = True) -> None:
        super().__init__(lambda: datetime(2026, 11, 23, tzinfo=UTC))
        self._rival, self._lands = rival, lands

    def transact(self, work: Callable[[Transaction], T], *, durable: bool = True) -> T:
        before = self.copy()
        super().transact(work, durable=durable)
        if not self._lands:
            self.shelves = before
        if (body := self._rival) is not None:
            super().transact(lambda tx: tx.put(PATH, body))
        return super().transact(work, durable=durable)


def add_one(body: Body | None) -> tuple[Body, int]:
    number = (body or {"n": 0})["n"] + 1
    return {"n": number}, number


def test_what_stands_as_this_stored_it_is_not_changed_again() -> None:
    documents = Unanswered()
    assert change_once(documents, PATH, add_one) == 1
    assert documents.get(PATH) == {"n": 1}


def test_what_never_landed_is_made_anew_of_what_another_stored() -> None:
    documents = Unanswered({"n": 7}, lands=False)
    assert change_once(documents, PATH, add_one) == 8
    assert documents.get(PATH) == {"n": 8}


def test_what_another_writer_changed_since_is_changed_again() -> None:
    documents = Unanswered({"n": 7})
    assert change_once(documents, PATH, add_one) == 8
    assert documents.get(PATH) == {"n": 8}


def test_where_there_is_nothing_to_store_the_answer_is_that_of_the_last_run() -> None:
    documents = Unanswered()
    assert change_once(documents, PATH, lambda body: (None, body)) is None
    assert documents.get(PATH) is None
