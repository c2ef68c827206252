"""Writing single events through the real client: ids, etags, merging, resetting, the bin and moving."""

from __future__ import annotations

from typing import Any

import pytest
from google_in_process import HOLIDAYS, ROOM_A, ROOM_B, Google, at, meeting
from googleapiclient.errors import HttpError


@pytest.fixture
def google() -> Google:
    return Google()


@pytest.fixture
def events(google: Google) -> Any:
    return google.calendar().events()


def insert(events: Any, **fields: Any) -> Any:
    return events.insert(calendarId=ROOM_A, body=meeting(**fields)).execute()


def patch(events: Any, event_id: str, **fields: Any) -> Any:
    return events.patch(calendarId=ROOM_A, eventId=event_id, body=fields).execute()


def refusal(request: Any) -> tuple[int, str]:
    with pytest.raises(HttpError) as refused:
        request.execute()
    details: Any = refused.value.error_details
    return refused.value.status_code, details[0]["reason"]


def with_etag(request: Any, etag: str) -> Any:
    request.headers["If-Match"] = etag
    return request


def test_an_event_comes_back_with_googles_own_fields(events: Any) -> None:
    event = insert(events, id="abcde0")
    assert event["organizer"] == {
        "email": ROOM_A,
        "self": True,
        "displayName": "Room A",
    }
    assert event["creator"] == {"email": "planner@example.org"}
    assert event["iCalUID"] == "abcde0@google.com"
    assert event["start"] == {"dateTime": "2026-03-10T10:00:00+01:00", "timeZone": "Europe/Amsterdam"}
    assert event["reminders"] == {"useDefault": True}
    assert event["htmlLink"].startswith("https://www.google.com/calendar/event?eid=")


@pytest.mark.parametrize("event_id", ["abcd", "UPPER1", "wxyz12", "abc-de", "a" * 1025])
def test_an_id_outside_base32hex_is_refused(events: Any, event_id: str) -> None:
    assert refusal(events.insert(calendarId=ROOM_A, body=meeting(id=event_id))) == (400, "invalid")


def test_an_id_is_a_duplicate_even_when_deleted_but_free_on_another_calendar(events: Any) -> None:
    insert(events, id="abcde0")
    assert refusal(events.insert(calendarId=ROOM_A, body=meeting(id="abcde0"))) == (409, "duplicate")
    events.delete(calendarId=ROOM_A, eventId="abcde0").execute()
    assert refusal(events.insert(calendarId=ROOM_A, body=meeting(id="abcde0"))) == (409, "duplicate")
    events.insert(calendarId=ROOM_B, body=meeting(id="abcde0")).execute()


def test_a_stale_etag_is_refused_and_a_current_one_is_not(events: Any) -> None:
    event = insert(events)
    change = {"calendarId": ROOM_A, "eventId": event["id"], "body": {"summary": "New"}}
    changed = with_etag(events.patch(**change), event["etag"]).execute()
    assert changed["etag"] != event["etag"]
    assert refusal(with_etag(events.patch(**change), event["etag"])) == (412, "conditionNotMet")
    stale = with_etag(events.delete(calendarId=ROOM_A, eventId=event["id"]), event["etag"])
    assert refusal(stale) == (412, "conditionNotMet")


def test_a_reader_with_the_current_version_gets_304(events: Any) -> None:
    event = insert(events)
    request = events.get(calendarId=ROOM_A, eventId=event["id"])
    request.headers["If-None-Match"] = event["etag"]
    with pytest.raises(HttpError) as unchanged:
        request.execute()
    assert unchanged.value.status_code == 304


def test_patch_merges_and_null_removes(events: Any) -> None:
    event = insert(events, location="Hall", extendedProperties={"private": {"a": "1", "b": "2"}})
    changed = patch(events, event["id"], location=None, extendedProperties={"private": {"b": None, "c": "3"}})
    assert "location" not in changed
    assert changed["summary"] == "Court 1"
    assert changed["extendedProperties"] == {"private": {"a": "1", "c": "3"}}


def test_update_resets_what_is_not_sent(events: Any) -> None:
    event = insert(events, description="Bring shoes", extendedProperties={"private": {"a": "1"}})
    body = {"start": at(12), "end": at(13)}
    changed = events.update(calendarId=ROOM_A, eventId=event["id"], body=body).execute()
    assert not {"summary", "description", "extendedProperties"} & changed.keys()
    assert changed["created"] == event["created"]


def test_a_deleted_event_can_be_revived_until_the_bin_is_emptied(google: Google, events: Any) -> None:
    event_id = insert(events)["id"]
    events.delete(calendarId=ROOM_A, eventId=event_id).execute()
    again = events.delete(calendarId=ROOM_A, eventId=event_id)
    assert refusal(again) == (410, "deleted")
    assert events.get(calendarId=ROOM_A, eventId=event_id).execute()["status"] == "cancelled"
    assert patch(events, event_id, status="confirmed")["summary"] == "Court 1"
    events.delete(calendarId=ROOM_A, eventId=event_id).execute()
    google.control("POST", f"calendars/{ROOM_A}/events/{event_id}/purge")
    revive = events.patch(calendarId=ROOM_A, eventId=event_id, body={"status": "confirmed"})
    assert refusal(revive) == (403, "forbidden")
    assert refusal(events.insert(calendarId=ROOM_A, body=meeting(id=event_id))) == (409, "duplicate")


def test_moving_keeps_the_id_and_changes_the_organizer(events: Any) -> None:
    event_id = insert(events, extendedProperties={"private": {"a": "1"}})["id"]
    moved = events.move(calendarId=ROOM_A, eventId=event_id, destination=ROOM_B).execute()
    assert (moved["id"], moved["organizer"]["email"]) == (event_id, ROOM_B)
    assert moved["extendedProperties"] == {"private": {"a": "1"}}
    assert events.get(calendarId=ROOM_A, eventId=event_id).execute()["status"] == "cancelled"
    back = events.move(calendarId=ROOM_B, eventId=event_id, destination=ROOM_A).execute()
    assert back["organizer"]["self"] is True


def test_long_property_keys_are_dropped_and_long_values_cut(events: Any) -> None:
    event = insert(events, extendedProperties={"private": {"k" * 45: "x", "k" * 44: "v" * 1025}})
    assert event["extendedProperties"] == {"private": {"k" * 44: "v" * 1024}}


def test_updated_stays_when_only_reminders_change(google: Google, events: Any) -> None:
    event = insert(events)
    google.clock.forward(minutes=1)
    reminded = patch(events, event["id"], reminders={"useDefault": False, "overrides": []})
    assert reminded["updated"] == event["updated"]
    assert reminded["etag"] != event["etag"]
    assert patch(events, event["id"], summary="New")["updated"] != event["updated"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"end": at(9)}, (400, "timeRangeEmpty")),
        ({"start": {"date": "2026-03-10"}, "end": {"date": "2026-03-10"}}, (400, "timeRangeEmpty")),
        ({"start": {"dateTime": "2026-03-10T10:00:00"}}, (400, "invalid")),
        ({"start": {"date": "2026-03-10"}}, (400, "invalid")),
        ({"end": None}, (400, "required")),
        ({"transparency": "glass"}, (400, "invalid")),
        ({"attendees": [{"displayName": "Ann"}]}, (400, "required")),
        ({"reminders": {"overrides": [{"method": "popup", "minutes": 1}] * 6}}, (400, "badRequest")),
        ({"recurrence": ["RRULE:FREQ=HOURLY"]}, (400, "invalid")),
        ({"start": {"dateTime": "2026-03-10T10:00:00", "timeZone": "Mars/Base"}}, (400, "invalid")),
    ],
)
def test_what_google_refuses_is_refused(events: Any, fields: Any, expected: tuple[int, str]) -> None:
    assert refusal(events.insert(calendarId=ROOM_A, body=meeting(**fields))) == expected


def test_an_outdated_sequence_is_refused(events: Any) -> None:
    event = insert(events)
    patch(events, event["id"], start=at(12), end=at(13))
    stale = events.update(calendarId=ROOM_A, eventId=event["id"], body=event)
    assert refusal(stale) == (400, "invalid")


def test_a_timed_event_becomes_all_day_only_when_its_date_time_is_removed(events: Any) -> None:
    event_id = insert(events)["id"]
    days = {"start": {"date": "2026-03-10"}, "end": {"date": "2026-03-11"}}
    assert refusal(events.patch(calendarId=ROOM_A, eventId=event_id, body=days)) == (400, "invalid")
    cleared = {name: {**day, "dateTime": None, "timeZone": None} for name, day in days.items()}
    assert patch(events, event_id, **cleared)["end"] == {"date": "2026-03-11"}


def test_a_time_in_utc_is_shown_in_the_calendars_zone_or_the_one_asked_for(events: Any) -> None:
    utc = {"dateTime": "2026-07-01T10:00:00Z"}, {"dateTime": "2026-07-01T11:00:00Z"}
    event = insert(events, start=utc[0], end=utc[1])
    assert event["start"] == {"dateTime": "2026-07-01T12:00:00+02:00", "timeZone": "Europe/Amsterdam"}
    asked = events.get(calendarId=ROOM_A, eventId=event["id"], timeZone="America/New_York").execute()
    assert asked["start"]["dateTime"] == "2026-07-01T06:00:00-04:00"


def test_a_readers_calendar_and_an_unknown_one_are_not_written(events: Any) -> None:
    assert refusal(events.insert(calendarId=HOLIDAYS, body=meeting())) == (403, "requiredAccessLevel")
    assert refusal(events.insert(calendarId="nobody@example.org", body=meeting())) == (404, "notFound")


def test_a_real_client_leaves_no_violation(google: Google, events: Any) -> None:
    event_id = insert(events, extendedProperties={"private": {"a": "1"}, "shared": {"b": "2"}})["id"]
    patch(events, event_id, attendees=[{"email": "ann@example.com"}])
    events.list(calendarId=ROOM_A, singleEvents=True, timeMin="2026-03-01T00:00:00Z").execute()
    assert google.violations() == []


def test_what_the_document_does_not_know_is_a_violation(google: Google) -> None:
    headers = {"Authorization": f"Bearer {google.tokens()['access_token']}"}
    base = f"/calendar/v3/calendars/{ROOM_A}/events"
    open_ = google.client.open
    assert open_(base, method="POST", json=meeting(colour="red"), headers=headers).status_code == 200
    assert open_(base, method="POST", json=meeting(summary=7), headers=headers).status_code == 400
    assert open_(f"{base}?sort=up", method="GET", headers=headers).status_code == 400
    assert open_(f"{base}?maxResults=many", method="GET", headers=headers).status_code == 400
    assert open_(f"{base}/x/explode", method="POST", headers=headers).status_code == 404
    assert len(google.violations()) == 5
    assert "colour" in google.violations()[0]
