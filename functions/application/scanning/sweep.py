"""An integration's round: starts the searches that are due for what hints may have missed."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from functions.application.intake.hints import WEBHOOK, Hint, Kind, enqueue, look_again
from functions.application.ports import Ports
from functions.application.pulling import pull
from functions.application.scanning import scan
from functions.application.scanning.progress import Scan
from functions.application.store import calendars, parked
from functions.application.sync.session import SyncSession
from functions.domain.model.identity import calendar_hash, turn_of
from functions.domain.model.moments import passed
from functions.domain.model.zones import at, clock, day_of, days_later
from functions.domain.settings.integration import RUNNING, Integration

NIGHT = (1, 5)  # local hours in which the whole window is compared, from each integration's own minute of the first
NOT_TWICE = timedelta(hours=6)  # not again in one night
OVERDUE = timedelta(hours=30)
ROUND = timedelta(minutes=1)
AFTER = timedelta(seconds=30)  # when to check again whether a running search has finished
STUCK = timedelta(minutes=10)
# a scan waits at most so long, for the next day's calls (California has a day of 25 hours); else its clock was ahead
QUOTA = timedelta(hours=25)
LOST = timedelta(hours=6)  # a scan that takes longer begins anew
MENDED = "mended"  # source of a search after something was fixed
FOLLOWS = "follows"  # detail of a search that waits for one under way; the calendars were pulled at once


def tick(session: SyncSession) -> list[datetime]:
    """Start what is due: the near sweep, the nightly one, pulls of calendars without a channel or long silent.

    A near sweep also retries parked items. Returns the moments at which something is due next.
    """
    now, integration, ports = session.now(), session.integration, session.ports
    every = timedelta(minutes=session.settings.sync.sweep_minutes)
    near, full, backfill, resync = scan.last_of(ports.documents, session.id, "near", "full", "backfill", "resync")
    known = (passed(each, now) for each in (integration.near_at, scan.left_out_at(near)))
    near_at = max((each for each in known if each is not None), default=None)
    due = [(near_at or now) + every]
    if due[0] <= now or near_at is None:
        _start(session, near, "near", now)
        parked.try_again(ports, session.id)
        due = [now + every]
    night = False
    beside = _is_under_way(backfill, now)  # it covers the whole window itself
    if not beside and _is_full_due(session, integration.swept_at) and _is_full_due(session, scan.left_out_at(full)):
        night = _start(session, full, "full", now)
    due += [_go_on(session, each, now) for each in (backfill, resync) if each is not None and each.finished_at is None]
    due.append(_next_night(session, now))
    followed = session.settings.calendars if session.settings.inbound.enabled else ()
    for state in calendars.states_of(ports.documents, session.id, followed):
        pulled = pull.due_at(session, state, now)
        hint = Hint(Kind.CALENDAR, session.id, (calendar_hash(state.calendar),), "poll", now)
        if night:
            hint = replace(hint, source="night", detail=pull.WHOLE)
        if night or pulled <= now:
            enqueue(ports.tasks, hint, now, trailing=False)
            pulled = pull.due_at(session, replace(state, as_of=now, trouble="", trouble_at=None), now)
        due.append(pulled)
        if pulled < now + ROUND:
            _between_rounds(session, hint, now)
    return due


def _between_rounds(session: SyncSession, hint: Hint, now: datetime) -> None:
    """Queue pulls until the next round, for calendars that are polled more often than every minute."""
    moment = every = timedelta(seconds=session.settings.sync.poll_seconds)
    while moment < ROUND:
        due = now + moment
        look_again(session.ports.tasks, replace(hint, source="poll", detail=""), due, "poll")
        moment += every


def asked_for(session: SyncSession, hint: Hint) -> None:
    """Search now: a person asked, a webhook named no booking, or something was fixed.

    A search already running has passed some bookings, so another one follows it.
    """
    kind, now = "near" if hint.source == WEBHOOK else "full", session.now()
    (last,) = scan.last_of(session.ports.documents, session.id, kind)
    started = _start(session, last, kind, now, hint.actor)
    if not started and last is not None and hint.at is not None and last.started_at < hint.at:
        follows = hint if hint.source == WEBHOOK else replace(hint, detail=FOLLOWS)
        look_again(session.ports.tasks, follows, now + AFTER, "after")
    if hint.source != WEBHOOK and hint.detail != FOLLOWS:
        pull_all(session, hint.source, anew=hint.source == MENDED)  # looks at single events were dropped meanwhile


def catch_up(ports: Ports, integration: Integration, actor: str) -> None:
    """Queue a search of both sides after something was fixed; nothing if the integration is not running."""
    if integration.phase in RUNNING:
        now = ports.clock()
        enqueue(ports.tasks, Hint(Kind.SWEEP, integration.id, (), MENDED, now, actor=actor), now, trailing=False)


def pull_all(session: SyncSession, source: str, *, anew: bool = False) -> None:
    """Queue a pull of every mapped calendar; with `anew` a full one, as shadow, a pause and a refused login let changes go by."""
    now = session.now()
    for calendar in session.settings.calendars:
        if anew:
            calendars.note(session.ports.documents, session.id, calendar, calendars.anew)
        hint = Hint(Kind.CALENDAR, session.id, (calendar_hash(calendar),), source, now)
        enqueue(session.ports.tasks, hint, now, trailing=False)


def _start(session: SyncSession, last: Scan | None, kind: str, now: datetime, actor: str = "") -> bool:
    """Start a scan unless one of its kind is running; a stalled one continues. Returns whether one started."""
    if last is None or not _is_under_way(last, now):
        scan.begin(session.ports, session.integration, kind, actor)
        return True
    _go_on(session, last, now)
    return False


def _go_on(session: SyncSession, unfinished: Scan, now: datetime) -> datetime:
    """Continue a scan whose task was lost, or dropped during a pause; returns when to ask again."""
    stuck = (unfinished.touched_at or unfinished.started_at) + STUCK
    if now < stuck <= now + QUOTA + STUCK:
        return stuck
    scan.go_on(session.ports, session.id, unfinished)
    return now + STUCK


def _is_under_way(last: Scan | None, now: datetime) -> bool:
    began = passed(last.started_at, now) if last is not None and last.finished_at is None else None
    return began is not None and now - began < LOST


def _next_night(session: SyncSession, now: datetime) -> datetime:
    """Return when the nightly sweep may begin next."""
    zone, own = session.settings.timezone, timedelta(minutes=turn_of(session.id, 60))
    tonight = at(day_of(now - own, zone), time(NIGHT[0]), zone) + own
    return tonight if tonight > now else days_later(tonight, 1, zone)


def _is_full_due(session: SyncSession, last: datetime | None) -> bool:
    now, own = session.now(), timedelta(minutes=turn_of(session.id, 60))  # spread over the hour
    last = passed(last, now)
    if last is None or now - last >= OVERDUE + own:
        return True
    hour = clock(now - own, session.settings.timezone).time_of_day.hour
    return now - last >= NOT_TWICE and NIGHT[0] <= hour < NIGHT[1]
