"""Two integrations side by side: one is broken, the other is unharmed."""

from collections.abc import Callable

import pytest

from tests.harness.place import GUEST, HOLIDAYS, PASSWORD, PLANNER, ROOM_A, ROOM_B, Place

Break = Callable[[Place], None]


def both(place: Place) -> None:
    """Activate 7 for object 10 as the planner, and 8 for object 12 as another person with a calendar of their own."""
    place.save(mapping=[{"object": "10", "calendar": ROOM_A}], sync={"backfill": "none"})
    place.connect()
    place.ireserve("PATCH", "users/second", {"password": "second"})
    secrets = {"google_client_secret": "sandbox-secret", "ireserve_password": "second"}
    place.save(
        "8",
        ireserve={"username": "second"},
        secrets=secrets,
        mapping=[{"object": "12", "calendar": "primary"}],
        sync={"backfill": "none"},
    )
    place.connect("8", account=GUEST)
    for int_id in ("7", "8"):
        place.api("POST", f"/{int_id}/activate")
    place.settle()


def google_revoked(place: Place) -> None:
    place.google("POST", "tokens/revoke", {"account": PLANNER})


def calendar_deleted(place: Place) -> None:
    place.google("DELETE", f"calendars/{ROOM_A}")


def calendar_forbidden(place: Place) -> None:
    place.google("PATCH", f"calendars/{ROOM_A}", {"access_role": "none"})


def ireserve_password(place: Place) -> None:
    place.ireserve("PATCH", "users/api_calendar", {"password": "changed"})


def paused(place: Place) -> None:
    place.api("POST", "/7/pause")


@pytest.mark.parametrize("breaks", [google_revoked, calendar_deleted, calendar_forbidden, ireserve_password, paused])
def test_a_broken_integration_leaves_the_other_unharmed(place: Place, breaks: Break) -> None:
    both(place)
    breaks(place)
    hurt = place.book()
    fine = place.book(object_id=12)
    place.settle()
    assert place.event(GUEST)["summary"] == f"Zaal C - {fine}"
    assert place.booking(fine)["external_id"] == place.event(GUEST)["id"]
    assert place.booking(hurt)["external_id"] == ""
    lags = [line["lag_seconds"] for line in place.log if line["event"] == "change_applied" and line["int_id"] == "8"]
    assert max(float(str(lag)) for lag in lags) < 2
    assert place.api("GET", "/8/parked") == []


def test_a_broken_integration_catches_up_once_it_is_mended(place: Place) -> None:
    both(place)
    google_revoked(place)
    hurt = place.book()
    place.settle()
    diagnosis = place.api("GET", "/7/diagnostics")
    assert diagnosis["level"] == "red"
    assert "Step 1" in str([check["mend"] for check in diagnosis["checks"] if check["level"] == "red"])
    assert place.api("GET", "/8/diagnostics")["level"] != "red"
    place.connect("7")
    place.settle(60)
    place.tick()
    place.settle(60)
    assert place.event(ROOM_A)["summary"] == f"Zaal A - {hurt}"


def test_the_same_webhook_to_both_becomes_one_event_in_the_one_that_maps_the_object(place: Place) -> None:
    both(place)
    booking = place.book(object_id=12)
    place.settle(60)
    assert place.events(ROOM_A) == []
    assert place.events(ROOM_B) == []
    assert place.event(GUEST)["summary"] == f"Zaal C - {booking}"


def test_the_webhook_token_of_one_is_worth_nothing_at_the_other(place: Place) -> None:
    both(place)
    hooks = place.ireserve("GET", "hooks")["hooks"]
    token = next(str(hook["target_url"]).split("token=")[1] for hook in hooks if "/bookings/7?" in hook["target_url"])
    assert place.request("POST", f"/bookings/8?token={token}", data="{}").status_code == 401
    assert place.request("POST", f"/bookings/7?token={token}", data="{}").status_code == 202


def test_secrets_of_one_are_not_those_of_the_other(place: Place) -> None:
    both(place)
    assert place.api("GET", "/8")["connection"]["account"] == GUEST
    assert PASSWORD != "second"
    users = {call["user"] for call in place.tenant.calls.since(0)}
    assert users == {"api_calendar", "second"}
    assert HOLIDAYS not in str(place.api("GET", "/8/calendars"))
