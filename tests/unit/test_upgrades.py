"""Links that earlier versions of this service stored are read as they were meant; those of a newer one are left alone."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.application.store.links import link_of
from functions.application.store.records import body_of
from functions.application.store.upgrades import schema_of
from functions.domain.model.errors import Malformed
from functions.domain.pairing.attempts import QUIET
from functions.domain.pairing.life import (
    Active,
    Closed,
    Closer,
    Detached,
    Grace,
    Held,
    LeftOut,
    Life,
    Paused,
    Refused,
    Unlinked,
)
from functions.domain.pairing.link import Approve, Link, Override, Refusal, Refusals
from functions.domain.pairing.step import Rest, Settle
from functions.domain.pairing.writes import Why, place_of
from functions.domain.planning.plan import plan
from tests.unit import sketch

SCHEMA = schema_of(Link)
STORED: dict[str, Any] = json.loads((Path(__file__).parent.parent / "data" / "links_v1.json").read_text())
LATELY = datetime(2026, 11, 23, 8, 7, tzinfo=UTC)


def kept(name: str) -> Link:
    identity = STORED["names"][name]
    return link_of(STORED["links"][identity], identity)


@pytest.mark.parametrize(
    ("name", "life"),
    [
        ("active", Active()),
        ("active_person", Active()),
        ("closed_by_booking", Closed()),
        ("closed_by_us", Closed(Closer.SERVICE, 20)),
        ("detached", Detached("undone")),
        ("foreign", Active()),
        ("left_out", LeftOut()),
        ("held", Held("event_deleted")),
    ],
)
def test_a_link_of_the_first_version_is_in_the_state_it_was_in(name: str, life: Life) -> None:
    assert kept(name).life == life


def test_the_values_of_a_state_come_along() -> None:
    grace, paused, refused = (kept(name).life for name in ("grace", "paused", "refused"))
    assert isinstance(grace, Grace)
    assert grace.until > LATELY
    assert isinstance(paused, Paused)
    assert (paused.cause, paused.former, paused.since > LATELY) == ("too_often", Active(), True)
    assert isinstance(refused, Refused)
    assert (refused.why, len(refused.what), refused.at.tzinfo) == ("period_taken", 24, UTC)


def test_the_rest_of_a_link_comes_along() -> None:
    body = STORED["links"][STORED["names"]["active"]]
    found = kept("active")
    assert (found.booking_id, found.version, found.event_etag) == (
        body["booking_id"],
        body["version"],
        body["event_etag"],
    )
    assert (found.ids.written, found.notice) == (tuple(body["ours"]), "period_taken")
    assert found.base is not None
    assert dict(found.base.digests) == body["base"]["digests"]
    assert kept("foreign").ids.foreign


@pytest.mark.parametrize("name", sorted(STORED["opened"]))
def test_a_write_that_was_under_way_is_one_that_can_be_recovered(name: str) -> None:
    body = STORED["opened"][name]["link"]
    found = link_of(body, "x")
    assert found.intent is not None
    assert type(found.intent.step).__name__ == body["intent"]["step"]
    assert (found.intent.stamp, found.intent.entry) == (body["intent"]["stamp"], body["intent"]["entry"])
    assert found.intent.step.why == body["intent"]["why"]
    event = place_of(found.intent.step)
    assert (event is None and name == "WriteBooking") or (
        event is not None and event.id == body["intent"]["event"]["id"]
    )


def test_a_write_to_a_booking_is_known_by_what_its_base_was_to_become() -> None:
    body = STORED["opened"]["WriteBooking"]["link"]
    step = body_of(link_of(body, "x"))["intent"]["step"]
    assert step["change"]["when"] == body["intent"]["base"]["when"]
    assert (step["change"]["object_id"], step["change"]["status"]) == (None, None)


def test_orders_refusals_and_pauses_of_the_first_version_are_read() -> None:
    body = STORED["links"][STORED["names"]["closed_by_us"]]
    wished = link_of({**body, "wish": {"status": 20, "when": None, "object_id": None, "detach": False}}, "x")
    assert wished.order == Override(status=20)
    assert link_of({**body, "decided": "approve"}, "x").order == Approve()
    refused = link_of({**body, "refused": "digest", "notice": "period_taken"}, "x")
    assert refused.refusals == Refusals(time=Refusal("digest", "period_taken"))
    paused = link_of({**body, "state": "paused", "reason": "too_often", "writes": [], "put_backs": []}, "x")
    assert isinstance(paused.life, Paused)
    assert paused.life.former == Closed(Closer.SERVICE, 20)
    assert link_of({**body, "closed": False, "event": None}, "x").life == Unlinked()
    assert link_of({**body, "state": "grace", "until": None, "reason": "event_deleted"}, "x").life == Held(
        "event_deleted"
    )


def test_a_pair_that_the_first_version_paused_at_an_unknown_time_waits_for_quiet_from_the_first_look() -> None:
    body = STORED["links"][STORED["names"]["paused"]]
    life = link_of({**body, "writes": [], "put_backs": []}, "x").life
    seen = sketch.view(sketch.link(life=life))
    looked = plan(seen, sketch.planning_context()).step
    assert isinstance(looked, Settle)
    assert isinstance(looked.link.life, Paused)
    assert looked.link.life.since == sketch.NOW
    later = sketch.planning_context(now=sketch.NOW + QUIET - timedelta(seconds=1))
    assert plan(sketch.view(looked.link), later).step == Rest(Why.PAUSED, sketch.NOW + QUIET)


def test_what_is_written_now_is_read_back_the_same() -> None:
    for name in STORED["names"]:
        found = kept(name)
        assert link_of({**body_of(found), "schema": SCHEMA}, "x") == found
    for each in STORED["opened"].values():
        found = link_of(each["link"], "x")
        assert link_of({**body_of(found), "schema": SCHEMA}, "x") == found


@pytest.mark.parametrize("schema", [SCHEMA + 1, 0, "2", None])
def test_a_link_of_a_newer_version_stops_with_a_sentence(schema: object) -> None:
    with pytest.raises(Malformed, match="link x was written by a newer version") as stopped:
        link_of({**STORED["links"][STORED["names"]["active"]], "schema": schema}, "x")
    assert stopped.value.reason == "newer_version"
