"""What a write that was done makes of the link."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.model.link import Link, Origin, State
from functions.domain.planning.outcome import KEPT_DIGESTS, landed, not_taken
from functions.domain.planning.projection import appointment_of
from functions.domain.planning.step import (
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
from tests.unit.sketch import (
    KEY,
    MOVED,
    NOON,
    NOW,
    ROOM_A,
    TEN,
    base,
    booking,
    digest,
    event,
    link,
    planning_context,
    their_booking,
    theirs,
)

C = planning_context()
CONTENT = appointment_of(booking(), C.settings, ROOM_A)
LATER = base(booking(NOON))


def write(change: BookingChange, why: Why) -> WriteBooking:
    return WriteBooking("1001", change, why)


def test_a_made_event_is_known_with_its_etag_and_counted() -> None:
    done = landed(Link("link", "1001"), InsertEvent(KEY, CONTENT, Why.BOOKING_MADE), LATER, event(etag='"5"'), C)
    assert (done.event, done.event_etag, done.base, done.writes) == (KEY, '"5"', LATER, (NOW,))


def test_an_event_that_is_back_ends_every_trouble() -> None:
    troubled = link(
        closed=True, state=State.GRACE, until=NOW, reason="x", cancelled_by_us=True, status_before=20, refused="x"
    )
    done = landed(troubled, ReviveEvent(KEY, CONTENT, Why.MADE_AGAIN), None, event(), C)
    assert replace(done, writes=(), put_backs=()) == link()
    assert done.put_backs == (NOW,)
    foreign = link(write_back=False, reason="foreign_id")
    assert landed(foreign, ReviveEvent(KEY, None, Why.BOOKING_MADE), None, event(), C).reason == "foreign_id"


@pytest.mark.parametrize(
    ("why", "said", "stands"),
    [(Why.PUT_BACK, "not_allowed", "not_allowed"), (Why.REFUSED, "", "before"), (Why.BOOKING_CHANGED, "", "")],
)
def test_the_reason_on_an_event_is_remembered_while_it_stands(why: Why, said: str, stands: str) -> None:
    step = PatchEvent(KEY, '"1"', EventChange(when=TEN), why, said)
    assert landed(link(notice="before"), step, None, event(), C).notice == stands


def test_a_move_keeps_what_stands_on_the_event() -> None:
    done = landed(link(notice="before"), MoveEvent(KEY, '"1"', MOVED.calendar, Why.PUT_BACK), None, event(key=MOVED), C)
    assert (done.event, done.notice) == (MOVED, "before")


def test_a_removed_event_closes_the_pair() -> None:
    done = landed(link(state=State.HELD, until=NOW), DeleteEvent(KEY, '"1"', Why.APPROVED), None, None, C)
    assert (done.closed, done.state, done.until) == (True, State.ACTIVE, None)


def test_a_made_booking_joins_its_event() -> None:
    step = MakeBooking(theirs().key, TEN, "10", 20, 1, "external_id", (), Why.EVENT_MADE)
    done = landed(Link("theirs", event=theirs().key, refused="x", refused_at=NOW), step, base(), their_booking(), C)
    assert (done.booking_id, done.origin, done.refused, done.refused_at) == ("1001", Origin.EVENT, "", None)
    assert done.ours == (digest("external_id\nperson1"),)


def test_a_written_id_is_remembered_as_ours_and_not_counted() -> None:
    done = landed(link(), write(BookingChange(external_id=KEY.id), Why.WRITE_BACK), None, booking(), C)
    assert (done.ours, done.writes) == ((digest(f"external_id\n{KEY.id}"),), ())
    fields = BookingChange(fields=(("custom02", "https://meet.google.com/abc"),))
    again = landed(done, write(fields, Why.WRITE_BACK), None, booking(), C)
    assert again.ours[1:] == (digest("custom02\nhttps://meet.google.com/abc"),)
    many = link(ours=tuple(str(each) for each in range(20)))
    assert len(landed(many, write(fields, Why.WRITE_BACK), None, booking(), C).ours) == KEPT_DIGESTS


def test_a_cancelled_booking_remembers_its_status_and_that_it_was_us() -> None:
    graced = link(state=State.GRACE, until=NOW - timedelta(seconds=1))
    done = landed(graced, write(BookingChange(status=70), Why.GRACE_OVER), base(booking(status=70)), booking(), C)
    assert (done.closed, done.cancelled_by_us, done.status_before) == (True, True, 20)
    assert landed(link(base=None), write(BookingChange(status=70), Why.APPROVED), None, None, C).status_before is None


@pytest.mark.parametrize("why", [Why.EVENT_MOVED, Why.EVENT_TEXT, Why.UNDONE])
def test_a_written_booking_ends_an_earlier_refusal(why: Why) -> None:
    done: Any = landed(link(refused="x", notice="y"), write(BookingChange(when=NOON), why), LATER, booking(NOON), C)
    assert (done.refused, done.notice, done.base) == ("", "", LATER)


def test_a_write_of_which_nothing_is_known_only_counts() -> None:
    done = landed(link(), PatchEvent(KEY, '"1"', EventChange(), Why.BOOKING_CHANGED), None, None, C)
    assert replace(done, writes=()) == link()


@pytest.mark.parametrize("again", [True, False])
def test_an_id_that_i_reserve_would_not_take_counts_as_written(again: bool) -> None:  # noqa: FBT001
    before = link(ours=("earlier",))
    after = not_taken(before, BookingChange(external_id="e", fields=(("custom02", "m"),)), C, again=again)
    refused = {digest("external_id\ne"), digest("custom02\nm")}
    assert set(after.ours) == {"earlier", *refused}
    assert set(after.not_taken) == (refused if again else set())
    assert after.asking_again() == (before if again else after)
