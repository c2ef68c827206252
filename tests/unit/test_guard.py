"""The guard against double booking: which hours are taken."""

from dataclasses import replace
from datetime import date

import pytest

from functions.application.ports import BookingRow
from functions.application.sync import overlap_guard
from functions.domain.model.appointment import AllDay, Timed, When
from functions.domain.model.errors import Refused
from functions.domain.pairing.writes import Asked, BookingChange, MakeBooking, Why, WriteBooking
from functions.domain.planning.hours_taken import Slot, is_taken, keeps_out, slot_of, stands_guard
from functions.domain.settings.dialect import Dialect
from tests.unit.sketch import DAY, EVENING, KEY, NOON, TEN, at, booking, link, settings, view
from tests.unit.two_sides import Rooms, Sides

ITS = settings()
WISH = Slot("10", NOON, 1, "1001")
OTHER = booking(NOON, id="2002")
KNOWN = frozenset({"write_validates"})


@pytest.mark.parametrize(
    ("guard", "dialect", "stands"),
    [
        ("auto", Dialect(), True),
        ("auto", Dialect(write_validates=True, known=KNOWN), False),
        ("auto", Dialect(write_validates=False, known=KNOWN), True),
        ("always", Dialect(write_validates=True, known=KNOWN), True),
        ("never", Dialect(write_validates=False, known=KNOWN), False),
    ],
)
def test_the_guard_stands_unless_i_reserve_is_known_to_refuse_by_itself(
    guard: str, dialect: Dialect, *, stands: bool
) -> None:
    assert stands_guard(settings(sync={"overlap_guard": guard}), dialect) is stands


def test_a_move_asks_for_its_new_hours_and_another_room_for_those_it_has() -> None:
    moved = WriteBooking("1001", BookingChange(when=NOON), Why.EVENT_MOVED, Asked("time"))
    assert slot_of(moved, booking(TEN, number=2), ITS) == Slot("10", NOON, 2, "1001")
    changed = WriteBooking("1001", BookingChange(object_id="11"), Why.EVENT_OBJECT)
    assert slot_of(changed, booking(TEN), ITS) == Slot("11", TEN, 1, "1001")
    made = MakeBooking(KEY, NOON, "10", 20, 3, "external_id", (), Why.EVENT_MADE)
    assert slot_of(made, None, ITS) == Slot("10", NOON, 3)


@pytest.mark.parametrize("change", [BookingChange(status=70), BookingChange(external_id="x"), BookingChange()])
def test_what_changes_neither_time_nor_object_asks_for_no_hours(change: BookingChange) -> None:
    assert slot_of(WriteBooking("1001", change, Why.WRITE_BACK), booking(), ITS) is None


def test_a_booking_of_the_same_hours_takes_them() -> None:
    assert is_taken(WISH, [OTHER], 1, ITS)


@pytest.mark.parametrize(
    "passing",
    [
        replace(OTHER, id="1001"),
        replace(OTHER, object_id="11"),
        replace(OTHER, status=70),
        replace(OTHER, ends=OTHER.starts),
        at(OTHER, TEN),
    ],
)
def test_itself_another_room_a_cancelled_one_a_moment_and_other_hours_do_not(passing: object) -> None:
    assert not is_taken(WISH, [passing], 1, ITS)  # type: ignore[list-item]  # a booking


def test_a_status_in_no_list_counts_as_a_booking_does() -> None:
    assert is_taken(WISH, [replace(OTHER, status=99)], 1, ITS)


def test_places_count_where_they_are_taken_at_once_not_one_after_the_other() -> None:
    half = NOON.start + (NOON.end - NOON.start) / 2
    first, second = replace(OTHER, ends=half), replace(OTHER, id="2003", starts=half)
    assert not is_taken(WISH, [first, second], 2, ITS)
    assert is_taken(WISH, [first, replace(second, starts=OTHER.starts)], 2, ITS)
    assert is_taken(WISH, [replace(first, number=2)], 2, ITS)


def test_a_stay_takes_the_days_until_its_last() -> None:
    stay = at(booking(id="2002"), AllDay(date(2026, 11, 20), date(2026, 11, 26)))
    slot = Slot("10", DAY, 1)
    assert is_taken(slot, [stay], 1, ITS)
    assert not is_taken(slot, [at(stay, AllDay(date(2026, 11, 20), date(2026, 11, 25)))], 1, ITS)
    assert slot.days("Europe/Amsterdam") == (date(2026, 11, 24), date(2026, 11, 26))


def test_more_places_than_there_are_is_not_the_guards_to_refuse() -> None:
    assert not is_taken(replace(WISH, number=5), [], 1, ITS)


def test_a_move_of_a_booking_that_is_not_there_asks_for_no_hours() -> None:
    assert slot_of(WriteBooking("1001", BookingChange(when=NOON), Why.EVENT_MOVED), None, ITS) is None


@pytest.mark.parametrize("when", [TEN, EVENING], ids=["before", "after"])
def test_a_booking_before_or_after_the_hours_is_not_in_their_way(when: When) -> None:
    assert keeps_out(WISH, OTHER, ITS)
    assert not keeps_out(WISH, at(OTHER, when), ITS)
    for touching in (Timed(TEN.start, NOON.start), Timed(NOON.end, EVENING.end)):
        assert not keeps_out(WISH, at(OTHER, touching), ITS)


def test_hours_are_taken_also_where_it_only_gets_too_full_later_in_them() -> None:
    half = NOON.start + (NOON.end - NOON.start) / 2
    whole, later = replace(OTHER, id="2002"), replace(OTHER, id="2003", starts=half)
    assert is_taken(WISH, [whole, later], 2, ITS)
    assert not is_taken(WISH, [whole, later], 3, ITS)


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> Sides:
    """A day with many bookings, in an i-Reserve that lists a hundred at a time and cannot search by object."""
    sides = Sides(sync={"overlap_guard": "always"})

    def between(rooms: Rooms, *_: date, start: int, length: int, **__: object) -> list[BookingRow]:
        there = [BookingRow(each.id, each.starts, each.ends) for each in rooms._sides.bookings.values()]
        return there[start : start + length]

    monkeypatch.setattr(Rooms, "between", between)
    return sides


def book_a_crowd(sides: Sides, many: int) -> None:
    """The last booking, of many, is the one in the way."""
    for n in range(many - 1):
        sides.book(f"{n}", TEN)
    sides.book("last", NOON)


def moving_to_noon(sides: Sides) -> str:
    step = WriteBooking("1001", BookingChange(when=NOON), Why.EVENT_MOVED)
    return overlap_guard.check(sides.session(), view(link(), booking(TEN)), step)


def test_the_guard_finds_the_one_booking_in_the_way_among_the_many_of_a_day(crowded: Sides) -> None:
    book_a_crowd(crowded, 700)
    with pytest.raises(Refused, match="Another booking has these hours"):
        moving_to_noon(crowded)
    assert not crowded.logged("guard_cut")


def test_the_guard_says_where_a_day_has_more_bookings_than_it_compares(
    crowded: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlap_guard, "MOST", 200)
    book_a_crowd(crowded, 400)
    assert not moving_to_noon(crowded)
    assert [each["severity"] for each in crowded.logged("guard_cut")] == ["WARNING"]
