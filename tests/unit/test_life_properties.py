"""What holds of the life of every pair: an answer that was lost counts as one that came, and refusals come to rest."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import islice

from hypothesis import HealthCheck, given
from hypothesis import settings as profile

from docs import states
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.attempts import WRITES
from functions.domain.pairing.lifecycle import after, begun
from functions.domain.pairing.link import Intent, Link
from functions.domain.pairing.step import (
    Conclude,
    Landed,
    Look,
    Missed,
    Planned,
    Rejected,
    Rest,
    Settle,
    Then,
    Turn,
    Unknown,
)
from functions.domain.pairing.writes import DeleteEvent, MakeBooking, MoveEvent, Outcome, Why, Write, WriteBooking, bare
from functions.domain.planning.brake import attempt_of
from functions.domain.planning.plan import plan
from functions.domain.planning.simulate import simulate
from functions.domain.planning.view import PlanningContext, View
from functions.domain.planning.write_event_id import ids_of
from tests.unit import sketch
from tests.unit.sketch import ABSENT, CANCELLED

quick = profile(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
STAMP, STEPS = "of this write", 16
each_pair = given(sketch.views, sketch.all_circumstances)


@cache
def every_state() -> list[tuple[View, PlanningContext]]:
    """Every third of the circumstances in which the states are drawn; Hypothesis thinks of others."""
    return list(islice(states.views(), 0, None, 3))


def to_the_write(view: View, context: PlanningContext) -> tuple[View, Planned, Write] | None:
    """Follow a pair to its first write; None: it comes to rest before."""
    view = replace(view, link=replace(view.link, intent=None))
    for _ in range(STEPS):
        planned = plan(view, context)
        match planned.step:
            case Look():
                view = looked(view, planned.step)
            case Settle():
                view = settled(view, planned.step)
            case Rest() | Conclude():
                return None
            case write:
                return view, planned, write
    raise AssertionError("it neither writes nor rests")


def looked(view: View, step: Look) -> View:
    if step.find:
        return replace(view, found=ABSENT)
    return replace(view, booking=ABSENT) if step.booking_with else replace(view, event=there(view))


def settled(view: View, step: Settle) -> View:
    taken_up = step.why is Why.ADOPTED and step.link.event is not None and view.found is not None
    return replace(view, link=step.link, event=view.found if taken_up and view.found is not None else view.event)


def there(view: View) -> Snapshot[Event]:
    """Return the event of a pair as it shows when nobody has touched it."""
    link = view.link
    assert link.event is not None
    when = link.base.when if link.base is not None else sketch.TEN
    return Snapshot.of(sketch.event(when, key=link.event, etag=link.event_etag or '"1"'))


def begin(view: View, planned: Planned, step: Write, context: PlanningContext) -> Link:
    intent = Intent(
        STAMP, bare(step), context.now, planned.base or view.link.base, "entry", ids_of(step, context.digest)
    )
    return begun(view.link, intent, attempt_of(view, step, context))


def answered(view: View, planned: Planned, step: Write, context: PlanningContext) -> Event | Booking | None:
    """Return what the other side answers to a write: with our stamp, where it is an event."""
    done = simulate(view, step, planned.base, context)
    if isinstance(step, WriteBooking | MakeBooking):
        return done.booking.value
    event = done.event.value if not isinstance(step, DeleteEvent) else None
    return replace(event, mark=replace(event.mark, stamp=STAMP)) if event is not None else None


def found_out(view: View, link: Link, context: PlanningContext) -> Turn:
    """Find out about a write whose answer was lost, from what both sides show."""
    planned = plan(replace(view, link=link), context)
    if isinstance(planned.step, Look):
        planned = plan(replace(view, link=link, found=ABSENT, found_is_free=True), context)
    assert isinstance(planned.step, Conclude), planned
    return after(link, planned.step.result)


def lost(link: Link, context: PlanningContext) -> Link:
    turn = after(link, Unknown(context.now))
    assert (turn.outcome, turn.then) == (None, Then.GIVE_UP)
    return turn.link


def as_received(view: View, context: PlanningContext) -> bool:
    """Whether there is a write; a lost answer to it must lead where a received one does."""
    found = to_the_write(view, context)
    if found is None:
        return False
    view, planned, step = found
    answer = answered(view, planned, step, context)
    if answer is None and not isinstance(step, DeleteEvent):
        return False
    link = begin(view, planned, step, context)
    received = after(link, Landed(answer))
    shown = replace(view, found=ABSENT)
    if isinstance(answer, Booking):
        shown = replace(shown, booking=Snapshot.of(answer))
    else:
        shown = replace(shown, event=Snapshot.of(answer) if isinstance(answer, Event) else CANCELLED)
    assert found_out(shown, lost(link, context), context) == received, step
    assert received.outcome is Outcome.DONE
    return True


def as_never_begun(view: View, context: PlanningContext) -> bool:
    """Whether there is a write; a process that ends before it must lead to the same write again."""
    found = to_the_write(view, context)
    if found is None:
        return False
    view, planned, step = found
    shown = replace(view, found=ABSENT)
    if isinstance(step, MakeBooking):
        shown = replace(shown, booking=ABSENT)
    elif isinstance(step, MoveEvent):
        shown = replace(shown, event=ABSENT)  # it is looked for where it was to go
    elif not isinstance(step, WriteBooking) and view.event.presence is Presence.BELIEVED:
        shown = replace(shown, event=there(view))
    link = begin(view, planned, step, context)
    turn = found_out(shown, link, context)
    assert turn.outcome is Outcome.INTERRUPTED, step
    assert replace(turn.link, attempts=(), order=view.link.order) == replace(view.link, attempts=())
    assert turn.link.order == link.order  # of which the booking's part may be done by then
    assert turn == after(link, Missed())
    assert plan(replace(view, link=turn.link), context) == planned
    return True


def test_a_lost_answer_leads_where_a_received_one_does_in_every_state() -> None:
    assert sum(as_received(view, context) for view, context in every_state()) > 500


@quick
@each_pair
def test_a_lost_answer_leads_where_a_received_one_does(view: View, context: PlanningContext) -> None:
    as_received(view, context)


def test_a_process_that_ends_before_its_write_leads_to_the_same_write_again_in_every_state() -> None:
    assert sum(as_never_begun(view, context) for view, context in every_state()) > 500


@quick
@each_pair
def test_a_process_that_ends_before_its_write_leads_to_the_same_write_again(
    view: View, context: PlanningContext
) -> None:
    as_never_begun(view, context)


def refused(view: View, context: PlanningContext) -> Iterator[tuple[View, str]]:
    """Follow a pair to its rest in a world that refuses every write; give each that was tried, by what it asked."""
    for _ in range(STEPS):
        planned = plan(view, context)
        match planned.step:
            case Look():
                view = looked(view, planned.step)
            case Settle():
                view = settled(view, planned.step)
            case Rest() | Conclude():
                yield view, ""
                return
            case write:
                turn = after(begin(view, planned, write, context), Rejected("other", context.now))
                view = replace(view, link=turn.link)
                yield view, f"{write.kind} {write.why}"
                if turn.then is Then.GIVE_UP:
                    return
                view = replace(view, event=ABSENT) if turn.then is Then.ABSENT else view
    raise AssertionError("it does not come to rest")


def asked_once(view: View, context: PlanningContext) -> int:
    view = replace(view, link=replace(view.link, intent=None))
    asked = Counter(what for _, what in refused(view, context) if what)
    assert all(times == 1 for times in asked.values()), asked
    return len(asked)


def bounded(view: View, context: PlanningContext) -> int:
    """Look again and again for ten minutes; return how many writes were tried that can be a loop.

    What a person ordered, and a removal by status, is none: each is counted by itself.
    """
    view, tried = replace(view, link=replace(view.link, intent=None, attempts=())), Counter[str]()
    for second in range(0, 600, 30):
        later = replace(context, now=context.now + timedelta(seconds=second))
        for view, what in refused(view, later):  # noqa: B007, B020 -- it goes on from where it came to
            if what and not what.endswith(Why.WRITE_BACK):
                tried[what if what.endswith((Why.BOOKING_CANCELLED, Why.UNDONE, Why.APPROVED)) else ""] += 1
    assert max(tried.values(), default=0) <= WRITES, (tried, view.link)
    return tried[""]


def test_what_is_refused_is_asked_once_until_the_pair_rests_in_every_state() -> None:
    assert sum(asked_once(view, context) for view, context in every_state()) > 500


@quick
@each_pair
def test_what_is_refused_is_asked_once_until_the_pair_rests(view: View, context: PlanningContext) -> None:
    asked_once(view, context)


def test_whoever_refuses_everything_gets_no_more_writes_in_ten_minutes_than_the_brake_allows_in_every_state() -> None:
    assert max(bounded(view, context) for view, context in every_state()[::4]) == WRITES


@quick
@each_pair
def test_whoever_refuses_everything_gets_no_more_writes_in_ten_minutes_than_the_brake_allows(
    view: View, context: PlanningContext
) -> None:
    bounded(view, context)
