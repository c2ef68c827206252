"""The panel to work in by hand: roster, bookings, settings, hooks. Works without JavaScript."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from sandbox.ireserve.api.rights import tenant
from sandbox.ireserve.bookings.desk import Manner, change, create, remove
from sandbox.ireserve.bookings.incoming import read_custom
from sandbox.ireserve.bookings.roster import FIRST_HOUR, LAST_HOUR, columns, status_of, who
from sandbox.ireserve.bookings.rules import Refused
from sandbox.ireserve.panel.panel_settings import routes as settings_routes
from sandbox.ireserve.tenant.model import Booking, Patch
from sandbox.ireserve.tenant.times import seconds_of, utc
from sandbox.ireserve.tenant.words import word

Answer = str | Response | AnyResponse | tuple[str, int]
LISTED = 60


def blueprint() -> Blueprint:
    """Return the panel."""
    panel = Blueprint("panel", __name__)
    panel.context_processor(_common)
    panel.get("/")(roster)
    panel.get("/live/roster")(live_roster)
    panel.get("/live/status/<int:number>")(live_status)
    panel.get("/admin")(admin)
    panel.get("/bookings/new")(new_booking)
    panel.post("/bookings/new")(make_booking)
    panel.get("/bookings/<int:number>")(show_booking)
    panel.post("/bookings/<int:number>")(save_booking)
    panel.post("/bookings/<int:number>/move")(move_booking)
    panel.post("/bookings/<int:number>/status")(change_status)
    panel.post("/bookings/<int:number>/delete")(delete_booking)
    settings_routes(panel)
    return panel


def admin() -> AnyResponse:
    """Lead the panel's own address of a booking, as version 5.41 has it, to the booking's page here."""
    asked = (request.args.get("mod"), request.args.get("context"))
    number = request.args.get("id", "")
    if asked != ("dashboard", "booking") or not number.isdigit():
        return redirect(url_for("panel.roster"))
    return redirect(url_for("panel.show_booking", number=int(number)))


def _common() -> dict[str, Any]:
    here = tenant()
    return {"world": here.world, "now": here.now(), "status_of": status_of, "who": who, "local": here.wall.local}


def _day() -> date:
    try:
        return date.fromisoformat(request.values.get("day", ""))
    except ValueError:
        return tenant().now().date()


def _roster_parts() -> dict[str, Any]:
    day, now = _day(), tenant().now()
    share = (seconds_of(now) / 3600 - FIRST_HOUR) / (LAST_HOUR - FIRST_HOUR)
    coming = sorted(tenant().world.bookings.values(), key=lambda each: (utc(each.start), each.id))
    from_day = [each for each in coming if each.end.date() >= day]
    return {
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "today": now.date(),
        "columns": columns(tenant(), day),
        "hours": range(FIRST_HOUR, LAST_HOUR),
        "needle": share * 100 if now.date() == day and 0 <= share <= 1 else None,
        "listed": from_day[:LISTED],
        "more": max(len(from_day) - LISTED, 0),
    }


def roster() -> Answer:
    """Show the roster of a day and the bookings from then on."""
    return render_template("roster.html", **_roster_parts())


def live_roster() -> Answer:
    """Return the changing part of the roster page."""
    return render_template("_roster.html", **_roster_parts())


def _booking(number: int) -> Booking:
    booking = tenant().world.bookings.get(number)
    if booking is None:
        raise NotFound(f"There is no booking {number}.")
    return booking


def _form(booking: Booking | None, refused: Refused | None = None) -> Answer:
    values = _values(booking) | (request.form.to_dict() if refused else {})
    pending = [each.status_code for each in tenant().effects if booking and each.booking_id == booking.id]
    page = render_template("booking.html", booking=booking, values=values, pending=pending, refused=_sentences(refused))
    return (page, 409) if refused else page


def _sentences(refused: Refused | None) -> list[str]:
    return [word(key, "english") for key in refused.keys] if refused else []


def _values(booking: Booking | None) -> dict[str, Any]:
    if booking is None:
        hour = request.args.get("hour", "10", str).zfill(2)
        later = f"{min(int(hour) + 1, 23):02}" if hour.isdigit() else "11"
        return {
            "object_id": request.args.get("object", "10"),
            "fromdate": _day().isoformat(),
            "tilldate": _day().isoformat(),
            "fromtime": f"{hour}:00",
            "tilltime": f"{later}:00",
            "number": 1,
            "status_code": tenant().dialect.new_status,
        }
    return {
        "object_id": booking.object_id,
        "fromdate": booking.start.date().isoformat(),
        "tilldate": booking.end.date().isoformat(),
        "fromtime": booking.start.strftime("%H:%M"),
        "tilltime": booking.end.strftime("%H:%M"),
        "number": booking.number,
        "remarks": booking.remarks,
        "customer_id": booking.customer_id or "",
        "external_id": booking.external_id,
        **{f"custom{key}": value for key, value in booking.custom.items()},
    }


def _patch() -> Patch:
    form, wall = request.form, tenant().wall
    try:
        patch = Patch(
            object_id=int(form["object_id"]),
            start=wall.at(form["fromdate"], form.get("fromtime") or "00:00"),
            end=wall.at(form.get("tilldate") or form["fromdate"], form.get("tilltime") or "00:00"),
            number=int(form.get("number") or 1),
            remarks=form.get("remarks", "").replace("\r\n", "\n"),
            customer_id=int(form["customer_id"]) if form.get("customer_id") else None,
            external_id=form.get("external_id", ""),
            custom=read_custom(form),
        )
        if form.get("status_code"):
            patch["status_code"] = int(form["status_code"])
    except ValueError:
        raise Refused("bad_value") from None
    return patch


def _person() -> Manner:
    return Manner(checked=not request.form.get("override"), delayed=True)


def new_booking() -> Answer:
    """Show the form of a new booking."""
    return _form(None)


def make_booking() -> Answer:
    """Make a booking."""
    return _do(None, lambda: create(tenant(), _patch(), _person()))


def show_booking(number: int) -> Answer:
    """Show a booking's form."""
    return _form(_booking(number))


def save_booking(number: int) -> Answer:
    """Save a booking's form."""
    booking = _booking(number)
    return _do(booking, lambda: change(tenant(), booking, _patch(), _person()))


def _do(booking: Booking | None, action: Callable[[], Booking]) -> Answer:
    try:
        done = action()
    except Refused as refused:
        return _form(booking, refused)
    return redirect(url_for("panel.roster", day=done.start.date().isoformat()))


def move_booking(number: int) -> Answer:
    """Move a booking that was dragged: object, minute of the day it starts, length in minutes."""
    booking, form = _booking(number), request.form
    wall = tenant().wall
    start = wall.at(_day().isoformat()) + timedelta(minutes=int(form["minute"]))
    end = wall.local(utc(start) + timedelta(minutes=int(form["length"])))
    try:
        change(tenant(), booking, Patch(object_id=int(form["object_id"]), start=start, end=end), _person())
    except Refused as refused:
        return jsonify({"moved": False, "messages": _sentences(refused)})
    return jsonify({"moved": True, "messages": []})


def change_status(number: int) -> Answer:
    """Change a booking's status; it shows a moment later."""
    booking = _booking(number)
    try:
        change(tenant(), booking, Patch(status_code=int(request.form["status_code"])), _person())
    except Refused as refused:
        return _form(booking, refused)
    return redirect(url_for("panel.show_booking", number=number))


def live_status(number: int) -> Answer:
    """Return the changing part of a booking's page."""
    pending = [each.status_code for each in tenant().effects if each.booking_id == number]
    return render_template("_status.html", booking=_booking(number), pending=pending)


def delete_booking(number: int) -> Answer:
    """Really remove a booking."""
    booking = _booking(number)
    remove(tenant(), booking)
    return redirect(url_for("panel.roster", day=booking.start.date().isoformat()))
