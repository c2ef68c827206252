"""Serves an application of the sandbox on a port of this machine."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from flask import Flask


class _KeepAlive(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # as the real services speak it

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing: the control API has the calls."""


@contextmanager
def served(app: "Flask", port: int = 0) -> Iterator[str]:
    """Serve the application on its own threads and give its address; port 0 is a free one."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_KeepAlive)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
