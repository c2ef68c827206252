"""Consent ends in a usable connection, or in a sentence that says what to do."""

from urllib.parse import parse_qs, urlsplit

import pytest
from connected_google import GOOGLE, ROOM_A, VERIFIER, ConnectedGoogle

from functions.adapters.google.oauth import SCOPES, GoogleConsent
from functions.domain.model.errors import AccessRevoked, Refused, Transient
from sandbox.google.world.world import CLIENT_ID, CLIENT_SECRET, REDIRECTS


@pytest.fixture
def google() -> ConnectedGoogle:
    return ConnectedGoogle()


def test_the_consent_address_asks_for_two_scopes_offline_access_and_a_fresh_consent(google: ConnectedGoogle) -> None:
    address = urlsplit(google.consent.address("client", "https://x.test/redirect/7", "state", "verifier"))
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{GOOGLE}/o/oauth2/v2/auth"
    assert {name: value[0] for name, value in parse_qs(address.query).items()} == {
        "client_id": "client",
        "redirect_uri": "https://x.test/redirect/7",
        "response_type": "code",
        "scope": "https://www.googleapis.com/auth/calendar.readonly https://www.googleapis.com/auth/calendar.events",
        "access_type": "offline",
        "prompt": "consent",
        "state": "state",
        "code_challenge": "iMnq5o6zALKXGivsnlom_0F5_WYda32GHkxlV7mq7hQ",
        "code_challenge_method": "S256",
    }


def test_the_verifier_is_not_in_the_consent_address(google: ConnectedGoogle) -> None:
    assert VERIFIER not in google.consent.address(CLIENT_ID, REDIRECTS[0], "state", VERIFIER)


def test_a_code_becomes_a_refresh_token_with_the_granted_scopes(google: ConnectedGoogle) -> None:
    assert google.grant.refresh_token
    assert google.grant.scopes == frozenset(SCOPES)


def test_a_scope_that_was_not_ticked_is_missing_from_the_grant() -> None:
    assert ConnectedGoogle(scopes=SCOPES[:1]).grant.scopes == frozenset(SCOPES[:1])


def test_an_answer_without_refresh_token_is_told_from_one_with(google: ConnectedGoogle) -> None:
    google.control("POST", "consent", {"leave_out_refresh_token": True})
    assert google.agree().refresh_token == ""


@pytest.mark.parametrize(
    ("client", "secret", "redirect", "reason"),
    [
        (CLIENT_ID, CLIENT_SECRET, REDIRECTS[0], "invalid_grant"),
        (CLIENT_ID, "wrong", REDIRECTS[0], "invalid_client"),
        ("wrong", CLIENT_SECRET, REDIRECTS[0], "invalid_client"),
    ],
)
def test_a_refused_code_says_what_to_mend(
    google: ConnectedGoogle, client: str, secret: str, redirect: str, reason: str
) -> None:
    with pytest.raises(Refused) as caught:
        google.consent.exchange(client, secret, redirect, "used before", VERIFIER)
    assert caught.value.reason == reason
    assert "run Step 1 again" in str(caught.value)


def test_a_revoked_connection_stops_and_says_to_run_step_1_again(google: ConnectedGoogle) -> None:
    google.consent.revoke(google.grant.refresh_token)
    with pytest.raises(AccessRevoked, match="run Step 1 again") as caught:
        google.calendars.changes(ROOM_A)
    assert caught.value.reason == "invalid_grant"


def test_revoking_a_dead_token_is_no_error(google: ConnectedGoogle) -> None:
    google.consent.revoke(google.grant.refresh_token)
    google.consent.revoke(google.grant.refresh_token)


def test_a_wrong_client_secret_stops_and_says_to_correct_it(google: ConnectedGoogle) -> None:
    with pytest.raises(AccessRevoked) as caught:
        google.connect(google.grant.refresh_token, secret="wrong").changes(ROOM_A)
    assert caught.value.reason == "invalid_client"


def test_without_a_refresh_token_nothing_is_called(google: ConnectedGoogle) -> None:
    with pytest.raises(AccessRevoked) as caught:
        google.connect("").changes(ROOM_A)
    assert caught.value.reason == "no_token"
    assert list(google.world.calls.log) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 503},
        {"status": 503, "action": "html"},
        {"status": 400, "action": "html"},
        {"status": 429, "reason": "rateLimitExceeded"},
        {"action": "reset"},
    ],
)
def test_a_token_endpoint_that_is_away_does_not_end_the_connection(
    google: ConnectedGoogle, fault: dict[str, object]
) -> None:
    google.fault(path="/token", **fault)
    with pytest.raises(Transient):
        google.calendars.changes(ROOM_A)
    assert google.calendars.changes(ROOM_A).sync_token


@pytest.mark.parametrize(
    ("code", "says"), [("deleted_client", "client was deleted"), ("disabled_client", "client is disabled")]
)
def test_a_client_that_google_refuses_is_named_as_what_to_mend(google: ConnectedGoogle, code: str, says: str) -> None:
    client = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uris": [], "refused": code}
    google.control("POST", "clients", client)
    with pytest.raises(AccessRevoked, match=says) as caught:
        google.calendars.changes(ROOM_A)
    assert caught.value.reason == code


def test_the_access_token_is_fetched_once_and_kept(google: ConnectedGoogle) -> None:
    for _ in range(3):
        google.calendars.changes(ROOM_A)
    assert [call.api for call in google.world.calls.log].count("oauth.token") == 1


def test_nothing_secret_is_in_an_error(google: ConnectedGoogle) -> None:
    google.control("POST", "tokens/revoke")
    with pytest.raises(AccessRevoked) as caught:
        google.calendars.changes(ROOM_A)
    assert not any(secret in repr(caught.value) for secret in (CLIENT_SECRET, google.grant.refresh_token))


def test_the_real_addresses_are_the_defaults(google: ConnectedGoogle) -> None:
    address = GoogleConsent(google.http).address("client", "https://x.test/", "state", "verifier")
    assert address.startswith("https://accounts.google.com/o/oauth2/v2/auth?")
