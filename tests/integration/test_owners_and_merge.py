"""Owners: each field goes where its owner says, per origin; what both sides changed is merged field by field."""

from typing import Any

import pytest

from tests.harness.place import GUEST, PLANNER, ROOM_A, ROOM_B, Place, when

START, END = "2026-11-24T10:00", "2026-11-24T11:00"
LATER, LATER_END = "2026-11-24T14:00", "2026-11-24T15:00"
UPDATES = {"allow_booking_update": True}


def from_booking(place: Place, **fields: Any) -> str:
    booking = place.book(START, END, **fields)
    place.settle()
    return booking


def from_event(place: Place, **fields: Any) -> str:
    place.draw(START, END, **fields)
    place.settle()
    return str(place.bookings()[0]["id"])


def at_rest(place: Place) -> None:
    """Assert that nothing is left to do: later looks write nothing."""
    place.settle(300)
    place.forget()
    place.api("POST", "/7/resync")
    place.settle(60)
    writes = [call for call in place.calls() if call.rpartition(".")[2] not in ("list", "get")]
    assert writes == []
    assert [call for call in place.ireserve_calls() if call.startswith("POST hook/booking")] == []


# an event made from a booking


def test_a_title_that_was_put_back_too_often_is_put_back_once_it_was_quiet_for_an_hour(place: Place) -> None:
    place.activate()
    booking = from_booking(place)
    event = place.event()["id"]
    for _ in range(4):
        place.edit(event, summary="Eigen titel")
        place.settle(60)
    assert place.event()["summary"] == "Eigen titel"
    place.settle(3600)
    assert place.event()["summary"] == f"Zaal A - {booking}"
    at_rest(place)


@pytest.mark.parametrize(
    "edit",
    [
        {"summary": "Eigen titel"},
        {"description": "Weg met de tekst"},
        {"reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 5}]}},
    ],
    ids=["title", "description", "reminders"],
)
def test_texts_of_an_event_from_a_booking_are_put_back(place: Place, edit: dict[str, Any]) -> None:
    place.activate()
    booking = from_booking(place, remarks="Beamer klaarzetten")
    before = place.event()
    place.edit(before["id"], **edit)
    place.settle()
    after = place.event()
    for field in ("summary", "reminders"):
        assert after.get(field) == before.get(field)
    assert after["description"].startswith("Beamer klaarzetten")
    assert place.booking(booking)["remarks"] == "Beamer klaarzetten"
    at_rest(place)


def test_text_that_people_add_under_the_line_is_kept_when_the_booking_changes(place: Place) -> None:
    place.activate()
    booking = from_booking(place, remarks="Beamer")
    event = place.event()
    place.edit(event["id"], description=event["description"] + "<br>Sleutel bij <b>Jan</b>")
    place.settle()
    place.change(booking, remarks="Beamer en scherm", start=LATER, end=LATER_END)
    place.settle()
    after = place.event()
    assert after["description"].startswith("Beamer en scherm")
    assert after["description"].endswith("Sleutel bij <b>Jan</b>")
    assert after["start"]["dateTime"][:16] == LATER
    at_rest(place)


def test_guests_that_people_add_are_kept_beside_our_own(place: Place) -> None:
    place.activate(outbound={"use_customer_data": True})
    booking = from_booking(place, customer_id=2)
    event = place.event()
    place.edit(event["id"], attendees=[*event["attendees"], {"email": "collega@example.org"}])
    place.settle()
    place.change(booking, customer_id=3)
    place.settle()
    assert {guest["email"] for guest in place.event()["attendees"]} == {"collega@example.org", "guest@example.org"}
    at_rest(place)


def test_the_status_of_a_booking_is_never_changed_by_a_moved_event(place: Place) -> None:
    place.activate(inbound={**UPDATES, "status": 30})
    booking = from_booking(place)
    place.drag(place.event()["id"], LATER, LATER_END)
    place.settle()
    assert place.booking(booking)["status_code"] == 20
    at_rest(place)


def test_a_booking_and_its_event_that_changed_in_different_fields_take_over_both(place: Place) -> None:
    place.activate(inbound=UPDATES)
    booking = from_booking(place)
    place.google("POST", "notifications", {"mode": "drop"})
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    place.drag(place.event()["id"], LATER, LATER_END)
    place.change(booking, remarks="Nieuw")
    place.api("POST", "/7/sweep")
    place.settle(60)
    place.api("POST", "/7/resync")
    place.settle(60)
    assert place.booking(booking)["from"] == LATER
    assert place.event()["description"].startswith("Nieuw")
    assert place.event()["start"]["dateTime"][:16] == LATER
    at_rest(place)


def test_the_booking_is_written_before_its_event_when_both_need_it(place: Place) -> None:
    place.activate(inbound=UPDATES)
    booking = from_booking(place)
    event = place.event()["id"]
    place.drag(event, LATER, LATER_END)
    place.edit(event, summary="Eigen titel")
    place.forget()
    place.settle()
    steps = [entry["step"] for entry in place.journal()]
    assert steps.index("WriteBooking", steps.index("InsertEvent") + 2) < steps.index("PatchEvent")
    assert place.booking(booking)["from"] == LATER
    assert place.event()["summary"] == f"Zaal A - {booking}"
    at_rest(place)


# an event made by a person


@pytest.mark.parametrize(
    "edit",
    [
        {"summary": "Andere titel"},
        {"description": "Eigen <i>tekst</i>"},
        {"attendees": [{"email": GUEST}]},
        {"reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 5}]}},
        {"location": "Zaal 3"},
    ],
    ids=["title", "description", "guests", "reminders", "location"],
)
def test_texts_of_a_persons_event_stay_the_persons(place: Place, edit: dict[str, Any]) -> None:
    place.activate()
    booking = from_event(place)
    place.edit(place.event()["id"], **edit)
    place.settle()
    place.change(booking, remarks="Van de balie", start=LATER, end=LATER_END)
    place.settle()
    after = place.event()
    for field, value in edit.items():
        shown = [{"email": guest["email"]} for guest in after[field]] if field == "attendees" else after[field]
        assert shown == value
    assert after["start"]["dateTime"][:16] == LATER
    at_rest(place)


def test_the_booking_moves_a_persons_event_to_the_room_it_moved_to(place: Place) -> None:
    place.activate()
    booking = from_event(place)
    event = place.event()["id"]
    place.change(booking, object_id=11)
    place.settle()
    assert place.event(ROOM_B)["id"] == event
    assert place.event(ROOM_B)["summary"] == "Overleg"
    at_rest(place)


def test_a_status_that_deletes_events_takes_a_persons_event_away_and_a_reopened_booking_brings_it_back(
    place: Place,
) -> None:
    place.activate()
    booking = from_event(place)
    event = place.event()["id"]
    place.change(booking, status_code=70)
    place.settle()
    assert place.events() == []
    place.change(booking, status_code=20)
    place.settle()
    assert (place.event()["id"], place.event()["summary"]) == (event, "Overleg")
    at_rest(place)


# what happens to events in time


def test_an_all_day_event_is_from_local_midnight_until_local_midnight(place: Place) -> None:
    place.activate()
    place.draw("2026-11-24", "2026-11-26")
    place.settle()
    (booking,) = place.bookings()
    assert (booking["from"], booking["till"]) == ("2026-11-24T00:00", "2026-11-26T00:00")
    at_rest(place)


def test_an_event_made_all_day_or_timed_takes_its_booking_along(place: Place) -> None:
    place.activate()
    booking = from_event(place)
    event = place.event()["id"]
    place.drag(event, "2026-11-25", "2026-11-26")
    place.settle()
    assert place.booking(booking)["from"] == "2026-11-25T00:00"
    timed = when(LATER, LATER_END)
    start, end = ({**timed[side], "date": None} for side in ("start", "end"))
    place.edit(event, start=start, end=end)
    place.settle()
    assert (place.booking(booking)["from"], place.booking(booking)["till"]) == (LATER, LATER_END)
    at_rest(place)


def test_an_event_in_the_bin_that_comes_back_reopens_the_booking_that_we_cancelled(place: Place) -> None:
    place.activate()
    booking = from_event(place)
    event = place.event()["id"]
    place.delete(event)
    place.settle(300)
    assert place.booking(booking)["status_code"] == 70
    place.google("POST", f"calendars/{ROOM_A}/events/{event}/restore")
    place.settle()
    assert place.booking(booking)["status_code"] == 20
    at_rest(place)


def test_an_event_in_the_bin_that_comes_back_reopens_no_booking_that_a_person_cancelled(place: Place) -> None:
    place.activate()
    booking = from_event(place)
    event = place.event()["id"]
    place.change(booking, status_code=70)
    place.settle()
    place.google("POST", f"calendars/{ROOM_A}/events/{event}/restore")
    place.settle()
    assert place.booking(booking)["status_code"] == 70
    assert place.events() == []
    at_rest(place)


# events that are left alone


@pytest.mark.parametrize(
    "fields",
    [
        {"transparency": "transparent"},
        {"eventType": "workingLocation", "workingLocationProperties": {"type": "homeOffice", "homeOffice": {}}},
        {"eventType": "birthday"},
        {"eventType": "focusTime"},
        {"eventType": "outOfOffice"},
        {"attendees": [{"email": ROOM_A, "self": True, "responseStatus": "declined"}]},
    ],
    ids=["free", "working location", "birthday", "focus time", "out of office", "declined"],
)
def test_events_that_take_no_place_become_no_bookings(place: Place, fields: dict[str, Any]) -> None:
    place.activate()
    place.draw(START, END, **fields)
    place.draw("2026-11-24T12:00", "2026-11-24T13:00")
    place.settle()
    assert [each["from"] for each in place.bookings()] == ["2026-11-24T12:00"]


def test_an_event_that_stops_being_free_becomes_a_booking(place: Place) -> None:
    place.activate()
    event = place.draw(START, END, transparency="transparent")["id"]
    place.settle()
    assert place.bookings() == []
    place.edit(event, transparency="opaque")
    place.settle()
    assert len(place.bookings()) == 1


def test_a_guests_copy_becomes_no_booking_and_is_never_written(place: Place) -> None:
    rows = [{"object": "10", "calendar": PLANNER}]
    place.activate(mapping=rows, inbound=UPDATES)
    place.draw(START, END, GUEST, attendees=[{"email": PLANNER}])
    place.settle()
    assert len(place.events(PLANNER)) == 1
    assert place.bookings() == []
    assert "calendar.events.patch" not in place.calls()


@pytest.mark.parametrize("cancelled_as", ["the event left", "its booking ends"])
def test_a_guests_copy_is_not_where_an_event_went_that_left_all_mapped_calendars(
    place: Place, cancelled_as: str
) -> None:
    rows = [{"object": "10", "calendar": ROOM_A}, {"object": "12", "calendar": PLANNER}]
    place.activate(mapping=rows, inbound={**UPDATES, "object": "10"})
    booking = from_booking(place)
    event = place.event()["id"]
    place.edit(event, attendees=[{"email": PLANNER}])
    place.settle(60)
    place.google("POST", f"calendars/{ROOM_A}/events/{event}/move", {"destination": ROOM_B})
    if cancelled_as == "its booking ends":
        place.change(booking, status_code=70)
    place.settle(300)
    assert place.booking(booking)["status_code"] == 70
    assert [each["id"] for each in place.events(PLANNER)] == [event]  # the organizer's to remove
    at_rest(place)


def test_a_copy_of_our_event_is_a_new_event_although_it_carries_our_marks(place: Place) -> None:
    place.activate()
    booking = from_booking(place)
    event = place.event()["id"]
    copied = place.google("POST", f"calendars/{ROOM_A}/events/{event}/duplicate")
    place.drag(copied["id"], LATER, LATER_END)
    place.settle()
    assert {str(each["id"]): each["from"] for each in place.bookings()}.pop(booking) == START
    assert sorted(each["from"] for each in place.bookings()) == [START, LATER]
    assert place.booking(booking)["external_id"] == event
    at_rest(place)


def test_a_booking_of_an_activity_is_put_back_and_the_line_says_why(place: Place) -> None:
    place.ireserve(
        "POST",
        "events",
        {"id": "2026-11-24_1", "object_id": 10, "desc": "Yoga", "from": START, "till": END, "places": 9},
    )
    place.activate(outbound={"activities": "per_booking"}, inbound=UPDATES)
    booking = from_booking(place, event_id="2026-11-24_1")
    event = place.event()["id"]
    place.drag(event, LATER, LATER_END)
    place.settle()
    assert place.booking(booking)["from"] == START
    assert place.event()["start"]["dateTime"][:16] == START
    assert "activiteit" in place.event()["description"]
    place.delete(event)
    place.settle(300)
    assert place.booking(booking)["status_code"] == 20
    assert place.event()["id"] == event
    at_rest(place)
