"""What goes right by itself once its cause is over: parked items, pairs that met a refused login, a search under way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.application.intake.hints import Hint, Kind, task
from functions.application.scanning import scan
from tests.harness.deeds import active
from tests.harness.place import PLANNER, ROOM_A, ROOM_B, Place, example


def parked(place: Place) -> list[str]:
    return [item["reason"] for item in place.api("GET", "/7/parked")]


def minutes(place: Place, count: int) -> None:
    for _ in range(count):
        place.pass_time(59)
        place.tick()


@pytest.mark.parametrize("kind", ["data", "booking", "list"])
def test_a_booking_within_an_envelope_is_read(place: Place, kind: str) -> None:
    place.ireserve("PATCH", "dialect", {"booking_envelope": kind})
    active(place)
    booking = place.book()
    place.settle()
    assert parked(place) == []
    assert place.booking(booking)["external_id"] == place.event()["id"]


def test_a_parked_item_goes_by_itself_when_the_answers_are_right_again(place: Place) -> None:
    active(place)
    place.ireserve("POST", "faults", {"path": "booking/1001", "status": 200, "action": "status", "times": -1})
    place.book()
    place.settle(30)
    assert len(parked(place)) == 1
    since = place.api("GET", "/7/parked")[0]["at"]
    minutes(place, 20)
    assert [item["at"] for item in place.api("GET", "/7/parked")] == [since]
    place.ireserve("DELETE", "faults")
    minutes(place, 40)
    assert parked(place) == []
    assert len(place.events()) == 1


def test_an_event_that_made_no_sense_goes_once_it_does(place: Place) -> None:
    active(place)
    when = {"start": {"dateTime": "2026-11-24T10:00:00+01:00"}, "end": {"dateTime": "2026-11-24T09:00:00+01:00"}}
    shape = {"id": "odd1", "status": "confirmed", "etag": '"1"', "summary": "Overleg", **when}
    place.google("POST", f"calendars/{ROOM_A}/recorded", {"items": [shape]})
    place.settle(30)
    assert parked(place) == ["ends_before_start"]
    right = {**shape, "end": {"dateTime": "2026-11-24T11:00:00+01:00"}, "transparency": "transparent"}
    place.google("POST", f"calendars/{ROOM_A}/recorded", {"items": [right]})
    minutes(place, 20)
    assert parked(place) == []


@pytest.mark.parametrize("mended", ["shared", "unmapped"])
def test_a_calendar_that_was_out_of_reach_leaves_nothing_parked_once_it_is_shared_or_no_longer_mapped(
    place: Place, mended: str
) -> None:
    active(place)
    event = place.draw("2026-11-24T10:00", "2026-11-24T11:00", ROOM_A)
    place.google("PATCH", f"calendars/{ROOM_A}", {"account": PLANNER, "access_role": "none"})
    hint = Hint(Kind.EVENT, "7", (ROOM_A, event["id"]), "person", place.now)
    place.tasks.put(task(hint, place.now, "now", 0))
    minutes(place, 10)
    assert parked(place)
    if mended == "shared":
        place.google("PATCH", f"calendars/{ROOM_A}", {"account": PLANNER, "access_role": "owner"})
    else:
        place.api("PUT", "/7?apply=all", {**example("7"), "mapping": [{"object": "11", "calendar": ROOM_B}]})
    minutes(place, 60)
    assert parked(place) == []


def test_a_parked_item_is_tried_less_and_less_often(place: Place) -> None:
    active(place)
    place.ireserve("POST", "faults", {"path": "booking/1001", "status": 200, "action": "status", "times": -1})
    place.book()
    place.settle(30)
    place.forget()
    minutes(place, 8 * 60)
    tries = sum(1 for call in place.ireserve_calls() if call == "GET booking/1001")
    assert 3 <= tries <= 45, tries  # the sweeps read it as well: its row differs from its link


def test_after_reconnecting_a_pair_that_met_the_dead_token_follows_at_once(place: Place) -> None:
    active(place)
    booking = place.book()
    place.settle()
    place.google("POST", "tokens/revoke", {"account": "planner@example.org"})
    place.change(booking, start="2026-11-24T14:00", end="2026-11-24T15:00")
    place.settle(5)
    assert place.event()["start"]["dateTime"][11:16] == "10:00"
    reconnected = place.now
    place.connect()
    place.settle(30)
    assert place.event()["start"]["dateTime"][11:16] == "14:00"
    (moved,) = [entry for entry in place.journal() if entry["step"] == "PatchEvent" and entry["outcome"] == "done"]
    assert moved["closed_at"] < (reconnected + timedelta(seconds=20)).isoformat()


def test_a_search_that_is_asked_for_during_another_follows_it(place: Place) -> None:
    active(place)
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    place.api("POST", "/7/sweep")
    place.do_one()
    under_way = scan.current(place.documents, "7", "full")
    assert under_way is not None
    scan.save(place.documents, "7", replace(under_way, week=under_way.last))  # it has come to its last week
    booked = place.book("2026-11-22T10:00", "2026-11-22T11:00")
    place.pass_time(1)
    assert place.api("POST", "/7/sweep") is not None
    place.settle(120)
    assert place.booking(booked)["external_id"]


@pytest.mark.parametrize(("poll_seconds", "least", "most"), [(15, 16, 22), (60, 4, 6)])
def test_poll_seconds_below_a_minute_are_kept(place: Place, poll_seconds: int, least: int, most: int) -> None:
    place.google("PATCH", f"calendars/{ROOM_A}", {"push": False})
    place.activate(sync={"poll_seconds": poll_seconds}, mapping=[{"object": "10", "calendar": ROOM_A}])
    minutes(place, 2)
    place.forget()
    for _ in range(5):
        place.tick()
        place.settle(59)
    lists = place.calls().count("calendar.events.list")
    assert least <= lists <= most, lists
