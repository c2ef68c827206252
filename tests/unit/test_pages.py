"""Lists of bookings, page by page, where a booking has more rows than a page."""

from collections import Counter
from datetime import timedelta

import pytest

from functions.application.auditing.sides import Sides as Audited
from functions.application.ports import BookingRow
from functions.application.sync.overlap_guard import FEW
from functions.application.sync.pages import listed
from tests.unit.sketch import NOW
from tests.unit.two_sides import Rooms, Sides

TODAY = NOW.date()


class Listed:
    """i-Reserve's rows, each the number of its booking."""

    def __init__(self, *rows: str) -> None:
        self.rows, self.calls = rows, 0

    def between(self, *_: object, start: int, length: int, **_more: object) -> list[BookingRow]:
        self.calls += 1
        return [BookingRow(name, lines=lines) for name, lines in Counter(self.rows[start : start + length]).items()]


@pytest.mark.parametrize("many", [50, 100, 104, 150, 190])
def test_a_booking_with_very_many_rows_hides_none_behind_it(many: int) -> None:
    there = Listed("1", *["2"] * many, "3", "4")
    assert [*listed(Sides().session(), there.between)] == ["1", "2", "3", "4"]


def test_a_full_page_of_few_bookings_is_not_taken_for_the_last_one() -> None:
    """The guard against double booking did not see the one behind it."""
    there = Listed(*["1"] * 120, "2")
    assert [*listed(Sides().session(), there.between, few=FEW)] == ["1", "2"]


def test_a_short_page_is_still_taken_for_the_last_one() -> None:
    there = Listed("1", "1", "2")
    assert [*listed(Sides().session(), there.between, few=FEW)] == ["1", "2"]
    assert there.calls == 1


def test_a_list_that_begins_anew_whatever_is_asked_for_ends() -> None:
    class Deaf(Listed):
        def between(self, *_: object, start: int, length: int, **_more: object) -> list[BookingRow]:  # noqa: ARG002
            return super().between(start=0, length=length)

    there = Deaf(*["1"] * 100)
    assert [*listed(Sides().session(), there.between)] == ["1"]
    assert there.calls == 3


def test_the_audits_own_list_goes_on_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    sides, there = Sides(), Listed(*["1"] * 120, "2")
    monkeypatch.setattr(Rooms, "between", lambda _self, *days, **page: there.between(*days, **page))
    audited = Audited(sides.ports, sides.integration)
    assert [*audited.rows(TODAY, TODAY + timedelta(days=6))] == ["1", "2"]
