"""The two public hot functions load nothing heavy, from the start of the process to their first 202."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.application.intake.notifications import channel_token
from functions.application.intake.webhooks import webhook_token
from sandbox.gcp.courier import Courier
from sandbox.gcp.serving import served
from sandbox.gcp.tasks import make_app

ROOT = Path(__file__).resolve().parents[2]
KEY = "webhook-key-of-the-tests"
HEAVY = (
    "apscheduler",
    "cryptography",
    "google.cloud.firestore_v1",
    "google.cloud.secretmanager",
    "googleapiclient",
    "grpc",
    "pydantic",
    "requests",
    "sqlite3",
    "urllib3",
    "yaml",
)
FIRST_ANSWER = """
import json, sys
from functions_framework import create_app
target, path, headers, body = json.loads(sys.argv[1])
answer = create_app(target, "main.py").test_client().post(path, headers=headers, data=body)
print(json.dumps([answer.status_code, sorted(sys.modules)]), file=sys.stderr)
"""
CALLS = {
    "booking_webhook": (f"/bookings/7?token={webhook_token(KEY, '7', 1)}", {}, '{"id": 4711}'),
    "calendar_notification": (
        "/notifications/google",
        {
            "X-Goog-Channel-Token": channel_token(KEY, "7", "room@example.org", "channel-1"),
            "X-Goog-Channel-ID": "channel-1",
            "X-Goog-Resource-State": "exists",
        },
        "",
    ),
}


@pytest.fixture
def environment() -> Iterator[tuple[dict[str, str], Courier]]:
    courier = Courier()
    courier.pause()
    with served(make_app(courier)) as tasks:
        yield (
            {
                "PATH": os.environ["PATH"],
                "BACKEND": "cloud",
                "GOOGLE_CLOUD_PROJECT": "demo",
                "BASE_URL": "https://hot.example.org",
                "WEBHOOK_KEYS": KEY,
                "TASKS_QUEUE": "projects/demo/locations/europe-west1/queues/live",
                "TASKS_TARGET": "https://sync-task.example.org/tasks/sync",
                "TASKS_SERVICE_ACCOUNT": "tasks@demo.iam.gserviceaccount.com",
                "TASKS_ENDPOINT": tasks,
            },
            courier,
        )


@pytest.mark.parametrize("function", CALLS)
def test_a_hot_function_queues_its_hint_without_loading_anything_heavy(
    function: str, environment: tuple[dict[str, str], Courier]
) -> None:
    env, courier = environment
    command = [sys.executable, "-W", "ignore", "-c", FIRST_ANSWER, json.dumps([function, *CALLS[function]])]
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    status, modules = json.loads(ran.stderr.splitlines()[-1])
    assert status == 202
    assert len(courier.waiting()) == 2, "a leading and a trailing task"
    assert not [name for name in modules if name in HEAVY]


def test_what_the_hot_functions_must_not_load_goes_by_these_names() -> None:
    code = f"import importlib; [importlib.import_module(name) for name in {HEAVY!r}]"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)
