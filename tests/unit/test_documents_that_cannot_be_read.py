"""One document that cannot be read, or is of an earlier version, does not stop what is told or done about the others."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.application.diagnosing.health import Cancelling, cancelling
from functions.application.intake.hints import Hint, Kind
from functions.application.ports import Body
from functions.application.store import links, parked
from functions.application.store.integrations import path_of
from functions.application.store.journal import entry_of
from functions.application.store.upgrades import PARKED_ITEM, schema_of
from functions.domain.model.errors import Malformed
from functions.domain.pairing.life import Grace
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
        links.link_of({**GRACE, **damage}, "l1")
    assert raised.value.reason == "bad_record"
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
