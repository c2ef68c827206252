"""Reading and writing the control API's JSON."""

from dataclasses import asdict
from typing import Any, cast

from flask import request

from sandbox.ireserve.api.rights import tenant
from sandbox.ireserve.tenant.model import Booking, Json, Patch
from sandbox.ireserve.tenant.times import iso

NUMBERS = ("object_id", "status_code", "number")
TEXTS = ("remarks", "external_id", "subchannel", "internal_remarks")


class BadControlError(Exception):
    """A control request that makes no sense; the sentence says why."""

    def __init__(self, sentence: str, code: int = 400) -> None:
        super().__init__(sentence)
        self.code = code


def body() -> Json:
    """Return the JSON object of the request; no body is an empty one."""
    if not request.get_data():
        return {}
    content = request.get_json(force=True, silent=True)
    if not isinstance(content, dict):
        raise BadControlError("the body is not a JSON object")
    return content


def patch_from(form: Json) -> Patch:
    """Read the fields of a booking: `from` and `till` are local times, dates or ISO with an offset."""
    found: dict[str, Any] = {}
    try:
        for name, field in (("from", "start"), ("till", "end")):
            if name in form:
                found[field] = tenant().wall.parse(str(form[name]))
        found |= {name: int(form[name]) for name in NUMBERS if name in form}
        if "customer_id" in form:
            found["customer_id"] = int(form["customer_id"]) if form["customer_id"] else None
    except (TypeError, ValueError) as error:
        raise BadControlError(f"this is no value for a booking: {error}") from error
    found |= {name: str(form[name] or "") for name in TEXTS if name in form}
    if "event_id" in form:
        found["event_id"] = str(form["event_id"]) if form["event_id"] else None
    if "custom" in form:
        found["custom"] = {str(key): str(value or "") for key, value in dict(form["custom"]).items()}
    return cast("Patch", found)


def booking_json(booking: Booking) -> Json:
    """Return everything of a booking, and the status that is notified and not applied yet."""
    thing = tenant().world.objects.get(booking.object_id)
    style = "%Y-%m-%d" if thing is not None and thing.mode == "day" else "%Y-%m-%dT%H:%M"
    plain = asdict(booking)
    plain["from"], plain["till"] = (each.strftime(style) for each in (booking.start, booking.end))
    for name in ("start", "end", "created", "updated"):
        del plain[name]
    pending = [each.status_code for each in tenant().effects if each.booking_id == booking.id]
    return plain | {
        "date_from": iso(booking.start),
        "date_till": iso(booking.end),
        "created": booking.created.isoformat(),
        "updated": booking.updated.isoformat(),
        "pending_status": pending,
    }
