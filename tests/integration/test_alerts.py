"""What needs a person is told once, with what to do, and once more when it is over."""

from functions.adapters.net.alarm import Alarm
from tests.harness.place import Place


def told(place: Place) -> list[str]:
    return [alert.name for _, alert in place.told]


def running(place: Place) -> None:
    place.activate(alerts={"email": "beheer@example.org"}, language="en")
    place.tick()
    assert told(place) == []


def test_a_dead_token_is_told_once_and_once_more_when_it_is_over(place: Place) -> None:
    running(place)
    place.google("POST", "tokens/revoke", {})
    place.book()
    place.settle()
    for _ in range(3):
        place.pass_time(60)
        place.tick()
    assert told(place) == ["token_dead"]
    assert "Step 1" in place.told[0][1].text
    place.connect()
    place.settle()
    place.tick()
    assert told(place) == ["token_dead", "token_dead_over"]
    assert len(place.events()) == 1


def test_calls_to_i_reserve_stop_when_it_refuses_the_login_and_catch_up_after_mending(place: Place) -> None:
    running(place)
    place.ireserve("PATCH", "users/api_calendar", {"password": "other"})
    place.book()
    place.settle()
    place.forget()
    place.book("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle(300)
    assert place.ireserve_calls() == []
    place.tick()
    assert told(place) == ["ireserve_refused"]
    place.save(secrets={"ireserve_password": "other"}, alerts={"email": "beheer@example.org"}, language="en")
    place.settle(60)
    place.tick()
    assert told(place)[-1] == "ireserve_refused_over"
    assert len(place.events()) == 2


def test_an_address_without_a_mail_server_is_warned_of_once_and_not_each_minute(place: Place) -> None:
    running(place)
    place.ports.alarm = Alarm("", "", allow_private=True)
    place.ireserve("PATCH", "users/api_calendar", {"password": "other"})
    place.book()
    place.settle()
    for _ in range(3):
        place.pass_time(60)
        place.tick()
    unsent = [line for line in place.log if line["event"] == "alert_not_sent"]
    assert [(line["severity"], line["reason"]) for line in unsent] == [("WARNING", "no_smtp")]


def test_an_hour_without_a_sync_is_told(place: Place) -> None:
    running(place)
    place.google("POST", "faults", {"path": "/events", "status": 503, "reason": "backendError", "times": 1000})
    place.ireserve("POST", "faults", {"path": "filter", "status": 500, "times": 1000})
    for _ in range(8):
        place.pass_time(600)
        place.tick()
        place.settle(30)
    assert "no_sync" in told(place)


def test_a_calendar_that_cannot_notify_is_told(place: Place) -> None:
    rows = [{"object": "10", "calendar": "silent@group.calendar.google.com"}]
    silent = {"id": "silent@group.calendar.google.com", "account": "planner@example.org", "summary": "S", "push": False}
    place.google("POST", "calendars", {**silent, "access_role": "owner", "time_zone": "Europe/Amsterdam"})
    place.activate(alerts={"webhook_url": "https://alerts.example.org/hook"}, mapping=rows)
    place.tick()
    assert told(place) == ["no_channel"]
