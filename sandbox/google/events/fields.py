"""The fields that a writer may set, and what Google makes of them: merging, resetting and checking a body."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.google.errors import ApiError, bad_request, invalid, required
from sandbox.google.times import recurrence, when

if TYPE_CHECKING:
    from sandbox.google.errors import Resource

EVENT_ID = re.compile(r"^[a-v0-9]{5,1024}$")
WRITABLE = frozenset(
    [
        "anyoneCanAddSelf",
        "attachments",
        "attendees",
        "birthdayProperties",
        "colorId",
        "description",
        "end",
        "eventLabelId",
        "eventType",
        "extendedProperties",
        "focusTimeProperties",
        "gadget",
        "guestsCanInviteOthers",
        "guestsCanModify",
        "guestsCanSeeOtherGuests",
        "location",
        "outOfOfficeProperties",
        "recurrence",
        "reminders",
        "sequence",
        "source",
        "start",
        "status",
        "summary",
        "transparency",
        "visibility",
        "workingLocationProperties",
    ]
)
CHOICES = {
    "status": {"confirmed", "tentative", "cancelled"},
    "transparency": {"opaque", "transparent"},
    "visibility": {"default", "public", "private", "confidential"},
    "eventType": {"default", "birthday", "focusTime", "fromGmail", "outOfOffice", "workingLocation"},
}
RESPONSES = {"needsAction", "declined", "tentative", "accepted"}
# addresses that look odd are refused, and with them the whole request (OutlookGoogleCalendarSync#130, #1010)
ADDRESS = re.compile(r"^[\w!#$%&*+/=?^`{|}~-]+(\.[\w!#$%&*+/=?^`{|}~-]+)*@([a-z0-9-]+\.)+[a-z0-9-]{2,}$", re.IGNORECASE)
KEY_LENGTH, VALUE_LENGTH = 44, 1024
MOST_OVERRIDES, MOST_MINUTES = 5, 40_320


def merge(current: Any, change: Any) -> Any:
    """Patch semantics: objects merge, null removes, arrays and values replace."""
    if not (isinstance(current, dict) and isinstance(change, dict)):
        return without_nulls(change)
    merged = {**current, **{name: merge(current.get(name), value) for name, value in change.items()}}
    return {name: value for name, value in merged.items() if change.get(name, value) is not None}


def without_nulls(value: Any) -> Any:
    """Return the value without members that are null."""
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [without_nulls(member) for member in value]
    return value


def writable(body: Resource) -> Resource:
    """Keep what a writer may set; read-only fields are silently ignored, as on the real API."""
    return {name: value for name, value in body.items() if name in WRITABLE}


def patched(current: Resource, body: Resource) -> Resource:
    """Return the event after a patch, not yet checked."""
    change = writable(body)
    if body.get("attendeesOmitted") and "attendees" in change:
        change["attendees"] = _with_answers(current.get("attendees", []), change["attendees"])
    merged: Resource = merge(current, change)
    reminders = change.get("reminders") or {}
    if reminders.get("useDefault") and "overrides" not in reminders:
        merged["reminders"].pop("overrides", None)
    return merged


def _with_answers(current: list[Resource], sent: list[Resource]) -> list[Resource]:
    """Return the guests with the answers that are sent: a list from which guests are omitted uninvites nobody."""
    answers = {guest.get("email"): guest for guest in sent}
    return [{**guest, **answers.get(guest.get("email"), {})} for guest in current]


def replaced(current: Resource, body: Resource) -> Resource:
    """Return the event after an update (PUT), not yet checked: what is not sent is reset."""
    if "start" not in body or "end" not in body:
        raise required(f"Missing {'start' if 'start' not in body else 'end'} time.")
    kept = {name: value for name, value in current.items() if name not in WRITABLE}
    fixed = {name: current[name] for name in ("sequence", "eventType") if name in current}
    new = {**kept, **fixed, **without_nulls(writable(body))}
    return {"status": "confirmed", "reminders": {"useDefault": True}, **new}


def checked(event: Resource, calendar_zone: str, *, room: bool = False) -> Resource:
    """Return the event in the form that is kept; raises ApiError 400 for what Google refuses.

    On a `room`'s calendar whole days are kept as midnights (allenporter/gcal_sync#624).
    """
    for name in ("start", "end"):
        if not event.get(name):
            raise required(f"Missing {name} time.")
    start = when.normalise(event["start"], calendar_zone, "start")
    end = when.normalise(event["end"], calendar_zone, "end")
    if ("date" in start) != ("date" in end):
        raise invalid("Start and end times must either both be date or both be dateTime.")
    first, last = when.instant(start, calendar_zone), when.instant(end, calendar_zone)
    if last <= first:
        raise ApiError(400, "timeRangeEmpty", "The specified time range is empty.", domain="calendar")
    for name, allowed in CHOICES.items():
        if name in event and event[name] not in allowed:
            raise invalid(f'Invalid value for: "{event[name]}" is no {name}.')
    kept = {**event, "start": start, "end": end}
    if event.get("recurrence"):
        _check_recurrence(event)
    else:
        kept.pop("recurrence", None)
    if "reminders" in event:
        _check_reminders(event["reminders"])
    if "attendees" in event:
        kept["attendees"] = [_attendee(a) for a in event["attendees"]]
        if not kept["attendees"]:
            del kept["attendees"]
    if room:
        kept |= {name: when.midnight(kept[name], calendar_zone) for name in ("start", "end")}
    if "extendedProperties" in event:
        kept["extendedProperties"] = _properties(event["extendedProperties"])
        if not kept["extendedProperties"]:
            del kept["extendedProperties"]
    return kept


def _check_recurrence(event: Resource) -> None:
    """Refuse a timed series without a named zone, and rules that cannot be read."""
    start = event["start"]
    if "dateTime" in start and "timeZone" not in start:
        raise required("Missing time zone definition for start time.")
    recurrence.read(event["recurrence"], start.get("timeZone", "UTC"))


def _check_reminders(reminders: Resource) -> None:
    overrides = reminders.get("overrides") or []
    if reminders.get("useDefault") and overrides:
        raise ApiError(
            400, "cannotUseDefaultRemindersAndSpecifyOverride", "Cannot specify both default reminders and overrides."
        )
    if len(overrides) > MOST_OVERRIDES:
        raise bad_request("Too many reminder overrides: at most 5.")
    for override in overrides:
        if override.get("method") not in {"email", "popup"}:
            raise invalid(f'Invalid reminder method: "{override.get("method")}".')
        if not 0 <= int(override.get("minutes", -1)) <= MOST_MINUTES:
            raise invalid("Reminder minutes must be between 0 and 40320.")


def check_attendees(body: Resource) -> None:
    """Refuse the whole request for one guest whose address is missing or looks odd."""
    for attendee in body.get("attendees") or ():
        if not attendee.get("email"):
            raise required("Missing attendee email.")
        if not ADDRESS.match(attendee["email"]):
            raise invalid("Invalid attendee email.")


def _attendee(attendee: Resource) -> Resource:
    if attendee.get("responseStatus", "needsAction") not in RESPONSES:
        raise invalid(f'Invalid value for: "{attendee["responseStatus"]}" is no responseStatus.')
    shown = {name: value for name, value in attendee.items() if name not in {"self", "organizer"}}
    return {"responseStatus": "needsAction", **shown}


def _properties(properties: Resource) -> Resource:
    """Drop long keys and cut long values silently, as Google does."""
    kept = {
        scope: {key: value[:VALUE_LENGTH] for key, value in members.items() if len(key) <= KEY_LENGTH}
        for scope, members in properties.items()
        if scope in {"private", "shared"}
    }
    return {scope: members for scope, members in kept.items() if members}
