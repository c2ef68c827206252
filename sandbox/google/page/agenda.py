"""What is on the page: the events of some days in the shape that the week and day views draw."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sandbox.google.events import people, views
from sandbox.google.times import when

if TYPE_CHECKING:
    from sandbox.google.errors import Resource
    from sandbox.google.world.instances import Found
    from sandbox.google.world.store import Calendar
    from sandbox.google.world.world import World

ONE_DAY = timedelta(days=1)
MOST_LISTED = 60


def state(world: World, first: date, days: int) -> Resource:
    """Return everything the page shows of `days` days from `first`, in the calendars' wall-clock time."""
    calendars = [c for c in world.calendars.values() if not c.gone]
    drawn = [_event(found) for calendar in calendars for found in _of(world, calendar, first, days)]
    binned = [
        _event(found)
        for calendar in calendars
        for found in people.every(world, calendar, deleted=True, expand=False)
        if not found.alive and not (found.record is not None and found.record.orphan)
    ]
    channels = world.channels
    return {
        **unchanged(world),
        "today": today(world).isoformat(),
        "days": [(first + ONE_DAY * n).isoformat() for n in range(days)],
        "calendars": [_calendar(world, c) for c in calendars],
        "events": drawn,
        "bin": sorted(binned, key=lambda e: str(e["updated"]), reverse=True)[:MOST_LISTED],
        "channels": [
            {"id": c.id, "calendar": _name(world, c.calendar), "live": channels.live(c), "number": c.number}
            for c in list(channels.open.values())[-MOST_LISTED:]
        ],
        "mails": [{**vars(m), "calendar": _name(world, m.calendar)} for m in world.mails[-MOST_LISTED:]][::-1],
    }


def unchanged(world: World) -> Resource:
    """Return what the page shows if nothing has changed: the version of the state, and the time."""
    now = world.now().astimezone(when.zone("Europe/Amsterdam"))
    return {"version": world.numbers, "now": now.strftime("%a %d %b %Y, %H:%M")}


def today(world: World) -> date:
    """Return the date in the organisation's zone."""
    return world.now().astimezone(when.zone("Europe/Amsterdam")).date()


def _name(world: World, calendar_id: str) -> str:
    known = world.calendars.get(calendar_id)
    return known.summary if known is not None else calendar_id


def _calendar(world: World, calendar: Calendar) -> Resource:
    return {
        "id": calendar.id,
        "summary": calendar.summary,
        "zone": calendar.zone,
        "colour": views.COLOURS[(calendar.number - 1) % len(views.COLOURS)],
        "writable": views.role_of(world, calendar.owner, calendar) in views.WRITERS,
    }


def _of(world: World, calendar: Calendar, first: date, days: int) -> list[Found]:
    """List the events of the days, series expanded."""
    zone = when.zone(calendar.zone)
    low, high = (datetime.combine(day, time(), zone) for day in (first, first + ONE_DAY * days))
    found = []
    for event in people.every(world, calendar, deleted=False, expand=True):
        resource = event.resource()
        begins, ends = (when.instant(resource[name], calendar.zone) for name in ("start", "end"))
        if begins < high and max(ends, begins + timedelta(minutes=1)) > low:
            found.append(event)
    return found


def _event(found: Found) -> Resource:
    resource, calendar = found.resource(), found.calendar
    zone = when.zone(calendar.zone)
    begins, ends = (when.instant(resource[n], calendar.zone).astimezone(zone) for n in ("start", "end"))
    return {
        "id": found.id,
        "calendar": calendar.id,
        "calendar_name": calendar.summary,
        "title": resource.get("summary", "(No title)"),
        "start": begins.strftime("%Y-%m-%dT%H:%M"),
        "end": ends.strftime("%Y-%m-%dT%H:%M"),
        "all_day": "date" in resource["start"],
        "series": found.root is not None or bool(resource.get("recurrence")),
        "guests": len(resource.get("attendees", ())),
        "meet": "hangoutLink" in resource,
        "copy": resource["organizer"]["email"] != calendar.id,
        "tentative": resource.get("status") == "tentative",
        "updated": resource["updated"],
    }
