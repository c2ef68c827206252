"""Serve the stand-ins: `python -m sandbox.gcp`.

On SANDBOX_SECRETS_PORT (8083), SANDBOX_TASKS_PORT (8084) and SANDBOX_METADATA_PORT (8085). With GOOGLE_CLOUD_PROJECT
callers need the grants of infra/, and SANDBOX_FRONTS (account=port, comma separated) are the fronts of Firestore's
emulator at FIRESTORE_EMULATOR_HOST. GET /control/refused of Secret Manager lists refusals.
"""

import os
import signal
import sys
import threading
from contextlib import ExitStack

from sandbox.gcp import metadata, secret_manager, tasks
from sandbox.gcp.courier import Courier, Limits
from sandbox.gcp.firestore_front import fronts
from sandbox.gcp.grants import grants, queues
from sandbox.gcp.serving import served


def main() -> None:
    """Serve until interrupted or told to end."""
    ports = {
        name: int(os.environ.get(f"SANDBOX_{name.upper()}_PORT", str(number)))
        for name, number in (("secrets", 8083), ("tasks", 8084), ("metadata", 8085))
    }
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    project = os.environ.get("GOOGLE_CLOUD_PROJECT", "")
    table = grants(project) if project else None
    limits = {
        f"ireserve-{name}": Limits(row["dispatches_per_second"], row["concurrent_dispatches"])
        for name, row in (queues() if project else {}).items()
    }
    courier = Courier(limits)
    courier.start()
    apps = {
        "secrets": secret_manager.make_app(secret_manager.World(grants=table)),
        "tasks": tasks.make_app(courier, table),
        "metadata": metadata.make_app(),
    }
    with ExitStack() as stack:
        if table is not None:
            open_at = dict(each.split("=") for each in os.environ["SANDBOX_FRONTS"].split(","))
            by_account = {account: int(port) for account, port in open_at.items()}
            stack.enter_context(fronts(os.environ["FIRESTORE_EMULATOR_HOST"], table, by_account))
        for name, app in apps.items():
            sys.stdout.write(f"{name} {stack.enter_context(served(app, ports[name]))}\n")
        sys.stdout.flush()
        ended.wait()
    courier.stop()


if __name__ == "__main__":
    main()
