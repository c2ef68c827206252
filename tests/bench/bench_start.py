"""From the start of a process to its first 202: the two public hot functions against an empty function.

Both run under functions-framework as they do in the cloud. The hot ones fetch an access token from a metadata server
and queue a task at a test server of Cloud Tasks before they answer. `python tests/bench/bench_start.py [rounds]`.
"""

import hashlib
import hmac
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from sandbox.gcp.courier import Courier
from sandbox.gcp.serving import served
from sandbox.gcp.tasks import make_app

ROOT = Path(__file__).resolve().parents[2]
KEY = "webhook-key-of-the-bench"
LARGEST = 1.6
EMPTY = "def empty(request):\n    return '', 202\n"


def mac(*parts: str) -> str:
    return hmac.new(KEY.encode(), "\n".join(parts).encode(), hashlib.sha256).hexdigest()[:40]


CALLS: dict[str, tuple[str, dict[str, str], str]] = {
    "empty": ("/", {}, "{}"),
    "booking_webhook": (f"/bookings/7?token=1.{mac('webhook', '7', '1')}", {}, '{"id": 1}'),
    "calendar_notification": (
        "/notifications/google",
        {
            "X-Goog-Channel-Token": f"7.abc.{mac('channel', '7', 'abc', 'channel-1')}",
            "X-Goog-Channel-ID": "channel-1",
            "X-Goog-Resource-State": "exists",
        },
        "",
    ),
}


def metadata() -> Flask:
    """Return a metadata server that gives an access token."""
    app = Flask("metadata")

    @app.get("/computeMetadata/v1/instance/service-accounts/default/token")
    def token() -> dict[str, object]:
        return {"access_token": "of-the-bench", "expires_in": 3600, "token_type": "Bearer"}

    return app


def start(target: str, source: Path, environment: Mapping[str, str]) -> float:
    """Return the seconds from the start of a process to its first 202."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path, headers, body = CALLS[target]
    command = [str(Path(sys.executable).with_name("functions-framework")), "--target", target]
    quiet = subprocess.DEVNULL
    began = time.perf_counter()
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        cwd=source,
        env=dict(environment),
        stdout=quiet,
        stderr=quiet,
    ) as process:
        try:
            while True:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                try:
                    connection.request("POST", path, body, headers)
                    status = connection.getresponse().status
                    break
                except ConnectionError:
                    if process.poll() is not None:
                        raise SystemExit(f"{target} ended with {process.returncode}") from None
                    time.sleep(0.001)
                finally:
                    connection.close()
            seconds = time.perf_counter() - began
        finally:
            process.terminate()
    if status != 202:
        raise SystemExit(f"{target} answered {status}")
    return seconds


@contextmanager
def environment() -> Iterator[dict[str, str]]:
    """Give the environment of a hot function in the cloud."""
    courier = Courier()
    courier.pause()
    with served(make_app(courier)) as tasks, served(metadata()) as platform:
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


def ratios(rounds: int) -> dict[str, float]:
    """Return the median of each hot function as a multiple of the empty one's, measured in turn."""
    seconds: dict[str, list[float]] = {target: [] for target in CALLS}
    with tempfile.TemporaryDirectory() as folder, environment() as env:
        (Path(folder) / "main.py").write_text(EMPTY)
        for number in range(rounds + 1):
            for target in CALLS:
                took = start(target, Path(folder) if target == "empty" else ROOT, env)
                if number:  # the first round fills the caches of the file system
                    seconds[target].append(took)
    median = {target: statistics.median(each) for target, each in seconds.items()}
    for target, value in median.items():
        print(f"{target:24} {value * 1000:6.0f} ms  {value / median['empty']:.2f} x")
    return {target: value / median["empty"] for target, value in median.items()}


if __name__ == "__main__":
    found = ratios(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
    sys.exit(int(max(found.values()) > LARGEST))
