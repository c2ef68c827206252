"""Small rules of the domain that stand alone: numbers as typed, keys that can be guessed, how many days a list covers."""

from datetime import date, timedelta
from typing import Any

import pytest

from functions.domain.comparing.series import NEAR
from functions.domain.model.appointment import AllDay
from functions.domain.model.bounds import ADDRESS, FIELDS, ID, LINE, LINK, TEXT, cut, link, whole, whole_number
from functions.domain.model.errors import Throttled
from functions.domain.model.stretch import FEW, LONGEST, MANY, WEEK, next_days
from functions.domain.model.zones import is_zone
from functions.domain.pairing.lifecycle import KEPT_IDS
from functions.domain.planning.hours_taken import Slot
from functions.domain.planning.merge import MEET_LOOK_AGAIN, MEET_PATIENCE
from functions.domain.planning.plan_new_event import LATELY
from functions.domain.planning.view import SECOND_READ
from functions.domain.settings.facts import is_tidy
from functions.domain.settings.faults import LONGEST_WORD, settings_faults
from functions.domain.settings.integration import UNFINISHED
from functions.domain.settings.schema import MappingRow, OutboundSettings, Settings
from functions.domain.settings.strength import can_be_guessed
from tests.unit.sketch import TEN


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("007", 7), ("", None), ("-1", None), ("²", None), ("٣", None), ("1234567890", None)]
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


def test_a_number_of_nine_digits_is_the_longest() -> None:
    assert whole_number("123456789") == 123456789
    assert whole_number("123", digits=3) == 123
    assert whole_number("1234", digits=3) is None


def test_a_text_from_outside_is_cut_at_its_bound_and_nothing_but_a_text_is_taken() -> None:
    assert (cut("abc", 3), cut("abcd", 3), cut(None, 3), cut("", 3)) == ("abc", "abc", "", "")
    with pytest.raises(TypeError):
        cut(7, 3)


@pytest.mark.parametrize(
    ("address", "link_to"),
    [
        ("https://x.example/", True),
        ("http://x.example/", True),
        ("ftp://x.example/", False),
        ("https://" + "x" * 2040, True),
        ("https://" + "x" * 2041, False),
        (7, False),
    ],
)
def test_a_page_links_to_addresses_of_the_web_that_are_not_too_long(address: object, *, link_to: bool) -> None:
    assert link(address) == (address if link_to else "")


def test_each_bound_is_far_above_what_both_systems_take() -> None:
    """Google: 8,192 characters of a description, 1,024 of the others; what could be written back is never cut."""
    assert (LINE, TEXT, ID, LINK, ADDRESS, FIELDS) == (4_000, 65_536, 1_024, 2_048, 320, 2_000)


@pytest.mark.parametrize(
    ("key", "guessed"),
    [
        ("q7w1e9r3t5y2u8i", True),  # 15 characters
        ("q7w1e9r3t5y2u8i4", False),
        ("q1q1q1q1q1q1q1q1q1q1", True),
        ("9182736450918273", True),  # digits alone: 3.3 bits each
        ("918273645037194628", False),
        ("qawsedrftgyh", True),
        ("plokijuhygtfrdeswaqz", False),
        ("QAWSEDRFTGYHUJIK", False),
        ("!@!@!@!@!@!@!@!@!@", True),
        ("!)&#^%$(@*!?;:<>", False),
        ("kT7#pQ2%kT7#pQ2%", False),  # of all alphabets eight turns are just enough
        ("kT7#pQ2kT7#pQ2kT", True),
    ],
)
def test_a_key_is_as_strong_as_its_alphabet_and_its_turns(key: str, *, guessed: bool) -> None:
    assert can_be_guessed(key) is guessed


@pytest.mark.parametrize(
    ("texts", "tidy"),
    [
        (("x" * 500, 500, False), True), (("x" * 501, 500, False), False), (("a\nb", 500, False), False),
        (("a\tb", 500, False), False), (("a\rb", 500, False), False), (("a\nb", 500, True), True),
        (("a\u202eb", 500, True), False),
    ],
)  # fmt: skip
def test_a_text_is_tidy_when_it_is_short_and_hides_nothing(texts: tuple[str, int, bool], *, tidy: bool) -> None:
    text, longest, lines = texts
    assert is_tidy(text, longest, lines=lines) is tidy


def test_a_text_that_says_nothing_of_itself_may_have_500_characters_on_one_line() -> None:
    assert is_tidy("x" * 500)
    assert not is_tidy("x" * 501)
    assert not is_tidy("a\nb")


def test_the_days_in_which_a_booking_in_the_way_may_begin() -> None:
    first, last = date(2026, 11, 24), date(2026, 11, 24)
    assert Slot("10", TEN, 1).days("UTC") == (first - timedelta(days=1), last)
    assert Slot("10", AllDay(first, date(2026, 11, 26)), 1).days("UTC") == (
        first - timedelta(days=1),
        date(2026, 11, 26),
    )


@pytest.mark.parametrize(
    ("zone", "there"),
    [
        ("Europe/Amsterdam", True),
        ("x" * 65, False),
        ("x" * 100_000, False),
        ("a\0b", False),
        ("../etc", False),
        ("Mars/Olympus", False),
    ],
)
def test_a_zone_is_one_of_the_known_names(zone: str, *, there: bool) -> None:
    assert is_zone(zone) is there


def test_limits_that_a_person_can_run_into_stay_where_they_are() -> None:
    """Each stands in the documentation or was measured; whoever changes one changes what people see."""
    assert (
        timedelta(seconds=20),
        timedelta(minutes=10),
        timedelta(seconds=5),
    ) == (SECOND_READ, MEET_PATIENCE, MEET_LOOK_AGAIN)
    assert (timedelta(days=1), timedelta(days=7), 8) == (LATELY, NEAR, KEPT_IDS)
    assert LONGEST_WORD == 100
    assert UNFINISHED == ("", "new", "future", "all", "resume", "activation")
