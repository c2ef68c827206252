"""Turns i-Reserve's answers into bookings of the domain. Pure; raises `Malformed` for nonsense.

It reads the documented fields and the older shape of 2011:
https://support.i-reserve.net/nl/functionele-informatie/beschikbare-apis/api-booking/beschikbare-velden
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from functions.adapters.ireserve.fields import first, identity, texts, whole
from functions.adapters.ireserve.times import DayEnd, end_of, moment_of
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Malformed
from functions.domain.model.messages import say
from functions.domain.model.zones import begins_a_day, clock, day_of, days_later
from functions.domain.settings.dialect import Dialect

ENVELOPES = ("booking", "data", "results", "response")  # i-Reserve's own SDK expects lists under two of these
NO_DATE = re.compile(r"0{4}-0{2}-0{2}.*")


def fields_of(answer: Any) -> dict[str, str]:
    """Return the fields of the one booking that an answer holds, as text by lower-case name; raises `Malformed`."""
    if isinstance(answer, list) and len(answer) == 1:
        answer = answer[0]
    if isinstance(answer, Mapping):
        answer = next((answer[name] for name in ENVELOPES if isinstance(answer.get(name), Mapping)), answer)
    if not isinstance(answer, Mapping):
        raise Malformed("i-Reserve's answer is not a booking.", reason="booking_malformed")
    return texts(answer)


def booking_id(fields: Mapping[str, str]) -> str:
    """Return the number of the booking, or ""."""
    return identity(fields, "id", "booking_id", "res_id")


def object_id(fields: Mapping[str, str]) -> str:
    """Return the number of the booking's object, or "" (always, in the shape of 2011)."""
    return identity(fields, "object_id", "obj_id", "res_obj_id")


def is_whole(fields: Mapping[str, str]) -> bool:
    """Whether the fields show a booking, not only its number."""
    return bool(first(fields, "date_from", "fromdate"))


def booking_from(fields: Mapping[str, str], zone: str, day_end: DayEnd, dialect: Dialect) -> Booking:
    """Make a booking from its fields. Raises `Malformed`."""
    number = booking_id(fields)
    try:
        return _booking(number, fields, zone, day_end, dialect)
    except (ValueError, OverflowError) as error:
        name = f"Booking {number[:20]}" if number else "A booking"
        raise Malformed(say("{} of i-Reserve cannot be read: {}.", name, error), reason="booking_malformed") from None


def _booking(number: str, fields: Mapping[str, str], zone: str, day_end: DayEnd, dialect: Dialect) -> Booking:
    thing = object_id(fields)
    if not number or not thing:
        raise ValueError("it does not say its number" if not number else "it does not say its object")
    starts, ends, timed = _period(fields, zone)
    day_mode = _by_day(thing, starts, ends, zone, dialect) if timed else True
    if day_mode and day_end == "exclusive" and ends == starts:
        ends = days_later(ends, 1, zone)
    return Booking(
        id=number,
        object_id=thing,
        starts=starts,
        ends=ends,
        status=_status(fields, dialect),
        object_name=first(fields, "object_desc", "object"),
        day_mode=day_mode,
        number=_named(fields, "number", "1"),
        external_id=first(fields, "external_id"),
        remarks=fields.get("remarks", ""),
        customer_id=identity(fields, "customer_id", "cust_id"),
        email=first(fields, "email"),
        activity_id=identity(fields, "event_id"),
        main_id=identity(fields, "mainobject_id"),
        other_zone=_is_of_other_zone(_date(fields, "date_from", "fromdate"), starts, zone),
        fields=fields,
    )


def _period(fields: Mapping[str, str], zone: str) -> tuple[datetime, datetime, bool]:
    """Return start, end, and whether either has a time of day."""
    start = _date(fields, "date_from", "fromdate")
    if not start:
        raise ValueError("it has no start")
    starts, timed = _moment(start, fields, zone, "fromtime")
    end = _date(fields, "date_till", "tilldate") or _same_day(start, starts, zone, fields)
    if not end and timed:
        raise ValueError("it has no end")
    ends, end_timed = _moment(end, fields, zone, "tilltime", "tiltime") if end else (starts, False)
    alike = (start, first(fields, "fromtime")) == (end, first(fields, "tilltime", "tiltime"))
    ends = end_of(starts, ends, zone, alike=alike)
    if ends < starts:
        raise ValueError("it ends before it starts")
    return starts, ends, timed or end_timed


def _same_day(start: str, starts: datetime, zone: str, fields: Mapping[str, str]) -> str:
    # booking/add: a missing end date means the start date
    return f"{day_of(starts, zone)}" if start and first(fields, "tilltime", "tiltime") else ""


def _date(fields: Mapping[str, str], *names: str) -> str:
    return next((value for name in names if (value := first(fields, name)) and not NO_DATE.fullmatch(value)), "")


def _moment(text: str, fields: Mapping[str, str], zone: str, *clocks: str) -> tuple[datetime, bool]:
    try:
        return moment_of(text, first(fields, *clocks), zone)
    except (ValueError, OverflowError):
        raise ValueError(f"its {clocks[0].removesuffix('time')} date or time is none") from None


def _is_of_other_zone(start: str, starts: datetime, zone: str) -> bool:
    """Whether a start was given with the offset of another zone; one in UTC, or without an offset, says nothing."""
    with suppress(ValueError):
        ahead = datetime.fromisoformat(start).utcoffset()
        return bool(ahead) and ahead != clock(starts, zone).ahead
    return False


def _by_day(thing: str, starts: datetime, ends: datetime, zone: str, dialect: Dialect) -> bool:
    if thing in dialect.day_objects or thing in dialect.hour_objects:
        return thing in dialect.day_objects
    return begins_a_day(starts, zone) and begins_a_day(ends, zone)


def _status(fields: Mapping[str, str], dialect: Dialect) -> int:
    status = dialect.status_of(first(fields, "status_code", "status"))
    if status is None:
        raise ValueError("its status is unknown")
    return status


def _named(fields: Mapping[str, str], name: str, default: str) -> int:
    try:
        return whole(first(fields, name) or default)
    except ValueError:
        raise ValueError(f"its {name} is no number") from None
