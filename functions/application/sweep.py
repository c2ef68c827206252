"""The minute's round of an integration: what hints may have missed is searched for when it is due."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from functions.application import calendars, pull, walk
from functions.application.hints import Hint, Kind, give, task
from functions.application.integrations import every
from functions.application.ports import Ports
from functions.application.sides import Sides
from functions.domain.identity import calendar_hash, turn_of
from functions.domain.integration import Integration, Phase

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


def tick(sides: Sides) -> None:
    """Start what is due: the near sweep, the nightly one, pulls of calendars without a channel or long silent."""
    now, integration, ports = sides.now(), sides.integration, sides.ports
    if _is_near_due(sides, integration.near_at) and _is_near_due(sides, _left_out_at(sides, "near")):
        _start(sides, "near", now)
    night = (
        _is_full_due(sides, integration.swept_at)
        and _is_full_due(sides, _left_out_at(sides, "full"))
        and not _backfilling(sides)
        and _start(sides, "full", now)
    )
    for calendar in sides.settings.calendars if sides.settings.inbound.enabled else ():
        hint = Hint(Kind.CALENDAR, sides.id, (calendar_hash(calendar),), "poll", now)
        if night:
            hint = replace(hint, source="night", detail=pull.BAND)
        if night or pull.pull_is_due(sides, calendar, now):
            give(ports.tasks, hint, now, trailing=False)


def asked_for(sides: Sides, hint: Hint) -> None:
    """Search now, because somebody asked, or a webhook named no booking."""
    _start(sides, "near" if hint.source == "webhook" else "full", sides.now(), hint.actor)
    if hint.source != "webhook":
        pull_all(sides, hint.source)


def catch_up(ports: Ports, integration: Integration, actor: str) -> None:
    """Queue a search of both sides after something was mended; nothing where the integration does not run."""
    if integration.phase in (Phase.ACTIVE, Phase.SHADOW):
        now = ports.clock()
        give(ports.tasks, Hint(Kind.SWEEP, integration.id, (), "mended", now, actor=actor), now, trailing=False)


def pull_all(sides: Sides, source: str) -> None:
    """Queue a pull of every mapped calendar: of all of it where changes went by unused, as in shadow or a pause."""
    now = sides.now()
    for calendar in sides.settings.calendars:
        if source in ("activation", "resume", "resync"):
            calendars.change(sides.ports.documents, sides.id, calendar, calendars.anew)
        hint = Hint(Kind.CALENDAR, sides.id, (calendar_hash(calendar),), source, now)
        give(sides.ports.tasks, hint, now, trailing=False)


def _start(sides: Sides, kind: str, now: datetime, actor: str = "") -> bool:
    """Start a walk unless one of its kind is under way; one that stands still goes on. Returns whether one started."""
    under_way = walk.current(sides.ports.documents, sides.id, kind)
    if under_way is None or under_way.finished_at is not None or now - under_way.started_at >= LOST:
        walk.begin(sides.ports, sides.integration, kind, actor)
        return True
    if now - (under_way.touched_at or under_way.started_at) >= STUCK:
        walk.go_on(sides.ports, sides.id, under_way)
    return False


def _backfilling(sides: Sides) -> bool:
    """Whether the backfill is under way: it looks at the whole window itself."""
    backfill = walk.current(sides.ports.documents, sides.id, "backfill")
    return backfill is not None and backfill.finished_at is None and sides.now() - backfill.started_at < LOST


def _left_out_at(sides: Sides, kind: str) -> datetime | None:
    return walk.left_out_at(sides.ports.documents, sides.id, kind)


def _is_near_due(sides: Sides, last: datetime | None) -> bool:
    return last is None or sides.now() - last >= timedelta(minutes=sides.settings.sync.sweep_minutes)


def _is_full_due(sides: Sides, last: datetime | None) -> bool:
    now, own = sides.now(), timedelta(minutes=turn_of(sides.id, 60))  # so that not all call both sides at once
    if last is None or now - last >= OVERDUE + own:
        return True
    local = (now.astimezone(ZoneInfo(sides.settings.timezone)) - own).hour
    return now - last >= NOT_TWICE and NIGHT[0] <= local < NIGHT[1]
