"""The progress of work in steps: a step saves it only where no other worker went on and no new work replaced it."""

from functions.application.ports import Body, Documents, Path
from functions.application.store.once import change_once
from functions.application.store.records import record_of, stored


def went_on(documents: Documents, path: Path, before: object, after: object) -> bool:
    """Save what a step made of `before`; returns False and saves nothing if that is no longer what is stored.

    Whoever was overtaken queues no next step either, or there would be two chains of them.
    """

    def put(body: Body | None) -> tuple[Body | None, bool]:
        there = record_of(type(after), body, "the progress") if body is not None else None
        return (stored(after), True) if there == before else (None, False)

    return change_once(documents, path, put)
