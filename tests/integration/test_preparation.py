"""Preparation and clearing: minutes around a booking, in its event's text or as occupied events; never booking time."""

from typing import Any

import pytest

from tests.harness.deeds import faults
from tests.harness.place import ROOM_A, ROOM_B, Place
from tests.harness.tab import Tab

START, END = "2026-11-24T10:00", "2026-11-24T11:00"
HALL = "hall@group.calendar.google.com"


def prepared(place: Place, **row: Any) -> str:
    place.google("POST", "calendars", {"id": HALL, "account": "planner@example.org"})
    minutes = {"before_minutes": 15, "after_minutes": 30}
    rows = [
        {"object": "10", "calendar": ROOM_A, **minutes, **row},
        {"object": "20", "calendar": ROOM_B, **minutes, **row},
    ]
    place.activate(mapping=rows, inbound={"allow_booking_update": True})
    booking = place.book(START, END, remarks="Training")
    place.settle()
    return booking


def spans(place: Place, calendar: str = ROOM_A) -> dict[str, tuple[str, str]]:
    found = place.events(calendar)
    return {each["summary"]: (each["start"]["dateTime"][11:16], each["end"]["dateTime"][11:16]) for each in found}


def test_the_text_of_the_event_tells_from_when_until_when(place: Place) -> None:
    booking = prepared(place)
    event = place.event()
    assert event["description"].startswith("Training\nVoorbereiding vanaf 09:45; Opruimen tot 11:30\n")
    assert event["start"]["dateTime"].startswith(START)
    assert place.booking(booking)["from"] == START
    place.change(booking, start="2026-11-24T14:00", end="2026-11-24T15:00")
    place.settle()
    assert "Voorbereiding vanaf 13:45; Opruimen tot 15:30" in place.event()["description"]


def test_they_stand_as_occupied_events_around_it_in_every_calendar_of_its_row(place: Place) -> None:
    booking = prepared(place, around="events", also=[HALL])
    around = {"Voorbereiding": ("09:45", "10:00"), "Opruimen": ("11:00", "11:30")}
    assert spans(place) == {f"Zaal A - {booking}": ("10:00", "11:00"), **around}
    assert spans(place, HALL) == {"Bezet": ("10:00", "11:00"), **around}
    assert "Voorbereiding" not in next(each for each in place.events() if booking in each["summary"])["description"]
    assert len(place.bookings()) == 1
    assert (place.booking(booking)["from"], place.booking(booking)["till"]) == (START, END)


def test_they_move_with_the_booking_and_go_with_it(place: Place) -> None:
    booking = prepared(place, around="events")
    place.change(booking, start="2026-11-24T14:00", end="2026-11-24T15:00")
    place.settle()
    assert spans(place)["Voorbereiding"] == ("13:45", "14:00")
    assert spans(place)["Opruimen"] == ("15:00", "15:30")
    place.change(booking, status_code=70)
    place.settle()
    assert place.events() == []


def test_one_that_a_person_moves_comes_back_and_the_booking_stays(place: Place) -> None:
    booking = prepared(place, around="events")
    event = next(each for each in place.events() if each["summary"] == "Opruimen")
    place.drag(event["id"], "2026-11-24T16:00", "2026-11-24T17:00")
    place.settle()
    assert spans(place)["Opruimen"] == ("11:00", "11:30")
    after = next(each for each in place.events() if each["id"] == event["id"])
    assert "bezet door een reservering" in after["description"]
    assert place.booking(booking)["till"] == END


def test_a_booking_of_whole_days_has_none(place: Place) -> None:
    prepared(place, around="events")
    place.book("2026-12-01", "2026-12-03", object_id=20)
    place.settle()
    assert len(place.events(ROOM_B)) == 1


def test_none_by_default(place: Place) -> None:
    place.activate()
    place.book(START, END, remarks="Training")
    place.settle()
    assert place.event()["description"].startswith("Training\n\n————")


@pytest.mark.parametrize("around", ["text", "events"])
def test_an_audit_finds_nothing_amiss(place: Place, around: str) -> None:
    prepared(place, around=around)
    place.api("POST", "/7/audit")
    place.settle(120)
    assert place.api("GET", "/7/audit")["found"] == 0


@pytest.mark.parametrize("minutes", [-1, 721])
def test_minutes_out_of_bounds_are_a_fault(place: Place, minutes: int) -> None:
    rows = [{"object": "10", "calendar": ROOM_A, "after_minutes": minutes}]
    assert list(faults(place, mapping=rows)) == ["mapping.0.after_minutes"]


def test_the_mapping_screen_asks_for_them(place: Place) -> None:
    prepared(place)
    here, tab = "/console/integrations/7/mapping", Tab(place)
    typed = {"mapping.0.before_minutes": "20", "mapping.0.around": "events", "apply": "new"}
    assert tab.change(here, **typed).status_code == 303
    row = place.api("GET", "/7")["mapping"][0]
    assert (row["before_minutes"], row["after_minutes"], row["around"]) == (20, 30, "events")
    assert "Use 0 (none) to 720 minutes" in tab.change(here, **{"mapping.0.after_minutes": "soon"}).text
