"""A link that cannot be read: what could concern it waits and is told; everything else of its calendar goes on."""

import re
from typing import Any

import pytest
from click.testing import CliRunner

from functions.application.ports import Body
from functions.application.store import links
from functions.application.store.integrations import path_of
from functions.domain.model.event import EventKey
from functions.domain.model.identity import calendar_hash
from functions.entrypoints.cli.main import cli
from tests.harness.place import ROOM_A, ROOM_B, Place
from tests.harness.tab import Tab
from tests.integration.test_series import DAILY_TEN, ids, occurrences, series, starts

DAMAGED: Body = {"life": "odd"}
NEWER: Body = {"schema": 99}


def written(place: Place, link: str, **changes: Any) -> Body:
    """Change a stored link as no version of this service does; returns it as it was."""
    path = path_of("7", "links", link)
    before = place.documents.get(path)
    assert before is not None
    place.documents.transact(lambda tx: tx.put(path, {**before, **changes}))
    return before


def link_of(place: Place, event: str) -> str:
    link = links.of_event(place.documents, "7", EventKey(ROOM_A, event))
    assert link is not None
    return link.id


def parked(place: Place) -> list[tuple[str, list[str], str]]:
    return sorted((each["kind"], each["subject"], each["reason"]) for each in place.api("GET", "/7/parked"))


def the_night(place: Place) -> None:
    """A sweep of everything, with a full list of each calendar."""
    place.google("POST", "sync-tokens/expire", {})
    place.api("POST", "/7/sweep")
    place.settle(600)


@pytest.mark.parametrize("damage", [DAMAGED, NEWER], ids=["damaged", "newer"])
def test_the_rest_of_a_calendar_is_followed_and_the_item_that_waits_names_the_link(place: Place, damage: Body) -> None:
    place.activate()
    place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    (event,) = [each["id"] for each in place.events(ROOM_A)]
    link = link_of(place, event)
    written(place, link, **damage)
    place.drag(event, "2026-11-24T15:00", "2026-11-24T16:00")
    place.draw("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle(60)
    assert starts(place) == ["2026-11-24T10:00", "2026-11-25T10:00"]
    the_night(place)
    assert starts(place) == ["2026-11-24T10:00", "2026-11-25T10:00"]
    assert ("calendar", [calendar_hash(ROOM_A), link]) in [each[:2] for each in parked(place)]


def test_a_removed_event_whose_link_cannot_be_read_is_followed_once_it_can(place: Place) -> None:
    place.activate()
    place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    (event,) = [each["id"] for each in place.events(ROOM_A)]
    link = link_of(place, event)
    before = written(place, link, **NEWER)
    place.delete(event)
    place.settle(300)
    the_night(place)
    assert starts(place) == ["2026-11-24T10:00"]
    written(place, link, **before)
    retried(place)
    assert (starts(place), starts(place, 70)) == ([], ["2026-11-24T10:00"])
    assert parked(place) == []


def retried(place: Place) -> None:
    for each in place.api("GET", "/7/parked"):
        place.api("POST", f"/7/parked/{each['id']}/retry")
    place.settle(600)


@pytest.mark.parametrize("deleted", ["cancel", "restore"])
@pytest.mark.parametrize("listed", [False, True], ids=["changes", "full list"])
def test_a_series_waits_as_a_whole_for_one_of_its_links_and_moves_once_that_can_be_read(
    place: Place, deleted: str, *, listed: bool
) -> None:
    """Its bookings were cancelled and others made, if what was new did not wait with what is gone."""
    place.activate(inbound={"deleted_event": deleted})
    root = series(place, DAILY_TEN)
    before, was = ids(place), starts(place)
    link = link_of(place, occurrences(place)[3]["id"])
    sound = written(place, link, **NEWER)
    if listed:
        place.google("POST", "sync-tokens/expire", {})
    place.drag(root, "2026-11-24T10:30", "2026-11-24T11:30")
    place.draw("2026-11-25T18:00", "2026-11-25T19:00")
    place.settle(300)
    the_night(place)
    assert starts(place) == sorted([*was, "2026-11-25T18:00"])
    assert len(occurrences(place)) == 11
    written(place, link, **sound)
    retried(place)
    assert before < ids(place)
    assert {time[11:] for time in starts(place)} == {"10:30", "18:00"}
    assert (len(starts(place)), starts(place, 70), parked(place)) == (11, [], [])


def test_a_new_series_that_may_continue_what_is_gone_waits_for_its_link(place: Place) -> None:
    place.activate()
    root = series(place, DAILY_TEN)
    before = ids(place)
    link = link_of(place, occurrences(place)[3]["id"])
    sound = written(place, link, **NEWER)
    place.google("POST", "notifications", {"mode": "drop"})
    place.delete(root)
    place.draw("2026-11-24T15:00", "2026-11-24T16:00", recurrence=[DAILY_TEN])
    place.google("POST", "notifications", {"mode": "deliver"})
    place.api("POST", "/7/sweep")
    place.settle(400)
    assert ids(place) == before
    assert starts(place, 70) == []
    written(place, link, **sound)
    retried(place)
    assert [time[11:] for time in starts(place)] == ["15:00"] * 10  # a full list does not show what was removed
    assert len(starts(place, 70)) == 10


def test_a_sweep_looks_at_all_other_bookings(place: Place) -> None:
    place.activate()
    first, second = place.book(), place.book("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    link = links.of_booking(place.documents, "7", first)
    written(place, link.id, **NEWER)
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    place.change(first, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.change(second, start="2026-11-25T12:00", end="2026-11-25T13:00")
    the_night(place)
    assert sorted(each["start"]["dateTime"][:13] for each in place.events(ROOM_A)) == ["2026-11-24T10", "2026-11-25T12"]
    assert ("booking", [first]) in [each[:2] for each in parked(place)]


def test_what_waits_for_a_person_is_shown_beside_a_link_that_cannot_be_read(place: Place) -> None:
    place.activate(inbound={"deleted_event": "ask"})
    for hour in (10, 12):
        place.draw(f"2026-11-24T{hour}:00", f"2026-11-24T{hour}:30")
    place.settle()
    one, other = (each["id"] for each in place.events(ROOM_A))
    for each in (one, other):
        place.delete(each)
    place.settle(60)
    written(place, link_of(place, one), **NEWER)
    assert len(place.api("GET", "/7/held")) == 1
    assert Tab(place).get("/console/integrations/7/waiting").status_code == 200


@pytest.mark.parametrize(("damage", "why"), [(DAMAGED, "is damaged at life"), (NEWER, "by a newer version")])
def test_whoever_looks_for_its_booking_reads_one_sentence_that_names_the_link(
    place: Place, damage: Body, why: str
) -> None:
    place.activate()
    booking = place.book()
    place.settle()
    link = links.of_booking(place.documents, "7", booking).id
    written(place, link, **damage)
    page = Tab(place).seen(f"/console/integrations/7/find?q={booking}")
    (said,) = re.findall(r'<p class="note bad" role="alert">(.*?)</p>', page)
    assert said.startswith(f"Link {link} ")
    assert why in said
    run = CliRunner().invoke(cli, ["find", "7", booking], obj=lambda **_: place.ports)
    assert run.stderr.startswith(f"link {link} ")
    for each in (page, run.output):
        assert not re.search("Input should|pydantic|instance of|Unlinked|Traceback", each)


def two_pairs(place: Place) -> tuple[str, str]:
    """Two bookings with their events, of which the first one's link cannot be read; returns both."""
    place.activate()
    first, second = place.book(), place.book("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    written(place, links.of_booking(place.documents, "7", first).id, **NEWER)
    return first, second


def days_of_events(place: Place) -> list[str]:
    return sorted(each["start"]["dateTime"][:10] for each in place.events(ROOM_A))


def test_an_integration_that_is_removed_takes_all_other_events_along_and_names_the_one_that_would_stay(
    place: Place,
) -> None:
    two_pairs(place)
    place.api("POST", "/7/deactivate")
    said = place.api("DELETE", "/7?events=remove", status=409)
    assert (said["reason"], days_of_events(place)) == ("newer_version", ["2026-11-24"])
    assert said["error"].startswith("1 pair cannot be read (link ")
    place.api("DELETE", "/7?events=keep", status=204)
    assert days_of_events(place) == ["2026-11-24"]


def test_a_row_that_is_removed_takes_all_other_events_along(place: Place) -> None:
    two_pairs(place)
    rows = {**place.api("GET", "/7"), "mapping": [{"object": "11", "calendar": ROOM_B}]}
    assert place.api("PUT", "/7", rows, 409)["plan"]["left"] == 1
    place.api("PUT", "/7?apply=all", rows)
    place.settle(60)
    assert place.api("POST", "/7/unmapped") == {"left": 0}
    assert days_of_events(place) == ["2026-11-24"]


def test_a_plan_counts_all_other_bookings(place: Place) -> None:
    first, second = two_pairs(place)
    said = place.api(
        "PUT", "/7", {**place.api("GET", "/7"), "outbound": {"title_template": "Nr {BOOKING_NUMBER}"}}, 409
    )
    assert said["plan"]["counts"] == {"change": 1, "trouble": 1}
    assert {each["booking_id"]: each.get("trouble") for each in said["plan"]["lines"]} == {
        first: "newer_version",
        second: None,
    }


def test_a_plan_counts_all_other_new_events(place: Place) -> None:
    place.activate()
    for day in (24, 25):
        place.draw(f"2026-11-{day}T10:00", f"2026-11-{day}T11:00")
    place.settle()
    first, *_ = sorted(place.events(ROOM_A), key=lambda each: each["start"]["dateTime"])
    written(place, link_of(place, first["id"]), **NEWER)
    place.google("POST", "notifications", {"mode": "drop"})
    place.draw("2026-11-26T10:00", "2026-11-26T11:00")
    assert place.api("GET", "/7/plan?refresh=1")["counts"] == {
        "make_booking": 1,
        "trouble": 2,
    }  # its booking and its event


@pytest.mark.parametrize("asked", ["day", "find"])
def test_a_day_shows_all_other_pairs_and_says_that_one_could_not_be_read(place: Place, asked: str) -> None:
    first, second = two_pairs(place)
    place.change(second, start="2026-11-24T15:00", end="2026-11-24T16:00")
    place.settle()
    if asked == "day":
        found = place.api("GET", "/7/day?date=2026-11-24")
        items = [item for room in found["rooms"] for item in room["found"]]
        assert sorted((each["booking_id"], each["relation"]) for each in items) == [
            ("", "unread"),
            (first, "unread"),
            (second, "same"),
        ]
        assert [place for place, _ in found["troubles"]] == ["pairs"]
    shown = Tab(place).get(f"/console/integrations/7/{'day?date=2026-11-24' if asked == 'day' else 'find?q=Zaal'}")
    assert shown.status_code == 200
    assert "Some pairs of booking and event could not be read." in shown.text
    assert second in shown.text


def test_an_audit_compares_all_other_pairs(place: Place) -> None:
    first, second = two_pairs(place)
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    place.change(second, start="2026-11-25T15:00", end="2026-11-25T16:00")
    place.api("POST", "/7/audit", status=202)
    place.settle(60)
    made = place.api("GET", "/7/audit")
    assert made["state"] == "done"
    found = sorted((each["kind"], each["booking_id"]) for each in made["findings"])
    assert found == [("other_time", second), ("unreadable", ""), ("unreadable", first)]


def test_a_new_series_that_waits_for_a_removed_occurrence_of_another_is_told(place: Place) -> None:
    """It may continue that one, so it waits, for as long as the link cannot be read."""
    place.activate()
    root = series(place, DAILY_TEN)
    gone = occurrences(place)[3]["id"]
    link = link_of(place, gone)
    place.delete(gone)
    place.settle(30)
    sound = written(place, link, **NEWER)
    before = ids(place)
    place.draw("2026-11-24T15:00", "2026-11-24T16:00", recurrence=[DAILY_TEN])
    place.draw("2026-11-25T20:00", "2026-11-25T21:00")
    place.settle(600)
    assert len(ids(place) - before) == 1
    assert ("calendar", [calendar_hash(ROOM_A), link]) in [each[:2] for each in parked(place)]
    written(place, link, **sound)
    retried(place)
    assert len(ids(place) - before) == 11
    assert root
