"""Local time of an integration: between the wall clock and the instant.

`zone` is an IANA name such as `Europe/Amsterdam`. Python's rules (PEP 495) with `fold=0` are the ones wanted: a wall
clock time that summer time skips is shifted forward by what was skipped, and one that happens twice is the first.
https://peps.python.org/pep-0495/
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LONGEST_NAME = 64


def is_zone(name: str) -> bool:
    """Whether a text is the name of a time zone."""
    if len(name) > LONGEST_NAME:
        return False
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # a path that leads elsewhere, a folder, none
        return False
    return True


def local(moment: datetime, zone: str) -> datetime:
    """Return an aware moment on the wall clock of the zone, aware; of two equal autumn hours `fold` tells which."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(ZoneInfo(zone))


def instant(naive: datetime, zone: str) -> datetime:
    """Return the instant, aware in UTC, at which the wall clock of the zone shows a naive time."""
    if naive.tzinfo is not None:
        raise ValueError("a wall clock time has no time zone of its own")
    return naive.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def midnight(day: date, zone: str) -> datetime:
    """Return the instant at which a day begins in the zone, aware in UTC."""
    return instant(datetime.combine(day, time()), zone)
