"""What a preview shows of a step that is not carried out."""

from dataclasses import replace

import pytest

from functions.domain.comparing.event_content import appointment_of
from functions.domain.model.appointment import Style
from functions.domain.model.event import Guest, MeetState
from functions.domain.model.snapshot import Presence
from functions.domain.pairing.writes import (
    BookingChange,
    DeleteEvent,
    EventChange,
    InsertEvent,
    MakeBooking,
    MoveEvent,
    PatchEvent,
    ReviveEvent,
    Why,
    WriteBooking,
)
from functions.domain.planning.simulate import simulate
from tests.unit.sketch import (
    ABSENT,
    BELIEVED,
    CANCELLED,
    DAY,
    KEY,
    MOVED,
    NOON,
    ROOM_A,
    TEN,
    base,
    booking,
    event,
    link,
    planning_context,
    settings,
    theirs,
    view,
)

C = planning_context()
MEET = planning_context(settings(outbound={"create_meet_link": True, "use_customer_data": True}))


def test_an_event_that_would_be_made_shows_its_booking() -> None:
    content = appointment_of(booking(email="klant@example.org"), MEET.settings, ROOM_A)
    made = simulate(view(seen=ABSENT), InsertEvent(KEY, content, Why.BOOKING_MADE), base(), C).event.value
    assert made is not None
    assert (made.when, made.title, made.meet, made.guests) == (
        TEN,
        "Zaal A - 1001",
        MeetState.PENDING,
        (Guest("klant@example.org"),),
    )


def test_an_event_that_would_come_back_shows_its_booking_or_its_old_time() -> None:
    content = appointment_of(booking(NOON), C.settings, ROOM_A)
    back = simulate(view(seen=CANCELLED), ReviveEvent(KEY, content, Why.MADE_AGAIN), base(), C).event.value
    assert back is not None
    assert back.when == NOON
    as_it_was = simulate(view(seen=CANCELLED), ReviveEvent(KEY, None, Why.MADE_AGAIN), None, C).event.value
    assert as_it_was is not None
    assert as_it_was.when == TEN
    unknown = simulate(view(link(base=None), seen=CANCELLED), ReviveEvent(KEY, None, Why.MADE_AGAIN), None, C)
    assert unknown.event == CANCELLED


def test_an_event_that_would_change_shows_the_change() -> None:
    seen = event(guests=(Guest("oud@example.org"), Guest("vriend@example.org")))
    change = EventChange(NOON, "Nieuw", "tekst", "nieuw@example.org", "oud@example.org", (("popup", 10),), meet=True)
    after = simulate(view(seen=seen), PatchEvent(KEY, "", change, Why.BOOKING_CHANGED), None, C).event.value
    assert after is not None
    assert (after.when, after.title, after.description, after.reminders) == (NOON, "Nieuw", "tekst", (("popup", 10),))
    assert [guest.email for guest in after.guests] == ["vriend@example.org", "nieuw@example.org"]
    same = simulate(view(seen=seen), PatchEvent(KEY, "", EventChange(), Why.BOOKING_CHANGED), None, C).event.value
    assert same == seen
    unseen = simulate(view(seen=BELIEVED), PatchEvent(KEY, "", change, Why.BOOKING_CHANGED), None, C)
    assert unseen.event == BELIEVED


def test_an_event_that_would_move_is_over_there() -> None:
    step = MoveEvent(KEY, "", MOVED.calendar, Why.BOOKING_CHANGED)
    seen = simulate(view(), step, None, C)
    assert seen.event.value is not None
    assert seen.event.value.key == MOVED
    assert simulate(view(seen=BELIEVED), step, None, C).link.event == MOVED


def test_an_event_that_would_be_removed_is_gone() -> None:
    after = simulate(view(), DeleteEvent(KEY, "", Why.BOOKING_CANCELLED), None, C)
    assert after.event.presence is Presence.CANCELLED
    assert after.link.closed


def test_a_booking_that_would_change_shows_the_change() -> None:
    change = BookingChange(DAY, "11", 30, "abc", (("remarks", "Met beamer"), ("custom02", "x")))
    after = simulate(view(), WriteBooking("1001", change, Why.EVENT_MOVED), None, C).booking.value
    assert after is not None
    assert (after.object_id, after.status, after.external_id, after.remarks) == ("11", 30, "abc", "Met beamer")
    assert after.value_of("custom02") == "x"
    assert after.day_mode
    same = simulate(view(), WriteBooking("1001", BookingChange(), Why.EVENT_MOVED), None, C).booking.value
    assert same == booking()
    assert simulate(view(its=ABSENT), WriteBooking("1001", change, Why.EVENT_MOVED), None, C).booking == ABSENT


def test_a_booking_that_would_be_made_shows_its_event() -> None:
    for field in ("external_id", "custom01"):
        step = MakeBooking(theirs().key, TEN, "10", 20, 1, field, (("remarks", "Overleg"),), Why.EVENT_MADE)
        made = simulate(view(its=ABSENT), step, base(), C).booking.value
        assert made is not None
        assert (made.starts, made.remarks, made.value_of(field)) == (TEN.start, "Overleg", "person1")


@pytest.mark.parametrize(("answer", "declined"), [("accepted", False), ("declined", True)])
def test_a_room_that_would_answer_shows_its_answer(answer: str, declined: bool) -> None:  # noqa: FBT001
    change = EventChange(answer=answer)
    for seen in (event(answer="needsAction"), event(answer=answer, declined=declined)):
        after = simulate(view(seen=seen), PatchEvent(KEY, "", change, Why.INVITED), None, C).event.value
        assert after == replace(seen, answer=answer, declined=declined)
    unasked = event(answer="declined", declined=True)
    kept = simulate(view(seen=unasked), PatchEvent(KEY, "", EventChange(), Why.PUT_BACK), None, C).event.value
    assert kept == unasked


def test_only_the_parts_of_a_style_that_would_be_written_change() -> None:
    seen = event(style=Style(location="Oud", colour="3"))
    change = EventChange(style=Style(location="Hal", colour="7"), restyled=("location",))
    after = simulate(view(seen=seen), PatchEvent(KEY, "", change, Why.BOOKING_CHANGED), None, C).event.value
    assert after == replace(seen, style=Style(location="Hal", colour="3"))
