"""The stand-in of Secret Manager refuses a call that infra/ grants no account for."""

from collections.abc import Callable, Iterator

import pytest
import requests

from sandbox.gcp.grants import grants, token_of
from sandbox.gcp.secret_manager import World, make_app
from sandbox.gcp.serving import served

SECRET = "projects/demo/secrets/ireserve-7-ireserve-password"
Call = Callable[..., int]


@pytest.fixture
def call() -> Iterator[Call]:
    """Call the stand-in as the account of a function; returns the status."""
    with served(make_app(World(grants=grants("demo")))) as address:

        def do(function: str, method: str, path: str, body: object = None) -> int:
            headers = {"Authorization": f"Bearer {token_of(f'ireserve-{function}')}"}
            answer = requests.request(method, f"{address}/v1/{path}", json=body, headers=headers, timeout=60)
            return answer.status_code

        yield do


PAYLOAD: dict[str, object] = {"payload": {"data": "eA=="}}
REPLICATION: dict[str, object] = {"replication": {"automatic": {}}}


def fill(call: Call) -> None:
    assert call("console", "POST", "projects/demo/secrets?secretId=ireserve-7-ireserve-password", REPLICATION) == 200
    assert call("console", "POST", f"{SECRET}:addVersion", PAYLOAD) == 200


def test_the_console_makes_fills_and_reads_a_secret_of_an_integration(call: Call) -> None:
    fill(call)
    assert call("console", "GET", f"{SECRET}/versions/1:access") == 200


def test_sync_task_reads_and_destroys_a_version_and_adds_none(call: Call) -> None:
    fill(call)
    assert call("sync-task", "GET", f"{SECRET}/versions/1:access") == 200
    assert call("sync-task", "POST", f"{SECRET}:addVersion", PAYLOAD) == 403
    assert call("sync-task", "POST", "projects/demo/secrets?secretId=ireserve-8-x", REPLICATION) == 403
    assert call("sync-task", "POST", f"{SECRET}/versions/1:destroy") == 200


@pytest.mark.parametrize("function", ["booking-webhook", "calendar-notification", "oauth-redirect", "sweep"])
def test_no_other_function_reads_a_secret_of_an_integration(call: Call, function: str) -> None:
    fill(call)
    assert call(function, "GET", f"{SECRET}/versions/1:access") == 403


def test_the_console_reads_no_secret_of_the_installation(call: Call) -> None:
    assert call("console", "POST", "projects/demo/secrets?secretId=webhook-keys", REPLICATION) == 200
    assert call("console", "POST", "projects/demo/secrets/webhook-keys:addVersion", PAYLOAD) == 403
    assert call("console", "GET", "projects/demo/secrets/webhook-keys/versions/1:access") == 403
