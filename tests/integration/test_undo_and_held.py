"""A person takes back what was done, and decides on what was held."""

from tests.harness.place import KEY, ROOM_A, Place

WITH_KEY = {"Authorization": f"Bearer {KEY}"}


def moved_by_dragging(place: Place) -> str:
    place.activate(inbound={"allow_booking_update": True})
    booking = place.book()
    place.settle()
    place.drag(place.event()["id"], "2026-11-24T14:00", "2026-11-24T15:00")
    place.settle()
    assert place.booking(booking)["from"] == "2026-11-24T14:00"
    return booking


def entry_of(place: Place, step: str, why: str) -> str:
    return str(next(entry["id"] for entry in place.journal() if (entry["step"], entry["why"]) == (step, why)))


def assert_at_rest(place: Place) -> None:
    place.settle(300)
    plan = place.api("GET", "/7/plan?refresh=1")
    assert plan["counts"] == {}, plan


def test_undoing_a_move_sets_booking_and_event_back_together(place: Place) -> None:
    booking = moved_by_dragging(place)
    entry = entry_of(place, "WriteBooking", "event_moved")
    shown = place.api("POST", f"/7/journal/{entry}/undo?preview=1")
    assert [step["step"] for step in shown["steps"]] == ["WriteBooking", "PatchEvent"]
    assert place.booking(booking)["from"] == "2026-11-24T14:00"
    place.api("POST", f"/7/journal/{entry}/undo")
    assert place.booking(booking)["from"] == "2026-11-24T10:00"
    assert place.event()["start"]["dateTime"] == "2026-11-24T10:00:00+01:00"
    assert_at_rest(place)


def test_an_undo_that_i_reserve_refuses_changes_nothing_and_says_so(place: Place) -> None:
    booking = moved_by_dragging(place)
    place.book("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    entry = entry_of(place, "WriteBooking", "event_moved")
    said = place.api("POST", f"/7/journal/{entry}/undo", status=422)
    assert said["reason"] == "period_taken"
    assert place.booking(booking)["from"] == "2026-11-24T14:00"
    assert_at_rest(place)


def test_undoing_a_cancellation_reopens_the_booking_and_brings_the_event_back(place: Place) -> None:
    place.activate(inbound={"allow_booking_update": True})
    booking = place.book()
    place.settle()
    place.delete(place.event()["id"])
    place.settle(200)
    assert place.booking(booking)["status_code"] == 70
    place.api("POST", f"/7/journal/{entry_of(place, 'WriteBooking', 'grace_over')}/undo")
    assert place.booking(booking)["status_code"] == 20
    assert len(place.events()) == 1
    assert_at_rest(place)


def test_undoing_a_creation_cancels_the_booking_and_leaves_the_event(place: Place) -> None:
    place.activate()
    place.draw("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    booking = str(place.bookings()[0]["id"])
    place.api("POST", f"/7/journal/{entry_of(place, 'MakeBooking', 'event_made')}/undo")
    assert place.booking(booking)["status_code"] == 70
    assert len(place.events()) == 1
    assert_at_rest(place)
    assert len(place.bookings()) == 1


def test_undoing_a_put_back_applies_the_value_of_the_person_once(place: Place) -> None:
    place.activate()
    booking = place.book()
    place.settle()
    place.drag(place.event()["id"], "2026-11-24T14:00", "2026-11-24T15:00")
    place.settle()
    assert place.event()["start"]["dateTime"] == "2026-11-24T10:00:00+01:00"
    place.api("POST", f"/7/journal/{entry_of(place, 'PatchEvent', 'put_back')}/undo")
    assert place.booking(booking)["from"] == "2026-11-24T14:00"
    assert place.event()["start"]["dateTime"] == "2026-11-24T14:00:00+01:00"
    assert_at_rest(place)


def test_what_a_booking_itself_caused_is_undone_by_changing_the_booking(place: Place) -> None:
    place.activate()
    place.book()
    place.settle()
    said = place.api("POST", f"/7/journal/{entry_of(place, 'InsertEvent', 'booking_made')}/undo", status=409)
    assert "changing the booking" in said["error"]


def held_bookings(place: Place, count: int = 12) -> list[str]:
    place.activate(inbound={"allow_booking_update": True})
    booked = [
        place.book(f"2026-11-{24 + n // 8}T{8 + n % 8:02d}:00", f"2026-11-{24 + n // 8}T{9 + n % 8:02d}:00")
        for n in range(count)
    ]
    place.settle()
    for event in place.events(ROOM_A):
        place.delete(event["id"])
        place.settle(10)
    place.settle(300)
    return booked


def test_an_unusual_number_of_deletions_cancels_nothing_and_waits_for_a_person(place: Place) -> None:
    booked = held_bookings(place)
    cancelled = [each for each in booked if place.booking(each)["status_code"] == 70]
    held = place.api("GET", "/7/held")
    assert len(held) + len(cancelled) == 12
    assert len(cancelled) <= 10


def test_approving_a_held_item_cancels_and_restoring_brings_the_event_back(place: Place) -> None:
    held_bookings(place)
    first, second, *_ = place.api("GET", "/7/held")
    place.api("POST", f"/7/held/{first['id']}/approve")
    place.api("POST", f"/7/held/{second['id']}/restore")
    assert place.booking(first["bookings"][0]["booking_id"])["status_code"] == 70
    assert place.booking(second["bookings"][0]["booking_id"])["status_code"] == 20
    assert len(place.events(ROOM_A)) == 1
    place.api("POST", f"/7/held/{first['id']}/approve", status=404)


def test_a_pair_that_was_put_back_too_often_is_paused_until_a_person_resumes_it(place: Place) -> None:
    place.activate()
    booking = place.book()
    place.settle()
    for hour in (12, 13, 14, 15):
        place.drag(place.event()["id"], f"2026-11-24T{hour}:00", f"2026-11-24T{hour + 1}:00")
        place.settle(700)
    link = place.api("GET", f"/7/links?booking={booking}")[0]
    assert link["state"] == "paused"
    assert place.event()["start"]["dateTime"] == "2026-11-24T15:00:00+01:00"
    place.api("POST", f"/7/links/{link['id']}/resume")
    assert place.event()["start"]["dateTime"] == "2026-11-24T10:00:00+01:00"


def test_taking_back_an_undo_that_i_reserve_refuses_leaves_the_two_parted(place: Place) -> None:
    place.activate()
    place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    place.api("POST", f"/7/journal/{entry_of(place, 'MakeBooking', 'event_made')}/undo")
    place.book("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    said = place.api("POST", f"/7/journal/{entry_of(place, 'WriteBooking', 'undone')}/undo", status=422)
    assert said["reason"] == "period_taken"
    place.settle(300)
    assert sorted(each["status_code"] for each in place.bookings()) == [20, 70]
    assert len(place.events()) == 2


def test_an_undo_that_was_cut_short_is_carried_out_a_little_later(place: Place) -> None:
    booking = moved_by_dragging(place)
    place.google("POST", "faults", {"status": 503, "times": 20})
    entry = entry_of(place, "WriteBooking", "event_moved")
    place.request("POST", f"/console/api/integrations/7/journal/{entry}/undo", headers=WITH_KEY)
    place.google("DELETE", "faults")
    assert_at_rest(place)
    assert place.booking(booking)["from"] == "2026-11-24T10:00"
    assert place.event()["start"]["dateTime"] == "2026-11-24T10:00:00+01:00"


def test_one_look_that_finds_no_booking_does_not_end_an_undo(place: Place) -> None:
    place.activate()
    place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    booking = str(place.bookings()[0]["id"])
    entry = entry_of(place, "MakeBooking", "event_made")
    fault = {"path": f"booking/{booking}", "method": "GET", "status": 404, "times": 1}
    place.ireserve("POST", "faults", fault)
    assert place.api("POST", f"/7/journal/{entry}/undo")["done"] is False
    place.settle(60)
    assert place.booking(booking)["status_code"] == 70
    assert len(place.events()) == 1


def test_an_undo_for_a_booking_whose_object_lost_its_calendar_has_an_end(place: Place) -> None:
    booking = moved_by_dragging(place)
    settings = place.api("GET", "/7")
    rows = [row for row in settings["mapping"] if row["object"] != "10"]
    place.api("PUT", "/7?apply=all", {**settings, "mapping": rows, "inbound": {**settings["inbound"], "object": "11"}})
    place.settle(60)
    place.api("POST", f"/7/journal/{entry_of(place, 'WriteBooking', 'event_moved')}/undo")
    assert place.booking(booking)["from"] == "2026-11-24T10:00"
    place.change(booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.settle(300)
    assert place.booking(booking)["from"] == "2026-11-24T12:00"


def test_what_was_done_before_a_pair_was_parted_cannot_be_undone_before_that(place: Place) -> None:
    place.activate()
    event = place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    place.drag(event["id"], "2026-11-24T14:00", "2026-11-24T15:00")
    place.settle()
    place.api("POST", f"/7/journal/{entry_of(place, 'MakeBooking', 'event_made')}/undo")
    moved = entry_of(place, "WriteBooking", "event_moved")
    assert place.api("POST", f"/7/journal/{moved}/undo", status=409)["reason"] == "parted"
    place.settle(300)
    assert len(place.events()) == 1
