"""A list of bookings that takes several steps: each booking is in it once, in whatever order a step is gone through."""

from datetime import timedelta
from functools import partial

from functions.application.scanning.listing import NEW, Listing, Position
from tests.unit.sketch import TEN
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
