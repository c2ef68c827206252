"""Retries event ids and Meet links that the API user was not allowed to write.

Every resync and every night tries again, because the right may have been given. A scan that is refused `OFTEN` times
stops trying: the right is still missing. What i-Reserve refuses for another reason, such as length, is not retried.
"""

from datetime import datetime

from functions.application.ports import Path, Transaction
from functions.application.store.integrations import path_of
from functions.application.sync.session import SyncSession
from functions.domain.model.check import Check
from functions.domain.model.messages import say
from functions.domain.pairing.link import Link

OFTEN = 20


def is_asked_again(kind: str, so_far: int, link: Link) -> bool:
    """Whether a scan of this kind, after so many refusals, tries this pair again."""
    return kind in ("resync", "full") and bool(link.ids.refused) and not link.closed and so_far < OFTEN


def asked(session: SyncSession, kind: str, so_far: int) -> None:
    """Clear the note after a scan tried again without a refusal, if nothing else was refused since it began."""
    path = _notes_path(session)

    def clear(tx: Transaction) -> None:
        noted, scan = tx.get(path), tx.get(path_of(session.id, "progress", kind))
        last = str(noted.get("at", "")) if noted is not None else ""
        if not last or scan is None or datetime.fromisoformat(last) < datetime.fromisoformat(scan["started_at"]):
            tx.delete(path)

    if kind in ("resync", "full") and not so_far and session.ports.documents.get(path) is not None:
        session.ports.documents.transact(clear)


def checks(session: SyncSession) -> list[Check]:
    """Report that the API user may not write event ids and Meet links, until a scan has written them."""
    noted = session.ports.documents.get(_notes_path(session))
    if noted is None:
        return []
    says = say(
        "the API user may not write event ids and Meet links into bookings (first seen at booking {})",
        noted["booking_id"],
    )
    mend = "give the API user the right entity_booking_update, then resync; it is also tried again each night"
    return [Check("write_back", "amber", says, mend, "ireserve")]


def note(session: SyncSession, booking_id: str) -> None:
    """Record the first booking that could not be written, and the last refusal's time."""
    path, at = _notes_path(session), session.now().isoformat()

    def mark(tx: Transaction) -> None:
        tx.put(path, {"booking_id": booking_id, **(tx.get(path) or {}), "at": at})

    session.ports.documents.transact(mark)


def _notes_path(session: SyncSession) -> Path:
    return path_of(session.id, "progress", "write_back")
