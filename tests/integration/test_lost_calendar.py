"""A calendar that was deleted, or that the account may no longer see: its bookings stay, and what cannot be done waits.

Of an event in it Google answers as of one that is not there: 404 `notFound`.
https://developers.google.com/workspace/calendar/api/guides/errors#404_not_found
"""

from typing import Any

import pytest

from functions.application.finding.find import find
from tests.harness.place import ROOM_A, ROOM_B, Place, example

WAYS = ("deleted", "withdrawn")
TEXTS = {"title_template": "{REMARKS}"}
MEANT = {"allow_booking_update": True}


def lose(place: Place, how: str, calendar: str = ROOM_A) -> None:
    if how == "deleted":
        place.google("DELETE", f"calendars/{calendar}")
    else:
        place.google("PATCH", f"calendars/{calendar}", {"access_role": "none"})


def give_back(place: Place, calendar: str = ROOM_A) -> None:
    place.google("PATCH", f"calendars/{calendar}", {"access_role": "owner"})


def days(place: Place, hours: int) -> None:
    """Let hours go by with their rounds."""
    for _ in range(hours * 4):
        place.tick()
        place.settle(900)


def waiting(place: Place, booking: str) -> list[str]:
    """Return why a booking is parked."""
    subject = [booking]
    return [each["reason"] for each in place.api("GET", "/7/parked") if each["subject"] == subject]


@pytest.fixture
def active(place: Place) -> Place:
    place.activate(outbound=TEXTS, inbound=MEANT)
    return place


CHANGES: dict[str, dict[str, Any]] = {
    "its text": {"remarks": "Bridge"},
    "its time": {"start": "2026-11-24T12:00", "end": "2026-11-24T13:00"},
    "its places": {"number": 3},
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("how", WAYS)
def test_a_booking_that_is_changed_meanwhile_is_not_cancelled(active: Place, how: str, change: str) -> None:
    place = active
    booking = place.book(remarks="Yoga")
    place.settle()
    lose(place, how)
    place.change(booking, **CHANGES[change])
    place.settle(300)
    place.api("POST", "/7/resync")
    days(place, 2)
    assert place.booking(booking)["status_code"] == 20
    assert place.api("GET", "/7/held") == []


@pytest.mark.parametrize("change", CHANGES)
def test_nor_is_one_of_whose_calendar_the_account_sees_only_when_it_is_taken(active: Place, change: str) -> None:
    place = active
    booking = place.book(remarks="Yoga")
    place.settle()
    place.google("PATCH", f"calendars/{ROOM_A}", {"access_role": "freeBusyReader"})
    place.google("POST", "faults", {"path": "/events/", "status": 404, "reason": "notFound", "times": 10_000})
    place.change(booking, **CHANGES[change])
    place.settle(300)
    place.api("POST", "/7/resync")
    days(place, 2)
    assert (place.booking(booking)["status_code"], place.api("GET", "/7/held")) == (20, [])
    place.google("DELETE", "faults")
    give_back(place)
    place.api("POST", "/7/resync")
    days(place, 5)
    assert place.event()["summary"] == CHANGES[change].get("remarks", "Yoga")
    assert waiting(place, booking) == []


@pytest.mark.parametrize("change", ["its text", "its time"])
def test_a_change_made_meanwhile_is_caught_up_with_once_the_calendar_is_back(active: Place, change: str) -> None:
    place = active
    booking = place.book(remarks="Yoga")
    place.settle()
    event = place.event()["id"]
    lose(place, "withdrawn")
    place.change(booking, **CHANGES[change])
    place.settle(300)
    assert waiting(place, booking) == ["calendar_gone"]
    give_back(place)
    place.api("POST", "/7/resync")
    days(place, 1)
    now = place.event()
    asked = CHANGES[change]
    assert now["id"] == event
    assert now["summary"] == asked.get("remarks", "Yoga")
    assert asked.get("start", "2026-11-24T10:00") in now["start"]["dateTime"]
    assert waiting(place, booking) == []


@pytest.mark.parametrize("how", WAYS)
def test_bookings_of_a_room_that_gets_another_calendar_have_their_events_there(active: Place, how: str) -> None:
    place = active
    bookings = [place.book(f"2026-11-24T{hour}:00", f"2026-11-24T{hour}:30", remarks="Yoga") for hour in (10, 12)]
    place.settle()
    lose(place, how)
    place.settle(300)
    meant = example("7", outbound=TEXTS, inbound=MEANT, mapping=[{"object": "10", "calendar": ROOM_B}])
    place.api("PUT", "/7?apply=all", meant)
    days(place, 1)
    assert [place.booking(each)["status_code"] for each in bookings] == [20, 20]
    shown = {each["id"] for each in place.events(ROOM_B)}
    assert {place.booking(each)["external_id"] for each in bookings} == shown
    assert len(shown) == 2


@pytest.mark.parametrize("how", WAYS)
def test_a_new_booking_waits_and_says_that_its_calendar_is_out_of_reach(active: Place, how: str) -> None:
    place = active
    lose(place, how)
    booking = place.book()
    place.settle(300)
    days(place, 6)
    assert waiting(place, booking) == ["calendar_gone"]
    assert find(place.ports, "7", booking).verdict == "parked"
    told = [each for each in place.journal() if each["booking_id"] == booking]
    assert {(each["step"], each["outcome"], each["reason"]) for each in told} == {
        ("InsertEvent", "refused", "calendar_gone")
    }
    if how == "withdrawn":
        give_back(place)
        days(place, 25)
        assert place.booking(booking)["external_id"] == place.event()["id"]
        assert waiting(place, booking) == []


@pytest.mark.parametrize("how", WAYS)
def test_a_booking_that_goes_to_a_room_whose_calendar_is_out_of_reach_waits(active: Place, how: str) -> None:
    place = active
    booking = place.book(object_id=11)
    place.settle()
    lose(place, how)
    place.change(booking, object_id=10)
    place.settle(300)
    assert waiting(place, booking) == ["calendar_gone"]
    assert place.booking(booking)["status_code"] == 20
    assert place.booking(booking)["external_id"] == place.event(ROOM_B)["id"]


def test_the_event_of_a_booking_that_is_cancelled_meanwhile_goes_once_the_calendar_is_back(active: Place) -> None:
    place = active
    booking = place.book()
    place.settle()
    lose(place, "withdrawn")
    place.change(booking, status_code=70)
    place.settle(300)
    assert waiting(place, booking) == ["calendar_gone"]
    give_back(place)
    place.api("POST", f"/7/parked/{place.api('GET', '/7/parked')[0]['id']}/retry")
    days(place, 1)
    assert place.events() == []


@pytest.mark.parametrize("by", ["the service", "a person"])
def test_the_event_of_a_booking_that_leaves_its_room_meanwhile_goes_once_the_calendar_is_back(
    active: Place, by: str
) -> None:
    """It goes to an object without a calendar, so that nothing takes the event's place."""
    place = active
    if by == "the service":
        place.book()
    else:
        place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    booking = str(place.bookings()[0]["id"])
    event = place.event()["id"]
    lose(place, "withdrawn")
    place.change(booking, object_id=12)
    place.settle(300)
    assert waiting(place, booking) == ["calendar_gone"]
    give_back(place)
    place.api("POST", "/7/resync")
    days(place, 1)
    assert (place.events(), waiting(place, booking)) == ([], [])
    place.change(booking, object_id=10)
    place.settle()
    assert place.event()["id"] == event


def test_a_booking_that_left_its_room_waits_no_longer_once_nothing_is_mapped_to_the_calendar_that_is_gone(
    active: Place,
) -> None:
    place = active
    booking = place.book()
    place.settle()
    lose(place, "deleted")
    place.change(booking, object_id=12)
    place.settle(300)
    place.api("PUT", "/7?apply=all", example("7", mapping=[{"object": "10", "calendar": ROOM_B}]))
    days(place, 2)
    assert waiting(place, booking) == []


@pytest.mark.parametrize("how", WAYS)
def test_a_booking_whose_calendar_is_out_of_reach_is_not_called_in_step(active: Place, how: str) -> None:
    place = active
    booking = place.book()
    place.settle()
    lose(place, how)
    found = find(place.ports, "7", booking)
    assert found.verdict == "unreadable"
    assert "no such calendar" in found.trouble


@pytest.mark.parametrize("how", WAYS)
def test_a_cancellation_that_waits_is_not_carried_out_once_the_calendar_is_out_of_reach(
    active: Place, how: str
) -> None:
    place = active
    booking = place.book()
    place.settle()
    place.delete(place.event()["id"])
    place.settle(20)
    lose(place, how)
    place.settle(600)
    assert place.booking(booking)["status_code"] == 20
    assert waiting(place, booking) == ["calendar_gone"]


def test_occupied_hours_come_back_once_in_a_calendar_that_is_back(place: Place) -> None:
    place.activate(mapping=[{"object": "10", "calendar": ROOM_A, "also": [ROOM_B]}])
    booking = place.book()
    place.settle()
    lose(place, "withdrawn", ROOM_B)
    place.change(booking, **CHANGES["its time"])
    place.settle(300)
    assert "12:00" in place.event()["start"]["dateTime"]
    assert waiting(place, booking) == ["calendar_gone"]
    give_back(place, ROOM_B)
    place.api("POST", "/7/resync")
    days(place, 1)
    assert "12:00" in place.event(ROOM_B)["start"]["dateTime"]


def test_a_pair_whose_event_and_calendar_are_both_gone_ends_with_its_booking_once_the_room_has_another(
    active: Place,
) -> None:
    place = active
    booking = place.book()
    place.settle()
    lose(place, "deleted")
    place.change(booking, status_code=70)
    place.settle(300)
    meant = example("7", outbound=TEXTS, inbound=MEANT, mapping=[{"object": "10", "calendar": ROOM_B}])
    place.api("PUT", "/7?apply=all", meant)
    days(place, 2)
    assert waiting(place, booking) == []
    assert place.events(ROOM_B) == []
