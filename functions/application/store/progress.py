"""The progress of work in steps: a step saves it only where no other worker went on and no new work replaced it."""

from functions.application.ports import Documents, Path, Transaction
from functions.application.store.records import record_of, stored


def went_on(documents: Documents, path: Path, before: object, after: object) -> bool:
    """Save what a step made of `before`; returns False and saves nothing if that is no longer what is stored.

    Whoever was overtaken queues no next step either, or there would be two chains of them.
    """

    def put(tx: Transaction) -> bool:
        body = tx.get(path)
        there = record_of(type(after), body, "the progress") if body is not None else None
        if there == before:
            tx.put(path, stored(after))
        return there in (before, after)  # `after`: saved by this step, and the answer was lost

    return documents.transact(put)
