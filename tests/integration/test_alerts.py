"""What needs a person is told once, with what to do, and once more when it is over."""

import pytest

from functions.adapters.net.alarm import Alarm
from functions.application.diagnosing import alerts
from functions.application.ports import Alert
from functions.domain.model.errors import Transient
from functions.domain.settings.schema import AlertSettings
from tests.harness.place import PRODUCT, Place
from tests.harness.tab import Tab

HOOK = "https://chat.example.org/hook?key=opens"
SCREEN = "/console/integrations/7/sync"


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
    assert "Look at the diagnostics" in place.told[0][1].text  # it may not need a new consent
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


def test_what_waited_to_be_tried_again_when_a_login_was_refused_is_caught_up_with_as_well(place: Place) -> None:
    """No list of changes shows such an event again: it waited for the night."""
    running(place)
    moved = place.draw("2026-11-24T10:00", "2026-11-24T11:00")["id"]
    place.settle()
    place.ireserve("POST", "faults", {"path": "booking", "status": 500, "times": 1000})
    place.drag(moved, "2026-11-24T14:00", "2026-11-24T15:00")
    place.draw("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle(8)
    place.ireserve("PATCH", "users/api_calendar", {"password": "other"})
    place.ireserve("DELETE", "faults")
    place.settle(300)
    place.tick()
    assert told(place) == ["ireserve_refused"]
    place.save(secrets={"ireserve_password": "other"}, alerts={"email": "beheer@example.org"}, language="en")
    place.settle(60)
    assert sorted(each["from"] for each in place.bookings()) == ["2026-11-24T14:00", "2026-11-25T10:00"]


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


def test_a_message_goes_to_the_other_address_where_one_does_not_take_it(place: Place) -> None:
    place.activate(alerts={"email": "beheer@example.org", "webhook_url": HOOK}, language="en")
    place.tick()
    taken = []

    def send(where: AlertSettings, alert: Alert) -> None:
        if where.webhook_url:
            raise Transient("no", reason="http_400")
        taken.append(alert.name)

    place.ports.alarm.send = send  # type: ignore[method-assign]
    place.google("POST", "tokens/revoke", {})
    place.book()
    place.settle()
    for _ in range(3):
        place.pass_time(60)
        place.tick()
    assert taken == ["token_dead"]
    assert [line["reason"] for line in place.log if line["event"] == "alert_not_sent"] == ["http_400"]


def test_an_alert_is_called_by_its_name_in_the_integrations_language(place: Place) -> None:
    place.activate(alerts={"email": "beheer@example.org"}, name="Noord")
    place.google("POST", "tokens/revoke", {})
    place.book()
    place.settle()
    place.tick()
    place.connect()
    place.settle()
    place.tick()
    assert [alert.title for _, alert in place.told] == [
        "Noord: Google is niet verbonden",
        "Noord: voorbij: Google is niet verbonden",
    ]


def test_a_test_is_sent_from_beside_each_address_as_it_is_typed(place: Place) -> None:
    place.save(language="en", name="Noord")
    tab = Tab(place)
    page = tab.change(SCREEN, **{"do": "try.email", "alerts.email": "beheer@example.org", "alerts.webhook_url": HOOK})
    assert "Sent. Look whether it has arrived." in page.text
    assert 'value="beheer@example.org"' in page.text
    tab.change(SCREEN, **{"do": "try.webhook_url", "alerts.email": "x", "alerts.webhook_url": HOOK})
    assert [(where, alert.title) for where, alert in place.told] == [
        ("beheer@example.org", "Noord: test message"),
        (HOOK, "Noord: test message"),
    ]
    assert place.api("GET", "/7")["alerts"]["email"] == ""


def test_a_test_that_is_not_taken_says_why(place: Place) -> None:
    place.save()
    place.ports.alarm = Alarm("", "", allow_private=False)
    tab = Tab(place)
    page = tab.change(SCREEN, **{"do": "try.email", "alerts.email": "beheer@example.org"})
    assert page.status_code == 422
    assert "No mail server is set" in page.text
    page = tab.change(SCREEN, **{"do": "try.webhook_url", "alerts.webhook_url": "https://10.0.0.1/hook?key=opens"})
    assert page.status_code == 422
    assert "10.0.0.1 leads to an address that this service does not connect to" in page.text
    assert "opens" not in "".join(map(str, place.log))
    for typed in ("", "beheer"):
        page = tab.change(SCREEN, **{"do": "try.email", "alerts.email": typed})
        assert page.status_code == 422
        assert 'href="#f-alerts.email"' in page.text, "the fault leads to its field"


def test_the_api_sends_a_test_to_the_addresses_that_are_set(place: Place) -> None:
    place.save(alerts={"email": "beheer@example.org", "webhook_url": HOOK, "webhook_form": "slack"})
    assert place.api("POST", "/7/alerts/test") == {"sent": True}
    assert [alert.name for _, alert in place.told] == ["test"]
    place.save()
    place.api("POST", "/7/alerts/test", status=422)


def test_a_message_leads_to_the_screen_that_it_names_and_asks_nothing_once_it_is_over(place: Place) -> None:
    running(place)
    place.ireserve("PATCH", "users/api_calendar", {"password": "other"})
    place.book()
    place.settle()
    place.tick()
    place.save(secrets={"ireserve_password": "other"}, alerts={"email": "beheer@example.org"}, language="en")
    place.settle(60)
    place.tick()
    (_, begun), (_, ended) = place.told
    assert begun.link == ended.link == f"{PRODUCT}/console/integrations/7/ireserve"
    assert "on the screen i-Reserve" in begun.text
    assert ended.text == "This is over; there is nothing left to do."


@pytest.mark.parametrize("screen", sorted(set(alerts.SCREENS.values())))
def test_each_screen_that_a_message_leads_to_is_there(place: Place, screen: str) -> None:
    place.activate()
    page, _, section = screen.partition("#")
    answer = Tab(place).get(f"/console/integrations/7/{page}")
    assert answer.status_code == 200
    assert not section or f'id="{section}"' in answer.text
