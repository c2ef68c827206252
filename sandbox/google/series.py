"""What becomes of the instances when a series changes? Exceptions, vanished instances and the split."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from . import fields, instances, when
from .errors import invalid, not_found
from .store import Record, stamp

if TYPE_CHECKING:
    from .errors import Resource
    from .instances import Found
    from .store import Calendar
    from .world import World

# what an instance never keeps for itself, because its series or its id decides it
INHERITED = {"id", "etag", "updated", "recurringEventId", "originalStartTime", "iCalUID", "created", "creator"}


def ids(world: World, calendar: Calendar, record: Record) -> dict[str, Resource]:
    """Return the instances a series has now."""
    return dict(calendar.occurrences(record, world.now()))


def write_instance(world: World, found: Found, after: Resource, *, quiet: bool) -> Found:
    """Keep what makes one instance differ from its series."""
    calendar, root, original = found.calendar, found.root, found.original
    if root is None or original is None:
        raise not_found()
    inherited = instances.inherit(root.resource, found.id, original, calendar.zone)
    own = {name: after.get(name) for name in {*after, *inherited} - INHERITED if after.get(name) != inherited.get(name)}
    record = found.record or Record(found.id, {}, root=root.id, original=original)
    record.ghost = record.orphan = False
    record.resource = {**own, "updated": found.resource()["updated"]}
    record.deleted = after.get("status") == "cancelled"
    world.commit(calendar, record, quiet=quiet)
    return instances.Found(calendar, found.id, record, root, original)


def reconcile(world: World, calendar: Calendar, root: Record, before: dict[str, Resource]) -> None:
    """Make tombstones of instances that vanished, and undo those of instances that came back."""
    after = ids(world, calendar, root)
    own = calendar.exceptions.get(root.id, set())
    for instance_id in [*before, *(own - before.keys())]:
        record = calendar.records.get(instance_id)
        if instance_id in after:
            continue
        if record is None:
            tombstone = {"id": instance_id}
            original = before[instance_id]
            record = Record(instance_id, tombstone, root=root.id, original=original, orphan=True, ghost=True)
        elif record.orphan:
            continue
        record.orphan = True
        world.commit(calendar, record)
    for instance_id in after:
        record = calendar.records.get(instance_id)
        if record is not None and record.ghost:
            calendar.drop(record)
        elif record is not None and record.orphan:
            record.orphan = False
            world.commit(calendar, record)


def split(world: World, calendar: Calendar, root: Record, at: str, change: Resource) -> Record:
    """Do "this and following": end the series before `at` and begin a new root there.

    Extended properties are copied onto the new root, as Google does: a copied marker proves nothing.
    """
    before = ids(world, calendar, root)
    wanted = when.parse_instant(at) if "T" in at else None
    following = [
        original
        for original in before.values()
        if (original.get("date") == at if wanted is None else when.instant(original, calendar.zone) == wanted)
    ]
    if not following:
        raise invalid(f"No instance of this series starts at {at}.")
    first = following[0]
    earlier = sum(when.instant(o, calendar.zone) < when.instant(first, calendar.zone) for o in before.values())
    root_id = re.sub(r"_R\d{8}(T\d{6})?$", "", root.id) + "_R" + stamp(first).rstrip("Z")
    head = {name: value for name, value in root.resource.items() if name not in {"start", "end"}}
    begun = instances.inherit(root.resource, root_id, first, calendar.zone)
    tail = {**head, "id": root_id, "iCalUID": f"{root_id}@google.com", "start": begun["start"], "end": begun["end"]}
    tail["recurrence"] = [_shorter(line, earlier) for line in root.resource["recurrence"]]
    new = Record(root_id, fields.checked(fields.patched(tail, change), calendar.zone))
    moved = [calendar.records[i] for i in calendar.exceptions.get(root.id, ())]
    root.resource = {
        **root.resource,
        "recurrence": [_until(line, first, calendar.zone) for line in root.resource["recurrence"]],
    }
    world.commit(calendar, root)
    reconcile(world, calendar, root, before)
    world.commit(calendar, new)
    new_ids = ids(world, calendar, new)
    for exception in moved:
        instance_id = f"{root_id}_{stamp(exception.original or {})}" if exception.orphan else ""
        if instance_id in new_ids:
            own = dict(exception.resource)
            original = exception.original
            copy = Record(instance_id, own, root=root_id, original=original, deleted=exception.deleted)
            world.commit(calendar, copy)
    return new


def _until(line: str, first: Resource, calendar_zone: str) -> str:
    if not line.upper().startswith("RRULE:"):
        return line
    rest = re.sub(r";?(UNTIL|COUNT)=[^;]*", "", line)
    if "date" in first:
        end = (when.local(first) - timedelta(days=1)).strftime("%Y%m%d")
    else:
        end = (when.instant(first, calendar_zone) - timedelta(seconds=1)).strftime("%Y%m%dT%H%M%SZ")
    return f"{rest};UNTIL={end}"


def _shorter(line: str, earlier: int) -> str:
    """Take the instances that stay behind off the COUNT."""
    return re.sub(r"(COUNT=)(\d+)", lambda m: f"{m[1]}{max(1, int(m[2]) - earlier)}", line)
