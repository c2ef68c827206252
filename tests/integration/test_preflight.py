"""`infra/preflight.sh` looks before the first apply: one sentence for each fault, and what to do about it."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.gcp.project import APIS, Project, make_app
from sandbox.gcp.serving import served
from tests.conftest import needs_curl

SCRIPT = Path(__file__).parents[2] / "infra" / "preflight.sh"
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def project() -> Project:
    return Project()


@pytest.fixture
def run(project: Project, tmp_path: Path) -> Iterator[Run]:
    """The script with gcloud signed in, or not, and Google's APIs played by the stand-in."""
    needs_curl()
    gcloud = tmp_path / "gcloud"
    with served(make_app(project)) as address:
        asked = ("CLOUDRESOURCEMANAGER", "CLOUDBILLING", "SERVICEUSAGE", "CLOUDBUILD", "ORGPOLICY", "CLOUDTASKS")
        led = {f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{name}": f"{address}/" for name in asked}

        def go(*arguments: str, signed_in: bool = True) -> tuple[int, str]:
            gcloud.write_text(f"#!/bin/sh\necho token\nexit {0 if signed_in else 1}\n", encoding="utf-8")
            gcloud.chmod(0o755)
            environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", **led}
            command = [str(SCRIPT), *(arguments or ("venue-sync",))]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            assert done.stderr == ""
            return done.returncode, done.stdout

        yield go


def test_a_project_that_can_take_it_is_told_so_after_a_build_was_tried_in_its_region(
    run: Run, project: Project
) -> None:
    code, said = run()
    assert (code, project.built) == (0, ["europe-west1"])
    assert "FAULT" not in said
    assert said.endswith("Nothing stands in the way of terraform apply.\n")


def test_what_lets_in_at_google_stands_on_no_command_line(run: Run, tmp_path: Path) -> None:
    calls, curl = tmp_path / "calls", tmp_path / "curl"
    curl.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >>{calls}\nexec {shutil.which("curl")} "$@"\n', encoding="utf-8")
    curl.chmod(0o755)
    assert run()[0] == 0
    assert "billingInfo" in calls.read_text("utf-8")
    assert "Bearer" not in calls.read_text("utf-8")


FAULTS: dict[str, tuple[dict[str, object], str, str]] = {
    "another project": ({"id": "another"}, "Project venue-sync cannot be seen", "gcloud projects list"),
    "a project that is being deleted": ({"state": "DELETE_REQUESTED"}, "is not active", "gcloud projects undelete"),
    "no billing": ({"billing": False}, "has no billing", "gcloud billing projects link venue-sync"),
    "an API": (
        {"apis": [api for api in APIS if not api.startswith("serviceusage")]},
        "serviceusage.googleapis.com is off",
        "gcloud services enable serviceusage.googleapis.com",
    ),
    "a role": ({"lacking": ["run.services.setIamPolicy"]}, "You lack run.services.setIamPolicy", "roles/run.admin"),
    "domains": (
        {"policies": {"iam.allowedPolicyMemberDomains": ["C0abcdefg"]}},
        "grants to its own members only",
        "public_functions = false",
    ),
    "places": (
        {"policies": {"gcp.resourceLocations": ["in:us-locations"]}},
        "other places only (gcp.resourceLocations: in:us-locations), and not europe-west1",
        "take one of them",
    ),
    "invokers": ({"enforced": ["run.managed.requireInvokerIam"]}, "run.managed.requireInvokerIam", "ask for an exc"),
    "builds": ({"builds_in": ["us-central1"]}, "may not build in europe-west1", "before the first apply"),
    "queues": ({"queues_in": ["us-central1"]}, "Cloud Tasks is not in europe-west1", "set queue_region"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_sentence_that_names_it_and_says_what_to_do(run: Run, project: Project, name: str) -> None:
    changes, what, advice = FAULTS[name]
    for field, value in changes.items():
        setattr(project, field, value)
    code, said = run()
    (fault,) = [line for line in said.splitlines() if line.startswith("FAULT ")]
    assert (code, what in fault, advice in fault) == (1, True, True), fault


def test_whoever_is_not_signed_in_is_told_how(run: Run) -> None:
    code, said = run(signed_in=False)
    assert (code, "gcloud auth login" in said) == (1, True)


def test_a_region_inside_a_place_that_the_organisation_allows_is_allowed(run: Run, project: Project) -> None:
    project.policies["gcp.resourceLocations"] = ["in:eu-locations"]
    assert run()[0] == 0


def test_that_traces_keep_whole_addresses_is_said_where_they_are_kept(run: Run, project: Project) -> None:
    project.apis.append("cloudtrace.googleapis.com")
    code, said = run()
    assert (code, "gcloud services disable cloudtrace.googleapis.com" in said) == (0, True)


def test_without_a_project_the_script_says_how_it_is_used(tmp_path: Path) -> None:
    done = subprocess.run(["sh", str(SCRIPT)], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr.startswith("usage: ")) == (2, True)
