"""A webhook key is replaced: what uses the old one is made anew first, and a key in use cannot be dropped."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.application.ports import Addresses
from functions.application.store import integrations
from functions.application.sync.session import open_session
from functions.application.watching import key_rotation
from functions.domain.model.errors import Refused
from functions.domain.settings.integration import Integration
from tests.harness.place import ROOM_A, WEBHOOK_KEY, Place

NEW = "a-newer-webhook-key-of-the-tests"


def test_webhooks_and_channels_are_made_anew_with_the_newest_key_and_the_old_ones_go(place: Place) -> None:
    place.activate()
    hooks = {hook["id"]: hook["target_url"] for hook in place.ireserve("GET", "hooks")["hooks"]}
    place.ports.webhook_keys = (NEW, WEBHOOK_KEY)
    place.renew()
    place.renew()
    now = {hook["id"]: hook["target_url"] for hook in place.ireserve("GET", "hooks")["hooks"]}
    assert len(now) == 2
    assert not set(now) & set(hooks)
    place.ports.webhook_keys = (NEW,)
    key_rotation.refuse_dropped_keys(place.ports)
    place.book()
    place.settle()
    assert len(place.events(ROOM_A)) == 1
    place.draw("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    assert len(place.bookings()) == 2


def test_a_key_in_use_cannot_be_dropped(place: Place) -> None:
    place.activate()
    place.ports.webhook_keys = (NEW,)
    with pytest.raises(Refused, match="put it back"):
        key_rotation.refuse_dropped_keys(place.ports)
    check = next(c for c in place.api("GET", "/7/diagnostics")["checks"] if c["name"] == "hooks")
    assert check["level"] == "amber"


def test_a_key_that_only_channels_use_cannot_be_dropped_before_they_have_a_newer_one(place: Place) -> None:
    """As where i-Reserve does not let the service register webhooks."""
    place.ireserve("POST", "faults", {"path": "hook/subscribe", "status": 403, "times": -1})
    place.activate()
    place.ports.webhook_keys = (NEW,)
    with pytest.raises(Refused, match="put it back"):
        key_rotation.refuse_dropped_keys(place.ports)
    place.ports.webhook_keys = (NEW, WEBHOOK_KEY)
    place.renew()
    place.renew()
    place.ports.webhook_keys = (NEW,)
    key_rotation.refuse_dropped_keys(place.ports)
    place.draw("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    assert len(place.bookings()) == 1


def test_another_address_brings_webhooks_and_channels_there_with_the_next_renewal(place: Place) -> None:
    place.activate()
    moved = "https://moved.example.org"
    place.ports.addresses = Addresses(moved, moved, moved, moved)
    check = next(c for c in place.api("GET", "/7/diagnostics")["checks"] if c["name"] == "hooks")
    assert (check["level"], "former address" in check["says"]) == ("amber", True)
    place.renew()
    place.renew()
    assert [hook["target_url"].startswith(moved) for hook in place.ireserve("GET", "hooks")["hooks"]] == [True] * 2
    channels = [each for each in place.google("GET", "channels")["channels"] if each["live"]]
    assert {each["address"] for each in channels} == {f"{moved}/notifications/google"}
    check = next(c for c in place.api("GET", "/7/diagnostics")["checks"] if c["name"] == "hooks")
    assert check["level"] == "green"


@pytest.mark.parametrize("side", ["google", "ireserve"])
def test_a_rotation_that_fails_again_and_again_leaves_no_webhooks_behind(place: Place, side: str) -> None:
    place.activate()
    place.ports.webhook_keys = (NEW, WEBHOOK_KEY)
    if side == "google":
        place.google("POST", "faults", {"path": "/watch$", "method": "POST", "status": 503, "times": 50})
    else:
        place.ireserve("POST", "faults", {"path": "hook/subscribe/booking_updated", "status": 503, "times": 50})
    for _ in range(3):
        place.renew()
        place.pass_time(3600)
    hooks = {hook["id"] for hook in place.ireserve("GET", "hooks")["hooks"]}
    assert len(hooks) == 2
    place.google("DELETE", "faults")
    place.ireserve("DELETE", "faults")
    place.renew()
    now = {hook["id"] for hook in place.ireserve("GET", "hooks")["hooks"]}
    assert (len(now), now & hooks) == (2, set())


def test_an_activation_whose_second_webhook_fails_leaves_no_first_one_behind(place: Place) -> None:
    place.ireserve("POST", "faults", {"path": "hook/subscribe/booking_updated", "status": 503, "times": 50})
    place.activate()
    assert place.ireserve("GET", "hooks")["hooks"] == []
    place.ireserve("DELETE", "faults")
    place.api("POST", "/7/pause")
    place.api("POST", "/7/activate")
    assert len(place.ireserve("GET", "hooks")["hooks"]) == 2


def test_a_rotation_that_waits_for_i_reserve_opens_no_channels_meanwhile(place: Place) -> None:
    place.activate()
    channels = place.google("GET", "channels")["channels"]
    place.ports.webhook_keys = (NEW, WEBHOOK_KEY)
    place.ireserve("POST", "faults", {"path": "hook/subscribe", "status": 503, "times": 500})
    for _ in range(3):
        place.renew()
        place.settle(600)
    assert [each["id"] for each in place.google("GET", "channels")["channels"]] == [each["id"] for each in channels]


def interrupt(place: Place, by: Callable[[], object]) -> None:
    """Let something happen while the next webhook is made."""
    real, waiting = place.ports.outside.reservations, [by]

    class Slow:
        def __init__(self, integration: Integration) -> None:
            self._real = real(integration)

        def subscribe(self, event: str, address: str) -> str:
            made = self._real.subscribe(event, address)
            if waiting:
                waiting.pop()()
            return made

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

    place.ports.outside.reservations = Slow  # type: ignore[method-assign]  # for this test


def test_webhooks_that_a_rotation_makes_during_a_deactivation_do_not_stand_for_those_of_the_next_activation(
    place: Place,
) -> None:
    place.activate()
    place.ports.webhook_keys = (NEW, WEBHOOK_KEY)
    interrupt(place, lambda: place.api("POST", "/7/deactivate"))
    place.renew()
    assert (place.ireserve("GET", "hooks")["hooks"], integrations.get(place.ports.documents, "7").hooks) == ([], ())
    place.api("POST", "/7/activate")
    place.settle()
    place.book()
    place.settle()
    assert len(place.events(ROOM_A)) == 1


def test_webhooks_that_an_activation_makes_during_a_deactivation_are_removed(place: Place) -> None:
    place.save()
    place.connect()
    interrupt(place, lambda: place.api("POST", "/7/deactivate"))
    place.api("POST", "/7/activate")
    assert (place.ireserve("GET", "hooks")["hooks"], integrations.get(place.ports.documents, "7").hooks) == ([], ())


def test_of_two_rotations_at_once_the_webhooks_of_one_stay(place: Place) -> None:
    place.activate()
    place.ports.webhook_keys = (NEW, WEBHOOK_KEY)
    session = open_session(place.ports, integrations.get(place.ports.documents, "7"))
    interrupt(place, lambda: key_rotation.rotate(session))
    place.renew()
    kept = {hook["id"] for hook in place.ireserve("GET", "hooks")["hooks"]}
    assert kept == {hook.id for hook in integrations.get(place.ports.documents, "7").hooks}
    assert len(kept) == 2
