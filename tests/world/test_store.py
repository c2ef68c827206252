"""A store that fails or loses its answers finds what the product does not do alike when it does it again."""

import itertools
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

from functions.application.ports import Body, Task, Transaction
from functions.application.store import integrations
from functions.domain.model.errors import Taken, Transient
from functions.domain.settings.integration import Phase
from tests.model.instances import Instance
from tests.world.choice import USUAL
from tests.world.memory import MemoryDocuments, MemoryTasks
from tests.world.promises import broken
from tests.world.store import Mishap, Plan, TroubledDocuments, run_twice
from tests.world.tell import kind_of
from tests.world.world import BEGINNING, World

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ONE, OTHER = (("integrations", "7", "journal", name) for name in ("one", "other"))
T = TypeVar("T")
Work = Callable[[Transaction], Any]


def adds_one(tx: Transaction) -> int:
    """Counts: what it stores depends on what it has stored."""
    number = int((tx.get(ONE) or {}).get("n", 0)) + 1
    tx.put(ONE, {"n": number})
    return number


def takes_it_for_anothers(tx: Transaction) -> None:
    """Refuses what stands already, though it may be its own."""
    if tx.get(ONE) is not None:
        raise Taken("somebody else was faster")
    tx.put(ONE, {"n": 1})


def says_whether_it_did_it(tx: Transaction) -> bool:
    """Stores the same, but says that there was nothing to do."""
    was = tx.get(ONE)
    tx.put(ONE, {"n": 1})
    return was is None


def stores_a_value(tx: Transaction) -> int:
    """Is repeatable."""
    before = tx.get(ONE)
    tx.put(ONE, {"n": 7, "first": before is None or before["first"]})
    return 7


def done_twice(work: Work) -> list[str]:
    """Return what is told of a transaction whose answer was lost."""
    told: list[str] = []
    with suppress(Taken):
        run_twice(MemoryDocuments(lambda: NOW), work, told.append)
    return told


@pytest.mark.parametrize(
    ("work", "said"),
    [(adds_one, "stored"), (takes_it_for_anothers, "raised Taken"), (says_whether_it_did_it, "returned False")],
)
def test_a_transaction_that_does_something_else_on_what_it_stored_is_told_with_its_name(work: Work, said: str) -> None:
    (told,) = done_twice(work)
    assert told.startswith(f"unrepeatable: {work.__module__}.{work.__qualname__} {said}")


def test_a_transaction_that_does_the_same_again_is_not_told() -> None:
    assert done_twice(stores_a_value) == []


class NotedTwice(TroubledDocuments):
    """A store that plays a product whose transactions make up a new name each time they run."""

    def transact(self, work: Callable[[Transaction], T], *, durable: bool = True) -> T:
        def noted(tx: Transaction) -> T:
            result = work(tx)
            tx.put(("integrations", "7", "notes", f"n{next(self.names)}"), {})
            return result

        return super().transact(noted, durable=durable)

    names = itertools.count()


def test_a_product_that_is_not_repeatable_breaks_a_promise_of_a_story_in_which_answers_are_lost(world: World) -> None:
    honest, found = world.ports.documents, []
    try:
        world.ports.documents = NotedTwice(world.documents, world.running, world.trouble)
        for lost in ([], [("store", (Mishap.RUNS_AGAIN, 0, 2, 0))]):
            world.begin(USUAL, BEGINNING)
            world.tell([*lost, ("drag", (0, 4, 2)), ("wait", (2,))])
            world.rest()
            found.append([kind_of(each) for each in broken(world, USUAL)])
    finally:
        world.ports.documents = honest
    assert found == [[], ["unrepeatable"]]


def by_an_instance(world: World, mishap: Mishap, does: Callable[[], Any], after: int = 0) -> Any:
    """Do something as the product does, with a mishap; return what comes of it."""
    world.trouble.plan = Plan(mishap, after)
    world.running.instance = Instance(0)
    try:
        return does()
    except Transient as error:
        return error.reason
    finally:
        world.running.instance = None


@pytest.mark.parametrize(
    ("mishap", "answer", "stands"),
    [
        (Mishap.RUNS_AGAIN, 7, {"n": 7, "first": True}),
        (Mishap.RUNS_LATE, 7, {"n": 7, "first": True}),
        (Mishap.GIVEN_UP, "store_away", {"n": 7, "first": True}),
        (Mishap.FAILS, "store_away", None),
    ],
)
def test_an_answer_that_is_lost_leaves_stored_what_a_failure_does_not(
    world: World, mishap: Mishap, answer: object, stands: Body | None
) -> None:
    documents = world.ports.documents
    assert by_an_instance(world, mishap, lambda: documents.transact(stores_a_value)) == answer
    assert documents.get(ONE) == stands


@pytest.mark.parametrize(
    ("mishap", "answer", "stored"),
    [
        (Mishap.RUNS_AGAIN, False, 2),  # Cloud Tasks knows the name already
        (Mishap.GIVEN_UP, "store_away", 1),  # the second call was never made
        (Mishap.FAILS, "store_away", 0),
    ],
)
def test_of_tasks_whose_answer_is_lost_some_wait(world: World, mishap: Mishap, answer: object, stored: int) -> None:
    tasks = [Task(name, world.now + timedelta(hours=1), {"int_id": "7"}) for name in ("one", "other")]
    before = world.tasks.depth()
    assert by_an_instance(world, mishap, lambda: world.ports.tasks.put(*tasks)) == answer
    assert world.tasks.depth() - before == stored


@pytest.mark.parametrize(
    "reads",
    [
        lambda documents: documents.get(ONE),
        lambda documents: documents.several([ONE, OTHER]),
        lambda documents: documents.find(ONE[:-1]),
        lambda documents: documents.count(ONE[:-1]),
    ],
)
def test_each_read_of_the_product_may_fail_and_none_of_those_who_look_at_it(
    world: World, reads: Callable[[Any], Any]
) -> None:
    documents = world.ports.documents
    assert by_an_instance(world, Mishap.FAILS, lambda: reads(documents)) == "store_away"
    world.trouble.plan = Plan(Mishap.FAILS)
    assert reads(documents) == reads(world.documents)
    assert world.trouble.plan is not None


def test_one_operation_in_so_many_goes_wrong_as_often_as_the_story_says_until_all_is_well(world: World) -> None:
    world.trouble.plan = Plan(Mishap.FAILS, 1, 2, 2)
    world.running.instance = Instance(0)
    came = list[Body | str | None]()
    for _ in range(6):
        try:
            came.append(world.ports.documents.get(ONE))
        except Transient:
            came.append("away")
    world.running.instance = None
    assert came == [None, "away", None, "away", None, None]
    world.do_store(Mishap.FAILS, 0, 0, 0)
    world.all_well()
    assert world.trouble.plan is None


def test_what_a_person_asks_for_is_asked_again_until_the_store_is_there_and_paused_is_resumed_at_rest(
    world: World,
) -> None:
    world.tell([("store", (Mishap.FAILS, 0, 0, 1)), ("pause", (0,))])  # four operations fail
    assert integrations.get(world.documents, "7").phase is Phase.ACTIVE
    world._order("/pause")
    world.trouble.plan = Plan(Mishap.FAILS, left=10_000)
    world._order("/activate")
    assert integrations.get(world.documents, "7").phase is Phase.PAUSED
    world.rest()
    assert broken(world, USUAL) == []


def test_a_queue_that_remembers_refuses_a_name_that_waits_runs_or_ran_in_the_last_hour() -> None:
    tasks, task = MemoryTasks(remembers=True), Task("a", NOW, {})
    assert tasks.put(task)
    assert not tasks.put(task)
    leased = tasks.lease(NOW, "", 90)
    assert leased is not None
    assert not tasks.put(task, Task("b", NOW, {}))
    tasks.done(leased[1])
    later = tasks.lease(NOW + timedelta(seconds=3599), "", 90)
    assert later is not None
    assert later[0].name == "b"
    assert not tasks.put(task)
    assert tasks.lease(NOW + timedelta(seconds=3690), "", 90) is not None
    assert tasks.put(task)
