"""The screens of the console: server-rendered pages below `/console`, each action a form that also works without JavaScript."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request

from functions.application.ports import Ports
from functions.domain.model.errors import SyncError, Unauthentic
from functions.entrypoints.console import (
    screens_activation,
    screens_authentication,
    screens_configuration,
    screens_diagnostics,
    screens_dialect,
    screens_find,
    screens_integrations,
    screens_journal,
    screens_mapping,
    screens_waiting,
)
from functions.entrypoints.console.desk import LANGUAGE_COOKIE, Desk, Who
from functions.entrypoints.console.session import COOKIE, LIFE, Sessions
from functions.entrypoints.console.texts import LANGUAGES

YEAR = 365 * 24 * 3600
OPEN_PATHS = ("/console/static/", "/console/sign-in", "/console/language/")


def screens(ports: Ports, sessions: Sessions, who: Who, *, secure: bool) -> Blueprint:
    """Return the screens; a session is asked for by the console around them, but for `OPEN_PATHS`."""
    routes = Blueprint("screens", __name__, url_prefix="/console", template_folder="templates", static_folder="static")
    desk = Desk(ports, who, can_sign_out=sessions.can_sign_out)

    @routes.errorhandler(SyncError)
    def failed(error: SyncError) -> Response:
        if isinstance(error, Unauthentic):
            return desk.page(
                "sign_in.html", status=401, here="sign_in", wrong="", stale=error.reason == "no_csrf_token"
            )
        return desk.failed(error, (request.view_args or {}).get("int_id", ""))

    def opened(key: str, address: str) -> Response:
        response = Response("", 303, {"Location": address})
        cookie = sessions.open(key)
        age = int(LIFE.total_seconds())
        response.set_cookie(COOKIE, cookie, httponly=True, secure=secure, samesite="Lax", path="/", max_age=age)
        return response

    @routes.get("/", strict_slashes=False)
    def home() -> Response:
        if "key" in request.args:
            return opened(request.args["key"], "/console/")
        return screens_integrations.overview(desk)

    @routes.post("/sign-in")
    def sign_in() -> Response:
        try:
            return opened(request.form.get("key", "").strip(), "/console/")
        except SyncError as error:
            wrong = "sign_in.wrong" if isinstance(error, Unauthentic) else "sign_in.slow"
            return desk.page("sign_in.html", status=401, here="sign_in", wrong=wrong)

    @routes.post("/sign-out")
    def sign_out() -> Response:
        sessions.close(request)
        response = Response("", 303, {"Location": "/console/"})
        response.delete_cookie(COOKIE, path="/")
        return response

    @routes.get("/language/<language>")
    def choose_language(language: str) -> Response:
        back = urlsplit(request.args.get("back", ""))
        safe = back.path if back.path.startswith("/console/") and not back.netloc else "/console/"
        response = Response("", 303, {"Location": redirect(safe + (f"?{back.query}" if back.query else "")).location})
        if language in LANGUAGES:
            response.set_cookie(LANGUAGE_COOKIE, language, secure=secure, samesite="Lax", path="/", max_age=YEAR)
        return response

    for screen in (
        screens_integrations,
        screens_authentication,
        screens_configuration,
        screens_mapping,
        screens_activation,
        screens_dialect,
        screens_diagnostics,
        screens_find,
        screens_waiting,
        screens_journal,
    ):
        screen.add(routes, desk)
    return routes
