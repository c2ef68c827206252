"""The administrator's session, and the token that guards its forms.

Standalone the console key opens it and a random cookie keeps it. In the cloud the platform proves who asks with every
request, and the random cookie is there for the forms alone.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from flask import Request

from functions.application.ports import Path, Ports
from functions.domain.model.errors import Cause, Unauthentic
from functions.entrypoints.console.roles import SAFE, Role
from functions.entrypoints.http.authenticator import Authenticator, bearer
from functions.entrypoints.http.key_proof import KeyProof, same

T = TypeVar("T")
LIFE = timedelta(hours=12)
COOKIE = "console_session"
NEW_COOKIE = "console.new_cookie"
WHO = "console.who"  # in a request: what was found out about who asks, or why it was refused


def cookie_name(name: str, *, secure: bool) -> str:
    """Return what a cookie is called: on https with the prefix that keeps other hosts of the domain from setting it.

    https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
    """
    return f"__Host-{name}" if secure else name


class Sessions(Protocol):
    """Who may use the console, and whether a change came from its own pages. `secure`: it is served over https."""

    can_sign_out: bool
    secure: bool

    def open(self, key: str, request: Request) -> str:
        """Return a new session's cookie for the console key; raises `Unauthentic`."""

    def actor(self, request: Request) -> str:
        """Return who asks; raises `Unauthentic`."""

    def role(self, request: Request) -> Role:
        """Return what who asks may do; raises `Unauthentic`."""

    def check_csrf(self, request: Request) -> None:
        """Refuse a change that a foreign page made the browser send; raises `Unauthentic`."""

    def form_token(self, request: Request) -> str:
        """Return what a form of this session must send along, "" where nobody is known."""

    def new_cookie(self, request: Request) -> str:
        """Return the cookie that this browser has to be given, or ""."""

    def close(self, request: Request, *, everywhere: bool = False) -> None:
        """End the session of a request, or every session."""


class KeySessions:
    """Sessions of a standalone installation. They end with the key that opened them: the console's, or a reader's."""

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
        """Return who asks: by cookie or by a key as Bearer; raises `Unauthentic`."""
        role = self.role(request)
        by_key = role is Role.ADMINISTRATOR and bearer(request.headers)
        return "console key" if by_key else role.value

    def role(self, request: Request) -> Role:
        """Return what the key allows that opened the session, or that was sent; raises `Unauthentic`."""
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
        """End the session of a request, or every session of its role."""
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
        """Ask for the token of the forms; a Bearer key is proof enough."""
        if not bearer(request.headers):
            _check_form(request, (self.form_token(request),))

    def form_token(self, request: Request) -> str:
        """Return what a form of this session must send along: keyed over the cookie."""
        return _token(self._proof.key, "administrator", self._cookie(request))

    def new_cookie(self, request: Request) -> str:  # noqa: ARG002 -- the port's signature
        """Return nothing: the key opened the session and gave its cookie."""
        return ""

    def _cookie(self, request: Request) -> str:
        return request.cookies.get(cookie_name(COOKIE, secure=self.secure), "")

    def _opened_by(self, key: str, request: Request) -> Role:
        """Return what a key opens; raises `Unauthentic` for one that opens nothing."""
        if same(key, self._reader_key):
            return Role.READER
        self._proof.check(key, request)
        return Role.ADMINISTRATOR

    def _path(self, token: str, role: Role) -> Path:
        """Return where a session rests; with another key it is not found."""
        key = self._proof.key if role is Role.ADMINISTRATOR else self._reader_key
        return ("sessions", hashlib.sha256(f"{key}\n{token}".encode()).hexdigest())


class CloudSessions:
    """People whom the platform has proven. A proxy adds their proof to whatever their browser sends, foreign forms too.

    `administrators` are addresses; everybody else whom the platform lets in reads. None named: everybody acts.
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
        """Return the e-mail address of who asks: administrators' addresses are kept with what they did."""
        return _once(request, self._person)

    def role(self, request: Request) -> Role:
        """Return what the address of who asks allows; raises `Unauthentic`."""
        known = not self._administrators or self.actor(request).casefold() in self._administrators
        return Role.ADMINISTRATOR if known else Role.READER

    def check_csrf(self, request: Request) -> None:
        """Ask for the token of the forms, or of a program for a header that no foreign page can make a browser send.

        https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html#employing-custom-request-headers-for-ajaxapi
        """
        if "X-Requested-With" not in request.headers:
            _check_form(request, self._tokens(request))

    def form_token(self, request: Request) -> str:
        """Return what a form must send along: keyed over who asks and the cookie, "" where nobody is known."""
        try:
            return self._tokens(request)[0]
        except Unauthentic:
            return ""

    def new_cookie(self, request: Request) -> str:
        """Return a random cookie for a browser that has none yet."""
        if request.cookies.get(cookie_name(COOKIE, secure=self.secure)):
            return ""
        made: str = request.environ.setdefault(NEW_COOKIE, self._ports.token(32))
        return made

    def close(self, request: Request, *, everywhere: bool = False) -> None:
        """Do nothing: the platform knows who asks, not we."""

    def _tokens(self, request: Request) -> list[str]:
        """Return the tokens by each webhook key, the newest first: the console has no other secret of its own."""
        cookie = request.cookies.get(cookie_name(COOKIE, secure=self.secure), "") or request.environ.get(NEW_COOKIE, "")
        who = self.actor(request)
        return [_token(key, who, cookie) for key in self._ports.webhook_keys]


def _once(request: Request, find: Callable[[Request], T]) -> T:
    """Find out who asks once for each request: the guard and the page ask several times, and a wrong key counts."""
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
    """Refuse a change without one of these tokens, or sent by another site's page; raises `Unauthentic`."""
    if request.method in SAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        raise Unauthentic("foreign page", reason=Cause.FOREIGN_PAGE)
    given = (request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")).encode("utf-8", "replace")
    if not any(token and hmac.compare_digest(given, token.encode()) for token in tokens):
        raise Unauthentic("no csrf token", reason=Cause.NO_CSRF_TOKEN)
