"""Verifies callers, machines and people, before anything else is done."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from functions.domain.model.errors import Unauthentic
from functions.entrypoints.http.key_proof import KeyProof

if TYPE_CHECKING:  # the command line is composed too, and serves nothing
    from flask import Request
    from werkzeug.datastructures import Headers

Authenticator = Callable[["Request"], str]  # request -> the caller; raises `Unauthentic`


def bearer(headers: "Headers") -> str:
    """Return the Bearer token of a request, or ""."""
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def key_authenticator(proof: KeyProof) -> Authenticator:
    """Return the authenticator of a standalone installation: the console key as Bearer."""

    def authenticator(request: "Request") -> str:
        proof.check(bearer(request.headers), request)
        return "key"

    return authenticator


def token_authenticator(proof: Callable[[str], str], email: str) -> Authenticator:
    """Return the authenticator of a function that one service account may call; `proof` returns a token's owner."""

    def authenticator(request: "Request") -> str:
        if proof(google_token(request.headers)) != email:
            raise Unauthentic("bad proof", reason="wrong_email")
        return email

    return authenticator


def google_token(headers: "Headers") -> str:
    """Return the token with which the platform admitted a request.

    If there is `X-Serverless-Authorization` the platform checks only that, so the other header proves nothing.
    https://cloud.google.com/run/docs/authenticating/service-to-service#acquire-token
    """
    name = "X-Serverless-Authorization"
    if name in headers:
        scheme, _, token = headers[name].partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""
    return bearer(headers)


def person_authenticator(proof: Callable[[str], str], header: str = "") -> Authenticator:
    """Return the console's authenticator: the owner of the token in this header, or of the platform's token."""

    def authenticator(request: "Request") -> str:
        return proof(request.headers.get(header, "") if header else google_token(request.headers))

    return authenticator


def refusing_authenticator(reason: str) -> Authenticator:
    """Return an authenticator that refuses everybody."""

    def authenticator(_request: "Request") -> str:
        raise Unauthentic("bad proof", reason=reason)

    return authenticator
