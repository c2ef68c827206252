"""Dates and times in i-Reserve's forms, read and written. Pure; raises ValueError.

Modern answers are ISO 8601 with an offset without colon, rows are `YYYY-MM-DD` with seconds since midnight, and pages
of 2011 show `Sat Jul 09, 2011` and `090000`. A time without an offset is in the integration's time zone.
https://support.i-reserve.net/nl/functionele-informatie/beschikbare-apis/api-booking/beschikbare-velden
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Literal

from functions.domain.model import zones
from functions.domain.model.appointment import AllDay, When
from functions.domain.model.zones import clock, instant, midnight, second_of_two, skipped_before, utc

DayEnd = Literal["exclusive", "inclusive"]

FIRST_YEAR, LAST_YEAR = 1970, 2199
MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar mrt maa", "apr", "may mei", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec"), 1
    )
    for name in names.split()
}
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
DUTCH_DATE = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")
LEGACY_DATE = re.compile(r"(?:[A-Za-z]{2,10}\.?,?\s+)?([A-Za-z]{3,10})\.?\s+(\d{1,2}),?\s+(\d{4})")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]m)?", re.IGNORECASE)
DIGITS = re.compile(r"(\d{2})(\d{2})(\d{2})")
SECONDS = re.compile(r"\d{1,5}")
DAY = 24 * 3600
NOON = 12


def moment_of(whole: str, clock: str, zone: str) -> tuple[datetime, bool]:
    """Read a date with its own time, else with `clock`'s; return the moment (UTC), and whether it had a time of day.

    A date alone is its local midnight.
    """
    day = day_of(whole)
    if day is None:
        moment = datetime.fromisoformat(whole)
        return _within(utc(moment) if moment.tzinfo else instant(moment, zone)), True
    return at(day, seconds_of(clock) if clock else 0, zone), bool(clock)


def at(day: date, seconds: int, zone: str) -> datetime:
    """Return the moment at which the wall clock shows this many seconds since midnight."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError("a year out of range")
    if seconds == DAY:
        return midnight(day + timedelta(days=1), zone)
    return zones.at(day, time(seconds // 3600, seconds // 60 % 60, seconds % 60), zone)


def day_of(text: str) -> date | None:
    """Read a date without a time; None for anything else."""
    if ISO_DATE.fullmatch(text):
        return date.fromisoformat(text)
    if dutch := DUTCH_DATE.fullmatch(text):
        return date(int(dutch[3]), int(dutch[2]), int(dutch[1]))
    legacy = LEGACY_DATE.fullmatch(text)
    month = MONTHS.get(legacy[1][:3].lower()) if legacy else None
    return date(int(legacy[3]), month, int(legacy[2])) if legacy and month else None


def seconds_of(text: str) -> int:
    """Read a time of day (`09:30`, `09:30:00`, `02:30 pm`, `093000`, or up to five digits of seconds) as seconds."""
    if SECONDS.fullmatch(text):
        seconds = int(text)
    elif digits := DIGITS.fullmatch(text):
        seconds = _seconds(int(digits[1]), digits[2], digits[3])
    elif clock := CLOCK.fullmatch(text):
        hour = int(clock[1])
        if clock[4]:
            hour = hour % NOON + (NOON if clock[4].lower() == "pm" else 0)
        seconds = _seconds(hour, clock[2], clock[3] or "0")
    else:
        raise ValueError("no time of day")
    if seconds > DAY:
        raise ValueError("a time beyond the day")
    return seconds


def end_of(starts: datetime, ends: datetime, zone: str, *, alike: bool) -> datetime:
    """Return when a period ends; `alike`: its start and its end are written alike, so it has no length.

    i-Reserve may keep wall clock times only. 02:30 until 02:15 is the repeated hour of autumn. In the night of spring that
    has no 02:30, 02:30 until 03:00 is as long as on any other day, after the hour that is skipped.
    """
    if ends < starts:
        ends = second_of_two(ends, zone) or ends
    if ends < starts or (ends == starts and not alike):
        ends += skipped_before(starts, zone)
    return ends


def written(moment: datetime, zone: str) -> str:
    """Write a moment as i-Reserve's examples do: `2018-02-13T09:30:00+0100`, in the integration's zone."""
    return f"{clock(moment, zone):%Y-%m-%dT%H:%M:%S%z}"


def span(when: When, zone: str, day_end: DayEnd) -> tuple[datetime, datetime]:
    """Return start and end of a booking; whole days run from midnight to midnight.

    With `inclusive` whole days end at the midnight at which the last day begins.
    """
    if isinstance(when, AllDay):
        last = when.until - timedelta(days=1 if day_end == "inclusive" else 0)
        return midnight(when.first, zone), midnight(last, zone)
    return when.start, when.end


def _seconds(hour: int, minutes: str, seconds: str) -> int:
    if int(minutes) >= 60 or int(seconds) >= 60:  # noqa: PLR2004 - a clock
        raise ValueError("no time of day")
    return hour * 3600 + int(minutes) * 60 + int(seconds)


def _within(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError("a year out of range")
    return moment
