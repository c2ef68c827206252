"""A single event became a series, or a series a single event, and only a full list shows it: it names nothing that is gone."""

from datetime import timedelta

import pytest

from functions.application.intake.hints import Hint, Kind
from functions.application.ports import EventPage
from functions.application.pulling.pull import pull
from functions.domain.model.appointment import Timed
from functions.domain.model.event import EventKey
from functions.domain.model.identity import calendar_hash
from tests.unit.sketch import ROOM_A, TEN
from tests.unit.two_sides import Sides

DAYS = [Timed(TEN.start + timedelta(days=n), TEN.end + timedelta(days=n)) for n in range(3)]
IDS = [f"series_{when.start:%Y%m%d}T090000Z" for when in DAYS]


@pytest.fixture
def sides() -> Sides:
    return Sides()


def _pull(sides: Sides, *shown: str) -> None:
    """List these of the events; Google gives the root of a series to who asks for it, but lists its occurrences only."""
    page = EventPage(tuple(sides.events[EventKey(ROOM_A, each)] for each in shown), sync_token="token")
    sides.pages.append(page)
    sides.now += timedelta(minutes=10)
    hint = Hint(Kind.CALENDAR, "7", (calendar_hash(ROOM_A),), "resync", sides.now, detail="whole")
    pull(sides.session(), hint, calendar_hash(ROOM_A))


def _named(sides: Sides) -> dict[str, str]:
    return {number: booking.external_id for number, booking in sides.bookings.items() if booking.status == 20}


def test_the_booking_of_a_single_event_that_became_a_series_goes_on_with_its_first_occurrence(sides: Sides) -> None:
    sides.draw("series", DAYS[0])
    _pull(sides, "series")
    for name, when in zip(IDS, DAYS, strict=True):
        sides.draw(name, when, series="series")
    _pull(sides, *IDS)
    assert _named(sides) == {"1": IDS[0], "2": IDS[1], "3": IDS[2]}


def test_an_event_from_which_later_ones_were_split_off_keeps_its_booking(sides: Sides) -> None:
    sides.draw("series", DAYS[0])
    _pull(sides, "series")
    later = [each.replace("series", "series_R20261125T090000") for each in IDS[1:]]
    for name, when in zip(later, DAYS[1:], strict=True):
        sides.draw(name, when, series="series_R20261125T090000")
    _pull(sides, "series", *later)
    assert _named(sides) == {"1": "series", "2": later[0], "3": later[1]}


def test_of_a_series_that_became_a_single_event_one_booking_goes_on_with_that(sides: Sides) -> None:
    for name, when in zip(IDS, DAYS, strict=True):
        sides.draw(name, when, series="series")
    _pull(sides, *IDS)
    sides.events.clear()
    sides.draw("series", DAYS[0])
    _pull(sides, "series")
    sides.now += timedelta(minutes=10)
    assert sides.link_of(EventKey(ROOM_A, "series")) is not None
    assert _named(sides)["1"] == "series"
    assert sides.calls.count("make") == 3
