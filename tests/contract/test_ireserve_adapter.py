"""The i-Reserve adapter against a simulated tenant: what callers may count on, and in how many calls."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from connected_ireserve import AMSTERDAM, ConnectedIReserve, served

from functions.adapters.ireserve.client import IReserve
from functions.adapters.ireserve.http import Rest
from functions.adapters.net import outgoing
from functions.domain.model.appointment import AllDay, Timed, When
from functions.domain.model.errors import AccessRevoked, Gone, Malformed, Refused, SyncError, Transient
from functions.domain.model.zones import day_of
from functions.domain.pairing.writes import BookingChange
from functions.domain.settings.dialect import Dialect

EVENT_ID = "3114hqq4rqsvlhgr8s66msvju9"
WRITE = "POST hook/booking/"


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour - 1, minute, tzinfo=UTC)


def hour_from(hour: int) -> Timed:
    return Timed(at(hour), at(hour + 1))


@pytest.fixture
def tenant() -> ConnectedIReserve:
    return ConnectedIReserve()


def raised(error: type[SyncError], call: Callable[[], object]) -> SyncError:
    with pytest.raises(error) as caught:
        call()
    return caught.value


# Reading


def test_a_booking_is_read_in_one_call(tenant: ConnectedIReserve) -> None:
    number = tenant.book(remarks="Beamer klaar", external_id=EVENT_ID, customer_id=2, custom={"01": "rood"}, number=3)
    booking = tenant.ireserve.read(number)
    assert (booking.id, booking.object_id, booking.object_name) == (number, "10", "Zaal A")
    assert (booking.starts, booking.ends, booking.day_mode) == (at(10), at(11), False)
    assert (booking.status, booking.number, booking.remarks) == (20, 3, "Beamer klaar")
    assert (booking.external_id, booking.value_of("custom01")) == (EVENT_ID, "rood")
    assert (booking.customer_id, booking.email, booking.fields["customer"]) == (
        "2",
        "test@example.org",
        "Dhr. T. Ester",
    )
    assert tenant.calls == [f"GET booking/{number}"]


@pytest.mark.parametrize("absent", ["empty", "null", "missing"])
def test_fields_without_a_value_are_empty_however_they_look(absent: str) -> None:
    tenant = ConnectedIReserve(absent=absent)
    booking = tenant.ireserve.read(tenant.book())
    assert (booking.external_id, booking.remarks, booking.customer_id, booking.email, booking.activity_id) == ("",) * 5


def test_a_booking_of_an_object_by_the_day_is_in_day_mode(tenant: ConnectedIReserve) -> None:
    booking = tenant.ireserve.read(tenant.book(object_id=20, **{"from": "2026-12-04", "till": "2026-12-07"}))
    assert booking.day_mode
    days = (day_of(booking.starts, "Europe/Amsterdam"), day_of(booking.ends, "Europe/Amsterdam"))
    assert days == (date(2026, 12, 4), date(2026, 12, 7))


def test_what_the_answer_of_2011_lacks_is_looked_up_in_the_row() -> None:
    tenant = ConnectedIReserve(legacy_booking=True)
    number = tenant.book(status_code=20)
    booking = tenant.ireserve.read(number)
    assert (booking.object_id, booking.status, booking.starts, booking.ends) == ("10", 20, at(10), at(11))
    assert tenant.calls == [f"GET booking/{number}", "GET booking/filter"]


@pytest.mark.parametrize("length", [10, 18, 40])
def test_a_number_of_any_length_is_looked_up_in_its_row(length: int) -> None:
    tenant = ConnectedIReserve(legacy_booking=True)
    long = 10 ** (length - 1)
    tenant.tenant.world.last_booking = long
    hall = tenant.tenant.world.objects[10]
    tenant.tenant.world.objects[long] = replace(hall, id=long)
    booking = tenant.ireserve.read(tenant.book(status_code=20, object_id=long))
    assert (booking.id, booking.object_id, booking.starts) == (f"{long + 1}", f"{long}", at(10))
    days = (date(2026, 11, 23), date(2026, 11, 23))
    assert [row.id for row in tenant.ireserve.between(*days, start=0, length=9, object_id=f"{long}")] == [booking.id]


def test_bookings_that_last_into_a_day_are_searched_by_their_column_of_the_end(tenant: ConnectedIReserve) -> None:
    stay = tenant.book(**{"from": "2026-11-20T16:00", "till": "2026-11-23T10:00"})
    tenant.book(**{"from": "2026-11-20T10:00", "till": "2026-11-22T23:00"})
    tenant.book(object_id=11, **{"from": "2026-11-20T16:00", "till": "2026-11-23T10:00"})
    tenant.book("2026-11-23")
    asked = partial(tenant.ireserve.lasting_into, date(2026, 11, 23), date(2026, 10, 1), length=9, object_id="10")
    assert [row.id for row in asked(start=0)] == [stay]
    assert asked(start=1) == []


@pytest.mark.parametrize("way", ["error", "ignored"])
def test_where_the_end_cannot_be_searched_that_is_said(tenant: ConnectedIReserve, way: str) -> None:
    tenant.book(**{"from": "2026-11-20T10:00", "till": "2026-11-22T23:00"})
    tenant.switch(search_tilldate=way)
    raised(Refused, lambda: tenant.ireserve.lasting_into(date(2026, 11, 23), date(2026, 10, 1), start=0, length=9))


@pytest.mark.parametrize("others", [0, 5])
def test_one_row_without_an_end_keeps_no_booking_out_of_those_that_last_into_a_day(
    tenant: ConnectedIReserve, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    """The guard against double booking took the whole list for one that i-Reserve cannot search, and did without."""
    stays = [tenant.book(**{"from": "2026-11-20T16:00", "till": "2026-11-23T10:00"}) for _ in range(others + 1)]
    without_end(monkeypatch, stays[:1])
    found = tenant.ireserve.lasting_into(date(2026, 11, 23), date(2026, 10, 1), start=0, length=9)
    assert {row.id: row.ends for row in found} == dict.fromkeys(stays, at(10)) | {stays[0]: None}


def test_many_rows_of_which_none_has_an_end_do_not_show_that_it_was_searched(
    tenant: ConnectedIReserve, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_end(
        monkeypatch, [tenant.book(**{"from": "2026-11-20T16:00", "till": "2026-11-23T10:00"}) for _ in range(5)]
    )
    raised(Refused, lambda: tenant.ireserve.lasting_into(date(2026, 11, 23), date(2026, 10, 1), start=0, length=9))


def without_end(monkeypatch: pytest.MonkeyPatch, bookings: list[str]) -> None:
    """Let i-Reserve give these bookings' rows without a day of their end."""
    answered = Rest.get

    def get(rest: Rest, *asked: Any) -> Any:
        answer = answered(rest, *asked)
        for row in answer:
            if row["RES_ID"] in bookings or f"{row['RES_ID']}" in bookings:
                row.update({name: "" for name in row if name.startswith("RES_TILDATE")})
        return answer

    monkeypatch.setattr(Rest, "get", get)


def test_a_booking_whose_number_is_none_cannot_be_looked_up_in_a_row(tenant: ConnectedIReserve) -> None:
    assert raised(Refused, lambda: tenant.ireserve.row("A-17", ("RES_STATUS",))).reason == "not_searchable"


def test_an_external_id_that_only_rows_show_is_looked_up_there() -> None:
    tenant = ConnectedIReserve()
    number = tenant.book(external_id=EVENT_ID)
    assert tenant.known(external_id_returned=False).read(number).external_id == EVENT_ID


@pytest.mark.parametrize("way", ["404", "null", "empty"])
def test_a_booking_that_is_not_there_is_gone(way: str) -> None:
    tenant = ConnectedIReserve(unknown_booking=way)
    raised(Gone, lambda: tenant.ireserve.read("4711"))


@pytest.mark.parametrize(
    "base", ["https://t.test/api/rest/", "https://t.test/api/rest/json", "https://t.test/api/rest"]
)
def test_the_base_address_may_end_in_a_slash_or_a_format(tenant: ConnectedIReserve, base: str) -> None:
    number = tenant.book()
    assert tenant.connect(base_url=base).read(number).id == number


# Failures


def test_a_wrong_password_stops_after_one_light_call_that_makes_sure(tenant: ConnectedIReserve) -> None:
    number = tenant.book()
    error = raised(AccessRevoked, lambda: tenant.connect(password="wrong").read(number))
    assert (error.reason, tenant.calls) == ("ireserve_login", [f"GET booking/{number}", "GET booking/filter"])
    assert "wrong" not in str(error)


def test_without_a_password_nothing_is_called(tenant: ConnectedIReserve) -> None:
    assert raised(AccessRevoked, lambda: tenant.connect(password="").read("1")).reason == "ireserve_login"
    assert tenant.calls == []


def test_a_password_of_any_letters_can_be_sent(tenant: ConnectedIReserve) -> None:
    tenant.tenant.world.users["api_calendar"].password = "wachtwoord-€-ü"
    number = tenant.book()
    assert tenant.connect(password="wachtwoord-€-ü").read(number).id == number


@pytest.mark.parametrize("no_right", ["401", "403"])
def test_a_right_that_is_missing_for_one_booking_is_told_from_a_login_that_fails(no_right: str) -> None:
    tenant = ConnectedIReserve(no_right=no_right)
    tenant.tenant.world.users["api_calendar"].objects = [11]
    hidden, seen = tenant.book(), tenant.book(object_id=11)
    assert raised(Malformed, lambda: tenant.ireserve.read(hidden)).reason == "no_right"
    assert tenant.ireserve.read(seen).id == seen


def test_a_write_without_the_right_to_write_is_refused(tenant: ConnectedIReserve) -> None:
    booking = tenant.ireserve.read(tenant.book())
    tenant.tenant.world.users["api_calendar"].write = False
    assert raised(Refused, lambda: tenant.ireserve.write(booking, BookingChange(status=20))).reason == "no_right"


def test_an_address_of_a_customer_without_the_right_to_see_it_is_refused(tenant: ConnectedIReserve) -> None:
    tenant.tenant.world.users["api_calendar"].customers = False
    assert raised(Refused, lambda: tenant.ireserve.customer_email("2")).reason == "no_right"


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 503},
        {"status": 429},
        {"action": "html"},
        {"action": "html", "status": 404},
        {"action": "garbage"},
        {"action": "reset"},
    ],
    ids=str,
)
def test_trouble_is_transient_and_never_reads_as_a_deletion(tenant: ConnectedIReserve, fault: dict[str, Any]) -> None:
    number = tenant.book()
    tenant.fault(path="booking", times=-1, **fault)
    raised(Transient, lambda: tenant.ireserve.read(number))


def test_a_read_is_tried_twice_and_then_no_more(tenant: ConnectedIReserve) -> None:
    number = tenant.book()
    tenant.fault(path="booking", status=503, times=1)
    assert tenant.ireserve.read(number).id == number
    assert len(tenant.calls) == 2


def test_a_busy_i_reserve_is_not_asked_again_at_once(tenant: ConnectedIReserve) -> None:
    number = tenant.book()
    tenant.fault(path="booking", status=429, times=-1)
    raised(Transient, lambda: tenant.ireserve.read(number))
    assert len(tenant.calls) == 1


def test_a_write_is_never_tried_twice(tenant: ConnectedIReserve) -> None:
    booking = tenant.ireserve.read(tenant.book())
    tenant.forget()
    tenant.fault(path="hook/booking", status=503, times=-1)
    raised(Transient, lambda: tenant.ireserve.write(booking, BookingChange(status=20)))
    assert tenant.calls == [WRITE]


# Writing


def test_an_update_sends_the_number_and_what_changes_in_one_call(tenant: ConnectedIReserve) -> None:
    tenant.tenant.world.objects[10].places = 5
    booking = tenant.ireserve.read(tenant.book(number=2, remarks="blijft"))
    tenant.forget()
    answered = tenant.ireserve.write(booking, BookingChange(when=hour_from(14), external_id=EVENT_ID))
    assert tenant.calls == [WRITE]
    assert tenant.bodies == [
        {
            "id": int(booking.id),
            "date_from": "2026-11-23T14:00:00+0100",
            "date_till": "2026-11-23T15:00:00+0100",
            "external_id": EVENT_ID,
        }
    ]
    seen = tenant.seen(booking.id)
    assert (seen["from"], seen["external_id"], seen["number"], seen["remarks"]) == (
        "2026-11-23T14:00",
        EVENT_ID,
        2,
        "blijft",
    )
    assert (answered.starts, answered.external_id, answered.number) == (at(14), EVENT_ID, 2)


def test_everything_that_can_change_changes(tenant: ConnectedIReserve) -> None:
    booking = tenant.ireserve.read(tenant.book())
    change = BookingChange(object_id="11", status=30, fields=(("custom02", "blauw"), ("remarks", "nieuw")))
    answered = tenant.ireserve.write(booking, change)
    assert (answered.object_id, answered.status, answered.value_of("custom02")) == ("11", 30, "blauw")
    seen = tenant.seen(booking.id)
    assert (seen["object_id"], seen["status_code"], seen["custom"]["02"], seen["remarks"]) == (11, 30, "blauw", "nieuw")


def test_an_answer_with_the_id_only_is_read_once_more() -> None:
    tenant = ConnectedIReserve(hook_booking_answer="id")
    booking = tenant.ireserve.read(tenant.book())
    tenant.forget()
    assert tenant.ireserve.write(booking, BookingChange(when=hour_from(14))).starts == at(14)
    assert tenant.calls == [WRITE, f"GET booking/{booking.id}"]


def test_a_status_that_shows_later_is_waited_for_once() -> None:
    tenant = ConnectedIReserve(api_status_delayed=True)
    booking = tenant.ireserve.read(tenant.book())
    tenant.forget()
    assert tenant.ireserve.write(booking, BookingChange(status=70)).status == 70
    assert tenant.calls == [WRITE, f"GET booking/{booking.id}"]


@pytest.mark.parametrize("way", ["404", "refused", "creates"])
def test_an_update_of_a_booking_that_was_deleted_makes_no_other(way: str) -> None:
    tenant = ConnectedIReserve(unknown_id=way)
    booking = tenant.ireserve.read(tenant.book())
    tenant.control("DELETE", f"bookings/{booking.id}")
    raised(SyncError, lambda: tenant.ireserve.write(booking, BookingChange(when=hour_from(14))))
    assert tenant.control("GET", "bookings")["bookings"] == []


@pytest.mark.parametrize("way", ["keep", "one", "refused"])
def test_the_number_of_places_outlives_an_update_without_it(way: str) -> None:
    tenant = ConnectedIReserve(missing_number_on_update=way)
    tenant.tenant.world.objects[10].places = 5
    booking = tenant.ireserve.read(tenant.book(number=4))
    answered = tenant.ireserve.write(booking, BookingChange(status=30))
    assert (answered.number, tenant.seen(booking.id)["number"]) == (4, 4)


def test_a_tenant_that_is_known_to_want_the_number_gets_it_in_one_call() -> None:
    tenant = ConnectedIReserve(missing_number_on_update="one")
    tenant.tenant.world.objects[10].places = 5
    booking = tenant.ireserve.read(tenant.book(number=4))
    tenant.forget()
    tenant.known(update_carries=("number",)).write(booking, BookingChange(status=30))
    assert (tenant.calls, tenant.seen(booking.id)["number"]) == ([WRITE], 4)


# Refusals


REFUSALS = ["status_false", "error_409", "error_412"]
LANGUAGES = ["dutch", "english"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (BookingChange(when=hour_from(14)), "period_taken"),
        (BookingChange(object_id="999"), "object_unknown"),
        (BookingChange(status=55), "status_forbidden"),
        (BookingChange(when=Timed(at(16), at(16))), "other"),
    ],
    ids=["taken", "object", "status", "other"],
)
def test_a_refusal_says_what_it_is_about(refusal: str, language: str, change: BookingChange, reason: str) -> None:
    tenant = ConnectedIReserve(refusal=refusal, language=language)
    tenant.book(**{"from": "2026-11-23T14:30", "till": "2026-11-23T15:00"})
    booking = tenant.ireserve.read(tenant.book())
    assert raised(Refused, lambda: tenant.ireserve.write(booking, change)).reason == reason


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_change_of_status_that_is_not_allowed_is_forbidden(language: str) -> None:
    tenant = ConnectedIReserve(language=language)
    tenant.tenant.world.statuses[20].targets = [30]
    booking = tenant.ireserve.read(tenant.book())
    change = BookingChange(status=70)
    assert raised(Refused, lambda: tenant.ireserve.write(booking, change)).reason == "status_forbidden"


@pytest.mark.parametrize(
    "change",
    [BookingChange(when=hour_from(14)), BookingChange(object_id="11", external_id=EVENT_ID), BookingChange(status=55)],
    ids=["time", "object", "status"],
)
def test_a_yes_that_was_not_done_is_refused(change: BookingChange) -> None:
    tenant = ConnectedIReserve(refusal="old_values")
    for thing in (10, 11):
        tenant.book(object_id=thing, **{"from": "2026-11-23T14:30", "till": "2026-11-23T15:00"})
    tenant.book(object_id=11)
    booking = tenant.ireserve.read(tenant.book())
    assert raised(Refused, lambda: tenant.ireserve.write(booking, change)).reason == "not_applied"


@pytest.mark.parametrize(
    ("switches", "before", "after"),
    [
        ({"external_id_updatable": False}, "old", "new"),
        ({"external_id_clearable": False}, "old", ""),
        ({"external_id_max_length": 10, "external_id_too_long": "cut"}, "", EVENT_ID),
    ],
    ids=["kept", "not emptied", "cut"],
)
def test_an_external_id_that_was_not_taken_is_refused(switches: dict[str, Any], before: str, after: str) -> None:
    tenant = ConnectedIReserve(**switches)
    booking = tenant.ireserve.read(tenant.book(external_id=before))
    change = BookingChange(external_id=after)
    assert raised(Refused, lambda: tenant.ireserve.write(booking, change)).reason == "not_applied"


def test_an_external_id_that_is_not_shown_is_believed() -> None:
    tenant = ConnectedIReserve(external_id_returned=False)
    booking = tenant.ireserve.read(tenant.book())
    tenant.ireserve.write(booking, BookingChange(external_id=EVENT_ID))
    assert tenant.seen(booking.id)["external_id"] == EVENT_ID


@pytest.mark.parametrize(("place", "name"), [("body", "override"), ("query", "force")])
def test_validation_is_passed_over_only_where_the_way_is_known_and_wanted(place: Any, name: str) -> None:
    tenant = ConnectedIReserve(override_in=place, override_name=name)
    tenant.book(**{"from": "2026-11-23T14:00", "till": "2026-11-23T15:00"})
    booking = tenant.ireserve.read(tenant.book())
    asked, over = BookingChange(when=hour_from(14)), BookingChange(when=hour_from(14), ignore_validation=True)
    known = tenant.known(override=(place, name, True))
    raised(Refused, lambda: tenant.ireserve.write(booking, over))
    raised(Refused, lambda: known.write(booking, asked))
    assert known.write(booking, over).starts == at(14)


# Whole days and summer time


@pytest.mark.parametrize(
    ("day_end", "till"), [("exclusive", "2026-12-07"), ("inclusive", "2026-12-06")], ids=["exclusive", "inclusive"]
)
def test_whole_days_end_as_the_setting_says(day_end: str, till: str) -> None:
    tenant = ConnectedIReserve(day_end=day_end)
    ireserve = tenant.connect(day_end=day_end)
    booking = ireserve.read(tenant.book(object_id=20, **{"from": "2026-11-27", "till": "2026-11-28"}))
    answered = ireserve.write(booking, BookingChange(when=AllDay(date(2026, 12, 4), date(2026, 12, 7))))
    seen = tenant.seen(booking.id)
    assert (seen["from"], seen["till"]) == ("2026-12-04", till)
    assert (answered.day_mode, f"{day_of(answered.ends, 'Europe/Amsterdam')}") == (True, till)


def of_inclusive_days(tenant: ConnectedIReserve) -> Iterator[IReserve]:
    """The adapter for whole days whose last one counts: object 10 in no list, and known to run by the hour."""
    for dialect in (Dialect(), Dialect(hour_objects=("10",), known=frozenset({"hour_objects"}))):
        yield tenant.connect(dialect, day_end="inclusive")


def test_a_whole_day_on_an_object_by_the_hour_ends_at_the_next_midnight() -> None:
    tenant = ConnectedIReserve(day_end="inclusive")
    whole = BookingChange(when=AllDay(date(2026, 12, 4), date(2026, 12, 5)))
    ireserve, by_the_hour = of_inclusive_days(tenant)
    booking = ireserve.read(tenant.book())
    assert raised(Refused, lambda: ireserve.write(booking, whole)).reason == "day_or_hour"
    assert tenant.seen(booking.id)["from"] == "2026-11-23T10:00", "nobody can tell yet how it would be read"
    by_the_hour.write(booking, whole)
    seen = tenant.seen(booking.id)
    assert (seen["from"], seen["till"]) == ("2026-12-04T00:00", "2026-12-05T00:00")


def test_objects_that_are_known_to_run_by_the_hour_are_never_in_day_mode() -> None:
    tenant = ConnectedIReserve(day_end="inclusive")
    number = tenant.book(**{"from": "2026-12-04T00:00", "till": "2026-12-05T00:00"})
    assert not tenant.known(hour_objects=("10",)).read(number).day_mode
    assert tenant.ireserve.read(number).day_mode


def test_hours_on_an_object_by_the_day_are_not_applied(tenant: ConnectedIReserve) -> None:
    booking = tenant.ireserve.read(tenant.book(object_id=20, **{"from": "2026-12-04", "till": "2026-12-07"}))
    change = BookingChange(when=hour_from(14))
    assert raised(Refused, lambda: tenant.ireserve.write(booking, change)).reason in ("not_applied", "other")


def test_a_time_in_summer_is_written_with_summers_offset(tenant: ConnectedIReserve) -> None:
    booking = tenant.ireserve.read(tenant.book())
    tenant.forget()
    when = Timed(datetime(2027, 7, 1, 8, tzinfo=UTC), datetime(2027, 7, 1, 9, tzinfo=UTC))
    tenant.ireserve.write(booking, BookingChange(when=when))
    assert tenant.bodies[0]["date_from"] == "2027-07-01T10:00:00+0200"


# Making


def make(ireserve: IReserve, when: When | None = None, object_id: str = "10", **more: Any) -> Any:
    fields = {"remarks": "Overleg", **more}
    return ireserve.make(object_id, when or hour_from(14), 1, 20, EVENT_ID, fields)


def test_a_booking_is_checked_and_made_in_two_calls(tenant: ConnectedIReserve) -> None:
    booking = make(tenant.ireserve)
    assert tenant.calls == ["POST booking/check", WRITE]
    assert (booking.starts, booking.status, booking.external_id) == (at(14), 20, EVENT_ID)
    seen = tenant.seen(booking.id)
    assert (seen["from"], seen["status_code"], seen["remarks"], seen["external_id"]) == (
        "2026-11-23T14:00",
        20,
        "Overleg",
        EVENT_ID,
    )


@pytest.mark.parametrize(("object_id", "reason"), [("10", "period_taken"), ("999", "object_unknown")])
def test_a_booking_that_does_not_pass_the_check_is_not_made(
    tenant: ConnectedIReserve, object_id: str, reason: str
) -> None:
    tenant.book(**{"from": "2026-11-23T14:30", "till": "2026-11-23T15:00"})
    assert raised(Refused, lambda: make(tenant.ireserve, object_id=object_id)).reason == reason
    assert tenant.calls == ["POST booking/check"]


def test_a_booking_that_i_reserve_says_yes_to_and_does_not_make_is_refused() -> None:
    tenant = ConnectedIReserve(refusal="old_values")
    tenant.fault(method="POST", path="booking/check", action="delay", times=1)
    assert (
        raised(Refused, lambda: tenant.ireserve.make("10", hour_from(14), 1, 55, EVENT_ID, {})).reason == "not_applied"
    )


def test_a_booking_that_is_made_again_is_the_same_one(tenant: ConnectedIReserve) -> None:
    first = make(tenant.ireserve)
    tenant.ireserve.write(first, BookingChange(status=70))
    assert make(tenant.ireserve).id == first.id


@pytest.mark.parametrize("day_end", ["exclusive", "inclusive"])
def test_whole_days_are_made_on_an_object_by_the_day(day_end: str) -> None:
    tenant = ConnectedIReserve(day_end=day_end)
    booking = make(tenant.connect(day_end=day_end), AllDay(date(2026, 12, 4), date(2026, 12, 5)), "20")
    assert booking.day_mode
    assert tenant.seen(booking.id)["from"] == "2026-12-04"


def test_a_whole_day_is_made_on_an_object_by_the_hour(tenant: ConnectedIReserve) -> None:
    booking = make(tenant.ireserve, AllDay(date(2026, 12, 4), date(2026, 12, 5)))
    assert (tenant.seen(booking.id)["from"], tenant.seen(booking.id)["till"]) == (
        "2026-12-04T00:00",
        "2026-12-05T00:00",
    )


def test_no_midnights_are_asked_for_that_would_be_read_as_two_days() -> None:
    tenant = ConnectedIReserve(day_end="inclusive")
    midnights = Timed(datetime(2026, 12, 3, 23, tzinfo=UTC), datetime(2026, 12, 4, 23, tzinfo=UTC))
    ireserve, by_the_hour = of_inclusive_days(tenant)
    assert raised(Refused, lambda: make(ireserve, midnights)).reason == "day_or_hour"
    booking = make(by_the_hour, midnights)
    assert (booking.starts, booking.ends, booking.day_mode) == (midnights.start, midnights.end, False)


# Finding and listing


def test_a_booking_is_found_by_the_event_it_was_made_from(tenant: ConnectedIReserve) -> None:
    tenant.book()
    number = tenant.book("2026-11-24", external_id=EVENT_ID)
    found = tenant.ireserve.find("external_id", EVENT_ID)
    assert found is not None
    assert found.id == number
    assert tenant.calls == ["GET booking/filter", f"GET booking/{number}"]
    assert tenant.ireserve.find("external_id", "another") is None


def test_a_booking_is_found_by_a_custom_field(tenant: ConnectedIReserve) -> None:
    number = tenant.book(custom={"03": EVENT_ID})
    found = tenant.ireserve.find("custom03", EVENT_ID)
    assert found is not None
    assert found.id == number


@pytest.mark.parametrize(("name", "value"), [("external_id", EVENT_ID), ("remarks", "x"), ("external_id", 'x" OR "x')])
def test_what_cannot_be_searched_is_refused_rather_than_not_found(name: str, value: str) -> None:
    tenant = ConnectedIReserve(external_id_searchable=False)
    assert raised(Refused, lambda: tenant.ireserve.find(name, value)).reason == "not_searchable"


def test_a_search_that_cannot_be_checked_is_trusted_only_if_it_is_known() -> None:
    tenant = ConnectedIReserve(external_id_returned=False)
    number = tenant.book(external_id=EVENT_ID)
    assert raised(Refused, lambda: tenant.ireserve.find("external_id", EVENT_ID)).reason == "not_searchable"
    found = tenant.known(search_external_id="external_id").find("external_id", EVENT_ID)
    assert found is not None
    assert found.id == number


def test_bookings_are_listed_by_start_date_with_what_the_row_shows(tenant: ConnectedIReserve) -> None:
    number = tenant.book(status_code=20)
    tenant.book("2026-12-24")
    (row,) = tenant.ireserve.between(date(2026, 11, 21), date(2026, 12, 1), start=0, length=100)
    assert (row.id, row.starts, row.ends, row.status, row.object_id) == (number, at(10), at(11), 20, "10")
    (call,) = tenant.tenant.calls.since(0)
    assert re.search(r"start=0&length=100", call["query"])


def test_columns_that_a_tenant_does_not_have_are_asked_for_once() -> None:
    tenant = ConnectedIReserve(column_status="", column_tilldate="RES_TILLDATE", column_object_id="")
    number = tenant.book()
    for expected in (2, 1):
        tenant.forget()
        (row,) = tenant.ireserve.between(date(2026, 11, 23), date(2026, 11, 23), start=0, length=10)
        assert (row.id, row.starts, row.ends, row.status, row.object_id) == (number, at(10), None, None, None)
        assert len(tenant.calls) == expected


def walked(ireserve: IReserve, length: int) -> Iterator[str]:
    start = 0
    while page := ireserve.between(date(2026, 11, 1), date(2026, 12, 31), start=start, length=length):
        yield from (row.id for row in page)
        start += len(page)


@pytest.mark.parametrize("switches", [{}, {"duplicate_rows": True}, {"filter_max_length": 3}], ids=str)
def test_walking_the_pages_meets_every_booking(switches: dict[str, Any]) -> None:
    tenant = ConnectedIReserve(**switches)
    made = {tenant.book(f"2026-12-{day:02}") for day in range(1, 18)}
    assert set(walked(tenant.ireserve, 5)) == made


def test_dates_can_be_searched_as_dates(tenant: ConnectedIReserve) -> None:
    number = tenant.book()
    ireserve = tenant.known(search_dates="absolute")
    assert [row.id for row in ireserve.between(date(2026, 11, 23), date(2026, 11, 23), start=0, length=9)] == [number]


def test_objects_are_listed_once_with_their_group(tenant: ConnectedIReserve) -> None:
    listed = {each.id: each for each in tenant.known(day_objects=("20",)).objects()}
    assert set(listed) == {"10", "11", "12", "20", "101", "102"}
    assert (listed["101"].name, listed["101"].group, listed["101"].day_mode) == ("Tennisbaan 1", "Tennis", False)
    assert listed["20"].day_mode


# Webhooks and customers


@pytest.mark.parametrize("answer", ["status", "id", "empty"])
def test_a_webhook_is_registered_and_removed(answer: str) -> None:
    tenant = ConnectedIReserve(hook_delete_answer=answer)
    hook = tenant.ireserve.subscribe("booking_updated", "https://product.test/bookings/7?token=t")
    (known,) = tenant.control("GET", "hooks")["hooks"]
    assert (known["id"], known["event"]) == (hook, "booking_updated")
    tenant.ireserve.unsubscribe(hook)
    tenant.ireserve.unsubscribe(hook)
    assert tenant.control("GET", "hooks")["hooks"] == []


def test_a_customers_address_is_read_or_empty(tenant: ConnectedIReserve) -> None:
    assert tenant.ireserve.customer_email("2") == "test@example.org"
    assert tenant.ireserve.customer_email("999") == ""


def test_an_answer_about_another_booking_is_not_believed(tenant: ConnectedIReserve) -> None:
    number = tenant.book()
    error = raised(Malformed, lambda: tenant.ireserve.read(f"0{number}"))
    assert error.reason == "other_booking"


# Over a real connection


def over_a_socket(address: str, *, allow_private: bool) -> IReserve:
    session = outgoing.session(allow_private=allow_private)
    return IReserve(address, "api_calendar", lambda: "sandbox", AMSTERDAM, "exclusive", Dialect(), session)


def test_a_checked_connection_reads_writes_and_breaks_off(tenant: ConnectedIReserve) -> None:
    number = tenant.book()
    with served(tenant) as address:
        ireserve = over_a_socket(address, allow_private=True)
        assert ireserve.write(ireserve.read(number), BookingChange(when=hour_from(14))).starts == at(14)
        tenant.fault(path="booking", action="reset", times=-1)
        raised(Transient, lambda: ireserve.read(number))


def test_an_address_that_is_not_allowed_stops_the_calls(tenant: ConnectedIReserve) -> None:
    with served(tenant) as address:
        ireserve = over_a_socket(address, allow_private=False)
        assert raised(AccessRevoked, lambda: ireserve.read("1")).reason == "ireserve_address"
    assert tenant.calls == []
