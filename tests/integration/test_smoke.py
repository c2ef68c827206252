"""`infra/smoke.sh` after an apply: every function is called as in earnest, and each fault is one sentence with its cure.

It runs against the functions as processes over the stand-ins; Terraform and gcloud are played by small programs.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import requests

from sandbox.cloud_stage import PROJECT, CloudStage
from sandbox.gcp.deployed import Deployed, make_app
from sandbox.gcp.grants import OWNER, token_of
from sandbox.gcp.serving import served
from sandbox.stage import free_port
from tests.conftest import needs_emulator

SCRIPT = Path(__file__).parents[2] / "infra" / "smoke.sh"
TERRAFORM = """import json, sys
outputs = json.loads(open(sys.argv[0] + ".json").read())
found = outputs.get(sys.argv[-1])
sys.exit("No outputs found") if found is None else print(found if "-raw" in sys.argv else json.dumps(found), end="")
"""
# `gcloud auth print-access-token`, and `gcloud run services proxy`, which adds the caller's identity to each request
GCLOUD = """import sys
if "print-access-token" in sys.argv:
    print("{token}", end="")
    sys.exit()
import http.client, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
port = int(sys.argv[-1].removeprefix("--port="))
class Proxy(BaseHTTPRequestHandler):
    def pass_on(self):
        onward = http.client.HTTPConnection(urllib.parse.urlsplit("{console}").netloc)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        onward.request(self.command, self.path, body, {{**self.headers, "Authorization": "{proof}"}})
        answer = onward.getresponse()
        said = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)
    do_GET = do_PUT = do_DELETE = pass_on
    def log_message(self, *_): pass
ThreadingHTTPServer(("127.0.0.1", port), Proxy).serve_forever()
"""


@dataclass(frozen=True, slots=True)
class Site:
    """What was deployed, and the script to try it with."""

    stage: CloudStage
    deployed: Deployed
    jobs: dict[str, Callable[[], int]]
    outputs: dict[str, object]
    directory: Path
    environment: dict[str, str]

    def smoke(self, **outputs: object) -> tuple[int, list[str]]:
        """Run the script; returns its exit code and its lines."""
        program(self.directory / "terraform", TERRAFORM)
        (self.directory / "terraform.json").write_text(json.dumps({**self.outputs, **outputs}))
        command = ["sh", str(SCRIPT), PROJECT]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=200)
        assert done.stderr == ""
        return done.returncode, done.stdout.splitlines()

    def only_fault(self, **outputs: object) -> str:
        """Run the script, which must find one thing wrong, and return its sentence."""
        code, said = self.smoke(**outputs)
        faults = [line for line in said if line.startswith("FAULT ")]
        assert (code, len(faults)) == (1, 1), faults
        return faults[0]


def program(path: Path, text: str) -> None:
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    needs_emulator()
    directory = tmp_path_factory.mktemp("site")
    with CloudStage() as stage:
        jobs = {
            "ireserve-sweep": lambda: stage.schedule("sweep", "/sweep"),
            "ireserve-renew-watches": lambda: stage.schedule("renew_watches", "/watches/renew"),
        }
        deployed = Deployed(jobs)
        port, address = free_port(), stage.addresses
        outputs: dict[str, object] = {
            "console_url": f"http://127.0.0.1:{port}/console/",
            "console_command": f"gcloud run services proxy ireserve-console --port={port}",
            "return_url": f"{address['oauth_redirect']}/integrations/redirect/",
            "webhook_base_url": address["booking_webhook"],
            "notification_base_url": address["calendar_notification"],
            "addresses": address,
        }
        proof = stage.proof()["Authorization"]
        program(directory / "gcloud", GCLOUD.format(token=token_of(OWNER), console=address["console"], proof=proof))
        with served(make_app(deployed)) as told:
            led = {"RUN": told, "CLOUDSCHEDULER": told, "CLOUDTASKS": address["tasks"]}
            environment = {
                "PATH": f"{directory}:{os.environ['PATH']}",
                **{f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{name}": f"{where}/" for name, where in led.items()},
            }
            yield Site(stage, deployed, jobs, outputs, directory, environment)


@pytest.fixture
def site(deployment: Site) -> Iterator[Site]:
    """What was deployed; what a test breaks is mended afterwards."""
    yield deployment
    deployment.deployed.failed.clear()
    deployment.deployed.paused.clear()
    deployment.deployed.jobs = deployment.jobs
    requests.post(f"{deployment.stage.addresses['tasks']}/control/resume", timeout=10)
    requests.post(f"{deployment.stage.addresses['secrets']}/control/faults", json={"denied": False}, timeout=10)


def test_what_works_is_said_to_work_and_nothing_is_left_behind(site: Site) -> None:
    code, said = site.smoke()
    assert [line for line in said if line.startswith("FAULT")] == []
    assert (code, said[-1]) == (0, "What was deployed works.")
    assert len([line for line in said if line.startswith("ok ")]) == 18
    assert site.stage.api("GET", "") == []


def test_a_function_that_did_not_start_is_named_with_where_its_log_is(site: Site) -> None:
    site.deployed.failed["ireserve-sweep"] = "The user-provided container failed to start."
    fault = site.only_fault()
    assert "ireserve-sweep has not started (The user-provided container failed" in fault
    assert "gcloud run services logs read ireserve-sweep" in fault


def test_a_schedule_that_is_paused_is_named_with_how_it_goes_on(site: Site) -> None:
    site.deployed.paused.add("ireserve-sweep")
    fault = site.only_fault()
    assert "ireserve-sweep is paused: gcloud scheduler jobs resume ireserve-sweep" in fault


def test_a_schedule_whose_call_is_refused_is_told_with_its_log(site: Site) -> None:
    site.deployed.jobs = {**site.jobs, "ireserve-sweep": lambda: 403}
    fault = site.only_fault()
    assert "ireserve-sweep could not call its function (code 7)" in fault


def test_a_queue_that_is_paused_is_named_with_how_it_goes_on(site: Site) -> None:
    requests.post(f"{site.stage.addresses['tasks']}/control/pause", timeout=10)
    fault = site.only_fault()
    assert "The queue ireserve-live is PAUSED: gcloud tasks queues resume ireserve-live" in fault


def test_an_address_that_may_not_be_public_leads_to_where_that_is_explained(site: Site) -> None:
    closed = site.stage.addresses["sync_task"]  # answers a stranger as a function that was not made public does
    fault = site.only_fault(notification_base_url=closed)
    assert "ireserve-calendar-notification is not public" in fault
    assert "infra/README.md" in fault


def test_a_domain_that_leads_nowhere_is_said_to(site: Site) -> None:
    fault = site.only_fault(webhook_base_url=f"http://127.0.0.1:{free_port()}")
    assert "ireserve-booking-webhook does not answer" in fault
    assert "custom domain" in fault


def test_secrets_that_are_denied_are_told_by_the_console(site: Site) -> None:
    requests.post(f"{site.stage.addresses['secrets']}/control/faults", json={"denied": True}, timeout=10)
    code, said = site.smoke()
    faults = [line for line in said if line.startswith("FAULT ")]
    assert code == 1
    assert "could not store an integration and its secrets (503" in faults[0]


def test_a_console_that_does_not_open_names_the_command(site: Site) -> None:
    fault = site.only_fault(console_command="false")
    assert "The console does not open through the proxy" in fault
    assert "console_members" in fault


def test_without_outputs_it_says_where_it_is_to_be_run(site: Site) -> None:
    assert "Terraform has no outputs here" in replace(site, outputs={}).only_fault()


def test_without_a_project_the_script_says_how_it_is_used() -> None:
    done = subprocess.run(["sh", str(SCRIPT)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.startswith("usage: ")) == (2, True)
