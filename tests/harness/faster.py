"""Somebody else who is faster: something happens between what was read and what is saved."""

from collections.abc import Callable
from typing import Any, TypeVar

from functions.application.ports import Transaction
from tests.harness.place import Place

T = TypeVar("T")


class Faster:
    """A store in which something happens once, right before the next transaction, or a `later` one."""

    def __init__(self, documents: Any, happens: Callable[[], object], later: int = 0) -> None:
        self._documents, self._left = documents, later
        self._happens: Callable[[], object] | None = happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._documents, name)

    def transact(self, work: Callable[[Transaction], T], *, durable: bool = True) -> T:
        if self._happens is not None and not self._left:
            happens, self._happens = self._happens, None
            happens()
        self._left -= 1
        done: T = self._documents.transact(work, durable=durable)
        return done


def overtake(place: Place, happens: Callable[[], object], later: int = 0) -> None:
    """Let something happen in a place before a transaction of what is done there next."""
    documents: Any = Faster(place.documents, happens, later)
    place.ports.documents = documents
