"""What a page, a table and a mail say: as it is now, in words, and no more than was looked at."""

import csv
import io
import re
from datetime import timedelta

import pytest

from functions.application.diagnosing import weekly
from functions.application.finding.names import Catalogue
from functions.application.intake.hints import Hint, Kind
from functions.application.store import integrations, parked
from functions.entrypoints.console.reasons import reason_name
from functions.entrypoints.console.texts import Texts
from tests.harness.place import PLANNER, ROOM_A, ROOM_B, Place
from tests.harness.tab import Tab

HERE = "/console/integrations/7"


def says(place: Place, name: str) -> list[str]:
    return [check["says"] for check in place.api("GET", "/7/diagnostics")["checks"] if check["name"] == name]


def test_a_plan_of_former_settings_says_that_it_is_one(place: Place) -> None:
    place.activate(language="en")
    place.api("GET", "/7/plan?refresh=1")
    tab = Tab(place)
    assert "settings were changed after this plan" not in tab.seen(f"{HERE}/activation")
    tab.change(f"{HERE}/sync", **{"sync.poll_seconds": "90"})
    assert "settings were changed after this plan" in tab.seen(f"{HERE}/activation")


def test_a_probe_that_nobody_goes_on_with_is_not_told_as_under_way(place: Place) -> None:
    place.activate(language="en")
    booking = place.book(remarks="TEST")
    place.api("POST", "/7/probe", {"booking": booking, "object": 11, "really": True})
    tab = Tab(place)
    assert "Under way" in tab.seen(f"{HERE}/activation")
    place.now += timedelta(hours=1)  # and no task ran
    page = tab.seen(f"{HERE}/activation")
    assert "Under way" not in page
    assert "stopped at part 1 of 13" in page


def test_the_number_of_parked_items_is_all_of_them(place: Place) -> None:
    place.activate(language="en")
    for number in range(120):
        parked.park(place.ports, Hint(Kind.BOOKING, "7", (f"9{number}",), "webhook", place.now), "other", place.now)
    assert says(place, "parked") == ["120 things could not be done"]


def test_a_check_of_two_weeks_with_many_bookings_says_how_far_it_looked(place: Place) -> None:
    place.activate(language="en")
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    for number in range(315):
        day, hour = 24 + number // 60, 8 + number % 60 // 4
        start = f"2026-11-{day}T{hour:02}:{number % 4 * 15:02}"
        place.book(start, f"2026-11-{day}T23:00")
    place.book("2026-12-05T10:00", "2026-12-05T11:00", status_code=40)
    (status,) = says(place, "statuses")
    assert re.fullmatch(r"the lists name every status of the first 2\d\d bookings of the coming two weeks", status)
    integration = integrations.get(place.ports.documents, "7")
    assert f"the first {weekly.week(place.ports, integration, place.now).overlaps_among} " in status
    assert re.match(r"overlapping among the first 2\d\d bookings of the coming two weeks", says(place, "overlap")[0])


@pytest.mark.parametrize("reason", ["accessNotConfigured", "domainPolicy"])
def test_what_google_refuses_is_said_once(place: Place, reason: str) -> None:
    place.activate(language="en")
    place.google("POST", "faults", {"path": "/calendar/v3/", "status": 403, "reason": reason, "times": 50})
    found = next(
        c for c in place.api("GET", "/7/diagnostics")["checks"] if c["name"] == "google" and c["level"] == "red"
    )
    assert "administrator" in found["says"] or "enable it there" in found["says"]
    assert found["mend"] == "it is tried again every five minutes"


def test_a_calendar_whose_name_google_never_said_is_called_by_its_object(place: Place) -> None:
    place.activate(mapping=[{"object": "10", "calendar": ROOM_A}, {"object": "*", "calendar": ROOM_B}])
    place.google("POST", "tokens/revoke", {})
    place.book()
    place.settle(60)
    names = Catalogue(place.ports).of("7")
    assert names.calendar(ROOM_A) == "Zaal A"
    assert names.calendar(ROOM_B) == ROOM_B, "it is of all others"


def test_a_calendar_that_is_called_by_its_id_only_is_called_by_its_object(place: Place) -> None:
    hall = "c_hall1@resource.calendar.google.com"
    place.google("POST", "calendars", {"id": hall, "account": PLANNER})
    place.activate(mapping=[{"object": "10", "calendar": hall}, {"object": "11", "calendar": PLANNER}])
    names = Catalogue(place.ports).of("7")
    assert names.calendar(hall) == "Zaal A"
    assert names.calendar(PLANNER) == PLANNER, "a person's own calendar has the person's address as its name"


def test_the_tables_for_a_spreadsheet_have_the_words_of_their_pages(place: Place) -> None:
    place.activate(inbound={"allow_booking_update": True})
    place.book()
    place.settle(60)
    place.google("POST", "notifications", {"mode": "drop"})
    place.delete(place.event()["id"])
    place.draw("2026-11-25T10:00", "2026-11-25T11:00", transparency="transparent")
    place.api("POST", "/7/audit")
    place.settle(900)
    tab = Tab(place)
    tab.get("/console/language/nl")

    def table(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(tab.get(f"{HERE}/{name}.csv").text.removeprefix("\ufeff"))))

    differs, alone = table("audit")
    assert differs["wat"] == "reservering zonder afspraak"
    assert (alone["wat"], alone["waarom"]) == ("Met opzet niet gesynchroniseerd", "telt als vrij")
    assert alone["agenda"] == "Room A"
    last = table("journal")[-1]
    assert (last["richting"], last["uitkomst"], last["soort"]) == ("Naar Google Agenda", "gedaan", "gemaakt")
    assert last["wanneer"].startswith("2026-11-23 09:00:")
    assert "." not in last["seconden"]


@pytest.mark.parametrize(
    ("code", "side"),
    [("unavailable", "i-Reserve"), ("http_503", "Google"), ("refresh", "Google"), ("teapot", "Google")],
)
def test_a_reason_names_the_side_that_it_is_of(code: str, side: str) -> None:
    for language in ("nl", "en"):
        assert side in reason_name(code, Texts(language))


def test_why_a_change_must_go_far_names_the_button(place: Place) -> None:
    place.activate(language="en")
    place.book()
    place.settle(60)
    place.api("POST", "/7/pause")
    page = Tab(place).change(f"{HERE}/outbound", **{"outbound.title_template": "{OBJECT}"})
    assert page.status_code == 409
    assert "choose “Apply to all”" in page.text


@pytest.mark.parametrize("asked", ["", "x/../y", "12&said=deleted", "9" * 65, "٣"])
def test_what_cannot_be_a_bookings_number_is_not_said_to_be_synchronised(place: Place, asked: str) -> None:
    place.activate(language="en")
    tab = Tab(place)
    place.forget()
    answer = tab.post(f"{HERE}/find", booking=asked)
    assert answer.status_code >= 400
    assert "give the number of a booking" in answer.text.lower()
    assert tab.post(f"{HERE}/outbound", do="preview", booking=asked or "-").status_code == 422
    assert tab.post(f"{HERE}/probe", booking=asked, object="10").status_code == 409
    place.settle(60)
    read = [call for call in place.ireserve_calls() if call.startswith("GET booking/") and "filter" not in call]
    assert read == []


def test_names_that_come_from_the_settings_are_those_of_now(place: Place) -> None:
    """What both sides say is kept for some minutes; what this service itself knows is not."""
    place.save(mapping=[{"object": "10", "calendar": ROOM_A}])  # Google is not connected yet
    names = Catalogue(place.ports)
    assert names.of("7").calendar(ROOM_B) == ROOM_B
    place.save(mapping=[{"object": "10", "calendar": ROOM_A}, {"object": "11", "calendar": ROOM_B}])
    assert names.of("7").calendar(ROOM_B) == "Zaal B"
    assert names.of("7").statuses.get(20) != "bevestigd"
    place.api("PUT", "/7/dialect", {"status_names": [["bevestigd", 20]]})
    assert names.of("7").statuses[20] == "bevestigd"


def test_what_a_page_leaves_out_is_said_with_the_way_to_it(place: Place) -> None:
    place.activate(language="en", inbound={"allow_booking_update": True})
    number, tab = place.book(), Tab(place)
    place.settle(60)
    for minute in range(1, 64):
        place.change(number, **{"from": f"2026-11-24T09:{minute % 50:02}", "till": f"2026-11-24T11:{minute % 50:02}"})
        place.pass_time(61)
        place.settle(60)
    assert len(place.journal()) > 60
    assert f'{HERE}/journal?from=2026-11-23&to=2026-11-23"' in tab.seen(f"{HERE}/day?date=2026-11-23")
    assert f'{HERE}/journal?booking={number}"' in tab.get(f"{HERE}/find?q={number}").text
    assert f"{HERE}/journal?from" not in tab.get(f"{HERE}/day?date=2026-11-20").text


def test_a_history_longer_than_its_page_says_so(place: Place) -> None:
    place.activate(language="en")
    for seconds in range(60, 115):
        place.save(sync={"poll_seconds": seconds})
    page = Tab(place).seen(f"{HERE}/history")
    assert page.count("/revert") == 50
    assert "These are the last 50 changes." in page
