"""Overlaps that stand already: listed on demand for the coming two weeks, and each night for the whole window."""

from datetime import timedelta

import pytest

from tests.harness.place import ROOM_A, Place
from tests.harness.tab import Tab


def crowded(place: Place) -> list[str]:
    """Book one room so that two begin while others stand, and another that only looks so."""
    times = (("09:00", "12:00"), ("10:00", "11:00"), ("11:30", "12:30"), ("12:30", "13:00"))
    made = [place.book(f"2026-11-24T{start}", f"2026-11-24T{end}") for start, end in times]
    place.book("2026-11-24T09:00", "2026-11-24T10:00", object_id=11)
    place.book("2026-11-24T09:30", "2026-11-24T10:00", object_id=11, status_code=70)
    return made


def searched(place: Place) -> list[dict[str, object]]:
    place.api("POST", "/7/sweep")
    place.settle(120)
    return list(place.api("GET", "/7/overlaps")["found"])


def test_diagnostics_name_the_bookings_that_stand_on_others(place: Place) -> None:
    place.activate()
    first, second, third, _ = crowded(place)
    place.settle()
    found = [each for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "overlap"]
    assert [(each["level"], each["subject"]) for each in found] == [("amber", ROOM_A)]
    assert f"2 (24-11-2026: {first}, {second}; 24-11-2026: {first}, {third})" in found[0]["says"]
    assert "none seen" in Tab(place).seen("/console/integrations/7/diagnostics")


def test_diagnostics_name_a_booking_that_began_days_ago_and_lasts(place: Place) -> None:
    place.activate()
    stay = place.book("2026-11-20T16:00", "2026-11-27T10:00")
    other = place.book("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    found = [each["says"] for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "overlap"]
    assert len(found) == 1
    assert f"(25-11-2026: {stay}, {other})" in found[0]


def test_where_nobody_knows_the_places_they_stay_grey(place: Place) -> None:
    place.activate()
    crowded(place)
    place.settle()
    place.ireserve("POST", "faults", {"path": "object/search", "status": 404, "times": -1})
    found = [each for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "overlap"]
    assert [each["level"] for each in found] == ["grey"]


def test_as_many_as_the_object_has_places_are_no_overlap(place: Place) -> None:
    place.ireserve("PATCH", "objects/10", {"places": 2})
    place.activate()
    crowded(place)
    assert searched(place) == []


def test_a_search_lists_them_over_the_whole_window_also_from_one_week_into_the_next(place: Place) -> None:
    place.activate()
    stay = place.book("2027-03-06T20:00", "2027-03-08T10:00")
    other = place.book("2027-03-08T09:00", "2027-03-08T11:00")
    place.book("2026-11-20T09:00", "2026-11-20T11:00", quiet=True)
    place.book("2026-11-20T09:00", "2026-11-20T11:00", quiet=True)  # over already
    assert searched(place) == [{"object_id": "10", "day": "2027-03-08", "bookings": [stay, other], "places": 1}]


def test_whole_days_stand_on_each_other_also_on_a_last_day_that_is_inclusive(place: Place) -> None:
    place.ireserve("PATCH", "users/api_calendar", {"overrides": ["conflict"]})
    place.ireserve("PATCH", "dialect", {"day_end": "inclusive", "validates": False})
    place.activate(
        mapping=[{"object": "20", "calendar": ROOM_A}], inbound={"object": "20"}, sync={"day_end": "inclusive"}
    )
    place.ireserve("POST", "faults", {"path": "object/search", "status": 404, "times": -1})  # the day is full
    stay, day = (place.book(start, "2027-03-08", object_id=20) for start in ("2027-03-06", "2027-03-08"))
    assert searched(place) == [{"object_id": "20", "day": "2027-03-08", "bookings": [stay, day], "places": None}]


@pytest.mark.parametrize("places", [1, 2])
def test_an_object_that_is_booked_by_whole_days_has_the_places_of_its_other_days(place: Place, places: int) -> None:
    place.ireserve("PATCH", "users/api_calendar", {"overrides": ["conflict"]})
    place.ireserve("PATCH", "objects/20", {"places": places})
    place.ireserve("PATCH", "dialect", {"validates": False})
    place.activate(mapping=[{"object": "20", "calendar": ROOM_A}], inbound={"object": "20"})
    first, second = (place.book(start, "2026-12-08", object_id=20) for start in ("2026-11-24", "2026-11-25"))
    found = [{"object_id": "20", "day": "2026-11-25", "bookings": [first, second], "places": 1}]
    assert searched(place) == (found if places == 1 else [])


def test_each_night_lists_them_and_a_log_line_tells(place: Place) -> None:
    place.activate()
    assert place.api("GET", "/7/overlaps") == {"at": None, "found": [], "more": 0}
    first, second, third, _ = crowded(place)
    place.settle()
    place.now += timedelta(hours=19)
    place.tick()
    place.settle(300)
    listed = place.api("GET", "/7/overlaps")
    assert [each["bookings"] for each in listed["found"]] == [[first, second], [first, third]]
    assert [each["found"] for each in place.log if each["event"] == "overlaps"] == [2]


def test_a_search_costs_one_call_for_each_object_that_has_some_and_none_without(place: Place) -> None:
    place.activate()
    place.book("2026-11-24T09:00", "2026-11-24T10:00")
    place.settle()
    place.forget()
    assert searched(place) == []
    assert "GET object/search" not in place.ireserve_calls()
    crowded(place)
    place.settle()
    place.forget()
    assert searched(place)
    assert place.ireserve_calls().count("GET object/search") == 1
