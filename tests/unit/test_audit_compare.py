"""The audit's own comparison of a booking with its event."""

from functions.application.auditing.compare import Difference, differences
from tests.unit.sketch import NOON, NOW, base, booking, event, link
from tests.unit.two_sides import Sides


def test_what_a_removed_row_left_behind_is_left_alone_though_its_booking_has_another_time_by_now() -> None:
    integration = Sides().session().integration
    left = link(base=base(object_id="12"))
    found = differences(integration, left, booking(NOON, object_id="12"), [event()], NOW)
    assert [*found] == [Difference("other_time", event(), "no_calendar")]
