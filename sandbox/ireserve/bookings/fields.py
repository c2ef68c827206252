"""A booking as the API shows it: the field table, the shape of 2011 and the bodies of hooks."""

from typing import Any

from sandbox.ireserve.tenant.dialect import Dialect
from sandbox.ireserve.tenant.model import Booking, Json, World
from sandbox.ireserve.tenant.times import iso


def booking_fields(world: World, dialect: Dialect, booking: Booking) -> Json:
    """Return the documented field table; numbers are strings where i-Reserve's examples have them so."""
    thing = world.objects.get(booking.object_id)
    main = world.objects.get(thing.main_id or 0) if thing else None
    place = world.locations.get(thing.location_id or 0) if thing else None
    customer = world.customers.get(booking.customer_id or 0)
    status = world.statuses.get(booking.status_code)
    shown: Json = {
        "id": str(booking.id),
        "object_id": booking.object_id,
        "object": thing.name or thing.desc if thing else None,
        "object_desc": thing.desc if thing else None,
        "date_from": iso(booking.start),
        "date_till": iso(booking.end),
        "number": str(booking.number),
        "remarks": booking.remarks,
        "mainobject_desc": main.desc if main else None,
        "mainobject_id": str(main.id) if main else None,
        "fromtime": booking.start.strftime("%H:%M:%S"),
        "tilltime": booking.end.strftime("%H:%M:%S"),
        "status_code": str(booking.status_code),
        "status": status.name if status else None,
        "customer_id": str(customer.id) if customer else None,
        "customer": customer.name if customer else None,
        "email": customer.email if customer else None,
        "location_id": str(place.id) if place else None,
        "location": place.name if place else None,
        "location_desc": place.desc if place else None,
        "event_id": booking.event_id,
        "price": thing.price if thing else None,
        "currency": "EUR",
    }
    if dialect.external_id_returned:
        shown["external_id"] = booking.external_id or None
    for number in world.custom_fields:
        shown[f"custom{number}"] = booking.custom.get(number) or None
    return present(shown, dialect)


def present(shown: Json, dialect: Dialect) -> Json:
    """Write the fields without a value as this dialect does: empty text, null or not at all."""
    if dialect.absent == "missing":
        return {key: value for key, value in shown.items() if value not in (None, "")}
    blank = "" if dialect.absent == "empty" else None
    return {key: blank if value is None else value for key, value in shown.items()}


def legacy_fields(world: World, booking: Booking) -> Json:
    """Return GET booking/{id} as i-Reserve's pages of 2011 print it."""
    thing, status = world.objects.get(booking.object_id), world.statuses.get(booking.status_code)
    return {
        "booking_id": str(booking.id),
        "object_desc": thing.desc if thing else "",
        "status": status.name.capitalize() if status else "",
        "fromdate": booking.start.strftime("%a %b %d, %Y"),
        "tilldate": booking.end.strftime("%a %b %d, %Y"),
        "fromtime": booking.start.strftime("%H%M%S"),
        "tilltime": booking.end.strftime("%H%M%S"),
        "number": str(booking.number),
    }


def hook_body(world: World, dialect: Dialect, booking: Booking) -> Json:
    """Return what an outgoing hook about the booking carries."""
    shown = booking_fields(world, dialect, booking)
    bodies: dict[str, Json] = {
        "fields": shown,
        "id": {"id": shown["id"]},
        "nested": {"booking": shown},
        "res_id": {"RES_ID": shown["id"]},
        "empty": {},
    }
    return bodies[dialect.hook_body]


def enveloped(shown: Json, dialect: Dialect) -> Any:
    """Wrap an answered booking as this dialect does."""
    kind = dialect.booking_envelope
    return shown if kind == "none" else [shown] if kind == "list" else {kind: shown}
