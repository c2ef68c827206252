"""One document that cannot be read, or is of an earlier version, does not stop what is told or done about the others."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.application import dispatch
from functions.application.diagnosing import alerts
from functions.application.diagnosing.health import Cancelling, cancelling
from functions.application.intake.hints import Hint, Kind
from functions.application.ports import Body, EventPage
from functions.application.scanning import sweep
from functions.application.scanning.pace import Pace
from functions.application.store import calendars, integrations, journal, journal_read, links, parked
from functions.application.store.integrations import path_of
from functions.application.store.journal import entry_of
from functions.application.store.upgrades import PARKED_ITEM, schema_of
from functions.application.sync.failures import SHOWN_AFTER
from functions.application.watching import channels
from functions.domain.model.errors import Malformed
from functions.domain.model.identity import calendar_hash
from functions.domain.pairing.life import Grace
from functions.domain.settings.integration import Connection
from tests.unit.sketch import ROOM_A, ROOM_B
from tests.unit.two_sides import Sides

FIRST: dict[str, Any] = json.loads((Path(__file__).parent.parent / "data" / "links_v1.json").read_text())
GRACE: Body = FIRST["links"][FIRST["names"]["grace"]]


def put(sides: Sides, *path: str, body: Body) -> None:
    sides.ports.documents.transact(lambda tx: tx.put(path_of("7", *path), body))


@pytest.mark.parametrize("beside", [{"schema": 99}, {"schema": 4, "life": "odd"}], ids=["newer", "damaged"])
def test_pending_cancellations_of_every_version_are_counted_and_what_cannot_be_read_is_not(beside: Body) -> None:
    sides = Sides()
    put(sides, "links", "first", body=GRACE)
    put(sides, "links", "other", body={**GRACE, **beside})
    life = links.link_of(GRACE, "first").life
    assert isinstance(life, Grace)
    assert cancelling(sides.ports, "7") == Cancelling(1, life.until)


@pytest.mark.parametrize(
    "damage",
    [
        {"state": "odd"},
        {"state": "grace", "until": ["soon"]},
        {"intent": {"step": {"kind": "booking.write"}}},
        {"intent": {"step": "InsertEvent", "event": None, "base": {"when": None}}},
        {"intent": "odd"},
        {"schema": 2, "life": None},
        {"schema": 2, "life": {"kind": "held"}},
        {"schema": 3, "ids": "odd"},
    ],
    ids=str,
)
def test_a_link_of_an_earlier_version_that_is_damaged_is_one_that_cannot_be_read(damage: Body) -> None:
    with pytest.raises(links.Unreadable) as raised:
        links.link_of({**{name: each for name, each in GRACE.items() if name != "series"}, **damage}, "l1")
    assert (raised.value.reason, raised.value.series) == ("bad_record", "")
    assert "link l1 in the store is damaged" in str(raised.value)


def test_a_damaged_entry_of_the_journal_is_named_as_such() -> None:
    with pytest.raises(Malformed, match="journal entry e1"):
        entry_of({"schema": "2"}, "e1")


NO_ITEMS: dict[str, Body] = {
    "newer": {"schema": schema_of(PARKED_ITEM) + 1},
    "of a kind of a newer version": {"hint": {"kind": "dream", "int_id": "7"}},
    "damaged": {"hint": None},
    "of another time": {"hint": {"kind": "booking", "int_id": "7", "at": "soon"}},
}


@pytest.mark.parametrize("wrong", NO_ITEMS)
def test_parked_items_that_cannot_be_read_do_not_keep_the_others_from_being_tried_again(wrong: str) -> None:
    sides = Sides()
    for number in range(parked.AT_ONCE + 5):
        hint = Hint(Kind.BOOKING, "7", (f"{number}",))
        parked.park(sides.ports, hint, "booking_malformed", sides.now)
        item = parked.item_id(hint)
        body = sides.ports.documents.get(path_of("7", "parked", item)) or {}
        put(sides, "parked", item, body={**body, **NO_ITEMS[wrong]})
    sides.now += timedelta(minutes=1)
    parked.park(sides.ports, Hint(Kind.BOOKING, "7", ("5000",)), "booking_malformed", sides.now)
    sides.now += timedelta(days=1)
    sides.tasks.clear()
    assert parked.try_again(sides.ports, "7") == 1
    assert [each.subject for each in sides.looks(Kind.BOOKING)] == [("5000",)]


@pytest.mark.parametrize("wrong", NO_ITEMS)
def test_a_person_who_retries_one_is_told_why_that_cannot_be(wrong: str) -> None:
    sides = Sides()
    hint = Hint(Kind.BOOKING, "7", ("5000",))
    parked.park(sides.ports, hint, "booking_malformed", datetime.fromisoformat("2026-11-23T08:00:00+00:00"))
    item = parked.item_id(hint)
    body = sides.ports.documents.get(path_of("7", "parked", item)) or {}
    put(sides, "parked", item, body={**body, **NO_ITEMS[wrong]})
    with pytest.raises(Malformed, match=f"parked item {item}"):
        parked.retry(sides.ports, "7", item, "someone")


ODD: dict[str, Body] = {"newer": {"schema": 99}, "damaged": {"subject": 5, "step": None, "channels": 5}}
REASONS = {"newer": "newer_version", "damaged": "bad_record"}


@pytest.mark.parametrize("odd", ODD)
def test_a_calendar_whose_state_cannot_be_read_keeps_no_other_from_being_pulled_and_is_told_of(odd: str) -> None:
    sides = Sides()
    account = Connection("account@example.org", (), sides.now)
    integrations.change(sides.ports.documents, "7", lambda before: replace(before, connection=account))
    for calendar in (ROOM_A, ROOM_B):
        calendars.change(sides.ports.documents, "7", calendar, lambda state: replace(state, as_of=sides.now))
    spoilt(sides, "calendars", calendar_hash(ROOM_A), **ODD[odd])
    sides.now += timedelta(hours=2)
    sides.tasks.clear()
    sweep.tick(sides.session())
    assert {each.subject for each in sides.looks(Kind.CALENDAR)} == {(calendar_hash(ROOM_A),), (calendar_hash(ROOM_B),)}
    for each in sides.looks(Kind.CALENDAR):
        sides.pages = [EventPage((), sync_token="next")]
        dispatch.run(sides.ports, replace(each, attempt=SHOWN_AFTER).body())
    ((_, item),) = parked.every(sides.ports, "7")
    assert (item["subject"], item["reason"]) == ([calendar_hash(ROOM_A)], REASONS[odd])
    assert calendars.state_of(sides.ports.documents, "7", ROOM_B).as_of == sides.now


@pytest.mark.parametrize("odd", ODD)
def test_a_calendar_whose_state_cannot_be_read_stops_neither_the_alerts_nor_a_scan_nor_the_end_of_a_pause(
    odd: str,
) -> None:
    sides = Sides()
    put(sides, "calendars", calendar_hash(ROOM_A), body={"calendar": ROOM_A, **ODD[odd]})
    alerts.watch(sides.ports, sides.integration)
    Pace(sides.ports, "7").wait()
    sides.tasks.clear()
    sweep.pull_all(sides.session(), "person", anew=True)
    assert len(sides.looks(Kind.CALENDAR)) == len(sides.integration.settings.calendars)
    (left,) = channels.stop_all(sides.session())
    assert "the state of a calendar" in left
    assert channels.open_another(sides.session(), ROOM_A) is False
    assert "watch" not in sides.calls


@pytest.mark.parametrize("odd", ODD)
def test_a_parked_item_that_cannot_be_read_is_listed_as_such_beside_the_others(odd: str) -> None:
    sides = Sides()
    hints = [Hint(Kind.BOOKING, "7", (number,)) for number in ("5000", "5001")]
    for hint in hints:
        parked.park(sides.ports, hint, "booking_malformed", sides.now)
        sides.now += timedelta(minutes=1)
    spoilt(sides, "parked", parked.item_id(hints[0]), **ODD[odd])
    (_, whole), (item, other) = parked.every(sides.ports, "7")
    assert (whole["kind"], whole["subject"]) == ("booking", ["5001"])
    assert (other["kind"], other["reason"]) == ("unreadable", REASONS[odd])
    assert parked.find(sides.ports, hints[0]) == (item, other)


def test_what_is_parked_again_is_parked_since_the_first_time_only_where_that_can_be_told() -> None:
    sides = Sides()
    hint = Hint(Kind.BOOKING, "7", ("5000",))
    parked.park(sides.ports, hint, "bad_record", sides.now)
    first = sides.now.isoformat()
    assert parked.every(sides.ports, "7")[0][1]["at"] == first
    sides.now += timedelta(hours=1)
    parked.park(sides.ports, hint, "bad_record", sides.now)
    assert parked.every(sides.ports, "7")[0][1]["at"] == first
    spoilt(sides, "parked", parked.item_id(hint), at="soon")
    parked.park(sides.ports, hint, "bad_record", sides.now)
    assert parked.every(sides.ports, "7")[0][1]["at"] == sides.now.isoformat()


def test_an_item_of_an_earlier_version_without_a_date_keeps_no_other_from_being_dated() -> None:
    sides = Sides()
    for number, more in (("1", {"at": None}), ("2", {})):
        hint = Hint(Kind.BOOKING, "7", (number,))
        parked.park(sides.ports, hint, "booking_malformed", sides.now)
        path = path_of("7", "parked", parked.item_id(hint))
        body = {**(sides.ports.documents.get(path) or {}), **more}
        put(sides, *path[2:], body={name: each for name, each in body.items() if name != "due_at"})
    sides.now += timedelta(days=1)
    sides.tasks.clear()
    assert parked.try_again(sides.ports, "7") == 1
    assert [each.subject for each in sides.looks(Kind.BOOKING)] == [("2",)]


@pytest.mark.parametrize("odd", ODD)
def test_a_journal_entry_that_cannot_be_read_is_listed_as_such_beside_the_others(odd: str) -> None:
    sides = Sides()
    for number in ("1", "2", "3"):
        written(sides, f"e{number}", number)
        sides.now += timedelta(minutes=1)
    spoilt(sides, "journal", "e2", **ODD[odd])
    found, more = journal_read.selected(sides.ports, "7", journal_read.Selection(since=sides.now - timedelta(days=1)))
    assert [(each["id"], each["step"]) for each in found] == [
        ("e3", "WriteBooking"), ("e2", "Unreadable"), ("e1", "WriteBooking"),
    ]  # fmt: skip
    assert found[1]["why"] == REASONS[odd]
    assert more == ""
    assert [each["booking_id"] for each in journal_read.entries(sides.ports, "7", booking="2")] == ["2"]


@pytest.mark.parametrize("odd", ODD)
def test_a_journal_entry_that_cannot_be_read_is_no_entry_to_go_on_with(odd: str) -> None:
    sides = Sides()
    written(sides, "e1", "1")
    spoilt(sides, "journal", "e1", **ODD[odd])
    assert sides.ports.documents.transact(lambda tx: journal.found(tx, "7", "e1")) is None


def spoilt(sides: Sides, *path: str, **odd: Any) -> None:
    """Change a stored document as no version of this service does."""
    before = sides.ports.documents.get(path_of("7", *path))
    assert before is not None
    put(sides, *path, body={**before, **odd})


def written(sides: Sides, entry: str, booking: str) -> None:
    """Journal a write."""
    body = {"step": "WriteBooking", "why": "event_moved", "outcome": "done", "booking_id": booking}
    sides.ports.documents.transact(lambda tx: journal.put(tx, "7", entry, {"at": sides.now.isoformat(), **body}))
