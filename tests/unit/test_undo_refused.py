"""What cannot be undone, and what to do instead."""

from typing import Any

import pytest

from functions.application.deciding.undo import preview, undo
from functions.application.ports import Ports
from functions.application.store import journal
from functions.domain.model.errors import Conflict, Gone
from tests.unit.sketch import NOW


def refused(ports: Ports, **more: Any) -> Conflict:
    """Try to undo this entry; return how that is refused, which is the same for its preview."""
    usual = {"at": NOW.isoformat(), "link": "link", "step": "WriteBooking", "why": "event_moved", "outcome": "done"}
    body = {**usual, "change": {}, "before": {}, **more}
    ports.documents.transact(lambda tx: journal.put(tx, "7", "entry", body))
    with pytest.raises(Conflict) as before:
        preview(ports, "7", "entry")
    with pytest.raises(Conflict) as error:
        undo(ports, "7", "entry", "someone")
    assert str(before.value) == str(error.value)
    return error.value


def test_an_entry_that_is_not_there_is_gone(ports: Ports) -> None:
    with pytest.raises(Gone) as error:
        undo(ports, "7", "entry", "someone")
    assert error.value.reason == "unknown_entry"
    with pytest.raises(Gone):
        undo(ports, "8", "entry", "someone")


def test_what_was_undone_is_not_undone_twice(ports: Ports) -> None:
    assert refused(ports, undone_at=NOW.isoformat()).reason == "undone"


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("open", "not done yet"),
        ("unknown", "not known whether this was carried out"),
        ("refused", "was not carried out"),
        ("interrupted", "was not carried out"),
    ],
)
def test_what_was_not_done_cannot_be_undone_and_each_outcome_says_why(ports: Ports, outcome: str, said: str) -> None:
    error = refused(ports, outcome=outcome)
    assert error.reason == "not_done"
    assert said in str(error)


def test_what_changed_settings_caused_is_undone_by_changing_them_back(ports: Ports) -> None:
    error = refused(ports, step="PatchEvent", why="settings_changed")
    assert (error.reason, "changing them back" in str(error)) == ("not_ours", True)


@pytest.mark.parametrize(
    ("step", "why", "more"),
    [
        ("WriteBooking", "write_back", {}),
        ("WriteBooking", "event_text", {}),
        ("PatchEvent", "booking_changed", {"replaced": {"when": {}}}),
        ("PatchEvent", "booking_changed", {"replaced": {"when": {}}, "change": {"when": {}}}),
        ("PatchEvent", "put_back", {}),
        ("PatchEvent", "put_back", {"replaced": {}}),
        ("PatchEvent", "put_back", {"replaced": {"when": {}}}),
        ("PatchEvent", "put_back", {"replaced": {}, "change": {"when": {}}}),
        ("PatchEvent", "conflict", {"replaced": {"when": {}}}),
        ("ReviveEvent", "made_again", {}),
        ("InsertEvent", "booking_made", {}),
        ("DeleteEvent", "grace_over", {}),
        ("MoveEvent", "event_moved", {"replaced": {"when": {}}}),
    ],
)
def test_what_a_booking_itself_caused_is_undone_in_i_reserve(
    ports: Ports, step: str, why: str, more: dict[str, Any]
) -> None:
    error = refused(ports, step=step, why=why, **more)
    assert (error.reason, "changing the booking in i-Reserve" in str(error)) == ("not_ours", True)


def test_nothing_is_undone_while_nothing_is_written(ports: Ports) -> None:
    for made in ({"step": "MakeBooking", "why": "event_made"}, {"why": "grace_over", "before": {"status": 20}}):
        assert refused(ports, **made).reason == "not_active"
