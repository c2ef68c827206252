"""Local time of an integration: the only place that converts between moments and wall clocks.

A moment is always a datetime in UTC (`utc`), so moments can be compared and subtracted. What a wall clock shows is a
`Clock`, for display only: within one zone Python compares and subtracts aware datetimes by their wall clock, which is
wrong in the nights when summer time begins or ends.

`zone` is an IANA name such as `Europe/Amsterdam`. A wall clock time that summer time skips is shifted forward by the
gap; one that occurs twice means the first: PEP 495 with `fold=0`.
https://peps.python.org/pep-0495/
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

MORE_THAN_A_GAP = timedelta(hours=3)
LONGEST_NAME = 64  # the library imports a package for each part of a longer one, until Python's stack is full


def _zone(name: str) -> ZoneInfo:
    """Return a time zone; raises ValueError, OSError or KeyError for what is none."""
    if len(name) > LONGEST_NAME:
        raise ValueError("no time zone has so long a name")
    return ZoneInfo(name)


def is_zone(name: str) -> bool:
    """Whether a text is the name of a time zone."""
    try:
        _zone(name)
    except (ValueError, OSError, KeyError):  # a path that leads elsewhere, a folder, an unknown or too long name
        return False
    return True


@dataclass(frozen=True, slots=True)
class Clock:
    """What a wall clock shows: day, time of day, and offset from UTC (which distinguishes equal hours in autumn)."""

    day: date
    time_of_day: time
    ahead: timedelta

    def __format__(self, spec: str) -> str:
        """Format it with the codes of `strftime`."""
        return datetime.combine(self.day, self.time_of_day, timezone(self.ahead)).strftime(spec)


def utc(moment: datetime) -> datetime:
    """Return an aware moment in UTC."""
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)


def clock(moment: datetime, zone: str) -> Clock:
    """Return what the wall clock of the zone shows at a moment."""
    here = utc(moment).astimezone(_zone(zone))
    return Clock(here.date(), here.time(), here.utcoffset() or timedelta())


def day_of(moment: datetime, zone: str) -> date:
    """Return the day in the zone at a moment."""
    return clock(moment, zone).day


def instant(naive: datetime, zone: str) -> datetime:
    """Return the moment at which the wall clock of the zone shows a naive time."""
    if naive.tzinfo is not None:
        raise ValueError("a wall clock time has no time zone of its own")
    return naive.replace(tzinfo=_zone(zone), fold=0).astimezone(UTC)


def at(day: date, time_of_day: time, zone: str) -> datetime:
    """Return the moment at which the wall clock of the zone shows a time of a day."""
    return instant(datetime.combine(day, time_of_day), zone)


def midnight(day: date, zone: str) -> datetime:
    """Return the moment at which a day begins in the zone."""
    return at(day, time(), zone)


def begins_a_day(moment: datetime, zone: str) -> bool:
    """Whether a day begins in the zone at a moment; if summer time begins at midnight, that is one o'clock."""
    return midnight(day_of(moment, zone), zone) == utc(moment)


def is_single_day(starts: datetime, ends: datetime, zone: str) -> bool:
    """Whether a time without length is at the beginning of a day, as a single day looks whose end is inclusive."""
    return starts == ends and begins_a_day(starts, zone)


def days_later(moment: datetime, days: int, zone: str) -> datetime:
    """Return the moment some days later at the same wall clock time in the zone."""
    shown = clock(moment, zone)
    return at(shown.day + timedelta(days=days), shown.time_of_day, zone)


def same_clock(one: datetime, other: datetime, zone: str) -> bool:
    """Whether the zone's wall clock shows the same at both moments; mere wall clock times cannot tell them apart."""
    here, there = clock(one, zone), clock(other, zone)
    return (here.day, here.time_of_day) == (there.day, there.time_of_day)


def second_of_two(moment: datetime, zone: str) -> datetime | None:
    """Return the later moment with the same wall clock time as this one; None if there is none."""
    shown = clock(moment, zone)
    wall = datetime.combine(shown.day, shown.time_of_day, _zone(zone))
    later = wall.replace(fold=1).astimezone(UTC)
    return later if later > utc(moment) else None


def skipped_before(moment: datetime, zone: str) -> timedelta:
    """Return by how much a wall clock time that summer time skips is shifted to this moment; zero if none is."""
    shown = clock(moment, zone)
    gap = shown.ahead - clock(moment - MORE_THAN_A_GAP, zone).ahead
    wall = datetime.combine(shown.day, shown.time_of_day) - gap
    return gap if gap > timedelta() and instant(wall, zone) == utc(moment) else timedelta()


def as_meant(moment: datetime, known: datetime, zone: str) -> datetime:
    """Return `known` if it is the second of two equal hours and `moment` is the first; otherwise `moment`.

    For moments from a system that may keep only wall clock times, and then gives the first of the two.
    """
    return known if known == second_of_two(moment, zone) else moment
