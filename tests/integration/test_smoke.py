"""`infra/smoke.sh` after an apply: every function is called as in earnest, and each fault is one sentence with its cure.

It runs against the functions as processes over the stand-ins; Terraform and gcloud are played by small programs.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import requests

from sandbox.cloud_stage import PROJECT, CloudStage
from sandbox.gcp.deployed import Deployed, make_app
from sandbox.gcp.grants import OWNER, token_of
from sandbox.gcp.serving import served
from sandbox.stage import free_port
from tests.conftest import needs_curl, needs_emulator

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


def program(path: Path, text: str) -> None:
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    needs_curl()
    needs_emulator()
    directory = tmp_path_factory.mktemp("site")
    with CloudStage() as stage:
        deployed = Deployed(
            {
                "ireserve-sweep": lambda: stage.schedule("sweep", "/sweep"),
                "ireserve-renew-watches": lambda: stage.schedule("renew_watches", "/watches/renew"),
            }
        )
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
            yield Site(stage, deployed, outputs, directory, environment)


def test_what_works_is_said_to_work_and_nothing_is_left_behind(site: Site) -> None:
    code, said = site.smoke()
    assert [line for line in said if line.startswith("FAULT")] == []
    assert (code, said[-1]) == (0, "What was deployed works.")
    assert len([line for line in said if line.startswith("ok ")]) == 20
    assert site.stage.api("GET", "") == []


FAULTS = {
    "a function that did not start": "ireserve-sweep has not started (The user-provided container failed to start.): gcloud run "
    "services logs read ireserve-sweep",
    "a function that is not there": "ireserve-renew-watches cannot be seen in europe-west1",
    "a domain that leads nowhere": "ireserve-booking-webhook does not answer",
    "an address that may not be public": "ireserve-calendar-notification is not public, so that its callers get 403: "
    '"Where public functions are forbidden" in infra/README.md',
    "a schedule that is paused": "ireserve-renew-watches is paused: gcloud scheduler jobs resume ireserve-renew-watches",
    "a schedule whose call is refused": "ireserve-sweep could not call its function (code 7)",
    "a queue that is paused": "The queue ireserve-live is PAUSED: gcloud tasks queues resume ireserve-live",
    "secrets that are denied": "The console could not store an integration and its secrets (503",
}


@pytest.fixture(scope="module")
def broken(site: Site) -> list[str]:
    """The faults that are told where all of this is wrong at once; afterwards everything is as it was."""
    address, jobs = site.stage.addresses, site.deployed.jobs
    site.deployed.failed["ireserve-sweep"] = "The user-provided container failed to start."
    site.deployed.missing.add("ireserve-renew-watches")
    site.deployed.paused.add("ireserve-renew-watches")
    site.deployed.jobs = {**jobs, "ireserve-sweep": lambda: 403}
    requests.post(f"{address['tasks']}/control/pause", timeout=10)
    requests.post(f"{address['secrets']}/control/faults", json={"denied": True}, timeout=10)
    closed = address["sync_task"]  # answers a stranger as a function that was not made public does
    code, said = site.smoke(notification_base_url=closed, webhook_base_url=f"http://127.0.0.1:{free_port()}")
    site.deployed.failed.clear()
    site.deployed.missing.clear()
    site.deployed.paused.clear()
    site.deployed.jobs = jobs
    requests.post(f"{address['tasks']}/control/resume", timeout=10)
    requests.post(f"{address['secrets']}/control/faults", json={"denied": False}, timeout=10)
    assert code == 1
    return [line for line in said if line.startswith("FAULT ")]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_sentence_that_names_it_and_says_what_to_do(broken: list[str], name: str) -> None:
    assert len([fault for fault in broken if fault.startswith(f"FAULT {FAULTS[name]}")]) == 1, broken


def test_nothing_else_is_said_to_be_wrong(broken: list[str]) -> None:
    told = [fault for fault in broken if any(fault.startswith(f"FAULT {each}") for each in FAULTS.values())]
    assert [fault for fault in broken if fault not in told and "could not be taken away" not in fault] == []


def test_a_console_that_does_not_open_names_the_command(site: Site) -> None:
    code, said = site.smoke(console_command="false")
    (fault,) = [line for line in said if line.startswith("FAULT ")]
    assert (code, "The console does not open through the proxy" in fault, "console_members" in fault) == (1, True, True)


def test_without_outputs_it_says_where_it_is_to_be_run(site: Site) -> None:
    code, said = replace(site, outputs={}).smoke()
    assert (code, "Terraform has no outputs here" in said[1]) == (1, True)


def test_without_a_project_the_script_says_how_it_is_used() -> None:
    done = subprocess.run(["sh", str(SCRIPT)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.startswith("usage: ")) == (2, True)
