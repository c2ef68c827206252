"""Functions served by functions-framework as processes of their own, beside an empty one."""

import hashlib
import hmac
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from flask import Flask

from sandbox.gcp.courier import Courier
from sandbox.gcp.serving import served
from sandbox.gcp.tasks import make_app
from sandbox.stage import free_port
from tests.bench.measure import ROOT

KEY = "webhook-key-of-the-bench"
OWN = {name: Path(__file__).with_name(name) for name in ("empty", "stored")}  # functions of the bench


def mac(*parts: str, key: str = KEY) -> str:
    return hmac.new(key.encode(), "\n".join(parts).encode(), hashlib.sha256).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class Call:
    """What a function is asked."""

    path: str
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


CALLS = {
    **dict.fromkeys(OWN, Call("/", "{}")),
    "booking_webhook": Call(f"/bookings/7?token=1.{mac('webhook', '7', '1')}", '{"id": 1}'),
    "calendar_notification": Call(
        "/notifications/google",
        headers={
            "X-Goog-Channel-Token": f"7.abc.{mac('channel', '7', 'abc', 'channel-1')}",
            "X-Goog-Channel-ID": "channel-1",
            "X-Goog-Resource-State": "exists",
        },
    ),
}


def standalone(folder: Path) -> dict[str, str]:
    """Return the environment of a function that keeps everything in a folder."""
    return {**os.environ, "BACKEND": "standalone", "STATE_DIR": str(folder), "WEBHOOK_KEYS": KEY}


@contextmanager
def cloud() -> Iterator[dict[str, str]]:
    """Give the environment of a function in the cloud, with test servers of its metadata and of Cloud Tasks."""
    courier = Courier()
    courier.pause()
    with served(make_app(courier)) as tasks, served(_metadata()) as platform:
        yield {
            **os.environ,
            "BACKEND": "cloud",
            "K_SERVICE": "bench",
            "GOOGLE_CLOUD_PROJECT": "demo-bench",
            "BASE_URL": "https://hot.example.org",
            "WEBHOOK_KEYS": KEY,
            "TASKS_QUEUE": "projects/demo-bench/locations/europe-west1/queues/ireserve-live",
            "TASKS_TARGET": "https://sync-task.example.org/tasks/sync",
            "TASKS_SERVICE_ACCOUNT": "tasks@demo-bench.iam.gserviceaccount.com",
            "TASKS_ENDPOINT": tasks,
            "GCE_METADATA_HOST": platform.removeprefix("http://"),
        }


@contextmanager
def started(target: str, environment: Mapping[str, str]) -> Iterator[int]:
    """Start a function, wait for its first 202, and give its port."""
    with process_of(target, environment) as (port, _):
        yield port


@contextmanager
def process_of(target: str, environment: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Start a function, wait for its first 202, and give its port and its process id."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("functions-framework")), "--target", target]
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        cwd=OWN.get(target, ROOT),
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _first_202(target, port, process)
            yield port, process.pid
        finally:
            process.terminate()


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process and its children have used; 0 where Linux does not tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        children = [int(each) for task in Path(f"/proc/{pid}/task").iterdir() for each in _children(task)]
    except FileNotFoundError:
        return 0.0
    return sum(map(int, stat[11:13])) / os.sysconf("SC_CLK_TCK") + sum(map(processor_seconds, children))


def _children(task: Path) -> list[str]:
    return (task / "children").read_text(encoding="ascii").split()


def _first_202(target: str, port: int, process: subprocess.Popen[bytes]) -> None:
    call = CALLS[target]
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("POST", call.path, call.body, dict(call.headers))
            status = connection.getresponse().status
        except ConnectionError:
            if process.poll() is not None:
                _fail(f"{target} ended with {process.returncode}")
            time.sleep(0.001)
        else:
            if status == http.HTTPStatus.ACCEPTED:
                return
            _fail(f"{target} answered {status}")
        finally:
            connection.close()


def _fail(why: str) -> NoReturn:
    raise SystemExit(why)


def _metadata() -> Flask:
    app = Flask("metadata")

    @app.get("/computeMetadata/v1/instance/service-accounts/default/token")
    def token() -> dict[str, object]:
        return {"access_token": "of-the-bench", "expires_in": 3600, "token_type": "Bearer"}

    return app
