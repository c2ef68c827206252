"""The plan says what activation would do, and does nothing."""

from itertools import cycle

import pytest

from functions.application.setting_up import preview
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


@pytest.mark.parametrize("backfill", ["all", "future", "none"])
def test_the_plan_counts_each_existing_event_that_becomes_a_booking_also_one_that_is_over(
    place: Place, backfill: str
) -> None:
    """What the backfill leaves out are bookings; every existing event of the window becomes one."""
    for day in ("2026-11-02", "2026-11-20", "2026-11-24"):
        place.draw(f"{day}T10:00", f"{day}T11:00")
    place.pass_time(60)
    place.save(inbound={"import_existing": True}, sync={"backfill": backfill})
    place.connect()
    plan = place.api("GET", "/7/plan?refresh=1")
    place.api("POST", "/7/activate")
    place.settle(60)
    assert plan["counts"] == {"make_booking": len(place.bookings())} == {"make_booking": 3}


def test_the_plan_counts_a_new_event_on_the_last_day_of_the_window(place: Place) -> None:
    place.save(inbound={"object": "10", "status": 20, "import_existing": True}, sync={"window_days": [0, 10]})
    place.connect()
    place.draw("2026-12-03T07:00", "2026-12-03T08:00")  # the window ends that day at nine, as it is nine now
    place.draw("2026-12-03T10:00", "2026-12-03T11:00")
    plan = place.api("GET", "/7/plan?refresh=1")
    assert plan["counts"] == {"make_booking": 1}


def test_a_plan_that_goes_on_after_the_settings_changed_begins_anew(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.save()
    place.connect()
    for day in range(10, 30):
        place.book(f"2026-12-{day}T10:00", f"2026-12-{day}T11:00")
    turns = cycle([False, True])
    monkeypatch.setattr(preview, "_over", lambda _ports, _began: next(turns))
    while not (plan := place.api("GET", "/7/plan?refresh=more"))["counts"]:
        assert not plan["complete"]
    assert 0 < plan["counts"]["make"] < 20
    place.save(mapping=[{"object": "11", "calendar": ROOM_A}])
    monkeypatch.undo()
    plan = place.api("GET", "/7/plan?refresh=more")
    assert (plan["complete"], plan["counts"]) == (True, {})


@pytest.mark.parametrize("backfill", ["none", "future", "all"])
def test_the_plan_of_another_activation_shows_what_that_does(place: Place, backfill: str) -> None:
    place.activate(sync={"backfill": backfill})
    place.settle(60)
    place.api("POST", "/7/deactivate")
    place.book("2026-11-10T10:00", "2026-11-10T11:00")
    place.book()
    plan = place.api("GET", "/7/plan?refresh=1")
    place.api("POST", "/7/activate")
    place.settle(60)
    assert plan["counts"].get("make", 0) == len(place.events(ROOM_A))
