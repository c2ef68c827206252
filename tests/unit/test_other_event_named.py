"""A booking may name an event that its pair knows nothing of, as after an older store was restored: the pair takes it up."""

from dataclasses import replace

from functions.domain.comparing.event_content import written
from functions.domain.model.event import EventKey, Mark
from functions.domain.model.snapshot import Snapshot
from functions.domain.pairing.life import Grace, State
from functions.domain.pairing.link import Link, Origin, Restore, WrittenIds
from functions.domain.pairing.step import Look, Planned, Rest, Settle
from functions.domain.pairing.writes import ReviveEvent, Why
from functions.domain.planning.plan import plan
from functions.domain.planning.view import View
from tests.unit.sketch import (
    ABSENT,
    CANCELLED,
    NOW,
    ROOM_A,
    UNREADABLE,
    booking,
    event,
    link,
    planning_context,
    settings,
    their_booking,
    their_link,
    theirs,
    view,
)

C = planning_context(settings(inbound={"allow_booking_update": True}))
LATER_ID = "series_20261201T090000Z"
LATER = Snapshot.of(theirs(key=EventKey(ROOM_A, LATER_ID)))
NAMING = their_booking(external_id=LATER_ID)


def gone(of: Link | None = None, found: Snapshot | None = None) -> View:  # type: ignore[type-arg]  # of events
    """A pair whose event is gone, while its booking names another one."""
    return replace(view(of or their_link(), NAMING, CANCELLED), found=found)


def takes_it_up(planned: Planned) -> bool:
    step = planned.step
    return isinstance(step, Settle) and step.why is Why.ADOPTED and step.link.event == EventKey(ROOM_A, LATER_ID)


def test_a_pair_whose_event_is_gone_looks_for_it_and_for_the_one_its_booking_names() -> None:
    assert plan(gone(), C).step == Look(find="person1", instead=LATER_ID)
    assert plan(gone(found=UNREADABLE), C).step == Rest(Why.UNREADABLE)


def test_it_goes_on_with_the_event_that_its_booking_names_whatever_it_waited_for() -> None:
    for waiting in (their_link(), their_link(life=Grace(NOW)), link()):
        planned = plan(gone(waiting, LATER), C)
        assert takes_it_up(planned), waiting
        assert isinstance(planned.step, Settle)
        assert (planned.step.link.state, planned.step.link.base) == (State.ACTIVE, None)


def test_the_event_named_is_left_alone_where_it_is_taken_somebody_elses_or_gone() -> None:
    theirs = Snapshot.of(event(key=EventKey(ROOM_A, LATER_ID), organizer_self=False))
    for found in (ABSENT, theirs):
        assert not takes_it_up(plan(gone(found=found), C))
    assert not takes_it_up(plan(replace(gone(found=LATER), found_is_free=False), C))


def test_nothing_else_is_looked_for_where_the_booking_names_the_pairs_own_event_or_what_is_known_to_be_foreign() -> (
    None
):
    assert plan(view(their_link(), seen=CANCELLED), C).step == Look(find="person1")
    known = their_link(ids=WrittenIds(foreign=True))
    assert plan(gone(known), C).step == Look(find="person1")
    ours = their_link(ids=WrittenIds(written=(C.digest(written("external_id", LATER_ID)),)))
    assert plan(gone(ours), C).step == Look(find="person1")


def test_an_invitation_names_its_organizers_event() -> None:
    invited = their_link(origin=Origin.INVITATION)
    assert not isinstance(plan(gone(invited), C).step, Look)


def test_an_occurrence_is_left_for_the_other_one_that_its_booking_names() -> None:
    both = view(their_link(series="root"), NAMING)
    assert plan(both, C).step == Look(find=LATER_ID)
    assert plan(replace(both, found=UNREADABLE), C).step == Rest(Why.UNREADABLE)
    assert takes_it_up(plan(replace(both, found=LATER), C))
    making = replace(both, found=LATER, found_is_free=False, making_until=NOW)
    assert plan(making, C).step == Rest(Why.LEASED, NOW)
    theirs = Snapshot.of(event(key=EventKey(ROOM_A, LATER_ID), organizer_self=False))
    for other in (
        replace(both, found=ABSENT),
        replace(both, found=theirs),
        replace(both, found=LATER, found_is_free=False),
    ):
        assert not takes_it_up(plan(other, C))


def test_an_occurrence_is_left_for_an_event_that_this_service_made_since_and_for_no_copy_of_it() -> None:
    key = EventKey(ROOM_A, "0123456789abcdefghijklmnopqrstuv")
    both = view(their_link(series="root"), their_booking(external_id=key.id))
    made = event(key=key)
    step = plan(replace(both, found=Snapshot.of(made)), C).step
    assert isinstance(step, Settle)
    assert (step.why, step.link.event) == (Why.ADOPTED, key)
    for other in (replace(made, mark=Mark("8", "link", "stamp")), replace(made, organizer_self=False)):
        assert plan(replace(both, found=Snapshot.of(other)), C).step != step


def test_an_event_that_this_service_made_stays_with_its_booking_whatever_that_names() -> None:
    of = view(link(), booking(external_id=LATER_ID))
    assert not isinstance(plan(of, C).step, Look)
    assert isinstance(plan(replace(of, event=CANCELLED, found=ABSENT), C).step, ReviveEvent | Settle)


def test_a_single_event_stays_with_its_booking_whatever_that_comes_to_name() -> None:
    crm = view(their_link(series="root"), their_booking(external_id="CRM-77"))
    for pair in (view(their_link(), NAMING), crm):
        assert not isinstance(plan(pair, C).step, Look)


def test_a_persons_order_comes_before_the_event_that_the_booking_names() -> None:
    ordered = gone(their_link(life=Grace(NOW), order=Restore()), ABSENT)
    step = plan(ordered, C).step
    assert isinstance(step, ReviveEvent)
    assert step.why is Why.UNDONE


def test_an_event_from_which_a_booking_is_being_made_is_waited_for() -> None:
    making = replace(gone(found=LATER), found_is_free=False, making_until=NOW)
    assert plan(making, C).step == Rest(Why.LEASED, NOW)
