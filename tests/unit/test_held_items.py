"""Held removals as a person sees them: a deleted series is one item, the earliest first, and nothing is told of texts."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.application.deciding import held
from functions.application.ports import Ports
from functions.application.store import links
from functions.domain.model.appointment import Timed
from functions.domain.model.errors import Gone
from functions.domain.model.event import EventKey
from functions.domain.pairing.life import Held, Side
from tests.unit.sketch import DAY, ROOM_A, TEN, base, booking, link


def hold(ports: Ports, name: str, **more: Any) -> None:
    usual = {"id": name, "booking_id": name, "event": EventKey(ROOM_A, name), "version": 0}
    its = link(**{**usual, "life": Held("event_deleted"), **more})
    ports.documents.transact(lambda tx: links.save(tx, "7", its))


def test_without_a_held_removal_the_list_is_empty(ports: Ports) -> None:
    hold(ports, "active", life=link().life)
    assert held.every(ports, "7") == []


def test_an_item_says_what_would_be_removed_why_and_when_and_nothing_of_texts(ports: Ports) -> None:
    hold(ports, "1001")
    when = {"start": "2026-11-24T09:00:00Z", "end": "2026-11-24T10:00:00Z"}
    assert held.every(ports, "7") == [
        {
            "id": "1001",
            "reason": "event_deleted",
            "would": "cancel_booking",
            "calendar": ROOM_A,
            "object_id": "10",
            "series": False,
            "bookings": [{"booking_id": "1001", "when": when}],
        }
    ]


def test_the_event_of_a_vanished_booking_would_be_removed_and_what_is_not_known_is_left_open(ports: Ports) -> None:
    hold(ports, "1001", life=Held("booking_gone", Side.EVENT), base=None, event=None)
    (item,) = held.every(ports, "7")
    assert (item["would"], item["reason"]) == ("remove_event", "booking_gone")
    assert (item["calendar"], item["object_id"], item["bookings"]) == ("", "", [{"booking_id": "1001", "when": None}])


def test_a_deleted_series_is_one_item_in_the_order_of_its_days(ports: Ports) -> None:
    for name, day in (("a", 3), ("b", 1), ("c", 2)):
        when = Timed(datetime(2026, 12, day, 9, tzinfo=UTC), datetime(2026, 12, day, 10, tzinfo=UTC))
        hold(ports, name, series="root", base=base(booking(when)))
    (item,) = held.every(ports, "7")
    assert (item["id"], item["series"]) == ("series-root", True)
    assert [each["booking_id"] for each in item["bookings"]] == ["b", "c", "a"]


def test_the_earliest_comes_first_also_among_whole_days_and_equal_hours(ports: Ports) -> None:
    hold(ports, "1", base=base(booking(DAY)))
    hold(ports, "3")
    hold(ports, "2")
    hold(ports, "4", base=replace(base(booking(TEN)), when=Timed(TEN.start.replace(hour=8), TEN.end)))
    assert [item["id"] for item in held.every(ports, "7")] == ["4", "2", "3", "1"]


def test_an_unknown_item_or_integration_is_said_to_be_gone(ports: Ports) -> None:
    hold(ports, "1001")
    for decide in (held.approve, held.restore):
        with pytest.raises(Gone) as error:
            decide(ports, "7", "1002", "someone")
        assert error.value.reason == "unknown_item"
    with pytest.raises(Gone):
        held.every(ports, "8")


def test_of_more_than_a_page_takes_some_are_shown_and_each_of_them_is_whole(ports: Ports) -> None:
    for n in range(12):
        hold(ports, f"{n:02}", series="root" if n % 4 == 0 else "")
    items = held.every(ports, "7", 3)
    assert sorted(len(item["bookings"]) for item in items) == [1, 1, 3]
    assert held.every(ports, "7", 12) == held.every(ports, "7")
    shown = [str(item["id"]) for item in items]
    assert sorted(held.standing(ports, "7", [*shown, "gone", "series-other"])) == sorted(shown)
