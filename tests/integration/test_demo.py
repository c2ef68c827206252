"""The demo as a person starts it: a process, over real sockets, with an exit code."""

import os
import subprocess
import sys
from pathlib import Path

from sandbox.stage import KEY, SECRETS
from tests.harness.secret_forms import found

PERSONAL = (
    "Ester",
    "Gast",
    "test@example.org",
    "guest@example.org",
    "planner@example.org",
    "Koffie",
    "Yoga",
    "Sleutel",
)
KEYS = (KEY, "token=", "code=", "Bearer", "refresh_token")
ROOT = Path(__file__).resolve().parents[2]


def test_every_step_of_the_demo_holds(tmp_path: Path) -> None:
    environment = {**os.environ, "BACKEND": "standalone", "STATE_DIR": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "-m", "sandbox.demo"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=550,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "0 failed" in told.stdout
    log = (tmp_path / "product.log").read_text()
    assert len(log.splitlines()) > 100
    assert found(log) == []
    assert [each for each in (*PERSONAL, *KEYS, SECRETS["google_client_secret"]) if each in log] == []


def test_a_backend_without_a_stage_is_said_in_one_sentence() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "sandbox.demo"],
        cwd=ROOT,
        env={**os.environ, "BACKEND": "moon"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 2
    assert told.stdout.startswith("BACKEND is moon; the demo has a stage for standalone")
