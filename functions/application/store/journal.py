"""The journal: what was decided and why, per step; an entry opens with the intent and closes with the outcome.

It holds ids, times, objects, statuses, names of changed fields and, of a person's decision, who made it. Never a title
or text, nor the name or address of a customer or guest.
"""

from contextlib import suppress
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from functions.application.intake.hints import Hint
from functions.application.ports import Body, Documents, Path, Transaction
from functions.application.store.integrations import path_of
from functions.application.store.records import body_of
from functions.application.store.upgrades import JOURNAL_ENTRY, LONG_AGO, damaged, dated, misshapen, schema_of, upgraded
from functions.domain.model.appointment import AllDay, Timed, When
from functions.domain.model.errors import Malformed
from functions.domain.model.event import Event, EventKey
from functions.domain.model.messages import say
from functions.domain.pairing.link import Link
from functions.domain.pairing.writes import (
    BookingChange,
    DeleteEvent,
    EventChange,
    InsertEvent,
    MakeBooking,
    MoveEvent,
    PatchEvent,
    ReviveEvent,
    Write,
    WriteBooking,
)

KEPT = timedelta(days=365)


class Name(StrEnum):
    """The names of writes in the journal and in answers: a contract, independent of class names."""

    INSERT_EVENT = "InsertEvent"
    REVIVE_EVENT = "ReviveEvent"
    PATCH_EVENT = "PatchEvent"
    MOVE_EVENT = "MoveEvent"
    DELETE_EVENT = "DeleteEvent"
    WRITE_BOOKING = "WriteBooking"
    MAKE_BOOKING = "MakeBooking"


OF_KIND = {
    "event.insert": Name.INSERT_EVENT,
    "event.revive": Name.REVIVE_EVENT,
    "event.patch": Name.PATCH_EVENT,
    "event.move": Name.MOVE_EVENT,
    "event.delete": Name.DELETE_EVENT,
    "booking.write": Name.WRITE_BOOKING,
    "booking.make": Name.MAKE_BOOKING,
}
NO_ENTRY = "Unreadable"  # in place of the write's name, in an entry that cannot be read
OF_BOOKINGS = (Name.WRITE_BOOKING, Name.MAKE_BOOKING)


def entry_path(int_id: str, entry: str) -> Path:
    """Return an entry's path."""
    return path_of(int_id, "journal", entry)


def entry_of(body: Body, entry: str) -> Body:
    """Return a stored entry in the current version; raises `Malformed` if it is damaged or of a newer version."""
    current = upgraded(JOURNAL_ENTRY, body, "journal entry {}", entry)
    if wrong := misshapen(current, texts=("step", "why", "outcome"), maps=("before", "change")):
        raise damaged(say("journal entry {}", entry), wrong)
    return {name: value for name, value in current.items() if name != "schema"}


def shown(body: Body, entry: str) -> Body:
    """Return a stored entry with its id; for one that cannot be read, what stands for it in a list."""
    try:
        return {"id": entry, **entry_of(body, entry)}
    except Malformed as error:
        at, booking = body["at"] if dated(body) else LONG_AGO, str(body.get("booking_id", ""))
        return {
            "id": entry,
            "at": at,
            "booking_id": booking,
            "step": NO_ENTRY,
            "why": error.reason,
            "outcome": "unreadable",
        }


def find(documents: Documents | Transaction, int_id: str, entry: str) -> Body | None:
    """Return an entry, or None; entries live a year."""
    body = documents.get(entry_path(int_id, entry))
    return entry_of(body, entry) if body is not None else None


def found(documents: Documents | Transaction, int_id: str, entry: str) -> Body | None:
    """Return an entry to go on with, or None, also if it cannot be read: what it tells of goes on without it."""
    with suppress(Malformed):
        return find(documents, int_id, entry)
    return None


def name_of(step: Write) -> str:
    """Return a write's name in the journal and in answers."""
    return OF_KIND[step.kind].value


def opened(link: Link, step: Write, hint: Hint, now: datetime, event: Event | None = None) -> Body:
    """Return the entry of a write about to be made: what it replaces, why, and which hint or person caused it."""
    base = body_of(link.base) if link.base is not None else {}
    before: Body = {name: base[name] for name in ("when", "calendar", "object_id", "status") if name in base}
    replaced = {"replaced": {"when": when_body(event.when)}} if event is not None else {}
    body = _entry(link, link.event, name_of(step), step.why.value, hint, now, before, changed(step))
    return {**body, **replaced, "outcome": "open"}


def without_meet(link: Link, now: datetime) -> Body:
    """Return the entry that reports that Google never made the Meet link."""
    return closed(_entry(link, link.event, "Lacking", "no_meet", None, now, {}, {}), "done", now)


def overwritten(link: Link, now: datetime) -> Body:
    """Return the entry that reports that a write may have undone what somebody changed in i-Reserve meanwhile."""
    return closed(_entry(link, link.event, "Overwritten", "overwritten", None, now, {}, {}), "done", now)


def not_taken(event: Event, reason: str, hint: Hint, now: datetime) -> Body:
    """Return the entry that reports why a person's event became no booking."""
    change = {"when": when_body(event.when)}
    return closed(_entry(None, event.key, "NotTaken", f"not_taken_{reason}", hint, now, {}, change), "done", now)


def _entry(
    link: Link | None,
    key: EventKey | None,
    step: str,
    why: str,
    hint: Hint | None,
    now: datetime,
    before: Body,
    change: Body,
) -> Body:
    booking = "" if link is None else link.of_booking
    base = link.base if link is not None else None
    return {
        "at": now.isoformat(),
        "link": link.id if link is not None else "",
        "booking_id": booking,
        "object_id": base.object_id if base is not None else "",
        "calendar": key.calendar if key is not None else "",
        "event": key.id if key is not None else "",
        "step": step,
        "why": why,
        "hint": hint.source if hint is not None else "",
        "hint_at": hint.at.isoformat() if hint is not None and hint.at else "",
        "actor": hint.actor if hint is not None else "",
        "before": before,
        "change": change,
    }


def closed(body: Body, outcome: str, now: datetime, **more: Any) -> Body:
    """Return an entry closed with its outcome."""
    since = body.get("hint_at") or body["at"]
    lag = (now - datetime.fromisoformat(since)).total_seconds()
    return {**body, "outcome": outcome, "closed_at": now.isoformat(), "lag_seconds": round(lag, 3), **more}


def changed(step: Write) -> Body:
    """Return what a write changes: times, objects, calendars and statuses by value, texts only by name."""
    match step:
        case InsertEvent(key, content, _) | ReviveEvent(key, content, _):
            when = {"when": when_body(content.when)} if content is not None else {}
            return {"calendar": key.calendar, "event": key.id, **when}
        case PatchEvent(_, _, change, _):
            notice = {"notice": step.notice} if step.notice else {}
            answer = {"answer": change.answer} if change.answer is not None else {}
            return {**_dated(change), "fields": _texts(change), **notice, **answer}
        case MoveEvent(key, _, destination, _):
            return {"from": key.calendar, "calendar": destination}
        case DeleteEvent(key, _, _):
            return {"calendar": key.calendar, "event": key.id}
        case WriteBooking(_, change, _):
            return {
                **_dated(change),
                **({"object_id": change.object_id} if change.object_id is not None else {}),
                **({"status": change.status} if change.status is not None else {}),
                "fields": [
                    *(["external_id"] if change.external_id is not None else []),
                    *(n for n, _ in change.fields),
                ],
            }
        case MakeBooking():
            return {"when": when_body(step.when), "object_id": step.object_id, "status": step.status}


def _dated(change: EventChange | BookingChange) -> Body:
    return {"when": when_body(change.when)} if change.when is not None else {}


def _texts(change: EventChange) -> list[str]:
    names = {
        "title": change.title,
        "description": change.description,
        "reminders": change.reminders,
        "meet": change.meet,
    }
    guests = {"guest": change.guest_in, "former guest": change.guest_out}
    return [*(name for name, value in {**names, **guests}.items() if value is not None), *change.restyled]


def when_body(when: When) -> Body:
    """Return a time as JSON: `start` and `end`, or for whole days `first` and `until`."""
    if isinstance(when, Timed):
        return {"start": when.start.isoformat(), "end": when.end.isoformat()}
    return {"first": when.first.isoformat(), "until": when.until.isoformat()}


def when_from(body: Body) -> When:
    """Read a time from an entry."""
    if "first" in body:
        return AllDay(date.fromisoformat(body["first"]), date.fromisoformat(body["until"]))
    return Timed(datetime.fromisoformat(body["start"]), datetime.fromisoformat(body["end"]))


def put(tx: Transaction, int_id: str, entry: str, body: Body) -> None:
    """Write an entry; it lives a year."""
    tx.put(
        entry_path(int_id, entry),
        {**body, "schema": schema_of(JOURNAL_ENTRY)},
        expires=datetime.fromisoformat(body["at"]) + KEPT,
    )
