"""The control API: acting as a person, the clock, faults, quota and the call log; and the page."""

from __future__ import annotations

from typing import Any

import pytest
from google_in_process import ROOM_A, ROOM_B, Google, at, meeting
from googleapiclient.errors import HttpError

EVENTS = f"calendars/{ROOM_A}/events"


@pytest.fixture
def google() -> Google:
    return Google()


@pytest.fixture
def events(google: Google) -> Any:
    return google.calendar().events()


def failure(request: Any) -> HttpError:
    with pytest.raises(HttpError) as failed:
        request.execute()
    return failed.value


def test_a_person_works_without_scopes_and_leaves_no_call(google: Google) -> None:
    event = google.control("POST", EVENTS, meeting())
    path = f"{EVENTS}/{event['id']}"
    assert google.control("PATCH", path, {"summary": "New"})["summary"] == "New"
    moved = google.control("POST", f"{path}/move", {"destination": ROOM_B})
    assert moved["organizer"]["email"] == ROOM_B
    assert google.control("GET", EVENTS) == []
    assert google.control("GET", f"{EVENTS}?deleted=1")[0]["status"] == "cancelled"
    assert google.control("GET", "calls") == {"calls": [], "last": 0}


def test_a_person_finds_masters_exceptions_and_instances(google: Google) -> None:
    google.control("POST", EVENTS, meeting(id="series0", recurrence=["RRULE:FREQ=DAILY;COUNT=3"]))
    google.control("PATCH", f"{EVENTS}/series0_20260311T090000Z", {"summary": "Other"})
    listed = google.control("GET", EVENTS)
    assert [event["id"] for event in listed] == ["series0", "series0_20260311T090000Z"]
    assert len(google.control("GET", f"{EVENTS}?expand=1")) == 3


def test_a_person_restores_from_the_bin(google: Google) -> None:
    event = google.control("POST", EVENTS, meeting())
    google.control("DELETE", f"{EVENTS}/{event['id']}")
    assert google.control("POST", f"{EVENTS}/{event['id']}/restore")["status"] == "confirmed"


def test_the_call_log_names_methods_and_shows_conditions(google: Google, events: Any) -> None:
    last = google.control("GET", "calls")["last"]
    event = events.insert(calendarId=ROOM_A, body=meeting()).execute()
    request = events.patch(calendarId=ROOM_A, eventId=event["id"], body={"summary": "New"}, sendUpdates="none")
    request.headers["If-Match"] = event["etag"]
    request.execute()
    calls = google.control("GET", f"calls?since={last}")["calls"]
    assert [call["api"] for call in calls] == ["calendar.events.insert", "calendar.events.patch"]
    assert calls[1]["headers"]["if-match"] == event["etag"]
    assert calls[1]["query"]["sendUpdates"] == "none"
    assert calls[1]["body"] == {"summary": "New"}
    assert calls[1]["account"] == "planner@example.org"


def test_a_fault_before_has_no_effect_and_one_after_has(google: Google, events: Any) -> None:
    for moment, count in [("before", 0), ("after", 1)]:
        google.control("POST", "faults", {"method": "POST", "path": "/events$", "when": moment})
        failed = failure(events.insert(calendarId=ROOM_A, body=meeting()))
        details: Any = failed.error_details
        assert (failed.status_code, details[0]["reason"]) == (503, "backendError")
        assert len(google.control("GET", EVENTS)) == count
    assert google.control("GET", "faults") == {"faults": []}


def test_a_cut_connection_surfaces_as_one(google: Google, events: Any) -> None:
    google.control("POST", "faults", {"action": "reset", "when": "after"})
    with pytest.raises(ConnectionResetError):
        events.insert(calendarId=ROOM_A, body=meeting()).execute()
    assert len(google.control("GET", EVENTS)) == 1


def test_a_fault_may_be_html_or_ask_to_wait(google: Google, events: Any) -> None:
    google.control("POST", "faults", {"action": "html", "status": 502})
    page = failure(events.list(calendarId=ROOM_A))
    assert (page.status_code, b"<html>" in page.content) == (502, True)
    google.control("POST", "faults", {"action": "retry_after", "status": 429, "seconds": 7})
    assert failure(events.list(calendarId=ROOM_A)).resp["retry-after"] == "7"


def test_the_quota_slides(google: Google, events: Any) -> None:
    google.control("POST", "quota", {"per_minute": 2})
    request = events.list(calendarId=ROOM_A)
    request.execute()
    google.clock.forward(seconds=30)
    request.execute()
    refused = failure(request)
    details: Any = refused.error_details
    assert (refused.status_code, details[0]["reason"]) == (403, "rateLimitExceeded")
    google.clock.forward(seconds=30)
    request.execute()
    assert failure(request).status_code == 403


def test_the_clock_can_be_set_and_advanced(google: Google) -> None:
    assert google.control("POST", "clock", {"now": "2027-01-01T00:00:00Z"})["now"] == "2027-01-01T00:00:00+00:00"
    assert google.control("POST", "clock", {"advance": 60})["now"] == "2027-01-01T00:01:00+00:00"
    assert google.control("POST", "clock", {"offset": 0})["now"] == "2026-03-02T08:00:00+00:00"


def test_withdrawn_consent_kills_both_kinds_of_token(google: Google) -> None:
    tokens = google.tokens()
    calendar = google.calendar()
    google.control("POST", "tokens/revoke", {"account": "planner@example.org"})
    assert failure(calendar.calendarList().list()).status_code == 401
    renewed = google.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert renewed.get_json()["error"] == "invalid_grant"


def test_expired_access_tokens_can_be_renewed(google: Google) -> None:
    tokens, calendar = google.tokens(), google.calendar()
    google.control("POST", "tokens/expire-access")
    assert failure(calendar.calendarList().list()).status_code == 401
    assert google.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 200


def test_a_new_account_client_and_calendar_are_there_at_once(google: Google) -> None:
    google.control("POST", "accounts", {"email": "ann@example.org"})
    shared = {"id": ROOM_A, "account": "ann@example.org", "access_role": "reader"}
    google.control("POST", "calendars", shared)
    google.control("POST", "clients", {"client_id": "c", "client_secret": "s", "redirect_uris": ["http://x/"]})
    items = google.calendar(account="ann@example.org").calendarList().list().execute()["items"]
    assert [(i["id"], i["accessRole"]) for i in items] == [("ann@example.org", "owner"), (ROOM_A, "reader")]


def test_a_wrong_control_call_says_what_is_wrong(google: Google) -> None:
    answer = google.client.post("/control/notifications", json={"mode": "vanish"})
    assert answer.status_code == 400
    assert "delay, deliver, double, drop, hold" in answer.get_json()["error"]["message"]


def test_a_reset_brings_the_default_world_back(google: Google) -> None:
    google.control("POST", EVENTS, meeting())
    google.control("POST", "quota", {"per_minute": 0})
    google.control("POST", "reset")
    assert google.control("GET", EVENTS) == []
    google.calendar().calendarList().list().execute()


def test_the_form_of_the_page_makes_changes_and_deletes_without_javascript(google: Google) -> None:
    times = {"start": "2026-03-10T10:00", "end": "2026-03-10T11:00"}
    form = {"calendar": ROOM_A, "summary": "By hand", **times, "guests": "guest@example.org", "back": "/?view=day"}
    made = google.client.post("/page/event", data=form)
    assert (made.status_code, made.headers["Location"]) == (302, "/?view=day")
    event = google.control("GET", EVENTS)[0]
    assert event["start"]["dateTime"] == "2026-03-10T10:00:00+01:00"
    change = {**form, "id": event["id"], "destination": ROOM_B, "all_day": "1"}
    google.client.post("/page/event", data=change)
    moved = google.control("GET", f"calendars/{ROOM_B}/events")[0]
    assert (moved["id"], moved["end"]) == (event["id"], {"date": "2026-03-11"})
    google.client.post("/page/event", data={"calendar": ROOM_B, "id": event["id"], "deed": "delete"})
    assert google.control("GET", f"calendars/{ROOM_B}/events") == []
    assert "Simulated Google Calendar" in google.client.get("/").text


def test_the_form_can_change_a_whole_series_from_one_instance(google: Google) -> None:
    google.control("POST", EVENTS, meeting(id="series0", recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"]))
    form = {"calendar": ROOM_A, "id": "series0_20260317T090000Z", "summary": "Later", "scope": "all"}
    google.client.post("/page/event", data={**form, "start": "2026-03-17T12:00", "end": "2026-03-17T13:00"})
    root = google.control("GET", f"{EVENTS}/series0")
    assert root["start"]["dateTime"] == "2026-03-10T12:00:00+01:00"
    form |= {"id": "series0_20260317T110000Z", "scope": "following"}
    google.client.post("/page/event", data={**form, "start": "2026-03-17T14:00", "end": "2026-03-17T15:00"})
    old, new = google.control("GET", EVENTS)
    assert (old["id"], new["start"]["dateTime"]) == ("series0", "2026-03-17T14:00:00+01:00")
    assert old["recurrence"][0].endswith("UNTIL=20260317T105959Z")
    assert at(10)["timeZone"] == root["start"]["timeZone"]
