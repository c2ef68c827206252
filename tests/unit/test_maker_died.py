"""The instance that makes a booking of a person's event dies at any of its steps: what it had read of the event is kept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count

from functions.application.intake.hints import Hint, Kind
from functions.application.ports import Tombstone
from functions.application.pulling.apply_page import Page, apply_page
from functions.application.pulling.follow_series import Shown
from functions.application.store import links
from functions.application.sync.reconcile import reconcile
from functions.domain.model.appointment import Timed
from functions.domain.model.event import Event, first_occurrence
from functions.domain.model.identity import calendar_hash
from tests.model.instances import Crash, Instance, Running, SteppedDocuments
from tests.unit.sketch import EVENING, NOON, ROOM_A, TEN, at
from tests.unit.two_sides import Sides

WEEKS = [Timed(TEN.start + timedelta(days=7 * n), TEN.end + timedelta(days=7 * n)) for n in range(3)]
THURSDAYS = [Timed(each.start + timedelta(days=2), each.end + timedelta(days=2)) for each in WEEKS]


def _apply(sides: Sides, *items: Event | Tombstone) -> None:
    hint = Hint(Kind.CALENDAR, "7", (calendar_hash(ROOM_A),), "poll", sides.now)
    apply_page(sides.session(), hint, Page(ROOM_A, items), Shown())


def _webhooks(sides: Sides) -> None:
    for number in [*sides.bookings]:
        hint = Hint(Kind.BOOKING, "7", (number,), "webhook", sides.now)
        reconcile(sides.session(), hint, links.of_booking(sides.ports.documents, "7", number))


def _draw(sides: Sides, times: list[Timed]) -> list[Event]:
    keys = [first_occurrence(replace(sides.draw("root1", when).key), when) for when in times]
    return [sides.draw(key.id, when, series="root1") for key, when in zip(keys, times, strict=True)]


def _died(times: list[Timed], **settings: object) -> Iterator[tuple[Sides, list[Event]]]:
    """Yield both sides once for each step after which the instance died, and whose webhooks have come since."""
    for step in count():
        sides, running = Sides(**settings), Running()
        drawn = _draw(sides, times)
        documents = sides.ports.documents
        sides.ports.documents = SteppedDocuments(documents, running, lambda: None)
        running.instance = Instance(0, fuse=step, after=True)
        try:
            _apply(sides, *drawn)
        except Crash:
            sides.ports.documents = documents
            sides.now += timedelta(seconds=100)
            yield sides, drawn
        else:
            assert step > len(times), "it died nowhere"
            return


def test_the_bookings_of_a_series_follow_it_each_within_its_week_wherever_the_instance_died() -> None:
    for sides, drawn in _died(WEEKS, sync={"window_days": (-7, 60)}):
        _webhooks(sides)
        _apply(sides, *drawn)
        before = {number: each.starts for number, each in sides.bookings.items()}
        sides.now += timedelta(days=11)  # the first one is over, and where it would be now has left the window
        gone = [Tombstone(sides.events.pop(each.key).key, each.series) for each in drawn]
        _apply(sides, *_draw(sides, THURSDAYS), *gone)
        after = {number: each.starts for number, each in sides.bookings.items()}
        moved = [after[number] - before[number] for number in sorted(before)]
        assert moved == [timedelta(), timedelta(days=2), timedelta(days=2)]


def test_what_a_person_does_to_the_event_next_is_not_overwritten_by_a_change_of_the_booking() -> None:
    for sides, (event,) in _died([TEN], sync={"conflict_winner": "event"}):
        if not sides.bookings:
            continue
        sides.bookings = {number: at(each, NOON) for number, each in sides.bookings.items()}
        sides.events[event.key] = replace(event, when=EVENING, etag='"dragged"', updated=sides.now)
        _webhooks(sides)
        assert sides.events[event.key].when == EVENING
        assert {each.starts for each in sides.bookings.values()} == {EVENING.start}
