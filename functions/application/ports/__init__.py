"""The ports: what the use cases need from the outside. Adapters implement them; nothing here imports a vendor's code.

Reads and writes raise the errors of `domain/model/errors.py`: `Transient`, `Stale` (412), `TokenExpired` (410 on a
token), `AccessRevoked` (stop calling), `Refused`, `Gone` (404, 410), `Taken` (409), `Malformed` (an unusable answer).
"""

from functions.application.ports.calendar import (
    CalendarEntry,
    Calendars,
    Channel,
    Consent,
    EventPage,
    Grant,
    Tombstone,
    Unusable,
    pages,
)
from functions.application.ports.platform import Addresses, Alarm, Alert, Clock, InParallel, Outside, Ports
from functions.application.ports.queue import Task, Tasks
from functions.application.ports.reservations import Bookable, BookingRow, Reservations
from functions.application.ports.storage import Body, Documents, Path, Secrets, Transaction

__all__ = [
    "Addresses",
    "Alarm",
    "Alert",
    "Body",
    "Bookable",
    "BookingRow",
    "CalendarEntry",
    "Calendars",
    "Channel",
    "Clock",
    "Consent",
    "Documents",
    "EventPage",
    "Grant",
    "InParallel",
    "Outside",
    "Path",
    "Ports",
    "Reservations",
    "Secrets",
    "Task",
    "Tasks",
    "Tombstone",
    "Transaction",
    "Unusable",
    "pages",
]
