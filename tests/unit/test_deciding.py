"""A person's decisions on one pair: taking back what was done, approving or restoring what is held."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from functions.application.deciding import held
from functions.application.deciding.carry_out import each_of
from functions.application.deciding.keep_or_resume import resume
from functions.application.deciding.undo import Undone, preview, undo
from functions.application.intake.hints import Hint, Kind
from functions.application.ports import Transaction
from functions.application.store import journal, links
from functions.application.store.integrations import path_of
from functions.application.sync.reconcile import reconcile
from functions.domain.model.errors import Conflict, Gone, Malformed, Refused, Stale
from functions.domain.model.event import Event, EventKey
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.life import Active, Closed, Detached, Held, Paused, Side
from functions.domain.pairing.link import Link
from functions.domain.settings.schema import MappingRow
from tests.unit.sketch import EVENING, NOON, NOW, ROOM_A, ROOM_B, TEN, base, link
from tests.unit.two_sides import Rooms, Sides

HINT = Hint(Kind.BOOKING, "7", ("1",), "webhook", NOW)
HALL = (MappingRow(object="10", calendar=ROOM_A, also=(ROOM_B,)),)
LIST: Snapshot[Any] = Snapshot(Presence.CANCELLED)


@pytest.fixture
def sides() -> Sides:
    return Sides(inbound={"allow_booking_update": True, "allow_object_change": True})


def pair_of(sides: Sides, number: str = "1") -> Link:
    return links.of_booking(sides.ports.documents, "7", number)


def looked(sides: Sides, event: Snapshot[Event] | None = None) -> Link:
    sides.calls.clear()
    return reconcile(sides.session(), HINT, pair_of(sides), event=event).link


def made(sides: Sides) -> Event:
    sides.book("1", TEN)
    looked(sides)
    (event,) = sides.events.values()
    return event


def dragged(sides: Sides, when: Any = NOON) -> str:
    """A booking whose event a person moved; returns the journal entry of the booking's move."""
    event = made(sides)
    sides.events[event.key] = replace(event, when=when, etag='"moved"')
    looked(sides, Snapshot.of(sides.events[event.key]))
    return entry_of(sides, "event_moved")


def entry_of(sides: Sides, why: str) -> str:
    rows = sides.ports.documents.find(path_of("7", "journal"))
    return next(name for name, body in rows if body["why"] == why)


def steps(undone: Undone) -> list[str]:
    return [step["step"] for step in undone.steps]


def test_undoing_a_move_sets_booking_and_event_back_and_its_preview_changes_nothing(sides: Sides) -> None:
    entry = dragged(sides)
    shown = preview(sides.ports, "7", entry)
    assert (steps(shown), shown.done) == (["WriteBooking", "PatchEvent"], False)
    assert "do not come back" in shown.stays
    assert sides.bookings["1"].starts == NOON.start
    done = undo(sides.ports, "7", entry, "admin")
    assert (steps(done), done.done) == (["WriteBooking", "PatchEvent"], True)
    assert done.steps[0]["when"] == journal.when_body(TEN)
    (event,) = sides.events.values()
    assert (sides.bookings["1"].starts, event.when) == (TEN.start, TEN)
    body = journal.find(sides.ports.documents, "7", entry)
    assert body is not None
    assert (body["undone_at"], body["undone_by"]) == (NOW.isoformat(), "admin")
    again = journal.find(sides.ports.documents, "7", entry_of(sides, "undone"))
    assert again is not None
    assert (again["actor"], again["hint"]) == ("admin", f"undo {entry}")
    with pytest.raises(Conflict):
        undo(sides.ports, "7", entry, "admin")


def test_undoing_a_move_that_overruled_the_booking_gives_it_the_time_it_had() -> None:
    wins = Sides(inbound={"allow_booking_update": True}, sync={"overlap_guard": "never", "conflict_winner": "event"})
    event = made(wins)
    wins.book("1", EVENING, external_id=event.key.id)
    wins.events[event.key] = replace(event, when=NOON, etag='"moved"')
    looked(wins, Snapshot.of(wins.events[event.key]))
    assert wins.bookings["1"].starts == NOON.start
    undo(wins.ports, "7", entry_of(wins, "conflict"), "admin")
    assert (wins.bookings["1"].starts, wins.events[event.key].when) == (EVENING.start, EVENING)


def test_undoing_a_change_of_room_takes_booking_and_event_back_to_the_room_and_leaves_the_time(sides: Sides) -> None:
    event = made(sides)
    there = EventKey(ROOM_B, event.key.id)
    sides.events[there] = replace(sides.events.pop(event.key), key=there, etag='"moved"')
    looked(sides, Snapshot.of(sides.events[there]))
    assert sides.bookings["1"].object_id == "11"
    done = undo(sides.ports, "7", entry_of(sides, "event_object"), "admin")
    assert done.steps[0] == {"step": "WriteBooking", "object_id": "10", "fields": []}
    assert (steps(done)[1:], done.done) == (["MoveEvent"], True)
    assert (sides.bookings["1"].object_id, sides.bookings["1"].starts) == ("10", TEN.start)
    assert list(sides.events) == [event.key]


def test_undoing_a_change_of_room_gives_an_occurrence_an_event_of_its_own_there(sides: Sides) -> None:
    drawn = sides.draw("root_20261124T110000Z", NOON, series="root")
    reconcile(sides.session(), HINT, links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    there = EventKey(ROOM_B, drawn.key.id)
    sides.events[there] = replace(sides.events.pop(drawn.key), key=there, etag='"moved"')
    looked(sides, Snapshot.of(sides.events[there]))
    done = undo(sides.ports, "7", entry_of(sides, "event_object"), "admin")
    assert (steps(done), done.done) == (["WriteBooking", "DeleteEvent", "InsertEvent", "WriteBooking"], True)
    assert sides.bookings["1"].object_id == "10"
    (event,) = sides.events.values()
    assert (event.key.calendar, event.when) == (ROOM_A, NOON)


def test_an_undo_whose_event_cannot_be_written_holds_no_later_change_of_the_booking_back(sides: Sides) -> None:
    entry = dragged(sides)
    sides.fails["patch"] = [Refused("not shared", reason="forbidden")] * 2
    with pytest.raises(Refused):
        undo(sides.ports, "7", entry, "admin")
    (event,) = sides.events.values()
    assert (sides.bookings["1"].starts, event.when) == (TEN.start, NOON)
    sides.book("1", EVENING, external_id=event.key.id)
    with pytest.raises(Refused):
        looked(sides)
    assert sides.bookings["1"].starts == EVENING.start
    looked(sides)
    assert (sides.bookings["1"].starts, sides.events[event.key].when) == (EVENING.start, EVENING)
    assert pair_of(sides).order is None


def test_an_undo_of_what_the_booking_shows_already_holds_no_later_change_of_it_back(sides: Sides) -> None:
    """Somebody gave the booking its former time back before; the event, which is all there is to do, cannot be written."""
    entry = dragged(sides)
    (event,) = sides.events.values()
    sides.book("1", TEN, external_id=event.key.id)
    sides.fails["patch"] = [Refused("not shared", reason="forbidden")]
    with pytest.raises(Refused):
        undo(sides.ports, "7", entry, "admin")
    sides.book("1", EVENING, external_id=event.key.id)
    looked(sides)
    assert (sides.bookings["1"].starts, sides.events[event.key].when) == (EVENING.start, EVENING)
    assert pair_of(sides).order is None


def test_an_undo_can_be_undone(sides: Sides) -> None:
    undo(sides.ports, "7", dragged(sides), "admin")
    undo(sides.ports, "7", entry_of(sides, "undone"), "admin")
    assert sides.bookings["1"].starts == NOON.start


def test_an_undo_that_i_reserve_refuses_leaves_everything_as_it_was(sides: Sides) -> None:
    entry = dragged(sides)
    sides.fails["write"] = [Refused("taken", reason="period_taken")]
    with pytest.raises(Refused):
        undo(sides.ports, "7", entry, "admin")
    assert (sides.bookings["1"].starts, pair_of(sides).order) == (NOON.start, None)
    (look,) = sides.looks(Kind.EVENT)  # what people changed meanwhile has not been looked at
    assert look.source == "undo"
    assert "undone_at" not in (journal.find(sides.ports.documents, "7", entry) or {})


def test_undoing_a_cancellation_reopens_the_booking_and_brings_its_event_back(sides: Sides) -> None:
    event = made(sides)
    sides.bin[event.key] = sides.events.pop(event.key)
    looked(sides, LIST)
    sides.now += timedelta(seconds=120)
    looked(sides, LIST)
    assert sides.bookings["1"].status == 70
    undo(sides.ports, "7", entry_of(sides, "grace_over"), "admin")
    assert (sides.bookings["1"].status, list(sides.events)) == (20, [event.key])


def test_undoing_a_creation_cancels_the_booking_and_leaves_the_event_to_its_person(sides: Sides) -> None:
    drawn = sides.draw("new", NOON)
    new = links.for_new_event(sides.ports.documents, "7", drawn)
    reconcile(sides.session(), HINT, new, event=Snapshot.of(drawn))
    undo(sides.ports, "7", entry_of(sides, "event_made"), "admin")
    assert (sides.bookings["1"].status, list(sides.events)) == (70, [drawn.key])
    assert pair_of(sides).life == Detached("undone")


def test_a_creation_is_not_undone_without_a_status_to_cancel_with() -> None:
    alone = Sides(outbound={"delete_on_status": ()})
    drawn = alone.draw("new", NOON)
    reconcile(alone.session(), HINT, links.for_new_event(alone.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    entry = entry_of(alone, "event_made")
    with pytest.raises(Conflict) as error:
        undo(alone.ports, "7", entry, "admin")
    body = journal.find(alone.ports.documents, "7", entry)
    assert (error.value.reason, pair_of(alone).life, "undone_at" in (body or {})) == (
        "no_cancel_status",
        Active(),
        False,
    )


def test_undoing_a_creation_frees_what_its_booking_occupied_and_taking_that_back_occupies_it_again() -> None:
    hall = Sides(mapping=HALL)
    drawn = hall.draw("new", NOON)
    reconcile(hall.session(), HINT, links.for_new_event(hall.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    assert {key.calendar for key in hall.events} == {ROOM_A, ROOM_B}
    undo(hall.ports, "7", entry_of(hall, "event_made"), "admin")
    assert list(hall.events) == [drawn.key]
    undo(hall.ports, "7", entry_of(hall, "undone"), "admin")
    assert hall.bookings["1"].status == 20
    assert {key.calendar for key in hall.events} == {ROOM_A, ROOM_B}


def test_undoing_a_creation_removes_an_event_that_this_service_made_since(sides: Sides) -> None:
    drawn = sides.draw("root_20261124T110000Z", NOON, series="root")
    reconcile(sides.session(), HINT, links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    sides.book("1", NOON, object_id="11", external_id=drawn.key.id)
    looked(sides, Snapshot.of(drawn))
    (event,) = sides.events.values()
    assert event.key.calendar == ROOM_B
    undo(sides.ports, "7", entry_of(sides, "event_made"), "admin")
    looked(sides)
    assert (sides.bookings["1"].status, sides.events) == (70, {})
    assert isinstance(pair_of(sides).life, Closed)


def test_undoing_a_put_back_gives_the_person_the_time_once() -> None:
    strict = Sides()
    event = made(strict)
    strict.events[event.key] = replace(event, when=EVENING, etag='"moved"')
    looked(strict, Snapshot.of(strict.events[event.key]))
    assert strict.events[event.key].when == TEN
    undo(strict.ports, "7", entry_of(strict, "put_back"), "admin")
    assert (strict.events[event.key].when, strict.bookings["1"].starts) == (EVENING, EVENING.start)


def test_undoing_a_put_back_moves_no_booking_of_an_activity() -> None:
    course = Sides(outbound={"activities": "per_booking"})
    course.book("1", TEN, activity_id="5")
    looked(course)
    (event,) = course.events.values()
    course.events[event.key] = replace(event, when=EVENING, etag='"moved"')
    looked(course, Snapshot.of(course.events[event.key]))
    with pytest.raises(Refused) as error:
        undo(course.ports, "7", entry_of(course, "put_back"), "admin")
    assert (error.value.reason, pair_of(course).order) == ("activity", None)
    assert (course.bookings["1"].starts, course.events[event.key].when) == (TEN.start, TEN)


def test_undoing_a_put_back_of_a_text_moves_no_booking() -> None:
    strict = Sides()
    event = made(strict)
    strict.events[event.key] = replace(event, title="Mine", etag='"edited"')
    looked(strict, Snapshot.of(strict.events[event.key]))
    strict.book("1", EVENING, external_id=event.key.id)
    looked(strict)
    with pytest.raises(Conflict) as error:
        undo(strict.ports, "7", entry_of(strict, "put_back"), "admin")
    assert "changing the booking in i-Reserve" in str(error.value)
    assert strict.bookings["1"].starts == EVENING.start


def occupied(sides: Sides, **more: Any) -> Link:
    """The event that shows booking 1 as occupied in another room; with what it is besides."""
    sides.book("1", TEN)
    looked(sides)
    (place,) = pair_of(sides).occupied
    link = replace(links.of_occupied(sides.ports.documents, "7", place), **more)
    return sides.ports.documents.transact(lambda tx: links.save(tx, "7", link))


def test_an_occupied_event_that_was_put_back_follows_its_booking_and_keeps_no_order() -> None:
    hall = Sides(mapping=HALL)
    link = occupied(hall)
    assert link.event is not None
    hall.events[link.event] = replace(hall.events[link.event], when=EVENING, etag='"moved"')
    reconcile(hall.session(), HINT, link, event=Snapshot.of(hall.events[link.event]))
    with pytest.raises(Conflict) as error:
        undo(hall.ports, "7", entry_of(hall, "put_back"), "admin")
    assert "changing the booking in i-Reserve" in str(error.value)
    assert error.value.reason == "not_ours"
    assert all(each.order is None for each in links.every(hall.ports.documents, "7"))


def test_resuming_an_occupied_event_looks_at_the_booking_it_shows() -> None:
    hall = Sides(mapping=HALL)
    link = occupied(hall, life=Paused("too_often", NOW, Active()))
    hall.tasks.clear()
    resume(hall.ports, "7", link.id, "admin")
    assert {hint.subject for hint in hall.looks(Kind.BOOKING)} == {("1",)}


def test_what_was_done_before_a_pair_was_parted_is_undone_after_that_only(sides: Sides) -> None:
    entry = dragged(sides)
    parted = replace(pair_of(sides), life=Detached("undone"))
    sides.ports.documents.transact(lambda tx: links.save(tx, "7", parted))
    with pytest.raises(Conflict) as error:
        preview(sides.ports, "7", entry)
    assert error.value.reason == "parted"


def hold(sides: Sides) -> Event:
    event = made(sides)
    sides.bin[event.key] = sides.events.pop(event.key)
    waiting = replace(pair_of(sides), life=Held("event_deleted"))
    sides.ports.documents.transact(lambda tx: links.save(tx, "7", waiting))
    return event


def test_approving_a_held_removal_cancels_its_booking(sides: Sides) -> None:
    hold(sides)
    (outcome,) = held.approve(sides.ports, "7", pair_of(sides).id, "admin")
    assert (sides.bookings["1"].status, outcome.link.closed_by_us) == (70, True)
    entry = journal.find(sides.ports.documents, "7", entry_of(sides, "approved"))
    assert entry is not None
    assert (entry["actor"], entry["hint"]) == ("admin", "held")
    assert held.every(sides.ports, "7") == []
    with pytest.raises(Gone):
        held.approve(sides.ports, "7", pair_of(sides).id, "admin")


def test_undoing_an_approval_brings_both_back(sides: Sides) -> None:
    event = hold(sides)
    held.approve(sides.ports, "7", pair_of(sides).id, "admin")
    undo(sides.ports, "7", entry_of(sides, "approved"), "admin")
    assert (sides.bookings["1"].status, list(sides.events)) == (20, [event.key])


def test_restoring_a_held_removal_brings_its_event_back(sides: Sides) -> None:
    event = hold(sides)
    (outcome,) = held.restore(sides.ports, "7", pair_of(sides).id, "admin")
    assert (sides.bookings["1"].status, list(sides.events), outcome.link.life) == (20, [event.key], Active())


def test_the_event_of_a_vanished_booking_that_is_kept_keeps_the_hours_it_occupies_until_people_remove_them() -> None:
    hall = Sides(mapping=HALL)
    place = occupied(hall)
    assert place.event is not None
    waiting = replace(pair_of(hall), life=Held("booking_gone", Side.EVENT))
    hall.ports.documents.transact(lambda tx: links.save(tx, "7", waiting))
    del hall.bookings["1"]
    held.restore(hall.ports, "7", waiting.item, "admin")
    gone = replace(HINT, confirm=True)
    reconcile(hall.session(), gone, pair_of(hall))
    assert pair_of(hall).life == Detached("booking_gone")
    assert {key.calendar for key in hall.events} == {ROOM_A, ROOM_B}
    del hall.events[place.event]
    reconcile(hall.session(), gone, links.of_occupied(hall.ports.documents, "7", pair_of(hall).occupied[0]))
    reconcile(hall.session(), gone, pair_of(hall))
    assert {key.calendar for key in hall.events} == {ROOM_A}


def hold_series(sides: Sides) -> None:
    for number in ("1", "2"):
        sides.book(number, TEN if number == "1" else NOON)
        of = reconcile(sides.session(), HINT, pair_of(sides, number)).link
        assert of.event is not None
        sides.bin[of.event] = sides.events.pop(of.event)
        waiting = replace(of, life=Held("series_deleted"), series="root")
        sides.ports.documents.transact(lambda tx, waiting=waiting: links.save(tx, "7", waiting))  # type: ignore[misc]  # defaults


def test_a_held_series_is_decided_on_as_a_whole(sides: Sides) -> None:
    hold_series(sides)
    assert len(held.approve(sides.ports, "7", "series-root", "admin")) == 2
    assert [each.status for each in sides.bookings.values()] == [70, 70]
    assert pair_of(sides).life != Closed()  # it can be taken back


def test_a_cancellation_that_is_refused_holds_up_no_other_of_its_series(sides: Sides) -> None:
    hold_series(sides)
    sides.fails["write"] = [Refused("too late", reason="status_forbidden")]
    with pytest.raises(Refused) as error:
        held.approve(sides.ports, "7", "series-root", "admin")
    assert error.value.reason == "status_forbidden"
    (kept,) = (number for number, each in sides.bookings.items() if each.status == 20)
    (left,) = held.every(sides.ports, "7")
    assert ([each["booking_id"] for each in left["bookings"]], left["reason"]) == ([kept], "status_forbidden")


@pytest.mark.parametrize("call", ["read booking", "transact"])
def test_a_booking_that_cannot_be_read_or_was_just_saved_holds_up_no_other_of_its_series(
    sides: Sides, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    hold_series(sides)
    sides.fails["read booking"] = [Malformed("nonsense")] if call == "read booking" else []
    waiting, transact = (
        [Stale("another instance was faster")] if call == "transact" else [],
        sides.ports.documents.transact,
    )

    def faster(work: Any, **how: Any) -> Any:
        if waiting:
            raise waiting.pop()
        return transact(work, **how)

    monkeypatch.setattr(sides.ports.documents, "transact", faster)
    with pytest.raises((Malformed, Stale)):
        held.approve(sides.ports, "7", "series-root", "admin")
    assert sorted(each.status for each in sides.bookings.values()) == [20, 70]


def test_what_another_instance_is_writing_to_holds_up_nothing_else() -> None:
    tried = list[str]()

    def decide(item: str) -> str:
        tried.append(item)
        if item != "last":
            raise Conflict(item, reason=item)
        return item

    with pytest.raises(Conflict) as error:
        each_of(("first", "second", "last"), decide)
    assert (error.value.reason, tried) == ("first", ["first", "second", "last"])


def _held(sides: Sides, number: int) -> list[str]:
    """Held removals of single events; returns their items."""
    items = list[str]()
    for n in range(number):
        its = sides.book(f"b{n}", TEN)
        name = f"event{n}"
        there = link(id=f"l{n}", booking_id=its.id, event=EventKey(ROOM_A, name), version=0, base=base(its))
        there = replace(there, life=Held("event_deleted"))
        items.append(sides.ports.documents.transact(partial(_saved, there)).item)
    return items


def _saved(there: Link, tx: Transaction) -> Link:
    return links.save(tx, "7", there)


def test_what_a_decision_reads_does_not_grow_with_what_else_is_held(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person approved a thousand, and each decision read all that were left: a million documents in one request."""
    items, rows, find = _held(sides, 20), list[Any](), sides.ports.documents.find

    def counted(*of: Any, **how: Any) -> Any:
        found = find(*of, **how)
        rows.extend(found)
        return found

    monkeypatch.setattr(sides.ports.documents, "find", counted)
    for item in items[:5]:
        held.approve(sides.ports, "7", item, "admin")
    assert rows == []
    assert sorted(each.status for each in sides.bookings.values()) == [20] * 15 + [70] * 5


def test_decisions_that_take_longer_than_a_request_may_end_in_time_and_say_that_the_rest_waits(sides: Sides) -> None:
    items = _held(sides, 20)
    sides.took = timedelta(seconds=2)
    with pytest.raises(Conflict) as error:
        each_of(items, lambda item: held.approve(sides.ports, "7", item, "admin"), sides.ports.clock)
    assert error.value.reason == "the_rest_waits"
    first = sum(each.status == 70 for each in sides.bookings.values())
    assert 0 < first < 20
    assert len(held.every(sides.ports, "7")) == 20 - first


def test_the_occurrences_of_a_long_series_are_decided_in_as_many_requests_as_it_takes(sides: Sides) -> None:
    for n in range(20):
        its = sides.book(f"b{n}", TEN)
        there = link(id=f"l{n}", booking_id=its.id, event=EventKey(ROOM_A, f"event{n}"), version=0, base=base(its))
        there = replace(there, series="root", life=Held("event_deleted"))
        sides.ports.documents.transact(partial(_saved, there))
    sides.took = timedelta(seconds=2)
    left = list[int]()
    for _ in range(6):
        with suppress(Conflict, Gone):
            held.approve(sides.ports, "7", "series-root", "admin")
        left.append(sum(each.status == 20 for each in sides.bookings.values()))
    assert left[0] > 0
    assert left[-1] == 0


@pytest.mark.parametrize("series", ["root", ""], ids=["a series", "single events"])
@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("write", Refused("i-Reserve does not cancel this one", reason="no_right")),
        ("read", Malformed("nonsense", reason="nonsense")),
    ],
    ids=["refused", "never read"],
)
def test_what_i_reserve_refuses_for_a_whole_request_does_not_keep_the_rest_from_being_decided(
    sides: Sides, monkeypatch: pytest.MonkeyPatch, call: str, error: Exception, series: str
) -> None:
    """Each decision began with the same ones, which took all of its time again."""
    for n in range(20):
        its = sides.book(f"b{n:02}", TEN)
        there = link(id=f"l{n:02}", booking_id=its.id, event=EventKey(ROOM_A, f"event{n}"), version=0, base=base(its))
        sides.ports.documents.transact(partial(_saved, replace(there, series=series, life=Held("event_deleted"))))
    asked = getattr(Rooms, call)

    def refuses(rooms: Rooms, of: Any, *more: Any) -> Any:
        if getattr(of, "id", of) < "b15":
            sides.now += timedelta(seconds=4)
            raise error
        return asked(rooms, of, *more)

    monkeypatch.setattr(Rooms, call, refuses)
    for _ in range(6):
        items = held.standing(sides.ports, "7", [str(each["id"]) for each in held.every(sides.ports, "7")])
        with pytest.raises((Refused, Malformed)):
            each_of(items, lambda item: held.approve(sides.ports, "7", item, "admin"), sides.ports.clock)
        sides.now += timedelta(minutes=1)
    assert {each.id for each in sides.bookings.values() if each.status == 70} == {f"b{n}" for n in range(15, 20)}
