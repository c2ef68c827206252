"""Limits guest mails: Google mails guests only if the settings say so, and at most 100 times an hour."""

from datetime import datetime, timedelta

from functions.application.ports import Transaction
from functions.application.store.integrations import path_of
from functions.application.sync.session import SyncSession
from functions.domain.pairing.writes import InsertEvent, PatchEvent, ReviveEvent, Write

MOST, SPAN = 100, timedelta(hours=1)


def may_mail(session: SyncSession, step: Write) -> bool:
    """Whether Google may mail an event's guests about this write; counts it if so."""
    outbound, inbound = session.settings.outbound, session.settings.inbound
    answer = step.change.answer if isinstance(step, PatchEvent) else None
    if not (inbound.tell_organizer and answer == "declined" if answer is not None else outbound.notify_guests):
        return False
    if isinstance(step, InsertEvent | ReviveEvent) and (step.content is None or not step.content.guest):
        return True  # there is nobody to mail
    now = session.now()
    path = path_of(session.id, "progress", "mails")

    def take_one(tx: Transaction) -> bool:
        sent = [at for at in (tx.get(path) or {}).get("at", []) if now - datetime.fromisoformat(at) < SPAN]
        if len(sent) >= MOST:
            return False
        tx.put(path, {"at": [*sent, now.isoformat()]}, expires=now + SPAN)
        return True

    allowed = session.ports.documents.transact(take_one)
    if not allowed:
        session.ports.log("mails_limited", {"severity": "WARNING", "int_id": session.id, "limit": MOST})
    return allowed
