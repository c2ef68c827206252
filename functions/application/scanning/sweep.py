"""The minute's round of an integration: what hints may have missed is searched for when it is due."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from functions.application.intake.hints import Hint, Kind, enqueue, task
from functions.application.ports import Ports
from functions.application.pulling import pull
from functions.application.scanning import scan
from functions.application.store import calendars
from functions.application.store.integrations import every
from functions.application.sync.session import SyncSession
from functions.domain.model.identity import calendar_hash, turn_of
from functions.domain.settings.integration import Integration, Phase

NIGHT = (1, 5)  # local hours in which the whole window is compared; it begins in the first, each at its own minute
NOT_TWICE = timedelta(hours=6)  # in one night
OVERDUE = timedelta(hours=30)
STUCK = timedelta(minutes=10)
LOST = timedelta(hours=6)  # a walk that took so long begins anew


def queue_all(ports: Ports, kind: Kind) -> int:
    """Queue one task per integration and do nothing else; returns how many."""
    now = ports.clock()
    active = [each for each in every(ports.documents) if each.phase in (Phase.ACTIVE, Phase.SHADOW)]
    for integration in active:
        hint = Hint(kind, integration.id, (), "schedule", now)
        ports.tasks.put(task(hint, now, "round", int(now.timestamp()) // 30 * 30))
    return len(active)


def tick(session: SyncSession) -> None:
    """Start what is due: the near sweep, the nightly one, pulls of calendars without a channel or long silent."""
    now, integration, ports = session.now(), session.integration, session.ports
    if _is_near_due(session, integration.near_at) and _is_near_due(session, _left_out_at(session, "near")):
        _start(session, "near", now)
    night = (
        _is_full_due(session, integration.swept_at)
        and _is_full_due(session, _left_out_at(session, "full"))
        and not _backfilling(session)
        and _start(session, "full", now)
    )
    for calendar in session.settings.calendars if session.settings.inbound.enabled else ():
        hint = Hint(Kind.CALENDAR, session.id, (calendar_hash(calendar),), "poll", now)
        if night:
            hint = replace(hint, source="night", detail=pull.WHOLE)
        if night or pull.pull_is_due(session, calendar, now):
            enqueue(ports.tasks, hint, now, trailing=False)


def asked_for(session: SyncSession, hint: Hint) -> None:
    """Search now, because somebody asked, or a webhook named no booking."""
    _start(session, "near" if hint.source == "webhook" else "full", session.now(), hint.actor)
    if hint.source != "webhook":
        pull_all(session, hint.source)


def catch_up(ports: Ports, integration: Integration, actor: str) -> None:
    """Queue a search of both sides after something was mended; nothing where the integration does not run."""
    if integration.phase in (Phase.ACTIVE, Phase.SHADOW):
        now = ports.clock()
        enqueue(ports.tasks, Hint(Kind.SWEEP, integration.id, (), "mended", now, actor=actor), now, trailing=False)


def pull_all(session: SyncSession, source: str) -> None:
    """Queue a pull of every mapped calendar: of all of it where changes went by unused, as in shadow or a pause."""
    now = session.now()
    for calendar in session.settings.calendars:
        if source in ("activation", "resume", "resync"):
            calendars.change(session.ports.documents, session.id, calendar, calendars.anew)
        hint = Hint(Kind.CALENDAR, session.id, (calendar_hash(calendar),), source, now)
        enqueue(session.ports.tasks, hint, now, trailing=False)


def _start(session: SyncSession, kind: str, now: datetime, actor: str = "") -> bool:
    """Start a walk unless one of its kind is under way; one that stands still goes on. Returns whether one started."""
    under_way = scan.current(session.ports.documents, session.id, kind)
    if under_way is None or under_way.finished_at is not None or now - under_way.started_at >= LOST:
        scan.begin(session.ports, session.integration, kind, actor)
        return True
    if now - (under_way.touched_at or under_way.started_at) >= STUCK:
        scan.go_on(session.ports, session.id, under_way)
    return False


def _backfilling(session: SyncSession) -> bool:
    """Whether the backfill is under way: it looks at the whole window itself."""
    backfill = scan.current(session.ports.documents, session.id, "backfill")
    return backfill is not None and backfill.finished_at is None and session.now() - backfill.started_at < LOST


def _left_out_at(session: SyncSession, kind: str) -> datetime | None:
    return scan.left_out_at(session.ports.documents, session.id, kind)


def _is_near_due(session: SyncSession, last: datetime | None) -> bool:
    return last is None or session.now() - last >= timedelta(minutes=session.settings.sync.sweep_minutes)


def _is_full_due(session: SyncSession, last: datetime | None) -> bool:
    now, own = session.now(), timedelta(minutes=turn_of(session.id, 60))  # so that not all call both sides at once
    if last is None or now - last >= OVERDUE + own:
        return True
    local = (now.astimezone(ZoneInfo(session.settings.timezone)) - own).hour
    return now - last >= NOT_TWICE and NIGHT[0] <= local < NIGHT[1]
