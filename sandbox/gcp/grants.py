"""The grants of the Terraform files: a stand-in with this table refuses a call without a grant.

The table is read from infra/: the map of functions, with its roles and conditions. The permissions of a role are those
that Google publishes: https://cloud.google.com/iam/docs/understanding-roles
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import hcl2

INFRA = Path(__file__).parents[2] / "infra"
DATABASE = "ireserve"  # the defaults of infra/variables.tf
REGION = "europe-west1"
OWNER = "owner"  # who applies
ROLES: dict[str, tuple[str, ...]] = {
    "roles/secretmanager.secretAccessor": ("secretmanager.versions.access",),
    "roles/secretmanager.secretVersionManager": tuple(
        f"secretmanager.versions.{verb}" for verb in ("add", "destroy", "disable", "enable", "get", "list")
    ),
    "roles/cloudtasks.enqueuer": ("cloudtasks.tasks.create", "cloudtasks.tasks.get", "cloudtasks.queues.get"),
    "roles/iam.serviceAccountUser": ("iam.serviceAccounts.actAs",),
    "roles/datastore.viewer": ("datastore.entities.get", "datastore.entities.list"),
    "roles/datastore.user": tuple(f"datastore.entities.{v}" for v in ("get", "list", "create", "update", "delete")),
}


class Denied(Exception):
    """The caller lacks a permission on the resource."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role's permissions for a function's account, on what begins with `on` ("" = the whole project)."""

    account: str
    permissions: tuple[str, ...]
    on: str = ""


@dataclass(slots=True)
class Grants:
    """The table, for accounts of one project ("": of any); a token names its account (`metadata.py`)."""

    project: str
    table: list[Grant] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def check(self, authorization: str, permission: str, resource: str) -> None:
        """Raise `Denied` unless the bearer of a token may do this to a resource of this project."""
        self.check_account(account_of(authorization), permission, resource)

    def check_account(self, account: str, permission: str, resource: str) -> None:
        """Raise `Denied` unless an account may do this."""
        if account == OWNER:
            return
        name = re.sub(rf"^projects/{self.project or '[^/]+'}/", "", resource)
        if not any(
            grant.account == account and permission in grant.permissions and name.startswith(grant.on)
            for grant in self.table
        ):
            self.refused.append(f"{account or 'nobody'} {permission} {name}")
            raise Denied(f"Permission '{permission}' denied on resource '{resource}' (or it may not exist).")


def token_of(account: str) -> str:
    """Return the access token of a function's account, as the metadata stand-in gives it."""
    return f"sandbox-access-token.{account}"


def account_of(authorization: str) -> str:
    """Return whose token it is: `ireserve-sync-task`; "" for any other token, or none."""
    found = re.fullmatch(r"Bearer sandbox-access-token\.([a-z-]+)", authorization)
    return found[1] if found else ""


def grants(project: str) -> Grants:
    """Return the grants that infra/ makes for the functions' accounts."""
    table: list[Grant] = []
    roles = {role: ROLES[role] for role in ROLES} | _custom_roles()
    for name, row in functions().items():
        account = f"ireserve-{name.replace('_', '-')}"
        table += [
            Grant(account, roles[grant["role"]], grant["on"])
            for grant in _local("secret_access")[row["integration_secrets"]]
        ]
        table += [
            Grant(account, ROLES["roles/cloudtasks.enqueuer"], f"locations/{REGION}/queues/ireserve-{queue}")
            for queue in row["queues"]
        ]
        if row["queues"]:
            table.append(Grant(account, ROLES["roles/iam.serviceAccountUser"], "serviceAccounts/ireserve-tasks@"))
        if row["firestore"] != "none":
            role = {"read": "roles/datastore.viewer", "write": "roles/datastore.user"}[row["firestore"]]
            table.append(Grant(account, ROLES[role], f"databases/{DATABASE}/"))
        if row["consents"]:
            table.append(Grant(account, ROLES["roles/datastore.user"], f"databases/{DATABASE}-consents/"))
    return Grants(project, table)


def _custom_roles() -> dict[str, tuple[str, ...]]:
    found = {}
    for content in _files():
        for group in content.get("resource", []):
            for body in group.get("google_project_iam_custom_role", {}).values():
                found[body["role_id"]] = tuple(body["permissions"])
    return found


def functions() -> dict[str, dict[str, Any]]:
    """Return the rows of the functions in infra/functions.tf."""
    return dict(_local("functions"))


def queues() -> dict[str, dict[str, int]]:
    """Return the rows of the queues in infra/tasks.tf, by the ends of their names."""
    return dict(_local("queues"))


def _local(name: str) -> Any:
    (value,) = (group[name] for content in _files() for group in content.get("locals", []) if name in group)
    return value


@cache
def _files() -> list[dict[str, Any]]:
    parsed = []
    for path in sorted(INFRA.glob("*.tf")):
        with path.open(encoding="utf-8") as file:
            parsed.append(_plain(hcl2.load(file)))
    return parsed


def _plain(value: Any) -> Any:
    """Remove the quotes of literals, which the parser keeps."""
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1]
    return value
