"""From shadow to active: what was only journalled is caught up with, nothing is lost and nothing is doubled."""

import pytest

from tests.harness.place import ROOM_B, Place
from tests.harness.tab import Tab

EARLY, EARLY_END = "2026-11-24T08:00", "2026-11-24T09:00"
START, END = "2026-11-24T10:00", "2026-11-24T11:00"
LATER, LATER_END = "2026-11-25T14:00", "2026-11-25T15:00"
OTHER, OTHER_END = "2026-11-26T16:00", "2026-11-26T17:00"


def shadow(place: Place) -> None:
    place.api("POST", "/7/activate?shadow=1")
    place.settle(60)


def night(place: Place) -> None:
    place.pass_time((26 - place.now.hour) % 24 * 3600)
    place.tick()
    place.settle(600)


def begins(place: Place) -> list[str]:
    """Return the local starts of the events in the room, in order."""
    return sorted(event["start"]["dateTime"][:16] for event in place.events())


def open_bookings(place: Place) -> list[str]:
    """Return the local starts of the bookings that are not cancelled, in order."""
    return sorted(booking["from"] for booking in place.bookings() if booking["status_code"] < 70)


@pytest.mark.parametrize("way", ["at once", "after a night"])
@pytest.mark.parametrize("backfill", ["all", "future", "none"])
def test_what_was_made_and_changed_in_shadow_is_there_once_when_it_becomes_active(
    place: Place, backfill: str, way: str
) -> None:
    place.book(EARLY, EARLY_END)
    place.save(sync={"backfill": backfill})
    place.connect()
    shadow(place)
    booking, gone = place.book(START, END), place.book(START, END, object_id=11)
    drawn, taken_back = place.draw(LATER, LATER_END)["id"], place.draw(START, END)["id"]
    place.settle(60)
    place.change(booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.change(gone, status_code=70)
    place.drag(drawn, OTHER, OTHER_END)
    place.delete(taken_back)
    place.settle(60)
    if way == "after a night":
        night(place)
    assert (begins(place), open_bookings(place)) == ([OTHER], [EARLY, "2026-11-24T12:00"])
    place.api("POST", "/7/activate")
    place.settle(300)
    before = [] if backfill == "none" else [EARLY]
    assert begins(place) == [*before, "2026-11-24T12:00", OTHER]
    assert open_bookings(place) == [EARLY, "2026-11-24T12:00", OTHER]
    place.api("POST", "/7/resync")
    place.settle(300)
    night(place)
    assert begins(place) == [*before, "2026-11-24T12:00", OTHER]
    assert len(place.bookings()) == 4
    assert place.api("GET", "/7/plan?refresh=1")["counts"] == {}
    assert place.events(ROOM_B) == []


def test_pairs_of_an_earlier_activation_that_people_changed_in_shadow_follow_when_it_becomes_active(
    place: Place,
) -> None:
    place.activate(inbound={"allow_booking_update": True})
    moved, cancelled, deleted, changed = (
        place.book(f"2026-11-24T{hour}:00", f"2026-11-24T{hour + 1}:00") for hour in (10, 12, 14, 16)
    )
    place.settle()
    place.api("POST", "/7/deactivate")
    shadow(place)
    place.drag(place.booking(moved)["external_id"], LATER, LATER_END)
    place.change(cancelled, status_code=70)
    place.delete(place.booking(deleted)["external_id"])
    place.change(changed, start=OTHER, end=OTHER_END)
    place.settle(60)
    night(place)
    place.api("POST", "/7/activate")
    place.settle(300)
    assert place.booking(moved)["from"] == LATER
    assert place.booking(deleted)["status_code"] == 70
    assert begins(place) == [LATER, OTHER]
    assert place.api("GET", "/7/plan?refresh=1")["counts"] == {}


def test_channels_and_webhooks_of_the_shadow_are_the_only_ones_when_it_becomes_active(place: Place) -> None:
    place.save()
    place.connect()
    shadow(place)
    place.forget()
    place.api("POST", "/7/activate")
    place.settle(60)
    assert [call for call in place.ireserve_calls() if "subscribe" in call] == []
    assert place.calls().count("calendar.events.watch") == place.calls().count("calendar.channels.stop")
    place.draw(START, END)
    place.settle(30)
    assert len(place.bookings()) == 1


def test_a_pause_in_shadow_ends_in_shadow(place: Place) -> None:
    place.save()
    place.connect()
    shadow(place)
    place.api("POST", "/7/pause")
    assert place.api("POST", "/7/activate")["state"] == "shadow"
    place.book(START, END)
    place.settle(60)
    assert place.events() == []
    assert place.api("POST", "/7/activate")["state"] == "active"
    place.settle(60)
    assert begins(place) == [START]


@pytest.mark.parametrize("former", ["shadow", "paused"])
def test_what_was_mended_in_google_is_not_called_stopped_once_it_is_activated(place: Place, former: str) -> None:
    place.save()
    place.connect()
    place.api("POST", f"/7/activate?shadow={former == 'shadow':d}")
    place.settle(60)
    place.google("POST", "faults", {"path": "/calendar/v3/", "status": 403, "reason": "SERVICE_DISABLED", "times": 99})
    place.drag(place.draw(START, END)["id"], LATER, LATER_END)
    place.settle(60)
    assert place.api("GET", "/7/diagnostics")["checks"][0]["level"] == "red"
    if former == "paused":
        place.api("POST", "/7/pause")
    place.google("DELETE", "faults")
    place.api("POST", "/7/activate")
    place.settle(30)
    assert place.api("GET", "/7/diagnostics")["checks"][0]["says"] == "active"
    assert begins(place) == [LATER]
    assert open_bookings(place) == [LATER]


@pytest.fixture
def paused(place: Place) -> Place:
    place.save()
    place.connect()
    shadow(place)
    place.api("POST", "/7/pause")
    return place


def test_resume_pressed_twice_leaves_shadow_shadow(paused: Place) -> None:
    tab = Tab(paused)
    for _ in range(2):
        assert tab.post("/console/integrations/7/resume").status_code == 303
        assert paused.api("GET", "/7")["state"] == "shadow"


def test_resume_on_an_old_page_activates_nothing_that_was_deactivated_since(paused: Place) -> None:
    paused.api("POST", "/7/deactivate")
    assert "paused integration can be resumed" in Tab(paused).post("/console/integrations/7/resume").text
    assert paused.api("GET", "/7")["state"] == "draft"


@pytest.mark.parametrize("first", [[], ["pause"]], ids=["active", "paused"])
def test_what_writes_already_is_not_said_to_be_in_shadow(place: Place, first: list[str]) -> None:
    place.activate()
    for deed in first:
        place.api("POST", f"/7/{deed}")
    before = place.api("GET", "/7")["state"]
    assert place.api("POST", "/7/activate?shadow=1", status=409)["reason"] == "past_shadow"
    assert place.api("GET", "/7")["state"] == before
