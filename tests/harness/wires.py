"""The wires of a place: WSGI without a test client, i-Reserve without a session of `requests`.

They take half the time of those; `tests/contract` tries the adapters over the real ones.
"""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from io import BytesIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlencode, urlsplit

import requests
from flask import Flask, Request, Response
from flask.sessions import NullSession, SessionInterface, SessionMixin
from werkzeug.datastructures import Headers
from werkzeug.routing import MapAdapter

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from tests.harness.place import Place


class Answer:
    """What was answered."""

    def __init__(self, status_code: int, headers: Headers, data: bytes) -> None:
        self.status_code, self.headers, self.data = status_code, headers, data

    @property
    def text(self) -> str:
        return self.data.decode()

    def get_json(self, *, silent: bool = False) -> Any:
        try:
            return json.loads(self.data)
        except ValueError:
            if silent:
                return None
            raise


Answering = Callable[[dict[str, Any]], Answer]


def lean(app: Flask) -> Flask:
    """Spare an application what a simulator has no use for: sessions, coroutines, host names."""

    def adapter(request: Request | None) -> MapAdapter:
        path, method = (request.path, request.method) if request is not None else ("/", "GET")
        return MapAdapter(app.url_map, "localhost", "/", "", "http", path, method)

    app.session_interface = _NoSessions()
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]
    app.create_url_adapter = adapter  # type: ignore[method-assign]
    return app


class _NoSessions(SessionInterface):
    """No cookie is read or set."""

    def open_session(self, app: Flask, request: Request) -> NullSession:  # noqa: ARG002 -- as Flask calls it
        return NullSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        pass


class Wire:
    """A client of an application, without cookies; `asking` is another way to it than as a server."""

    def __init__(self, application: "WSGIApplication", asking: Answering | None = None) -> None:
        self.application, self._asking = application, asking or over_wsgi(application)

    def get(self, path: str, **options: Any) -> Answer:
        return self.open(path, **options)

    def post(self, path: str, **options: Any) -> Answer:
        return self.open(path, method="POST", **options)

    def open(
        self,
        path: str,
        *,
        method: str = "GET",
        base_url: str = "http://localhost",
        query_string: str = "",
        data: Any = None,
        json: Any = None,  # as a test client has it
        headers: Any = (),
    ) -> Answer:
        body, kind = _body(data, json)
        if "?" in path:
            path, _, query_string = path.partition("?")
        environ: dict[str, Any] = {
            **_server(base_url),
            "REQUEST_METHOD": method,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path else path,
            "QUERY_STRING": query_string,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
        if kind:
            environ["CONTENT_TYPE"] = kind
        for name, value in dict(headers or ()).items():
            environ[_named(name)] = str(value)
        return self._asking(environ)


@cache
def _named(header: str) -> str:
    plain = header.upper().replace("-", "_")
    return plain if plain == "CONTENT_TYPE" else f"HTTP_{plain}"


@cache
def _server(base_url: str) -> Mapping[str, Any]:
    base = urlsplit(base_url)
    return {
        "SCRIPT_NAME": "",
        "SERVER_NAME": base.hostname or "localhost",
        "SERVER_PORT": str(base.port or (443 if base.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": base.netloc,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": base.scheme,
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def over_wsgi(application: "WSGIApplication") -> Answering:
    """Return what asks a WSGI application, as a server would."""

    def asked(environ: dict[str, Any]) -> Answer:
        begun: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _failed: Any = None) -> Callable[[bytes], object]:
            begun[:] = int(status.split(" ", 1)[0]), Headers(headers)
            return lambda _piece: None

        pieces = application(environ, start)
        try:
            data = b"".join(pieces)
        finally:
            getattr(pieces, "close", lambda: None)()
        return Answer(begun[0], begun[1], data)

    return asked


class Session:
    """What the adapter needs of a session of `requests`; an answer after the time limit does not arrive."""

    def __init__(self, place: "Place") -> None:
        self._place = place

    def request(self, method: str, url: str, *, params: Any, data: Any, headers: Any, auth: Any, **options: Any) -> Any:
        latest = self._place.now + timedelta(seconds=options["timeout"][1])
        signed = auth(SimpleNamespace(headers=dict(headers)))
        asked = urlencode(params or {}, doseq=True)
        try:
            answer = self._place._ireserve.open(
                urlsplit(url).path, query_string=asked, method=method, data=data, headers=signed.headers
            )
        except ConnectionResetError as error:
            raise requests.ConnectionError from error
        if self._place.now > latest:
            raise requests.ReadTimeout
        return SimpleNamespace(status_code=answer.status_code, headers=answer.headers, content=answer.data)


def _body(data: Any, plain: Any) -> tuple[bytes, str]:
    if plain is not None:
        return json.dumps(plain).encode(), "application/json"
    if not data:
        return b"", ""
    if isinstance(data, Mapping):
        return urlencode(data, doseq=True).encode(), "application/x-www-form-urlencoded"
    return data.encode() if isinstance(data, str) else bytes(data), ""
