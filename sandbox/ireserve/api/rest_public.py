"""REST: making bookings without a login, the way a web shop does (booking, customer, event)."""

from typing import Any

from flask import Blueprint, Response, request

from sandbox.ireserve.api.answers import answer, body, error, sentences
from sandbox.ireserve.api.rights import login, need, tenant
from sandbox.ireserve.bookings.desk import Manner, create
from sandbox.ireserve.bookings.incoming import customer_by_email, given, new_customer, number, read_custom
from sandbox.ireserve.bookings.rules import Refused, conflicts, faults_of, shaped
from sandbox.ireserve.tenant.model import Booking, Json, Patch


def routes(api: Blueprint) -> None:
    """Add the methods to the blueprint."""
    api.post("/booking/check")(check_booking)
    api.post("/booking/add")(add_booking)
    api.post("/event/subscribe")(subscribe_event)
    api.get("/customer/<int:customer_id>")(get_customer)
    api.post("/customer/add")(add_customer)
    api.post("/customer/check")(check_customer)


def check_booking() -> Response:
    """POST booking/check: the checks of booking/add, without making anything."""
    user = login()
    world, dialect, now = tenant().world, tenant().dialect, tenant().now()
    try:
        patch = _period(body())
        draft = Booking(0, patch["object_id"], patch["start"], patch["end"], dialect.new_status, now, now)
        draft.number = patch["number"]
        draft = shaped(world, draft)
        overrides = user.overrides if user is not None and dialect.check_knows_rights else ()
        faults = faults_of(world, dialect, draft) or conflicts(world, dialect, draft, overrides)
    except Refused as refused:
        faults = list(refused.keys)
    if faults:
        return answer({"status": False, "messages": sentences(tuple(faults))})
    return answer({"status": True, "messages": sentences(("booking_possible",))})


def add_booking() -> Response:
    """POST booking/add."""
    login()
    form = body()
    return _made(form, lambda: _period(form))


def subscribe_event() -> Response:
    """POST event/subscribe: a booking of an activity, which gives object and period."""
    login()
    form = body()

    def activity() -> Patch:
        found = tenant().world.activities.get(str(form.get("event_id")))
        if found is None:
            raise Refused("unknown_event")
        places = number(form.get("number") or 1)
        return Patch(event_id=found.id, object_id=found.object_id, start=found.start, end=found.end, number=places)

    return _made(form, activity)


def _made(form: Json, read: Any) -> Response:
    dialect = tenant().dialect
    try:
        patch: Patch = read()
        patch["custom"] = read_custom(form)
        patch["remarks"] = str(form.get("remarks") or "")
        customer = _customer(form.get("customer"))
        if customer is not None:
            patch["customer_id"] = customer
        booking = create(tenant(), patch, Manner(fires=dialect.hook_booking_fires_hooks))
    except Refused as refused:
        return answer({"status": False, "messages": sentences(refused.keys)})
    return answer({"status": True, "booking_id": booking.id, "messages": sentences(("booking_made",))})


def _period(form: Json) -> Patch:
    if not given(form, "object_id") or not given(form, "fromdate"):
        raise Refused("mandatory")
    thing = number(form["object_id"])
    try:
        start = tenant().wall.at(str(form["fromdate"]), str(form.get("fromtime") or "00:00"))
        end = tenant().wall.at(str(form.get("tilldate") or form["fromdate"]), str(form.get("tilltime") or "00:00"))
    except ValueError:
        raise Refused("bad_date") from None
    return Patch(object_id=thing, start=start, end=end, number=number(form.get("number") or 1))


def _customer(form: Any) -> int | None:
    if not isinstance(form, dict) or not form:
        return None
    if given(form, "customer_id"):
        return number(form["customer_id"])
    known = customer_by_email(tenant(), str(form.get("email") or ""))
    return (known or new_customer(tenant(), form)).id


def get_customer(customer_id: int) -> Response:
    """GET customer/{id}; `raw=1` adds the raw values."""
    need("customers")
    customer = tenant().world.customers.get(customer_id)
    if customer is None:
        return error(404, "customer not found")
    names = ("email", "salutation", "initials", "lastname", "postal", "tel_mob")
    shown = {"customer_id": str(customer.id), **{name: getattr(customer, name) for name in names}}
    if request.args.get("raw"):
        shown |= {f"{name}_raw": value for name, value in shown.items()}
    return answer(shown)


def add_customer() -> Response:
    """POST customer/add."""
    login()
    form = body()
    if not given(form, "lastname"):
        return answer({"status": False, "messages": sentences(("no_name",))})
    saved = new_customer(tenant(), form)
    return answer({"status": True, "customer_id": saved.id, "messages": sentences(("customer_saved",))})


def check_customer() -> Response:
    """POST customer/check: nothing is saved."""
    login()
    fine = given(body(), "lastname")
    return answer({"status": fine, "messages": sentences(("customer_valid" if fine else "no_name",))})
