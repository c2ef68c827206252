"""Local time: what the wall clock shows, also where summer time begins and ends."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.model import zones
from functions.domain.model.zones import (
    Clock,
    as_meant,
    at,
    begins_a_day,
    clock,
    day_of,
    days_later,
    instant,
    is_single_day,
    is_zone,
    midnight,
    same_clock,
    second_of_two,
    skipped_before,
    utc,
)

AMSTERDAM = "Europe/Amsterdam"
NAMES = (
    AMSTERDAM,
    "Europe/London",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "UTC",
)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
ZONES = st.sampled_from(NAMES)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("naive", "expected"),
    [
        ("2018-02-13T09:30:00", "2018-02-13T08:30:00+00:00"),
        ("2018-07-13T09:30:00", "2018-07-13T07:30:00+00:00"),
    ],
)
def test_a_wall_clock_time_is_an_instant_of_its_season(naive: str, expected: str) -> None:
    assert instant(wall(naive), AMSTERDAM) == wall(expected)


def test_a_time_that_summer_time_skips_is_shifted_forward() -> None:
    shown = clock(instant(wall("2026-03-29T02:30:00"), AMSTERDAM), AMSTERDAM)
    assert shown == Clock(date(2026, 3, 29), time(3, 30), timedelta(hours=2))


def test_of_a_time_that_happens_twice_the_first_is_meant() -> None:
    assert instant(wall("2026-10-25T02:30:00"), AMSTERDAM) == wall("2026-10-25T00:30:00+00:00")


def test_two_equal_hours_show_the_same_and_are_told_apart_by_how_far_they_are_ahead() -> None:
    first, second = wall("2026-10-25T00:30:00+00:00"), wall("2026-10-25T01:30:00+00:00")
    assert same_clock(first, second, AMSTERDAM)
    assert [f"{clock(each, AMSTERDAM):%H:%M%z}" for each in (first, second)] == ["02:30+0200", "02:30+0100"]
    assert (second_of_two(first, AMSTERDAM), second_of_two(second, AMSTERDAM)) == (second, None)


def test_a_fold_on_the_given_time_does_not_count() -> None:
    assert instant(wall("2026-10-25T02:30:00").replace(fold=1), AMSTERDAM) == wall("2026-10-25T00:30:00+00:00")


def test_the_day_on_which_summer_time_begins_has_23_hours() -> None:
    day = date(2026, 3, 29)
    assert midnight(day + timedelta(days=1), AMSTERDAM) - midnight(day, AMSTERDAM) == timedelta(hours=23)


def test_a_day_begins_at_one_where_summer_time_begins_at_midnight() -> None:
    begins = midnight(date(2027, 3, 28), "Asia/Beirut")
    assert f"{clock(begins, 'Asia/Beirut'):%Y-%m-%d %H:%M}" == "2027-03-28 01:00"
    assert begins_a_day(begins, "Asia/Beirut")
    assert not begins_a_day(begins + timedelta(hours=1), "Asia/Beirut")


@pytest.mark.parametrize(
    ("starts", "ends", "single"),
    [
        ("2026-03-10T00:00", "2026-03-10T00:00", True),
        ("2026-03-10T09:30", "2026-03-10T09:30", False),
        ("2026-03-10T00:00", "2026-03-10T01:00", False),
        ("2026-03-10T00:00", "2026-03-11T00:00", False),
    ],
)
def test_a_time_without_length_is_a_day_only_where_a_day_begins(starts: str, ends: str, *, single: bool) -> None:
    assert is_single_day(instant(wall(starts), AMSTERDAM), instant(wall(ends), AMSTERDAM), AMSTERDAM) is single


@pytest.mark.parametrize(
    ("shows", "minutes"),
    [
        ("2026-03-29T01:30", 0),
        ("2026-03-29T03:00", 60),  # may have been meant as 02:00, which that night lacks
        ("2026-03-29T03:30", 60),
        ("2026-03-29T04:00", 0),
        ("2026-03-29T04:30", 0),
        ("2026-10-25T04:30", 0),
        ("2026-03-10T03:30", 0),
    ],
)
def test_a_time_may_be_one_that_summer_time_skips_only_in_the_hour_after(shows: str, minutes: int) -> None:
    assert skipped_before(instant(wall(shows), AMSTERDAM), AMSTERDAM) == timedelta(minutes=minutes)


def test_a_moment_without_a_zone_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="time zone"):
        clock(wall("2026-01-01T00:00:00"), AMSTERDAM)
    with pytest.raises(ValueError, match="time zone"):
        instant(wall("2026-01-01T00:00:00+00:00"), AMSTERDAM)


def test_a_zone_is_known_by_its_name() -> None:
    assert [is_zone(name) for name in (AMSTERDAM, "Europe/Nergens", "", "Europe", "../etc")] == [True] + 4 * [False]


@pytest.mark.parametrize(
    ("read", "known", "meant"),
    [
        ("2026-10-25T00:30+00:00", "2026-10-25T01:30+00:00", "2026-10-25T01:30+00:00"),
        ("2026-10-25T01:30+00:00", "2026-10-25T00:30+00:00", "2026-10-25T01:30+00:00"),
        ("2026-10-25T00:30+00:00", "2026-10-25T01:45+00:00", "2026-10-25T00:30+00:00"),
        ("2026-10-24T22:30+00:00", "2026-10-24T23:30+00:00", "2026-10-24T22:30+00:00"),
    ],
)
def test_a_first_hour_stands_for_the_second_only_where_that_one_is_known(read: str, known: str, meant: str) -> None:
    assert as_meant(wall(read), wall(known), AMSTERDAM) == wall(meant)


@given(MOMENTS, ZONES)
def test_a_wall_clock_tells_the_moment_it_shows(moment: datetime, zone: str) -> None:
    shown = clock(moment, zone)
    assert datetime.combine(shown.day, shown.time_of_day, UTC) - shown.ahead == moment


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), ZONES)  # noqa: DTZ001 - wall clock times
def test_a_wall_clock_time_comes_back_as_itself_or_later(naive: datetime, zone: str) -> None:
    shown = clock(instant(naive, zone), zone)
    later = datetime.combine(shown.day, shown.time_of_day) - naive
    assert timedelta(0) <= later <= timedelta(hours=1)


@given(MOMENTS, st.integers(0, 400), ZONES)
def test_days_later_the_wall_clock_shows_the_same_time_unless_it_is_skipped(
    moment: datetime, n: int, zone: str
) -> None:
    before, after = clock(moment, zone), clock(days_later(moment, n, zone), zone)
    later = datetime.combine(after.day, after.time_of_day) - datetime.combine(before.day, before.time_of_day)
    assert timedelta(days=n) <= later <= timedelta(days=n, hours=1)


@given(MOMENTS, MOMENTS, ZONES)
def test_every_moment_that_comes_out_is_in_utc(one: datetime, other: datetime, zone: str) -> None:
    naive = one.replace(tzinfo=None)
    calls: dict[Callable[..., Any], tuple[Any, ...]] = {
        utc: (one,),
        instant: (naive, zone),
        at: (one.date(), one.time(), zone),
        midnight: (one.date(), zone),
        days_later: (one, 3, zone),
        second_of_two: (one, zone),
        as_meant: (one, other, zone),
    }
    told = {clock, day_of, begins_a_day, is_single_day, same_clock, skipped_before, is_zone}  # no moments
    mine = {name: each for name, each in vars(zones).items() if getattr(each, "__module__", "") == zones.__name__}
    public = {each for name, each in mine.items() if not name.startswith("_")}
    assert public == {*calls, *told, Clock}
    for call, given_ in calls.items():
        found = call(*given_)
        assert found is None or found.tzinfo is UTC, call


def test_a_name_that_is_too_long_to_be_a_zone_is_none() -> None:
    assert is_zone("America/Argentina/ComodRivadavia")
    assert not is_zone("x" * 65)
    deep = "a/" * 500 + "b"  # which Python's library would look for part by part
    assert not is_zone(deep)
    with pytest.raises(ValueError, match="so long a name"):
        instant(datetime(2026, 11, 24, 9), deep)  # noqa: DTZ001 -- what a wall clock shows


def test_a_wall_clock_time_with_a_zone_of_its_own_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone of its own"):
        instant(datetime(2026, 11, 24, 9, tzinfo=UTC), AMSTERDAM)
