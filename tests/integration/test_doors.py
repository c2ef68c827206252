"""Who comes in at the doors of the cloud: service accounts by OIDC, people by IAP or IAM, and nobody else."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from google.auth import crypt, jwt
from werkzeug.test import Client, TestResponse

from functions.adapters.google.tokens import IAP, OIDC, REMOVED, TokenProof
from functions.composing import clock
from functions.entrypoints.console.app import console_app
from functions.entrypoints.console.session import COOKIE, CloudSessions, cookie_name
from functions.entrypoints.http.authenticator import (
    Authenticator,
    person_authenticator,
    refusing_authenticator,
    token_authenticator,
)
from functions.entrypoints.http.handlers import handlers
from functions.entrypoints.http.serve import whole_app
from tests.harness.machine_clock import seconds_now
from tests.harness.place import Place, example

SYNC, SCHEDULED = "https://sync-task.example.run.app", "https://sweep.example.run.app"
TASKS, SCHEDULER = "tasks@demo.iam.gserviceaccount.com", "scheduler@demo.iam.gserviceaccount.com"
IAP_AUDIENCE = "/projects/1/locations/europe-west4/services/console"
ADMIN = "beheer@example.org"
ASSERTION = "X-Goog-IAP-JWT-Assertion"

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Signer:
    """A key that signs as Google would, or as somebody else; `keys` is the list that Google publishes."""

    def __init__(self, key: Private, name: str = "k1") -> None:
        self._name = name
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        kind = crypt.RSASigner if isinstance(key, rsa.RSAPrivateKey) else crypt.EsSigner
        self._signer = kind.from_string(private, name)
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.keys = {name: public.decode()}.get

    def sign(self, claims: dict[str, Any]) -> str:
        return str(jwt.encode(self._signer, claims).decode())  # type: ignore[no-untyped-call]


GOOGLE = Signer(rsa.generate_private_key(65537, 2048))
STRANGER = Signer(rsa.generate_private_key(65537, 2048))
IAP_SIGNER = Signer(ec.generate_private_key(ec.SECP256R1()))
IAP_STRANGER = Signer(ec.generate_private_key(ec.SECP256R1()))


def claims(email: str = TASKS, audience: str = SYNC, **changes: Any) -> dict[str, Any]:
    now = seconds_now()
    known = {"iss": "https://accounts.google.com", "aud": audience, "email": email, "email_verified": True}
    return {**known, "iat": now, "exp": now + 600, **changes}


def assertion(**changes: Any) -> dict[str, Any]:
    return {**claims(ADMIN, IAP_AUDIENCE), "iss": "https://cloud.google.com/iap", "email_verified": None, **changes}


def unsigned(spelt: dict[str, Any], signature: str = REMOVED, **header: Any) -> str:
    parts = ({"alg": "RS256", "kid": "k1", "typ": "JWT", **header}, spelt)
    return ".".join(
        [*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), signature]
    )


def machine(audience: str, account: str, *, on_platform: bool = True) -> Authenticator:
    return token_authenticator(
        TokenProof(OIDC, GOOGLE.keys, clock, audiences={audience}, private=lambda: on_platform), account
    )


Open = Callable[..., Client]


@pytest.fixture
def opened(place: Place) -> Open:
    """The product behind doors of the cloud."""

    def make(person: Authenticator | None = None, *, on_platform: bool = True) -> Client:
        sessions = CloudSessions(person or refusing_authenticator("closed"), place.ports)
        machines = (
            machine(SYNC, TASKS, on_platform=on_platform),
            machine(SCHEDULED, SCHEDULER, on_platform=on_platform),
        )
        console = console_app(place.ports, sessions, secure=True)
        return Client(
            whole_app(  # type: ignore[arg-type]
                place.ports, handlers(*machines), console
            )
        )

    return make


def post(client: Client, path: str, token: str, **headers: str) -> TestResponse:
    return client.post(path, json={}, headers={"Authorization": f"Bearer {token}", **headers})


def test_a_token_whose_signature_the_platform_removed_is_let_in_by_its_claims(opened: Open) -> None:
    client = opened()
    assert post(client, "/tasks/sync", unsigned(claims())).status_code == 200
    for path in ("/sweep", "/watches/renew"):
        answer = post(client, path, unsigned(claims(SCHEDULER, SCHEDULED)))
        assert (answer.status_code, answer.json) == (200, {"queued": 0})


def test_a_token_that_still_has_its_signature_is_verified_in_full(opened: Open) -> None:
    assert post(opened(), "/tasks/sync", GOOGLE.sign(claims())).status_code == 200


def test_without_the_platform_in_front_a_removed_signature_proves_nothing(opened: Open) -> None:
    client = opened(on_platform=False)
    assert post(client, "/tasks/sync", unsigned(claims())).status_code == 401
    assert post(client, "/tasks/sync", GOOGLE.sign(claims())).status_code == 200


WRONG_CLAIMS: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "made for another function": (lambda: claims(audience=SCHEDULED), "wrong_audience"),
    "made for a longer address": (lambda: claims(audience=f"{SYNC}.evil.example"), "wrong_audience"),
    "made for several": (lambda: claims(aud=[SYNC]), "wrong_audience"),
    "of the scheduler": (lambda: claims(SCHEDULER), "wrong_email"),
    "of a stranger": (lambda: claims("tasks@evil.iam.gserviceaccount.com"), "wrong_email"),
    "without an address": (lambda: claims(email=""), "no_email"),
    "with an unverified address": (lambda: claims(email_verified=False), "email_not_verified"),
    "with a verified address in quotes": (lambda: claims(email_verified="true"), "email_not_verified"),
    "over": (lambda: claims(iat=seconds_now() - 720, exp=seconds_now() - 120), "expired"),
    "without an end": (lambda: claims(exp=None), "expired"),
    "of another issuer": (lambda: claims(iss="https://evil.example"), "wrong_issuer"),
}


@pytest.mark.parametrize("name", WRONG_CLAIMS)
@pytest.mark.parametrize("signed", [True, False])
def test_a_task_is_refused_with_a_token(name: str, signed: bool, opened: Open, place: Place) -> None:  # noqa: FBT001 -- pytest passes it by name
    make, reason = WRONG_CLAIMS[name]
    wrong = make()
    answer = post(opened(), "/tasks/sync", GOOGLE.sign(wrong) if signed else unsigned(wrong))
    assert (answer.status_code, answer.data) == (401, b""), "no detail for the caller"
    said = [str(line["reason"]) for line in place.log if line.get("event") == "unauthentic"]
    assert said == [reason] or (signed and said == ["bad_signature"] and reason == "expired")


def test_a_forged_token_is_refused(opened: Open) -> None:
    client = opened()
    head, body, signature = GOOGLE.sign(claims()).split(".")
    other = unsigned(claims(TASKS, SYNC, sub="another")).split(".")[1]
    for forged in (
        STRANGER.sign(claims()),
        f"{head}.{other}.{signature}",
        f"{head}.{body}.",
        f"{head}.{body}.{REMOVED}x",
        f"{head}.{body}.{REMOVED.lower()}",
        unsigned(claims(), "", alg="none"),
        unsigned(claims(), "AAAA", alg="none"),
        unsigned(claims(), "AAAA", kid="unknown"),
        unsigned(claims(), "AAAA", kid=None),
        unsigned(claims(), "AAAA", kid=["k1"]),
        IAP_SIGNER.sign(claims()),
    ):
        assert post(client, "/tasks/sync", forged).status_code == 401


def test_the_public_key_is_no_shared_secret(opened: Open) -> None:
    """An HMAC over the token with Google's public key, which everybody knows, is no signature of Google's."""
    import hashlib
    import hmac

    unsealed = unsigned(claims(), "x", alg="HS256").rpartition(".")[0]
    seal = hmac.new(str(GOOGLE.keys("k1")).encode(), unsealed.encode(), hashlib.sha256).digest()
    token = f"{unsealed}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"
    assert post(opened(), "/tasks/sync", token).status_code == 401


@pytest.mark.parametrize(
    "token", ["", "x", "a.b", "a.b.c", "..", f"..{REMOVED}", f"e30.e30.{REMOVED}", "é.é.é", "x" * 20_000]
)
def test_nonsense_is_refused(token: str, opened: Open) -> None:
    client = opened()
    assert client.post("/tasks/sync", json={}).status_code == 401
    assert client.post("/tasks/sync", json={}, headers={"Authorization": f"Basic {token}"}).status_code == 401
    assert post(client, "/tasks/sync", token).status_code == 401


def test_of_two_tokens_only_the_one_that_the_platform_checked_counts(opened: Open) -> None:
    client = opened()
    mine, forged = unsigned(claims("me@example.org")), unsigned(claims())
    assert post(client, "/tasks/sync", forged, **{"X-Serverless-Authorization": f"Bearer {mine}"}).status_code == 401
    assert post(client, "/tasks/sync", mine, **{"X-Serverless-Authorization": f"Bearer {forged}"}).status_code == 200


def iap() -> Authenticator:
    return person_authenticator(
        TokenProof(IAP, IAP_SIGNER.keys, clock, audiences={IAP_AUDIENCE}, private=lambda: False), ASSERTION
    )


def iam() -> Authenticator:
    return person_authenticator(TokenProof(OIDC, GOOGLE.keys, clock, audiences=None, private=lambda: True))


def test_behind_iap_an_assertion_opens_the_console(opened: Open) -> None:
    client = opened(iap())
    assert client.get("/console/", headers={ASSERTION: IAP_SIGNER.sign(assertion())}).status_code == 200


def test_behind_iap_everything_but_a_good_assertion_is_refused(opened: Open) -> None:
    client = opened(iap())
    over = seconds_now() - 120
    for headers in (
        {},
        {ASSERTION: ""},
        {ASSERTION: IAP_STRANGER.sign(assertion())},
        {ASSERTION: GOOGLE.sign(assertion())},
        {ASSERTION: unsigned(assertion())},
        {ASSERTION: unsigned(assertion(), "", alg="none")},
        {ASSERTION: unsigned(assertion(), alg="ES256")},
        {ASSERTION: IAP_SIGNER.sign(assertion(aud=f"{IAP_AUDIENCE}-other"))},
        {ASSERTION: IAP_SIGNER.sign(assertion(iss="https://accounts.google.com"))},
        {ASSERTION: IAP_SIGNER.sign(assertion(exp=over))},
        {ASSERTION: IAP_SIGNER.sign(assertion(email=""))},
        {"Authorization": f"Bearer {unsigned(claims(ADMIN))}"},
        {"Authorization": f"Bearer {IAP_SIGNER.sign(assertion())}"},
        {"X-Goog-Authenticated-User-Email": f"accounts.google.com:{ADMIN}"},
    ):
        assert client.get("/console/api/integrations", headers=headers).status_code == 401, headers
        assert client.get("/console/", headers=headers).status_code == 401, headers


def test_a_private_console_is_opened_by_whom_iam_let_in(opened: Open) -> None:
    client = opened(iam())
    person = unsigned(claims(ADMIN, "32555940559.apps.googleusercontent.com"))
    for header in ("Authorization", "X-Serverless-Authorization"):
        assert client.get("/console/api/integrations", headers={header: f"Bearer {person}"}).status_code == 200
    assert client.get("/console/api/integrations").status_code == 401
    forged = {"Authorization": f"Bearer {STRANGER.sign(claims(ADMIN))}"}
    assert client.get("/console/api/integrations", headers=forged).status_code == 401


def test_what_a_person_did_is_kept_under_their_address(opened: Open, place: Place) -> None:
    client = opened(iap())
    headers = {ASSERTION: IAP_SIGNER.sign(assertion()), "X-Requested-With": "curl"}
    assert client.put("/console/api/integrations/7", json=example(), headers=headers).status_code in (200, 201)
    history = client.get("/console/api/integrations/7/history", headers=headers).json or []
    assert [entry["actor"] for entry in history] == [ADMIN]
    assert ADMIN not in json.dumps(place.log, default=str), "but not in the log"


def test_a_foreign_page_cannot_use_the_proof_that_a_proxy_adds(opened: Open) -> None:
    client = opened(iam())
    proof = {"Authorization": f"Bearer {unsigned(claims(ADMIN))}"}

    def put(**headers: str) -> int:
        return client.put("/console/api/integrations/7", json=example(), headers={**proof, **headers}).status_code

    assert put() == 401
    assert put(**{"X-CSRF-Token": ""}) == 401
    assert client.post("/console/integrations", data={"id": "9"}, headers=proof).status_code == 401
    first = client.get("/console/api/integrations", headers=proof)
    cookie = client.get_cookie(cookie_name(COOKIE, secure=True))
    assert cookie is not None
    assert {"HttpOnly", "Secure", "SameSite=Lax"} <= set(first.headers["Set-Cookie"].split("; "))
    assert put() == 401, "the cookie alone proves nothing"
    again = client.get("/console/api/integrations", headers=proof)
    assert "Set-Cookie" not in again.headers


def test_the_console_s_own_forms_carry_the_token_of_the_cookie(opened: Open) -> None:
    client = opened(iam())
    proof = {"Authorization": f"Bearer {unsigned(claims(ADMIN))}"}
    page = client.get("/console/", headers=proof).get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert token, "a page has the token for its forms, at the very first visit too"
    headers = {**proof, "X-CSRF-Token": token}
    assert client.put("/console/api/integrations/7", json=example(), headers=headers).status_code in (200, 201)


def test_there_is_no_console_key_in_the_cloud(opened: Open) -> None:
    client = opened(iap())
    assert client.get("/console/?key=").status_code == 401
    assert client.get("/console/?key=sandbox-console-key").status_code == 401


def test_whom_the_cloud_does_not_name_is_told_what_to_do_and_asked_for_no_key(opened: Open) -> None:
    for client, refused in ((opened(iap()), "GET"), (opened(iam()), "GET"), (opened(iap()), "POST")):
        path = "/console/" if refused == "GET" else "/console/sign-in"
        answer = client.open(path, method=refused, headers={"Accept-Language": "en"}, data={"key": "guess"})
        assert answer.status_code == 401
        assert "open the console by the address or the command" in answer.text
        assert not re.search("<form|<input|console key", answer.text)


def test_a_form_without_its_token_is_told_to_load_the_page_again(opened: Open) -> None:
    proof = {"Authorization": f"Bearer {unsigned(claims(ADMIN))}", "Accept-Language": "en"}
    answer = opened(iam()).post("/console/integrations", data={"id": "9"}, headers=proof)
    assert answer.status_code == 401
    assert "go back, load it again" in answer.text
