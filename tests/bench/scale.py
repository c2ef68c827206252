"""What many integrations ask of Google Cloud, Google Calendar and the product, and which limit comes first.

`python -m tests.bench.scale [INTEGRATIONS [BOOKINGS_A_DAY]]` first measures single acts on Firestore's emulator and the
simulators, then lets a day of that many go by in a model fed with them, and prints the tables of docs/scale.md.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import uuid
from dataclasses import dataclass
from heapq import heappop, heappush
from pathlib import Path

from functions.adapters.firestore.connection import FirestoreConnection
from functions.adapters.firestore.documents import FirestoreDocuments
from functions.application.intake.hints import Kind
from functions.application.scanning import rounds, scan
from functions.application.store import integrations as stored
from functions.serving import serving
from tests.conftest import new_emulator
from tests.harness.place import ROOM_A, ROOM_B, Place

MAPPING = [
    {"object": "10", "calendar": ROOM_A},
    {"object": "11", "calendar": ROOM_B},
    {"object": "*", "calendar": "primary"},
]
WINDOW_DAYS, NEAR_DAYS, SWEEPS_A_DAY = 90, 14, 96  # bookings stand this far ahead; sweep_minutes: 15
PEAK = 0.12  # of a day's changes that come in its busiest hour
BY_PERSONS = 0.1  # of bookings that begin as an event
TEXTS_A_NIGHT = 400  # that are read singly at most, four at the same time
CALL_SECONDS = 0.2  # that i-Reserve takes (assumed)
TASK_SECONDS = 0.4  # that a task takes of an instance, its calls to outside included (assumed)
LIVE_A_SECOND, LIVE_AT_ONCE, BACKFILL_AT_ONCE = 50, 40, 10  # infra/tasks.tf
ROUNDS_A_MINUTE = 1250  # functions/application/scanning/rounds.py
GOOGLE_A_DAY, GOOGLE_A_MINUTE = 1_000_000, 10_000  # of one Google Cloud project
SECRETS_A_MINUTE = 90_000
INSTANCES = serving("sync_task").instances * serving("sync_task").threads


@dataclass(frozen=True, slots=True)
class Act:
    """What an act costs: documents, calls, tasks."""

    reads: float
    writes: float
    google: float
    ireserve: float
    tasks: float

    def __sub__(self, other: Act) -> Act:
        return Act(*(getattr(self, each) - getattr(other, each) for each in Act.__slots__))

    def __mul__(self, number: float) -> Act:
        return Act(*(getattr(self, each) * number for each in Act.__slots__))

    def __add__(self, other: Act) -> Act:
        return Act(*(getattr(self, each) + getattr(other, each) for each in Act.__slots__))


@dataclass(frozen=True, slots=True)
class Measured:
    """Single acts as counted. `quiet_day`: with its sweeps; `near`, `full`: what one more booking adds to a sweep."""

    quiet_day: Act
    made: Act
    changed: Act
    by_person: Act
    near: Act
    full: Act
    rounds: float  # of a quiet day
    nightly_calls: float  # to i-Reserve, of a full sweep without bookings
    link_bytes: float  # with its claims and journal entries


class Bench:
    """An integration with three calendars on the emulator, whose acts are counted."""

    def __init__(self, directory: Path, host: str) -> None:
        self.place = Place(directory, on_disk=True)
        self.connection = FirestoreConnection(f"demo-{uuid.uuid4().hex[:8]}", "ireserve", emulator=host, seconds=60)
        self.place.ports.documents = FirestoreDocuments(self.connection, lambda: self.place.now)
        self.place.activate(mapping=MAPPING)
        self.hours(2)

    def hours(self, number: float) -> None:
        """Let time go by, with its rounds."""
        for _ in range(round(60 * number)):
            self.place.pass_time(55)
            self.place.tick()
            self.place.settle(4)

    def act(self, deed: object, seconds: float = 75) -> Act:
        """Do something, let all that follows from it be done, and count."""
        usage, place = self.connection.usage, self.place
        reads, writes = usage.reads, usage.writes
        place.forget()
        if callable(deed):
            deed()
        tasks = place.settle(seconds)
        return Act(usage.reads - reads, usage.writes - writes, len(place.calls()), len(place.ireserve_calls()), tasks)

    def quiet(self) -> tuple[Act, int]:
        """Count a quiet day, and its rounds; the rounds' own query is everybody's and not counted."""
        usage, place, tasks, queued = self.connection.usage, self.place, 0, 0
        reads, writes = usage.reads, usage.writes
        place.forget()
        for _ in range(24 * 60):
            place.pass_time(55)
            queued += rounds.queue_all(place.ports, Kind.TICK)
            tasks += place.settle(5)
        calls = (len(place.calls()), len(place.ireserve_calls()))
        return Act(usage.reads - reads - 24 * 60, usage.writes - writes, *calls, tasks), queued

    def sweep(self, kind: str) -> Act:
        """Count a sweep of the near days, or of the whole window."""
        ports = self.place.ports
        return self.act(lambda: scan.begin(ports, stored.get(ports.documents, "7"), kind), 600)


def measure() -> Measured:
    """Count single acts."""
    emulator = new_emulator()
    try:
        with tempfile.TemporaryDirectory() as directory:
            bench = Bench(Path(directory), emulator.host)
            place = bench.place
            (quiet, turns), near, full = bench.quiet(), bench.sweep("near"), bench.sweep("full")
            made = bench.act(lambda: place.book("2026-11-26T10:00", "2026-11-26T11:00"))
            (booking,) = place.bookings()
            changed = bench.act(
                lambda: place.change(str(booking["id"]), start="2026-11-26T12:00", end="2026-11-26T13:00")
            )
            person = bench.act(lambda: place.draw("2026-11-27T10:00", "2026-11-27T11:00"))
            more = 30
            for number in range(more):
                day, hour = 24 + number // 10, 8 + number % 10
                place.book(f"2026-11-{day}T{hour:02}:00", f"2026-11-{day}T{hour:02}:30", object_id=11)
            place.settle(300)
            sizes = [
                sum(len(json.dumps(body)) for _, body in place.ports.documents.find(("integrations", "7", each)))
                for each in ("links", "claims", "journal")
            ]
            count = len(place.ports.documents.find(("integrations", "7", "links")))
            with_more = (bench.sweep("near"), bench.sweep("full"))
            return Measured(
                quiet,
                made,
                changed,
                person,
                (with_more[0] - near) * (1 / (more + 2)),
                (with_more[1] - full) * (1 / (more + 2)),
                turns,
                full.ireserve,
                sum(sizes) / count,
            )
    finally:
        emulator.stop()


RECORDED = Measured(  # on 29 November 2026
    quiet_day=Act(3626, 1058, 167, 198, 337),
    made=Act(46, 20, 3, 3, 6),
    changed=Act(38, 14, 3, 2, 5),
    by_person=Act(46, 17, 2, 6, 5),
    near=Act(0.97, 0, 0, 0.03, 0),
    full=Act(2.72, 0, 0, 0.91, 0),
    rounds=97,
    nightly_calls=8,
    link_bytes=2251,
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of many: what it costs in all, and its busiest second."""

    total: Act
    links: float
    live_a_second: float
    google_a_minute: float
    nightly_hours: float
    rounds_a_minute: float


def day(m: Measured, integrations: int, bookings: int) -> Day:
    """Let a day go by in the model; each booking of the day is made once and changed once."""
    links = bookings * WINDOW_DAYS
    each = links / integrations
    sweeps = m.near * (links / WINDOW_DAYS * NEAR_DAYS * SWEEPS_A_DAY)
    changes = m.made * (bookings * (1 - BY_PERSONS)) + m.by_person * (bookings * BY_PERSONS) + m.changed * bookings
    quiet = m.quiet_day * integrations
    night = m.full * (min(each, TEXTS_A_NIGHT) * integrations)
    return Day(
        quiet + changes + sweeps + night,
        links,
        changes.tasks * PEAK / 3600 + quiet.tasks / 86_400,
        changes.google * PEAK / 60 + quiet.google / 1440,
        (m.nightly_calls + min(each, TEXTS_A_NIGHT) / 4) * CALL_SECONDS * integrations / BACKFILL_AT_ONCE / 3600,
        m.rounds * integrations / 1440,
    )


def wait(
    a_second: float, *, rate: float = LIVE_A_SECOND, at_once: int = LIVE_AT_ONCE, minutes: int = 20
) -> tuple[float, float]:
    """Return how long a task waits in the live queue, median and 95 of 100, in seconds: tasks at random, in order."""
    chance, busy = random.Random(7), list[float]()  # noqa: S311  # the same each time
    now = handed = 0.0
    waits = []
    while now < minutes * 60:
        now += chance.expovariate(a_second)
        handed = max(now, handed + 1 / rate)
        while len(busy) >= at_once:
            handed = max(handed, heappop(busy))
        while busy and busy[0] <= handed:
            heappop(busy)
        heappush(busy, handed + chance.expovariate(1 / TASK_SECONDS))
        waits.append(handed - now)
    return statistics.median(waits), statistics.quantiles(waits, n=20)[-1]


def cost(m: Measured, integrations: int, found: Day) -> dict[str, float]:
    """Return the US dollars of a month at list prices (docs/operations.md says which), less what is free."""
    total = found.total * 30
    stored = (
        found.links * (1 + 365 / WINDOW_DAYS) * m.link_bytes * 2 / 2**30
    )  # a year of journal; indexes as much again
    requests = total.tasks * 1.5
    return {
        "Firestore reads": max(0, total.reads - 1_500_000) * 0.06 / 1e5,
        "Firestore writes": max(0, total.writes - 600_000) * 0.18 / 1e5,
        "Firestore storage": max(0, stored - 1) * 0.18,
        "Cloud Run": max(0, requests * TASK_SECONDS / 4 - 180_000) * 0.000029 + max(0, requests - 2e6) * 0.4 / 1e6,
        "Cloud Tasks": max(0, total.tasks * 2 - 1e6) * 0.4 / 1e6,
        "Secret Manager": max(0, integrations * 4 - 6) * 0.06,
    }


def limits(integrations: int, found: Day) -> list[tuple[str, float, float]]:
    """Return each limit with what is asked of it and what it gives, the tightest first."""
    every = [
        ("Google Calendar, calls a day of one project", found.total.google, GOOGLE_A_DAY),
        ("Google Calendar, calls in the busiest minute", found.google_a_minute, GOOGLE_A_MINUTE),
        ("live queue, tasks in the busiest second", found.live_a_second, LIVE_A_SECOND),
        ("sync_task, requests at the same time", found.live_a_second * TASK_SECONDS, min(INSTANCES, LIVE_AT_ONCE)),
        ("rounds in a minute", found.rounds_a_minute, ROUNDS_A_MINUTE),
        ("nightly sweeps, hours until all are done", found.nightly_hours, 6),
        ("Secret Manager, reads in a minute", integrations * 3 / 5, SECRETS_A_MINUTE),
    ]
    return sorted(every, key=lambda each: -each[1] / each[2])


def row(m: Measured, integrations: int, bookings: int) -> str:
    """Return the line of the table in docs/scale.md."""
    found = day(m, integrations, bookings)
    late = wait(found.live_a_second)[1] if found.live_a_second < LIVE_A_SECOND else None
    cells = [
        f"{integrations:,}",
        f"{bookings:,}",
        f"{found.links:,}",
        f"{found.total.reads / 1e6:.1f}",
        f"{found.total.writes / 1e6:.2f}",
        f"{found.total.google / 1e6:.2f}",
        f"{found.live_a_second:.1f}",
        f"{late:.2f} s" if late is not None else "grows all hour",
        f"{found.nightly_hours:.1f}",
        f"{sum(cost(m, integrations, found).values()):,.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def tell(m: Measured, integrations: int, bookings: int) -> None:
    """Print everything as Markdown."""
    found = day(m, integrations, bookings)
    print(f"\n## {integrations:,} integrations, {bookings:,} bookings a day\n")
    print("| a day | number |\n|---|---|")
    for name in Act.__slots__:
        print(f"| {name} | {getattr(found.total, name):,.0f} |")
    print("\n| limit | asked | given | used |\n|---|---|---|---|")
    for name, asked, given in limits(integrations, found):
        print(f"| {name} | {asked:,.1f} | {given:,.0f} | {100 * asked / given:.0f} % |")
    for rate, at_once in ((LIVE_A_SECOND, LIVE_AT_ONCE), (4 * LIVE_A_SECOND, 4 * LIVE_AT_ONCE)):
        middle, late = wait(found.live_a_second, rate=rate, at_once=at_once)
        print(
            f"\nWait in the live queue at {rate} a second, {at_once} at once: median {middle:.2f} s, 95 of 100 {late:.2f} s."
        )
    prices = cost(m, integrations, found)
    print("\n| US dollars a month | |\n|---|---|")
    for name, dollars in [*prices.items(), ("together", sum(prices.values()))]:
        print(f"| {name} | {dollars:,.0f} |")


def main() -> None:
    """Measure, and print the table for what is asked."""
    asked = [int(each) for each in sys.argv[1:]] or [10_000, 100_000]
    measured = measure()
    print(row(measured, asked[0], asked[1] if len(asked) > 1 else asked[0] * 10))
    print("\n| act | reads | writes | Google | i-Reserve | tasks |\n|---|---|---|---|---|---|")
    for name in Measured.__slots__[:6]:
        act: Act = getattr(measured, name)
        print(
            f"| {name} | {act.reads:.2f} | {act.writes:.2f} | {act.google:.2f} | {act.ireserve:.2f} | {act.tasks:.2f} |"
        )
    print(
        f"\nrounds of a quiet day: {measured.rounds:.0f}; i-Reserve calls of a full sweep: {measured.nightly_calls:.0f}"
    )
    print(f"\na pair with its claims and journal: {measured.link_bytes:.0f} bytes")
    tell(measured, asked[0], asked[1] if len(asked) > 1 else asked[0] * 10)


if __name__ == "__main__":
    main()
