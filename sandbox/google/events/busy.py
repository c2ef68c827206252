"""The taken hours of calendars: freebusy.query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.google.errors import ApiError, required
from sandbox.google.events import people, views
from sandbox.google.times import when

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.google.errors import Resource
    from sandbox.google.world.world import World


def query(world: World, account: str, body: Resource) -> Resource:
    """Return the taken hours of the calendars asked for, overlapping ones joined."""
    for name in ("timeMin", "timeMax"):
        if name not in body:
            raise required(f"Missing {name}.")
    low, high = when.parse_instant(body["timeMin"]), when.parse_instant(body["timeMax"])
    if low >= high:
        raise ApiError(400, "timeRangeEmpty", "The specified time range is empty.", domain="calendar")
    asked = [str(item.get("id", "")) for item in body.get("items") or ()]
    found = {calendar_id: _of(world, account, calendar_id, (low, high)) for calendar_id in asked}
    return {"kind": "calendar#freeBusy", "timeMin": body["timeMin"], "timeMax": body["timeMax"], "calendars": found}


def _of(world: World, account: str, calendar_id: str, within: tuple[datetime, datetime]) -> Resource:
    try:
        calendar = views.visible(world, account, calendar_id)
    except ApiError as error:
        return {"errors": [{"domain": "global", "reason": error.reason}], "busy": []}
    taken: list[tuple[datetime, datetime]] = []
    for found in people.every(world, calendar, deleted=False, expand=True):
        event = found.resource()
        begins, ends = (when.instant(event[name], calendar.zone) for name in ("start", "end"))
        if event.get("transparency") != "transparent" and begins < within[1] and ends > within[0]:
            taken.append((max(begins, within[0]), min(ends, within[1])))
    joined: list[tuple[datetime, datetime]] = []
    for begins, ends in sorted(taken):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
        else:
            joined.append((begins, ends))
    return {"busy": [{"start": _text(begins), "end": _text(ends)} for begins, ends in joined]}


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
