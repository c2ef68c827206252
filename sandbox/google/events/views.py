"""What a reader sees: stored events as API resources, tombstones, and calendars."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from sandbox.google.errors import forbidden, not_found
from sandbox.google.times import when

if TYPE_CHECKING:
    from sandbox.google.errors import Resource
    from sandbox.google.world.instances import Found
    from sandbox.google.world.store import Calendar
    from sandbox.google.world.world import World

WRITERS = {"owner", "writer", "writerWithoutPrivateAccess"}
SEERS = {"owner", "writer"}  # of the details of other people's private events
COLOURS = ("#7986cb", "#33b679", "#f6bf26", "#e67c73", "#8e24aa", "#039be5", "#616161", "#0b8043")
BUSY = {"kind", "etag", "id", "status", "start", "end", "transparency", "recurringEventId", "originalStartTime"}


def event(found: Found, *, zone_name: str | None = None, busy: bool = False) -> Resource:
    """Return the whole event as seen on its calendar; times in `zone_name` if given."""
    calendar = found.calendar
    stored = found.resource()
    link = base64.urlsafe_b64encode(f"{found.id} {calendar.id}".encode()).decode().rstrip("=")
    shown = {
        "kind": "calendar#event",
        **stored,
        "htmlLink": f"https://www.google.com/calendar/event?eid={link}",
        "creator": _person(stored["creator"], calendar),
        "organizer": _person(stored["organizer"], calendar),
    }
    if shown["organizer"].get("self") and calendar.id != calendar.owner:
        shown["organizer"]["displayName"] = calendar.summary
    if not found.alive:
        shown["status"] = "cancelled"
    if "attendees" in stored:
        organizer = stored["organizer"]["email"]
        shown["attendees"] = [_attendee(a, calendar, organizer) for a in stored["attendees"]]
    if zone_name is not None:
        for name in ("start", "end", "originalStartTime"):
            if name in shown:
                shown[name] = when.in_zone(shown[name], zone_name)
    if busy:
        shown = {name: value for name, value in shown.items() if name in BUSY} | {"visibility": "private"}
    return shown


def few_guests(answer: Resource, most: int) -> None:
    """Leave out the guests of events that have more than that, except the calendar's own entry.

    https://developers.google.com/workspace/calendar/api/v3/reference/events#attendeesOmitted
    """
    for shown in answer.get("items", [answer]):
        if len(shown.get("attendees", ())) > most:
            shown["attendees"] = [guest for guest in shown["attendees"] if guest.get("self")]
            shown["attendeesOmitted"] = True


def hides(found: Found, role: str, reader: str) -> bool:
    """Whether a reader sees when an event is, and nothing else of it."""
    if role == "freeBusyReader":
        return True
    stored = found.resource()
    private = stored.get("visibility") in {"private", "confidential"}
    return private and role not in SEERS and (stored.get("creator") or {}).get("email") != reader


def tombstone(found: Found, mode: str) -> Resource:
    """Return a cancelled event as lists show it; only `id` is promised (mode `bare`)."""
    if mode == "full" and not (found.record is not None and (found.record.ghost or found.record.purged)):
        return event(found)
    shown: Resource = {"kind": "calendar#event", "id": found.id, "status": "cancelled"}
    if mode == "bare":
        return shown
    record = found.record or found.root
    shown["etag"] = record.resource["etag"] if record is not None else ""
    if found.root is not None and found.original is not None:
        shown |= {"recurringEventId": found.root.id, "originalStartTime": found.original}
    return shown


def _person(person: Resource, calendar: Calendar) -> Resource:
    mine = person["email"] == calendar.id
    return {**person, "self": True} if mine else dict(person)


def _attendee(attendee: Resource, calendar: Calendar, organizer: str) -> Resource:
    email = attendee.get("email")
    marks = {"organizer": email == organizer, "self": email == calendar.id}
    return {**attendee, **{name: True for name, holds in marks.items() if holds}}


def visible(world: World, account: str, calendar_id: str, *, write: bool = False) -> Calendar:
    """Return a calendar the account may see; 404 if not, 403 if it may not be written."""
    calendar = world.calendars.get(account if calendar_id == "primary" else calendar_id)
    role = role_of(world, account, calendar)
    if calendar is None or calendar.gone or role == "none":
        raise not_found()
    if write and role not in WRITERS:
        raise forbidden("requiredAccessLevel", "You need to have writer access to this calendar.")
    return calendar


def role_of(world: World, account: str, calendar: Calendar | None) -> str:
    """Return an account's access role on a calendar, `none` if it has none."""
    known = world.accounts.get(account)
    return "none" if calendar is None or known is None else known.roles.get(calendar.id, "none")


def calendar_list_entry(world: World, account: str, calendar: Calendar) -> Resource:
    """Return a calendar as on the account's list."""
    entry = {
        "kind": "calendar#calendarListEntry",
        **_calendar(calendar),
        "colorId": str(calendar.number),
        "backgroundColor": COLOURS[(calendar.number - 1) % len(COLOURS)],
        "foregroundColor": "#000000",
        "selected": True,
        "accessRole": role_of(world, account, calendar),
        **({"dataOwner": calendar.data_owner} if calendar.data_owner else {}),
        **({"autoAcceptInvitations": calendar.accepts} if calendar.room else {}),
        "defaultReminders": [{"method": "popup", "minutes": 30}] if calendar.id == account else [],
    }
    return {**entry, "primary": True} if calendar.id == account else entry


def colors() -> Resource:
    """Return the colours that events and calendars have by number."""
    known = {str(number): {"background": each, "foreground": "#1d1d1d"} for number, each in enumerate(COLOURS, 1)}
    return {"kind": "calendar#colors", "updated": "2012-02-14T00:00:00.000Z", "calendar": known, "event": known}


def calendar_resource(calendar: Calendar) -> Resource:
    """Return a calendar by itself."""
    labels = {"labelProperties": {"eventLabels": calendar.labels}} if calendar.labels else {}
    return {"kind": "calendar#calendar", **_calendar(calendar), **labels}


def _calendar(calendar: Calendar) -> Resource:
    return {
        "id": calendar.id,
        "etag": f'"{1_700_000_000_000_000 + calendar.epoch}"',
        "summary": calendar.summary,
        "timeZone": calendar.zone,
        "conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"] if calendar.meet else []},
    }
