"""The thinnest slice: a booking stands in the calendar, follows its changes, and goes."""

from tests.harness.place import ROOM_A, ROOM_B, Place


def test_a_new_booking_stands_in_the_calendar_of_its_object(place: Place) -> None:
    place.activate()
    booking = place.book()
    place.settle()
    event = place.event(ROOM_A)
    assert event["summary"] == f"Zaal A - {booking}"
    assert event["start"]["dateTime"] == "2026-11-24T10:00:00+01:00"
    assert place.booking(booking)["external_id"] == event["id"]
    assert place.violations() == []


def test_making_costs_one_call_to_google_and_two_to_i_reserve(place: Place) -> None:
    place.activate()
    booking = place.book()
    place.forget()
    place.do_one()
    assert place.calls() == ["calendar.events.insert"]
    assert place.ireserve_calls() == [f"GET booking/{booking}", "POST hook/booking/"]


def test_a_new_time_costs_one_call_and_its_echoes_write_nothing(place: Place) -> None:
    place.activate()
    booking = place.book()
    place.settle()
    place.forget()
    place.change(booking, start="2026-11-24T14:00", end="2026-11-24T15:00")
    place.settle()
    assert [call for call in place.calls() if call != "calendar.events.list"] == ["calendar.events.patch"]
    assert place.event()["start"]["dateTime"] == "2026-11-24T14:00:00+01:00"


def test_another_object_moves_the_event_to_its_calendar(place: Place) -> None:
    place.activate()
    booking = place.book()
    place.settle()
    place.forget()
    place.change(booking, object_id=11)
    place.settle()
    assert [call for call in place.calls() if call != "calendar.events.list"] == [
        "calendar.events.move",
        "calendar.events.patch",
    ]
    assert place.events(ROOM_A) == []
    assert place.event(ROOM_B)["summary"] == f"Zaal B - {booking}"
    assert [entry["why"] for entry in place.journal()].count("put_back") == 0


def test_a_status_of_delete_on_status_removes_the_event(place: Place) -> None:
    place.activate()
    booking = place.book()
    place.settle()
    place.change(booking, status_code=70)
    place.settle()
    assert place.events() == []
