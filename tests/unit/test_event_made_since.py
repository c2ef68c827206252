"""An older store was put back: it knows nothing of the event that this service made for a booking since, and that one names."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.application.intake.hints import Hint, Kind
from functions.application.pulling.apply_page import Page, apply_page
from functions.application.pulling.follow_series import Shown
from functions.application.store import links
from functions.application.sync.reconcile import reconcile
from functions.domain.model.event import EventKey, Mark
from functions.domain.model.identity import calendar_hash, event_id
from functions.domain.model.snapshot import Snapshot
from functions.domain.pairing.life import Active, Closed, Life
from functions.domain.pairing.link import Base, Intent, Link, Origin
from functions.domain.pairing.writes import DeleteEvent, Why
from tests.unit.sketch import CANCELLED, EVENING, NOON, ROOM_A, TEN
from tests.unit.two_sides import Sides

FORMER = EventKey(ROOM_A, "series_20261124T090000Z")


@pytest.fixture
def sides() -> Sides:
    """Booking 1 had an occurrence that its series no longer has, and was given an event; the store knows the former only."""
    sides = Sides()
    sides.book("1", NOON, external_id=_made(sides).id)
    sides.draw(_made(sides).id, NOON, mark=Mark("7", "pair", "stamp"))
    _keep(sides, _former_pair())
    return sides


def _former_pair(life: Life | None = None) -> Link:
    return Link("pair", "1", FORMER, Origin.EVENT, life or Active(), Base(TEN, ROOM_A, "10", 20), series="series")


def _made(sides: Sides) -> EventKey:
    return EventKey(ROOM_A, event_id(sides.session().digest, "7", "1", 1))


def _keep(sides: Sides, link: Link) -> None:
    version = links.of_booking(sides.ports.documents, "7", link.booking_id).version
    sides.ports.documents.transact(lambda tx: links.save(tx, "7", replace(link, version=version)))


def _link(sides: Sides, number: str = "1") -> Link:
    return links.of_booking(sides.ports.documents, "7", number)


def _look(sides: Sides, number: str = "1", *, gone: bool = False) -> None:
    hint = Hint(Kind.BOOKING, "7", (number,), "resync", sides.now)
    reconcile(sides.session(), hint, _link(sides, number), event=CANCELLED if gone else None)


def _list(sides: Sides) -> None:
    hint = Hint(Kind.CALENDAR, "7", (calendar_hash(ROOM_A),), "resync", sides.now)
    apply_page(sides.session(), hint, Page(ROOM_A, tuple(sides.events.values()), listed=True), Shown())


@pytest.mark.parametrize("series", ["series", ""])
@pytest.mark.parametrize("origin", [Origin.EVENT, Origin.BOOKING])
def test_it_goes_with_its_booking_that_was_cancelled(sides: Sides, origin: Origin, series: str) -> None:
    _keep(sides, replace(_former_pair(), origin=origin, series=series))
    sides.bookings["1"] = replace(sides.bookings["1"], status=70)
    _look(sides, gone=True)
    assert sides.events == {}
    assert _link(sides).closed


def test_it_goes_with_its_booking_also_where_only_the_calendar_shows_it(sides: Sides) -> None:
    _keep(sides, _former_pair(Closed()))
    sides.bookings["1"] = replace(sides.bookings["1"], status=70)
    _list(sides)
    assert sides.events == {}


def test_a_booking_of_a_status_that_makes_none_keeps_it(sides: Sides) -> None:
    _keep(sides, _former_pair(Closed()))
    sides.bookings["1"] = replace(sides.bookings["1"], status=55)
    _list(sides)
    assert (_link(sides).event, [*sides.events]) == (_made(sides), [_made(sides)])


def test_a_reopened_booking_keeps_it_instead_of_the_former_one(sides: Sides) -> None:
    _keep(sides, _former_pair(Closed()))
    _look(sides)
    assert (_link(sides).event, [*sides.events]) == (_made(sides), [_made(sides)])


@pytest.mark.parametrize("origin", [Origin.EVENT, Origin.BOOKING])
def test_a_reopened_booking_keeps_it_also_where_the_former_one_was_just_being_removed(
    sides: Sides, origin: Origin
) -> None:
    pair = _former_pair()
    removal = DeleteEvent(FORMER, '"1"', Why.BOOKING_CANCELLED)
    intent = Intent("stamp", removal, sides.now - timedelta(minutes=5), pair.base, "entry")
    _keep(sides, replace(pair, origin=origin, series="series" if origin is Origin.EVENT else "", intent=intent))
    for _ in range(3):
        _look(sides)
    assert (_link(sides).event, [*sides.events]) == (_made(sides), [_made(sides)])


def test_the_former_one_that_is_another_bookings_by_now_stays_when_the_booking_was_cancelled(sides: Sides) -> None:
    sides.book("2", TEN, external_id=FORMER.id)
    sides.draw(FORMER.id, TEN, series="series")
    sides.bookings["1"] = replace(sides.bookings["1"], status=70)
    for number in "12":
        _look(sides, number)
    assert [*sides.events] == [FORMER]
    assert (_link(sides, "1").state.value, _link(sides, "2").event) == ("closed", FORMER)


@pytest.mark.parametrize("origin", [Origin.EVENT, Origin.BOOKING])
@pytest.mark.parametrize("generation", [0, None], ids=["this service's", "a person's"])
def test_a_booking_whose_former_event_is_a_single_one_by_now_has_the_one_it_names(
    sides: Sides, origin: Origin, generation: int | None
) -> None:
    name = "series" if generation is None else event_id(sides.session().digest, "7", "1", generation)
    left = sides.draw(name, EVENING)
    _keep(sides, replace(_former_pair(), event=left.key, origin=origin, series=""))
    sides.now += timedelta(minutes=1)
    hint = Hint(Kind.BOOKING, "7", ("1",), "resync", sides.now)
    reconcile(sides.session(), hint, _link(sides), event=Snapshot.of(left))
    assert _link(sides).event == _made(sides)
    assert sides.events[left.key] == left
    assert {*sides.events} == {left.key, _made(sides)}


@pytest.mark.parametrize("origin", [Origin.EVENT, Origin.BOOKING])
@pytest.mark.parametrize("order", ["12", "21"])
def test_what_is_left_of_a_series_goes_to_the_booking_that_names_it(sides: Sides, origin: Origin, order: str) -> None:
    left = sides.draw(event_id(sides.session().digest, "7", "1", 0), EVENING)
    _keep(sides, replace(_former_pair(), event=left.key, origin=origin, series=""))
    sides.book("2", EVENING, external_id=left.key.id)
    for number in (*order, "1", "2"):
        _look(sides, number)
    assert {number: _link(sides, number).event for number in "12"} == {"1": _made(sides), "2": left.key}
    assert len(sides.events) == 2


def test_what_is_left_of_a_series_stays_when_a_booking_was_cancelled_that_has_another_event_by_now(
    sides: Sides,
) -> None:
    left = sides.draw("series", EVENING)
    _keep(sides, replace(_former_pair(), event=left.key, series=""))
    sides.bookings["1"] = replace(sides.bookings["1"], status=70)
    _look(sides)
    assert [*sides.events] == [left.key]
    assert _link(sides).closed


def test_the_former_one_goes_to_the_booking_that_names_it(sides: Sides) -> None:
    sides.book("2", TEN, external_id=FORMER.id)
    sides.draw(FORMER.id, TEN, series="series")
    for number in "21":
        _look(sides, number)
    assert {number: _link(sides, number).event for number in "12"} == {"1": _made(sides), "2": FORMER}
    assert len(sides.events) == 2


def test_the_former_one_goes_to_the_booking_that_names_it_whatever_the_status_of_its_own(sides: Sides) -> None:
    sides.bookings["1"] = replace(sides.bookings["1"], status=55)
    sides.book("2", TEN, external_id=FORMER.id)
    sides.draw(FORMER.id, TEN, series="series")
    for number in "21":
        _look(sides, number)
    assert {number: _link(sides, number).event for number in "12"} == {"1": _made(sides), "2": FORMER}


@pytest.mark.parametrize("number", ["1", "2"], ids=["its own first", "the other first"])
def test_the_former_one_goes_to_the_booking_that_names_it_also_from_a_pair_that_was_over(
    sides: Sides, number: str
) -> None:
    _keep(sides, _former_pair(Closed()))
    sides.book("2", TEN, external_id=FORMER.id)
    sides.draw(FORMER.id, TEN, series="series")
    for each in (number, "1", "2"):
        _look(sides, each)
    assert {each: _link(sides, each).event for each in "12"} == {"1": _made(sides), "2": FORMER}
    assert len(sides.events) == 2


def test_the_calendar_shows_the_former_one_of_a_pair_that_was_over_and_it_stays_with_its_booking(sides: Sides) -> None:
    _keep(sides, _former_pair(Closed()))
    sides.bookings["1"] = replace(sides.bookings["1"], status=70)
    sides.book("2", TEN, external_id=FORMER.id)
    sides.draw(FORMER.id, TEN, series="series")
    _list(sides)
    for each in "12":
        _look(sides, each)
    assert [*sides.events] == [FORMER]
    assert _link(sides, "2").event == FORMER
