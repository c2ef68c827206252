"""The event that an id means: a single one, a root, or an instance of a series, stored or only implied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.google.times import when

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.google.errors import Resource
    from sandbox.google.world.store import Calendar, Record


@dataclass(frozen=True)
class Found:
    """An event of a calendar; an instance without fields of its own has no `record` yet."""

    calendar: Calendar
    id: str
    record: Record | None
    root: Record | None = None
    original: Resource | None = None

    @property
    def alive(self) -> bool:
        """Whether people see it."""
        if self.root is not None and not self.root.alive:
            return False
        return self.record is None or self.record.alive

    @property
    def changed(self) -> int:
        """The latest change that concerns it, on its calendar's counter."""
        return max(r.changed for r in (self.record, self.root) if r is not None)

    def resource(self) -> Resource:
        """Return the whole resource as kept, instances with what they inherit."""
        if self.root is None or self.original is None:
            return {} if self.record is None else self.record.resource
        inherited = inherit(self.root.resource, self.id, self.original, self.calendar.zone)
        if self.record is None:
            return inherited
        merged = {**inherited, **self.record.resource}
        return {name: value for name, value in merged.items() if value is not None}


def inherit(root: Resource, instance_id: str, original: Resource, calendar_zone: str) -> Resource:
    """Return what an instance has from its series: everything, at its own time."""
    start, end = root["start"], root["end"]
    length = when.local(end) - when.local(start)
    finish = when.from_local(when.local(original) + length, end, calendar_zone)
    instance = {name: value for name, value in root.items() if name != "recurrence"}
    instance.update(id=instance_id, recurringEventId=root["id"], originalStartTime=original, start=original, end=finish)
    return instance


def find(calendar: Calendar, event_id: str, now: datetime) -> Found | None:
    """Look an id up; None if the calendar never had it or no longer implies it."""
    record = calendar.records.get(event_id)
    if record is not None and record.root is None:
        return Found(calendar, event_id, record)
    if record is not None:
        root = calendar.records.get(record.root or "")
        if root is None or record.original is None or (record.ghost and root.alive):
            return None
        return Found(calendar, event_id, record, root, record.original)
    for root in calendar.roots_of(event_id):
        original = calendar.occurrences(root, now).get(event_id)
        if original is not None:
            return Found(calendar, event_id, None, root, original)
    return None


@dataclass
class Page:
    """The rest of a listing: where it goes on, and what its last page ends with."""

    calendar: str
    query: Resource
    rest: list[Found]
    counter: int
    was_empty: bool = False
