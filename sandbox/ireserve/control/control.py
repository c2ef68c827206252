"""The control API: the clock, faults, hooks and call log, for tests."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.ireserve.api.rights import tenant
from sandbox.ireserve.control import control_panel
from sandbox.ireserve.control.control_parts import BadControlError, body, patch_from
from sandbox.ireserve.tenant.faults import Fault
from sandbox.ireserve.tenant.outbox import MODES


def blueprint() -> Blueprint:
    """Return the control API."""
    control = Blueprint("control", __name__, url_prefix="/control")
    control.register_error_handler(BadControlError, lambda bad: problem(bad.code, str(bad)))
    control.post("/reset")(reset)
    control.route("/clock", methods=["GET", "POST"])(clock)
    control.post("/settle")(settle)
    control.route("/calls", methods=["GET", "DELETE"])(calls)
    control.route("/faults", methods=["GET", "POST", "DELETE"])(faults)
    control.post("/latency")(latency)
    control.post("/hooks/mode")(hook_mode)
    control.post("/hooks/flush")(hook_flush)
    control.get("/hooks")(hooks)
    control.get("/deliveries")(deliveries)
    control.get("/mails")(mails)
    control.post("/race")(race)
    control_panel.routes(control)
    return control


def problem(code: int, sentence: str) -> Response:
    """Return an error of the control API."""
    response = jsonify({"error": sentence})
    response.status_code = code
    return response


def reset() -> Response:
    """Throw everything away."""
    tenant().reset()
    return jsonify({"reset": True})


def clock() -> Response:
    """Show the clock; set it (`now`), move it (`advance`, seconds) or its distance (`offset`, seconds)."""
    here, form = tenant(), body() if request.method == "POST" else {}
    try:
        if "now" in form:
            here.set_clock(here.wall.instant(str(form["now"])))
        if "offset" in form:
            here.offset = timedelta(seconds=float(form["offset"]))
        if "advance" in form:
            here.offset += timedelta(seconds=float(form["advance"]))
    except (TypeError, ValueError) as error:
        raise BadControlError(f"this is no time: {error}") from error
    here.tick()
    return jsonify({"now": here.now().isoformat(), "offset": here.offset.total_seconds()})


def settle() -> Response:
    """Apply all delayed effects now."""
    return jsonify(tenant().hurry())


def calls() -> Response:
    """Show or forget the API calls."""
    log = tenant().calls
    if request.method == "DELETE":
        log.clear()
    return jsonify({"calls": log.since(_since()), "last": log.last})


def _since() -> int:
    return request.args.get("since", 0, int)


def faults() -> Response:
    """Plan a fault, or show or forget what is planned."""
    planned = tenant().faults
    if request.method == "POST":
        try:
            fault: Fault = planned.plan(body())
        except ValueError as error:
            raise BadControlError(str(error)) from error
        return jsonify(asdict(fault))
    if request.method == "DELETE":
        planned.planned.clear()
    return jsonify({"faults": planned.as_list()})


def latency() -> Response:
    """Make every API call take some seconds longer."""
    tenant().latency = float(body().get("seconds", 0))
    return jsonify({"seconds": tenant().latency})


def hook_mode() -> Response:
    """Say what happens to outgoing hooks from now on."""
    form, outbox = body(), tenant().outbox
    if form.get("mode") not in MODES:
        raise BadControlError(f"mode is one of {', '.join(MODES)}")
    outbox.mode, outbox.seconds = str(form["mode"]), float(form.get("seconds", 0))
    return jsonify({"mode": outbox.mode, "seconds": outbox.seconds})


def hook_flush() -> Response:
    """Release held deliveries, oldest first or newest first."""
    reverse = body().get("order") == "reverse"
    return jsonify({"released": tenant().outbox.flush(tenant().instant(), reverse=reverse)})


def hooks() -> Response:
    """Show the registered hooks and the mode."""
    outbox = tenant().outbox
    known = [{**asdict(hook), "id": str(hook.id)} for hook in tenant().world.hooks.values()]
    return jsonify({"hooks": known, "mode": outbox.mode, "seconds": outbox.seconds, "held": outbox.held()})


def deliveries() -> Response:
    """Show the deliveries, also those held, dropped or given up."""
    found = [each.as_dict() for each in tenant().outbox.log if each.n > _since()]
    return jsonify({"deliveries": found, "last": found[-1]["n"] if found else _since()})


def mails() -> Response:
    """Show the mails that customers would have got."""
    return jsonify({"mails": tenant().world.mails})


def race() -> Response:
    """Plan a person's edit just before the next API write to a booking."""
    form: dict[str, Any] = body()
    booking = tenant().world.bookings.get(int(form.get("booking", 0)))
    if booking is None:
        raise BadControlError("there is no such booking", 404)
    edit = form.get("patch")
    if not isinstance(edit, dict):
        raise BadControlError("patch is an object with the fields of a booking")
    tenant().races.append((booking.id, patch_from(edit), bool(edit.get("quiet"))))
    return jsonify({"planned": len(tenant().races)})
