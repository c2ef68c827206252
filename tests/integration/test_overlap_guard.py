"""The guard against double booking: what i-Reserve would let through is refused here, with the same line."""

from typing import Any

import pytest

from tests.harness.place import ROOM_A, Place

START, END = "2026-11-24T10:00", "2026-11-24T11:00"
LATER, LATER_END = "2026-11-24T14:00", "2026-11-24T15:00"
TAKEN = "⚠ 23-11-2026 09:00 i-Reserve weigert dit: de periode is niet beschikbaar."
MOVES = {"allow_booking_update": True}


def guarded(place: Place, guard: str = "auto", *, overrides: tuple[str, ...] = ("conflict",), **inbound: Any) -> None:
    """Activate with an API user who may save what conflicts, so that nobody but the guard refuses anything."""
    place.ireserve("PATCH", "users/api_calendar", {"overrides": list(overrides)})
    place.ireserve("PATCH", "dialect", {"check_knows_rights": True})
    place.activate(inbound={**MOVES, **inbound}, sync={"overlap_guard": guard})


def drawn(place: Place, start: str = START, end: str = END) -> tuple[str, str]:
    """Draw an event, and return its id and its booking's."""
    event = str(place.draw(start, end)["id"])
    place.settle()
    return event, next(str(each["id"]) for each in place.bookings() if each["external_id"] == event)


def dragged(place: Place, event: str) -> dict[str, Any]:
    """Drag an event to the afternoon, and return it as it then is."""
    place.drag(event, LATER, LATER_END)
    place.settle()
    return next(each for each in place.events() if each["id"] == event)


def asked(place: Place) -> list[str]:
    return [call for call in place.ireserve_calls() if call != "POST hook/booking/"]


def knows_that_it_validates(place: Place, *, validates: bool) -> None:
    place.api("PUT", "/7/dialect", {"write_validates": validates})


def test_an_event_that_is_dragged_onto_another_booking_goes_back_with_the_line_of_i_reserves_own_refusal(
    place: Place,
) -> None:
    guarded(place)
    place.book(LATER, LATER_END)
    event, booking = drawn(place)
    after = dragged(place, event)
    assert place.booking(booking)["from"] == START
    assert after["start"]["dateTime"].startswith(START)
    assert str(after["description"]).endswith(TAKEN)
    refused = [each for each in place.journal() if each["outcome"] == "refused"]
    assert [(each["why"], each["reason"]) for each in refused] == [("event_moved", "period_taken")]


def test_a_new_event_on_another_booking_stays_with_the_reason_and_becomes_none(place: Place) -> None:
    guarded(place)
    place.book(START, END)
    place.settle()
    event = place.draw(START, END)["id"]
    place.settle()
    assert len(place.bookings()) == 1
    assert str(next(each for each in place.events() if each["id"] == event)["description"]).endswith(TAKEN)


def test_without_the_guard_such_a_booking_would_stand_on_the_other_one(place: Place) -> None:
    guarded(place, "never")
    place.book(LATER, LATER_END)
    event, booking = drawn(place)
    place.forget()
    dragged(place, event)
    assert place.booking(booking)["from"] == LATER
    assert not [call for call in asked(place) if not call.startswith("GET booking/1")]


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-11-24T13:00", LATER), (LATER_END, "2026-11-24T16:00"), ("2026-11-24T16:00", "2026-11-24T17:00")],
)
def test_bookings_before_and_after_do_not_stand_in_the_way(place: Place, start: str, end: str) -> None:
    guarded(place)
    place.book(start, end)
    place.book(LATER, LATER_END, object_id=11)
    place.book(LATER, LATER_END, status_code=70)
    event, booking = drawn(place)
    dragged(place, event)
    assert place.booking(booking)["from"] == LATER


def test_a_booking_from_the_evening_before_that_lasts_over_midnight_stands_in_the_way(place: Place) -> None:
    guarded(place)
    place.book("2026-11-24T22:00", "2026-11-25T02:00")
    event, booking = drawn(place)
    place.drag(event, "2026-11-25T01:00", "2026-11-25T03:00")
    place.settle()
    assert place.booking(booking)["from"] == START


@pytest.mark.parametrize(
    ("thing", "until", "start", "end"),
    [(10, "2026-12-08", "2026-12-05T10:00", "2026-12-05T11:00"), (20, "2027-01-15", "2027-01-08", "2027-01-09")],
    ids=["a week of hours", "six weeks of days"],
)
@pytest.mark.parametrize("by_the_end", ["column", "error"])
def test_a_booking_that_began_long_before_stands_in_the_way_where_i_reserve_searches_by_the_end(
    place: Place, thing: int, until: str, start: str, end: str, by_the_end: str
) -> None:
    place.activate(mapping=[{"object": f"{thing}", "calendar": ROOM_A}], inbound=MOVES)
    place.ireserve("PATCH", "users/api_calendar", {"overrides": ["conflict"]})
    place.ireserve("PATCH", "dialect", {"check_knows_rights": True, "search_tilldate": by_the_end})
    place.book("2026-12-01T00:00", f"{until}T00:00", object_id=thing)
    place.settle()
    place.draw(start, end)
    place.settle()
    assert len(place.bookings()) == (1 if by_the_end == "column" else 2)


def test_a_stay_of_days_stands_in_the_way_of_another(place: Place) -> None:
    place.ireserve("PATCH", "users/api_calendar", {"overrides": ["conflict"]})
    place.ireserve("PATCH", "dialect", {"check_knows_rights": True})
    place.activate(mapping=[{"object": "20", "calendar": "room-a@group.calendar.google.com"}])
    place.book("2026-12-01", "2026-12-08", object_id=20)
    place.settle()
    place.draw("2026-12-05", "2026-12-06")
    place.settle()
    assert len(place.bookings()) == 1


@pytest.mark.parametrize(("places", "start"), [(3, LATER), (2, START)])
def test_as_many_bookings_fit_as_the_object_has_places(place: Place, places: int, start: str) -> None:
    place.ireserve("PATCH", "objects/10", {"places": places})
    guarded(place)
    place.book(LATER, LATER_END, number=2)
    event, booking = drawn(place)
    dragged(place, event)
    assert place.booking(booking)["from"] == start


def test_the_guard_is_off_where_the_probe_found_that_i_reserve_validates_and_costs_no_call_then(place: Place) -> None:
    guarded(place, overrides=())
    knows_that_it_validates(place, validates=True)
    place.forget()
    event, booking = drawn(place)
    assert [call for call in asked(place) if call != f"GET booking/{booking}"] == [
        "GET booking/filter",
        "POST booking/check",
    ]
    place.forget()
    dragged(place, event)
    assert set(asked(place)) == {f"GET booking/{booking}"}


def test_the_guard_costs_two_calls_where_nothing_stands_and_two_more_where_something_does(place: Place) -> None:
    guarded(place)
    other = place.book(LATER, LATER_END)
    place.settle()
    place.forget()
    event, booking = drawn(place)
    looks = ("GET booking/filter", "POST booking/check", "GET object/search")
    assert [call for call in asked(place) if call in looks] == [
        "GET booking/filter",  # whether the event has a booking already
        "POST booking/check",
        "GET booking/filter",
        "GET booking/filter",  # what began days before
    ]
    place.forget()
    dragged(place, event)
    added = [call for call in asked(place) if call != f"GET booking/{booking}"]
    assert added == ["GET booking/filter", "GET object/search", f"GET booking/{other}"]


def test_always_looks_also_where_i_reserve_is_known_to_validate(place: Place) -> None:
    guarded(place, "always")
    knows_that_it_validates(place, validates=True)
    place.book(LATER, LATER_END)
    event, booking = drawn(place)
    dragged(place, event)
    assert place.booking(booking)["from"] == START


def test_a_person_is_let_through_where_validation_errors_are_ignored_and_the_journal_says_so(place: Place) -> None:
    guarded(place, ignore_validation_errors_on_update=True)
    place.book(LATER, LATER_END)
    event, booking = drawn(place)
    dragged(place, event)
    assert place.booking(booking)["from"] == LATER
    moved = next(each for each in place.journal() if each["why"] == "event_moved")
    assert (moved["outcome"], moved["despite"]) == ("done", "period_taken")
    page = place.request(
        "GET", "/console/integrations/7/journal", headers={"Authorization": "Bearer console-key-of-the-tests"}
    ).text
    assert "Toch geschreven, want validatiefouten worden genegeerd: de periode is niet beschikbaar" in page


def test_a_new_event_is_never_let_through(place: Place) -> None:
    guarded(place, ignore_validation_errors_on_update=True)
    place.book(START, END)
    place.settle()
    place.draw(START, END)
    place.settle()
    assert len(place.bookings()) == 1


def test_an_event_for_another_room_is_refused_where_that_is_taken(place: Place) -> None:
    room_b = "room-b@group.calendar.google.com"
    guarded(place, allow_object_change=True, follow="all_mapped")
    place.book(START, END, object_id=11)
    event, booking = drawn(place)
    move = f"calendars/room-a@group.calendar.google.com/events/{event}/move"
    place.google("POST", move, {"destination": room_b})
    place.settle()
    assert place.booking(booking)["object_id"] == 10
    assert [each["id"] for each in place.events()] == [event]


def test_where_i_reserve_cannot_search_by_object_the_rows_tell(place: Place) -> None:
    guarded(place)
    place.ireserve("PATCH", "dialect", {"search_product": ""})
    place.book(LATER, LATER_END)
    place.book(LATER, LATER_END, object_id=11)
    event, booking = drawn(place)
    dragged(place, event)
    assert place.booking(booking)["from"] == START


def test_what_cannot_be_read_is_not_written_but_tried_again(place: Place) -> None:
    guarded(place)
    event, booking = drawn(place)
    place.settle(30)
    place.ireserve("POST", "faults", {"method": "GET", "path": "booking/filter", "status": 503, "times": 4})
    place.drag(event, LATER, LATER_END)
    place.settle(3)
    assert place.booking(booking)["from"] == START
    place.settle(300)
    assert place.booking(booking)["from"] == LATER
