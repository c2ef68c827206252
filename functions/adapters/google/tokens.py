"""Verifies tokens that Google signs: OIDC tokens of service accounts and people, and IAP's assertions.

https://cloud.google.com/docs/authentication/token-types#id and
https://cloud.google.com/iap/docs/signed-headers-howto
"""

import base64
import json
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from functions.application.ports import Clock
from functions.domain.model.errors import Transient, Unauthentic

REMOVED = "SIGNATURE_REMOVED_BY_GOOGLE"  # https://cloud.google.com/run/docs/troubleshooting#signature-removed
OIDC_KEYS = "https://www.googleapis.com/oauth2/v1/certs"
IAP_KEYS = "https://www.gstatic.com/iap/verify/public_key"
_SKEW = 30  # seconds that clocks may differ
_LONGEST = 16 * 1024
_LONGEST_LIFE = 24 * 3600  # seconds; Google's tokens live an hour
_FRESH = 3600.0  # seconds that keys are kept
_PATIENCE = 60.0  # seconds before an unknown key causes another fetch

Keys = Callable[[str], str | None]  # key id -> PEM
Private = Callable[[], bool]  # whether the platform admits only verified callers; may raise `Transient`


@dataclass(frozen=True, slots=True)
class Kind:
    """What a token must say, besides being signed."""

    algorithm: str
    issuers: Collection[str]


OIDC = Kind("RS256", ("https://accounts.google.com", "accounts.google.com"))
IAP = Kind("ES256", ("https://cloud.google.com/iap",))


class TokenProof:
    """Returns the e-mail address of a token's owner; raises `Unauthentic` with a code for the log and no detail.

    `audiences` None accepts any audience, for use where the platform has checked it. `private` tells whether the
    platform has verified signatures and replaced them by a mark; then only the claims are checked here.
    """

    def __init__(
        self, kind: Kind, keys: Keys, clock: Clock, *, audiences: Collection[str] | None, private: Private
    ) -> None:
        self._kind, self._keys, self._clock = kind, keys, clock
        self._audiences, self._private = audiences, private

    def __call__(self, token: str) -> str:
        """Return the e-mail address of the token's owner."""
        header, claims, signature = _parts(token)
        if signature == REMOVED:
            if not self._private():
                raise Unauthentic("bad proof", reason="not_private")
        else:
            self._verify(token, header)
        return self._holder(claims)

    def _verify(self, token: str, header: Mapping[str, Any]) -> None:
        from google.auth import jwt
        from google.auth.exceptions import GoogleAuthError

        if header.get("alg") != self._kind.algorithm:
            raise Unauthentic("bad proof", reason="wrong_algorithm")
        name = header.get("kid")
        key = self._keys(name) if isinstance(name, str) else None
        if key is None:
            raise Unauthentic("bad proof", reason="unknown_key")
        try:
            jwt.decode(token, certs={name: key}, clock_skew_in_seconds=_SKEW)  # type: ignore[no-untyped-call]
        except (GoogleAuthError, ValueError, TypeError) as error:
            raise Unauthentic("bad proof", reason="bad_signature") from error

    def _holder(self, claims: Mapping[str, Any]) -> str:
        expires, email, audience = claims.get("exp"), claims.get("email"), claims.get("aud")
        now = self._clock().timestamp()
        if not isinstance(expires, int | float) or not now - _SKEW <= expires <= now + _LONGEST_LIFE:
            raise Unauthentic("bad proof", reason="expired")  # also NaN, and a token without an expiry
        if str(claims.get("iss")) not in self._kind.issuers:
            raise Unauthentic("bad proof", reason="wrong_issuer")
        if self._audiences is not None and str(audience) not in self._audiences:
            raise Unauthentic("bad proof", reason="wrong_audience")
        if not isinstance(email, str) or not email:
            raise Unauthentic("bad proof", reason="no_email")
        if self._kind is OIDC and claims.get("email_verified") is not True:
            raise Unauthentic("bad proof", reason="email_not_verified")
        return email


class FetchedKeys:
    """Google's public keys, kept for an hour; an unknown key fetches them anew, at most once a minute."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._keys: dict[str, str] = {}
        self._at = float("-inf")

    def __call__(self, name: str) -> str | None:
        """Return a key, or None; raises `Transient`."""
        with self._lock:
            age = time.monotonic() - self._at
            if age > _FRESH or (name not in self._keys and age > _PATIENCE):
                self._keys, self._at = _fetch(self._address), time.monotonic()
            return self._keys.get(name)


def _fetch(address: str) -> dict[str, str]:
    from functions.adapters.net import outgoing

    with outgoing.reaching("Google's list of keys"):
        answer = outgoing.session(timeout=5.0, max_bytes=1024 * 1024).get(address)
    try:
        keys = answer.json() if answer.ok else None
    except ValueError:
        keys = None
    if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys.values()):
        raise Transient("Google's list of keys cannot be read; try again.", reason="keys_away")
    return keys


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    pieces = token.split(".")
    if len(pieces) != 3 or len(token) > _LONGEST:  # noqa: PLR2004 -- header, claims, signature
        raise Unauthentic("bad proof", reason="no_token")
    return _json(pieces[0]), _json(pieces[1]), pieces[2]


def _json(piece: str) -> dict[str, Any]:
    try:
        read = json.loads(base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4)))
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise Unauthentic("bad proof", reason="no_token")
    return read
