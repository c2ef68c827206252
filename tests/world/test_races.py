"""What a write takes away of a person's edit is found inside the simulated write: told where it was unread, else allowed."""

from datetime import timedelta

import pytest

from functions.application.store import integrations
from functions.domain.model.appointment import Timed
from functions.domain.pairing.writes import BookingChange
from tests.world.choice import BOOKED, CANCELLED, USUAL
from tests.world.deeds import Deed
from tests.world.promises import broken
from tests.world.world import World

JOURNAL = ("integrations", "7", "journal")


@pytest.mark.parametrize(
    "deeds",
    [
        pytest.param([("race", (0, 3, 2, 0))], id="a move"),
        pytest.param([("race", (0, 3, 1, 2, 1))], id="a cancellation"),
        pytest.param([("drag", (0, 4, 2)), ("wait", (2,)), ("race", (0, 3, 3, 0, 2))], id="an undo"),
    ],
)
def test_an_unread_edit_that_a_write_takes_away_is_told_and_missed_where_it_is_not(
    world: World, deeds: list[Deed]
) -> None:
    world.tell(deeds)
    world.rest()
    taken, honest = sum(world.races.taken.values()), broken(world, USUAL)
    for name, entry in world.documents.find(JOURNAL, limit=1000):
        if entry["step"] == "Overwritten":
            world.documents.transact(lambda tx, name=name: tx.delete((*JOURNAL, name)))  # type: ignore[misc]
    assert (taken, honest) == (1, [])
    assert [each.split(":")[0] for each in broken(world, USUAL)] == ["untold"]


def test_a_time_that_was_read_and_is_put_back_without_a_conflict_is_found(world: World) -> None:
    """The test plays a product that ignores what it has read."""
    booking = world._some_booking(0)
    world.do_webhooks(1)
    world.do_move_booking(0, 5, 3)
    ireserve = world.ports.outside.reservations(integrations.get(world.documents, "7"))
    read = ireserve.read(booking)
    later = Timed(read.starts + timedelta(hours=2), read.ends + timedelta(hours=2))
    ireserve.write(read, BookingChange(when=later))
    assert [each.split(":")[0] for each in world.races.against] == ["against"]


def test_a_status_that_comes_into_force_after_our_read_is_an_edit_of_a_person_and_not_our_write(world: World) -> None:
    """The test plays a product that reads, and writes a status or something else over what it has not read."""
    booking = world._some_booking(0)
    ireserve = world.ports.outside.reservations(integrations.get(world.documents, "7"))
    counted = []
    for change in (BookingChange(status=BOOKED), BookingChange(fields=(("remarks", "anders"),))):
        world.races.aimed = lambda which: world.change(which, status_code=CANCELLED)
        ireserve.write(ireserve.read(booking), change)
        counted.append(sum(world.races.taken.values()))
        world.change(booking, status_code=BOOKED)
        world.settle(60)
    assert counted == [1, 1]
