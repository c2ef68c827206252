"""Overlaps: bookings of one object at one time, more than it has places; found in the rows of a full scan.

This costs no calls except one for the places of each object with overlaps. A row shows no number of places, so each
booking counts as one.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from functions.application.ports import BookingRow, Documents
from functions.application.store.integrations import path_of
from functions.application.store.records import record_of, stored
from functions.application.sync.pages import lasting
from functions.application.sync.session import SyncSession
from functions.domain.model.errors import SyncError, Transient
from functions.domain.model.zones import begins_a_day, day_of, days_later

MOST, MOST_NAMED = 200, 10_000  # overlaps stored, and bookings that these name: a document has room for a million bytes
MOST_RUNNING = 3_000  # likewise; of more those are followed that end last
ASKED = 50  # objects whose places are read


@dataclass(frozen=True, slots=True)
class Running:
    """A booking that lasts into the days listed next."""

    id: str
    object_id: str
    ends: datetime


@dataclass(frozen=True, slots=True)
class Overlap:
    """An object's bookings that overlap from a day on; the last of them begins last.

    `places` None: i-Reserve does not say how many there are.
    """

    object_id: str
    day: date
    bookings: tuple[str, ...]
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Overlaps:
    """The overlaps so far, and the bookings still running; `more` were found and not stored."""

    found: tuple[Overlap, ...] = ()
    running: tuple[Running, ...] = ()
    more: int = 0


NOTHING = Overlaps()


@dataclass(frozen=True, slots=True)
class Listed:
    """The overlaps that the last full scan found, and when it started."""

    at: datetime
    found: tuple[Overlap, ...]
    more: int = 0


def fold(so_far: Overlaps, rows: Iterable[BookingRow], session: SyncSession) -> Overlaps:
    """Add the rows of the next days; not those that are past, removed or unmapped, or say too little."""
    settings, now = session.settings, session.now()
    found, running, more = list(so_far.found), list(so_far.running), so_far.more
    named = sum(len(each.bookings) for each in found)
    told = [(row.starts, row) for row in rows if row.starts is not None]
    for starts, row in sorted(told, key=lambda each: (each[0], each[1].id)):
        ends = _ends(row, starts, session)
        if ends is None or ends <= max(starts, now) or row.status is None or not row.object_id:
            continue
        if settings.outbound.removes(row.status) or settings.calendar_of(row.object_id) is None:
            continue
        running = [each for each in running if each.ends > starts]
        there = [each.id for each in running if each.object_id == row.object_id]
        if there and len(found) < MOST and named + len(there) < MOST_NAMED:
            named += len(there) + 1
            found.append(Overlap(row.object_id, day_of(max(starts, now), settings.timezone), (*there, row.id)))
        elif there:
            more += 1
        running.append(Running(row.id, row.object_id, ends))
    if len(running) > MOST_RUNNING:
        running = sorted(running, key=lambda each: each.ends)[-MOST_RUNNING:]
        session.ports.log("overlaps_cut", {"severity": "WARNING", "int_id": session.id})
    return Overlaps(tuple(found), tuple(running), more)


def _ends(row: BookingRow, starts: datetime, session: SyncSession) -> datetime | None:
    """Return when a listed booking ends; of whole days whose end is inclusive that is the end of the last."""
    settings, ends = session.settings, row.ends
    zone, by_the_hour = settings.timezone, row.object_id in session.dialect.hour_objects
    if ends is None or by_the_hour or settings.sync.day_end == "exclusive":
        return ends
    return days_later(ends, 1, zone) if begins_a_day(starts, zone) and begins_a_day(ends, zone) else ends


def among(session: SyncSession, rows: Iterable[BookingRow], day: date) -> tuple[Overlap, ...]:
    """Return the overlaps in rows that were read in one go, of bookings that begin on a day or later or last into it."""
    began: dict[str, BookingRow] = {}
    with suppress(SyncError):
        began = lasting(session, day) or {}
    return beyond_places(session, fold(NOTHING, (*began.values(), *rows), session).found)


def beyond_places(session: SyncSession, found: Iterable[Overlap]) -> tuple[Overlap, ...]:
    """Return the overlaps with more bookings than the object has places; one call per object."""
    places: dict[str, int | None] = {}
    kept, answers = [], True
    for each in found:
        if each.object_id not in places and len(places) < ASKED and answers:
            try:
                places[each.object_id] = session.reservations.places(each.object_id, each.day)
            except SyncError as error:  # diagnostics report an unreadable i-Reserve on their own
                places[each.object_id] = None
                answers = not isinstance(error, Transient)  # each call may take until it times out
        there = places.get(each.object_id)
        if len(each.bookings) > (there or 1):
            kept.append(Overlap(each.object_id, each.day, each.bookings, there))
    return tuple(kept)


def keep(session: SyncSession, so_far: Overlaps, at: datetime) -> None:
    """Store the overlaps of a full scan that started then."""
    listed = Listed(at, beyond_places(session, so_far.found), so_far.more)
    session.ports.documents.transact(lambda tx: tx.put(path_of(session.id, "progress", "overlaps"), stored(listed)))
    if listed.found:
        session.ports.log("overlaps", {"severity": "WARNING", "int_id": session.id, "found": len(listed.found)})


def last(documents: Documents, int_id: str) -> Listed | None:
    """Return the overlaps of the last full scan, or None before the first."""
    body = documents.get(path_of(int_id, "progress", "overlaps"))
    return record_of(Listed, body, "the overlapping bookings") if body is not None else None
