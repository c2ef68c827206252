"""Create Google Meet link, and Field for Meet link: at once, later, never, refused by the calendar."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.harness.deeds import active, changed, faults, levels, made, writes
from tests.harness.place import ROOM_A, Place, example
from tests.harness.tab import Tab

MEET: dict[str, Any] = {"create_meet_link": True, "meet_link_field": "custom02"}


def meet_field(place: Place, booking: str) -> str:
    return str(place.booking(booking)["custom"].get("02", ""))


def test_create_meet_link_left_out_makes_none(place: Place) -> None:
    active(place)
    booking, event = made(place)
    assert "hangoutLink" not in event
    assert "conferenceData" not in event
    assert place.booking(booking)["custom"] == {}


def test_create_meet_link_makes_one_with_the_event_in_one_call(place: Place) -> None:
    active(place, **MEET)
    booking = place.book()
    place.forget()
    place.settle()
    event = place.event()
    assert event["hangoutLink"].startswith("https://meet.google.com/")
    assert writes(place) == ["calendar.events.insert"]
    assert meet_field(place, booking) == event["hangoutLink"]


def test_meet_link_field_is_written_together_with_the_id(place: Place) -> None:
    active(place, **MEET)
    booking = place.book()
    place.forget()
    place.do_one()
    assert place.ireserve_calls() == [f"GET booking/{booking}", "POST hook/booking/"]
    assert meet_field(place, booking)


def test_meet_link_field_left_out_is_a_fault_when_meet_is_on(place: Place) -> None:
    assert "Meet link" in faults(place, outbound={"create_meet_link": True})["outbound.meet_link_field"]


@pytest.mark.parametrize("name", ["remarks", "customer", "custom"])
def test_meet_link_field_must_be_a_custom_field(place: Place, name: str) -> None:
    outbound = {"create_meet_link": True, "meet_link_field": name}
    assert "custom02" in faults(place, outbound=outbound)["outbound.meet_link_field"]


def test_meet_link_field_must_be_another_one_than_the_ids(place: Place) -> None:
    outbound = {**MEET, "external_id_field": "custom02"}
    assert "another field" in faults(place, outbound=outbound)["outbound.meet_link_field"]


def test_a_new_time_keeps_the_meet_link(place: Place) -> None:
    active(place, **MEET)
    booking, event = made(place)
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    assert place.event()["hangoutLink"] == event["hangoutLink"]
    assert meet_field(place, booking) == event["hangoutLink"]


def test_a_pending_meet_link_is_looked_for_again_and_written_when_ready(place: Place) -> None:
    place.google("POST", "meet", {"mode": "pending", "seconds": 20})
    place.google("POST", "notifications", {"mode": "drop"})
    active(place, **MEET)
    booking, event = made(place)
    assert "hangoutLink" not in event
    assert meet_field(place, booking) == ""
    place.settle(40)
    assert meet_field(place, booking) == place.event()["hangoutLink"]
    place.forget()
    place.settle(700)
    assert place.calls() == []


def test_a_meet_link_that_stays_pending_is_given_up_and_the_event_stays(place: Place) -> None:
    place.google("POST", "meet", {"mode": "pending", "seconds": 100_000})
    active(place, **MEET)
    booking, event = made(place)
    place.settle(1200)
    place.forget()
    place.settle(1200)
    assert place.calls() == []
    assert place.event()["id"] == event["id"]
    assert [each["why"] for each in place.journal() if each["step"] == "Lacking"] == ["no_meet"]
    assert levels(place)["meet"] == "amber"
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    assert place.event()["start"]["dateTime"] == "2026-11-24T12:00:00+01:00"


def test_a_meet_link_that_google_fails_to_make_leaves_the_event_without(place: Place) -> None:
    place.google("POST", "meet", {"mode": "failure"})
    active(place, **MEET)
    booking, event = made(place)
    place.settle(60)
    assert meet_field(place, booking) == ""
    assert place.booking(booking)["external_id"] == event["id"]
    place.forget()
    place.settle(600)
    assert place.calls() == []
    says = f"1 event has no Meet link, that of booking {booking}: Google made none"
    assert says in [each["says"] for each in place.api("GET", "/7/diagnostics")["checks"]]
    assert "Google made no Meet link." in Tab(place).seen("/console/integrations/7/journal")


def test_a_calendar_that_refuses_meet_gets_the_event_without_and_diagnostics_say_so(place: Place) -> None:
    place.google("PATCH", f"calendars/{quote(ROOM_A)}", {"meet": "forbidden"})
    active(place, **MEET)
    booking, event = made(place)
    assert event["summary"] == f"Zaal A - {booking}"
    assert place.booking(booking)["external_id"] == event["id"]
    assert place.api("GET", "/7/parked") == []
    assert levels(place)["calendar"] == "amber"
    place.forget()
    changed(place, booking, remarks="andere tekst")
    assert place.event()["description"].startswith("andere tekst")
    assert writes(place) == ["calendar.events.patch"]


def test_a_calendar_that_refuses_meet_later_keeps_following(place: Place) -> None:
    active(place, **MEET)
    booking, event = made(place)
    place.google("PATCH", f"calendars/{quote(ROOM_A)}", {"meet": "forbidden"})
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    assert place.event()["start"]["dateTime"] == "2026-11-24T12:00:00+01:00"
    assert place.event()["hangoutLink"] == event["hangoutLink"]


def test_a_meet_link_that_i_reserve_does_not_show_is_written_once(place: Place) -> None:
    active(place, **{**MEET, "meet_link_field": "custom99"})
    booking, event = made(place)
    assert event["hangoutLink"]
    place.forget()
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    assert [call for call in place.ireserve_calls() if call.startswith("POST")] == []


def test_a_meet_link_stays_when_it_is_switched_off(place: Place) -> None:
    active(place, **MEET)
    booking, event = made(place)
    settings = place.api("GET", "/7")
    off = {**example("7"), "outbound": {**settings["outbound"], "create_meet_link": False}}
    place.api("PUT", "/7?apply=all", {**off, "sync": settings["sync"]})
    place.settle(60)
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00", remarks="zonder Meet")
    after = place.event()
    assert after["description"].startswith("zonder Meet")
    assert after["hangoutLink"] == event["hangoutLink"]
    assert meet_field(place, booking) == event["hangoutLink"]


def test_a_meet_link_that_the_user_may_not_write_is_asked_for_once_and_again_once_the_right_was_given(
    place: Place,
) -> None:
    place.google("POST", "meet", {"mode": "pending", "seconds": 20})
    active(place, **MEET)
    booking, _ = made(place)
    place.ireserve("PATCH", "users/api_calendar", {"write": False})
    place.forget()
    place.settle(3600)
    assert place.ireserve_calls().count("POST hook/booking/") == 1
    assert place.api("GET", "/7/parked") == []
    place.ireserve("PATCH", "users/api_calendar", {"write": True})
    place.pass_time((26 - place.now.hour) % 24 * 3600)
    place.tick()
    place.settle(7200)
    assert meet_field(place, booking) == place.event()["hangoutLink"]
