"""Secret Manager's REST surface, as far as secrets and their versions go, in memory.

https://cloud.google.com/secret-manager/docs/reference/rest
"""

import re
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Flask, jsonify, request
from werkzeug.exceptions import HTTPException

from sandbox.gcp.grants import Denied, Grants

Answer = dict[str, Any]
# what each call asks for: https://cloud.google.com/secret-manager/docs/access-control
_PERMISSIONS = {
    "create": "secretmanager.secrets.create",
    "addVersion": "secretmanager.versions.add",
    "list": "secretmanager.versions.list",
    "access": "secretmanager.versions.access",
    "destroy": "secretmanager.versions.destroy",
    "disable": "secretmanager.versions.disable",
    "enable": "secretmanager.versions.enable",
}


class _Error(Exception):
    def __init__(self, code: int, status: str, message: str) -> None:
        super().__init__(message)
        self.code, self.status, self.message = code, status, message


@dataclass(slots=True)
class _Version:
    data: str | None  # base64, as it travels
    made: float
    state: str = "ENABLED"
    destroyed: float = 0.0


@dataclass(slots=True)
class World:
    """All secrets, by full name, and what the control API switched on. `lag`: seconds until `latest` is the newest, and lists show it."""

    versions: dict[str, list[_Version]] = field(default_factory=dict)
    replication: dict[str, Answer] = field(default_factory=dict)
    grants: Grants | None = None  # None: everybody may do everything
    denied: bool = False
    slow: float = 0.0
    lag: float = 0.0
    calls: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def make_app(world: World | None = None) -> Flask:
    """Return the server; its control API is under /control, and GET /control/calls lists what was asked."""
    app = Flask(__name__)
    world = world or World()

    @app.errorhandler(_Error)
    def refused(error: _Error) -> tuple[Any, int]:
        return jsonify({"error": {"code": error.code, "message": error.message, "status": error.status}}), error.code

    @app.errorhandler(Denied)
    def forbidden(error: Denied) -> tuple[Any, int]:
        return refused(_Error(403, "PERMISSION_DENIED", str(error)))

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
        verb = verb or ("list" if request.method == "GET" else "create")
        if world.denied:
            raise _Error(403, "PERMISSION_DENIED", f"Permission denied on resource {resource} (or it may not exist).")
        if world.grants is not None:
            world.grants.check(request.headers.get("Authorization", ""), _PERMISSIONS.get(verb, verb), resource)
        with world.lock:
            return jsonify(_answer(world, resource, verb))

    @app.post("/control/faults")
    def faults() -> Answer:
        """Set `denied` (bool), `slow` or `lag` (seconds)."""
        wanted = request.get_json()
        world.denied = bool(wanted.get("denied", world.denied))
        world.slow, world.lag = float(wanted.get("slow", world.slow)), float(wanted.get("lag", world.lag))
        return {"denied": world.denied, "slow": world.slow, "lag": world.lag}

    @app.post("/control/<any(destroy, disable, enable):verb>/<path:name>")
    def change(verb: str, name: str) -> Answer:
        """Change a version as an administrator would."""
        with world.lock:
            return _answer(world, name, verb)

    @app.post("/control/remove/<path:secret>")
    def remove(secret: str) -> Answer:
        """Remove a secret with its versions, or all with a prefix, as an administrator or `terraform destroy` would."""
        with world.lock:
            for name in [each for each in world.versions if each.startswith(secret)]:
                del world.versions[name]
        return {}

    @app.get("/control/secrets")
    def secrets() -> Any:
        return jsonify(world.replication)

    @app.get("/control/refused")
    def refusals() -> Any:
        """List the calls that were refused without a grant, by all stand-ins that share the table."""
        return jsonify(world.grants.refused if world.grants is not None else [])

    @app.get("/control/calls")
    def calls() -> Any:
        return jsonify(world.calls)

    @app.post("/control/reset")
    def reset() -> Answer:
        world.versions.clear()
        world.calls.clear()
        world.denied, world.slow, world.lag = False, 0.0, 0.0
        return {}

    return app


def _answer(world: World, resource: str, verb: str) -> Answer:
    if verb == "create":
        return _create(world, resource)
    found = re.fullmatch(r"(projects/[^/]+/secrets/[A-Za-z0-9_-]{1,255})(?:/versions(?:/(\w+))?)?", resource)
    if not found:
        raise _Error(400, "INVALID_ARGUMENT", f"Invalid resource field value in the request: {resource}")
    secret, number = found.groups()
    if secret not in world.versions:
        raise _Error(404, "NOT_FOUND", f"Secret [{secret}] not found or has no versions.")
    match verb:
        case "addVersion":
            return _add(world, secret)
        case "list":
            return _list(world, secret)
        case "access":
            name, version = _version(world, secret, number or "")
            if version.state != "ENABLED":
                raise _Error(400, "FAILED_PRECONDITION", f"Secret Version [{name}] is in {version.state} state.")
            return {"name": name, "payload": {"data": version.data}}
        case "destroy" | "disable" | "enable":
            name, version = _version(world, secret, number or "")
            if version.state == "DESTROYED":
                raise _Error(400, "FAILED_PRECONDITION", f"Secret Version [{name}] is in DESTROYED state.")
            version.destroyed = time.time() if verb == "destroy" else version.destroyed
            version.state = {"destroy": "DESTROYED", "disable": "DISABLED", "enable": "ENABLED"}[verb]
            version.data = None if verb == "destroy" else version.data
            return _shown(name, version)
    raise _Error(404, "NOT_FOUND", f"No method {resource}:{verb} here.")


def _create(world: World, resource: str) -> Answer:
    name = request.args.get("secretId", "")
    if not re.fullmatch(r"projects/[^/]+/secrets", resource) or not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name):
        raise _Error(400, "INVALID_ARGUMENT", f"Invalid resource field value in the request: {resource} {name}")
    replication = (request.get_json(silent=True) or {}).get("replication") or {}
    if len(replication) != 1 or not replication.keys() <= {"automatic", "userManaged"}:
        raise _Error(400, "INVALID_ARGUMENT", "The secret's replication is required.")
    secret = f"{resource}/{name}"
    if secret in world.versions:
        raise _Error(409, "ALREADY_EXISTS", f"Secret [{secret}] already exists.")
    world.versions[secret], world.replication[secret] = [], replication
    return {"name": secret, "replication": replication}


def _add(world: World, secret: str) -> Answer:
    data = ((request.get_json(silent=True) or {}).get("payload") or {}).get("data")
    if not data or len(data) > 65_536 * 4 / 3 + 4:
        raise _Error(400, "INVALID_ARGUMENT", "The payload is missing, or larger than 64 KiB.")
    versions = world.versions[secret]
    versions.append(_Version(data, time.time()))
    return _shown(f"{secret}/versions/{len(versions)}", versions[-1])


def _list(world: World, secret: str) -> Answer:
    wanted = request.args.get("filter", "")
    if wanted not in {"", "NOT state:DESTROYED"}:
        raise _Error(400, "INVALID_ARGUMENT", f"This stand-in does not know the filter {wanted!r}.")
    versions = [
        _shown(f"{secret}/versions/{number}", version)
        for number, version in enumerate(world.versions[secret], 1)
        if not wanted or version.state != "DESTROYED" or time.time() - version.destroyed < world.lag
    ]
    return {"versions": versions[::-1], "totalSize": len(versions)}


def _version(world: World, secret: str, number: str) -> tuple[str, _Version]:
    versions = world.versions[secret]
    known = [version for version in versions if time.time() - version.made >= world.lag]
    position = len(known) if number == "latest" else int(number) if number.isdecimal() else 0
    if not 0 < position <= len(versions):
        raise _Error(404, "NOT_FOUND", f"Secret Version [{secret}/versions/{number}] not found.")
    return f"{secret}/versions/{position}", versions[position - 1]


def _shown(name: str, version: _Version) -> Answer:
    return {"name": name, "state": version.state, "createTime": datetime.fromtimestamp(version.made, UTC).isoformat()}
