"""The plan says what activation would do, and does nothing."""

from tests.harness.place import ROOM_A, Place


def test_the_plan_counts_what_would_be_made_and_makes_nothing(place: Place) -> None:
    place.save()
    place.connect()
    place.book()
    place.book("2026-11-25T10:00", "2026-11-25T11:00", status_code=10)
    plan = place.api("GET", "/7/plan?refresh=1")
    assert plan["complete"] is True
    assert plan["counts"] == {"make": 1, "write_id": 1}
    assert place.events(ROOM_A) == []
    assert place.api("GET", "/7/plan")["counts"] == plan["counts"]


def test_the_plan_shows_an_adoption_as_such(place: Place) -> None:
    place.save()
    place.connect()
    event = place.draw("2026-11-24T10:00", "2026-11-24T11:00", summary="Made by another integration")
    booking = place.book(external_id=event["id"])
    plan = place.api("GET", "/7/plan?refresh=1")
    assert plan["lines"][0]["booking_id"] == booking
    assert plan["lines"][0]["does"][0] == "adopt"
    assert "make" not in plan["counts"]


def test_the_plan_of_a_pair_in_step_is_empty(place: Place) -> None:
    place.activate()
    place.book()
    place.settle()
    plan = place.api("GET", "/7/plan?refresh=1")
    assert plan["counts"] == {}
    assert plan["in_step"] == 1


def test_shadow_journals_what_would_be_done_and_writes_nothing(place: Place) -> None:
    place.save()
    place.connect()
    place.api("POST", "/7/activate", {"shadow": True})
    place.book()
    place.settle()
    assert place.events(ROOM_A) == []
    assert {entry["outcome"] for entry in place.journal()} == {"shadow"}


def test_the_plan_counts_a_new_event_on_the_last_day_of_the_window(place: Place) -> None:
    place.save(inbound={"object": "10", "status": 20, "import_existing": True}, sync={"window_days": [0, 10]})
    place.connect()
    place.draw("2026-12-03T07:00", "2026-12-03T08:00")  # the window ends that day at nine, as it is nine now
    place.draw("2026-12-03T10:00", "2026-12-03T11:00")
    plan = place.api("GET", "/7/plan?refresh=1")
    assert plan["counts"] == {"make_booking": 1}
