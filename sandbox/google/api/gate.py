"""What every call goes through: the log, latency, planted faults, the lock, and errors in Google's shape."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from sandbox.google.errors import ApiError
from sandbox.google.events import meet
from sandbox.google.world.calls import without_secrets
from sandbox.google.world.faults import Cut

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.google.world.calls import Call
    from sandbox.google.world.faults import Fault
    from sandbox.google.world.world import World

ERROR_PAGE = "<!DOCTYPE html><html><title>Error {0} (Server Error)!!1</title><h1>Error {0}</h1></html>"


def through(world: World, work: Callable[[Call], Response]) -> Response:
    """Answer one call of the API or of OAuth; `work` runs under the lock and may raise ApiError."""
    path, method = request.path, request.headers.get("X-HTTP-Method-Override", request.method)
    query: dict[str, Any] = {name: v if len(v) > 1 else v[0] for name, v in request.args.lists()}
    with world.lock:
        call = world.calls.begin(method, path, query, dict(request.headers), _body())
        fault = world.faults.take(method, path)
        latency = world.switches.latency
    if latency:
        time.sleep(latency)
    if fault is not None and fault.seconds and fault.action == "delay":
        time.sleep(fault.seconds)
    if fault is not None and fault.when == "before" and fault.action != "delay":
        return _fail(fault, call)
    with world.turn():
        meet.settle(world)
        try:
            response = work(call)
        except ApiError as error:
            response = jsonify(error.body())
            response.status_code = error.code
        call.status = response.status_code
    if fault is not None and fault.when == "after" and fault.action != "delay":
        return _fail(fault, call)
    return response


def _fail(fault: Fault, call: Call) -> Response:
    if fault.action == "reset":
        call.status = 0
        raise Cut
    call.status = fault.status
    if fault.action == "html":
        return Response(ERROR_PAGE.format(fault.status), fault.status, mimetype="text/html")
    if fault.action == "stranger":
        return Response('{"detail": "Not Found"}', fault.status, mimetype="application/json")
    domain = "usageLimits" if "LimitExceeded" in fault.reason or fault.reason == "quotaExceeded" else "global"
    error = ApiError(fault.status, fault.reason, f"Planted fault: {fault.reason}", domain=domain)
    response = jsonify(error.body())
    response.status_code = fault.status
    if fault.action == "retry_after":
        response.headers["Retry-After"] = f"{fault.seconds:g}"
    return response


def _body() -> Any:
    if request.method == "GET":
        return None
    if request.is_json:
        return request.get_json(silent=True)
    return without_secrets(request.form.to_dict()) if request.form else None
