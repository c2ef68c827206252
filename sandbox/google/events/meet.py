"""Meet addresses: granted at once, after a while, or never, as switched."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.google.errors import invalid

if TYPE_CHECKING:
    from sandbox.google.errors import Resource
    from sandbox.google.world.store import Calendar
    from sandbox.google.world.world import World

MEET_TYPE = "hangoutsMeet"
ICON = "https://fonts.gstatic.com/s/i/productlogos/meet_2020q4/v6/web-512dp/logo_meet_2020q4_color_2x_web_512dp.png"


def apply(world: World, calendar: Calendar, event: Resource, asked: Resource | None) -> Resource:
    """Return the event after `conferenceData` of a body written with conferenceDataVersion=1.

    None removes the conference. A request id seen before on this event changes nothing.
    """
    bare = {name: value for name, value in event.items() if name not in {"conferenceData", "hangoutLink"}}
    if asked is None:
        return bare
    request = asked.get("createRequest")
    if not request:
        return event
    known = event.get("conferenceData", {}).get("createRequest", {}).get("requestId")
    if known == request.get("requestId"):
        return event
    kind = (request.get("conferenceSolutionKey") or {}).get("type", MEET_TYPE)
    if kind != MEET_TYPE or not calendar.meet:
        raise invalid("Invalid conference type value.")
    if not request.get("requestId"):
        raise invalid("Missing conference request id.")
    mode = world.switches.meet_mode
    shown = {
        "requestId": request["requestId"],
        "conferenceSolutionKey": {"type": kind},
        "status": {"statusCode": mode},
    }
    if mode == "pending":
        due = world.now() + timedelta(seconds=world.switches.meet_seconds)
        world.pending_meets.append((due, calendar.id, event["id"]))
    pending = {**bare, "conferenceData": {"createRequest": shown}}
    return granted(world, pending) if mode == "success" else pending


def granted(world: World, event: Resource) -> Resource:
    """Return the event with its address in place."""
    letters = "abcdefghijkmnopqrstuvwxyz"
    code = "-".join(world.letters(n, letters) for n in (3, 4, 3))
    uri = f"https://meet.google.com/{code}"
    request = {**event["conferenceData"]["createRequest"], "status": {"statusCode": "success"}}
    data = {
        "createRequest": request,
        "entryPoints": [{"entryPointType": "video", "uri": uri, "label": uri.removeprefix("https://")}],
        "conferenceSolution": {"key": {"type": MEET_TYPE}, "name": "Google Meet", "iconUri": ICON},
        "conferenceId": code,
    }
    return {**event, "hangoutLink": uri, "conferenceData": data}


def settle(world: World) -> None:
    """Grant the pending conferences whose time has come; each is a change of its event."""
    now = world.now()
    due = [entry for entry in world.pending_meets if entry[0] <= now]
    if not due:
        return
    world.pending_meets = [entry for entry in world.pending_meets if entry[0] > now]
    for _, calendar_id, event_id in due:
        calendar = world.calendars[calendar_id]
        record = calendar.records.get(event_id)
        request = (record.resource.get("conferenceData") or {}).get("createRequest") if record else None
        if record and request and request["status"]["statusCode"] == "pending":
            record.resource = granted(world, record.resource)
            world.commit(calendar, record)
