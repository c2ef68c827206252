"""The guard against double booking: reads the other bookings in the hours that a write needs, and the object's places.

As a rule two calls if the hours are free: i-Reserve lists by start, so bookings that began days before are asked for
apart. Otherwise one for the places and one per booking in the way, until the answer is certain. Of more bookings than
`MOST` it compares the first ones and logs that: what it misses, the next full sweep finds, and diagnostics tell.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial

from functions.application.ports import BookingRow
from functions.application.sync.pages import lasting, listed
from functions.application.sync.session import SyncSession
from functions.domain.comparing.event_content import period
from functions.domain.model.appointment import AllDay
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Cause, Gone, Refused, Transient
from functions.domain.model.zones import days_later, is_single_day, second_of_two
from functions.domain.pairing.writes import Asked, Write, WriteBooking
from functions.domain.planning.hours_taken import Slot, is_taken, slot_of, stands_guard
from functions.domain.planning.view import View

MOST = 2_000  # bookings of these days; many only if i-Reserve cannot search by object
FEW = 10  # rows; a shorter page is the last one: i-Reserve lists more at a time if there are more
WHOLE_DAYS = timedelta(hours=23)  # a row this long may be by the day: only the booking itself shows its end
DAY, STAYS = timedelta(days=1), timedelta(days=27)  # how much earlier stays are listed that cannot be searched for
DEFAULT_PLACES = 1  # of an object whose places i-Reserve does not give: a room


def check(session: SyncSession, view: View, step: Write) -> str:
    """Refuse a write to taken hours (`Refused`, like i-Reserve); return why it is made all the same, or "".

    It is made if a person's move may override validation. Raises `Transient` if the other bookings cannot be read.
    """
    if not stands_guard(session.settings, session.dialect):
        return ""
    slot = slot_of(step, view.booking.value, session.settings)
    try:
        if slot is None or not _is_taken(session, slot):
            return ""
    except Refused as error:
        raise Transient("i-Reserve does not list the bookings of these hours.", reason=error.reason) from error
    moved = isinstance(step, WriteBooking) and step.asked != Asked()
    if moved and session.settings.inbound.ignore_validation_errors_on_update:
        return Cause.PERIOD_TAKEN
    raise Refused("Another booking has these hours, and i-Reserve may not refuse this one.", reason=Cause.PERIOD_TAKEN)


def _is_taken(session: SyncSession, slot: Slot) -> bool:
    places = 0
    overlapping: list[Booking] = []
    for row in _others(session, slot):
        _, day = slot.days(session.settings.timezone)
        places = places or session.reservations.places(slot.object_id, day) or DEFAULT_PLACES
        try:
            overlapping.append(session.reservations.read(row.id))
        except Gone:
            continue
        if is_taken(slot, overlapping, places, session.settings):
            return True
    return False


def _others(session: SyncSession, slot: Slot) -> Iterator[BookingRow]:
    """List the bookings that may be in the way, as far as their rows show; those that began days before come last."""
    first, last = slot.days(session.settings.timezone)
    begin = partial(session.reservations.between, object_id=slot.object_id)
    rows = listed(session, partial(begin, first, last), most=MOST, few=FEW)
    yield from _in_the_way(session, slot, rows)
    stays = lasting(session, first, object_id=slot.object_id, most=MOST, few=FEW)
    if stays is None and isinstance(slot.when, AllDay):
        stays = listed(session, partial(begin, first - STAYS, first - DAY), most=MOST, few=FEW)
    yield from _in_the_way(session, slot, stays or {})


def _in_the_way(session: SyncSession, slot: Slot, rows: Mapping[str, BookingRow]) -> Iterator[BookingRow]:
    if len(rows) >= MOST:
        session.ports.log("guard_cut", {"severity": "WARNING", "int_id": session.id, "bookings": len(rows)})
    yield from (row for row in rows.values() if _may_keep_out(session, slot, row))


def _may_keep_out(session: SyncSession, slot: Slot, row: BookingRow) -> bool:
    if row.id == slot.but or row.object_id not in (None, slot.object_id):
        return False
    if session.settings.outbound.removes(row.status):
        return False
    starts, ends = period(slot.when, session.settings.timezone)
    if row.starts is None or row.ends is None:
        return row.starts is None or row.starts < ends
    zone = session.settings.timezone
    until = second_of_two(row.ends, zone) or row.ends  # a row shows only the wall clock
    if is_single_day(row.starts, row.ends, zone):
        until = days_later(row.ends, 1, zone)
    return row.starts < ends and (until > starts or row.ends - row.starts >= WHOLE_DAYS)
