"""Rounds over many integrations: in batches, those that wait longest first, and never in front of live changes."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from functions.application.intake.hints import Kind
from functions.application.ports import Transaction
from functions.application.scanning import rounds
from functions.application.store import integrations
from tests.harness.place import Place

pytestmark = pytest.mark.on_disk

MANY = 1400
LIVE_A_SECOND = 50  # infra/tasks.tf


@pytest.fixture
def many(place: Place) -> Place:
    """So many active integrations, each due, the first ones for the longest time."""
    place.activate(sync={"backfill": "none"})
    place.settle(60)
    body = place.documents.get(("integrations", "7"))
    assert body is not None

    def copy(tx: Transaction) -> None:
        tx.put(("integrations", "7"), {**body, "phase": "paused"})
        for number in range(MANY):
            wake = (place.now - timedelta(seconds=MANY - number)).isoformat()
            settings = {**body["settings"], "id": f"n{number}"}
            tx.put(("integrations", f"n{number}"), {**body, "settings": settings, "wake_at": wake})

    place.documents.transact(copy)
    queued(place)
    return place


def queued(place: Place) -> list[tuple[str, datetime]]:
    """Empty the queue: return the integrations and when each is due, in that order.

    Leasing them one by one looks at every integration each time, which takes the square of their number.
    """
    with place.file.write() as connection:
        rows = connection.execute("DELETE FROM tasks RETURNING body, due").fetchall()
    found = [(str(json.loads(body)["int_id"]), datetime.fromtimestamp(due, UTC)) for body, due in rows]
    return sorted(found, key=lambda each: each[1])


def names(first: int, last: int) -> list[str]:
    return [f"n{number}" for number in range(first, last)]


def test_rounds_of_one_minute_leave_half_of_the_live_queue_to_changes(many: Place) -> None:
    began = many.now
    assert rounds.queue_all(many.ports, Kind.TICK) == rounds.A_MINUTE
    found = queued(many)
    assert [name for name, _ in found] == names(0, rounds.A_MINUTE), "those that wait longest"
    assert max(Counter(int(due.timestamp()) for _, due in found).values()) <= LIVE_A_SECOND / 2
    assert max(due for _, due in found) < began + timedelta(minutes=1), "before the next round"
    (said,) = [each for each in many.log if each["event"] == "round"]
    assert said["left"] == MANY - rounds.A_MINUTE


def test_what_a_round_left_leads_the_next_one(many: Place) -> None:
    def slowly(pieces: list) -> list:  # type: ignore[type-arg]
        many.pass_time(10)
        return [piece() for piece in pieces]

    many.ports.in_parallel = slowly  # type: ignore[assignment]
    done = rounds.queue_all(many.ports, Kind.TICK)
    assert done == 5 * rounds.TOGETHER, "45 seconds, then no more"
    for name, _ in queued(many):
        rounds.sleep(many.ports, integrations.get(many.documents, name), [])
    rounds.queue_all(many.ports, Kind.TICK)
    assert [name for name, _ in queued(many)] == names(done, 2 * done)


def test_a_renewal_that_is_tried_again_begins_with_others(many: Place) -> None:
    firsts = set()
    for _ in range(3):
        rounds.queue_all(many.ports, Kind.RENEW)
        firsts.add(queued(many)[0][0])
        many.pass_time(60)
    assert len(firsts) == 3
