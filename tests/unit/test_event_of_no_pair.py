"""A pair whose own event is gone takes up the one that its booking names, whatever the store thought that was."""

from datetime import timedelta

import pytest

from functions.application.intake.hints import Hint, Kind
from functions.application.store import journal, links
from functions.application.sync.reconcile import reconcile
from functions.domain.model.event import EventKey
from functions.domain.pairing.life import Active, LeftOut, Life, Refused, State, Unlinked
from functions.domain.pairing.link import Base, Intent, Link, Origin
from functions.domain.pairing.writes import MakeBooking, Why
from tests.unit.sketch import CANCELLED, NOON, NOW, ROOM_A, TEN
from tests.unit.two_sides import Sides

GONE, THERE = EventKey(ROOM_A, "gone"), EventKey(ROOM_A, "there")
TURNED_DOWN = Refused("what", "period_taken", NOW - timedelta(hours=1))
MAKING = MakeBooking(THERE, NOON, "10", 20, 1, "external_id", (), Why.EVENT_MADE, "asked")

OPENED = {"step": "MakeBooking", "why": "event_made", "outcome": "open"}


@pytest.fixture
def sides() -> Sides:
    """Booking 1 names an event that is there; the store has its pair with another one, which is gone."""
    sides = Sides()
    sides.book("1", NOON, external_id=THERE.id)
    sides.draw(THERE.id, NOON)
    _keep(sides, Link("pair", "1", GONE, Origin.EVENT, Active(), Base(TEN, ROOM_A, "10", 20)))
    return sides


def _keep(sides: Sides, link: Link) -> None:
    sides.ports.documents.transact(lambda tx: links.save(tx, "7", link))


def _of_no_booking(sides: Sides, life: Life, intent: Intent | None = None) -> None:
    _keep(sides, Link("other", "", THERE, Origin.EVENT, life, intent=intent))


def _look(sides: Sides, *, rehearse: bool = False) -> Link:
    hint = Hint(Kind.BOOKING, "7", ("1",), "resync", sides.now)
    link = links.of_booking(sides.ports.documents, "7", "1")
    return reconcile(sides.session(), hint, link, event=CANCELLED, rehearse=rehearse).link


def _is_taken_up(sides: Sides) -> bool:
    of_pair = links.of_booking(sides.ports.documents, "7", "1")
    alone = [each.id for each in links.every(sides.ports.documents, "7")] == ["pair"]
    return alone and (of_pair.event, of_pair.state) == (THERE, State.ACTIVE) and [*sides.events] == [THERE]


def test_it_takes_up_an_event_that_the_store_has_as_turned_down(sides: Sides) -> None:
    _of_no_booking(sides, TURNED_DOWN)
    _look(sides)
    assert _is_taken_up(sides)


def test_it_takes_up_an_event_from_which_a_worker_that_died_was_making_a_booking(sides: Sides) -> None:
    sides.ports.documents.transact(lambda tx: journal.put(tx, "7", "entry", {**OPENED, "at": NOW.isoformat()}))
    _of_no_booking(sides, Unlinked(), Intent("stamp", MAKING, NOW - timedelta(seconds=1), entry="entry"))
    _look(sides)
    assert _is_taken_up(sides)
    entry = sides.ports.documents.get(("integrations", "7", "journal", "entry"))
    assert entry is not None
    assert entry["outcome"] == "interrupted"
    assert sides.calls.count("read event") == 2, "its own in the other room, and the one named"


def test_a_rehearsal_shows_it_and_leaves_the_store_as_it_is(sides: Sides) -> None:
    _of_no_booking(sides, TURNED_DOWN)
    before = [*links.every(sides.ports.documents, "7")]
    assert _look(sides, rehearse=True).event == THERE
    assert [*links.every(sides.ports.documents, "7")] == before


@pytest.mark.parametrize("made", [False, True], ids=["never", "died"])
@pytest.mark.parametrize("life", [TURNED_DOWN, Unlinked()], ids=["turned down", "unlinked"])
@pytest.mark.parametrize(
    "pair",
    [None, Link("pair", "1", life=LeftOut()), Link("pair", "1", generation=1)],
    ids=["new", "left out", "gave up"],
)
def test_a_persons_event_that_a_booking_names_keeps_its_texts(pair: Link | None, life: Life, made: bool) -> None:  # noqa: FBT001 -- a case
    sides = Sides()
    sides.book("1", NOON, external_id=THERE.id)
    sides.draw(THERE.id, NOON, title="Overleg")
    _of_no_booking(sides, life, Intent("stamp", MAKING, NOW - timedelta(seconds=1), entry="entry") if made else None)
    if pair is not None:
        _keep(sides, pair)
    hint = Hint(Kind.BOOKING, "7", ("1",), "resync", sides.now)
    reconcile(sides.session(), hint, links.of_booking(sides.ports.documents, "7", "1"))
    assert [(key, event.title) for key, event in sides.events.items()] == [(THERE, "Overleg")]
