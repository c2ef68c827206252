"""Links in the store: one booking and one event belong to one link, whoever saves it."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given

from functions.application.store import links
from functions.application.store.integrations import path_of
from functions.application.store.records import body_of, stored
from functions.application.store.upgrades import schema_of
from functions.domain.comparing.echo import is_echo
from functions.domain.model.errors import Conflict, Malformed, Stale
from functions.domain.model.event import Event, EventKey
from functions.domain.model.identity import claim_id, link_id
from functions.domain.pairing.life import Closed, Held, Life, Paused, Refused, Unlinked
from functions.domain.pairing.link import Intent, Link, Occupies, Origin, WrittenIds
from functions.domain.pairing.writes import DeleteEvent, Why
from tests.unit.sketch import (
    DAY,
    KEY,
    MOVED,
    NOON,
    NOW,
    ROOM_A,
    ROOM_B,
    TEN,
    base,
    booking,
    digest,
    event,
    link,
    their_link,
    theirs,
)
from tests.unit.sketch import events as some_event
from tests.unit.sketch import links as some_link
from tests.world.memory import MemoryDocuments


@pytest.fixture
def documents() -> MemoryDocuments:
    return MemoryDocuments(lambda: NOW)


def saved(documents: MemoryDocuments, of: Link, int_id: str = "7") -> Link:
    return documents.transact(lambda tx: links.save(tx, int_id, of))


FRESH = link(version=0)
PATH = ("integrations", "7", "links", "link")


def test_a_saved_link_is_found_by_its_id_its_booking_and_its_event_and_is_one_version_on(
    documents: MemoryDocuments,
) -> None:
    there = saved(documents, FRESH)
    assert there == replace(FRESH, version=1)
    assert links.by_id(documents, "7", "link") == there
    assert links.of_booking(documents, "7", "1001") == there
    assert links.of_event(documents, "7", KEY) == there
    assert links.of_event_id(documents, "7", (ROOM_B, ROOM_A), KEY.id) == there
    assert links.of_bookings(documents, "7", ["1001", "1002"]) == {
        "1001": there,
        "1002": Link(link_id("7", "booking", "1002"), "1002"),
    }
    assert links.of_events(documents, "7", [KEY, MOVED]) == {KEY: there}


def test_what_was_never_saved_is_a_new_link_of_the_booking_and_nothing_of_an_event(documents: MemoryDocuments) -> None:
    saved(documents, FRESH, int_id="8")
    new = links.of_booking(documents, "7", "1001")
    assert new == Link(link_id("7", "booking", "1001"), "1001")
    assert links.of_event(documents, "7", KEY) is None
    assert links.of_event_id(documents, "7", (ROOM_A,), KEY.id) is None
    assert links.by_id(documents, "7", "link") is None
    assert list(links.every(documents, "7")) == []


def test_a_link_that_another_instance_saved_meanwhile_is_not_overwritten(documents: MemoryDocuments) -> None:
    there = saved(documents, FRESH)
    for stale in (replace(FRESH, generation=1), replace(there, version=2)):
        with pytest.raises(Stale) as error:
            saved(documents, stale)
        assert error.value.reason == "link_changed"
    with pytest.raises(Stale):
        saved(documents, replace(FRESH, id="another", booking_id="2", event=MOVED, version=1))
    assert saved(documents, there).version == 2


def test_a_link_that_stands_as_it_is_to_be_saved_has_been_saved_and_its_answer_was_lost(
    documents: MemoryDocuments,
) -> None:
    there = saved(documents, FRESH)
    assert saved(documents, FRESH) == there
    assert links.by_id(documents, "7", "link") == there


def test_what_a_link_claimed_that_was_lost_is_not_claimed_by_another(documents: MemoryDocuments) -> None:
    there = saved(documents, FRESH)
    documents.transact(lambda tx: tx.delete(path_of("7", "links", there.id)))
    with pytest.raises(Conflict):
        saved(documents, replace(FRESH, id="second"))


@pytest.mark.parametrize(
    "second", [replace(FRESH, id="second", event=MOVED), replace(FRESH, id="second", booking_id="1002")]
)
def test_a_second_claimant_of_a_booking_or_an_event_is_refused_and_changes_nothing(
    documents: MemoryDocuments, second: Link
) -> None:
    there = saved(documents, FRESH)
    with pytest.raises(Conflict) as error:
        saved(documents, second)
    assert error.value.reason == "second_claimant"
    assert links.by_id(documents, "7", "second") is None
    assert links.of_booking(documents, "7", "1001") == links.of_event(documents, "7", KEY) == there


@pytest.mark.parametrize(
    "life", [Refused("what", "period_taken", NOW), Unlinked(), Paused("too_often", NOW, Unlinked())]
)
def test_an_event_that_became_no_booking_goes_to_a_pair_that_has_one_unless_that_is_over_or_it_is_tried_again(
    life: Life, documents: MemoryDocuments
) -> None:
    turned_down = link(version=0, booking_id="", life=life)
    trying = Intent("stamp", DeleteEvent(KEY, "", Why.EVENT_MADE), NOW)
    there = saved(documents, replace(turned_down, intent=trying))
    with pytest.raises(Conflict):
        saved(documents, replace(FRESH, id="pair"))
    saved(documents, replace(there, intent=None))
    for refused in (replace(turned_down, id="second"), replace(FRESH, id="second", life=Closed())):
        with pytest.raises(Conflict):
            saved(documents, refused)
    pair = saved(documents, replace(FRESH, id="pair"))
    assert [*links.every(documents, "7")] == [pair] == [links.of_event(documents, "7", KEY)]


def test_a_pair_that_is_over_lets_go_of_the_event_that_another_goes_on_with(documents: MemoryDocuments) -> None:
    there = saved(documents, replace(FRESH, life=Closed()))
    for refused in (
        replace(FRESH, id="second", event=MOVED),
        replace(FRESH, id="second", booking_id="2", life=Closed()),
    ):
        with pytest.raises(Conflict):
            saved(documents, refused)
    heir = saved(documents, replace(FRESH, id="heir", booking_id="1002"))
    assert links.of_event(documents, "7", KEY) == heir
    former = links.of_booking(documents, "7", "1001")
    assert (former.id, former.event, former.version) == ("link", None, there.version + 1)
    assert saved(documents, former).version == former.version + 1


def test_what_a_link_gives_up_is_free_for_another(documents: MemoryDocuments) -> None:
    there = saved(documents, FRESH)
    moved = saved(documents, replace(there, event=MOVED))
    assert links.of_event(documents, "7", KEY) is None
    assert links.of_event(documents, "7", MOVED) == moved
    other = saved(documents, replace(FRESH, id="other", booking_id="1002"))
    assert links.of_event(documents, "7", KEY) == other
    documents.transact(lambda tx: links.remove(tx, "7", moved))
    assert links.by_id(documents, "7", "link") is None
    assert links.of_booking(documents, "7", "1001").version == 0
    assert links.of_event(documents, "7", MOVED) is None
    assert links.of_event(documents, "7", KEY) == other
    heir = saved(documents, replace(FRESH, id="heir", event=MOVED))
    assert links.of_booking(documents, "7", "1001") == links.of_event(documents, "7", MOVED) == heir


def test_a_claim_that_is_a_links_own_already_is_no_obstacle(documents: MemoryDocuments) -> None:
    claim = ("integrations", "7", "claims", claim_id("booking", "1001"))
    documents.transact(lambda tx: tx.put(claim, {"link": "link"}))
    assert saved(documents, FRESH).version == 1


def test_every_link_of_a_state_and_calendar_is_found_by_it(documents: MemoryDocuments) -> None:
    active = saved(documents, FRESH)
    held = saved(documents, replace(FRESH, id="held", booking_id="2", event=MOVED, life=Held("event_deleted")))
    unmade = saved(documents, Link("unmade", "3"))
    assert list(links.every(documents, "7", {"state": "held"})) == [held]
    assert list(links.every(documents, "7", {"calendar": ROOM_A})) == [active]
    assert list(links.every(documents, "7", {"calendar": ""})) == [unmade]
    assert {each.id for each in links.every(documents, "7")} == {"link", "held", "unmade"}


def test_more_links_than_fit_on_a_page_are_read_on(documents: MemoryDocuments) -> None:
    ids = [f"link{number:03}" for number in range(links.PAGE + 1)]
    for name in ids:
        saved(documents, replace(FRESH, id=name, booking_id=name, event=EventKey(ROOM_A, name)))
    assert sorted(each.id for each in links.every(documents, "7")) == sorted(ids)
    day = TEN.start.date()
    assert sorted(each.id for each in links.of_days(documents, "7", day, day)) == sorted(ids)


def test_links_are_found_by_the_day_that_both_sides_agreed_on_or_that_is_being_written(
    documents: MemoryDocuments,
) -> None:
    saved(documents, FRESH)
    days = saved(documents, replace(FRESH, id="days", booking_id="2", event=MOVED, base=base(booking(DAY))))
    step = DeleteEvent(KEY, "", Why.BOOKING_CANCELLED)
    saved(documents, Link("writing", "3", intent=Intent("s", step, NOW, base(booking(DAY)))))
    saved(documents, Link("nothing", "4", intent=Intent("s", step, NOW)))
    saved(documents, Link("unmade", "5"))

    def of(first: date, last: date) -> list[str]:
        return [each.id for each in links.of_days(documents, "7", first, last)]

    tuesday, day = date(2026, 11, 24), timedelta(days=1)
    assert of(tuesday, tuesday) == ["link"]
    assert of(DAY.first, DAY.first) == [days.id, "writing"]
    assert of(tuesday, DAY.first) == ["link", days.id, "writing"]
    assert of(tuesday - day, tuesday - day) == of(DAY.first + day, DAY.first + day) == []


def test_what_a_booking_or_event_lacks_is_looked_up_until_the_pair_ends(documents: MemoryDocuments) -> None:
    saved(documents, replace(FRESH, id="whole", booking_id="2", event=MOVED))
    lacking = replace(FRESH, kept={"guest": ("a", "b"), "meet": ("a", "b"), "title": ("a", "b")})
    there = saved(documents, replace(lacking, ids=WrittenIds(foreign=True)))
    for name in ("lacks_guest", "lacks_meet", "foreign"):
        assert list(links.every(documents, "7", {name: True})) == [there]
    body = documents.get(PATH)
    assert body is not None
    assert "lacks_title" not in body
    saved(documents, replace(there, life=Closed(), ids=WrittenIds()))
    for name in ("lacks_guest", "lacks_meet", "foreign"):
        assert list(links.every(documents, "7", {name: True})) == []


def test_an_occupied_event_has_a_link_of_its_own_that_claims_no_booking(documents: MemoryDocuments) -> None:
    place = Occupies("1001", ROOM_B)
    new = links.of_occupied(documents, "7", place)
    assert new == Link(link_id("7", "occupied", place.name), occupies=place)
    there = saved(documents, replace(new, event=MOVED))
    assert links.of_occupied(documents, "7", place) == there
    assert links.of_booking(documents, "7", "1001").version == 0
    assert saved(documents, FRESH).booking_id == "1001"


def test_two_instances_that_see_a_new_event_make_the_same_link_and_an_event_that_comes_back_another(
    documents: MemoryDocuments,
) -> None:
    its = theirs()
    new = links.for_new_event(documents, "7", its)
    assert new == links.for_new_event(documents, "7", its)
    assert (new.event, new.origin, new.version) == (its.key, Origin.EVENT, 0)
    assert new.id == link_id("7", "event", f"{its.key.calendar}\n{its.key.id}")
    went_on = saved(documents, replace(new, booking_id="1001"))
    saved(documents, replace(went_on, event=EventKey(ROOM_A, "another")))
    second = links.for_new_event(documents, "7", its)
    assert second.id == link_id("7", "event", f"{its.key.calendar}\n{its.key.id}\n1")
    assert links.for_new_event(documents, "7", replace(its, organizer_self=False)).origin is Origin.INVITATION
    assert links.for_new_event(documents, "7", event()).id != second.id


def test_the_links_of_some_events_are_found_together_each_for_its_own_event(documents: MemoryDocuments) -> None:
    other = replace(KEY, id="another")
    saved(documents, FRESH)
    saved(documents, replace(FRESH, id="second", booking_id="2", event=other))
    keys = [other, replace(KEY, id="nobody's"), KEY]
    assert [each and each[1] for each in links.stored_of_events(documents, "7", keys)] == ["second", None, "link"]
    assert {key: each.id for key, each in links.of_events(documents, "7", keys).items()} == {
        other: "second",
        KEY: "link",
    }


def test_a_link_that_cannot_be_read_says_which_one_it_is(documents: MemoryDocuments) -> None:
    saved(documents, FRESH)
    body = documents.get(PATH)
    assert body is not None
    documents.transact(lambda tx: tx.put(PATH, {**body, "life": "odd"}))
    with pytest.raises(Malformed, match="link link in the store"):
        links.by_id(documents, "7", "link")


@given(of=some_link)
def test_a_link_stored_without_its_defaults_reads_back_the_same_and_is_half_the_size(of: Link) -> None:
    short = links.without_defaults(stored(of))
    assert links.link_of(short, of.id) == of
    assert len(json.dumps(links.without_defaults(stored(link())))) < len(json.dumps(stored(link()))) * 0.7


@given(of=some_link, seen=some_event)
def test_a_stored_link_calls_nothing_as_left_that_the_link_itself_calls_no_echo(of: Link, seen: Event) -> None:
    for each in (seen, replace(seen, key=of.event or seen.key, etag=of.event_etag)):
        if links.is_as_left(links.without_defaults(stored(of)), each):
            assert is_echo(of, each, digest, "Europe/Amsterdam")


def test_an_echo_with_the_etag_of_the_link_is_as_left_at_a_glance() -> None:
    assert links.is_as_left(stored(link()), event())
    assert links.is_as_left(links.without_defaults(stored(their_link())), theirs())


@pytest.mark.parametrize(
    "body",
    [
        stored(link(event_etag='"2"')),
        stored(link(life=Held("gone"))),
        stored(link(base=None)),
        stored(link(base=replace(base(), when=NOON))),
        stored(link(base=replace(base(), when=DAY))),
        stored(link(base=replace(base(), calendar=ROOM_B))),
        stored(link(event=MOVED)),
        stored(link(meet_asked_at=NOW)),
        stored(link(unsettled=True)),
        stored(link(intent=Intent("stamp", DeleteEvent(KEY, "", Why.BOOKING_CANCELLED), NOW))),
        stored(link(origin=Origin.INVITATION)),
        {**stored(link()), "schema": 1},
        {**stored(link()), "base": {"calendar": ROOM_A, "when": {"start": 7, "end": 8}}},
        {**stored(link()), "base": "damaged"},
        {},
    ],
)
def test_whatever_else_a_stored_link_says_the_whole_link_is_asked(body: dict[str, Any]) -> None:
    assert not links.is_as_left(body, event())


def test_an_event_by_the_day_one_without_an_etag_and_a_hidden_one_are_not_known_at_a_glance() -> None:
    assert not links.is_as_left(stored(link(base=replace(base(), when=DAY))), event(DAY))
    assert not links.is_as_left(stored(link()), event(DAY))
    assert not links.is_as_left(stored(link(event_etag="")), event(etag=""))
    assert not links.is_as_left(stored(link()), event(hidden=True))


def test_what_a_stored_link_leaves_out_reads_back_as_the_defaults_of_today() -> None:
    """Links are stored without their defaults: another default needs a step in `upgrades.py`, or it changes old links."""
    assert links.without_defaults(stored(Link("l1"))) == {"id": "l1", "schema": schema_of(Link)}
    told = {name: value for name, value in body_of(Link("")).items() if value not in ({}, [], None, "")}
    assert told == {
        "origin": "booking",
        "life": {"kind": "unlinked"},
        "refusals": {"time": None, "room": None},
        "ids": {"written": [], "refused": [], "foreign": False},
        "generation": 0,
        "version": 0,
        "unsettled": False,
    }


def test_a_write_that_should_have_ended_is_looked_up_until_its_end_is_known(documents: MemoryDocuments) -> None:
    begun = Intent("stamp", DeleteEvent(KEY, "", Why.BOOKING_CANCELLED), NOW)
    there = saved(documents, replace(FRESH, life=Closed(), intent=begun))
    saved(documents, replace(FRESH, id="whole", booking_id="2", event=MOVED))
    before = NOW - timedelta(seconds=1)
    assert [links.left_open(documents, "7", at) for at in (before, NOW)] == [[], [there]]
    saved(documents, replace(there, intent=None))
    assert links.left_open(documents, "7", NOW) == []
