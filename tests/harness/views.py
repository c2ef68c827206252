"""Views of the simulators without a server: as `wires`, in less time.

What they leave out is tried elsewhere (`tests/contract`).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, cast

from flask import Flask, Request, Response
from flask.ctx import _AppCtxGlobals
from flask.globals import _cv_app, _cv_request
from werkzeug.datastructures import Authorization, MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule
from werkzeug.utils import cached_property

from sandbox.ireserve.api.gate import Gate
from sandbox.ireserve.tenant.tenant import Tenant
from tests.harness.wires import Answer, Answering


class _Request(Request):
    """A request whose query and login are parsed once for all that have the same."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        return _parsed(self.query_string)

    @cached_property
    def authorization(self) -> Authorization | None:
        return _login(self.environ.get("HTTP_AUTHORIZATION"))


@lru_cache(maxsize=4096)
def _parsed(query: bytes) -> MultiDict[str, str]:
    return Request({"QUERY_STRING": query.decode("latin-1"), "REQUEST_METHOD": "GET"}).args


_login = lru_cache(maxsize=4096)(Authorization.from_header)


class _Matched(NamedTuple):
    """What Flask does with a request, by its method and path."""

    rule: Rule
    arguments: dict[str, Any]
    before: list[Callable[[], Any]]
    view: Callable[..., Any]
    after: list[Callable[[Any], Any]]


class Direct:
    """A Flask application whose views are called without Flask's request cycle.

    It matches a path once, and keeps what views see: `request`, `g`, `current_app`, their hooks and error handlers. Its
    two methods stand in for those of Flask.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._adapter = MapAdapter(app.url_map, "localhost", "/", "", "http", "/", "GET")
        self._matched: dict[tuple[str, str], _Matched] = {}

    def answer(self, environ: dict[str, Any]) -> Response:
        """Answer a request."""
        with self.request_context(environ):
            return self.full_dispatch_request()

    def request_context(self, environ: dict[str, Any]) -> "_Context":
        """Return what makes a request the current one."""
        return _Context(self._app, _Request(environ), self._adapter)

    def full_dispatch_request(self) -> Response:
        """Call the view of the current request."""
        app, request = self._app, _cv_request.get().request
        matched = self._matched.get((request.method, request.path))
        try:
            matched = matched or self._match(request)
            request.url_rule, request.view_args = matched.rule, matched.arguments
            for hook in matched.before:
                hook()
            answer: Any = matched.view(**matched.arguments)
        except Exception as error:  # noqa: BLE001 -- as Flask does
            answer = app.handle_user_exception(error)
        response: Any = answer if isinstance(answer, Response) else app.make_response(answer)
        for finish in matched.after if matched is not None else app.after_request_funcs.get(None, ()):
            response = finish(response)
        return cast(Response, response)

    def _match(self, request: Request) -> _Matched:
        try:
            rule, found = self._adapter.match(request.path, request.method, return_rule=True)
        except HTTPException:
            for hook in self._app.before_request_funcs.get(None, ()):
                hook()
            raise
        request.url_rule = rule
        app, blueprints = self._app, (*request.blueprints, None)
        matched = _Matched(
            rule,
            dict(found),
            [hook for name in blueprints for hook in app.before_request_funcs.get(name, ())],
            app.view_functions[rule.endpoint],
            [hook for name in blueprints for hook in app.after_request_funcs.get(name, ())],
        )
        self._matched[request.method, request.path] = matched
        return matched


class Gated:
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


def at_once(respond: Callable[[dict[str, Any]], Any]) -> Answering:
    """Return what asks views, without a server."""

    def asked(environ: dict[str, Any]) -> Answer:
        response = respond(environ)
        return Answer(response.status_code, response.headers, response.get_data())

    return asked
