"""`serve`: all functions on one port, for one machine."""

from collections.abc import Callable

from flask import Flask, Request, Response, request

from functions.application.ports import Ports
from functions.entrypoints.http.direct import direct
from functions.entrypoints.http.handlers import ROUTES, answer
from functions.settings import HOT

Handler = Callable[[Ports, Request], Response]


_HOT = tuple(prefix for prefix, name in ROUTES.items() if name in HOT)


def whole_app(ports: Ports, handlers: dict[str, Handler], console: Flask) -> Callable[..., object]:
    """Return one WSGI application that passes every route to its function."""
    app = Flask("functions.serve", static_folder=None)

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"])
    @app.route("/<path:path>", methods=["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"])
    def route(path: str) -> Response:
        if path == "health":
            return answer(200, {"status": "ok"})
        if not path:
            return Response("", 303, {"Location": "/console/"})
        return followed(request)

    def followed(asked: Request) -> Response:
        for prefix, name in ROUTES.items():
            if asked.path.startswith(prefix):
                return handlers[name](ports, asked)
        return answer(404, {"error": "there is nothing at this address"})

    at_once = direct(followed, app.wsgi_app)

    def dispatch(environ: dict[str, object], start: Callable[..., object]) -> object:
        path = str(environ.get("PATH_INFO", ""))
        if path.startswith(_HOT):
            return at_once(environ, start)  # type: ignore[arg-type]
        of_console = path.startswith(("/console", "/integrations/consent/"))
        return (console if of_console else app).wsgi_app(environ, start)  # type: ignore[arg-type]

    return dispatch
