"""Rows: what a list of bookings shows, and whether it agrees with the links."""

from datetime import date, timedelta
from functools import partial

from functions.application.ports import BookingRow
from functions.application.sync.pages import listed
from functions.application.sync.session import SyncSession
from functions.domain.comparing.event_content import same_time, when_of
from functions.domain.model.appointment import Timed, with_length
from functions.domain.model.booking import Booking
from functions.domain.model.zones import day_of, is_single_day, same_clock
from functions.domain.pairing.life import Active, Closed, LeftOut
from functions.domain.pairing.link import Link
from functions.domain.settings.dialect import Dialect


def rows_of(session: SyncSession, first: date, last: date, most: int | None = None) -> dict[str, BookingRow]:
    """List some days in one go, page by page; stops once there are `most`. Raises what reading raises."""
    return listed(session, partial(session.reservations.between, first, last), most=most)


def booking_of(row: BookingRow, timezone: str) -> Booking | None:
    """Return a booking as its row shows it; None if the row says too little, or the booking may be by the day."""
    if row.starts is None or row.ends is None or row.status is None or row.object_id is None:
        return None
    by_the_day = row.ends - row.starts >= timedelta(hours=23) or is_single_day(row.starts, row.ends, timezone)
    if by_the_day or row.ends < row.starts:
        return None
    return Booking(row.id, row.object_id, row.starts, row.ends, row.status)


def differs(session: SyncSession, row: BookingRow, link: Link) -> bool | None:
    """Whether a row differs from its link; None if the row does not say."""
    outbound = session.settings.outbound
    if link.version == 0 or link.base is None:
        if row.object_id is not None and session.settings.calendar_of(row.object_id) is None:
            return False
        if row.status is None:
            return None
        return row.status in outbound.made_on or (link.gave_up_id and not outbound.removes(row.status))
    if row.status is None or row.starts is None or row.ends is None or row.object_id is None:
        return None
    base = link.base
    if link.order is not None:
        return True
    if (row.status, row.object_id) != (base.status, base.object_id) or not isinstance(
        link.life, Active | Closed | LeftOut
    ):
        return True
    if isinstance(base.when, Timed):
        zone = session.settings.timezone
        ends = with_length(row.starts, row.ends).end if row.ends == row.starts else row.ends
        return not (same_clock(row.starts, base.when.start, zone) and same_clock(ends, base.when.end, zone))
    by_the_day = row.object_id not in session.dialect.hour_objects
    shown = Booking(row.id, row.object_id, row.starts, row.ends, row.status, day_mode=by_the_day)
    return not same_time(when_of(shown, session.settings), base.when, session.settings.timezone)


def is_left_out(session: SyncSession, row: BookingRow, link: Link, leaves_out: date | None) -> bool:
    """Whether a backfill leaves a booking out, as only one without a pair; `leaves_out` is the first day of those it does not."""
    if link.version:
        return False
    if leaves_out is None or row.starts is None:
        return leaves_out == date.max
    return day_of(row.starts, session.settings.timezone) < leaves_out


def tells_of_changes(dialect: Dialect) -> bool:
    """Whether i-Reserve can list recent changes."""
    return dialect.search_changed is not None and dialect.column_changed is not None


def shows_texts(session: SyncSession, row: BookingRow, link: Link) -> bool:
    """Whether a future event shows texts of its booking that may have changed unnoticed.

    If i-Reserve lists changes, only customer data can: changing it is no change of the booking.
    """
    outbound = session.settings.outbound
    of_customer = outbound.use_customer_data or "{CUSTOMER}" in outbound.title_template + outbound.description_template
    if tells_of_changes(session.dialect) and not of_customer:
        return False
    if session.integration.keeps_former_look(link.event_updated):
        return False
    return link.base is not None and not link.closed and row.ends is not None and row.ends > session.now()
