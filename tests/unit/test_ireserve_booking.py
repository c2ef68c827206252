"""A booking as i-Reserve answers it, read into ours; and what an answer means when it is no booking."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.adapters.ireserve.answers import MAX_BYTES, json_or_error
from functions.adapters.ireserve.booking import booking_from, fields_of
from functions.adapters.ireserve.change import change_body, unapplied
from functions.adapters.ireserve.refusals import No
from functions.adapters.ireserve.times import DayEnd
from functions.domain.model.appointment import AllDay, Timed, When
from functions.domain.model.booking import Booking
from functions.domain.model.errors import AccessRevoked, Gone, Malformed, Refused, SyncError, Transient
from functions.domain.model.zones import clock, day_of
from functions.domain.pairing.writes import BookingChange
from functions.domain.settings.dialect import Dialect, dialect_from

AMSTERDAM = "Europe/Amsterdam"
PLAIN: dict[str, Any] = {
    "id": "1126",
    "object_id": 10,
    "date_from": "2018-02-13T09:30:00+0100",
    "date_till": "2018-02-13T11:30:00+0100",
    "status_code": "20",
}


def read(answer: Any, day_end: DayEnd = "exclusive", dialect: Dialect | None = None) -> Booking:
    return booking_from(fields_of(answer), AMSTERDAM, day_end, dialect or Dialect())


def wall(booking: Booking) -> tuple[str, str]:
    start, end = clock(booking.starts, AMSTERDAM), clock(booking.ends, AMSTERDAM)
    return f"{start:%Y-%m-%dT%H:%M:%S%z}", f"{end:%Y-%m-%dT%H:%M:%S%z}"


# Values


def test_the_documented_fields_are_read() -> None:
    booking = read(
        {
            **PLAIN,
            "object": "Catharinadal",
            "object_desc": "Grote zaal Catharinadal",
            "number": "2",
            "remarks": " twee regels\nhier ",
            "customer_id": 123,
            "email": "test@example.org",
            "event_id": "2018-03-12_1",
            "external_id": "3114hqq4rqsvlhgr8s66msvju9",
            "custom01": "rood",
            "price": 12.5,
        }
    )
    assert (booking.id, booking.object_id, booking.status, booking.number) == ("1126", "10", 20, 2)
    assert (booking.object_name, booking.remarks) == ("Grote zaal Catharinadal", " twee regels\nhier ")
    assert (booking.customer_id, booking.email, booking.activity_id) == ("123", "test@example.org", "2018-03-12_1")
    assert (booking.external_id, booking.value_of("custom01")) == ("3114hqq4rqsvlhgr8s66msvju9", "rood")
    assert booking.fields["price"] == "12.5"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("number", None, 1),
        ("number", "", 1),
        ("number", "3", 3),
        ("number", 3, 3),
        ("number", 3.0, 3),
        ("customer_id", "0", ""),
        ("customer_id", 0, ""),
        ("customer_id", None, ""),
        ("email", " a@example.org ", "a@example.org"),
        ("status_code", 70, 70),
        ("object_id", "0017", "0017"),
        ("unheard_of", {"a": [1, None]}, None),
    ],
)
def test_values_may_be_text_numbers_or_nothing(name: str, value: object, expected: object) -> None:
    booking = read({**PLAIN, name: value})
    if expected is not None:
        assert getattr(booking, {"status_code": "status"}.get(name, name)) == expected


def test_every_value_is_kept_as_text_by_its_name_in_lower_case() -> None:
    fields = read({**PLAIN, "RES_Custom07": 7, "flag": True, "none": None, "list": ["a", 1]}).fields
    assert (fields["res_custom07"], fields["flag"], fields["none"], fields["list"]) == ("7", "true", "", '["a", 1]')


@pytest.mark.parametrize(
    ("status", "expected"),
    [("OPEN", 20), ("Dummy", 99), ("70-CANCELLED", 70), ("12 - Own status", 12), ("70", 70), (70, 70)],
)
def test_a_status_by_name_has_the_default_code(status: object, expected: int) -> None:
    assert read({**PLAIN, "status_code": "", "status": status}).status == expected
    assert read({**PLAIN, "status_code": status, "status": ""}).status == expected


@pytest.mark.parametrize("stated", ["optie", "Optie", " OPTIE"])
def test_names_of_statuses_are_the_tenants_own_where_they_are_known(stated: str) -> None:
    dialect = dialect_from({"status_names": [[stated, 15]]})
    assert read({**PLAIN, "status_code": None, "status": "Optie"}, dialect=dialect).status == 15


@pytest.mark.parametrize("wrapped", [[PLAIN], {"booking": PLAIN}])
def test_a_booking_may_come_wrapped(wrapped: Any) -> None:
    assert read(wrapped).id == "1126"


# Times


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({}, ("2018-02-13T09:30:00+0100", "2018-02-13T11:30:00+0100")),
        (
            {"date_from": "2018-07-13T07:30:00Z", "date_till": "2018-07-13T09:30:00+00:00"},
            ("2018-07-13T09:30:00+0200", "2018-07-13T11:30:00+0200"),
        ),
        (
            {"date_from": "2018-02-13 09:30:00", "date_till": "2018-02-13T11:30"},
            ("2018-02-13T09:30:00+0100", "2018-02-13T11:30:00+0100"),
        ),
        (
            {"date_from": "2018-02-13", "date_till": "2018-02-13", "fromtime": "09:30:00", "tilltime": "11:30:00"},
            ("2018-02-13T09:30:00+0100", "2018-02-13T11:30:00+0100"),
        ),
        (
            {"date_from": "2018-02-13", "date_till": "", "fromtime": "09:30", "tilltime": "11:30"},
            ("2018-02-13T09:30:00+0100", "2018-02-13T11:30:00+0100"),
        ),
        (
            {
                "date_from": None,
                "fromdate": "Sat Jul 09, 2011",
                "fromtime": "090000",
                "date_till": None,
                "tilldate": "Sat Jul 09, 2011",
                "tilltime": "120000",
            },
            ("2011-07-09T09:00:00+0200", "2011-07-09T12:00:00+0200"),
        ),
        (
            {
                "date_from": "",
                "fromdate": "Fri Sep 23 2011",
                "fromtime": "01:30 pm",
                "date_till": "0000-00-00",
                "tilldate": "24-09-2011",
                "tilltime": "24:00",
            },
            ("2011-09-23T13:30:00+0200", "2011-09-25T00:00:00+0200"),
        ),
        (
            {"date_from": "2026-03-29T02:30:00", "date_till": "2026-03-29T03:30:00"},
            ("2026-03-29T03:30:00+0200", "2026-03-29T04:30:00+0200"),
        ),
        (
            {"date_from": "2026-10-25T02:30:00", "date_till": "2026-10-25T02:15:00+0100"},
            ("2026-10-25T02:30:00+0200", "2026-10-25T02:15:00+0100"),
        ),
        (
            {"date_from": "2026-10-25T02:30:00+0200", "date_till": "2026-10-25T02:15:00+0200"},
            ("2026-10-25T02:30:00+0200", "2026-10-25T02:15:00+0100"),
        ),
    ],
    ids=["modern", "utc", "no offset", "date and time", "same day", "2011", "words", "gap", "overlap", "forgotten"],
)
def test_every_way_of_writing_a_time_is_read(answer: dict[str, Any], expected: tuple[str, str]) -> None:
    booking = read({**PLAIN, **answer})
    assert wall(booking) == expected
    assert not booking.day_mode


@pytest.mark.parametrize(
    ("start", "end", "day_end", "expected"),
    [
        ("2018-02-13T00:00:00+0100", "2018-02-15T00:00:00+0100", "exclusive", date(2018, 2, 15)),
        ("2018-02-13T00:00:00+0100", "2018-02-15T00:00:00+0100", "inclusive", date(2018, 2, 15)),
        ("2018-02-13", "2018-02-13", "exclusive", date(2018, 2, 14)),
        ("2018-02-13", "2018-02-13", "inclusive", date(2018, 2, 13)),
        ("2018-02-13", "", "inclusive", date(2018, 2, 13)),
        ("2018-02-12T23:00:00+0000", "2018-02-14T23:00:00+0000", "exclusive", date(2018, 2, 15)),
    ],
)
def test_without_hours_a_booking_is_by_the_day(start: str, end: str, day_end: DayEnd, expected: date) -> None:
    booking = read({**PLAIN, "date_from": start, "date_till": end}, day_end)
    assert booking.day_mode
    assert (day_of(booking.starts, AMSTERDAM), day_of(booking.ends, AMSTERDAM)) == (date(2018, 2, 13), expected)


def test_an_object_that_is_known_decides_for_itself() -> None:
    midnights = {**PLAIN, "date_from": "2018-02-13T00:00:00+0100", "date_till": "2018-02-14T00:00:00+0100"}
    assert not read(midnights, dialect=dialect_from({"hour_objects": ["10"]})).day_mode
    assert read(PLAIN, dialect=dialect_from({"day_objects": ["10"]})).day_mode


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"id": 0},
        {"object_id": ""},
        {"status_code": "soon"},
        {"status_code": "", "status": "unheard of"},
        {"number": "many"},
        {"date_from": None},
        {"date_from": "090000"},
        {"date_from": "2018-02-30T09:30:00+0100"},
        {"date_from": "tomorrow"},
        {"date_from": 1518510600},
        {"date_from": "0001-01-01T00:00:00+0100"},
        {"date_from": "9999-12-31T23:59:59-1200"},
        {"date_till": None},
        {"date_till": "2018-02-13T09:29:00+0100"},
        {"date_from": "2018-02-13", "fromtime": "25:00"},
    ],
    ids=str,
)
def test_nonsense_is_malformed(change: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read({**PLAIN, **change})


@pytest.mark.parametrize("answer", [None, "ok", 5, [], [PLAIN, PLAIN]])
def test_what_is_no_booking_is_malformed(answer: object) -> None:
    with pytest.raises(Malformed):
        read(answer)


def test_a_malformed_booking_is_named_without_its_contents() -> None:
    with pytest.raises(Malformed) as caught:
        read({**PLAIN, "date_from": "Jan Jansen", "email": "jan@example.org"})
    assert "1126" in str(caught.value)
    assert "Jan" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NEARLY = st.one_of(
    JSON,
    st.sampled_from(
        ["", "0", "090000", "24:00", "Sat Jul 09, 2011", "31-02-2018", "2018-02-13", "70-CANCELLED", "OPEN"]
    ),
    st.from_regex(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?([+-]\d{4})?)?", fullmatch=True),
    st.datetimes().map(datetime.isoformat),
    st.integers(-10, 10**12).map(str),
)
FIELDS = sorted({*PLAIN, "booking_id", "fromdate", "tilldate", "fromtime", "tilltime", "status", "number", "event_id"})


@given(st.dictionaries(st.text(max_size=8) | st.sampled_from(FIELDS), NEARLY, max_size=12), st.booleans())
@example({"id": "1", "date_from": float("nan")}, True)  # noqa: FBT003 - drawn
def test_any_object_is_a_booking_or_malformed(answer: dict[str, Any], full: bool) -> None:  # noqa: FBT001 - drawn
    try:
        booking = read({**PLAIN, **answer} if full else answer)
    except Malformed:
        return
    assert booking.starts.astimezone(UTC) <= booking.ends.astimezone(UTC)
    assert all(isinstance(text, str) for text in booking.fields.values())


# Answers


@given(JSON, st.sampled_from([200, 201, 400, 404, 409, 500]), st.sampled_from(["GET", "POST", "DELETE"]))
def test_any_json_is_an_answer_or_an_error_with_a_reaction(answer: object, status: int, method: str) -> None:
    try:
        got = json_or_error(status, {}, json.dumps(answer).encode(), method)
    except SyncError:
        return
    assert status < 400
    assert json.dumps(got) == json.dumps(answer)


ERROR_404 = b'{"error":{"code":404,"message":"Not Found: booking not found"}}'


@pytest.mark.parametrize(
    ("status", "body", "error", "reason"),
    [
        (401, b"", AccessRevoked, "ireserve_login"),
        (403, b"<html>", AccessRevoked, "ireserve_rights"),
        (200, b'{"error":{"code":"401","message":"Unauthorized"}}', AccessRevoked, "ireserve_login"),
        (404, ERROR_404, Gone, "not_found"),
        (200, ERROR_404, Gone, "not_found"),
        (404, b"", Gone, "not_found"),
        (410, b"{}", Gone, "not_found"),
        (200, b'{"status":false,"messages":["De reservering bestaat niet"]}', Gone, "not_found"),
        (404, b"<html>Not found</html>", Transient, "not_json"),
        (200, b"<html>Onderhoud</html>", Transient, "not_json"),
        (200, b"", Transient, "not_json"),
        (200, b"\xff\xfe\x00", Transient, "not_json"),
        (200, b"[" * 100_000, Transient, "not_json"),
        (302, b"", Transient, "redirect"),
        (500, b'{"error":{"code":500,"message":"x"}}', Transient, "unavailable"),
        (200, b'{"error":{"code":503,"message":"x"}}', Transient, "unavailable"),
        (429, b"", Transient, "busy"),
        (409, b"<html>", Refused, "other"),
        (412, b'{"error":{"code":412,"message":"The selected period is not available"}}', Refused, "period_taken"),
        (422, b'{"messages":["Het object bestaat niet"]}', Refused, "object_unknown"),
        (400, b"null", Refused, "other"),
        (200, b'{"status":false}', Refused, "other"),
        (200, b'{"status":"false","messages":["Het tijdvak is bezet"]}', Refused, "period_taken"),
        (200, b" " * (MAX_BYTES + 1), Malformed, "too_large"),
    ],
)
def test_an_answer_is_named_for_the_reaction(status: int, body: bytes, error: type[SyncError], reason: str) -> None:
    with pytest.raises(error) as caught:
        json_or_error(status, {}, body, "GET")
    assert caught.value.reason == reason


def test_an_object_that_does_not_exist_is_no_missing_booking() -> None:
    body = b'{"error":{"code":404,"message":"The object does not exist"}}'
    with pytest.raises(Refused):
        json_or_error(404, {}, body, "POST")


def test_when_to_come_back_is_passed_on() -> None:
    with pytest.raises(Transient) as caught:
        json_or_error(429, {"Retry-After": "30"}, b"", "GET")
    assert caught.value.retry_after == 30


@pytest.mark.parametrize("body", [b"", b"{}", b'{"status":true}', b'{"id":"2"}', b"null"])
def test_a_removal_may_be_answered_with_anything(body: bytes) -> None:
    json_or_error(204 if not body else 200, {}, body, "DELETE")


@pytest.mark.parametrize(
    ("sentence", "category"),
    [
        ("Het gekozen tijdvak is niet beschikbaar", "period_taken"),
        ("The selected period is not available", "period_taken"),
        ("Het object is gesloten in dit tijdvak", "period_taken"),
        ("Conflicting bookings", "period_taken"),
        ("Precondition Failed: De activiteit is vol", "period_taken"),
        ("Conflict: De einddatum ligt voor de begindatum", "other"),
        ("Het object bestaat niet", "object_unknown"),
        ("Unknown product", "object_unknown"),
        ("Deze statuswijziging is niet toegestaan", "status_forbidden"),
        ("This change of status is not allowed", "status_forbidden"),
        ("De status bestaat niet", "status_forbidden"),
        ("Een verplicht veld ontbreekt", "other"),
        ("", "other"),
    ],
)
def test_a_sentence_of_i_reserve_has_a_category(sentence: str, category: str) -> None:
    assert No(0, (sentence,)).category == category


@pytest.mark.parametrize("sentence", ["The booking has an unknown status", "Booking made, customer not found"])
def test_only_a_booking_that_is_missing_is_missing(sentence: str) -> None:
    assert not No(0, (sentence,)).no_booking


# Changes


DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
WHEN: st.SearchStrategy[When] = st.one_of(
    st.builds(lambda day, n: AllDay(day, day + timedelta(days=n)), DAYS, st.integers(1, 30)),
    st.builds(
        lambda at, n: Timed(at, at + timedelta(minutes=n)),
        st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
        st.integers(0, 10**5),
    ),
)


@given(WHEN, st.sampled_from(["exclusive", "inclusive"]))
def test_a_time_that_is_written_is_read_back_as_asked(when: When, day_end: DayEnd) -> None:
    before = read({**PLAIN, "date_from": "2018-02-13", "date_till": "2018-02-14"}, day_end)
    change = BookingChange(when=when)
    body = change_body(before, change, AMSTERDAM, day_end)
    assert unapplied(read({**PLAIN, **body}, day_end), change, AMSTERDAM, day_end) == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (BookingChange(), {}),
        (BookingChange(status=70), {"status_code": 70}),
        (BookingChange(object_id="11", external_id=""), {"object_id": 11, "external_id": ""}),
        (BookingChange(fields=(("custom01", "x"),)), {"custom01": "x"}),
    ],
)
def test_an_update_names_only_what_changes(change: BookingChange, expected: dict[str, Any]) -> None:
    assert change_body(read(PLAIN), change, AMSTERDAM, "exclusive") == {"id": 1126, **expected}


def test_an_update_carries_what_a_tenant_wants_along() -> None:
    body = change_body(read(PLAIN), BookingChange(), AMSTERDAM, "exclusive", ("object_id", "date", "number"))
    assert body == {
        "id": 1126,
        "object_id": 10,
        "date_from": PLAIN["date_from"],
        "date_till": PLAIN["date_till"],
        "number": 1,
    }


@pytest.mark.parametrize(
    ("answer", "change", "lacking"),
    [
        ({}, BookingChange(object_id="11"), ("object",)),
        ({"status_code": 70}, BookingChange(object_id="10", status=70), ()),
        (
            {"date_from": "2018-02-13T09:30:40+0100"},
            BookingChange(when=Timed(read(PLAIN).starts, read(PLAIN).ends)),
            (),
        ),
        ({"external_id": None}, BookingChange(external_id="abc"), ("external_id",)),
        ({}, BookingChange(external_id="abc"), ()),
        ({"custom01": ""}, BookingChange(fields=(("custom01", "x"),)), ("custom01",)),
        ({"custom01": "formatted"}, BookingChange(fields=(("custom01", "x"),)), ()),
        ({"remarks": ""}, BookingChange(fields=(("remarks", "x"),)), ()),
    ],
)
def test_what_an_answer_does_not_show_is_named(
    answer: dict[str, Any], change: BookingChange, lacking: tuple[str, ...]
) -> None:
    assert unapplied(read({**PLAIN, **answer}), change, AMSTERDAM, "exclusive") == lacking


@pytest.mark.parametrize(
    ("start", "other"),
    [
        ("2018-02-13T09:30:00+0100", False),
        ("2018-07-13T09:30:00+0200", False),
        ("2018-10-28T02:30:00+0100", False),
        ("2018-07-13T09:30:00+0100", True),
        ("2018-02-13T09:30:00-0500", True),
        ("2018-02-13T08:30:00+0000", False),
        ("2018-02-13T08:30:00Z", False),
        ("2018-02-13T09:30:00", False),
        ("2018-02-13", False),
        ("13-02-2018", False),
    ],
)
def test_a_start_with_the_offset_of_another_zone_is_noticed_and_one_in_utc_says_nothing(
    start: str, *, other: bool
) -> None:
    assert read({**PLAIN, "date_from": start, "date_till": "2018-12-13T11:30:00+0100"}).other_zone is other
