"""Searches for GET booking/filter, and its rows. Pure; raises `Malformed` for nonsense.

https://support.i-reserve.net/en/functional-information/available-apis/api-booking/get-booking-filter/
Each column comes formatted and, with the suffix `_raw`, as stored: dates as `YYYY-MM-DD`, times as seconds since
midnight. `id` is the number of the row, not of the booking. A booking can appear several times.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from functions.adapters.ireserve.fields import first, identity, texts
from functions.adapters.ireserve.times import at, day_of, end_of, moment_of, seconds_of
from functions.application.ports import BookingRow
from functions.domain.model.errors import Cause, Malformed, Refused
from functions.domain.model.messages import say
from functions.domain.model.zones import second_of_two
from functions.domain.settings.dialect import Dialect, code_and_name

DOCUMENTED = ("RES_ID", "RES_FROMDATE", "RES_FROMTIME", "RES_TILTIME")  # RES_TILTIME is spelt with one L
PRODUCT = "PRODUCT"  # the search name of the object, printed in an example
CUSTOM = re.compile(r"custom(\d{1,3})")
PLAIN = re.compile(r"[A-Za-z0-9_.@-]{1,1024}")  # the characters of an event id; none of them ends the quotes
LONGEST_NAME = 60  # of a status


def search_between(first_day: date, last_day: date, today: date, dialect: Dialect) -> str:
    """Search bookings that start on the days from the first to the last, both included."""
    since, until = (_day(day, today, dialect) for day in (first_day, last_day))
    return f'{dialect.search_start} >= "{since}" AND {dialect.search_start} <= "{until}"'


def search_lasting(since: date, day: date, today: date, dialect: Dialect) -> str:
    """Search bookings that start on a day or later, before another, and last into that one; `Refused` if this tenant cannot.

    No page names a search for the end; columns are said to be searched by their names.
    https://github.com/iReserveApps/narrow-casting
    """
    if dialect.column_till_date is None:
        raise Refused("i-Reserve cannot search bookings by their last day.", reason=Cause.NOT_SEARCHABLE)
    starts = search_between(since, day - timedelta(days=1), today, dialect)
    return f'{starts} AND {dialect.column_till_date} >= "{_day(day, today, dialect)}"'


def search_changed(since: date, today: date, dialect: Dialect) -> str:
    """Search bookings that changed on a day or later; raises `Refused` if this tenant cannot."""
    if dialect.search_changed is None:
        raise Refused("i-Reserve cannot search bookings by their last change.", reason=Cause.NOT_SEARCHABLE)
    return f'{dialect.search_changed} >= "{_day(since, today, dialect)}"'


def _day(day: date, today: date, dialect: Dialect) -> str:
    return f"{(day - today).days}d" if dialect.search_dates == "relative" else f"{day}"


def search_number(booking_id: str, dialect: Dialect) -> str:
    """Search one booking by its number, of any length; raises `Refused` for what is none."""
    if not booking_id.isdecimal():
        raise Refused("i-Reserve searches a booking by a number only.", reason=Cause.NOT_SEARCHABLE)
    return f"{dialect.search_id} = {booking_id}"


def search_value(field_name: str, value: str, dialect: Dialect) -> str:
    """Search bookings by a text in `external_id` or `customNN`; raises `Refused` if this tenant cannot."""
    custom = CUSTOM.fullmatch(field_name)
    name = dialect.search_external_id if field_name == "external_id" else None
    if custom and dialect.search_custom:
        name = f"{dialect.search_custom}{custom[1]}"
    if not name or not PLAIN.fullmatch(value):
        raise Refused(say("i-Reserve cannot search bookings by {}.", field_name), reason=Cause.NOT_SEARCHABLE)
    return f'{name} = "{value}"'


def assumed_columns(dialect: Dialect) -> tuple[str, ...]:
    """Return the columns that i-Reserve does not document, as this tenant spells them."""
    names = (dialect.column_till_date, dialect.column_status, dialect.column_object, dialect.column_changed)
    return tuple(filter(None, names))


def rows_of(answer: Any) -> list[dict[str, str]]:
    """Return the rows of an answer as text by lower-case column; raises `Malformed`.

    i-Reserve's own SDK takes a list, or one under `data` or `results`.
    """
    if isinstance(answer, Mapping):
        answer = answer.get("data", answer.get("results", None if answer else []))
    if answer is None or not isinstance(answer, list) or not all(isinstance(row, Mapping) for row in answer):
        raise Malformed("i-Reserve's answer is not a list of bookings.", reason="rows_malformed")
    return [texts(row) for row in answer]


def row_id(row: Mapping[str, str]) -> str:
    """Return the number of the booking of a row, or ""."""
    return identity(row, "res_id_raw", "res_id", "booking_id")


def value(row: Mapping[str, str], column: str | None) -> str:
    """Return a row's value in a column, raw if it has that."""
    return first(row, f"{column}_raw".lower(), column.lower()) if column else ""


def booking_rows(rows: Iterable[Mapping[str, str]], zone: str, dialect: Dialect) -> list[BookingRow]:
    """Return the first row of each booking, in their order."""
    found: dict[str, BookingRow] = {}
    for row in rows:
        number = row_id(row)
        if number in found:
            found[number] = replace(found[number], lines=found[number].lines + 1)
        elif number:
            starts, ends = _period(row, zone, dialect)
            found[number] = BookingRow(
                id=number,
                starts=starts,
                ends=ends,
                status=dialect.status_of(value(row, dialect.column_status)),
                object_id=identity({"object": value(row, dialect.column_object)}, "object") or None,
                changed=_changed(value(row, dialect.column_changed), zone),
                status_name=code_and_name(first(row, (dialect.column_status or "").lower()))[1][:LONGEST_NAME],
            )
    return list(found.values())


def _period(row: Mapping[str, str], zone: str, dialect: Dialect) -> tuple[datetime | None, datetime | None]:
    start, end = ("RES_FROMDATE", "RES_FROMTIME"), (dialect.column_till_date, "RES_TILTIME")
    starts, ends = _moment(row, *start, zone), _moment(row, *end, zone)
    if starts is None or ends is None or starts < ends:
        return starts, ends
    alike = [value(row, each) for each in start] == [value(row, each) for each in end]
    return starts, end_of(starts, ends, zone, alike=alike)


def _moment(row: Mapping[str, str], date_column: str | None, time_column: str, zone: str) -> datetime | None:
    with suppress(ValueError, OverflowError):
        day = day_of(value(row, date_column))
        clock = value(row, time_column)
        return at(day, seconds_of(clock) if clock else 0, zone) if day else None
    return None


def _changed(shown: str, zone: str) -> datetime | None:
    """Read a date and time; a time that happens twice is the later one, so that nothing counts as too old."""
    with suppress(ValueError, OverflowError):
        day, _, clock_time = shown.partition(" ")
        moment, _ = moment_of(shown, "", zone) if day_of(day) is None else moment_of(day, clock_time.strip(), zone)
        return second_of_two(moment, zone) or moment
    return None
