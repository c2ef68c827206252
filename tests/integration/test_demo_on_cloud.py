"""`make demo BACKEND=cloud`: the whole story over seven functions as separate processes, and what their logs say."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.cloud_stage import ADMINISTRATOR, FUNCTIONS, PROJECT
from sandbox.stage import CLIENT_ID, ROOM_A, ROOT
from tests.conftest import needs_emulator

# what people wrote, who they are, and what is secret: the story uses all of it
NAMES = ("Ester", "Gast", "test@example.org", "guest@example.org", "planner@example.org", ADMINISTRATOR, ROOM_A)
TEXTS = ("Koffie", "Bestuursvergadering", "Agenda volgt", "Yoga", "Sleutel", "niet beschikbaar", "Zaal A")
SECRET = (
    "sandbox-secret",
    "webhook-key",
    "token=",
    "Bearer",
    "ya29.",
    "1//",
    "SIGNATURE_REMOVED",
    "sandbox-access",
    "code=",
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    needs_emulator()
    state = tmp_path_factory.mktemp("demo")
    env = {**os.environ, "BACKEND": "cloud", "STATE_DIR": str(state)}
    command = [sys.executable, "-m", "sandbox.demo"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=540), state


@pytest.fixture(scope="module")
def lines(told: tuple[subprocess.CompletedProcess[str], Path]) -> list[dict[str, Any]]:
    said = [(told[1] / f"{name}.log").read_text() for name in FUNCTIONS if (told[1] / f"{name}.log").exists()]
    return [json.loads(line) for text in said for line in text.splitlines()]


def test_every_step_of_the_story_holds(told: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    story, _ = told
    failed = [line for line in story.stdout.splitlines() if not line.startswith("{")]
    assert story.returncode == 0, "\n".join(failed) + story.stderr[-1000:]
    assert ", 0 failed" in story.stdout


def test_every_function_took_part_and_both_instances_that_work(
    told: tuple[subprocess.CompletedProcess[str], Path], lines: list[dict[str, Any]]
) -> None:
    assert {line["function"] for line in lines if line["event"] == "answered"} == set(FUNCTIONS.values())
    for name in ("sync_task", "sync_task_2"):
        assert "change_applied" in (told[1] / f"{name}.log").read_text()


def test_every_line_is_json_with_a_severity_and_a_message(lines: list[dict[str, Any]]) -> None:
    assert lines
    for line in lines:
        assert line["severity"] in ("INFO", "WARNING", "ERROR")
        assert line["message"] == line["event"]


def test_lines_say_what_they_were_about_and_how_long_it_took(lines: list[dict[str, Any]]) -> None:
    worked = [line for line in lines if line["event"] == "answered" and line["function"] == "sync_task"]
    assert all(line["int_id"] == "7" and line["duration_ms"] > 0 for line in worked)
    for name in ("booking", "calendar"):
        assert any(name in line for line in worked)
    assert any(line.get("why") == "booking_changed" for line in worked), "the decision"
    hooked = [line for line in lines if line["event"] == "answered" and line["function"] == "booking_webhook"]
    assert all(line["int_id"] == "7" and line["booking"] for line in hooked)
    traces = [line["logging.googleapis.com/trace"] for line in lines if line.get("function") == "console"]
    assert all(re.fullmatch(rf"projects/{PROJECT}/traces/[0-9a-f]{{32}}", trace) for trace in traces if trace)
    assert len(set(traces)) > 28, "one a step at least"


def test_the_logs_carry_nothing_personal_and_nothing_secret(
    told: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    for path in (told[1] / f"{name}.log" for name in FUNCTIONS):
        text = path.read_text() if path.exists() else ""
        found = [word for word in (*NAMES, *TEXTS, *SECRET, CLIENT_ID) if word in text]
        assert not found, f"{path.name} logs {found}"
