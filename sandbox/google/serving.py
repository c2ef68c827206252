"""The simulated Google over a socket: Waitress in one thread, messages from another."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from waitress.channel import ClientDisconnected
from waitress.server import create_server

from sandbox.google.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sandbox.google.world.world import World

PAUSE = 0.1


class Server:
    """A running server; `address` is its origin, and `close` ends it."""

    def __init__(self, world: World, port: int = 0, host: str = "127.0.0.1") -> None:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        app = create_app(world, automatic=False)

        def cutting(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            try:
                return app(environ, start_response)
            except ConnectionResetError as error:
                # waitress then closes the socket without a byte
                raise ClientDisconnected from error

        self.world = world
        self.running = True
        self.server = create_server(cutting, host=host, port=port, threads=16)
        self.port: int = self.server.effective_port
        self.address = f"http://{host}:{self.port}"
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self._serve, self._send)]

    def start(self) -> Server:
        """Begin to answer, in the background."""
        for thread in self.threads:
            thread.start()
        return self

    def wait(self) -> None:
        """Answer until interrupted."""
        while self.threads[0].is_alive():
            self.threads[0].join(1)

    def close(self) -> None:
        """Stop answering and free the port."""
        self.running = False
        # another pull may run what this one hands over, and close the trigger, before this one has pulled
        with suppress(OSError):
            self.server.trigger.pull_trigger(self._hang_up)
        for thread in self.threads:
            thread.join(2)
        self.server.task_dispatcher.shutdown()

    def _hang_up(self) -> None:
        """Close every socket, from within the server's own loop."""
        for channel in list(self.server.active_channels.values()):
            channel.close()
        self.server.close()

    def _serve(self) -> None:
        self.server.run()

    def _send(self) -> None:
        while self.running:
            self.world.channels.wake.wait(PAUSE)
            self.world.channels.wake.clear()
            self.world.channels.pump()
