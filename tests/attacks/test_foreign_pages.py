"""A page of somebody else makes the administrator's browser change nothing, in the cloud or standalone."""

import pytest
from werkzeug.test import Client

from functions.entrypoints.console.app import console_app
from functions.entrypoints.console.session import CloudSessions
from functions.entrypoints.http.authenticator import Authenticator, bearer
from functions.entrypoints.http.handlers import handlers
from functions.entrypoints.http.serve import whole_app
from tests.harness.place import Place
from tests.harness.tab import Tab

HTTPS = "https://console.example.org"
FORM = "/console/integrations"
NEW = {"id": "9", "name": "Noord", "language": "nl", "timezone": "Europe/Amsterdam"}


def who_says(request: object) -> str:
    """The platform's proof: here the token is the address itself."""
    return bearer(request.headers)  # type: ignore[attr-defined]


@pytest.fixture
def cloud(place: Place) -> Client:
    person: Authenticator = who_says
    console = console_app(place.ports, CloudSessions(person, place.ports), secure=True)
    return Client(whole_app(place.ports, handlers(person), console))  # type: ignore[arg-type]


def page(client: Client, who: str) -> str:
    """Open the console as this person, and return the token of its forms."""
    text = client.get("/console/", base_url=HTTPS, headers={"Authorization": f"Bearer {who}"}).text
    return text.partition('name="csrf_token" value="')[2].partition('"')[0]


def send(client: Client, who: str, token: str, **headers: str) -> int:
    answer = client.post(
        FORM, base_url=HTTPS, data={**NEW, "csrf_token": token}, headers={"Authorization": f"Bearer {who}", **headers}
    )
    return answer.status_code


def test_a_form_of_the_console_itself_is_taken(cloud: Client) -> None:
    assert send(cloud, "a@example.org", page(cloud, "a@example.org"), **{"Sec-Fetch-Site": "same-origin"}) == 303


def test_a_cookie_that_somebody_set_and_a_token_made_for_it_open_nothing(cloud: Client) -> None:
    import hashlib

    cloud.set_cookie("__Host-console_session", "chosen", domain="console.example.org", secure=True)
    cloud.set_cookie("console_session", "chosen", domain="console.example.org")
    for token in (hashlib.sha256(b"csrf\nchosen").hexdigest()[:40], "chosen", "", "x" * 40):
        assert send(cloud, "a@example.org", token) == 401


def test_a_token_is_good_for_one_person_only(cloud: Client) -> None:
    assert send(cloud, "a@example.org", page(cloud, "b@example.org")) == 401


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_sends_is_refused_also_with_the_token(cloud: Client, site: str) -> None:
    assert send(cloud, "a@example.org", page(cloud, "a@example.org"), **{"Sec-Fetch-Site": site}) == 401


def test_on_https_the_cookies_are_those_of_this_host_alone(cloud: Client) -> None:
    answer = cloud.get("/console/", base_url=HTTPS, headers={"Authorization": "Bearer a@example.org"})
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    for each in cookies:
        assert each.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(each.split("; "))
        assert "Domain" not in each


def test_standalone_a_foreign_page_changes_nothing_either(place: Place) -> None:
    tab = Tab(place)
    data = {**NEW, "csrf_token": tab.token}
    refused = tab._client.post(
        FORM, base_url="http://127.0.0.1:8080", data=data, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert refused.status_code == 401
    assert tab.post(FORM, token="", **NEW).status_code == 401
    assert tab.post(FORM, **NEW).status_code == 303
