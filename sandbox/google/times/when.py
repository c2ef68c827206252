"""Reading and writing times: EventDateTime objects, RFC 3339 texts and zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sandbox.google.errors import invalid

if TYPE_CHECKING:
    from sandbox.google.errors import Resource

NOT_A_DATE_TIME = "Invalid value for: Invalid format"


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """Return the IANA zone; raises ApiError 400 for an unknown name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise invalid(f'Invalid time zone definition: "{name}".') from error


def timestamp(moment: datetime) -> str:
    """UTC with milliseconds, as `created` and `updated` are written."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def parse(text: str) -> datetime:
    """Read an RFC 3339 text, with or without offset; raises ApiError 400."""
    # a bare date is valid ISO, but no date-time
    if "T" not in text.upper():
        raise invalid(f'{NOT_A_DATE_TIME}: "{text}" is not an RFC 3339 date-time.')
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise invalid(f'{NOT_A_DATE_TIME}: "{text}" is malformed.') from error


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 text whose offset is mandatory, as query parameters demand."""
    moment = parse(text)
    if moment.tzinfo is None:
        raise invalid(f'"{text}" needs a time zone offset, for example Z.')
    return moment.astimezone(UTC)


def normalise(value: Resource, calendar_zone: str, name: str) -> Resource:
    """Check one EventDateTime and bring it into the form that is kept (calendar's offset, named zone)."""
    day, moment_text, zone_name = value.get("date"), value.get("dateTime"), value.get("timeZone")
    if (day is None) == (moment_text is None):
        # patching `date` onto a timed event without `dateTime: null` ends here, as on the real API
        raise invalid(f"Invalid {name} time.")
    if day is not None:
        try:
            return {"date": date.fromisoformat(day).isoformat()}
        except ValueError as error:
            raise invalid(f'Invalid value for: "{day}" is not a date.') from error
    moment = parse(str(moment_text)).replace(microsecond=0)
    if moment.tzinfo is None:
        if zone_name is None:
            raise invalid(f"Missing time zone definition for {name} time.")
        moment = moment.replace(tzinfo=zone(zone_name))
    elif zone_name is not None:
        zone(zone_name)
    shown = moment.astimezone(zone(calendar_zone))
    return {"dateTime": shown.isoformat(), "timeZone": zone_name or calendar_zone}


def instant(value: Resource, calendar_zone: str) -> datetime:
    """Return the UTC moment of a kept EventDateTime; a date is midnight in the calendar's zone."""
    if "date" in value:
        midnight = datetime.combine(date.fromisoformat(value["date"]), time(), zone(calendar_zone))
        return midnight.astimezone(UTC)
    return datetime.fromisoformat(value["dateTime"]).astimezone(UTC)


def midnight(value: Resource, calendar_zone: str) -> Resource:
    """Return a kept EventDateTime with a date as the local midnight at which that day begins."""
    if "date" not in value:
        return value
    moment = instant(value, calendar_zone).astimezone(zone(calendar_zone))
    return {"dateTime": moment.isoformat(), "timeZone": calendar_zone}


def in_zone(value: Resource, zone_name: str) -> Resource:
    """Show a kept EventDateTime in another zone (the `timeZone` query parameter)."""
    if "date" in value:
        return value
    shown = datetime.fromisoformat(value["dateTime"]).astimezone(zone(zone_name))
    return {**value, "dateTime": shown.isoformat()}


def local(value: Resource) -> datetime:
    """Return the wall-clock time of a kept EventDateTime in its own zone, without tzinfo."""
    if "date" in value:
        return datetime.combine(date.fromisoformat(value["date"]), time())
    moment = datetime.fromisoformat(value["dateTime"]).astimezone(zone(value["timeZone"]))
    return moment.replace(tzinfo=None)


def from_local(wall: datetime, like: Resource, calendar_zone: str) -> Resource:
    """Turn a wall-clock time back into an EventDateTime of the same kind and zone as `like`."""
    if "date" in like:
        return {"date": wall.date().isoformat()}
    moment = wall.replace(tzinfo=zone(like["timeZone"])).astimezone(UTC)
    return {"dateTime": moment.astimezone(zone(calendar_zone)).isoformat(), "timeZone": like["timeZone"]}


def days(count: float) -> timedelta:
    """Return that many days."""
    return timedelta(days=count)
