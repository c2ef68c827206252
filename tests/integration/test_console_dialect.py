"""The dialect on the console: each point with what is assumed, edited by hand, and back to not known."""

import html
import re
import time
from dataclasses import fields

import pytest

from functions.domain.settings.dialect import Dialect
from functions.entrypoints.console.forms.dialect_form import POINTS
from functions.entrypoints.console.texts import LANGUAGES, Texts
from tests.harness.faster import overtake
from tests.harness.place import Place
from tests.harness.tab import Tab
from tests.harness.trials import booked, probed, stored

PAGE = "/console/integrations/7/dialect"


@pytest.fixture
def tab(place: Place) -> Tab:
    place.save()
    return Tab(place)


def point(tab: Tab, name: str) -> str:
    """Return what the page shows of one point."""
    return tab.seen(PAGE).partition(f'data-point="{name}"')[2].partition("data-point=")[0]


def typed(tab: Tab) -> dict[str, str]:
    """Return what a browser would send of the form, untouched."""
    page = tab.seen(PAGE)
    sent = dict(re.findall(r'<input[^>]* name="([a-z_.]+)" value="([^"]*)"', page))
    sent |= dict.fromkeys(re.findall(r'type="checkbox" name="([a-z_.]+)" checked', page), "on")
    for name, body in re.findall(r'<select[^>]* name="([a-z_.]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="(\w*)" selected', body)
        sent[name] = chosen[1] if chosen else ""
    sent |= {
        name: text.strip() for name, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)<', page, re.DOTALL)
    }
    return {name: value for name, value in sent.items() if name != "csrf_token"}


def test_every_point_is_on_the_screen_in_both_languages(tab: Tab) -> None:
    assert {each.name for each in POINTS} == {each.name for each in fields(Dialect) if each.metadata}
    assert len(POINTS) == len({each.name for each in POINTS})
    for language in LANGUAGES:
        t = Texts(language)
        tab.get(f"/console/language/{language}")
        page = tab.seen(PAGE)
        assert "[point." not in page
        for each in POINTS:
            assert t(f"point.help.{each.name}") in page


def test_a_point_says_its_default_and_whether_it_is_assumed_known_or_probed(place: Place, tab: Tab) -> None:
    assert "Assumed while not known: <em>BOOKING_ID</em>" in point(tab, "search_id")
    assert ">assumed<" in point(tab, "search_id")
    assert "Assumed while not known: <em>yes</em>" in point(tab, "write_mails")
    place.connect()
    probed(place, booked(place))
    place.api("PUT", "/7/dialect", {**stored(place), "write_mails": False})
    assert ">from the probe<" in point(tab, "search_id")
    assert ">known<" in point(tab, "write_mails")
    assert ">assumed<" in point(tab, "hook_events")


def test_what_was_not_touched_stays_after_a_probe_and_a_save(place: Place, tab: Tab) -> None:
    place.connect()
    probed(place, booked(place))
    place.api("PUT", "/7/dialect", {**stored(place), "override": ["query", "force", "1"], "day_objects": []})
    before = stored(place)
    assert tab.post(PAGE, **typed(tab)).status_code == 303
    assert stored(place) == before


def test_points_are_stated_by_hand_and_become_not_known_again(place: Place, tab: Tab) -> None:
    stated = {
        "search_id": "boekingsnummer",
        "search_dates": "absolute",
        "column_status.nothing": "on",
        "rows_at_once": "50",
        "write_mails": "no",
        "status_lag_seconds": "1,5",
        "update_carries": "number, date",
        "override.place": "body",
        "override.name": "force",
        "override.value": "1",
        "status_names": "Open = 20\r\nBetaald: 30",
        "day_objects.nothing": "on",
    }
    assert tab.post(PAGE, **{**typed(tab), **stated}).status_code == 303
    known = {
        "search_id": "boekingsnummer",
        "search_dates": "absolute",
        "column_status": None,
        "rows_at_once": 50,
        "write_mails": False,
        "status_lag_seconds": 1.5,
        "update_carries": ["number", "date"],
        "override": ["body", "force", 1],
        "status_names": [["open", 20], ["betaald", 30]],
        "day_objects": [],
    }
    assert stored(place) == known
    sent = typed(tab)
    assert sent.items() >= {"search_id": "boekingsnummer", "column_status.nothing": "on", "write_mails": "no"}.items()
    tab.post(PAGE, **{**sent, "search_id": "", "write_mails": "", "column_status.nothing": "", "override.place": ""})
    assert stored(place) == known, "an override without its place is a fault, so nothing was saved"
    emptied = dict.fromkeys(("search_id", "write_mails", "column_status.nothing"), "")
    emptied |= dict.fromkeys(("override.place", "override.name", "override.value"), "")
    tab.post(PAGE, **{**sent, **emptied})
    assert set(known) - set(stored(place)) == {"search_id", "write_mails", "column_status", "override"}
    history = tab.seen("/console/integrations/7/history")
    assert "Name by which the booking number is searched" in history
    assert history.count("Go back to before this change") == 0, "the settings do not have these points"


def test_all_faults_stand_at_their_fields_and_what_was_typed_stays(place: Place, tab: Tab) -> None:
    wrong = {
        "search_id": "BOOKING ID = 1",
        "search_external_id": "extern",
        "search_external_id.nothing": "on",
        "rows_at_once": "0",
        "status_lag_seconds": "soon",
        "hook_lead_seconds": "600",
        "update_carries": "price",
        "override.name": "force",
        "status_names": "open",
        "day_objects": "a/b",
        "search_custom": "vrijveld",
    }
    answer = tab.post(PAGE, **wrong)
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    at = {name.split(".")[0] for name in wrong} - {"search_custom"}
    assert set(re.findall(r'class="fault" id="e-(\w+)"', page)) == at
    assert set(re.findall(r'<li><a href="#f-(\w+)"', page)) == at
    for value in ("BOOKING ID = 1", "soon", "600", "price", "force", "a/b", "vrijveld"):
        assert f'value="{value}"' in page
    assert stored(place) == {}


def test_faults_are_said_in_dutch(tab: Tab) -> None:
    tab.get("/console/language/nl")
    wrong = {"search_id": "a b", "rows_at_once": "0", "hook_events": ";", "day_objects": "a/b", "status_names": "x"}
    page = html.unescape(tab.post(PAGE, **wrong, hook_lead_seconds="99", **{"override.name": "force"}).text)
    said = re.findall(r'class="fault"[^>]*>([^<]*)<', page)
    assert len(said) == 7
    assert not [each for each in said if re.search(r"\b(give|write|name has)\b", each, re.IGNORECASE)]


def test_points_that_somebody_else_changed_meanwhile_are_not_overwritten(place: Place, tab: Tab) -> None:
    sent = typed(tab)
    place.api("PUT", "/7/dialect", {"write_mails": False})
    answer = tab.post(PAGE, **{**sent, "search_id": "nummer"})
    assert answer.status_code == 422
    assert "Somebody else changed" in answer.text
    assert stored(place) == {"write_mails": False}
    unmarked = {name: value for name, value in sent.items() if name != "seen"}
    assert tab.post(PAGE, **{**unmarked, "search_id": "nummer"}).status_code == 422


def test_points_that_a_probe_finds_while_others_are_saved_are_not_overwritten(place: Place, tab: Tab) -> None:
    sent = typed(tab)
    overtake(place, lambda: place.api("PUT", "/7/dialect", {"write_mails": False}))
    assert tab.post(PAGE, **{**sent, "search_id": "nummer"}).status_code == 422
    assert stored(place) == {"write_mails": False}


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("Open = 20", ["open", 20]),
        ("betaald:30", ["betaald", 30]),
        ("in optie 15", ["in optie", 15]),
        ("zaal 2 =  7", ["zaal 2", 7]),
        ("open20", None),
        ("open = 12345", None),
        ("= 20", None),
        ("20", None),
        ("open" + " " * 2000 + "x", None),
    ],
)
def test_a_line_of_a_status_is_a_name_and_a_code_and_any_line_is_read_at_once(
    place: Place, tab: Tab, line: str, status: list[object] | None
) -> None:
    began = time.process_time()
    assert tab.post(PAGE, **{**typed(tab), "status_names": line}).status_code == (303 if status else 422)
    assert time.process_time() - began < 5
    assert stored(place) == ({"status_names": [status]} if status else {})


MISTYPED = {
    "search_id": 5,
    "search_dates": "sideways",
    "rows_at_once": "many",
    "override": ["body", "force"],
    "status_lag_seconds": "soon",
    "hook_lead_seconds": None,
    "update_carries": 7,
    "status_names": ["open"],
    "day_objects": "10",
    "write_mails": "perhaps",
}


def keep(place: Place, **points: object) -> None:
    """Store points as an earlier version of the product did: as they were given."""
    path = ("integrations", "7")
    body = place.documents.get(path) or {}
    place.documents.transact(lambda tx: tx.put(path, {**body, "dialect": points}))


def test_stored_points_of_a_wrong_type_are_not_known_and_can_be_mended_on_the_screen(place: Place, tab: Tab) -> None:
    place.connect()
    keep(place, **MISTYPED, column_status="RES_STATE")
    assert not [name for name in MISTYPED if ">assumed<" not in point(tab, name)]
    assert ">known<" in point(tab, "column_status")
    for screen in ("activation", "outbound", "inbound", "diagnostics", "history"):
        assert tab.get(f"/console/integrations/7/{screen}").status_code == 200, screen
    assert place.api("GET", "/7/dialect")["known"] == {"column_status": "RES_STATE"}
    assert tab.post(PAGE, **{**typed(tab), "search_id": "nummer"}).status_code == 303
    assert stored(place) == {"column_status": "RES_STATE", "search_id": "nummer"}
    assert "soon" in tab.seen("/console/integrations/7/history")


def test_a_stored_point_that_can_be_understood_is_read_in_its_type(place: Place, tab: Tab) -> None:
    keep(place, status_lag_seconds="5")
    assert place.api("GET", "/7/dialect")["known"] == {"status_lag_seconds": 5.0}
    assert 'value="5"' in point(tab, "status_lag_seconds")


def test_the_probe_leads_to_the_points(tab: Tab) -> None:
    assert f'href="{PAGE}"' in tab.seen("/console/integrations/7/activation")
