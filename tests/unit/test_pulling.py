"""When a calendar is pulled without being told to."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from functions.application.pulling.pull import ROUND, SILENT, TROUBLED, due_at
from functions.application.store.calendars import CalendarState, Watch
from tests.unit.sketch import NOW, ROOM_A, settings

POLL = timedelta(seconds=60)
HOUR = timedelta(hours=1)


def due(*channels: timedelta, live: bool = True, **more: Any) -> timedelta:
    """Return how long after its last pull a calendar is due, with channels that end so long after it."""
    session: Any = SimpleNamespace(settings=settings())
    there = tuple(Watch(f"c{n}", NOW + ends, live=live) for n, ends in enumerate(channels))
    return due_at(session, CalendarState(ROOM_A, **{"as_of": NOW, "channels": there, **more}), NOW) - NOW


def test_a_calendar_that_was_never_pulled_is_due_at_once() -> None:
    assert due(as_of=None) == timedelta()


def test_without_a_live_channel_it_is_due_every_poll_seconds() -> None:
    assert due() == due(HOUR, live=False) == POLL - ROUND


def test_with_a_live_channel_it_is_due_after_half_an_hour_of_silence() -> None:
    assert due(timedelta(days=7)) == due(timedelta(seconds=5), timedelta(days=7)) == SILENT - ROUND


@pytest.mark.parametrize(
    ("ends", "after"),
    [
        (timedelta(seconds=-1), POLL - ROUND),
        (timedelta(seconds=40), POLL - ROUND),
        (timedelta(minutes=10), timedelta(minutes=10)),
        (timedelta(minutes=29, seconds=50), SILENT - ROUND),
    ],
)
def test_when_its_last_channel_ends_it_is_due_then(ends: timedelta, after: timedelta) -> None:
    assert due(ends) == after


def test_one_that_could_not_be_read_is_tried_less_often_until_it_can_be() -> None:
    assert due(trouble="gone", trouble_at=NOW - HOUR) == TROUBLED - HOUR
    assert due(trouble="gone", trouble_at=None) == due(trouble="", trouble_at=NOW - HOUR) == POLL - ROUND
