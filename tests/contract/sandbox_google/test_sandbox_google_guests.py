"""Guests, mails and Meet."""

from __future__ import annotations

from typing import Any

import pytest
from google_in_process import ROOM_A, Google, meeting
from googleapiclient.errors import HttpError

GUEST, OUTSIDER = "guest@example.org", "ann@example.com"
MEET = {"createRequest": {"requestId": "r1", "conferenceSolutionKey": {"type": "hangoutsMeet"}}}


@pytest.fixture
def google() -> Google:
    return Google()


@pytest.fixture
def events(google: Google) -> Any:
    return google.calendar().events()


@pytest.fixture
def guest(google: Google) -> Any:
    return google.calendar(account=GUEST).events()


def invite(events: Any, *emails: str, **query: Any) -> Any:
    body = meeting(id="guest0", attendees=[{"email": email} for email in emails])
    body["extendedProperties"] = {"private": {"stamp": "7"}, "shared": {"room": "A"}}
    return events.insert(calendarId=ROOM_A, body=body, **query).execute()


def mails(google: Google) -> list[tuple[str, str]]:
    return [(mail["to"], mail["kind"]) for mail in google.control("GET", "mails")["mails"]]


def test_a_guest_with_an_account_has_a_copy_without_private_properties(events: Any, guest: Any) -> None:
    invite(events, GUEST)
    copy = guest.get(calendarId="primary", eventId="guest0").execute()
    assert copy["organizer"] == {"email": ROOM_A}
    assert copy["extendedProperties"] == {"shared": {"room": "A"}}
    assert copy["attendees"] == [{"email": GUEST, "responseStatus": "needsAction", "self": True}]


def test_a_copy_follows_changes_and_goes_with_the_invitation(events: Any, guest: Any) -> None:
    invite(events, GUEST)
    change = {"calendarId": ROOM_A, "eventId": "guest0"}
    events.patch(**change, body={"summary": "New"}).execute()
    assert guest.get(calendarId="primary", eventId="guest0").execute()["summary"] == "New"
    events.patch(**change, body={"attendees": []}).execute()
    assert guest.get(calendarId="primary", eventId="guest0").execute()["status"] == "cancelled"


def test_a_guests_answer_reaches_the_organizer(google: Google, events: Any, guest: Any) -> None:
    event = invite(events, GUEST)
    accepted = {"attendees": [{"email": GUEST, "responseStatus": "accepted"}]}
    guest.patch(calendarId="primary", eventId="guest0", body=accepted).execute()
    seen = events.get(calendarId=ROOM_A, eventId="guest0").execute()
    assert seen["attendees"][0]["responseStatus"] == "accepted"
    assert seen["etag"] != event["etag"]
    answer = {"email": GUEST, "responseStatus": "tentative"}
    google.control("POST", f"calendars/{ROOM_A}/events/guest0/respond", answer)
    copy = guest.get(calendarId="primary", eventId="guest0").execute()
    assert copy["attendees"][0]["responseStatus"] == "tentative"
    guest.delete(calendarId="primary", eventId="guest0").execute()
    seen = events.get(calendarId=ROOM_A, eventId="guest0").execute()
    assert (seen["status"], seen["attendees"][0]["responseStatus"]) == ("confirmed", "declined")


@pytest.mark.parametrize(
    ("send_updates", "expected"),
    [
        ("all", [(OUTSIDER, "invitation"), (GUEST, "invitation")]),
        ("externalOnly", [(OUTSIDER, "invitation")]),
        ("none", []),
    ],
)
def test_mails_go_to_whom_the_writer_says(
    google: Google, events: Any, send_updates: str, expected: list[tuple[str, str]]
) -> None:
    invite(events, GUEST, OUTSIDER, sendUpdates=send_updates)
    assert mails(google) == expected


def test_a_change_is_mailed_as_update_and_a_removal_as_cancellation(google: Google, events: Any) -> None:
    invite(events, GUEST, OUTSIDER)
    change = {"calendarId": ROOM_A, "eventId": "guest0", "sendUpdates": "all"}
    events.patch(**change, body={"extendedProperties": {"private": {"stamp": "8"}}}).execute()
    assert mails(google) == []
    events.patch(**change, body={"location": "Hall"}).execute()
    events.patch(**change, body={"attendees": [{"email": OUTSIDER}]}).execute()
    events.delete(**change).execute()
    assert mails(google) == [
        (OUTSIDER, "update"),
        (GUEST, "update"),
        (OUTSIDER, "update"),
        (GUEST, "cancellation"),
        (OUTSIDER, "cancellation"),
    ]


def meet(events: Any, **query: Any) -> Any:
    return events.insert(calendarId=ROOM_A, body=meeting(id="meet0", conferenceData=MEET), **query).execute()


def test_a_meet_link_needs_the_conference_version(events: Any) -> None:
    assert "hangoutLink" not in meet(events)
    event = events.patch(
        calendarId=ROOM_A, eventId="meet0", body={"conferenceData": MEET}, conferenceDataVersion=1
    ).execute()
    assert event["hangoutLink"].startswith("https://meet.google.com/")
    assert event["conferenceData"]["entryPoints"][0]["uri"] == event["hangoutLink"]
    assert event["conferenceData"]["createRequest"]["status"] == {"statusCode": "success"}
    kept = events.patch(calendarId=ROOM_A, eventId="meet0", body={"summary": "New"}).execute()
    assert kept["hangoutLink"] == event["hangoutLink"]


def test_a_repeated_request_id_is_ignored(events: Any) -> None:
    link = meet(events, conferenceDataVersion=1)["hangoutLink"]
    change = {"calendarId": ROOM_A, "eventId": "meet0", "conferenceDataVersion": 1}
    assert events.patch(**change, body={"conferenceData": MEET}).execute()["hangoutLink"] == link
    removed = events.patch(**change, body={"conferenceData": None}).execute()
    assert not {"hangoutLink", "conferenceData"} & removed.keys()


def test_a_pending_meet_is_granted_later_as_a_change(google: Google, events: Any) -> None:
    google.control("POST", "meet", {"mode": "pending", "seconds": 30})
    event = meet(events, conferenceDataVersion=1)
    assert event["conferenceData"]["createRequest"]["status"] == {"statusCode": "pending"}
    assert "hangoutLink" not in event
    token = events.list(calendarId=ROOM_A).execute()["nextSyncToken"]
    google.clock.forward(seconds=30)
    changed = events.list(calendarId=ROOM_A, syncToken=token).execute()["items"]
    assert changed[0]["hangoutLink"].startswith("https://meet.google.com/")


def test_a_meet_may_fail_or_be_forbidden(google: Google, events: Any) -> None:
    google.control("POST", "meet", {"mode": "failure"})
    event = meet(events, conferenceDataVersion=1)
    assert event["conferenceData"]["createRequest"]["status"] == {"statusCode": "failure"}
    google.control("PATCH", f"calendars/{ROOM_A}", {"meet": "forbidden"})
    entry = google.calendar().calendarList().get(calendarId=ROOM_A).execute()
    assert entry["conferenceProperties"] == {"allowedConferenceSolutionTypes": []}
    body = meeting(conferenceData={"createRequest": {**MEET["createRequest"], "requestId": "r2"}})
    with pytest.raises(HttpError, match="Invalid conference type value"):
        events.insert(calendarId=ROOM_A, body=body, conferenceDataVersion=1).execute()


def test_a_duplicate_carries_the_markers_under_a_new_id(google: Google, events: Any) -> None:
    invite(events)
    copy = google.control("POST", f"calendars/{ROOM_A}/events/guest0/duplicate")
    assert copy["id"] != "guest0"
    assert copy["extendedProperties"]["private"] == {"stamp": "7"}


def test_a_guest_sees_the_series_its_cancelled_instance_and_its_split(google: Google, events: Any, guest: Any) -> None:
    body = meeting(id="series0", recurrence=["RRULE:FREQ=DAILY;COUNT=3"], attendees=[{"email": GUEST}])
    events.insert(calendarId=ROOM_A, body=body).execute()
    events.delete(calendarId=ROOM_A, eventId="series0_20260310T090000Z").execute()
    google.control("POST", f"calendars/{ROOM_A}/events/series0/split", {"at": "2026-03-12T10:00:00+01:00"})
    seen = guest.list(calendarId="primary", singleEvents=True).execute()["items"]
    assert [item["id"] for item in seen] == ["series0_20260311T090000Z", "series0_20260312T090000Z"]
