"""A journal entry in one line: what was done, in which direction, why, and how fast."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DONE = {
    "InsertEvent": "event made",
    "ReviveEvent": "event brought back",
    "PatchEvent": "event changed",
    "MoveEvent": "event moved to the other calendar",
    "DeleteEvent": "event removed",
    "MakeBooking": "booking made",
    "WriteBooking": "booking changed",
}
BECAUSE = {
    "booking_made": "a booking was made",
    "booking_changed": "the booking changed",
    "booking_cancelled": "the booking was cancelled",
    "booking_gone": "the booking is gone",
    "settings_changed": "the settings changed",
    "adopted": "the booking already named this event",
    "write_back": "so that the booking knows its event",
    "recovered": "finished after an interruption",
    "event_made": "a person made an event",
    "event_moved": "a person moved the event",
    "event_text": "a person changed the text",
    "event_object": "a person chose another calendar",
    "event_deleted": "a person deleted the event",
    "event_restored": "a person brought the event back",
    "put_back": "back to what i-Reserve has; the event says why",
    "made_again": "made again: it cannot be deleted here",
    "conflict": "both changed; the booking wins",
    "refused": "i-Reserve refused it",
    "grace_over": "its event was deleted, and the grace is over",
    "undone": "undone by a person",
    "approved": "approved by a person",
}
REFUSED = {
    "period_taken": "i-Reserve refused: the period is not available",
    "object_unknown": "i-Reserve refused: it does not know the object",
    "status_forbidden": "i-Reserve refused: this status is not allowed",
    "not_applied": "i-Reserve said yes and did not do it",
}
TO_IRESERVE = ("MakeBooking", "WriteBooking")


@dataclass(frozen=True, slots=True)
class Decision:
    """One line. `side` is the side written to; `quiet` marks bookkeeping that nobody waited for."""

    side: str
    title: str
    details: str
    because: str
    at: str
    lag: str
    outcome: str
    quiet: bool


def decision(entry: dict[str, Any], zone: ZoneInfo) -> Decision:
    """Put one entry into words; unknown ones are shown as they are."""
    step, why, change = str(entry.get("step", "")), str(entry.get("why", "")), entry.get("change") or {}
    lag = entry.get("lag_seconds")
    booking = str(entry.get("booking_id") or "")
    return Decision(
        side="ireserve" if step in TO_IRESERVE else "google",
        title=f"{booking} {_said(entry, step, why, change)}".strip(),
        details="" if why == "write_back" else _details(step, why, change, zone),
        because=_because(entry),
        at=datetime.fromisoformat(entry["at"]).astimezone(zone).strftime("%H:%M:%S"),
        lag=f"{lag:.2f} s" if isinstance(lag, float | int) and lag < 60 else "",
        outcome=str(entry.get("outcome", "")),
        quiet=why == "write_back",
    )


def _because(entry: dict[str, Any]) -> str:
    if entry.get("outcome") == "refused":
        return REFUSED.get(str(entry.get("reason", "")), "i-Reserve refused it")
    why = str(entry.get("why", ""))
    return BECAUSE.get(why, why.replace("_", " "))


def _said(entry: dict[str, Any], step: str, why: str, change: dict[str, Any]) -> str:
    said = DONE.get(step, step)
    if entry.get("outcome") == "refused":
        said = "new booking refused" if step == "MakeBooking" else "change refused"
    elif step == "PatchEvent" and why == "put_back":
        said = "event put back"
    elif step == "PatchEvent" and change.get("when"):
        said = "event moved"
    elif step == "WriteBooking" and why in ("grace_over", "event_deleted"):
        said = "booking cancelled"
    elif step == "WriteBooking" and why == "write_back":
        said = "ids noted"
    elif step == "WriteBooking" and change.get("when"):
        said = "booking moved"
    return said


def _details(step: str, why: str, change: dict[str, Any], zone: ZoneInfo) -> str:
    fields = [str(name) for name in change.get("fields", ())] if why != "put_back" else []
    parts = [_when(change["when"], zone)] if change.get("when") else []
    if step == "WriteBooking" and change.get("status") is not None:
        parts.append(f"status {change['status']}")
    return ", ".join([*parts, *fields])


def _when(when: dict[str, str], zone: ZoneInfo) -> str:
    if "first" in when:
        first, last = date.fromisoformat(when["first"]), date.fromisoformat(when["until"]) - timedelta(days=1)
        return f"{first:%a %-d %b}" if first == last else f"{first:%a %-d %b} – {last:%a %-d %b}"
    start, end = (datetime.fromisoformat(when[name]).astimezone(zone) for name in ("start", "end"))
    return f"{start:%a %-d %b %H:%M}–{end:%H:%M}"
