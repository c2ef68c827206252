"""The order of decisions, and the brake on pairs that are written too often."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.domain.model.appointment import Timed
from functions.domain.model.snapshot import Snapshot
from functions.domain.pairing.attempts import QUIET, Attempt, Attempts, Ended
from functions.domain.pairing.life import Active, Closed, Detached, Held, Paused
from functions.domain.pairing.link import Approve, Intent, Link, Override
from functions.domain.pairing.step import Conclude, Landed, Rest, Settle
from functions.domain.pairing.writes import (
    BookingChange,
    DeleteEvent,
    EventChange,
    PatchEvent,
    Why,
    Write,
    WriteBooking,
)
from functions.domain.planning.brake import attempt_of, shown
from functions.domain.planning.plan import plan
from functions.domain.planning.view import PlanningContext, View
from tests.unit.sketch import (
    ABSENT,
    CANCELLED,
    EVENING,
    KEY,
    MOVED,
    NOON,
    NOW,
    TEN,
    UNREADABLE,
    base,
    booking,
    event,
    link,
    paused,
    planning_context,
    settings,
    view,
)

C = planning_context()
MAY = planning_context(settings(inbound={"allow_booking_update": True}))


def often(v: View, context: PlanningContext = C, times: int = 6, ended: Ended = Ended.LANDED) -> View:
    """The view with what the planner would write now tried so often already, a minute apart."""
    step = plan(v, context).step
    assert isinstance(step, Write)
    one = attempt_of(v, step, context)
    assert one is not None
    tried = tuple(replace(one, at=NOW - timedelta(minutes=each), ended=ended) for each in range(times, 0, -1))
    return v.with_link(attempts=tried)


def settled(v: View, context: PlanningContext = C) -> Link:
    step = plan(v, context).step
    assert isinstance(step, Settle)
    return step.link


def seen_while_paused(v: View, **more: Any) -> View:
    return v.with_link(life=paused(seen=shown(v, C.digest), **more))


def test_an_open_intent_comes_before_everything() -> None:
    intent = Intent("s", PatchEvent(KEY, "", EventChange(), Why.PUT_BACK), NOW + timedelta(seconds=90))
    assert plan(view(link(intent=intent, life=paused())), C).step == Rest(Why.LEASED, intent.expires_at)


def test_a_pair_that_was_parted_rests() -> None:
    assert plan(view(link(life=Detached("undone")), seen=event(NOON)), C).step == Rest(Why.DETACHED)


def test_a_side_that_cannot_be_read_is_not_gone() -> None:
    assert plan(view(its=UNREADABLE), C).step == Rest(Why.UNREADABLE)
    assert plan(view(seen=UNREADABLE), C).step == Rest(Why.UNREADABLE)


def test_after_three_put_backs_in_an_hour_the_pair_is_paused() -> None:
    v = view(seen=event(NOON))
    assert isinstance(plan(often(v, times=2), C).step, PatchEvent)
    found = settled(often(v, times=3))
    assert (found.life, found.reason) == (Paused("too_often", NOW, Active(), shown(v, C.digest)), "too_often")
    hour = replace(C, now=NOW + timedelta(minutes=59))
    assert isinstance(plan(often(v, times=3), hour).step, PatchEvent)


def test_another_time_that_is_put_back_counts_as_well_because_the_same_value_is_written() -> None:
    v = often(view(seen=event(NOON)), times=3)
    assert isinstance(settled(replace(v, event=Snapshot.of(event(EVENING)))).life, Paused)


def test_after_six_writes_of_the_same_in_ten_minutes_the_pair_is_paused() -> None:
    v = view(its=booking(NOON))
    assert isinstance(plan(often(v, times=5), C).step, PatchEvent)
    assert isinstance(settled(often(v)).life, Paused)


def test_other_values_of_people_are_no_loop_however_often_they_come() -> None:
    attempts: Attempts = tuple(
        Attempt(NOW - timedelta(seconds=each), f"{each}", ended=Ended.LANDED) for each in range(20, 0, -1)
    )
    assert isinstance(plan(view(link(attempts=attempts), booking(NOON)), C).step, PatchEvent)


def test_two_places_that_set_a_value_back_and_forth_are_a_loop() -> None:
    there = view(its=booking(NOON))
    back = view(its=booking(TEN), seen=event(NOON))
    one, other = (attempt_of(each, plan(each, C).step, C) for each in (there, back))  # type: ignore[arg-type]  # writes
    assert one is not None
    assert other is not None
    both = tuple(
        replace((one, other)[each % 2], at=NOW - timedelta(minutes=6 - each), put_back=False) for each in range(6)
    )
    assert isinstance(settled(there.with_link(attempts=both)).life, Paused)
    fresh = replace(there, booking=Snapshot.of(booking(EVENING)))
    assert isinstance(plan(fresh.with_link(attempts=both), C).step, PatchEvent)


def test_an_outside_that_refuses_everything_is_not_asked_more_than_six_times_in_ten_minutes() -> None:
    refused = tuple(Attempt(NOW - timedelta(minutes=each), f"{each}", ended=Ended.REFUSED) for each in range(6, 0, -1))
    v = view(link(attempts=refused), booking(NOON))
    assert isinstance(settled(v).life, Paused)
    one_landed = (*refused[:-1], replace(refused[-1], ended=Ended.LANDED))
    assert isinstance(plan(v.with_link(attempts=one_landed), C).step, PatchEvent)


def test_a_text_that_is_put_back_too_often_never_stops_the_times_of_a_pair() -> None:
    v = often(view(seen=event(title="Anders")), times=3)
    assert plan(v, C).step == Rest(Why.TOO_OFTEN, NOW + QUIET)
    moved = plan(replace(v, booking=Snapshot.of(booking(NOON))), C).step
    assert isinstance(moved, PatchEvent)
    assert moved.change.when == NOON


def test_writing_an_id_back_belongs_to_the_change_before_it() -> None:
    v = view(link(), booking(external_id=""))
    step = plan(v.with_link(attempts=often(view(its=booking(NOON))).link.attempts), C).step
    assert isinstance(step, WriteBooking)
    assert attempt_of(v, step, C) is None


def test_what_a_person_ordered_is_not_braked() -> None:
    tried = often(view(its=booking(NOON))).link.attempts
    assert isinstance(plan(view(link(attempts=tried, order=Override(status=70))), C).step, WriteBooking)
    approved = link(attempts=tried, life=Held("event_deleted"), order=Approve())
    assert isinstance(plan(view(approved, seen=CANCELLED), MAY).step, WriteBooking)


def test_a_removal_by_status_always_passes_also_while_the_pair_is_paused() -> None:
    gone = view(its=booking(status=70))
    assert isinstance(plan(often(gone, times=9), C).step, DeleteEvent)
    assert isinstance(plan(seen_while_paused(gone), C).step, DeleteEvent)


def test_a_removal_that_was_refused_again_and_again_waits_until_that_was_ten_minutes_ago() -> None:
    gone = view(its=booking(status=70))
    step = plan(gone, C).step
    assert isinstance(step, DeleteEvent)
    attempt = attempt_of(gone, step, C)
    assert attempt is not None
    same = tuple(replace(attempt, at=NOW - timedelta(minutes=each), ended=Ended.REFUSED) for each in range(6, 0, -1))
    assert plan(gone.with_link(attempts=same), C).step == Rest(Why.TOO_OFTEN, NOW + timedelta(minutes=4))
    for others in (same[1:], tuple(replace(each, what="another") for each in same)):
        assert isinstance(plan(gone.with_link(attempts=others), C).step, DeleteEvent)


def test_a_paused_pair_waits_until_nothing_has_changed_for_an_hour_and_then_goes_on_by_itself() -> None:
    v = seen_while_paused(view(seen=event(NOON)))
    assert plan(v, C).step == Rest(Why.PAUSED, NOW + QUIET)
    again = settled(v, replace(C, now=NOW + QUIET))
    assert (again.life, again.attempts) == (link().life, ())


def test_a_paused_pair_that_still_changes_waits_longer() -> None:
    v = seen_while_paused(view(seen=event(NOON)))
    later = replace(C, now=NOW + timedelta(minutes=30))
    moved = settled(replace(v, event=Snapshot.of(event(EVENING))), later)
    assert isinstance(moved.life, Paused)
    assert moved.life.since == later.now


def test_a_closed_pair_that_was_paused_is_closed_again() -> None:
    v = seen_while_paused(view(seen=CANCELLED), former=Closed())
    assert settled(v, replace(C, now=NOW + QUIET)).closed


AUTUMN = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # half past two in Amsterdam, for the first of two times


def test_an_hour_that_comes_twice_is_the_one_that_both_sides_agreed_on() -> None:
    hour, quarter = timedelta(hours=1), timedelta(minutes=15)
    first, second = Timed(AUTUMN, AUTUMN + quarter), Timed(AUTUMN + hour, AUTUMN + hour + quarter)
    agreed = link(base=base(booking(second)))
    autumn = replace(C, now=AUTUMN - timedelta(days=7))
    assert plan(view(agreed, booking(first), event(second)), autumn).step == Rest(Why.IN_STEP)
    moved = plan(view(link(base=base(booking(first))), booking(first), event(second)), autumn).step
    assert isinstance(moved, PatchEvent)
    writing = Intent("s", WriteBooking("1001", BookingChange(when=second), Why.EVENT_MOVED), AUTUMN, agreed.base)
    there = view(link(base=base(booking(first)), intent=writing), booking(first), event(second))
    found = plan(there, replace(C, now=AUTUMN)).step
    assert isinstance(found, Conclude)
    assert isinstance(found.result, Landed)


def test_a_booking_without_an_event_is_told_why_it_has_none_also_where_its_object_has_no_calendar() -> None:
    unmade = link(event=None, life=Active())
    assert plan(view(unmade, booking(object_id="12", status=10), CANCELLED), C).step == Rest(Why.NOT_WANTED)
    assert plan(view(unmade, booking(object_id="12"), CANCELLED), C).step == Rest(Why.NO_CALENDAR)


def test_a_loop_over_anything_but_a_text_pauses_the_pair() -> None:
    gone = replace(view(seen=CANCELLED), found=ABSENT)
    assert isinstance(settled(often(gone, times=3)).life, Paused)
    rooms = planning_context(settings(inbound={"allow_booking_update": True, "allow_object_change": True}))
    moved = view(link(event=MOVED), seen=event(key=MOVED))
    assert isinstance(settled(often(moved, rooms), rooms).life, Paused)


def test_a_write_that_agrees_on_nothing_leaves_what_was_agreed_on() -> None:
    hour, quarter = timedelta(hours=1), timedelta(minutes=15)
    first, second = Timed(AUTUMN, AUTUMN + quarter), Timed(AUTUMN + hour, AUTUMN + hour + quarter)
    writing = Intent("s", WriteBooking("1001", BookingChange(when=second), Why.EVENT_MOVED), AUTUMN)
    there = view(link(base=base(booking(second)), intent=writing), booking(first), event(second))
    found = plan(there, replace(C, now=AUTUMN)).step
    assert isinstance(found, Conclude)
    assert isinstance(found.result, Landed)


def test_a_paused_pair_whose_booking_is_gone_waits_like_any_other() -> None:
    v = seen_while_paused(view(its=ABSENT))
    assert plan(v, replace(C, gone_confirmed=True)).step == Rest(Why.PAUSED, NOW + QUIET)
