"""The public methods: objects, groups, customers, activities, booking/check and booking/add."""

from ireserve_stage import Stage

SHOP = {"object_id": 10, "fromdate": "2026-11-23", "fromtime": "10:00", "tilltime": "11:00", "number": 1}


def test_booking_check_tells_without_making_anything() -> None:
    stage = Stage()
    free = stage.api("POST", "booking/check?lang=english", SHOP, auth=None)
    assert free.json == {"status": True, "messages": ["The booking is possible"]}
    assert stage.rows() == []
    stage.book()
    taken = stage.api("POST", "booking/check?lang=english", SHOP, auth=None)
    assert taken.json == {"status": False, "messages": ["The selected period is not available"]}


def test_booking_add_makes_a_booking_and_its_customer() -> None:
    stage = Stage()
    body = {**SHOP, "customer": {"lastname": "Puk", "email": "puk@example.org"}}
    made = stage.api("POST", "booking/add?lang=english", body, auth=None).json
    assert made == {"status": True, "booking_id": 1001, "messages": ["Booking made"]}
    assert stage.shown(1001)["email"] == "puk@example.org"
    assert stage.api("POST", "booking/add", SHOP, auth=None).json["status"] is False


def test_an_object_is_public_and_fields_limit_it() -> None:
    stage = Stage()
    assert stage.api("GET", "object/10", auth=None).json["desc"] == "Zaal A"
    assert stage.api("GET", "object/10?fields=desc", auth=None).json == {"id": 10, "desc": "Zaal A"}
    assert stage.api("GET", "object/999", auth=None).status_code == 404


def test_object_search_shows_free_and_booked_slots() -> None:
    stage = Stage()
    stage.book()
    query = "ids=10,11&DateFrom=2026-11-23&DateTill=2026-11-24"
    first, second = stage.api("GET", f"object/search?{query}", auth=None).json
    slot = first["slots"]["2026-11-23 00:00:00"][1]
    assert (slot["DateFrom"], slot["Free"], slot["Booked"]) == ("2026-11-23 10:00:00", 0, 1)
    assert second["slots"]["2026-11-24 00:00:00"][1]["Free"] == 1


def test_objects_of_both_modes_cannot_be_searched_together() -> None:
    assert Stage().api("GET", "object/search?ids=10,20", auth=None).status_code == 412


def test_groups_come_in_pages_with_objects_only_when_asked_for() -> None:
    stage = Stage()
    page = stage.api("GET", "group/search/?expand=objects&page=1&per_page=2", auth=None).json
    assert {key: page[key] for key in ("page", "pages", "per_page", "total")} == {
        "page": 1,
        "pages": 2,
        "per_page": 2,
        "total": 3,
    }
    assert page["groups"][1]["objects"][0] == {"id": 101, "desc": "Tennisbaan 1"}
    bare = stage.api("GET", "group/search?page=2&per_page=2", auth=None).json
    assert bare["groups"] == [{"id": "3", "type": "group", "desc": "Verblijf"}]


def test_a_customer_is_read_with_the_right_only() -> None:
    stage = Stage()
    assert stage.api("GET", "customer/2").json["lastname"] == "Ester"
    assert stage.api("GET", "customer/2", auth=("display", "display")).status_code == 401
    assert stage.api("GET", "customer/2", auth=None).status_code == 401
    saved = stage.api("POST", "customer/add?lang=en", {"lastname": "Pietje Puk"}, auth=None).json
    assert saved == {"status": True, "customer_id": 4, "messages": ["Customer saved"]}


def test_activities_are_listed_with_their_free_places() -> None:
    stage = Stage()
    event = {"object_id": 11, "desc": "Yoga", "from": "2026-11-24T19:00", "till": "2026-11-24T20:00", "places": 8}
    stage.control("POST", "events", {"id": "2026-11-24_1", **event})
    stage.api("POST", "event/subscribe", {"event_id": "2026-11-24_1", "number": 3}, auth=None)
    query = {"search": 'EVENT_DATE >= "0d" AND EVENT_DESC ~ yog', "columns": "EVENT_ID,EVENT_TILLTIME,NUMBER_OF_FREE"}
    (row,) = stage.api("GET", "event/filter", query_string=query, auth=None).json
    assert (row["EVENT_ID"], row["EVENT_TILLTIME_raw"], row["NUMBER_OF_FREE"]) == ("2026-11-24_1", 72000, 5)
    shown = stage.api("GET", "event/2026-11-24_1?expand=participants&fields=amount", auth=None).json
    assert shown == {"id": "2026-11-24_1", "amount": "3", "participants": [{"booking_id": "1001", "number": "3"}]}


def test_the_format_is_chosen_in_the_address() -> None:
    stage = Stage()
    number = stage.book(remarks="Koffie & thee")
    assert stage.api("GET", f"json/booking/{number}").json == stage.shown(number)
    answer = stage.api("GET", f"xml/booking/{number}")
    assert answer.mimetype == "application/xml"
    assert "<response><id>1001</id>" in answer.text
    assert "<remarks>Koffie &amp; thee</remarks>" in answer.text
    assert "<response><error><code>404</code>" in stage.api("GET", "xml/object/9").text
