"""What the smaller model tests share: a planted fault, an organizer's event, and the way to rest."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.google.world.faults import Fault
from tests.harness.place import GUEST, Place

WRITES = {"calendar.events.patch", "calendar.events.delete", "calendar.events.insert", "calendar.events.move"}


def plant(place: Place, moment: str) -> None:
    """Let Google's next answer fail, before or after it did what was asked."""
    place.world.faults.planted.append(Fault(None, "/calendar/v3/", 503, "backendError", 1, moment))  # type: ignore[arg-type]


def of_the_organizer(place: Place, event: str) -> dict[str, Any]:
    """Return what only its organizer may change of an event."""
    found = next(each for each in place.events(GUEST) if each["id"] == event)
    return {name: found[name] for name in ("summary", "start", "end", "sequence")}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def come_to_rest(place: Place, check: Callable[[], None]) -> None:
    """Let everything arrive and check; another full look then writes nothing."""
    place.world.faults.planted.clear()
    place.google("POST", "tombstones", {"lose": 0})
    place.settle(4000)
    for _ in range(2):
        place.api("POST", "/7/resync")
        place.settle(600)
    assert place.api("GET", "/7/parked") == []
    assert place.api("GET", "/7/held") == []
    check()
    place.forget()
    place.api("POST", "/7/resync")
    place.settle(600)
    assert not WRITES & set(place.calls())
    assert [call for call in place.ireserve_calls() if not call.startswith("GET")] == []
