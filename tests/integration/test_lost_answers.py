"""A write that took effect and whose answer was lost counts as one that was answered, whatever it was."""

from collections import Counter
from typing import Literal

import pytest

from functions.domain.pairing.attempts import WRITES
from sandbox.google.world.faults import Fault
from tests.harness.place import Place

TEN, ELEVEN = "2026-11-24T10:00", "2026-11-24T11:00"
TWO, THREE = "2026-11-24T14:00", "2026-11-24T15:00"
MAY = {"allow_booking_update": True}
LOST = pytest.mark.parametrize("action", ["reset", "status"])
Action = Literal["reset", "status"]


def lose_at_google(place: Place, method: str, action: Action, path: str = "") -> None:
    fault = Fault(method, f"/calendar/v3/.*{path}", 503, "backendError", 1, "after", action)
    place.world.faults.planted.append(fault)


def lose_at_i_reserve(place: Place, action: Action, path: str = r"hook/booking|/booking(/\d+)?$") -> None:
    place.ireserve("POST", "faults", {"path": path, "method": "POST", "status": 503, "action": action, "when": "after"})


def all_lost(place: Place) -> bool:
    return not place.tenant.faults.planned and all(fault.times == 0 for fault in place.world.faults.planted)


def assert_every_entry_is_closed(place: Place) -> None:
    assert [(each["step"], each["why"]) for each in place.journal() if each["outcome"] == "open"] == []


@LOST
def test_the_reason_of_a_put_back_stays_on_its_event(place: Place, action: Action) -> None:
    place.activate()
    place.book(TEN, ELEVEN)
    place.settle()
    event = place.event()["id"]
    lose_at_google(place, "PATCH", action)
    place.drag(event, TWO, THREE)
    place.settle(300)
    place.edit(event, colorId="5")  # another look
    place.settle(300)
    assert all_lost(place)
    assert place.event()["start"]["dateTime"][:16] == TEN
    assert str(place.event()["description"]).count("⚠") == 1
    assert_every_entry_is_closed(place)


def test_put_backs_whose_answer_is_lost_count_for_the_brake(place: Place) -> None:
    place.activate()
    booking = place.book(TEN, ELEVEN)
    place.settle()
    for _ in range(4):
        lose_at_google(place, "PATCH", "reset")
        place.drag(place.event()["id"], TWO, THREE)
        place.settle(120)
    assert place.api("GET", f"/7/links?booking={booking}")[0]["state"] == "paused"


@LOST
def test_an_event_that_became_a_booking_does_not_say_that_it_was_refused(place: Place, action: Action) -> None:
    place.activate()
    place.book(TEN, ELEVEN)
    place.settle()
    drawn = place.draw(TEN, ELEVEN)["id"]
    place.settle(60)
    assert "⚠" in next(each["description"] for each in place.events() if each["id"] == drawn)
    lose_at_i_reserve(place, action, r"hook/booking|/booking$")
    place.drag(drawn, TWO, THREE)
    place.settle(300)
    assert all_lost(place)
    assert len(place.bookings()) == 2
    assert "⚠" not in next(each.get("description", "") for each in place.events() if each["id"] == drawn)
    assert_every_entry_is_closed(place)


@LOST
def test_an_id_that_was_written_is_taken_out_when_all_is_removed(place: Place, action: Action) -> None:
    place.activate()
    lose_at_i_reserve(place, action)
    booking = place.book(TEN, ELEVEN)
    place.settle(300)
    assert all_lost(place)
    assert place.booking(booking)["external_id"] == place.event()["id"]
    assert_every_entry_is_closed(place)
    place.api("POST", "/7/deactivate")
    place.api("DELETE", "/7?events=remove")
    assert place.booking(booking)["external_id"] in ("", None)


@LOST
def test_what_a_lost_answer_did_can_be_undone(place: Place, action: Action) -> None:
    place.activate(inbound=MAY)
    booking = place.book(TEN, ELEVEN)
    place.settle()
    lose_at_i_reserve(place, action)
    place.drag(place.event()["id"], TWO, THREE)
    place.settle(300)
    assert all_lost(place)
    entry = next(each for each in place.journal() if each["step"] == "WriteBooking" and each["why"] == "event_moved")
    assert entry["outcome"] == "done"
    place.api("POST", f"/7/journal/{entry['id']}/undo")
    assert place.booking(booking)["from"] == TEN


def test_an_answer_that_cannot_be_read_counts_as_a_lost_one(place: Place) -> None:
    place.activate(inbound=MAY)
    booking = place.book(TEN, ELEVEN)
    place.settle()
    path = r"hook/booking|/booking(/\d+)?$"
    place.ireserve("POST", "faults", {"path": path, "method": "POST", "action": "garbage", "when": "after"})
    place.drag(place.event()["id"], TWO, THREE)
    place.settle(300)
    assert place.booking(booking)["from"] == TWO
    assert place.event()["start"]["dateTime"][:16] == TWO
    assert place.api("GET", "/7/parked") == []
    assert_every_entry_is_closed(place)


def test_a_hostile_outside_that_refuses_every_write_gets_few_of_them(place: Place) -> None:
    place.activate(inbound={**MAY, "allow_object_change": True})
    moved, dragged = place.book(TEN, ELEVEN), place.book(TWO, THREE)
    place.settle()
    event = place.booking(dragged)["external_id"]
    for method in ("POST", "PATCH", "DELETE"):
        fault = Fault(method, "/calendar/v3/calendars/.*/events", 403, "forbidden", 9999)
        place.world.faults.planted.append(fault)
    writes = {"path": r"hook/booking|/booking(/\d+)?$", "method": "POST", "status": 422, "times": -1}
    place.ireserve("POST", "faults", writes)
    place.change(moved, start="2026-11-24T16:00", end="2026-11-24T17:00")
    place.drag(event, "2026-11-24T18:00", "2026-11-24T19:00")
    place.settle(600)
    refused = Counter(
        (each["event"], each["step"] == "WriteBooking") for each in place.journal() if each["outcome"] == "refused"
    )
    assert set(refused) == {(event, True), (event, False), (place.booking(moved)["external_id"], False)}
    assert max(refused.values()) <= WRITES
    assert_every_entry_is_closed(place)


@LOST
def test_texts_that_google_cut_in_a_lost_answer_are_written_once_more_and_then_rest(
    place: Place, action: Action
) -> None:
    place.google("POST", "texts", {"longest": 30})
    place.activate(outbound={"description_template": "{REMARKS}"})
    lose_at_google(place, "POST", action, "events")
    place.book(TEN, ELEVEN, remarks="neem een bal mee, en vraag de sleutel aan de balie")
    place.settle(300)
    assert all_lost(place)
    event = place.event()
    assert [each["why"] for each in place.journal()] == ["booking_made", "put_back", "write_back"]
    place.forget()
    place.edit(event["id"], colorId="5")
    place.api("POST", "/7/resync")
    place.settle(300)
    assert place.event()["description"] == "neem een bal mee, en vraag de "
    assert len(place.journal()) == 3
    assert_every_entry_is_closed(place)
