"""Somebody else who is faster: something happens between what was read and what is saved."""

from collections.abc import Callable
from typing import Any, TypeVar

from functions.application.ports import Transaction

T = TypeVar("T")


class Faster:
    """A store in which something happens once, right before the next transaction."""

    def __init__(self, documents: Any, happens: Callable[[], object]) -> None:
        self._documents = documents
        self._happens: Callable[[], object] | None = happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._documents, name)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        if self._happens is not None:
            happens, self._happens = self._happens, None
            happens()
        done: T = self._documents.transact(work)
        return done
