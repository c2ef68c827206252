"""Pace: walks use Google's calls of a minute evenly, together, and leave room for what else is called."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from functions.application.intake.hints import Hint, Kind, task
from functions.application.ports import Documents, Path, Transaction
from functions.application.scanning import shared_quota
from functions.application.scanning.pace import PER_MINUTE, Pace
from functions.domain.model.identity import calendar_hash
from tests.harness.deeds import active
from tests.harness.place import ROOM_A, Place

MINUTE = timedelta(minutes=1)
T = TypeVar("T")


def call(pace: Pace, calls: int) -> None:
    for _ in range(calls):
        pace.wait()
        pace.spend(1)


def test_a_minute_holds_as_many_calls_as_it_may_and_no_more(place: Place) -> None:
    began = place.now
    call(Pace(place.ports, "7"), PER_MINUTE)
    assert MINUTE - timedelta(seconds=2) < place.now - began <= MINUTE


def test_two_walks_share_one_pace_and_stay_below_what_google_allows(place: Place) -> None:
    walks = [Pace(place.ports, "7") for _ in range(2)]
    made: list[datetime] = []
    while len(made) < 2 * PER_MINUTE:
        walk = min(walks, key=lambda each: each.free_at())
        call(walk, 1)
        made.append(place.now)
    most = max(sum(first <= each < first + MINUTE for each in made) for first in made)
    assert PER_MINUTE <= most <= 600
    assert 2 * MINUTE - (made[-1] - made[0]) < timedelta(seconds=8), "together they take what one would"


def test_a_minute_of_calls_is_noted_a_dozen_times(place: Place) -> None:
    noted = set()
    pace = Pace(place.ports, "7")
    for _ in range(PER_MINUTE):
        call(pace, 1)
        noted.add((place.documents.get(("integrations", "7", "progress", "pace")) or {})["paid"])
    assert 2 <= len(noted) <= 13


def test_an_idle_hour_is_not_made_up_for(place: Place) -> None:
    call(Pace(place.ports, "7"), 10)
    place.pass_time(3600)
    began = place.now
    call(Pace(place.ports, "7"), PER_MINUTE)
    assert place.now - began > MINUTE - timedelta(seconds=2)


def test_what_pulls_cost_meanwhile_is_taken_off(place: Place) -> None:
    active(place)
    for _ in range(5):
        pull(place)
    pace = Pace(place.ports, "7")
    assert pace.free_at() <= place.now, "what was before no walk ran does not count"
    call(pace, 20)
    pace.note()
    free = pace.free_at()
    pull(place, seconds=0)
    pace.note()
    assert pace.free_at() - free == MINUTE / PER_MINUTE


def pull(place: Place, seconds: float = 12) -> None:
    place.google("POST", "notifications", {"mode": "drop"})
    hint = Hint(Kind.CALENDAR, "7", (calendar_hash(ROOM_A),), "person", place.now)
    place.tasks.put(task(hint, place.now, "now", 0))
    place.settle(seconds)


def test_integrations_of_one_google_project_share_its_minute(place: Place) -> None:
    began = place.now
    for number in range(1, 21):
        for _ in range(10):
            free = shared_quota.free_at(place.ports, f"123-client{number}.apps.googleusercontent.com", 90)
    assert abs(free - began - MINUTE * 20 * 10 * 90 / shared_quota.PER_MINUTE) < timedelta(seconds=0.1)
    other = shared_quota.free_at(place.ports, "456.apps.googleusercontent.com", 90)
    assert other - began < timedelta(seconds=1)


class Slower:
    """A store in which another worker is faster: the first try lands nothing, and runs again after the other's."""

    def __init__(self, documents: Documents, path: Path, happens: Callable[[], object]) -> None:
        self._documents, self._path, self._happens = documents, path, happens

    def transact(self, work: Callable[[Transaction], T]) -> T:
        before = self._documents.get(self._path) or {}
        self._documents.transact(work)
        self._documents.transact(lambda tx: tx.put(self._path, before))
        self._happens()
        return self._documents.transact(work)


def test_integrations_of_one_google_project_that_spend_the_same_at_once_both_count(place: Place) -> None:
    """What the faster one stored must not look like what the slower one was about to store."""
    client, path = "123-one.apps.googleusercontent.com", ("google_projects", "123")
    began = shared_quota.free_at(place.ports, client, shared_quota.PER_MINUTE)
    other = Slower(place.ports.documents, path, lambda: shared_quota.free_at(place.ports, client, 100))
    documents = cast("Documents", other)
    assert (
        shared_quota.free_at(replace(place.ports, documents=documents), client, 100) - began == 200 * shared_quota.EACH
    )


def test_integrations_of_one_google_project_rest_together_once_most_of_its_day_is_used(place: Place) -> None:
    one, another = "123-one.apps.googleusercontent.com", "123-two.apps.googleusercontent.com"
    place.pass_time(3600)
    shared_quota.free_at(place.ports, one, shared_quota.PER_DAY - 1000)
    place.pass_time(6 * 3600)
    assert shared_quota.free_at(place.ports, another, 500) < place.now + MINUTE
    midnight = shared_quota.free_at(place.ports, one, 500)
    assert midnight.astimezone(ZoneInfo("America/Los_Angeles")).strftime("%d %H:%M") == "24 00:00"
    place.now = midnight
    assert shared_quota.free_at(place.ports, another, 500) < place.now + MINUTE


def test_a_backfill_is_spread_evenly_over_its_minutes(place: Place) -> None:
    for number in range(150):
        day, slot = divmod(number, 40)
        hour, quarter = divmod(slot, 4)
        start = f"2026-11-{24 + day:02}T{8 + hour:02}:{15 * quarter:02}"
        place.book(start, f"2026-11-{24 + day:02}T{8 + hour:02}:{15 * quarter + 14:02}", quiet=True)
    place.save(sync={"backfill": "all"})
    place.connect()
    place.api("POST", "/7/activate")
    began = place.now
    place.settle(5)
    made = len(place.events())
    assert 40 < made <= (place.now - began) / MINUTE * PER_MINUTE + 15
    place.settle(60)
    assert len(place.events()) == 150
