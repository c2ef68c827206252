"""One write of a pair: what is saved before and after it, and what follows from each way in which it can end."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.application.intake.hints import Hint, Kind
from functions.application.store import integrations, journal, links
from functions.application.store.integrations import path_of
from functions.application.sync.reconcile import reconcile
from functions.application.sync.reconciled import Reconciled
from functions.domain.comparing.event_content import when_of
from functions.domain.model.appointment import Timed
from functions.domain.model.errors import Cause, Gone, Malformed, Refused, Stale, SyncError, Taken, Transient
from functions.domain.model.event import Event, EventKey
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.life import Closed
from functions.domain.pairing.link import Echo, Link, Wrote
from tests.unit.sketch import EVENING, NOON, NOW, ROOM_B, TEN, at
from tests.unit.two_sides import Sides

SECOND = timedelta(seconds=1)
HINT = Hint(Kind.BOOKING, "7", ("1",), "webhook", NOW)


@pytest.fixture
def sides() -> Sides:
    return Sides(inbound={"allow_booking_update": True})


def pair_of(sides: Sides) -> Link:
    return links.of_booking(sides.ports.documents, "7", "1")


def looked(sides: Sides, hint: Hint = HINT, **more: Any) -> Reconciled:
    sides.calls.clear()
    return reconcile(sides.session(), hint, pair_of(sides), **more)


def made(sides: Sides) -> Event:
    """A booking with its event, in step."""
    sides.book("1", TEN)
    looked(sides)
    (event,) = sides.events.values()
    return event


def moved(sides: Sides, event: Event) -> Snapshot[Event]:
    """A person moves the event to noon."""
    sides.events[event.key] = replace(event, when=NOON, etag='"moved"', updated=NOW + SECOND)
    return Snapshot.of(sides.events[event.key])


def in_other_room(sides: Sides) -> None:
    sides.bookings["1"] = replace(sides.bookings["1"], object_id="11")


def told(sides: Sides) -> list[dict[str, Any]]:
    """Return the journal's entries, each with its id."""
    rows = sides.ports.documents.find(path_of("7", "journal"))
    return [{"id": name, **journal.entry_of(body, name)} for name, body in rows]


@pytest.mark.parametrize(("source", "alone"), [("webhook", False), ("sweep", True)])
def test_a_link_says_when_the_webhook_of_its_own_ids_arrives_and_whether_another_look_follows(
    sides: Sides,
    source: str,
    alone: bool,  # noqa: FBT001 - a case
) -> None:
    sides.took = SECOND
    sides.book("1", TEN)
    looked(sides, replace(HINT, source=source))
    assert sides.calls == ["read booking", "insert", "write"]
    assert pair_of(sides).echo == Echo(NOW + 2 * SECOND, NOW + 4 * SECOND, alone)
    assert pair_of(sides).wrote is None  # ids overwrite nothing


def test_a_link_says_between_which_moments_its_write_could_have_overwritten_a_change_unseen(sides: Sides) -> None:
    seen = moved(sides, made(sides))
    sides.took = SECOND
    looked(sides, event=seen)
    assert sides.calls == ["read booking", "write"]
    last = told(sides)[-1]
    assert (last["step"], last["why"]) == ("WriteBooking", "event_moved")
    assert pair_of(sides).wrote == Wrote(NOW, NOW + SECOND, last["id"])


def test_where_the_booking_is_read_once_more_before_a_write_only_what_comes_after_that_is_overwritten_unseen(
    sides: Sides,
) -> None:
    seen = moved(sides, made(sides))
    sides.took = 2.5 * SECOND
    looked(sides, event=seen)
    assert sides.calls == ["read booking", "read booking", "read booking", "write"]
    assert pair_of(sides).wrote == Wrote(NOW + 5 * SECOND, NOW + 7.5 * SECOND, told(sides)[-1]["id"])


def test_a_write_over_a_change_that_was_seen_overwrote_nothing_unseen() -> None:
    sides = Sides(
        inbound={"allow_booking_update": True}, sync={"overlap_guard": "never", "conflict_winner": "event"}
    )  # fmt: skip
    seen = moved(sides, made(sides))
    sides.book("1", EVENING, external_id=seen.value.key.id if seen.value else "")
    looked(sides, event=seen)
    assert (told(sides)[-1]["why"], sides.bookings["1"].starts) == ("conflict", NOON.start)
    assert pair_of(sides).wrote is None


def test_a_write_whose_answer_is_lost_stays_on_the_link_with_all_that_finding_out_needs(sides: Sides) -> None:
    seen = moved(sides, made(sides))
    before = pair_of(sides)
    sides.fails["write"] = [Transient("late", reason=Cause.TIMEOUT)]
    with pytest.raises(Transient):
        looked(sides, event=seen)
    intent, last = pair_of(sides).intent, told(sides)[-1]
    assert intent is not None
    assert (last["outcome"], intent.entry, intent.ids) == ("open", last["id"], ())
    assert intent.expires_at == NOW + timedelta(seconds=90)
    assert before.base is not None
    assert intent.base == replace(before.base, when=NOON)


@pytest.mark.parametrize(("lands", "times_told"), [(True, 1), (False, 0)])
def test_an_edit_that_a_write_overwrote_is_told_as_well_where_its_answer_was_lost_and_it_is_found_later(
    sides: Sides,
    lands: bool,  # noqa: FBT001 - a case
    times_told: int,
) -> None:
    seen = moved(sides, made(sides))
    sides.took = SECOND
    sides.fails["write"] = [Transient("503")]
    with pytest.raises(Transient):
        looked(sides, event=seen)
    if lands:
        sides.bookings["1"] = replace(sides.bookings["1"], starts=NOON.start, ends=NOON.end)
    for _ in range(2):
        looked(sides, replace(HINT, at=NOW + SECOND / 2))
    assert sides.bookings["1"].starts == NOON.start
    assert [each["step"] for each in told(sides)].count("Overwritten") == times_told


@pytest.mark.parametrize(("heard", "times_told"), [(1.0, 0), (4.0, 1), (5.0, 0)])
def test_after_a_crash_an_edit_is_told_if_it_came_between_the_last_read_and_the_write(
    heard: float, times_told: int
) -> None:
    sides = Sides(inbound={"allow_booking_update": True}, sync={"overlap_guard": "always"})
    seen = moved(sides, made(sides))
    sides.took = 1.5 * SECOND
    sides.fails["write"] = [MemoryError()]
    with pytest.raises(MemoryError):
        looked(sides, event=seen)
    assert sides.calls == ["read booking", "list bookings", "read booking", "write"]  # at 0, 1.5, 3 and 4.5 seconds
    sides.bookings["1"] = replace(sides.bookings["1"], starts=NOON.start, ends=NOON.end)  # it arrived
    sides.now += timedelta(minutes=2)
    looked(sides, replace(HINT, at=NOW + heard * SECOND))
    assert pair_of(sides).intent is None
    assert [each["step"] for each in told(sides)].count("Overwritten") == times_told


def test_a_move_that_did_not_happen_after_all_is_read_where_the_event_still_is_and_made_again(sides: Sides) -> None:
    event = made(sides)
    in_other_room(sides)
    sides.fails["move"] = [Transient("late", reason=Cause.TIMEOUT)]
    with pytest.raises(Transient):
        looked(sides)
    looked(sides)
    assert sides.calls[:4] == ["read booking", "read event", "read event", "move"]
    assert list(sides.events) == [EventKey(ROOM_B, event.key.id)]
    assert [each["outcome"] for each in told(sides) if each["step"] == "MoveEvent"] == ["interrupted", "done"]


def test_an_event_whose_new_place_is_taken_is_read_there(sides: Sides) -> None:
    event = made(sides)
    there = EventKey(ROOM_B, event.key.id)
    in_other_room(sides)
    sides.events[there] = replace(event, key=there)
    del sides.events[event.key]
    sides.fails["move"] = [Taken("409")]
    looked(sides)
    assert sides.calls == ["read booking", "move", "read event"]
    assert (pair_of(sides).event, pair_of(sides).intent) == (there, None)


def test_an_event_that_was_only_believed_to_be_there_is_read_after_a_refusal_and_one_that_was_seen_is_not(
    sides: Sides,
) -> None:
    event = made(sides)
    sides.book("1", NOON, external_id=event.key.id)
    sides.fails["patch"] = [Refused("no", reason="odd")]
    looked(sides)
    assert sides.calls[:3] == ["read booking", "patch", "read event"]
    sides.book("1", EVENING, external_id=event.key.id)
    sides.fails["patch"] = [Refused("no", reason="odd")]
    with pytest.raises(Refused):
        looked(sides, event=Snapshot.of(sides.events[event.key]))
    assert told(sides)[-1]["outcome"] == "refused"


def test_a_booking_that_is_gone_when_it_is_written_is_looked_at_again(sides: Sides) -> None:
    seen = moved(sides, made(sides))
    sides.fails["write"] = [Gone("no such booking", reason="gone")]
    with pytest.raises(Stale) as error:
        looked(sides, event=seen)
    assert error.value.reason == "gone"
    assert (told(sides)[-1]["outcome"], pair_of(sides).intent) == ("overtaken", None)


@pytest.mark.parametrize(("cause", "noted"), [(Cause.NO_RIGHT, True), (Cause.PERIOD_TAKEN, False)])
def test_an_id_that_the_user_may_not_write_is_noted_for_diagnostics(
    sides: Sides,
    cause: Cause,
    noted: bool,  # noqa: FBT001 - a case
) -> None:
    sides.book("1", TEN)
    sides.fails["write"] = [Refused("no", reason=cause)]
    looked(sides)
    kept = sides.ports.documents.get(path_of("7", "progress", "write_back"))
    assert kept == ({"booking_id": "1", "at": NOW.isoformat()} if noted else None)
    assert [(each["step"], each["outcome"]) for each in told(sides)] == [
        ("InsertEvent", "done"),
        ("WriteBooking", "refused"),
    ]


def test_a_time_that_the_user_may_not_write_is_no_id(sides: Sides) -> None:
    seen = moved(sides, made(sides))
    sides.fails["write"] = [Refused("no", reason=Cause.NO_RIGHT)]
    looked(sides, event=seen)
    assert sides.ports.documents.get(path_of("7", "progress", "write_back")) is None
    assert sides.looks(Kind.EVENT) == []


@pytest.mark.parametrize(
    ("error", "again"), [(Malformed("not a list of bookings", reason="malformed"), Transient), (Gone("no list"), Stale)]
)
def test_a_look_for_what_is_in_the_way_that_cannot_be_read_is_made_again(
    error: SyncError, again: type[SyncError]
) -> None:
    sides = Sides(inbound={"allow_booking_update": True}, sync={"overlap_guard": "always"})
    seen = moved(sides, made(sides))
    sides.fails["list bookings"] = [error]
    with pytest.raises(again):
        looked(sides, event=seen)
    looked(sides, event=seen)
    assert when_of(sides.bookings["1"], sides.session().settings) == NOON


@pytest.mark.parametrize(("other", "despite"), [(NOON, "period_taken"), (EVENING, None)], ids=["taken", "free"])
def test_hours_that_a_person_took_although_they_were_taken_are_told_also_where_the_answer_was_lost(
    other: Timed, despite: str | None
) -> None:
    sides = Sides(
        inbound={"allow_booking_update": True, "ignore_validation_errors_on_update": True},
        sync={"overlap_guard": "always"},
    )
    seen = moved(sides, made(sides))
    sides.book("2", other)
    sides.fails["write"] = [Transient("503")]
    with pytest.raises(Transient):
        looked(sides, event=seen)
    sides.bookings["1"] = at(sides.bookings["1"], NOON)  # it arrived
    looked(sides)
    last = told(sides)[-1]
    assert (last["why"], last["outcome"], last.get("despite")) == ("event_moved", "done", despite)


def test_nothing_is_written_once_the_settings_changed_or_the_integration_is_gone(sides: Sides) -> None:
    sides.book("1", TEN)
    session = sides.session()
    integrations.change(sides.ports.documents, "7", lambda its: replace(its, settings_revision=5))
    with pytest.raises(Stale) as error:
        reconcile(session, HINT, pair_of(sides))
    assert error.value.reason == "settings_changed"
    sides.ports.documents.transact(lambda tx: tx.delete(path_of("7")))
    with pytest.raises(Stale) as error:
        reconcile(session, HINT, pair_of(sides))
    assert (error.value.reason, sides.events, told(sides)) == ("paused", {}, [])


def test_a_write_whose_entry_has_expired_meanwhile_is_found_out_without_it(sides: Sides) -> None:
    sides.book("1", TEN)
    sides.fails["insert"] = [Transient("late", reason=Cause.TIMEOUT)]
    with pytest.raises(Transient):
        looked(sides)
    (opened,) = told(sides)
    sides.ports.documents.transact(lambda tx: tx.delete(path_of("7", "journal", opened["id"])))
    looked(sides)
    assert [(each["step"], each["outcome"]) for each in told(sides)] == [
        ("InsertEvent", "done"),
        ("WriteBooking", "done"),
    ]


def test_a_deleted_event_is_known_to_be_gone_without_another_read(sides: Sides) -> None:
    made(sides)
    sides.bookings["1"] = replace(sides.bookings["1"], status=70)
    outcome = looked(sides)
    assert (sides.calls, outcome.event) == (["read booking", "delete"], Snapshot(Presence.CANCELLED))
    assert outcome.link.life == Closed()


def test_a_write_to_an_event_overwrites_nothing_of_its_booking(sides: Sides) -> None:
    event = made(sides)
    sides.integration = replace(sides.integration, settings=Sides().integration.settings)  # events do not move bookings
    looked(sides, event=moved(sides, event))
    assert sides.calls == ["read booking", "patch"]
    assert pair_of(sides).wrote is None


def test_an_edit_that_was_made_over_what_i_reserve_found_wrong_is_told_with_that() -> None:
    sides = Sides(
        inbound={"allow_booking_update": True, "ignore_validation_errors_on_update": True},
        sync={"overlap_guard": "never"},
    )
    sides.integration = replace(sides.integration, dialect={"override": ["query", "ignore", 1]})
    seen = moved(sides, made(sides))
    sides.fails["write"] = [Refused("no", reason="too_short")]
    looked(sides, event=seen)
    assert sides.bookings["1"].starts == NOON.start
    assert (told(sides)[-1]["outcome"], told(sides)[-1]["despite"]) == ("done", "too_short")


def test_an_edit_that_was_made_over_taken_hours_is_told_with_that() -> None:
    sides = Sides(
        inbound={"allow_booking_update": True, "ignore_validation_errors_on_update": True},
        sync={"overlap_guard": "always"},
    )
    seen = moved(sides, made(sides))
    sides.book("2", NOON)
    looked(sides, event=seen)
    assert (told(sides)[-1]["outcome"], told(sides)[-1]["despite"]) == ("done", "period_taken")


def test_an_integration_whose_settings_were_never_changed_since_it_was_stored_is_written_for(sides: Sides) -> None:
    def stored_before(tx: Any) -> None:
        tx.put(path_of("7"), {k: v for k, v in tx.get(path_of("7")).items() if k != "settings_revision"})

    sides.ports.documents.transact(stored_before)
    sides.integration = integrations.get(sides.ports.documents, "7")
    made(sides)
    assert sides.calls == ["read booking", "insert", "write"]
