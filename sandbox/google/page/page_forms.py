"""The page's forms: from their fields to writes on a calendar and back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.google.errors import bad_request
from sandbox.google.events import people, texts, writing
from sandbox.google.times import when

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.google.errors import Resource
    from sandbox.google.world.store import Calendar
    from sandbox.google.world.world import World

TEXTS = ("summary", "description", "location")
ONE_DAY = timedelta(days=1)


def fields(world: World, calendar_id: str, event: Resource | None, given: Mapping[str, str]) -> Resource:
    """Return what the form starts with: an event's values, or the slot that was clicked."""
    if event is None:
        now = world.now().astimezone(when.zone("Europe/Amsterdam")).replace(minute=0)
        start = given.get("start") or (now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
        later = datetime.fromisoformat(start) + timedelta(hours=1)
        slot = {"start": start, "end": given.get("end") or later.strftime("%Y-%m-%dT%H:%M")}
        return {
            "calendar": calendar_id,
            "all_day": False,
            **slot,
            "guests": "",
            "recurrence": "",
            "notify": "none",
            "shows_as": "",
        }
    all_day = "date" in event["start"]
    begins, ends = when.local(event["start"]), when.local(event["end"])
    return {
        "calendar": calendar_id,
        "all_day": all_day,
        "start": begins.strftime("%Y-%m-%dT%H:%M"),
        # people think of the last day, the interface of the day after it
        "end": (ends - ONE_DAY if all_day else ends).strftime("%Y-%m-%dT%H:%M"),
        "guests": ", ".join(a["email"] for a in event.get("attendees", ()) if a.get("email")),
        "shows_as": "free" if event.get("transparency") == "transparent" else "busy",
        "recurrence": "\n".join(event.get("recurrence", ())),
    }


def apply(world: World, form: Mapping[str, str]) -> None:
    """Do what the form's button says; raises ApiError as the API would."""
    where, deed = people.calendar(world, form.get("calendar", "")), form.get("deed", "save")
    event_id, write = form.get("id", ""), people.act(where, form.get("notify", "none"))
    if deed == "delete":
        _delete(world, where, event_id, form.get("scope", "one"), write)
    elif deed in {"restore", "purge", "duplicate"}:
        getattr(people, deed)(world, where, event_id)
    elif deed == "respond":
        people.respond(world, where, event_id, form.get("email", ""), form.get("response", ""))
    elif deed != "save":
        raise bad_request(f"There is no button {deed}.")
    elif event_id:
        _change(world, where, event_id, form, write)
    else:
        target = people.calendar(world, form.get("destination") or where.id)
        writing.insert(world, target, _body(form, {}, target), write)


def _change(world: World, where: Calendar, event_id: str, form: Mapping[str, str], write: writing.Write) -> None:
    found = people.found(world, where, event_id)
    before = found.resource()
    change = _body(form, before, where)
    scope = form.get("scope", "one")
    if found.root is None or scope == "one":
        writing.patch(world, where, event_id, change, write)
    elif scope == "following":
        at = found.original or {}
        people.split(world, where, event_id, str(at.get("date") or at.get("dateTime")), change)
    else:
        writing.patch(world, where, found.root.id, _shifted(found.root.resource, before, change), write)
    destination = people.calendar(world, form.get("destination") or where.id)
    if destination is not where:
        writing.move(world, where, event_id, destination, write)


def _delete(world: World, where: Calendar, event_id: str, scope: str, write: writing.Write) -> None:
    found = people.found(world, where, event_id)
    root = found.root.id if found.root is not None and scope == "all" else event_id
    writing.delete(world, where, root, write)


def _body(form: Mapping[str, str], before: Resource, where: Calendar) -> Resource:
    """Return a patch of what the form has."""
    change: Resource = {name: form[name] or None for name in TEXTS if name in form}
    if change.get("description") and change["description"] != before.get("description"):
        change["description"] = texts.edited(change["description"])
    known = {a["email"]: a for a in before.get("attendees", ()) if a.get("email")}
    emails = [email.strip() for email in form.get("guests", "").replace("\n", ",").split(",") if email.strip()]
    change["attendees"] = [known.get(email, {"email": email}) for email in emails] or None
    # a whole day made in Google's web interface is free by default
    free = form.get("shows_as") == "free" or (not form.get("shows_as") and bool(form.get("all_day")))
    change["transparency"] = "transparent" if free else None
    rules = [line.strip() for line in form.get("recurrence", "").splitlines() if line.strip()]
    if "recurringEventId" not in before:
        change["recurrence"] = rules or None
    if form.get("meet") and "conferenceData" not in before:
        change["conferenceData"] = {"createRequest": {"requestId": f"page{where.counter}"}}
    return {**change, **_times(form, where)}


def _times(form: Mapping[str, str], where: Calendar) -> Resource:
    try:
        start, end = (datetime.fromisoformat(form[name]) for name in ("start", "end"))
    except (KeyError, ValueError) as error:
        raise bad_request("Start and end need a date and a time.") from error
    if form.get("all_day"):
        last = end + ONE_DAY
        shown = [{"date": m.date().isoformat(), "dateTime": None, "timeZone": None} for m in (start, last)]
    else:
        shown = [{"dateTime": m.isoformat(), "timeZone": where.zone, "date": None} for m in (start, end)]
    return dict(zip(("start", "end"), shown, strict=True))


def _shifted(root: Resource, before: Resource, change: Resource) -> Resource:
    """Carry a change of one instance's times over to its whole series."""
    if before["start"].keys() - {"timeZone"} != {k for k in ("date", "dateTime") if change["start"][k]}:
        return {name: value for name, value in change.items() if name not in {"start", "end"}}
    moved = {}
    for name in ("start", "end"):
        new = {key: value for key, value in change[name].items() if value}
        by = when.local({"timeZone": "UTC", **new} if "date" in new else _aware(new)) - when.local(before[name])
        wall = when.local(root[name]) + by
        day = {"date": wall.date().isoformat()}
        moved[name] = day if "date" in new else {"dateTime": wall.isoformat(), "timeZone": new["timeZone"]}
    return {**change, **moved}


def _aware(value: Resource) -> Resource:
    wall = datetime.fromisoformat(value["dateTime"]).replace(tzinfo=when.zone(value["timeZone"]))
    return {**value, "dateTime": wall.isoformat()}
