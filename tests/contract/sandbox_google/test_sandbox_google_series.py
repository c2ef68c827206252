"""Series: instances and their ids, exceptions, shifts, splits and what a sync token says of them."""

from __future__ import annotations

from typing import Any

import pytest
from google_in_process import ROOM_A, ROOM_B, Google, at, meeting
from googleapiclient.errors import HttpError

WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=4"
FIRST, SECOND, THIRD, FOURTH = (
    f"series0_{stamp}Z" for stamp in ("20260320T090000", "20260327T090000", "20260403T080000", "20260410T080000")
)


@pytest.fixture
def google() -> Google:
    return Google()


@pytest.fixture
def events(google: Google) -> Any:
    return google.calendar().events()


@pytest.fixture
def series(events: Any) -> Any:
    """Four Fridays at ten, two on each side of the change to summer time."""
    body = meeting(
        id="series0",
        recurrence=[WEEKLY],
        start=at(10, 20),
        end=at(11, 20),
        extendedProperties={"private": {"stamp": "7"}},
    )
    return events.insert(calendarId=ROOM_A, body=body).execute()


def listed(events: Any, **query: Any) -> Any:
    return events.list(calendarId=ROOM_A, singleEvents=True, **query).execute()


def patch(events: Any, event_id: str, **fields: Any) -> Any:
    return events.patch(calendarId=ROOM_A, eventId=event_id, body=fields).execute()


def split(google: Google, **change: Any) -> Any:
    """Change the third instance and all after it, as a person."""
    content = {"at": "2026-04-03T10:00:00+02:00", "patch": change}
    return google.control("POST", f"calendars/{ROOM_A}/events/series0/split", content)


def states(answer: Any) -> dict[str, str]:
    return {item["id"]: item["status"] for item in answer["items"]}


def expand(events: Any, *rules: str, **fields: Any) -> list[str]:
    body = meeting(**{"recurrence": list(rules), **fields})
    event_id = events.insert(calendarId=ROOM_A, body=body).execute()["id"]
    found = events.instances(calendarId=ROOM_A, eventId=event_id, maxResults=2500).execute()["items"]
    return [item["start"].get("date") or item["start"]["dateTime"] for item in found]


@pytest.mark.usefixtures("series")
def test_the_wall_clock_holds_over_summer_time(events: Any) -> None:
    items = listed(events)["items"]
    assert [item["id"] for item in items] == [FIRST, SECOND, THIRD, FOURTH]
    assert [item["start"]["dateTime"][11:] for item in items] == ["10:00:00+01:00"] * 2 + ["10:00:00+02:00"] * 2
    assert {item["recurringEventId"] for item in items} == {"series0"}
    assert items[0]["originalStartTime"] == items[0]["start"]
    assert "recurrence" not in items[0]


@pytest.mark.parametrize(
    ("rules", "days"),
    [
        (["RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3"], ["10", "12", "14"]),
        (["RRULE:FREQ=DAILY;UNTIL=20260312T090000Z"], ["10", "11", "12"]),
        (["RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=Europe/Amsterdam:20260311T100000"], ["10", "12"]),
        (["RRULE:FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3"], ["10", "12", "17"]),
        (["RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2"], ["10", "24"]),
        (["RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=2"], ["10", "14"]),
        (["RRULE:FREQ=MONTHLY;BYDAY=-1TU;COUNT=2"], ["31", "28"]),
        (["RRULE:FREQ=MONTHLY;COUNT=2"], ["10", "10"]),
        (["RRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=2"], ["13", "13"]),
        (["RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2"], ["31", "30"]),
        (["RRULE:FREQ=YEARLY;BYDAY=20MO;COUNT=2"], ["18", "17"]),
        (["RRULE:FREQ=YEARLY;BYMONTH=6;BYDAY=-1SU,2SA;COUNT=3"], ["13", "28", "12"]),
        (["RRULE:FREQ=YEARLY;BYYEARDAY=100,-1;COUNT=3"], ["10", "31", "10"]),
    ],
)
def test_rules_are_expanded(events: Any, rules: list[str], days: list[str]) -> None:
    assert [start[8:10] for start in expand(events, *rules)] == days


def test_an_all_day_series_has_days_as_instance_ids(events: Any) -> None:
    days = {"start": {"date": "2026-03-28"}, "end": {"date": "2026-03-29"}}
    assert expand(events, "RRULE:FREQ=DAILY;COUNT=2", id="cool00", **days) == ["2026-03-28", "2026-03-29"]
    assert states(listed(events)).keys() == {"cool00_20260328", "cool00_20260329"}


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=HOURLY",
        "FREQ=WEEKLY;BYDAY=2TU",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=DAILY;BYDAY=XX",
        "FREQ=DAILY;COUNT=2;UNTIL=20260401",
    ],
)
def test_what_is_not_simulated_of_a_rule_is_refused_and_not_ignored(events: Any, rule: str) -> None:
    with pytest.raises(HttpError, match="Invalid recurrence rule"):
        expand(events, f"RRULE:{rule}")


def test_an_endless_series_reaches_many_years_ahead_and_time_alone_changes_nothing(google: Google) -> None:
    events = google.calendar().events()
    starts = expand(events, "RRULE:FREQ=WEEKLY")
    assert starts[-1].startswith("2040-02")
    token = listed(events, maxResults=2500)["nextSyncToken"]
    google.clock.forward(days=14)
    assert listed(google.calendar().events(), syncToken=token)["items"] == []


@pytest.mark.usefixtures("series")
def test_a_changed_instance_is_an_exception_and_the_only_change(events: Any) -> None:
    token = listed(events)["nextSyncToken"]
    moved = patch(events, SECOND, start=at(14, 27), end=at(15, 27))
    assert moved["id"] == SECOND
    assert moved["originalStartTime"]["dateTime"] == "2026-03-27T10:00:00+01:00"
    changed = listed(events, syncToken=token)["items"]
    assert [item["id"] for item in changed] == [SECOND]
    assert changed[0]["start"]["dateTime"] == "2026-03-27T14:00:00+01:00"
    assert changed[0]["extendedProperties"] == {"private": {"stamp": "7"}}


@pytest.mark.usefixtures("series")
def test_an_exception_inherits_what_it_did_not_change(events: Any) -> None:
    patch(events, SECOND, start=at(14, 27), end=at(15, 27))
    patch(events, "series0", summary="New")
    exception = events.get(calendarId=ROOM_A, eventId=SECOND).execute()
    assert (exception["summary"], exception["start"]["dateTime"][11:13]) == ("New", "14")


@pytest.mark.usefixtures("series")
def test_a_cancelled_instance_is_a_tombstone_that_names_its_series(events: Any) -> None:
    token = listed(events)["nextSyncToken"]
    events.delete(calendarId=ROOM_A, eventId=SECOND).execute()
    tombstone = listed(events, syncToken=token)["items"][0]
    assert (tombstone["id"], tombstone["status"]) == (SECOND, "cancelled")
    assert tombstone["recurringEventId"] == "series0"
    assert tombstone["originalStartTime"]["dateTime"] == "2026-03-27T10:00:00+01:00"
    assert list(states(listed(events))) == [FIRST, THIRD, FOURTH]
    unexpanded = events.list(calendarId=ROOM_A).execute()
    assert states(unexpanded) == {"series0": "confirmed", SECOND: "cancelled"}
    with pytest.raises(HttpError) as refused:
        events.delete(calendarId=ROOM_A, eventId=SECOND).execute()
    assert refused.value.status_code == 410
    assert patch(events, SECOND, status="confirmed")["status"] == "confirmed"


@pytest.mark.usefixtures("series")
def test_shifting_a_series_makes_new_ids_and_tombstones_of_the_old(events: Any) -> None:
    token = listed(events)["nextSyncToken"]
    patch(events, "series0", start=at(12, 20), end=at(13, 20))
    changed = states(listed(events, syncToken=token))
    assert {i for i, status in changed.items() if status == "cancelled"} == {FIRST, SECOND, THIRD, FOURTH}
    assert "series0_20260320T110000Z" in changed
    assert len(changed) == 8
    with pytest.raises(HttpError) as vanished:
        events.get(calendarId=ROOM_A, eventId=FIRST).execute()
    assert vanished.value.status_code == 404


@pytest.mark.usefixtures("series")
def test_shifting_back_brings_the_old_ids_back(events: Any) -> None:
    patch(events, "series0", start=at(12, 20), end=at(13, 20))
    token = listed(events)["nextSyncToken"]
    patch(events, "series0", start=at(10, 20), end=at(11, 20))
    changed = states(listed(events, syncToken=token))
    assert changed[FIRST] == "confirmed"
    assert changed["series0_20260320T110000Z"] == "cancelled"


@pytest.mark.usefixtures("series")
def test_a_deleted_series_cancels_every_instance_and_comes_back_whole(events: Any) -> None:
    patch(events, SECOND, summary="Other")
    token = listed(events)["nextSyncToken"]
    events.delete(calendarId=ROOM_A, eventId="series0").execute()
    answer = listed(events, syncToken=token)
    assert states(answer) == dict.fromkeys([FIRST, SECOND, THIRD, FOURTH], "cancelled")
    patch(events, "series0", status="confirmed")
    restored = listed(events, syncToken=answer["nextSyncToken"])
    assert set(states(restored).values()) == {"confirmed"}
    assert events.get(calendarId=ROOM_A, eventId=SECOND).execute()["summary"] == "Other"


@pytest.mark.usefixtures("series")
def test_this_and_following_with_a_new_time_begins_a_series_whose_id_has_nothing_to_do_with_the_old(
    google: Google, events: Any
) -> None:
    google.clock.forward(minutes=10)
    token = listed(events)["nextSyncToken"]
    new = split(google, start=at(12, 3, 4), end=at(13, 3, 4))
    assert not new["id"].startswith("series0")
    assert new["extendedProperties"] == {"private": {"stamp": "7"}}
    assert new["recurrence"] == ["RRULE:FREQ=WEEKLY;COUNT=2"]
    old = events.get(calendarId=ROOM_A, eventId="series0").execute()
    assert old["recurrence"] == ["RRULE:FREQ=WEEKLY;UNTIL=20260403T075959Z"]
    assert [old[name] for name in ("etag", "updated", "created")] == [
        new[name] for name in ("etag", "updated", "created")
    ]
    assert states(listed(events, syncToken=token)) == {
        FIRST: "confirmed",
        SECOND: "confirmed",
        THIRD: "cancelled",
        FOURTH: "cancelled",
        f"{new['id']}_20260403T100000Z": "confirmed",
        f"{new['id']}_20260410T100000Z": "confirmed",
    }


@pytest.mark.usefixtures("series")
def test_this_and_following_with_another_title_only_keeps_the_ids_of_the_instances(google: Google, events: Any) -> None:
    patch(events, FOURTH, location="Hal")
    token = listed(events)["nextSyncToken"]
    new = split(google, summary="New")
    assert new["id"] == "series0_R20260403T080000"
    changed = listed(events, syncToken=token)
    assert states(changed) == dict.fromkeys([FIRST, SECOND, THIRD, FOURTH], "confirmed")
    third = events.get(calendarId=ROOM_A, eventId=THIRD).execute()
    assert (third["summary"], third["recurringEventId"]) == ("New", "series0_R20260403T080000")
    fourth = events.get(calendarId=ROOM_A, eventId=FOURTH).execute()
    assert (fourth["location"], fourth["recurringEventId"]) == ("Hal", "series0_R20260403T080000")
    events.delete(calendarId=ROOM_A, eventId=THIRD).execute()
    assert list(states(listed(events))) == [FIRST, SECOND, FOURTH]


@pytest.mark.usefixtures("series")
def test_an_instance_of_a_deleted_rest_that_its_first_part_has_again_can_be_changed(
    google: Google, events: Any
) -> None:
    rest = split(google, summary="New")
    patch(events, THIRD, location="Hal")
    events.delete(calendarId=ROOM_A, eventId=rest["id"]).execute()
    patch(events, "series0", recurrence=[WEEKLY])
    assert list(states(listed(events))) == [FIRST, SECOND, THIRD, FOURTH]
    assert patch(events, THIRD, summary="Mine")["recurringEventId"] == "series0"


def test_of_a_deleted_series_only_half_a_year_of_instances_is_reported(events: Any) -> None:
    body = meeting(id="series0", recurrence=["RRULE:FREQ=WEEKLY;COUNT=50"], start=at(10, 20), end=at(11, 20))
    events.insert(calendarId=ROOM_A, body=body).execute()
    token = listed(events)["nextSyncToken"]
    events.delete(calendarId=ROOM_A, eventId="series0").execute()
    cancelled = states(listed(events, syncToken=token))
    assert len(cancelled) == 24
    assert max(cancelled) < "series0_20260902"
    assert listed(events)["items"] == []


def test_a_removal_can_be_lost(google: Google, events: Any) -> None:
    events.insert(calendarId=ROOM_A, body=meeting(id="event0")).execute()
    token = listed(events)["nextSyncToken"]
    google.control("POST", "tombstones", {"lose": 1})
    events.delete(calendarId=ROOM_A, eventId="event0").execute()
    assert listed(events, syncToken=token)["items"] == []
    assert events.get(calendarId=ROOM_A, eventId="event0").execute()["status"] == "cancelled"


def test_a_single_event_that_becomes_a_series_is_replaced_by_its_instances(events: Any) -> None:
    events.insert(calendarId=ROOM_A, body=meeting(id="series0", start=at(10, 20), end=at(11, 20))).execute()
    token = listed(events)["nextSyncToken"]
    patch(events, "series0", recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"])
    assert states(listed(events, syncToken=token)) == {
        "series0": "cancelled",
        FIRST: "confirmed",
        SECOND: "confirmed",
    }


@pytest.mark.usefixtures("series")
def test_an_instance_that_its_series_no_longer_has_cannot_be_brought_back(events: Any) -> None:
    events.delete(calendarId=ROOM_A, eventId=FOURTH).execute()
    patch(events, "series0", recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"])
    with pytest.raises(HttpError) as refused:
        patch(events, FOURTH, status="confirmed")
    assert refused.value.status_code == 404
    assert list(states(listed(events))) == [FIRST, SECOND]


@pytest.mark.usefixtures("series")
def test_an_instance_cannot_be_moved_but_a_series_can(events: Any) -> None:
    with pytest.raises(HttpError) as refused:
        events.move(calendarId=ROOM_A, eventId=SECOND, destination=ROOM_B).execute()
    details: Any = refused.value.error_details
    assert (refused.value.status_code, details[0]["reason"]) == (403, "cannotChangeOrganizerOfInstance")
    token = listed(events)["nextSyncToken"]
    events.move(calendarId=ROOM_A, eventId="series0", destination=ROOM_B).execute()
    assert set(states(listed(events, syncToken=token)).values()) == {"cancelled"}
    there = events.list(calendarId=ROOM_B, singleEvents=True).execute()
    assert list(states(there)) == [FIRST, SECOND, THIRD, FOURTH]


def test_a_timed_series_needs_a_named_zone(events: Any) -> None:
    body = meeting(recurrence=[WEEKLY], start={"dateTime": "2026-03-10T10:00:00+01:00"})
    with pytest.raises(HttpError, match="Missing time zone definition for start time"):
        events.insert(calendarId=ROOM_A, body=body).execute()
