"""Reports a write: its journal entry, opened and closed, and its log line."""

from dataclasses import replace

from functions.application.intake.hints import WEBHOOK, Hint
from functions.application.ports import Body, Transaction
from functions.application.store import journal
from functions.application.sync.session import SyncSession
from functions.domain.comparing.event_content import when_of
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event
from functions.domain.pairing.link import Intent, Link
from functions.domain.pairing.step import Landed, Overtaken, Rejected, Result
from functions.domain.pairing.writes import InsertEvent, Outcome, PatchEvent, Write, WriteBooking
from functions.domain.planning.plan import as_meant_by_both
from functions.domain.planning.view import View


def opened(session: SyncSession, hint: Hint, view: View, step: Write) -> Body:
    """Return the entry of a write about to be made."""
    replaced = view.event.value if isinstance(step, PatchEvent) else None
    entry = _entry(session, hint, view, step, replaced)
    booking = view.booking.value
    wanted = session.settings.outbound.use_customer_data and booking is not None and bool(booking.email)
    left_out = isinstance(step, InsertEvent) and not step.content.guest and wanted
    return {**entry, "left_out": ["guest"]} if left_out else entry


def _entry(session: SyncSession, hint: Hint, view: View, step: Write, replaced: Event | None = None) -> Body:
    entry = journal.opened(_replacing(session, view, step), step, hint, session.now(), replaced)
    booking = view.booking.value
    return {**entry, "object_id": booking.object_id} if view.link.base is None and booking is not None else entry


def _replacing(session: SyncSession, view: View, step: Write) -> Link:
    """Return the link with what a write replaces: on a booking what stands there, which may not be agreed on yet."""
    link, zone = view.link, session.settings.timezone
    booking = as_meant_by_both(view, zone).booking.value
    if not isinstance(step, WriteBooking) or link.base is None or booking is None:
        return link
    when = when_of(booking, session.settings)
    return replace(link, base=replace(link.base, when=when, object_id=booking.object_id, status=booking.status))


def note_despite(session: SyncSession, intent: Intent | None, despite: str) -> None:
    """Record in a write's open entry what it will ignore, because a crash would lose the answer."""

    def note(tx: Transaction) -> None:
        if intent is not None and (entry := journal.found(tx, session.id, intent.entry)) is not None:
            journal.put(tx, session.id, intent.entry, {**entry, "despite": despite})

    session.ports.documents.transact(note)


def closed(session: SyncSession, entry: Body, outcome: Outcome, result: Result) -> Body:
    """Return an entry closed with the result of its write."""
    kept = entry if isinstance(result, Landed) else {name: each for name, each in entry.items() if name != "despite"}
    return journal.closed(kept, outcome, session.now(), **_came(result), **_lacking(entry, result))


def note_overwritten(session: SyncSession, hint: Hint, link: Link) -> None:
    """Journal, once, that a webhook tells of a change between our reading a booking and our writing to it.

    i-Reserve has no conditional write, and does not tell what was overwritten.
    """
    wrote = link.wrote
    if hint.source != WEBHOOK or wrote is None or hint.at is None or not wrote.missed(hint.at):
        return
    entry_id = f"{wrote.entry}-overwritten"

    def note(tx: Transaction) -> None:
        if tx.get(journal.entry_path(session.id, entry_id)) is None:
            journal.put(tx, session.id, entry_id, journal.overwritten(link, session.now()))

    session.ports.documents.transact(note)


def journal_shadow(session: SyncSession, hint: Hint, view: View, step: Write) -> None:
    """In shadow, journal the write that would be made."""
    entry = journal.closed(_entry(session, hint, view, step), Outcome.SHADOW, session.now())
    entry_id = session.ports.token(12)
    session.ports.documents.transact(lambda tx: journal.put(tx, session.id, entry_id, entry))


def log(session: SyncSession, hint: Hint, link: Link, step: Write) -> None:
    """Log a write that landed, with the time since its hint."""
    lag = (session.now() - hint.at).total_seconds() if hint.at else 0.0
    fields: dict[str, object] = {
        "int_id": session.id,
        "booking": link.booking_id,
        "step": journal.name_of(step),
        "why": step.why.value,
        "lag_seconds": round(lag, 3),
    }
    session.ports.log("change_applied", fields)


def _came(result: Result) -> Body:
    """Return what to add to a closed entry: the ids of what was made, or the reason of a refusal."""
    match result:
        case Landed(Event() as event):
            return {"calendar": event.key.calendar, "event": event.key.id}
        case Landed(Booking() as booking):
            return {"booking_id": booking.id}
        case Rejected(reason) | Overtaken(_, reason):
            return {"reason": reason}
    return {}


def _lacking(opened: Body, result: Result) -> Body:
    """Record that a write that asked for a guest or a Meet link did not get it."""
    kept = result.kept if isinstance(result, Landed) else {}
    lacking = [name for name in ("guest", "meet") if name in kept and kept[name][0] != kept[name][1]]
    left_out = [*opened.get("left_out", ()), *lacking]
    return {"left_out": left_out} if left_out else {}
