"""Bookings as an API client reads and writes them."""

from typing import Any

HALL = {"object_id": 10, "date_from": "2026-11-23T10:00:00+0100", "date_till": "2026-11-23T11:00:00+0100"}


def write(stage: Any, **fields: Any) -> Any:
    return stage.api("POST", "hook/booking/", fields).json


def test_a_booking_has_the_documented_fields_with_numbers_as_text(stage: Any) -> None:
    number = stage.book(customer_id=2, remarks="Koffie om 10 uur", custom={"01": "beamer"}, external_id="ev1")
    shown = stage.api("GET", f"booking/{number}").json
    assert shown == {
        "id": str(number),
        "object_id": 10,
        "object": "ZAALA",
        "object_desc": "Zaal A",
        "date_from": "2026-11-23T10:00:00+0100",
        "date_till": "2026-11-23T11:00:00+0100",
        "number": "1",
        "remarks": "Koffie om 10 uur",
        "mainobject_desc": "",
        "mainobject_id": "",
        "fromtime": "10:00:00",
        "tilltime": "11:00:00",
        "status_code": "20",
        "status": "OPEN",
        "customer_id": "2",
        "customer": "Dhr. T. Ester",
        "email": "test@example.org",
        "location_id": "12",
        "location": "ZAAL",
        "location_desc": "Grote zaal",
        "event_id": "",
        "price": "12.50",
        "currency": "EUR",
        "external_id": "ev1",
        "custom01": "beamer",
        **{f"custom{n:02}": "" for n in range(2, 11)},
    }


def test_hook_booking_makes_a_booking_when_neither_id_nor_external_id_is_known(stage: Any) -> None:
    made = write(stage, **HALL, number=1, external_id="ev1", email="guest@example.org")
    assert made["date_from"] == HALL["date_from"]
    assert made["customer_id"] == "3"
    assert stage.api("GET", f"booking/{made['id']}").json == made


def test_hook_booking_updates_by_id_and_by_external_id(stage: Any) -> None:
    number = stage.book(external_id="ev1", remarks="oud")
    assert write(stage, id=number, remarks="nieuw", custom03=7)["custom03"] == "7"
    assert write(stage, external_id="ev1", number="1")["remarks"] == "nieuw"
    assert len(stage.control("GET", "bookings")["bookings"]) == 1


def test_a_status_code_changes_the_status(stage: Any) -> None:
    number = stage.book()
    assert write(stage, id=str(number), status_code="70")["status"] == "CANCELLED"


def test_a_taken_period_is_refused_behind_a_200_and_nothing_changes(stage: Any) -> None:
    stage.book()
    answer = stage.api("POST", "hook/booking?lang=english", {**HALL, "number": 1})
    assert answer.status_code == 200
    assert answer.json == {"status": False, "messages": ["The selected period is not available"]}
    assert len(stage.control("GET", "bookings")["bookings"]) == 1


def test_a_cancelled_booking_leaves_its_period_free(stage: Any) -> None:
    stage.book(status_code=70)
    assert write(stage, **HALL, number=1)["status_code"] == "10"


def test_without_a_login_or_with_a_wrong_one_bookings_are_401(stage: Any) -> None:
    for login in (None, ("api_calendar", "wrong"), ("nobody", "sandbox")):
        answer = stage.api("GET", "booking/1001", auth=login)
        assert (answer.status_code, answer.json) == (401, {"error": {"code": 401, "message": "Unauthorized"}})
