"""Combined spaces: a booking of the hall stands in the calendars of its halves too, as occupied."""

from typing import Any

import pytest

from functions.application.setting_up import combined_spaces
from tests.harness.place import ROOM_A, ROOM_B, Place, example
from tests.harness.tab import Tab

HALL = "hall@group.calendar.google.com"
START, END = "2026-11-24T10:00", "2026-11-24T11:00"
LATER, LATER_END = "2026-11-24T14:00", "2026-11-24T15:00"
MAPPING: list[dict[str, Any]] = [
    {"object": "12", "calendar": HALL, "also": [ROOM_A, ROOM_B]},
    {"object": "10", "calendar": ROOM_A},
    {"object": "11", "calendar": ROOM_B},
]


def combined(place: Place, **more: Any) -> None:
    place.google("POST", "calendars", {"id": HALL, "account": "planner@example.org"})
    place.activate(**{"mapping": MAPPING, "inbound": {"follow": "all_mapped", "allow_booking_update": True}, **more})


def booked(place: Place) -> str:
    booking = place.book(START, END, object_id=12, remarks="Vertrouwelijk")
    place.settle()
    return booking


def starts(place: Place, calendar: str) -> list[str]:
    return [str(each["start"]["dateTime"])[:16] for each in place.events(calendar)]


def assert_at_rest(place: Place) -> None:
    place.settle(300)
    assert place.api("GET", "/7/plan?refresh=1")["counts"] == {}


def test_a_booking_of_the_hall_stands_in_its_halves_as_occupied_and_shows_nothing_of_it(place: Place) -> None:
    combined(place)
    booked(place)
    assert starts(place, HALL) == starts(place, ROOM_A) == starts(place, ROOM_B) == [START]
    for calendar in (ROOM_A, ROOM_B):
        assert place.event(calendar)["summary"] == "Bezet"
        assert "Vertrouwelijk" not in str(place.event(calendar))
    assert len(place.bookings()) == 1
    assert_at_rest(place)


def test_the_occupied_events_move_with_the_booking_and_go_with_it(place: Place) -> None:
    combined(place)
    booking = booked(place)
    place.change(booking, start=LATER, end=LATER_END)
    place.settle()
    assert starts(place, ROOM_A) == starts(place, ROOM_B) == [LATER]
    place.change(booking, status_code=70)
    place.settle()
    assert [place.events(each) for each in (HALL, ROOM_A, ROOM_B)] == [[], [], []]
    place.change(booking, status_code=20)
    place.settle()
    assert starts(place, ROOM_A) == starts(place, ROOM_B) == [LATER]
    assert_at_rest(place)


def test_they_follow_a_person_who_drags_the_event_of_the_booking(place: Place) -> None:
    combined(place)
    booking = booked(place)
    place.drag(place.event(HALL)["id"], LATER, LATER_END, HALL)
    place.settle()
    assert place.booking(booking)["from"] == LATER
    assert starts(place, ROOM_A) == starts(place, ROOM_B) == [LATER]


def test_one_that_a_person_moves_goes_back_with_the_reason_and_the_booking_stays(place: Place) -> None:
    combined(place)
    booking = booked(place)
    place.drag(place.event(ROOM_A)["id"], LATER, LATER_END)
    place.settle()
    assert place.booking(booking)["from"] == START
    assert starts(place, ROOM_A) == [START]
    assert "bezet door een reservering in een andere agenda" in place.event(ROOM_A)["description"]
    assert len(place.bookings()) == 1


def test_one_that_a_person_deletes_comes_back_with_the_reason_and_the_booking_stays(place: Place) -> None:
    combined(place)
    booking = booked(place)
    place.delete(place.event(ROOM_A)["id"])
    place.settle(300)
    assert place.booking(booking)["status_code"] == 20
    assert starts(place, ROOM_A) == [START]
    assert "bezet door een reservering in een andere agenda" in place.event(ROOM_A)["description"]
    assert len(place.bookings()) == 1
    assert_at_rest(place)


def test_one_that_a_person_takes_to_another_calendar_comes_back(place: Place) -> None:
    combined(place)
    booked(place)
    event = place.event(ROOM_A)["id"]
    place.google("POST", f"calendars/{ROOM_A}/events/{event}/move", {"destination": HALL})
    place.settle(60)
    assert starts(place, ROOM_A) == [START]
    assert starts(place, HALL) == [START]
    assert len(place.bookings()) == 1


def test_one_taken_elsewhere_goes_back_even_if_its_own_calendar_tells_first(place: Place) -> None:
    """It was made again where it belongs, and stayed where the person had put it, of no booking."""
    rows = [
        {"object": "10", "calendar": ROOM_A, "before_minutes": 15, "around": "events"},
        {"object": "11", "calendar": ROOM_B},
    ]
    place.activate(mapping=rows)
    place.book(START, END)
    place.settle()
    preparation = min(place.events(ROOM_A), key=lambda each: str(each["start"]["dateTime"]))["id"]
    place.google("POST", f"calendars/{ROOM_A}/events/{preparation}/move", {"destination": ROOM_B})
    place.settle(300)
    assert place.events(ROOM_B) == []
    assert sorted(starts(place, ROOM_A)) == [f"{START[:10]}T09:45", START]
    assert_at_rest(place)


def test_one_whose_deletion_google_did_not_tell_comes_back_at_night(place: Place) -> None:
    combined(place)
    booked(place)
    place.google("POST", "tombstones", {"lose": True})
    place.delete(place.event(ROOM_A)["id"])
    place.now = place.now.replace(hour=23)
    place.settle(60)
    for _ in range(4):
        place.pass_time(3600)
        place.tick()
        place.settle(300)
    assert starts(place, ROOM_A) == [START]


def test_a_booking_that_is_gone_takes_them_along_after_the_second_read(place: Place) -> None:
    combined(place)
    booking = booked(place)
    place.ireserve("DELETE", f"bookings/{booking}")
    place.api("POST", "/7/sweep")
    place.settle(300)
    assert [place.events(each) for each in (HALL, ROOM_A, ROOM_B)] == [[], [], []]


def test_a_booking_of_another_object_has_none_any_more(place: Place) -> None:
    combined(place)
    booking = booked(place)
    place.change(booking, object_id=10)
    place.settle()
    assert [starts(place, each) for each in (HALL, ROOM_A, ROOM_B)] == [[], [START], []]
    assert_at_rest(place)


def test_changed_settings_make_and_remove_them_after_the_plan(place: Place) -> None:
    combined(place)
    booked(place)
    without = [{**MAPPING[0], "also": [ROOM_A]}, *MAPPING[1:]]
    body = example(mapping=MAPPING, inbound={"follow": "all_mapped", "allow_booking_update": True})
    plan = place.api("PUT", "/7", {**body, "mapping": without}, status=409)["plan"]
    assert plan["counts"] == {"remove": 1}
    place.api("PUT", "/7?apply=all", {**body, "mapping": without})
    place.settle(120)
    assert [starts(place, each) for each in (HALL, ROOM_A, ROOM_B)] == [[START], [START], []]
    place.api("PUT", "/7?apply=all", body)
    place.settle(120)
    assert starts(place, ROOM_B) == [START]


def test_one_that_is_brought_back_from_the_bin_after_the_booking_ended_goes_again(place: Place) -> None:
    combined(place)
    booking = booked(place)
    event = place.event(ROOM_A)["id"]
    place.change(booking, status_code=70)
    place.settle()
    place.edit(event, status="confirmed")
    place.settle(60)
    assert place.events(ROOM_A) == []
    assert place.booking(booking)["status_code"] == 70


def test_each_costs_one_write_and_an_unchanged_one_none(place: Place) -> None:
    combined(place)
    place.google("POST", "notifications", {"mode": "drop"})
    place.forget()
    booking = booked(place)
    assert place.calls().count("calendar.events.insert") == 3
    assert {*place.calls()} <= {"calendar.events.insert", "calendar.events.list"}
    place.settle(60)
    place.forget()
    place.change(booking, remarks="Iets anders")
    place.settle()
    assert place.calls().count("calendar.events.patch") == 1
    place.forget()
    place.change(booking, start=LATER, end=LATER_END)
    place.settle()
    assert place.calls().count("calendar.events.patch") == 3


def test_removing_the_integration_removes_them_too(place: Place) -> None:
    combined(place)
    booked(place)
    place.api("POST", "/7/deactivate")
    place.api("DELETE", "/7?events=remove")
    assert [place.events(each) for each in (HALL, ROOM_A, ROOM_B)] == [[], [], []]


def test_the_mapping_screen_asks_for_further_calendars_and_keeps_what_it_does_not_ask(place: Place) -> None:
    combined(place)
    tab = Tab(place)
    here = "/console/integrations/7/mapping"
    page = tab.seen(here)
    assert "Also stands as occupied in" in page
    assert place.api("GET", "/7")["mapping"][0]["also"] == [ROOM_A, ROOM_B]
    tab.change(here, **{"mapping.0.also": [ROOM_B]})
    tab.post("/console/integrations/7/apply", apply="all")
    place.settle(120)
    assert place.api("GET", "/7")["mapping"][0]["also"] == [ROOM_B]


def test_an_audit_takes_them_for_what_they_are(place: Place) -> None:
    combined(place)
    booked(place)
    place.api("POST", "/7/audit")
    place.settle(120)
    assert place.api("GET", "/7/audit")["found"] == 0


def test_the_mapping_screen_proposes_what_shares_a_resource_in_i_reserve(place: Place) -> None:
    for number, resources in ((10, [1]), (11, [2]), (12, [1, 2])):
        place.ireserve("PATCH", f"objects/{number}", {"resources": resources})
    combined(place, mapping=[{**row, "also": []} for row in MAPPING])
    here, tab = "/console/integrations/7/mapping", Tab(place)
    page = tab.change(here, do="combine")
    assert "4 further calendars are proposed below" in page.text
    assert page.text.count(">suggested</span>") == 3, "and the rows that got some are marked"
    assert all(row["also"] == [] for row in place.api("GET", "/7")["mapping"]), "nothing is saved"
    place.forget()
    tab.get(here)
    assert not [call for call in place.ireserve_calls() if call.startswith("GET object/")]
    chosen: dict[str, str | list[str]] = {"mapping.0.also": [ROOM_A, ROOM_B], "mapping.1.also": [HALL], "apply": "all"}
    tab.change(here, **chosen)
    assert [row["also"] for row in place.api("GET", "/7")["mapping"]] == [[ROOM_A, ROOM_B], [HALL], []]


def test_what_is_proposed_is_asked_for_no_longer_than_a_request_may_take(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    combined(place, mapping=[{**row, "also": []} for row in MAPPING])
    monkeypatch.setattr(combined_spaces, "AT_ONCE", 1)
    place.ireserve("POST", "faults", {"path": "object/", "action": "delay", "seconds": 10, "times": -1})
    page = Tab(place).change("/console/integrations/7/mapping", do="combine")
    assert "too slowly to be asked about all objects (2 of 3)" in page.text


def found(place: Place) -> list[tuple[str, str, str]]:
    """Make an audit, and return what it found."""
    place.api("POST", "/7/audit", status=202)
    place.settle(60)
    made = place.api("GET", "/7/audit")["findings"]
    return sorted((each["kind"], each["booking_id"], each["calendar"]) for each in made)


def deaf(place: Place) -> None:
    """From now on nothing that happens reaches the product."""
    place.google("POST", "notifications", {"mode": "drop"})
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})


def test_the_audit_finds_one_that_is_missing_one_that_was_moved_and_one_whose_booking_is_gone(place: Place) -> None:
    combined(place)
    booking = booked(place)
    assert found(place) == []
    deaf(place)
    place.delete(place.event(ROOM_A)["id"], ROOM_A)
    place.drag(place.event(ROOM_B)["id"], LATER, LATER_END, ROOM_B)
    assert found(place) == [("missing_occupied", booking, ROOM_A), ("other_time", booking, ROOM_B)]
    place.ireserve("DELETE", f"bookings/{booking}")
    assert found(place) == [("gone", booking, HALL), ("gone", booking, ROOM_B)]


def test_the_audit_finds_missing_time_for_preparation_and_asks_nothing_more_where_all_stands(place: Place) -> None:
    rows = [{**MAPPING[0], "around": "events", "before_minutes": 15, "after_minutes": 30}, *MAPPING[1:]]
    combined(place, mapping=rows)
    booking = booked(place)
    place.settle(300)
    place.forget()
    assert found(place) == []
    assert [each for each in place.ireserve_calls() if each == f"GET booking/{booking}"] == [f"GET booking/{booking}"]
    deaf(place)
    early = next(each for each in place.events(ROOM_A) if each["summary"] == "Voorbereiding")
    place.delete(early["id"], ROOM_A)
    assert found(place) == [("missing_occupied", booking, ROOM_A)]


def test_the_audit_leaves_alone_what_is_not_due_as_occupied(place: Place) -> None:
    combined(place, sync={"window_days": [-90, 30]})
    later = place.book("2027-01-24T10:00", "2027-01-24T11:00", object_id=12)  # outside the window
    booking = booked(place)
    place.change(booking, status_code=10)  # in no list: its events stay
    place.settle(300)
    assert [each for each in found(place) if each[1] != later] == []
