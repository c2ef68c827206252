"""Pulls a calendar: every change since the sync token, page by page; the token is saved after its changes are applied.

One pull per calendar at a time. A dead token leads to a full list; links that the list did not show are then looked up
one by one before they count as deleted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from functions.application.intake.hints import Hint, look_again, second_look
from functions.application.ports import EventPage, pages
from functions.application.pulling.apply_page import Page, apply_page
from functions.application.pulling.follow_series import Shown, not_shown
from functions.application.pulling.unreadable_link import wait_for
from functions.application.store import links
from functions.application.store.calendars import CalendarState, at_first_page, change, drop_lease, state_of, take_lease
from functions.application.sync.failures import pair_failed
from functions.application.sync.reconcile import reconcile
from functions.application.sync.reconciled import come_back
from functions.application.sync.session import SyncSession
from functions.application.watching import channels
from functions.domain.comparing.event_content import period
from functions.domain.model.errors import AccessRevoked, Gone, Refused, Stale, SyncError, TokenExpired, Transient
from functions.domain.model.event import Event, EventKey
from functions.domain.model.identity import calendar_hash, turn_of
from functions.domain.model.moments import passed
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.life import Closed, Detached, Held
from functions.domain.pairing.link import Link

WAIT_FOR_OTHER = timedelta(seconds=2)
BETWEEN = timedelta(seconds=1.5)  # notifications come in bursts, and each pull costs quota
FILLED_TOGETHER = timedelta(minutes=1)  # of a calendar that a scan is filling
LONGEST = timedelta(seconds=35)  # of one task; a larger pull continues in the next
LISTING = timedelta(seconds=50)  # until then one lists again, which spares a call for each event
ANOTHER = timedelta(seconds=15)  # within which a next page begins, whose series can take as long as its items
SILENT = timedelta(minutes=30)  # a calendar that was not pulled for so long is pulled, whatever its channel says
TROUBLED = timedelta(minutes=5)  # before a calendar that was gone or forbidden is tried again
ROUND = timedelta(seconds=10)  # a round comes a little early or late
WHOLE = "whole"  # detail of a hint: compare the whole window, ignoring the sync token

Window = tuple[datetime, datetime]


@dataclass(slots=True)
class Pull:
    """What one pull did, for its log line."""

    began: datetime
    calls: int = 0
    events: int = 0
    pages: int = 0
    changed: int = 0
    shown: Shown = field(default_factory=Shown)
    later: list[Hint] = field(default_factory=list)  # what this task has no time to look up


def pull(session: SyncSession, hint: Hint, hashed: str) -> bool:
    """Pull a calendar, named by its hash; unknown calendars and stopped channels are logged and ignored.

    Returns whether there was anything to look at.
    """
    calendar = next((each for each in session.settings.calendars if calendar_hash(each) == hashed), None)
    if calendar is None or not session.settings.inbound.enabled:
        session.ports.log("dropped", {"int_id": session.id, "reason": "unknown_calendar"})
        return False
    if hint.source == "notification" and not (_ours(session, calendar, hint) and _in_turn(session, calendar, hint)):
        return False
    holder = session.ports.token(9)
    state = take_lease(session.ports.documents, session.id, calendar, holder, session.now())
    if state is None:
        due = session.now() + WAIT_FOR_OTHER
        look_again(session.ports.tasks, replace(hint, source="waited"), due, "waited", once_in=2)
        return False
    done = Pull(session.now())
    try:
        _pull(session, hint, state, done)
    except (Gone, Refused) as error:
        _trouble(session, calendar, error)
        raise
    except Transient as error:
        if hint.source != "poll":  # the next round comes within a minute anyway
            raise
        session.ports.log("again", {"int_id": session.id, "kind": "calendar", "reason": error.reason})
    finally:
        drop_lease(session.ports.documents, session.id, calendar, holder, done.calls)
    return bool(done.changed)


def catch_up(session: SyncSession, hint: Hint, hashed: str, link: str) -> None:
    """Compare a calendar, named by its hash, in full where something waited for a link; `Unreadable` while that must wait."""
    links.by_id(session.ports.documents, session.id, link)
    whole = replace(hint, subject=(hashed,), detail=WHOLE, attempt=0)
    look_again(session.ports.tasks, whole, session.now(), "whole")


def _ours(session: SyncSession, calendar: str, hint: Hint) -> bool:
    channel_id, _, state = hint.detail.partition(" ")
    if not channels.arrived(session, calendar, channel_id):
        session.ports.log("dropped", {"int_id": session.id, "reason": "unknown_channel"})
        return False
    if state == "sync":
        channels.stop_older(session, calendar)
        return False
    if state not in channels.STATES:
        session.ports.log("unknown_state", {"int_id": session.id, "state": state[:20]})
    return True


def _in_turn(session: SyncSession, calendar: str, hint: Hint) -> bool:
    """Whether to pull now: the last pull is long enough ago, or else another one is queued for when it is.

    Where a whole pull began as late as the second look, which several notifications share, none is needed. While a scan
    fills the calendar, all its notifications of one minute, which ends at a second of its own, share a pull at its end.
    """
    state, now = state_of(session.ports.documents, session.id, calendar), session.now()
    if hint.at is not None and state.as_of is not None and second_look(hint.at) <= state.as_of <= now:
        return False
    if state.filled_until is not None and now < state.filled_until:
        own = timedelta(seconds=turn_of(calendar, 60))  # many are filled at once, and are not pulled at once
        due = (now - own).replace(second=0, microsecond=0) + own + FILLED_TOGETHER
        look_again(session.ports.tasks, replace(hint, source="waited"), due, "filled")
        return False
    began = state.pull_started
    if began is None or now >= began + BETWEEN:
        return True
    due = began + BETWEEN
    look_again(session.ports.tasks, replace(hint, source="waited"), due, "in-turn")
    return False


def _pull(session: SyncSession, hint: Hint, state: CalendarState, done: Pull) -> None:
    """Pull until the last page, or until time is up: then the next task continues."""
    begins_later = bool(state.page)
    if not state.page:
        listing = hint.detail == WHOLE or not state.sync_token
        token = "" if listing else state.sync_token
        begun = replace(at_first_page(state), sync_token=token, pull_started=done.began, listing=listing)
        state = _note(session, replace(begun, done=state.done, read=state.read, named=state.named))
    done.shown = Shown.of(state)
    while True:
        window = _window(session, state.pull_started or done.began)
        done.calls += 1
        try:
            page = _fetch(session, state, window)
        except (TokenExpired, Refused) as error:
            state = _start_over(session, state, error)
            done.shown, begins_later = Shown(), False
            continue
        done.pages += 1
        done.events += len(page.items)
        its = Page(state.calendar, page.items, state.listing, state.as_of, more=bool(page.next_page))
        try:
            applied = apply_page(session, hint, its, done.shown, done.began + LONGEST)
        except (Stale, Transient):
            _note(session, done.shown.progress_in(state))  # or the next task would ask for all of it again
            raise
        done.changed += applied.looked
        if not applied.finished:
            _note(session, done.shown.progress_in(state))
        elif page.next_page:
            state = _note(session, done.shown.kept_in(replace(state, page=page.next_page)))
        if not applied.finished or (page.next_page and session.now() - done.began > ANOTHER):
            look_again(session.ports.tasks, replace(hint, source="pull"), session.now(), "more")
            return
        if not page.next_page:
            break
    if state.listing:
        _look_up_unlisted(session, hint, state.calendar, done, window, begins_later=begins_later)
    else:
        _look_up_waiting(session, hint, state, done)
        _look_up_siblings(session, hint, state.calendar, done)
    session.ports.in_parallel([partial(_look_up_later, session, about) for about in done.later])
    if hint.detail == WHOLE and not state.listing:  # this one was under way
        look_again(session.ports.tasks, hint, session.now(), "whole")
    state = replace(at_first_page(state), sync_token=page.sync_token, listing=False, as_of=state.pull_started)
    _note(session, replace(state, trouble="", trouble_at=None))
    fields = {
        "int_id": session.id,
        "calendar": calendar_hash(state.calendar),
        "events": done.events,
        "pages": done.pages,
    }
    session.ports.log("pulled", {**fields, "changed": done.changed, "hint": hint.source})


def _fetch(session: SyncSession, state: CalendarState, window: Window) -> EventPage:
    if state.listing:
        return session.calendars.between(state.calendar, *window, page=state.page)
    return session.calendars.changes(state.calendar, sync_token=state.sync_token, page=state.page)


def _start_over(session: SyncSession, state: CalendarState, error: SyncError) -> CalendarState:
    """Start a full list if the token is dead; if only a saved page token is, start again at the first page."""
    if state.listing and not state.page:
        raise Transient(str(error), reason=error.reason) if isinstance(error, TokenExpired) else error
    if isinstance(error, Refused) and not state.page:
        raise error
    token = "" if isinstance(error, TokenExpired) else state.sync_token
    over = replace(at_first_page(state), sync_token=token, listing=not token, pull_started=session.now())
    return _note(session, over)


def _trouble(session: SyncSession, calendar: str, error: SyncError) -> None:
    """Record why a calendar cannot be read, until it can: no booking is changed, and it is tried less often."""
    now = session.now()
    change(
        session.ports.documents,
        session.id,
        calendar,
        lambda state: replace(state, trouble=error.reason, trouble_at=now),
    )


def _look_up_unlisted(
    session: SyncSession, hint: Hint, calendar: str, done: Pull, window: Window, *, begins_later: bool
) -> None:
    """Look up the links that a full list did not show, one by one: only what is really gone counts as deleted.

    `begins_later`: the first pages were shown to earlier tasks.
    """
    unlisted = list(_unlisted(session, calendar, done, window))
    if unlisted and begins_later:
        _list_again(session, calendar, done, window)
    for link in unlisted:
        if link.event is not None and link.event.id not in done.shown.live:
            _look_up(session, hint, link, done, "full_list")


def _unlisted(session: SyncSession, calendar: str, done: Pull, window: Window) -> Iterator[Link]:
    unreadable: list[links.Unreadable] = []
    for link in links.every(session.ports.documents, session.id, {"calendar": calendar}, unreadable.append):
        if link.event is None or link.event.id in done.shown.live or isinstance(link.life, Closed | Detached):
            continue
        agreed = link.base or (link.intent.base if link.intent is not None else None)
        if agreed is None and link.intent is None:
            continue
        if agreed is None or _inside(period(agreed.when, session.settings.timezone), window):
            yield link
    if unreadable:  # of thousands, as after a newer version, one is told: the next once that one can be read
        wait_for(session, calendar, unreadable[0])


def _list_again(session: SyncSession, calendar: str, done: Pull, window: Window) -> None:
    """Add what the pages of earlier tasks showed: a call for 2,500 events, instead of one for each."""
    for page in pages(lambda at: session.calendars.between(calendar, *window, page=at)):
        done.calls += 1
        done.shown.live.update(item.key.id for item in page.items if isinstance(item, Event))
        if session.now() - done.began > LISTING:
            break  # the rest is left to tasks


def _look_up_waiting(session: SyncSession, hint: Hint, state: CalendarState, done: Pull) -> None:
    """Look up the occurrences whose removals had to wait for the last page, and that did not follow their series."""
    if session.settings.inbound.deleted_event == "restore":
        lost = [EventKey(state.calendar, each) for each in state.lost.split()]
        waits = partial(wait_for, session, state.calendar)
        for link in links.of_events(session.ports.documents, session.id, lost, waits).values():
            if not isinstance(link.life, Closed | Held):
                _look_up(session, hint, link, done, "pull")


def _look_up_siblings(session: SyncSession, hint: Hint, calendar: str, done: Pull) -> None:
    """Look up the other occurrences of a series that lost some, from the latest, until one still exists.

    One that Google does not give is left to a task, and so are those before it: it may never give it, and the calendar
    has other changes. So is all that this task has no time for.
    """
    for family in not_shown(session, calendar, done.shown):
        unread = False
        for link in family:
            if link.event is None:
                break
            if unread or session.now() - done.began > LONGEST:
                done.later.append(_about(hint, link.event, "series"))
                continue
            done.calls += 1
            event = session.read_event(link.event)
            unread = event.presence is Presence.UNREADABLE and isinstance(session.trouble, Transient | AccessRevoked)
            if not (event.vanished or unread):
                break
            _look_up(session, hint, link, done, "series", event)


def _look_up(
    session: SyncSession, hint: Hint, link: Link, done: Pull, source: str, event: Snapshot[Event] | None = None
) -> None:
    """Look up one event that a list did not show, or leave it to a task."""
    if link.event is None:
        return
    key, about = link.event, _about(hint, link.event, source)
    if session.now() - done.began > LONGEST:
        done.later.append(about)
        return
    try:
        come_back(session.ports, about, reconcile(session, about, link, event=event or session.read_event(key)))
    except links.Unreadable as error:
        wait_for(session, key.calendar, error)
    except Exception as error:  # noqa: BLE001 -- one pair must not stop the others
        pair_failed(session.ports, about, error)


def _about(hint: Hint, key: EventKey, source: str) -> Hint:
    return replace(hint.about(key), source=source, detail="")


def _look_up_later(session: SyncSession, about: Hint) -> None:
    look_again(session.ports.tasks, about, session.now(), "ghost", lane="backfill")


def _inside(when: Window, window: Window) -> bool:
    return when[1] > window[0] and when[0] < window[1]


def _window(session: SyncSession, started: datetime) -> Window:
    """Return the days kept in step, as of the pull's start, so that every page asks for the same."""
    first, last = session.settings.sync.window_days
    return started + timedelta(days=first), started + timedelta(days=last)


def _note(session: SyncSession, state: CalendarState) -> CalendarState:
    """Save the pull's progress and prolong its lease; channels may have changed meanwhile and are kept."""

    def noted(before: CalendarState) -> CalendarState:
        if before.lease != state.lease:
            raise Stale("another pull took this calendar over", reason="lease_over")
        return replace(
            before,
            sync_token=state.sync_token,
            page=state.page,
            lost=state.lost,
            halves=state.halves,
            done=state.done,
            read=state.read,
            named=state.named,
            listing=state.listing,
            pull_started=state.pull_started,
            as_of=state.as_of,
            trouble=state.trouble,
            trouble_at=state.trouble_at,
            lease_until=session.now() + timedelta(seconds=90),
        )

    return change(session.ports.documents, session.id, state.calendar, noted)


def due_at(session: SyncSession, state: CalendarState, now: datetime) -> datetime:
    """Return when to pull a calendar next, if no notification comes before.

    With a live channel that is after `SILENT`, or when the channel expires; without one, at the polling interval. A
    calendar that was gone or forbidden is tried again after `TROUBLED`.
    """
    troubled, pulled = passed(state.trouble_at, now), passed(state.as_of, now)
    if state.trouble and troubled is not None:
        return troubled + TROUBLED
    if pulled is None:
        return now
    polled = pulled + timedelta(seconds=session.settings.sync.poll_seconds) - ROUND
    ends = max((channel.expires for channel in state.channels if channel.live), default=now)
    return polled if ends <= now else min(pulled + SILENT - ROUND, max(polled, ends))
