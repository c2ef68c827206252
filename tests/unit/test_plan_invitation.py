"""Invitations: inviting a room books it; the organizer's event is never written, the room only answers."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.comparing.echo import is_echo
from functions.domain.comparing.event_content import appointment_of, written
from functions.domain.model.event import Event, EventKey
from functions.domain.model.identity import invitation_id
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.attempts import Attempt, Ended
from functions.domain.pairing.life import Active, Closed, Grace
from functions.domain.pairing.link import Intent, Link, Origin, Refusal, Refusals, WrittenIds
from functions.domain.pairing.step import Conclude, Landed, Look, Missed, Planned, Rest, Settle
from functions.domain.pairing.writes import (
    BookingChange,
    DeleteEvent,
    EventChange,
    MakeBooking,
    MoveEvent,
    PatchEvent,
    ReviveEvent,
    Why,
    Write,
    WriteBooking,
)
from functions.domain.planning.invitation import answer_side, as_answered, only_answers, why_no_invitation
from functions.domain.planning.plan import plan
from functions.domain.planning.plan_new_event import why_not
from functions.domain.planning.view import PlanningContext, View
from functions.domain.settings.schema import MappingRow
from tests.unit.sketch import (
    ABSENT,
    BELIEVED,
    CANCELLED,
    NOON,
    NOW,
    ROOM_B,
    TEN,
    UNREADABLE,
    base,
    booking,
    digest,
    link,
    planning_context,
    settings,
    theirs,
    view,
)

ROOM = "room@resource.calendar.google.com"
KEY = EventKey(ROOM, "meeting1")
ROWS = (MappingRow("10", ROOM), MappingRow("11", ROOM_B))


def context(**inbound: Any) -> PlanningContext:
    return planning_context(settings(mapping=ROWS, inbound={"invitations": "resources", **inbound}))


C = context()
REFERENCE = invitation_id(digest, ROOM, "meeting1")


def invited(answer: str = "accepted", **more: Any) -> Event:
    """The copy of somebody's event in the room's calendar."""
    return theirs(**{"key": KEY, "organizer_self": False, "answer": answer, **more})


def pair(of: Link | None = None, its: Any = None, seen: Any = None) -> View:
    return view(of or PAIR, its or BOOKED, seen or invited())


BOOKED = booking(external_id=REFERENCE, remarks="Overleg\nMet taart")
SAID = digest("Overleg\nMet taart")
PAIR = replace(
    link(event=KEY, origin=Origin.INVITATION, ids=WrittenIds((digest(written("external_id", REFERENCE)),))),
    base=base(BOOKED, C, digests={"text": SAID, "remarks": SAID}),
)


def answered(v: View, its: PlanningContext = C) -> PatchEvent:
    step = plan(v, its).step
    assert isinstance(step, PatchEvent), step
    assert replace(step.change, answer=None, comment="") == EventChange(), "it writes more than an answer"
    return step


def test_an_accepted_invitation_becomes_a_booking_under_an_id_of_the_rooms_own() -> None:
    new = View(Link("new", event=KEY, origin=Origin.INVITATION), ABSENT, Snapshot.of(invited()))
    step = plan(new, C).step
    assert isinstance(step, MakeBooking)
    assert (step.object_id, step.external_id, step.when) == ("10", REFERENCE, TEN)
    assert plan(replace(new, booking=BELIEVED), C).step == Look(booking_with=REFERENCE)


@pytest.mark.parametrize(
    ("invitations", "calendar", "answer", "why"),
    [
        ("none", ROOM, "accepted", "invitation"),
        ("resources", ROOM_B, "accepted", "invitation"),
        ("resources", ROOM, "accepted", ""),
        ("resources", ROOM, "needsAction", ""),
        ("resources", ROOM, "", "not_accepted"),
        ("resources", ROOM, "declined", "declined"),
        ("all", ROOM_B, "accepted", ""),
        ("all", ROOM_B, "tentative", "not_accepted"),
        ("all", ROOM_B, "declined", "declined"),
    ],
)
def test_a_room_is_booked_by_inviting_it_and_elsewhere_a_person_accepts_first(
    invitations: str, calendar: str, answer: str, why: str
) -> None:
    its = invited(answer, key=EventKey(calendar, "meeting1"))
    assert why_no_invitation(its, context(invitations=invitations)) == why
    assert why_not(its, context(invitations=invitations)) == why


def test_a_pair_in_step_rests_and_the_room_answers_once_where_it_has_not() -> None:
    assert plan(pair(), C).step == Rest(Why.IN_STEP)
    step = answered(pair(seen=invited("needsAction")))
    assert (step.change.answer, step.why) == ("accepted", Why.INVITED)
    assert plan(pair(seen=invited("")), C).step == Rest(Why.IN_STEP)


@pytest.mark.parametrize("answer", ["needsAction", "tentative", "accepted"])
def test_on_a_calendar_that_is_no_room_a_person_answers(answer: str) -> None:
    key, c = EventKey(ROOM_B, "meeting1"), context(invitations="all")
    of = booking(object_id="11", external_id=invitation_id(digest, ROOM_B, "meeting1"))
    own = replace(PAIR, event=key, base=replace(base(of, c), digests={"text": SAID, "remarks": SAID}))
    own = replace(own, ids=WrittenIds((digest(written("external_id", of.external_id)),)))
    assert plan(view(own, of, invited(answer, key=key)), c).step == Rest(Why.IN_STEP)
    assert is_echo(own, invited(answer, key=key, etag='"2"'), digest, "Europe/Amsterdam")
    assert not is_echo(own, invited("declined", key=key, etag='"2"'), digest, "Europe/Amsterdam")


def test_with_inbound_off_an_invitation_is_left_alone() -> None:
    assert plan(pair(seen=invited("needsAction")), context(enabled=False)).step == Rest(Why.NOT_ELIGIBLE)


def test_an_organizer_who_moves_the_meeting_moves_the_booking() -> None:
    step = plan(pair(seen=invited(when=NOON)), C).step
    assert isinstance(step, WriteBooking)
    assert (step.change, step.why) == (BookingChange(when=NOON), Why.EVENT_MOVED)


def test_a_move_that_i_reserve_refused_is_declined_with_the_reason() -> None:
    moved = invited(when=NOON)
    refused = replace(PAIR, refusals=Refusals(time=Refusal(digest(str(NOON)), "period_taken")), notice="period_taken")
    step = answered(pair(refused, seen=moved))
    assert (step.change.answer, step.why, step.notice) == ("declined", Why.REFUSED, "period_taken")
    assert step.change.comment == "i-Reserve weigert dit: de periode is niet beschikbaar."
    unnamed = answer_side(pair(seen=moved), C, BOOKED, moved, appointment_of(BOOKED, C.settings, ROOM))
    assert unnamed is not None
    assert isinstance(unnamed.step, PatchEvent)
    assert (unnamed.step.why, unnamed.step.notice) == (Why.REFUSED, "other")


def test_a_booking_that_moved_in_i_reserve_declines_and_gets_an_event_of_its_own() -> None:
    step = answered(pair(its=replace(BOOKED, starts=NOON.start, ends=NOON.end)))
    assert (step.change.answer, step.why, step.notice) == ("declined", Why.BOOKING_CHANGED, "booking_moved")
    room = answered(pair(its=replace(BOOKED, object_id="11")))
    assert (room.change.answer, room.why) == ("declined", Why.BOOKING_CHANGED)
    unsure = answered(pair(replace(PAIR, base=None), seen=invited(when=NOON)))
    assert unsure.why is Why.BOOKING_CHANGED


def test_what_the_booking_alone_tells_is_not_enough_to_answer() -> None:
    moved = pair(its=replace(BOOKED, starts=NOON.start, ends=NOON.end), seen=BELIEVED)
    assert plan(moved, C).step == Look(event=KEY)
    assert plan(pair(its=replace(BOOKED, object_id="11"), seen=BELIEVED), C).step == Look(event=KEY)
    assert plan(pair(seen=BELIEVED), C).step == Rest(Why.IN_STEP)


def test_a_booking_that_is_cancelled_declines() -> None:
    planned = plan(pair(its=replace(BOOKED, status=70)), C)
    step = planned.step
    assert isinstance(step, PatchEvent)
    assert (step.change.answer, step.notice, step.why) == ("declined", "booking_cancelled", Why.BOOKING_CANCELLED)
    assert planned.base is not None
    assert planned.base.status == 70


def test_a_copy_that_the_room_declined_counts_as_gone_unless_a_write_is_under_way() -> None:
    declined = pair(seen=invited("declined"))
    step = plan(declined, C).step
    assert isinstance(step, Settle)
    assert step.link.life == Grace(NOW + timedelta(seconds=120))
    assert as_answered(declined).event.presence is Presence.CANCELLED
    writing = declined.with_link(
        intent=Intent("s", PatchEvent(KEY, "", EventChange(answer="declined"), Why.REFUSED), NOW)
    )
    for untouched in (pair(), writing, declined.with_link(origin=Origin.EVENT), pair(seen=UNREADABLE)):
        assert as_answered(untouched) is untouched


def test_an_event_that_may_not_be_made_again_is_given_up_for_one_of_the_bookings_own() -> None:
    step = plan(pair(seen=CANCELLED), context(deleted_event="restore")).step
    assert isinstance(step, Settle)
    given_up = step.link
    assert (given_up.event, given_up.origin, given_up.generation) == (None, Origin.BOOKING, PAIR.generation + 1)
    assert step.why is Why.MADE_AGAIN


@pytest.mark.parametrize(
    ("step", "category", "why"),
    [
        (PatchEvent(KEY, '"1"', EventChange(when=NOON), Why.REFUSED, "period_taken"), "period_taken", Why.REFUSED),
        (PatchEvent(KEY, '"1"', EventChange(when=NOON), Why.PUT_BACK), "booking_moved", Why.BOOKING_CHANGED),
        (MoveEvent(KEY, '"1"', ROOM_B, Why.BOOKING_CHANGED), "booking_moved", Why.BOOKING_CHANGED),
        (DeleteEvent(KEY, '"1"', Why.BOOKING_GONE), "booking_cancelled", Why.BOOKING_GONE),
    ],
    ids=["a refusal", "a put-back", "a move", "a removal"],
)
def test_no_write_to_somebody_elses_event_is_more_than_an_answer(step: Write, category: str, why: Why) -> None:
    answer = only_answers(pair(), Planned(step, PAIR.base), C).step
    assert isinstance(answer, PatchEvent)
    assert (answer.key, answer.etag, answer.notice, answer.why) == (KEY, '"1"', category, why)
    assert replace(answer.change, comment="") == EventChange(answer="declined")
    own = Planned(step, PAIR.base)
    assert only_answers(pair(replace(PAIR, origin=Origin.EVENT)), own, C) is own


def test_the_reason_that_a_link_remembers_goes_before_that_of_the_write() -> None:
    noticed = pair(replace(PAIR, notice="object_unknown"))
    step = only_answers(noticed, Planned(PatchEvent(KEY, "", EventChange(), Why.REFUSED, "other")), C).step
    assert isinstance(step, PatchEvent)
    assert step.notice == "object_unknown"


def test_an_answer_and_a_write_to_the_booking_pass_as_they_are() -> None:
    for step in (
        PatchEvent(KEY, "", EventChange(answer="accepted"), Why.INVITED),
        WriteBooking("1001", BookingChange(when=NOON), Why.EVENT_MOVED),
    ):
        planned = Planned(step, PAIR.base)
        assert only_answers(pair(), planned, C) is planned
    revived = only_answers(pair(), Planned(ReviveEvent(KEY, None, Why.UNDONE)), C).step
    assert isinstance(revived, Settle)
    assert (revived.link.event, revived.why) == (None, Why.UNDONE)


def test_an_answer_landed_if_it_is_the_one_that_stands() -> None:
    declining = Intent("s", PatchEvent(KEY, "", EventChange(answer="declined"), Why.REFUSED), NOW)
    there = pair(replace(PAIR, intent=declining), seen=invited("declined"))
    assert plan(there, C).step == Conclude(Landed(invited("declined")))
    assert plan(replace(there, event=Snapshot.of(invited())), C).step == Conclude(Missed())


def test_a_copy_in_step_is_an_echo_until_the_room_has_yet_to_answer() -> None:
    zone = "Europe/Amsterdam"
    assert is_echo(PAIR, invited(etag='"2"'), digest, zone)
    assert is_echo(PAIR, invited("", etag='"2"'), digest, zone)
    for changed in (invited("needsAction"), invited("declined"), invited(etag='"2"', title="Ander overleg")):
        assert not is_echo(PAIR, changed, digest, zone)
    assert PAIR.life == Active()
    assert not is_echo(replace(PAIR, life=Closed()), invited(), digest, zone)


def test_an_invitation_that_vanished_with_its_booking_is_looked_for_nowhere() -> None:
    step = plan(pair(its=replace(BOOKED, status=70), seen=CANCELLED), C).step
    assert isinstance(step, Settle)
    assert step.link.closed


def test_a_room_declines_for_a_cancelled_booking_however_often_it_answered() -> None:
    several = tuple(Attempt(NOW - timedelta(minutes=1), "same", ended=Ended.LANDED) for _ in range(7))
    declined = answered(pair(replace(PAIR, attempts=several), replace(BOOKED, status=70)))
    assert (declined.change.answer, declined.why) == ("declined", Why.BOOKING_CANCELLED)


def test_an_invitation_of_which_a_booking_was_made_already_is_paired_with_it() -> None:
    v = View(Link("link", event=KEY, origin=Origin.INVITATION), BELIEVED, Snapshot.of(invited()))
    assert plan(v, C).step == Look(booking_with=REFERENCE)
    step = plan(replace(v, booking=Snapshot.of(booking(external_id=REFERENCE))), C).step
    assert isinstance(step, Settle)
    assert (step.why, step.link.booking_id, step.link.origin) == (Why.ADOPTED, "1001", Origin.INVITATION)
