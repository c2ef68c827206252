"""The wires of a world: WSGI without a test client, i-Reserve without a session of `requests`.

What they leave out is tried elsewhere (`tests/contract`), and costs half of a world's time.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from io import BytesIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlencode, urlsplit

import requests
from flask import Flask, Request, Response
from flask.ctx import _AppCtxGlobals
from flask.globals import _cv_app, _cv_request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule

from sandbox.ireserve.api.gate import Gate
from sandbox.ireserve.tenant.tenant import Tenant
from tests.harness.place import Place, _Outside
from tests.model.instances import Running

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


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


class Direct:
    """A Flask application whose views are called without Flask's request cycle.

    It matches a path once, and keeps what views see: `request`, `g`, `current_app`, their hooks and error handlers. Its
    two methods stand in for those of Flask.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._adapter = MapAdapter(app.url_map, "localhost", "/", "", "http", "/", "GET")
        self._matched: dict[tuple[str, str], tuple[Rule, dict[str, Any]]] = {}

    def answer(self, environ: dict[str, Any]) -> Response:
        """Answer a request."""
        with self.request_context(environ):
            return self.full_dispatch_request()

    def request_context(self, environ: dict[str, Any]) -> "_Context":
        """Return what makes a request the current one."""
        return _Context(self._app, Request(environ), self._adapter)

    def full_dispatch_request(self) -> Response:
        """Call the view of the current request."""
        app, request = self._app, _cv_request.get().request
        try:
            answer: Any = self._viewed(request)
        except Exception as error:  # noqa: BLE001 -- as Flask does
            answer = app.handle_user_exception(error)
        response = app.make_response(answer)
        for hook in self._hooks(app.after_request_funcs, request):
            response = hook(response)
        return response

    def _viewed(self, request: Request) -> Any:
        unknown = self._match(request)
        for hook in self._hooks(self._app.before_request_funcs, request):
            hook()
        if unknown is not None:
            raise unknown
        return self._app.view_functions[request.endpoint](**request.view_args)  # type: ignore[index,arg-type]

    def _match(self, request: Request) -> HTTPException | None:
        asked = (request.method, request.path)
        if asked not in self._matched:
            try:
                rule, found = self._adapter.match(request.path, request.method, return_rule=True)
            except HTTPException as error:
                return error
            self._matched[asked] = rule, dict(found)
        request.url_rule, request.view_args = self._matched[asked]
        return None

    @staticmethod
    def _hooks(hooks: Mapping[Any, list[Any]], request: Request) -> Iterator[Callable[..., Any]]:
        for name in (*request.blueprints, None):
            yield from hooks.get(name, ())


class IReserve:
    """The simulated i-Reserve behind its own gate, without WSGI."""

    def __init__(self, app: Flask, tenant: Tenant) -> None:
        self._direct, self._tenant, self._gate = Direct(app), tenant, Gate(app, tenant)
        self._gate._app = self._direct  # type: ignore[assignment]

    def answer(self, environ: dict[str, Any]) -> Any:
        """Answer a request."""
        path = environ["PATH_INFO"]
        if path.startswith("/api/"):
            return self._gate._api(environ, path)
        with self._tenant.session():
            return self._direct.answer(environ)


class _Context:
    """What Flask's globals look at, while it lasts."""

    def __init__(self, app: Flask, request: Request, adapter: MapAdapter) -> None:
        self.app, self.request, self.url_adapter, self.g = app, request, adapter, _AppCtxGlobals()

    def __enter__(self) -> None:
        itself: Any = self
        self._before = _cv_app.set(itself), _cv_request.set(itself)

    def __exit__(self, *_ended: object) -> None:
        _cv_app.reset(self._before[0])
        _cv_request.reset(self._before[1])


class Wire:
    """A client of an application; calls whose path begins with `prefix` are steps of the instance that runs."""

    def __init__(self, asking: Answering, running: Running, prefix: str = "no path") -> None:
        self._asking, self._running, self._prefix = asking, running, prefix

    def open(self, path: str, **options: Any) -> Answer:
        if not path.startswith(self._prefix):
            return self._send(path, **options)
        return self._running.step(lambda: self._send(path, **options))

    def post(self, path: str, **options: Any) -> Answer:
        return self.open(path, method="POST", **options)

    def _send(
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
            plain = name.upper().replace("-", "_")
            environ["CONTENT_TYPE" if plain == "CONTENT_TYPE" else f"HTTP_{plain}"] = str(value)
        return self._asking(environ)


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


def at_once(respond: Callable[[dict[str, Any]], Any]) -> Answering:
    """Return what asks views, without a server."""

    def asked(environ: dict[str, Any]) -> Answer:
        response = respond(environ)
        return Answer(response.status_code, response.headers, response.get_data())

    return asked


def _body(data: Any, plain: Any) -> tuple[bytes, str]:
    if plain is not None:
        return json.dumps(plain).encode(), "application/json"
    if isinstance(data, Mapping):
        return urlencode(data, doseq=True).encode(), "application/x-www-form-urlencoded"
    return data.encode() if isinstance(data, str) else bytes(data or b""), ""


class Outside(_Outside):
    """Both simulators, with i-Reserve at the end of a bare wire."""

    def copy(self) -> "Outside":
        """Return another with the same access tokens, which then expire at the same moments."""
        other = Outside(self._place)
        for name, login in self._kept.items():  # a login's own copy leaves out what must not be stored
            other._kept[name] = object.__new__(type(login))
            vars(other._kept[name]).update(vars(login))
        return other

    def _session(self) -> Any:
        return _Session(self._place)


class _Session:
    """What the adapter needs of a session of `requests`; an answer after the time limit does not arrive."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def request(self, method: str, url: str, *, params: Any, data: Any, headers: Any, auth: Any, **options: Any) -> Any:
        latest = self._place.now + timedelta(seconds=options["timeout"][1])
        signed = auth(SimpleNamespace(headers=dict(headers)))
        path = urlsplit(url).path
        try:
            answer = self._place._ireserve.open(
                path, query_string=urlencode(params or {}), method=method, data=data, headers=signed.headers
            )
        except ConnectionResetError as error:
            raise requests.ConnectionError from error
        if self._place.now > latest:
            raise requests.ReadTimeout
        return SimpleNamespace(status_code=answer.status_code, headers=answer.headers, content=answer.data)
