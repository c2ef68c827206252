"""The tenant's local time: reading and writing it the way i-Reserve does."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

HALF_DAY = 12


@dataclass(frozen=True)
class Wall:
    """The tenant's wall clock; `keeps` says whether it remembers which of two equal autumn hours was meant."""

    zone: ZoneInfo
    keeps: bool = False

    def local(self, moment: datetime) -> datetime:
        """Return an aware moment on the wall clock."""
        return self.shown(moment.astimezone(self.zone))

    def shown(self, moment: datetime) -> datetime:
        """Return a local moment as it is remembered."""
        return moment if self.keeps else moment.replace(fold=0)

    def parse(self, text: str, *, naive_ok: bool = True) -> datetime:
        """Read an ISO 8601 date or date-time, offset with or without colon; raises ValueError if it is none."""
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is not None:
            return self.local(moment)
        if not naive_ok:
            raise ValueError(text)
        return self.local(moment.replace(tzinfo=self.zone))

    def instant(self, text: str) -> datetime:
        """Read an ISO 8601 date-time, local without an offset; raises ValueError if it is none."""
        moment = datetime.fromisoformat(text.strip())
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def at(self, day: str, clock: str = "00:00") -> datetime:
        """Return the local moment of a `YYYY-MM-DD` and an `HH:MM`; raises ValueError if they are none."""
        return self.local(datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), self.zone))


def utc(moment: datetime) -> datetime:
    """Return the moment in UTC: only there can moments be compared and subtracted across a change of the clocks."""
    return moment.astimezone(UTC)


def midnight(moment: datetime) -> datetime:
    """Return the start of the moment's day; where summer time begins at midnight that is one o'clock."""
    return utc(moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)).astimezone(moment.tzinfo)


def iso(moment: datetime) -> str:
    """Return `2018-02-13T09:30:00+0100`, the offset without a colon."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")


def clock_text(seconds: int, style: str) -> str:
    """Return `02:30 pm` for style 12h, `14:30` otherwise, from seconds since midnight."""
    hour, minute = seconds // 3600, seconds // 60 % 60
    if style != "12h":
        return f"{hour:02}:{minute:02}"
    return f"{(hour - 1) % HALF_DAY + 1:02}:{minute:02} {'am' if hour < HALF_DAY else 'pm'}"


def seconds_of(moment: datetime) -> int:
    """Return the seconds of the wall clock since midnight."""
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def seconds_from_text(text: str) -> int:
    """Read `14:30` or `02:30 pm` as seconds since midnight; raises ValueError if it is neither."""
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]m)?", text.strip().lower())
    if found is None:
        raise ValueError(text)
    hour = int(found[1])
    if found[4]:
        hour = hour % HALF_DAY + (HALF_DAY if found[4] == "pm" else 0)
    return hour * 3600 + int(found[2]) * 60 + int(found[3] or 0)
