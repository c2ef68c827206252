"""A token that somebody made himself opens nothing, also where IAM was switched off by mistake."""

import base64
import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from functions.adapters.google.tokens import IAP, OIDC, REMOVED, TokenProof
from functions.adapters.platform.private_check import PrivateCheck
from functions.composing import clock
from functions.domain.model.errors import Transient, Unauthentic
from tests.harness.machine_clock import seconds_now

ADMIN = "beheer@example.org"
AUDIENCE = "/projects/1/locations/europe-west4/services/console"


def spelt(part: object) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def claims(**changes: Any) -> dict[str, Any]:
    known = {"iss": "https://accounts.google.com", "aud": "any", "email": ADMIN, "email_verified": True}
    return {**known, "exp": seconds_now() + 600, **changes}


def self_made(**changes: Any) -> str:
    return f"{spelt({'alg': 'RS256', 'kid': 'k1', 'typ': 'JWT'})}.{spelt(claims(**changes))}.{REMOVED}"


def proof(private: Callable[[], bool]) -> TokenProof:
    return TokenProof(OIDC, lambda _name: None, clock, audiences=None, private=private)


@pytest.fixture
def platform() -> Any:
    """The address of a function, at which the platform answers with a status that the test sets."""

    class Platform(BaseHTTPRequestHandler):
        status = 403

        def do_GET(self) -> None:
            self.send_response(type(self).status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    Thread(target=server.serve_forever, daemon=True).start()
    Platform.address = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
    yield Platform
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("status", [401, 403])
def test_behind_a_platform_that_refuses_strangers_the_mark_of_a_removed_signature_counts(
    platform: Any, status: int
) -> None:
    platform.status = status
    assert proof(PrivateCheck(platform.address))(self_made()) == ADMIN


def test_on_a_function_that_was_made_public_it_proves_nothing(platform: Any) -> None:
    platform.status = 200
    with pytest.raises(Unauthentic) as refused:
        proof(PrivateCheck(platform.address))(self_made())
    assert refused.value.reason == "not_private"


def test_where_that_cannot_be_told_nobody_is_let_in_and_it_is_asked_again(platform: Any) -> None:
    door = PrivateCheck(platform.address)
    platform.status = 503
    with pytest.raises(Transient, match="PLATFORM_URL"):
        proof(door)(self_made())
    platform.status = 403
    assert proof(door)(self_made()) == ADMIN


@pytest.mark.parametrize("end", ["NaN", "1e400", "-1e400", "9" * 400, "99999999999", "true", '"soon"', "null", "0"])
def test_a_token_without_a_sensible_end_is_refused(end: str) -> None:
    body = json.dumps(claims()).replace(json.dumps(claims()["exp"]), end)
    token = f"{spelt({'alg': 'RS256', 'kid': 'k1'})}.{spelt(body.encode())}.{REMOVED}"
    with pytest.raises(Unauthentic):
        proof(lambda: True)(token)


class Iap:
    """Signs as IAP does: ES256, r and s beside each other, a key id of its own; made without google-auth."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        pem = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.keys = {"2nMJtw": pem.decode()}.get

    def sign(self, body: dict[str, Any], *, der: bool = False, **header: Any) -> str:
        head = spelt({"alg": "ES256", "typ": "JWT", "kid": "2nMJtw", **header})
        signed = self._key.sign(f"{head}.{spelt(body)}".encode(), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(signed)
        return f"{head}.{spelt(body)}.{spelt(signed if der else r.to_bytes(32) + s.to_bytes(32))}"


def assertion(**changes: Any) -> dict[str, Any]:
    now = seconds_now()
    known = {"iss": "https://cloud.google.com/iap", "aud": AUDIENCE, "email": ADMIN, "sub": "accounts.google.com:1"}
    return {**known, "iat": now, "exp": now + 600, **changes}


def test_a_signature_as_iap_makes_it_is_verified_and_any_other_form_of_it_refused() -> None:
    iap = Iap()
    verify = TokenProof(IAP, iap.keys, clock, audiences={AUDIENCE}, private=lambda: False)
    assert verify(iap.sign(assertion())) == ADMIN
    head, body, signature = iap.sign(assertion()).split(".")
    other = spelt(assertion(email="stranger@example.org"))
    for token in (
        iap.sign(assertion(), der=True),
        iap.sign(assertion(), alg="HS256"),
        iap.sign(assertion(), alg="none"),
        iap.sign(assertion(), kid="unknown"),
        iap.sign(assertion(aud=f"{AUDIENCE}-2")),
        Iap().sign(assertion()),
        f"{head}.{other}.{signature}",
        f"{head}.{body}.{spelt(bytes(64))}",
        f"{head}.{body}.",
        f"{head}.{body}.{REMOVED}",
    ):
        with pytest.raises(Unauthentic):
            verify(token)
