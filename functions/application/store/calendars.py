"""The stored state of a followed calendar: its sync token, current page, channels and lease.

One that cannot be read is damaged, or of a newer version: it waits as it is. What reads it finds a calendar that was never
pulled (`Unreadable`); what must change it raises `Malformed`, so its pull is parked and a person sees why, and others go on.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.application.ports import Body, Documents, Path
from functions.application.store.integrations import all_rows, path_of
from functions.application.store.once import change_once
from functions.application.store.records import record_of, stored
from functions.domain.model.errors import Malformed
from functions.domain.model.identity import calendar_hash
from functions.domain.model.moments import passed

LEASE = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class Watch:
    """One of our channels. Stored before Google is asked (`expires` is then a guess).

    It is live once Google's first notification, with the state `sync`, has arrived.
    """

    id: str
    expires: datetime
    resource_id: str = ""
    opened_at: datetime | None = None
    live: bool = False
    notified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Half:
    """A series with the times that it shares with the other half, if it was split: when its root was created and updated."""

    created: datetime
    updated: datetime
    series: str


@dataclass(frozen=True, slots=True)
class CalendarState:
    """One followed calendar. `as_of` is the start of the last pull whose changes were all applied or parked.

    `trouble` is why the last pull found the calendar gone or forbidden, or "". `lost` and `halves` are what the pages before
    `page` showed of series, so that the pull goes on alike in whatever task: the ids of removed occurrences (in one text,
    because each value of a list is indexed), and series that may have been split. `done`, `read` and `named` are
    what earlier tasks have done of `page` (digests), read one by one (ids, with `-` those that are gone, with a
    time in seconds and `?` those that Google has not given since then) and asked i-Reserve about (ids with the booking that
    names them), a line each.
    """

    calendar: str
    sync_token: str = ""
    page: str = ""
    lost: str = ""
    halves: tuple[Half, ...] = ()
    done: str = ""
    read: str = ""
    named: str = ""
    pull_started: datetime | None = None
    listing: bool = False  # the current pages, or the next, belong to a full list
    as_of: datetime | None = None
    channels: tuple[Watch, ...] = ()
    polled_because: str = ""  # why it cannot have a channel
    trouble: str = ""
    trouble_at: datetime | None = None
    calls: int = 0  # to Google by pulls, in total
    lease: str = ""
    lease_until: datetime | None = None
    filled_until: datetime | None = None  # until then a scan makes events here, which come back as notifications


@dataclass(frozen=True, slots=True)
class Unreadable(CalendarState):
    """Stands for a state that cannot be read; `why` is a sentence."""

    why: str = ""


def state_of(documents: Documents, int_id: str, calendar: str) -> CalendarState:
    """Return a calendar's state; an empty state if nothing is stored."""
    return _shown(documents.get(_calendar_path(int_id, calendar)), calendar)


def states_of(documents: Documents, int_id: str, calendars: Sequence[str]) -> list[CalendarState]:
    """Return the states of some calendars, read together."""
    bodies = documents.several([_calendar_path(int_id, calendar) for calendar in calendars])
    return [_shown(body, calendar) for calendar, body in zip(calendars, bodies, strict=True)]


def _shown(body: Body | None, calendar: str) -> CalendarState:
    try:
        return _state(body, calendar)
    except Malformed as error:
        return Unreadable(calendar, why=str(error))


def _state(body: Body | None, calendar: str) -> CalendarState:
    return record_of(CalendarState, body, "the state of a calendar") if body is not None else CalendarState(calendar)


def every(documents: Documents, int_id: str) -> list[CalendarState]:
    """Return every stored state, also of calendars no longer mapped."""
    rows = all_rows(documents, path_of(int_id, "calendars"))
    return [_shown(body, str(body.get("calendar", ""))) for _, body in rows]


def change(
    documents: Documents, int_id: str, calendar: str, by: Callable[[CalendarState], CalendarState]
) -> CalendarState:
    """Change the state once; `by` may run several times, but not on what it made. Raises `Malformed` if it cannot be read."""

    def apply(body: Body | None) -> tuple[Body | None, CalendarState]:
        before = _state(body, calendar)
        after = by(before)
        return stored(after) if after != before else None, after

    return change_once(documents, _calendar_path(int_id, calendar), apply)


def note(documents: Documents, int_id: str, calendar: str, by: Callable[[CalendarState], CalendarState]) -> None:
    """Change the state as one of many; one that cannot be read stays as it is, and its pull tells of it."""
    with suppress(Malformed):
        change(documents, int_id, calendar, by)


def anew(state: CalendarState) -> CalendarState:
    """Return the state that makes the next pull list the calendar in full; a pull under way loses its lease."""
    return replace(at_first_page(state), sync_token="", listing=True, lease="", lease_until=None)


def at_first_page(state: CalendarState) -> CalendarState:
    """Return the state before the first page of a pull, or after its last."""
    return replace(state, page="", lost="", halves=(), done="", read="", named="")


def take_lease(documents: Documents, int_id: str, calendar: str, holder: str, now: datetime) -> CalendarState | None:
    """Take the calendar's lease for one pull; None if another pull holds it."""

    def taken(before: CalendarState) -> CalendarState:
        taken_at = passed(before.lease_until - LEASE, now) if before.lease_until is not None else None
        if before.lease and before.lease != holder and taken_at is not None and now < taken_at + LEASE:
            return before
        return replace(before, lease=holder, lease_until=now + LEASE)

    state = change(documents, int_id, calendar, taken)
    return state if state.lease == holder else None


def drop_lease(documents: Documents, int_id: str, calendar: str, holder: str, calls: int) -> None:
    """Release the lease if this instance still holds it, and count the calls made."""

    def dropped(before: CalendarState) -> CalendarState:
        after = replace(before, calls=before.calls + calls)
        return replace(after, lease="", lease_until=None) if before.lease == holder else after

    change(documents, int_id, calendar, dropped)


def _calendar_path(int_id: str, calendar: str) -> Path:
    return path_of(int_id, "calendars", calendar_hash(calendar))
