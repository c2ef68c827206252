"""Consent, tokens and their deaths, as Google answers them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from google_in_process import ASKED, BOTH, EVENTS, READONLY, ROOM_A, VERIFIER, Google, meeting
from googleapiclient.errors import HttpError

from sandbox.google.world.world import CLIENT_ID, PLANNER, REDIRECTS

CODE = {"grant_type": "authorization_code", "redirect_uri": REDIRECTS[0]}


@pytest.fixture
def google() -> Google:
    return Google()


def reason(error: HttpError) -> str:
    details: Any = error.error_details
    return str(details[0]["reason"])


def page(google: Google, **changed: str) -> tuple[int, str]:
    answer = google.client.get("/o/oauth2/v2/auth?" + urlencode({**ASKED, **changed}))
    return answer.status_code, answer.text


def test_the_consent_page_shows_accounts_and_scopes_to_tick(google: Google) -> None:
    status, text = page(google)
    assert status == 200
    for expected in (PLANNER, "guest@example.org", READONLY, EVENTS, 'value="allow"', 'value="deny"'):
        assert expected in text


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"redirect_uri": REDIRECTS[0] + "/"}, 400, "redirect_uri_mismatch"),
        ({"response_type": "token"}, 400, "invalid_request"),
        ({"access_type": "forever"}, 400, "invalid_request"),
        ({"prompt": "maybe"}, 400, "invalid_request"),
        ({"scope": "https://example.org/all"}, 400, "invalid_scope"),
        ({"code_challenge_method": "plain"}, 400, "invalid_request"),
    ],
)
def test_a_wrong_request_is_refused_on_the_spot(
    google: Google, changed: dict[str, str], status: int, error: str
) -> None:
    got, text = page(google, **changed)
    assert got == status
    assert error in text


def test_allowing_sends_code_state_and_ticked_scopes_back(google: Google) -> None:
    back = google.consent([READONLY])
    assert back["state"] == "s1"
    assert back["scope"] == READONLY
    assert back["code"].startswith("4/")


def test_denying_sends_access_denied_back(google: Google) -> None:
    answer = google.client.post("/o/oauth2/v2/auth?" + urlencode(ASKED), data={"decision": "deny"})
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"state": ["s1"], "error": ["access_denied"]}


def test_offline_consent_yields_a_refresh_token_that_renews(google: Google) -> None:
    tokens = google.tokens()
    assert tokens["expires_in"] == 3599
    assert tokens["scope"].split() == list(BOTH)
    renewed = google.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).get_json()
    assert renewed["access_token"] != tokens["access_token"]
    assert "refresh_token" not in renewed


def test_a_second_consent_without_the_prompt_has_no_refresh_token(google: Google) -> None:
    assert "refresh_token" in google.tokens(prompt="")
    assert "refresh_token" not in google.tokens(prompt="")
    assert "refresh_token" in google.tokens()


def test_online_access_and_the_switch_leave_the_refresh_token_out(google: Google) -> None:
    assert "refresh_token" not in google.tokens(access_type="online")
    google.control("POST", "consent", {"leave_out_refresh_token": True})
    assert "refresh_token" not in google.tokens()


@pytest.mark.parametrize(
    ("verifier", "description"), [("", "Missing code verifier."), ("w" * 64, "Invalid code verifier.")]
)
def test_a_challenge_that_was_sent_is_enforced(google: Google, verifier: str, description: str) -> None:
    answer = google.token(**CODE, code=google.consent()["code"], code_verifier=verifier)
    assert answer.status_code == 400
    assert answer.get_json() == {"error": "invalid_grant", "error_description": description}


def test_a_code_works_once_in_time_and_for_its_own_redirect(google: Google) -> None:
    code = google.consent()["code"]
    wrong = google.token(**{**CODE, "redirect_uri": REDIRECTS[1]}, code=code, code_verifier=VERIFIER)
    assert wrong.get_json()["error"] == "redirect_uri_mismatch"
    assert google.token(**CODE, code=code, code_verifier=VERIFIER).status_code == 200
    assert google.token(**CODE, code=code, code_verifier=VERIFIER).get_json()["error"] == "invalid_grant"
    late = google.consent()["code"]
    google.clock.forward(seconds=601)
    assert google.token(**CODE, code=late, code_verifier=VERIFIER).get_json()["error"] == "invalid_grant"


def test_a_wrong_secret_is_an_invalid_client(google: Google) -> None:
    answer = google.token(grant_type="refresh_token", refresh_token="x", client_secret="wrong")
    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")


def test_revoking_withdraws_the_whole_consent(google: Google) -> None:
    first, second = google.tokens(), google.tokens()
    assert google.client.post("/revoke", data={"token": first["access_token"]}).status_code == 200
    renewed = google.token(grant_type="refresh_token", refresh_token=second["refresh_token"])
    assert renewed.get_json()["error"] == "invalid_grant"
    assert google.client.post("/revoke", data={"token": "x"}).get_json()["error"] == "invalid_token"


def test_the_hundred_and_first_refresh_token_silently_kills_the_oldest(google: Google) -> None:
    first = google.tokens()["refresh_token"]
    for _ in range(100):
        google.tokens()
    assert google.token(grant_type="refresh_token", refresh_token=first).get_json()["error"] == "invalid_grant"


def test_a_consent_screen_in_testing_ends_after_seven_days(google: Google) -> None:
    google.control("POST", "consent", {"refresh_days": 7})
    tokens = google.tokens()
    assert tokens["refresh_token_expires_in"] == 604800
    google.clock.forward(days=7, seconds=1)
    dead = google.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert dead.get_json()["error"] == "invalid_grant"


def test_an_access_token_lives_an_hour(google: Google) -> None:
    calendar = google.calendar()
    google.clock.forward(seconds=3599)
    calendar.calendarList().list().execute()
    google.clock.forward(seconds=1)
    with pytest.raises(HttpError) as refused:
        calendar.calendarList().list().execute()
    assert refused.value.status_code == 401
    assert reason(refused.value) == "authError"


def test_scopes_decide_what_may_be_called(google: Google) -> None:
    reading, writing = google.calendar([READONLY]), google.calendar([EVENTS])
    reading.calendarList().list().execute()
    with pytest.raises(HttpError) as refused:
        reading.events().insert(calendarId=ROOM_A, body=meeting()).execute()
    assert refused.value.status_code == 403
    assert reason(refused.value) == "insufficientPermissions"
    writing.events().insert(calendarId=ROOM_A, body=meeting()).execute()
    with pytest.raises(HttpError):
        writing.calendarList().list().execute()


@pytest.mark.parametrize("code", ["deleted_client", "disabled_client"])
def test_a_client_that_was_deleted_or_disabled_gets_no_tokens(google: Google, code: str) -> None:
    refresh = google.tokens()["refresh_token"]
    client = {"client_id": CLIENT_ID, "client_secret": "sandbox-secret", "redirect_uris": [], "refused": code}
    google.control("POST", "clients", client)
    answer = google.token(grant_type="refresh_token", refresh_token=refresh)
    assert (answer.status_code, answer.json["error"]) == (401, code)


def test_no_secret_reaches_the_call_log(google: Google) -> None:
    tokens = google.tokens()
    google.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    log = str(google.control("GET", "calls"))
    assert tokens["refresh_token"] not in log
    assert "sandbox-secret" not in log
    assert VERIFIER not in log
    assert google.control("GET", "tokens")["refresh"][0]["client"] == CLIENT_ID
