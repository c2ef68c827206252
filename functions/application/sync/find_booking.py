"""Finds the booking that carries an event's id: by a search, or else among the bookings that begin with the event."""

from functools import partial

from functions.application.store import links
from functions.application.sync.pages import listed
from functions.application.sync.session import SyncSession
from functions.domain.comparing.event_content import period
from functions.domain.comparing.series import first_day
from functions.domain.model.appointment import When
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Cause, Gone, Refused
from functions.domain.model.zones import same_clock

MOST = 1000  # bookings of one day


def booking_with(session: SyncSession, event_id: str, when: When | None) -> Booking | None:
    """Return the booking whose id field holds this id, or None; raises `Refused` if that cannot be known.

    That is so (`not_searchable`) if the field can be neither searched nor read. `when` is the booking's expected time.
    """
    field = session.settings.outbound.external_id_field
    try:
        return session.reservations.find(field, event_id)
    except Refused as error:
        if error.cause is not Cause.NOT_SEARCHABLE or when is None:
            raise
        shown, unsure = True, error
    for number in beginning_with(session, when):
        try:
            booking = session.reservations.read(number)
        except Gone:
            continue
        if booking.value_of(field) == event_id:
            return booking
        shown = shown and _shows(session, booking, field)
    if not shown:
        raise unsure
    return None


def other_names_it(session: SyncSession, booking_id: str, event_id: str, when: When | None) -> bool:
    """Whether another booking than this carries an event's id; False where i-Reserve cannot tell.

    A booking whose pair does not count on its field, such as a copy of this one, is none. Raises what reading raises.
    """
    try:
        found = booking_with(session, event_id, when)
    except Refused as error:
        if error.cause is not Cause.NOT_SEARCHABLE:
            raise
        return False
    if found is None or found.id == booking_id:
        return False
    return not links.of_booking(session.ports.documents, session.id, found.id).ids.foreign


def _shows(session: SyncSession, booking: Booking, field: str) -> bool:
    """Whether this answer would show the id field if it were filled; i-Reserve's format of 2011 never does."""
    if field == "external_id" and session.dialect.external_id_returned is not None:
        return session.dialect.external_id_returned or session.dialect.column_external_id is not None
    return field in booking.fields or ("date_from" in booking.fields and field != "external_id")


def beginning_with(session: SyncSession, when: When) -> list[str]:
    """Return the bookings that begin at a time, and those whose row does not say."""
    zone = session.settings.timezone
    start, _ = period(when, zone)
    day = first_day(when, zone)
    rows = listed(session, partial(session.reservations.between, day, day), most=MOST).values()
    return [row.id for row in rows if row.starts is None or same_clock(row.starts, start, zone)]
