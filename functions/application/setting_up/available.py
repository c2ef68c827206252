"""The objects and calendars to choose from in the mapping, and bookings without a calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from functions.application.ports import Bookable, CalendarEntry, Ports
from functions.application.scanning.rows import rows_of
from functions.application.store import integrations
from functions.application.store.stopped import Trouble, google_stopped
from functions.application.sync.session import SyncSession, note_withdrawn, open_session, within_reach
from functions.domain.model.errors import SyncError
from functions.domain.model.zones import day_of
from functions.domain.settings.schema import Settings

AHEAD = timedelta(days=30)
MOST = 200  # bookings


@dataclass(frozen=True, slots=True)
class Available:
    """Both lists; one that could not be read is None, with a sentence that says why."""

    objects: tuple[Bookable, ...] | None
    calendars: tuple[CalendarEntry, ...] | None
    objects_trouble: str = ""
    calendars_trouble: str = ""
    consent: bool = False  # whether a new consent mends that


def read(
    ports: Ports, int_id: str, *, objects: bool = True, calendars: bool = True, also: Iterable[str] | None = None
) -> Available:
    """Return the lists of both sides, read live; an error on one side leaves the other usable.

    `also` are calendars to try although the account's list lacks them; None: those of the saved mapping.
    """
    session = open_session(ports, integrations.get(ports.documents, int_id))
    found, objects_trouble = _objects(session) if objects else (None, "")
    wanted = session.settings.calendars if also is None else also
    entries, trouble = _calendars(session, wanted) if calendars else (None, Trouble("", ""))
    return Available(found, entries, objects_trouble, trouble.why, trouble.consent)


def _objects(session: SyncSession) -> tuple[tuple[Bookable, ...] | None, str]:
    if not session.integration.has_ireserve_login:
        return None, "give i-Reserve's address, user and password first"
    try:
        return tuple(session.objects()), ""
    except SyncError as error:
        return None, str(error)


def _calendars(session: SyncSession, wanted: Iterable[str]) -> tuple[tuple[CalendarEntry, ...] | None, Trouble]:
    if session.integration.connection is None:
        return None, Trouble("", google_stopped(session.integration), consent=True)
    try:
        return tuple(within_reach(session.calendars, wanted)), Trouble("", "")
    except SyncError as error:
        note_withdrawn(session, error)
        return None, Trouble.of("", error)


def without_calendar(ports: Ports, int_id: str) -> tuple[list[str], bool]:
    """Return the ids of bookings in the next 30 days whose object has no calendar, and whether the list was cut.

    Bookings whose status asks for no event, or whose rows do not name their object, are left out. An error on
    i-Reserve's side gives an empty list.
    """
    session = open_session(ports, integrations.get(ports.documents, int_id))
    today = day_of(ports.clock(), session.settings.timezone)
    try:
        rows = rows_of(session, today, today + AHEAD, MOST).values()
    except SyncError:
        return [], False
    found = [row.id for row in rows if row.object_id and _wanted(session.settings, row.status, row.object_id)]
    return found, len(rows) >= MOST


def _wanted(settings: Settings, status: int | None, object_id: str) -> bool:
    wanted = status is None or status in settings.outbound.made_on
    return wanted and settings.calendar_of(object_id) is None
