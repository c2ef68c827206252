"""A list of bookings that takes several steps: each booking is in it once, in whatever order a step is gone through.

And what its rows say of their links.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

from functions.application.ports import BookingRow
from functions.application.scanning.listing import KEPT, NEW, Listing, Position
from functions.application.scanning.rows import differs
from functions.domain.settings.dialect import Dialect
from tests.unit.sketch import DAY, TEN, at, base, booking, link
from tests.unit.two_sides import Rooms, Sides

MANY = 600  # more than one stored part


def stepped(sides: Sides, position: Position) -> Listing:
    """List one page, to be gone through from the last booking to the first."""
    first, last = TEN.start.date(), TEN.start.date() + timedelta(days=1)
    listing = Listing(sides.session(), "full", partial(Rooms(sides).between, first, last), position)
    listing.list_on(lambda: True, lambda _: (), lambda row: f"{10000 - int(row.id)}")
    return listing


def test_a_booking_that_two_pages_show_is_listed_once_although_a_step_goes_through_them_in_another_order() -> None:
    sides = Sides()
    for number in range(1, MANY + 1):
        sides.book(f"{number}", TEN)
    position = NEW
    while not position.whole:
        listing = stepped(sides, position)
        position = listing.keep()
    ids = [row.id for row in listing.rows()]
    assert len(ids) == len(set(ids)) == MANY


def test_a_list_whose_stored_rest_has_expired_is_made_anew() -> None:
    """As of a backfill that is paused for longer than a list is kept: its bookings were passed over, and never looked at."""
    sides = Sides()
    for number in range(1, MANY + 1):
        sides.book(f"{number}", TEN)
    position = NEW
    while not position.whole:
        position = stepped(sides, position).keep()
    sides.now += KEPT + timedelta(seconds=1)
    listing = stepped(sides, position)
    while not listing.whole:
        listing = stepped(sides, listing.keep())
    assert len({row.id for page in gone_through(listing) for row in page}) == MANY


def gone_through(listing: Listing) -> Iterator[list[BookingRow]]:
    """Yield a list's pages, each passed."""
    for page in listing.pages():
        yield page
        listing.passed(len(page))


def test_the_row_of_a_whole_day_by_the_hour_is_in_step_where_the_last_day_of_others_counts() -> None:
    """From midnight to the next is one day there; each look read such a booking once more."""
    session = Sides(sync={"day_end": "inclusive"}).session()
    session.dialect = Dialect(hour_objects=("10",), known=frozenset({"hour_objects"}))
    day, agreed = at(booking(), DAY), link(base=base(when=DAY))
    row = BookingRow(day.id, day.starts, day.ends, 20, "10")
    longer = replace(row, ends=day.ends + timedelta(days=1))
    assert (differs(session, row, agreed), differs(session, longer, agreed)) == (False, True)
