"""A TCP connection between a client and a server that a test can cut in the middle of a call, and restore."""

import contextlib
import socket
import threading


class Line:
    """Listens on a free port of this machine and passes everything on to `host`."""

    def __init__(self, host: str) -> None:
        name, _, port = host.partition(":")
        self._there = (name, int(port))
        self._lock = threading.Lock()
        self._calls: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._port = 0
        self.mend()
        self.host = f"127.0.0.1:{self._port}"

    def cut(self) -> None:
        """Break every connection, and take no new one."""
        with self._lock:
            listener, self._listener = self._listener, None
            calls, self._calls = self._calls, set()
        if listener:
            _close(listener)
        for call in calls:
            _close(call)

    def mend(self) -> None:
        """Take connections again, on the same port."""
        if self._listener:
            return
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen()
        self._port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._answer, args=(listener,), daemon=True).start()

    def _answer(self, listener: socket.socket) -> None:
        while True:
            try:
                here, _ = listener.accept()
            except OSError:
                return
            try:
                there = socket.create_connection(self._there)
            except OSError:
                here.close()
                continue
            with self._lock:
                if self._listener is not listener:
                    here.close()
                    there.close()
                    return
                self._calls |= {here, there}
            for one, other in ((here, there), (there, here)):
                threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := one.recv(65536):
            other.sendall(piece)
    _close(one)
    _close(other)


def _close(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
