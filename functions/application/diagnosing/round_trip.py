"""The round trip: makes, reads, moves and removes one marked test event, and times each step.

With a test object it also makes, moves and cancels a booking; otherwise it does not touch i-Reserve. The event has a
mark, and an id derived from it, so no pull takes it for a person's event.
"""

from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import time, timedelta
from typing import TypeVar

from functions.application.ports import Ports
from functions.application.store import calendars, integrations
from functions.application.sync.find_booking import beginning_with
from functions.application.sync.session import SyncSession, open_session
from functions.domain.model.appointment import Appointment, Timed
from functions.domain.model.booking import Booking
from functions.domain.model.errors import AccessRevoked, Conflict, Gone, Refused, SyncError
from functions.domain.model.event import EventKey, Mark
from functions.domain.model.identity import TEST_LINK, test_event_id
from functions.domain.model.zones import at, day_of
from functions.domain.pairing.writes import BookingChange, EventChange

T = TypeVar("T")
TITLE = {"nl": "Test van de synchronisatie", "en": "Test of the sync"}


@dataclass(frozen=True, slots=True)
class Leg:
    """One step: how long it took, and what was wrong ("" = nothing)."""

    name: str
    seconds: float
    trouble: str = ""


def round_trip(ports: Ports, int_id: str, calendar: str = "", object_id: str = "") -> tuple[Leg, ...]:
    """Run the round trip on a mapped calendar (by default the first); the event is removed and the booking cancelled.

    Raises `Conflict` for any other calendar, `Refused` without a connection. Later errors are in the legs.
    """
    integration = integrations.get(ports.documents, int_id)
    session = open_session(ports, integration)
    calendar = calendar or next(iter(integration.settings.calendars), "")
    if calendar not in integration.settings.calendars:
        raise Conflict("name one of the mapped calendars", reason="unknown_calendar")
    if integration.connection is None:
        raise Refused("Google is not connected; run Step 1 and Step 2 first", reason="not_connected")
    legs = _events(session, calendar)
    if object_id:
        legs += _bookings(session, object_id)
    return tuple(legs)


def _events(session: SyncSession, calendar: str) -> list[Leg]:
    stamp, began, legs = session.ports.token(9), session.now(), list[Leg]()
    key = EventKey(calendar, test_event_id(session.id, stamp))
    mark = Mark(session.id, TEST_LINK, stamp)
    content = Appointment(_when(session, 3), calendar, TITLE[session.settings.language])
    later = EventChange(when=_when(session, 4))
    may_stand = True

    def remove() -> None:
        with suppress(Gone) if legs[0].trouble else nullcontext():  # its making may have failed, or only its answer
            session.calendars.delete(key, "", notify=False)

    try:
        made = _leg(session, legs, "make_event", lambda: session.calendars.insert(key, content, "", mark, notify=False))
        _leg(session, legs, "read_event", lambda: session.calendars.read(key))
        _leg(session, legs, "move_event", lambda: session.calendars.patch(made, made.etag, later, mark, notify=False))
    except (Refused, AccessRevoked):
        may_stand = not legs[0].trouble
    except SyncError:
        pass
    finally:
        if legs and may_stand:
            _quietly(lambda: _leg(session, legs, "remove_event", remove))
    state = calendars.state_of(session.ports.documents, session.id, calendar)
    told = [c.notified_at for c in state.channels if c.notified_at is not None and c.notified_at >= began]
    if told:
        legs.append(Leg("notification", (min(told) - began).total_seconds()))
    return legs


def _bookings(session: SyncSession, object_id: str) -> list[Leg]:
    legs: list[Leg] = []
    made: list[Booking] = []
    when, status, may_stand = _when(session, 3), session.settings.cancel_status, True
    remarks = f"{TITLE[session.settings.language]} {session.ports.token(9)}"

    def make() -> None:
        start = session.settings.inbound.status
        made.append(session.reservations.make(object_id, when, 1, start, "", {"remarks": remarks}))

    def cancel(status: int) -> None:
        if not made:  # its making may have failed, or only its answer
            beginning = (session.reservations.read(each) for each in beginning_with(session, when))
            made.extend(each for each in beginning if each.remarks == remarks)
        for booking in made:
            session.reservations.write(booking, BookingChange(status=status))

    try:
        _leg(session, legs, "make_booking", make)
        _leg(
            session,
            legs,
            "move_booking",
            lambda: session.reservations.write(made[0], BookingChange(when=_when(session, 4))),
        )
    except (Refused, AccessRevoked):
        may_stand = bool(made)
    except SyncError:
        pass
    if may_stand and status is not None:
        _quietly(lambda: _leg(session, legs, "cancel_booking", lambda: cancel(status)))
    return legs


def _leg(session: SyncSession, legs: list[Leg], name: str, work: Callable[[], T]) -> T:
    began = session.now()
    try:
        result = work()
    except SyncError as error:
        legs.append(Leg(name, (session.now() - began).total_seconds(), str(error)))
        raise
    legs.append(Leg(name, (session.now() - began).total_seconds()))
    return result


def _quietly(work: Callable[[], object]) -> None:
    try:
        work()
    except SyncError:  # recorded in the legs
        return


def _when(session: SyncSession, hour: int) -> Timed:
    """Return a quarter of an hour that starts tomorrow at this hour, in the integration's zone."""
    zone = session.settings.timezone
    night = at(day_of(session.now(), zone) + timedelta(days=1), time(hour), zone)
    return Timed(night, night + timedelta(minutes=15))
