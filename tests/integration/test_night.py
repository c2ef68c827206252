"""What a night costs that compares the whole window of a calendar with Google: calls, and documents as Firestore bills them."""

from functions.application.intake.hints import Hint, Kind, task
from functions.application.pulling import pull
from functions.domain.model.identity import calendar_hash
from tests.harness.place import ROOM_A, Place
from tests.integration.test_quiet_hour import Counted

EACH = 8


def drawn(place: Place, day: int) -> None:
    """Draw as many events that become bookings as events that stay people's own."""
    for hour in range(EACH):
        start, end = f"2026-12-{day:02}T{8 + hour:02}:00", f"2026-12-{day:02}T{8 + hour:02}:45"
        place.draw(start, end)
        place.draw(start, end, transparency="transparent")
    place.settle(60)


def night(place: Place) -> tuple[int, int, list[str]]:
    """Compare the whole window of a calendar, and return documents read and written, and calls."""
    counted = Counted(place.documents)
    place.ports.documents = counted  # type: ignore[assignment]
    place.forget()
    hint = Hint(Kind.CALENDAR, "7", (calendar_hash(ROOM_A),), "night", place.now, detail=pull.WHOLE)
    place.tasks.put(task(hint, place.now, "night", int(place.now.timestamp())))
    place.settle(30)
    place.ports.documents = place.documents
    return counted.reads, counted.writes, [*place.calls(), *place.ireserve_calls()]


def test_a_night_reads_three_documents_for_each_pair_and_one_for_each_other_event(place: Place) -> None:
    place.activate()
    drawn(place, 1)
    reads, writes, calls = night(place)
    drawn(place, 2)
    more_reads, more_writes, more_calls = night(place)
    assert more_reads - reads == EACH * (3 + 1)
    assert more_writes == writes <= 6
    assert calls == more_calls == ["calendar.events.list"]
