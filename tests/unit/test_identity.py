"""Identities that can be derived, so that doing something twice makes one of it."""

import re

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from functions.domain.model.identity import (
    TEST_LINK,
    calendar_hash,
    claim_id,
    event_id,
    event_ids,
    invitation_id,
    is_chosen,
    is_int_id,
    link_id,
    occupied_id,
    turn_of,
    unkeyed_event_id,
)
from functions.domain.model.identity import test_event_id as id_of_test_event
from tests.unit.sketch import ROOM_A, digest

# https://developers.google.com/workspace/calendar/api/v3/reference/events/insert
CHOSEN = re.compile(r"[a-v0-9]{5,1024}")
quick = profile(deadline=None, derandomize=True)


@quick
@given(st.text(max_size=40), st.text(max_size=40), st.integers(0, 1000))
def test_the_id_of_an_event_is_one_that_google_accepts(int_id: str, booking: str, generation: int) -> None:
    assert CHOSEN.fullmatch(event_id(digest, int_id, booking, generation))
    assert event_id(digest, int_id, booking, generation) == event_id(digest, int_id, booking, generation)


@quick
@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 50))
def test_bookings_integrations_and_generations_have_their_own_ids(one: int, other: int, generation: int) -> None:
    ids = {event_id(digest, "7", str(each), generation) for each in (one, other)}
    assert len(ids) == len({one, other})
    assert event_id(digest, "7", str(one), generation) != event_id(digest, "8", str(one), generation)
    assert event_id(digest, "7", str(one), generation) != event_id(digest, "7", str(one), generation + 1)


def test_a_link_has_an_id_of_its_own() -> None:
    assert link_id("7", "booking", "1") != link_id("7", "event", "1")
    assert len(link_id("7", "booking", "1")) == 24


def test_claims_and_hashes_do_not_show_a_calendar() -> None:
    assert "room" not in claim_id("event", ROOM_A, "x") + calendar_hash(ROOM_A)
    assert claim_id("booking", "1").startswith("b-")
    assert claim_id("event", ROOM_A, "x") != claim_id("event", ROOM_A, "y")


def test_a_test_event_is_told_from_a_real_one() -> None:
    assert CHOSEN.fullmatch(id_of_test_event("7", "stamp"))
    assert id_of_test_event("7", "stamp") != event_id(digest, "7", "stamp", 0)


def test_every_name_has_a_turn_of_its_own_for_good_and_turns_are_of_a_size() -> None:
    had = [turn_of(str(number), 4) for number in range(1000, 2000)]
    assert had == [turn_of(str(number), 4) for number in range(1000, 2000)]
    assert all(200 < had.count(turn) < 300 for turn in range(4))
    assert turn_of("7", 1) == 0


def test_the_id_of_an_event_is_keyed_and_the_ids_of_before_that_are_known() -> None:
    keyed = event_id(digest, "7", "1001", 0)
    assert keyed != unkeyed_event_id("7", "1001", 0)
    assert keyed != event_id(lambda text: digest(f"other key {text}"), "7", "1001", 0)
    assert event_ids(digest, "7", "1001", range(1)) == {keyed, unkeyed_event_id("7", "1001", 0)}


def test_an_id_that_was_given_out_is_derived_again_for_ever() -> None:
    """Events in calendars, and claims, links and marks in the store, are found by these."""
    assert event_id(digest, "7", "1001", 1) == "h8n5l2ipgot2efpton07chv7bdi7v6lu"
    assert occupied_id(digest, "7", "1\na", 0) == "7rrmaujq0lqjk76k04rp71okpu3e8609"
    assert unkeyed_event_id("7", "1001", 0) == "1scilpn6htg18p0k7emkobd1s7ub8d7q"
    assert invitation_id(digest, ROOM_A, "x") == "8p51lbvnqoinct1gi2r5ahmgj1uqhstn"
    assert link_id("7", "booking", "1001") == "a017e628a52fe55596d80a65"
    assert claim_id("event", ROOM_A, "x") == "e-e7b787a7541f680b42b3e88db4caf680"
    assert calendar_hash(ROOM_A) == "66ce314679dd9531"
    assert (TEST_LINK, id_of_test_event("7", "stamp")) == ("round-trip", "6jass08e6rrid0vaqhe4j705kbqeuadt")
    assert [turn_of(str(number), 97) for number in range(5)] == [67, 12, 79, 85, 87]


@pytest.mark.parametrize(
    ("value", "holds"),
    [("7", True), ("a-B_9", True), ("x" * 40, True), ("", False), ("x" * 41, False), ("__x", False), ("a b", False),
     ("a\n", False), (7, False), (None, False)],
)  # fmt: skip
def test_the_id_of_an_integration_is_a_short_word(value: object, *, holds: bool) -> None:
    assert is_int_id(value) is holds


def test_a_chosen_id_is_told_from_those_of_google_and_of_occurrences() -> None:
    assert is_chosen(event_id(str, "7", "1001", 0))
    assert is_chosen(occupied_id(str, "7", "before", 0))
    for other in ("4tim21md2ukp2r2reaht84g735", f"{event_id(str, '7', '1001', 0)}_20261124T090000Z", "x" * 32, ""):
        assert not is_chosen(other)
