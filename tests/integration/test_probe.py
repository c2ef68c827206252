"""The probe: what i-Reserve documents nowhere is found out on one test booking, and nothing of that is left behind."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.application.probing import record
from tests.harness.place import ROOM_A, Place
from tests.harness.trials import booked, probed, stored, switch, untouched

FOUND = [
    ({}, {"search_id": "BOOKING_ID", "search_start": "startdatum", "search_dates": "relative"}),
    ({}, {"hour_objects": ["10"], "write_validates": True, "write_fires_hooks": True, "status_lag_seconds": 0.0}),
    ({}, {"external_id_returned": True, "external_id_clearable": True, "external_id_max_length": None}),
    ({"legacy_booking": True}, {"external_id_returned": False, "column_external_id": "RES_EXTERNAL_ID"}),
    ({"legacy_booking": True, "column_object_id": "OBJ_ID"}, {"column_object": "OBJ_ID"}),
    ({"refusal": "status_false"}, {"refusals": "status_false"}),
    ({"refusal": "error_409"}, {"refusals": "http_error"}),
    ({"refusal": "error_412"}, {"refusals": "http_error"}),
    ({"refusal": "old_values"}, {"refusals": "old_values", "write_validates": True}),
    ({"validates": False}, {"write_validates": False}),
    ({"override_in": "body"}, {"override": ["body", "override", 1]}),
    ({"override_in": "query", "override_name": "force"}, {"override": ["query", "force", 1]}),
    ({"missing_number_on_update": "refused"}, {"update_carries": ["number"]}),
    ({"hook_booking_answer": "id"}, {"external_id_returned": True, "write_validates": True}),
    ({"hook_booking_fires_hooks": False}, {"write_fires_hooks": False}),
    ({"hook_body": "empty"}, {"write_fires_hooks": True}),
    ({"hook_body": "nested"}, {"write_fires_hooks": True}),
    ({"api_status_delayed": True}, {"status_lag_seconds": 0.5, "hook_lead_seconds": 0.6}),
    ({"api_status_delayed": True, "hook_delay": 2.0}, {"status_lag_seconds": 2.5}),
    ({"external_id_returned": False}, {"external_id_returned": False, "search_external_id": "external_id"}),
    ({"external_id_searchable": False}, {"search_external_id": None}),
    ({"search_external_id": "extern_id", "column_external_id": ""}, {"search_external_id": "extern_id"}),
    ({"external_id_max_length": 10}, {"external_id_max_length": 10}),
    ({"external_id_max_length": 40}, {"external_id_max_length": 40}),
    ({"external_id_max_length": 10, "external_id_too_long": "cut"}, {"external_id_max_length": 10}),
    ({"external_id_updatable": False}, {"external_id_clearable": False, "external_id_returned": True}),
    ({"external_id_clearable": False}, {"external_id_clearable": False}),
    ({"external_id_unique": True}, {"external_id_returned": True, "external_id_max_length": None}),
    ({"custom_in_filter": False}, {"search_custom": None}),
    ({"column_tilldate": ""}, {"column_till_date": None}),
    ({"column_tilldate": "RES_ENDDATE"}, {"column_till_date": "RES_ENDDATE"}),
    ({"column_status": ""}, {"column_status": None}),
    ({"column_status": "RES_STATUS_CODE"}, {"column_status": "RES_STATUS_CODE"}),
    ({"column_object_id": ""}, {"column_object": None}),
    ({"column_object_id": "OBJ_ID"}, {"column_object": "OBJ_ID"}),
    ({"column_external_id": ""}, {"column_external_id": None}),
    ({"column_external_id": "EXTERNAL_ID"}, {"column_external_id": "EXTERNAL_ID"}),
    ({"status_raw": "text"}, {"column_status": "RES_STATUS"}),
    ({"status_raw": "panel"}, {"column_status": "RES_STATUS"}),
    ({"unknown_column": "ignored", "column_status": ""}, {"column_status": None}),
    ({}, {"column_changed": "RES_UPDATED", "search_changed": "bijgewerkt"}),
    ({"column_updated": "UPDATED", "search_updated": ""}, {"column_changed": "UPDATED", "search_changed": "UPDATED"}),
    ({"column_updated": ""}, {"column_changed": None, "search_changed": None}),
    ({"filter_order": "start"}, {"sorts": False}),
    ({"filter_order": "start", "sorts": True}, {"sorts": True}),
    ({"filter_max_length": 3}, {"rows_at_once": 3, "column_status": "RES_STATUS"}),
]
ALL_AT_ONCE = {
    "refusal": "old_values",
    "missing_number_on_update": "refused",
    "hook_booking_answer": "id",
    "api_status_delayed": True,
    "override_in": "query",
    "column_status": "",
    "external_id_returned": False,
    "hook_body": "res_id",
    "absent": "missing",
}


@pytest.mark.parametrize(("switches", "expected"), FOUND, ids=str)
def test_the_probe_finds_what_the_switch_says(place: Place, switches: dict[str, Any], expected: dict[str, Any]) -> None:
    switch(place, **switches)
    place.save()
    booking = booked(place)
    for day in range(1, 6):
        place.book(f"2026-12-0{day}T10:00", f"2026-12-0{day}T11:00")
    before = untouched(place)
    really = "legacy_booking" in switches  # its answers do not show the remarks
    shown = probed(place, booking, really=really)
    assert (shown["state"], shown["trouble"], shown["left"]) == ("done", {}, [])
    known = stored(place)
    assert {name: known.get(name, "unknown") for name in expected} == expected
    assert untouched(place) == before
    assert place.ireserve("GET", "hooks")["hooks"] == []


@pytest.mark.parametrize(("overrides", "validates", "level"), [([], True, "green"), (["conflict"], False, "red")])
def test_the_probe_finds_whether_this_users_writes_are_validated(
    place: Place, overrides: list[str], level: str, *, validates: bool
) -> None:
    place.ireserve("PATCH", "users/api_calendar", {"overrides": overrides})
    place.save()
    place.connect()
    probed(place, booked(place))
    assert stored(place)["write_validates"] is validates
    (found,) = [each for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "validation"]
    assert found["level"] == level
    assert validates or "action_booking_override" in found["mend"]


def test_the_probe_finds_its_way_where_everything_is_different(place: Place) -> None:
    switch(place, **ALL_AT_ONCE)
    place.save()
    booking = booked(place)
    before = untouched(place)
    shown = probed(place, booking)
    assert (shown["state"], shown["trouble"], shown["left"]) == ("done", {}, [])
    known = stored(place)
    assert (known["refusals"], known["update_carries"], known["override"]) == (
        "old_values",
        ["number"],
        ["query", "override", 1],
    )
    assert (known["column_status"], known["external_id_returned"], known["write_fires_hooks"]) == (None, False, True)
    assert untouched(place) == before


@pytest.mark.parametrize(("rule", "carried"), [("keep", []), ("one", ["number"])])
def test_places_that_an_update_loses_are_carried(place: Place, rule: str, carried: list[str]) -> None:
    place.ireserve("PATCH", "objects/10", {"places": 5})
    switch(place, missing_number_on_update=rule)
    place.save()
    booking = booked(place, number=3)
    before = untouched(place)
    probed(place, booking)
    assert stored(place)["update_carries"] == carried
    assert untouched(place) == before


def test_an_object_by_the_day_is_known_as_one(place: Place) -> None:
    place.save()
    booking = place.book("2026-12-04", "2026-12-06", object_id=20, remarks="test")
    before = untouched(place)
    shown = probed(place, booking, "20")
    assert shown["trouble"] == {}
    known = stored(place)
    assert (known["day_objects"], "hour_objects" in known, known["write_validates"]) == (["20"], False, True)
    assert untouched(place) == before


def test_the_test_object_may_be_another_than_the_bookings(place: Place) -> None:
    place.save()
    booking = booked(place)
    before = untouched(place)
    shown = probed(place, booking, "12")
    assert (shown["trouble"], stored(place)["hour_objects"]) == ({}, ["12"])
    assert stored(place)["write_validates"] is True
    assert untouched(place) == before


def test_two_probes_find_the_same(place: Place) -> None:
    place.save()
    booking = booked(place)
    first = probed(place, booking)["found"]
    assert probed(place, booking)["found"] == first


def test_what_only_a_person_knows_stays_assumed_and_is_said_to_be(place: Place) -> None:
    place.save()
    probed(place, booked(place))
    points = {each["name"]: each for each in place.api("GET", "/7/dialect")["points"]}
    assert not points["write_mails"]["known"]
    assert points["search_id"]["known"]
    (check,) = [each for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "dialect"]
    assert check["level"] == "grey"  # nobody can settle it


def test_an_override_that_a_person_typed_is_tried_first(place: Place) -> None:
    switch(place, override_in="body", override_name="mag_dubbel")
    place.save()
    place.api("PUT", "/7/dialect", {"override": ["body", "mag_dubbel", 1]})
    probed(place, booked(place))
    assert stored(place)["override"] == ["body", "mag_dubbel", 1]
    switch(place, override_in="none")
    probed(place, booked(place, **{"from": "2026-12-02T10:00", "till": "2026-12-02T11:00"}))
    assert "override" not in stored(place)


# The product beside it


def test_an_active_product_leaves_the_bookings_of_a_probe_alone_until_it_ends(place: Place) -> None:
    place.activate(outbound={"create_on_status": [30]}, sync={"backfill": "none"})
    booking = booked(place)
    place.settle()
    before, events = untouched(place), place.events(ROOM_A)
    shown = probed(place, booking)
    assert (shown["trouble"], stored(place)["write_fires_hooks"]) == ({}, True)
    assert untouched(place) == before
    assert place.events(ROOM_A) == events == []
    assert len(place.ireserve("GET", "hooks")["hooks"]) == 2


def test_a_linked_booking_can_be_probed_if_a_person_insists_and_its_event_ends_where_it_was(place: Place) -> None:
    place.activate()
    booking = booked(place)
    place.settle()
    before, event = untouched(place), place.event()
    assert place.api("POST", "/7/probe", {"booking": booking, "object": "10"}, 422)["reason"] == "linked"
    probed(place, booking, really=True)
    assert untouched(place) == before
    assert (place.event()["id"], place.event()["start"]) == (event["id"], event["start"])


def test_the_built_in_integration_is_noticed_and_stops_activation(place: Place) -> None:
    place.save()
    place.connect()
    booking = booked(place)
    place.api("POST", "/7/probe", {"booking": booking, "object": 10})
    place.settle(4)
    (made,) = [each for each in place.bookings() if each["remarks"].startswith("PROBE")]
    place.change(str(made["id"]), external_id="3114hqq4rqsvlhgr8s66msvju9")
    place.settle(60)
    assert stored(place)["built_in_active"] is True
    (made,) = [each for each in place.bookings() if each["remarks"].startswith("PROBE")]
    assert (made["external_id"], made["status_code"]) == ("3114hqq4rqsvlhgr8s66msvju9", 70)
    said = place.api("POST", "/7/activate", {}, 409)["error"]
    assert "Administration > Integrations > Google Calendar" in said
    place.api("POST", "/7/activate", {"anyway": True}, 200)


# Which bookings


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"remarks": "Verjaardag"}, "not_a_test"),
        ({"remarks": "", "status_code": 70}, "cancelled"),
        ({"start": "2026-11-20T10:00", "end": "2026-11-20T11:00"}, "past"),
    ],
)
def test_a_booking_that_does_not_suit_is_refused(place: Place, fields: dict[str, Any], reason: str) -> None:
    place.save()
    booking = booked(place)
    place.change(booking, **fields)
    place.settle(5)
    before = untouched(place)
    assert place.api("POST", "/7/probe", {"booking": booking, "object": 10}, 422)["reason"] == reason
    place.settle()
    assert untouched(place) == before


def test_a_booking_of_an_activity_is_refused(place: Place) -> None:
    hour = {"from": "2026-11-26T10:00", "till": "2026-11-26T11:00"}
    activity = {"id": "2026-11-26_1", "object_id": 10, "desc": "Yoga", **hour}
    place.ireserve("POST", "events", activity)
    place.save()
    booking = place.book("2026-11-26T10:00", "2026-11-26T11:00", event_id="2026-11-26_1", remarks="TEST")
    assert place.api("POST", "/7/probe", {"booking": booking, "object": 10}, 422)["reason"] == "activity"


def test_a_real_looking_booking_is_probed_if_a_person_insists(place: Place) -> None:
    place.save()
    booking = booked(place, remarks="Verjaardag")
    before = untouched(place)
    assert probed(place, booking, really=True)["trouble"] == {}
    assert untouched(place) == before


def test_what_is_not_there_or_no_number_is_said(place: Place) -> None:
    place.save()
    assert place.api("POST", "/7/probe", {"booking": "4711", "object": "10"}, 404)["reason"] == "no_booking"
    booking = booked(place)
    assert place.api("POST", "/7/probe", {"booking": booking, "object": "999"}, 404)["reason"] == "unknown_object"
    said = place.api("POST", "/7/probe", {"booking": "x", "object": None}, 422)["errors"]
    assert {each["field"] for each in said} == {"booking", "object"}
    assert place.api("GET", "/7/probe") == {"state": "none"}


def test_a_stop_waits_for_the_part_that_another_instance_is_running(place: Place) -> None:
    place.save()
    place.api("POST", "/7/probe", {"booking": booked(place), "object": 10}, 202)
    place.settle(4)
    trial = record.current(place.documents, "7")
    assert trial is not None
    record.save(place.ports, "7", replace(trial, leased_until=place.now + timedelta(seconds=60), due=None), trial)
    place.api("DELETE", "/7/probe", status=202)
    at_once = 0
    while at_once < 20 and (due := place.tasks.next_due()) is not None and due <= place.now:
        at_once += place.do_one()
    assert at_once < 20
    place.settle(70)
    assert place.api("GET", "/7/probe")["state"] == "done"


def test_there_is_one_probe_at_a_time_and_it_can_be_stopped(place: Place) -> None:
    place.save()
    booking = booked(place)
    before = untouched(place)
    place.api("POST", "/7/probe", {"booking": booking, "object": 10}, 202)
    place.settle(4)
    assert place.api("GET", "/7/probe")["state"] == "running"
    assert place.api("POST", "/7/probe", {"booking": booking, "object": 10}, 409)["reason"] == "probing"
    place.api("DELETE", "/7/probe", status=202)
    place.settle(4)
    assert place.api("GET", "/7/probe")["state"] == "done"
    assert untouched(place) == before
    assert place.ireserve("GET", "hooks")["hooks"] == []
