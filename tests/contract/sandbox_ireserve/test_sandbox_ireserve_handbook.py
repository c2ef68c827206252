"""What i-Reserve's handbook says beyond its interface: statuses, modes, sub-products, resources, rights, repetition."""

from typing import Any

import pytest
from ireserve_stage import HALL, Stage

MORNING = {"date_from": "2026-11-23T10:00:00+0100", "date_till": "2026-11-23T11:00:00+0100"}


def panel(stage: Stage, **fields: Any) -> Any:
    form = {"object_id": "10", "fromdate": "2026-11-23", "fromtime": "10:00", "tilltime": "11:00", **fields}
    answer = stage.client.post("/bookings/new", data=form)
    assert answer.status_code in (302, 409)
    return answer


def test_a_factory_fresh_environment_gives_every_new_booking_status_10() -> None:
    stage = Stage()
    shop = {"object_id": 11, "fromdate": "2026-11-23", "fromtime": "10:00", "tilltime": "11:00"}
    by_shop = stage.api("POST", "booking/add", shop, auth=None).json["booking_id"]
    panel(stage)
    by_person = stage.control(
        "POST", "bookings", {"object_id": 12, "from": "2026-11-23T10:00", "till": "2026-11-23T11:00"}
    )
    assert [stage.shown(n)["status_code"] for n in (by_shop, by_shop + 1, by_person["id"])] == ["10", "10", "10"]


def test_a_tenant_can_give_another_status_to_new_bookings() -> None:
    stage = Stage()
    stage.dialect(new_status=20)
    panel(stage)
    assert stage.shown(1001)["status_code"] == "20"


@pytest.mark.parametrize(("changed_status", "shown"), [(40, "40"), (0, "30")])
def test_a_customers_own_change_makes_a_booking_changed(changed_status: int, shown: str) -> None:
    stage = Stage()
    stage.dialect(changed_status=changed_status, hook_delay=0.0)
    number = stage.book(status_code=30)
    stage.control("POST", f"bookings/{number}/customer", {"from": "2026-11-23T14:00", "till": "2026-11-23T15:00"})
    assert (stage.shown(number)["fromtime"], stage.shown(number)["status_code"]) == ("14:00:00", shown)


@pytest.mark.parametrize(("status", "code"), [(20, 200), (70, 409), (80, 409)])
def test_a_customer_cancels_below_70(status: int, code: int) -> None:
    stage = Stage()
    number = stage.book(status_code=status)
    assert stage.client.post(f"/control/bookings/{number}/customer", json={"cancel": True}).status_code == code


def test_a_booking_by_day_and_time_keeps_its_times_over_several_days() -> None:
    stage = Stage()
    stage.control("POST", "objects", {"id": 30, "desc": "Feestzaal", "mode": "day_time"})
    made = stage.write(
        object_id=30, date_from="2026-11-23T15:00:00+0100", date_till="2026-11-25T11:00:00+0100", number=1
    )
    assert (made["date_from"], made["date_till"]) == ("2026-11-23T15:00:00+0100", "2026-11-25T11:00:00+0100")


def test_a_product_of_activities_is_booked_by_activity_only() -> None:
    stage = Stage()
    stage.control("POST", "objects", {"id": 40, "desc": "Yogales", "mode": "activity"})
    assert stage.write(object_id=40, **MORNING, number=1)["status"] is False
    activity = {
        "id": "2026-11-23_1",
        "object_id": 40,
        "desc": "Yoga",
        "from": "2026-11-23T10:00",
        "till": "2026-11-23T11:00",
    }
    stage.control("POST", "events", activity)
    assert stage.api("POST", "event/subscribe", {"event_id": "2026-11-23_1"}, auth=None).json["status"] is True


def courts(stage: Stage) -> None:
    stage.control("POST", "objects", {"id": 50, "desc": "Padelbaan"})
    for number in (51, 52):
        stage.control("POST", "objects", {"id": number, "desc": f"Padelbaan {number - 50}", "main_id": 50})


def test_a_booking_of_a_main_product_goes_to_its_first_free_sub_product() -> None:
    stage = Stage()
    courts(stage)
    first, second, third = (stage.write(object_id=50, **MORNING, number=1) for _ in range(3))
    assert [(first["object_id"], first["mainobject_id"]), (second["object_id"], second["mainobject_desc"])] == [
        (51, "50"),
        (52, "Padelbaan"),
    ]
    assert third["status"] is False
    shown = stage.api("GET", "object/51", auth=None).json
    assert (shown["ismainobj"], shown["mainobjid"]) == (False, 50)


def test_objects_that_share_a_resource_keep_each_other_out() -> None:
    stage = Stage()
    stage.control("POST", "objects", {"id": 60, "desc": "Hele hal", "resources": [1, 2]})
    stage.control("PATCH", "objects/10", {"resources": [1]})
    stage.control("PATCH", "objects/11", {"resources": [2]})
    assert stage.write(object_id=10, **MORNING, number=1)["object_id"] == 10
    assert stage.write(object_id=60, **MORNING, number=1)["status"] is False
    assert stage.write(object_id=11, **MORNING, number=1)["object_id"] == 11
    assert set(stage.api("GET", "object/60?expand=resources", auth=None).json["resources"]) == {"1", "2"}


@pytest.mark.parametrize(("right", "hours"), [("conflict", ("10", "11")), ("periods", ("07", "08"))])
def test_a_user_with_the_right_to_override_saves_what_conflicts(right: str, hours: tuple[str, str]) -> None:
    stage = Stage()
    stage.control("PATCH", "objects/10", {"opening": [9, 22]})
    stage.book()
    start, end = (f"2026-11-23T{hour}:00:00+0100" for hour in hours)
    body = {**HALL, "date_from": start, "date_till": end, "number": 1}
    assert stage.write(**body)["status"] is False
    stage.control("PATCH", "users/api_calendar", {"overrides": [right]})
    assert stage.write(**body)["object_id"] == 10


def test_additional_bookings_move_along_until_they_are_detached() -> None:
    stage = Stage()
    number = stage.book()
    added = [each["id"] for each in stage.control("POST", f"bookings/{number}/additional", {"weeks": 2})["bookings"]]
    assert [stage.shown(each)["date_from"] for each in added] == [
        "2026-11-30T10:00:00+0100",
        "2026-12-07T10:00:00+0100",
    ]
    stage.control("PATCH", f"bookings/{number}", {"from": "2026-11-24T14:00", "till": "2026-11-24T15:00"})
    assert stage.shown(added[1])["date_from"] == "2026-12-08T14:00:00+0100"
    stage.control("DELETE", f"bookings/{number}/additional")
    stage.control("PATCH", f"bookings/{number}", {"from": "2026-11-24T16:00", "till": "2026-11-24T17:00"})
    assert stage.shown(added[1])["date_from"] == "2026-12-08T14:00:00+0100"


def test_a_main_booking_has_sub_bookings_of_the_same_time() -> None:
    stage = Stage()
    made = stage.control("POST", f"bookings/{stage.book()}/subs", {"objects": [11, 12]})["bookings"]
    assert [(each["object_id"], each["date_from"]) for each in made] == [
        (11, "2026-11-23T10:00:00+0100"),
        (12, "2026-11-23T10:00:00+0100"),
    ]


def test_what_changed_since_a_moment_can_be_searched() -> None:
    stage = Stage()
    stage.book()
    stage.time = stage.time.replace(hour=12)
    number = stage.book("2026-12-24", internal_remarks="sleutel bij de beheerder")
    rows = stage.rows('bijgewerkt >= "2026-11-22 12:30:00"', "RES_ID,RES_UPDATED,RES_INTERNAL_REMARKS")
    assert [(row["RES_ID_raw"], row["RES_UPDATED_raw"], row["RES_INTERNAL_REMARKS"]) for row in rows] == [
        (str(number), "2026-11-22 13:00:00", "sleutel bij de beheerder")
    ]


def test_rows_can_be_sorted_where_the_tenant_does_so() -> None:
    stage = Stage()
    first, second = stage.book("2026-12-24"), stage.book("2026-11-24")
    sorting = {"orderfields": "RES_FROMDATE", "ordertype": "ASC"}
    assert [row["RES_ID_raw"] for row in stage.rows(**sorting)] == [str(first), str(second)]
    stage.dialect(sorts=True)
    assert [row["RES_ID_raw"] for row in stage.rows(**sorting)] == [str(second), str(first)]
    assert [row["RES_ID_raw"] for row in stage.rows(**sorting | {"ordertype": "DESC"})] == [str(first), str(second)]


def test_the_documented_example_of_hook_booking_makes_a_booking_of_one_place() -> None:
    stage = Stage()
    example = {
        "object_id": 10,
        "date_till": "2018-02-13T11:30:00+0100",
        "date_from": "2018-02-13T09:30:00+0100",
        "remarks": "",
        "email": "info@example.org",
        "external_id": "3114hqq4rqsvlhgr8s66msvju9",
    }
    assert (stage.write(**example)["number"], stage.write(**example)["id"]) == ("1", "1001")


@pytest.mark.parametrize("kind", ["data", "booking"])
def test_a_booking_can_be_answered_within_an_envelope(kind: str) -> None:
    stage = Stage()
    number = stage.book()
    stage.dialect(booking_envelope=kind)
    assert stage.shown(number)[kind]["id"] == str(number)


@pytest.mark.parametrize(("keeps", "shown"), [(True, "0100"), (False, "0200")])
def test_which_half_past_two_it_was_is_kept_or_not(*, keeps: bool, shown: str) -> None:
    stage = Stage()
    stage.dialect(keeps_repeated_hour=keeps)
    made = stage.write(
        object_id=10, date_from="2027-10-31T02:30:00+0100", date_till="2027-10-31T03:30:00+0100", number=1
    )
    assert made["date_from"] == f"2027-10-31T02:30:00+{shown}"


def test_a_time_zone_that_is_none_is_refused() -> None:
    answer = Stage().client.patch("/control/dialect", json={"timezone": "Europe/Nergens"})
    assert (answer.status_code, answer.json) == (400, {"error": "there is no time zone Europe/Nergens"})
