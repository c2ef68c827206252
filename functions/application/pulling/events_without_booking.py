"""People's events that became no booking, and why: journalled once, and counted in diagnostics.

It stores ids, times and reasons of the last hundred on each calendar; no titles.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from functions.application.intake.hints import Hint
from functions.application.ports import Path, Transaction
from functions.application.store import journal
from functions.application.store.integrations import path_of
from functions.application.sync.session import SyncSession
from functions.domain.model.check import Check
from functions.domain.model.event import Event
from functions.domain.model.identity import calendar_hash
from functions.domain.model.messages import say
from functions.domain.planning.plan_new_event import why_not

KEPT = 100
RECENT = timedelta(days=7)
SAYS = {
    "outside_window": "{} of the events changed in the last seven days became no booking: they lie outside the days kept in step",
    "event_type": "{} of the events changed in the last seven days became no booking: they are special events, such as working locations or birthdays",
    "hidden": "{} of the events changed in the last seven days became no booking: they are private and show no details",
    "covered": "{} of the events changed in the last seven days are no longer followed: they were made private and show no details",
    "no_length": "{} of the events changed in the last seven days became no booking: they have no length",
    "invitation": "{} of the events changed in the last seven days became no booking: they are invitations from another calendar",
    "not_accepted": "{} of the events changed in the last seven days became no booking: they are invitations that nobody has accepted",
    "declined": "{} of the events changed in the last seven days became no booking: they were declined",
    "free": "{} of the events changed in the last seven days became no booking: they show as free",
    "not_followed": "{} of the events changed in the last seven days became no booking: new events of their calendar are not followed",
    "before_activation": "{} of the events changed in the last seven days became no booking: they were made before the activation",
}


def note(session: SyncSession, hint: Hint, calendar: str, events: Sequence[Event], *, paired: bool = False) -> None:
    """Record that changed events of a calendar become no bookings; the journal gets one entry per event and reason.

    `paired`: they have bookings, but show only their time, so the bookings cannot follow.
    """
    reasons = ((event, "covered" if paired else _why(session, event)) for event in events)
    found = [(event, why) for event, why in reasons if why in SAYS][-KEPT:]
    if not found:
        return
    path, now = _notes_path(session, calendar), session.now()
    entries = [session.ports.token(12) for _ in found]

    def add(tx: Transaction) -> None:
        before = (tx.get(path) or {}).get("events", {})
        kept = {name: each for name, each in before.items() if name not in {event.key.id for event, _ in found}}
        kept |= {event.key.id: {"reason": why, "at": now.isoformat()} for event, why in found}
        tx.put(path, {"events": dict(list(kept.items())[-KEPT:])})
        for entry, (event, why) in zip(entries, found, strict=True):
            if before.get(event.key.id, {}).get("reason") != why:
                journal.put(tx, session.id, entry, journal.not_taken(event, why, hint, now))

    session.ports.documents.transact(add)


def _why(session: SyncSession, event: Event) -> str:
    if session.settings.object_for_new_event(event.key.calendar) is None:
        return "not_followed"
    return why_not(event, session.planning_context())


def checks(session: SyncSession) -> list[Check]:
    """Count recent events without a booking by reason: not a fault, but people may wonder why."""
    counts: dict[str, int] = {}
    for calendar in session.settings.calendars:
        noted = (session.ports.documents.get(_notes_path(session, calendar)) or {}).get("events", {})
        for each in noted.values():
            if session.now() - datetime.fromisoformat(each["at"]) < RECENT:
                counts[each["reason"]] = counts.get(each["reason"], 0) + 1
    return [Check("not_taken", "green", say(SAYS[reason], count)) for reason, count in sorted(counts.items())]


def _notes_path(session: SyncSession, calendar: str) -> Path:
    return path_of(session.id, "progress", f"not_taken-{calendar_hash(calendar)}")
