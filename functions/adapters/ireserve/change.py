"""The bodies of POST hook/booking/ and booking/check, and whether an answer shows what was asked. Pure.

https://support.i-reserve.net/en/functional-information/available-apis/api-hook/post-hook-booking

An update sends only the booking's id and what changes, because i-Reserve marks object, dates and places as mandatory
for a new booking only and leaves `number` out of its own example. So a person's simultaneous edit of another field
survives, and an update of a booking that was just deleted cannot make a new one. `Dialect.update_carries` lists what a
tenant needs besides.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from functions.adapters.ireserve.fields import number_or_text
from functions.adapters.ireserve.times import DayEnd, span, written
from functions.domain.model.appointment import AllDay, When
from functions.domain.model.booking import Booking
from functions.domain.model.zones import as_meant, begins_a_day, clock
from functions.domain.pairing.writes import BookingChange
from functions.domain.settings.dialect import Dialect

Body = dict[str, Any]
NOTICEABLE = timedelta(minutes=1)  # booking/check takes hours and minutes, so seconds may be cut


def change_body(
    booking: Booking, change: BookingChange, zone: str, day_end: DayEnd, carried: tuple[str, ...] = ()
) -> Body:
    """Return the body of an update; `carried` names fields to send unchanged (as in `Dialect.update_carries`)."""
    body: Body = {"id": number_or_text(booking.id)}
    if change.object_id is not None or "object_id" in carried:
        body["object_id"] = number_or_text(change.object_id or booking.object_id)
    if change.when is not None:
        body |= _dates(change.when, zone, day_end)
    elif "date" in carried:
        body |= {"date_from": written(booking.starts, zone), "date_till": written(booking.ends, zone)}
    if "number" in carried:
        body["number"] = booking.number
    if change.status is not None:
        body["status_code"] = change.status
    if change.external_id is not None:
        body["external_id"] = change.external_id
    return body | dict(change.fields)


def new_body(
    object_id: str,
    when: When,
    number: int,
    status: int,
    external_id: str,
    fields: Mapping[str, str],
    zone: str,
    day_end: DayEnd,
) -> Body:
    """Return the body of a new booking."""
    body = {"object_id": number_or_text(object_id), **_dates(when, zone, day_end), "number": number}
    body |= {"status_code": status, **({"external_id": external_id} if external_id else {})}
    return body | dict(fields)


def check_body(object_id: str, when: When, number: int, zone: str, day_end: DayEnd) -> Body:
    """Return the body of booking/check; whole days with `inclusive` have dates only, as for objects booked by day.

    https://support.i-reserve.net/nl/functionele-informatie/beschikbare-apis/api-booking/post-check
    """
    start, end = (clock(moment, zone) for moment in span(when, zone, day_end))
    body: Body = {
        "object_id": number_or_text(object_id),
        "fromdate": f"{start.day}",
        "tilldate": f"{end.day}",
        "number": number,
    }
    if isinstance(when, AllDay) and day_end == "inclusive":
        return body
    return body | {"fromtime": f"{start:%H:%M}", "tilltime": f"{end:%H:%M}"}


def has_clock_times(when: When, zone: str) -> bool:
    """Whether wall clock times can express a period; not if in autumn its end reads no later than its start."""
    if isinstance(when, AllDay):
        return True
    start, end = clock(when.start, zone), clock(when.end, zone)
    return when.end <= when.start or (start.day, start.time_of_day) < (end.day, end.time_of_day)


def end_rule_of(object_id: str, day_end: DayEnd, dialect: Dialect) -> DayEnd:
    """Return how whole days end on an object; one booked by the hour has no inclusive last day."""
    return "exclusive" if object_id in dialect.hour_objects else day_end


def is_ambiguous(
    object_id: str, when: When, zone: str, day_end: DayEnd, dialect: Dialect, *, by_the_hour: bool
) -> bool:
    """Whether a booking of whole days would be read as a day more than is asked; `by_the_hour`: it has hours until now.

    From midnight to the next is one day by the hour, and two by the day where the last one counts; and nobody knows which
    it is of an object in no list of the dialect.
    """
    if day_end == "exclusive" or object_id in (*dialect.day_objects, *dialect.hour_objects):
        return False
    if isinstance(when, AllDay):
        return by_the_hour
    return begins_a_day(when.start, zone) and begins_a_day(when.end, zone)


def unapplied(answered: Booking, change: BookingChange, zone: str, day_end: DayEnd) -> tuple[str, ...]:
    """Return which of object, time, status, external_id and customNN the answer does not show as asked.

    A text field that is missing from the answer proves nothing; an empty custom field was not stored.
    """
    return tuple(_unapplied(answered, change, zone, day_end))


def _unapplied(answered: Booking, change: BookingChange, zone: str, day_end: DayEnd) -> Iterator[str]:
    if change.object_id is not None and answered.object_id != change.object_id:
        yield "object"
    if change.when is not None and not _shows(answered, change.when, zone, day_end):
        yield "time"
    if change.status is not None and answered.status != change.status:
        yield "status"
    asked = dict(change.fields)
    if change.external_id is not None:
        asked["external_id"] = change.external_id
    for name, value in asked.items():
        shown = answered.fields.get(name)
        if name == "external_id" and shown is not None and shown.strip() != value.strip():
            yield name
        if name.startswith("custom") and value.strip() and shown is not None and not shown.strip():
            yield name


def _shows(answered: Booking, when: When, zone: str, day_end: DayEnd) -> bool:
    start, end = span(when, zone, day_end)
    return all(
        abs(as_meant(shown, asked, zone) - asked) < NOTICEABLE
        for shown, asked in ((answered.starts, start), (answered.ends, end))
    )


def _dates(when: When, zone: str, day_end: DayEnd) -> Body:
    start, end = span(when, zone, day_end)
    return {"date_from": written(start, zone), "date_till": written(end, zone)}
