"""Two workers at once: i-Reserve tells of a booking while the call that makes it has not come back yet."""

from pathlib import Path
from typing import Any

from tests.harness.place import Place


class HastyPlace(Place):
    """A place where a second worker takes a webhook's task at once, in the middle of the first worker's call."""

    def _webhook(self, url: str, body: Any) -> int:
        status = super()._webhook(url, body)
        self.do_one()
        return status


def test_a_booking_that_is_being_made_from_an_event_gets_no_second_event(tmp_path: Path) -> None:
    place = HastyPlace(tmp_path)
    place.activate()
    event = place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    assert [each["id"] for each in place.events()] == [event["id"]]
    assert [each["external_id"] for each in place.bookings()] == [event["id"]]
    assert place.api("GET", "/7/parked") == []
