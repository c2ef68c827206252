"""Mass removals: what people or faults take away in bulk waits for a person; a season cancelled on purpose does not."""

from tests.harness.place import ROOM_A, Place


def full_house(place: Place, count: int = 40) -> list[str]:
    place.activate(inbound={"allow_booking_update": True})
    booked = []
    for n in range(count):
        start = f"2026-12-{1 + n // 10:02d}T{8 + n % 10:02d}:00"
        booked.append(place.book(start, start.replace(":00", ":45")))
    place.settle(60)
    assert len(place.events()) == count
    return booked


def open_bookings(place: Place) -> int:
    return sum(1 for each in place.bookings() if each["status_code"] == 20)


def test_half_a_calendar_deleted_at_once_cancels_nothing(place: Place) -> None:
    full_house(place)
    for event in place.events()[:20]:
        place.delete(event["id"])
    place.settle(600)
    assert open_bookings(place) == 40
    assert len(place.api("GET", "/7/held")) == 20


def test_a_deleted_calendar_cancels_nothing_and_is_said(place: Place) -> None:
    full_house(place)
    place.google("DELETE", f"calendars/{ROOM_A}")
    for _ in range(3):
        place.tick()
        place.settle(700)
    assert open_bookings(place) == 40
    assert any(c["level"] == "red" and c["subject"] == ROOM_A for c in place.api("GET", "/7/diagnostics")["checks"])


def test_withdrawn_access_cancels_nothing(place: Place) -> None:
    full_house(place)
    place.google("PATCH", f"calendars/{ROOM_A}", {"access_role": "none"})
    for _ in range(3):
        place.tick()
        place.settle(700)
    assert open_bookings(place) == 40


def test_an_api_user_that_lost_its_rights_removes_no_event(place: Place) -> None:
    booked = full_house(place)
    for each in booked:
        place.ireserve("DELETE", f"bookings/{each}")
    place.api("POST", "/7/sweep")
    place.settle(1200)
    assert len(place.events()) >= 29
    held = place.api("GET", "/7/held")
    assert {item["would"] for item in held} == {"remove_event"}
    place.api("POST", f"/7/held/{held[0]['id']}/approve")
    assert len(place.events()) == len(held) - 1 + 0 or len(place.events()) >= 28


def test_a_season_cancelled_on_purpose_is_not_held(place: Place) -> None:
    for each in full_house(place):
        place.change(each, status_code=70)
    place.settle(120)
    assert place.events() == []
    assert place.api("GET", "/7/held") == []


def test_a_change_of_a_held_booking_brings_its_event_back(place: Place) -> None:
    full_house(place)
    for event in place.events()[:20]:
        place.delete(event["id"])
    place.settle(600)
    booking = place.api("GET", "/7/held")[0]["bookings"][0]["booking_id"]
    place.change(booking, start="2026-12-20T10:00", end="2026-12-20T11:00")
    place.settle(60)
    assert len(place.events()) == 21
    assert len(place.api("GET", "/7/held")) == 19
