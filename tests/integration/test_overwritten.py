"""i-Reserve has no conditional write: an edit between our reading and our writing is not lost unseen."""

from collections.abc import Callable

from tests.harness.place import Place
from tests.harness.tab import Tab


def at_the_guards_call(place: Place, happen: Callable[[], None]) -> None:
    """Let something happen between the reading of a booking and the write to it; each call takes a third of a second."""
    place.ireserve("POST", "latency", {"seconds": 0.3})
    calls: list[float] = []

    def sleep(seconds: float) -> None:
        calls.append(seconds)
        place.pass_time(seconds)
        if len(calls) == 2:
            happen()

    place.tenant.sleep = sleep


def ready(place: Place) -> tuple[str, str]:
    """Return a booking and its event, at rest, which may be dragged; a guard looks before it writes."""
    place.activate(language="en", inbound={"allow_booking_update": True}, sync={"overlap_guard": "always"})
    booking = place.book("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    return booking, place.event()["id"]


def told(place: Place) -> list[str]:
    return [each["booking_id"] for each in place.journal() if each["step"] == "Overwritten"]


def test_a_time_that_a_person_sets_between_our_read_and_our_write_is_told_once(place: Place) -> None:
    booking, event = ready(place)
    at_the_guards_call(place, lambda: place.change(booking, start="2026-11-24T18:00", end="2026-11-24T19:00"))
    place.drag(event, "2026-11-24T14:00", "2026-11-24T15:00")
    place.settle(60)
    assert place.booking(booking)["from"][:16] == "2026-11-24T14:00"
    assert told(place) == [booking]
    for page in (f"journal?booking={booking}", f"find?q={booking}"):
        assert "theirs was overwritten" in Tab(place).seen(f"/console/integrations/7/{page}")


def test_our_own_webhook_and_a_change_that_we_had_read_are_not_told(place: Place) -> None:
    booking, event = ready(place)
    at_the_guards_call(place, lambda: None)
    place.drag(event, "2026-11-24T14:00", "2026-11-24T15:00")
    place.settle(60)
    place.change(booking, start="2026-11-24T18:00", end="2026-11-24T19:00")
    place.settle(60)
    assert place.booking(booking)["from"][:16] == "2026-11-24T18:00"
    assert told(place) == []
