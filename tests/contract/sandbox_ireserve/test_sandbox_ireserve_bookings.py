"""Bookings as an API client reads and writes them."""

from ireserve_stage import HALL, Stage


def test_a_booking_has_the_documented_fields_with_numbers_as_text() -> None:
    stage = Stage()
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


def test_hook_booking_makes_a_booking_when_neither_id_nor_external_id_is_known() -> None:
    stage = Stage()
    made = stage.write(**HALL, number=1, external_id="ev1", email="guest@example.org")
    assert made["date_from"] == HALL["date_from"]
    assert made["customer_id"] == "3"
    assert stage.api("GET", f"booking/{made['id']}").json == made


def test_hook_booking_updates_by_id_and_by_external_id() -> None:
    stage = Stage()
    number = stage.book(external_id="ev1", remarks="oud")
    assert stage.write(id=number, remarks="nieuw", custom03=7)["custom03"] == "7"
    assert stage.write(external_id="ev1", number="1")["remarks"] == "nieuw"
    assert len(stage.control("GET", "bookings")["bookings"]) == 1


def test_a_status_code_changes_the_status() -> None:
    stage = Stage()
    number = stage.book()
    assert stage.write(id=str(number), status_code="70")["status"] == "CANCELLED"


def test_a_taken_period_is_refused_behind_a_200_and_nothing_changes() -> None:
    stage = Stage()
    stage.book()
    answer = stage.api("POST", "hook/booking?lang=english", {**HALL, "number": 1})
    assert answer.status_code == 200
    assert answer.json == {"status": False, "messages": ["The selected period is not available"]}
    assert len(stage.control("GET", "bookings")["bookings"]) == 1


def test_a_cancelled_booking_leaves_its_period_free() -> None:
    stage = Stage()
    stage.book(status_code=70)
    assert stage.write(**HALL, number=1)["status_code"] == "10"


def test_without_a_login_or_with_a_wrong_one_bookings_are_401() -> None:
    stage = Stage()
    for login in (None, ("api_calendar", "wrong"), ("nobody", "sandbox")):
        answer = stage.api("GET", "booking/1001", auth=login)
        assert (answer.status_code, answer.json) == (401, {"error": {"code": 401, "message": "Unauthorized"}})


def test_an_api_user_without_the_right_to_write_cannot_write() -> None:
    stage = Stage()
    answer = stage.api("POST", "hook/booking", {**HALL, "number": 1}, auth=("display", "display"))
    assert answer.status_code == 401


def test_a_user_that_lost_its_rights_sees_an_empty_list_and_no_booking() -> None:
    stage = Stage()
    number = stage.book()
    stage.control("PATCH", "users/api_calendar", {"bookings": False})
    stage.dialect(no_right="403")
    assert stage.rows() == []
    assert stage.api("GET", f"booking/{number}").status_code == 403


def test_what_is_not_mentioned_in_an_update_stays() -> None:
    stage = Stage()
    number = stage.book(remarks="blijft", customer_id=2, custom={"01": "x"})
    moved = stage.write(id=number, date_till="2026-11-23T12:00:00+0100")
    assert (moved["remarks"], moved["customer_id"], moved["custom01"]) == ("blijft", "2", "x")
    assert moved["date_till"] == "2026-11-23T12:00:00+0100"


def test_times_of_other_zones_come_back_as_local_ones() -> None:
    stage = Stage()
    number = stage.book("2027-07-01")
    moved = stage.write(id=number, date_from="2027-07-01T06:00:00Z")
    assert (moved["date_from"], moved["fromtime"]) == ("2027-07-01T08:00:00+0200", "08:00:00")


def test_places_are_shared_until_they_are_full() -> None:
    stage = Stage()
    stage.control("PATCH", "objects/10", {"places": 3})
    assert stage.write(**HALL, number=2)["number"] == "2"
    assert stage.write(**HALL, number=1)["number"] == "1"
    assert stage.write(**HALL, number=1)["status"] is False


def test_the_last_day_of_a_stay_is_free_for_the_next_guest() -> None:
    stage = Stage()
    stay = {"object_id": 20, "date_from": "2026-12-01T15:00:00+0100", "number": 1}
    first = stage.write(**stay, date_till="2026-12-03T10:00:00+0100")
    assert (first["date_from"], first["fromtime"]) == ("2026-12-01T00:00:00+0100", "00:00:00")
    follow = {**stay, "date_from": "2026-12-03T00:00:00+0100", "date_till": "2026-12-04T00:00:00+0100"}
    stage.dialect(day_end="inclusive")
    assert stage.write(**follow)["status"] is False
    stage.dialect(day_end="exclusive")
    assert stage.write(**follow)["object_id"] == 20


def test_a_status_change_that_is_not_a_target_is_refused() -> None:
    stage = Stage()
    statuses = stage.control("GET", "statuses")["statuses"]
    for status in statuses:
        status["targets"] = [70] if status["code"] == 20 else None
    stage.control("PUT", "statuses", {"statuses": statuses})
    number = stage.book()
    assert stage.write(id=number, status_code=30)["status"] is False
    assert stage.write(id=number, status_code=70)["status_code"] == "70"


def test_reopening_a_cancelled_booking_needs_its_period_free() -> None:
    stage = Stage()
    cancelled = stage.book(status_code=70)
    stage.book()
    assert stage.write(id=cancelled, status_code=20)["status"] is False
    assert stage.shown(cancelled)["status"] == "CANCELLED"


def test_a_deleted_booking_is_not_found() -> None:
    stage = Stage()
    number = stage.book()
    stage.control("DELETE", f"bookings/{number}")
    assert stage.api("GET", f"booking/{number}").json == {
        "error": {"code": 404, "message": "Not Found: booking not found"}
    }


def test_a_booking_of_an_activity_is_not_moved_by_its_time() -> None:
    stage = Stage()
    event = {
        "id": "2026-11-24_1",
        "object_id": 11,
        "desc": "Yoga",
        "from": "2026-11-24T19:00",
        "till": "2026-11-24T20:00",
    }
    stage.control("POST", "events", event)
    made = stage.api("POST", "event/subscribe", {"event_id": "2026-11-24_1", "number": 2}, auth=None).json
    shown = stage.shown(made["booking_id"])
    assert (shown["event_id"], shown["fromtime"], shown["object_id"]) == ("2026-11-24_1", "19:00:00", 11)
    assert stage.write(id=shown["id"], date_from="2026-11-24T18:00:00+0100")["status"] is False


def test_a_persons_edit_can_fall_between_a_clients_read_and_its_write() -> None:
    stage = Stage()
    number = stage.book(remarks="gelezen")
    stage.listen()
    stage.control("POST", "race", {"booking": number, "patch": {"remarks": "van een mens", "from": "2026-11-23T09:00"}})
    answer = stage.write(id=number, remarks="van de api")
    assert (answer["remarks"], answer["fromtime"]) == ("van de api", "09:00:00")
    assert [body["remarks"] for _, body in stage.hooks] == ["van een mens", "van de api"]
    assert stage.write(id=number, number=1)["fromtime"] == "09:00:00"
