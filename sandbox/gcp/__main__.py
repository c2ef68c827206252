"""Serve both stand-ins: `python -m sandbox.gcp`, on SANDBOX_SECRETS_PORT (8083) and SANDBOX_TASKS_PORT (8084)."""

import os
import signal
import sys
import threading

from sandbox.gcp import secret_manager, tasks
from sandbox.gcp.courier import Courier
from sandbox.gcp.serving import served


def main() -> None:
    """Serve until interrupted or told to end."""
    secrets_port = int(os.environ.get("SANDBOX_SECRETS_PORT", "8083"))
    tasks_port = int(os.environ.get("SANDBOX_TASKS_PORT", "8084"))
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    courier = Courier()
    courier.start()
    with (
        served(secret_manager.make_app(), secrets_port) as secrets_address,
        served(tasks.make_app(courier), tasks_port) as tasks_address,
    ):
        sys.stdout.write(f"Secret Manager {secrets_address}\nCloud Tasks {tasks_address}\n")
        sys.stdout.flush()
        ended.wait()
    courier.stop()


if __name__ == "__main__":
    main()
