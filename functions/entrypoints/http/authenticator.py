"""Who may come in: the proof of a caller that is a machine, checked before anything else is done."""

from collections.abc import Callable

from flask import Request
from werkzeug.datastructures import Headers

from functions.domain.model.errors import Unauthentic
from functions.entrypoints.http.key_proof import KeyProof

Authenticator = Callable[[Request], str]  # headers -> who it is; raises `Unauthentic`


def bearer(headers: Headers) -> str:
    """Return the Bearer token of a request, or ""."""
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def key_door(proof: KeyProof) -> Authenticator:
    """Return the door of a standalone installation: the console key as Bearer."""

    def authenticator(request: Request) -> str:
        proof.check(bearer(request.headers), request)
        return "key"

    return authenticator


def token_door(proof: Callable[[str], str], email: str) -> Authenticator:
    """Return the door of a function that only one service account may call; `proof` says whose a token is."""

    def authenticator(request: Request) -> str:
        if proof(google_token(request.headers)) != email:
            raise Unauthentic("bad proof", reason="wrong_email")
        return email

    return authenticator


def google_token(headers: Headers) -> str:
    """Return the token by which the platform let a request in.

    Of two it checks `X-Serverless-Authorization` only, so that the other header then proves nothing.
    https://cloud.google.com/run/docs/authenticating/service-to-service#acquire-token
    """
    name = "X-Serverless-Authorization"
    if name in headers:
        scheme, _, token = headers[name].partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""
    return bearer(headers)


def person_door(proof: Callable[[str], str], header: str = "") -> Authenticator:
    """Return the door of the console: who the token in this header names, or the one that the platform let in."""

    def authenticator(request: Request) -> str:
        return proof(request.headers.get(header, "") if header else google_token(request.headers))

    return authenticator


def closed_door(reason: str) -> Authenticator:
    """Return a door that lets nobody in."""

    def authenticator(_request: Request) -> str:
        raise Unauthentic("bad proof", reason=reason)

    return authenticator
