"""After a crash: did the write land or not?"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.model.event import Mark
from functions.domain.model.link import Intent, Link, Origin, Side, State
from functions.domain.model.snapshot import Snapshot
from functions.domain.planning.recovery import booking_written, recover
from functions.domain.planning.step import Rest, Settle, Why
from functions.domain.planning.view import View
from tests.unit.sketch import (
    ABSENT,
    CANCELLED,
    KEY,
    MOVED,
    NOON,
    NOW,
    UNREADABLE,
    base,
    booking,
    digest,
    event,
    link,
    planning_context,
    their_booking,
    their_link,
    theirs,
    view,
)

C = planning_context()
LATER = base(booking(NOON))


def open_intent(step: str, target: Side = Side.EVENT, **more: Any) -> Intent:
    return Intent("stamp", target, step, NOW, LATER, KEY, **more)


def recovered(v: View) -> Link:
    step = recover(v, C).step
    assert isinstance(step, Settle)
    assert step.why is Why.RECOVERED
    assert step.link.intent is None
    return step.link


def test_until_the_lease_is_over_the_pair_is_left_to_its_holder() -> None:
    intent = Intent("s", Side.EVENT, "PatchEvent", NOW + timedelta(seconds=1))
    assert recover(view(link(intent=intent)), C).step == Rest(Why.LEASED, intent.expires_at)


def test_without_an_intent_there_is_nothing_to_recover() -> None:
    with pytest.raises(ValueError, match="no intent"):
        recover(view(), C)


def test_a_side_that_cannot_be_read_is_waited_for() -> None:
    assert recover(view(link(intent=open_intent("PatchEvent")), seen=UNREADABLE), C).step == Rest(Why.UNREADABLE)
    its = open_intent("WriteBooking", Side.BOOKING)
    assert recover(view(link(intent=its), UNREADABLE), C).step == Rest(Why.UNREADABLE)


def test_a_write_to_an_event_landed_if_its_stamp_is_there() -> None:
    of = link(intent=open_intent("PatchEvent"))
    assert recovered(view(of, seen=event(NOON, etag='"2"'))).base == LATER
    other = event(mark=Mark("7", "link", "older"))
    assert recovered(view(of, seen=other)).base == link().base


def test_a_move_landed_if_the_event_is_where_it_should_be() -> None:
    of = link(intent=open_intent("MoveEvent"))
    moved = recovered(view(of, seen=event(key=MOVED, mark=Mark())))
    assert moved.event == MOVED
    assert recovered(view(of, seen=ABSENT)).event == KEY


def test_a_removal_landed_if_the_event_is_gone() -> None:
    of = link(intent=open_intent("DeleteEvent"))
    assert recovered(view(of, seen=CANCELLED)).closed
    assert not recovered(view(of)).closed


def test_an_intent_without_a_base_keeps_the_one_there_is() -> None:
    intent = Intent("stamp", Side.EVENT, "PatchEvent", NOW)
    assert recovered(view(link(intent=intent))).base == link().base


def test_a_booking_that_was_made_is_found_by_its_event() -> None:
    of = Link("theirs", event=theirs().key, origin=Origin.EVENT, intent=open_intent("MakeBooking", Side.BOOKING))
    assert recovered(View(of, Snapshot.of(their_booking()), Snapshot.of(theirs()))).booking_id == "1001"
    assert recovered(View(of, ABSENT, Snapshot.of(theirs()))).booking_id == ""


def test_a_write_to_a_booking_landed_if_its_values_are_there() -> None:
    of = link(intent=open_intent("WriteBooking", Side.BOOKING, why="event_moved"), refused="x")
    done = recovered(view(of, booking(NOON)))
    assert (done.base, done.refused) == (LATER, "")
    assert recovered(view(of)).base == link().base
    assert recovered(view(of, ABSENT)).base == link().base
    bare = Intent("stamp", Side.BOOKING, "WriteBooking", NOW)
    assert recovered(view(link(intent=bare))).base == link().base


def test_a_write_to_a_booking_landed_though_a_person_changed_something_else_since() -> None:
    of = link(intent=open_intent("WriteBooking", Side.BOOKING, why="event_moved"))
    assert recovered(view(of, booking(NOON, status=30))).base == LATER
    before_any = link(base=None, intent=open_intent("WriteBooking", Side.BOOKING))
    assert recovered(view(before_any, booking(NOON))).base == LATER
    assert recovered(view(before_any, booking(NOON, status=30))).base is None


def test_a_text_that_was_carried_over_landed_if_the_remarks_show_it() -> None:
    of = their_link()
    said = replace(of.base or base(), digests={"text": digest("Nieuw"), "remarks": digest("Nieuw")})
    intent = Intent("stamp", Side.BOOKING, "WriteBooking", NOW, said, why=Why.EVENT_TEXT)
    of = replace(of, intent=intent)
    assert recovered(view(of, their_booking(remarks="Nieuw"), theirs())).base == said
    assert recovered(view(of, their_booking(), theirs())).base == their_link().base


def test_a_cancellation_that_landed_is_remembered_as_ours() -> None:
    gone = base(booking(status=70))
    intent = Intent("stamp", Side.BOOKING, "WriteBooking", NOW, gone, why=Why.GRACE_OVER)
    of = link(intent=intent, state=State.GRACE, until=NOW)
    done = recovered(view(of, booking(status=70), CANCELLED))
    assert (done.closed, done.cancelled_by_us, done.status_before, done.state) == (True, True, 20, State.ACTIVE)
    without = recovered(view(link(intent=intent, base=None), booking(status=70), CANCELLED))
    assert without.status_before is None


def test_a_reopened_booking_is_open_again() -> None:
    ours = their_link(closed=True, cancelled_by_us=True, status_before=20)
    assert booking_written(ours, Why.EVENT_RESTORED, 70) == their_link()
    assert booking_written(link(refused="x"), Why.WRITE_BACK, 20).refused == "x"
    assert booking_written(link(refused="x", closed=True), Why.UNDONE, 20) == link()


def test_an_event_that_was_made_again_ends_what_was_said_of_its_absence() -> None:
    held = link(intent=open_intent("ReviveEvent"), state=State.HELD, reason="event_deleted", decided="restore")
    again = recovered(view(replace(held, closed=True, cancelled_by_us=True, status_before=20), seen=event(NOON)))
    assert (again.state, again.reason, again.decided) == (State.ACTIVE, "", "")
    assert (again.closed, again.cancelled_by_us, again.status_before) == (False, False, None)


def test_an_approval_that_was_carried_out_is_over() -> None:
    approved = link(state=State.HELD, decided="approve")
    assert booking_written(approved, Why.APPROVED, 20).decided == ""
