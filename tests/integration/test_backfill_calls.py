"""The calls of a backfill: two at i-Reserve for a booking and one at Google, and hardly any for its own echoes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.harness.place import ROOM_A, ROOM_B, Place

BOOKINGS = 80
FEW = 20  # too few for anybody to wait for their notifications
FIRST = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)  # shown without its zone: as local times


def booked(place: Place, count: int) -> list[str]:
    """Make bookings of half an hour in two rooms, one after the other."""
    moments = [FIRST + timedelta(minutes=30 * (number // 2)) for number in range(count)]
    return [
        place.book(
            f"{each:%Y-%m-%dT%H:%M}", f"{each + timedelta(minutes=25):%Y-%m-%dT%H:%M}", object_id=10 + number % 2
        )
        for number, each in enumerate(moments)
    ]


def filled(place: Place, count: int = BOOKINGS) -> list[str]:
    """Activate over bookings that exist, so far that their events are made; their webhooks have just come."""
    place.save()
    place.connect()
    bookings = booked(place, count)
    place.forget()
    place.api("POST", "/7/activate")
    return bookings


def with_one_booking(place: Place, **changes: Any) -> str:
    """Activate over one booking, so far that its id has just been written; its webhook has just come."""
    place.save(**changes)
    place.connect()
    booking = place.book("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    place.api("POST", "/7/activate")
    place.settle(0)
    assert place.booking(booking)["external_id"]
    return booking


def test_a_booking_is_read_once_and_its_id_written_once_though_the_write_fires_a_webhook(place: Place) -> None:
    bookings = filled(place)
    place.settle(60)
    calls = place.ireserve_calls()
    assert sorted(call for call in calls if call.startswith("GET booking/1")) == [
        f"GET booking/{each}" for each in bookings
    ]
    assert calls.count("POST hook/booking/") == BOOKINGS
    assert sum(line["event"] == "hint" and line["kind"] == "booking" for line in place.log) >= BOOKINGS


def test_a_status_changed_seconds_after_the_id_was_written_is_seen_although_its_webhook_came_early(
    place: Place,
) -> None:
    # its first look sees the former status, and its second one has the name of the echo's, which is not looked at
    booking = with_one_booking(place)
    place.pass_time(2)
    place.ireserve("PATCH", "dialect", {"hook_delay": 1.0})
    place.change(booking, status_code=70)
    place.settle(0.5)
    assert place.events()
    place.settle(12)
    assert not place.events()


@pytest.mark.parametrize(
    ("changed", "hours"),
    [({"status_code": 70}, 0.3), ({"end": "2026-11-25T11:30"}, 0.3), ({"remarks": "met sleutel"}, 18)],
    ids=str,
)
def test_a_change_within_the_second_of_the_written_id_is_carried_by_the_next_sweep_and_a_text_by_that_of_the_night(
    place: Place, changed: dict[str, Any], hours: float
) -> None:
    booking = with_one_booking(place, outbound={"description_template": "{REMARKS}"})
    before = place.events()
    place.change(booking, **changed)
    place.pass_time(hours * 3600)
    place.tick()
    place.settle(7200)
    assert place.events() != before


def test_events_are_made_calendar_by_calendar_and_their_notifications_share_a_pull_a_minute(place: Place) -> None:
    filled(place)
    place.settle(0)
    made = [call.path.split("/")[4] for call in place.world.calls.log if call.api == "calendar.events.insert"]
    assert len(made) == BOOKINGS
    assert made == sorted(made)
    place.settle(120)
    assert place.calls().count("calendar.events.list") <= 6


def test_what_a_person_makes_in_a_calendar_being_filled_is_seen_within_a_minute(place: Place) -> None:
    filled(place)
    place.settle(0)
    place.draw("2026-11-30T10:00", "2026-11-30T11:00")
    place.settle(60)
    assert len(place.bookings()) == BOOKINGS + 1


def test_what_a_person_makes_while_few_bookings_are_filled_in_is_seen_at_once(place: Place) -> None:
    filled(place, FEW)
    place.settle(0)
    place.draw("2026-11-30T10:00", "2026-11-30T11:00")
    place.settle(3)
    assert len(place.bookings()) == FEW + 1


def test_what_a_person_makes_while_a_resync_finds_nothing_to_do_is_seen_at_once(place: Place) -> None:
    filled(place)
    place.settle(300)
    place.api("POST", "/7/resync")
    place.settle(0)
    place.draw("2026-11-30T10:00", "2026-11-30T11:00")
    place.settle(3)
    assert len(place.bookings()) == BOOKINGS + 1


def test_what_a_backfill_could_not_do_stays_parked_although_the_webhook_of_its_id_needs_no_look(place: Place) -> None:
    mapping = [{"object": "10", "calendar": ROOM_A, "also": [ROOM_B]}, {"object": "11", "calendar": ROOM_B}]
    place.save(mapping=mapping, inbound={"follow": "all_mapped"})
    place.connect()
    booking = place.book("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    fault = {"method": "POST", "path": "room-b.*/events$", "status": 403, "reason": "forbidden", "times": 1000}
    place.google("POST", "faults", fault)
    place.api("POST", "/7/activate")
    place.settle(30)
    assert place.booking(booking)["external_id"]
    assert [item["subject"] for item in place.api("GET", "/7/parked")] == [[booking]]
