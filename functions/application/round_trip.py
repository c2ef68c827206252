"""Round trip: one marked test event is made, read, moved and removed again, and each step's time is shown.

Nothing is done in i-Reserve unless an object of its own is named; then a booking there is made, moved and cancelled too.
The event carries a mark and an id derived from it, so that no pull takes it for a person's event.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from functions.application import calendars, integrations
from functions.application.ports import Ports
from functions.application.sides import Sides, open_sides
from functions.domain.appointment import Appointment, Timed
from functions.domain.booking import Booking
from functions.domain.errors import Conflict, Refused, SyncError
from functions.domain.event import EventKey, Mark
from functions.domain.identity import TEST_LINK, test_event_id
from functions.domain.step import BookingChange, EventChange

T = TypeVar("T")
TITLE = {"nl": "Test van de synchronisatie", "en": "Test of the sync"}


@dataclass(frozen=True, slots=True)
class Leg:
    """One step of the trip: how long it took, and what was wrong ("" = nothing)."""

    name: str
    seconds: float
    trouble: str = ""


def round_trip(ports: Ports, int_id: str, calendar: str = "", object_id: str = "") -> tuple[Leg, ...]:
    """Go there and back on a mapped calendar (the first one, if none is named). Whatever was made is removed again."""
    integration = integrations.get(ports.documents, int_id)
    sides = open_sides(ports, integration)
    calendar = calendar or next(iter(integration.settings.calendars), "")
    if calendar not in integration.settings.calendars:
        raise Conflict("name one of the mapped calendars", reason="unknown_calendar")
    if integration.connection is None:
        raise Refused("Google is not connected; run Step 1 and Step 2 first", reason="not_connected")
    legs = _events(sides, calendar)
    if object_id:
        legs += _bookings(sides, object_id)
    return tuple(legs)


def _events(sides: Sides, calendar: str) -> list[Leg]:
    stamp, began, legs = sides.ports.token(9), sides.now(), list[Leg]()
    key = EventKey(calendar, test_event_id(sides.id, stamp))
    mark = Mark(sides.id, TEST_LINK, stamp)
    content = Appointment(_when(sides, 3), calendar, TITLE[sides.settings.language])
    later = EventChange(when=_when(sides, 4))
    try:
        made = _leg(sides, legs, "make_event", lambda: sides.calendars.insert(key, content, "", mark, notify=False))
        _leg(sides, legs, "read_event", lambda: sides.calendars.read(key))
        _leg(sides, legs, "move_event", lambda: sides.calendars.patch(made, made.etag, later, mark, notify=False))
    except SyncError:
        pass
    finally:
        if legs and not legs[0].trouble:
            _quietly(lambda: _leg(sides, legs, "remove_event", lambda: sides.calendars.delete(key, "", notify=False)))
    state = calendars.state_of(sides.ports.documents, sides.id, calendar)
    told = [c.notified_at for c in state.channels if c.notified_at is not None and c.notified_at >= began]
    if told:
        legs.append(Leg("notification", (min(told) - began).total_seconds()))
    return legs


def _bookings(sides: Sides, object_id: str) -> list[Leg]:
    legs: list[Leg] = []
    made: list[Booking] = []
    status = sides.settings.cancel_status

    def make() -> None:
        fields = {"remarks": TITLE[sides.settings.language]}
        when, start = _when(sides, 3), sides.settings.inbound.status
        made.append(sides.reservations.make(object_id, when, 1, start, "", fields))

    try:
        _leg(sides, legs, "make_booking", make)
        _leg(
            sides, legs, "move_booking", lambda: sides.reservations.write(made[0], BookingChange(when=_when(sides, 4)))
        )
    except SyncError:
        pass
    finally:
        if made and status is not None:
            change = BookingChange(status=status)
            _quietly(lambda: _leg(sides, legs, "cancel_booking", lambda: sides.reservations.write(made[0], change)))
    return legs


def _leg(sides: Sides, legs: list[Leg], name: str, work: Callable[[], T]) -> T:
    began = sides.now()
    try:
        result = work()
    except SyncError as error:
        legs.append(Leg(name, (sides.now() - began).total_seconds(), str(error)))
        raise
    legs.append(Leg(name, (sides.now() - began).total_seconds()))
    return result


def _quietly(work: Callable[[], object]) -> None:
    try:
        work()
    except SyncError:  # it stands among the legs
        return


def _when(sides: Sides, hour: int) -> Timed:
    """Return a quarter of an hour in the coming night, in the integration's zone."""
    zone = ZoneInfo(sides.settings.timezone)
    night = datetime.combine(sides.now().astimezone(zone).date() + timedelta(days=1), time(hour), zone)
    return Timed(night, night + timedelta(minutes=15))
