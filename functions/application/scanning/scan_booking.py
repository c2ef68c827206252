"""One booking of a scan: skipped, recorded as left out, or looked at on both sides."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from functions.application.intake.hints import Hint, Kind
from functions.application.ports import BookingRow
from functions.application.scanning.progress import SINGLE_READS, SWEEPS, Scan
from functions.application.scanning.rows import booking_of, differs, is_left_out, shows_texts
from functions.application.store import links
from functions.application.sync import retry_event_id
from functions.application.sync.failures import SHOWN_AFTER, Reaction, pair_failed, reaction_to
from functions.application.sync.reconcile import reconcile
from functions.application.sync.reconciled import come_back
from functions.application.sync.session import SyncSession
from functions.domain.comparing.event_content import when_of
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Conflict, Gone, Malformed, Refused, Stale, Transient
from functions.domain.model.identity import turn_of
from functions.domain.model.snapshot import Presence
from functions.domain.pairing.decisions import AskAgain, LeaveOut
from functions.domain.pairing.life import LeftOut
from functions.domain.pairing.lifecycle import after
from functions.domain.pairing.link import Base, Link
from functions.domain.pairing.step import Decided

TROUBLE = 10  # calls that a failed booking counts for, so that a side with problems is called less


def pass_by(session: SyncSession, scan: Scan, row: BookingRow, link: Link) -> Scan | None:
    """Return the scan, with the booking counted, if that needs no look; None if it does."""
    if row.id in session.integration.probing:
        return scan
    if scan.since is not None or _reads_both(scan, link) or is_left_out(session, row, link, scan.leaves_out):
        return None
    if retry_event_id.is_asked_again(scan.kind, scan.refused, link):
        return None
    changed = differs(session, row, link)
    texts = changed is False and scan.kind == "full" and shows_texts(session, row, link)
    if changed is False and not texts:
        return replace(scan, looked=scan.looked + 1)
    spent = scan.reads >= SINGLE_READS and scan.kind in SWEEPS
    if texts and (spent or turn_of(row.id, scan.turns) != scan.turn):
        return replace(scan, looked=scan.looked + 1, unread=scan.unread + 1)
    return replace(scan, unseen=scan.unseen + 1) if changed is None and spent else None


def learn_mains(session: SyncSession, scan: Scan, rows: Iterable[BookingRow]) -> Scan:
    """Read one booking of each object whose main object is not known yet, and whose calendar may be that one's.

    Where i-Reserve does not answer, the next sweep asks again.
    """
    made_on = session.settings.outbound.made_on
    for row in rows:
        wanted = row.status is None or row.status in made_on
        if wanted and scan.reads < SINGLE_READS and row.object_id is not None and session.may_have_main(row.object_id):
            scan = replace(scan, reads=scan.reads + 1)
            try:
                session.learn(session.reservations.read(row.id))
            except Transient:
                break
            except (Gone, Refused, Malformed):
                continue
    return scan


def look(session: SyncSession, hint: Hint, scan: Scan, row: BookingRow) -> tuple[Scan, int]:
    """Look at one booking; returns the scan with it counted, and the number of calls to Google.

    Its errors are handled here; raises only if a side refuses every call.
    """
    session = session.again()
    try:
        link = links.of_booking(session.ports.documents, session.id, row.id)
    except links.Unreadable as error:
        pair_failed(session.ports, replace(hint, kind=Kind.BOOKING, subject=(row.id,)), error, scan.lane)
        return replace(scan, failed=scan.failed + 1), 0
    passed = pass_by(session, scan, row, link)
    if passed is not None:
        return passed, 0
    if is_left_out(session, row, link, scan.leaves_out):
        return _note(session, hint, scan, row, link), 0
    about = replace(hint, kind=Kind.BOOKING, subject=(row.id,), source=scan.source, actor=scan.actor, at=session.now())
    again = retry_event_id.is_asked_again(scan.kind, scan.refused, link)
    key = link.event if (_reads_both(scan, link) or again) and not link.closed else None
    if key is not None:
        about = about.about(key)
    scan = replace(scan, reads=scan.reads + 1, looked=scan.looked + 1)
    try:
        asking = after(link, Decided(AskAgain())).link if again else link
        booking = session.read_booking(row.id) if _may_be_as_left(session, scan, row, link) else None
        shown = _row_of(booking.value) if booking is not None and booking.value is not None and not again else None
        if shown is not None and differs(session, shown, link) is False:
            return scan, 0
        event = session.read_event(key) if key is not None else None
        subject = replace(about, kind=Kind.BOOKING, subject=(row.id,))
        outcome = reconcile(session, subject, asking, booking=booking, event=event)
        if again and not outcome.writes and outcome.link.version == link.version:
            _save(session, asking)  # nothing left to retry: the ids are there by now, or must not be written anyway
        come_back(session.ports, about, outcome, scan.lane)
    except Exception as error:  # noqa: BLE001 -- one pair must not stop the others
        trouble = pair_failed(session.ports, about, error, scan.lane)
        return replace(scan, failed=scan.failed + 1), TROUBLE if reaction_to(trouble) is Reaction.RETRY else 1
    calls = (key is not None) + sum(1 for step in outcome.steps if step.startswith("event.") or step == "look")
    refused = scan.refused + (again and bool(outcome.link.ids.refused))
    return replace(scan, changed=scan.changed + bool(outcome.steps), refused=refused), calls


def _may_be_as_left(session: SyncSession, scan: Scan, row: BookingRow, link: Link) -> bool:
    """Whether a sweep must read a booking only because its row says too little, and its event is to keep its former look."""
    if scan.kind not in SWEEPS or scan.since is not None or differs(session, row, link) is not None:
        return False
    return session.integration.keeps_former_look(link.event_updated)


def _row_of(booking: Booking) -> BookingRow:
    """Return a booking as a row that says enough would show it."""
    return BookingRow(booking.id, booking.starts, booking.ends, booking.status, booking.object_id)


def _reads_both(scan: Scan, link: Link) -> bool:
    """Whether both sides are read, whatever the row shows: texts and settings may have changed between two activations."""
    known = link.version > 0 and not isinstance(link.life, LeftOut)
    return scan.kind == "resync" or (scan.kind == "backfill" and known)


def _note(session: SyncSession, hint: Hint, scan: Scan, row: BookingRow, link: Link) -> Scan:
    """Record a booking from before activation as left out: it gets no event until it changes.

    Not recorded, it would get one in the next sweep, so the chunk is tried again while it cannot be read; but one that
    i-Reserve never gives must not stop the others.
    """
    booking = booking_of(row, session.settings.timezone)
    if booking is None:
        read = session.read_booking(row.id)
        if read.presence is Presence.UNREADABLE and isinstance(session.trouble, Transient):
            if hint.attempt < SHOWN_AFTER:
                raise session.trouble
            return replace(scan, looked=scan.looked + 1, failed=scan.failed + 1)
        booking = read.value
    scan = replace(scan, looked=scan.looked + 1)
    if booking is None:
        return scan
    base = Base(when_of(booking, session.settings), "", booking.object_id, booking.status)
    _save(session, after(link, Decided(LeaveOut(base))).link)
    return scan


def _save(session: SyncSession, link: Link) -> None:
    with suppress(Stale, Conflict):  # a webhook was faster: it is being looked at already
        session.ports.documents.transact(lambda tx: links.save(tx, session.id, link))
