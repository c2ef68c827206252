"""A small HTTP client on the standard library, made for the two hot functions: those that i-Reserve and Google call.

requests and urllib3 would slow their start (docs/decisions/0010-hot-start.md). It calls only Google's own services and
this service's own address, so the checks of `outgoing` are not needed.
"""

import http.client
import ssl
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_ERRORS = (OSError, http.client.HTTPException)
Place = tuple[str, str]


class Unreachable(Exception):
    """No complete answer came; the message is the name of the error."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class PlainHttp:
    """Keeps up to `keeps` connections per address, for any thread; `seconds` bounds connecting and each wait."""

    def __init__(self, seconds: float = 5.0, *, keeps: int = 1) -> None:
        self._seconds = seconds
        self._keeps = keeps
        self._idle: defaultdict[Place, list[http.client.HTTPConnection]] = defaultdict(list)
        self._lock = threading.Lock()
        self._tls: ssl.SSLContext | None = None

    def call(
        self, method: str, address: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request that may be repeated, and read the answer; raises `Unreachable`.

        A kept connection may have been closed while the instance slept; then the next one is tried at once.
        """
        parts = urlsplit(address)
        target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        tries = 2
        while True:
            connection, used = self._take(parts)
            try:
                connection.request(method, target, body, dict(headers or {}))
                answer = connection.getresponse()
                data = answer.read()
            except TimeoutError as error:
                connection.close()
                raise Unreachable(type(error).__name__) from error
            except _ERRORS as error:
                connection.close()
                tries -= not used
                if not tries:
                    raise Unreachable(type(error).__name__) from error
                continue
            self._keep(parts, connection, closing=answer.will_close)
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, data)

    def _take(self, parts: SplitResult) -> tuple[http.client.HTTPConnection, bool]:
        with self._lock:
            idle = self._idle[parts.scheme, parts.netloc]
            if idle:
                return idle.pop(), True
        if parts.scheme == "https":
            return http.client.HTTPSConnection(parts.netloc, timeout=self._seconds, context=self._context()), False
        return http.client.HTTPConnection(parts.netloc, timeout=self._seconds), False

    def _keep(self, parts: SplitResult, connection: http.client.HTTPConnection, *, closing: bool) -> None:
        with self._lock:
            idle = self._idle[parts.scheme, parts.netloc]
            if not closing and len(idle) < self._keeps:
                idle.append(connection)
                return
        connection.close()

    def _context(self) -> ssl.SSLContext:
        with self._lock:
            if self._tls is None:
                import certifi

                self._tls = ssl.create_default_context(cafile=certifi.where())
            return self._tls
