"""The instance that makes or writes a pair of a person's event dies at any of its steps, and people go on with the event."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from functions.application.intake.hints import Hint, Kind
from functions.application.ports import Tombstone
from functions.application.pulling.apply_page import Page, apply_page
from functions.application.pulling.follow_series import Shown
from functions.application.store import links
from functions.application.sync.reconcile import reconcile
from functions.domain.model.appointment import Timed
from functions.domain.model.errors import Stale
from functions.domain.model.event import Event, EventKey, first_occurrence
from functions.domain.model.identity import calendar_hash
from tests.model.instances import Crash, Instance, Running, SteppedDocuments
from tests.unit.sketch import EVENING, NOON, ROOM_A, TEN, at
from tests.unit.two_sides import Sides

WEEKS = [Timed(TEN.start + timedelta(days=7 * n), TEN.end + timedelta(days=7 * n)) for n in range(3)]
THURSDAYS = [Timed(each.start + timedelta(days=2), each.end + timedelta(days=2)) for each in WEEKS]
LATER = Timed(WEEKS[1].start + timedelta(hours=2), WEEKS[1].end + timedelta(hours=2))


def _apply(sides: Sides, *items: Event | Tombstone) -> None:
    hint = Hint(Kind.CALENDAR, "7", (calendar_hash(ROOM_A),), "poll", sides.now)
    apply_page(sides.session(), hint, Page(ROOM_A, items), Shown())


def _webhooks(sides: Sides) -> None:
    for number in [*sides.bookings]:
        hint = Hint(Kind.BOOKING, "7", (number,), "webhook", sides.now)
        reconcile(sides.session(), hint, links.of_booking(sides.ports.documents, "7", number))


def _draw(sides: Sides, times: list[Timed], root: str = "root1", **more: Any) -> list[Event]:
    keys = [first_occurrence(EventKey(ROOM_A, root), when) for when in times]
    return [sides.draw(key.id, when, series=root, **more) for key, when in zip(keys, times, strict=True)]


def _dies_at(step: int, sides: Sides, work: Callable[[], object]) -> bool:
    """Let an instance do this work and die after a step of it; returns whether it did."""
    running, documents = Running(), sides.ports.documents
    sides.ports.documents = SteppedDocuments(documents, running, lambda: None)
    running.instance = Instance(0, fuse=step, after=True)
    try:
        work()
    except Crash:
        return True
    finally:
        sides.ports.documents = documents
    assert step, "it died nowhere"
    return False


def _died_making(times: list[Timed], **settings: object) -> Iterator[tuple[Sides, list[Event]]]:
    """Yield both sides once for each step of making the bookings, a little later."""
    for step in count():
        sides = Sides(**settings)
        drawn = _draw(sides, times)
        if not _dies_at(step, sides, partial(_apply, sides, *drawn)):
            return
        sides.now += timedelta(seconds=100)
        yield sides, drawn


def _died_writing(days: int, **change: Any) -> Iterator[tuple[Sides, list[Event]]]:
    """Yield both sides once for each step of following a change of the second booking some days later."""
    for step in count():
        sides = Sides(sync={"window_days": (-7, 60)})
        drawn = _draw(sides, WEEKS)
        _apply(sides, *drawn)
        sides.now += timedelta(days=days)
        sides.bookings["2"] = replace(sides.bookings["2"], **change)
        if not _dies_at(step, sides, partial(_webhooks, sides)):
            return
        yield sides, drawn


def _shift(sides: Sides, drawn: list[Event], *new: Any, **more: Any) -> int:
    """Move the series to Thursdays, and pull until no other instance can be writing; returns how often that was waited for."""
    gone = [Tombstone(each.key, each.series) for each in drawn]
    for each in drawn:
        sides.events.pop(each.key, None)
    shifted = _draw(sides, THURSDAYS, *new, **more)
    for waited in count():
        try:
            _apply(sides, *shifted, *gone)
        except Stale:
            sides.now += timedelta(seconds=40)
        else:
            return waited
    raise AssertionError


def _starts(sides: Sides) -> list[datetime]:
    return [sides.bookings[number].starts for number in sorted(sides.bookings)]


def test_the_bookings_of_a_series_follow_it_each_within_its_week_wherever_the_instance_died() -> None:
    for sides, drawn in _died_making(WEEKS, sync={"window_days": (-7, 60)}):
        _webhooks(sides)
        _apply(sides, *drawn)
        assert sorted(_starts(sides)) == [each.start for each in WEEKS]
        weeks = [WEEKS.index(Timed(sides.bookings[number].starts, sides.bookings[number].ends)) for number in "123"]
        sides.now += timedelta(days=11)  # the first one is over, and where it would be now has left the window
        _shift(sides, drawn)
        moved = [WEEKS[0], *THURSDAYS[1:]]
        assert _starts(sides) == [moved[week].start for week in weeks]


def test_what_a_person_does_to_the_event_next_is_not_overwritten_by_a_change_of_the_booking() -> None:
    for sides, (event,) in _died_making([TEN], sync={"conflict_winner": "event"}):
        if not sides.bookings:
            continue
        sides.bookings = {number: at(each, NOON) for number, each in sides.bookings.items()}
        sides.events[event.key] = replace(event, when=EVENING, etag='"dragged"', updated=sides.now)
        _webhooks(sides)
        assert sides.events[event.key].when == EVENING
        assert _starts(sides) == [EVENING.start]


def test_a_booking_that_was_being_written_follows_its_series_too() -> None:
    waited = []
    for sides, drawn in _died_writing(11, starts=LATER.start, ends=LATER.end):
        waited.append(_shift(sides, drawn))
        link = sides.link_of(first_occurrence(EventKey(ROOM_A, "root1"), THURSDAYS[1]))
        assert (link.booking_id if link is not None else "") == "2"
        assert len(sides.bookings) == 3
        assert _starts(sides)[0] == WEEKS[0].start
        assert _starts(sides)[2] == THURSDAYS[2].start
    assert max(waited) > 0


def test_a_booking_whose_event_was_being_removed_does_not_come_back_with_its_series() -> None:
    for sides, drawn in _died_writing(0, status=70):
        _shift(sides, drawn)
        assert _starts(sides) == [each.start for each in (THURSDAYS[0], WEEKS[1], THURSDAYS[2], THURSDAYS[1])]


def test_where_another_series_comes_instead_a_booking_that_was_being_written_is_held_too() -> None:
    waited, a_day = [], timedelta(days=1)
    for sides, drawn in _died_writing(0, starts=WEEKS[1].start + a_day, ends=WEEKS[1].end + a_day):
        waited.append(_shift(sides, drawn, "root2", title="Ander"))
        assert {link.state.value for each in drawn if (link := sides.link_of(each.key))} == {"held"}
    assert max(waited) > 0
