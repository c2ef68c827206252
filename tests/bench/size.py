"""Does one change cost more with a million links than with a thousand?

Whole changes through the executor and the SQLite store, both simulators in process. The simulators' own time is taken
out, so that it cannot hide what the store costs.
"""

import gc
import itertools
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from functions.application.intake.hints import Hint, Kind, task
from functions.domain.model.identity import calendar_hash
from tests.bench.filled import Pair, fill
from tests.bench.measure import ROOM_A, ROOM_B, Figure, Plan, at_most, pairs
from tests.harness.place import START, Place

LARGEST = 1.2
FEW, MANY = 1_000, 1_000_000
CALENDARS = (ROOM_A, ROOM_B)


class Measured:
    """A place with many links, that does changes and tells what the product itself spent on each."""

    def __init__(self, folder: Path, links: int) -> None:
        self._place = Place(folder, on_disk=True)
        self._place.ireserve("PATCH", "dialect", {"hook_booking_fires_hooks": False})
        self._place.activate(sync={"backfill": "none"})
        self._place.google("POST", "notifications", {"mode": "drop"})
        self._place.ireserve("POST", "hooks/mode", {"mode": "drop"})
        self._place.file.close()
        fill(folder / "sync.sqlite", "7", self._pairs(links))
        self._outside = 0.0
        for client in (self._place._google, self._place._ireserve):
            self._watch(client)
        self._days = itertools.count(1)

    def made(self) -> float:
        """Book, and return the seconds until the event is made and its id written back."""
        booking = self._place.book(*self._times())
        return self._looked(Kind.BOOKING, booking)

    def booking_moved(self) -> float:
        """Move a booking, and return the seconds until its event has moved."""
        booking = self._place.book(*self._times())
        self._looked(Kind.BOOKING, booking)
        start, end = self._times()
        self._place.change(booking, start=start, end=end)
        return self._looked(Kind.BOOKING, booking)

    def event_moved(self) -> float:
        """Move an event, and return the seconds until a pull has moved its booking."""
        event = self._place.draw(*self._times())["id"]
        self._looked(Kind.CALENDAR, calendar_hash(ROOM_A))
        self._place.drag(event, *self._times())
        return self._looked(Kind.CALENDAR, calendar_hash(ROOM_A))

    def close(self) -> None:
        self._place.file.close()

    def _looked(self, kind: Kind, subject: str) -> float:
        place = self._place
        place.pass_time(1)
        while place.do_one():  # what else is due by now is not the change's
            pass
        before = len(place.log)
        place.tasks.put(task(Hint(kind, "7", (subject,), "person", place.now), place.now, "now", 0))
        gc.collect()
        self._outside, began = 0.0, time.perf_counter()
        assert place.do_one()
        seconds = time.perf_counter() - began - self._outside
        assert any(line["event"] == "change_applied" for line in place.log[before:]), place.log[before:]
        return seconds

    def _watch(self, client: Any) -> None:
        real = client.open

        def timed(*args: Any, **options: Any) -> Any:
            began = time.perf_counter()
            try:
                return real(*args, **options)
            finally:
                self._outside += time.perf_counter() - began

        client.open = timed

    def _times(self) -> tuple[str, str]:
        start = START + timedelta(days=1 + next(self._days) % 300, hours=next(self._days) % 8)
        return f"{start:%Y-%m-%dT%H:%M}", f"{start + timedelta(minutes=50):%Y-%m-%dT%H:%M}"

    def _pairs(self, links: int) -> Iterator[Pair]:
        chance = random.Random(7)  # noqa: S311 - repeatable, nothing secret
        for number in range(links):
            start = START + timedelta(days=chance.randrange(-90, 365), minutes=15 * chance.randrange(40))
            yield Pair(f"o{number}", CALENDARS[number % 2], f"bench{number:08}", start, f'"{number}"')


def measure(plan: Plan) -> Iterator[Figure]:
    rounds, many = plan.of(40, 4), plan.of(MANY, 20_000)
    how = f"{rounds} pairs, whole change through executor and SQLite, without the simulators' own time"
    with ExitStack() as stack:
        large, small = (stack.enter_context(_place(links)) for links in (many, FEW))
        deeds: tuple[tuple[str, Callable[[Measured], float]], ...] = (
            ("a new booking", Measured.made),
            ("a moved booking", Measured.booking_moved),
            ("a moved event", Measured.event_moved),
        )
        for what, deed in deeds:
            for place in (large, small):
                deed(place)
            ratios = pairs(rounds, lambda deed=deed: deed(large), lambda deed=deed: deed(small))  # type: ignore[misc]
            yield at_most(f"{what} with {many:,} links / {FEW:,}", LARGEST, ratios, how)


@contextmanager
def _place(links: int) -> Iterator[Measured]:
    with tempfile.TemporaryDirectory() as folder:
        place = Measured(Path(folder), links)
        yield place
        place.close()
