"""A requests session whose sockets connect only to permitted addresses."""

import io
import ipaddress
import socket
import time
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError, ReadTimeoutError
from urllib3.poolmanager import PoolManager
from urllib3.util import connection as plain
from urllib3.util import parse_url

from functions.adapters.net.addresses import permitted, public
from functions.domain.model.errors import Cause, Refused
from functions.domain.model.messages import say

CHUNK = 64 * 1024
CONNECT = 5.0  # seconds
MOST = 3  # the most addresses of a name that are tried


def _connect(wanted: HTTPConnection, *, allow_private: bool, secure: bool) -> socket.socket:
    """Resolve, check and connect; TLS still verifies the name."""
    try:
        found = socket.getaddrinfo(wanted.host.strip("[]"), wanted.port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise NameResolutionError(wanted.host, wanted, cast("socket.gaierror", error)) from error
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    good = [text for text in addresses if _good(text, allow_private=allow_private, secure=secure)]
    if not good:
        raise Refused(
            say(
                "{} leads to an address that this service does not connect to; use a public address with https, or set ALLOW_PRIVATE_ADDRESSES for one in your own network.",
                wanted.host,
            ),
            reason=Cause.ADDRESS,
        )
    return _first(wanted, good)


def _good(text: str, *, allow_private: bool, secure: bool) -> bool:
    address = ipaddress.ip_address(text)
    return permitted(address, allow_private=allow_private) and (secure or not public(address))


def _first(wanted: HTTPConnection, addresses: list[str]) -> socket.socket:
    failure: Exception | None = None
    for address in addresses[:MOST]:
        try:
            return plain.create_connection(
                (address, wanted.port), wanted.timeout, wanted.source_address, wanted.socket_options
            )
        except TimeoutError as error:
            failure = ConnectTimeoutError(wanted, "no answer in time")
            failure.__cause__ = error
        except OSError as error:
            failure = NewConnectionError(wanted, "no connection")
            failure.__cause__ = error
    raise cast("Exception", failure)


class _Bounded(io.RawIOBase):
    """What comes from a socket until a deadline: its timeout is for each wait, and starts anew with each byte."""

    def __init__(self, source: io.RawIOBase, seconds: float) -> None:
        self._source, self._deadline = source, time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if time.monotonic() > self._deadline:
            raise TimeoutError("the answer took too long")
        return cast("int | None", self._source.readinto(buffer))

    def close(self) -> None:
        self._source.close()
        super().close()


class _Answer(HTTPResponse):
    """An answer whose status, headers and body together take no longer than the socket's timeout, and one wait."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        seconds = sock.gettimeout()
        if seconds is not None:
            self.fp = io.BufferedReader(_Bounded(self.fp.detach(), seconds))


def _pools(*, allow_private: bool) -> dict[str, Any]:
    class Plain(HTTPConnection):
        response_class = _Answer

        def _new_conn(self) -> socket.socket:
            return _connect(self, allow_private=allow_private, secure=False)

    class Secure(HTTPSConnection):
        response_class = _Answer

        def _new_conn(self) -> socket.socket:
            return _connect(self, allow_private=allow_private, secure=True)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _Adapter(HTTPAdapter):
    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:  # noqa: FBT001, FBT002 - the signature is requests'
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(allow_private=self._allow_private)


class CheckedSession(requests.Session):
    """A session as `outgoing.session` describes it."""

    def __init__(self, *, allow_private: bool, timeout: float, max_bytes: int) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._allow_private, self._timeout, self._max_bytes = allow_private, timeout, max_bytes
        self.adapters.clear()
        self.mount("https://", _Adapter(allow_private=allow_private))
        self.mount("http://", _Adapter(allow_private=allow_private))

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send one request and read the whole answer within the limits."""
        host = parse_url(request.url or "")
        if host.scheme == "http" and not self._allow_private:
            raise Refused(say("{} is called over plain http; use https.", host.host), reason=Cause.ADDRESS)
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = (min(self._timeout, CONNECT), self._timeout)
        response = super().send(request, **{**kwargs, "stream": True, "allow_redirects": False})
        if response.is_redirect:
            response.close()
            raise Refused(say("{} answers with a redirect, which is not followed.", host.host), reason=Cause.REDIRECT)
        self._read(response)
        return response

    def _read(self, response: requests.Response) -> None:
        """Read the body in pieces, so that a large one ends at the limit."""
        body = bytearray()
        while part := _piece(response):
            body += part
            if len(body) > self._max_bytes:
                response.close()
                raise Refused("An answer is larger than this service reads.", reason=Cause.TOO_LARGE)
        response._content = bytes(body)  # noqa: SLF001 - what requests' own iterator would have filled in
        response._content_consumed = True  # type: ignore[attr-defined] # noqa: SLF001
        response.raw.release_conn()


def _piece(response: requests.Response) -> bytes:
    try:
        return cast("bytes", response.raw.read1(CHUNK, decode_content=True))
    except ReadTimeoutError as error:
        response.close()
        raise requests.exceptions.ReadTimeout("the answer stopped") from error
    except (HTTPError, OSError) as error:
        response.close()
        raise requests.exceptions.ConnectionError("the answer broke off") from error
