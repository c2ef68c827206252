"""An i-Reserve's statuses: which codes its coming bookings have, how often, and the list that each is in."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from functions.application.ports import BookingRow, Ports
from functions.application.scanning.rows import rows_of
from functions.application.store import integrations
from functions.application.sync.session import open_session
from functions.domain.model.errors import SyncError
from functions.domain.model.zones import day_of
from functions.domain.settings.schema import OutboundSettings

AHEAD = timedelta(days=28)
MOST = 1000  # bookings
LISTS = ("create", "tentative", "delete")
NONE = "none"


@dataclass(frozen=True, slots=True)
class Status:
    """A code with its name (a key such as `open`, "" if unknown), and how many coming bookings have it."""

    status: int
    name: str
    bookings: int
    list: str  # one of LISTS, or NONE
    left: bool = False  # a person decided that its bookings get no event


@dataclass(frozen=True, slots=True)
class Statuses:
    """Every code known, used or listed, the most used first; `cut`: more coming bookings than were counted."""

    found: tuple[Status, ...]
    counted: int
    cut: bool
    trouble: str = ""

    @property
    def undecided(self) -> tuple[Status, ...]:
        """The statuses of bookings that get no event because no list names them."""
        return tuple(each for each in self.found if each.bookings and each.list == NONE and not each.left)


def list_of(outbound: OutboundSettings, status: int) -> str:
    """Return the list that a code is in."""
    lists = (outbound.create_on_status, outbound.tentative_on_status, outbound.delete_on_status)
    return next((name for name, codes in zip(LISTS, lists, strict=True) if status in codes), NONE)


def statuses(ports: Ports, int_id: str) -> Statuses:
    """Return the statuses of bookings on mapped objects in the coming four weeks, read live, and the other known ones.

    An error on i-Reserve's side costs the counts. Raises `Gone` if there is no such integration.
    """
    session = open_session(ports, integrations.get(ports.documents, int_id))
    settings, trouble = session.settings, ""
    rows: dict[str, BookingRow] = {}
    if settings.ireserve.base_url and "ireserve_password" in session.integration.secret_versions:
        today = day_of(session.now(), settings.timezone)
        try:
            rows = rows_of(session, today, today + AHEAD, MOST)
        except SyncError as error:
            trouble = str(error)
    ours = [row for row in rows.values() if row.object_id is None or settings.calendar_of(row.object_id) is not None]
    counts = Counter(row.status for row in ours if row.status is not None)
    names = {code: name for name, code in session.dialect.status_names}
    outbound = settings.outbound
    codes = {*counts, *names, *outbound.listed}
    left = session.integration.statuses_left
    found = [Status(code, names.get(code, ""), counts[code], list_of(outbound, code), code in left) for code in codes]
    found.sort(key=lambda each: (-each.bookings, each.status))
    return Statuses(tuple(found), sum(counts.values()), len(rows) >= MOST, trouble)


def leave(ports: Ports, int_id: str, code: int) -> None:
    """Record that bookings with this status get no event; raises `Gone` if there is no such integration."""
    integrations.change(ports.documents, int_id, lambda before: before.leaving(code))
