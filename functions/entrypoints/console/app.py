"""The console as one Flask application: access, Step 1, the JSON API, the screens."""

from http import HTTPStatus

from flask import Flask, Response, redirect, request
from werkzeug.exceptions import MethodNotAllowed

from functions.application.finding.names import Catalogue
from functions.application.ports import Ports
from functions.application.setting_up import consent
from functions.domain.model.errors import SyncError, Unauthentic
from functions.entrypoints.console import roles
from functions.entrypoints.console.api.api import api
from functions.entrypoints.console.api.openapi import openapi
from functions.entrypoints.console.pages import Pages
from functions.entrypoints.console.screens.registry import MENU, OPEN_PATHS, screens
from functions.entrypoints.console.session import COOKIE, LIFE, NEW_COOKIE, Sessions, set_cookie
from functions.entrypoints.console.state_cookie import give_state
from functions.entrypoints.http.handlers import TOO_LARGE, answer, error_answer, wrong_method
from functions.entrypoints.http.incoming import LARGEST_BODY, let_go, read_names

CONTENT_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


SAID: dict[int, str] = {  # instead of the framework's own words
    HTTPStatus.NOT_FOUND: "there is nothing at this address; the id of an integration has 1 to 40 letters, digits, - or _",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: TOO_LARGE,
}


def console_app(ports: Ports, sessions: Sessions, *, secure: bool, catalogue: Catalogue | None = None) -> Flask:
    """Return the console; `secure` marks its cookie for https only."""
    catalogue = catalogue or Catalogue(ports)
    pages = Pages(ports, catalogue, sessions.actor, sessions, MENU)
    app = Flask("functions.entrypoints.console", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    read_names(app)
    sessions.secure = secure

    def of_a_screen() -> bool:
        return request.path.startswith("/console/") and not request.path.startswith("/console/api")

    def plain(what: str, status: int) -> Response:
        return pages.page("plain.html", status=status, what=what)

    @app.before_request
    def guard() -> Response | None:
        if request.path == "/health" or (request.path.rstrip("/") == "/console" and "key" in request.args):
            return None
        if request.path.startswith(OPEN_PATHS):
            return None
        sessions.actor(request)
        sessions.check_csrf(request)
        roles.check(sessions.role(request), request)
        sessions.new_cookie(request)
        return None

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Cache-Control", "no-store")
        cookie = request.environ.get(NEW_COOKIE, "")
        if cookie:
            set_cookie(response, COOKIE, cookie, LIFE, secure=secure)
        return response

    @app.errorhandler(SyncError)
    def failed(error: SyncError) -> Response:
        if request.url_rule is None and of_a_screen() and type(error) is Unauthentic:
            return plain("not_there", HTTPStatus.NOT_FOUND)  # there is no screen here that could ask for a sign-in
        return error_answer(error)

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        code = getattr(error, "code", 500)
        if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            let_go(request)
        if isinstance(code, int) and code < 500:  # noqa: PLR2004 -- a client's error, from the router
            if of_a_screen():
                return plain("too_large" if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else "not_there", code)
            if isinstance(error, MethodNotAllowed):
                return wrong_method(sorted(set(error.valid_methods or ()) - {"HEAD", "OPTIONS"}))
            return answer(code, {"error": SAID.get(code, "this cannot be done here")})
        reference = ports.token(6)
        about = {"reason": type(error).__name__, "path": request.path[:80], "reference": reference}
        ports.log("error", {"severity": "ERROR", **about})
        if of_a_screen():
            return pages.page("plain.html", status=500, what="broken", reference=reference)
        return answer(500, {"error": "something went wrong here; it was logged", "reference": reference})

    @app.get("/health")
    def health() -> Response:
        return answer(200, {"status": "ok"})

    @app.get("/integrations/consent/<int_id>")
    def step_one(int_id: str) -> Response:
        begun = consent.begin(ports, int_id)
        response = Response("", 303, {"Location": redirect(begun.address, 303).headers["Location"]})
        give_state(response, int_id, begun.state, secure=secure)
        return response

    app.register_blueprint(api(ports, sessions.actor, sessions.role, secure=secure))
    app.register_blueprint(openapi())
    app.register_blueprint(screens(ports, catalogue, sessions, sessions.actor, secure=secure))
    return app
