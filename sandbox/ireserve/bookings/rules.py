"""Whether a booking may be as someone wants it: i-Reserve's own checks."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sandbox.ireserve.tenant.dialect import Dialect
from sandbox.ireserve.tenant.model import Booking, Object, World
from sandbox.ireserve.tenant.times import midnight, utc


class Refused(Exception):
    """A check said no; `keys` name the sentences of words.py."""

    def __init__(self, *keys: str) -> None:
        super().__init__(", ".join(keys))
        self.keys = keys


def shaped(world: World, booking: Booking) -> Booking:
    """Return the booking as its object's mode has it: whole days, or the activity's own period."""
    activity = world.activities.get(booking.event_id or "")
    if activity is not None:
        return replace(booking, object_id=activity.object_id, start=activity.start, end=activity.end)
    thing = world.objects.get(booking.object_id)
    if thing is not None and thing.mode == "day":
        return replace(booking, start=midnight(booking.start), end=midnight(booking.end))
    return booking


def occupied(world: World, dialect: Dialect, booking: Booking) -> tuple[datetime, datetime]:
    """Return the period that the booking blocks, in UTC."""
    thing = world.objects.get(booking.object_id)
    last_day_too = thing is not None and thing.mode == "day" and dialect.day_end == "inclusive"
    end = booking.end + timedelta(days=1) if last_day_too else booking.end  # a sum forgets which of two hours it is
    return utc(booking.start), utc(end)


def faults_of(world: World, dialect: Dialect, wanted: Booking) -> list[str]:
    """Return what is wrong with the booking itself, whoever makes it."""
    faults = []
    if wanted.object_id not in world.objects or not world.objects[wanted.object_id].active:
        return ["unknown_object"]
    if wanted.event_id and wanted.event_id not in world.activities:
        return ["unknown_event"]
    if world.objects[wanted.object_id].mode == "activity" and not wanted.event_id:
        return ["activity_only"]
    start, end = occupied(world, dialect, wanted)
    if wanted.start.replace(tzinfo=None) < wanted.end.replace(tzinfo=None):
        pass  # as the wall clock shows it; its moments may not, where it begins in the hour that spring skips
    elif end < start or (end == start and not world.objects[wanted.object_id].takes_no_time):
        faults.append("period_order")
    if wanted.number < 1:
        faults.append("places")
    if wanted.status_code not in world.statuses:
        faults.append("unknown_status")
    if wanted.customer_id is not None and wanted.customer_id not in world.customers:
        faults.append("unknown_customer")
    return faults


def conflicts(world: World, dialect: Dialect, wanted: Booking, overrides: Collection[str] = ()) -> list[str]:
    """Return why the period is not free for the booking; nothing for a status that does not count."""
    if not world.statuses[wanted.status_code].counts:
        return []
    found = _conflicts(world, dialect, wanted)
    return list(dict.fromkeys(key for key, right in found if right not in overrides))[:1]


def _conflicts(world: World, dialect: Dialect, wanted: Booking) -> Iterator[tuple[str, str]]:
    """Yield the key of each conflict and the right that overrides it."""
    thing = world.objects[wanted.object_id]
    rivals = [each for each in world.bookings.values() if each.id != wanted.id and _counts(world, each)]
    if wanted.event_id:
        taken = sum(each.number for each in rivals if each.event_id == wanted.event_id)
        if taken + wanted.number > world.activities[wanted.event_id].places:
            yield "event_full", "conflict"
        return
    if wanted.number > thing.places:
        yield "places", "conflict"
    if thing.opening and thing.mode == "time" and not _open(wanted, *thing.opening):
        yield "closed", "periods"
    start, end = occupied(world, dialect, wanted)
    overlapping = [
        (since, until, each)
        for each in rivals
        for since, until in [occupied(world, dialect, each)]
        if since < end and start < until
    ]
    own = [each for each in overlapping if each[2].object_id == wanted.object_id]
    for peak in [start, *(each[0] for each in own if each[0] > start)]:
        if sum(each.number for since, until, each in own if since <= peak < until) + wanted.number > thing.places:
            yield "not_available", "conflict"
    if any(_share(thing, world.objects.get(each.object_id)) for _, _, each in overlapping):
        yield "resource_taken", "resources"


def _share(thing: Object, other: Object | None) -> bool:
    return other is not None and other.id != thing.id and bool(set(thing.resources) & set(other.resources))


def assigned(world: World, dialect: Dialect, booking: Booking) -> Booking:
    """Return the booking of a main product as one of its first sub-product that is free, if it has any."""
    subs = [each for each in world.objects.values() if each.main_id == booking.object_id and each.active]
    offers = [replace(booking, object_id=each.id) for each in sorted(subs, key=lambda each: each.id)]
    free = (each for each in offers if not faults_of(world, dialect, each) and not conflicts(world, dialect, each))
    return next(free, offers[0] if offers else booking)


def _counts(world: World, booking: Booking) -> bool:
    status = world.statuses.get(booking.status_code)
    return status is not None and status.counts


def _open(wanted: Booking, first: int, last: int) -> bool:
    opens = midnight(wanted.start).replace(hour=first)
    closes = midnight(wanted.start) + timedelta(hours=last)
    return utc(opens) <= utc(wanted.start) and utc(wanted.end) <= utc(closes)


def moved(before: Booking, after: Booking) -> bool:
    """Whether the change needs a free period: another time, object, activity or more places."""
    return (
        (before.object_id, utc(before.start), utc(before.end), before.event_id)
        != (after.object_id, utc(after.start), utc(after.end), after.event_id)
    ) or after.number > before.number


def may_follow(world: World, before: int, after: int) -> bool:
    """Whether the status may change this way."""
    status = world.statuses.get(before)
    return before == after or status is None or status.targets is None or after in status.targets
