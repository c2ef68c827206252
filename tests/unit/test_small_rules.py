"""Small rules of the domain that stand alone: numbers as typed, keys that can be guessed, how many days a list covers."""

from typing import Any

import pytest

from functions.domain.model.bounds import whole, whole_number
from functions.domain.model.errors import Throttled
from functions.domain.model.stretch import FEW, LONGEST, MANY, WEEK, next_days
from functions.domain.settings.faults import settings_faults
from functions.domain.settings.schema import MappingRow, OutboundSettings, Settings
from functions.domain.settings.strength import can_be_guessed


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("007", 7), ("", None), ("-1", None), ("²", None), ("1234567890", None)]
)
def test_a_whole_number_is_digits_and_not_too_many(text: str, number: int | None) -> None:
    assert whole_number(text) == number


def test_an_id_that_is_too_long_is_refused_and_not_cut() -> None:
    assert whole("abc", 3) == "abc"
    with pytest.raises(ValueError, match="too long"):
        whole("abcd", 3)


@pytest.mark.parametrize("key", ["", "short", "a" * 40, "abcdefghijklmnopqrstuvwxyz", "0123456789012345"])
def test_a_short_or_regular_key_can_be_guessed(key: str) -> None:
    assert can_be_guessed(key)


@pytest.mark.parametrize("key", ["3f9a1c7e5b2d8046af13c59e7b20d846", "correct-horse-battery-staple"])
def test_a_long_irregular_key_cannot_be_guessed(key: str) -> None:
    assert not can_be_guessed(key)


@pytest.mark.parametrize(
    ("found", "days"), [(0, 4 * WEEK), (FEW, 4 * WEEK), (FEW + 1, 2 * WEEK), (MANY, 2 * WEEK), (MANY + 1, WEEK)]
)
def test_a_quiet_list_makes_the_next_one_cover_more_days_and_a_busy_one_fewer(found: int, days: int) -> None:
    assert next_days(2 * WEEK, found) == days
    assert next_days(LONGEST, 0) == LONGEST


def test_who_tried_too_often_is_told_when_to_try_again() -> None:
    assert Throttled("wait", retry_after=7).retry_after == 7


@pytest.mark.parametrize(
    ("outbound", "row", "field"),
    [
        ({"create_on_status": (20,), "tentative_on_status": (20,)}, {}, "outbound.tentative_on_status"),
        ({"colours": {"20": "mauve"}}, {}, "outbound.colours.20"),
        ({}, {"calendar": "a" * 600}, "mapping.0.calendar"),
        ({}, {"booked_text": "b" * 600}, "mapping.0.booked_text"),
    ],
)
def test_a_setting_that_breaks_a_rule_is_named(outbound: dict[str, Any], row: dict[str, str], field: str) -> None:
    rows = (MappingRow(**{"object": "10", "calendar": "a@group.calendar.google.com", **row}),)  # type: ignore[arg-type]  # texts
    found = {
        fault.field for fault in settings_faults(Settings(id="7", outbound=OutboundSettings(**outbound), mapping=rows))
    }
    assert field in found


def test_every_status_of_a_list_is_listed() -> None:
    assert OutboundSettings(create_on_status=(20,), delete_on_status=(70,), tentative_on_status=(10,)).listed == {
        10,
        20,
        70,
    }
