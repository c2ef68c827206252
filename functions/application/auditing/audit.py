"""The audit: lists both sides of the window, some days at a time, saving each step and what it found."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta

from functions.application.auditing import stored_audit
from functions.application.auditing.sides import Sides
from functions.application.auditing.stored_audit import Audit
from functions.application.auditing.week import look, turns_of
from functions.application.intake.hints import Hint, Kind, look_again, queue_alert_check
from functions.application.ports import Body, Ports
from functions.application.store import integrations, parked
from functions.application.store.progress import went_on
from functions.application.store.records import readable
from functions.application.store.stopped import stopped
from functions.domain.model import zones
from functions.domain.model.errors import Conflict, Refused, Stale
from functions.domain.model.identity import turn_of
from functions.domain.model.stretch import next_days
from functions.domain.settings.integration import Integration, Phase

STEP = timedelta(seconds=20)
STUCK = timedelta(minutes=10)
PATIENT, MOST_PATIENT = 3, 7  # attempts: within half a minute, and within ten
EVERY = timedelta(days=6, hours=12)
NIGHT = time(1)  # local; a weekly audit starts within the hour that begins then


def begin(ports: Ports, int_id: str, actor: str) -> Audit:
    """Start an audit, replacing the last one; raises `Conflict` while one is running, `Refused` if none can be made."""
    integration = integrations.get(ports.documents, int_id)
    if why := stopped(integration):
        raise Refused(why, reason="not_connected")
    if integration.phase is Phase.DRAFT:
        raise Refused("activate the integration before auditing it", reason="not_active")
    # a damaged one is replaced: it can be made anew
    before, _ = readable(lambda: stored_audit.last(ports.documents, int_id))
    now = ports.clock()
    if before is not None and before.finished_at is None and now - before.touched_at < STUCK:
        raise Conflict("an audit is under way; wait until it is done", reason="under_way")
    today = zones.day_of(now, integration.settings.timezone)
    first, last = (today + timedelta(days=days) for days in integration.settings.sync.window_days)
    turn, turns = turns_of(before)
    history = before.history if before is not None else ()
    audit = Audit(first, last, first, now, now, actor=actor, turn=turn, turns=turns, history=history)
    stored_audit.save(ports.documents, int_id, audit)
    return audit


def queue(ports: Ports, int_id: str, audit: Audit) -> None:
    """Queue the next step."""
    hint = _hint(ports, int_id, audit)
    began = audit.started_at.timestamp()
    step = f"audit-{audit.week}-{audit.touched_at:%H%M%S}"
    look_again(ports.tasks, hint, ports.clock(), step, bucket=began, lane="backfill")


def go_on(ports: Ports, int_id: str, audit: Audit) -> None:
    """Queue the next step of an audit whose task was lost; for an hour or more the queue takes none of the lost one's name."""
    look_again(ports.tasks, _hint(ports, int_id, audit), ports.clock(), "stuck", lane="backfill")


def parked_as(ports: Ports, int_id: str, audit: Audit) -> tuple[str, Body] | None:
    """Return the parked item of an audit that cannot go on, with its id, or None."""
    return parked.find(ports, _hint(ports, int_id, audit)) if audit.finished_at is None else None


def _hint(ports: Ports, int_id: str, audit: Audit) -> Hint:
    return Hint(Kind.AUDIT, int_id, (audit.name,), "audit", ports.clock(), actor=audit.actor)


def run(ports: Ports, hint: Hint) -> None:
    """Do a step as a task, and queue the next."""
    audit = stored_audit.last(ports.documents, hint.int_id)
    if audit is None or audit.finished_at is not None or hint.subject != (audit.name,):
        return
    with suppress(Stale):
        audit = advance(ports, hint.int_id, audit, hint.attempt)
        if audit.finished_at is None:
            queue(ports, hint.int_id, audit)


def advance(ports: Ports, int_id: str, audit: Audit, attempt: int = 0) -> Audit:
    """Look at as many stretches of days, or as much of one, as a step has time for, and save the progress.

    After some attempts at a step, a single booking or event that again was not answered for counts as unreadable: where others
    are answered for, or nothing else is asked about for minutes, it must not keep the rest from being compared. Raises `Stale`
    if another worker went on with this audit meanwhile, or another audit began.
    """
    integration = integrations.get(ports.documents, int_id)
    sides, began, stands = Sides(ports, integration), ports.clock(), audit
    until = began + STEP
    while audit.week <= audit.last and ports.clock() < until:
        last = min(audit.week + timedelta(days=audit.days - 1), audit.last)
        before = sides.reads
        week, findings, after = look(sides, audit, last, until, patient=attempt < PATIENT)
        if attempt < MOST_PATIENT and (outage := sides.outage()) is not None:
            raise outage
        audit = replace(audit.having(findings), after=after, reads=audit.reads + sides.reads - before)
        if after:
            break
        audit = replace(
            audit,
            week=last + timedelta(days=1),
            days=next_days(audit.days, max(len(week.rows), len(week.events))),
            bookings=audit.bookings + len(week.rows),
            events=audit.events + len(week.events),
            texts=audit.texts + week.texts,
        )
    audit = replace(audit, touched_at=ports.clock())
    if audit.week > audit.last:
        audit = audit.finished(ports.clock())
    if not went_on(ports.documents, stored_audit.path(int_id), stands, audit):
        raise Stale(
            "another worker went on with this audit, or began another one; look at that one", reason="overtaken"
        )
    if audit.finished_at is not None:
        _report(ports, int_id, audit)
    return audit


def _report(ports: Ports, int_id: str, audit: Audit) -> None:
    def noted(before: Integration) -> Integration:
        return replace(before, audited_at=audit.started_at, audit_found=audit.found)

    integrations.change(ports.documents, int_id, noted)
    queue_alert_check(ports.tasks, int_id, ports.clock())
    fields = {"int_id": int_id, "found": audit.found, "bookings": audit.bookings, "events": audit.events}
    ports.log("audit_done", {"severity": "WARNING" if audit.found else "INFO", **fields})


def weekly(ports: Ports, integration: Integration) -> list[datetime]:
    """Start this week's audit if it is due; returns when to check again."""
    now, since = ports.clock(), integration.audited_at or integration.activated_at
    if integration.phase is not Phase.ACTIVE or since is None:
        return []
    due = due_after(since, integration)
    if now < due:
        return [due]
    under_way = stored_audit.last(ports.documents, integration.id)
    if under_way is None or under_way.finished_at is not None:
        under_way = begin(ports, integration.id, "")
        queue(ports, integration.id, under_way)
    elif now - under_way.touched_at >= STUCK:
        go_on(ports, integration.id, under_way)
    return [max(now, under_way.touched_at) + STUCK]


def due_after(since: datetime, integration: Integration) -> datetime:
    """Return when the audit after that moment starts: at night, in each integration's own minute (UTC)."""
    zone, earliest = integration.settings.timezone, since + EVERY
    night = zones.at(zones.day_of(earliest, zone), NIGHT, zone) + timedelta(
        minutes=turn_of(f"audit {integration.id}", 60)
    )
    return night if night >= earliest else zones.days_later(night, 1, zone)
