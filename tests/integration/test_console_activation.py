"""Activation on the console where i-Reserve's own integration still runs: said plainly, and only on purpose."""

import html

import pytest

from tests.harness.place import Place
from tests.harness.tab import Tab

PAGE = "/console/integrations/7/activation"
ACTIVATE = "/console/integrations/7/activate"


@pytest.fixture
def tab(place: Place) -> Tab:
    """A tab on an integration that could be activated."""
    place.save()
    place.connect()
    return Tab(place)


def test_where_the_built_in_integration_runs_activation_asks_for_a_choice_of_its_own(place: Place, tab: Tab) -> None:
    place.api("PUT", "/7/dialect", {"built_in_active": True})
    shown = tab.seen(PAGE)
    assert "bookings can stand in the calendar twice" in shown
    assert "Administration > Integrations > Google Calendar" in shown
    assert 'type="checkbox" name="anyway" value="yes">' in shown, "not ticked by default"
    refused = tab.post(ACTIVATE)
    assert refused.status_code == 409
    assert "switch it off in i-Reserve" in html.unescape(refused.text)
    assert place.api("GET", "/7")["state"] == "draft"
    assert tab.post(ACTIVATE, anyway="yes").status_code == 303
    assert place.api("GET", "/7")["state"] == "active"


def test_shadow_asks_for_the_same_choice(place: Place, tab: Tab) -> None:
    place.api("PUT", "/7/dialect", {"built_in_active": True})
    assert tab.post(ACTIVATE, shadow="yes").status_code == 409
    assert tab.post(ACTIVATE, shadow="yes", anyway="yes").status_code == 303
    assert place.api("GET", "/7")["state"] == "shadow"


@pytest.mark.parametrize("known", [{}, {"built_in_active": False}])
def test_without_a_sign_of_it_there_is_nothing_to_choose(place: Place, tab: Tab, known: dict[str, bool]) -> None:
    place.api("PUT", "/7/dialect", known)
    assert "anyway" not in tab.seen(PAGE)
    assert tab.post(ACTIVATE).status_code == 303
    assert place.api("GET", "/7")["state"] == "active"


def test_a_consent_taken_back_is_not_called_done_or_ready_and_leads_to_step_1(place: Place, tab: Tab) -> None:
    place.google("POST", "tokens/revoke", {})
    place.google("POST", "tokens/expire-access", {})
    assert tab.seen(PAGE).count(">not yet<") == 1
    shown = tab.seen("/console/integrations/7/authentication")
    steps = shown.split('class="two-steps"')[1].split("</ol>")[0]
    assert "Done" not in steps
    assert '<a class="button main" href="/integrations/consent/7">' in steps
    tab.consent()
    tab.post("/console/integrations/7/connect")
    assert ">not yet<" not in tab.seen(PAGE)


def test_a_password_that_i_reserve_refuses_is_not_called_ready(place: Place, tab: Tab) -> None:
    place.ireserve("PATCH", "users/api_calendar", {"password": "another"})
    assert tab.seen(PAGE).count(">not yet<") == 1


@pytest.mark.parametrize("mended", ["in i-Reserve", "before activating anew", "the user", "the password"])
def test_a_refused_login_leads_to_what_resumes_and_missed_bookings_follow(place: Place, tab: Tab, mended: str) -> None:
    place.api("POST", "/7/activate")
    place.settle()
    place.ireserve("PATCH", "users/api_calendar", {"password": "another"})
    place.book()
    place.settle(60)
    here = "/console/integrations/7/ireserve"
    assert "calls have stopped" in tab.seen(here)
    assert f'action="{here}/again"' in tab.seen(here)
    if mended == "in i-Reserve":
        place.ireserve("PATCH", "users/api_calendar", {"password": "sandbox"})
        tab.post(f"{here}/again")
    elif mended == "before activating anew":
        place.ireserve("PATCH", "users/api_calendar", {"password": "sandbox"})
        place.api("POST", "/7/deactivate")
        place.api("POST", "/7/activate")
    elif mended == "the user":
        place.ireserve("PATCH", "users/second", {"password": "sandbox"})
        tab.change(here, ireserve_password="", **{"ireserve.username": "second"})
    else:
        tab.change(here, ireserve_password="another")
    place.settle(60)
    assert "calls have stopped" not in tab.seen(here)
    assert len(place.events()) == 1
