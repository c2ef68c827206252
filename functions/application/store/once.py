"""One document is changed once, also where the store's answer was lost and the transaction runs again on what it stored."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from functions.application.ports import Body, Documents, Path, Transaction

T = TypeVar("T")


def change_once(
    documents: Documents,
    path: Path,
    by: Callable[[Body | None], tuple[Body | None, T]],
    *,
    expires: datetime | None = None,
) -> T:
    """Store what `by` makes of a document (None: nothing), and return what it says beside it.

    `by` runs again where another writer was faster, and not where the document stands just as this stored it. So it says
    something that only this call can say (a token, a moment) where another's may be equal and both count.
    """
    made: tuple[Body | None, T] | None = None

    def put(tx: Transaction) -> T:
        nonlocal made
        body = tx.get(path)
        if made is None or made[0] is None or body != made[0]:
            made = by(body)
            if made[0] is not None:
                tx.put(path, made[0], expires=expires)
        return made[1]

    return documents.transact(put)
