"""Outbound decisions: the event of a booking is made, adopted, brought back or removed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.comparing.event_content import appointment_of
from functions.domain.model.event import EventKey
from functions.domain.model.identity import event_id, unkeyed_event_id
from functions.domain.model.snapshot import Snapshot
from functions.domain.pairing.attempts import Attempt, Ended
from functions.domain.pairing.life import Active, Closed, Closer, Detached, Held, LeftOut, Side, State, Unlinked
from functions.domain.pairing.link import Approve, Link, Origin, Refusal, Refusals, Restore, WrittenIds
from functions.domain.pairing.step import Look, Rest, Settle
from functions.domain.pairing.writes import (
    BookingChange,
    DeleteEvent,
    InsertEvent,
    PatchEvent,
    ReviveEvent,
    Why,
    WriteBooking,
)
from functions.domain.planning.plan import plan
from functions.domain.planning.plan_outbound import plan_missing, revived
from functions.domain.planning.view import View, Wanted
from functions.domain.settings.schema import MappingRow
from tests.unit.sketch import (
    ABSENT,
    BELIEVED,
    CANCELLED,
    ID,
    KEY,
    LAST_YEAR,
    MOVED,
    NOON,
    NOW,
    ROOM_A,
    ROOM_B,
    TEN,
    UNREADABLE,
    base,
    booking,
    digest,
    event,
    link,
    planning_context,
    settings,
    their_booking,
    their_link,
    theirs,
    view,
)

NEW = Link("link", "1001")
C = planning_context()


def missing(**more: Any) -> View:
    """A booking without an event."""
    return View(NEW, Snapshot.of(booking(external_id="", **more)), ABSENT)


def test_a_booking_in_create_on_status_gets_an_event_under_its_derived_id() -> None:
    step = plan(missing(), C).step
    assert isinstance(step, InsertEvent)
    assert step.key == EventKey(ROOM_A, ID)
    assert step.content.title == "Zaal A - 1001"


def test_a_booking_of_another_status_gets_no_event() -> None:
    assert plan(missing(status=10), C).step == Rest(Why.NOT_WANTED)
    assert plan_missing(View(NEW, ABSENT, ABSENT), C, Wanted.EVENT).step == Rest(Why.NOT_WANTED)


def test_a_booking_of_an_activity_gets_an_event_only_where_asked_for() -> None:
    assert plan(missing(activity_id="5"), C).step == Rest(Why.ACTIVITY)
    per_booking = planning_context(settings(outbound={"activities": "per_booking"}))
    assert isinstance(plan(missing(activity_id="5"), per_booking).step, InsertEvent)


def test_a_booking_of_an_object_without_a_calendar_gets_no_event() -> None:
    assert plan(missing(object_id="12"), C).step == Rest(Why.NO_CALENDAR)


def test_a_booking_outside_the_window_gets_no_event() -> None:
    assert plan(View(NEW, Snapshot.of(booking(LAST_YEAR)), ABSENT), C).step == Rest(Why.OUTSIDE_WINDOW)


def test_what_the_backfill_left_out_gets_an_event_once_it_changes() -> None:
    noted = replace(NEW, life=LeftOut(), base=base())
    assert plan(View(noted, Snapshot.of(booking()), ABSENT), C).step == Rest(Why.NOT_BACKFILLED)
    assert isinstance(plan(View(noted, Snapshot.of(booking(NOON)), ABSENT, ABSENT), C).step, InsertEvent)


def test_an_event_that_the_booking_names_is_looked_for_and_adopted() -> None:
    v = View(NEW, Snapshot.of(booking(external_id="foreign")), ABSENT)
    assert plan(v, C).step == Look(find="foreign")
    found = event(key=EventKey(ROOM_B, "foreign"), etag='"9"')
    step = plan(replace(v, found=Snapshot.of(found)), C).step
    assert isinstance(step, Settle)
    assert (step.why, step.link.event, step.link.event_etag) == (Why.ADOPTED, found.key, '"9"')


@pytest.mark.parametrize("text", ["2026-0815", "Jansen", "via CRM", "PO/77", "x", "a" * 1025])
def test_a_text_that_can_be_no_events_id_is_somebody_elses_without_a_look(text: str) -> None:
    step = plan(View(NEW, Snapshot.of(booking(external_id=text)), ABSENT), C).step
    assert isinstance(step, Settle)
    assert step.link.ids.foreign
    assert isinstance(plan(View(step.link, Snapshot.of(booking(external_id=text)), ABSENT), C).step, InsertEvent)


@pytest.mark.parametrize(
    "named",
    [
        "3114hqq4rqsvlhgr8s66msvju9",
        "_60q30c1g60o30e1i60o4ac1g60rj8gpl88rj2c1h84s34h9g60s30c1g",
        "7cbh8rpc10lrc0ckih9tafss99_20261124T090000Z",
        "7cbh8rpc10lrc0ckih9tafss99_R20261124T090000",
        "7cbh8rpc10lrc0ckih9tafss99_20261124",
        "20261225_60o30dr46oo30c1g60o30dr56g",
        "order_20261101",
    ],
)
def test_whatever_has_the_form_of_an_id_is_looked_for(named: str) -> None:
    assert plan(View(NEW, Snapshot.of(booking(external_id=named)), ABSENT), C).step == Look(find=named)


def test_an_event_of_this_service_is_adopted_also_in_another_calendar_though_the_store_forgot_it() -> None:
    v = View(NEW, Snapshot.of(booking(external_id=ID)), ABSENT)
    assert plan(v, C).step == Look(find=ID)
    found = event(key=EventKey(ROOM_B, ID))
    step = plan(replace(v, found=Snapshot.of(found)), C).step
    assert isinstance(step, Settle)
    assert (step.why, step.link.event) == (Why.ADOPTED, found.key)
    step = plan(replace(v, found=ABSENT), C).step
    assert isinstance(step, InsertEvent)
    assert step.key == KEY


def test_while_the_named_event_cannot_be_read_nothing_is_made() -> None:
    v = View(NEW, Snapshot.of(booking(external_id="foreign")), ABSENT, UNREADABLE)
    assert plan(v, C).step == Rest(Why.UNREADABLE)


def test_while_another_instance_makes_the_booking_from_the_named_event_nothing_is_made() -> None:
    later = NOW + timedelta(seconds=90)
    v = View(NEW, Snapshot.of(booking(external_id="person1")), ABSENT, Snapshot.of(theirs()), making_until=later)
    assert plan(v, C).step == Rest(Why.LEASED, later)


def test_a_foreign_value_in_the_id_field_is_never_overwritten() -> None:
    v = View(NEW, Snapshot.of(booking(external_id="foreign")), ABSENT, ABSENT)
    step = plan(v, C).step
    assert isinstance(step, Settle)
    assert step.link.ids.foreign
    assert isinstance(plan(replace(v, link=step.link), C).step, InsertEvent)
    settled = link(ids=WrittenIds(foreign=True), base=base(booking(external_id="foreign")))
    assert plan(view(settled, booking(external_id="foreign")), C).step == Rest(Why.IN_STEP)


def test_an_event_that_another_pair_or_another_calendar_owns_is_not_adopted() -> None:
    v = View(NEW, Snapshot.of(booking(external_id="foreign")), ABSENT)
    for found, free in ((theirs(), False), (theirs(organizer_self=False), True)):
        step = plan(replace(v, found=Snapshot.of(found), found_is_free=free), C).step
        assert isinstance(step, Settle)
        assert step.link.ids.foreign


def test_an_id_of_ours_that_leads_nowhere_is_no_foreign_value() -> None:
    former = replace(NEW, generation=1)
    step = plan(View(former, Snapshot.of(booking(external_id=ID)), ABSENT, ABSENT), C).step
    assert isinstance(step, InsertEvent)
    assert step.key.id == event_id(digest, "7", "1001", 1)
    of_old = unkeyed_event_id("7", "1001", 0)
    assert isinstance(plan(View(former, Snapshot.of(booking(external_id=of_old)), ABSENT, ABSENT), C).step, InsertEvent)
    ours = replace(NEW, ids=WrittenIds((digest("external_id\nold"),)))
    assert isinstance(plan(View(ours, Snapshot.of(booking(external_id="old")), ABSENT, ABSENT), C).step, InsertEvent)


def test_a_reopened_booking_brings_its_event_back() -> None:
    step = plan(view(link(life=Closed()), seen=CANCELLED), C).step
    assert isinstance(step, ReviveEvent)
    assert step.content is not None
    their_own = plan(view(their_link(life=Closed()), seen=CANCELLED), C)
    assert isinstance(their_own.step, ReviveEvent)
    assert their_own.step.content is None


def test_a_reopened_booking_finds_its_event_restored_already() -> None:
    step = plan(view(link(life=Closed(Closer.SERVICE, 20))), C).step
    assert isinstance(step, Settle)
    assert step.link.life == Active()


def test_a_cancelled_booking_removes_its_event_under_its_etag() -> None:
    step = plan(view(its=booking(status=70)), C).step
    assert step == DeleteEvent(KEY, '"1"', Why.BOOKING_CANCELLED)
    assert plan(view(its=booking(status=70), seen=BELIEVED), C).step == step


def test_a_cancelled_booking_whose_event_is_gone_is_closed_and_stays_so() -> None:
    gone = view(its=booking(status=70), seen=CANCELLED)
    assert plan(gone, C).step == Look(find=KEY.id)
    step = plan(replace(gone, found=ABSENT), C).step
    assert isinstance(step, Settle)
    assert step.link.closed
    assert step.link.base is not None
    assert step.link.base.status == 70
    for seen in (CANCELLED, BELIEVED):
        assert plan(view(step.link, booking(status=70), seen), C).step == Rest(Why.IN_STEP)


def test_the_event_of_a_cancelled_booking_is_looked_for_where_a_person_moved_it() -> None:
    gone = view(its=booking(status=70), seen=CANCELLED)
    assert plan(replace(gone, found=UNREADABLE), C).step == Rest(Why.UNREADABLE)
    moved = replace(gone, event=Snapshot.of(event(key=MOVED)), found=Snapshot.of(event(key=MOVED)))
    claimed = plan(moved, C).step
    assert isinstance(claimed, Settle)
    assert claimed.link.event == MOVED
    step = plan(replace(moved, link=claimed.link), C).step
    assert isinstance(step, DeleteEvent)
    assert step.key == MOVED


def test_a_cancelled_booking_that_was_never_linked_is_left_alone() -> None:
    assert plan(missing(status=70), C).step == Rest(Why.NOT_WANTED)


def test_a_link_without_a_base_is_closed_too() -> None:
    step = plan(replace(view(link(base=None), booking(status=70), CANCELLED), found=ABSENT), C).step
    assert isinstance(step, Settle)
    assert step.link.base is None
    assert isinstance(plan(view(link(base=None), booking(status=70)), C).step, DeleteEvent)


def test_a_booking_gone_is_believed_after_a_second_read_only() -> None:
    assert plan(view(its=ABSENT), C).step == Rest(Why.BOOKING_GONE, NOW + timedelta(seconds=20))
    assert plan(view(its=BELIEVED), C).step == Rest(Why.BOOKING_GONE, NOW + timedelta(seconds=20))
    confirmed = replace(C, gone_confirmed=True)
    assert plan(view(its=ABSENT), confirmed).step == DeleteEvent(KEY, '"1"', Why.BOOKING_GONE)


def test_unusually_many_vanished_bookings_wait_for_a_person() -> None:
    confirmed = replace(C, gone_confirmed=True, hold_removals=True)
    step = plan(view(its=ABSENT), confirmed).step
    assert isinstance(step, Settle)
    assert step.link.state is State.HELD
    assert plan(view(step.link, ABSENT), confirmed).step == Rest(Why.HELD)
    approved = replace(step.link, order=Approve())
    assert plan(view(approved, ABSENT), confirmed).step == DeleteEvent(KEY, '"1"', Why.APPROVED)
    kept = plan(view(replace(step.link, order=Restore()), ABSENT), confirmed).step
    assert isinstance(kept, Settle)
    assert kept.link.state is State.DETACHED


@pytest.mark.parametrize("of", [link(), link(life=Held(Why.BOOKING_GONE)), link(order=Restore())])
def test_a_cancellation_waits_for_nobody_however_many_bookings_vanished(of: Link) -> None:
    step = plan(view(of, booking(status=70)), replace(C, hold_removals=True)).step
    assert step == DeleteEvent(KEY, '"1"', Why.BOOKING_CANCELLED)


def test_a_restored_event_reopens_the_booking_only_if_we_had_cancelled_it() -> None:
    ours = link(life=Closed(Closer.SERVICE, 30), base=base(status=70))
    step = plan(view(ours, booking(status=70)), C).step
    assert isinstance(step, WriteBooking)
    assert (step.booking_id, step.change, step.why) == ("1001", BookingChange(status=30), Why.EVENT_RESTORED)
    persons = link(life=Closed())
    assert plan(view(persons, booking(status=70)), C).step == DeleteEvent(KEY, '"1"', Why.BOOKING_CANCELLED)
    assert isinstance(plan(view(replace(ours, life=Closed()), booking(status=70)), C).step, DeleteEvent)
    assert isinstance(plan(view(ours, booking(status=80)), C).step, DeleteEvent)  # somebody has decided otherwise since


def test_a_restored_event_whose_booking_is_gone_for_good_is_removed_again() -> None:
    ours = link(life=Closed(Closer.SERVICE, 30))
    assert plan(view(ours, ABSENT), replace(C, gone_confirmed=True)).step == DeleteEvent(KEY, '"1"', Why.BOOKING_GONE)


def test_a_pair_that_is_over_lets_go_of_its_occurrence_only_where_that_is_seen() -> None:
    cancelled = their_booking(status=70, external_id="root1_20261124T090000Z")
    over = their_link(series="root1", life=Closed())
    over = replace(over, base=replace(over.base or base(), status=70))
    assert plan(view(over, cancelled, BELIEVED), C).step == Rest(Why.IN_STEP)
    let_go = plan(view(over, cancelled, theirs()), C).step
    assert isinstance(let_go, Settle)
    assert (let_go.link.event, let_go.link.state) == (None, State.UNLINKED)


def test_a_booking_that_cannot_be_reopened_is_asked_for_once_and_again_when_its_event_or_itself_moves() -> None:
    ours = link(life=Closed(Closer.SERVICE, 20), origin=Origin.EVENT, base=base(status=70))
    gone = booking(status=70)
    asked = plan(view(ours, gone), C).step
    assert isinstance(asked, WriteBooking)
    refused = replace(ours, refusals=Refusals(time=Refusal(asked.asked.time, "period_taken")), notice="period_taken")

    said = plan(view(refused, gone), C).step
    assert isinstance(said, PatchEvent)
    assert (said.why, said.change.when) == (Why.REFUSED, None)
    assert "i-Reserve weigert dit" in (said.change.description or "")
    told = event(description=said.change.description or "")
    assert plan(view(refused, gone, told), C).step == Rest(Why.REFUSED)

    for again in (
        view(refused, gone, replace(told, when=NOON)),
        view(refused, booking(NOON, status=70), told),
        view(refused, booking(status=70, object_id="11"), told),
    ):
        step = plan(again, C).step
        assert isinstance(step, WriteBooking)
        assert (step.why, step.change) == (Why.EVENT_RESTORED, BookingChange(status=20))


def test_an_event_that_a_booking_let_go_of_is_taken_back_also_where_none_would_be_made() -> None:
    let_go = replace(NEW, version=3)
    named, back = booking(status=10, external_id="person1"), Snapshot.of(theirs())
    v = View(let_go, Snapshot.of(named), ABSENT, back)
    step = plan(v, C).step
    assert isinstance(step, Settle)
    assert (step.why, step.link.event, step.link.booking_id) == (Why.ADOPTED, theirs().key, "1001")
    for other in (
        replace(v, booking=Snapshot.of(replace(named, external_id="another"))),
        replace(v, found_is_free=False),
        replace(v, found=Snapshot.of(theirs(organizer_self=False))),
        replace(v, found=ABSENT),
        replace(v, link=replace(let_go, life=LeftOut())),
        replace(v, link=replace(let_go, event=KEY), event=BELIEVED),
    ):
        assert plan_missing(other, C, Wanted.KEPT).step == Rest(Why.NOT_WANTED)


def test_an_occurrence_that_a_booking_let_go_of_and_still_names_is_looked_for() -> None:
    occurrence = "root1_20261124T090000Z"
    let_go = replace(NEW, origin=Origin.EVENT, version=3)
    v = View(let_go, Snapshot.of(booking(status=10, external_id=occurrence)), ABSENT)
    assert plan(v, C).step == Look(find=occurrence)
    for other in (
        replace(v, booking=Snapshot.of(booking(status=10, external_id="person1"))),
        v.with_link(origin=Origin.BOOKING),
        v.with_link(ids=WrittenIds(foreign=True)),
        replace(v, found=ABSENT),
    ):
        assert plan(other, C).step == Rest(Why.NOT_WANTED)
    has_one = replace(v.with_link(event=KEY), event=CANCELLED)
    assert plan_missing(has_one, C, Wanted.KEPT).step == Rest(Why.NOT_WANTED)


@pytest.mark.parametrize(
    "named", ["3114hqq4rqsvlhgr8s66msvju9", "3114hqq4rqsvlhgr8s66msvju9_20261124T090000Z", ID], ids=len
)
def test_an_event_that_a_booking_names_whose_pair_the_store_does_not_know_is_kept_where_none_would_be_made(
    named: str,
) -> None:
    v = View(NEW, Snapshot.of(booking(status=10, external_id=named)), ABSENT)
    assert plan(v, C).step == Look(find=named)
    found = theirs(LAST_YEAR, key=EventKey(ROOM_A, named))
    step = plan(replace(v, found=Snapshot.of(found)), C).step
    assert isinstance(step, Settle)
    assert (step.why, step.link.event) == (Why.ADOPTED, found.key)
    assert plan(replace(v, found=UNREADABLE), C).step == Rest(Why.UNREADABLE)
    of_activity = replace(v, booking=Snapshot.of(booking(status=10, external_id=named, activity_id="5")))
    per_booking = planning_context(settings(outbound={"activities": "per_booking"}))
    assert plan(of_activity, per_booking).step == Look(find=named)
    for other in (
        of_activity,
        replace(v, found=ABSENT),
        replace(v, found=Snapshot.of(found), found_is_free=False),
        replace(v, found=Snapshot.of(replace(found, when=TEN))),
        v.with_link(version=1),
        replace(v, found=Snapshot.of(theirs(LAST_YEAR))),
        replace(v, found=Snapshot.of(replace(found, organizer_self=False))),
        replace(v, booking=Snapshot.of(booking(status=10, external_id="3114hqq4rqsvlhgr8s66msvju"))),
        replace(v, booking=Snapshot.of(booking(status=10, external_id="3114hqq4-qsvlhgr8s66msvju9"))),
        replace(v, booking=Snapshot.of(booking(status=10, external_id=named, object_id="99"))),
        replace(v, booking=Snapshot.of(booking(LAST_YEAR, status=10, external_id=named))),
        replace(v, booking=Snapshot.of(booking(status=70, external_id=named))),
    ):
        assert plan(other, C).step in (Rest(Why.NOT_WANTED), Rest(Why.NO_CALENDAR))


def test_an_event_whose_id_was_given_up_is_made_anew_also_where_none_would_be_made() -> None:
    given_up = replace(NEW, version=3, generation=1)
    v = View(given_up, Snapshot.of(booking(status=10, external_id=ID)), ABSENT, ABSENT)
    step = plan(v, C).step
    assert isinstance(step, InsertEvent)
    assert step.key == EventKey(ROOM_A, event_id(digest, C.settings.id, "1001", 1))
    closed = replace(v, link=replace(given_up, life=Closed()))
    assert plan(closed, C).step == Rest(Why.NOT_WANTED)


def test_a_pair_whose_object_lost_its_calendar_is_left_as_it_is() -> None:
    without = planning_context(settings(mapping=(MappingRow("11", ROOM_B),)))
    for of in (booking(NOON), booking(NOON, object_id="12"), booking(status=70)):
        for seen in (event(), CANCELLED):
            assert plan(view(its=of, seen=seen), without).step == Rest(Why.NO_CALENDAR)


GONE_ON = booking(object_id="12")


def test_the_event_of_a_booking_that_went_to_an_object_without_a_calendar_is_removed() -> None:
    for seen, etag in ((event(etag='"2"'), '"2"'), (BELIEVED, '"1"')):
        planned = plan(view(its=GONE_ON, seen=seen), C)
        assert planned.step == DeleteEvent(KEY, etag, Why.NO_CALENDAR)
    assert plan(view(link(base=None), GONE_ON), C).step == Rest(Why.NO_CALENDAR)


def test_the_event_of_a_booking_without_a_calendar_is_removed_again_once_it_is_there_again() -> None:
    over = link(life=Closed(), base=base(object_id="12"))
    assert plan(view(over, GONE_ON, event(etag='"2"')), C).step == DeleteEvent(KEY, '"2"', Why.NO_CALENDAR)
    for seen in (CANCELLED, ABSENT, BELIEVED):
        assert plan(view(over, GONE_ON, seen), C).step == Rest(Why.NO_CALENDAR)


def test_one_that_is_over_as_well_is_removed_as_any_cancelled_one() -> None:
    step = plan(view(its=booking(object_id="12", status=70)), C).step
    assert step == DeleteEvent(KEY, '"1"', Why.BOOKING_CANCELLED)


def test_one_that_a_person_deleted_as_well_is_given_up_and_one_moved_elsewhere_is_claimed_first() -> None:
    gone = view(its=GONE_ON, seen=CANCELLED)
    assert plan(gone, C).step == Look(find=KEY.id)
    step = plan(replace(gone, found=ABSENT), C).step
    assert isinstance(step, Settle)
    assert (step.link.event, step.link.life, step.link.generation) == (None, Unlinked(), 1)
    there = Snapshot.of(event(key=MOVED))
    step = plan(replace(gone, found=there, event=there), C).step
    assert isinstance(step, Settle)
    assert (step.link.event, step.why) == (MOVED, Why.EVENT_MOVED)


def test_many_that_went_to_an_object_without_a_calendar_wait_for_a_person() -> None:
    held = plan(view(its=GONE_ON), replace(C, hold_removals=True)).step
    assert isinstance(held, Settle)
    assert held.link.life == Held(Why.NO_CALENDAR, Side.EVENT)
    assert plan(view(held.link, GONE_ON), C).step == Rest(Why.HELD)
    approved = plan(view(replace(held.link, order=Approve()), GONE_ON), replace(C, hold_removals=True)).step
    assert approved == DeleteEvent(KEY, '"1"', Why.NO_CALENDAR)
    kept = plan(view(replace(held.link, order=Restore()), GONE_ON), C).step
    assert isinstance(kept, Settle)
    assert (kept.link.life, kept.link.order) == (Detached(Why.NO_CALENDAR), None)


def test_an_object_without_a_row_of_its_own_stands_in_the_calendar_of_the_others() -> None:
    c = planning_context(settings(mapping=(MappingRow("10", ROOM_A), MappingRow("*", ROOM_B))))
    step = plan(missing(object_id="12"), c).step
    assert isinstance(step, InsertEvent)
    assert step.key.calendar == ROOM_B


def test_an_event_comes_back_in_the_calendar_where_it_was() -> None:
    planned = plan(view(link(life=Closed(), event=MOVED), seen=CANCELLED), C)
    assert planned.base is not None
    assert planned.base.calendar == ROOM_B


def test_a_persons_event_comes_back_at_the_new_time_of_its_booking() -> None:
    of = their_link(life=Closed(), origin=Origin.EVENT)
    step = plan(view(of, booking(NOON, external_id="person1"), CANCELLED), C).step
    assert isinstance(step, ReviveEvent)
    assert step.content is not None
    assert step.content.when == NOON


def test_an_event_that_comes_back_shows_what_it_showed_until_it_is_brought_up_to_date() -> None:
    of = link(life=Closed())
    planned = plan(view(of, booking(NOON, object_name="Nieuw"), CANCELLED), C)
    assert planned.base == replace(of.base or base(), when=NOON)
    unknown = plan(view(replace(of, base=None), seen=CANCELLED), C)
    assert unknown.base == base(digests={})


def test_a_reopened_booking_is_agreed_on_with_its_former_status() -> None:
    planned = plan(view(link(life=Closed(Closer.SERVICE, 30), base=base(status=70)), booking(status=70)), C)
    assert planned.base == base(status=30)


def test_a_persons_event_of_which_nothing_is_known_comes_back_as_its_booking_says() -> None:
    content = appointment_of(booking(), C.settings, ROOM_A)
    assert revived(replace(their_link(), base=None), content) == content
    assert revived(their_link(), content) is None
    assert revived(link(), content) == content


def test_a_cancelled_booking_whose_event_was_given_up_is_closed_without_a_look() -> None:
    given_up = replace(NEW, version=3, generation=1)
    step = plan(View(given_up, Snapshot.of(booking(status=70)), ABSENT), C).step
    assert isinstance(step, Settle)
    assert (step.link.state, step.link.event, step.why) == (State.CLOSED, None, Why.BOOKING_CANCELLED)


def test_an_event_is_removed_at_the_status_that_removed_it() -> None:
    removed = plan(view(its=booking(status=80)), C)
    assert removed.base == base(status=80)
    confirmed = replace(C, gone_confirmed=True)
    assert plan(view(its=ABSENT), confirmed).base == base()
    assert plan(view(link(base=None), booking(status=70)), C).base is None


def test_the_event_of_a_closed_pair_that_is_only_believed_to_be_there_is_not_removed_again() -> None:
    closed = view(link(life=Closed(), base=base(status=70)), booking(status=70), BELIEVED)
    assert plan(closed, C).step == Rest(Why.IN_STEP)
    open_still = view(link(), booking(status=70), BELIEVED)
    assert plan(open_still, C).step == DeleteEvent(KEY, '"1"', Why.BOOKING_CANCELLED)


def test_a_booking_is_not_reopened_without_what_both_sides_agreed_on_or_with_inbound_off() -> None:
    ours = link(life=Closed(Closer.SERVICE, 30))
    off = planning_context(settings(inbound={"enabled": False}))
    for of, context in ((replace(ours, base=None), C), (ours, off)):
        assert isinstance(plan(view(of, booking(status=70)), context).step, DeleteEvent)


def test_what_the_backfill_left_out_stays_so_only_while_it_is_all_as_it_was() -> None:
    noted = replace(NEW, life=LeftOut(), base=base())
    for changed in (booking(NOON), booking(object_id="11"), booking(status=30)):
        assert isinstance(plan(View(noted, Snapshot.of(changed), ABSENT, ABSENT), C).step, InsertEvent)
    assert isinstance(
        plan(View(replace(noted, base=None), Snapshot.of(booking()), ABSENT, ABSENT), C).step, InsertEvent
    )
    assert isinstance(
        plan(View(replace(noted, life=Active()), Snapshot.of(booking()), ABSENT, ABSENT), C).step, InsertEvent
    )


def test_a_persons_event_comes_back_as_it_was_only_at_the_time_agreed_on() -> None:
    content = appointment_of(booking(), C.settings, ROOM_A)
    assert revived(their_link(), content) is None
    for of in (link(), replace(their_link(), base=None), replace(their_link(), base=base(booking(NOON)))):
        assert revived(of, content) == content


def test_a_cancellation_is_never_taken_for_a_loop() -> None:
    several = tuple(Attempt(NOW - timedelta(minutes=1), "same", ended=Ended.LANDED) for _ in range(7))
    cancelled = view(link(attempts=several), booking(status=70))
    assert plan(cancelled, C).step == DeleteEvent(KEY, '"1"', Why.BOOKING_CANCELLED)
    confirmed = replace(C, gone_confirmed=True)
    for its, context in ((booking(NOON), C), (ABSENT, confirmed)):
        stopped = plan(view(link(attempts=several), its), context).step
        assert isinstance(stopped, Settle)
        assert stopped.link.state is State.PAUSED


def test_an_event_that_is_there_again_is_taken_up_and_removed_with_its_cancelled_booking() -> None:
    cancelled = their_booking(status=70)
    given_up = replace(their_link(), event=None, life=Unlinked(), base=None)
    back = replace(view(given_up, cancelled, ABSENT), found=Snapshot.of(theirs()))
    taken_up = plan(back, C).step
    assert isinstance(taken_up, Settle)
    assert (taken_up.why, taken_up.link.event) == (Why.ADOPTED, theirs().key)
    assert plan(view(taken_up.link, cancelled, theirs()), C).step == DeleteEvent(
        theirs().key, theirs().etag, Why.BOOKING_CANCELLED
    )
    for other in (replace(back, found=ABSENT), replace(back, found_is_free=False), replace(back, found=None)):
        assert not isinstance(plan(other, C).step, DeleteEvent)


def test_an_occurrence_whose_booking_vanished_is_removed_only_if_no_other_booking_names_it() -> None:
    of = their_link(series="root", base=base(their_booking()))
    v = view(of, ABSENT, Snapshot.of(theirs()))
    sure = replace(C, gone_confirmed=True)
    assert plan(v, sure).step == Look(booking_naming="person1")
    kept = plan(replace(v, other_names_it=True), sure).step
    assert isinstance(kept, Settle)
    assert (kept.link.event, kept.link.state) == (None, State.UNLINKED)
    assert isinstance(plan(replace(v, other_names_it=False), sure).step, DeleteEvent)
    for other in (replace(of, series=""), replace(of, origin=Origin.BOOKING)):
        assert isinstance(plan(replace(v, link=other), sure).step, DeleteEvent)


def test_many_events_that_are_back_while_their_bookings_have_no_calendar_wait_for_a_person() -> None:
    over = link(life=Closed(), base=base(object_id="12"))
    step = plan(view(over, GONE_ON, event(etag='"2"')), replace(C, hold_removals=True)).step
    assert isinstance(step, Settle)
    assert step.link.life == Held(Why.NO_CALENDAR, Side.EVENT)
