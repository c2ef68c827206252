"""Watch channels: opening, messages, and how these go astray."""

from __future__ import annotations

from typing import Any

import pytest
from google_in_process import HOLIDAYS, ROOM_A, ROOM_B, Google, at, meeting
from googleapiclient.errors import HttpError

ADDRESS = "https://product.example.org/notifications/google"


@pytest.fixture
def google() -> Google:
    return Google()


@pytest.fixture
def calendar(google: Google) -> Any:
    return google.calendar()


def watch(calendar: Any, channel: str = "channel-1", calendar_id: str = ROOM_A, **fields: Any) -> Any:
    body = {"id": channel, "type": "web_hook", "address": ADDRESS, "token": "secret", **fields}
    return calendar.events().watch(calendarId=calendar_id, body=body).execute()


def refusal(calendar: Any, **fields: Any) -> tuple[int, str]:
    with pytest.raises(HttpError) as refused:
        watch(calendar, **fields)
    details: Any = refused.value.error_details
    return refused.value.status_code, details[0]["reason"]


def change(calendar: Any) -> None:
    calendar.events().insert(calendarId=ROOM_A, body=meeting()).execute()


def states(google: Google) -> list[str]:
    return [headers["X-Goog-Resource-State"] for _, headers in google.sent]


def numbers(google: Google) -> list[int]:
    return [int(headers["X-Goog-Message-Number"]) for _, headers in google.sent]


def test_a_channel_says_sync_first_and_then_exists_with_rising_numbers(google: Google, calendar: Any) -> None:
    channel = watch(calendar)
    change(calendar)
    change(calendar)
    assert states(google) == ["sync", "exists", "exists"]
    assert numbers(google)[0] == 1
    assert sorted(set(numbers(google))) == numbers(google)
    assert numbers(google) != [1, 2, 3]
    address, headers = google.sent[-1]
    assert address == ADDRESS
    assert headers["X-Goog-Channel-ID"] == "channel-1"
    assert headers["X-Goog-Channel-Token"] == "secret"
    assert headers["X-Goog-Resource-ID"] == channel["resourceId"]
    assert headers["X-Goog-Resource-URI"] == channel["resourceUri"]
    assert headers["X-Goog-Channel-Expiration"] == "Mon, 09 Mar 2026 08:00:00 GMT"


def test_the_expiration_is_a_string_of_milliseconds_and_bounded(google: Google, calendar: Any) -> None:
    now = int(google.clock.now.timestamp())
    day = 86_400
    assert watch(calendar)["expiration"] == str((now + 7 * day) * 1000)
    assert watch(calendar, "channel-2", params={"ttl": "3600"})["expiration"] == str((now + 3600) * 1000)
    far = str((now + 90 * day) * 1000)
    assert watch(calendar, "channel-3", expiration=far)["expiration"] == str((now + 30 * day) * 1000)


def test_what_cannot_be_watched_is_refused(google: Google, calendar: Any) -> None:
    watch(calendar)
    assert refusal(calendar) == (400, "channelIdNotUnique")
    assert refusal(calendar, channel="c2", calendar_id=HOLIDAYS) == (400, "pushNotSupportedForRequestedResource")
    assert refusal(calendar, channel="c3", address="http://product.example.org/") == (401, "push.webhookUrlNotHttps")
    assert refusal(calendar, channel="c4", calendar_id="gone@example.org") == (404, "notFound")
    assert refusal(calendar, channel="c" * 65)[0] == 400
    watch(calendar, "c5", address="http://127.0.0.1:8080/notifications/google")
    assert google.violations() == []


def test_a_stopped_or_expired_channel_is_silent(google: Google, calendar: Any) -> None:
    channel = watch(calendar)
    other = google.calendar(account="guest@example.org")
    body = {"id": "channel-1", "resourceId": channel["resourceId"]}
    with pytest.raises(HttpError) as refused:
        other.channels().stop(body=body).execute()
    assert refused.value.status_code == 404
    calendar.channels().stop(body=body).execute()
    watch(calendar, "channel-2", ROOM_B)
    google.control("POST", "channels/channel-2/expire")
    google.sent.clear()
    change(calendar)
    assert google.sent == []
    assert [c["live"] for c in google.control("GET", "channels")["channels"]] == [False, False]


def test_messages_are_dropped_doubled_delayed_and_held_as_switched(google: Google, calendar: Any) -> None:
    watch(calendar)
    google.sent.clear()
    for mode, expected in [("drop", 0), ("double", 2), ("delay", 0), ("hold", 0)]:
        google.sent.clear()
        google.control("POST", "notifications", {"mode": mode, "seconds": 30})
        change(calendar)
        assert len(google.sent) == expected
    change(calendar)
    google.clock.forward(seconds=30)
    assert google.control("POST", "notifications/flush", {"order": "reverse"}) == {"flushed": 2}
    assert len(google.sent) == 3
    assert numbers(google)[1] > numbers(google)[2]


def test_a_message_that_fails_for_the_moment_is_tried_again(google: Google, calendar: Any) -> None:
    google.answer = 503
    watch(calendar)
    google.answer = 200
    google.control("GET", "clock")
    assert len(google.sent) == 1
    google.clock.forward(seconds=1)
    assert google.world.channels.pump() == 1
    deliveries = google.control("GET", "deliveries")["deliveries"]
    assert [message["status"] for message in deliveries] == [503, 200]
    google.answer = 404
    change(calendar)
    assert google.control("GET", "deliveries")["waiting"] == []


def test_a_message_can_be_made_up(google: Google, calendar: Any) -> None:
    watch(calendar)
    google.control("POST", "channels/channel-1/notify", {"state": "not_exists"})
    assert states(google) == ["sync", "not_exists"]


def test_what_a_person_does_is_told_too(google: Google, calendar: Any) -> None:
    watch(calendar)
    event = google.control("POST", f"calendars/{ROOM_A}/events", meeting())
    google.control("DELETE", f"calendars/{ROOM_A}/events/{event['id']}")
    assert states(google) == ["sync", "exists", "exists"]


def test_one_deed_is_told_once_however_many_instances_it_changes(google: Google, calendar: Any) -> None:
    watch(calendar)
    body = meeting(id="series0", recurrence=["RRULE:FREQ=DAILY"])
    calendar.events().insert(calendarId=ROOM_A, body=body).execute()
    shifted = {"start": at(14), "end": at(15)}
    calendar.events().patch(calendarId=ROOM_A, eventId="series0", body=shifted).execute()
    assert states(google) == ["sync", "exists", "exists"]
