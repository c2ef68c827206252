"""A store that the service wrote before: each document is read as it was meant, whichever version it is of."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from functions.application.store.calendars import CalendarState
from functions.application.store.journal import entry_of
from functions.application.store.links import link_of
from functions.application.store.records import record_of, stored
from functions.application.store.upgrades import JOURNAL_ENTRY, PARKED_ITEM, schema_of, upgraded
from functions.domain.model.errors import Malformed
from functions.domain.pairing.life import Held, Paused, Side
from functions.domain.pairing.link import Link, WrittenIds
from functions.domain.pairing.writes import Outcome
from functions.domain.settings.integration import Integration

KEPT: dict[str, Any] = json.loads((Path(__file__).parent.parent / "data" / "store_v2.json").read_text())
DOCUMENTS: dict[str, dict[str, Any]] = KEPT["documents"]


NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def under(collection: str) -> Iterator[tuple[str, dict[str, Any]]]:
    folder = f"integrations/7/{collection}/"
    return ((path.removeprefix(folder), body) for path, body in DOCUMENTS.items() if path.startswith(folder))


def named(name: str) -> Link:
    identity = KEPT["names"][name]
    return link_of(DOCUMENTS[f"integrations/7/links/{identity}"], identity)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("active", "active"),
        ("closed_by_booking", "closed"),
        ("closed_by_service", "closed"),
        ("detached", "detached"),
        ("grace", "grace"),
        ("held", "held"),
        ("held_booking_gone", "held"),
        ("left_out", "left_out"),
        ("paused", "paused"),
        ("under_way", "active"),
    ],
)
def test_each_link_is_in_the_state_it_was_in(name: str, state: str) -> None:
    assert named(name).state == state


def test_a_held_removal_says_which_side_it_removes() -> None:
    assert named("held").life == Held("event_deleted", Side.BOOKING)
    assert named("held_booking_gone").life == Held("booking_gone", Side.EVENT)


def test_a_held_removal_below_a_pause_says_so_too() -> None:
    paused = {"kind": "paused", "cause": "too_often", "since": "2026-11-23T08:00:00Z", "seen": ""}
    former = {"kind": "held", "cause": "booking_gone"}
    body = {**DOCUMENTS[f"integrations/7/links/{KEPT['names']['paused']}"], "life": {**paused, "former": former}}
    life = link_of(body, "x").life
    assert isinstance(life, Paused)
    assert life.former == Held("booking_gone", Side.EVENT)


def test_ids_and_changes_under_way_are_read_under_the_names_they_had() -> None:
    identity = KEPT["names"]["active"]
    body = DOCUMENTS[f"integrations/7/links/{identity}"]
    assert named("active").ids.written == tuple(body["ids"]["ours"])
    refused = {**body, "ids": {"ours": ["one", "two"], "not_taken": ["two"], "foreign": False}}
    assert link_of(refused, identity).ids == WrittenIds(("one", "two"), ("two",))
    at = "2026-11-23T08:00:00Z"
    changed = {**DOCUMENTS["integrations/7"], "unfinished": "new", "unfinished_at": at, "looks_since": at}
    found = record_of(Integration, changed, "integration 7")
    assert (found.unfinished_change, found.unfinished_since, found.new_look_since) == ("new", NOW, NOW)


def test_a_write_that_is_under_way_keeps_its_step_and_its_entry() -> None:
    intent = named("under_way").intent
    assert intent is not None
    assert intent.step.kind == "booking.write"
    assert dict(under("journal"))[intent.entry]["outcome"] == "open"


def test_an_entry_that_nobody_closed_says_that_its_end_is_not_known() -> None:
    entries = {name: (body, entry_of(body, name)) for name, body in under("journal")}
    assert {now["outcome"] for before, now in entries.values() if before["outcome"] == "open"} == {Outcome.UNKNOWN}
    assert all(before == now for before, now in entries.values() if before["outcome"] != "open")
    name, (before, _) = next(iter(entries.items()))
    present = {**before, "outcome": "open", "schema": schema_of(JOURNAL_ENTRY)}
    assert entry_of(present, name)["outcome"] == Outcome.OPEN


def test_a_connection_that_died_of_what_is_mended_at_google_is_tried_again() -> None:
    body = DOCUMENTS["integrations/7"]
    found = record_of(Integration, body, "integration 7")
    assert found.connection is not None
    assert (found.connection.dead, found.connection.mended_at_google) == ("accessNotConfigured", True)
    other = {**body, "connection": {**body["connection"], "dead": "invalid_grant"}}
    connection = record_of(Integration, other, "integration 7").connection
    assert connection is not None
    assert not connection.mended_at_google
    assert record_of(Integration, {**body, "connection": None}, "integration 7").connection is None


@pytest.mark.parametrize(("kind", "collection"), [(Link, "links"), (CalendarState, "calendars"), (Integration, "")])
def test_what_is_read_is_kept_in_the_present_version_and_read_back_the_same(kind: Any, collection: str) -> None:
    bodies = [
        body
        for path, body in DOCUMENTS.items()
        if path.removeprefix("integrations/7").strip("/").startswith(collection)
        and (collection or path == "integrations/7")
    ]
    assert bodies
    for body in bodies:
        found = record_of(kind, body, "it")
        again = stored(found)
        assert again["schema"] == schema_of(kind)
        assert record_of(kind, json.loads(json.dumps(again)), "it") == found


NEWER: tuple[tuple[Any, str], ...] = (
    (Link, "links"),
    (CalendarState, "calendars"),
    (JOURNAL_ENTRY, "journal"),
    (PARKED_ITEM, "parked"),
)


@pytest.mark.parametrize(("kind", "collection"), NEWER, ids=str)
@pytest.mark.parametrize("beyond", [1, 5])
def test_a_document_of_a_newer_version_stops_with_a_sentence(kind: Any, collection: str, beyond: int) -> None:
    name, body = next(under(collection))
    known = schema_of(kind)
    with pytest.raises(Malformed) as stopped:
        upgraded(kind, {**body, "schema": known + beyond}, f"document {name}")
    assert str(stopped.value) == (
        f"document {name} was written by a newer version of this service ({known + beyond}; this one knows {known}); "
        "deploy that version again"
    )
    assert stopped.value.reason == "newer_version"


@pytest.mark.parametrize("schema", [0, -1, "2", None, True, 1.0])
def test_what_is_no_version_is_not_guessed(schema: object) -> None:
    with pytest.raises(Malformed, match="newer version"):
        upgraded(PARKED_ITEM, {"schema": schema}, "parked item x")
