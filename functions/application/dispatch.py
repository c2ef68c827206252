"""Runs one task: finds its integration, follows its hint, and handles errors.

A failed task queues its own retry with back-off. From its fourth failure on it is also parked with the reason, so that
a person sees it; what no retry can fix is parked at once (`sync/failures.py`). A bad booking or event never blocks
others, and a bad integration never slows others down.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from functions.application.auditing import audit
from functions.application.diagnosing import alerts, weekly
from functions.application.intake.hints import (
    ALERTS,
    TRAILING_SECONDS,
    WEBHOOK,
    Hint,
    Kind,
    look_again,
    queue_alert_check,
)
from functions.application.ports import Body, Ports
from functions.application.probing import probe, record
from functions.application.pulling import pull
from functions.application.pulling.apply_page import look_at
from functions.application.scanning import rounds, scan, sweep
from functions.application.setting_up import activation, consent, setup
from functions.application.store import integrations, links, parked
from functions.application.store.stopped import stopped
from functions.application.sync import reporting
from functions.application.sync.failures import react, task_failed
from functions.application.sync.reconcile import reconcile
from functions.application.sync.reconciled import come_back
from functions.application.sync.session import SyncSession, google_again, open_session
from functions.application.watching import channels, key_rotation
from functions.domain.comparing.echo import tells_of_own_ids
from functions.domain.model.errors import Conflict, Malformed, Transient
from functions.domain.model.event import EventKey
from functions.domain.model.identity import calendar_hash
from functions.domain.pairing.decisions import LetIn
from functions.domain.pairing.life import LeftOut
from functions.domain.pairing.lifecycle import after
from functions.domain.pairing.link import Link
from functions.domain.pairing.step import Decided
from functions.domain.settings.integration import RUNNING, Integration

DEAD_AGAIN = timedelta(minutes=5)  # until the next round of an integration that a side refuses


def run(ports: Ports, body: Body) -> None:
    """Run a queue's task; raises `Transient` only if not even its retry could be queued."""
    try:
        hint = Hint.of(body)
    except Malformed:
        ports.log("error", {"severity": "WARNING", "reason": "bad_task"})
        return
    ports.log("looking", _about(hint))
    try:
        _find_and_run(ports, hint)
    except Transient as error:  # the store is unreachable
        react(ports, hint, error)


def _about(hint: Hint) -> dict[str, object]:
    """Return what may be logged about a hint: ids, and a calendar's hash."""
    about: dict[str, object] = {"severity": "DEBUG", "int_id": hint.int_id, "kind": hint.kind.value}
    match hint.kind, hint.subject:
        case Kind.BOOKING, (booking_id,):
            about["booking"] = booking_id
        case Kind.EVENT, (calendar, event_id):
            about |= {"calendar": calendar_hash(calendar), "event_id": event_id}
        case Kind.CALENDAR, (hashed,):
            about["calendar"] = hashed
        case _:
            pass
    return about | {"source": hint.source, "attempt": hint.attempt}


def _find_and_run(ports: Ports, hint: Hint) -> None:
    try:
        integration = integrations.find(ports.documents, hint.int_id)
        if integration is None:
            ports.log("dropped", {"int_id": hint.int_id, "reason": "unknown_integration"})
            return
        _run(ports, integration, hint)
    except Malformed as error:
        react(ports, hint, error)


def _run(ports: Ports, integration: Integration, hint: Hint) -> None:
    if hint.kind is Kind.PROBE:
        probe.run(ports, hint)
        return
    if hint.kind is Kind.SECRET:
        if hint.detail == consent.UNCONFIRMED:
            consent.expire(ports, integration, hint.subject[1])
        else:
            setup.destroy_replaced(ports, integration, hint)
        return
    if integration.probing and record.note_webhook(ports, integration, hint):
        return
    if integration.phase not in RUNNING:
        ports.log("dropped", {"int_id": hint.int_id, "reason": f"integration_{integration.phase}"})
        return
    if hint.source == WEBHOOK and hint.detail != str(integration.webhook_generation):
        ports.log("dropped", {"int_id": hint.int_id, "reason": "old_generation"})
        return
    if hint.kind is Kind.TICK and hint.detail == ALERTS:
        _tell(ports, integration)
        return
    if stopped(integration) and hint.kind is not Kind.TICK:
        ports.log("dropped", {"int_id": hint.int_id, "reason": "access_revoked"})
        return
    session = open_session(ports, integration)
    try:
        looked = _follow(session, hint)
    except Exception as error:  # noqa: BLE001 -- a bug of ours must neither lose the hint nor block the rest
        task_failed(ports, integration, hint, error)
    else:
        if looked:
            parked.clear(ports, hint)


def _tell(ports: Ports, integration: Integration) -> list[datetime]:
    """Send the alerts and the weekly mail; an error there must not stop the round. Returns when to look again."""
    due = list[datetime]()
    for tell in (alerts.watch, weekly.send):
        try:
            due += tell(ports, integration)
        except Exception as error:  # noqa: BLE001 -- as above
            fields = {"severity": "ERROR", "int_id": integration.id, "reason": type(error).__name__}
            ports.log("alert_not_sent", fields)
            due.append(ports.clock() + alerts.AGAIN)
    return due


def _follow(session: SyncSession, hint: Hint) -> bool:
    """Follow a hint; returns False if there was nothing to look at, so that what was parked before still stands."""
    match hint.kind, hint.subject:
        case Kind.BOOKING, (booking_id,):
            return _look_at_booking(session, hint, links.of_booking(session.ports.documents, session.id, booking_id))
        case Kind.EVENT, (calendar, event_id):
            looked = look_at(session, hint, EventKey(calendar, event_id))
            queue_alert_check(session.ports.tasks, session.id, session.now())
            return looked
        case Kind.CALENDAR, (hashed,):
            if pull.pull(session, hint, hashed):
                queue_alert_check(session.ports.tasks, session.id, session.now())
        case Kind.CALENDAR, (hashed, link):
            pull.catch_up(session, hint, hashed, link)
        case Kind.TICK, _:
            _round(session)
        case Kind.SWEEP, _:
            sweep.asked_for(session, hint)
        case Kind.RENEW, _:
            key_rotation.rotate(session)
            channels.follow_mapping(session, hint.source)
        case Kind.AUDIT, (_,):
            audit.run(session.ports, hint)
        case Kind.SCAN, (_, _):
            if scan.run(session, hint):
                queue_alert_check(session.ports.tasks, session.id, session.now())
        case _:
            raise Malformed("this task names nothing to look at", reason="bad_task")
    return True


def _look_at_booking(session: SyncSession, hint: Hint, link: Link) -> bool:
    reporting.note_overwritten(session, hint, link)
    if hint.source == WEBHOOK and _is_own(session, hint, link):
        return False
    if hint.source == WEBHOOK and isinstance(link.life, LeftOut) and scan.backfills(session):
        link = after(link, Decided(LetIn())).link  # the backfill listed it first, but it was just made
    outcome = reconcile(session, hint, link)
    come_back(session.ports, hint, outcome)
    queue_alert_check(session.ports.tasks, session.id, session.now())
    return outcome.looked


def _is_own(session: SyncSession, hint: Hint, link: Link) -> bool:
    """Whether a webhook only tells of our own write (an echo).

    The second look of a change right after an echo may have the task name of the echo's, and would be skipped with it;
    so such a change gets one under another name here.
    """
    if hint.at is None or hint.attempt or hint.confirm:
        return False
    trailing, echo = timedelta(seconds=TRAILING_SECONDS), link.echo
    second_look = hint.at + trailing
    if tells_of_own_ids(link, hint.at, session.now(), second_look):
        return True
    shared = echo is not None and echo.alone and echo.until < hint.at < echo.until + trailing
    if shared and session.now() < second_look:
        look_again(session.ports.tasks, hint, second_look + trailing, "second")
    return False


def _round(session: SyncSession) -> None:
    """Start what is due, send the alerts, and let the integration sleep until something is due again.

    The alerts come last, and whatever happened before: a mail server that hangs must not keep anything from being started.
    """
    ports, integration = session.ports, session.integration
    try:
        due = _started(session)
    finally:
        told = _tell(ports, integration)
    if due is not None:  # or it changed, and is due at once
        rounds.sleep(ports, integration, [*due, *told])


def _started(session: SyncSession) -> list[datetime] | None:
    """Start what is due; returns when something is due again, None if Google accepts the connection again."""
    ports, integration, due = session.ports, session.integration, list[datetime]()
    if google_again(ports, integration):
        sweep.catch_up(ports, integrations.get(ports.documents, integration.id), "")
        return None
    if stopped(integration):
        due.append(ports.clock() + DEAD_AGAIN)
    else:
        if activation.cut_short(ports, integration):
            with suppress(Conflict):  # paused meanwhile: resuming does more anyway
                activation.finish(ports, integration)
        elif integration.unfinished_change:
            due.append(activation.cut_short_at(integration))
        due += sweep.tick(session)
        due += audit.weekly(ports, integration)
    return due
