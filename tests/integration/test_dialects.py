"""The product works in every dialect of i-Reserve, probed or not, within what each can do."""

from typing import Any

import pytest

from tests.harness.place import ROOM_A, Place
from tests.harness.trials import Crash, Faulty, booked, probed, switch

SWITCHES: list[dict[str, Any]] = [
    {},
    {"legacy_booking": True},
    {"unknown_booking": "null"},
    {"unknown_booking": "empty"},
    {"no_right": "403"},
    {"absent": "null"},
    {"absent": "missing"},
    {"time_format": "24h"},
    {"naive_dates": False},
    {"day_end": "inclusive"},
    {"language": "english"},
    {"refusal": "error_409"},
    {"refusal": "error_412"},
    {"refusal": "old_values"},
    {"validates": False},
    {"override_in": "body"},
    {"override_in": "query", "override_name": "force"},
    {"unknown_id": "refused"},
    {"unknown_id": "creates"},
    {"missing_number_on_update": "one"},
    {"missing_number_on_update": "refused"},
    {"missing_number_on_create": "one"},
    {"new_status": 20},
    {"hook_booking_answer": "id"},
    {"hook_booking_fires_hooks": False},
    {"api_status_delayed": True},
    {"external_id_returned": False},
    {"external_id_returned": False, "external_id_searchable": False},
    {"external_id_searchable": False},
    {"search_external_id": "extern_id", "column_external_id": ""},
    {"external_id_max_length": 10, "external_id_too_long": "cut"},
    {"external_id_unique": True},
    {"external_id_updatable": False},
    {"external_id_clearable": False},
    {"custom_in_filter": False},
    {"column_tilldate": "", "column_status": "", "column_object_id": "", "column_external_id": ""},
    {"column_status": "RES_STATUS_CODE", "column_object_id": "OBJ_ID", "column_tilldate": "RES_ENDDATE"},
    {"status_raw": "text"},
    {"status_raw": "panel"},
    {"unknown_column": "ignored", "column_status": ""},
    {"duplicate_rows": True},
    {"filter_max_length": 3},
    {"filter_order": "start"},
    {"hook_body": "id"},
    {"hook_body": "nested"},
    {"hook_body": "res_id"},
    {"hook_body": "empty"},
    {"hook_delay": 3.0},
    {"hook_on_delete": "booking_updated"},
    {"repeated_subscribe": "same"},
    {"hook_delete_answer": "empty"},
]
FOUND_OUT = {  # switches whose finding changes what the product does
    "legacy_booking",
    "refusal",
    "validates",
    "override_in",
    "missing_number_on_update",
    "api_status_delayed",
    "external_id_returned",
    "external_id_searchable",
    "search_external_id",
    "external_id_max_length",
    "external_id_updatable",
    "external_id_clearable",
    "custom_in_filter",
    "column_status",
    "status_raw",
    "filter_max_length",
}
IDS = {"legacy_booking", "external_id_returned", "custom_in_filter", "absent", "hook_booking_answer"}
OPEN = {
    "inbound": {"allow_booking_update": True},
    "sync": {"backfill": "none", "cancel_grace_seconds": 5, "window_days": [-7, 21]},
}


def is_at(event: dict[str, Any], hour: int) -> bool:
    return bool(event["start"]["dateTime"] == f"2026-11-24T{hour}:00:00+01:00")


def live(place: Place) -> list[dict[str, Any]]:
    """Return the bookings that are not cancelled, without the test booking."""
    return [each for each in place.bookings() if each["status_code"] < 70 and each["remarks"] != "TEST"]


def still(place: Place) -> None:
    """Nothing more happens, not in a resync either."""
    events, bookings, entries = place.events(ROOM_A), place.bookings(), len(place.journal())
    place.api("POST", "/7/resync")
    place.settle(60)
    place.tick()
    place.settle(60)
    assert [each["etag"] for each in place.events(ROOM_A)] == [each["etag"] for each in events]
    assert place.bookings() == bookings
    assert len(place.journal()) == entries


def start(place: Place, switches: dict[str, Any], field: str, *, probe: bool) -> None:
    switch(place, **switches)
    parts: dict[str, Any] = {**OPEN, "outbound": {"external_id_field": field}}
    if probe:
        place.save(**parts)
        probed(place, booked(place, status_code=40), really="legacy_booking" in switches)
        place.ireserve("DELETE", "bookings/1001")
        place.ireserve("DELETE", "bookings/1002")
    place.activate(**parts)
    place.settle(60)


def both_follow_each_other(place: Place) -> None:
    """Go through the life of a booking and of an event; whatever the dialect, all of this holds."""
    booking = place.book()
    place.settle(30)
    assert is_at(place.event(), 10)
    place.change(booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.settle(30)
    assert is_at(place.event(), 12)
    place.drag(place.event()["id"], "2026-11-24T15:00", "2026-11-24T16:00")
    place.settle(30)
    assert place.booking(booking)["from"] == "2026-11-24T15:00"
    assert is_at(place.event(), 15)
    place.change(booking, status_code=70)
    place.settle(30)
    assert (place.events(ROOM_A), live(place)) == ([], [])

    event = place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle(30)
    assert [each["from"] for each in live(place)] == ["2026-11-24T10:00"]
    place.drag(event["id"], "2026-11-24T12:00", "2026-11-24T13:00")
    place.settle(30)
    (made,) = live(place)
    assert made["from"] == "2026-11-24T12:00"
    place.change(str(made["id"]), start="2026-11-24T15:00", end="2026-11-24T16:00")
    place.settle(30)
    assert is_at(place.event(), 15)
    still(place)
    place.delete(event["id"])
    place.settle(30)
    assert (place.events(ROOM_A), live(place)) == ([], [])
    still(place)


@pytest.mark.parametrize("switches", SWITCHES, ids=str)
def test_both_sides_follow_each_other_unprobed(place: Place, switches: dict[str, Any]) -> None:
    start(place, switches, "external_id", probe=False)
    both_follow_each_other(place)


@pytest.mark.parametrize("switches", [each for each in SWITCHES if FOUND_OUT & set(each)], ids=str)
def test_both_sides_follow_each_other_once_probed(place: Place, switches: dict[str, Any]) -> None:
    start(place, switches, "external_id", probe=True)
    both_follow_each_other(place)


@pytest.mark.parametrize("probe", [False, True], ids=["assumed", "probed"])
@pytest.mark.parametrize("switches", [each for each in SWITCHES if IDS & set(each)], ids=str)
def test_both_sides_follow_each_other_with_the_id_in_a_custom_field(
    place: Place,
    switches: dict[str, Any],
    probe: bool,  # noqa: FBT001
) -> None:
    start(place, switches, "custom01", probe=probe)
    both_follow_each_other(place)


@pytest.mark.parametrize("probe", [False, True], ids=["assumed", "probed"])
def test_where_event_ids_do_not_fit_bookings_become_events_and_events_are_refused_with_what_to_do(
    place: Place,
    probe: bool,  # noqa: FBT001
) -> None:
    start(place, {"external_id_max_length": 10}, "external_id", probe=probe)
    booking = place.book()
    place.settle(30)
    place.change(booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.settle(30)
    assert is_at(place.event(), 12)
    event = place.draw("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle(30)
    assert [str(each["id"]) for each in live(place)] == [booking]
    (refused,) = [each for each in place.events(ROOM_A) if each["id"] == event["id"]]
    assert "i-Reserve weigert" in refused["description"]
    still(place)
    checks = {each["name"]: each for each in place.api("GET", "/7/diagnostics")["checks"]}
    if probe:
        assert "custom field" in checks["external_id"]["mend"]
    place.change(booking, status_code=70)
    place.settle(30)
    assert [each["id"] for each in place.events(ROOM_A)] == [event["id"]]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("switches", "field"),
    [
        ({}, "external_id"),
        ({"external_id_searchable": False}, "external_id"),
        ({}, "custom01"),
        ({"custom_in_filter": False}, "custom01"),
    ],
    ids=str,
)
def test_a_booking_is_made_once_though_the_process_dies_while_making_it(
    place: Place,
    switches: dict[str, Any],
    field: str,
    after: bool,  # noqa: FBT001
) -> None:
    start(place, switches, field, probe=False)
    die_while_making(place, after=after)
    assert [each["from"] for each in live(place)] == ["2026-11-24T10:00"]
    assert len(place.events(ROOM_A)) == 1
    assert "weigert" not in place.event().get("description", "")
    still(place)


@pytest.mark.parametrize("switches", [{"external_id_returned": False}, {"legacy_booking": True}], ids=str)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_no_second_booking_is_made_where_ids_can_neither_be_seen_nor_searched(
    place: Place,
    switches: dict[str, Any],
    after: bool,  # noqa: FBT001
) -> None:
    """The booking's own webhook can be faster than the recovery; then it has an event too, beside the person's."""
    start(place, {**switches, "external_id_searchable": False}, "external_id", probe=False)
    die_while_making(place, after=after)
    assert [each["from"] for each in live(place)] == ["2026-11-24T10:00"]


def die_while_making(place: Place, *, after: bool) -> None:
    place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    whole = place.ports
    ports: Any = place.compose(place.documents)
    ports.outside = Faulty(whole.outside, 0, Crash, after=after, times=1, only="make")
    place.ports = ports
    with pytest.raises(Crash):
        place.settle(30)
    place.pass_time(91)
    place.settle(120)


# Rights


def parked(place: Place) -> list[tuple[str, str]]:
    return [(each["subject"][0], each["reason"]) for each in place.api("GET", "/7/parked")]


@pytest.mark.parametrize("no_right", ["401", "403"])
def test_a_booking_that_the_user_may_not_see_is_parked_and_stops_nothing(place: Place, no_right: str) -> None:
    start(place, {"no_right": no_right}, "external_id", probe=False)
    seen = place.book()
    place.settle(30)
    place.ireserve("PATCH", "users/api_calendar", {"objects": [10]})
    hidden = place.book("2026-11-24T12:00", "2026-11-24T13:00", object_id=11)
    place.settle(60)
    assert parked(place) == [(hidden, "no_right")]
    place.change(seen, start="2026-11-24T14:00", end="2026-11-24T15:00")
    place.settle(30)
    assert is_at(place.event(), 14)
    assert place.api("GET", "/7")["ireserve_refused"] == ""


def test_a_user_without_the_right_to_see_customers_costs_the_guest_and_not_the_booking(place: Place) -> None:
    place.ireserve("PATCH", "users/api_calendar", {"customers": False})
    switch(place, legacy_booking=True)  # its answers show no address either; the row could
    place.activate(inbound=OPEN["inbound"], sync=OPEN["sync"], outbound={"use_customer_data": True})
    place.book(customer_id=2)
    place.settle(30)
    assert "attendees" not in place.event()
    assert place.api("GET", "/7")["ireserve_refused"] == ""


def test_diagnostics_say_that_customers_cannot_be_read_until_they_can(place: Place) -> None:
    place.ireserve("PATCH", "users/api_calendar", {"customers": False})
    place.activate(inbound=OPEN["inbound"], sync=OPEN["sync"], outbound={"use_customer_data": True})
    number = place.book(customer_id=2)
    place.tenant.world.customers[2].email = ""
    place.change(number, remarks="nog eens")
    place.settle(30)
    assert len(place.events(ROOM_A)) == 1

    def told() -> list[str]:
        checks = place.api("GET", "/7/diagnostics")["checks"]
        return [each["mend"] for each in checks if each["name"] == "customers"]

    assert "api_customer_get" in told()[0]
    place.ireserve("PATCH", "users/api_calendar", {"customers": True})
    assert told() == []
