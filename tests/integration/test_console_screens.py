"""The screens over WSGI: who may see them, foreign forms, hostile texts, secrets, drafts, diagnosis."""

import html
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from werkzeug.test import Client

from functions.application.ports import Documents
from functions.entrypoints import console
from functions.entrypoints.console.session import KeySessions
from functions.entrypoints.console.texts import Texts
from functions.entrypoints.http.key_proof import KeyProof
from tests.harness.place import CLIENT_ID, CLIENT_SECRET, KEY, PASSWORD, PRODUCT, ROOM_A, Place
from tests.harness.tab import Tab

SCREENS = (
    "",
    "/ireserve",
    "/authentication",
    "/mapping",
    "/outbound",
    "/inbound",
    "/sync",
    "/activation",
    "/dialect",
    "/diagnostics",
    "/diagnostics.txt",
    "/find?q=1001",
    "/find?q=zaal",
    "/audit",
    "/audit.csv",
    "/day",
    "/day?date=2026-11-24&days=7",
    "/waiting",
    "/journal",
    "/history",
    "/delete",
)


@pytest.fixture
def tab(place: Place) -> Tab:
    return Tab(place)


def test_without_a_session_every_screen_asks_to_sign_in(place: Place) -> None:
    for screen in ("/console/", *(f"/console/integrations/7{each}" for each in SCREENS)):
        answer = place.request("GET", screen)
        assert answer.status_code == 401
        assert 'name="key"' in answer.text
    assert place.request("POST", "/console/integrations/7/pause").status_code == 401
    nowhere = place.request("GET", "/console/integrations/7/no/such/page").text
    assert "This page does not exist" in nowhere
    assert "Sign out" not in nowhere, "nobody is signed in"
    assert "Looking only" not in nowhere


def test_the_key_may_be_typed_and_guesses_are_slowed_down(place: Place) -> None:
    answer = place.request("POST", "/console/sign-in", data={"key": KEY})
    assert answer.status_code == 303
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    for _ in range(10):
        assert "not the console key" in place.request("POST", "/console/sign-in", data={"key": "no"}).text
    assert "not the console key" in place.request("GET", "/console/?key=no").text, "an address is told apart too"
    began = place.now
    assert place.request("POST", "/console/sign-in", data={"key": KEY}).status_code == 303
    assert place.now == began, "the right key waits for nothing"


@pytest.mark.parametrize(
    "path",
    ["", "/7", "/7/ireserve", "/7/authentication", "/7/mapping", "/7/outbound", "/7/pause", "/7/delete", "/7/connect"],
)
def test_a_form_without_its_token_is_refused(place: Place, tab: Tab, path: str) -> None:
    place.activate()
    before = place.api("GET", "/7")
    for token in ("", "f" * 40):
        assert tab.post(f"/console/integrations{path}", token, name="taken over", id="9", sure="7").status_code == 401
    assert place.api("GET", "/7") == before


def test_every_page_carries_a_strict_policy_and_nothing_inline(place: Place, tab: Tab) -> None:
    place.activate()
    place.book()
    place.settle()
    for screen in SCREENS:
        answer = tab.get(f"/console/integrations/7{screen}")
        assert answer.status_code == 200, screen
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert not re.search(r"<script(?! src=)|\sstyle=|\son\w+=|javascript:", answer.text), screen
        assert "[field." not in answer.text
        assert "[said." not in answer.text


def test_no_secret_is_ever_sent_back(place: Place, tab: Tab) -> None:
    place.activate()
    token = place.secrets.get("7", "google_refresh_token", "") or "no token kept under no version"
    tab.post("/console/integrations/7/ireserve", ireserve_password="another-secret", **{"ireserve.username": ""})
    for screen in SCREENS:
        text = tab.seen(f"/console/integrations/7{screen}")
        for secret in (CLIENT_SECRET, f'"{PASSWORD}"', token, KEY):
            assert secret not in text, screen
    failed = tab.post("/console/integrations/7/ireserve", ireserve_password="typed-secret", **{"ireserve.username": ""})
    assert failed.status_code == 422
    assert "typed-secret" not in failed.text


def test_hostile_texts_are_shown_as_text(place: Place, tab: Tab) -> None:
    hostile = "<script>alert(1)</script>"
    place.activate(name=hostile)
    booking = place.book(remarks=hostile)
    place.settle()
    place.edit(place.event()["id"], summary=hostile)
    for screen in (
        *SCREENS,
        f"/find?q={booking}",
        "/find?q=<script>alert(1)</script>",
        "/find?q=alert",
        f"?said={hostile}",
    ):
        assert hostile not in tab.get(f"/console/integrations/7{screen}").text, screen
    assert hostile not in tab.get("/console/").text


def test_an_integration_that_is_not_there_is_said_in_the_screens_words(tab: Tab) -> None:
    answer = tab.get("/console/integrations/99")
    assert answer.status_code == 404
    assert "There is no such integration" in answer.text


def test_a_fault_of_the_service_is_a_page_on_the_screens_and_json_for_programs(place: Place) -> None:
    sessions = KeySessions(place.ports, KeyProof(place.ports, KEY))
    torn = replace(place.ports, documents=cast("Documents", object()))
    browser = Client(place.app(torn, sessions))
    browser.get(f"/console/?key={KEY}", base_url=PRODUCT)
    page = browser.get("/console/integrations/7/journal", base_url=PRODUCT, headers={"Accept-Language": "nl"})
    assert page.status_code == 500
    assert "<h1>Hier ging iets" in page.text
    assert f"{Texts('nl').second(place.now)} (Europe/Amsterdam), kenmerk" in page.text
    assert f"kenmerk {place.log[-1]['reference']}" in page.text
    answer = browser.get("/console/api/integrations", base_url=PRODUCT)
    said = {"error": "something went wrong here; it was logged", "reference": place.log[-1]["reference"]}
    assert (answer.status_code, answer.json) == (500, said)
    assert "AttributeError" in str(place.log[-1])


def test_the_language_switch_sends_nobody_elsewhere(tab: Tab) -> None:
    for back in ("https://evil.example/", "//evil.example/console/", "/elsewhere"):
        assert tab.get(f"/console/language/nl?back={back}").headers["Location"] == "/console/"
    assert 'lang="nl"' in tab.get("/console/").text


def test_the_browsers_language_counts_until_one_is_chosen(tab: Tab) -> None:
    tab.forget_language()
    assert 'lang="nl"' in tab.get("/console/", headers={"Accept-Language": "nl,en;q=0.5"}).text
    assert 'lang="en"' in tab.get("/console/", headers={"Accept-Language": "de"}).text


def test_an_integration_grows_screen_by_screen(place: Place, tab: Tab) -> None:
    added = tab.post("/console/integrations", id="7", name="Noord", language="en", timezone="Europe/Amsterdam")
    assert added.headers["Location"] == "/console/integrations/7/ireserve?said=added"
    again = tab.post("/console/integrations", id="7", name="Zuid", language="en", timezone="Europe/Amsterdam")
    assert again.status_code == 422
    assert "choose another id" in again.text
    saved = tab.post("/console/integrations/7/ireserve", **{"ireserve.base_url": "x", "ireserve.username": "u"})
    assert saved.status_code == 422
    assert 'value="x"' in saved.text
    good = {"ireserve.base_url": "https://tenant.i-reserve.test/api/rest", "ireserve.username": "api_calendar"}
    assert tab.post("/console/integrations/7/ireserve", ireserve_password=PASSWORD, **good).status_code == 303
    assert place.api("GET", "/7")["ireserve"]["username"] == "api_calendar"
    refused = tab.post("/console/integrations/7/activate")
    assert refused.status_code == 409
    assert "run Step 1 and Step 2" in html.unescape(refused.text)


def test_what_is_saved_of_i_reserve_is_tried_at_once(place: Place, tab: Tab) -> None:
    place.save()
    page = tab.seen(tab.change("/console/integrations/7/ireserve", ireserve_password="wrong").headers["Location"])
    assert "i-Reserve refuses the user name and password" in page
    page = tab.seen(tab.change("/console/integrations/7/ireserve", ireserve_password=PASSWORD).headers["Location"])
    assert "i-Reserve answers, with 6 objects" in page


def test_who_misses_a_calendar_is_told_with_which_account_to_share_it(place: Place, tab: Tab) -> None:
    place.save()
    assert "Is a calendar missing?" not in tab.seen("/console/integrations/7/mapping")
    place.connect()
    for screen in ("authentication", "mapping"):
        assert "Share it with planner@example.org" in tab.seen(f"/console/integrations/7/{screen}")


def test_what_is_still_to_be_set_stops_activation(place: Place, tab: Tab) -> None:
    tab.post("/console/integrations", id="7", name="Noord", language="en", timezone="Europe/Amsterdam")
    good = {"ireserve.base_url": "https://tenant.i-reserve.test/api/rest", "ireserve.username": "api_calendar"}
    tab.post("/console/integrations/7/ireserve", ireserve_password=PASSWORD, **good)
    client = {"google.client_id": CLIENT_ID, "google_client_secret": CLIENT_SECRET}
    tab.post("/console/integrations/7/authentication", **client)
    tab.consent()
    tab.post("/console/integrations/7/connect")
    tab.post("/console/integrations/7/connect", confirm="planner@example.org")
    refused = html.unescape(tab.post("/console/integrations/7/activate").text)
    assert "Object → calendar: add at least one row" in refused
    assert place.api("GET", "/7")["state"] == "draft"


def test_faults_stand_in_the_order_of_the_screen_and_each_is_said_once(place: Place, tab: Tab) -> None:
    place.activate()
    page = "/console/integrations/7/sync"
    days = {"sync.window_days.0": "many", "sync.window_days.1": "more"}
    refused = html.unescape(tab.change(page, **days, **{"alerts.email": "nobody", "sync.sweep_minutes": "often"}).text)
    named = re.findall(r'<li><a href="#f-([a-z_.]+)"', refused.split('id="faults"', 1)[1].split("</div>", 1)[0])
    assert named == ["sync.window_days", "sync.sweep_minutes", "alerts.email"]


def test_a_search_before_any_calendar_is_chosen_says_so(tab: Tab) -> None:
    tab.post("/console/integrations", id="7", name="", language="en", timezone="Europe/Amsterdam")
    assert "there is nothing to look in" in tab.seen("/console/integrations/7/find?q=zaal")
    assert "combined spaces" not in tab.seen("/console/integrations/7/mapping"), "nothing to propose without a list"


def test_a_screen_that_somebody_else_saved_meanwhile_is_not_overwritten(place: Place, tab: Tab) -> None:
    place.save()
    seen = re.search(r'name="seen" value="(\w+)"', tab.get("/console/integrations/7/sync").text)
    assert seen
    place.save(sync={"sweep_minutes": 20})
    form = {"seen": seen[1], "sync.sweep_minutes": "5"}
    answer = tab.post("/console/integrations/7/sync", **form)
    assert answer.status_code == 422
    assert "Somebody else changed" in answer.text
    assert place.api("GET", "/7")["sync"]["sweep_minutes"] == 20


def test_a_sync_that_runs_does_not_count_as_somebody_else(place: Place, tab: Tab) -> None:
    place.activate()
    page = tab.get("/console/integrations/7").text
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    place.pass_time(3600)
    place.tick()
    form = {"seen": seen[1], "name": "Zuid", "language": "nl", "timezone": "Europe/Amsterdam"}
    assert tab.post("/console/integrations/7", **form).status_code == 303
    assert place.api("GET", "/7")["name"] == "Zuid"


def test_another_account_is_asked_about_before_it_takes_over(place: Place, tab: Tab) -> None:
    place.save()
    place.connect()
    tab.consent("guest@example.org")
    assert tab.post("/console/integrations/7/connect").status_code == 303
    shown = tab.seen("/console/integrations/7/authentication")
    assert "First answer the question above" in shown or "Beantwoord eerst de vraag hierboven" in shown
    assert "You gave consent as guest@example.org" in shown or "U gaf toestemming als guest@example.org" in shown
    assert place.api("GET", "/7")["connection"]["account"] == "planner@example.org"
    tab.post("/console/integrations/7/connect", confirm="guest@example.org")
    assert place.api("GET", "/7")["connection"]["account"] == "guest@example.org"


def levels(place: Place) -> dict[str, str]:
    order = ("green", "amber", "red")
    found: dict[str, str] = {}
    for check in place.api("GET", "/7/diagnostics")["checks"]:
        worst = max(check["level"], found.get(check["name"], "green"), key=order.index)
        found[check["name"]] = worst
    return found


def test_old_readings_clocks_and_missing_settings_are_found(place: Place, tab: Tab) -> None:
    place.activate()
    place.book()
    place.settle()
    good = levels(place)
    assert {good[name] for name in ("settings", "clock", "address", "pull", "sweep", "queue", "lag")} == {"green"}
    place.google_skew = timedelta(seconds=30)
    assert levels(place)["clock"] == "amber"
    place.google_skew = timedelta(seconds=300)
    assert levels(place)["clock"] == "red"
    place.book(start="2026-11-26T10:00", end="2026-11-26T11:00")
    place.now += timedelta(hours=3)
    old = levels(place)
    assert (old["pull"], old["sweep"], old["queue"]) == ("red", "amber", "red")
    assert tab.post("/console/integrations/7/sweep").status_code == 303
    place.google_skew = timedelta()
    place.settle()
    mended = levels(place)
    assert (mended["pull"], mended["sweep"], mended["queue"]) == ("green", "green", "green")


def test_webhooks_and_channels_are_mended_by_their_buttons(place: Place, tab: Tab) -> None:
    place.ireserve("POST", "faults", {"method": "POST", "path": "hook/subscribe.*", "status": 500, "times": 9})
    place.activate()
    assert levels(place)["hooks"] == "amber"
    place.ireserve("DELETE", "faults")
    assert tab.post("/console/integrations/7/mend/hooks").status_code == 303
    assert levels(place)["hooks"] == "green"
    for channel in place.google("GET", "channels")["channels"]:
        place.google("POST", f"channels/{channel['id']}/expire")
    place.now += timedelta(days=8)
    assert levels(place)["channel"] == "amber"
    tab = Tab(place)  # the session has ended meanwhile
    assert tab.post("/console/integrations/7/mend/renew").status_code == 303
    place.settle()
    assert levels(place)["channel"] == "green"


def test_the_text_for_support_names_no_address(place: Place, tab: Tab) -> None:
    place.activate()
    text = tab.get("/console/integrations/7/diagnostics.txt").text
    assert "@" not in text
    assert ROOM_A not in text
    assert len(text.splitlines()) > 10


def test_nothing_lies_over_what_the_keyboard_reaches() -> None:
    """https://www.w3.org/TR/WCAG22/#focus-not-obscured-minimum"""
    css = (Path(console.__file__).parent / "static" / "console.css").read_text(encoding="utf-8")
    assert re.findall(r"position:\s*(sticky|fixed)", css) == []


def test_a_wrong_choice_is_answered_with_the_choices_as_the_form_shows_them(place: Place) -> None:
    place.save()
    tab = Tab(place)
    tab.get("/console/language/nl")
    answer = tab.change("/console/integrations/7/sync", **{"sync.backfill": "never", "sync.sweep_minutes": "0"})
    said = html.unescape(answer.text)
    assert answer.status_code == 422
    assert "Kies een van “de hele periode”, “vanaf vandaag”, “alleen wat er voortaan verandert”" in said
    assert "Gebruik 1 tot 1440" in said
    assert "future" not in said.split('id="faults"')[1].split("</div>")[0]


def test_a_form_that_is_too_large_is_told_on_a_page(place: Place, tab: Tab) -> None:
    place.activate()
    answer = tab.post("/console/integrations/7/outbound", **{"outbound.title_template": "x" * 300_000})
    assert answer.status_code == 413
    assert "What you entered is larger than 256 KiB and was not saved" in answer.text


def test_a_program_reads_no_words_of_the_framework(place: Place) -> None:
    place.activate()
    large = {"settings": {"name": "x" * 300_000}}
    assert place.api("PUT", "/7", large, status=413) == {"error": "the body is larger than 256 KiB"}


def test_what_happened_in_a_week_says_on_which_day(place: Place, tab: Tab) -> None:
    place.activate()
    place.book()
    place.settle()
    told = {days: tab.seen(f"/console/integrations/7/day?days={days}").split('class="told"', 1)[1] for days in (1, 7)}
    assert ">09:00</time>" in told[1]
    assert ">Mon 23 Nov 2026 09:00</time>" in told[7]
