"""Write-back: event ids and Meet links that the user might not write are asked again, as the right may have been given.

By a resync and each night. A walk that is refused this often asks no more: the right is still missing. What i-Reserve
refuses for another reason, such as its length, is not asked again.
"""

from datetime import datetime

from functions.application.finding import Check
from functions.application.integrations import path_of
from functions.application.ports import Path, Transaction
from functions.application.sides import Sides
from functions.domain.errors import Refused
from functions.domain.link import Link
from functions.domain.outcome import not_taken
from functions.domain.step import WriteBooking
from functions.domain.view import Circumstances

NO_RIGHT = "no_right"
OFTEN = 20


def refused(sides: Sides, link: Link, step: WriteBooking, error: Refused, c: Circumstances) -> Link:
    """Return the link once i-Reserve refused a write-back; a missing right is noted for the diagnosis."""
    again = error.reason == NO_RIGHT
    if again:
        _note(sides, step.booking_id)
    return not_taken(link, step.change, c, again=again)


def is_asked_again(kind: str, so_far: int, link: Link) -> bool:
    """Whether a walk of this kind, refused so often so far, asks i-Reserve once more for this pair."""
    return kind in ("resync", "full") and bool(link.not_taken) and not link.closed and so_far < OFTEN


def asked(sides: Sides, kind: str, so_far: int) -> None:
    """Take the note away once a walk that asked again was not refused, nor anything else since it began."""
    path = _path(sides)

    def work(tx: Transaction) -> None:
        noted, walk = tx.get(path), tx.get(path_of(sides.id, "progress", kind))
        last = str(noted.get("at", "")) if noted is not None else ""
        if not last or walk is None or datetime.fromisoformat(last) < datetime.fromisoformat(walk["started_at"]):
            tx.delete(path)

    if kind in ("resync", "full") and not so_far and sides.ports.documents.get(path) is not None:
        sides.ports.documents.transact(work)


def checks(sides: Sides) -> list[Check]:
    """Say that bookings do not name their events, until they can."""
    noted = sides.ports.documents.get(_path(sides))
    if noted is None:
        return []
    says = f"the API user may not write event ids and Meet links into bookings (first seen at booking {noted['booking_id']})"
    mend = "give the API user the right entity_booking_update, then resync; it is also tried again each night"
    return [Check("write_back", "amber", says, mend, "ireserve")]


def _note(sides: Sides, booking_id: str) -> None:
    """Note the first booking that could not be written, and when one was refused last."""
    path, at = _path(sides), sides.now().isoformat()

    def work(tx: Transaction) -> None:
        tx.put(path, {"booking_id": booking_id, **(tx.get(path) or {}), "at": at})

    sides.ports.documents.transact(work)


def _path(sides: Sides) -> Path:
    return path_of(sides.id, "progress", "write_back")
