"""The filters of events.list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.google.times import when

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.google.errors import Resource
    from sandbox.google.world.instances import Found

SEARCHED = ("summary", "description", "location")


def start(found: Found) -> datetime:
    """Return when an event begins."""
    return when.instant(found.resource()["start"], found.calendar.zone)


def wanted(found: Found, query: Resource, *, single: bool) -> bool:
    """Whether a full list shows the event."""
    return shown(found, query, single=single) and inside(found, query) and _fits(found, query)


def inside(found: Found, query: Resource) -> bool:
    """Whether the event overlaps timeMin (exclusive, by its end) to timeMax (exclusive, by its start)."""
    low, high = query.get("timeMin"), query.get("timeMax")
    if low is None and high is None:
        return True
    event, zone = found.resource(), found.calendar.zone
    if "start" not in event:
        return False
    if high is not None and when.instant(event["start"], zone) >= when.parse_instant(high):
        return False
    if low is None or (found.root is None and event.get("recurrence")):
        # a series is listed if any part of it may still come
        return True
    return when.instant(event["end"], zone) > when.parse_instant(low)


def shown(found: Found, query: Resource, *, single: bool) -> bool:
    """Whether a full list shows an event in its present state."""
    if found.alive or query.get("showDeleted"):
        return True
    if "updatedMin" in query:
        return True
    # without expansion, a live series shows its cancelled instances even if deleted events are not asked for
    record = found.record
    return bool(not single and found.root is not None and found.root.alive and record and not record.orphan)


def _fits(found: Found, query: Resource) -> bool:
    names = {"updatedMin", "iCalUID", "q", "eventTypes", "privateExtendedProperty", "sharedExtendedProperty"}
    if not names & query.keys():
        return True
    event = found.resource()
    if "updatedMin" in query:
        low = when.parse_instant(query["updatedMin"])
        if when.parse(event["updated"]) < low:
            return False
    if "iCalUID" in query and event.get("iCalUID") != query["iCalUID"]:
        return False
    if "eventTypes" in query and event.get("eventType", "default") not in query["eventTypes"]:
        return False
    for scope in ("private", "shared"):
        members = (event.get("extendedProperties") or {}).get(scope, {})
        for constraint in query.get(f"{scope}ExtendedProperty", ()):
            name, _, value = constraint.partition("=")
            if members.get(name) != value:
                return False
    return "q" not in query or _mentions(event, query["q"])


def _mentions(event: Resource, terms: str) -> bool:
    people = [*event.get("attendees", ()), event.get("organizer", {})]
    texts = [event.get(name, "") for name in SEARCHED]
    texts += [person.get(name, "") for person in people for name in ("email", "displayName")]
    return all(term in " ".join(texts).lower() for term in terms.lower().split())
