"""One line on every page tells the truth: up to date, or what is wrong and what mends it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import pytest

from functions.application.diagnosing import diagnose
from functions.application.diagnosing.summary import summary_of
from functions.application.ports import Body, Path
from tests.harness.place import ROOM_A, ROOM_B, SECRETS, Place, example
from tests.harness.tab import Tab

T = TypeVar("T")
HERE = "/console/integrations/7"


def line(tab: Tab, page: str = "") -> str:
    return tab.seen(f"{HERE}{page}").split('id="banner"', 1)[1].split("</section>", 1)[0]


def needs_attention(place: Place) -> set[str]:
    """Return the checks of what was read and compared in time that are not green."""
    checks = place.api("GET", "/7/diagnostics")["checks"]
    return {each["name"] for each in checks if each["level"] != "green" and each["name"] in ("pull", "sweep")}


@pytest.fixture
def tab(place: Place) -> Tab:
    place.activate(inbound={"allow_booking_update": True})
    return Tab(place)


def test_when_all_is_well_it_says_so_however_long_nothing_changed(place: Place, tab: Tab) -> None:
    place.book()
    place.settle()
    assert "Up to date" in line(tab)
    for _ in range(60):
        place.pass_time(60)
        place.tick()
    says = line(tab)
    assert "Up to date" in says
    assert re.search(r"last change (59|60|61|62) minutes ago", says)
    assert "In sync as of" not in says


def test_what_has_just_begun_is_not_late(place: Place) -> None:
    place.save(mapping=[{"object": "10", "calendar": ROOM_A}])
    place.connect()
    place.api("POST", "/7/activate")
    tab = Tab(place)
    assert "First fill" in line(tab)
    assert needs_attention(place) == set()
    place.settle()
    place.pass_time(3 * 3600)
    place.tick()
    rows = [{"object": "10", "calendar": ROOM_A}, {"object": "11", "calendar": ROOM_B}]
    place.api("PUT", "/7?apply=all", {**example("7", mapping=rows), "secrets": SECRETS})
    assert "Up to date" in line(tab)
    assert "pull" not in needs_attention(place)
    place.tick()
    assert place.told == []


def test_what_was_paused_is_not_late_when_it_resumes(place: Place, tab: Tab) -> None:
    tab.post(f"{HERE}/pause")
    place.pass_time(3 * 3600)
    tab.post(f"{HERE}/resume")
    assert "in time" not in line(tab)
    assert needs_attention(place) == set()
    place.tick()
    assert place.told == []


def test_a_calendar_that_is_never_read_is_late_after_forty_minutes(place: Place) -> None:
    place.save()
    place.connect()
    place.google("POST", "faults", {"path": "/events$", "method": "GET", "status": 500, "times": 10_000})
    place.api("POST", "/7/activate")
    place.settle()
    place.pass_time(41 * 60)
    place.tick()
    assert "not read in time" in line(Tab(place))
    assert "pull" in needs_attention(place)


@pytest.mark.parametrize("page", ["/mapping", "/journal", "/diagnostics", "/find", "/waiting", "/day"])
def test_it_stands_on_every_page(tab: Tab, page: str) -> None:
    assert "Up to date" in line(tab, page)


def test_in_shadow_it_claims_nothing(place: Place) -> None:
    place.save()
    place.connect()
    place.book()
    place.api("POST", "/7/activate?shadow=1")
    place.settle()
    says = line(Tab(place))
    assert "nothing is written" in says
    assert "Up to date" not in says
    assert place.api("GET", "/7/diagnostics")["in_sync_as_of"] is None


def test_deactivated_it_claims_nothing(place: Place, tab: Tab) -> None:
    place.api("POST", "/7/deactivate")
    says = line(tab)
    assert "Not active" in says
    assert "Up to date" not in says
    assert place.api("GET", "/7/diagnostics")["in_sync_as_of"] is None


def test_a_dead_connection_is_not_called_active(place: Place, tab: Tab) -> None:
    place.google("POST", "tokens/revoke", {})
    place.google("POST", "tokens/expire-access", {})
    place.book()
    place.settle(60)
    says = line(tab)
    assert "Google refuses the connection" in says
    assert f"{HERE}/authentication" in says
    assert "good" not in says


@pytest.mark.parametrize("search", ["sweep", "resync"])
@pytest.mark.parametrize("side", ["google", "ireserve"])
def test_a_search_that_could_not_run_is_not_called_started(place: Place, tab: Tab, side: str, search: str) -> None:
    if side == "google":
        place.google("POST", "tokens/revoke", {})
        place.google("POST", "tokens/expire-access", {})
    else:
        place.ireserve("PATCH", "users/api_calendar", {"password": "another"})
    place.book()
    place.settle(60)
    answer = tab.post(f"{HERE}/{search}")
    assert answer.status_code == 409
    assert place.api("POST", f"/7/{search}", status=409)["reason"] == "stopped"
    (state,) = (each for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "state")
    assert (state["level"], state["says"].split(":")[0]) == ("red", "stopped")
    assert {"google": "run Step 1 and Step 2 again", "ireserve": "ave the right password"}[side] in answer.text


def test_cancellations_under_way_are_counted_with_their_time_and_kept_from_there(place: Place, tab: Tab) -> None:
    booking = place.book()
    place.settle()
    place.delete(place.event()["id"])
    place.settle(20)
    assert "1 booking will be cancelled at 09:0" in line(tab)
    page = tab.seen(f"{HERE}/waiting")
    assert "Keep the booking" in page
    link = page.split(f"{HERE}/links/", 1)[1].split("/", 1)[0]
    assert tab.post(f"{HERE}/links/{link}/keep").status_code == 303
    place.settle(400)
    assert place.booking(booking)["status_code"] == 20
    assert len(place.events()) == 1
    assert "will be cancelled" not in line(tab)


def test_many_cancellations_are_kept_at_once(place: Place, tab: Tab) -> None:
    bookings = [place.book(f"2026-11-24T{hour:02}:00", f"2026-11-24T{hour:02}:30") for hour in (9, 10, 11)]
    place.settle()
    for event in place.events():
        place.delete(event["id"])
    place.settle(20)
    assert "3 bookings will be cancelled" in line(tab)
    assert (
        tab.post(
            f"{HERE}/cancelling", item=re.findall(r"/links/([^/]+)/keep", tab.get(f"{HERE}/waiting").text)
        ).status_code
        == 303
    )
    place.settle(400)
    assert {place.booking(each)["status_code"] for each in bookings} == {20}
    assert len(place.events()) == 3


def test_what_waits_is_named_with_the_way_to_it(place: Place) -> None:
    place.activate(inbound={"allow_booking_update": True, "deleted_event": "ask"})
    place.book()
    place.settle()
    place.delete(place.event()["id"])
    place.settle(60)
    says = line(Tab(place))
    assert "One thing waits for you" in says
    assert f"{HERE}/waiting" in says


def test_a_room_without_a_calendar_is_not_called_in_step(place: Place) -> None:
    place.activate(mapping=[{"object": "10", "calendar": ROOM_A}])
    place.book(object_id=11)
    place.settle()
    page = Tab(place).seen("/console/integrations/7/day?date=2026-11-24")
    assert "one booking" in page
    assert "all in step" not in page


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_denied_consent_is_not_shown_as_given(place: Place, language: str) -> None:
    place.save()
    tab = Tab(place)
    tab.consent(decision="deny")
    tab.get(f"/console/language/{language}")
    page = tab.seen(f"{HERE}/authentication")
    assert {"en": "Consent was given", "nl": "toestemming is gegeven"}[language] not in page
    assert {"en": "screen said no", "nl": "nee"}[language] in page


def test_an_expired_consent_is_not_shown_as_given(place: Place) -> None:
    place.save()
    tab = Tab(place)
    tab.consent()
    assert "Consent was given" in tab.seen(f"{HERE}/authentication")
    place.pass_time(601)
    assert "Consent was given" not in tab.seen(f"{HERE}/authentication")


def test_diagnostics_speak_dutch_about_every_calendar_too(place: Place, tab: Tab) -> None:
    place.activate()
    tab.get("/console/language/nl")
    page = tab.seen("/console/integrations/7/diagnostics")
    rooms = page.split('class="stack rooms"', 1)[1].split("</table>", 1)[0]
    assert "Is te lezen en te beschrijven" in rooms
    for english in ("can be read", "has a channel", "was last read", "last notification"):
        assert english not in page.casefold(), english


def test_a_day_of_which_one_side_was_not_read_claims_no_agreement(place: Place, tab: Tab) -> None:
    place.activate()
    place.book()
    place.settle()
    before = tab.seen("/console/integrations/7/day?date=2026-11-24")
    assert "in step" in before
    assert "<li>Zaal B</li>" in before.split("Nothing stands in", 1)[1], "empty rooms stand together"
    place.ireserve("POST", "faults", {"status": 500, "times": 20, "path": "booking.*"})
    page = tab.seen("/console/integrations/7/day?date=2026-11-24")
    assert "i-Reserve could not be read." in page
    assert "other side not read" in page
    assert "in step" not in page


def test_a_refused_login_is_not_called_ready(place: Place, tab: Tab) -> None:
    place.activate()
    place.ireserve("PATCH", "users/api_calendar", {"password": "changed"})
    place.book()
    place.settle()
    checks = tab.seen("/console/integrations/7/activation").split('class="checks"', 1)[1].split("</li>", 1)[0]
    assert "not yet" in checks


def test_the_waiting_time_of_a_cancellation_is_no_slowness(place: Place) -> None:
    place.activate(inbound={"allow_booking_update": True})
    place.book()
    place.settle()
    place.delete(place.event()["id"])
    place.settle(200)
    assert any(entry.get("lag_seconds", 0) > 100 for entry in place.journal())
    page = Tab(place).seen("/console/integrations/7/diagnostics")
    says = page.split("<figcaption>", 1)[1].split("</figcaption>", 1)[0]
    assert all(float(each) < 60 for each in re.findall(r"([\d.]+) s\b", says)), says


@pytest.mark.parametrize(("pause", "axis"), [(0, False), (30, True)])
def test_the_plot_names_its_axis_where_its_bars_differ(place: Place, *, pause: int, axis: bool) -> None:
    place.activate()
    for hour in (10, 12):
        place.book(f"2026-11-24T{hour}:00", f"2026-11-24T{hour + 1}:00")
        place.pass_time(pause)
        place.settle()
    page = Tab(place).seen("/console/integrations/7/diagnostics")
    assert "<figcaption>" in page
    assert ("From 0.1 s at the foot" in page) is axis


def test_however_many_calendars_there_are_their_states_are_read_together_and_their_labels_at_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each page has the line, and asks for it every few seconds."""
    place.activate(outbound={"colour_by": "status", "colours": {"20": "Optie"}, "use_labels": True})
    documents, alone, together = place.ports.documents, list[str](), list[int]()
    get, in_parallel = documents.get, place.ports.in_parallel

    def noted(path: Path) -> Body | None:
        alone.extend(path[2:3])
        return get(path)

    def noted_pieces(pieces: Sequence[Callable[[], T]]) -> list[T]:
        together.append(len(pieces))
        return in_parallel(pieces)

    monkeypatch.setattr(documents, "get", noted)
    summary_of(place.ports, "7")
    diagnose.diagnose(replace(place.ports, in_parallel=noted_pieces), "7")
    assert "calendars" not in alone
    assert together == [2], "as many as there are mapped calendars"
