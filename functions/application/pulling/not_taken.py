"""People's events that became no booking, and why: once in the journal, and counted on diagnostics.

Stored: ids, times and reasons of the last hundred on each calendar; no titles.
"""

from datetime import datetime, timedelta

from functions.application.intake.hints import Hint
from functions.application.ports import Body, Path, Transaction
from functions.application.store import journal
from functions.application.store.integrations import path_of
from functions.application.sync.finding import Check
from functions.application.sync.session import SyncSession
from functions.domain.model.event import Event
from functions.domain.model.identity import calendar_hash
from functions.domain.model.messages import say
from functions.domain.planning.plan_inbound import why_not

KEPT = 100
RECENT = timedelta(days=7)
SAYS = {
    "outside_window": "{} of the events changed in the last seven days became no booking: they lie outside the days kept in step",
    "event_type": "{} of the events changed in the last seven days became no booking: they are of a kind of their own, such as working places or birthdays",
    "hidden": "{} of the events changed in the last seven days became no booking: they are private and show no details",
    "no_length": "{} of the events changed in the last seven days became no booking: they have no length",
    "invitation": "{} of the events changed in the last seven days became no booking: they are invitations from another calendar",
    "declined": "{} of the events changed in the last seven days became no booking: they were declined",
    "free": "{} of the events changed in the last seven days became no booking: they show as free",
    "before_activation": "{} of the events changed in the last seven days became no booking: they were made before the activation",
}


def note(session: SyncSession, hint: Hint, event: Event) -> None:
    """Note that a changed event becomes no booking; the journal says it once for each reason."""
    reason = why_not(event, session.planning_context())
    if reason not in SAYS or session.settings.object_for_new_event(event.key.calendar) is None:
        return
    path, now, entry = _path(session, event.key.calendar), session.now(), session.ports.token(12)

    def work(tx: Transaction) -> None:
        before = (tx.get(path) or {}).get("events", {})
        known = before.get(event.key.id, {}).get("reason") == reason
        kept = {name: each for name, each in before.items() if name != event.key.id}
        kept[event.key.id] = {"reason": reason, "at": now.isoformat()}
        tx.put(path, {"events": dict(list(kept.items())[-KEPT:])})
        if not known:
            journal.put(tx, session.id, entry, _entry(event, reason, hint, now))

    session.ports.documents.transact(work)


def _entry(event: Event, reason: str, hint: Hint, now: datetime) -> Body:
    """Return what the journal says of it: a decision without a write."""
    opened = {
        "at": now.isoformat(),
        "link": "",
        "booking_id": "",
        "calendar": event.key.calendar,
        "event": event.key.id,
        "step": "NotTaken",
        "why": f"not_taken_{reason}",
        "hint": hint.source,
        "hint_at": hint.at.isoformat() if hint.at else "",
        "actor": hint.actor,
        "before": {},
        "change": {"when": journal.when_body(event.when)},
    }
    return journal.closed(opened, "done", now)


def checks(session: SyncSession) -> list[Check]:
    """Count by reason what was not taken lately; that is no fault, but somebody may wonder."""
    counts: dict[str, int] = {}
    for calendar in session.settings.calendars:
        noted = (session.ports.documents.get(_path(session, calendar)) or {}).get("events", {})
        for each in noted.values():
            if session.now() - datetime.fromisoformat(each["at"]) < RECENT:
                counts[each["reason"]] = counts.get(each["reason"], 0) + 1
    return [Check("not_taken", "green", say(SAYS[reason], count)) for reason, count in sorted(counts.items())]


def _path(session: SyncSession, calendar: str) -> Path:
    return path_of(session.id, "progress", f"not_taken-{calendar_hash(calendar)}")
