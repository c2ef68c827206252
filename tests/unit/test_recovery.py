"""After a crash or a lost answer: did the write land or not? What that means is the life cycle's."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.model.event import Mark
from functions.domain.model.snapshot import Snapshot
from functions.domain.pairing.link import Intent, Link, Origin
from functions.domain.pairing.step import Conclude, Landed, Look, Missed, Rest
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
    Write,
    WriteBooking,
)
from functions.domain.planning.recovery import recover
from functions.domain.planning.view import View
from tests.unit.sketch import (
    ABSENT,
    CANCELLED,
    CONTENT,
    ID,
    KEY,
    MOVED,
    NOON,
    NOW,
    TEN,
    UNREADABLE,
    base,
    booking,
    digest,
    event,
    link,
    planning_context,
    their_booking,
    their_link,
    theirs,
    view,
)

C = planning_context()
PATCH = PatchEvent(KEY, "", EventChange(when=NOON), Why.PUT_BACK)
MAKE = MakeBooking(theirs().key, TEN, "10", 20, 1, "external_id", (), Why.EVENT_MADE)


def under_way(step: Write, of: Link | None = None, **more: Any) -> Link:
    return replace(of or link(), intent=Intent("stamp", step, NOW, **more))


def changing(**change: Any) -> WriteBooking:
    return WriteBooking("1001", BookingChange(**change), Why.EVENT_MOVED)


def result(v: View) -> Landed | Missed:
    step = recover(v, C).step
    assert isinstance(step, Conclude)
    return step.result


def test_until_the_lease_is_over_the_pair_is_left_to_its_holder() -> None:
    intent = Intent("s", PATCH, NOW + timedelta(seconds=1))
    assert recover(view(link(intent=intent)), C).step == Rest(Why.LEASED, intent.expires_at)


def test_without_an_intent_there_is_nothing_to_recover() -> None:
    with pytest.raises(ValueError, match="no intent"):
        recover(view(), C)


def test_a_side_that_cannot_be_read_is_waited_for() -> None:
    assert recover(view(under_way(PATCH), seen=UNREADABLE), C).step == Rest(Why.UNREADABLE)
    assert recover(view(under_way(changing(when=NOON)), UNREADABLE), C).step == Rest(Why.UNREADABLE)


@pytest.mark.parametrize(
    "step", [InsertEvent(KEY, CONTENT, Why.BOOKING_MADE), ReviveEvent(KEY, None, Why.UNDONE), PATCH]
)
def test_a_write_to_an_event_landed_if_its_stamp_is_there(step: Write) -> None:
    stamped = event(NOON, etag='"2"')
    assert result(view(under_way(step), seen=stamped)) == Landed(stamped)
    assert result(view(under_way(step), seen=event(mark=Mark("7", "link", "older")))) == Missed()
    assert result(view(under_way(step), seen=ABSENT)) == Missed()


def test_a_move_landed_if_the_event_is_where_it_should_be() -> None:
    of = under_way(MoveEvent(KEY, "", MOVED.calendar, Why.BOOKING_CHANGED))
    there = event(key=MOVED, mark=Mark())
    assert result(view(of, seen=there)) == Landed(there)
    assert result(view(of, seen=ABSENT)) == Missed()


def test_a_removal_landed_if_the_event_is_gone_and_not_somewhere_else() -> None:
    of = view(under_way(DeleteEvent(KEY, "", Why.BOOKING_CANCELLED)), seen=CANCELLED)
    assert recover(of, C).step == Look(find=KEY.id)
    assert recover(replace(of, found=UNREADABLE), C).step == Rest(Why.UNREADABLE)
    assert result(replace(of, found=ABSENT)) == Landed(None)
    elsewhere = replace(of, found=Snapshot.of(event(key=MOVED)))
    assert result(elsewhere) == Missed()
    assert result(replace(elsewhere, found_is_free=False)) == Landed(None)
    assert result(replace(of, event=Snapshot.of(event()))) == Missed()


def test_a_booking_that_was_made_is_found_by_its_event() -> None:
    of = under_way(MAKE, Link("theirs", event=theirs().key, origin=Origin.EVENT))
    made = their_booking()
    assert result(View(of, Snapshot.of(made), Snapshot.of(theirs()))) == Landed(made)
    assert result(View(of, ABSENT, Snapshot.of(theirs()))) == Missed()
    not_shown = their_booking(external_id="")
    assert result(View(of, Snapshot.of(not_shown), Snapshot.of(theirs()))) == Landed(not_shown)


def test_a_booking_that_names_something_else_is_not_the_one_that_was_made() -> None:
    of = under_way(MAKE, Link("theirs", event=theirs().key, origin=Origin.EVENT))
    other = their_booking(external_id="another")
    assert result(View(of, Snapshot.of(other), Snapshot.of(theirs()))) == Missed()


@pytest.mark.parametrize(
    ("change", "shows", "not_yet"),
    [
        ({"when": NOON}, booking(NOON), booking()),
        ({"object_id": "11"}, booking(object_id="11"), booking()),
        ({"status": 70}, booking(status=70), booking()),
        ({"when": NOON}, booking(NOON, status=30), booking(status=30)),
    ],
)
def test_a_write_to_a_booking_landed_if_what_it_changes_is_there_whatever_else_changed(
    change: dict[str, Any], shows: Any, not_yet: Any
) -> None:
    assert result(view(under_way(changing(**change)), shows)) == Landed(shows)
    assert result(view(under_way(changing(**change)), not_yet)) == Missed()
    assert result(view(under_way(changing(**change)), ABSENT)) == Missed()


def test_a_text_that_was_carried_over_landed_if_the_remarks_show_it() -> None:
    step = WriteBooking("1001", BookingChange(fields=(("remarks", ""),)), Why.EVENT_TEXT)
    said = base(digests={"text": digest("Nieuw"), "remarks": digest("Nieuw")})
    of = under_way(step, their_link(), base=said)
    new = their_booking(remarks="Nieuw")
    assert result(view(of, new, theirs())) == Landed(new)
    assert result(view(of, their_booking(), theirs())) == Missed()
    assert result(view(under_way(step, their_link()), new, theirs())) == Missed()


def test_ids_that_were_written_back_landed_if_they_stand_in_their_fields() -> None:
    change = BookingChange(external_id=ID, fields=(("custom02", ""),))
    ids = tuple(digest(each) for each in (f"external_id\n{ID}", "custom02\nhttps://meet/1"))
    of = under_way(WriteBooking("1001", change, Why.WRITE_BACK), ids=ids)
    both = booking(fields={"custom02": "https://meet/1"})
    assert result(view(of, both)) == Landed(both)
    assert result(view(of, booking(fields={"custom02": ""}))) == Missed()
    assert result(view(of, booking(external_id="", fields={"custom02": "https://meet/1"}))) == Missed()
