"""What a person ordered for one pair: booking, event and base are set together."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.domain.model.snapshot import Snapshot
from functions.domain.pairing.life import Active, Closed, Detached, Held, Life, State
from functions.domain.pairing.link import Origin, Override, Refusal, Refusals
from functions.domain.pairing.step import Look, Rest, Settle
from functions.domain.pairing.writes import (
    BookingChange,
    DeleteEvent,
    EventChange,
    MoveEvent,
    PatchEvent,
    ReviveEvent,
    Why,
    WriteBooking,
)
from functions.domain.planning.plan import plan
from functions.domain.planning.plan_order import fulfil
from functions.domain.settings.schema import MappingRow
from tests.unit.sketch import (
    ABSENT,
    BELIEVED,
    CANCELLED,
    KEY,
    MOVED,
    NOON,
    NOW,
    ROOM_A,
    ROOM_B,
    TEN,
    UNREADABLE,
    base,
    booking,
    event,
    link,
    paused,
    planning_context,
    settings,
    their_booking,
    their_link,
    view,
)

C = planning_context()
SURELY = replace(C, gone_confirmed=True)
BACK = Override(when=TEN, object_id="10", status=20)


def test_the_booking_is_set_first() -> None:
    planned = plan(view(link(order=BACK), booking(NOON, object_id="11", status=70)), C)
    assert planned.step == WriteBooking("1001", BookingChange(when=TEN, object_id="10", status=20), Why.UNDONE)
    assert planned.base is not None
    assert (planned.base.when, planned.base.object_id, planned.base.status) == (TEN, "10", 20)


def test_a_pair_without_a_base_gets_none_by_an_order() -> None:
    planned = plan(view(link(order=Override(status=30), base=None)), C)
    assert isinstance(planned.step, WriteBooking)
    assert planned.base is None


def test_the_event_follows() -> None:
    assert plan(view(link(order=BACK), seen=BELIEVED), C).step == Look(event=KEY)
    step = plan(view(link(order=BACK), seen=event(NOON)), C).step
    assert step == PatchEvent(KEY, '"1"', EventChange(when=TEN), Why.UNDONE)
    assert plan(replace(view(link(order=BACK), seen=event(NOON)), found=UNREADABLE), C).step == step
    moved = plan(view(link(order=BACK), seen=event(key=MOVED)), C).step
    assert moved == MoveEvent(MOVED, '"1"', ROOM_A, Why.UNDONE)


def test_an_occurrence_stays_in_its_own_room_and_cannot_follow_into_another() -> None:
    stays = plan(view(link(order=BACK), seen=event(NOON, series="root")), C).step
    assert stays == PatchEvent(KEY, '"1"', EventChange(when=TEN), Why.UNDONE)
    elsewhere = plan(view(link(order=BACK), seen=event(key=MOVED, series="root")), C).step
    assert elsewhere == DeleteEvent(MOVED, '"1"', Why.OTHER_ROOM)


def test_an_order_for_a_pair_without_an_event_is_over_with_the_booking() -> None:
    step = plan(view(link(order=BACK, event=None), seen=ABSENT), C).step
    assert isinstance(step, Settle)
    assert (step.link.order, step.link.state) == (None, State.UNLINKED)


def test_a_deleted_event_comes_back() -> None:
    deleted = view(link(order=BACK), seen=CANCELLED)
    assert plan(deleted, C).step == Look(find=KEY.id)
    step = plan(replace(deleted, found=ABSENT), C).step
    assert isinstance(step, ReviveEvent)
    assert step.content is not None
    persons = plan(replace(view(their_link(order=BACK), their_booking(), CANCELLED), found=ABSENT), C).step
    assert isinstance(persons, ReviveEvent)
    assert persons.content is None


def test_an_event_that_a_person_moved_to_another_calendar_is_brought_from_there() -> None:
    moved = replace(view(link(order=BACK), seen=CANCELLED), found=Snapshot.of(event(key=MOVED)))
    assert plan(moved, C).step == MoveEvent(MOVED, '"1"', ROOM_A, Why.UNDONE)
    assert plan(replace(moved, found=UNREADABLE), C).step == Rest(Why.UNREADABLE)
    assert isinstance(plan(replace(moved, found_is_free=False), C).step, ReviveEvent)


def test_once_fulfilled_the_order_is_over() -> None:
    step = plan(view(link(order=BACK, life=Closed(), refusals=Refusals(time=Refusal("x", "other")))), C).step
    assert isinstance(step, Settle)
    assert (step.link.order, step.link.life, step.link.refusals) == (None, Active(), Refusals())


def test_an_order_may_part_the_two() -> None:
    step = plan(view(link(order=Override(detach=True))), C).step
    assert isinstance(step, Settle)
    assert (step.link.state, step.link.order) == (State.DETACHED, None)


def test_a_cancelled_booking_needs_no_event() -> None:
    step = plan(view(link(order=Override(status=70)), booking(status=70)), C).step
    assert isinstance(step, Settle)
    assert step.link.order is None
    without = plan(view(link(order=Override(), event=None), seen=ABSENT), C).step
    assert isinstance(without, Settle)


def test_an_order_to_part_from_a_booking_that_is_gone_parts_them_still() -> None:
    step = plan(view(link(order=Override(status=70, detach=True)), ABSENT), SURELY).step
    assert isinstance(step, Settle)
    assert (step.link.state, step.link.order) == (State.DETACHED, None)


def test_an_order_for_a_booking_that_is_gone_is_over() -> None:
    assert plan(view(link(order=BACK), ABSENT), C).step == Rest(Why.BOOKING_GONE, NOW + timedelta(seconds=20))
    step = plan(view(link(order=BACK), ABSENT), SURELY).step
    assert isinstance(step, Settle)
    assert step.link.order is None


def test_an_order_is_over_where_the_object_has_no_calendar() -> None:
    nowhere = planning_context(settings(mapping=(MappingRow("11", ROOM_B),)))
    step = fulfil(view(link(order=BACK)), nowhere, BACK).step
    assert isinstance(step, Settle)
    assert step.link.order is None


@pytest.mark.parametrize("life", [paused(), Detached("undone"), Held("event_deleted")])
def test_an_order_goes_before_the_state_which_stays_until_it_is_fulfilled(life: Life) -> None:
    planned = plan(view(link(order=BACK, life=life), booking(NOON), seen=event(NOON)), C)
    assert isinstance(planned.step, WriteBooking | PatchEvent)
    done = plan(view(link(order=Override(), life=life)), C).step
    assert isinstance(done, Settle)
    assert (done.link.state, done.link.order) == (State.ACTIVE, None)


def test_what_an_order_leaves_alone_stays_agreed() -> None:
    for order, agreed in (
        (Override(when=NOON), (NOON, "10", 20)),
        (Override(object_id="11"), (TEN, "11", 20)),
        (Override(status=0), (TEN, "10", 0)),
    ):
        base = plan(view(link(order=order)), C).base
        assert base is not None
        assert (base.when, base.object_id, base.status) == agreed


def test_an_invitation_that_vanished_is_looked_for_in_no_other_calendar() -> None:
    gone = view(link(order=BACK, origin=Origin.INVITATION), seen=CANCELLED)
    assert fulfil(gone, C, BACK).step == ReviveEvent(KEY, None, Why.UNDONE)
    assert fulfil(view(link(order=BACK), seen=CANCELLED), C, BACK).step == Look(find=KEY.id)


def test_the_event_of_a_cancelled_booking_is_left_to_its_removal() -> None:
    step = plan(view(link(order=Override(status=70)), booking(NOON, status=70), event(TEN)), C).step
    assert isinstance(step, Settle)
    assert step.link.order is None


def test_what_a_person_wrote_stays_agreed_while_an_order_moves_the_event() -> None:
    written = base(digests={"title": "what both sides showed"})
    for seen in (event(NOON), event(key=MOVED), event()):
        planned = plan(view(link(order=BACK, base=written), seen=seen), C)
        agreed = planned.step.link.base if isinstance(planned.step, Settle) else planned.base
        assert agreed is not None
        assert agreed.digests == written.digests
    made_anew = plan(replace(view(link(order=BACK, base=written), seen=CANCELLED), found=ABSENT), C).base
    assert made_anew is not None
    assert made_anew.digests == base().digests


def test_an_order_names_only_what_is_to_change() -> None:
    of = link(order=Override(status=30))
    step = plan(view(of, booking(NOON, object_id="11")), C).step
    assert step == WriteBooking("1001", BookingChange(status=30), Why.UNDONE)
    of = link(order=Override(when=TEN, object_id="10", status=20))
    for its, change in (
        (booking(NOON), BookingChange(when=TEN)),
        (booking(object_id="11"), BookingChange(object_id="10")),
        (booking(status=30), BookingChange(status=20)),
    ):
        assert plan(view(of, its), C).step == WriteBooking("1001", change, Why.UNDONE)


def test_what_was_agreed_of_an_events_texts_stays_agreed_while_an_order_brings_it_back() -> None:
    back = replace(view(their_link(order=BACK), their_booking(), CANCELLED), found=ABSENT)
    assert plan(back, C).base == their_link().base
    without = plan(replace(back, link=replace(their_link(order=BACK), base=None)), C).base
    assert without is not None
    assert dict(without.digests) == {}
    made_anew = plan(replace(view(link(order=BACK), seen=CANCELLED), found=ABSENT), C).base
    assert made_anew == base()
