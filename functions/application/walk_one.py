"""One booking of a walk: passed by, noted as left out, or looked at with both its sides."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from functions.application import links, parked, write_back
from functions.application.hints import Hint, Kind, task
from functions.application.ports import BookingRow
from functions.application.reconcile import reconcile
from functions.application.rows import booking_of, differs, shows_texts
from functions.application.sides import Sides
from functions.domain.errors import AccessRevoked, Conflict, Stale, SyncError, Transient
from functions.domain.identity import turn_of
from functions.domain.link import Base, Link
from functions.domain.projection import when_of
from functions.domain.step import Why

if TYPE_CHECKING:
    from functions.application.walk import Walk

TROUBLE = 10  # calls that one which failed counts for: a side in trouble is called less
AFTER_TROUBLE = timedelta(seconds=5)
SINGLE_READS = 400  # of bookings whose row does not say enough, per sweep
SWEEPS = ("near", "full")


def pass_by(sides: Sides, walk: Walk, row: BookingRow, link: Link) -> Walk | None:
    """Return the walk with a booking counted that it can pass by; None: it is to be looked at."""
    if row.id in sides.integration.probing:
        return walk
    if walk.kind == "resync" or (link.version == 0 and _left_out(sides, walk, row)):
        return None
    if write_back.is_asked_again(walk.kind, walk.refused, link):
        return None
    changed = differs(sides, row, link)
    texts = changed is False and walk.kind == "full" and shows_texts(sides, row, link)
    if changed is False and not texts:
        return replace(walk, looked=walk.looked + 1)
    spent = walk.reads >= SINGLE_READS and walk.kind in SWEEPS
    if texts and (spent or turn_of(row.id, walk.turns) != walk.turn):
        return replace(walk, looked=walk.looked + 1, unread=walk.unread + 1)
    return replace(walk, unseen=walk.unseen + 1) if changed is None and spent else None


def look(sides: Sides, hint: Hint, walk: Walk, row: BookingRow) -> tuple[Walk, int]:
    """Look at one booking; its trouble is parked and does not stop the others."""
    sides = sides.again()
    link = links.of_booking(sides.ports.documents, sides.id, row.id)
    passed = pass_by(sides, walk, row, link)
    if passed is not None:
        return passed, 0
    if link.version == 0 and _left_out(sides, walk, row):
        return _note(sides, walk, row, link), 0
    again = write_back.is_asked_again(walk.kind, walk.refused, link)
    link = link.asking_again() if again else link
    walk = replace(walk, reads=walk.reads + 1)
    about = replace(hint, kind=Kind.BOOKING, subject=(row.id,), source=walk.kind, actor=walk.actor, at=sides.now())
    reads_event = (walk.kind == "resync" or again) and link.event is not None and not link.closed
    try:
        event = sides.read_event(link.event) if reads_event and link.event is not None else None
        outcome = reconcile(sides, about, link, event=event)
    except AccessRevoked:
        raise
    except (Transient, Stale) as error:
        due = sides.now() + (AFTER_TROUBLE if isinstance(error, Transient) else timedelta())
        if reads_event and link.event is not None:
            about = replace(about, kind=Kind.EVENT, subject=(link.event.calendar, link.event.id))
        sides.ports.tasks.put(task(replace(about, attempt=1), due, "walk", int(due.timestamp()), walk.lane))
        return replace(walk, looked=walk.looked + 1, failed=walk.failed + 1), TROUBLE
    except SyncError as error:
        parked.park(sides.ports, about, error.reason, sides.now())
        return replace(walk, looked=walk.looked + 1, failed=walk.failed + 1), 1
    if again and not outcome.writes and outcome.link.version == link.version:
        _save(sides, link)  # nothing was left to ask: it stands there by now, or may not be written for another reason
    calls = reads_event + sum(1 for step in outcome.steps if "Event" in step or step == "Look")
    if outcome.rest.until is not None:
        due = outcome.rest.until + timedelta(seconds=1)
        sides.ports.tasks.put(task(outcome.again(about), due, "walk-rest", int(due.timestamp()), walk.lane))
    refused = walk.refused + (again and bool(outcome.link.not_taken))
    return replace(walk, looked=walk.looked + 1, changed=walk.changed + bool(outcome.steps), refused=refused), calls


def _left_out(sides: Sides, walk: Walk, row: BookingRow) -> bool:
    if walk.leaves_out is None or row.starts is None:
        return walk.leaves_out == date.max
    return row.starts.astimezone(ZoneInfo(sides.settings.timezone)).date() < walk.leaves_out


def _note(sides: Sides, walk: Walk, row: BookingRow, link: Link) -> Walk:
    """Note a booking that was there before and gets no event until it changes."""
    booking = booking_of(row) or sides.read_booking(row.id).value
    walk = replace(walk, looked=walk.looked + 1)
    if booking is None:
        return walk
    base = Base(when_of(booking, sides.settings), "", booking.object_id, booking.status)
    noted = replace(link, base=base, reason=Why.NOT_BACKFILLED)
    _save(sides, noted)
    return walk


def _save(sides: Sides, link: Link) -> None:
    with suppress(Stale, Conflict):  # a webhook was faster: it is looked at already
        sides.ports.documents.transact(lambda tx: links.save(tx, sides.id, link))
