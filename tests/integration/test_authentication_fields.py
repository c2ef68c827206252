"""The authentication screen, field by field: Client ID, Client secret, Return url, Step 1, Step 2."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.application.ports import Calendars
from functions.application.setting_up import consent
from functions.application.store import integrations
from functions.domain.settings.integration import Integration, Pending
from tests.harness.deeds import faults
from tests.harness.faster import overtake
from tests.harness.place import CLIENT_ID, GUEST, HOLIDAYS, KEY, PLANNER, PRODUCT, ROOM_A, ROOM_B, SCOPES, Place

BEARER = {"Authorization": f"Bearer {KEY}"}


def consent_query(place: Place, int_id: str = "7") -> dict[str, str]:
    answer = place.request("GET", f"/integrations/consent/{int_id}", headers=BEARER)
    assert answer.status_code == 303
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def test_client_id_is_what_step_1_shows_to_google(place: Place) -> None:
    place.save(google={"client_id": "other.apps.googleusercontent.com"})
    assert consent_query(place)["client_id"] == "other.apps.googleusercontent.com"


def test_client_id_left_out_is_a_fault_of_that_field(place: Place) -> None:
    assert "Client ID" in faults(place, google={"client_id": ""})["google.client_id"]


def test_client_secret_connects_and_is_shown_nowhere(place: Place) -> None:
    place.save()
    place.connect()
    shown = place.api("GET", "/7")
    assert "google_client_secret" in shown["secrets_set"]
    assert "sandbox-secret" not in str(shown)
    assert "sandbox-secret" not in str(place.api("GET", "/7/history"))
    assert "sandbox-secret" not in str(place.log)


def test_client_secret_left_out_is_named_by_step_2_and_the_consent_is_still_good(place: Place) -> None:
    place.save(secrets={"ireserve_password": "sandbox"})
    place.consent()
    said = place.api("POST", "/7/connect", status=422)
    assert "Client secret is missing" in said["error"]
    place.save()
    assert place.step_two()["account"] == PLANNER


def test_client_secret_left_out_of_a_later_save_stays_as_it_was(place: Place) -> None:
    place.save()
    place.save(secrets=None, name="Sportcentrum Zuid")
    assert place.connect()["account"] == PLANNER


def test_client_secret_that_is_empty_is_a_fault(place: Place) -> None:
    assert "secrets.google_client_secret" in faults(place, secrets={"google_client_secret": " "})


def test_return_url_is_made_of_the_address_and_the_id(place: Place) -> None:
    assert place.save()["return_url"] == f"{PRODUCT}/integrations/redirect/7"


def test_return_url_is_the_one_that_google_sends_the_browser_back_to(place: Place) -> None:
    shown = place.save("noord_2")["return_url"]
    assert consent_query(place, "noord_2")["redirect_uri"] == shown


def test_return_url_that_is_not_registered_is_refused_on_googles_page(place: Place) -> None:
    place.save()
    client = {"client_id": CLIENT_ID, "client_secret": "sandbox-secret", "redirect_uris": ["https://else.test/x"]}
    place.google("POST", "clients", client)
    first = place.request("GET", "/integrations/consent/7", headers=BEARER)
    page = urlsplit(first.headers["Location"])
    assert place._google.get(page.path, query_string=page.query).status_code == 400


def test_step_1_asks_for_exactly_two_scopes_offline_with_pkce(place: Place) -> None:
    place.save()
    query = consent_query(place)
    assert set(query["scope"].split()) == set(SCOPES)
    assert (query["access_type"], query["prompt"]) == ("offline", "consent")
    assert query["code_challenge_method"] == "S256"
    assert len(query["code_challenge"]) == 43


def test_step_1_needs_the_console_key(place: Place) -> None:
    place.save()
    assert place.request("GET", "/integrations/consent/7").status_code == 401


def test_step_1_of_an_unknown_integration_is_not_found(place: Place) -> None:
    assert place.request("GET", "/integrations/consent/8", headers=BEARER).status_code == 404


def test_step_1_exchanges_nothing_and_sends_the_browser_back_to_the_console(place: Place) -> None:
    place.save()
    place.forget()
    back = place.consent()
    assert back.status_code == 303
    assert back.headers["Location"].startswith(f"{PRODUCT}/console/integrations/7/authentication")
    assert "code" not in back.headers["Location"]
    assert not [call.api for call in place.world.calls.log if call.path.endswith("/token")]
    assert place.api("GET", "/7")["connection"] is None


def test_step_2_names_the_account_and_lists_its_calendars(place: Place) -> None:
    place.save()
    found = place.connect()
    assert found["account"] == PLANNER
    assert {each["id"] for each in found["calendars"]} == {PLANNER, ROOM_A, ROOM_B, HOLIDAYS}
    assert [each["writable"] for each in found["calendars"] if each["id"] == HOLIDAYS] == [False]
    assert place.api("GET", "/7")["connection"]["account"] == PLANNER


def test_step_2_without_step_1_says_to_run_it(place: Place) -> None:
    place.save()
    assert "run Step 1 first" in place.api("POST", "/7/connect", status=422)["error"]


def test_step_2_makes_primary_the_real_calendar(place: Place) -> None:
    place.save(mapping=[{"object": "10", "calendar": ROOM_A}, {"object": "*", "calendar": "primary"}])
    place.connect()
    assert place.api("GET", "/7")["mapping"][1]["calendar"] == PLANNER


def test_step_2_with_another_account_stops_names_what_it_cannot_reach_and_asks(place: Place) -> None:
    place.save()
    place.connect()
    place.consent(account=GUEST)
    said = place.api("POST", "/7/connect", status=409)["error"]
    assert GUEST in said
    assert PLANNER in said
    assert ROOM_A in said
    assert place.api("GET", "/7")["connection"]["account"] == PLANNER
    assert place.api("POST", "/7/connect?confirm=1")["account"] == GUEST
    assert place.api("GET", "/7")["connection"]["account"] == GUEST


def test_step_2_asks_the_same_again_until_somebody_confirms_or_gives_another_consent(place: Place) -> None:
    place.save()
    place.consent(account=GUEST)
    asked = place.api("POST", "/7/connect", status=409)
    assert place.api("POST", "/7/connect", status=409) == asked
    place.consent(account=PLANNER)
    assert PLANNER in place.api("POST", "/7/connect", status=409)["error"]
    assert place.api("POST", "/7/connect?confirm=1")["account"] == PLANNER
    assert "run Step 1 first" in place.api("POST", "/7/connect", status=422)["error"]


def test_step_2_with_the_same_account_again_keeps_running(place: Place) -> None:
    place.activate()
    assert place.connect()["account"] == PLANNER
    booking = place.book()
    place.settle()
    assert place.event()["summary"] == f"Zaal A - {booking}"


@pytest.mark.parametrize("shared", [False, True])
def test_disconnect_revokes_only_what_no_other_integration_uses(place: Place, *, shared: bool) -> None:
    place.save()
    place.connect()
    if shared:
        place.save("8", mapping=[{"object": "12", "calendar": "primary"}])
        place.connect("8")
    place.api("POST", "/7/disconnect")
    revoked = [call for call in place.world.calls.log if call.path.endswith("/revoke")]
    assert bool(revoked) is not shared
    assert place.api("GET", "/7")["connection"] is None


@pytest.mark.parametrize("way", ["another account", "disconnected", "never confirmed"])
def test_what_was_given_to_a_former_client_is_not_revoked_while_another_integration_uses_that_one(
    place: Place, way: str
) -> None:
    """Google revokes all that an account has given to a client at once."""
    place.save("8", mapping=[{"object": "12", "calendar": "primary"}])
    place.connect("8")
    place.save()
    if way == "never confirmed":
        place.consent()
        place.api("POST", "/7/connect", status=409)
    else:
        place.connect()
    other = "999-other.apps.googleusercontent.com"
    back = [f"{PRODUCT}/integrations/redirect/7"]
    place.google("POST", "clients", {"client_id": other, "client_secret": "sandbox-secret", "redirect_uris": back})
    place.save(google={"client_id": other})
    if way == "another account":
        place.connect(account=GUEST)
    elif way == "disconnected":
        place.api("POST", "/7/disconnect")
    place.settle(24 * 3600 + 60)
    assert (PLANNER, CLIENT_ID) in {(each.account, each.client) for each in place.world.tokens.refresh.values()}


def kept(place: Place) -> set[str]:
    """Return the refresh tokens that the secret store still has."""
    secrets = json.loads((place.directory / "secrets.json").read_text())
    return {*secrets["7"]["google_refresh_token"]["versions"].values()}


def live(place: Place) -> set[str]:
    """Return the accounts that have consented at Google."""
    return {known.account for known in place.world.tokens.refresh.values()}


def test_a_consent_that_nobody_confirmed_is_taken_back_where_the_integration_is_disconnected(place: Place) -> None:
    place.save()
    place.connect()
    place.consent(account=GUEST)
    place.api("POST", "/7/connect", status=409)
    place.api("POST", "/7/disconnect")
    assert live(place) == set()


@pytest.mark.parametrize(("account", "status"), [(GUEST, 409), (PLANNER, 200)], ids=["another account", "the same"])
def test_a_consent_that_arrives_during_a_disconnect_is_taken_back_too(place: Place, account: str, status: int) -> None:
    place.save()
    place.connect()
    place.consent(account=account)
    overtake(place, lambda: place.api("POST", "/7/connect", status=status))
    place.api("POST", "/7/disconnect")
    assert place.api("GET", "/7")["connection"] is place.api("GET", "/7")["pending"] is None
    assert (live(place), kept(place)) == (set(), set())


def test_a_consent_that_nobody_confirmed_is_left_where_another_integration_uses_that_account(place: Place) -> None:
    place.save("8", mapping=[{"object": "12", "calendar": "primary"}])
    place.connect("8", account=GUEST)
    place.save()
    place.connect()
    place.consent(account=GUEST)
    place.api("POST", "/7/connect", status=409)
    place.api("POST", "/7/disconnect")
    assert live(place) == {GUEST}


def test_a_consent_of_a_wrong_account_is_forgotten_and_taken_back_once_the_right_one_is_given(place: Place) -> None:
    place.save()
    place.connect()
    place.consent(account=GUEST)
    place.api("POST", "/7/connect", status=409)
    place.connect()
    place.settle(1200)
    (token,) = kept(place)
    assert place.world.tokens.refresh[token].account == PLANNER
    assert live(place) == {PLANNER}


def test_a_consent_that_nobody_confirms_within_a_day_is_taken_back(place: Place) -> None:
    place.save()
    place.consent(account=GUEST)
    place.api("POST", "/7/connect", status=409)
    place.settle(23 * 3600)
    assert place.api("GET", "/7")["pending"]["account"] == GUEST
    place.settle(3600)
    assert place.api("GET", "/7")["pending"] is None
    assert live(place) == set()
    place.settle(1200)
    assert kept(place) == set()


def test_a_consent_that_was_confirmed_in_time_stays(place: Place) -> None:
    place.save()
    place.connect()
    place.consent(account=GUEST)
    place.api("POST", "/7/connect", status=409)
    place.step_two(account=GUEST)
    place.settle(2 * 86400)
    (token,) = kept(place)
    assert place.world.tokens.refresh[token].account == GUEST


@pytest.mark.parametrize("shared", [False, True])
def test_the_consent_of_a_former_account_is_taken_back_unless_another_integration_uses_it(
    place: Place, *, shared: bool
) -> None:
    place.save("8", mapping=[{"object": "12", "calendar": "primary"}])
    if shared:
        place.connect("8")
    place.save()
    place.connect()
    place.connect(account=GUEST)
    assert live(place) == ({GUEST, PLANNER} if shared else {GUEST})
    place.settle(1200)
    (token,) = kept(place)
    assert place.world.tokens.refresh[token].account == GUEST


def test_a_consent_is_left_where_another_integration_waits_for_that_account_to_be_confirmed(place: Place) -> None:
    place.save("8", mapping=[{"object": "12", "calendar": "primary"}])
    place.consent("8", account=GUEST)
    place.api("POST", "/8/connect", status=409)
    place.save()
    place.connect(account=GUEST)
    place.connect()
    assert live(place) == {GUEST, PLANNER}


def test_a_consent_that_is_confirmed_while_another_one_arrives_leaves_that_one_to_be_confirmed(place: Place) -> None:
    place.save()
    place.consent(account=GUEST)
    place.api("POST", "/7/connect", status=409)
    integration = integrations.get(place.documents, "7")
    newer = Pending(PLANNER, SCOPES, place.secrets.put("7", "google_refresh_token", "newer"), ())
    first = integration.pending
    assert first is not None

    class Meanwhile:
        def calendars(self, of: Integration) -> Calendars:
            integrations.change(place.documents, "7", lambda before: replace(before, pending=newer))
            return place.ports.outside.calendars(of)

    outside: Any = Meanwhile()
    assert consent.connect(replace(place.ports, outside=outside), "7", "", confirm=True).account == GUEST
    after = integrations.get(place.documents, "7")
    assert (after.secret_versions["google_refresh_token"], after.pending) == (first.version, newer)
