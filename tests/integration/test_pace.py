"""Pace: walks use Google's calls of a minute evenly, together, and leave room for what else is called."""

from datetime import timedelta

from functions.application.intake.hints import Hint, Kind, task
from functions.application.scanning.pace import PER_MINUTE, Pace
from functions.domain.model.identity import calendar_hash
from tests.harness.deeds import active
from tests.harness.place import ROOM_A, Place

MINUTE = timedelta(minutes=1)


def call(pace: Pace, calls: int) -> None:
    for _ in range(calls):
        pace.wait()
        pace.spend(1)


def test_a_minute_holds_as_many_calls_as_it_may_and_no_more(place: Place) -> None:
    began = place.now
    call(Pace(place.ports, "7"), PER_MINUTE)
    assert MINUTE - timedelta(seconds=2) < place.now - began <= MINUTE


def test_two_walks_share_one_pace(place: Place) -> None:
    began, walks = place.now, [Pace(place.ports, "7") for _ in range(2)]
    for number in range(100):
        call(walks[number % 2], 1)
    alone = place.now - began
    began = place.now
    call(walks[0], 100)
    assert abs(place.now - began - alone) <= timedelta(seconds=1.5)


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
    pace.count_pulls()  # what was before no walk ran does not count
    assert pace.free_at() <= place.now
    call(pace, 20)
    free = pace.free_at()
    pull(place, seconds=0)
    pace.count_pulls()
    assert pace.free_at() - free == MINUTE / PER_MINUTE


def pull(place: Place, seconds: float = 12) -> None:
    place.google("POST", "notifications", {"mode": "drop"})
    hint = Hint(Kind.CALENDAR, "7", (calendar_hash(ROOM_A),), "person", place.now)
    place.tasks.put(task(hint, place.now, "now", 0))
    place.settle(seconds)


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
