"""The names of objects, calendars and statuses: read live from both sides, cached in this process for some minutes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from functions.application.ports import Ports
from functions.application.setting_up import available
from functions.application.store import integrations
from functions.application.store.dialect_validation import dialect_of
from functions.application.store.stopped import google_stopped
from functions.application.sync.session import open_session
from functions.domain.comparing.event_content import appointment_of
from functions.domain.settings.integration import Integration
from functions.domain.settings.schema import Settings

FRESH, AFTER_TROUBLE = timedelta(minutes=5), timedelta(minutes=1)
MOST = 200  # integrations in one process
MOST_TITLES = 40  # read for one page
NAMELESS = ".calendar.google.com"  # an id of this kind is nobody's name for a calendar
FEW = 3  # objects by which a calendar can be called


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id; without a name, the id is used. `statuses` are name keys such as `open`."""

    objects: Mapping[str, str] = field(default_factory=dict)
    calendars: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[int, str] = field(default_factory=dict)

    def object(self, identity: str) -> str:
        """Return an object's name."""
        return self.objects.get(identity) or identity

    def calendar(self, identity: str) -> str:
        """Return a calendar's name."""
        return self.calendars.get(identity) or identity


class Catalogue:
    """Each integration's names. If a side fails, its former names stay, if any, until a retry a minute later."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._kept: dict[str, tuple[datetime, str, Names]] = {}

    def of(self, int_id: str) -> Names:
        """Return an integration's names; raises `Gone` if there is none."""
        integration = integrations.get(self._ports.documents, int_id)
        now, sides = self._ports.clock(), _sides(integration)
        kept = self._kept.get(int_id)
        if kept is not None and kept[1] == sides and kept[0] > now:
            return _with_ours(integration, kept[2])
        former = kept[2] if kept is not None and kept[1] == sides else Names()
        found, whole = _read(self._ports, integration, former)
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[int_id] = (now + (FRESH if whole else AFTER_TROUBLE), sides, found)
        return _with_ours(integration, found)

    def forget(self) -> None:
        """Read everything again on the next request."""
        self._kept.clear()


def _read(ports: Ports, integration: Integration, former: Names) -> tuple[Names, bool]:
    """Return the names that both sides have now, or the former ones on an error; and whether both answered."""
    found = available.read(ports, integration.id, calendars=not google_stopped(integration))
    objects = {each.id: each.name for each in found.objects} if found.objects is not None else former.objects
    calendars = {each.id: each.title for each in found.calendars} if found.calendars is not None else former.calendars
    return Names(objects, calendars), found.objects is not None and found.calendars is not None


def _with_ours(integration: Integration, theirs: Names) -> Names:
    """Return the names with what the present settings and dialect say: that is never kept."""
    named = {each: title for each, title in theirs.calendars.items() if title != each or not each.endswith(NAMELESS)}
    calendars = {**_of_objects(integration.settings, theirs.objects), **named}
    statuses = {code: name for name, code in dialect_of(integration.dialect).status_names}
    return Names(theirs.objects, calendars, statuses)


def _of_objects(settings: Settings, objects: Mapping[str, str]) -> dict[str, str]:
    """Return calendars by the names of their objects: the best that is known of one whose name Google has not said."""
    rooms: dict[str, list[str]] = {}
    for row in settings.mapping:
        rooms.setdefault(row.calendar, []).append(objects.get(row.object, ""))
    return {calendar: ", ".join(names) for calendar, names in rooms.items() if all(names) and len(names) <= FEW}


def _sides(integration: Integration) -> str:
    account = integration.connection.account if integration.connection is not None else ""
    return f"{integration.settings.ireserve.base_url} {account}"


def titles(ports: Ports, int_id: str, booking_ids: Iterable[str]) -> dict[str, str]:
    """Return the titles that the template gives these bookings, for the first ones and as far as they can be read."""
    session = open_session(ports, integrations.get(ports.documents, int_id))
    wanted = islice(dict.fromkeys(each for each in booking_ids if each), MOST_TITLES)
    pieces = [partial(session.again().read_booking, each) for each in wanted]
    found = (read.value for read in ports.in_parallel(pieces))
    return {each.id: appointment_of(each, session.settings, "").title for each in found if each is not None}
