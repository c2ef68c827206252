"""Sessions of the console, and the token that guards their forms.

Standalone the console key opens a session and a random cookie keeps it. In the cloud the platform verifies the caller
of every request, and the cookie only serves the forms.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from flask import Request, Response

from functions.application.ports import Path, Ports
from functions.domain.model.errors import Cause, Unauthentic
from functions.entrypoints.console.roles import SAFE, Role
from functions.entrypoints.http.authenticator import Authenticator, bearer
from functions.entrypoints.http.key_proof import KeyProof, same

T = TypeVar("T")
LIFE = timedelta(hours=12)
COOKIE = "console_session"
NEW_COOKIE = "console.new_cookie"
WHO = "console.who"  # in a request's environment: the verified caller or role, or the error that refused them


def cookie_name(name: str, *, secure: bool) -> str:
    """Return a cookie's name: on https with the prefix that prevents other hosts of the domain from setting it.

    https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
    """
    return f"__Host-{name}" if secure else name


def set_cookie(response: Response, name: str, value: str, life: timedelta, *, secure: bool) -> None:
    """Set a cookie that only this origin's server reads."""
    age, name = int(life.total_seconds()), cookie_name(name, secure=secure)
    response.set_cookie(name, value, httponly=True, secure=secure, samesite="Lax", path="/", max_age=age)


class Sessions(Protocol):
    """Who may use the console, and whether a change came from its own pages. `secure`: served over https."""

    can_sign_out: bool
    secure: bool

    def open(self, key: str, request: Request) -> str:
        """Return a new session's cookie for the console key; raises `Unauthentic`."""

    def actor(self, request: Request) -> str:
        """Return the caller's name; raises `Unauthentic`."""

    def role(self, request: Request) -> Role:
        """Return the caller's role; raises `Unauthentic`."""

    def check_csrf(self, request: Request) -> None:
        """Raise `Unauthentic` for a change that a foreign page made the browser send."""

    def form_token(self, request: Request) -> str:
        """Return the token that a form of this session must send, "" without a session."""

    def new_cookie(self, request: Request) -> str:
        """Return the cookie to set in this browser, or ""."""

    def close(self, request: Request, *, everywhere: bool = False) -> None:
        """End the session of a request, or every session that its role may end."""


class KeySessions:
    """Sessions of a standalone installation. They end when the key that opened them changes."""

    can_sign_out = True

    def __init__(self, ports: Ports, proof: KeyProof, *, reader_key: str = "", secure: bool = False) -> None:
        self._ports = ports
        self._proof = proof
        self._reader_key = reader_key
        self.secure = secure

    def open(self, key: str, request: Request) -> str:
        """Return a new session's cookie for one of the keys; raises `Unauthentic`."""
        role = self._opened_by(key, request)
        token = self._ports.token(32)
        expires = self._ports.clock() + LIFE
        body = {"expires": expires.isoformat(), "role": role.value}
        self._ports.documents.transact(lambda tx: tx.put(self._path(token, role), body, expires=expires))
        return token

    def actor(self, request: Request) -> str:
        """Return the caller, known by cookie or by a key as Bearer; raises `Unauthentic`."""
        role = self.role(request)
        by_key = role is Role.ADMINISTRATOR and bearer(request.headers)
        return "console key" if by_key else role.value

    def role(self, request: Request) -> Role:
        """Return the role of the key that opened the session or was sent; raises `Unauthentic`."""
        return _once(request, self._role)

    def _role(self, request: Request) -> Role:
        given = bearer(request.headers)
        if given:
            return self._opened_by(given, request)
        token = self._cookie(request)
        for role in Role if token else ():
            body = self._ports.documents.get(self._path(token, role))
            if body is not None and datetime.fromisoformat(body["expires"]) > self._ports.clock():
                return role
        raise Unauthentic("no session")

    def close(self, request: Request, *, everywhere: bool = False) -> None:
        """End the session of a request, or every session: a reader ends only those of readers."""
        token = self._cookie(request)
        ended = [self._path(token, role) for role in Role if token]
        if everywhere:
            own, last = self.role(request), None
            while found := self._ports.documents.find(("sessions",), after=last, limit=500):
                last = found[-1][0]
                ended += [
                    ("sessions", name)
                    for name, body in found
                    if own is Role.ADMINISTRATOR or body.get("role") == own.value
                ]
        for path in ended:
            self._ports.documents.transact(lambda tx, path=path: tx.delete(path))  # type: ignore[misc]

    def check_csrf(self, request: Request) -> None:
        """Require the forms' token, unless there is a Bearer key."""
        if not bearer(request.headers):
            _check_form(request, (self.form_token(request),))

    def form_token(self, request: Request) -> str:
        """Return the forms' token: a keyed hash of the cookie."""
        return _token(self._proof.key, "administrator", self._cookie(request))

    def new_cookie(self, request: Request) -> str:  # noqa: ARG002 -- the port's signature
        """Return "": `open` has set the cookie."""
        return ""

    def _cookie(self, request: Request) -> str:
        return request.cookies.get(cookie_name(COOKIE, secure=self.secure), "")

    def _opened_by(self, key: str, request: Request) -> Role:
        """Return a key's role; raises `Unauthentic` for a wrong key."""
        if same(key, self._reader_key):
            return Role.READER
        self._proof.check(key, request)
        return Role.ADMINISTRATOR

    def _path(self, token: str, role: Role) -> Path:
        """Return a session's path, which depends on the key that opened it."""
        key = self._proof.key if role is Role.ADMINISTRATOR else self._reader_key
        return ("sessions", hashlib.sha256(f"{key}\n{token}".encode()).hexdigest())


class CloudSessions:
    """People whom the platform has verified.

    A proxy adds their proof to all that the browser sends, even to forms of foreign pages. `administrators` are e-mail
    addresses; everybody else is a reader. If it is empty, everybody is an administrator.
    """

    can_sign_out = False

    def __init__(
        self, person: Authenticator, ports: Ports, *, administrators: Iterable[str] = (), secure: bool = True
    ) -> None:
        self._person = person
        self._ports = ports
        self._administrators = frozenset(each.casefold() for each in administrators)
        self.secure = secure

    def open(self, key: str, request: Request) -> str:  # noqa: ARG002 -- the port's signature
        """Refuse: there is no console key in the cloud."""
        raise Unauthentic("bad proof", reason="no_console_key")

    def actor(self, request: Request) -> str:
        """Return the caller's e-mail address, which journal and history keep."""
        return _once(request, self._person)

    def role(self, request: Request) -> Role:
        """Return the role of the caller's address; raises `Unauthentic`."""
        known = not self._administrators or self.actor(request).casefold() in self._administrators
        return Role.ADMINISTRATOR if known else Role.READER

    def check_csrf(self, request: Request) -> None:
        """Require the forms' token, or from a program a header that no foreign page can make a browser send.

        https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html#employing-custom-request-headers-for-ajaxapi
        """
        if "X-Requested-With" not in request.headers:
            _check_form(request, self._tokens(request))

    def form_token(self, request: Request) -> str:
        """Return the forms' token: a keyed hash of caller and cookie, "" without a caller."""
        try:
            return self._tokens(request)[0]
        except Unauthentic:
            return ""

    def new_cookie(self, request: Request) -> str:
        """Return a random cookie if the browser has none."""
        if request.cookies.get(cookie_name(COOKIE, secure=self.secure)):
            return ""
        made: str = request.environ.setdefault(NEW_COOKIE, self._ports.token(32))
        return made

    def close(self, request: Request, *, everywhere: bool = False) -> None:
        """Do nothing: the platform keeps the sessions."""

    def _tokens(self, request: Request) -> list[str]:
        """Return the token made with each webhook key, newest first; in the cloud the console has no other secret."""
        cookie = request.cookies.get(cookie_name(COOKIE, secure=self.secure), "") or request.environ.get(NEW_COOKIE, "")
        who = self.actor(request)
        return [_token(key, who, cookie) for key in self._ports.webhook_keys]


def _once(request: Request, find: Callable[[Request], T]) -> T:
    """Identify the caller once per request: guard and page ask repeatedly, and every wrong key counts."""
    if WHO not in request.environ:
        try:
            request.environ[WHO] = find(request)
        except Unauthentic as error:
            request.environ[WHO] = error
    if isinstance(request.environ[WHO], Unauthentic):
        raise request.environ[WHO]
    found: T = request.environ[WHO]
    return found


def _token(key: str, who: str, cookie: str) -> str:
    if not cookie:
        return ""
    return hmac.new(key.encode(), f"form\n{who}\n{cookie}".encode(), hashlib.sha256).hexdigest()[:40]


def _check_form(request: Request, tokens: "list[str] | tuple[str, ...]") -> None:
    """Raise `Unauthentic` for a change without one of these tokens, or from another site's page."""
    if request.method in SAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        raise Unauthentic("foreign page", reason=Cause.FOREIGN_PAGE)
    given = (request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")).encode("utf-8", "replace")
    if not any(token and hmac.compare_digest(given, token.encode()) for token in tokens):
        raise Unauthentic("no csrf token", reason=Cause.NO_CSRF_TOKEN)
