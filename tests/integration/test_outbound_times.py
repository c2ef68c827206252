"""When: zones, summer time, whole days, and the window."""

import pytest

from tests.harness.deeds import active, changed, made, writes
from tests.harness.place import ROOM_A, Place

BUNGALOW = [{"object": "20", "calendar": ROOM_A}]


def when(event: dict[str, dict[str, str]]) -> tuple[str, str]:
    return tuple(event[side].get("date") or event[side]["dateTime"] for side in ("start", "end"))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        ("2027-03-27T23:00", "2027-03-28T04:00", ("2027-03-27T23:00:00+01:00", "2027-03-28T04:00:00+02:00")),
        ("2027-07-01T10:00", "2027-07-01T11:00", ("2027-07-01T10:00:00+02:00", "2027-07-01T11:00:00+02:00")),
        ("2027-10-30T22:00", "2027-10-31T04:00", ("2027-10-30T22:00:00+02:00", "2027-10-31T04:00:00+01:00")),
        ("2026-11-24T22:00", "2026-11-25T02:00", ("2026-11-24T22:00:00+01:00", "2026-11-25T02:00:00+01:00")),
    ],
)
def test_local_times_hold_over_midnight_and_summer_time(
    place: Place, start: str, end: str, shown: tuple[str, str]
) -> None:
    active(place)
    _, event = made(place, start=start, end=end)
    assert when(event) == shown


def test_a_booking_that_takes_no_time_is_an_event_of_a_minute_and_moves_without_growing(place: Place) -> None:
    place.ireserve("PATCH", "objects/10", {"takes_no_time": True})
    active(place, {"inbound": {"allow_booking_update": True}})
    booking, event = made(place, start="2026-11-24T10:00", end="2026-11-24T10:00")
    assert when(event) == ("2026-11-24T10:00:00+01:00", "2026-11-24T10:01:00+01:00")
    place.drag(event["id"], "2026-11-24T14:00", "2026-11-24T14:01")
    place.settle()
    assert (place.booking(booking)["from"], place.booking(booking)["till"]) == ("2026-11-24T14:00", "2026-11-24T14:00")
    place.forget()
    place.api("POST", "/7/resync")
    place.settle()
    assert writes(place) == []
    place.drag(event["id"], "2026-11-24T14:00", "2026-11-24T14:30")
    place.settle()
    assert place.booking(booking)["till"] == "2026-11-24T14:30"
    assert place.api("GET", "/7/parked") == []


@pytest.mark.parametrize(
    ("rule", "shown"),
    [("exclusive", ("2026-12-01", "2026-12-04")), ("inclusive", ("2026-12-01", "2026-12-05"))],
)
def test_day_end_says_whether_the_last_day_counts(place: Place, rule: str, shown: tuple[str, str]) -> None:
    place.ireserve("PATCH", "dialect", {"day_end": rule})
    active(place, {"mapping": BUNGALOW, "sync": {"backfill": "none", "day_end": rule}})
    booking, event = made(place, object_id=20, start="2026-12-01", end="2026-12-04")
    assert when(event) == shown
    changed(place, booking, start="2026-12-02", end="2026-12-03")
    assert when(place.event())[0] == "2026-12-02"
    place.forget()
    place.api("POST", "/7/resync")
    place.settle()
    assert "calendar.events.patch" not in place.calls()


def inclusive(place: Place) -> None:
    place.ireserve("PATCH", "dialect", {"day_end": "inclusive"})
    parts = {"mapping": BUNGALOW, "inbound": {"object": "20"}}
    active(place, {**parts, "sync": {"backfill": "none", "day_end": "inclusive"}})


def test_a_single_day_whose_end_is_inclusive_is_shown_as_its_event(place: Place) -> None:
    inclusive(place)
    _, event = made(place, object_id=20, start="2026-12-01", end="2026-12-01")
    assert when(event) == ("2026-12-01", "2026-12-02")
    (room,) = place.api("GET", "/7/day?date=2026-12-01")["rooms"]
    assert [each["relation"] for each in room["found"]] == ["same"]


def test_a_single_day_whose_end_is_inclusive_is_left_out_until_it_changes(place: Place) -> None:
    place.ireserve("PATCH", "dialect", {"day_end": "inclusive"})
    booking = place.book(object_id=20, start="2026-12-01", end="2026-12-01")
    inclusive(place)
    place.settle()
    place.api("POST", "/7/resync")
    place.settle()
    assert place.events() == []
    changed(place, booking, start="2026-12-02", end="2026-12-02")
    assert when(place.event()) == ("2026-12-02", "2026-12-03")


def test_a_single_day_whose_end_is_inclusive_stands_in_the_way_of_another(place: Place) -> None:
    place.ireserve("PATCH", "users/api_calendar", {"overrides": ["conflict"]})
    place.ireserve("PATCH", "dialect", {"check_knows_rights": True})
    inclusive(place)
    place.book(object_id=20, start="2026-12-01", end="2026-12-01", status_code=99)
    place.draw("2026-12-01", "2026-12-02")
    place.draw("2026-12-02", "2026-12-03")
    place.settle()
    taken, free = sorted(place.events(), key=lambda each: str(each["start"]["date"]))
    assert "de periode is niet beschikbaar" in taken["description"]
    assert free["id"] in {each["external_id"] for each in place.bookings()}


def test_day_end_left_out_is_exclusive(place: Place) -> None:
    active(place, {"mapping": BUNGALOW})
    _, event = made(place, object_id=20, start="2026-12-01", end="2026-12-02")
    assert when(event) == ("2026-12-01", "2026-12-02")


def test_a_booking_that_changes_from_days_to_hours_shows_hours(place: Place) -> None:
    active(place, {"mapping": [*BUNGALOW, {"object": "10", "calendar": ROOM_A}], "inbound": {"object": "10"}})
    booking, _ = made(place, object_id=20, start="2026-12-01", end="2026-12-02")
    changed(place, booking, object_id=10, start="2026-12-01T10:00", end="2026-12-01T12:00")
    assert when(place.event()) == ("2026-12-01T10:00:00+01:00", "2026-12-01T12:00:00+01:00")


@pytest.mark.parametrize(
    ("day", "there"), [("2026-08-24", False), ("2026-09-01", True), ("2027-11-22", True), ("2027-11-25", False)]
)
def test_window_days_left_out_is_90_back_and_365_ahead(place: Place, day: str, *, there: bool) -> None:
    active(place)
    place.book(f"{day}T10:00", f"{day}T11:00")
    place.settle()
    assert bool(place.events()) is there


@pytest.mark.parametrize(("day", "there"), [("2026-11-21", False), ("2026-11-24", True), ("2026-12-05", False)])
def test_window_days_bound_what_becomes_an_event(place: Place, day: str, *, there: bool) -> None:
    active(place, {"sync": {"backfill": "none", "window_days": [-1, 7]}})
    place.book(f"{day}T10:00", f"{day}T11:00")
    place.settle()
    assert bool(place.events()) is there


def test_a_booking_that_moves_out_of_the_window_keeps_its_event_up_to_date(place: Place) -> None:
    active(place, {"sync": {"backfill": "none", "window_days": [-1, 7]}})
    booking, _ = made(place)
    changed(place, booking, start="2027-01-11T10:00", end="2027-01-11T11:00")
    assert when(place.event())[0] == "2027-01-11T10:00:00+01:00"
