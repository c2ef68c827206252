"""A live status that no list names: such bookings get no event, and that is said where people look."""

from typing import Any

from tests.harness.place import ROOM_A, Place


def check(place: Place) -> dict[str, Any]:
    (found,) = [each for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "statuses"]
    return dict(found)


def book_as_in_a_factory_fresh_tenant(place: Place, hour: int) -> str:
    return place.book(f"2026-11-24T{hour}:00", f"2026-11-24T{hour}:30", status_code=10)


def test_new_bookings_of_a_factory_fresh_tenant_are_amber_on_diagnostics(place: Place) -> None:
    place.activate()
    for hour in (10, 11):
        book_as_in_a_factory_fresh_tenant(place, hour)
    place.book("2026-11-24T12:00", "2026-11-24T12:30", status_code=40)
    place.book("2026-11-24T13:00", "2026-11-24T13:30", status_code=20)
    place.settle()
    found = check(place)
    assert found["level"] == "amber"
    assert "of 4 bookings" in found["says"]
    assert found["says"].endswith(": 2 x 10 (new), 1 x 40 (changed)")
    assert "Create on status" in found["mend"]


def test_lists_that_name_every_live_status_are_green(place: Place) -> None:
    place.activate(outbound={"create_on_status": [20, 30, 40], "tentative_on_status": [10]})
    book_as_in_a_factory_fresh_tenant(place, 10)
    place.settle()
    assert check(place)["level"] == "green"


def test_a_booking_of_an_object_without_a_calendar_is_not_missed(place: Place) -> None:
    place.activate()
    place.book(object_id=12, status_code=10)
    place.book(status_code=20)
    place.settle()
    assert check(place)["level"] == "green"


def test_the_plan_counts_what_no_list_names_apart_from_what_is_in_step(place: Place) -> None:
    place.save()
    place.connect()
    for hour in (10, 11):
        book_as_in_a_factory_fresh_tenant(place, hour)
    place.book("2026-11-24T13:00", "2026-11-24T13:30", status_code=70)
    plan = place.api("GET", "/7/plan?refresh=1")
    assert (plan["unlisted"], plan["in_step"], plan["counts"]) == ({"10": 2}, 1, {})


def test_an_option_whose_webhook_was_lost_is_found_by_a_sweep(place: Place) -> None:
    place.activate(outbound={"tentative_on_status": [10]})
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    book_as_in_a_factory_fresh_tenant(place, 10)
    place.api("POST", "/7/sweep")
    place.settle()
    assert place.event()["status"] == "tentative"


def test_a_pair_whose_event_was_refused_after_it_gave_up_the_former_one_gets_it_by_a_sweep(place: Place) -> None:
    place.activate()
    booking = place.book("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    place.change(booking, status_code=10)
    place.settle()
    event = place.event()["id"]
    insert = {"path": f"{ROOM_A}/events$", "method": "POST", "status": 403, "reason": "forbidden", "times": 1}
    place.google("POST", "faults", insert)
    place.delete(event)
    place.google("POST", f"calendars/{ROOM_A}/events/{event}/purge", {})
    place.settle(3600)
    assert place.events() == []
    place.api("POST", "/7/sweep")
    place.settle(60)
    assert len(place.events()) == 1
