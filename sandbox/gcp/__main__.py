"""Serve the stand-ins: `python -m sandbox.gcp`.

On SANDBOX_SECRETS_PORT (8083), SANDBOX_TASKS_PORT (8084) and SANDBOX_METADATA_PORT (8085).
"""

import os
import signal
import sys
import threading

from sandbox.gcp import metadata, secret_manager, tasks
from sandbox.gcp.courier import Courier
from sandbox.gcp.serving import served


def main() -> None:
    """Serve until interrupted or told to end."""
    secrets_port = int(os.environ.get("SANDBOX_SECRETS_PORT", "8083"))
    tasks_port = int(os.environ.get("SANDBOX_TASKS_PORT", "8084"))
    metadata_port = int(os.environ.get("SANDBOX_METADATA_PORT", "8085"))
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    courier = Courier()
    courier.start()
    with (
        served(secret_manager.make_app(), secrets_port) as secrets_address,
        served(tasks.make_app(courier), tasks_port) as tasks_address,
        served(metadata.make_app(), metadata_port) as metadata_address,
    ):
        sys.stdout.write(
            f"Secret Manager {secrets_address}\nCloud Tasks {tasks_address}\nMetadata {metadata_address}\n"
        )
        sys.stdout.flush()
        ended.wait()
    courier.stop()


if __name__ == "__main__":
    main()
