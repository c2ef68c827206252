"""One booking of a walk: passed by, noted as left out, or looked at with both its sides."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

from functions.application.intake.hints import Hint, Kind, task
from functions.application.ports import BookingRow
from functions.application.scanning.progress import SINGLE_READS, SWEEPS, Scan
from functions.application.scanning.rows import booking_of, differs, shows_texts
from functions.application.store import links, parked
from functions.application.sync import write_back
from functions.application.sync.reconcile import reconcile
from functions.application.sync.rest import come_back
from functions.application.sync.session import SyncSession
from functions.domain.model.errors import AccessRevoked, Conflict, Stale, SyncError, Transient
from functions.domain.model.identity import turn_of
from functions.domain.model.link import Base, Link
from functions.domain.model.zones import day_of
from functions.domain.planning.lifecycle import AskAgain, Decided, LeaveOut, after
from functions.domain.planning.projection import when_of

TROUBLE = 10  # calls that one which failed counts for: a side in trouble is called less
AFTER_TROUBLE = timedelta(seconds=5)


def pass_by(session: SyncSession, scan: Scan, row: BookingRow, link: Link) -> Scan | None:
    """Return the walk with a booking counted that it can pass by; None: it is to be looked at."""
    if row.id in session.integration.probing:
        return scan
    if scan.since is not None or scan.kind == "resync" or (link.version == 0 and _left_out(session, scan, row)):
        return None
    if write_back.is_asked_again(scan.kind, scan.refused, link):
        return None
    changed = differs(session, row, link)
    texts = changed is False and scan.kind == "full" and shows_texts(session, row, link)
    if changed is False and not texts:
        return replace(scan, looked=scan.looked + 1)
    spent = scan.reads >= SINGLE_READS and scan.kind in SWEEPS
    if texts and (spent or turn_of(row.id, scan.turns) != scan.turn):
        return replace(scan, looked=scan.looked + 1, unread=scan.unread + 1)
    return replace(scan, unseen=scan.unseen + 1) if changed is None and spent else None


def look(session: SyncSession, hint: Hint, scan: Scan, row: BookingRow) -> tuple[Scan, int]:
    """Look at one booking; its trouble is parked and does not stop the others."""
    session = session.again()
    link = links.of_booking(session.ports.documents, session.id, row.id)
    passed = pass_by(session, scan, row, link)
    if passed is not None:
        return passed, 0
    if link.version == 0 and _left_out(session, scan, row):
        return _note(session, scan, row, link), 0
    again = write_back.is_asked_again(scan.kind, scan.refused, link)
    link = after(link, Decided(AskAgain())).link if again else link
    scan = replace(scan, reads=scan.reads + 1)
    about = replace(hint, kind=Kind.BOOKING, subject=(row.id,), source=scan.kind, actor=scan.actor, at=session.now())
    reads_event = (scan.kind == "resync" or again) and link.event is not None and not link.closed
    try:
        event = session.read_event(link.event) if reads_event and link.event is not None else None
        outcome = reconcile(session, about, link, event=event)
    except AccessRevoked:
        raise
    except (Transient, Stale) as error:
        due = session.now() + (AFTER_TROUBLE if isinstance(error, Transient) else timedelta())
        if reads_event and link.event is not None:
            about = replace(about, kind=Kind.EVENT, subject=(link.event.calendar, link.event.id))
        session.ports.tasks.put(task(replace(about, attempt=1), due, "walk", int(due.timestamp()), scan.lane))
        return replace(scan, looked=scan.looked + 1, failed=scan.failed + 1), TROUBLE
    except SyncError as error:
        parked.park(session.ports, about, error.reason, session.now())
        return replace(scan, looked=scan.looked + 1, failed=scan.failed + 1), 1
    if again and not outcome.writes and outcome.link.version == link.version:
        _save(
            session, link
        )  # nothing was left to ask: it stands there by now, or may not be written for another reason
    calls = reads_event + sum(1 for step in outcome.steps if step.startswith("event.") or step == "look")
    come_back(session.ports, about, outcome, scan.lane)
    refused = scan.refused + (again and bool(outcome.link.ids.not_taken))
    return replace(scan, looked=scan.looked + 1, changed=scan.changed + bool(outcome.steps), refused=refused), calls


def _left_out(session: SyncSession, scan: Scan, row: BookingRow) -> bool:
    if scan.leaves_out is None or row.starts is None:
        return scan.leaves_out == date.max
    return day_of(row.starts, session.settings.timezone) < scan.leaves_out


def _note(session: SyncSession, scan: Scan, row: BookingRow, link: Link) -> Scan:
    """Note a booking that was there before and gets no event until it changes."""
    booking = booking_of(row) or session.read_booking(row.id).value
    scan = replace(scan, looked=scan.looked + 1)
    if booking is None:
        return scan
    base = Base(when_of(booking, session.settings), "", booking.object_id, booking.status)
    _save(session, after(link, Decided(LeaveOut(base))).link)
    return scan


def _save(session: SyncSession, link: Link) -> None:
    with suppress(Stale, Conflict):  # a webhook was faster: it is looked at already
        session.ports.documents.transact(lambda tx: links.save(tx, session.id, link))
