"""Reads a list of bookings page by page. The audit has code of its own for this, as it is a second opinion."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from functions.application.ports import BookingRow
from functions.application.sync.session import SyncSession
from functions.domain.model.errors import Refused

PAGE, OVERLAP = 100, 5
LONGEST = timedelta(days=366)  # a stay: a season's place
MOST = 500  # that last into one day


@dataclass(frozen=True, slots=True)
class Page:
    """A page: the rows that no earlier page had, how many i-Reserve listed, and where the next page starts."""

    new: tuple[BookingRow, ...]
    length: int
    next: int


def pages(
    session: SyncSession, list_page: Callable[..., list[BookingRow]], known: set[str], start: int = 0
) -> Iterator[Page]:
    """Yield pages until one has nothing new; adds their bookings to `known`.

    Pages overlap, because bookings added or removed meanwhile shift them. A short page is not the end: i-Reserve may
    give fewer rows than asked, or a booking several times. One that has only more rows of known bookings is not either:
    once, the list goes on behind these. A caller that knows better may stop earlier.
    """
    length, went_on = min(PAGE, session.dialect.rows_at_once or PAGE), False
    while True:
        rows = list_page(start=start, length=length)
        new, lines = {row.id: row for row in rows if row.id not in known}, sum(row.lines for row in rows)
        known.update(new)
        if not new and lines > len(rows) and not went_on:
            start, went_on = start + max(1, lines - OVERLAP), True
            continue
        start, went_on = start + max(1, len(rows) - OVERLAP), False
        yield Page(tuple(new.values()), lines, start)
        if not new:
            return


def listed(
    session: SyncSession, list_page: Callable[..., list[BookingRow]], *, most: int | None = None, few: int = 0
) -> dict[str, BookingRow]:
    """Return the rows of all pages, by booking id; stop at `most` rows, or at a page of fewer rows than `few`."""
    rows: dict[str, BookingRow] = {}
    for page in pages(session, list_page, set()):
        rows.update((row.id, row) for row in page.new)
        if page.length < few or (most is not None and len(rows) >= most):
            break
    return rows


def lasting(
    session: SyncSession, day: date, *, object_id: str = "", most: int = MOST, few: int = 0
) -> dict[str, BookingRow] | None:
    """Return the rows of bookings that began before a day and last into it; None if i-Reserve cannot search for them."""
    try:
        return listed(
            session,
            partial(session.reservations.lasting_into, day, day - LONGEST, object_id=object_id),
            most=most,
            few=few,
        )
    except Refused:
        return None
