"""REST: objects and groups, public."""

from datetime import date, datetime, timedelta

from flask import Blueprint, Response, request

from sandbox.ireserve.api.answers import ApiError, answer, error, expansions, whole
from sandbox.ireserve.api.rights import login, tenant
from sandbox.ireserve.bookings.rules import conflicts, occupied
from sandbox.ireserve.tenant.model import Booking, Json, Object
from sandbox.ireserve.tenant.times import utc

EXPANSIONS = ("extras", "participants", "settings", "periods", "resources", "subobjects")
OPENING = (9, 22)
DEFAULT_PAGE = 10
MOST_DAYS = 366


def routes(api: Blueprint) -> None:
    """Add the methods to the blueprint."""
    api.get("/object/<int:number>")(get_object)
    api.get("/object/search")(search_objects)
    api.get("/group/search")(search_groups)


def get_object(number: int) -> Response:
    """GET object/{id}; `fields` limits the answer to the id and these."""
    login()
    wanted = expansions("object", *EXPANSIONS)
    thing = tenant().world.objects.get(number)
    if thing is None:
        return error(404, "object not found")
    shown = object_fields(thing) | {name: _expanded(thing, name) for name in EXPANSIONS if name in wanted}
    names = [name.strip() for name in request.args.get("fields", "").split(",") if name.strip()]
    if names:
        shown = {key: value for key, value in shown.items() if key in ("id", *names) or key in wanted}
    return answer(shown)


def _expanded(thing: Object, name: str) -> Json:
    world = tenant().world
    if name == "resources":
        return {str(n): {"res_id": str(n), "desc": world.resources.get(n, "")} for n in thing.resources}
    if name == "subobjects":
        subs = [each for each in world.objects.values() if each.main_id == thing.id]
        return {str(each.id): {"id": each.id, "desc": each.desc} for each in subs}
    return {}


def object_fields(thing: Object) -> Json:
    """Return an object as GET object/{id} shows it."""
    customs = {f"txt_custom{n}": thing.custom.get(n, "") for n in tenant().world.custom_fields}
    return {
        "id": thing.id,
        "active": thing.active,
        "grp_id": thing.group_id,
        "ismainobj": thing.main_id is None,
        "mainobjid": thing.main_id or 0,
        "desc": thing.desc,
        "short_desc": thing.name,
        "long_desc": "",
        "long_memo": "",
        "places_single": "plaats",
        "places_plural": "plaatsen",
        **customs,
    }


def search_objects() -> Response:
    """GET object/search: free and booked slots from DateFrom to DateTill, both included."""
    login()
    numbers = [whole(part, "ids") for part in request.args.get("ids", "").split(",") if part.strip()]
    things = [tenant().world.objects.get(number) for number in numbers]
    if not numbers:
        raise ApiError(412, "ids is required")
    known = [thing for thing in things if thing is not None]
    if not known:
        return error(404, "object not found")
    if len({thing.mode for thing in known}) > 1:
        raise ApiError(412, "objects in time mode and in day mode cannot be searched together")
    return answer([{"id": o.id, "desc": o.desc, "long_desc": "", "slots": _slots(o, *_days())} for o in known])


def _days() -> tuple[date, date]:
    today = tenant().now().date()
    try:
        first = date.fromisoformat(request.args.get("DateFrom") or today.isoformat())
        last = date.fromisoformat(request.args.get("DateTill") or first.isoformat())
    except ValueError:
        raise ApiError(412, "DateFrom and DateTill are dates") from None
    return first, min(last, first + timedelta(days=MOST_DAYS))


def _slots(thing: Object, first: date, last: date) -> Json:
    found: Json = {}
    for n in range((last - first).days + 1):
        day = tenant().wall.at((first + timedelta(days=n)).isoformat())
        opens, closes = thing.opening or OPENING
        hours = range(opens, closes) if thing.mode == "time" else range(1)
        length = timedelta(hours=1) if thing.mode == "time" else timedelta(days=1)
        slots = [_slot(thing, day + timedelta(hours=hour), length) for hour in hours]
        found[day.strftime("%Y-%m-%d %H:%M:%S")] = slots
    return found


def _slot(thing: Object, start: datetime, length: timedelta) -> Json:
    here = tenant()
    world, now, end = here.world, here.now(), start + length
    probe = Booking(0, thing.id, start, end, here.dialect.new_status, now, now)
    free = not conflicts(world, here.dialect, probe)
    booked = 0
    for each in world.bookings.values():
        since, until = occupied(world, here.dialect, each)
        counts = each.status_code in world.statuses and world.statuses[each.status_code].counts
        if each.object_id == thing.id and counts and since < utc(end) and utc(start) < until:
            booked += each.number
    return {
        "dayrequest": "",
        "request": "R" if free else "",
        "Request": "R" if free else "",
        "DateFrom": start.strftime("%Y-%m-%d %H:%M:%S"),
        "DateTill": end.strftime("%Y-%m-%d %H:%M:%S"),
        "Free": max(thing.places - booked, 0),
        "Booked": booked,
        "dayBooked": 0,
        "Price": float(thing.price),
        "Currency": "EUR",
    }


def _member(thing: Object) -> Json:
    shown: Json = {"id": thing.id, "desc": thing.desc}
    return shown | {"mainobjid": thing.main_id or 0} if tenant().dialect.groups_show_main else shown


def search_groups() -> Response:
    """GET group/search: pages of groups; objects and slots only where `expand` asks for them."""
    login()
    world, wanted = tenant().world, expansions("group", "objects", "slots")
    number = max(whole(request.args.get("page") or 1, "page"), 1)
    size = max(whole(request.args.get("per_page") or DEFAULT_PAGE, "per_page"), 1)
    groups = []
    for group in list(world.groups.values())[(number - 1) * size : number * size]:
        shown: Json = {"id": str(group.id), "type": "group", "desc": group.desc}
        members = [each for each in world.objects.values() if each.group_id == group.id and each.active]
        if "objects" in wanted or "slots" in wanted:
            shown["objects"] = [_member(each) for each in members]
        if "slots" in wanted:
            for each, member in zip(shown["objects"], members, strict=True):
                each["slots"] = _slots(member, *_days())
        groups.append(shown)
    total = len(world.groups)
    pages = -(-total // size)
    return answer({"page": number, "pages": pages, "per_page": size, "total": total, "groups": groups})
