"""`make run` as a person meets it: pages with something to show, one sentence for a taken port, a clean end."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from sandbox.run import PORTS
from sandbox.stage import free_port

ROOT = Path(__file__).resolve().parents[2]


def start(state: Path, ports: list[int]) -> subprocess.Popen[str]:
    variables = {variable: str(port) for (variable, _), port in zip(PORTS, ports, strict=True)}
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox.run"],
        cwd=ROOT,
        env={**os.environ, **variables, "SANDBOX_STATE_DIR": str(state)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def ports() -> list[int]:
    return [free_port() for _ in PORTS]


@pytest.fixture
def running(tmp_path: Path, ports: list[int]) -> Iterator[subprocess.Popen[str]]:
    program = start(tmp_path / "state", ports)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and program.poll() is None:
        try:
            requests.get(f"http://127.0.0.1:{ports[3]}/", timeout=60)
            break
        except requests.ConnectionError:
            time.sleep(0.1)
    yield program
    program.terminate()
    program.communicate(timeout=60)


def test_it_prints_the_addresses_and_ends_cleanly(running: subprocess.Popen[str], ports: list[int]) -> None:
    page = requests.get(f"http://127.0.0.1:{ports[3]}/", timeout=60).text
    decisions = requests.get(f"http://127.0.0.1:{ports[3]}/decisions", timeout=60).text
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    assert f"http://127.0.0.1:{ports[1]}/?view=day" in page
    assert f"http://127.0.0.1:{ports[2]}/?day=" in page
    assert "a person made an event" in decisions
    assert "a booking was made" in decisions
    for port in ports:
        assert f"http://127.0.0.1:{port}/" in said
    assert said.rstrip().endswith("Stopped.")
    assert running.returncode == 0
    for port in ports:
        with socket.socket() as gone:
            assert gone.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("nth", range(len(PORTS)))
def test_a_taken_port_is_said_with_the_variable_that_changes_it(tmp_path: Path, ports: list[int], nth: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports[nth]))
        taken.listen()
        program = start(tmp_path / "state", ports)
        said, _ = program.communicate(timeout=60)
    assert program.returncode == 1
    assert said == f"Port {ports[nth]} is taken; choose another one with {PORTS[nth][0]}.\n"
