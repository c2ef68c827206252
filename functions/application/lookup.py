"""Look up the booking that carries an event's id: by a search, else among the bookings that begin with the event."""

from functions.application.sides import Sides
from functions.domain.appointment import AllDay, When
from functions.domain.booking import Booking
from functions.domain.errors import Gone, Refused
from functions.domain.projection import period
from functions.domain.zones import local

PAGE, MOST = 100, 1000  # bookings of one day


def booking_with(sides: Sides, event_id: str, when: When | None) -> Booking | None:
    """Return the booking whose id field holds this id, or None; raises `Refused` (`not_searchable`) where nobody can tell.

    Nobody can tell where the field can neither be searched nor read. `when` is the time that it would have.
    """
    field = sides.settings.outbound.external_id_field
    try:
        return sides.reservations.find(field, event_id)
    except Refused as error:
        if error.reason != "not_searchable" or when is None:
            raise
        shown, unsure = True, error
    for number in _beginning_with(sides, when):
        try:
            booking = sides.reservations.read(number)
        except Gone:
            continue
        if booking.value_of(field) == event_id:
            return booking
        shown = shown and _shows(sides, booking, field)
    if not shown:
        raise unsure
    return None


def _shows(sides: Sides, booking: Booking, field: str) -> bool:
    """Whether an answer would show the id field if it held something; the shape of 2011 shows none."""
    if field == "external_id" and sides.dialect.external_id_returned is not None:
        return sides.dialect.external_id_returned or sides.dialect.column_external_id is not None
    return field in booking.fields or ("date_from" in booking.fields and field != "external_id")


def _beginning_with(sides: Sides, when: When) -> list[str]:
    """Return the bookings that begin when the event does, and those whose row does not say."""
    start, _ = period(when, sides.settings.timezone)
    day = when.first if isinstance(when, AllDay) else local(when.start, sides.settings.timezone).date()
    seen: dict[str, bool] = {}
    place = 0
    while place < MOST and (page := sides.reservations.between(day, day, start=place, length=PAGE)):
        known = len(seen)
        seen.update((row.id, row.starts in (None, start)) for row in page)
        if len(seen) == known:
            break
        place += len(page)
    return [number for number, fits in seen.items() if fits]
