"""A single event became a series, or a series a single event, and only a full list shows it: it names nothing that is gone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from functions.application.intake.hints import Hint, Kind
from functions.application.ports import EventPage
from functions.application.pulling.pull import pull
from functions.application.store import links
from functions.domain.model.appointment import Timed
from functions.domain.model.event import EventKey
from functions.domain.model.identity import calendar_hash
from functions.domain.pairing.life import Active, Life, Paused
from tests.unit.sketch import ROOM_A, TEN, at
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


def test_a_single_event_that_a_series_became_keeps_its_booking_whatever_else_is_on_the_list(sides: Sides) -> None:
    sides.draw(IDS[0], DAYS[0], series="series")
    _pull(sides, IDS[0])
    sides.events.clear()
    sides.draw("series", DAYS[0])
    sides.draw("another", DAYS[1])
    _pull(sides, "another", "series")
    assert _named(sides) == {"1": "series", "2": "another"}


def _weekly(n: int) -> Timed:
    return Timed(TEN.start + timedelta(weeks=n), TEN.end + timedelta(weeks=n))


def _occurrence(sides: Sides, n: int) -> str:
    name = f"series_{_weekly(n).start:%Y%m%d}T090000Z"
    return sides.draw(name, _weekly(n), series="series").key.id


def _set_life(sides: Sides, life: Life) -> None:
    pair = links.of_booking(sides.ports.documents, "7", "1")
    sides.ports.documents.transact(lambda tx: links.save(tx, "7", replace(pair, life=life)))


def test_a_booking_whose_event_began_before_the_window_stays_where_it_was_when_that_became_weekly(sides: Sides) -> None:
    sides.draw("series", TEN)
    _pull(sides, "series")
    sides.now += timedelta(days=100)
    _pull(sides, *(_occurrence(sides, n) for n in range(2, 6)))
    assert sides.bookings["1"].starts == TEN.start


def test_a_booking_that_was_paused_when_its_event_became_weekly_is_not_taken_to_the_last_week(sides: Sides) -> None:
    sides.draw("series", TEN)
    _pull(sides, "series")
    _set_life(sides, Paused("too_often", sides.now, Active(), ""))
    weeks = [_occurrence(sides, n) for n in range(4)]
    _pull(sides, *weeks[1:3])
    _set_life(sides, Active())
    _pull(sides, *weeks[1:])
    assert sides.bookings["1"].starts == TEN.start


def test_each_task_gets_on_where_i_reserve_is_slow_and_all_that_is_new_is_of_other_bookings(sides: Sides) -> None:
    """An older store was put back: since then the first occurrence was deleted, and the others moved by a day."""
    count = 45
    _pull(sides, *(_occurrence(sides, n) for n in range(count)))
    first, *others = (booking.id for booking in sides.bookings.values())
    sides.bookings[first] = replace(sides.bookings[first], status=70)
    sides.events.clear()
    moved = [Timed(_weekly(n).start + timedelta(days=1), _weekly(n).end + timedelta(days=1)) for n in range(1, count)]
    names = [f"series_{when.start:%Y%m%d}T090000Z" for when in moved]
    for number, name, when in zip(others, names, moved, strict=True):
        sides.draw(name, when, series="series")
        sides.bookings[number] = replace(at(sides.bookings[number], when), external_id=name)
    sides.took = timedelta(seconds=1)
    sides.calls.clear()
    for _ in range(6):
        _pull(sides, *names)
        sides.pages.clear()
    assert all(sides.link_of(EventKey(ROOM_A, name)) is not None for name in names)
    assert sides.calls.count("read event") < 2 * count  # each is asked about once, whatever the number of tasks
    assert sides.calls.count("find booking") < 2 * count


def test_the_first_occurrence_is_on_its_own_day_by_the_local_clock(sides: Sides) -> None:
    """Shortly after midnight, when it is still the day before in UTC."""
    before = Timed(datetime(2026, 11, 24, 23, 30, tzinfo=UTC), datetime(2026, 11, 25, 0, 30, tzinfo=UTC))
    sides.draw("series", before)
    _pull(sides, "series")
    later = Timed(before.start + timedelta(hours=1), before.end + timedelta(hours=1))
    name = sides.draw("series_20261125T003000Z", later, series="series").key.id
    sides.draw("series", later)
    _pull(sides, name)
    assert _named(sides) == {"1": name}
