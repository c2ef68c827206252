"""The administrator's session: the console key opens it, a random cookie keeps it, a token guards its forms."""

import hashlib
import hmac
from datetime import datetime, timedelta

from flask import Request

from functions.application.ports import Path, Ports
from functions.domain.errors import Refused, Unauthentic
from functions.entrypoints.door import bearer

LIFE = timedelta(hours=12)
COOKIE = "console_session"
GUESSES, GUESS_SPAN = 10, timedelta(minutes=5)


class KeySessions:
    """Sessions of a standalone installation. Guesses at the key are slowed down for everybody, counted in memory."""

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


def csrf_token(request: Request) -> str:
    """Return what a form of this session must send along: it cannot be told without the cookie."""
    return hashlib.sha256(f"csrf\n{request.cookies.get(COOKIE, '')}".encode()).hexdigest()[:40]


def check_csrf(request: Request) -> None:
    """Refuse a change that a foreign page made the browser send; a Bearer key is proof enough."""
    if bearer(request.headers) or request.method in ("GET", "HEAD", "OPTIONS"):
        return
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not hmac.compare_digest(given.encode(), csrf_token(request).encode()):
        raise Unauthentic("no csrf token")


def _path(token: str) -> Path:
    return ("sessions", hashlib.sha256(token.encode()).hexdigest())
