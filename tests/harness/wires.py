"""The wires of a place: WSGI without a test client, i-Reserve without a session of `requests`.

They take half the time of those; `tests/contract` tries the adapters over the real ones.
"""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
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
    """What a WSGI application answered."""

    def __init__(self) -> None:
        self.status_code = 0
        self.headers = Headers()
        self.data = b""

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
    """A client of an application, without cookies."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.application = application

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
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        body, kind = _body(data, json)
        if "?" in path:
            path, _, query_string = path.partition("?")
        base = urlsplit(base_url)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query_string,
            "SERVER_NAME": base.hostname or "localhost",
            "SERVER_PORT": str(base.port or (443 if base.scheme == "https" else 80)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": base.netloc,
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": base.scheme,
            "wsgi.input": BytesIO(body),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if kind:
            environ["CONTENT_TYPE"] = kind
        for name, value in (headers or {}).items():
            plain = name.upper().replace("-", "_")
            environ["CONTENT_TYPE" if plain == "CONTENT_TYPE" else f"HTTP_{plain}"] = str(value)
        return self._answer(environ)

    def _answer(self, environ: dict[str, Any]) -> Answer:
        answer = Answer()

        def start(status: str, headers: list[tuple[str, str]], _failed: Any = None) -> Callable[[bytes], object]:
            answer.status_code, answer.headers = int(status.split(" ", 1)[0]), Headers(headers)
            return lambda _piece: None

        pieces = self.application(environ, start)
        try:
            answer.data = b"".join(pieces)
        finally:
            getattr(pieces, "close", lambda: None)()
        return answer


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
    if isinstance(data, Mapping):
        return urlencode(data, doseq=True).encode(), "application/x-www-form-urlencoded"
    return data.encode() if isinstance(data, str) else bytes(data or b""), ""
