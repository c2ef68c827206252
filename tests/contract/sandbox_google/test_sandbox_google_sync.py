"""Lists: filters, pages, sync tokens, tombstones and how tokens die."""

from __future__ import annotations

import time
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


def insert(events: Any, **fields: Any) -> str:
    return str(events.insert(calendarId=ROOM_A, body=meeting(**fields)).execute()["id"])


def listed(events: Any, **query: Any) -> Any:
    return events.list(calendarId=ROOM_A, **query).execute()


def titles(answer: Any) -> list[str]:
    return [item.get("summary", item["status"]) for item in answer["items"]]


def refusal(request: Any) -> tuple[int, str]:
    with pytest.raises(HttpError) as refused:
        request.execute()
    details: Any = refused.value.error_details
    return refused.value.status_code, details[0]["reason"]


def test_an_incremental_list_has_only_what_changed(events: Any) -> None:
    kept, changed = insert(events, summary="Kept"), insert(events, summary="Old")
    token = listed(events)["nextSyncToken"]
    events.patch(calendarId=ROOM_A, eventId=changed, body={"summary": "New"}).execute()
    answer = listed(events, syncToken=token)
    assert [item["id"] for item in answer["items"]] == [changed]
    assert kept != changed
    assert listed(events, syncToken=answer["nextSyncToken"])["items"] == []


def test_a_tombstone_has_only_its_id_status_and_etag(google: Google, events: Any) -> None:
    event_id = insert(events)
    token = listed(events)["nextSyncToken"]
    events.delete(calendarId=ROOM_A, eventId=event_id).execute()
    tombstone = listed(events, syncToken=token)["items"][0]
    assert tombstone.keys() == {"kind", "id", "status", "etag"}
    assert listed(events)["items"] == []
    assert titles(listed(events, showDeleted=True)) == ["cancelled"]
    google.control("POST", "tombstones", {"mode": "bare"})
    assert listed(events, syncToken=token)["items"][0].keys() == {"kind", "id", "status"}
    google.control("POST", "tombstones", {"mode": "full"})
    assert listed(events, syncToken=token)["items"][0]["summary"] == "Court 1"


def test_the_sync_token_comes_on_the_last_page_and_stands_at_the_first(events: Any) -> None:
    for n in range(5):
        insert(events, summary=f"Event {n}")
    first = listed(events, maxResults=2)
    assert "nextSyncToken" not in first
    insert(events, summary="Meanwhile")
    second = listed(events, maxResults=2, pageToken=first["nextPageToken"])
    third = listed(events, maxResults=2, pageToken=second["nextPageToken"])
    assert titles(first) + titles(second) + titles(third) == [f"Event {n}" for n in range(5)]
    assert titles(listed(events, syncToken=third["nextSyncToken"])) == ["Meanwhile"]


def test_pages_may_be_short_and_empty_and_still_have_a_next_one(google: Google, events: Any) -> None:
    for _ in range(3):
        insert(events)
    google.control("POST", "pages", {"size": 2, "empty": True})
    sizes, token = [], None
    while True:
        answer = listed(events, pageToken=token) if token else listed(events)
        sizes.append(len(answer["items"]))
        token = answer.get("nextPageToken")
        if token is None:
            break
    assert sizes == [0, 2, 0, 1]


def test_a_page_asked_for_with_other_parameters_is_refused(events: Any) -> None:
    for _ in range(3):
        insert(events)
    token = listed(events, maxResults=1, singleEvents=True)["nextPageToken"]
    request = events.list(calendarId=ROOM_A, maxResults=1, pageToken=token)
    assert refusal(request)[0] == 400


@pytest.mark.parametrize(
    "query",
    [
        {"timeMin": "2026-03-01T00:00:00Z"},
        {"timeMax": "2026-03-01T00:00:00Z"},
        {"updatedMin": "2026-03-01T00:00:00Z"},
        {"q": "x"},
        {"orderBy": "updated"},
        {"iCalUID": "x"},
        {"privateExtendedProperty": "a=b"},
        {"showDeleted": False},
        {"singleEvents": True},
    ],
)
def test_a_sync_token_goes_with_no_restriction_and_no_other_expansion(events: Any, query: Any) -> None:
    token = listed(events)["nextSyncToken"]
    assert refusal(events.list(calendarId=ROOM_A, syncToken=token, **query))[0] == 400


def test_dead_tokens_ask_for_a_full_sync(google: Google, events: Any) -> None:
    token = listed(events)["nextSyncToken"]
    request = events.list(calendarId=ROOM_A, syncToken=token)
    request.execute()
    google.control("POST", "sync-tokens/expire", {"calendar": ROOM_B})
    request.execute()
    google.control("POST", "sync-tokens/expire", {"calendar": ROOM_A})
    assert refusal(request) == (410, "fullSyncRequired")


def test_a_token_dies_of_age_and_of_a_change_of_access(google: Google) -> None:
    events = google.calendar().events()
    token = listed(events)["nextSyncToken"]
    google.control("PATCH", f"calendars/{ROOM_A}", {"access_role": "writer"})
    assert refusal(events.list(calendarId=ROOM_A, syncToken=token)) == (410, "fullSyncRequired")
    token = listed(events)["nextSyncToken"]
    google.clock.forward(days=29)
    events = google.calendar().events()
    assert refusal(events.list(calendarId=ROOM_A, syncToken=token)) == (410, "fullSyncRequired")


def test_a_token_of_another_calendar_or_of_nobody_is_invalid(events: Any) -> None:
    token = listed(events)["nextSyncToken"]
    assert refusal(events.list(calendarId=ROOM_B, syncToken=token)) == (400, "invalid")
    assert refusal(events.list(calendarId=ROOM_A, syncToken="nonsense")) == (400, "invalid")


def test_a_windowed_list_shows_what_overlaps_and_its_token_is_not_windowed(events: Any) -> None:
    insert(events, summary="Before", start=at(8), end=at(9))
    insert(events, summary="Inside")
    insert(events, summary="After", start=at(12), end=at(13))
    window = {"timeMin": "2026-03-10T08:00:00Z", "timeMax": "2026-03-10T11:00:00Z"}
    answer = listed(events, **window)
    assert titles(answer) == ["Inside"]
    insert(events, summary="Far", start=at(10, month=9), end=at(11, month=9))
    assert titles(listed(events, syncToken=answer["nextSyncToken"])) == ["Far"]


def test_filters_find_by_text_property_uid_and_change(google: Google, events: Any) -> None:
    insert(events, summary="Tennis", extendedProperties={"private": {"stamp": "7"}})
    google.clock.forward(minutes=5)
    insert(events, summary="Squash", id="squash0", location="Hall")
    assert titles(listed(events, q="hall")) == ["Squash"]
    assert titles(listed(events, privateExtendedProperty="stamp=7")) == ["Tennis"]
    assert titles(listed(events, iCalUID="squash0@google.com")) == ["Squash"]
    assert titles(listed(events, updatedMin="2026-03-02T08:01:00Z")) == ["Squash"]
    assert "nextSyncToken" not in listed(events, q="hall")
    old = events.list(calendarId=ROOM_A, updatedMin="2025-03-02T08:01:00Z")
    assert refusal(old) == (410, "updatedMinTooLongAgo")


def test_ordering_by_start_needs_single_events(events: Any) -> None:
    insert(events, summary="Late", start=at(15), end=at(16))
    insert(events, summary="Early", start=at(8), end=at(9))
    assert titles(listed(events, orderBy="startTime", singleEvents=True)) == ["Early", "Late"]
    assert refusal(events.list(calendarId=ROOM_A, orderBy="startTime"))[0] == 400


def test_a_calendar_that_is_gone_or_withdrawn_is_not_found(google: Google, events: Any) -> None:
    event = insert(events, summary="Yoga")
    google.control("PATCH", f"calendars/{ROOM_A}", {"access_role": "none"})
    google.control("DELETE", f"calendars/{ROOM_B}")
    assert refusal(events.get(calendarId=ROOM_A, eventId=event)) == (404, "notFound")
    assert refusal(events.list(calendarId=ROOM_A)) == (404, "notFound")
    assert refusal(events.list(calendarId=ROOM_B)) == (404, "notFound")
    ids = [item["id"] for item in google.calendar().calendarList().list().execute()["items"]]
    assert ids == ["planner@example.org", HOLIDAYS]


def test_primary_is_the_accounts_own_calendar(google: Google) -> None:
    calendar = google.calendar()
    assert calendar.calendarList().get(calendarId="primary").execute()["id"] == "planner@example.org"
    assert calendar.calendars().get(calendarId="primary").execute()["timeZone"] == "Europe/Amsterdam"


def test_one_change_among_many_events_is_cheap_to_list(google: Google, events: Any) -> None:
    for n in range(20_000):
        google.world.calendars[ROOM_A].put(_stored(n))
    began = time.thread_time()
    token = listed(events, maxResults=2500, timeMin="2027-01-01T00:00:00Z")["nextSyncToken"]
    whole = time.thread_time() - began
    events.patch(calendarId=ROOM_A, eventId="event00007", body={"summary": "New"}).execute()
    began = time.thread_time()
    assert titles(listed(events, syncToken=token)) == ["New"]
    assert time.thread_time() - began < whole / 2


def _stored(n: int) -> Any:
    from sandbox.google.world.store import Record

    event = {
        "id": f"event{n:05d}",
        "status": "confirmed",
        "eventType": "default",
        "etag": '"1"',
        "updated": "2026-03-02T08:00:00.000Z",
        "creator": {"email": ROOM_A},
        "organizer": {"email": ROOM_A},
        "start": {"dateTime": "2026-03-10T10:00:00+01:00", "timeZone": "Europe/Amsterdam"},
        "end": {"dateTime": "2026-03-10T11:00:00+01:00", "timeZone": "Europe/Amsterdam"},
    }
    return Record(event["id"], event)  # type: ignore[arg-type]


def test_reads_can_lag_behind_what_was_notified(google: Google, events: Any) -> None:
    token = listed(events)["nextSyncToken"]
    google.control("POST", "consistency", {"seconds": 5})
    google.clock.forward(seconds=60)
    insert(events, summary="Late")
    early = listed(events, syncToken=token)
    assert early["items"] == []
    google.clock.forward(seconds=5)
    assert titles(listed(events, syncToken=early["nextSyncToken"])) == ["Late"]
