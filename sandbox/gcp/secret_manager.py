"""Secret Manager's REST surface, as far as versions go, in memory.

https://cloud.google.com/secret-manager/docs/reference/rest
"""

import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, jsonify, request
from werkzeug.exceptions import HTTPException

Answer = dict[str, Any]


class _Error(Exception):
    def __init__(self, code: int, status: str, message: str) -> None:
        super().__init__(message)
        self.code, self.status, self.message = code, status, message


@dataclass(slots=True)
class _Version:
    data: str | None  # base64, as it travels
    state: str = "ENABLED"


@dataclass(slots=True)
class World:
    """All secrets, by full name, and what the control API switched on; `made` None: every secret exists."""

    versions: dict[str, list[_Version]] = field(default_factory=dict)
    made: set[str] | None = None
    denied: bool = False
    slow: float = 0.0
    calls: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def make_app(world: World | None = None) -> Flask:
    """Return the server; its control API is under /control, and GET /control/calls lists what was asked."""
    app = Flask(__name__)
    world = world or World()

    @app.errorhandler(_Error)
    def refused(error: _Error) -> tuple[Any, int]:
        return jsonify({"error": {"code": error.code, "message": error.message, "status": error.status}}), error.code

    @app.errorhandler(HTTPException)
    def unknown(error: HTTPException) -> tuple[Any, int]:
        code = error.code or 500
        return jsonify({"error": {"code": code, "message": str(error), "status": "NOT_FOUND"}}), code

    @app.route("/v1/<path:name>", methods=["GET", "POST"])
    def call(name: str) -> Any:
        resource, _, verb = name.partition(":")
        with world.lock:
            world.calls.append(f"{request.method} {name}")
        if world.slow:
            time.sleep(world.slow)
        if world.denied:
            raise _Error(403, "PERMISSION_DENIED", f"Permission denied on resource {resource} (or it may not exist).")
        with world.lock:
            return jsonify(_answer(world, request.method, resource, verb))

    @app.post("/control/faults")
    def faults() -> Answer:
        """Set `denied` (bool), `slow` (seconds) or `made` (the full names of the secrets that exist)."""
        wanted = request.get_json()
        world.denied = bool(wanted.get("denied", world.denied))
        world.slow = float(wanted.get("slow", world.slow))
        if "made" in wanted:
            world.made = set(wanted["made"])
        return {"denied": world.denied, "slow": world.slow}

    @app.post("/control/destroy/<path:name>")
    def destroy(name: str) -> Answer:
        """Destroy a version from outside, as an administrator would."""
        with world.lock:
            return _answer(world, "POST", name, "destroy")

    @app.get("/control/calls")
    def calls() -> Any:
        return jsonify(world.calls)

    @app.post("/control/reset")
    def reset() -> Answer:
        world.versions.clear()
        world.calls.clear()
        world.made, world.denied, world.slow = None, False, 0.0
        return {}

    return app


def _answer(world: World, method: str, resource: str, verb: str) -> Answer:
    found = re.fullmatch(r"(projects/[^/]+/secrets/[A-Za-z0-9_-]{1,255})(?:/versions(?:/(\w+))?)?", resource)
    if not found:
        raise _Error(400, "INVALID_ARGUMENT", f"Invalid resource field value in the request: {resource}")
    secret, number = found.groups()
    if world.made is not None and secret not in world.made:
        raise _Error(404, "NOT_FOUND", f"Secret [{secret}] not found.")
    match method, verb, resource.endswith("/versions"):
        case "POST", "addVersion", False:
            return _add(world, secret)
        case "GET", "", True:
            return _list(world, secret)
        case "GET", "access", False:
            name, version = _version(world, secret, number or "")
            if version.state != "ENABLED":
                raise _Error(400, "FAILED_PRECONDITION", f"Secret Version [{name}] is in {version.state} state.")
            return {"name": name, "payload": {"data": version.data}}
        case "POST", "destroy", False:
            name, version = _version(world, secret, number or "")
            version.data, version.state = None, "DESTROYED"
            return {"name": name, "state": version.state}
    raise _Error(404, "NOT_FOUND", f"No method {method} {resource}:{verb} here.")


def _add(world: World, secret: str) -> Answer:
    data = ((request.get_json(silent=True) or {}).get("payload") or {}).get("data")
    if not data or len(data) > 65_536 * 4 / 3 + 4:
        raise _Error(400, "INVALID_ARGUMENT", "The payload is missing, or larger than 64 KiB.")
    versions = world.versions.setdefault(secret, [])
    versions.append(_Version(data))
    return {"name": f"{secret}/versions/{len(versions)}", "state": "ENABLED"}


def _list(world: World, secret: str) -> Answer:
    wanted = request.args.get("filter", "")
    if wanted not in {"", "NOT state:DESTROYED"}:
        raise _Error(400, "INVALID_ARGUMENT", f"This stand-in does not know the filter {wanted!r}.")
    versions = [
        {"name": f"{secret}/versions/{number}", "state": version.state}
        for number, version in enumerate(world.versions.get(secret, []), 1)
        if not wanted or version.state != "DESTROYED"
    ]
    return {"versions": versions[::-1], "totalSize": len(versions)}


def _version(world: World, secret: str, number: str) -> tuple[str, _Version]:
    versions = world.versions.get(secret, [])
    position = len(versions) if number == "latest" else int(number) if number.isdecimal() else 0
    if not 0 < position <= len(versions):
        raise _Error(404, "NOT_FOUND", f"Secret Version [{secret}/versions/{number}] not found.")
    return f"{secret}/versions/{position}", versions[position - 1]
