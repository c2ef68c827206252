"""What becomes of the instances when a series changes: exceptions, vanished instances and the split."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.google.errors import invalid, not_found
from sandbox.google.events import fields
from sandbox.google.times import when
from sandbox.google.world import instances
from sandbox.google.world.store import Record, family_of, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.google.errors import Resource
    from sandbox.google.world.instances import Found
    from sandbox.google.world.store import Calendar
    from sandbox.google.world.world import World

TIMING = ("start", "end", "recurrence")
BASE32HEX = "0123456789abcdefghijklmnopqrstuv"
# fields that an instance never keeps, because its series or its id decides them
INHERITED = {"id", "etag", "updated", "recurringEventId", "originalStartTime", "iCalUID", "created", "creator"}


def ids(world: World, calendar: Calendar, record: Record) -> dict[str, Resource]:
    """Return the instances a series has now."""
    return dict(calendar.occurrences(record, world.now()))


def write_instance(world: World, found: Found, after: Resource, *, quiet: bool) -> Found:
    """Keep what makes one instance differ from its series."""
    calendar, root, original = found.calendar, found.root, found.original
    if root is None or original is None:
        raise not_found()
    if found.record is not None and found.record.orphan:
        raise not_found()  # its series has no such instance any more: what was written would be shown nowhere
    inherited = instances.inherit(root.resource, found.id, original, calendar.zone)
    own = {name: after.get(name) for name in {*after, *inherited} - INHERITED if after.get(name) != inherited.get(name)}
    record = found.record or Record(found.id, {}, root=root.id, original=original)
    record.ghost = record.orphan = False
    record.resource = {**own, "updated": found.resource()["updated"]}
    record.deleted = after.get("status") == "cancelled"
    world.commit(calendar, record, quiet=quiet)
    return instances.Found(calendar, found.id, record, root, original)


def reconcile(
    world: World, calendar: Calendar, root: Record, before: dict[str, Resource], taken_over: Iterable[str] = ()
) -> None:
    """Make tombstones of instances that vanished, and undo those of instances that came back.

    Google reports vanished instances of about half a year around today, and no others. `taken_over` are ids that a root
    split off this one has now.
    """
    after = {**ids(world, calendar, root), **dict.fromkeys(taken_over)}
    own = calendar.exceptions.get(root.id, {})
    near = timedelta(days=world.switches.tombstone_days)
    for instance_id in [*before, *(each for each in own if each not in before)]:
        record = calendar.records.get(instance_id)
        if instance_id in after or (record is not None and record.orphan):
            continue
        original = before.get(instance_id) or (record.original if record is not None else None) or {}
        told = abs(when.instant(original, calendar.zone) - world.now()) <= near
        if record is None and told:
            tombstone = {"id": instance_id}
            record = Record(instance_id, tombstone, root=root.id, original=original, orphan=True, ghost=True)
        if record is not None:
            record.orphan = True
            world.commit(calendar, record, quiet=not told)
            if not told:
                calendar.put_quietly(record)
    for instance_id in ids(world, calendar, root):
        record = calendar.records.get(instance_id)
        if record is not None and record.ghost:
            calendar.drop(record)
        elif record is not None and record.orphan:
            record.orphan = False
            _belongs_to(calendar, record, root)
            world.commit(calendar, record)


def split(world: World, calendar: Calendar, root: Record, at: str, change: Resource) -> Record:
    """Do "this and following": end the series before `at` and begin a new root there.

    With another time or rule the new root gets an id that has nothing to do with the old one; only etag, `updated` and
    `created` are the same. Otherwise it is `X_R20250327T123000`, and its instances keep the ids that they had.
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
    begins = when.instant(first, calendar.zone)
    earlier = sum(when.instant(o, calendar.zone) < begins for o in before.values())
    root_id = f"{family_of(root.id)}_R{stamp(first).rstrip('Z')}"
    head = {name: value for name, value in root.resource.items() if name not in {"start", "end"}}
    begun = instances.inherit(root.resource, root_id, first, calendar.zone)
    tail = {**head, "id": root_id, "start": begun["start"], "end": begun["end"]}
    tail["recurrence"] = [_shorter(line, earlier) for line in root.resource["recurrence"]]
    changed = fields.checked(fields.patched(tail, change), calendar.zone, room=calendar.room)
    if any(changed.get(name) != tail.get(name) for name in TIMING):
        root_id = world.letters(26, BASE32HEX)
    new = Record(root_id, {**changed, "id": root_id, "iCalUID": f"{root_id}@google.com"})
    exceptions = [calendar.records[i] for i in calendar.exceptions.get(root.id, ())]
    root.resource = {
        **root.resource,
        "recurrence": [_until(line, first, calendar.zone) for line in root.resource["recurrence"]],
    }
    world.commit(calendar, root)
    world.commit(calendar, new)
    new.resource |= {name: root.resource[name] for name in ("etag", "updated", "created")}
    new_ids = ids(world, calendar, new)
    for exception in exceptions:
        if exception.id in new_ids and not exception.orphan:
            _belongs_to(calendar, exception, new)
            world.commit(calendar, exception, quiet=True)
    reconcile(world, calendar, root, before, new_ids)
    return new


def _belongs_to(calendar: Calendar, exception: Record, root: Record) -> None:
    """Make an exception one of another root of its family, which has its id now."""
    if exception.root is not None:
        calendar.exceptions.get(exception.root, {}).pop(exception.id, None)
    exception.root = root.id


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
    """Subtract the instances that stay behind from the COUNT."""
    return re.sub(r"(COUNT=)(\d+)", lambda m: f"{m[1]}{max(1, int(m[2]) - earlier)}", line)
