"""Who may write in one calendar takes over no booking of another, whatever ids and marks his events carry."""

from typing import Any

import pytest

from functions.domain.model.identity import calendar_hash, link_id
from functions.domain.model.identity import unkeyed_event_id as id_of_old
from tests.harness.deeds import active, made
from tests.harness.place import ROOM_A, ROOM_B, Place

WIDE_OPEN = {
    "inbound": {"follow": "all_mapped", "allow_object_change": True, "allow_booking_update": True, "object": "10"}
}
MARKED = ("without a mark", "with the mark of the pair")


def insert(place: Place, event: str, booking: str, mark: str) -> None:
    """Insert an event of this id in calendar B, at another time, as its writer can."""
    fields: dict[str, Any] = {"id": event}
    if mark == MARKED[1]:
        private = {"ireserve_int": "7", "ireserve_link": link_id("7", "booking", booking), "ireserve_stamp": "x"}
        fields["extendedProperties"] = {"private": private}
    place.draw("2026-11-25T15:00", "2026-11-25T16:00", ROOM_B, **fields)


def list_in_full(place: Place) -> None:
    """Let Google forget its sync tokens: the next pull of each calendar lists everything."""
    place.google("POST", "sync-tokens/expire")
    place.settle()
    for calendar in (ROOM_B, ROOM_A):
        place.google("POST", "notifications/flush")
        place.draw("2026-11-26T08:00", "2026-11-26T08:15", calendar, transparency="transparent")
        place.settle(40)


@pytest.mark.parametrize("mark", MARKED)
def test_an_event_with_a_pairs_id_in_another_calendar_does_not_take_the_booking(place: Place, mark: str) -> None:
    active(place, WIDE_OPEN)
    booking, event = made(place)
    insert(place, event["id"], booking, mark)
    place.settle(40)
    assert place.booking(booking)["object_id"] == 10
    assert "10:00" in place.booking(booking)["from"]


@pytest.mark.parametrize("mark", MARKED)
def test_nor_at_the_next_full_list_of_that_calendar(place: Place, mark: str) -> None:
    active(place, WIDE_OPEN)
    booking, event = made(place)
    place.google("POST", "notifications", {"mode": "drop"})
    insert(place, event["id"], booking, mark)
    place.google("POST", "notifications", {"mode": "deliver"})
    list_in_full(place)
    assert place.booking(booking)["object_id"] == 10
    assert "10:00" in place.booking(booking)["from"]
    assert len(place.bookings()) == 1


def test_an_event_that_was_really_moved_is_still_followed_at_a_full_list(place: Place) -> None:
    active(place, WIDE_OPEN)
    booking, event = made(place)
    place.google("POST", "notifications", {"mode": "drop"})
    place.google("POST", f"calendars/{ROOM_A}/events/{event['id']}/move", {"destination": ROOM_B})
    place.google("POST", "notifications", {"mode": "deliver"})
    list_in_full(place)
    assert place.booking(booking)["object_id"] == 11
    assert len(place.bookings()) == 1


def test_the_id_of_an_event_cannot_be_told_without_the_integrations_own_key(place: Place) -> None:
    active(place)
    booking, event = made(place)
    assert event["id"] != id_of_old("7", booking, 0)
    assert len(event["id"]) >= 26, "not to be found by trying either"
    assert calendar_hash(ROOM_A) not in event["id"]


def test_one_that_was_removed_takes_nothing_from_its_booking_once_its_event_is_moved_there(place: Place) -> None:
    active(place, WIDE_OPEN)
    booking, event = made(place)
    insert(place, event["id"], booking, MARKED[1])
    place.settle(40)
    assert place.events(ROOM_B) == []
    place.google("POST", f"calendars/{ROOM_A}/events/{event['id']}/move", {"destination": ROOM_B})
    place.settle(300)
    assert [each["id"] for each in place.events(ROOM_B)] == [event["id"]]
    assert (place.booking(booking)["object_id"], place.booking(booking)["status_code"]) == (11, 20)


@pytest.mark.parametrize("name", ["a/b", "..", "__x__", "x" * 1024], ids=["slash", "dots", "reserved", "long"])
def test_a_mark_that_can_name_no_pair_stops_neither_its_event_nor_the_audit(place: Place, name: str) -> None:
    active(place, WIDE_OPEN)
    mark = {"private": {"ireserve_int": "7", "ireserve_link": name, "ireserve_stamp": "x"}}
    place.draw("2026-11-25T15:00", "2026-11-25T16:00", ROOM_B, extendedProperties=mark)
    place.draw("2026-11-26T15:00", "2026-11-26T16:00", ROOM_B, extendedProperties=mark, transparency="transparent")
    place.settle(60)
    assert len(place.bookings()) == 1
    assert place.api("GET", "/7/parked") == []
    place.api("POST", "/7/audit", status=202)
    place.settle(60)
    assert place.api("GET", "/7/audit")["state"] == "done"


def test_an_event_with_the_id_that_version_0_1_gave_does_not_take_a_booking_that_has_none(place: Place) -> None:
    """Anybody can tell that id and the mark who knows the booking's number."""
    booking = place.book(remarks="only for calendar A")
    active(place, WIDE_OPEN, description_template="{REMARKS}")
    place.settle(60)
    insert(place, id_of_old("7", booking, 0), booking, MARKED[1])
    place.settle(60)
    assert (place.booking(booking)["object_id"], place.booking(booking)["from"]) == (10, "2026-11-24T10:00")
    assert "only for calendar A" not in str(place.events(ROOM_B))
    assert len(place.bookings()) == 1
