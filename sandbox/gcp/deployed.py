"""Google Cloud's APIs about a deployment, as `infra/smoke.sh` calls them with gcloud's token.

Cloud Run's services and Cloud Scheduler's jobs on one address.
https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services
https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Flask, jsonify

PERMISSION_DENIED = 7


@dataclass(slots=True)
class Deployed:
    """Faults of the deployment. `failed`: the reason by service; `paused`: jobs; `missing`: services."""

    jobs: Mapping[str, Callable[[], int]]  # by name: calls the job's function and returns the status of its answer
    failed: dict[str, str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    paused: set[str] = field(default_factory=set)
    attempts: dict[str, dict[str, Any]] = field(default_factory=dict)


def make_app(deployed: Deployed) -> Flask:
    """Return the server."""
    app = Flask(__name__)

    def failed(code: int, status: str, message: str) -> tuple[Any, int]:
        return jsonify({"error": {"code": code, "status": status, "message": message}}), code

    @app.get("/v2/projects/<project>/locations/<region>/services/<name>")
    def service(project: str, region: str, name: str) -> Any:
        full = f"projects/{project}/locations/{region}/services/{name}"
        if name in deployed.missing:
            return failed(404, "NOT_FOUND", f"Resource '{name}' of kind 'SERVICE' does not exist.")
        said = deployed.failed.get(name)
        condition = {"type": "Ready", "state": "CONDITION_FAILED" if said else "CONDITION_SUCCEEDED"}
        if said:
            condition["message"] = said
        return {"name": full, "terminalCondition": condition, "conditions": [{"type": "RoutesReady", **condition}]}

    @app.get("/v1/projects/<project>/locations/<region>/jobs/<name>")
    def job(project: str, region: str, name: str) -> Any:
        state = "PAUSED" if name in deployed.paused else "ENABLED"
        full = f"projects/{project}/locations/{region}/jobs/{name}"
        return {"name": full, "state": state, **deployed.attempts.get(name, {})}

    @app.post("/v1/projects/<_project>/locations/<_region>/jobs/<name>:run")
    def run(_project: str, _region: str, name: str) -> Any:
        status = deployed.jobs[name]()
        good = 200 <= status < 300
        deployed.attempts[name] = {
            "lastAttemptTime": datetime.now(UTC).isoformat(),
            "status": {} if good else {"code": PERMISSION_DENIED},
        }
        return {}

    return app
