"""A person's new event becomes a booking, or does not, with the reason."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.model.appointment import Timed, When
from functions.domain.model.event import Event, EventKey, Mark
from functions.domain.model.snapshot import Snapshot
from functions.domain.pairing.life import Refused
from functions.domain.pairing.link import Link, Origin
from functions.domain.pairing.step import Look, Rest, Settle
from functions.domain.pairing.writes import MakeBooking, PatchEvent, Why
from functions.domain.planning.plan import plan
from functions.domain.planning.plan_new_event import plan_new_event, why_not
from functions.domain.planning.view import View
from functions.domain.settings.schema import MappingRow
from tests.unit.sketch import (
    ABSENT,
    BELIEVED,
    CANCELLED,
    DAY,
    ID,
    LAST_YEAR,
    NOON,
    NOW,
    ROOM_A,
    ROOM_B,
    TEN,
    UNREADABLE,
    digest,
    planning_context,
    settings,
    their_booking,
    theirs,
)

C = planning_context()
MAY = planning_context(settings(inbound={"allow_booking_update": True}))


def new(its: Event | None = None, **more: Any) -> View:
    its = its or theirs()
    return View(Link("theirs", event=its.key, origin=Origin.EVENT, **more), ABSENT, Snapshot.of(its))


def test_a_new_event_becomes_a_booking_with_its_text_in_the_remarks() -> None:
    planned = plan(new(), C)
    step = planned.step
    assert isinstance(step, MakeBooking)
    assert (step.event.id, step.when, step.object_id, step.status) == ("person1", TEN, "10", 20)
    assert step.fields == (("remarks", "Overleg\nMet taart"),)
    assert planned.base is not None
    said = digest("Overleg\nMet taart")
    assert planned.base.digests == {"text": said, "remarks": said}


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


def test_an_event_that_has_a_booking_after_all_is_taken_up_also_where_it_would_become_none() -> None:
    free = replace(new(theirs(transparent=True)), booking=Snapshot.of(their_booking()))
    step = plan(free, C).step
    assert isinstance(step, Settle)
    assert (step.why, step.link.booking_id) == (Why.ADOPTED, "1001")
    for event in (Snapshot.of(theirs(organizer_self=False)), CANCELLED):
        assert plan(replace(free, event=event), C).step == Rest(Why.NOT_ELIGIBLE)


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
    assert why_not(probe, C) == "test"
    assert why_not(replace(probe, mark=Mark("7", "link", "s")), C) == ""
    copied = theirs(mark=Mark("7", TEST_LINK, "s"))
    assert isinstance(plan(new(copied), C).step, MakeBooking)


def test_with_inbound_off_no_event_becomes_a_booking() -> None:
    assert plan(new(), planning_context(settings(inbound={"enabled": False}))).step == Rest(Why.NOT_ELIGIBLE)


def asked(its: Event) -> str:
    """The whole request, as a refusal keeps it."""
    step = plan(new(its), C).step
    assert isinstance(step, MakeBooking)
    return step.asked


@pytest.mark.parametrize("inbound", [{"object": "11"}, {"status": 30}, {"number": 2}], ids=str)
def test_a_refused_event_is_asked_for_again_once_it_asks_for_something_else(inbound: dict[str, Any]) -> None:
    rows = (MappingRow("10", ROOM_A), MappingRow("11", ROOM_A))
    refused = new(life=Refused(asked(theirs()), "period_taken", NOW), notice="period_taken")
    assert isinstance(plan(refused, C).step, PatchEvent)
    assert isinstance(plan(refused, planning_context(settings(mapping=rows, inbound=inbound))).step, MakeBooking)


def test_a_refused_event_is_not_asked_again_before_it_changes_and_says_why() -> None:
    refused = Refused(asked(theirs()), "period_taken", NOW)
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
    refused = new(its, life=Refused(asked(its), "period_taken", NOW), notice="period_taken")
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


def test_an_event_that_this_service_made_and_forgot_becomes_no_booking_of_its_own() -> None:
    ours = theirs(key=EventKey(ROOM_A, ID), mark=Mark("7", "link", "s"))
    assert plan(new(ours), C).step == Rest(Why.NOT_ELIGIBLE)
    was_an_occurrence = new(ours, version=1)  # of what a person made of it, and is known since
    assert isinstance(plan(was_an_occurrence, C).step, MakeBooking)
    named = replace(new(ours), booking=Snapshot.of(their_booking(external_id=ID)))
    step = plan(named, C).step
    assert isinstance(step, Settle)
    assert (step.why, step.link.booking_id) == (Why.ADOPTED, "1001")
    for copy in (
        theirs(mark=Mark("7", "link", "s")),
        theirs(key=EventKey(ROOM_A, ID)),
        theirs(key=ours.key, mark=Mark("8")),
    ):
        assert isinstance(plan(new(copy), C).step, MakeBooking)


def test_of_what_a_person_made_of_such_an_event_only_the_first_occurrence_becomes_no_booking_of_its_own() -> None:
    occurrence = theirs(key=EventKey(ROOM_A, f"{ID}_20261124T090000Z"), series=ID, mark=Mark("7", "link", "s"))
    assert plan(new(occurrence), C).step == Look(forgotten=EventKey(ROOM_A, ID))
    assert plan(replace(new(occurrence), forgotten=True), C).step == Rest(Why.NOT_ELIGIBLE)
    assert isinstance(plan(replace(new(occurrence), forgotten=False), C).step, MakeBooking)
    assert isinstance(plan(new(replace(occurrence, mark=Mark("8"))), C).step, MakeBooking)
    persons = replace(occurrence, series="person1")
    assert isinstance(plan(replace(new(persons), forgotten=True), C).step, MakeBooking)


def test_of_an_occurrence_without_a_mark_it_is_asked_on_a_full_list_whether_its_series_had_a_booking_as_one_event() -> (
    None
):
    occurrence = theirs(key=EventKey(ROOM_A, "person1_20261124T090000Z"), series="person1")
    assert isinstance(plan(new(occurrence), C).step, MakeBooking)
    listed = replace(C, listed=True)
    assert plan(new(occurrence), listed).step == Look(forgotten=EventKey(ROOM_A, "person1"))
    assert isinstance(plan(replace(new(occurrence), forgotten=True), listed).step, MakeBooking)
    assert isinstance(plan(new(), listed).step, MakeBooking)
