"""REST: activities, public."""

from typing import Any

from flask import Blueprint, Response, request

from sandbox.ireserve.api.answers import ApiError, answer, error, expansions, whole
from sandbox.ireserve.api.rights import login, tenant
from sandbox.ireserve.api.rows import Column, Table, page, pick_columns, row
from sandbox.ireserve.api.search import BadSearchError, compile_search
from sandbox.ireserve.tenant.model import Activity, Booking, Json, World
from sandbox.ireserve.tenant.times import seconds_of

DEFAULT = "EVENT_ID,EVENT_DESC,EVENT_DATE,EVENT_FROMTIME,EVENT_TILLTIME"
LENGTH = 25


def routes(api: Blueprint) -> None:
    """Add the methods to the blueprint."""
    api.get("/event/filter")(filter_events)
    api.get("/event/<event_id>")(get_event)


def _bookings(world: World, activity: Activity) -> list[Booking]:
    return [
        each
        for each in world.bookings.values()
        if each.event_id == activity.id
        and each.status_code in world.statuses
        and world.statuses[each.status_code].counts
    ]


def _table(world: World) -> Table:
    def booked(activity: Activity) -> int:
        return sum(each.number for each in _bookings(world, activity))

    def thing(activity: Activity) -> Any:
        return world.objects[activity.object_id].desc if activity.object_id in world.objects else ""

    table = Table()
    table.add("EVENT_ID", Column("text", lambda a: a.id))
    table.add("EVENT_DESC", Column("text", lambda a: a.desc))
    table.add("EVENT_DATE", Column("date", lambda a: a.start.date()), "datum")
    table.add("EVENT_FROMTIME", Column("time", lambda a: seconds_of(a.start)))
    table.add("EVENT_TILLTIME", Column("time", lambda a: seconds_of(a.end)))
    table.add("NUMBER_OF_PLACES", Column("int", lambda a: a.places))
    table.add("NUMBER_OF_FREE", Column("int", lambda a: a.places - booked(a)))
    table.add("EVENT_BOOKED", Column("int", booked))
    table.add("OBJ_ID", Column("id", lambda a: a.object_id), "product")
    table.add("OBJ_DESC", Column("text", thing))
    return table


def filter_events() -> Response:
    """GET event/filter."""
    login()
    expansions("event", "participants")
    world, dialect = tenant().world, tenant().dialect
    table = _table(world)
    strict = dialect.unknown_column == "error"
    names = pick_columns(table, request.args.get("columns") or DEFAULT, strict=strict)
    try:
        fits = compile_search(request.args.get("search", "").strip(), table, tenant().now(), tenant().wall)
    except BadSearchError as bad:
        raise ApiError(412, str(bad)) from bad
    found = sorted((each for each in world.activities.values() if fits(each)), key=lambda each: each.id)
    start = whole(request.args.get("start") or 0, "start")
    length = whole(request.args.get("length") or LENGTH, "length")
    shown = page(found, start, length, dialect.filter_max_length)
    return answer([row(table, each, names, n, [], dialect.time_format) for n, each in enumerate(shown, start + 1)])


def get_event(event_id: str) -> Response:
    """GET event/{id}; participants only where `expand` asks for them."""
    login()
    wanted = expansions("event", "participants")
    world = tenant().world
    activity = world.activities.get(event_id)
    if activity is None:
        return error(404, "event not found")
    booked = _bookings(world, activity)
    shown: Json = {
        "id": activity.id,
        "desc": activity.desc,
        "obj_id": str(activity.object_id),
        "date": activity.start.strftime("%d-%m-%Y"),
        "fromtime": activity.start.strftime("%H:%M:%S"),
        "tiltime": activity.end.strftime("%H:%M:%S"),
        "amount": str(sum(each.number for each in booked)),
        "image": "",
    }
    names = [name.strip() for name in request.args.get("fields", "").split(",") if name.strip()]
    if names:
        shown = {key: value for key, value in shown.items() if key in ("id", *names)}
    if "participants" in wanted:
        shown["participants"] = [{"booking_id": str(each.id), "number": str(each.number)} for each in booked]
    return answer(shown)
