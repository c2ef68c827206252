"""A webhook key is replaced: what uses the old one is made anew first, and a key in use cannot be dropped."""

import pytest

from functions.application.ports import Addresses
from functions.application.watching import key_rotation
from functions.domain.model.errors import Refused
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
