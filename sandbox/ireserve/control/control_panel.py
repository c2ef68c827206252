"""The control API's part that does what a person does in the panel."""

from dataclasses import asdict, fields
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.ireserve.api.rights import tenant
from sandbox.ireserve.bookings import people
from sandbox.ireserve.bookings.desk import Manner, create, remove
from sandbox.ireserve.bookings.incoming import new_customer
from sandbox.ireserve.bookings.rules import Refused, shaped
from sandbox.ireserve.control.control_parts import BadControlError, body, booking_json, patch_from
from sandbox.ireserve.tenant.model import Activity, Booking, Json, Object, Status, User
from sandbox.ireserve.tenant.times import iso


def routes(control: Blueprint) -> None:
    """Add the methods to the control API."""
    control.get("/bookings")(list_bookings)
    control.post("/bookings")(add_booking)
    control.route("/bookings/<int:number>", methods=["GET", "PATCH", "DELETE"])(one_booking)
    control.post("/bookings/<int:number>/customer")(customer)
    control.route("/bookings/<int:number>/additional", methods=["POST", "DELETE"])(additional)
    control.post("/bookings/<int:number>/subs")(subs)
    control.post("/objects")(add_object)
    control.get("/objects")(list_objects)
    control.route("/objects/<int:number>", methods=["PATCH", "DELETE"])(one_object)
    control.post("/customers")(add_customer)
    control.get("/customers")(list_customers)
    control.post("/events")(add_event)
    control.route("/dialect", methods=["GET", "PATCH"])(dialect)
    control.route("/statuses", methods=["GET", "PUT"])(statuses)
    control.route("/users/<name>", methods=["GET", "PATCH"])(one_user)


def _person(form: Json) -> Manner:
    checked = bool(form.get("check"))
    return Manner(checked=checked, transitions=checked, fires=not form.get("quiet"), delayed=not form.get("quiet"))


def list_bookings() -> Response:
    """Show all bookings."""
    return jsonify({"bookings": [booking_json(each) for each in tenant().world.bookings.values()]})


def add_booking() -> Response:
    """Make a booking as a person who overrides conflicts, unless `check` is given."""
    form = body()
    patch = patch_from(form)
    activity = tenant().world.activities.get(patch.get("event_id") or "")
    if activity is not None:
        patch["object_id"], patch["start"], patch["end"] = activity.object_id, activity.start, activity.end
    if not {"object_id", "start", "end"} <= set(patch):
        raise BadControlError("object_id, from and till are needed")
    response = jsonify(booking_json(_try(lambda: create(tenant(), patch, _person(form)))))
    response.status_code = 201
    return response


def one_booking(number: int) -> Response:
    """Show, change or really remove a booking."""
    booking = _known(number)
    if request.method == "DELETE":
        remove(tenant(), booking, quiet=bool(body().get("quiet")))
        return jsonify({"deleted": number})
    if request.method == "PATCH":
        form = body()
        booking = _try(lambda: people.move_with_attached(tenant(), booking, patch_from(form), _person(form)))
    return jsonify(booking_json(booking))


def customer(number: int) -> Response:
    """Change a booking as its customer, or cancel it (`{"cancel": true}`)."""
    booking, form = _known(number), body()
    if form.get("cancel"):
        return jsonify(booking_json(_try(lambda: people.customer_cancels(tenant(), booking))))
    return jsonify(booking_json(_try(lambda: people.customer_changes(tenant(), booking, patch_from(form)))))


def additional(number: int) -> Response:
    """Repeat a booking for some weeks, or detach what was repeated."""
    booking = _known(number)
    if request.method == "DELETE":
        return jsonify({"detached": people.detach(tenant(), number)})
    made = people.repeat_weekly(tenant(), booking, int(body().get("weeks", 1)))
    return jsonify({"bookings": [booking_json(each) for each in made]})


def subs(number: int) -> Response:
    """Turn a booking into a main-sub booking, with a sub-booking on each of `objects`."""
    made = people.add_subs(tenant(), _known(number), [int(each) for each in body().get("objects", ())])
    return jsonify({"bookings": [booking_json(each) for each in made]})


def _known(number: int) -> Booking:
    booking = tenant().world.bookings.get(number)
    if booking is None:
        raise BadControlError("there is no such booking", 404)
    return booking


def _try(action: Any) -> Booking:
    try:
        made: Booking = action()
    except Refused as refused:
        raise BadControlError(f"refused: {refused}", 409) from refused
    return made


def list_objects() -> Response:
    """Show all objects."""
    return jsonify({"objects": [asdict(each) for each in tenant().world.objects.values()]})


def add_object() -> Response:
    """Make or replace an object."""
    try:
        thing = Object(**{**body(), "id": int(body()["id"])})
    except (KeyError, TypeError, ValueError) as error:
        raise BadControlError(f"this is no object: {error}") from error
    tenant().world.objects[thing.id] = thing
    response = jsonify(asdict(thing))
    response.status_code = 201
    return response


def one_object(number: int) -> Response:
    """Change or remove an object; its bookings stay."""
    world = tenant().world
    if number not in world.objects:
        raise BadControlError("there is no such object", 404)
    if request.method == "DELETE":
        del world.objects[number]
        return jsonify({"deleted": number})
    _set(world.objects[number], body())
    for booking in [each for each in world.bookings.values() if each.object_id == number]:
        world.bookings[booking.id] = shaped(world, booking)
    return jsonify(asdict(world.objects[number]))


def _set(thing: Any, form: Json) -> None:
    unknown = set(form) - {each.name for each in fields(thing)}
    if unknown:
        raise BadControlError(f"there is no {', '.join(sorted(unknown))} here")
    for name, value in form.items():
        setattr(thing, name, value)


def list_customers() -> Response:
    """Show all customers."""
    return jsonify({"customers": [asdict(each) for each in tenant().world.customers.values()]})


def add_customer() -> Response:
    """Make a customer."""
    response = jsonify(asdict(new_customer(tenant(), body())))
    response.status_code = 201
    return response


def add_event() -> Response:
    """Make an activity: id `YYYY-MM-DD_n`, object_id, desc, from, till, places."""
    form = body()
    try:
        form["start"], form["end"] = (tenant().wall.parse(str(form.pop(name))) for name in ("from", "till"))
        activity = Activity(**form)
    except (KeyError, TypeError, ValueError) as error:
        raise BadControlError(f"this is no activity: {error}") from error
    tenant().world.activities[activity.id] = activity
    response = jsonify({**form, "start": iso(activity.start), "end": iso(activity.end)})
    response.status_code = 201
    return response


def dialect() -> Response:
    """Show or set the dialect's switches."""
    if request.method == "PATCH":
        faults = tenant().dialect.patch(body())
        if faults:
            raise BadControlError("; ".join(faults))
    return jsonify(tenant().dialect.as_dict())


def statuses() -> Response:
    """Show the statuses, or replace them all."""
    world = tenant().world
    if request.method == "PUT":
        try:
            wanted = [Status(**{"colour": "#666666", "counts": True, **each}) for each in body()["statuses"]]
        except (KeyError, TypeError) as error:
            raise BadControlError(f"this is no list of statuses: {error}") from error
        world.statuses = {each.code: each for each in wanted}
    return jsonify({"statuses": [asdict(each) for each in world.statuses.values()]})


def one_user(name: str) -> Response:
    """Show an API user, or change its password and rights."""
    users = tenant().world.users
    if request.method == "PATCH":
        _set(users.setdefault(name, User(name, "")), body())
    if name not in users:
        raise BadControlError("there is no such user", 404)
    return jsonify(asdict(users[name]))
