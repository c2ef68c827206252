"""The administrator's session, and the token that guards its forms.

Standalone the console key opens it and a random cookie keeps it. In the cloud the platform proves who asks with every
request, and the random cookie is there for the forms alone.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from flask import Request

from functions.application.ports import Path, Ports
from functions.domain.model.errors import Refused, Unauthentic
from functions.entrypoints.http.authenticator import Authenticator, bearer

LIFE = timedelta(hours=12)
COOKIE = "console_session"
NEW_COOKIE = "console.new_cookie"
GUESSES, GUESS_SPAN = 10, timedelta(minutes=5)


class Sessions(Protocol):
    """Who may use the console, and whether a change came from its own pages."""

    can_sign_out: bool

    def open(self, key: str) -> str:
        """Return a new session's cookie for the console key; raises `Unauthentic`."""

    def actor(self, request: Request) -> str:
        """Return who asks; raises `Unauthentic`."""

    def check_csrf(self, request: Request) -> None:
        """Refuse a change that a foreign page made the browser send; raises `Unauthentic`."""

    def new_cookie(self, request: Request) -> str:
        """Return the cookie that this browser has to be given, or ""."""

    def close(self, request: Request) -> None:
        """End the session of a request."""


class KeySessions:
    """Sessions of a standalone installation. Guesses at the key are slowed down for everybody, counted in memory."""

    can_sign_out = True

    def __init__(self, ports: Ports, key: str) -> None:
        self._ports = ports
        self._key = key
        self._wrong: list[datetime] = []

    def open(self, key: str) -> str:
        """Return a new session's cookie for the right key; raises `Unauthentic`, `Refused` after too many guesses."""
        self.check(key)
        now = self._ports.clock()
        token = self._ports.token(32)
        expires = now + LIFE
        body = {"expires": expires.isoformat()}
        self._ports.documents.transact(lambda tx: tx.put(_path(token), body, expires=expires))
        return token

    def actor(self, request: Request) -> str:
        """Return who asks: by cookie or by the key as Bearer; raises `Unauthentic`."""
        given = bearer(request.headers)
        if given:
            self.check(given)
            return "console key"
        token = request.cookies.get(COOKIE, "")
        body = self._ports.documents.get(_path(token)) if token else None
        if body is None or datetime.fromisoformat(body["expires"]) <= self._ports.clock():
            raise Unauthentic("no session")
        return "administrator"

    def check(self, key: str) -> None:
        """Check the key; raises `Unauthentic`, and `Refused` after too many guesses."""
        now = self._ports.clock()
        self._wrong = [at for at in self._wrong if now - at < GUESS_SPAN]
        if len(self._wrong) >= GUESSES:
            raise Refused("too many wrong keys; wait five minutes", reason="slow_down")
        if not hmac.compare_digest(key.encode(), self._key.encode()):
            self._wrong.append(now)
            raise Unauthentic("bad key")

    def close(self, request: Request) -> None:
        """End the session of a request."""
        token = request.cookies.get(COOKIE, "")
        if token:
            self._ports.documents.transact(lambda tx: tx.delete(_path(token)))

    def check_csrf(self, request: Request) -> None:
        """Ask for the token of the forms; a Bearer key is proof enough."""
        check_csrf(request)

    def new_cookie(self, request: Request) -> str:  # noqa: ARG002 -- the port's signature
        """Return nothing: the key opened the session and gave its cookie."""
        return ""


class CloudSessions:
    """People whom the platform has proven. A proxy adds their proof to whatever their browser sends, foreign forms too."""

    can_sign_out = False

    def __init__(self, person: Authenticator, token: Callable[[int], str]) -> None:
        self._person = person
        self._token = token

    def open(self, key: str) -> str:  # noqa: ARG002 -- the port's signature
        """Refuse: there is no console key in the cloud."""
        raise Unauthentic("bad proof", reason="no_console_key")

    def actor(self, request: Request) -> str:
        """Return the e-mail address of who asks: administrators' addresses are kept with what they did."""
        return self._person(request.headers)

    def check_csrf(self, request: Request) -> None:
        """Ask for the token of the forms, or of a program for a header that no foreign page can make a browser send.

        https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html#employing-custom-request-headers-for-ajaxapi
        """
        if "X-Requested-With" not in request.headers:
            _check_form(request)

    def new_cookie(self, request: Request) -> str:
        """Return a random cookie for a browser that has none yet."""
        if request.cookies.get(COOKIE):
            return ""
        made: str = request.environ.setdefault(NEW_COOKIE, self._token(32))
        return made

    def close(self, request: Request) -> None:
        """Do nothing: the platform knows who asks, not we."""


def csrf_token(request: Request) -> str:
    """Return what a form of this session must send along: it cannot be told without the cookie."""
    cookie = request.cookies.get(COOKIE, "") or request.environ.get(NEW_COOKIE, "")
    return hashlib.sha256(f"csrf\n{cookie}".encode()).hexdigest()[:40]


def check_csrf(request: Request) -> None:
    """Refuse a change that a foreign page made the browser send; a Bearer key is proof enough."""
    if not bearer(request.headers):
        _check_form(request)


def _check_form(request: Request) -> None:
    """Refuse a change without the token that goes with the browser's cookie; raises `Unauthentic`."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    known = bool(request.cookies.get(COOKIE))
    if not known or not hmac.compare_digest(given.encode(), csrf_token(request).encode()):
        raise Unauthentic("no csrf token", reason="no_csrf_token")


def _path(token: str) -> Path:
    return ("sessions", hashlib.sha256(token.encode()).hexdigest())
