"""Who the process is to Cloud Tasks: the token of the platform's metadata server, fetched once and again when it ends."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, request

from functions.adapters.platform.cloud_tasks import CloudTasks
from functions.application.ports import Task
from functions.domain.model.errors import Transient
from sandbox.gcp.serving import served

QUEUES = {"live": "projects/demo/locations/europe-west1/queues/live"}
TASK = Task("a", datetime(2026, 11, 23, tzinfo=UTC), {"n": 1})


class Platform:
    """A metadata server and a queue that notes with which token it was called."""

    def __init__(self) -> None:
        self.fetched: list[str] = []
        self.seen: list[str] = []
        self.life = 3600
        self.answer: Any = None

    def app(self) -> Flask:
        app = Flask("platform")

        @app.get("/computeMetadata/v1/instance/service-accounts/default/token")
        def token() -> Any:
            assert request.headers["Metadata-Flavor"] == "Google"
            self.fetched.append(request.args["scopes"])
            if self.answer is not None:
                return self.answer
            return {"access_token": f"token-{len(self.fetched)}", "expires_in": self.life, "token_type": "Bearer"}

        @app.post("/v2/<path:queue>/tasks")
        def create(queue: str) -> dict[str, str]:
            self.seen.append(request.headers["Authorization"])
            return {"name": queue}

        return app


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def tasks(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudTasks]:
    with served(platform.app()) as address:
        monkeypatch.setenv("GCE_METADATA_HOST", address.removeprefix("http://"))
        yield CloudTasks(QUEUES, "https://sync.example.org", "tasks@demo", endpoint=address, seconds=60.0)


def test_the_queue_is_called_with_the_accounts_token_for_cloud_tasks(platform: Platform, tasks: CloudTasks) -> None:
    tasks.put(TASK)
    assert platform.seen == ["Bearer token-1"]
    assert platform.fetched == ["https://www.googleapis.com/auth/cloud-tasks"]


def test_threads_share_one_token_while_it_lasts(platform: Platform, tasks: CloudTasks) -> None:
    threads = [threading.Thread(target=tasks.put, args=(TASK,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert platform.seen == ["Bearer token-1"] * 8
    assert len(platform.fetched) == 1


def test_a_token_that_ends_soon_is_replaced(platform: Platform, tasks: CloudTasks) -> None:
    platform.life = 60
    tasks.put(TASK)
    tasks.put(TASK)
    assert platform.seen == ["Bearer token-1", "Bearer token-2"]


@pytest.mark.parametrize(
    "answer", [("no", 404), ("not json", 200), ({"expires_in": 5}, 200), ({"access_token": "x"}, 200)]
)
def test_a_platform_that_gives_no_token_is_transient(platform: Platform, tasks: CloudTasks, answer: Any) -> None:
    platform.answer = answer
    with pytest.raises(Transient, match="Cloud Tasks did not answer"):
        tasks.put(TASK)
    platform.answer = None
    tasks.put(TASK)
    assert len(platform.seen) == 1
