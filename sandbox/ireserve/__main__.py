"""Serve the simulated i-Reserve on 127.0.0.1, port SANDBOX_IRESERVE_PORT (8082)."""

import logging
import os
import socket
import sys

from waitress import create_server

from sandbox.ireserve.app import create_app
from sandbox.ireserve.tenant.tenant import Tenant

HOST = "127.0.0.1"
THREADS = 8


def main() -> int:
    """Serve until interrupted; return 1 if the port is taken."""
    setting = os.environ.get("SANDBOX_IRESERVE_PORT", "8082")
    logging.getLogger("waitress").setLevel(logging.CRITICAL)
    try:
        listener = socket.create_server((HOST, int(setting)))
    except (OSError, ValueError, OverflowError):
        sys.stderr.write(
            f"The simulated i-Reserve cannot listen on port {setting} of {HOST}; "
            "set SANDBOX_IRESERVE_PORT to a free one.\n"
        )
        return 1
    sys.stdout.write(f"Simulated i-Reserve: http://{HOST}:{listener.getsockname()[1]}/\n")
    sys.stdout.flush()
    server = create_server(create_app(Tenant()), sockets=[listener], threads=THREADS)
    try:
        server.run()
    except KeyboardInterrupt:
        server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
