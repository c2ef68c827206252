"""Local time: what the wall clock shows, also where summer time begins and ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.model.zones import instant, local, midnight

AMSTERDAM = "Europe/Amsterdam"
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
ZONES = st.sampled_from([AMSTERDAM, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])


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
    assert local(instant(wall("2026-03-29T02:30:00"), AMSTERDAM), AMSTERDAM).isoformat() == "2026-03-29T03:30:00+02:00"


def test_of_a_time_that_happens_twice_the_first_is_meant() -> None:
    assert instant(wall("2026-10-25T02:30:00"), AMSTERDAM) == wall("2026-10-25T00:30:00+00:00")


def test_the_second_of_two_equal_hours_is_told_apart() -> None:
    second = local(wall("2026-10-25T01:30:00+00:00"), AMSTERDAM)
    assert (second.hour, second.fold, second.isoformat()) == (2, 1, "2026-10-25T02:30:00+01:00")


def test_a_fold_on_the_given_time_does_not_count() -> None:
    assert instant(wall("2026-10-25T02:30:00").replace(fold=1), AMSTERDAM) == wall("2026-10-25T00:30:00+00:00")


def test_the_day_on_which_summer_time_begins_has_23_hours() -> None:
    day = date(2026, 3, 29)
    assert midnight(day + timedelta(days=1), AMSTERDAM) - midnight(day, AMSTERDAM) == timedelta(hours=23)


def test_a_moment_without_a_zone_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local(wall("2026-01-01T00:00:00"), AMSTERDAM)
    with pytest.raises(ValueError, match="time zone"):
        instant(wall("2026-01-01T00:00:00+00:00"), AMSTERDAM)


@given(MOMENTS, ZONES)
def test_local_time_keeps_the_instant(moment: datetime, zone: str) -> None:
    assert local(moment, zone).astimezone(UTC) == moment


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), ZONES)  # noqa: DTZ001 - wall clock times
def test_a_wall_clock_time_comes_back_as_itself_or_later(naive: datetime, zone: str) -> None:
    shown = local(instant(naive, zone), zone).replace(tzinfo=None, fold=0)
    assert timedelta(0) <= shown - naive <= timedelta(hours=1)
