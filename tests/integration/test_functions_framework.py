"""Each of the seven functions runs alone, as it is deployed: a functions-framework process of its own."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from sandbox.stage import free_port

ROOT = Path(__file__).resolve().parents[2]
KEY = "key-of-the-functions-alone"
PROOF = {"Authorization": f"Bearer {KEY}"}
# function -> method, path, headers of a request to its own route, and the status that it answers
ROUTES = {
    "oauth_redirect": ("GET", "/integrations/redirect/7?state=unknown&code=x", {}, 400),
    "booking_webhook": ("POST", "/bookings/7?token=1.forged", {}, 401),
    "calendar_notification": ("POST", "/notifications/google", {"X-Goog-Channel-Token": "7.x.forged"}, 401),
    "sync_task": ("POST", "/tasks/sync", PROOF, 200),
    "renew_watches": ("POST", "/watches/renew", PROOF, 200),
    "sweep": ("POST", "/sweep", PROOF, 200),
    "console": ("GET", "/console/api/integrations", PROOF, 200),
}
Start = Callable[[str], str]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a function and return its address once it answers."""
    programs: list[subprocess.Popen[bytes]] = []

    def started(name: str) -> str:
        port = free_port()
        environment = {"BACKEND": "standalone", "STATE_DIR": str(tmp_path), "CONSOLE_KEY": KEY, "PORT": str(port)}
        framework = shutil.which("functions-framework", path=str(Path(sys.executable).parent)) or "functions-framework"
        program = subprocess.Popen(
            [framework, f"--target={name}", f"--port={port}", "--host=127.0.0.1"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        programs.append(program)
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while True:
            assert program.poll() is None, f"{name} ended with {program.returncode}"
            assert time.monotonic() < deadline, f"{name} does not answer"
            try:
                requests.get(f"{address}/health", timeout=60)
            except requests.ConnectionError:
                time.sleep(0.05)
            else:
                return address

    yield started
    for program in programs:
        os.killpg(program.pid, signal.SIGKILL)  # its server would take seconds to wind down
        program.wait(60)


@pytest.mark.parametrize("name", ROUTES)
def test_a_function_alone_answers_its_health_check_its_route_and_nobody_without_a_proof(
    start: Start, name: str
) -> None:
    method, path, headers, status = ROUTES[name]
    address = start(name)
    health = requests.get(f"{address}/health", timeout=60)
    answer = requests.request(method, f"{address}{path}", headers=headers, timeout=60, allow_redirects=False)
    assert (health.status_code, health.json()) == (200, {"status": "ok"})
    assert answer.status_code == status, answer.text
    if headers is PROOF:
        refused = requests.request(method, f"{address}{path}", timeout=60)
        assert refused.status_code == 401
        assert KEY not in refused.text
