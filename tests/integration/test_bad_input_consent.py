"""Bad consents: refused, incomplete, replayed, expired, with a wrong secret. Each is said, and the next good one works."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.harness.deeds import levels
from tests.harness.place import CLIENT_ID, KEY, PLANNER, PRODUCT, SCOPES, SECRETS, Place

BEARER = {"Authorization": f"Bearer {KEY}"}


def state_of(place: Place, int_id: str = "7") -> str:
    """Run Step 1 without Google, and return the state that it would carry."""
    answer = place.request("GET", f"/integrations/consent/{int_id}", headers=BEARER)
    return parse_qs(urlsplit(answer.headers["Location"]).query)["state"][0]


def back(place: Place, int_id: str = "7", **query: str) -> tuple[int, str]:
    answer = place.request("GET", f"/integrations/redirect/{int_id}", query_string=query)
    return answer.status_code, answer.text


def refused(place: Place) -> str:
    return str(place.api("POST", "/7/connect", status=422)["error"])


def works(place: Place) -> None:
    assert place.connect()["account"] == PLANNER


@pytest.mark.parametrize(
    "query",
    [{}, {"code": "x"}, {"state": "unknown", "code": "x"}, {"state": "a/b", "code": "x"}, {"state": "s" * 300, "code": "x"}],
)  # fmt: skip
def test_a_redirect_that_nobody_asked_for_is_400_and_says_to_run_step_1(place: Place, query: dict[str, str]) -> None:
    place.save()
    status, text = back(place, **query)
    assert status == 400
    assert "run Step 1 again" in text
    works(place)


def test_a_redirect_of_another_integrations_state_is_400(place: Place) -> None:
    place.save()
    place.save("8", mapping=[{"object": "12", "calendar": "primary"}])
    assert back(place, "8", state=state_of(place, "7"), code="x")[0] == 400


def test_a_replayed_state_is_400_and_the_first_consent_still_counts(place: Place) -> None:
    place.save()
    place.consent()
    redirect = next(call for call in reversed(place.world.calls.log) if "state" in call.query)
    status, text = back(place, state=redirect.query["state"], code="stolen")
    assert (status, "used already" in text) == (400, True)
    assert place.step_two()["account"] == PLANNER


def test_a_state_older_than_ten_minutes_is_400(place: Place) -> None:
    place.save()
    state = state_of(place)
    place.pass_time(601)
    status, text = back(place, state=state, code="x")
    assert status == 400
    assert "run Step 1 again" in text
    works(place)


def test_a_state_just_under_ten_minutes_is_good(place: Place) -> None:
    place.save()
    state = state_of(place)
    place.pass_time(590)
    assert back(place, state=state, code="x")[0] == 303


def test_a_refused_consent_is_said_by_step_2(place: Place) -> None:
    place.save()
    assert place.consent(decision="deny").status_code == 303
    assert "access_denied" in refused(place)
    works(place)


def test_a_code_that_google_let_expire_is_said_by_step_2_and_used_up(place: Place) -> None:
    place.save()
    place.google("POST", "consent", {"code_seconds": 5})
    place.consent()
    place.pass_time(60)
    assert "run Step 1 again" in refused(place)
    assert "run Step 1 first" in refused(place)
    place.google("POST", "consent", {"code_seconds": 600})
    works(place)


def test_a_consent_that_waited_longer_than_ten_minutes_for_step_2_has_expired(place: Place) -> None:
    place.save()
    place.consent()
    place.pass_time(601)
    assert "run Step 1" in refused(place)
    works(place)


def test_step_2_twice_says_that_the_consent_was_used(place: Place) -> None:
    place.save()
    place.connect()
    assert "run Step 1 first" in refused(place)
    assert place.api("GET", "/7")["connection"]["account"] == PLANNER


def test_a_wrong_client_secret_is_named_and_connects_once_it_is_right(place: Place) -> None:
    place.save(secrets={**SECRETS, "google_client_secret": "wrong"})
    place.consent()
    said = refused(place)
    assert "client ID and secret" in said
    assert "wrong" not in said
    place.save()
    works(place)


def test_a_wrong_client_id_is_refused_on_googles_page(place: Place) -> None:
    place.save(google={"client_id": "nobody.apps.googleusercontent.com"})
    first = place.request("GET", "/integrations/consent/7", headers=BEARER)
    page = urlsplit(first.headers["Location"])
    assert place._google.get(page.path, query_string=page.query).status_code in (400, 401)
    place.save(google={"client_id": CLIENT_ID})
    works(place)


def test_an_answer_without_a_refresh_token_is_said_and_overwrites_nothing(place: Place) -> None:
    place.activate()
    place.google("POST", "consent", {"leave_out_refresh_token": True})
    place.consent()
    assert "no refresh token" in refused(place)
    place.google("POST", "consent", {"leave_out_refresh_token": False})
    booking = place.book()
    place.settle()
    assert place.event()["summary"] == f"Zaal A - {booking}"


@pytest.mark.parametrize("scope", SCOPES)
def test_an_unticked_scope_is_named_and_nothing_is_stored(place: Place, scope: str) -> None:
    place.save()
    place.consent(scopes=tuple(each for each in SCOPES if each != scope))
    said = refused(place)
    assert scope.rsplit("/", 1)[-1] in said
    assert "tick every box" in said
    assert place.api("GET", "/7")["connection"] is None
    assert levels(place)["google"] == "red"
    works(place)


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 500, "action": "html"}, {"action": "reset"}])
def test_a_token_endpoint_that_is_away_is_503_and_the_consent_waits(place: Place, fault: dict[str, object]) -> None:
    place.save()
    place.consent()
    place.google("POST", "faults", {"path": "/token", "times": 1, **fault})
    said = place.api("POST", "/7/connect", status=503)["error"]
    assert said.endswith(".")
    assert place.step_two()["account"] == PLANNER


def test_a_calendar_list_that_fails_in_step_2_loses_nothing(place: Place) -> None:
    place.save()
    place.consent()
    place.google("POST", "faults", {"path": "calendarList", "status": 503, "times": 1})
    place.api("POST", "/7/connect", status=503)
    assert place.api("GET", "/7")["connection"] is None
    works(place)


def test_a_refresh_token_that_died_is_shown_red_and_step_1_mends_it(place: Place) -> None:
    place.activate()
    place.google("POST", "tokens/revoke", {"account": PLANNER})
    booking = place.book()
    place.settle()
    assert levels(place)["google"] == "red"
    works(place)
    place.settle(60)
    place.tick()
    place.settle(60)
    assert place.event()["summary"] == f"Zaal A - {booking}"


def test_no_code_state_or_token_stands_in_any_log_line_or_answer(place: Place) -> None:
    place.save()
    state = state_of(place)
    back(place, state=state, code="geheime-code")
    place.api("POST", "/7/connect", status=422)
    shown = str(place.log) + str(place.api("GET", "/7")) + str(place.api("GET", "/7/diagnostics"))
    assert "geheime-code" not in shown
    assert state not in shown
    assert PRODUCT in shown
