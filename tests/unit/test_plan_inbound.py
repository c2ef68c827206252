"""Inbound decisions: a person's new event becomes a booking; a deleted one cancels its booking, or comes back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.model.appointment import Timed, When
from functions.domain.model.event import Event, EventKey, Mark
from functions.domain.model.snapshot import Snapshot
from functions.domain.pairing.life import Grace, Refused, State
from functions.domain.pairing.link import Approve, Link, Origin, Restore
from functions.domain.pairing.step import Look, Rest, Settle
from functions.domain.pairing.writes import BookingChange, MakeBooking, PatchEvent, ReviveEvent, Why, WriteBooking
from functions.domain.planning.plan import plan
from functions.domain.planning.plan_deleted_event import cancel, plan_vanished
from functions.domain.planning.plan_new_event import new_event_text, plan_new_event, why_not
from functions.domain.planning.view import View
from functions.domain.settings.schema import MappingRow
from tests.unit.sketch import (
    ABSENT,
    BELIEVED,
    CANCELLED,
    DAY,
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

C = planning_context()
MAY = planning_context(settings(inbound={"allow_booking_update": True}))


def new(its: Event | None = None, **more: Any) -> View:
    its = its or theirs()
    return View(Link("theirs", event=its.key, origin=Origin.EVENT, **more), ABSENT, Snapshot.of(its))


def vanished(of: Link | None = None, its: Any = None) -> View:
    """A pair whose event was deleted, and looked for elsewhere."""
    return replace(view(of, its, CANCELLED), found=ABSENT)


def test_a_new_event_becomes_a_booking_with_its_text_in_the_remarks() -> None:
    planned = plan(new(), C)
    step = planned.step
    assert isinstance(step, MakeBooking)
    assert (step.event.id, step.when, step.object_id, step.status) == ("person1", TEN, "10", 20)
    assert step.fields == (("remarks", "Overleg\nMet taart"),)
    assert planned.base is not None
    assert planned.base.digests["remarks"] == digest("Overleg\nMet taart")


def test_without_a_remarks_field_the_text_stays_in_the_calendar() -> None:
    step = plan(new(), planning_context(settings(inbound={"remarks_field": "none"}))).step
    assert isinstance(step, MakeBooking)
    assert step.fields == ()


@pytest.mark.parametrize(
    "more",
    [
        {"event_type": "birthday"},
        {"transparent": True},
        {"declined": True},
        {"organizer_self": False},
        {"when": LAST_YEAR},
        {"created": NOW - timedelta(days=3)},
        {"key": EventKey(ROOM_B, "person1")},
    ],
    ids=str,
)
def test_an_event_that_is_not_meant_becomes_no_booking(more: dict[str, Any]) -> None:
    assert plan(new(theirs(**more)), C).step == Rest(Why.NOT_ELIGIBLE)


def test_an_event_that_is_gone_becomes_no_booking() -> None:
    assert plan(View(new().link, ABSENT, CANCELLED), C).step == Rest(Why.NOT_ELIGIBLE)


def test_events_from_before_the_activation_become_bookings_only_where_asked_for() -> None:
    old = theirs(created=NOW - timedelta(days=3))
    assert isinstance(plan(new(old), planning_context(settings(inbound={"import_existing": True}))).step, MakeBooking)
    assert isinstance(plan(new(old), replace(C, activated_at=None)).step, MakeBooking)
    assert plan(new(theirs(created=None)), C).step == Rest(Why.NOT_ELIGIBLE)


def test_a_test_event_of_a_probe_becomes_no_booking() -> None:
    from functions.domain.model.identity import TEST_LINK, test_event_id

    probe = theirs(key=EventKey(ROOM_A, test_event_id("7", "s")), mark=Mark("7", TEST_LINK, "s"))
    assert plan(new(probe), C).step == Rest(Why.NOT_ELIGIBLE)
    copied = theirs(mark=Mark("7", TEST_LINK, "s"))
    assert isinstance(plan(new(copied), C).step, MakeBooking)


def test_with_inbound_off_no_event_becomes_a_booking() -> None:
    assert plan(new(), planning_context(settings(inbound={"enabled": False}))).step == Rest(Why.NOT_ELIGIBLE)


def test_a_refused_event_is_not_asked_again_before_it_changes_and_says_why() -> None:
    refused = Refused(digest(new_event_text(theirs())), "period_taken", NOW)
    step = plan(new(life=refused, notice="period_taken"), C).step
    assert isinstance(step, PatchEvent)
    assert step.change.description is not None
    assert "⚠ 23-11-2026 09:00 i-Reserve weigert dit: de periode is niet beschikbaar." in step.change.description
    said = theirs(description=step.change.description)
    assert plan(new(said, life=refused, notice="period_taken"), C).step == Rest(Why.REFUSED)
    moved = theirs(NOON)
    assert isinstance(plan(new(moved, life=refused, notice="period_taken"), C).step, MakeBooking)


def test_an_event_that_is_refused_once_more_says_when_in_place_of_the_earlier_line_and_keeps_the_rest() -> None:
    before = "Met taart\n\n———— i-Reserve · schrijf onder deze regel ————\n⚠ {} i-Reserve weigert dit: de periode is niet beschikbaar.\nonder"
    its = theirs(description=before.format("20-11-2026 10:00"))
    refused = new(its, life=Refused(digest(new_event_text(its)), "period_taken", NOW), notice="period_taken")
    step = plan(refused, replace(C, now=NOW + timedelta(minutes=5))).step
    assert isinstance(step, PatchEvent)
    assert (step.change.description, step.etag) == (before.format("23-11-2026 09:00"), its.etag)
    told = replace(refused, event=Snapshot.of(replace(its, description=before.format("23-11-2026 09:00"))))
    assert plan(told, replace(C, now=NOW + timedelta(minutes=5))).step == Rest(Why.REFUSED)


def test_before_a_booking_is_made_one_with_this_id_is_looked_for() -> None:
    unseen = replace(new(), booking=BELIEVED)
    assert plan(unseen, C).step == Look(booking_with="person1")
    assert plan_new_event(replace(new(), booking=UNREADABLE), C).step == Rest(Why.UNREADABLE)
    link_without = replace(new(), booking=Snapshot.of(their_booking()))
    step = plan(link_without, C).step
    assert isinstance(step, Settle)
    assert (step.link.booking_id, step.link.origin) == ("1001", Origin.BOOKING)


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
    held = cancel(link(), booking(), none, Why.GRACE_OVER).step
    assert isinstance(held, Settle)
    assert held.link.reason == "no_cancel_status"


def test_an_event_deleted_outside_the_window_is_left_alone() -> None:
    past = booking(LAST_YEAR)
    step = plan(vanished(link(base=base(past)), past), MAY).step
    assert isinstance(step, Settle)
    assert step.link.state is State.DETACHED


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
    unmapped = planning_context(settings(mapping=(MappingRow("11", ROOM_B),)))
    assert plan_vanished(vanished(), unmapped).step == Rest(Why.NO_CALENDAR)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"hidden": True}, "hidden"),
        ({"when": Timed(TEN.start, TEN.start)}, "no_length"),
        ({"when": LAST_YEAR}, "outside_window"),
        ({"event_type": "focusTime"}, "event_type"),
        ({"declined": True}, "declined"),
        ({"transparent": True}, "free"),
        ({"transparent": True, "when": DAY}, ""),
        ({"created": NOW - timedelta(days=1)}, ""),
        ({"created": NOW - timedelta(days=1, seconds=1)}, "before_activation"),
        ({"created": None}, "before_activation"),
    ],
    ids=str,
)
def test_why_an_event_becomes_no_booking_has_a_name(more: dict[str, Any], why: str) -> None:
    assert why_not(theirs(**more), C) == why


@pytest.mark.parametrize(
    ("free_events", "when", "why"),
    [("none", DAY, "free"), ("all_day", DAY, ""), ("all_day", TEN, "free"), ("all", DAY, ""), ("all", TEN, "")],
)
def test_a_free_event_counts_where_the_settings_say_so(free_events: str, when: When, why: str) -> None:
    its = planning_context(settings(inbound={"free_events": free_events}))
    assert why_not(theirs(when, transparent=True), its) == why
