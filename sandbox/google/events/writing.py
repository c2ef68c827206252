"""Writing an event: insert, patch, update, delete and move, for programs and people alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.google.errors import ApiError, condition_not_met, forbidden, gone, invalid, not_found
from sandbox.google.events import fields, guests, meet, series, texts, views
from sandbox.google.world import instances
from sandbox.google.world.store import Record

if TYPE_CHECKING:
    from sandbox.google.errors import Resource
    from sandbox.google.world.instances import Found
    from sandbox.google.world.store import Calendar
    from sandbox.google.world.world import World

# fields that identify a version of an event, not its content
UNSEEN = {"etag", "updated", "sequence"}
LONG_AGO = "0000-12-31T00:00:00.000Z"  # `created` of imported events


@dataclass(frozen=True)
class Write:
    """How a write is asked for: by whom, whether guests are mailed, whether Meet may change, If-Match.

    `imported` events come from a file: their `created` is unknown, and their guests may have no address.
    """

    by: str
    send_updates: str = "none"
    conference: bool = False
    if_match: str | None = None
    imported: bool = False


def insert(world: World, calendar: Calendar, body: Resource, write: Write) -> Found:
    """Make an event; the id may be the writer's."""
    event_id = body.get("id") or world.letters(26, series.BASE32HEX)
    if not fields.EVENT_ID.match(event_id):
        raise invalid("Invalid resource id value.")
    if event_id in calendar.records:
        raise ApiError(409, "duplicate", "The requested identifier already exists.")
    body = _as_stored(world, body, write)
    event = {
        "id": event_id,
        "status": "confirmed",
        "created": LONG_AGO if write.imported else world.stamp(),
        "creator": {"email": write.by},
        "organizer": {"email": calendar.id},
        "iCalUID": f"{event_id}@google.com",
        "sequence": 0,
        "eventType": "default",
        "reminders": {"useDefault": True},
        **fields.without_nulls(fields.writable(body)),
    }
    event = fields.checked(_in_a_zone(world, event), calendar.zone, room=calendar.room)
    if write.conference:
        event = meet.apply(world, calendar, event, body.get("conferenceData"))
    record = Record(event_id, event, deleted=event["status"] == "cancelled")
    world.commit(calendar, record)
    found = whole(calendar, record)
    guests.follow(world, found, {}, write.send_updates)
    return found


def patch(world: World, calendar: Calendar, event_id: str, body: Resource, write: Write) -> Found:
    """Change the fields that are sent; `status: confirmed` takes an event out of the bin."""
    found = writable_event(world, calendar, event_id, write)
    body = _as_stored(world, body, write)
    return _change(world, found, fields.patched(found.resource(), body), body, write)


def update(world: World, calendar: Calendar, event_id: str, body: Resource, write: Write) -> Found:
    """Replace the event; what is not sent is reset."""
    found = writable_event(world, calendar, event_id, write)
    body = _as_stored(world, body, write)
    return _change(world, found, fields.replaced(found.resource(), body), body, write)


def delete(world: World, calendar: Calendar, event_id: str, write: Write) -> None:
    """Put an event into the bin; 410 if it is there already."""
    found = instances.find(calendar, event_id, world.now())
    if found is None:
        raise not_found()
    if not found.alive:
        raise gone("deleted", "Resource has been deleted")
    _see(world, found, write)
    match_etag(found, write)
    _change(world, found, {**found.resource(), "status": "cancelled"}, {}, write)


def move(world: World, calendar: Calendar, event_id: str, destination: Calendar, write: Write) -> Found:
    """Take an event to another calendar under the same id; the destination becomes its organizer."""
    found = instances.find(calendar, event_id, world.now())
    if found is None or not found.alive or found.record is None:
        if found is not None and found.alive:
            raise forbidden("cannotChangeOrganizerOfInstance", "Cannot change the organizer of an instance.")
        raise not_found()
    if found.root is not None:
        raise forbidden("cannotChangeOrganizerOfInstance", "Cannot change the organizer of an instance.")
    if world.switches.moves_heed_etags:
        match_etag(found, write)
    record = found.record
    if record.resource["organizer"]["email"] != calendar.id or record.resource["eventType"] != "default":
        raise forbidden("cannotChangeOrganizer", "The organizer of this event cannot be changed.")
    existing = destination.records.get(event_id)
    if destination is calendar or (existing is not None and existing.alive):
        raise ApiError(409, "duplicate", "The requested identifier already exists.")
    moved = {**record.resource, "organizer": {"email": destination.id}}
    exceptions = [calendar.records[i] for i in calendar.exceptions.get(event_id, ())]
    new = Record(event_id, moved)
    world.commit(destination, new)
    for exception in exceptions:
        own = dict(exception.resource)
        copy = Record(exception.id, own, deleted=exception.deleted, root=event_id, original=exception.original)
        world.commit(destination, copy)
    series.reconcile(world, destination, new, {})
    before = series.ids(world, calendar, record)
    record.resource = {**record.resource, "status": "cancelled"}
    record.deleted = True
    world.commit(calendar, record)
    series.reconcile(world, calendar, record, before)
    result = whole(destination, new)
    guests.follow(world, result, record.resource, write.send_updates)
    return result


def writable_event(world: World, calendar: Calendar, event_id: str, write: Write) -> Found:
    """Find the event of a change; raises 404, 403 for one whose bin was emptied, 412."""
    found = instances.find(calendar, event_id, world.now())
    if found is None:
        raise not_found()
    if any(record is not None and record.purged for record in (found.record, found.root)):
        raise ApiError(403, "forbidden", "Forbidden")
    _see(world, found, write)
    match_etag(found, write)
    return found


def _see(world: World, found: Found, write: Write) -> None:
    """Raise 403 for a private event of somebody else, of which the writer sees only when it is."""
    if views.hides(found, views.role_of(world, write.by, found.calendar), write.by):
        raise forbidden("forbidden", "You need to have access to the details of private events.")


def _as_stored(world: World, body: Resource, write: Write) -> Resource:
    """Return a body with its texts as Google keeps them; raises ApiError 400 for a guest that it refuses."""
    if not write.imported:
        fields.check_attendees(body)
    longest = world.switches.longest_text
    cut = {name: body[name][:longest] for name in ("summary", "location", "description") if body.get(name)}
    if "description" in cut:
        cut["description"] = texts.stored(body["description"], world.switches.texts)[:longest]
    return {**body, **cut}


def _in_a_zone(world: World, event: Resource) -> Resource:
    """Name the zone of times in UTC that name none; it is that in which a series of the event repeats."""
    if world.switches.unnamed_zone != "utc":
        return event
    times = {name: event.get(name) or {} for name in ("start", "end")}
    bare = {name: time for name, time in times.items() if str(time.get("dateTime")).endswith("Z")}
    return {**event, **{name: {"timeZone": "UTC", **time} for name, time in bare.items()}}


def match_etag(found: Found, write: Write) -> None:
    """Raise 412 if the writer saw another version."""
    if write.if_match not in (None, "*", found.resource()["etag"]):
        raise condition_not_met()


def _change(world: World, found: Found, after: Resource, body: Resource, write: Write) -> Found:
    calendar, before, was_alive = found.calendar, found.resource(), found.alive
    if found.root is not None:
        after.pop("recurrence", None)
        if not found.root.alive:
            raise forbidden("forbidden", "The recurring event was deleted.")
    after = fields.checked(_in_a_zone(world, after), calendar.zone, room=calendar.room)
    if after.get("eventType") != before.get("eventType"):
        raise ApiError(400, "eventTypeRestriction", "The type of an event cannot be changed.", domain="calendar")
    if int(after.get("sequence", 0)) < int(before.get("sequence", 0)):
        raise invalid("Invalid sequence value. The specified sequence number is below the current one of the resource.")
    if write.conference and "conferenceData" in body:
        after = meet.apply(world, calendar, after, body["conferenceData"])
    if any(after.get(name) != before.get(name) for name in series.TIMING):
        after["sequence"] = max(int(after.get("sequence", 0)), int(before.get("sequence", 0)) + 1)
    changed = {name for name in {*after, *before} if after.get(name) != before.get(name)} - UNSEEN
    quiet = changed <= {"reminders"}
    if found.root is not None and found.original is not None:
        result = series.write_instance(world, found, after, quiet=quiet)
    else:
        result = _write_whole(world, found, after, quiet=quiet)
    guests.follow(world, result, before if was_alive else {}, write.send_updates)
    return result


def _write_whole(world: World, found: Found, after: Resource, *, quiet: bool) -> Found:
    record, calendar = found.record, found.calendar
    if record is None:
        raise not_found()
    before, was_series = series.ids(world, calendar, record), record.series
    record.resource = after
    record.deleted = after.get("status") == "cancelled"
    world.commit(calendar, record, quiet=quiet)
    if record.series and not was_series:
        record.became_series = record.changed
    series.reconcile(world, calendar, record, before)
    return whole(calendar, record)


def whole(calendar: Calendar, record: Record) -> Found:
    """Return a stored event as one that was looked up."""
    return instances.Found(calendar, record.id, record)
