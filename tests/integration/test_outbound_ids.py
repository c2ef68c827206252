"""Field for i-Reserve event id: where the event's id is written in the booking."""

from datetime import date

import pytest

from functions.application.scanning import scan
from functions.application.sync.retry_event_id import OFTEN
from tests.harness.deeds import active, changed, faults, levels, made
from tests.harness.place import Place


def test_external_id_field_left_out_is_external_id(place: Place) -> None:
    assert place.save()["outbound"]["external_id_field"] == "external_id"
    active(place)
    booking, event = made(place)
    assert place.booking(booking)["external_id"] == event["id"]


@pytest.mark.parametrize("name", ["custom01", "custom05"])
def test_external_id_field_custom_gets_the_id_and_leaves_external_id_alone(place: Place, name: str) -> None:
    active(place, external_id_field=name)
    booking, event = made(place, external_id="kept-by-another-program")
    shown = place.booking(booking)
    assert shown["custom"][name.removeprefix("custom")] == event["id"]
    assert shown["external_id"] == "kept-by-another-program"


@pytest.mark.parametrize("name", ["remarks", "custom", "customXX", "custom1234", "id", ""])
def test_external_id_field_of_another_name_is_a_fault(place: Place, name: str) -> None:
    assert "custom01" in faults(place, outbound={"external_id_field": name})["outbound.external_id_field"]


def test_external_id_field_keeps_its_id_when_the_booking_is_cancelled_and_reopened(place: Place) -> None:
    active(place)
    booking, event = made(place)
    changed(place, booking, status_code=70)
    assert place.events() == []
    changed(place, booking, status_code=20)
    assert place.event()["id"] == event["id"]
    assert place.booking(booking)["external_id"] == event["id"]


def test_external_id_field_is_written_once_where_i_reserve_does_not_show_it(place: Place) -> None:
    place.ireserve("PATCH", "dialect", {"external_id_returned": False, "column_external_id": ""})
    active(place)
    booking, event = made(place)
    assert place.booking(booking)["external_id"] == event["id"]
    place.forget()
    changed(place, booking, remarks="nog een keer")
    assert [call for call in place.ireserve_calls() if call.startswith("POST")] == []


@pytest.mark.parametrize("refusal", ["status_false", "error_409", "error_412", "old_values"])
def test_external_id_field_that_i_reserve_refuses_does_not_cost_the_event(place: Place, refusal: str) -> None:
    place.ireserve("PATCH", "dialect", {"refusal": refusal, "external_id_max_length": 10})
    active(place)
    booking, event = made(place)
    assert place.booking(booking)["external_id"] == ""
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    moved = place.event()
    assert (moved["id"], moved["start"]["dateTime"]) == (event["id"], "2026-11-24T12:00:00+01:00")


def test_external_id_field_emptied_by_a_person_makes_no_second_event(place: Place) -> None:
    active(place)
    booking, event = made(place)
    changed(place, booking, external_id="")
    place.api("POST", "/7/resync")
    place.settle()
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    moved = place.event()
    assert (moved["id"], moved["start"]["dateTime"]) == (event["id"], "2026-11-24T12:00:00+01:00")


def test_external_id_field_changed_by_a_person_afterwards_is_not_overwritten(place: Place) -> None:
    active(place)
    booking, event = made(place)
    changed(place, booking, external_id="ERP-77")
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    assert place.booking(booking)["external_id"] == "ERP-77"
    assert place.event()["id"] == event["id"]


def may_write(place: Place, *, right: bool) -> None:
    place.ireserve("PATCH", "users/api_calendar", {"write": right})


def night(place: Place) -> None:
    place.pass_time((26 - place.now.hour) % 24 * 3600)
    place.tick()
    place.settle(7200)


def tries(place: Place) -> int:
    return place.ireserve_calls().count("POST hook/booking/")


@pytest.mark.parametrize("again", ["resync", "night"])
def test_external_id_field_that_the_user_might_not_write_is_filled_once_the_right_was_given(
    place: Place, again: str
) -> None:
    active(place)
    may_write(place, right=False)
    booking, event = made(place)
    assert place.booking(booking)["external_id"] == ""
    assert levels(place)["write_back"] == "amber"
    may_write(place, right=True)
    if again == "resync":
        place.api("POST", "/7/resync")
        place.settle(60)
    else:
        night(place)
    assert place.booking(booking)["external_id"] == event["id"]
    assert "write_back" not in levels(place)
    place.forget()
    place.api("POST", "/7/resync")
    place.settle(60)
    assert tries(place) == 0


def test_external_id_field_that_the_user_may_not_write_is_asked_for_once_a_night(place: Place) -> None:
    active(place)
    may_write(place, right=False)
    booking, _ = made(place)
    place.forget()
    changed(place, booking, remarks="nog een keer")
    place.settle(3600)
    assert tries(place) == 0
    night(place)
    assert tries(place) == 1
    assert levels(place)["write_back"] == "amber"


def test_external_id_field_that_a_person_filled_in_for_the_user_is_asked_for_no_more(place: Place) -> None:
    active(place)
    may_write(place, right=False)
    booking, event = made(place)
    changed(place, booking, external_id=event["id"])
    night(place)
    place.forget()
    night(place)
    assert (tries(place), place.calls().count("calendar.events.get")) == (0, 0)
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    assert place.event()["id"] == event["id"]


def test_external_id_field_that_was_refused_during_a_walk_is_still_said_after_it(place: Place) -> None:
    active(place)
    may_write(place, right=False)
    booking, event = made(place)
    changed(place, booking, external_id=event["id"])
    place.ireserve("POST", "latency", {"seconds": 12})
    place.api("POST", "/7/resync")
    while (under_way := scan.current(place.documents, "7", "resync")) and under_way.week <= date(2026, 11, 30):
        place.settle(1)
    assert under_way is not None
    assert under_way.finished_at is None
    place.book("2026-11-24T14:00", "2026-11-24T15:00")
    place.settle(600)
    assert levels(place)["write_back"] == "amber"
    may_write(place, right=True)
    night(place)
    assert "write_back" not in levels(place)


def test_external_id_field_that_the_user_may_not_write_is_asked_for_a_few_bookings_a_night(place: Place) -> None:
    active(place)
    may_write(place, right=False)
    for day in range(1, 31):
        place.book(f"2026-12-{day:02}T10:00", f"2026-12-{day:02}T11:00")
    place.settle(60)
    place.forget()
    night(place)
    assert OFTEN <= tries(place) < OFTEN + 4
    may_write(place, right=True)
    night(place)
    assert all(each["external_id"] for each in place.bookings())


def test_external_id_field_with_a_foreign_value_is_left_alone_by_night_and_resync(place: Place) -> None:
    active(place)
    booking, _ = made(place, external_id="ERP-77")
    place.api("POST", "/7/resync")
    place.settle(60)
    night(place)
    assert place.booking(booking)["external_id"] == "ERP-77"
