"""Searches for i-Reserve's booking filter, and its rows."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.ireserve.filter import (
    assumed_columns,
    booking_rows,
    rows_of,
    search_between,
    search_number,
    search_value,
)
from functions.application.ports import BookingRow
from functions.domain.model.errors import Malformed, Refused
from functions.domain.settings.dialect import Dialect, dialect_from

AMSTERDAM = "Europe/Amsterdam"
EXAMPLE: dict[str, Any] = {  # as i-Reserve prints it
    "RES_ID": "8451",
    "RES_FROMDATE": "23-09-2018",
    "RES_FROMTIME": "02:30 pm",
    "RES_CUST_ID": 6789,
    "res_id": "8451",
    "res_cust_id": "6789",
    "id": 1,
    "RES_ID_raw": "8451",
    "RES_FROMDATE_raw": "2018-09-23",
    "RES_FROMTIME_raw": 52200,
    "RES_CUST_ID_raw": "6789",
}
TODAY = date(2026, 11, 22)


def rows(answer: Any, dialect: Dialect | None = None) -> list[BookingRow]:
    return booking_rows(rows_of(answer), AMSTERDAM, dialect or Dialect())


# Searches


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({}, 'startdatum >= "-1d" AND startdatum <= "14d"'),
        ({"search_dates": "absolute"}, 'startdatum >= "2026-11-21" AND startdatum <= "2026-12-06"'),
        ({"search_start": "RES_FROMDATE"}, 'RES_FROMDATE >= "-1d" AND RES_FROMDATE <= "14d"'),
    ],
)
def test_days_are_searched_as_the_tenant_understands_them(found: dict[str, Any], expected: str) -> None:
    assert search_between(date(2026, 11, 21), date(2026, 12, 6), TODAY, dialect_from(found)) == expected


@pytest.mark.parametrize(
    ("name", "found", "expected"),
    [
        ("external_id", {}, 'external_id = "3114hqq4"'),
        ("external_id", {"search_external_id": "RES_EXTERNAL_ID"}, 'RES_EXTERNAL_ID = "3114hqq4"'),
        ("custom03", {}, 'RES_CUSTOM03 = "3114hqq4"'),
    ],
)
def test_an_event_id_is_searched_by_the_name_of_its_field(name: str, found: dict[str, Any], expected: str) -> None:
    assert search_value(name, "3114hqq4", dialect_from(found)) == expected


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("external_id", "abc", {"search_external_id": None}),
        ("custom03", "abc", {"search_custom": None}),
        ("remarks", "abc", {}),
        ("external_id", "", {}),
        ("external_id", 'a" OR BOOKING_ID > "0', {}),
    ],
)
def test_what_cannot_be_searched_is_refused(name: str, value: str, found: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        search_value(name, value, dialect_from(found))
    assert caught.value.reason == "not_searchable"


def test_a_booking_is_searched_by_its_number() -> None:
    assert search_number("1582", Dialect()) == "BOOKING_ID = 1582"


def test_columns_that_a_tenant_is_known_to_lack_are_not_asked_for() -> None:
    assert assumed_columns(dialect_from({"column_status": None})) == ("RES_TILDATE", "RES_OBJ_ID")


# Rows


def test_the_printed_example_is_read_from_its_raw_values() -> None:
    (row,) = rows([EXAMPLE])
    assert row == BookingRow("8451", datetime(2018, 9, 23, 12, 30, tzinfo=UTC))


def test_formatted_values_do_where_there_are_no_raw_ones() -> None:
    (row,) = rows([{name: value for name, value in EXAMPLE.items() if not name.endswith("_raw")}])
    assert (row.id, row.starts) == ("8451", datetime(2018, 9, 23, 12, 30, tzinfo=UTC))


def test_end_status_and_object_come_from_the_tenants_columns() -> None:
    end = {"RES_TILDATE_raw": "2018-09-23", "RES_TILTIME_raw": 55800}
    (row,) = rows([{**EXAMPLE, **end, "RES_STATUS_raw": "20", "RES_OBJ_ID_raw": 10}])
    assert (row.ends, row.status, row.object_id) == (datetime(2018, 9, 23, 13, 30, tzinfo=UTC), 20, "10")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [("20", 20), (20, 20), ("70-CANCELLED", 70), ("Open", 20), ("Concept", None), (None, None)],
)
def test_a_status_may_be_a_code_or_a_name(shown: object, expected: int | None) -> None:
    assert rows([{**EXAMPLE, "RES_STATUS_raw": shown}])[0].status == expected


def test_a_booking_that_appears_twice_is_one() -> None:
    other = {**EXAMPLE, "RES_ID": "9", "RES_ID_raw": "9", "res_id": "9"}
    assert [(row.id, row.lines) for row in rows([EXAMPLE, other, {**EXAMPLE, "id": 3}])] == [("8451", 2), ("9", 1)]


def test_the_number_of_the_row_is_not_the_booking() -> None:
    assert rows([{"id": 1, "RES_FROMDATE": "23-09-2018"}]) == []


def test_a_booking_by_the_day_starts_at_midnight() -> None:
    (row,) = rows([{**EXAMPLE, "RES_FROMTIME": "", "RES_FROMTIME_raw": None}])
    assert row.starts == datetime(2018, 9, 22, 22, tzinfo=UTC)


@pytest.mark.parametrize("answer", [[EXAMPLE], {"data": [EXAMPLE]}, {"results": [EXAMPLE]}])
def test_rows_may_be_wrapped(answer: Any) -> None:
    assert [row.id for row in rows(answer)] == ["8451"]


@pytest.mark.parametrize("answer", [[], {}])
def test_no_rows_are_the_end(answer: Any) -> None:
    assert rows(answer) == []


@pytest.mark.parametrize("answer", [None, "x", 3, {"rows": []}, {"data": {}}, [1], [[EXAMPLE]]])
def test_what_is_no_list_of_rows_is_malformed(answer: Any) -> None:
    with pytest.raises(Malformed):
        rows_of(answer)


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just("2018-09-23")


@given(st.lists(st.dictionaries(st.sampled_from([*EXAMPLE, "RES_TILDATE_raw", "RES_STATUS_raw"]), VALUES), max_size=4))
def test_any_rows_are_read_or_left_out(answer: list[dict[str, Any]]) -> None:
    found = rows(answer)
    assert len({row.id for row in found}) == len(found) <= len(answer)
