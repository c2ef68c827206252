"""A store older than both sides: a series was shifted a week, its pairs followed, and then the store of before came back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.application.intake.hints import Hint, Kind
from functions.application.ports import EventPage
from functions.application.pulling.apply_page import Page, apply_page
from functions.application.pulling.follow_series import Shown
from functions.application.pulling.pull import pull
from functions.application.store import links
from functions.application.sync.reconcile import reconcile
from functions.domain.model.appointment import Timed
from functions.domain.model.errors import Cause, Gone, Malformed, Refused, SyncError, Transient
from functions.domain.model.event import EventKey
from functions.domain.model.identity import calendar_hash
from functions.domain.pairing.life import Closed, Detached, Held, Side, State
from functions.domain.pairing.link import Approve, Intent, Link, Origin, Restore, WrittenIds
from functions.domain.pairing.step import Rest
from functions.domain.pairing.writes import DeleteEvent, Why
from tests.unit.sketch import KEY, NOON, NOW, ROOM_A, TEN, at
from tests.unit.two_sides import Sides

DELETE = DeleteEvent(KEY, "", Why.BOOKING_CANCELLED)
WEEKS = [Timed(TEN.start + timedelta(days=7 * n), TEN.end + timedelta(days=7 * n)) for n in range(4)]
IDS = [f"series_{when.start:%Y%m%d}T090000Z" for when in WEEKS]
NUMBERS = ("1", "2", "3")
RIGHT = {number: (IDS[n], WEEKS[n]) for n, number in enumerate(NUMBERS, 1)}


@pytest.fixture
def sides() -> Sides:
    """Bookings 1 to 3 had occurrences 0 to 2, and have 1 to 3; the store knows the former only."""
    sides = Sides()
    _pull(sides, EventPage(tuple(sides.draw(IDS[n], WEEKS[n], series="series") for n in range(3)), sync_token="one"))
    gone = EventKey(ROOM_A, IDS[0])
    sides.bin[gone] = sides.events.pop(gone)
    sides.draw(IDS[3], WEEKS[3], series="series")
    for number, (name, when) in RIGHT.items():
        sides.bookings[number] = replace(at(sides.bookings[number], when), external_id=name)
    sides.calls.clear()
    return sides


def _pull(sides: Sides, page: EventPage) -> None:
    sides.pages.append(page)
    hint = Hint(Kind.CALENDAR, "7", (calendar_hash(ROOM_A),), "resync", sides.now, detail="whole")
    pull(sides.session(), hint, calendar_hash(ROOM_A))


def _look(sides: Sides, number: str, *, rehearse: bool = False, confirm: bool = False) -> object:
    hint = Hint(Kind.BOOKING, "7", (number,), "resync", sides.now, confirm=confirm)
    return reconcile(sides.session(), hint, _link(sides, number), rehearse=rehearse).rest


def _link(sides: Sides, number: str) -> Link:
    return links.of_booking(sides.ports.documents, "7", number)


def _is_right(sides: Sides) -> bool:
    paired = {number: _link(sides, number).event for number in NUMBERS}
    stands = {key.id: event.when for key, event in sides.events.items()}
    return (
        paired == {number: EventKey(ROOM_A, name) for number, (name, _) in RIGHT.items()}
        and stands == dict(RIGHT.values())
        and {_link(sides, number).origin for number in NUMBERS} == {Origin.EVENT}
        and not {"insert", "revive", "patch", "move", "make"} & {*sides.calls}
    )


@pytest.mark.parametrize("order", ["123", "321", "213"])
def test_each_booking_keeps_its_occurrence_when_the_bookings_are_looked_at_first(sides: Sides, order: str) -> None:
    for number in order * 2:
        _look(sides, number)
    assert _is_right(sides)


def test_each_booking_keeps_its_occurrence_when_the_calendar_is_listed_first(sides: Sides) -> None:
    for _ in range(2):
        sides.now += timedelta(minutes=10)
        _pull(sides, EventPage(tuple(sides.events.values()), sync_token="two"))
        for number in NUMBERS:
            _look(sides, number)
    assert _is_right(sides)


def test_no_booking_follows_to_an_occurrence_of_a_booking_that_the_store_does_not_know(sides: Sides) -> None:
    """Of status 55: no event is made of it, so that only the calendar's list leads to it."""
    for n, number in enumerate(NUMBERS):
        sides.bookings[number] = replace(at(sides.bookings[number], WEEKS[n]), external_id=IDS[n])
    sides.book("4", WEEKS[3], external_id=IDS[3], status=55)
    sides.now += timedelta(minutes=10)
    _pull(sides, EventPage(tuple(sides.events.values()), sync_token="two"))
    assert _link(sides, "4").event == EventKey(ROOM_A, IDS[3])
    assert _link(sides, "1").event == EventKey(ROOM_A, IDS[0])


def test_no_booking_follows_to_an_occurrence_of_a_booking_whose_pair_was_over() -> None:
    """Since, booking 1 was reopened, its series was moved, and booking 2 was cancelled because its occurrence was deleted."""
    sides = Sides()
    _pull(sides, EventPage(tuple(sides.draw(IDS[n], WEEKS[n], series="series") for n in range(2)), sync_token="one"))
    over = replace(_link(sides, "1"), life=Closed())
    sides.ports.documents.transact(lambda tx: links.save(tx, "7", over))
    sides.events.clear()
    sides.draw(IDS[3], WEEKS[3], series="series")
    sides.bookings["1"] = replace(at(sides.bookings["1"], WEEKS[3]), external_id=IDS[3])
    sides.bookings["2"] = replace(sides.bookings["2"], status=70)
    sides.now += timedelta(minutes=10)
    _pull(sides, EventPage(tuple(sides.events.values()), sync_token="two"))
    assert [*sides.events] == [EventKey(ROOM_A, IDS[3])]
    assert _link(sides, "1").event == EventKey(ROOM_A, IDS[3])
    assert sides.bookings["1"].status == 20


def test_who_lets_go_is_looked_at_again_at_once(sides: Sides) -> None:
    _look(sides, "1")
    assert [hint.subject for hint in sides.looks(Kind.BOOKING)] == [("2",)]
    assert _link(sides, "2").event is None


def test_a_rehearsal_shows_it_and_saves_nothing(sides: Sides) -> None:
    before = [*links.every(sides.ports.documents, "7")]
    assert _look(sides, "1", rehearse=True) == Rest(Why.IN_STEP)
    assert ([*links.every(sides.ports.documents, "7")], sides.tasks) == (before, [])


@pytest.mark.parametrize(
    "holder",
    [
        {"origin": Origin.BOOKING},
        {"ids": WrittenIds(foreign=True)},
        {"life": Detached("undone")},
        {"life": Held("event_deleted")},
        {"order": Restore()},
        {"series": ""},
        {"intent": Intent("stamp", DELETE, NOW + timedelta(seconds=90))},
    ],
    ids=str,
)
def test_a_pair_keeps_what_is_its_own_or_under_way(sides: Sides, holder: dict[str, object]) -> None:
    kept = replace(_link(sides, "2"), **holder)  # type: ignore[arg-type]  # fields of a link
    sides.ports.documents.transact(lambda tx: links.save(tx, "7", kept))
    _look(sides, "1")
    assert _link(sides, "2").event == EventKey(ROOM_A, IDS[1])
    assert _link(sides, "1").event != EventKey(ROOM_A, IDS[1])


@pytest.mark.parametrize("named", [IDS[1], "CRM-77", ""])
def test_a_pair_keeps_an_event_unless_its_own_booking_names_another_occurrence(sides: Sides, named: str) -> None:
    sides.bookings["2"] = replace(sides.bookings["2"], external_id=named)
    _look(sides, "1")
    assert _link(sides, "2").event == EventKey(ROOM_A, IDS[1])


def test_while_the_other_booking_cannot_be_read_nothing_is_decided(sides: Sides) -> None:
    before = [*links.every(sides.ports.documents, "7")]
    reads = iter((None, Transient("away", reason="timeout")))
    original = sides._call

    def call(name: str) -> None:
        original(name)
        if name == "read booking" and (fails := next(reads, None)) is not None:
            raise fails

    sides._call = call  # type: ignore[method-assign]
    with pytest.raises(Transient):
        _look(sides, "1")
    assert [*links.every(sides.ports.documents, "7")] == before


def test_the_event_of_a_booking_that_is_gone_goes_to_the_booking_that_names_it(sides: Sides) -> None:
    del sides.bookings["2"]
    _look(sides, "1")
    assert _link(sides, "1").event == EventKey(ROOM_A, IDS[1])
    assert "delete" not in sides.calls


def test_the_event_that_another_booking_names_stays_when_a_booking_is_gone_though_that_one_is_looked_at_last(
    sides: Sides,
) -> None:
    del sides.bookings["2"]
    _look(sides, "2", confirm=True)
    assert (_link(sides, "2").event, _link(sides, "2").state) == (None, State.CLOSED)
    for number in "131":
        _look(sides, number)
    assert [_link(sides, number).event for number in "13"] == [EventKey(ROOM_A, IDS[1]), EventKey(ROOM_A, IDS[3])]
    assert "delete" not in sides.calls


def test_the_event_that_another_booking_names_stays_also_where_i_reserve_cannot_search_for_it(sides: Sides) -> None:
    del sides.bookings["2"]
    sides.fails["find booking"] = [Refused("cannot be searched", reason=Cause.NOT_SEARCHABLE)]
    _look(sides, "2", confirm=True)
    assert (_link(sides, "2").event, _link(sides, "2").state) == (None, State.CLOSED)
    assert EventKey(ROOM_A, IDS[1]) in sides.events


def test_an_event_that_no_booking_is_known_to_name_goes_with_its_booking(sides: Sides) -> None:
    del sides.bookings["2"]
    sides.fails["find booking"] = [Refused("cannot be searched", reason=Cause.NOT_SEARCHABLE)] * 2
    for number in "13":  # begin when the event does, and do not show what they name
        sides.bookings[number] = replace(at(sides.bookings[number], WEEKS[1]), external_id="", fields={})
    _look(sides, "2", confirm=True)
    assert EventKey(ROOM_A, IDS[1]) not in sides.events


def test_a_booking_that_only_a_search_still_finds_is_no_other_booking_that_names_its_event() -> None:
    sides = Sides()
    _pull(sides, EventPage((sides.draw(IDS[0], TEN, series="series"),), sync_token="one"))
    gone = Gone("there is no such booking")
    sides.fails["read booking"] = [gone, gone]
    _look(sides, "1", confirm=True)
    assert (sides.events, _link(sides, "1").state) == ({}, State.CLOSED)


@pytest.fixture
def copied() -> Sides:
    """No store is older: somebody copied booking 1 with all its fields, the copy got an event of its own, 1 was removed."""
    sides = Sides()
    _pull(sides, EventPage((sides.draw(IDS[0], TEN, series="series"),), sync_token="one"))
    sides.bookings["9"] = replace(sides.bookings["1"], id="9", object_id="11")
    _look(sides, "9")
    del sides.bookings["1"]
    return sides


def test_an_event_goes_with_its_booking_although_a_copy_of_that_names_it_too(copied: Sides) -> None:
    _look(copied, "1", confirm=True)
    assert EventKey(ROOM_A, IDS[0]) not in copied.events


def test_an_approved_removal_is_made_although_a_copy_of_the_booking_names_the_event(copied: Sides) -> None:
    held = replace(_link(copied, "1"), life=Held("booking_gone", Side.EVENT), order=Approve())
    copied.ports.documents.transact(lambda tx: links.save(tx, "7", held))
    _look(copied, "1", confirm=True)
    assert EventKey(ROOM_A, IDS[0]) not in copied.events


def test_a_held_removal_asks_nothing_of_i_reserve_at_each_look(sides: Sides) -> None:
    del sides.bookings["3"]
    held = replace(_link(sides, "3"), life=Held("booking_gone", Side.EVENT))
    sides.ports.documents.transact(lambda tx: links.save(tx, "7", held))
    sides.calls.clear()
    _look(sides, "3", confirm=True)
    assert "find booking" not in sides.calls


@pytest.mark.parametrize(
    "error",
    [Refused("no right", reason=Cause.NO_RIGHT), Malformed("bad", reason="bad"), Transient("away", reason="away")],
)
def test_where_i_reserve_cannot_say_whose_occurrences_are_the_rest_of_a_calendar_is_pulled_all_the_same(
    error: SyncError,
) -> None:
    sides = Sides()
    page = EventPage(tuple(sides.draw(IDS[n], WEEKS[n], series="series") for n in range(3)), sync_token="one")
    _pull(sides, page)
    sides.events.clear()
    for when in WEEKS[:3]:
        later = Timed(when.start + timedelta(hours=2), when.end + timedelta(hours=2))
        sides.draw(f"series_{later.start:%Y%m%d}T110000Z", later, series="series")
    sides.draw("alone", WEEKS[3])
    sides.now += timedelta(minutes=10)
    sides.fails["find booking"] = [error] * 3
    _pull(sides, EventPage(tuple(sides.events.values()), sync_token="two"))
    assert {booking.external_id for booking in sides.bookings.values()} == {key.id for key in sides.events}


def test_a_search_that_fails_removes_nothing(sides: Sides) -> None:
    del sides.bookings["2"]
    sides.fails["find booking"] = [Refused("no right", reason=Cause.NO_RIGHT)]
    with pytest.raises(Refused):
        _look(sides, "2", confirm=True)
    assert "delete" not in sides.calls


def test_a_cancelled_booking_takes_its_own_occurrence_with_it_and_no_other(sides: Sides) -> None:
    sides.bookings["2"] = replace(sides.bookings["2"], status=70)
    for number in "213":
        _look(sides, number)
    assert {key.id for key in sides.events} == {IDS[1], IDS[3]}
    assert [_link(sides, number).event for number in "13"] == [EventKey(ROOM_A, IDS[1]), EventKey(ROOM_A, IDS[3])]


def test_a_pair_that_was_parted_keeps_to_the_event_that_its_booking_names_and_leaves_it_alone(sides: Sides) -> None:
    parted = replace(_link(sides, "1"), life=Detached("undone"))
    sides.ports.documents.transact(lambda tx: links.save(tx, "7", parted))
    of_another_root = sides.draw("else_20261203T110000Z", NOON, series="else")
    sides.bookings["1"] = replace(sides.bookings["1"], status=70, external_id=of_another_root.key.id)
    _pull(sides, EventPage((of_another_root,), sync_token="two"))
    link = _link(sides, "1")
    assert (link.event, link.life, link.series) == (of_another_root.key, Detached("undone"), "else")
    assert not {"insert", "revive", "patch", "move", "make", "write", "delete"} & {*sides.calls}


def test_a_booking_whose_status_makes_no_event_finds_its_occurrence_again(sides: Sides) -> None:
    sides.bookings["2"] = replace(sides.bookings["2"], status=55)
    for number in "1232":
        _look(sides, number)
    assert _link(sides, "2").event == EventKey(ROOM_A, IDS[2])


def test_a_booking_that_the_store_does_not_know_leaves_the_persons_text_of_the_event_it_names(sides: Sides) -> None:
    sides.ports.documents.transact(lambda tx: links.remove(tx, "7", _kept_link(sides)))
    for number in "1232":
        _look(sides, number)
    assert _is_right(sides)


@pytest.mark.parametrize("series", ["", "3114hqq4rqsvlhgr8s66msvju9"], ids=["single event", "occurrence"])
def test_a_booking_of_such_a_status_that_was_moved_takes_its_event_out_of_the_past_though_the_store_knows_neither(
    series: str,
) -> None:
    """That event is outside the window, so that no list of its calendar leads to it."""
    sides = Sides()
    name = f"{series}_20260815T090000Z" if series else "3114hqq4rqsvlhgr8s66msvju9"
    event = sides.draw(name, Timed(TEN.start - timedelta(days=101), TEN.end - timedelta(days=101)), series=series)
    sides.book("1", NOON, external_id=name, status=55)
    _look(sides, "1")
    assert {key: each.when for key, each in sides.events.items()} == {event.key: NOON}
    assert _link(sides, "1").event == event.key


def _kept_link(sides: Sides) -> Link:
    return _link(sides, "1")


def test_a_full_list_whose_time_is_up_while_it_asks_does_one_thing_and_asks_about_the_rest_next_time() -> None:
    sides = Sides()
    _pull(sides, EventPage(tuple(sides.draw(IDS[n], WEEKS[n], series="series") for n in range(3)), sync_token="one"))
    sides.events.clear()
    for when in WEEKS[:3]:
        later = Timed(when.start + timedelta(hours=2), when.end + timedelta(hours=2))
        sides.draw(f"series_{later.start:%Y%m%d}T110000Z", later, series="series")
    page = Page(ROOM_A, tuple(sides.events.values()), listed=True)
    hint = Hint(Kind.CALENDAR, "7", (calendar_hash(ROOM_A),), "resync", sides.now)
    sides.calls.clear()
    shown, did = Shown(), list[tuple[int, int, int]]()
    for _ in range(5):
        apply_page(sides.session(), hint, page, shown, sides.now)
        moved = [each for each in sides.bookings.values() if each.external_id.endswith("T110000Z")]
        did.append((sides.calls.count("read event"), sides.calls.count("find booking"), len(moved)))
    assert did == [(1, 0, 0), (2, 0, 0), (3, 1, 1), (3, 2, 2), (3, 3, 3)]
