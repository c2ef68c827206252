"""The life of a pair where it used to go wrong: two refusals at once, lost keys, broken titles, long series, the brake."""

from datetime import timedelta
from typing import Any

import pytest

from functions.application.sync import write
from tests.harness.place import ROOM_A, ROOM_B, Place, when

TEN, ELEVEN = "2026-11-24T10:00", "2026-11-24T11:00"
TWO, THREE = "2026-11-24T14:00", "2026-11-24T15:00"
MAY = {"allow_booking_update": True, "allow_object_change": True}


def levels(place: Place) -> dict[str, str]:
    return {check["name"]: check["level"] for check in place.api("GET", "/7/diagnostics")["checks"]}


def state_of(place: Place, booking: str) -> str:
    return str(place.api("GET", f"/7/links?booking={booking}")[0]["state"])


def dragged_into_a_taken_room_at_a_taken_time(place: Place) -> str:
    place.activate(inbound=MAY)
    booking = place.book(TEN, ELEVEN)
    for room in (10, 11):
        place.book(TWO, THREE, object_id=room)
    place.book(TEN, ELEVEN, object_id=11)
    place.settle()
    event = place.booking(booking)["external_id"]
    place.forget()
    place.google("POST", f"calendars/{ROOM_A}/events/{event}/move", {"destination": ROOM_B})
    place.edit(event, ROOM_B, **when(TWO, THREE))
    return booking


def test_an_event_dragged_to_another_room_and_time_that_are_taken_goes_back_once_with_one_reason(place: Place) -> None:
    booking = dragged_into_a_taken_room_at_a_taken_time(place)
    place.settle(4300)
    event = next(each for each in place.events(ROOM_A) if each["id"] == place.booking(booking)["external_id"])
    assert event["start"]["dateTime"][:16] == TEN
    assert str(event["description"]).count("⚠") == 1
    assert "niet beschikbaar" in event["description"]
    refused = [each for each in place.journal() if each["outcome"] == "refused"]
    assert len(refused) == 1
    assert len([each for each in place.journal() if each["why"] in ("put_back", "refused")]) <= 3
    assert place.api("GET", "/7/parked") == []
    assert state_of(place, booking) == "active"


def test_a_lost_digest_key_stops_neither_side_and_is_mended_by_saving_the_settings(place: Place) -> None:
    place.activate()
    settings = place.api("GET", "/7")
    place.secrets.delete("7", "digest_key")
    booking = place.book(TEN, ELEVEN)
    place.settle(60)
    checks = levels(place)
    assert checks["google"] == "green"
    assert place.api("GET", "/7/parked")[0]["reason"] in ("no_digest_key", "secret_destroyed")
    place.api("PUT", "/7?apply=new", settings)
    place.settle(4000)
    assert place.booking(booking)["external_id"] in {each["id"] for each in place.events()}
    assert place.api("GET", "/7/parked") == []


def test_a_refused_new_event_is_counted_and_found_as_refused(place: Place) -> None:
    place.activate()
    place.book(TEN, ELEVEN)
    place.settle()
    place.draw(TEN, ELEVEN)
    place.settle()
    found = next(each for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "refused")
    assert (found["level"], found["says"]) == ("grey", "i-Reserve refused 1 new event")


def test_a_title_with_half_a_character_stops_no_other_event(place: Place) -> None:
    place.activate(inbound=MAY)
    booking, other = place.book(TEN, ELEVEN), place.book(TWO, THREE)
    place.settle()
    place.edit(place.booking(booking)["external_id"], summary="Feest \ud83d")
    place.draw("2026-11-25T10:00", ELEVEN.replace("24", "25"), summary="Ook \ud83d")
    place.drag(place.booking(other)["external_id"], "2026-11-24T16:00", "2026-11-24T17:00")
    place.settle(60)
    assert place.booking(other)["from"] == "2026-11-24T16:00"
    assert not [each for each in place.api("GET", "/7/parked") if each["kind"] == "calendar"]


def shifted(place: Place, count: int) -> list[str]:
    rule = [f"RRULE:FREQ=DAILY;COUNT={count}"]
    made = place.draw(TEN, ELEVEN, recurrence=rule)
    place.settle(600)
    assert len(place.bookings()) == count
    place.edit(made["id"], **when("2026-11-24T12:00", "2026-11-24T13:00"))
    return [str(each["id"]) for each in place.bookings()]


def test_a_shifted_series_respects_the_time_a_task_has(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.activate(inbound=MAY)
    bookings = shifted(place, 40)
    real = write.write

    def slow(*given: Any) -> Any:
        place.pass_time(2)
        return real(*given)

    monkeypatch.setattr("functions.application.sync.execute.write", slow)
    began, longest = place.now, timedelta()
    while place.now - began < timedelta(seconds=900):
        place.world.channels.pump()
        due = place.tasks.next_due()
        if due is None or due > began + timedelta(seconds=900):
            break
        place.now = max(place.now, due)
        before = place.now
        place.do_one()
        longest = max(longest, place.now - before)
    assert longest < timedelta(seconds=60)
    assert {place.booking(each)["from"][11:] for each in bookings} == {"12:00"}
    assert {place.booking(each)["status_code"] for each in bookings} == {20}


def test_a_receptionist_who_moves_a_booking_often_is_no_loop_and_her_cancellation_counts(place: Place) -> None:
    place.activate()
    booking = place.book(TEN, ELEVEN)
    place.settle()
    for hour in range(11, 19):
        place.change(booking, start=f"2026-11-24T{hour}:00", end=f"2026-11-24T{hour + 1}:00")
        place.settle(60)
    assert place.event()["start"]["dateTime"][11:16] == "18:00"
    place.change(booking, status_code=70)
    place.settle(60)
    assert place.events() == []


def test_a_planner_who_drags_often_is_no_loop(place: Place) -> None:
    place.activate(inbound=MAY)
    booking = place.book(TEN, ELEVEN)
    place.settle()
    for hour in range(11, 19):
        place.drag(place.event()["id"], f"2026-11-24T{hour}:00", f"2026-11-24T{hour + 1}:00")
        place.settle(60)
    assert place.booking(booking)["from"] == "2026-11-24T18:00"


def put_back_too_often(place: Place) -> str:
    place.activate()
    booking = place.book(TEN, ELEVEN)
    place.settle()
    for _ in range(4):
        place.drag(place.event()["id"], TWO, THREE)
        place.settle(60)
    assert state_of(place, booking) == "paused"
    return booking


def test_a_pause_lifts_by_itself_after_quiet_and_says_what_to_do(place: Place) -> None:
    booking = put_back_too_often(place)
    found = next(each for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "paused")
    assert found["level"] == "amber"
    assert "find out what keeps changing them" in found["mend"]
    place.settle(3700)
    assert state_of(place, booking) == "active"
    assert place.event()["start"]["dateTime"][:16] == TEN


def test_a_cancellation_is_carried_out_also_while_a_pair_is_paused(place: Place) -> None:
    booking = put_back_too_often(place)
    place.change(booking, status_code=70)
    place.settle(60)
    assert place.events() == []
    assert state_of(place, booking) == "closed"
