"""Only the browser that began a consent can end it, and no account is connected that nobody has seen named."""

import re
from dataclasses import replace
from typing import Any, NoReturn, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import Client, TestResponse

from functions.application.ports import Outside, Ports
from functions.domain.settings.integration import Integration
from functions.entrypoints.console.app import console_app
from functions.entrypoints.console.session import KeySessions
from functions.entrypoints.http.key_proof import KeyProof
from tests.harness.place import CLIENT_ID, CLIENT_SECRET, GUEST, KEY, PLANNER, PRODUCT, SCOPES, Place
from tests.harness.tab import Tab

CONNECT = "/console/integrations/7/connect"
AUTHENTICATION = "/console/integrations/7/authentication"


def step_one(tab: Tab) -> str:
    """Press Step 1, and return the address at Google that the browser is sent to."""
    return tab.get("/integrations/consent/7").headers["Location"]


def agree(place: Place, address: str, account: str, ports: Ports | None = None) -> TestResponse:
    """Agree at Google as this account, and follow the way back without any cookie, as another browser would."""
    redirect = f"{PRODUCT}/integrations/redirect/7"
    place.google(
        "POST", "clients", {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uris": [redirect]}
    )
    page = urlsplit(address)
    form = {"account": account, "scope": list(SCOPES), "decision": "allow"}
    back = urlsplit(place._google.post(page.path, query_string=page.query, data=form).headers["Location"])
    return Client(place.app(ports or place.ports)).get(f"{back.path}?{back.query}", base_url=PRODUCT)


def connected(place: Place) -> str:
    connection = place.api("GET", "/7")["connection"]
    return str(connection["account"]) if connection else ""


@pytest.fixture
def saved(place: Place) -> Place:
    place.save()
    return place


def test_a_strangers_consent_is_not_taken_by_a_browser_that_did_not_begin_it(saved: Place) -> None:
    stranger, administrator = Tab(saved), Tab(saved)
    agree(saved, step_one(stranger), GUEST)
    administrator.post(CONNECT)
    administrator.post(CONNECT, confirm=GUEST)
    assert connected(saved) == ""


def test_of_two_consents_each_browser_has_its_own(saved: Place) -> None:
    stranger, administrator = Tab(saved), Tab(saved)
    own, theirs = step_one(administrator), step_one(stranger)
    agree(saved, own, PLANNER)
    agree(saved, theirs, GUEST)
    administrator.post(CONNECT)
    administrator.post(CONNECT, confirm=PLANNER)
    assert connected(saved) == PLANNER


def test_the_account_is_named_before_the_first_connection_is_stored_too(saved: Place) -> None:
    tab = Tab(saved)
    agree(saved, step_one(tab), PLANNER)
    tab.post(CONNECT)
    assert connected(saved) == ""
    assert saved.secrets.get("7", "google_refresh_token", "") is None or connected(saved) == ""
    assert PLANNER in tab.seen(AUTHENTICATION)
    tab.post(CONNECT, confirm=PLANNER)
    assert connected(saved) == PLANNER


def test_what_is_confirmed_is_the_account_that_was_shown_and_none_that_took_its_place_since(saved: Place) -> None:
    administrator, other = Tab(saved), Tab(saved)
    agree(saved, step_one(administrator), PLANNER)
    administrator.post(CONNECT)
    shown = re.findall(r'name="confirm" value="([^"]*)"', administrator.seen(AUTHENTICATION))
    agree(saved, step_one(other), GUEST)
    other.post(CONNECT)
    administrator.post(CONNECT, confirm=shown[0])
    assert connected(saved) == ""
    assert GUEST in administrator.seen(AUTHENTICATION)


def test_on_https_only_the_cookie_that_no_neighbouring_host_can_set_says_which_consent_is_this_browsers(
    saved: Place,
) -> None:
    address = step_one(Tab(saved))
    agree(saved, address, GUEST)
    state = parse_qs(urlsplit(address).query)["state"][0]
    sessions = KeySessions(saved.ports, KeyProof(saved.ports, KEY))
    victim = Client(console_app(saved.ports, sessions, secure=True))
    victim.set_cookie("console_consent", f"7.{state}", domain="127.0.0.1")  # by a page of a host beside it
    options: Any = {"headers": {"Authorization": f"Bearer {KEY}"}, "base_url": PRODUCT, "json": {"confirm": GUEST}}
    assert victim.post("/console/api/integrations/7/connect", **options).status_code == 422
    assert connected(saved) == ""
    victim.set_cookie("__Host-console_consent", f"7.{state}", domain="127.0.0.1")
    assert victim.post("/console/api/integrations/7/connect", **options).status_code == 200


class WithoutItsOwn:
    """Google, when it lists an account's calendars without the one that bears its name."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    def calendars(self, integration: Integration, refresh_token: str = "") -> Any:
        real = self._outside.calendars(integration, refresh_token)
        listed = [each for each in real.calendars() if not each.primary]
        real.calendars = lambda: listed  # type: ignore[method-assign]
        return real


def test_an_account_that_cannot_be_named_is_not_connected(saved: Place) -> None:
    address = step_one(Tab(saved))
    agree(saved, address, GUEST)
    state = parse_qs(urlsplit(address).query)["state"][0]
    saved.ports.outside = cast("Outside", WithoutItsOwn(saved.ports.outside))
    refused = saved.api("POST", "/7/connect", {"state": state, "confirm": True}, status=422)
    assert "does not say whose account" in refused["error"]
    assert saved.api("GET", "/7")["connection"] is None
    assert saved.secrets.get("7", "google_refresh_token", "") is None


def test_a_program_names_the_account_that_it_expects_and_gets_no_other(saved: Place) -> None:
    saved.consent(account=GUEST)
    refused = saved.api("POST", "/7/connect", {"confirm": PLANNER}, status=409)
    assert GUEST in refused["error"]
    assert connected(saved) == ""
    saved.consent(account=PLANNER)
    assert saved.api("POST", "/7/connect", {"confirm": PLANNER})["account"] == PLANNER


def test_the_proof_of_the_browser_is_a_cookie_that_no_script_and_no_other_site_can_use(saved: Place) -> None:
    answer = saved.request("GET", "/integrations/consent/7", headers={"Authorization": f"Bearer {KEY}"})
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    state = parse_qs(urlsplit(answer.headers["Location"]).query)["state"][0]
    assert state in cookie or state not in answer.text


@pytest.mark.parametrize(
    "error", ["<b>Bel 06-12345678 om te betalen</b>", "Your account is blocked", "x" * 5000, "access_denied"]
)
def test_what_the_redirect_says_went_wrong_is_one_of_a_list(saved: Place, error: str) -> None:
    tab = Tab(saved)
    state = parse_qs(urlsplit(step_one(tab)).query)["state"][0]
    saved.request("GET", "/integrations/redirect/7", query_string={"state": state, "error": error})
    page = tab.post(CONNECT).text + tab.seen(AUTHENTICATION)
    assert (error in page) == (error == "access_denied")


class Unreachable:
    """A store, a queue or secrets that the caller has no grant for."""

    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(name)


def test_the_redirect_needs_no_grant_but_that_for_consents(saved: Place) -> None:
    tab = Tab(saved)
    address = step_one(tab)
    nothing: Any = Unreachable()
    narrow = replace(saved.ports, documents=nothing, secrets=nothing, tasks=nothing, outside=nothing, consent=nothing)
    agree(saved, address, PLANNER, narrow)
    tab.post(CONNECT)
    tab.post(CONNECT, confirm=PLANNER)
    assert connected(saved) == PLANNER


def test_the_redirect_writes_nothing_but_the_consent_itself(saved: Place) -> None:
    address = step_one(Tab(saved))
    before = (
        saved.documents.find(("integrations", "7", "progress"), limit=100),
        saved.documents.get(("integrations", "7")),
    )
    agree(saved, address, PLANNER)
    after = (
        saved.documents.find(("integrations", "7", "progress"), limit=100),
        saved.documents.get(("integrations", "7")),
    )
    assert before == after
