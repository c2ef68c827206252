"""Cloud Tasks' REST surface for creating HTTP tasks, which it delivers.

https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create
"""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, jsonify, request
from werkzeug.exceptions import HTTPException

from sandbox.gcp.courier import Courier, Delivery
from sandbox.gcp.grants import Denied, Grants

Answer = dict[str, Any]
_NAME = re.compile(r"projects/[^/]+/locations/[^/]+/queues/[A-Za-z0-9-]{1,100}/tasks/[A-Za-z0-9_-]{1,500}")
_DAYS = 30
_BODY_LIMIT = 1024 * 1024


class _Error(Exception):
    def __init__(self, code: int, status: str, message: str) -> None:
        super().__init__(message)
        self.code, self.status, self.message = code, status, message


def make_app(courier: Courier, grants: Grants | None = None) -> Flask:
    """Return the server over a courier that the caller starts and stops; its control API is under /control.

    With `grants` a caller needs those to add a task and to act as the account that the task names.
    """
    app = Flask(__name__)

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

    @app.post("/v2/<path:queue>/tasks")
    def create(queue: str) -> Answer:
        faults = courier.faults
        time.sleep(faults.slow)
        if faults.refuse:
            raise _Error(faults.refuse, "PERMISSION_DENIED" if faults.refuse == 403 else "UNAVAILABLE", "As told.")
        task = (request.get_json(silent=True) or {}).get("task")
        if not isinstance(task, dict):
            raise _Error(400, "INVALID_ARGUMENT", "The task is missing.")
        delivery = _delivery(queue, task)
        if grants is not None:
            caller = request.headers.get("Authorization", "")
            grants.check(caller, "cloudtasks.tasks.create", queue)
            account = f"projects/{grants.project}/serviceAccounts/{delivery.token['serviceAccountEmail']}"
            grants.check(caller, "iam.serviceAccounts.actAs", account)
        if not courier.accept(delivery):
            raise _Error(409, "ALREADY_EXISTS", "The task cannot be created because a task with this name existed.")
        return task

    @app.get("/v2/<path:name>")
    def read(name: str) -> Any:
        """Return a task that waits, or what state a queue is in."""
        if "/tasks/" not in name:
            return {"name": name, "state": "PAUSED" if courier.paused else "RUNNING"}
        if not courier.knows(name):
            raise _Error(404, "NOT_FOUND", "Requested entity was not found.")
        return {"name": name}

    @app.post("/control/faults")
    def faults() -> Answer:
        """Set any of `Faults`; what is not named stays."""
        courier.set_faults(request.get_json())
        return {}

    @app.post("/control/<verb>")
    def act(verb: str) -> Answer:
        """Carry out `pause`, `resume`, `reset`, or `run`: deliver all that waits now, due or not."""
        if verb not in {"pause", "resume", "reset", "run"}:
            raise _Error(404, "NOT_FOUND", verb)
        getattr(courier, verb)()
        return {}

    @app.get("/control/tasks")
    def waiting() -> Any:
        return jsonify(courier.waiting())

    @app.get("/control/deliveries")
    def deliveries() -> Any:
        return jsonify(courier.delivered())

    return app


def _delivery(queue: str, task: Answer) -> Delivery:
    http = task.get("httpRequest") or {}
    name, token = str(task.get("name", "")), http.get("oidcToken") or {}
    if not _NAME.fullmatch(name) or not name.startswith(f"{queue}/tasks/"):
        raise _Error(400, "INVALID_ARGUMENT", f"Invalid value for 'task.name': {name!r}.")
    if not re.match(r"https?://", str(http.get("url", ""))):
        raise _Error(400, "INVALID_ARGUMENT", "HttpRequest.url must start with http:// or https://.")
    if not token.get("serviceAccountEmail") or not token.get("audience"):
        raise _Error(400, "INVALID_ARGUMENT", "This stand-in wants an oidcToken with an account and an audience.")
    if len(str(http.get("body", ""))) > _BODY_LIMIT:
        raise _Error(400, "INVALID_ARGUMENT", "Task size too large.")
    try:
        due = datetime.fromisoformat(task["scheduleTime"]) if task.get("scheduleTime") else datetime.now(UTC)
        deadline = float(str(task.get("dispatchDeadline", "600s")).removesuffix("s"))
    except ValueError as error:
        raise _Error(400, "INVALID_ARGUMENT", str(error)) from error
    if due > datetime.now(UTC) + timedelta(days=_DAYS):
        raise _Error(400, "INVALID_ARGUMENT", f"scheduleTime must be at most {_DAYS} days ahead.")
    return Delivery(
        name, due.timestamp(), http["url"], dict(http.get("headers") or {}), str(http.get("body", "")), token, deadline
    )
