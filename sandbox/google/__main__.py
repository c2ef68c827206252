"""Serve the simulated Google on 127.0.0.1, port SANDBOX_GOOGLE_PORT (8081)."""

from __future__ import annotations

import os
import sys

from sandbox.google.serving import Server
from sandbox.google.world.world import World


def main() -> int:
    """Serve until interrupted; return 1 if the port is taken."""
    variable = "SANDBOX_GOOGLE_PORT"
    chosen = os.environ.get(variable, "8081")
    if not chosen.isdigit():
        sys.stderr.write(f"{variable} must be a port number, not {chosen!r}.\n")
        return 1
    try:
        server = Server(World(), int(chosen)).start()
    except OSError:
        sys.stderr.write(f"Port {chosen} is taken: choose another one with {variable}.\n")
        return 1
    sys.stdout.write(f"Simulated Google: {server.address}/\n")
    sys.stdout.flush()
    try:
        server.wait()
    except KeyboardInterrupt:
        server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
