"""The order of decisions, and the brake on pairs that are written too often."""

from dataclasses import replace
from datetime import timedelta

from functions.domain.model.link import Intent, Side, State, Wish
from functions.domain.planning.plan import counted, plan
from functions.domain.planning.step import PatchEvent, Rest, Settle, Why, WriteBooking
from tests.unit.sketch import CANCELLED, NOON, NOW, UNREADABLE, booking, event, link, planning_context, settings, view

C = planning_context()
LATELY = tuple(NOW - timedelta(minutes=each) for each in range(6))


def test_an_open_intent_comes_before_everything() -> None:
    intent = Intent("s", Side.EVENT, "PatchEvent", NOW + timedelta(seconds=90))
    of = link(intent=intent, state=State.PAUSED)
    assert plan(view(of), C).step == Rest(Why.LEASED, intent.expires_at)


def test_pairs_that_wait_for_a_person_rest() -> None:
    assert plan(view(link(state=State.PAUSED), seen=event(NOON)), C).step == Rest(Why.PAUSED)
    assert plan(view(link(state=State.DETACHED), seen=event(NOON)), C).step == Rest(Why.DETACHED)


def test_a_side_that_cannot_be_read_is_not_gone() -> None:
    assert plan(view(its=UNREADABLE), C).step == Rest(Why.UNREADABLE)
    assert plan(view(seen=UNREADABLE), C).step == Rest(Why.UNREADABLE)


def test_after_three_put_backs_in_an_hour_the_pair_waits_for_a_person() -> None:
    of = link(put_backs=LATELY[:3])
    step = plan(view(of, seen=event(NOON)), C).step
    assert isinstance(step, Settle)
    assert (step.link.state, step.link.reason) == (State.PAUSED, Why.TOO_OFTEN)
    earlier = link(put_backs=tuple(at - timedelta(hours=1) for at in LATELY[:3]))
    assert isinstance(plan(view(earlier, seen=event(NOON)), C).step, PatchEvent)


def test_after_six_writes_in_ten_minutes_the_pair_waits_for_a_person() -> None:
    step = plan(view(link(writes=LATELY), booking(NOON)), C).step
    assert isinstance(step, Settle)
    assert step.link.state is State.PAUSED
    assert isinstance(plan(view(link(writes=LATELY[:5]), booking(NOON)), C).step, PatchEvent)


def test_writing_an_id_back_belongs_to_the_change_before_it() -> None:
    of = link(writes=LATELY)
    assert isinstance(plan(view(of, booking(external_id="")), C).step, WriteBooking)
    assert counted(of, Why.WRITE_BACK, C) == of


def test_what_a_person_ordered_is_not_braked() -> None:
    wished = link(writes=LATELY, wish=Wish(status=70))
    assert isinstance(plan(view(wished), C).step, WriteBooking)
    approved = link(writes=LATELY, state=State.HELD, decided="approve")
    may = planning_context(settings(inbound={"allow_booking_update": True}))
    assert isinstance(plan(view(approved, seen=CANCELLED), may).step, WriteBooking)


def test_counts_of_long_ago_are_dropped() -> None:
    later = replace(C, now=NOW + timedelta(hours=2))
    of = counted(link(writes=LATELY, put_backs=LATELY), Why.PUT_BACK, later)
    assert (of.writes, of.put_backs) == ((later.now,), (later.now,))
    assert counted(link(), Why.BOOKING_CHANGED, C).put_backs == ()
