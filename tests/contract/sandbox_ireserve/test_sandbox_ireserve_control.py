"""The control API: clock, reset, calls, faults, latency; and the panel's forms without JavaScript."""

from typing import Any

import pytest
from ireserve_stage import Stage


def test_the_clock_can_be_set_advanced_and_put_back() -> None:
    stage = Stage()
    assert stage.control("POST", "clock", {"now": "2027-03-28T01:30:00+01:00"})["now"] == "2027-03-28T01:30:00+01:00"
    assert stage.control("POST", "clock", {"advance": 3600})["now"] == "2027-03-28T03:30:00+02:00"
    assert stage.control("POST", "clock", {"offset": 0})["now"] == "2026-11-22T12:00:00+01:00"


def test_a_delay_is_as_long_as_ever_while_the_clock_goes_back_for_winter() -> None:
    stage = Stage()
    number = stage.book()
    stage.control("POST", "clock", {"now": "2027-10-31T02:59:59.9+02:00"})
    stage.control("PATCH", f"bookings/{number}", {"status_code": 70})
    assert stage.shown(number)["status"] == "OPEN"
    assert stage.control("POST", "clock", {"advance": 1})["now"].startswith("2027-10-31T02:00:00")
    assert stage.shown(number)["status"] == "CANCELLED"


def test_a_reset_brings_back_the_seed() -> None:
    stage = Stage()
    stage.book()
    stage.dialect(refusal="error_409")
    stage.control("POST", "reset")
    assert stage.control("GET", "bookings")["bookings"] == []
    assert stage.control("GET", "dialect")["refusal"] == "status_false"


def test_calls_are_logged_with_their_user_and_body() -> None:
    stage = Stage()
    number = stage.book()
    stage.shown(number)
    stage.write(id=number, remarks="x")
    log = stage.control("GET", "calls?since=1")
    (call,) = log["calls"]
    assert log["last"] == 2
    assert (call["n"], call["method"], call["path"]) == (2, "POST", "/api/rest/hook/booking/")
    assert (call["body"], call["status"], call["user"]) == ({"id": number, "remarks": "x"}, 200, "api_calendar")
    stage.control("DELETE", "calls")
    assert stage.control("GET", "calls") == {"calls": [], "last": 2}


def test_a_fault_before_keeps_the_write_from_happening() -> None:
    stage = Stage()
    number = stage.book(remarks="oud")
    stage.control("POST", "faults", {"method": "POST", "path": "hook/booking", "status": 503, "times": 1})
    assert stage.api("POST", "hook/booking", {"id": number, "remarks": "nieuw"}).status_code == 503
    assert stage.shown(number)["remarks"] == "oud"
    assert stage.write(id=number, remarks="nieuw")["remarks"] == "nieuw"


def test_a_fault_after_hides_that_the_write_happened() -> None:
    stage = Stage()
    number = stage.book(remarks="oud")
    stage.control("POST", "faults", {"path": "hook/booking", "action": "reset", "when": "after"})
    with pytest.raises(ConnectionResetError):
        stage.api("POST", "hook/booking", {"id": number, "remarks": "nieuw"})
    assert stage.shown(number)["remarks"] == "nieuw"


def test_an_answer_can_be_html_or_cut_short() -> None:
    stage = Stage()
    for action in ("html", "garbage"):
        stage.control("POST", "faults", {"action": action})
    page = stage.api("GET", "booking/1")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert stage.api("GET", "booking/1").text == '{"id":"10'
    assert stage.api("GET", "booking/1").status_code == 404


def test_answers_can_take_their_time() -> None:
    stage = Stage()
    before = stage.time
    stage.control("POST", "latency", {"seconds": 2})
    stage.control("POST", "faults", {"action": "delay", "seconds": 5})
    stage.api("GET", "booking/1")
    assert (stage.time - before).total_seconds() == 7


def test_nonsense_is_answered_with_a_sentence() -> None:
    stage = Stage()
    for method, path, body in (
        ("POST", "faults", {"action": "explode"}),
        ("POST", "bookings", {"object_id": 10}),
        ("POST", "clock", {"now": "later"}),
        ("POST", "hooks/mode", {"mode": "perhaps"}),
        ("PATCH", "objects/10", {"colour": "red"}),
        ("GET", "bookings/5", None),
    ):
        answer: Any = stage.client.open(f"/control/{path}", method=method, json=body)
        assert answer.status_code in (400, 404)
        assert answer.json["error"]


def test_a_person_books_changes_cancels_and_deletes_with_forms_alone() -> None:
    stage = Stage()
    form = {
        "object_id": "10",
        "fromdate": "2026-11-23",
        "tilldate": "2026-11-23",
        "fromtime": "10:00",
        "tilltime": "11:00",
    }
    assert stage.client.post("/bookings/new", data={**form, "status_code": "20"}).status_code == 302
    refused = stage.client.post("/bookings/new", data={**form, "status_code": "20"})
    assert (refused.status_code, "The selected period is not available" in refused.text) == (409, True)
    assert stage.client.post("/bookings/new", data={**form, "override": "1"}).status_code == 302
    stage.client.post(
        "/bookings/1001", data={**form, "remarks": "<b>Koffie</b>", "custom01": "beamer", "override": "1"}
    )
    stage.client.post("/bookings/1001/status", data={"status_code": "70"})
    stage.control("POST", "settle")
    booking = stage.control("GET", "bookings/1001")
    assert (booking["remarks"], booking["custom"]["01"], booking["status_code"]) == ("<b>Koffie</b>", "beamer", 70)
    page = stage.client.get("/?day=2026-11-23").text
    assert "&lt;b&gt;Koffie" in page
    assert "<b>Koffie" not in page
    stage.client.post("/bookings/1001/delete")
    assert stage.api("GET", "booking/1001").status_code == 404


def test_every_page_opens_and_settings_can_be_saved_unchanged() -> None:
    stage = Stage()
    stage.book(customer_id=2)
    stage.listen()
    stage.control("PATCH", "bookings/1001", {"status_code": 30, "remarks": "x"})
    for path in ("/", "/bookings/new", "/bookings/1001", "/settings", "/hooks", "/live/roster", "/live/hooks"):
        assert stage.client.get(path).status_code == 200
    before = stage.control("GET", "dialect")
    form = {name: str(value) for name, value in before.items() if value is not False}
    assert stage.client.post("/settings/dialect", data=form).status_code == 302
    assert stage.control("GET", "dialect") == before


def test_a_settings_form_with_a_fault_changes_nothing() -> None:
    stage = Stage()
    before = stage.control("GET", "dialect")
    assert "is a number" in stage.client.post("/settings/dialect", data={"new_status": "10"}).text
    assert stage.control("GET", "dialect") == before
