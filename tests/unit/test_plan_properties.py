"""What holds of every decision, whatever the two sides and the link look like."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, assume, example, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from functions.domain.model.event import Event, EventKey
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.life import Active, Closed, Detached, Life, Paused
from functions.domain.pairing.link import Intent, Link, Origin
from functions.domain.pairing.step import Look, Planned, Rest, Settle
from functions.domain.pairing.writes import (
    DeleteEvent,
    EventChange,
    InsertEvent,
    MoveEvent,
    PatchEvent,
    ReviveEvent,
    Why,
    Write,
    WriteBooking,
)
from functions.domain.planning.plan import plan
from functions.domain.planning.simulate import simulate
from functions.domain.planning.view import PlanningContext, View
from tests.unit import sketch
from tests.unit.sketch import ROOM_A, ROOM_B, booking, event, link

quick = profile(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@quick
@given(sketch.views, sketch.all_circumstances)
def test_the_planner_never_raises_always_says_why_and_decides_the_same_again(
    view: View, context: PlanningContext
) -> None:
    planned = plan(view, context)
    assert isinstance(planned.step, Look) or planned.step.why
    assert plan(view, context) == planned


@quick
@given(sketch.views, sketch.all_circumstances)
def test_nothing_is_written_on_what_could_not_be_read(view: View, context: PlanningContext) -> None:
    unread = replace(view, event=sketch.UNREADABLE)
    assert not isinstance(plan(unread, context).step, Write)
    unread = replace(view, booking=sketch.UNREADABLE)
    assert not isinstance(plan(unread, context).step, Write)


@quick
@given(sketch.views, sketch.all_circumstances, st.just(Detached("undone")) | sketch.pauses)
def test_a_pair_that_is_left_alone_is_written_only_where_its_booking_is_cancelled(
    view: View, context: PlanningContext, life: Life
) -> None:
    waiting = view.with_link(life=life, intent=None, order=None)
    step = plan(waiting, context).step
    by_status = isinstance(step, DeleteEvent) and step.why is Why.BOOKING_CANCELLED
    assert not isinstance(step, Write) or (isinstance(life, Paused) and by_status)


@quick
@given(sketch.views, sketch.all_circumstances, sketch.steps)
def test_nothing_happens_under_the_lease_of_another_instance(view: View, context: PlanningContext, step: Write) -> None:
    leased = Intent("other", step, context.now + timedelta(seconds=1))
    assert isinstance(plan(view.with_link(intent=leased), context).step, Rest)


@quick
@given(sketch.views, sketch.all_circumstances)
def test_a_guest_copy_of_an_event_is_never_written(view: View, context: PlanningContext) -> None:
    assume(not view.link.closed and view.link.origin is not Origin.INVITATION)  # whose answer is written, see below
    view = view.with_link(intent=None, order=None if view.link.overridden is not None else view.link.order)
    copy = replace(view.event.value or event(), organizer_self=False)
    step = plan(replace(view, event=Snapshot.of(copy), found=None), context).step
    assert not isinstance(step, Write) or isinstance(step, DeleteEvent | InsertEvent | WriteBooking)


@quick
@given(
    st.builds(
        event, sketch.whens, title=sketch.texts, description=sketch.descriptions, etag=st.sampled_from(('"1"', '"2"'))
    ),
    st.builds(
        booking,
        sketch.whens,
        object_id=st.sampled_from(("10", "11")),
        status=st.sampled_from((10, 20, 70)),
        remarks=sketch.texts,
    ),
    st.sampled_from((ROOM_A, ROOM_B)),
    sketch.all_circumstances,
    st.sampled_from(Origin),
    st.sampled_from(("there", "deleted", "unseen")),
)
def test_following_the_plan_comes_to_rest_and_then_nothing_is_left_to_do(
    its: Event, of: Any, calendar: str, context: PlanningContext, origin: Origin, seen: str
) -> None:
    """The steps are applied to both sides as they would go; a second look then finds both in step."""
    its = replace(its, key=EventKey(calendar, its.key.id))
    session: dict[str, Snapshot[Any]] = {
        "there": Snapshot.of(its),
        "deleted": sketch.CANCELLED,
        "unseen": sketch.BELIEVED,
    }
    view = View(link(origin=origin), Snapshot.of(of), session[seen])
    view = follow(view, context, its if seen == "unseen" else None)
    assert isinstance(plan(view, context).step, Rest)
    later = replace(context, now=context.now + timedelta(days=1))
    assert isinstance(plan(view, later).step, Rest | Settle) or not isinstance(
        view.link.life, Active | Closed
    )  # grace ends


def follow(view: View, context: PlanningContext, real: Event | None) -> View:
    """Do what the planner says until it rests; `real` is the event that a look at it shows."""
    for _ in range(16):
        planned = plan(view, context)
        match planned.step:
            case Rest():
                return view
            case Settle(saved, _):
                view = replace(view, link=replace(saved, version=saved.version + 1))
            case Look(event=key) if key is not None:
                view = replace(view, event=Snapshot.of(real) if real is not None else sketch.CANCELLED)
            case Look():
                view = replace(view, found=sketch.ABSENT)
            case _:
                view = written(view, planned, context)
    raise AssertionError("no rest")


def written(view: View, planned: Planned, context: PlanningContext) -> View:
    assert isinstance(planned.step, Write)
    after = simulate(view, planned.step, planned.base, context)
    if isinstance(planned.step, WriteBooking):
        assert after.booking.value is not None
    if after.event.presence is Presence.BELIEVED:
        after = replace(after, event=sketch.BELIEVED)
    return after


@quick
@given(sketch.links, sketch.events)
@example(link(), event(etag='"2"'))
def test_a_link_never_takes_an_older_reading_for_a_newer_one(of: Link, its: Event) -> None:
    known = of.seeing(its)
    assert not known.knows_newer(its)
    if its.updated is not None:
        older = replace(its, etag='"0"', updated=its.updated - timedelta(seconds=1))
        newer = replace(its, etag='"3"', updated=its.updated + timedelta(seconds=1))
        assert known.knows_newer(older)
        assert not known.knows_newer(newer)


@quick
@given(sketch.views, sketch.all_circumstances, st.sampled_from(["accepted", "declined", "needsAction", ""]))
def test_of_an_invitation_nothing_but_the_rooms_answer_is_ever_written(
    view: View, context: PlanningContext, answer: str
) -> None:
    theirs = view.event.value
    copy = replace(theirs, organizer_self=False, answer=answer, declined=answer == "declined") if theirs else None
    seen = Snapshot.of(copy) if copy is not None else view.event
    invited = replace(view.with_link(origin=Origin.INVITATION, event=view.link.event or link().event), event=seen)
    step = plan(invited, context).step
    if isinstance(step, PatchEvent):
        assert step.change == EventChange(answer=step.change.answer, comment=step.change.comment)
        assert step.change.answer in ("accepted", "declined")
    else:
        assert not isinstance(step, InsertEvent | ReviveEvent | MoveEvent | DeleteEvent)
