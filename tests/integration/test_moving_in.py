"""Moving in from another integration, and copies: nothing doubled, nobody mailed, nothing foreign overwritten."""

import pytest

from tests.harness.place import GUEST, ROOM_A, ROOM_B, Place


def test_two_hundred_bookings_of_another_integration_are_adopted_without_an_insert_or_a_mail(place: Place) -> None:
    place.save(outbound={"use_customer_data": True, "notify_guests": False})
    place.connect()
    booked = []
    for n in range(200):
        start = f"2026-12-{1 + n // 20:02d}T{n % 20:02d}:00"
        end = start.replace(":00", ":45")
        event = place.draw(start, end, summary="Made by the other one", attendees=[{"email": GUEST}])
        booked.append(place.book(start, end, external_id=event["id"], customer_id=3))
    plan = place.api("GET", "/7/plan?refresh=1")
    assert (plan["counts"].get("adopt"), plan["counts"].get("make"), plan["mails"]) == (200, None, 0)
    place.google("DELETE", "calls")
    place.api("POST", "/7/activate")
    place.settle(600)
    assert "calendar.events.insert" not in place.calls()
    assert place.google("GET", "mails")["mails"] == []
    events = {event["id"]: event for event in place.events(ROOM_A)}
    assert len(events) == 200
    assert {place.booking(each)["external_id"] for each in booked[:5]} <= set(events)
    assert events[place.booking(booked[0])["external_id"]]["summary"] == f"Zaal A - {booked[0]}"
    assert place.api("GET", "/7/plan?refresh=1")["counts"] == {}


def test_a_foreign_value_is_never_overwritten_and_the_event_is_made_all_the_same(place: Place) -> None:
    place.activate()
    booking = place.book(external_id="zapier-4711")
    place.settle()
    assert place.booking(booking)["external_id"] == "zapier-4711"
    assert len(place.events()) == 1
    place.change(booking, start="2026-11-24T15:00", end="2026-11-24T16:00")
    place.settle()
    assert place.event()["start"]["dateTime"] == "2026-11-24T15:00:00+01:00"
    assert place.booking(booking)["external_id"] == "zapier-4711"


def test_a_copied_booking_gets_an_event_of_its_own_and_the_copied_id_stays(place: Place) -> None:
    place.activate()
    booking = place.book()
    place.settle()
    copied = place.book("2026-11-24T12:00", "2026-11-24T13:00", external_id=place.event()["id"])
    place.settle()
    assert len(place.events()) == 2
    assert place.booking(copied)["external_id"] == place.booking(booking)["external_id"]
    place.change(copied, start="2026-11-24T15:00", end="2026-11-24T16:00")
    place.settle()
    assert sorted(event["start"]["dateTime"][11:16] for event in place.events()) == ["10:00", "15:00"]
    assert place.api("GET", "/7/plan?refresh=1")["counts"] == {}


def test_a_copied_event_becomes_a_booking_of_its_own_and_the_first_pair_stays(place: Place) -> None:
    place.activate()
    booking = place.book()
    place.settle()
    event = place.event()["id"]
    copy = place.google("POST", f"calendars/{ROOM_A}/events/{event}/duplicate", {})
    place.edit(
        copy["id"],
        start={"dateTime": "2026-11-25T10:00:00", "timeZone": "Europe/Amsterdam"},
        end={"dateTime": "2026-11-25T11:00:00", "timeZone": "Europe/Amsterdam"},
    )
    place.settle(60)
    external = {str(each["id"]): each["external_id"] for each in place.bookings() if each["status_code"] == 20}
    assert external[booking] == event
    assert len(set(external.values())) == len(external)
    assert {each["id"] for each in place.events()} >= {event, copy["id"]}
    assert place.api("GET", "/7/plan?refresh=1")["counts"] == {}


def test_an_event_moved_to_an_unmapped_calendar_counts_as_deleted(place: Place) -> None:
    place.activate(inbound={"allow_booking_update": True})
    booking = place.book()
    place.settle()
    place.google(
        "POST", f"calendars/{ROOM_A}/events/{place.event()['id']}/move", {"destination": "planner@example.org"}
    )
    place.settle(20)
    assert place.api("GET", f"/7/links?booking={booking}")[0]["state"] == "grace"
    place.settle(200)
    assert place.booking(booking)["status_code"] == 70


def test_an_event_restored_from_the_bin_reopens_the_booking_that_its_deletion_cancelled(place: Place) -> None:
    place.activate(inbound={"allow_booking_update": True})
    booking = place.book(status_code=30)
    place.settle()
    event = place.event()["id"]
    place.delete(event)
    place.settle(200)
    assert place.booking(booking)["status_code"] == 70
    place.google("POST", f"calendars/{ROOM_A}/events/{event}/restore", {})
    place.settle(60)
    assert place.booking(booking)["status_code"] == 30
    assert place.event()["id"] == event


@pytest.mark.parametrize("looked", ["before", "only then"])
def test_nor_one_that_a_person_gave_another_status_since(place: Place, looked: str) -> None:
    place.activate(inbound={"allow_booking_update": True})
    booking = place.book()
    place.settle()
    event = place.event()["id"]
    place.delete(event)
    place.settle(200)
    assert place.booking(booking)["status_code"] == 70
    place.change(booking, status_code=80)
    if looked == "before":
        place.settle(60)
    for _ in range(2):
        place.google("POST", f"calendars/{ROOM_A}/events/{event}/restore", {})
        place.settle(60)
        assert (place.booking(booking)["status_code"], place.events()) == (80, [])


def test_an_event_restored_onto_hours_that_are_taken_says_so_and_is_not_asked_for_at_each_look(place: Place) -> None:
    place.ireserve("PATCH", "objects/10", {"places": 1})
    place.activate(inbound={"allow_booking_update": True})
    booking = place.book()
    place.settle()
    event = place.event()["id"]
    place.delete(event)
    place.settle(200)
    place.book()  # somebody else takes the hour
    place.settle()
    place.google("POST", f"calendars/{ROOM_A}/events/{event}/restore", {})
    place.settle(60)
    assert place.booking(booking)["status_code"] == 70
    assert "i-Reserve" in place.google("GET", f"calendars/{ROOM_A}/events/{event}")["description"].rpartition("⚠")[2]
    assert place.api("GET", "/7/parked") == []
    place.forget()
    place.api("POST", "/7/resync")
    place.settle(300)
    assert [call for call in place.ireserve_calls() if not call.startswith("GET")] == []


def test_an_event_restored_from_the_bin_goes_again_where_a_person_cancelled_the_booking(place: Place) -> None:
    place.activate(inbound={"allow_booking_update": True})
    booking = place.book()
    place.settle()
    event = place.event()["id"]
    place.change(booking, status_code=70)
    place.settle()
    place.google("POST", f"calendars/{ROOM_A}/events/{event}/restore", {})
    place.settle(60)
    assert place.booking(booking)["status_code"] == 70
    assert place.events() == []


def test_a_pause_stops_all_writes_at_once_and_resuming_catches_up(place: Place) -> None:
    place.activate()
    place.api("POST", "/7/pause")
    place.book()
    place.settle(60)
    assert place.events() == []
    place.api("POST", "/7/activate")
    place.settle(60)
    assert len(place.events()) == 1


def test_the_backfill_goes_on_after_a_crash_where_it_was(place: Place) -> None:
    place.save()
    place.connect()
    for n in range(60):
        place.book(f"2026-12-{1 + n // 10:02d}T{8 + n % 10:02d}:00", f"2026-12-{1 + n // 10:02d}T{8 + n % 10:02d}:30")
    place.api("POST", "/7/activate")
    place.google(
        "POST", "faults", {"path": "/events", "method": "POST", "action": "reset", "times": 7, "when": "after"}
    )
    place.settle(900)
    assert len(place.events(ROOM_A)) == 60
    assert place.api("GET", "/7")["backfill"]["finished_at"] is not None
    assert place.api("GET", "/7/plan?refresh=1")["counts"] == {}


def test_backfill_none_leaves_existing_bookings_alone(place: Place) -> None:
    place.save(sync={"backfill": "none"})
    place.connect()
    place.book()
    place.api("POST", "/7/activate")
    place.settle(30)
    assert place.events(ROOM_A) + place.events(ROOM_B) == []


def test_what_the_backfill_left_out_stays_out_through_every_sweep_until_it_changes(place: Place) -> None:
    place.save(sync={"backfill": "none"})
    place.connect()
    booking = place.book()
    place.api("POST", "/7/activate")
    place.settle(30)
    for _ in range(4):
        place.pass_time(20 * 3600)
        place.tick()
        place.settle(60)
    place.api("POST", "/7/resync")
    place.settle(60)
    assert place.events() == []
    place.change(booking, start="2026-11-28T14:00", end="2026-11-28T15:00")
    place.settle()
    assert len(place.events()) == 1


def test_backfill_future_leaves_the_past_out_through_every_sweep(place: Place) -> None:
    place.save(sync={"backfill": "future"})
    place.connect()
    place.book("2026-11-10T10:00", "2026-11-10T11:00")
    place.book()
    place.api("POST", "/7/activate")
    for _ in range(3):
        place.pass_time(20 * 3600)
        place.tick()
        place.settle(60)
    assert [event["start"]["dateTime"][:10] for event in place.events()] == ["2026-11-24"]


def test_in_sync_is_claimed_only_once_the_backfill_is_done(place: Place) -> None:
    place.save()
    place.connect()
    place.book()
    place.api("POST", "/7/activate")
    assert place.api("GET", "/7/diagnostics")["in_sync_as_of"] is None
    place.settle(60)
    assert place.api("GET", "/7/diagnostics")["in_sync_as_of"] is not None


def test_a_booking_made_while_the_backfill_notes_what_was_there_gets_its_event_by_its_webhook(place: Place) -> None:
    place.save(sync={"backfill": "none"})
    place.connect()
    place.ireserve("POST", "hooks/mode", {"mode": "hold"})
    place.api("POST", "/7/activate")
    place.book()
    place.settle(60)
    assert place.events() == []
    place.ireserve("POST", "hooks/flush", {"order": "fifo"})
    place.settle(60)
    assert len(place.events()) == 1
