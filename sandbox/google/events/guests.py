"""What guests get: mails, and a copy of the event on the primary calendar of those with an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.google.events import series
from sandbox.google.times import when
from sandbox.google.world.store import Record
from sandbox.google.world.switches import Mail, MailKind

if TYPE_CHECKING:
    from sandbox.google.errors import Resource
    from sandbox.google.world.instances import Found
    from sandbox.google.world.store import Calendar
    from sandbox.google.world.world import World

# fields of the copy itself, never taken from the organizer's event
OWN = {"reminders", "etag", "updated"}
ROOMS = "@resource.calendar.google.com"
UNMAILED = OWN | {"extendedProperties", "sequence"}


def follow(world: World, found: Found, before: Resource, send_updates: str) -> None:
    """After a write: mail whom `send_updates` says and bring the guests' copies up to date.

    `before` is the event as it was, empty for one that was not there.
    """
    moved = any(before.get(name) != found.resource().get(name) for name in ("start", "end"))
    _rooms_answer(world, found, anew=bool(before) and moved)
    after = found.resource()
    organizer = after["organizer"]["email"]
    if found.record is not None and found.record.copy_of is not None:
        _answer(world, found)
        if send_updates == "all":
            world.mails.append(Mail(organizer, found.calendar.id, found.id, "reply", world.stamp()))
        return
    people = _emails(after) | _emails(before)
    if not people:
        return
    if send_updates != "none":
        _mail(world, found, before, people - {organizer, found.calendar.owner}, external=send_updates != "all")
    rooms = {calendar.id for calendar in world.calendars.values() if calendar.room}
    for email in sorted(people & (world.accounts.keys() | rooms) - {organizer}):
        _mirror(world, found, world.calendars[email], invited=found.alive and email in _emails(after))


def _emails(event: Resource) -> set[str]:
    return {attendee["email"] for attendee in event.get("attendees", ()) if attendee.get("email")}


def _rooms_answer(world: World, found: Found, *, anew: bool) -> None:
    """Let invited rooms accept, or decline if a single event already takes that time; `anew`: it was moved."""
    record = found.record
    if record is None or record.copy_of is not None or not found.alive:
        return
    attendees = record.resource.get("attendees", [])
    answered = [_answer_of(world, found, attendee, anew=anew) for attendee in attendees]
    if answered != attendees:
        record.resource = {**record.resource, "attendees": answered}


def _answer_of(world: World, found: Found, attendee: Resource, *, anew: bool) -> Resource:
    room = world.calendars.get(attendee.get("email", ""))
    if room is None or not room.room or not (anew or attendee.get("responseStatus") == "needsAction"):
        return attendee
    attendee = {name: value for name, value in attendee.items() if name != "comment"}
    if not room.accepts:
        return {**attendee, "resource": True, "responseStatus": "needsAction"}
    event, zone = found.resource(), found.calendar.zone
    begins, ends = (when.instant(event[name], zone) for name in ("start", "end"))
    taken = any(
        when.instant(other.resource["start"], room.zone) < ends
        and when.instant(other.resource["end"], room.zone) > begins
        for other in room.records.values()
        if other.id != found.id and other.alive and other.root is None and not other.series
    )
    return {**attendee, "resource": True, "responseStatus": "declined" if taken else "accepted"}


def _mail(world: World, found: Found, before: Resource, people: set[str], *, external: bool) -> None:
    after = found.resource()
    changed = any(after.get(n) != before.get(n) for n in {*after, *before} - UNMAILED)
    for email in sorted(people):
        if (external and email in world.accounts) or email.endswith(ROOMS):
            continue
        invited, was = found.alive and email in _emails(after), email in _emails(before)
        if invited and was and not changed:
            continue
        kind: MailKind = "cancellation" if not invited else "update" if was else "invitation"
        if invited or was:
            world.mails.append(Mail(email, found.calendar.id, found.id, kind, world.stamp()))


def _mirror(world: World, found: Found, primary: Calendar, *, invited: bool) -> None:
    """Copy the event under the same id; private extended properties stay the organizer's."""
    record, source = found.record, (found.calendar.id, found.id)
    if record is None or primary is found.calendar:
        return
    copy = primary.records.get(found.id)
    if copy is not None and copy.copy_of is None and not copy.ghost:
        return
    # a cancelled instance goes to everybody who has the series
    if record.root not in primary.records if record.root is not None else copy is None and not invited:
        return
    old = copy.resource if copy is not None else {}
    shared = {n: v for n, v in record.resource.items() if n not in OWN}
    properties = {"shared": (shared.pop("extendedProperties", None) or {}).get("shared")}
    properties["private"] = (old.get("extendedProperties") or {}).get("private")
    kept = {scope: members for scope, members in properties.items() if members}
    if kept:
        shared["extendedProperties"] = kept
    if record.root is None:
        shared["reminders"] = old.get("reminders", {"useDefault": True})
    target = copy or Record(found.id, {}, root=record.root, original=record.original, copy_of=source)
    before = series.ids(world, primary, target) if target.resource else {}
    target.copy_of, target.ghost, target.orphan = source, False, False
    target.deleted = not invited
    target.resource = {**shared, "status": "cancelled" if not invited else shared.get("status", "confirmed")}
    if primary.room and record.root is None:
        target.resource |= {name: when.midnight(shared[name], primary.zone) for name in ("start", "end")}
    world.commit(primary, target)
    series.reconcile(world, primary, target, before)


def _answer(world: World, found: Found) -> None:
    """Carry a guest's answer, or a deleted copy as `declined`, over to the organizer's event."""
    record = found.record
    if record is None or record.copy_of is None:
        return
    calendar_id, event_id = record.copy_of
    me = found.calendar.id
    own: Resource = next((a for a in found.resource().get("attendees", ()) if a.get("email") == me), {})
    said = own.get("responseStatus", "declined") if record.alive else "declined"
    respond(world, world.calendars[calendar_id], event_id, me, said, str(own.get("comment", "")))


def respond(world: World, calendar: Calendar, event_id: str, email: str, status: str, comment: str = "") -> bool:
    """Set one guest's answer on the organizer's event; False if there is no such guest."""
    record = calendar.records.get(event_id)
    attendees = record.resource.get("attendees", []) if record is not None else []
    if record is None or not any(a.get("email") == email for a in attendees):
        return False
    said = {"responseStatus": status, **({"comment": comment} if comment else {})}
    answered = [{**a, **said} if a.get("email") == email else a for a in attendees]
    if answered != attendees:
        record.resource = {**record.resource, "attendees": answered}
        world.commit(calendar, record)
        for other in sorted({a.get("email", "") for a in answered} & world.calendars.keys()):
            copy = world.calendars[other].records.get(event_id)
            if copy is not None and copy.copy_of == (calendar.id, event_id):
                copy.resource = {**copy.resource, "attendees": answered}
                world.commit(world.calendars[other], copy)
    return True
