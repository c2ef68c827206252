"""The round trip times each step, leaves nothing behind, and touches i-Reserve only where an object is named."""

from typing import Literal

import pytest

from sandbox.google.world.faults import Fault
from tests.harness.place import ROOM_A, ROOM_B, Place


def names(legs: list[dict[str, str]]) -> list[str]:
    return [leg["name"] for leg in legs]


def test_the_round_trip_makes_moves_and_removes_a_test_event_and_no_booking(place: Place) -> None:
    place.activate()
    place.forget()
    legs = place.api("POST", "/7/round-trip")
    assert names(legs)[:4] == ["make_event", "read_event", "move_event", "remove_event"]
    assert all(not leg["trouble"] for leg in legs)
    place.settle(300)
    assert place.events(ROOM_A) == []
    assert place.bookings() == []


def test_a_test_event_that_a_crash_left_behind_becomes_no_booking(place: Place) -> None:
    place.activate()
    place.google("POST", "faults", {"method": "DELETE", "path": "/events/", "status": 500, "times": 1})
    legs = place.api("POST", "/7/round-trip", {"calendar": ROOM_A})
    assert next(leg for leg in legs if leg["name"] == "remove_event")["trouble"]
    place.settle(300)
    assert len(place.events(ROOM_A)) == 1
    assert place.bookings() == []


@pytest.mark.parametrize("action", ["reset", "status"])
def test_a_test_event_whose_making_was_not_answered_for_is_removed(
    place: Place, action: Literal["reset", "status"]
) -> None:
    place.activate()
    lost = Fault("POST", "/events", 503, "backendError", 9, "after", action)
    place.world.faults.planted.append(lost)
    legs = place.api("POST", "/7/round-trip", {"calendar": ROOM_A})
    assert [leg["name"] for leg in legs if leg["trouble"]] == ["make_event"]
    assert place.events(ROOM_A) == []


def test_where_a_calendar_takes_no_event_there_is_nothing_to_remove(place: Place) -> None:
    place.activate()
    place.google(
        "POST", "faults", {"method": "POST", "path": "/events", "status": 403, "reason": "forbidden", "times": 9}
    )
    legs = place.api("POST", "/7/round-trip", {"calendar": ROOM_A})
    assert names(legs) == ["make_event"]


def test_with_an_object_named_a_test_booking_goes_the_same_way(place: Place) -> None:
    place.activate(mapping=[{"object": "10", "calendar": ROOM_A}, {"object": "11", "calendar": ROOM_B}])
    legs = place.api("POST", "/7/round-trip", {"object": "12"})
    assert names(legs)[-3:] == ["make_booking", "move_booking", "cancel_booking"]
    assert [booking["status_code"] for booking in place.bookings()] == [70]


@pytest.mark.parametrize("at", ["before", "after"])
def test_a_test_booking_whose_making_was_not_answered_for_is_cancelled(place: Place, at: str) -> None:
    place.activate(mapping=[{"object": "10", "calendar": ROOM_A}, {"object": "11", "calendar": ROOM_B}])
    other = place.book("2026-11-24T03:00", "2026-11-24T03:15", object_id=11)
    place.ireserve("POST", "faults", {"method": "POST", "path": "hook/booking", "status": 503, "when": at})
    legs = place.api("POST", "/7/round-trip", {"object": "12"})
    assert [leg["name"] for leg in legs if leg["trouble"]] == ["make_booking"]
    assert legs[-1]["name"] == "cancel_booking"
    made = [each for each in place.bookings() if str(each["id"]) != other]
    assert [each["status_code"] for each in made] == ([70] if at == "after" else [])
    assert place.booking(other)["status_code"] == 20


def test_an_unmapped_calendar_is_refused(place: Place) -> None:
    place.activate()
    place.api("POST", "/7/round-trip", {"calendar": "else@group.calendar.google.com"}, status=409)
