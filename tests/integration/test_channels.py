"""Channels: every followed calendar has one, or is polled; a notification proves itself without a read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from werkzeug.test import Client

from functions.application.ports import Documents, Task
from functions.application.store import calendars
from functions.domain.model.errors import Transient
from functions.domain.model.identity import calendar_hash
from tests.harness.place import HOLIDAYS, PRODUCT, ROOM_A, ROOM_B, Place

NOTIFICATIONS = "/notifications/google"


def channels(place: Place) -> list[dict[str, Any]]:
    return [each for each in place.google("GET", "channels")["channels"] if each["live"]]


def says(place: Place, calendar: str) -> tuple[str, str]:
    checks = place.api("GET", "/7/diagnostics")["checks"]
    return next(
        (each["level"], each["says"]) for each in checks if (each["name"], each["subject"]) == ("channel", calendar)
    )


def unreachable(_address: str, _headers: Mapping[str, str]) -> int:
    return 404  # what a wrong public address answers; Google gives up at once


def message(place: Place, calendar: str = ROOM_A, **changes: str) -> dict[str, str]:
    channel = next(each for each in channels(place) if each["calendar"] == calendar)
    sent = {
        "X-Goog-Channel-Token": place.world.channels.open[channel["id"]].token or "",
        "X-Goog-Channel-ID": channel["id"],
        "X-Goog-Resource-State": "exists",
    }
    return {**sent, **{name.replace("_", "-"): value for name, value in changes.items()}}


def test_activation_opens_a_channel_for_every_mapped_calendar(place: Place) -> None:
    place.activate()
    assert sorted(each["calendar"] for each in channels(place)) == [ROOM_A, ROOM_B]
    for calendar in (ROOM_A, ROOM_B):
        level, sentence = says(place, calendar)
        assert level == "green"
        assert "30-11-2026" in sentence


def test_a_channel_is_stored_before_its_first_message_which_may_come_before_the_answer(place: Place) -> None:
    place.google("POST", "notifications", {"mode": "deliver", "sync_before_answer": True})
    place.activate()
    assert says(place, ROOM_A)[0] == "green"
    assert [line for line in place.log if line.get("reason") == "unknown_channel"] == []


def test_a_channel_without_its_first_message_is_not_live_and_its_calendar_is_polled(place: Place) -> None:
    place.world.deliver = unreachable
    place.activate()
    level, sentence = says(place, ROOM_A)
    assert level == "amber"
    assert "polled every 60 s" in sentence
    place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    place.pass_time(60)
    place.tick()
    assert len(place.bookings()) == 1


def test_a_channel_that_never_spoke_is_opened_anew_within_two_hours(place: Place) -> None:
    reachable, place.world.deliver = place.world.deliver, unreachable
    place.activate()
    silent = {each["id"] for each in channels(place)}
    place.world.deliver = reachable
    place.pass_time(3700)
    place.renew()
    place.settle()
    assert says(place, ROOM_A)[0] == "green"
    assert silent.isdisjoint(each["id"] for each in channels(place))


def test_renewal_opens_the_new_channel_first_and_stops_the_old_one_once_the_new_one_lives(place: Place) -> None:
    place.activate()
    old = {each["id"] for each in channels(place)}
    place.pass_time(timedelta(days=4, hours=23).total_seconds())
    place.forget()
    place.renew()
    assert place.calls() == []
    place.pass_time(3 * 3600)
    reachable, place.world.deliver = place.world.deliver, unreachable
    place.renew()
    assert "calendar.channels.stop" not in place.calls()
    assert old < {each["id"] for each in channels(place)}
    assert len(channels(place)) == 4
    place.world.deliver = reachable
    for channel in channels(place):
        place.google("POST", f"channels/{channel['id']}/notify", {"state": "sync"})
    place.settle()
    assert len(channels(place)) == 2
    assert old.isdisjoint(each["id"] for each in channels(place))


def test_renewing_a_hundred_times_leaves_one_channel_per_calendar(place: Place) -> None:
    place.activate()
    for _ in range(100):
        place.pass_time(4 * 3600)
        place.renew()
    assert sorted(each["calendar"] for each in channels(place)) == [ROOM_A, ROOM_B]


def test_a_channel_that_google_gives_for_hours_only_is_renewed_halfway_and_not_every_hour(place: Place) -> None:
    place.activate()
    opened = place.now
    for watch in channels(place):
        place.world.channels.open[watch["id"]].expires = opened + timedelta(hours=8)
    for calendar in (ROOM_A, ROOM_B):
        calendars.change(
            place.documents,
            "7",
            calendar,
            lambda state: replace(
                state, channels=tuple(replace(each, expires=opened + timedelta(hours=8)) for each in state.channels)
            ),
        )
    place.forget()
    place.pass_time(3 * 3600)
    place.renew()
    assert "calendar.events.watch" not in place.calls()
    place.pass_time(2 * 3600)
    place.renew()
    assert place.calls().count("calendar.channels.stop") == 2


def test_deactivation_stops_the_channels_before_a_disconnect(place: Place) -> None:
    place.activate()
    place.api("POST", "/7/disconnect", status=409)
    place.api("POST", "/7/deactivate")
    assert channels(place) == []
    place.api("POST", "/7/disconnect")


def test_a_calendar_that_cannot_notify_is_polled_and_diagnostics_says_so(place: Place) -> None:
    place.google("PATCH", f"calendars/{ROOM_B}", {"push": False})
    place.activate(inbound={"follow": "all_mapped"}, sync={"poll_seconds": 120})
    level, sentence = says(place, ROOM_B)
    assert level == "grey"  # nobody can or needs to settle it
    assert "polled every 120 s" in sentence
    assert "pushNotSupportedForRequestedResource" in sentence
    place.draw("2026-11-24T10:00", "2026-11-24T11:00", ROOM_B)
    place.pass_time(60)
    place.tick()
    assert place.bookings() == []
    place.pass_time(60)
    place.tick()
    assert [each["object_id"] for each in place.bookings()] == [11]


def test_an_id_that_google_has_already_is_replaced_by_another(place: Place) -> None:
    fault = {"path": "watch", "status": 400, "reason": "channelIdNotUnique", "times": 1}
    place.google("POST", "faults", fault)
    place.activate()
    assert sorted(each["calendar"] for each in channels(place)) == [ROOM_A, ROOM_B]
    assert says(place, ROOM_A)[0] == "green"


def test_an_overloaded_google_does_not_stop_the_activation_and_the_channel_comes_later(place: Place) -> None:
    place.google("POST", "faults", {"path": "watch", "status": 503, "times": 1})
    activated = place.activate()
    assert activated["without_channel"] == [ROOM_A]
    place.pass_time(3600)
    place.renew()
    place.settle()
    assert says(place, ROOM_A)[0] == "green"


def test_a_calendar_that_is_not_mapped_any_more_loses_its_channel(place: Place) -> None:
    place.activate()
    place.save(mapping=[{"object": "10", "calendar": ROOM_A}])
    place.renew()
    assert [each["calendar"] for each in channels(place)] == [ROOM_A]


class _Closed:
    """A store that must not be asked."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(f"the store was asked: {name}")


def test_a_notification_is_verified_without_a_read_of_the_store(place: Place) -> None:
    place.activate()
    sent = message(place)
    blind = Client(place.app(place.compose(cast("Documents", _Closed()))))
    assert blind.post(NOTIFICATIONS, base_url=PRODUCT, headers=sent).status_code == 202
    assert blind.post(NOTIFICATIONS, base_url=PRODUCT, headers={**sent, "X-Goog-Channel-Token": "x"}).status_code == 401


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="missing"),
        pytest.param(f"7.{calendar_hash(ROOM_A)}.{'0' * 40}", id="forged"),
        pytest.param(f"7.{calendar_hash(ROOM_A)}", id="truncated"),
        pytest.param(f"8.{calendar_hash(ROOM_A)}.", id="foreign"),
        pytest.param("é.é.é", id="not ASCII"),
    ],
)
def test_a_token_that_proves_nothing_is_answered_401_without_detail(place: Place, token: str) -> None:
    place.activate()
    answer = place.request("POST", NOTIFICATIONS, headers=message(place, X_Goog_Channel_Token=token))
    assert (answer.status_code, answer.data) == (401, b"")
    assert place.settle(0) == 0


def test_the_token_of_one_calendar_or_channel_does_not_serve_another(place: Place) -> None:
    place.activate()
    first, second = message(place, ROOM_A), message(place, ROOM_B)
    mixed = {**first, "X-Goog-Channel-ID": second["X-Goog-Channel-ID"]}
    assert place.request("POST", NOTIFICATIONS, headers=mixed).status_code == 401


def test_a_message_of_a_stopped_channel_is_accepted_and_ignored(place: Place) -> None:
    place.activate()
    old = message(place)
    place.pass_time(timedelta(days=6).total_seconds())
    place.renew()
    place.settle(300)
    place.forget()
    assert place.request("POST", NOTIFICATIONS, headers=old).status_code == 202
    place.settle()
    assert place.calls() == []
    assert place.log[-1]["reason"] == "unknown_channel"


def test_a_message_of_a_stopped_channel_does_not_swallow_one_of_the_live_channel(place: Place) -> None:
    place.activate()
    old = message(place)
    place.pass_time(timedelta(days=6).total_seconds())
    place.renew()
    place.settle(300)
    place.google("POST", "notifications", {"mode": "hold"})
    place.draw("2026-11-30T10:00", "2026-11-30T11:00")
    place.request("POST", NOTIFICATIONS, headers=old)
    place.request("POST", NOTIFICATIONS, headers=message(place))
    place.settle()
    assert len(place.bookings()) == 1


def test_an_unknown_resource_state_is_a_hint_like_any_other_and_is_noted(place: Place) -> None:
    place.activate()
    place.google("POST", "notifications", {"mode": "drop"})
    place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    assert (
        place.request("POST", NOTIFICATIONS, headers=message(place, X_Goog_Resource_State="novel")).status_code == 202
    )
    place.settle()
    assert len(place.bookings()) == 1
    assert any(line["event"] == "unknown_state" for line in place.log)


def test_a_message_without_a_state_is_malformed(place: Place) -> None:
    place.activate()
    answer = place.request("POST", NOTIFICATIONS, headers=message(place, X_Goog_Resource_State=""))
    assert answer.status_code == 400


class _Full:
    """A queue that takes nothing."""

    def put(self, *_tasks: Task) -> bool:
        raise Transient("the queue is away", reason="store_away")


def test_a_hint_that_cannot_be_stored_is_answered_503_so_that_google_tries_again(place: Place) -> None:
    place.activate()
    sent = message(place)
    tasks, place.ports.tasks = place.ports.tasks, _Full()
    assert place.request("POST", NOTIFICATIONS, headers=sent).status_code == 503
    place.ports.tasks = tasks
    assert place.request("POST", NOTIFICATIONS, headers=sent).status_code == 202


def test_holidays_can_be_read_only_and_are_no_calendar_to_map(place: Place) -> None:
    place.save(mapping=[{"object": "10", "calendar": HOLIDAYS}])
    place.connect()
    said = place.api("POST", "/7/activate", status=409)
    assert HOLIDAYS in str(said)


def test_a_channel_that_google_does_not_stop_keeps_no_new_one_from_being_opened(place: Place) -> None:
    place.activate()
    fault = {"path": "channels/stop", "method": "POST", "status": 403, "reason": "forbidden", "times": 1000}
    place.google("POST", "faults", fault)
    for _ in range(20):
        place.pass_time(24 * 3600)
        place.renew()
        place.settle(5)
    assert {each["calendar"] for each in channels(place)} == {ROOM_A, ROOM_B}
    assert place.api("GET", "/7/parked") == []
