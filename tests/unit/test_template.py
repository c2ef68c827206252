"""Templates with i-Reserve's placeholders."""

from dataclasses import replace
from datetime import datetime

import pytest

from functions.domain.settings.template import REFUSED, fill, placeholders, template_faults, unfilled
from tests.unit.sketch import booking

MADE = replace(
    booking(object_name="", remarks="Met beamer", number=3),
    fields={"customer": "T. Ester", "custom1": "één", "custom02": "twee", "custom117": "ver", "paid": "10.00"},
)


def filled(template: str, language: str = "nl") -> str:
    return fill(template, MADE, "Europe/Amsterdam", language)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{BOOKING_NUMBER} {OBJECT}", "1001 10"),
        ("{FROMDATE} {FROMTIME}-{TILLTIME}", "dinsdag 24 november 2026 10:00-11:00"),
        ("{TILLDATE}, {MINUTES} min", "dinsdag 24 november 2026, 60 min"),
        ("{NUMBER_OF_PLACES} {REMARKS} {PAID}", "3 Met beamer 10.00"),
        ("{CUSTOMER}", "T. Ester"),
        ("{RES_CUSTOM1} {RES_CUSTOM02} {RES_CUSTOM2} {RES_CUSTOM117}", "één twee twee ver"),
        ("{RES_CUSTOM9} {LOCATION} {UNKNOWN}", ""),
        ("{lower} { x }", "{lower} { x }"),
    ],
)
def test_a_placeholder_becomes_what_the_booking_says(template: str, text: str) -> None:
    assert filled(template) == text


def test_dates_are_in_the_language_of_the_integration() -> None:
    assert filled("{FROMDATE}", "en") == "Tuesday 24 November 2026"


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2027-03-28T00:00+01:00", "2027-03-28T07:00+02:00", "360"),
        ("2027-10-31T02:30+02:00", "2027-10-31T02:00+01:00", "30"),
        ("2027-10-31T01:00+02:00", "2027-10-31T04:00+01:00", "240"),
    ],
)
def test_minutes_are_those_that_go_by_also_across_a_change(start: str, end: str, minutes: str) -> None:
    across = replace(MADE, starts=datetime.fromisoformat(start), ends=datetime.fromisoformat(end))
    assert fill("{MINUTES}", across, "Europe/Amsterdam", "nl") == minutes


def test_an_object_is_called_by_its_name() -> None:
    assert fill("{OBJECT}", booking(), "Europe/Amsterdam", "nl") == "Zaal A"


def test_placeholders_that_would_give_access_are_refused() -> None:
    for name, why in REFUSED.items():
        assert list(template_faults(f"{{{name}}}")) == [f"{{{name}}} cannot be used: {why}"]


def test_every_fault_of_a_template_is_named_once() -> None:
    found = list(template_faults("{Object} {object} {Object} {BOOKING_NUMBER} {RES_CUSTOM12}"))
    assert [fault.split(" ")[0] for fault in found] == ["{Object}", "{object}"]


def test_every_placeholder_that_is_offered_is_accepted() -> None:
    assert list(template_faults(" ".join(f"{{{name}}}" for name in placeholders()))) == []


def test_a_placeholder_that_is_not_closed_is_a_fault() -> None:
    assert list(template_faults("{OBJECT - {BOOKING_NUMBER}")) == ["{OBJECT is not closed; write {OBJECT}"]
    assert list(template_faults("{BOOKING_NUMBER} {OBJECT")) == ["{OBJECT is not closed; write {OBJECT}"]
    assert list(template_faults("{OBJECT}")) == []


NAMED = [
    "PRICE",
    "PRICE_NO_OPT",
    "PAID",
    "RES_PRICE_FEE",
    "CURRENCY",
    "LOCATION_ID",
    "LOCATION",
    "LOCATION_DESC",
    "SETUP_ID",
    "SETUP_DESC",
    "SETUP_LONG_DESC",
    "DATE_BOOKING",
    "TIME_BOOKING",
    "CUSTOMER",
    "STATUS",
]


@pytest.mark.parametrize("name", NAMED)
def test_a_placeholder_is_filled_with_the_field_of_its_name(name: str) -> None:
    made = booking(fields={name.lower(): "12.50"})
    assert fill(f"{{{name}}}", made, "Europe/Amsterdam", "nl") == "12.50"
    assert unfilled(f"{{{name}}}", made) == ()
    assert unfilled(f"{{{name}}}", booking(fields={})) == (name,)


COLUMNS = {"OBJ_DESC": "object_desc", "OBJ_NAME": "object", "RES_REMARKS": "remarks", "CUST_EMAIL": "email"}


@pytest.mark.parametrize(("name", "field"), COLUMNS.items())
def test_a_column_of_i_reserves_lists_is_filled_and_not_offered(name: str, field: str) -> None:
    assert fill(f"{{{name}}}", booking(fields={field: "Zaal"}), "Europe/Amsterdam", "nl") == "Zaal"
    assert unfilled(f"{{{name}}}", booking(fields={})) == (name,)
    assert name not in placeholders()


COMPUTED = ["BOOKING_NUMBER", "FROMDATE", "FROMTIME", "TILLDATE", "TILLTIME", "MINUTES"]
ALWAYS = [*COMPUTED, "NUMBER_OF_PLACES", "REMARKS", "OBJECT"]


@pytest.mark.parametrize("name", ALWAYS)
def test_what_every_booking_has_is_filled_whatever_the_tenant_answers(name: str) -> None:
    made = booking(remarks="Met beamer", fields={})
    assert fill(f"{{{name}}}", made, "Europe/Amsterdam", "nl") != ""
    assert unfilled(f"{{{name}}}", made) == ()


def test_i_reserves_placeholders_are_offered_before_ours() -> None:
    offered = placeholders()
    assert sorted(offered) == sorted([*ALWAYS, *NAMED, "RES_CUSTOM01"])
    assert offered[:6] == tuple(COMPUTED)
    assert offered[-3:] == ("OBJECT", "CUSTOMER", "STATUS")


@pytest.mark.parametrize("name", ["HASHKEY", "ACCEPTLINK", "EDITBOOKLINK", "ETICKET"])
def test_what_would_let_a_reader_at_the_booking_is_refused(name: str) -> None:
    [fault] = template_faults(f"{{{name}}}")
    assert fault.startswith(f"{{{name}}} cannot be used: it would ")


MONTHS = {
    "nl": [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
DAYS = {
    "nl": ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_day_and_each_month_has_its_name(language: str) -> None:
    for number, month in enumerate(MONTHS[language], start=1):
        for day in range(1, 8):
            starts = datetime.fromisoformat(f"2027-{number:02}-{day:02}T12:00+00:00")
            shown = fill("{FROMDATE}", replace(MADE, starts=starts), "UTC", language)
            assert shown == f"{DAYS[language][starts.weekday()]} {day} {month} 2027"


@pytest.mark.parametrize(
    ("template", "faults"),
    [
        ("{RES_CUSTOM1} {RES_CUSTOM123}", []),
        ("{RES_CUSTOM1234}", ["never filled"]),
        ("{detail.NAME}", ["belongs to a loop"]),
        ("<!-- BEGIN detail -->{detail.NAME}<!-- END detail -->", ["the loop detail (<!-- BEGIN detail -->)"]),
        ("{NEVER_HEARD_OF}", ["never filled"]),
        ("{9}", ["not a placeholder"]),
        ("{}", ["not a placeholder"]),
    ],
)
def test_what_cannot_be_filled_is_a_fault_that_says_why(template: str, faults: list[str]) -> None:
    found = list(template_faults(template))
    assert len(found) == len(faults)
    assert all(said in fault for said, fault in zip(faults, found, strict=True))


def test_values_take_the_form_of_their_destination_and_the_template_keeps_its_own() -> None:
    made = replace(MADE, remarks="<b>", fields={"custom1": "<i>", "paid": "<u>"})
    text = fill("<p>{REMARKS} {RES_CUSTOM1} {PAID}</p>", made, "UTC", "nl", str.upper)
    assert text == "<p><B> <I> <U></p>"
