"""What a person can do in the calendar's own screens: as the API, but without scopes, plus the bin and copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.google.errors import bad_request, not_found
from sandbox.google.events import fields, guests, series, writing
from sandbox.google.events.writing import Write
from sandbox.google.world import instances

if TYPE_CHECKING:
    from sandbox.google.errors import Resource
    from sandbox.google.world.instances import Found
    from sandbox.google.world.store import Calendar
    from sandbox.google.world.world import World


def calendar(world: World, calendar_id: str) -> Calendar:
    """Return a calendar by id, 404 if it is not there."""
    known = world.calendars.get(calendar_id)
    if known is None:
        raise not_found(f"There is no calendar {calendar_id}.")
    return known


def found(world: World, where: Calendar, event_id: str) -> Found:
    """Return an event by id, 404 if it is not there."""
    event = instances.find(where, event_id, world.now())
    if event is None:
        raise not_found(f"There is no event {event_id} on {where.id}.")
    return event


def act(where: Calendar, send_updates: str = "none", *, imported: bool = False) -> Write:
    """Return the way in which the calendar's owner writes."""
    return Write(by=where.owner, send_updates=send_updates, conference=True, imported=imported)


def every(world: World, where: Calendar, *, deleted: bool, expand: bool) -> list[Found]:
    """List what is on a calendar: masters and exceptions, or with `expand` every instance."""
    listed: list[Found] = []
    for record in list(where.records.values()):
        if record.ghost or record.purged or not (record.alive or deleted):
            continue
        if record.root is not None:
            if not expand or record.orphan:
                root = where.records[record.root]
                listed.append(instances.Found(where, record.id, record, root, record.original))
        elif expand and record.series and record.alive:
            for instance_id, original in where.occurrences(record, world.now()).items():
                own = where.records.get(instance_id)
                if own is None or own.alive or deleted:
                    listed.append(instances.Found(where, instance_id, own, record, original))
        else:
            listed.append(instances.Found(where, record.id, record))
    return listed


def restore(world: World, where: Calendar, event_id: str) -> Found:
    """Take an event out of the bin."""
    return writing.patch(world, where, event_id, {"status": "confirmed"}, act(where))


def purge(world: World, where: Calendar, event_id: str) -> None:
    """Empty the bin of one event: it cannot be revived any more."""
    record = found(world, where, event_id).record
    if record is None or record.alive:
        raise bad_request("Only a deleted event can be purged.")
    record.purged = True
    world.number()


def duplicate(world: World, where: Calendar, event_id: str) -> Found:
    """Copy an event under a new id; Google copies extended properties with it."""
    original = found(world, where, event_id).resource()
    body = {name: value for name, value in original.items() if name in fields.WRITABLE}
    body |= {"id": world.letters(26, series.BASE32HEX), "status": "confirmed"}
    return writing.insert(world, where, body, act(where))


def split(world: World, where: Calendar, event_id: str, at: str, change: Resource) -> Found:
    """Change "this and following" of a series; returns the new root."""
    event = found(world, where, event_id)
    root = event.root or event.record
    if root is None or not root.series or not root.alive:
        raise bad_request("Only a series can be split.")
    before = root.resource
    new = writing.whole(where, series.split(world, where, root, at, change))
    guests.follow(world, writing.whole(where, root), before, "none")
    guests.follow(world, new, {}, "none")
    return new


def respond(world: World, where: Calendar, event_id: str, email: str, status: str) -> Found:
    """Give a guest's answer to an invitation."""
    if status not in fields.RESPONSES:
        raise bad_request(f"{status} is no responseStatus.")
    if not guests.respond(world, where, event_id, email, status):
        raise not_found(f"{email} is no guest of {event_id}.")
    return found(world, where, event_id)
