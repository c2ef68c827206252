"""booking/filter: the search language, the columns and the shape of rows."""

import pytest
from ireserve_stage import Stage

DISPLAY = {
    "search": 'startdatum >= "0d" AND startdatum <= "7d" AND product IN (101,102)',
    "columns": "RES_ID,RES_FROMDATE,RES_FROMTIME,RES_TILTIME,OBJ_NAME,OBJ_DESC,RES_CUSTOM01",
}


def test_a_display_gets_formatted_and_raw_values_and_columns_it_did_not_ask_for() -> None:
    stage = Stage()
    stage.dialect(time_format="12h")
    number = str(stage.book(object_id=101, till="2026-11-23T14:30", customer_id=2, custom={"01": "Jeugd"}))
    stage.book("2026-12-01", object_id=102)
    stage.book(object_id=10)
    rows = stage.api("GET", "booking/filter", query_string=DISPLAY, auth=("display", "display")).json
    assert rows == [
        {
            "RES_ID": number,
            "RES_FROMDATE": "23-11-2026",
            "RES_FROMTIME": "10:00 am",
            "RES_TILTIME": "02:30 pm",
            "OBJ_NAME": "TENNIS1",
            "OBJ_DESC": "Tennisbaan 1",
            "RES_CUSTOM01": "Jeugd",
            "RES_CUST_ID": 2,
            "res_id": number,
            "res_cust_id": "2",
            "id": 1,
            "RES_ID_raw": number,
            "RES_FROMDATE_raw": "2026-11-23",
            "RES_FROMTIME_raw": 36000,
            "RES_TILTIME_raw": 52200,
            "OBJ_NAME_raw": "TENNIS1",
            "OBJ_DESC_raw": "Tennisbaan 1",
            "RES_CUSTOM01_raw": "Jeugd",
            "RES_CUST_ID_raw": "2",
        }
    ]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("BOOKING_ID > 1001", [1002, 1003]),
        ('startdatum >= "1d"', [1002, 1003]),
        ('STARTDATUM < "0d" OR booking_id = 1003', [1001, 1003]),
        ('startdatum >= "2026-11-21" AND startdatum <= "2026-11-23"', [1001, 1002]),
        ("PRODUCT IN (11, 12)", [1002]),
        ('opmerkingen ~ "yog"', [1003]),
        ("opmerkingen ~ yoga", [1003]),
        ("status = 70", [1003]),
        ("(product = 10 OR product = 11) AND NOT_A_TRICK", None),
        ('startdatum >= "-1d" AND (product = 10 OR status = 70)', [1001, 1003]),
        ('email = "TEST@example.org"', [1002]),
        ("external_id = ev2", [1002]),
        ("RES_CUSTOM02 = x", [1001]),
        ('RES_UPDATED >= "2026-11-22 11:00:00"', [1001, 1002, 1003]),
        ('RES_UPDATED > "0d"', [1001, 1002, 1003]),
        ('nonsense = "1"', None),
        ("BOOKING_ID >", None),
        ("BOOKING_ID > x", None),
        ("BOOKING_ID > 1 1", None),
        ('startdatum >= "soon"', None),
    ],
)
def test_the_search_language_finds(search: str, found: list[int] | None) -> None:
    stage = Stage()
    stage.book("2026-11-21", custom={"02": "x"})
    stage.book("2026-11-23", object_id=11, customer_id=2, external_id="ev2")
    stage.book("2026-11-30", object_id=101, remarks="Yogales", status_code=70)
    answer = stage.api("GET", "booking/filter", query_string={"search": search, "columns": "RES_ID"})
    if found is None:
        assert answer.status_code == 412
        assert answer.json["error"]["code"] == 412
    else:
        assert [int(row["RES_ID"]) for row in answer.json] == found


def test_rows_come_in_pages_and_only_a_hundred_without_a_search() -> None:
    stage = Stage()
    for n in range(105):
        stage.book(f"2026-12-{n % 28 + 1:02}")
    assert len(stage.rows()) == 100
    assert len(stage.rows("BOOKING_ID > 0")) == 105
    page = stage.rows("BOOKING_ID > 0", start="100", length="10")
    assert [(row["id"], row["res_id"]) for row in page] == [(n, str(1000 + n)) for n in range(101, 106)]


def test_a_row_can_be_doubled_and_times_can_have_24_hours() -> None:
    stage = Stage()
    stage.book(till="2026-11-23T14:30")
    stage.dialect(duplicate_rows=True, time_format="24h")
    rows = stage.rows("BOOKING_ID > 0", "RES_ID,RES_TILTIME")
    assert [(row["RES_ID"], row["RES_TILTIME"], row["id"]) for row in rows] == [
        ("1001", "14:30", 1),
        ("1001", "14:30", 2),
    ]


def test_columns_that_nobody_documents_have_the_dialects_names() -> None:
    stage = Stage()
    stage.book(external_id="ev1", remarks="Koffie")
    stage.dialect(column_status="BOOKSTATUS", column_remarks="", external_id_searchable=False)
    (row,) = stage.rows(columns="BOOKSTATUS,RES_TILDATE,RES_EXTERNAL_ID,RES_UPDATED")
    assert (row["BOOKSTATUS"], row["BOOKSTATUS_raw"]) == ("OPEN", "20")
    assert (row["RES_TILDATE_raw"], row["RES_EXTERNAL_ID"]) == ("2026-11-23", "ev1")
    assert row["RES_UPDATED_raw"] == "2026-11-22 12:00:00"
    assert stage.rows(columns="RES_REMARKS")["error"]["code"] == 412
    assert stage.rows("external_id = ev1")["error"]["code"] == 412


def test_an_expansion_that_an_entity_does_not_have_is_a_412_in_i_reserves_words() -> None:
    stage = Stage()
    answer = stage.api("GET", "object/10?expand=unheard", auth=None)
    assert answer.status_code == 412
    sentence = "Precondition Failed: extra contains an invalid expansion for entity object"
    assert answer.json == {"error": {"code": 412, "message": sentence}}
