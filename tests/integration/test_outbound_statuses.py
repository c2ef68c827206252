"""Create on status, Delete on status, statuses in neither, and bookings of activities."""

import pytest

from tests.harness.deeds import active, changed, faults, made, why
from tests.harness.place import Place


@pytest.mark.parametrize(("status", "there"), [(20, True), (30, True), (10, False), (40, False), (99, False)])
def test_create_on_status_left_out_is_20_and_30(place: Place, status: int, *, there: bool) -> None:
    active(place)
    place.book(status_code=status)
    place.settle()
    assert bool(place.events()) is there


@pytest.mark.parametrize(("status", "there"), [(10, True), (40, True), (99, True), (20, False), (30, False)])
def test_create_on_status_takes_several_codes(place: Place, status: int, *, there: bool) -> None:
    active(place, {"inbound": {"status": 10}}, create_on_status=[10, 40, 99])
    place.book(status_code=status)
    place.settle()
    assert bool(place.events()) is there


@pytest.mark.parametrize(("status", "there"), [(70, False), (80, False), (90, True), (40, True)])
def test_delete_on_status_left_out_is_70_and_80(place: Place, status: int, *, there: bool) -> None:
    active(place)
    booking, _ = made(place)
    changed(place, booking, status_code=status)
    assert bool(place.events()) is there


@pytest.mark.parametrize(("status", "there"), [(90, False), (80, False), (70, True)])
def test_delete_on_status_takes_several_codes(place: Place, status: int, *, there: bool) -> None:
    active(place, delete_on_status=[80, 90])
    booking, _ = made(place)
    changed(place, booking, status_code=status)
    assert bool(place.events()) is there


def test_delete_on_status_may_be_empty_when_nothing_comes_in(place: Place) -> None:
    active(place, {"inbound": {"enabled": False}}, delete_on_status=[])
    booking, _ = made(place)
    changed(place, booking, status_code=70)
    assert place.event()


def test_delete_on_status_empty_needs_a_status_for_deleted_events(place: Place) -> None:
    assert "deleted event" in faults(place, outbound={"delete_on_status": []})["inbound.cancel_status"]


def test_create_on_status_empty_is_a_fault(place: Place) -> None:
    assert "at least one" in faults(place, outbound={"create_on_status": []})["outbound.create_on_status"]


@pytest.mark.parametrize("code", [-1, 10_000])
def test_status_codes_out_of_range_are_a_fault(place: Place, code: int) -> None:
    said = faults(place, outbound={"create_on_status": [20, code], "delete_on_status": [70, code - 1]})
    assert "status codes" in said["outbound.create_on_status"]


def test_a_status_in_both_lists_is_a_fault_that_names_it(place: Place) -> None:
    said = faults(place, outbound={"create_on_status": [20, 30], "delete_on_status": [30, 70]})
    assert said["outbound.delete_on_status"] == "status 30 is in Create on status too; keep it in one of the two"


def test_codes_as_text_are_read_as_numbers(place: Place) -> None:
    assert place.save(outbound={"create_on_status": ["20"]})["outbound"]["create_on_status"] == [20]


def test_a_status_in_neither_list_keeps_the_event_up_to_date(place: Place) -> None:
    active(place)
    booking, event = made(place)
    changed(place, booking, status_code=40)
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00", remarks="nog steeds bij")
    after = place.event()
    assert after["id"] == event["id"]
    assert after["start"]["dateTime"] == "2026-11-24T12:00:00+01:00"
    assert after["description"].startswith("nog steeds bij")


def test_a_status_in_neither_list_makes_none_until_it_is_in_create(place: Place) -> None:
    active(place)
    booking = place.book(status_code=10)
    place.settle()
    changed(place, booking, remarks="nog niet")
    assert place.events() == []
    changed(place, booking, status_code=30)
    assert place.event()["description"].startswith("nog niet")


def test_a_status_in_neither_list_does_not_bring_a_cancelled_event_back(place: Place) -> None:
    active(place)
    booking, _ = made(place)
    changed(place, booking, status_code=70)
    changed(place, booking, status_code=90)
    assert place.events() == []


def test_a_cancelled_booking_stays_cancelled_until_a_person_reopens_it(place: Place) -> None:
    active(place)
    booking, event = made(place, remarks="eerst")
    changed(place, booking, status_code=70)
    changed(place, booking, remarks="geannuleerd en gewijzigd")
    place.api("POST", "/7/resync")
    place.settle()
    assert place.events() == []
    assert place.booking(booking)["status_code"] == 70
    changed(place, booking, status_code=20)
    back = place.event()
    assert back["id"] == event["id"]
    assert back["description"].startswith("geannuleerd en gewijzigd")


def test_a_reopened_booking_shows_the_time_and_room_it_has_now(place: Place) -> None:
    active(place)
    booking, _ = made(place)
    changed(place, booking, status_code=70)
    changed(place, booking, start="2026-11-25T09:00", end="2026-11-25T10:00", quiet=True)
    changed(place, booking, status_code=20)
    assert place.event()["start"]["dateTime"] == "2026-11-25T09:00:00+01:00"


def test_a_reopened_booking_in_another_room_stands_in_that_rooms_calendar(place: Place) -> None:
    from tests.harness.place import ROOM_B

    active(place)
    booking, _ = made(place)
    changed(place, booking, status_code=70)
    changed(place, booking, object_id=11)
    changed(place, booking, status_code=20)
    assert place.events() == []
    assert place.event(ROOM_B)["summary"] == f"Zaal B - {booking}"
    assert "put_back" not in why(place)


def test_a_reopened_booking_whose_event_left_the_bin_gets_a_new_one(place: Place) -> None:
    active(place)
    booking, event = made(place)
    changed(place, booking, status_code=70)
    where = f"calendars/{event['organizer']['email']}/events/{event['id']}/purge"
    place.google("POST", where, {})
    changed(place, booking, status_code=20)
    after = place.event()
    assert after["id"] != event["id"]
    assert place.booking(booking)["external_id"] == after["id"]


def activity(place: Place) -> str:
    place.ireserve(
        "POST",
        "events",
        {
            "id": "2026-11-24_1",
            "object_id": 10,
            "desc": "Yoga",
            "from": "2026-11-24T10:00",
            "till": "2026-11-24T11:00",
            "places": 9,
        },
    )
    return place.book(event_id="2026-11-24_1")


def test_activities_left_out_makes_no_events_of_their_bookings(place: Place) -> None:
    assert place.save()["outbound"]["activities"] == "none"
    active(place)
    activity(place)
    place.settle()
    assert place.events() == []


def test_activities_none_makes_no_events_of_their_bookings(place: Place) -> None:
    active(place, activities="none")
    activity(place)
    place.settle()
    assert place.events() == []


def test_activities_per_booking_makes_one_event_each_and_puts_a_moved_one_back(place: Place) -> None:
    active(place, {"inbound": {"allow_booking_update": True}}, activities="per_booking")
    booking = activity(place)
    place.settle()
    event = place.event()
    assert event["summary"] == f"Zaal A - {booking}"
    place.drag(event["id"], "2026-11-24T15:00", "2026-11-24T16:00")
    place.settle()
    after = place.event()
    assert after["start"]["dateTime"] == "2026-11-24T10:00:00+01:00"
    assert "activiteit" in after["description"]
    assert place.booking(booking)["from"] == "2026-11-24T10:00"


def test_activities_of_another_word_is_a_fault_that_names_both(place: Place) -> None:
    assert faults(place, outbound={"activities": "all"})["outbound.activities"] == "use one of none, per_booking"
