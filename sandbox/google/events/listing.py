"""What a list of events shows: filters, expansion, pages and sync tokens.

https://developers.google.com/calendar/api/guides/sync
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.google.errors import ApiError, bad_request, gone, invalid
from sandbox.google.events import matching, views
from sandbox.google.times import when
from sandbox.google.world.instances import Found, Page, find

if TYPE_CHECKING:
    from sandbox.google.errors import Resource
    from sandbox.google.world.store import Calendar, Record
    from sandbox.google.world.world import World

MOST, USUAL = 2500, 250
# parameters that neither give nor take a sync token
NOT_WITH_SYNC = ("iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "updatedMin")
WINDOW = {"timeMin", "timeMax"}
# parameters that may differ between the pages and rounds of one listing
FREE = {"maxResults", "pageToken", "syncToken", "fields", "alt", "prettyPrint", "key", "quotaUser", "userIp"}
FIXED_BY_SYNC = ("singleEvents", "eventTypes", "showHiddenInvitations")


def events(world: World, calendar: Calendar, query: Resource, role: str, reader: str) -> Resource:
    """Answer events.list to an account; `query` holds converted values (bool, int, list, str)."""
    fixed = {name: value for name, value in query.items() if name not in FREE}
    token = query.get("pageToken")
    if token is not None:
        page = world.pages.get(token)
        if page is None or page.calendar != calendar.id:
            raise invalid("Invalid page token value.")
        if page.query != {**fixed, "syncToken": query.get("syncToken")}:
            raise bad_request("A page must be asked for with the parameters of the first page.")
    else:
        rest = _select(world, calendar, query)
        page = Page(calendar.id, {**fixed, "syncToken": query.get("syncToken")}, rest, _seen(world, calendar))
    answer: Resource = {
        "kind": "calendar#events",
        "etag": f'"p{calendar.epoch}_{calendar.counter}"',
        "summary": calendar.summary,
        "updated": world.stamp(),
        "timeZone": query.get("timeZone", calendar.zone),
        "accessRole": role,
        "defaultReminders": [{"method": "popup", "minutes": 30}] if calendar.id == calendar.owner else [],
    }
    shown, following = _cut(world, page, min(query.get("maxResults", USUAL), MOST))
    changes, single = query.get("syncToken") is not None, bool(query.get("singleEvents"))
    if token is not None:  # what changed, or was deleted, while a client read the pages
        now = (_as_it_is(world, found, single=single) for found in shown)
        shown = [found for found in now if found and (changes or matching.shown(found, query, single=single))]
    answer["items"] = [_show(world, found, query, role, reader) for found in shown]
    if following is not None:
        answer["nextPageToken"] = world.letters(40)
        world.keep_page(answer["nextPageToken"], following)
    else:
        answer["items"] += [calendar.recorded[name] for name in calendar.unlisted]
        calendar.unlisted.clear()
        if world.switches.sync_tokens and not any(name in query for name in NOT_WITH_SYNC):
            answer["nextSyncToken"] = _sync_token(world, calendar, page)
    return answer


def instances(world: World, calendar: Calendar, root: Record, query: Resource, role: str, reader: str) -> Resource:
    """Answer events.instances: the occurrences of one series."""
    found = [
        f
        for f in _occurrences(world, calendar, root)
        if (f.alive or query.get("showDeleted")) and matching.inside(f, query)
    ]
    offset = int(query["pageToken"]) if str(query.get("pageToken", "")).isdigit() else 0
    size = min(query.get("maxResults", USUAL), MOST)
    answer = {
        "kind": "calendar#events",
        "summary": calendar.summary,
        "timeZone": calendar.zone,
        "accessRole": role,
        "items": [_show(world, f, query, role, reader) for f in found[offset : offset + size]],
    }
    return answer if offset + size >= len(found) else {**answer, "nextPageToken": str(offset + size)}


def _cut(world: World, page: Page, size: int) -> tuple[list[Found], Page | None]:
    """Take one page off; it may be short or empty and still have a next one."""
    switches = world.switches
    if switches.page_empty and not page.was_empty:
        return [], Page(page.calendar, page.query, page.rest, page.counter, was_empty=True)
    size = min(size, switches.page_size or size)
    if len(page.rest) <= size:
        return page.rest, None
    return page.rest[:size], Page(page.calendar, page.query, page.rest[size:], page.counter)


def _as_it_is(world: World, found: Found, *, single: bool) -> Found | None:
    """Return an event that waited for its page as it is by now, of the series it is of by now; None: nothing tells of it.

    A page never shows an event's new etag with what the event said before.
    """
    calendar, record = found.calendar, found.calendar.records.get(found.id)
    if (current := find(calendar, found.id, world.now())) is not None:
        return _without_instances(current) if single else current
    is_told = record is not None or (found.root is not None and not found.root.alive)
    return replace(found, record=record) if is_told else None


def _without_instances(found: Found) -> Found:
    """Return an event as lists of single events show it: the root of a series is gone, its instances take its place."""
    record = found.record
    return found if record is None or not record.series else replace(found, record=replace(record, deleted=True))


def _show(world: World, found: Found, query: Resource, role: str, reader: str) -> Resource:
    if not found.alive:
        return views.tombstone(found, world.switches.tombstones)
    return views.event(found, zone_name=query.get("timeZone"), busy=views.hides(found, role, reader))


def _select(world: World, calendar: Calendar, query: Resource) -> list[Found]:
    single = bool(query.get("singleEvents"))
    if query.get("syncToken") is not None:
        return _changes(world, calendar, _since(world, calendar, query), single=single)
    if query.get("orderBy") == "startTime" and not single:
        raise bad_request("The requested ordering is not available for the particular query.")
    _check_updated_min(world, query)
    if query.keys() >= WINDOW and when.parse_instant(query["timeMin"]) >= when.parse_instant(query["timeMax"]):
        raise ApiError(400, "timeRangeEmpty", "The specified time range is empty.", domain="calendar")
    found = [f for record in calendar.records.values() for f in _all_of(world, calendar, record, single=single)]
    chosen = [f for f in found if matching.wanted(f, query, single=single)]
    if query.get("orderBy") == "startTime":
        chosen.sort(key=matching.start)
    elif query.get("orderBy") == "updated":
        chosen.sort(key=lambda f: f.changed)
    return chosen


def _all_of(world: World, calendar: Calendar, record: Record, *, single: bool) -> list[Found]:
    """Expand one record into what a full list may show of it."""
    if record.root is not None:
        # a live instance is listed by its series; an orphan by itself
        if single and not record.orphan:
            return []
        found = Found(calendar, record.id, record, calendar.records.get(record.root), record.original)
        return [found] if found.root is not None and not (record.ghost and not single) else []
    if single and record.series:
        return _occurrences(world, calendar, record)
    return [Found(calendar, record.id, record)]


def _occurrences(world: World, calendar: Calendar, root: Record) -> list[Found]:
    return [
        Found(calendar, instance_id, calendar.records.get(instance_id), root, original)
        for instance_id, original in calendar.occurrences(root, world.now()).items()
    ]


def _seen(world: World, calendar: Calendar) -> int:
    """Return the last change that readers of a calendar see; notifications may be ahead of it."""
    lag = world.switches.lag_seconds
    return calendar.counter_at(world.now() - timedelta(seconds=lag)) if lag else calendar.counter


def _changes(world: World, calendar: Calendar, counter: int, *, single: bool) -> list[Found]:
    """List what changed; a changed series is all its instances when they are single events."""
    found: dict[str, Found] = {}
    seen = _seen(world, calendar)
    for record in calendar.changed_since(counter):
        if (record.ghost and not single) or record.changed > seen:
            continue
        if record.root is not None:
            known = calendar.records.get(record.root)
            if known is not None:
                found[record.id] = Found(calendar, record.id, record, known, record.original)
        elif single and record.series:
            if record.became_series > counter:
                found[record.id] = _without_instances(Found(calendar, record.id, record))
            found.update((f.id, f) for f in _occurrences(world, calendar, record))
        else:
            found[record.id] = Found(calendar, record.id, record)
    return list(found.values())


def _check_updated_min(world: World, query: Resource) -> None:
    oldest = world.now() - timedelta(days=world.switches.sync_token_days)
    if "updatedMin" in query and when.parse_instant(query["updatedMin"]) < oldest:
        raise gone("updatedMinTooLongAgo", "The requested minimum modification time lies too far in the past.")


def _sync_token(world: World, calendar: Calendar, page: Page) -> str:
    said: dict[str, Any] = {name: page.query[name] for name in FIXED_BY_SYNC if name in page.query}
    issued = world.now().timestamp()
    content = [calendar.id, calendar.number, calendar.epoch, page.counter, issued, said]
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


def _since(world: World, calendar: Calendar, query: Resource) -> int:
    """Return the change that a sync token marks; raises 400 for a wrong one, 410 for a dead one."""
    for name in (*NOT_WITH_SYNC, *WINDOW):
        if name in query:
            raise bad_request(f"Sync token cannot be used with other query restrictions: {name}.")
    if query.get("showDeleted") is False:
        raise bad_request("showDeleted cannot be false when a sync token is given.")
    try:
        calendar_id, number, epoch, counter, issued, said = json.loads(base64.urlsafe_b64decode(query["syncToken"]))
    except (ValueError, TypeError, binascii.Error) as error:
        raise invalid("Invalid sync token value.") from error
    if calendar_id != calendar.id:
        raise invalid("Invalid sync token value.")
    age = world.now() - datetime.fromtimestamp(issued, UTC)
    if (number, epoch) != (calendar.number, calendar.epoch) or age > when.days(world.switches.sync_token_days):
        raise gone("fullSyncRequired", "Sync token is no longer valid, a full sync is required.")
    if said != {name: query[name] for name in FIXED_BY_SYNC if name in query}:
        raise bad_request("The parameters differ from those the sync token was issued for.")
    return int(counter)
