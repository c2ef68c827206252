"""Who may come in: the proof of a caller that is a machine, checked before anything else is done."""

import hmac
from collections.abc import Callable

from werkzeug.datastructures import Headers

from functions.domain.errors import Unauthentic

Door = Callable[[Headers], str]  # headers -> who it is; raises `Unauthentic`


def bearer(headers: Headers) -> str:
    """Return the Bearer token of a request, or ""."""
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def key_door(key: str) -> Door:
    """Return the door of a standalone installation: the console key as Bearer."""

    def door(headers: Headers) -> str:
        if not key or not hmac.compare_digest(bearer(headers).encode(), key.encode()):
            raise Unauthentic("bad proof")
        return "key"

    return door
