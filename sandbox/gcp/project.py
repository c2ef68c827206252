"""Google Cloud's APIs about a project, as `infra/preflight.sh` calls them through gcloud.

Resource Manager, Cloud Billing, Service Usage, Organization Policy, Cloud Build and Cloud Tasks' locations on one address.
https://cloud.google.com/resource-manager/reference/rest, and the pages beside it
"""

from dataclasses import dataclass, field, fields
from typing import Any

from flask import Flask, request

Answer = dict[str, Any]
NUMBER = "123456789012"
REGIONS = ["europe-west1", "us-central1"]  # where a project that is restricted may build
APIS = [
    f"{name}.googleapis.com"
    for name in ("cloudbilling", "cloudbuild", "cloudresourcemanager", "cloudtasks", "orgpolicy", "serviceusage")
]


@dataclass(slots=True)
class Project:
    """The project. `lacking`: missing permissions; `policies`: values by constraint; `enforced`: constraints."""

    id: str = "venue-sync"
    state: str = "ACTIVE"
    billing: bool = True
    apis: list[str] = field(default_factory=lambda: list(APIS))
    lacking: list[str] = field(default_factory=list)
    policies: dict[str, list[str]] = field(default_factory=dict)
    enforced: list[str] = field(default_factory=list)
    builds_in: list[str] = field(default_factory=lambda: list(REGIONS))
    queues_in: list[str] = field(default_factory=lambda: ["europe-west1"])
    built: list[str] = field(default_factory=list)


def make_app(project: Project) -> Flask:
    """Return the server; the control API under /control/project sets any field of `Project`."""
    app = Flask(__name__)

    def failed(code: int, status: str, message: str) -> tuple[Answer, int]:
        return {"error": {"code": code, "status": status, "message": message}}, code

    @app.get("/v1/projects/<name>")
    def described(name: str) -> Any:
        if name != project.id:
            return failed(403, "PERMISSION_DENIED", f"Project '{name}' not found or permission denied.")
        return {"projectId": project.id, "projectNumber": NUMBER, "lifecycleState": project.state, "name": "Venue"}

    @app.get("/v1/projects/<name>/billingInfo")
    def billing(name: str) -> Answer:
        return {"name": f"projects/{name}/billingInfo", "projectId": name, "billingEnabled": project.billing}

    @app.get("/v1/projects/<name>/services")
    def services(name: str) -> Answer:
        on = [{"name": f"projects/{NUMBER}/services/{api}", "config": {"name": api}} for api in project.apis]
        return {"services": [{**each, "state": "ENABLED", "parent": f"projects/{name}"} for each in on]}

    @app.post("/v1/projects/<_name>:testIamPermissions")
    def permissions(_name: str) -> Answer:
        asked = request.get_json()["permissions"]
        return {"permissions": [each for each in asked if each not in project.lacking]}

    @app.post("/v1/projects/<_name>:getEffectiveOrgPolicy")
    def list_policy(_name: str) -> Answer:
        constraint = request.get_json()["constraint"]
        values = project.policies.get(constraint.removeprefix("constraints/"), [])
        return {"constraint": constraint, "listPolicy": {"allowedValues": values} if values else {"allValues": "ALLOW"}}

    @app.get("/v2/projects/<name>/policies/<constraint>:getEffectivePolicy")
    def policy(name: str, constraint: str) -> Answer:
        rules = [{"enforce": constraint in project.enforced}]
        return {"name": f"projects/{name}/policies/{constraint}", "spec": {"rules": rules}}

    @app.post("/v1/projects/<_name>/locations/<region>/builds")
    def build(_name: str, region: str) -> Any:
        if region not in project.builds_in:
            return failed(
                400,
                "FAILED_PRECONDITION",
                "due to quota restrictions, cannot run builds in this region, see "
                "https://cloud.google.com/build/docs/locations#restricted_regions_for_some_projects",
            )
        project.built.append(region)
        made = {
            "id": "build-1",
            "projectId": project.id,
            "status": "SUCCESS",
            "name": f"{_place(project, region)}/builds/build-1",
        }
        metadata = {"@type": "type.googleapis.com/google.devtools.cloudbuild.v1.BuildOperationMetadata", "build": made}
        return {"name": f"{_place(project, region)}/operations/1", "metadata": metadata}

    @app.get("/v1/projects/<_name>/locations/<region>/builds/<build_id>")
    def built(_name: str, region: str, build_id: str) -> Answer:
        return {
            "id": build_id,
            "projectId": project.id,
            "status": "SUCCESS",
            "name": f"{_place(project, region)}/builds/{build_id}",
        }

    @app.get("/v2/projects/<name>/locations")
    def locations(name: str) -> Answer:
        return {
            "locations": [
                {"name": f"projects/{name}/locations/{each}", "locationId": each} for each in project.queues_in
            ]
        }

    @app.post("/control/project")
    def change() -> Answer:
        for each in fields(project):
            setattr(project, each.name, request.get_json().get(each.name, getattr(project, each.name)))
        return {}

    return app


def _place(project: Project, region: str) -> str:
    return f"projects/{project.id}/locations/{region}"
