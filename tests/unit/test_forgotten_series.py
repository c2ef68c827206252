"""An older store was put back: it knows nothing of an event of this service, which a person has made a series meanwhile."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.application.intake.hints import Hint, Kind
from functions.application.pulling.apply_page import Page, apply_page, look_at
from functions.application.pulling.follow_series import Shown
from functions.application.store import links
from functions.application.sync.reconcile import reconcile
from functions.domain.model.appointment import Timed
from functions.domain.model.errors import Cause, Refused, Transient
from functions.domain.model.event import Event, EventKey, Mark, first_occurrence
from functions.domain.model.identity import calendar_hash, event_id, invitation_id, occupied_id
from functions.domain.model.snapshot import Snapshot
from functions.domain.pairing.life import Active, LeftOut, Unlinked
from functions.domain.pairing.link import Base, Intent, Link, Occupies, Origin
from functions.domain.pairing.writes import MakeBooking, Why
from functions.domain.settings.schema import MappingRow
from tests.unit.sketch import EVENING, NOON, NOW, ROOM_A, ROOM_B, TEN, at
from tests.unit.two_sides import Sides

WEEK_ON = Timed(TEN.start + timedelta(days=7), TEN.end + timedelta(days=7))


@pytest.fixture
def sides() -> Sides:
    """Booking 1 names its event, which is weekly by now; the booking was moved to noon."""
    sides = Sides()
    sides.book("1", NOON, external_id=_root(sides).id)
    _make_weekly(sides, _root(sides), _mark(sides))
    return sides


def _root(sides: Sides, generation: int = 0) -> EventKey:
    return EventKey(ROOM_A, event_id(sides.session().digest, "7", "1", generation))


def _first(sides: Sides, generation: int = 0) -> EventKey:
    return first_occurrence(_root(sides, generation), TEN)


def _make_weekly(sides: Sides, root: EventKey, mark: Mark, **more: Any) -> None:
    sides.draw(root.id, TEN, root.calendar, mark=mark, **more)  # no list shows it
    for when in (TEN, WEEK_ON):
        sides.draw(first_occurrence(root, when).id, when, root.calendar, series=root.id, mark=mark, **more)


def _mark(sides: Sides) -> Mark:
    """Return what this service marked the event of booking 1 with."""
    return Mark("7", links.of_booking(sides.ports.documents, "7", "1").id, "stamp")


def _keep(sides: Sides, link: Link) -> None:
    sides.ports.documents.transact(lambda tx: links.save(tx, "7", link))


def _list(sides: Sides, calendar: str = ROOM_A, source: str = "resync", *, last_first: bool = False) -> None:
    hint = Hint(Kind.CALENDAR, "7", (calendar_hash(calendar),), source, sides.now)
    occurrences = tuple(event for event in sides.events.values() if event.series)
    shown: tuple[Event, ...] = occurrences[::-1] if last_first else occurrences
    apply_page(sides.session(), hint, Page(calendar, shown, listed=True), Shown())


def _look(sides: Sides) -> None:
    hint = Hint(Kind.BOOKING, "7", ("1",), "resync", sides.now)
    reconcile(sides.session(), hint, links.of_booking(sides.ports.documents, "7", "1"))


def _names(sides: Sides) -> dict[str, str]:
    return {number: booking.external_id for number, booking in sides.bookings.items()}


def _is_right(sides: Sides, generation: int = 0) -> bool:
    """Booking 1 has and names the first occurrence, which is at its time; the other one has a booking of its own."""
    first, other = _first(sides, generation), first_occurrence(_root(sides, generation), WEEK_ON)
    link = links.of_booking(sides.ports.documents, "7", "1")
    at_noon = sides.events[first].when == NOON
    return (
        (link.event, link.origin) == (first, Origin.BOOKING)
        and at_noon
        and _names(sides) == {"1": first.id, "2": other.id}
    )


@pytest.mark.parametrize("last_first", [False, True], ids=["in order", "last first"])
def test_its_booking_goes_on_with_the_first_occurrence_and_no_second_one_is_made(
    sides: Sides, *, last_first: bool
) -> None:
    _list(sides, last_first=last_first)
    assert _is_right(sides)
    _look(sides)
    assert _is_right(sides)


@pytest.mark.parametrize(
    "known",
    [Link("", life=LeftOut()), Link("", life=Unlinked()), Link("", life=Active(), event=EventKey(ROOM_A, "gone"))],
    ids=["left out", "unlinked", "with another event, which is gone"],
)
def test_so_it_does_where_the_store_has_its_pair_as_it_was_before_that_event(sides: Sides, known: Link) -> None:
    its, later = links.of_booking(sides.ports.documents, "7", "1"), int(known.event is not None)
    for key in [*sides.events]:
        del sides.events[key]
    sides.bookings["1"] = replace(sides.bookings["1"], external_id=_root(sides, later).id)
    _make_weekly(sides, _root(sides, later), _mark(sides))
    _keep(sides, replace(known, id=its.id, booking_id="1", base=Base(TEN, ROOM_A, "10", 20)))
    _list(sides)
    assert _is_right(sides, later)
    assert sides.calls.count("read event") == 1 + later, "what it was, and what the pair has, once each"


def test_a_booking_that_went_on_with_a_later_occurrence_has_that_again_where_the_store_has_its_pair_on_the_single_event(
    sides: Sides,
) -> None:
    """The first one has a booking of its own since."""
    its, first = links.of_booking(sides.ports.documents, "7", "1"), _first(sides)
    other = first_occurrence(_root(sides), WEEK_ON)
    sides.bookings["1"] = replace(at(sides.bookings["1"], WEEK_ON), external_id=other.id)
    sides.book("2", TEN, external_id=first.id)
    _keep(sides, replace(its, life=Active(), event=_root(sides), base=Base(TEN, ROOM_A, "10", 20)))
    _list(sides)
    _look(sides)
    pairs = {each: links.of_booking(sides.ports.documents, "7", each).event for each in ("1", "2")}
    assert pairs == {"1": other, "2": first}
    assert {key: event.when for key, event in sides.events.items() if event.series} == {first: TEN, other: WEEK_ON}
    assert _names(sides) == {"1": other.id, "2": first.id}


@pytest.mark.parametrize("mark", [Mark("7", "of the event", "stamp"), Mark()], ids=["marked", "not marked"])
@pytest.mark.parametrize("source", ["resync", "resume", "pull", "poll"])
def test_so_it_does_with_what_a_person_made_of_an_event_of_their_own(mark: Mark, source: str) -> None:
    """Whichever task lists the calendar: a paused integration is resumed after the restore, a long list goes on in others."""
    sides = _with_a_persons_weekly(mark)
    _list(sides, source=source)
    assert _is_right_of_the_persons(sides)


def _with_a_persons_weekly(mark: Mark) -> Sides:
    sides = Sides()
    sides.book("1", NOON, external_id="person1")
    _make_weekly(sides, EventKey(ROOM_A, "person1"), mark)
    return sides


def _is_right_of_the_persons(sides: Sides) -> bool:
    first, other = (first_occurrence(EventKey(ROOM_A, "person1"), when) for when in (TEN, WEEK_ON))
    return _names(sides) == {"1": first.id, "2": other.id} and sides.events[first].when == NOON


def test_so_it_does_where_the_list_could_not_follow_it_and_a_task_looks_at_it_again() -> None:
    sides = _with_a_persons_weekly(Mark())
    sides.fails["find booking"] = [Transient("busy", reason="busy")]
    _list(sides)
    assert [*_names(sides)] == ["1", "2"], "the other one"
    for hint in sides.looks(Kind.EVENT):
        look_at(sides.session(), hint, EventKey(*hint.subject))
    assert _is_right_of_the_persons(sides)


def test_only_the_earliest_occurrence_on_a_page_is_asked_about() -> None:
    sides = _with_a_persons_weekly(Mark())
    sides.bookings.clear()
    _list(sides)
    assert sides.calls.count("read event") == 1
    assert sides.calls.count("make") == 2


@pytest.mark.parametrize("seen", [True, False], ids=["read", "believed"])
@pytest.mark.parametrize("when", [TEN, NOON], ids=["in step", "moved"])
def test_a_pair_on_the_first_occurrence_whose_booking_names_what_that_was_comes_to_name_it(
    sides: Sides, when: Timed, *, seen: bool
) -> None:
    """An older store may know nothing of the generation of the event that the series was."""
    sides.events.clear()
    sides.book("1", when, external_id=_root(sides, 1).id)
    its = links.of_booking(sides.ports.documents, "7", "1")
    _make_weekly(sides, _root(sides, 1), _mark(sides))
    first = sides.events[_first(sides, 1)]
    _keep(sides, replace(its.seeing(first), life=Active(), base=Base(TEN, ROOM_A, "10", 20)))
    hint = Hint(Kind.BOOKING, "7", ("1",), "webhook", sides.now)
    known = links.of_booking(sides.ports.documents, "7", "1")
    done = reconcile(sides.session(), hint, known, event=Snapshot.of(first) if seen else None).link
    assert (_names(sides), done.ids.foreign) == ({"1": first.key.id}, False)
    assert sides.events[first.key].when == when


INVITED = {"organizer_self": False, "answer": "accepted"}


def test_so_it_does_with_what_an_organizer_made_of_an_event_that_a_room_is_invited_to() -> None:
    """The booking of an invited room names the room's own copy."""
    sides, root = Sides(inbound={"invitations": "all"}), EventKey(ROOM_A, "person1")
    sides.book("1", TEN, external_id=_named_by(sides, root))
    _make_weekly(sides, root, Mark(), **INVITED)
    _list(sides)
    first, other = (_named_by(sides, first_occurrence(root, when)) for when in (TEN, WEEK_ON))
    assert _names(sides) == {"1": first, "2": other}


def _named_by(sides: Sides, event: EventKey) -> str:
    return invitation_id(sides.session().digest, event.calendar, event.id)


@pytest.mark.parametrize("known", [True, False], ids=["of a known pair", "of a booking that the store does not know"])
def test_an_invitation_with_the_id_of_another_rooms_event_does_not_get_its_booking(*, known: bool) -> None:
    """Who invites a room chooses the id of the event."""
    sides = Sides(inbound={"follow": "all_mapped", "invitations": "all"})
    its = sides.draw("person1", NOON)
    if known:
        apply_page(sides.session(), _about_a(sides), Page(ROOM_A, (its,)), Shown())
    else:
        sides.book("1", NOON, external_id="person1")
    root = EventKey(ROOM_B, "person1")
    _make_weekly(sides, root, Mark(), **INVITED)
    _list(sides, ROOM_B)
    first, other = (_named_by(sides, first_occurrence(root, when)) for when in (TEN, WEEK_ON))
    assert _names(sides) == {"1": "person1", "2": first, "3": other}
    assert sides.bookings["1"].object_id == "10"


@pytest.mark.parametrize("mark", [Mark("7", "of none", "stamp"), Mark()], ids=["marked", "not marked"])
def test_nor_does_a_series_of_somebody_who_may_write_in_another_calendar(mark: Mark) -> None:
    sides = Sides(inbound={"follow": "all_mapped"})
    its = sides.draw("person1", NOON)
    apply_page(sides.session(), _about_a(sides), Page(ROOM_A, (its,)), Shown())
    root = EventKey(ROOM_B, "person1")
    _make_weekly(sides, root, mark)
    _list(sides, ROOM_B)
    assert _names(sides) == {
        "1": "person1", "2": first_occurrence(root, TEN).id, "3": first_occurrence(root, WEEK_ON).id
    }  # fmt: skip
    assert sides.tasks == [], "nothing is to be tried again"


def _about_a(sides: Sides) -> Hint:
    return Hint(Kind.CALENDAR, "7", (calendar_hash(ROOM_A),), "notification", sides.now)


def test_where_no_booking_is_found_to_name_it_the_first_occurrence_becomes_none_until_its_own_is_looked_at(
    sides: Sides,
) -> None:
    sides.fails["find booking"] = [Refused("no", reason=Cause.NOT_SEARCHABLE)] * 4
    _list(sides)
    assert [name for name in _names(sides).values() if name == _first(sides).id] == []
    _look(sides)
    assert _is_right(sides)


def test_while_the_series_cannot_be_read_no_booking_is_made_of_its_first_occurrence(sides: Sides) -> None:
    sides.fails["read event"] = [Transient("away", reason="unavailable")] * 2
    _list(sides)
    assert _names(sides) == {"1": _root(sides).id}
    _list(sides)
    assert _is_right(sides)


def test_an_occupied_event_that_was_made_a_series_becomes_no_booking() -> None:
    row = MappingRow("10", ROOM_A, after_minutes=60, around="events")
    sides = Sides(mapping=(row,))
    place = Occupies("1", ROOM_A, "after")
    root = EventKey(ROOM_A, occupied_id(sides.session().digest, "7", place.name, 0))
    _make_weekly(sides, root, Mark("7", links.of_occupied(sides.ports.documents, "7", place).id, "stamp"))
    _list(sides)
    assert [*_names(sides).values()] == [first_occurrence(root, WEEK_ON).id]


def test_of_a_series_whose_pair_the_store_knows_nothing_more_is_read(sides: Sides) -> None:
    sides.bookings["1"] = sides.book("1", TEN, external_id=_first(sides).id)
    its = links.of_booking(sides.ports.documents, "7", "1")
    agreed = Base(TEN, ROOM_A, "10", 20)
    _keep(sides, replace(its, event=_first(sides), life=Active(), base=agreed, series=_root(sides).id))
    _list(sides)
    assert "2" in sides.bookings
    assert sides.calls.count("find booking") == 1, "who names the other one"
    assert "read event" not in sides.calls


def test_a_first_occurrence_that_its_pair_gave_up_and_a_person_brought_back_becomes_a_booking(sides: Sides) -> None:
    later = sides.draw(_root(sides, 1).id, EVENING)
    sides.book("1", EVENING, external_id=later.key.id)
    its = links.of_booking(sides.ports.documents, "7", "1")
    _keep(sides, replace(its, event=later.key, life=Active(), base=Base(EVENING, ROOM_A, "10", 20), generation=1))
    _list(sides)
    assert _first(sides).id in _names(sides).values()


def test_a_booking_that_takes_the_first_occurrence_over_from_a_worker_that_died_comes_to_name_it(sides: Sides) -> None:
    """That worker was making a second booking, of which none came."""
    making = MakeBooking(_first(sides), TEN, "10", 20, 1, "external_id", (), Why.EVENT_MADE, "asked")
    base = Base(TEN, ROOM_A, "10", 20)
    digest = sides.session().digest(f"external_id\n{_first(sides).id}")
    intent = Intent("stamp", making, NOW - timedelta(seconds=1), base, "entry", ids=(digest,))
    _keep(sides, Link("making", "", _first(sides), Origin.EVENT, Unlinked(), intent=intent))
    _look(sides)
    assert _names(sides) == {"1": _first(sides).id}
    assert links.of_booking(sides.ports.documents, "7", "1").event == _first(sides)
