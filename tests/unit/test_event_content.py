"""What a booking looks like as an event, and an event as a booking."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from functions.domain.comparing.event_content import (
    DESCRIPTION_LIMIT,
    TITLE_LIMIT,
    appointment_of,
    in_window,
    period,
    remarks_of,
    reminder_text,
    when_of,
)
from functions.domain.model.appointment import AllDay, Timed
from tests.unit.sketch import DAY, NOON, NOW, ROOM_A, TEN, ZONE, at, booking, event, settings, theirs

AMSTERDAM = "Europe/Amsterdam"
instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001 -- bounds
    lambda moment: moment.replace(microsecond=0)
)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
quick = profile(deadline=None, derandomize=True)


@quick
@given(instants, st.integers(1, 10_000))
def test_a_time_survives_the_way_there_and_back_also_over_summer_time(start: datetime, minutes: int) -> None:
    when = Timed(start, start + timedelta(minutes=minutes))
    assert when_of(at(booking(), when), settings()) == when
    assert period(when, AMSTERDAM) == (when.start, when.end)


@quick
@given(days, st.integers(1, 10), st.sampled_from(("exclusive", "inclusive")))
def test_whole_days_survive_the_way_there_and_back_whatever_the_last_day_means(
    first: date, count: int, ends: str
) -> None:
    when = AllDay(first, first + timedelta(days=count))
    last = when.until if ends == "exclusive" else when.until - timedelta(days=1)
    shown = replace(at(booking(), AllDay(first, last)), day_mode=True)
    assert when_of(shown, settings(sync={"day_end": ends})) == when


@quick
@given(days)
def test_a_day_runs_from_local_midnight_to_local_midnight(first: date) -> None:
    start, end = period(AllDay(first, first + timedelta(days=1)), AMSTERDAM)
    assert start.astimezone(ZONE).hour == end.astimezone(ZONE).hour == 0
    assert end - start in (timedelta(hours=23), timedelta(hours=24), timedelta(hours=25))


def test_the_nights_on_which_the_clock_changes_are_an_hour_shorter_and_longer() -> None:
    spring = period(AllDay(date(2027, 3, 28), date(2027, 3, 29)), AMSTERDAM)
    autumn = period(AllDay(date(2026, 10, 25), date(2026, 10, 26)), AMSTERDAM)
    assert (spring[1] - spring[0], autumn[1] - autumn[0]) == (timedelta(hours=23), timedelta(hours=25))


@pytest.mark.parametrize("hours", [0, 1])
def test_a_booking_that_ends_as_or_before_it_starts_is_shown_for_a_minute(hours: int) -> None:
    minute = Timed(TEN.start, TEN.start + timedelta(minutes=1))
    assert when_of(replace(booking(), ends=TEN.start - timedelta(hours=hours)), settings()) == minute
    one_day = replace(booking(DAY), ends=booking(DAY).starts)
    assert when_of(one_day, settings()) == DAY


def test_an_event_shows_what_the_templates_say() -> None:
    its = settings(
        language="en",
        outbound={
            "title_template": "{OBJECT}\n  {FROMTIME}",
            "description_template": "{REMARKS}",
            "use_customer_data": True,
            "reminder_popup_minutes": 10,
            "reminder_email_minutes": 1440,
        },
    )
    shown = appointment_of(booking(remarks="Tom & <b>Jerry</b>", email=" Klant@Example.org "), its, ROOM_A)
    assert shown.title == "Zaal A 10:00"
    assert shown.description == "Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;"
    assert shown.guest == "klant@example.org"
    assert shown.reminders == (("popup", 10), ("email", 1440))


def test_texts_are_cut_where_google_would_refuse_them() -> None:
    shown = appointment_of(booking(remarks="x" * 9000), settings(outbound={"title_template": "{REMARKS}"}), ROOM_A)
    assert (len(shown.title), len(shown.description)) == (TITLE_LIMIT, DESCRIPTION_LIMIT)


@pytest.mark.parametrize("address", ["", "geen", "a@b", "twee@example.org, drie@example.org"])
def test_what_is_no_address_is_no_guest(address: str) -> None:
    its = settings(outbound={"use_customer_data": True})
    assert appointment_of(booking(email=address), its, ROOM_A).guest == ""
    assert appointment_of(booking(email="klant@example.org"), settings(), ROOM_A).guest == ""


def test_the_calendars_own_reminders_are_not_the_same_as_none() -> None:
    assert reminder_text(None) != reminder_text(())
    assert reminder_text((("popup", 10), ("email", 5))) == reminder_text((("email", 5), ("popup", 10)))


def test_a_persons_event_is_its_title_and_what_stands_above_our_line() -> None:
    assert remarks_of(theirs(title=" Overleg ", description="Met<br>taart")) == "Overleg\nMet\ntaart"
    assert remarks_of(event(title="", description="")) == ""


def test_what_overlaps_the_window_is_kept_in_step() -> None:
    its = settings(sync={"window_days": (-1, 2)})
    assert in_window(NOON, its, NOW)
    assert in_window(Timed(NOW - timedelta(days=9), NOW), its, NOW)
    assert not in_window(Timed(NOW - timedelta(days=9), NOW - timedelta(days=1)), its, NOW)
    assert not in_window(Timed(NOW + timedelta(days=2), NOW + timedelta(days=3)), its, NOW)


def test_an_instant_without_a_zone_is_refused_and_fractions_are_dropped() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Timed(datetime(2026, 11, 24, 9), NOW)  # noqa: DTZ001 -- that is the point
    amsterdam = datetime(2026, 11, 24, 10, 0, 0, 5, tzinfo=ZONE)
    assert Timed(amsterdam, TEN.end) == TEN
