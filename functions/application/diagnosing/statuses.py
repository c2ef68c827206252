"""Statuses: which codes the window's bookings have, how many have each, and the list of the settings that names it."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial

from functions.application.ports import Ports
from functions.application.store import integrations
from functions.application.store.integrations import path_of
from functions.application.store.records import record_of, stored
from functions.application.sync.pages import OVERLAP, Page, pages
from functions.application.sync.session import SyncSession, open_session
from functions.domain.model.errors import SyncError
from functions.domain.model.zones import day_of
from functions.domain.settings.schema import OutboundSettings

LONGEST = timedelta(seconds=5)  # of counting in one request
CALLS = 40  # pages of a list in one request
FRESH = timedelta(hours=1)
LISTS = ("create", "tentative", "delete")
NONE = "none"


@dataclass(frozen=True, slots=True)
class Status:
    """A code, its name (a key such as `open`, or as i-Reserve shows it; "" if unknown), and its number of bookings."""

    status: int
    name: str
    bookings: int
    list: str  # one of LISTS, or NONE
    left: bool = False  # a person decided that its bookings get no event


@dataclass(frozen=True, slots=True)
class Statuses:
    """Every code that is known, used or listed, the most used first; `cut`: not all bookings are counted yet.

    The window is `first` to `last`; the count began `at`.
    """

    found: tuple[Status, ...]
    counted: int
    cut: bool
    first: date
    last: date
    at: datetime
    trouble: str = ""

    @property
    def undecided(self) -> tuple[Status, ...]:
        """The statuses of bookings that get no event because no list names them."""
        return tuple(each for each in self.found if each.bookings and each.list == NONE and not each.left)


@dataclass(frozen=True, slots=True)
class Count:
    """A count of the bookings that start from `first` to `last`, by status; `start` and `tail` say where it goes on."""

    at: datetime
    first: date
    last: date
    objects: tuple[str, ...]  # of the mapping: others do not count
    counts: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # as i-Reserve shows them
    start: int = 0
    tail: tuple[str, ...] = ()  # the last bookings counted, which the next page shows again
    complete: bool = False


def list_of(outbound: OutboundSettings, status: int) -> str:
    """Return the list that a code is in."""
    lists = (outbound.create_on_status, outbound.tentative_on_status, outbound.delete_on_status)
    return next((name for name, codes in zip(LISTS, lists, strict=True) if status in codes), NONE)


def statuses(ports: Ports, int_id: str, *, anew: bool = False) -> Statuses:
    """Return the statuses of the window's bookings on mapped objects, read live, and the other known ones.

    A call counts for some seconds and the next one goes on; a count that took several calls is kept for an hour, unless
    `anew`. If i-Reserve fails, `trouble` says so and this call adds nothing. Raises `Gone` for an unknown integration.
    """
    session = open_session(ports, integrations.get(ports.documents, int_id))
    settings, trouble = session.settings, ""
    count = _begun(session, anew=anew)
    readable = session.integration.has_ireserve_login
    if readable:
        try:
            count = _on(session, count)
        except SyncError as error:
            trouble = str(error)
    known = {code: name for name, code in session.dialect.status_names}
    names = {**{int(code): name for code, name in count.names.items()}, **known}
    counts = Counter({int(code): n for code, n in count.counts.items()})
    outbound = settings.outbound
    codes = {*counts, *names, *outbound.listed}
    left = session.integration.statuses_left
    found = [Status(code, names.get(code, ""), counts[code], list_of(outbound, code), code in left) for code in codes]
    found.sort(key=lambda each: (-each.bookings, each.status))
    counted = sum(counts.values())
    cut = readable and not count.complete  # without a login nothing ever completes it
    return Statuses(tuple(found), counted, cut, count.first, count.last, count.at, trouble)


def _begun(session: SyncSession, *, anew: bool) -> Count:
    """Return the stored count if it is of the same days and objects and less than an hour old; else a new one."""
    now, settings = session.now(), session.settings
    today = day_of(now, settings.timezone)
    first, last = (today + timedelta(days=each) for each in settings.sync.window_days)
    new = Count(now, first, last, tuple(row.object for row in settings.mapping))
    body = session.ports.documents.get(path_of(session.id, "progress", "statuses"))
    before = record_of(Count, body, "the count of statuses") if body is not None and not anew else new
    same = (before.first, before.last, before.objects) == (first, last, new.objects)
    return before if same and now - before.at < FRESH else new


def _on(session: SyncSession, count: Count) -> Count:
    """Go on counting for some seconds; the count is stored unless one call completed it."""
    if count.complete:
        return count
    began, first_step = session.now(), count.start == 0
    known = set(count.tail)
    between = partial(session.reservations.between, count.first, count.last)
    for step, page in enumerate(pages(session, between, known, count.start), 1):
        count = _with(session, count, page)
        if not count.complete and (step >= CALLS or session.now() - began >= LONGEST):
            break
    if not count.complete or not first_step:
        path = path_of(session.id, "progress", "statuses")
        session.ports.documents.transact(lambda tx: tx.put(path, stored(count), expires=began + FRESH))
    return count


def _with(session: SyncSession, count: Count, page: Page) -> Count:
    calendar_of = session.settings.calendar_of
    ours = [row for row in page.new if row.object_id is None or calendar_of(row.object_id) is not None]
    counts = Counter(count.counts) + Counter(f"{row.status}" for row in ours if row.status is not None)
    names = {f"{row.status}": row.status_name for row in ours if row.status is not None and row.status_name}
    tail = (*count.tail, *(row.id for row in page.new))[-OVERLAP:]
    return replace(
        count,
        counts=dict(counts),
        names={**names, **count.names},
        start=page.next,
        tail=tail,
        complete=not page.new,
    )


def leave(ports: Ports, int_id: str, code: int) -> None:
    """Record that bookings with this status get no event; raises `Gone` if there is no such integration."""
    integrations.change(ports.documents, int_id, lambda before: before.leaving(code))
