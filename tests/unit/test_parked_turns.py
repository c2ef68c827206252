"""Parked items take turns, also where more fail again and again than are retried in a day."""

from datetime import timedelta

from functions.application.intake.hints import Hint, Kind
from functions.application.store import parked
from tests.unit.two_sides import Sides


def test_where_more_fail_than_are_retried_between_two_sweeps_of_a_day_each_gets_its_turn() -> None:
    sides = Sides()
    hints = {Hint(Kind.BOOKING, "7", (f"{number}",)) for number in range(5000, 5100)}
    for hint in hints:
        parked.park(sides.ports, hint, "booking_malformed", sides.now)
    tried = set[str]()
    for _ in range(5):
        sides.now += timedelta(days=1)
        sides.tasks.clear()
        assert parked.try_again(sides.ports, "7") == parked.AT_ONCE
        for again in sides.looks(Kind.BOOKING):
            tried |= {*again.subject}
            parked.park(sides.ports, again, "booking_malformed", sides.now)
    assert len(tried) == len(hints)
