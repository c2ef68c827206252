"""Nobody locks the administrator out, nobody guesses the key at speed, and an old key opens nothing."""

import time

import pytest
from werkzeug.test import Client

from functions.domain.settings.strength import BITS
from functions.settings import EnvironmentFaults, read_environment
from tests.harness.place import KEY, PRODUCT, Place

RIGHT = {"Authorization": f"Bearer {KEY}"}
WRONG = {"Authorization": "Bearer wrong-key-wrong-key-wrong"}
DOORS = (
    ("POST", "/sweep"),
    ("POST", "/watches/renew"),
    ("POST", "/tasks/sync"),
    ("GET", "/console/api/integrations"),
)


def guess(place: Place, times: int, source: str = "127.0.0.1") -> list[int]:
    """Try wrong keys at the doors in turn; returns the answers' statuses."""
    statuses = []
    for number in range(times):
        method, path = DOORS[number % len(DOORS)]
        answer = place.request(method, path, headers=WRONG, environ_overrides={"REMOTE_ADDR": source})
        assert not answer.data, "no detail"
        assert (answer.status_code == 429) == (int(answer.headers.get("Retry-After", 0)) > 0)
        statuses.append(answer.status_code)
    return statuses


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_the_right_key_opens_every_door_however_many_wrong_ones_were_tried(
    place: Place, method: str, path: str
) -> None:
    guess(place, 100)
    before = place.now
    assert place.request(method, path, headers=RIGHT, json={}).status_code == 200
    assert place.now == before, "and waits for nothing"


def test_the_address_with_the_key_and_the_sign_in_page_open_as_well(place: Place) -> None:
    for number in range(100):
        place.request("GET", f"/console/?key=wrong-{number}")
        place.request("POST", "/console/sign-in", data={"key": f"wrong-{number}"})
    assert place.request("GET", f"/console/?key={KEY}").status_code == 303
    assert place.request("POST", "/console/sign-in", data={"key": KEY}).status_code == 303


def test_guesses_are_slowed_down_at_every_door_and_counted_together(place: Place) -> None:
    before = place.now
    assert guess(place, 100) == [401] * 5 + [429] * 95
    assert place.now == before, "nobody waits in here, so no thread is held"
    place.pass_time(60)
    assert guess(place, 10) == [401] * 2 + [429] * 8


def test_a_wrong_key_counts_once_at_a_screen_too_which_asks_several_times_who_is_there(place: Place) -> None:
    statuses = [place.request("GET", "/console/", headers=WRONG).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


def test_guesses_from_many_places_are_slowed_down_too(place: Place) -> None:
    statuses = [status for number in range(200) for status in guess(place, 1, f"198.51.100.{number}")]
    assert statuses == [401] * 50 + [429] * 150
    place.pass_time(10)
    statuses = [status for number in range(200) for status in guess(place, 1, f"203.0.113.{number}")]
    assert statuses.count(401) == 10


def test_who_guesses_slows_down_nobody_else_s_mistake(place: Place) -> None:
    guess(place, 200)
    assert guess(place, 1, "203.0.113.9") == [401]


def test_a_network_of_one_subscriber_is_one_place(place: Place) -> None:
    statuses = [status for number in range(20) for status in guess(place, 1, f"2001:db8:0:1::{number:x}")]
    assert statuses == [401] * 5 + [429] * 15


def test_a_person_who_types_too_many_wrong_keys_reads_that_the_right_one_still_opens(place: Place) -> None:
    answers = [place.request("POST", "/console/sign-in", data={"key": f"wrong-{number}"}) for number in range(7)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2
    assert "The right one still opens at once" in answers[-1].text
    assert place.request("GET", "/console/?key=wrong").status_code == 429


def test_guesses_do_not_fill_the_log(place: Place) -> None:
    guess(place, 200)
    assert 0 < len([line for line in place.log if line["event"] == "unauthentic"]) <= 5


def test_at_the_speed_of_this_machine_a_key_that_the_start_takes_is_not_found_in_a_hundred_years(place: Place) -> None:
    began = time.process_time()
    guess(place, 200)
    a_second = 200 / (time.process_time() - began)
    assert 2**BITS / 2 / a_second > 100 * 365 * 24 * 3600


def test_a_page_that_loads_the_console_as_a_picture_is_refused_without_a_look_at_its_key(place: Place) -> None:
    picture = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors"}
    before = place.now
    for key in ("wrong", KEY):
        answer = place.request("GET", f"/console/?key={key}", headers=picture)
        assert answer.status_code == 401
        assert "Set-Cookie" not in answer.headers
    assert place.now == before


@pytest.mark.parametrize(
    "key", ["a" * 40, "0123456789abcdef", "passwordpassword", "Welkom01Welkom01", "abcabcabcabcabcabc", "short"]
)
def test_a_key_that_can_be_guessed_stops_the_start_and_says_how_to_make_one(key: str) -> None:
    for name in ("CONSOLE_KEY", "WEBHOOK_KEYS"):
        with pytest.raises(EnvironmentFaults, match=f"{name} .*openssl rand -hex 32"):
            read_environment({name: key})


@pytest.mark.parametrize(
    "key", [KEY, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c", "zinnig-paard-batterij-nietje"]
)
def test_a_key_that_cannot_is_taken(key: str) -> None:
    assert read_environment({"CONSOLE_KEY": key}).console_key == key


def test_another_key_ends_the_sessions_of_the_one_before(place: Place) -> None:
    from functions.entrypoints.console.session import KeySessions
    from functions.entrypoints.http.key_proof import KeyProof

    before = Client(place.app(place.ports))
    before.get(f"/console/?key={KEY}", base_url=PRODUCT)
    assert before.get("/console/", base_url=PRODUCT).status_code == 200
    after = Client(place.app(place.ports, KeySessions(place.ports, KeyProof(place.ports, "another-key-of-the-tests"))))
    cookie = before.get_cookie("console_session", domain="127.0.0.1")
    assert cookie is not None
    after.set_cookie("console_session", cookie.value, domain="127.0.0.1")
    assert after.get("/console/", base_url=PRODUCT).status_code == 401


def test_all_sessions_can_be_ended_at_once(place: Place) -> None:
    tabs = [Client(place.app(place.ports)) for _ in range(2)]
    for each in tabs:
        each.get(f"/console/?key={KEY}", base_url=PRODUCT)
    page = tabs[0].get("/console/", base_url=PRODUCT).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    tabs[0].post("/console/sign-out", data={"csrf_token": token, "everywhere": "yes"}, base_url=PRODUCT)
    assert [each.get("/console/", base_url=PRODUCT).status_code for each in tabs] == [401, 401]
