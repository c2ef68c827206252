"""A booking that is gone, after a second read; and one that cannot be read, which is never gone."""

import pytest

from tests.harness.deeds import active, changed, made, why, writes
from tests.harness.place import ROOM_A, Place

BROKEN = [
    {"status": 500},
    {"status": 503},
    {"status": 502, "action": "html"},
    {"status": 200, "action": "html"},
    {"status": 404, "action": "html"},
    {"status": 200, "action": "garbage"},
    {"action": "reset"},
    {"status": 412},
    {"action": "delay", "seconds": 30},
]


def hint(place: Place, booking: str) -> None:
    """Let i-Reserve notify about a booking once more."""
    place.change(booking, remarks="opnieuw gemeld")


def test_a_booking_that_is_gone_loses_its_event_after_a_second_read(place: Place) -> None:
    place.ireserve("PATCH", "dialect", {"hook_on_delete": "booking_updated"})
    active(place)
    booking, _ = made(place)
    place.forget()
    place.ireserve("DELETE", f"bookings/{booking}")
    place.settle(60)
    assert place.events() == []
    assert why(place)[-1] == "booking_gone"
    assert place.ireserve_calls().count(f"GET booking/{booking}") >= 2


def test_a_booking_that_is_missing_for_one_read_only_keeps_its_event(place: Place) -> None:
    active(place)
    booking, event = made(place)
    place.ireserve("POST", "faults", {"method": "GET", "path": f"booking/{booking}", "status": 404, "times": 1})
    hint(place, booking)
    place.settle(60)
    assert place.event()["id"] == event["id"]


@pytest.mark.parametrize("answer", ["404", "null", "empty"])
def test_a_booking_that_is_gone_in_any_dialect_loses_its_event(place: Place, answer: str) -> None:
    place.ireserve("PATCH", "dialect", {"hook_on_delete": "booking_updated", "unknown_booking": answer})
    active(place)
    booking, _ = made(place)
    place.ireserve("DELETE", f"bookings/{booking}")
    place.settle(60)
    assert place.events() == []


def test_the_event_of_a_cancelled_booking_that_is_gone_is_removed_again_when_somebody_restores_it(place: Place) -> None:
    active(place)
    booking, event = made(place)
    place.change(booking, status_code=70)
    place.settle(60)
    place.ireserve("DELETE", f"bookings/{booking}", {"quiet": True})
    place.google("POST", f"calendars/{ROOM_A}/events/{event['id']}/restore", {})
    assert place.event()["id"] == event["id"]
    place.settle(60)
    assert place.events() == []


def test_a_booking_that_was_deleted_without_a_webhook_is_found_by_the_sweep(place: Place) -> None:
    active(place)
    booking, _ = made(place)
    place.ireserve("DELETE", f"bookings/{booking}")
    place.settle(60)
    assert place.event()
    place.api("POST", "/7/sweep")
    place.settle(60)
    assert place.events() == []


@pytest.mark.parametrize("fault", BROKEN, ids=lambda fault: "-".join(str(value) for value in fault.values()))
def test_a_booking_that_cannot_be_read_keeps_its_event_and_is_caught_up_with(
    place: Place, fault: dict[str, object]
) -> None:
    active(place)
    booking, event = made(place)
    place.ireserve("POST", "faults", {"method": "GET", "path": f"booking/{booking}$", "times": -1, **fault})
    place.change(booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.settle(120)
    assert place.event()["etag"] == event["etag"]
    assert place.booking(booking)["status_code"] == 20
    place.ireserve("DELETE", "faults")
    place.settle(700)
    if place.event()["etag"] == event["etag"]:  # parked: a person's retry
        items = place.api("GET", "/7/parked")
        place.api("POST", f"/7/parked/{items[0]['id']}/retry")
        place.settle()
    assert place.event()["start"]["dateTime"] == "2026-11-24T12:00:00+01:00"
    assert place.api("GET", "/7/parked") == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_login_stops_the_calls_keeps_the_event_and_is_caught_up_with(place: Place, status: int) -> None:
    active(place)
    booking, event = made(place)
    place.ireserve("POST", "faults", {"status": status, "times": -1})
    place.change(booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.settle(60)
    place.forget()
    hint(place, booking)
    place.settle(600)
    assert place.ireserve_calls() == []
    assert place.event()["etag"] == event["etag"]
    assert place.api("GET", "/7")["ireserve_refused"]
    place.ireserve("DELETE", "faults")
    place.save()
    place.settle(60)
    place.tick()
    place.settle(60)
    assert place.event()["start"]["dateTime"] == "2026-11-24T12:00:00+01:00"


def test_many_bookings_that_vanish_at_once_wait_for_a_person(place: Place) -> None:
    active(place)
    bookings = [place.book(f"2026-11-{day}T10:00", f"2026-11-{day}T11:00") for day in range(24, 30)]
    place.settle()
    for booking in bookings:
        place.ireserve("DELETE", f"bookings/{booking}")
    place.api("POST", "/7/sweep")
    place.settle(120)
    assert len(place.events()) >= len(bookings) - 4
    checks = {check["name"] for check in place.api("GET", "/7/diagnostics")["checks"]}
    assert "held" in checks


def test_many_bookings_cancelled_by_their_status_are_not_held(place: Place) -> None:
    active(place)
    bookings = [place.book(f"2026-11-{day}T10:00", f"2026-11-{day}T11:00") for day in range(24, 30)]
    place.settle()
    for booking in bookings:
        changed(place, booking, status_code=70)
    assert place.events() == []


def test_a_webhook_about_a_booking_that_never_was_makes_nothing(place: Place) -> None:
    active(place)
    booking = place.book(quiet=True)
    place.change(booking, remarks="x")
    place.ireserve("DELETE", f"bookings/{booking}")
    place.forget()
    place.settle(60)
    assert writes(place) == []
    assert place.events() == []
