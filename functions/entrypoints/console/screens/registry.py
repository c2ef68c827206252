"""The screens of the console: server-rendered pages below `/console`; every action works without JavaScript."""

from flask import Blueprint, Response, redirect, request

from functions.application.finding.names import Catalogue
from functions.application.ports import Ports
from functions.domain.model.errors import Cause, SyncError, Throttled, Unauthentic
from functions.entrypoints.console.pages import LANGUAGE_COOKIE, Menu, Pages, Who
from functions.entrypoints.console.screens import (
    activation,
    audit,
    authentication,
    configuration,
    day,
    diagnostics,
    dialect,
    find,
    history,
    integrations,
    journal,
    mapping,
    waiting,
)
from functions.entrypoints.console.session import COOKIE, LIFE, Sessions, cookie_name, set_cookie
from functions.entrypoints.console.texts import LANGUAGES
from functions.entrypoints.http.handlers import throttled
from functions.entrypoints.http.incoming import way_back

YEAR = 365 * 24 * 3600
# every screen with its menu pages and their group, in menu order
SCREENS = (
    (integrations, "daily", ("home",)),
    (authentication, "setup", ("ireserve", "authentication")),
    (mapping, "setup", ("mapping",)),
    (configuration, "setup", ("outbound", "inbound", "sync")),
    (activation, "setup", ("activation",)),
    (dialect, "setup", ()),
    (day, "daily", ("day",)),
    (find, "daily", ("find",)),
    (audit, "daily", ("audit",)),
    (waiting, "daily", ("waiting",)),
    (journal, "daily", ("journal",)),
    (diagnostics, "daily", ("diagnostics",)),
    (history, "daily", ("history",)),
)
MENU: Menu = tuple(
    (group, tuple(page for _, of, listed in SCREENS if of == group for page in listed)) for group in ("setup", "daily")
)
OPEN_PATHS = ("/console/static/", "/console/sign-in", "/console/language/")


def screens(ports: Ports, catalogue: Catalogue, sessions: Sessions, who: Who, *, secure: bool) -> Blueprint:
    """Return the screens; the console around them asks for a session, except on `OPEN_PATHS`."""
    routes = Blueprint(
        "screens",
        "functions.entrypoints.console",
        url_prefix="/console",
        template_folder="templates",
        static_folder="static",
    )
    pages = Pages(ports, catalogue, who, sessions, MENU)

    @routes.errorhandler(SyncError)
    def failed(error: SyncError) -> Response:
        if isinstance(error, Throttled):
            return wrong_key(error)
        if isinstance(error, Unauthentic):
            return pages.page(
                "sign_in.html",
                status=401,
                here="sign_in",
                wrong="sign_in.wrong" if request.args.get("key") else "",
                stale=error.cause in (Cause.NO_CSRF_TOKEN, Cause.FOREIGN_PAGE),
            )
        return pages.failed(error, (request.view_args or {}).get("int_id", ""))

    def wrong_key(error: Unauthentic) -> Response:
        if isinstance(error, Throttled):
            page = pages.page("sign_in.html", status=429, here="sign_in", wrong="sign_in.too_many")
            return throttled(page, error)
        return pages.page("sign_in.html", status=401, here="sign_in", wrong="sign_in.wrong")

    def opened(key: str, address: str) -> Response:
        response = Response("", 303, {"Location": address})
        set_cookie(response, COOKIE, sessions.open(key, request), LIFE, secure=secure)
        return response

    @routes.get("/", strict_slashes=False)
    def home() -> Response:
        if "key" in request.args:
            if request.headers.get("Sec-Fetch-Dest", "document") != "document":
                raise Unauthentic("not by a picture or a script", reason=Cause.FOREIGN_PAGE)
            return opened(request.args["key"], "/console/")
        return integrations.overview(pages)

    @routes.post("/sign-in")
    def sign_in() -> Response:
        try:
            return opened(request.form.get("key", "").strip(), "/console/")
        except Unauthentic as error:
            return wrong_key(error)

    @routes.post("/sign-out")
    def sign_out() -> Response:
        sessions.close(request, everywhere=request.form.get("everywhere") == "yes")
        response = Response("", 303, {"Location": "/console/"})
        response.delete_cookie(cookie_name(COOKIE, secure=secure), path="/", secure=secure)
        return response

    @routes.get("/language/<language>")
    def choose_language(language: str) -> Response:
        back = way_back(request.args.get("back", ""), "/console/")
        response = Response("", 303, {"Location": redirect(back).location})
        if language in LANGUAGES:
            response.set_cookie(LANGUAGE_COOKIE, language, secure=secure, samesite="Lax", path="/", max_age=YEAR)
        return response

    for screen, _, _ in SCREENS:
        screen.add(routes, pages)
    return routes
