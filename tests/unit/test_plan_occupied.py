"""Occupied events: they show that a time is taken, follow their booking, and never change it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.comparing.event_content import base_of, occupied_of, places_of
from functions.domain.model.appointment import Appointment, Style, Timed
from functions.domain.model.event import EventKey
from functions.domain.model.identity import occupied_id
from functions.domain.model.snapshot import Snapshot
from functions.domain.pairing.attempts import Attempt, Ended
from functions.domain.pairing.life import Active, Closed, Detached, LeftOut, State, Unlinked
from functions.domain.pairing.link import Intent, Link, Occupies
from functions.domain.pairing.step import Look, Rest, Settle
from functions.domain.pairing.writes import DeleteEvent, InsertEvent, PatchEvent, ReviveEvent, Why
from functions.domain.planning.merge import may_write_booking
from functions.domain.planning.plan import plan
from functions.domain.planning.plan_occupied import given_up, places_wanted
from functions.domain.planning.view import PlanningContext, View
from functions.domain.planning.write_event_id import write_back
from functions.domain.settings.schema import MappingRow
from tests.unit.sketch import (
    ABSENT,
    BELIEVED,
    CANCELLED,
    DAY,
    LAST_YEAR,
    NOON,
    NOW,
    ROOM_A,
    TEN,
    booking,
    digest,
    event,
    planning_context,
    settings,
)

FRONT = "front-desk@group.calendar.google.com"
ROW = MappingRow("10", ROOM_A, also=(FRONT,))
AROUND = replace(ROW, before_minutes=30, after_minutes=15, around="events")
HOURS, BEFORE, AFTER = (Occupies("1001", FRONT, part) for part in ("hours", "before", "after"))


def context(row: MappingRow = ROW, **more: Any) -> PlanningContext:
    return replace(planning_context(settings(mapping=(row,), **more)), released=False)


C = context()
MAY = context(inbound={"allow_booking_update": True})
KEY = EventKey(FRONT, occupied_id(digest, "7", HOURS.name, 0))
CONTENT = Appointment(TEN, FRONT, "Bezet")
BASE = base_of(CONTENT, booking(), digest)
UNMADE = Link("occupied", occupies=HOURS)
MADE = Link(
    "occupied", event=KEY, life=Active(), base=BASE, version=2, event_etag='"1"', event_updated=NOW, occupies=HOURS
)
SHOWN = event(key=KEY, title="Bezet", description="")


def seen(of: Link = MADE, its: Any = None, shown: Any = SHOWN) -> View:
    left = its if isinstance(its, Snapshot) else Snapshot.of(its or booking())
    right = shown if isinstance(shown, Snapshot) else Snapshot.of(shown)
    return View(of, left, right)


def test_one_that_is_made_again_and_again_is_a_loop_and_one_that_is_removed_never_is() -> None:
    several = tuple(Attempt(NOW - timedelta(minutes=1), "same", ended=Ended.LANDED) for _ in range(7))
    stopped = plan(seen(replace(UNMADE, attempts=several), shown=ABSENT), C).step
    assert isinstance(stopped, Settle)
    assert stopped.link.state is State.PAUSED
    unwanted = plan(seen(replace(MADE, attempts=several)), replace(C, released=True)).step
    assert unwanted == DeleteEvent(KEY, '"1"', Why.OCCUPIED)


def test_the_hours_of_a_booking_are_taken_in_the_calendars_beside_its_own() -> None:
    planned = plan(seen(UNMADE, shown=ABSENT), C)
    assert planned.step == InsertEvent(KEY, CONTENT, Why.OCCUPIED)
    assert planned.base == BASE


def test_a_former_event_of_a_booking_is_wanted_nowhere() -> None:
    place = replace(HOURS, part="former")
    assert given_up(Link("pair", "1001"), place, BELIEVED, C.settings)
    planned = plan(seen(replace(MADE, occupies=place)), replace(C, released=True))
    assert planned.step == DeleteEvent(KEY, '"1"', Why.FORMER)


def test_a_former_event_that_is_gone_is_let_go_so_that_the_booking_can_have_its_event_there() -> None:
    former = replace(MADE, occupies=replace(HOURS, part="former"))
    planned = plan(seen(former, shown=ABSENT), replace(C, released=True))
    assert planned.step == Settle(former.without_event(), Why.FORMER)


def test_an_occupied_event_in_step_rests() -> None:
    assert plan(seen(), C).step == Rest(Why.IN_STEP)


def test_it_tells_nothing_of_the_booking_but_the_word_of_its_row() -> None:
    told = booking(remarks="Met taart", email="klant@example.org")
    its = context(replace(ROW, booked_text="Gesloten"), outbound={"location_template": "Hal", "create_meet_link": True})
    assert occupied_of(told, its.settings, HOURS) == Appointment(TEN, FRONT, "Gesloten")
    assert occupied_of(told, context(language="en").settings, HOURS).title == "Occupied"


def test_a_tentative_booking_occupies_tentatively_and_frees_the_time_only_where_asked_for() -> None:
    tentative = {"tentative_on_status": (10,), "create_on_status": (20,)}
    free = {**tentative, "tentative_is_free": True}
    shown = [
        occupied_of(booking(status=status), context(outbound=its).settings, HOURS).style
        for status, its in ((10, tentative), (10, free), (20, free))
    ]
    assert shown == [Style(tentative=True), Style(tentative=True, free=True), Style()]


def test_preparation_and_clearing_have_their_own_hours_and_words() -> None:
    early = Timed(TEN.start - timedelta(minutes=30), TEN.start)
    late = Timed(TEN.end, TEN.end + timedelta(minutes=15))
    its = context(AROUND).settings
    assert occupied_of(booking(), its, BEFORE) == Appointment(early, FRONT, "Voorbereiding")
    assert occupied_of(booking(), its, AFTER) == Appointment(late, FRONT, "Opruimen")
    assert places_of(booking(), its) == (
        HOURS,
        replace(BEFORE, calendar=ROOM_A),
        replace(AFTER, calendar=ROOM_A),
        BEFORE,
        AFTER,
    )


def test_there_is_nothing_around_whole_days_nor_where_the_text_says_it_nor_where_no_minutes_are_set() -> None:
    assert places_of(booking(DAY), context(AROUND).settings) == (HOURS,)
    assert places_of(booking(), context(replace(AROUND, around="text")).settings) == (HOURS,)
    assert places_of(booking(), context(replace(AROUND, before_minutes=0, also=())).settings) == (
        replace(AFTER, calendar=ROOM_A),
    )
    assert places_of(booking(object_id="99"), C.settings) == ()


@pytest.mark.parametrize(
    "its", [booking(status=10), booking(LAST_YEAR)], ids=["a status that makes no event", "outside the window"]
)
@pytest.mark.parametrize(
    "of", [UNMADE, replace(MADE, life=Closed())], ids=["never made", "removed with its booking's cancellation"]
)
def test_one_that_is_not_there_is_made_only_where_the_bookings_own_event_would_be(its: Any, of: Link) -> None:
    assert plan(seen(of, its, CANCELLED), C).step == Rest(Why.NOT_WANTED)


def test_one_whose_id_was_given_up_is_made_anew_also_where_the_status_is_in_no_list() -> None:
    given_up = replace(UNMADE, version=3, generation=1)
    assert isinstance(plan(seen(given_up, booking(status=10), ABSENT), C).step, InsertEvent)


def test_one_that_is_there_follows_a_booking_whose_status_is_in_no_list() -> None:
    step = plan(seen(its=booking(NOON, status=10)), C).step
    assert isinstance(step, PatchEvent)
    assert step.change.when == NOON


def test_a_reopened_booking_brings_it_back() -> None:
    assert plan(seen(replace(MADE, life=Closed()), shown=CANCELLED), C).step == ReviveEvent(KEY, CONTENT, Why.OCCUPIED)


def test_one_that_a_person_deleted_is_made_again_and_one_of_long_ago_is_left() -> None:
    vanished = seen(shown=CANCELLED)
    assert plan(vanished, C).step == Look(find=KEY.id)  # a person may have moved it to another calendar
    again = plan(replace(vanished, found=ABSENT), C)
    assert (again.step, again.base) == (ReviveEvent(KEY, CONTENT, Why.MADE_AGAIN), BASE)
    left = plan(seen(its=booking(LAST_YEAR), shown=CANCELLED), C).step
    assert isinstance(left, Settle)
    assert left.link.life == Detached("outside_window")
    assert plan(seen(left.link, its=booking(LAST_YEAR), shown=CANCELLED), C).step == Rest(Why.DETACHED)
    back = plan(seen(replace(left.link, base=replace(BASE, when=LAST_YEAR)), shown=CANCELLED), C).step
    assert isinstance(back, Settle)
    assert back.link.life == Active()


def test_one_that_is_found_in_another_calendar_goes_back_and_none_is_made_beside_it() -> None:
    taken = replace(SHOWN, key=replace(KEY, calendar="elsewhere@example.org"))
    step = plan(replace(seen(shown=CANCELLED), found=Snapshot.of(taken)), C).step
    assert isinstance(step, PatchEvent)  # it says why first
    assert (step.key, step.notice) == (taken.key, "occupied")


def test_one_that_a_person_moved_goes_back_and_says_why_also_where_events_may_move_their_bookings() -> None:
    for its in (C, MAY):
        step = plan(seen(shown=replace(SHOWN, when=NOON)), its).step
        assert isinstance(step, PatchEvent)
        assert (step.change.when, step.why, step.notice) == (TEN, Why.PUT_BACK, "occupied")
        assert "bezet door een reservering in een andere agenda" in (step.change.description or "")
    assert not may_write_booking(MADE, booking(), MAY)


def test_one_that_a_person_moved_to_another_calendar_says_why_before_it_goes_back() -> None:
    elsewhere = replace(SHOWN, key=EventKey(ROOM_A, KEY.id))
    step = plan(seen(replace(MADE, event=elsewhere.key), shown=elsewhere), C).step
    assert isinstance(step, PatchEvent)
    assert (step.why, step.notice) == (Why.REFUSED, "occupied")


def test_its_id_goes_into_no_field_of_the_booking() -> None:
    assert write_back(MADE, C, booking(external_id=""), KEY, "") is None


@pytest.mark.parametrize(
    ("its", "why"),
    [(booking(), Why.OCCUPIED), (ABSENT, Why.OCCUPIED), (booking(status=70), Why.BOOKING_CANCELLED)],
    ids=["its pair no longer wants it", "its booking is gone too", "its booking was cancelled"],
)
def test_what_is_no_longer_taken_is_removed_and_says_why(its: Any, why: Why) -> None:
    no_more = replace(C, released=True)
    planned = plan(seen(its=its, shown=replace(SHOWN, etag='"2"')), no_more)
    assert (planned.step, planned.base) == (DeleteEvent(KEY, '"2"', why), BASE)
    assert plan(seen(its=its, shown=BELIEVED), no_more).step == DeleteEvent(KEY, '"1"', why)
    gone = seen(its=its, shown=CANCELLED)
    assert plan(gone, no_more).step == Look(find=KEY.id)  # a person may have moved it
    closed = plan(replace(gone, found=ABSENT), no_more).step
    assert isinstance(closed, Settle)
    assert closed.link.life == Closed()
    for over in (UNMADE, replace(MADE, life=Closed())):
        assert plan(seen(over, its, CANCELLED), no_more).step == Rest(Why.NOT_WANTED)


@pytest.mark.parametrize(
    ("life", "its", "wanted"),
    [
        (Active(), booking(), (HOURS,)),
        (Active(), booking(status=10), (HOURS,)),
        (Active(), booking(status=70), ()),
        (Active(), booking(object_id="99"), ()),
        (Closed(), booking(), ()),
        (LeftOut(), booking(), ()),
        (Unlinked(), booking(), ()),
        (Closed(), ABSENT, ()),
        (Active(), ABSENT, None),
        (Detached("undone"), booking(), None),
        (Detached("undone"), booking(status=70), ()),
        (Detached("undone"), ABSENT, None),
    ],
    ids=[
        "what its row names",
        "a status in no list",
        "cancelled",
        "another room",
        "a pair that ended",
        "left out of the backfill",
        "never linked",
        "a pair that ended, its booking gone",
        "not found: a second read decides",
        "a pair that is left alone",
        "a pair that is left alone, its booking cancelled",
        "a pair that is left alone, its booking not found",
    ],
)
def test_a_pair_says_where_its_booking_shows_as_occupied(life: Any, its: Any, wanted: Any) -> None:
    pair = Link("pair", booking_id="1001", life=life, version=2)
    read = its if isinstance(its, Snapshot) else Snapshot.of(its)
    assert places_wanted(pair, read, C.settings) == wanted
    under_way = Intent("stamp", DeleteEvent(KEY, '"1"', Why.BOOKING_CANCELLED), NOW)
    assert places_wanted(replace(pair, intent=under_way), read, C.settings) is None, "its own write comes first"


def test_a_parted_pair_keeps_only_the_occupied_events_it_lists() -> None:
    parted = Link("pair", booking_id="1001", life=Detached("undone"), occupied=(HOURS,), version=2)
    for its in (Snapshot.of(booking()), ABSENT):
        assert given_up(parted, HOURS, its, C.settings) is None
        assert given_up(replace(parted, occupied=()), HOURS, its, C.settings), "one that came back from the bin"
    under_way = Intent("stamp", DeleteEvent(KEY, '"1"', Why.BOOKING_CANCELLED), NOW)
    unlisted = replace(parted, occupied=(), intent=under_way)
    assert given_up(unlisted, HOURS, Snapshot.of(booking()), C.settings) is None, "its own write comes first"
    assert given_up(replace(parted, life=Active()), HOURS, ABSENT, C.settings) is None, "a second read decides"


def test_one_whose_pair_is_left_alone_is_left_alone() -> None:
    moved = seen(shown=replace(SHOWN, when=NOON))
    assert plan(moved, replace(C, released=None)).step == Rest(Why.NOT_WANTED)


def test_while_the_booking_cannot_be_found_its_pair_decides() -> None:
    assert plan(seen(its=ABSENT), C).step == Rest(Why.NOT_WANTED)
    assert plan(seen(its=ABSENT), replace(C, gone_confirmed=True)).step == Rest(Why.NOT_WANTED)


def test_one_that_a_person_restored_after_its_removal_is_taken_up_again() -> None:
    step = plan(seen(replace(MADE, life=Closed())), C).step
    assert isinstance(step, Settle)
    assert step.link.life == Active()


def test_somebody_elses_id_in_the_booking_is_its_pairs_affair() -> None:
    assert plan(seen(its=booking(external_id="foreign")), C).step == Rest(Why.IN_STEP)


def test_one_that_a_person_restored_is_removed_again_while_nothing_wants_it() -> None:
    back = seen(replace(MADE, life=Closed()))
    assert plan(back, replace(C, released=True)).step == DeleteEvent(KEY, '"1"', Why.OCCUPIED)
