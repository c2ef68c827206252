"""One pair brought to rest: read, decide, write under an intent, and know what became of it whatever happens."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.application.intake.hints import SETTINGS, Hint, Kind
from functions.application.store import integrations, journal, links
from functions.application.store.integrations import path_of
from functions.application.sync import mass_removal
from functions.application.sync.execute import LEASE
from functions.application.sync.reconcile import reconcile
from functions.application.sync.reconciled import Reconciled
from functions.domain.model.appointment import Appointment
from functions.domain.model.errors import (
    AccessRevoked,
    Cause,
    Conflict,
    Gone,
    Malformed,
    Refused,
    Stale,
    System,
    Taken,
    Transient,
)
from functions.domain.model.event import Event, EventKey, MeetState
from functions.domain.model.identity import event_id, link_id
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.decisions import GiveUp
from functions.domain.pairing.life import Active, Closed, Grace, Held, Unlinked
from functions.domain.pairing.life import Refused as TurnedDown
from functions.domain.pairing.lifecycle import after, begun
from functions.domain.pairing.link import UNLINKED, Intent, Link, Origin
from functions.domain.pairing.step import Decided, Rest
from functions.domain.pairing.writes import DeleteEvent, InsertEvent, MakeBooking, Why
from functions.domain.settings.integration import Phase
from functions.domain.settings.schema import MappingRow
from tests.unit.sketch import EVENING, NOON, NOW, ROOM_A, ROOM_B, TEN, at, base
from tests.unit.two_sides import Sides

HINT = Hint(Kind.BOOKING, "7", ("1",), "webhook", NOW)


@pytest.fixture
def sides() -> Sides:
    return Sides()


def pair_of(sides: Sides, number: str = "1") -> Link:
    return links.of_booking(sides.ports.documents, "7", number)


def keep(sides: Sides, link: Link) -> None:
    sides.ports.documents.transact(lambda tx: links.save(tx, "7", link))


def looked(sides: Sides, hint: Hint = HINT, **more: Any) -> Reconciled:
    """Look at the pair of the first booking; `calls` are then only those of this look."""
    sides.calls.clear()
    return reconcile(sides.session(), hint, more.pop("link", None) or pair_of(sides), **more)


def made(sides: Sides) -> Event:
    """A booking with its event, in step."""
    sides.book("1", TEN)
    looked(sides)
    (event,) = sides.events.values()
    return event


def entries(sides: Sides) -> list[dict[str, Any]]:
    rows = sides.ports.documents.find(path_of("7", "journal"))
    return [journal.entry_of(body, name) for name, body in rows]


def outcomes(sides: Sides) -> list[tuple[str, str]]:
    return [(entry["step"], entry["outcome"]) for entry in entries(sides)]


@pytest.mark.parametrize("status", [20, 10], ids=["a status that makes events", "a status in no list"])
def test_an_occurrence_whose_booking_changes_its_room_is_made_anew_there(sides: Sides, status: int) -> None:
    event = sides.draw("series_20261124T090000Z", TEN, series="series")
    reconcile(sides.session(), HINT, links.for_new_event(sides.ports.documents, "7", event), event=Snapshot.of(event))
    sides.bookings["1"] = replace(sides.bookings["1"], object_id="11", status=status)
    looked(sides)
    assert [(key.calendar, each.when) for key, each in sides.events.items()] == [(ROOM_B, TEN)]


def test_a_booking_gets_its_event_and_the_events_id_and_then_rests_without_a_call(sides: Sides) -> None:
    sides.book("1", TEN)
    outcome = looked(sides)
    assert sides.calls == ["read booking", "insert", "write"]
    assert (outcome.rest, outcome.steps) == (Rest(Why.IN_STEP), ("event.insert", "booking.write"))
    key = EventKey(ROOM_A, event_id(sides.session().digest, "7", "1", 0))
    assert (pair_of(sides).event, sides.bookings["1"].external_id) == (key, key.id)
    assert outcomes(sides) == [("InsertEvent", "done"), ("WriteBooking", "done")]
    assert looked(sides).steps == ()
    assert sides.calls == ["read booking"]


def test_each_write_is_told_with_its_hint_its_stamp_and_how_long_it_took(sides: Sides) -> None:
    sides.book("1", TEN)
    sides.now += timedelta(seconds=3)
    looked(sides)
    first = entries(sides)[0]
    assert (first["hint"], first["why"], first["lag_seconds"], first["booking_id"]) == (
        "webhook",
        "booking_made",
        3.0,
        "1",
    )
    (event,) = sides.events.values()
    assert (event.mark.int_id, event.mark.link_id) == ("7", pair_of(sides).id)
    assert event.mark.stamp
    assert {fields["booking"] for fields in sides.logged("synced")} <= {"1"}


def test_a_rehearsal_counts_nothing_as_removed(sides: Sides) -> None:
    sides.book("1", TEN)
    looked(sides)
    del sides.bookings["1"]
    gone = Hint(Kind.BOOKING, "7", ("1",), "sweep", sides.now, confirm=True)
    rehearsed = reconcile(sides.session(), gone, pair_of(sides), rehearse=True)
    assert [write.kind for write in rehearsed.writes] == ["event.delete"]
    path = mass_removal._count_path("7", ROOM_A)
    assert sides.ports.documents.get(path) is None
    reconcile(sides.session(), gone, pair_of(sides))
    assert sides.ports.documents.get(path) is not None


def test_a_rehearsal_writes_and_saves_nothing_and_says_what_would_be_done(sides: Sides) -> None:
    sides.book("1", TEN)
    outcome = looked(sides, rehearse=True)
    assert [write.kind for write in outcome.writes] == ["event.insert", "booking.write"]
    assert outcome.before is not None
    assert (outcome.before.booking.value, outcome.before.event.value) == (sides.bookings["1"], None)
    assert (sides.calls, sides.events, pair_of(sides).version, entries(sides)) == (["read booking"], {}, 0, [])


def test_in_shadow_it_is_journalled_too(sides: Sides) -> None:
    sides.integration = replace(sides.integration, phase=Phase.SHADOW)
    sides.book("1", TEN)
    looked(sides)
    assert (sides.events, pair_of(sides).version) == ({}, 0)
    assert outcomes(sides) == [("InsertEvent", "shadow"), ("WriteBooking", "shadow")]
    looked(sides, rehearse=True)
    assert len(entries(sides)) == 2


def test_in_shadow_a_decision_that_writes_nothing_is_not_journalled(sides: Sides) -> None:
    drawn = sides.draw("fresh", NOON)
    there = looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn)).link
    sides.integration = replace(sides.integration, phase=Phase.SHADOW)
    told = entries(sides)
    outcome = looked(sides, event=Snapshot(Presence.CANCELLED))
    assert (outcome.rest.why, outcome.steps) == (Why.GRACE, ("look", "settle"))
    assert (entries(sides), pair_of(sides)) == (told, there)


@pytest.mark.parametrize("phase", [Phase.ACTIVE, Phase.SHADOW])
def test_what_is_only_tried_counts_the_occupied_events_and_saves_none(phase: Phase) -> None:
    sides = Sides(mapping=(BESIDE,))
    sides.integration = replace(sides.integration, phase=phase)
    sides.book("1", TEN)
    outcome = looked(sides, rehearse=phase is Phase.ACTIVE)
    assert outcome.steps == ("event.insert", "booking.write", "event.insert")
    assert (list(links.every(sides.ports.documents, "7")), sides.events) == ([], {})


def test_a_rehearsal_after_a_crash_finds_out_first_what_became_of_the_write(sides: Sides) -> None:
    sides.book("1", TEN)
    sides.fails["insert"] = [Transient("late", reason=Cause.TIMEOUT)]
    with pytest.raises(Transient):
        looked(sides)
    there = pair_of(sides)
    outcome = looked(sides, rehearse=True)
    assert outcome.steps == ("conclude", "event.insert", "booking.write")
    assert (pair_of(sides), sides.events) == (there, {})


def test_a_booking_that_was_just_read_is_not_read_again(sides: Sides) -> None:
    made(sides)
    assert looked(sides, booking=Snapshot.of(sides.bookings["1"])).rest == Rest(Why.IN_STEP)
    assert sides.calls == []


def test_a_pair_that_does_not_come_to_rest_is_left_for_later_after_sixteen_steps(sides: Sides) -> None:
    event = made(sides)
    sides.book("1", NOON, external_id=event.key.id)

    def overtaken(*_: Any, **__: Any) -> Event:
        sides.calls.append("patch")
        sides.now += timedelta(hours=2)
        raise Stale("412", reason="etag")

    sides.patch = overtaken  # type: ignore[method-assign]  # somebody is always faster
    with pytest.raises(Transient) as error:
        looked(sides)
    assert error.value.reason == "restless"
    assert sides.calls.count("patch") == 16


def test_an_event_whose_calendar_could_not_be_read_a_moment_ago_rests_as_unreadable(sides: Sides) -> None:
    made(sides)
    assert looked(sides, event=Snapshot(Presence.UNREADABLE)).rest == Rest(Why.UNREADABLE)


def test_an_event_that_is_found_is_adopted_although_another_calendar_cannot_be_read(sides: Sides) -> None:
    sides.draw("named", TEN, ROOM_B)
    sides.book("1", TEN, external_id="named")
    sides.fails["read event"] = [Transient("busy", reason="busy")]
    outcome = looked(sides)
    assert (outcome.rest, outcome.link.event) == (Rest(Why.IN_STEP), EventKey(ROOM_A, "named"))
    assert len(sides.events) == 1


def test_an_event_that_a_booking_names_is_looked_for_in_that_bookings_calendar_first(sides: Sides) -> None:
    sides.draw("named", TEN, ROOM_B)
    sides.book("1", TEN, external_id="named", object_id="11")
    assert looked(sides).rest == Rest(Why.IN_STEP)
    assert sides.calls.count("read event") == 1


def test_bookings_that_were_cancelled_do_not_count_among_those_that_vanished() -> None:
    sides = Sides(sync={"overlap_guard": "never", "hold_over": 1})
    for number in ("1", "2", "3"):
        sides.book(number, TEN)
        looked(sides, link=pair_of(sides, number))
    for number in ("1", "2"):
        sides.bookings[number] = replace(sides.bookings[number], status=70)
        assert looked(sides, link=pair_of(sides, number)).link.life == Closed()
    del sides.bookings["3"]
    assert looked(sides, replace(HINT, confirm=True), link=pair_of(sides, "3")).link.life == Closed()


def test_a_side_that_cannot_be_read_raises_its_own_error(sides: Sides) -> None:
    made(sides)
    error = Transient("busy", reason="busy")
    sides.fails["read booking"] = [error]
    with pytest.raises(Transient) as raised:
        looked(sides)
    assert raised.value is error


@pytest.mark.parametrize(
    ("error", "waits"),
    [
        (Transient("late", reason=Cause.TIMEOUT), 0),
        (Transient("busy", reason=Cause.BUSY), 0),
        (Malformed("nonsense", reason="nonsense"), 0),
        (AccessRevoked("no", reason="login", side=System.GOOGLE), 0),
    ],
    ids=["timeout", "busy", "nonsense", "login"],
)
def test_a_lost_answer_of_google_leaves_the_intent_and_is_found_out_at_the_next_look(
    sides: Sides, error: Exception, waits: int
) -> None:
    sides.book("1", TEN)
    sides.fails["insert"] = [error]
    with pytest.raises(Transient if isinstance(error, Malformed) else type(error)):
        looked(sides)
    there = pair_of(sides)
    assert there.intent is not None
    assert there.intent.expires_at == NOW + timedelta(seconds=waits)
    assert outcomes(sides) == [("InsertEvent", "open")]
    looked(sides)
    assert sides.calls[:2] == ["read booking", "read event"]
    assert outcomes(sides)[:2] == [("InsertEvent", "interrupted"), ("InsertEvent", "done")]
    assert len(sides.events) == 1


def test_a_write_whose_answer_was_lost_but_that_landed_is_not_made_twice(sides: Sides) -> None:
    sides.book("1", TEN)
    insert = sides.insert

    def lost(*given: Any, **named: Any) -> Event:
        insert(*given, **named)
        raise Transient("late", reason=Cause.TIMEOUT)

    sides.insert = lost  # type: ignore[method-assign]  # an answer that is lost
    with pytest.raises(Transient):
        looked(sides)
    sides.insert = insert  # type: ignore[method-assign]
    looked(sides)
    assert sides.calls == ["read booking", "read event", "write"]
    assert outcomes(sides) == [("InsertEvent", "done"), ("WriteBooking", "done")]
    assert pair_of(sides).life == Active()


@pytest.mark.parametrize(
    ("cause", "waits"), [(Cause.TIMEOUT, LEASE), (Cause.UNREACHABLE, LEASE), (Cause.BUSY, LEASE * 0)]
)
def test_a_booking_that_a_late_request_may_still_change_is_left_until_the_lease_is_over(
    sides: Sides, cause: Cause, waits: timedelta
) -> None:
    sides.book("1", TEN)
    sides.fails["write"] = [Transient("late", reason=cause)]
    with pytest.raises(Transient):
        looked(sides)
    there = pair_of(sides)
    assert there.intent is not None
    assert there.intent.expires_at == NOW + waits
    outcome = looked(sides)
    assert (outcome.rest == Rest(Why.LEASED, NOW + LEASE)) is bool(waits)
    sides.now += LEASE
    assert looked(sides).rest == Rest(Why.IN_STEP)
    assert sides.bookings["1"].external_id


def test_a_refusal_is_closed_in_the_journal_and_the_person_sees_why(sides: Sides) -> None:
    drawn = sides.draw("fresh", NOON)
    sides.fails["check"] = [Refused("taken", reason=Cause.PERIOD_TAKEN)]
    new = links.for_new_event(sides.ports.documents, "7", drawn)
    outcome = looked(sides, link=new, event=Snapshot.of(drawn))
    assert outcome.rest == Rest(Why.REFUSED)
    assert isinstance(outcome.link.life, TurnedDown)
    assert outcomes(sides) == [("MakeBooking", "refused"), ("PatchEvent", "done")]
    assert "niet beschikbaar" in sides.events[drawn.key].description


def test_a_new_event_becomes_a_booking_that_carries_its_id(sides: Sides) -> None:
    drawn = sides.draw("fresh", NOON)
    new = links.for_new_event(sides.ports.documents, "7", drawn)
    outcome = looked(sides, link=new, event=Snapshot.of(drawn))
    assert sides.calls == ["find booking", "check", "make"]
    assert (outcome.link.booking_id, sides.bookings["1"].external_id) == ("1", "fresh")
    assert sides.link_of(drawn.key) == pair_of(sides) == outcome.link


def test_a_booking_that_an_instance_made_before_it_crashed_is_found_by_the_events_id(sides: Sides) -> None:
    drawn = sides.draw("fresh", NOON)
    sides.fails["make"] = [Transient("late", reason=Cause.TIMEOUT)]
    new = links.for_new_event(sides.ports.documents, "7", drawn)
    with pytest.raises(Transient):
        looked(sides, link=new, event=Snapshot.of(drawn))
    sides.book("5", NOON, external_id="fresh", remarks="Overleg\nMet taart")
    there = sides.link_of(drawn.key)
    assert there is not None
    early = looked(sides, link=there, event=Snapshot.of(drawn))
    assert (early.rest, sides.calls) == (Rest(Why.LEASED, NOW + LEASE), [])
    sides.now += LEASE
    outcome = looked(sides, link=there, event=Snapshot.of(drawn))
    assert ("make" in sides.calls, outcome.link.booking_id) == (False, "5")
    assert "read event" not in sides.calls


def test_an_id_that_cannot_be_searched_is_made_with_only_where_i_reserve_would_find_it_itself(
    sides: Sides,
) -> None:
    drawn = sides.draw("fresh", NOON)
    new = links.for_new_event(sides.ports.documents, "7", drawn)
    sides.fails["find booking"] = [Refused("no", reason=Cause.NOT_SEARCHABLE)]
    sides.book("9", NOON)
    assert looked(sides, link=new, event=Snapshot.of(drawn)).link.booking_id == "2"
    other = Sides(outbound={"external_id_field": "custom01"})
    other.fails["find booking"] = [Refused("no", reason=Cause.NOT_SEARCHABLE)]
    other.book("9", NOON)
    with pytest.raises(Refused):
        looked(other, link=new, event=Snapshot.of(other.draw("fresh", NOON)))
    assert other.calls == ["find booking", "list bookings", "list bookings", "read booking"]  # until a page is empty
    assert list(other.bookings) == ["9"]


def test_a_booking_that_may_be_there_already_is_made_unchecked_where_its_id_cannot_be_searched(sides: Sides) -> None:
    """Or else the check finds that booking, and refuses."""
    drawn = sides.draw("fresh", NOON)
    sides.book("9", NOON)
    sides.fails["find booking"] = [Refused("no", reason=Cause.NOT_SEARCHABLE)] * 2
    sides.fails["make"] = [Transient("late", reason=Cause.TIMEOUT)]
    with pytest.raises(Transient):
        looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    assert sides.calls[-2:] == ["check", "make"]
    sides.now += LEASE
    looked(sides, link=sides.link_of(drawn.key), event=Snapshot.of(drawn))
    assert "make" in sides.calls
    assert "check" not in sides.calls


def test_a_booking_that_was_made_before_a_crash_is_found_among_those_of_its_hours_where_no_id_can_be_searched(
    sides: Sides,
) -> None:
    drawn = sides.draw("fresh", NOON)
    sides.fails["find booking"] = [Refused("no", reason=Cause.NOT_SEARCHABLE)] * 2
    sides.fails["make"] = [Transient("late", reason=Cause.TIMEOUT)]
    with pytest.raises(Transient):
        looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    sides.book("5", NOON, external_id="fresh", remarks="Overleg\nMet taart")
    sides.now += LEASE
    outcome = looked(sides, link=sides.link_of(drawn.key), event=Snapshot.of(drawn))
    assert ("make" in sides.calls, outcome.link.booking_id) == (False, "5")


def test_a_meet_link_that_google_failed_to_make_is_told_once() -> None:
    sides = Sides(outbound={"create_meet_link": True})
    event = made(sides)
    keep(sides, replace(pair_of(sides), kept={}))
    for etag, meet, told in (
        ('"2"', MeetState.READY, 0), ('"3"', MeetState.FAILED, 1), ('"4"', MeetState.FAILED, 1), ('"5"', MeetState.READY, 1)
    ):  # fmt: skip
        sides.events[event.key] = replace(event, etag=etag, meet=meet)
        looked(sides, event=Snapshot.of(sides.events[event.key]))
        lacking = [entry["why"] for entry in entries(sides)].count("no_meet")
        assert (lacking, pair_of(sides).lacks("meet")) == (told, meet is MeetState.FAILED)


def test_that_another_pair_has_the_removed_event_says_nothing_of_the_one_that_is_looked_for_next(sides: Sides) -> None:
    own, elsewhere = EventKey(ROOM_A, "gone"), EventKey(ROOM_B, "gone")
    sides.draw("there", TEN)
    sides.draw("gone", TEN, ROOM_B)
    sides.book("1", TEN, external_id="there")
    sides.book("2", TEN, external_id="gone", object_id="11")
    removing = Intent(
        "stamp", DeleteEvent(own, '"1"', Why.BOOKING_CANCELLED), NOW - timedelta(seconds=1), entry="entry"
    )
    keep(sides, Link("one", "1", own, life=Active(), base=base(), intent=removing))
    keep(sides, Link("two", "2", elsewhere, Origin.EVENT, Active(), base()))
    assert looked(sides).link.event == EventKey(ROOM_A, "there")
    assert [fields["why"] for fields in sides.logged("decided")] == [Why.ADOPTED]


def test_an_event_that_was_changed_meanwhile_is_read_and_planned_again(sides: Sides) -> None:
    event = made(sides)
    sides.book("1", NOON, external_id=event.key.id)
    sides.events[event.key] = replace(event, title="Anders", etag='"other"')
    sides.fails["patch"] = [Stale("412", reason="etag")]
    looked(sides)
    assert sides.calls == ["read booking", "patch", "read event", "patch"]
    assert sides.events[event.key].when == NOON
    assert [name for name in outcomes(sides) if name[0] == "PatchEvent"] == [
        ("PatchEvent", "overtaken"),
        ("PatchEvent", "done"),
    ]


def test_an_event_id_that_is_taken_is_read_and_taken_up(sides: Sides) -> None:
    sides.book("1", TEN)
    key = EventKey(ROOM_A, event_id(sides.session().digest, "7", "1", 0))
    sides.draw(key.id, TEN)
    sides.fails["insert"] = [Taken("409")]
    looked(sides)
    assert sides.calls[:3] == ["read booking", "insert", "read event"]
    assert (pair_of(sides).event, pair_of(sides).life) == (key, Active())


def test_an_event_id_that_is_taken_by_the_event_of_another_booking_is_given_up(sides: Sides) -> None:
    sides.book("1", TEN)
    digest = sides.session().digest
    theirs = sides.draw(event_id(digest, "7", "1", 0), NOON)
    keep(sides, Link("other", "2", theirs.key, life=Active()))
    sides.fails["insert"] = [Taken("409")]
    looked(sides)
    assert pair_of(sides).event == EventKey(ROOM_A, event_id(digest, "7", "1", 1))
    assert sides.link_of(theirs.key) == pair_of(sides, "2")
    assert outcomes(sides)[0] == ("InsertEvent", "overtaken")


def test_an_event_id_that_is_taken_by_the_event_of_a_pair_that_is_over_is_taken_up(sides: Sides) -> None:
    sides.book("1", TEN)
    there = sides.draw(event_id(sides.session().digest, "7", "1", 0), NOON)
    keep(sides, Link("other", "2", there.key, life=Closed()))
    sides.fails["insert"] = [Taken("409")]
    looked(sides)
    assert pair_of(sides).event == there.key


def test_an_event_that_cannot_be_revived_is_made_under_the_next_id(sides: Sides) -> None:
    event = made(sides)
    del sides.events[event.key]
    sides.fails["revive"] = [Gone("no such event")]
    looked(sides, event=Snapshot(Presence.CANCELLED))
    (again,) = sides.events
    assert again.id == event_id(sides.session().digest, "7", "1", 1)


def test_before_an_event_is_brought_back_it_is_looked_at_once_more(sides: Sides) -> None:
    event = made(sides)
    outcome = looked(sides, event=Snapshot(Presence.CANCELLED))  # the page is older than the store
    assert "revive" not in sides.calls
    assert (outcome.rest, sides.events) == (Rest(Why.IN_STEP), {event.key: event})


def test_nothing_is_written_once_the_integration_is_paused_or_its_settings_changed(sides: Sides) -> None:
    sides.book("1", TEN)
    session = sides.session()
    integrations.change(sides.ports.documents, "7", lambda its: replace(its, phase=Phase.PAUSED))
    with pytest.raises(Stale) as error:
        reconcile(session, HINT, pair_of(sides))
    assert (error.value.reason, sides.events, entries(sides)) == ("paused", {}, [])


def test_a_removal_waits_for_a_person_where_too_many_vanish(sides: Sides) -> None:
    many = {"sync": {"overlap_guard": "never", "hold_over": 1}, "inbound": {"allow_booking_update": True}}
    its = Sides(**many)
    for number in ("1", "2", "3"):
        its.book(number, EVENING)
        looked(its, link=pair_of(its, number))
    lives = []
    for number in ("1", "2", "3"):
        of = pair_of(its, number)
        assert of.event is not None
        del its.events[of.event]
        looked(its, link=of, event=Snapshot(Presence.CANCELLED))
        its.now += timedelta(seconds=121)
        lives.append(looked(its, link=pair_of(its, number), event=Snapshot(Presence.CANCELLED)).link.life)
    assert [type(life) for life in lives] == [Closed, Held, Held]
    assert sides.bookings == {}


def test_a_cancelled_booking_loses_its_event_and_a_deleted_event_waits_for_its_grace(sides: Sides) -> None:
    event = made(sides)
    sides.bookings["1"] = replace(sides.bookings["1"], status=70)
    assert looked(sides).link.life == Closed()
    assert (sides.calls, sides.events) == (["read booking", "delete"], {})
    sides.bookings["1"] = replace(sides.bookings["1"], status=20)
    looked(sides)
    assert sides.calls == ["read booking", "read event", "revive"]
    assert list(sides.events) == [event.key]


def test_a_cancelled_booking_loses_its_event_also_where_a_person_moved_it(sides: Sides) -> None:
    event = made(sides)
    there = EventKey(ROOM_B, event.key.id)
    sides.events[there] = replace(sides.events.pop(event.key), key=there)
    sides.bookings["1"] = replace(sides.bookings["1"], status=70)
    assert looked(sides, event=Snapshot(Presence.CANCELLED)).link.life == Closed()
    assert sides.events == {}


def test_an_event_that_moved_is_put_back_where_its_booking_is(sides: Sides) -> None:
    event = made(sides)
    there = EventKey(ROOM_B, event.key.id)
    sides.events[there] = replace(sides.events.pop(event.key), key=there)
    looked(sides, event=Snapshot(Presence.CANCELLED))
    assert (list(sides.events), pair_of(sides).event) == ([event.key], event.key)
    assert "insert" not in sides.calls


def test_a_booking_that_is_missing_is_gone_only_after_a_second_read(sides: Sides) -> None:
    event = made(sides)
    del sides.bookings["1"]
    assert looked(sides).rest == Rest(Why.BOOKING_GONE, NOW + timedelta(seconds=20))
    assert list(sides.events) == [event.key]
    assert looked(sides, replace(HINT, confirm=True)).link.life == Closed()
    assert sides.events == {}


def test_a_page_that_is_older_than_the_last_reading_is_read_again(sides: Sides) -> None:
    event = made(sides)
    sides.now += timedelta(minutes=1)
    older = replace(event, title="Oud", etag='"older"', updated=NOW - timedelta(minutes=1))
    assert looked(sides, event=Snapshot.of(older)).rest == Rest(Why.IN_STEP)
    assert "read event" in sides.calls
    assert "patch" not in sides.calls


def test_an_event_that_the_booking_names_is_adopted_from_whichever_calendar_it_is_in(sides: Sides) -> None:
    drawn = sides.draw("named", TEN, ROOM_B)
    sides.book("1", TEN, external_id="named")
    outcome = looked(sides)
    assert "insert" not in sides.calls
    assert outcome.link.event is not None
    assert (outcome.link.event.id, len(sides.events)) == (drawn.key.id, 1)


def test_an_event_that_another_pair_owns_is_not_adopted(sides: Sides) -> None:
    event = made(sides)
    sides.book("2", TEN, external_id=event.key.id)
    looked(sides, link=pair_of(sides, "2"))
    assert len(sides.events) == 2
    assert sides.bookings["2"].external_id == event.key.id  # somebody else's value stays
    assert pair_of(sides, "2").ids.foreign


def test_an_event_of_another_pair_is_not_adopted_while_it_is_on_its_way_to_another_calendar(sides: Sides) -> None:
    event = made(sides)
    there = EventKey(ROOM_B, event.key.id)
    sides.events[there] = replace(sides.events.pop(event.key), key=there)
    sides.book("2", NOON, external_id=event.key.id)
    looked(sides, link=pair_of(sides, "2"))
    assert pair_of(sides, "2").ids.foreign
    assert (pair_of(sides).event, len(sides.events)) == (event.key, 2)


def test_an_event_that_i_reserve_refused_is_adopted_by_a_booking_that_names_it(sides: Sides) -> None:
    drawn = sides.draw("fresh", NOON)
    sides.fails["check"] = [Refused("taken", reason=Cause.PERIOD_TAKEN)]
    looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    sides.book("1", NOON, external_id="fresh")
    looked(sides)
    adopted = sides.link_of(drawn.key)
    assert adopted is not None
    assert (adopted.booking_id, adopted.life, adopted.origin, len(sides.events)) == ("1", Active(), Origin.EVENT, 1)
    assert sides.events[drawn.key].title == drawn.title  # the person's own


def test_an_event_that_moved_while_another_instance_makes_a_booking_from_it_there_is_left_to_that(
    sides: Sides,
) -> None:
    event = made(sides)
    there = EventKey(ROOM_B, event.key.id)
    sides.events[there] = replace(sides.events.pop(event.key), key=there)
    new = links.for_new_event(sides.ports.documents, "7", sides.events[there])
    step = MakeBooking(there, TEN, "11", 20, 1, "external_id", (), Why.EVENT_MADE, "asked")
    making = begun(new, Intent("stamp", step, NOW + LEASE), None)
    sides.ports.documents.transact(lambda tx: links.save(tx, "7", making))
    looked(sides, event=Snapshot(Presence.CANCELLED))
    assert pair_of(sides).event != there
    assert sides.link_of(there) == replace(making, version=1)


def test_a_pair_that_gave_up_its_event_has_it_back_once_it_is_there_again(sides: Sides) -> None:
    drawn = sides.draw("fresh", NOON)
    looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    given_up = after(pair_of(sides), Decided(GiveUp())).link
    there = sides.ports.documents.transact(lambda tx: links.save(tx, "7", given_up))
    again = links.for_new_event(sides.ports.documents, "7", drawn)
    outcome = looked(sides, link=again, event=Snapshot.of(drawn))
    assert (outcome.link.id, outcome.link.event, len(sides.bookings)) == (there.id, drawn.key, 1)
    assert links.by_id(sides.ports.documents, "7", again.id) in (None, outcome.link)


def test_an_event_from_which_a_booking_is_being_made_is_left_to_its_maker_until_the_lease_is_over(sides: Sides) -> None:
    drawn = sides.draw("fresh", NOON)
    sides.fails["make"] = [Transient("late", reason=Cause.TIMEOUT)]
    with pytest.raises(Transient):
        looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    sides.book("1", NOON, external_id="fresh", remarks="Overleg\nMet taart")
    assert looked(sides).rest == Rest(Why.LEASED, NOW + LEASE)
    sides.now += LEASE
    outcome = looked(sides)
    assert (outcome.link.booking_id, outcome.link.event) == ("1", drawn.key)
    assert len(sides.bookings) == len(sides.events) == 1


def test_after_changed_settings_an_event_says_so_as_the_reason(sides: Sides) -> None:
    event = made(sides)
    sides.events[event.key] = replace(event, title="Zaal A - 1")
    integrations.save_settings(
        sides.ports, replace(sides.integration.settings, outbound=replace(sides.integration.settings.outbound, title_template="Bezet")), "someone"
    )  # fmt: skip
    sides.integration = integrations.get(sides.ports.documents, "7")
    looked(sides, replace(HINT, source=SETTINGS))
    assert entries(sides)[-1]["why"] == "settings_changed"


def test_a_deleted_event_cancels_its_booking_after_the_grace_only(sides: Sides) -> None:
    drawn = sides.draw("fresh", NOON)
    looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    del sides.events[drawn.key]
    outcome = looked(sides, event=Snapshot(Presence.CANCELLED))
    assert outcome.rest == Rest(Why.GRACE, NOW + timedelta(seconds=120))
    assert outcome.link.life == Grace(NOW + timedelta(seconds=120))
    assert sides.logged("decided")[-1]["state"] == "grace"
    sides.now += timedelta(seconds=120)
    looked(sides)
    assert sides.calls == ["read booking", "read event", "write"]
    assert (sides.bookings["1"].status, pair_of(sides).closed_by_us) == (70, True)


BESIDE = MappingRow("10", ROOM_A, also=(ROOM_B,))


def test_the_occupied_event_of_a_pair_comes_and_goes_with_it() -> None:
    sides = Sides(mapping=(BESIDE,))
    sides.book("1", TEN)
    outcome = looked(sides)
    assert sorted(key.calendar for key in sides.events) == [ROOM_A, ROOM_B]
    assert outcome.steps == ("event.insert", "booking.write", "event.insert")
    (place,) = pair_of(sides).occupied
    taken = links.of_occupied(sides.ports.documents, "7", place)
    assert taken.event is not None
    sides.events[taken.event] = replace(sides.events[taken.event], when=NOON, etag='"moved"')
    alone = looked(sides, link=taken, event=Snapshot.of(sides.events[taken.event]))
    assert (alone.steps, sides.events[taken.event].when) == (("event.patch",), TEN)
    sides.bookings["1"] = replace(sides.bookings["1"], status=70)
    looked(sides)
    assert (sides.events, pair_of(sides).occupied) == ({}, ())


def test_an_occupied_event_goes_also_where_its_bookings_own_event_stays() -> None:
    sides = Sides(mapping=(BESIDE,))
    made_beside = sides.book("1", TEN)
    looked(sides)
    parted = replace(pair_of(sides), life=Unlinked(), event=None)
    sides.ports.documents.transact(lambda tx: links.save(tx, "7", parted))
    sides.bookings["1"] = replace(made_beside, status=10)
    looked(sides)
    assert [key.calendar for key in sides.events] == [ROOM_A]


def test_an_occupied_event_stays_while_the_new_event_of_its_pair_is_being_made() -> None:
    sides = Sides(mapping=(BESIDE,))
    sides.book("1", TEN)
    pair = looked(sides).link
    content = Appointment(TEN, ROOM_A, "")
    step = InsertEvent(EventKey(ROOM_A, "next"), content, Why.OTHER_ROOM)
    given_up = after(pair, Decided(GiveUp())).link
    making = begun(given_up, Intent("stamp", step, sides.now + LEASE, pair.base), None)
    sides.ports.documents.transact(lambda tx: links.save(tx, "7", making))
    (place,) = pair.occupied
    taken = links.of_occupied(sides.ports.documents, "7", place)
    hint = replace(HINT, kind=Kind.EVENT, subject=(ROOM_B, taken.event.id if taken.event else ""))
    looked(sides, hint, link=taken)
    assert "delete" not in sides.calls


def test_an_event_that_was_made_and_became_another_bookings_before_that_was_known_is_made_anew(sides: Sides) -> None:
    """A person's series can do that within the lease: shifted by a week, it begins with an occurrence that has a booking."""
    sides.book("1", TEN)
    pair = looked(sides).link
    assert pair.event is not None
    step = InsertEvent(pair.event, Appointment(TEN, ROOM_A, ""), Why.BOOKING_MADE)
    made_of = replace(pair, event=None, life=UNLINKED, base=None, version=0)
    unknown = replace(
        made_of, intent=Intent(sides.events[pair.event].mark.stamp, step, sides.now, pair.base, entry="entry")
    )
    sides.ports.documents.transact(lambda tx: links.remove(tx, "7", pair))
    keep(sides, unknown)
    sides.book("2", NOON)
    keep(sides, replace(pair, id="other", booking_id="2", version=0))
    sides.fails["insert"] = [Taken("it exists", reason="duplicate")]
    own = looked(sides).link
    assert (own.generation, own.intent, own.event != pair.event) == (1, None, True)
    holder = sides.link_of(pair.event)
    assert holder is not None
    assert holder.booking_id == "2"


def test_a_booking_that_a_pair_has_already_keeps_the_event_that_came_from_another_calendar(sides: Sides) -> None:
    drawn = sides.draw("fresh", NOON)
    looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    there = EventKey(ROOM_B, "fresh")
    copy = sides.events[there] = replace(drawn, key=there, etag='"9"')
    stranger = links.for_new_event(sides.ports.documents, "7", copy)
    both = replace(sides.integration.settings, inbound=replace(sides.integration.settings.inbound, follow="all_mapped"))
    sides.integration = replace(sides.integration, settings=both)
    outcome = looked(sides, link=stranger, event=Snapshot.of(copy))
    assert (outcome.rest, len(sides.bookings)) == (Rest(Why.NOT_ELIGIBLE), 1)  # a copy, while the first is still there
    del sides.events[drawn.key]
    outcome = looked(sides, link=stranger, event=Snapshot.of(copy))
    assert (outcome.link.id, outcome.link.booking_id) == (pair_of(sides).id, "1")
    assert len(sides.bookings) == 1


def test_an_event_that_came_from_another_calendar_shows_what_was_changed_on_its_booking_meanwhile(sides: Sides) -> None:
    drawn = sides.draw("fresh", NOON)
    looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    there = EventKey(ROOM_B, "fresh")
    sides.events[there] = replace(sides.events.pop(drawn.key), key=there, etag='"9"')
    sides.bookings["1"] = at(sides.bookings["1"], EVENING)
    stranger = links.for_new_event(sides.ports.documents, "7", sides.events[there])
    both = replace(sides.integration.settings, inbound=replace(sides.integration.settings.inbound, follow="all_mapped"))
    sides.integration = replace(sides.integration, settings=both)
    looked(sides, link=stranger, event=Snapshot.of(sides.events[there]))
    assert [each.when for each in sides.events.values()] == [EVENING]


def test_another_event_that_carries_a_known_bookings_id_is_no_part_of_its_pair(sides: Sides) -> None:
    event = made(sides)
    other = sides.draw("other", NOON)
    sides.bookings["1"] = replace(sides.bookings["1"], external_id="other")
    new = links.for_new_event(sides.ports.documents, "7", other)
    with pytest.raises(Conflict) as error:
        looked(sides, link=new, event=Snapshot.of(other))
    assert (error.value.reason, pair_of(sides).event) == ("second_claimant", event.key)


def test_an_event_whose_booking_was_not_made_yet_goes_to_the_pair_of_the_booking_that_names_it(sides: Sides) -> None:
    """What is left of a series whose first booking was cancelled, after an instance died while it made another one."""
    its = made(sides)
    event = sides.events[its.key] = replace(its, created=NOW)
    keep(sides, replace(pair_of(sides), event=EventKey(ROOM_A, f"{event.key.id}_20261123T090000Z"), life=Closed()))
    sides.bookings["1"] = replace(sides.bookings["1"], status=70)
    new = links.for_new_event(sides.ports.documents, "7", event)
    keep(sides, new)
    looked(sides, link=links.by_id(sides.ports.documents, "7", new.id), event=Snapshot.of(event))
    assert (links.by_id(sides.ports.documents, "7", new.id), pair_of(sides).event) == (None, event.key)
    assert (sides.events, pair_of(sides).life) == ({}, Closed())


def test_the_booking_of_an_event_that_was_made_a_moment_ago_is_read_again(sides: Sides) -> None:
    drawn = sides.draw("fresh", NOON)
    new = links.for_new_event(sides.ports.documents, "7", drawn)
    looked(sides, link=new, event=Snapshot.of(drawn))
    late = Link(link_id("7", "booking", "1"), "1")
    with pytest.raises(Stale) as error:
        looked(sides, link=late)
    assert error.value.reason == "being_made"


def test_a_decision_is_a_line_in_the_log_without_texts(sides: Sides) -> None:
    drawn = sides.draw("fresh", NOON)
    new = links.for_new_event(sides.ports.documents, "7", drawn)
    looked(sides, link=new, event=Snapshot.of(drawn))
    del sides.events[drawn.key]
    looked(sides, event=Snapshot(Presence.CANCELLED))
    assert sides.logged("decided")[-1] == {
        "int_id": "7",
        "link": pair_of(sides).id,
        "booking": "1",
        "why": "grace",
        "state": "grace",
    }


def test_what_waits_for_a_person_counts_among_those_that_vanished() -> None:
    ask = {"deleted_event": "ask", "allow_booking_update": True}
    sides = Sides(sync={"overlap_guard": "never", "hold_over": 2}, inbound=ask)

    def vanish(number: str) -> object:
        sides.book(number, EVENING)
        of = looked(sides, link=pair_of(sides, number)).link
        assert of.event is not None
        del sides.events[of.event]
        return looked(sides, link=of, event=Snapshot(Presence.CANCELLED)).link.life

    assert [vanish("1"), vanish("2")] == [Held("event_deleted"), Held("event_deleted")]
    cancel = replace(sides.integration.settings.inbound, deleted_event="cancel")
    sides.integration = replace(sides.integration, settings=replace(sides.integration.settings, inbound=cancel))
    assert vanish("3") == Grace(NOW + timedelta(seconds=120))
    sides.now += timedelta(seconds=120)
    third = looked(sides, link=pair_of(sides, "3"), event=Snapshot(Presence.CANCELLED))
    assert third.link.life == Held("event_deleted")


def test_an_event_that_was_not_changed_after_all_is_read_before_it_is_planned_again(sides: Sides) -> None:
    event = made(sides)
    sides.book("1", NOON, external_id=event.key.id)
    sides.fails["patch"] = [Transient("late", reason=Cause.TIMEOUT)]
    with pytest.raises(Transient):
        looked(sides)
    sides.events[event.key] = replace(sides.events[event.key], etag='"person"', title="Anders")
    looked(sides)
    assert sides.calls == ["read booking", "read event", "read event", "patch"]
    assert (sides.events[event.key].when, sides.events[event.key].title) == (NOON, "Zaal A - 1")


def test_an_event_that_moved_meanwhile_is_read_where_it_was_and_one_whose_place_is_taken_where_it_would_be(
    sides: Sides,
) -> None:
    event = made(sides)
    sides.bookings["1"] = replace(sides.bookings["1"], object_id="11")
    sides.fails["move"] = [Stale("412")]
    looked(sides)
    assert sides.calls == ["read booking", "move", "read event", "move"]
    assert list(sides.events) == [EventKey(ROOM_B, event.key.id)]


def test_a_pair_whose_event_is_gone_takes_up_the_one_that_its_booking_names(sides: Sides) -> None:
    drawn = sides.draw("fresh", NOON)
    looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    sides.events.clear()
    other = sides.draw("other", NOON)
    sides.bookings["1"] = replace(sides.bookings["1"], external_id="other")
    outcome = looked(sides, event=Snapshot(Presence.CANCELLED))
    assert (outcome.rest, pair_of(sides).event) == (Rest(Why.IN_STEP), other.key)
    assert (list(sides.events), len(sides.bookings)) == ([other.key], 1)


def test_a_new_event_that_the_booking_of_a_pair_without_its_event_names_becomes_that_pairs(sides: Sides) -> None:
    drawn = sides.draw("fresh", NOON)
    looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    there = pair_of(sides)
    sides.events.clear()
    other = sides.draw("other", NOON)
    sides.bookings["1"] = replace(sides.bookings["1"], external_id="other")
    new = links.for_new_event(sides.ports.documents, "7", other)
    outcome = looked(sides, link=new, event=Snapshot.of(other))
    assert (outcome.link.id, outcome.link.event) == (there.id, other.key)
    assert len(sides.bookings) == 1


def test_after_a_lost_answer_the_event_is_read_too_for_a_person_may_have_changed_it_meanwhile() -> None:
    sides = Sides(inbound={"allow_booking_update": True})
    event = made(sides)
    sides.events[event.key] = replace(event, when=NOON, etag='"noon"', updated=NOW + timedelta(seconds=1))
    sides.fails["write"] = [Transient("503")]
    with pytest.raises(Transient):
        looked(sides, event=Snapshot.of(sides.events[event.key]))
    sides.bookings["1"] = at(sides.bookings["1"], NOON)  # it arrived
    sides.events[event.key] = replace(event, when=EVENING, etag='"evening"', updated=NOW + timedelta(seconds=2))
    looked(sides)
    assert sides.bookings["1"].starts == EVENING.start


def became_weekly(sides: Sides) -> tuple[Event, Event]:
    """A person's event that became a series since its booking was made, and that series' first occurrence."""
    drawn = sides.draw("series", TEN)
    looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    return drawn, sides.draw("series_20261124T090000Z", TEN, series="series")


def test_a_pair_whose_event_is_read_as_the_first_occurrence_of_its_series_goes_on_with_that(sides: Sides) -> None:
    drawn, first = became_weekly(sides)
    before = pair_of(sides)
    rehearsed = looked(sides, event=sides.session().read_event(drawn.key), rehearse=True)
    assert (rehearsed.link.event, pair_of(sides)) == (first.key, before)
    outcome = looked(sides, event=sides.session().read_event(drawn.key))
    assert (outcome.rest, pair_of(sides).event, sides.link_of(drawn.key)) == (Rest(Why.IN_STEP), first.key, None)
    assert sides.bookings["1"].external_id == first.key.id


def test_a_cancelled_booking_takes_the_first_occurrence_with_it_and_not_the_whole_series(sides: Sides) -> None:
    drawn, first = became_weekly(sides)
    sides.bookings["1"] = replace(sides.bookings["1"], status=70)
    assert looked(sides, event=sides.session().read_event(drawn.key)).link.life == Closed()
    assert (list(sides.events), list(sides.bin)) == ([drawn.key], [first.key])


def test_a_first_occurrence_that_another_pair_has_is_not_written_to_by_the_pair_of_the_single_event(
    sides: Sides,
) -> None:
    drawn, first = became_weekly(sides)
    looked(sides, link=links.for_new_event(sides.ports.documents, "7", first), event=Snapshot.of(first))
    sides.bookings["1"] = at(sides.bookings["1"], EVENING)
    its = sides.link_of(first.key)
    looked(sides, event=sides.session().read_event(drawn.key))
    assert (sides.events[first.key].when, sides.link_of(first.key)) == (TEN, its)


def test_a_first_occurrence_that_was_turned_down_goes_to_the_booking_of_the_single_event(sides: Sides) -> None:
    drawn, first = became_weekly(sides)
    turned_down = Link("other", "", first.key, Origin.EVENT, TurnedDown("what", "period_taken", NOW))
    sides.ports.documents.transact(lambda tx: links.save(tx, "7", turned_down))
    outcome = looked(sides, event=sides.session().read_event(drawn.key))
    assert (outcome.rest, pair_of(sides).event, sides.bookings["1"].status) == (Rest(Why.IN_STEP), first.key, 20)
    assert [each.id for each in links.every(sides.ports.documents, "7")] == [pair_of(sides).id]


def test_a_pair_whose_event_is_read_as_it_was_is_not_saved_again(sides: Sides) -> None:
    drawn = sides.draw("series", TEN)
    looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    before = pair_of(sides)
    assert looked(sides, event=Snapshot.of(drawn)).link == pair_of(sides) == before


def test_a_new_pair_of_an_event_that_became_a_series_meanwhile_is_one_of_its_first_occurrence(sides: Sides) -> None:
    drawn = sides.draw("series", TEN)
    new = links.for_new_event(sides.ports.documents, "7", drawn)
    first = sides.draw("series_20261124T090000Z", TEN, series="series")
    looked(sides, link=new, event=sides.session().read_event(drawn.key))
    assert {number: each.external_id for number, each in sides.bookings.items()} == {"1": first.key.id}
    assert pair_of(sides).event == first.key


def test_whether_a_write_landed_is_found_out_before_a_pair_goes_on_with_what_its_event_became() -> None:
    sides = Sides(inbound={"allow_booking_update": True})
    drawn = sides.draw("series", TEN)
    looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    sides.events[drawn.key] = replace(drawn, when=NOON, etag='"noon"', updated=NOW + timedelta(seconds=1))
    sides.fails["write"] = [Transient("late", reason=Cause.TIMEOUT)]
    with pytest.raises(Transient):
        looked(sides, event=Snapshot.of(sides.events[drawn.key]))
    first = sides.draw("series_20261124T110000Z", NOON, series="series")
    under_way = pair_of(sides)
    assert looked(sides, event=sides.session().read_event(drawn.key)).rest == Rest(Why.LEASED, NOW + LEASE)
    assert pair_of(sides) == under_way
    sides.now += LEASE
    looked(sides, event=sides.session().read_event(drawn.key))
    assert (pair_of(sides).event, sides.bookings["1"].starts) == (first.key, NOON.start)


def test_an_event_whose_own_pair_is_being_written_is_not_adopted_either(sides: Sides) -> None:
    event = made(sides)
    sides.book("1", NOON, external_id=event.key.id)
    sides.fails["patch"] = [Transient("late", reason=Cause.TIMEOUT)]
    with pytest.raises(Transient):
        looked(sides)
    there = pair_of(sides)
    sides.book("2", TEN, external_id=event.key.id)
    looked(sides, link=pair_of(sides, "2"))
    assert (pair_of(sides), pair_of(sides, "2").ids.foreign, len(sides.events)) == (there, True, 2)


def test_a_pair_with_an_occupied_event_that_is_in_step_costs_no_call_for_it() -> None:
    sides = Sides(mapping=(BESIDE,))
    sides.book("1", TEN)
    looked(sides)
    assert looked(sides).steps == ()
    assert sides.calls == ["read booking"]


def test_what_is_left_of_a_series_that_our_event_was_for_a_while_stays_with_its_booking(sides: Sides) -> None:
    """A person made it weekly, and single again at another time; neither list was seen."""
    event = made(sides)
    first = replace(pair_of(sides), event=EventKey(ROOM_A, f"{event.key.id}_20261124T090000Z"), series=event.key.id)
    keep(sides, first)
    sides.bookings["1"] = replace(sides.bookings["1"], external_id=f"{event.key.id}_20261124T090000Z")
    sides.events[event.key] = replace(event, when=NOON, etag='"noon"', updated=NOW + timedelta(seconds=1))
    looked(sides, event=Snapshot(Presence.CANCELLED))
    assert (pair_of(sides).event, list(sides.events)) == (event.key, [event.key])


def test_the_occurrence_of_a_booking_that_is_gone_goes_where_no_other_booking_names_it(sides: Sides) -> None:
    drawn = sides.draw("series_20261124T090000Z", TEN, series="series")
    looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    del sides.bookings["1"]
    assert looked(sides, replace(HINT, confirm=True)).link.life == Closed()
    assert (sides.calls, sides.events) == (["read booking", "find booking", "delete"], {})


def test_in_shadow_a_pair_whose_event_became_a_series_is_not_saved(sides: Sides) -> None:
    drawn, first = became_weekly(sides)
    before = pair_of(sides)
    sides.integration = replace(sides.integration, phase=Phase.SHADOW)
    outcome = looked(sides, event=sides.session().read_event(drawn.key))
    assert (outcome.link.event, pair_of(sides)) == (first.key, before)


def test_a_notice_whose_answer_was_lost_is_found_on_the_event(sides: Sides) -> None:
    drawn = sides.draw("fresh", NOON)
    sides.fails["check"] = [Refused("taken", reason=Cause.PERIOD_TAKEN)]
    sides.fails["patch"] = [Transient("late", reason=Cause.TIMEOUT)]
    with pytest.raises(Transient):
        looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    outcome = looked(sides, link=sides.link_of(drawn.key), event=Snapshot.of(drawn))
    assert (outcome.rest, outcome.link.booking_id, sides.bookings) == (Rest(Why.REFUSED), "", {})
    assert "niet beschikbaar" in sides.events[drawn.key].description


def test_what_a_person_left_of_their_own_series_is_not_taken_for_the_occurrence_that_comes_back() -> None:
    sides = Sides(inbound={"deleted_event": "restore"})
    drawn = sides.draw("series_20261124T090000Z", TEN, series="series")
    looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    sides.bin[drawn.key] = sides.events.pop(drawn.key)
    left = sides.draw("series", NOON)
    looked(sides, event=Snapshot(Presence.CANCELLED))
    assert pair_of(sides).event == drawn.key
    assert {key: each.when for key, each in sides.events.items()} == {left.key: NOON, drawn.key: TEN}


def test_a_booking_that_names_the_deleted_event_of_another_gets_one_of_its_own(sides: Sides) -> None:
    drawn = sides.draw("fresh", NOON)
    looked(sides, link=links.for_new_event(sides.ports.documents, "7", drawn), event=Snapshot.of(drawn))
    del sides.events[drawn.key]
    sides.book("2", TEN, external_id="fresh")
    assert looked(sides, link=pair_of(sides, "2")).rest == Rest(Why.IN_STEP)
    assert [each.title for each in sides.events.values()] == ["Zaal A - 2"]


def on_a_series_of_its_own(sides: Sides, *, alone: bool = True) -> tuple[EventKey, EventKey]:
    """A booking on an occurrence, now gone, of the weekly series that its event became; returns both keys.

    Not `alone`: a second booking has another occurrence of it, which is gone as well.
    """
    event = made(sides)
    gone, series = EventKey(ROOM_A, f"{event.key.id}_20261124T090000Z"), event.key.id
    keep(sides, replace(pair_of(sides), event=gone, series=series))
    sides.bookings["1"] = replace(sides.bookings["1"], external_id=gone.id)
    if not alone:
        key = EventKey(ROOM_A, f"{series}_20261201T090000Z")
        kin = replace(pair_of(sides, "2"), event=key, origin=Origin.EVENT, series=series)
        keep(sides, replace(kin, base=base(sides.book("2", EVENING, external_id=key.id))))
    return event.key, gone


def shifted_to_noon(sides: Sides, key: EventKey) -> Event:
    """That series has its first occurrence at noon now."""
    sides.events[key] = replace(sides.events[key], when=NOON)
    return sides.draw(f"{key.id}_20261124T110000Z", NOON, series=key.id, mark=sides.events[key].mark)


def test_where_deleted_events_cancel_their_booking_what_is_left_of_its_series_keeps_it() -> None:
    sides = Sides(inbound={"allow_booking_update": True})
    own, _ = on_a_series_of_its_own(sides)
    sides.events[own] = replace(sides.events[own], when=NOON, etag='"noon"', updated=NOW + timedelta(seconds=1))
    looked(sides, event=Snapshot(Presence.CANCELLED))
    assert (pair_of(sides).event, pair_of(sides).life) == (own, Active())
    assert (sides.bookings["1"].starts, sides.bookings["1"].status) == (NOON.start, 20)


def test_what_is_left_single_of_a_series_keeps_its_booking_also_where_another_has_an_occurrence_of_it() -> None:
    sides = Sides(inbound={"allow_booking_update": True})
    own, _ = on_a_series_of_its_own(sides, alone=False)
    sides.events[own] = replace(sides.events[own], when=NOON, etag='"noon"', updated=NOW + timedelta(seconds=1))
    looked(sides, event=Snapshot(Presence.CANCELLED))
    assert (pair_of(sides).event, sides.bookings["1"].starts) == (own, NOON.start)


@pytest.mark.parametrize("over", [True, False], ids=["over", "in step"])
def test_a_first_occurrence_of_a_shifted_series_is_taken_up_at_once_only_where_no_other_booking_may_follow_to_it(
    *, over: bool
) -> None:
    sides = Sides(inbound={"allow_booking_update": True})
    own, gone = on_a_series_of_its_own(sides, alone=False)
    if over:
        keep(sides, replace(pair_of(sides, "2"), life=Closed()))
    first = shifted_to_noon(sides, own)
    looked(sides, event=Snapshot(Presence.CANCELLED))
    assert pair_of(sides).event == (first.key if over else gone)
    assert sides.bookings["1"].starts == (NOON if over else TEN).start


def test_a_pair_that_is_over_does_not_look_for_what_is_left_of_its_series(sides: Sides) -> None:
    on_a_series_of_its_own(sides)
    keep(sides, replace(pair_of(sides), life=Closed()))
    sides.bookings["1"] = replace(sides.bookings["1"], status=70)
    looked(sides, event=Snapshot(Presence.CANCELLED))
    assert sides.calls == ["read booking"]


def test_nothing_is_kept_of_an_event_that_became_a_series_and_makes_no_booking(sides: Sides) -> None:
    drawn = sides.draw("series", TEN)
    new = links.for_new_event(sides.ports.documents, "7", drawn)
    sides.draw("series_20261124T090000Z", TEN, series="series", declined=True)
    looked(sides, link=new, event=sides.session().read_event(drawn.key))
    assert (list(links.every(sides.ports.documents, "7")), sides.bookings) == ([], {})


def test_a_removal_whose_answer_was_lost_is_over_where_another_instance_makes_a_booking_of_what_was_moved_away(
    sides: Sides,
) -> None:
    event = made(sides)
    sides.bookings["1"] = replace(sides.bookings["1"], status=70)
    sides.fails["delete"] = [Transient("late", reason=Cause.TIMEOUT)]
    with pytest.raises(Transient):
        looked(sides)
    there = EventKey(ROOM_B, event.key.id)
    sides.events[there] = replace(sides.events.pop(event.key), key=there)
    new = links.for_new_event(sides.ports.documents, "7", sides.events[there])
    step = MakeBooking(there, TEN, "11", 20, 1, "external_id", (), Why.EVENT_MADE, "asked")
    making = begun(new, Intent("stamp", step, NOW + LEASE), None)
    keep(sides, making)
    looked(sides)
    assert (pair_of(sides).life, list(sides.events)) == (Closed(), [there])
    assert sides.link_of(there) == replace(making, version=1)


def test_an_occupied_event_that_was_carried_off_and_refused_there_keeps_its_pair_from_nothing() -> None:
    sides = Sides(mapping=(BESIDE,))
    sides.book("1", TEN)
    looked(sides)
    (beside,) = [key for key in sides.events if key.calendar == ROOM_B]
    there = EventKey(ROOM_A, beside.id)
    sides.events[there] = replace(sides.events.pop(beside), key=there)
    keep(sides, Link("other", "", there, Origin.EVENT, TurnedDown("what", "period_taken", NOW)))
    place = sides.link_of(beside)
    assert place is not None
    outcome = looked(sides, link=place, event=Snapshot(Presence.CANCELLED))
    assert outcome.rest == Rest(Why.IN_STEP)
    assert [key.calendar for key in sides.events] == [ROOM_A, ROOM_A, ROOM_B]  # its own, the one carried off, a new one


def test_no_deletion_is_believed_while_nobody_could_tell_whether_the_calendar_is_within_reach() -> None:
    sides = Sides(inbound={"allow_booking_update": True})
    for number, when in (("1", TEN), ("2", NOON)):
        sides.book(number, when)
        looked(sides, link=pair_of(sides, number))
    session = sides.session()
    sides.fails["read event"] = [Gone("not found") for _ in range(20)]
    sides.fails["reach"] = [Transient("busy"), Gone("no calendar", reason=Cause.CALENDAR_GONE)]
    for number, error in (("1", Transient), ("2", Gone)):
        with pytest.raises(error):
            reconcile(session, HINT, pair_of(sides, number), event=Snapshot(Presence.ABSENT))
    assert [pair_of(sides, each).life for each in "12"] == [Active(), Active()]
