"""A deleted event cancels its booking after a grace, waits for a person, or comes back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.model.booking import Booking
from functions.domain.model.snapshot import Snapshot
from functions.domain.pairing.life import Active, Detached, Grace, Held, Side, State
from functions.domain.pairing.link import Approve, Link, Restore
from functions.domain.pairing.step import Look, Rest, Settle
from functions.domain.pairing.writes import BookingChange, PatchEvent, ReviveEvent, Why, WriteBooking
from functions.domain.planning.plan import plan
from functions.domain.planning.plan_deleted_event import cancel, plan_vanished
from functions.domain.planning.view import View
from functions.domain.settings.schema import MappingRow
from tests.unit.sketch import (
    ABSENT,
    CANCELLED,
    KEY,
    LAST_YEAR,
    MOVED,
    NOON,
    NOW,
    ROOM_B,
    TEN,
    UNREADABLE,
    base,
    booking,
    event,
    link,
    planning_context,
    settings,
    their_booking,
    their_link,
    view,
)

C = planning_context()
MAY = planning_context(settings(inbound={"allow_booking_update": True}))


def vanished(of: Link | None = None, its: Any = None) -> View:
    """A pair whose event was deleted, and looked for elsewhere."""
    return replace(view(of, its, CANCELLED), found=ABSENT)


def test_a_vanished_event_is_looked_for_in_the_other_calendars_first() -> None:
    assert plan(view(seen=CANCELLED), C).step == Look(find=KEY.id)
    assert plan(replace(view(seen=CANCELLED), found=UNREADABLE), C).step == Rest(Why.UNREADABLE)
    moved = replace(view(seen=CANCELLED), found=Snapshot.of(event(key=MOVED)))
    assert isinstance(plan(moved, C).step, PatchEvent)  # the reason why it goes back
    taken = replace(moved, found_is_free=False)
    assert isinstance(plan(taken, C).step, ReviveEvent)


def test_a_deleted_event_comes_back_where_it_may_not_change_its_booking() -> None:
    step = plan(vanished(), C).step
    assert isinstance(step, ReviveEvent)
    assert step.why is Why.MADE_AGAIN
    restore = planning_context(settings(inbound={"allow_booking_update": True, "deleted_event": "restore"}))
    assert isinstance(plan(vanished(), restore).step, ReviveEvent)
    activity = vanished(its=booking(activity_id="5"))
    assert isinstance(plan(activity, MAY).step, ReviveEvent)


def test_a_deleted_event_cancels_its_booking_after_the_grace() -> None:
    step = plan(vanished(), MAY).step
    assert isinstance(step, Settle)
    assert (step.link.state, step.link.until) == (State.GRACE, NOW + timedelta(seconds=120))
    assert plan(vanished(step.link), MAY).step == Rest(Why.GRACE, step.link.until)
    later = replace(MAY, now=NOW + timedelta(seconds=121))
    planned = plan(vanished(step.link), later)
    assert planned.step == WriteBooking("1001", BookingChange(status=70), Why.GRACE_OVER)
    assert planned.base is not None
    assert planned.base.status == 70


def test_at_the_end_of_the_grace_the_settings_of_that_moment_count() -> None:
    graced = link(life=Grace(NOW))
    restore = planning_context(settings(inbound={"allow_booking_update": True, "deleted_event": "restore"}))
    ask = planning_context(settings(inbound={"allow_booking_update": True, "deleted_event": "ask"}))
    for changed in (C, restore):
        step = plan(vanished(graced), changed).step
        assert isinstance(step, ReviveEvent)
        assert step.why is Why.MADE_AGAIN
    step = plan(vanished(graced), ask).step
    assert isinstance(step, Settle)
    assert (step.link.state, step.link.until) == (State.HELD, None)


@pytest.mark.parametrize("change", [{"when": NOON}, {"object_id": "11"}, {"status": 30}], ids=str)
def test_a_change_of_the_booking_drops_the_cancellation(change: dict[str, Any]) -> None:
    graced = link(life=Grace(NOW))
    step = plan(vanished(graced, booking(**change)), MAY).step
    assert isinstance(step, ReviveEvent)
    assert step.why is Why.BOOKING_CHANGED
    before = plan(vanished(its=booking(**change)), MAY).step
    assert isinstance(before, ReviveEvent)
    assert before.why is Why.CONFLICT


def test_an_event_that_is_back_within_the_grace_ends_it() -> None:
    step = plan(view(link(life=Grace(NOW))), MAY).step
    assert isinstance(step, Settle)
    assert step.link.state is State.ACTIVE


def test_a_deletion_waits_for_a_person_where_asked_for() -> None:
    ask = planning_context(settings(inbound={"allow_booking_update": True, "deleted_event": "ask"}))
    step = plan(vanished(), ask).step
    assert isinstance(step, Settle)
    assert step.link.state is State.HELD
    assert plan(vanished(step.link), ask).step == Rest(Why.HELD)
    approved = plan(vanished(replace(step.link, order=Approve())), ask).step
    assert approved == WriteBooking("1001", BookingChange(status=70), Why.APPROVED)
    restored = plan(vanished(replace(step.link, order=Restore())), ask).step
    assert isinstance(restored, ReviveEvent)
    assert restored.why is Why.UNDONE


def test_unusually_many_deletions_wait_for_a_person() -> None:
    over = link(life=Grace(NOW - timedelta(seconds=1)))
    step = plan(vanished(over), replace(MAY, hold_removals=True)).step
    assert isinstance(step, Settle)
    assert step.link.state is State.HELD


def test_without_a_status_to_cancel_with_a_person_decides() -> None:
    none = planning_context(settings(inbound={"allow_booking_update": True}, outbound={"delete_on_status": ()}))
    step = plan(vanished(), none).step
    assert isinstance(step, Settle)
    assert step.link.state is State.HELD
    for of, its in ((link(), none), (link(base=None), MAY)):
        held = cancel(of, booking(), its, Why.GRACE_OVER).step
        assert isinstance(held, Settle)
        assert held.link.reason == "no_cancel_status"


def test_an_event_deleted_outside_the_window_is_left_alone() -> None:
    past = booking(LAST_YEAR)
    step = plan(vanished(link(base=base(past)), past), MAY).step
    assert isinstance(step, Settle)
    assert step.link.state is State.DETACHED


def left_outside(its: Booking | Snapshot[Booking], cause: str = "outside_window", **more: Any) -> View:
    """A pair whose event was deleted while its booking was of last year, with the booking as it is now."""
    return vanished(link(life=Detached(cause), base=base(booking(LAST_YEAR)), **more), its)


def test_a_booking_that_is_moved_into_the_window_has_its_event_again() -> None:
    step = plan(left_outside(booking()), MAY).step
    assert isinstance(step, Settle)
    assert step.link.life == Active()
    again = plan(vanished(step.link, booking()), MAY).step
    assert isinstance(again, ReviveEvent)
    assert (again.content.when if again.content is not None else None) == TEN


@pytest.mark.parametrize(
    "v",
    [
        left_outside(booking(LAST_YEAR)),
        left_outside(booking(replace(LAST_YEAR, end=LAST_YEAR.end + timedelta(hours=1)))),
        left_outside(booking(status=70)),
        left_outside(booking(status=10)),
        left_outside(ABSENT),
        left_outside(booking(), "undone"),
        vanished(link(life=Detached("outside_window")), booking()),
    ],
    ids=[
        "unmoved",
        "outside still",
        "cancelled",
        "a status that makes none",
        "not found",
        "parted by a person",
        "as it was",
    ],
)
def test_any_other_pair_that_was_left_alone_stays_so(v: View) -> None:
    assert plan(v, MAY).step == Rest(Why.DETACHED)


@pytest.mark.parametrize("order", [None, Approve()])
def test_who_was_asked_about_the_event_of_a_booking_that_is_back_has_not_decided_about_the_booking(order: Any) -> None:
    asked = link(life=Held(Why.BOOKING_GONE, Side.EVENT), order=order)
    step = plan(vanished(asked), MAY).step
    assert isinstance(step, Settle)
    assert (step.link.life, step.link.order) == (Grace(NOW + timedelta(seconds=120)), None)
    assert plan(vanished(step.link), MAY).step == Rest(Why.GRACE, NOW + timedelta(seconds=120))
    back = plan(vanished(asked), C).step
    assert isinstance(back, ReviveEvent)
    assert back.why is Why.MADE_AGAIN


def test_an_event_that_vanished_before_anything_was_agreed_is_made_again() -> None:
    step = plan(vanished(link(base=None)), MAY).step
    assert isinstance(step, ReviveEvent)
    assert step.why is Why.BOOKING_MADE


def test_a_persons_own_event_comes_back_as_it_was() -> None:
    restore = planning_context(settings(inbound={"deleted_event": "restore"}))
    step = plan(replace(view(their_link(), their_booking(), CANCELLED), found=ABSENT), restore).step
    assert isinstance(step, ReviveEvent)
    assert step.content is None


def test_a_view_without_its_sides_decides_nothing() -> None:
    assert plan_vanished(view(its=ABSENT), C).step == Rest(Why.UNREADABLE)
    assert plan_vanished(vanished(link(event=None)), C).step == Rest(Why.UNREADABLE)
    unmapped = planning_context(settings(mapping=(MappingRow("11", ROOM_B),)))
    assert plan_vanished(vanished(), unmapped).step == Rest(Why.NO_CALENDAR)
