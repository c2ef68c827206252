"""Occurrences that vanished and occurrences that appeared are paired, so that bookings move."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from functions.domain.comparing.series import in_step, pair, twin_of
from functions.domain.model.appointment import AllDay, Timed, When
from functions.domain.model.event import Event, EventKey, family, family_of_id, is_occurrence
from functions.domain.pairing.link import Link
from tests.unit.sketch import ROOM_A, ZONE, base, booking, link, theirs

AMSTERDAM = "Europe/Amsterdam"
BEFORE = datetime(2026, 10, 1, tzinfo=ZONE)
DAYS = st.lists(st.integers(0, 40), unique=True, max_size=8)


def on(day: int, hour: int) -> Timed:
    start = datetime(2026, 10, 20, hour, tzinfo=ZONE) + timedelta(days=day)
    return Timed(start, start + timedelta(hours=1))


def vanished(day: int, when: When | None = None) -> Link:
    return link(id=f"link{day}", base=base(booking(when or on(day, 10))))


def appeared(day: int, hour: int = 11, when: When | None = None) -> Event:
    return theirs(when or on(day, hour), key=EventKey(ROOM_A, f"new{day}"), series="root_R20261123T090000")


@profile(deadline=None, derandomize=True)
@given(DAYS, DAYS)
def test_nothing_is_paired_twice_and_as_many_as_possible_are(gone: list[int], come: list[int]) -> None:
    pairs = pair([vanished(day) for day in gone], [appeared(day) for day in come], AMSTERDAM, BEFORE)
    assert len(pairs) == min(len(gone), len(come))
    assert len({each.id for each, _ in pairs}) == len({event.key.id for _, event in pairs}) == len(pairs)


@profile(deadline=None, derandomize=True)
@given(DAYS, st.integers(0, 22))
def test_a_shifted_series_is_paired_day_by_day_also_over_summer_time(days: list[int], hour: int) -> None:
    pairs = pair([vanished(day) for day in days], [appeared(day, hour) for day in days], AMSTERDAM, BEFORE)
    assert all(each.id.removeprefix("link") == event.key.id.removeprefix("new") for each, event in pairs)


def test_what_shares_no_day_is_paired_in_order() -> None:
    pairs = pair([vanished(8), vanished(1)], [appeared(9), appeared(2), appeared(8)], AMSTERDAM, BEFORE)
    assert [(each.id, event.key.id) for each, event in pairs] == [("link8", "new8"), ("link1", "new2")]


TUESDAYS = [7 * week for week in range(10)]


def paired(gone: list[int], come: list[int], now: datetime = BEFORE) -> dict[int, int]:
    """Return the day of each lost occurrence that is paired, and that of the new one."""
    pairs = pair([vanished(day) for day in gone], [appeared(day) for day in come], AMSTERDAM, now)
    return {int(each.id.removeprefix("link")): int(event.key.id.removeprefix("new")) for each, event in pairs}


@pytest.mark.parametrize("days", [-1, 1, 2, 3, 4, 5, 6, 8, -6], ids=lambda days: f"{days:+} days")
def test_a_series_shown_whole_is_paired_from_its_first_on_however_far_it_moved(days: int) -> None:
    assert paired(TUESDAYS, [day + days for day in TUESDAYS]) == {day: day + days for day in TUESDAYS}


@pytest.mark.parametrize("days", [-1, 1, 2, 3, 4, 5], ids=lambda days: f"{days:+} days")
def test_each_occurrence_stays_in_its_week_where_only_a_part_of_the_series_is_shown(days: int) -> None:
    for shown in (TUESDAYS[3:], TUESDAYS[:-3], TUESDAYS[2:-2], TUESDAYS[4:5]):
        assert paired(TUESDAYS, [day + days for day in shown]) == {day: day + days for day in shown}, "of the new ones"
        assert paired(shown, [day + days for day in TUESDAYS]) == {day: day + days for day in shown}, "of the lost ones"


def test_of_two_weeks_as_likely_the_nearer_one_is_taken() -> None:
    assert paired([0, 21], [10]) == {0: 10}
    assert paired([0, 21], [11]) == {21: 11}


def test_where_no_more_than_half_moved_alike_order_counts() -> None:
    assert paired([0, 1], [2, 4]) == {0: 2, 1: 4}


@pytest.mark.parametrize(
    ("gone", "come", "pairs"),
    [
        pytest.param([0, 14], [9, 16], {14: 16}, id="the one between stays behind"),
        pytest.param([0, 14, 21], [9, 16, 23], {14: 16, 21: 23}, id="of several"),
        pytest.param([0, 14], [2, 9, 16], {0: 2, 14: 16}, id="where it would be is shown"),
        pytest.param([-14, -7, 0], [-5, 2], {-7: -5, 0: 2}, id="as all is"),
        pytest.param([-5, 7, 14], [-6, 9, 16], {-5: -6, 7: 9, 14: 16}, id="had a day of its own"),
        pytest.param([-5, 7, 14, 22], [-6, -2, 9, 16], {-5: -6, 7: 9, 14: 16, 22: -2}, id="leaves a past place"),
        pytest.param([-7, -5, 7, 9], [-8, -4, 6, 10], {-7: -8, -5: -4, 7: 6, 9: 10}, id="did not move alike"),
        pytest.param([-8, -3], [3, 9], {}, id="nor do those that are over by order"),
        pytest.param([0], [7], {}, id="alone it tells nothing of another week"),
        pytest.param([-2, 0], [5, 7], {}, id="nor do several"),
        pytest.param([0], [2], {0: 2}, id="only of its own"),
        pytest.param([-21, -14], [-7], {-14: -7}, id="or of one that is over as well"),
        pytest.param([0, 7, 14], [8, 15, 22], {0: 8, 7: 15, 14: 22}, id="but with those to come it moves on"),
    ],
)
def test_what_is_over_takes_no_coming_week(gone: list[int], come: list[int], pairs: dict[int, int]) -> None:
    assert paired(gone, come, now=on(0, 11).end) == pairs


def test_an_occurrence_is_over_at_the_moment_in_which_it_ends() -> None:
    second = timedelta(seconds=1)
    lost_ends, new_ends = on(0, 10).end, on(0, 11).end
    assert paired([0, 14], [9, 16], now=lost_ends - second) == {0: 9, 14: 16}
    assert paired([0, 14], [9, 16], now=lost_ends) == {14: 16}
    assert paired([-3, 14], [0, 16], now=new_ends - second) == {14: 16}
    assert paired([-3, 14], [0, 16], now=new_ends) == {-3: 0, 14: 16}


def test_a_series_on_several_weekdays_moves_as_one() -> None:
    twice = sorted(TUESDAYS + [day + 2 for day in TUESDAYS])
    assert paired(twice, [day + 1 for day in twice[6:]]) == {day: day + 1 for day in twice[6:]}


def test_whole_days_are_paired_too() -> None:
    day = AllDay(date(2026, 10, 21), date(2026, 10, 22))
    pairs = pair([vanished(1, day)], [appeared(1, when=day)], AMSTERDAM, BEFORE)
    assert len(pairs) == 1


def test_a_link_without_a_time_is_paired_with_nothing() -> None:
    assert pair([link(base=None)], [appeared(1)], AMSTERDAM, BEFORE) == []


def test_the_roots_of_a_split_series_are_one_family() -> None:
    assert family("root_R20261123T090000") == family("root") == "root"
    assert family_of_id("root_20261123T090000Z") == "root"
    assert family_of_id("root_R20261101T090000_20261123T090000Z") == "root"
    assert family_of_id("single") == family_of_id("with_words") == ""


@pytest.mark.parametrize(
    ("lost", "come", "goes_on"),
    [
        pytest.param([(1, 10), (8, 10)], [(1, 15), (8, 15)], True, id="the same weekday at another time"),
        pytest.param([(1, 10), (8, 10)], [(3, 10), (10, 10)], True, id="another weekday at the same time"),
        pytest.param([(1, 10), (8, 10)], [(3, 15), (10, 15)], False, id="neither"),
        pytest.param([(1, 10), (8, 10)], [(15, 10), (22, 10)], False, id="weeks later"),
        pytest.param([(8, 10)], [(15, 10)], True, id="a week later"),
        pytest.param([(8, 10)], [(1, 10)], True, id="a week earlier"),
        pytest.param([(8, 10)], [(16, 10)], False, id="more than a week later"),
        pytest.param([(9, 10)], [(1, 10)], False, id="more than a week earlier"),
        pytest.param([], [(1, 10)], False, id="nothing lost"),
        pytest.param([(1, 10)], [], False, id="nothing new"),
    ],
)
def test_a_new_series_may_go_on_with_one_that_it_is_in_step_with(
    lost: list[tuple[int, int]],
    come: list[tuple[int, int]],
    goes_on: bool,  # noqa: FBT001
) -> None:
    new = [appeared(day, hour) for day, hour in come]
    assert in_step([on(day, hour) for day, hour in lost], new, AMSTERDAM, alike=False) is goes_on


@pytest.mark.parametrize(
    ("come", "goes_on"),
    [
        pytest.param([(2, 15), (3, 15)], True, id="on some of the weekdays, at another time"),
        pytest.param([(17, 15)], True, id="near the last one"),
        pytest.param([(18, 10)], False, id="more than a week after the last one"),
        pytest.param([(3, 15), (4, 15)], False, id="also on another weekday, at another time"),
        pytest.param([(4, 10)], True, id="on another weekday, at the same time"),
    ],
)
def test_of_a_series_with_the_same_text_the_occurrences_of_one_page_are_enough(
    come: list[tuple[int, int]],
    goes_on: bool,  # noqa: FBT001
) -> None:
    lost = [on(day, 10) for day in (1, 2, 3, 8, 9, 10)]
    assert in_step(lost, [appeared(day, hour) for day, hour in come], AMSTERDAM, alike=True) is goes_on


def test_the_halves_of_a_split_series_share_birth_and_last_change() -> None:
    born, changed = datetime(2026, 3, 24, 12, 58, 18, tzinfo=ZONE), datetime(2026, 3, 24, 13, 1, 38, tzinfo=ZONE)
    one, other = (theirs(on(1, 10), series=name, created=born, updated=changed) for name in ("old", "new"))
    assert twin_of(one) == twin_of(other) == (born, changed)
    assert twin_of(theirs(on(1, 10), series="old", created=None, updated=changed)) is None
    assert twin_of(theirs(on(1, 10), series="old", created=born, updated=None)) is None
    assert twin_of(theirs(on(1, 10), created=born, updated=changed)) is None


def test_whole_days_go_on_with_as_many_whole_days() -> None:
    one, two = (AllDay(date(2026, 10, 21), date(2026, 10, 21 + days)) for days in (1, 2))
    moved, longer = (AllDay(when.first + timedelta(days=2), when.until + timedelta(days=2)) for when in (one, two))
    for alike in (True, False):
        assert in_step([one], [appeared(0, when=moved)], AMSTERDAM, alike=alike)
        assert not in_step([one], [appeared(0, when=longer)], AMSTERDAM, alike=alike)
        assert not in_step([one], [appeared(3, 10)], AMSTERDAM, alike=alike)


def test_an_occurrence_is_known_by_its_id() -> None:
    for each in ("series_20261123T090000Z", "ser1e_20261123", "_60q30c1g_R20261101T090000_20261123T090000Z"):
        assert is_occurrence(each)
    others = ("", "4tim21md2ukp2r2reaht84g735", "CRM_20261101", "INV-20261101", "abc_20261101", "book_20261101")
    for other in (*others, "series_20261123T09", "series_2026112"):
        assert not is_occurrence(other)
