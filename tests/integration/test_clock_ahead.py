"""The machine's clock was ahead for a while: once it is right again, what people change is followed as usual, not only when it gets there."""

from datetime import timedelta
from typing import Any

import pytest

from functions.application.scanning import shared_quota
from functions.application.store import calendars
from tests.harness.place import ROOM_A, Place

MONTH = timedelta(days=30)
LISTS_CHANGES = {"column_changed": "RES_UPDATED", "search_changed": "bijgewerkt"}


def minutes(place: Place, count: int) -> None:
    for _ in range(count):
        place.pass_time(59)
        place.tick()


def hour(place: Place) -> None:
    """Let an hour pass; nothing sleeps until what the clock had shown."""
    over = place.now + timedelta(minutes=70)
    minutes(place, 60)
    assert place.now < over


def unheard(place: Place, **dialect: Any) -> str:
    """Make a pair, lose all webhooks and notifications from then on, and have the clock a month ahead for half an hour."""
    place.activate(sync={"backfill": "none"}, inbound={"allow_booking_update": True})
    place.api("PUT", "/7/dialect", dialect)
    booking = place.book("2026-11-26T10:00", "2026-11-26T11:00")
    place.settle(60)
    minutes(place, 20)
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    place.google("POST", "notifications", {"mode": "drop"})
    right = place.now
    place.now += MONTH
    minutes(place, 35)
    place.settle(60)
    place.now = right + timedelta(minutes=40)
    return booking


@pytest.mark.parametrize("dialect", [{}, LISTS_CHANGES], ids=["compares", "lists changes"])
def test_after_a_clock_that_was_ahead_a_booking_is_followed_within_the_hour(
    place: Place, dialect: dict[str, Any]
) -> None:
    booking = unheard(place, **dialect)
    place.change(booking, start="2026-11-26T14:00", end="2026-11-26T15:00")
    hour(place)
    (event,) = place.events()
    assert event["start"]["dateTime"].startswith("2026-11-26T14:00")


def test_after_a_clock_that_was_ahead_an_event_is_followed_within_the_hour(place: Place) -> None:
    booking = unheard(place)
    (event,) = place.events()
    place.drag(event["id"], "2026-11-26T14:00", "2026-11-26T15:00")
    hour(place)
    assert place.booking(booking)["from"] == "2026-11-26T14:00"


def test_a_lease_that_ends_later_than_any_that_is_taken_now_is_of_a_wrong_clock(place: Place) -> None:
    place.activate()
    assert calendars.take_lease(place.documents, "7", ROOM_A, "died", place.now + MONTH)
    assert calendars.take_lease(place.documents, "7", ROOM_A, "next", place.now)
    assert calendars.take_lease(place.documents, "7", ROOM_A, "third", place.now) is None


def test_calls_that_were_counted_by_a_clock_that_was_ahead_keep_no_scan_waiting_for_longer_than_an_hour(
    place: Place,
) -> None:
    right = place.now
    place.now += MONTH
    shared_quota.free_at(place.ports, "123-client", 10)
    place.now = right
    assert shared_quota.free_at(place.ports, "123-client", 10) <= right + timedelta(hours=1, minutes=1)
