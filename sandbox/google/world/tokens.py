"""OAuth clients, codes, refresh and access tokens, and how they die.

https://developers.google.com/identity/protocols/oauth2/web-server
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.google.errors import Resource
    from sandbox.google.world.surroundings import Surroundings

ACCESS_SECONDS = 3600
MOST_REFRESH = 100


class GrantError(Exception):
    """A refusal of the token endpoint, in OAuth's own JSON shape."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description


@dataclass
class Client:
    """A registered OAuth client."""

    id: str
    secret: str
    redirects: list[str]
    refused: str = ""  # `deleted_client` or `disabled_client`: what its project's owner did with it


@dataclass(frozen=True)
class Asked:
    """What the consent page was opened with, already validated."""

    client: str
    redirect: str
    scopes: tuple[str, ...]
    offline: bool
    prompt: str
    challenge: str | None
    state: str | None


@dataclass
class Code:
    """An authorisation code; works once."""

    asked: Asked
    account: str
    scopes: tuple[str, ...]
    expires: datetime
    used: bool = False


@dataclass
class Access:
    """One access or refresh token, and its account and client."""

    token: str
    account: str
    client: str
    scopes: tuple[str, ...]
    expires: datetime | None
    refresh: str | None = None


class Tokens:
    """Everything the authorisation server knows."""

    def __init__(self, world: Surroundings) -> None:
        self.world = world
        self.clients: dict[str, Client] = {}
        self.codes: dict[str, Code] = {}
        self.refresh: dict[str, Access] = {}
        self.access: dict[str, Access] = {}
        self.consented: set[tuple[str, str]] = set()

    def add_client(self, client_id: str, secret: str, redirects: list[str]) -> None:
        """Register a client, or change it."""
        self.clients[client_id] = Client(client_id, secret, redirects)

    def consent(self, asked: Asked, account: str, scopes: tuple[str, ...]) -> str:
        """Return the code for a consent that a person gave."""
        code = "4/0A" + self.world.letters(40)
        expires = self.world.now() + timedelta(seconds=self.world.switches.code_seconds)
        self.codes[code] = Code(asked, account, scopes, expires)
        return code

    def exchange(self, client_id: str, code_text: str, redirect: str, verifier: str | None) -> Resource:
        """Turn a code into tokens; raises GrantError."""
        code = self.codes.get(code_text)
        if code is None or code.used or code.expires < self.world.now() or code.asked.client != client_id:
            raise GrantError(400, "invalid_grant", "Malformed auth code." if code is None else "Bad Request")
        if code.asked.redirect != redirect:
            raise GrantError(400, "redirect_uri_mismatch", "Bad Request")
        if code.asked.challenge is not None:
            if not verifier:
                raise GrantError(400, "invalid_grant", "Missing code verifier.")
            digest = hashlib.sha256(verifier.encode()).digest()
            if base64.urlsafe_b64encode(digest).decode().rstrip("=") != code.asked.challenge:
                raise GrantError(400, "invalid_grant", "Invalid code verifier.")
        code.used = True
        pair = (code.account, client_id)
        first, switches = pair not in self.consented, self.world.switches
        self.consented.add(pair)
        refresh = None
        if code.asked.offline and (first or code.asked.prompt == "consent") and not switches.leave_out_refresh_token:
            refresh = self._new_refresh(code, client_id)
        answer = self._answer(self._new_access(code.account, client_id, code.scopes, refresh))
        if refresh is not None:
            answer["refresh_token"] = refresh
            if switches.refresh_days is not None:
                answer["refresh_token_expires_in"] = int(switches.refresh_days * 86_400)
        return answer

    def renew(self, client_id: str, refresh_token: str) -> Resource:
        """Turn a refresh token into an access token; raises GrantError."""
        known = self.refresh.get(refresh_token)
        if (
            known is None
            or known.client != client_id
            or (known.expires is not None and known.expires < self.world.now())
        ):
            raise GrantError(400, "invalid_grant", "Token has been expired or revoked.")
        return self._answer(self._new_access(known.account, client_id, known.scopes, refresh_token))

    def revoke(self, token: str) -> bool:
        """Withdraw the whole consent behind a token: every token of that account for that client."""
        known = self.refresh.get(token) or self.access.get(token)
        if known is None:
            return False
        self.withdraw(known.account, known.client)
        return True

    def withdraw(self, account: str, client: str | None = None) -> None:
        """Kill all tokens of an account, of one client or of all."""
        for shelf in (self.refresh, self.access):
            for token, known in list(shelf.items()):
                if known.account == account and client in (None, known.client):
                    del shelf[token]
        self.consented = {p for p in self.consented if p[0] != account or client not in (None, p[1])}

    def who(self, token: str) -> Access | None:
        """Return the account and client of a live access token."""
        known = self.access.get(token)
        if known is None or (known.expires is not None and known.expires <= self.world.now()):
            return None
        return known

    def _new_refresh(self, code: Code, client_id: str) -> str:
        days = self.world.switches.refresh_days
        expires = None if days is None else self.world.now() + timedelta(days=days)
        token = "1//0" + self.world.letters(60)
        self.refresh[token] = Access(token, code.account, client_id, code.scopes, expires)
        same = [t for t, known in self.refresh.items() if (known.account, known.client) == (code.account, client_id)]
        # the oldest of an account and client dies silently
        for old in same[:-MOST_REFRESH]:
            del self.refresh[old]
        return token

    def _new_access(self, account: str, client: str, scopes: tuple[str, ...], refresh: str | None) -> Access:
        expires = self.world.now() + timedelta(seconds=ACCESS_SECONDS)
        access = Access("ya29." + self.world.letters(80), account, client, scopes, expires, refresh)
        self.access[access.token] = access
        return access

    def _answer(self, access: Access) -> Resource:
        return {
            "access_token": access.token,
            "expires_in": ACCESS_SECONDS - 1,
            "scope": " ".join(access.scopes),
            "token_type": "Bearer",
        }
