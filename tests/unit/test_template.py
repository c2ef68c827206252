"""Templates with i-Reserve's placeholders."""

from dataclasses import replace
from datetime import datetime

import pytest

from functions.domain.settings.template import REFUSED, fill, placeholders, template_faults
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
