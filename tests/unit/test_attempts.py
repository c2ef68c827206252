"""The brake's own sums: what counts, for how long, and from which write on."""

from datetime import datetime, timedelta

import pytest

from functions.domain.pairing.attempts import (
    KEPT,
    Attempt,
    Attempts,
    Ended,
    ended,
    is_loop,
    never_made,
    refused_until,
    tried,
)
from tests.unit.sketch import NOW

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def attempts(*what: str, since: datetime = NOW - MINUTE, put_back: bool = False, how: Ended = Ended.LANDED) -> Attempts:
    return tuple(Attempt(since + SECOND * n, each, put_back, how) for n, each in enumerate(what))


@pytest.mark.parametrize(("before", "loops"), [(2, False), (3, True)])
def test_the_fourth_time_that_the_same_value_is_put_back_within_an_hour_is_a_loop(before: int, *, loops: bool) -> None:
    again = Attempt(NOW, "a", put_back=True)
    assert is_loop(attempts(*"a" * before, put_back=True), again) is loops
    assert not is_loop(attempts(*"a" * before, put_back=True), Attempt(NOW, "b", put_back=True))
    assert not is_loop(attempts(*"a" * before, put_back=True, since=NOW - timedelta(hours=1) - 4 * SECOND), again)


def test_an_hour_is_over_when_an_hour_has_passed() -> None:
    at_the_end = attempts(*"aaa", since=NOW - timedelta(hours=1))
    assert is_loop(attempts(*"aaa", since=NOW - timedelta(hours=1) + SECOND), Attempt(NOW, "a", put_back=True))
    assert not is_loop(at_the_end, Attempt(NOW, "a", put_back=True))


@pytest.mark.parametrize(
    ("before", "loops"),
    [("aaaaaa", True), ("ababab", True), ("aaaaa", False), ("abcdef", False), ("aabbcc", False), ("aaabbc", False)],
)
def test_seven_writes_of_one_or_two_values_are_a_loop_and_new_values_are_none(before: str, *, loops: bool) -> None:
    assert is_loop(attempts(*before), Attempt(NOW, "a")) is loops


def test_writes_of_more_than_ten_minutes_ago_do_not_count() -> None:
    assert is_loop(attempts(*"aaaaaa", since=NOW - 10 * MINUTE + SECOND), Attempt(NOW, "a"))
    assert not is_loop(attempts(*"aaaaaa", since=NOW - 10 * MINUTE), Attempt(NOW, "a"))


def test_six_refusals_running_are_a_loop_whatever_was_written_and_one_that_was_not_refused_ends_them() -> None:
    refused = attempts(*"bcdefg", how=Ended.REFUSED)
    assert is_loop(refused, Attempt(NOW, "a"))
    assert is_loop((*attempts("h"), *refused), Attempt(NOW, "a"))
    assert not is_loop((*refused, *attempts("h", since=NOW - SECOND)), Attempt(NOW, "a"))


def test_what_was_refused_six_times_waits_until_ten_minutes_after_the_first() -> None:
    refused = attempts(*"aaaaaa", how=Ended.REFUSED)
    assert refused_until(refused, Attempt(NOW, "a")) == NOW - MINUTE + 10 * MINUTE
    assert refused_until((*attempts("a", since=NOW - 2 * MINUTE), *refused), Attempt(NOW, "a")) == NOW + 9 * MINUTE
    assert refused_until(refused[1:], Attempt(NOW, "a")) is None
    assert refused_until(refused, Attempt(NOW, "b")) is None
    assert refused_until((*refused[:-1], *attempts("a", since=NOW - SECOND)), Attempt(NOW, "a")) is None
    assert refused_until(refused, Attempt(NOW + 9 * MINUTE, "a")) is None


def test_attempts_of_an_hour_are_kept_and_never_more_than_fit() -> None:
    old, new = Attempt(NOW - timedelta(hours=1), "old"), Attempt(NOW, "new")
    recent = Attempt(NOW - timedelta(hours=1) + SECOND, "recent")
    assert tried((old, recent), new) == (recent, new)
    assert tried(attempts(*"a" * 40), new) == (*attempts(*"a" * 40)[-23:], new)
    assert KEPT == 24


def test_the_last_attempt_gets_its_end_and_one_that_never_arrived_is_none() -> None:
    both = attempts("a", "b", how=Ended.OPEN)
    assert [each.ended for each in ended(both, Ended.REFUSED)] == [Ended.OPEN, Ended.REFUSED]
    assert never_made(both) == both[:1]
    assert (ended((), Ended.LANDED), never_made(())) == ((), ())
