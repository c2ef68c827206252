"""Pull a calendar: every change since the sync token, page by page; the token is saved after its changes are applied.

One pull per calendar at a time. A dead token leads to a full list, after which links that the list did not show are
looked up one by one before they count as deleted.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from functions.application import channels, links, parked
from functions.application.apply_page import Page, apply_page
from functions.application.calendars import CalendarState, change, drop_lease, take_lease
from functions.application.hints import Hint, Kind, task
from functions.application.ports import EventPage
from functions.application.reconcile import reconcile
from functions.application.sides import Sides
from functions.domain.errors import AccessRevoked, Gone, Stale, SyncError, TokenExpired, Transient
from functions.domain.identity import calendar_hash
from functions.domain.link import State
from functions.domain.projection import period

WAIT_FOR_OTHER = timedelta(seconds=2)
LONGEST = timedelta(seconds=35)  # of one task; a larger pull goes on in the next


@dataclass(slots=True)
class Pull:
    """What one pull did, for its log line."""

    events: int = 0
    pages: int = 0
    changed: int = 0
    seen: set[str] = field(default_factory=set)


def pull(sides: Sides, hint: Hint, hashed: str) -> Pull:
    """Pull a calendar, named by its hash; a foreign hash or a stopped channel is noted and ignored."""
    calendar = next((each for each in sides.settings.calendars if calendar_hash(each) == hashed), None)
    if calendar is None:
        sides.ports.note("dropped", {"int_id": sides.id, "reason": "unknown_calendar"})
        return Pull()
    if hint.source == "notification" and not _ours(sides, calendar, hint):
        return Pull()
    holder = sides.ports.token(9)
    state = take_lease(sides.ports.documents, sides.id, calendar, holder, sides.now())
    if state is None:
        due = sides.now() + WAIT_FOR_OTHER
        sides.ports.tasks.put(task(replace(hint, source="waited"), due, "waited", int(due.timestamp()) // 2))
        return Pull()
    try:
        return _pull(sides, hint, state)
    finally:
        drop_lease(sides.ports.documents, sides.id, calendar, holder)


def _ours(sides: Sides, calendar: str, hint: Hint) -> bool:
    channel_id, _, state = hint.detail.partition(" ")
    if not channels.arrived(sides, calendar, channel_id):
        sides.ports.note("dropped", {"int_id": sides.id, "reason": "unknown_channel"})
        return False
    if state == "sync":
        channels.stop_older(sides, calendar)
        return False
    if state not in channels.STATES:
        sides.ports.note("unknown_state", {"int_id": sides.id, "state": state[:20]})
    return True


def _pull(sides: Sides, hint: Hint, state: CalendarState) -> Pull:
    done, began = Pull(), sides.now()
    if not state.page:
        state = _note(sides, replace(state, pull_started=began, listing=not state.sync_token))
    window = _window(sides, began)
    while True:
        try:
            page = _fetch(sides, state, window)
        except TokenExpired:
            state = _note(sides, replace(state, sync_token="", page="", listing=True, pull_started=sides.now()))
            done.seen.clear()
            continue
        except Gone:
            raise Transient("the calendar is gone; no booking is touched", reason="calendar_gone") from None
        _apply(sides, hint, state, page, done)
        if page.next_page:
            state = _note(sides, replace(state, page=page.next_page))
            if sides.now() - began > LONGEST and not state.listing:
                now = sides.now()
                sides.ports.tasks.put(task(replace(hint, source="pull"), now, "more", int(now.timestamp())))
                return done
            continue
        break
    if state.listing:
        _ghosts(sides, hint, state.calendar, done, window)
        state = replace(state, until=window[1])
    _note(sides, replace(state, sync_token=page.sync_token, page="", listing=False, as_of=state.pull_started))
    fields = {"int_id": sides.id, "calendar": calendar_hash(state.calendar), "events": done.events, "pages": done.pages}
    sides.ports.note("pulled", {**fields, "changed": done.changed, "hint": hint.source})
    return done


def _fetch(sides: Sides, state: CalendarState, window: tuple[datetime, datetime]) -> EventPage:
    if state.listing:
        return sides.calendars.between(state.calendar, *window, page=state.page)
    return sides.calendars.changes(state.calendar, sync_token=state.sync_token, page=state.page)


def _apply(sides: Sides, hint: Hint, state: CalendarState, page: EventPage, done: Pull) -> None:
    done.pages += 1
    done.events += len(page.items)
    if state.listing:
        done.seen.update(item.key.id for item in page.items)
    about = replace(hint, source=hint.source or "pull", at=hint.at or sides.now())
    done.changed += apply_page(sides, about, Page(state.calendar, page.items))


def band(sides: Sides, hint: Hint, calendar: str) -> None:
    """List the days that have come into the window since the last list; a sync token never reports those."""
    state = change(sides.ports.documents, sides.id, calendar, lambda before: before)
    _, end = _window(sides, sides.now())
    if state.until is None or state.until >= end or not state.sync_token:
        return
    token = ""
    while True:
        page = sides.calendars.between(calendar, state.until, end, page=token)
        apply_page(sides, replace(hint, source="band"), Page(calendar, page.items))
        token = page.next_page
        if not token:
            break
    change(sides.ports.documents, sides.id, calendar, lambda before: replace(before, until=end))


def _ghosts(sides: Sides, hint: Hint, calendar: str, done: Pull, window: tuple[datetime, datetime]) -> None:
    """Look up the links that a full list did not show, one by one: only what is really gone counts as deleted."""
    for link in links.every(sides.ports.documents, sides.id, {"calendar": calendar}):
        if link.event is None or link.event.id in done.seen or link.closed or link.state is State.DETACHED:
            continue
        if link.base is None or not _inside(period(link.base.when, sides.settings.timezone), window):
            continue
        about = replace(hint, kind=Kind.EVENT, subject=(link.event.calendar, link.event.id), source="full_list")
        try:
            reconcile(sides, about, link, event=sides.read_event(link.event))
        except AccessRevoked:
            raise
        except (Transient, Stale):
            now = sides.now()
            sides.ports.tasks.put(task(about, now, "ghost", int(now.timestamp())))
        except SyncError as error:
            parked.park(sides.ports, about, error.reason, sides.now())


def _inside(when: tuple[datetime, datetime], window: tuple[datetime, datetime]) -> bool:
    return when[1] > window[0] and when[0] < window[1]


def _window(sides: Sides, now: datetime) -> tuple[datetime, datetime]:
    first, last = sides.settings.sync.window_days
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=first), day + timedelta(days=last + 1)


def _note(sides: Sides, state: CalendarState) -> CalendarState:
    """Save how far the pull is, and prolong its lease; channels may have changed meanwhile and are kept."""

    def noted(before: CalendarState) -> CalendarState:
        if before.lease != state.lease:
            raise Stale("another pull took this calendar over", reason="lease_over")
        return replace(
            before,
            sync_token=state.sync_token,
            page=state.page,
            listing=state.listing,
            pull_started=state.pull_started,
            until=state.until,
            as_of=state.as_of,
            lease_until=sides.now() + timedelta(seconds=90),
        )

    return change(sides.ports.documents, sides.id, state.calendar, noted)
