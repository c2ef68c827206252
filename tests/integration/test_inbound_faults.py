"""Faults on the inbound way: one bad event never stops the others, a sick calendar cancels nothing."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from functions.application.intake.hints import Hint, Kind, task
from functions.domain.model.identity import calendar_hash
from tests.harness.place import ROOM_A, ROOM_B, Place

START, END = "2026-11-24T10:00", "2026-11-24T11:00"
LATER, LATER_END = "2026-11-24T14:00", "2026-11-24T15:00"


def minutes(place: Place, count: int) -> None:
    for _ in range(count):
        place.pass_time(59)
        place.tick()


def spoil(place: Place, event: str, **fields: Any) -> None:
    """Make Google show an event as no screen can make it; None takes a field away."""
    record = place.world.calendars[ROOM_A].records[event]
    record.resource = {name: value for name, value in {**record.resource, **fields}.items() if value is not None}


def parked(place: Place) -> list[str]:
    return [item["reason"] for item in place.api("GET", "/7/parked")]


def statuses(place: Place) -> list[int]:
    return [each["status_code"] for each in place.bookings()]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"start": None}, "no_start"),
        ({"end": None}, "no_end"),
        ({"start": {"dateTime": "4026-11-24T10:00:00Z"}, "end": {"dateTime": "4026-11-24T11:00:00Z"}}, ""),
        ({"start": {"dateTime": "2026-11-24T12:00:00Z"}}, "ends_before_start"),
        ({"start": {"dateTime": "yesterday"}}, "unreadable"),
        ({"start": 7}, "unreadable"),
    ],
    ids=["no start", "no end", "2,000 years ahead", "ends before it starts", "no time", "a number"],
)
def test_an_event_that_makes_no_sense_is_parked_and_the_others_go_on(
    place: Place, fields: dict[str, Any], reason: str
) -> None:
    place.activate()
    place.google("POST", "notifications", {"mode": "hold"})
    bad = place.draw(START, END)["id"]
    spoil(place, bad, **fields)
    place.draw(LATER, LATER_END)
    place.google("POST", "notifications/flush")
    place.settle()
    assert [each["from"] for each in place.bookings()] == [LATER]
    assert parked(place) == ([reason] if reason else [])  # what lies centuries away is no fault


def test_an_event_that_is_mended_is_parked_no_more(place: Place) -> None:
    place.activate()
    place.google("POST", "notifications", {"mode": "hold"})
    bad = place.draw(START, END)
    spoil(place, bad["id"], start={"dateTime": "2026-11-24T12:00:00Z"})
    place.google("POST", "notifications/flush")
    place.settle()
    assert parked(place) == ["ends_before_start"]
    spoil(place, bad["id"], start=bad["start"])
    place.google("POST", "notifications", {"mode": "deliver"})
    place.edit(bad["id"], summary="Nu goed")
    place.settle()
    assert len(place.bookings()) == 1
    assert parked(place) == []


def test_a_title_of_8_kb_and_a_thousand_guests_make_an_ordinary_booking(place: Place) -> None:
    place.activate()
    guests = [{"email": f"gast{number}@example.org"} for number in range(1000)]
    place.google("POST", "notifications", {"mode": "hold"})
    event = place.draw(START, END)["id"]
    spoil(place, event, summary="Vergadering " * 700, attendees=guests)
    place.google("POST", "notifications/flush")
    place.settle()
    assert [each["from"] for each in place.bookings()] == [START]


def test_an_event_of_an_unknown_type_is_left_alone(place: Place) -> None:
    place.activate()
    place.google("POST", "notifications", {"mode": "hold"})
    event = place.draw(START, END)["id"]
    spoil(place, event, eventType="somethingNew")
    place.draw(LATER, LATER_END)
    place.google("POST", "notifications/flush")
    place.settle()
    assert [each["from"] for each in place.bookings()] == [LATER]
    assert parked(place) == []


# times that the clock's change makes odd


def test_an_event_at_a_time_that_does_not_exist_becomes_a_booking_an_hour_later(tmp_path: Path) -> None:
    place = Place(tmp_path, datetime(2026, 3, 23, 8, tzinfo=UTC))
    place.activate()
    place.draw("2026-03-29T02:30", "2026-03-29T04:00")
    place.settle(60)
    (booking,) = place.bookings()
    assert (booking["from"], booking["till"]) == ("2026-03-29T03:30", "2026-03-29T04:00")
    place.forget()
    place.settle(300)
    assert "calendar.events.patch" not in place.calls()


@pytest.mark.parametrize("offset", ["+02:00", "+01:00"], ids=["first 02:30", "second 02:30"])
def test_an_event_at_a_time_that_exists_twice_comes_to_rest(tmp_path: Path, offset: str) -> None:
    place = Place(tmp_path, datetime(2026, 10, 19, 8, tzinfo=UTC))
    place.activate()
    start = {"dateTime": f"2026-10-25T02:30:00{offset}", "timeZone": "Europe/Amsterdam"}
    end = {"dateTime": "2026-10-25T04:00:00+01:00", "timeZone": "Europe/Amsterdam"}
    place.google("POST", f"calendars/{ROOM_A}/events", {"summary": "Nachtwerk", "start": start, "end": end})
    place.settle(60)
    (booking,) = place.bookings()
    assert (booking["from"], booking["till"]) == ("2026-10-25T02:30", "2026-10-25T04:00")
    place.forget()
    place.api("POST", "/7/resync")
    place.settle(60)
    assert [call for call in place.calls() if call.rpartition(".")[2] not in ("list", "get")] == []
    assert [call for call in place.ireserve_calls() if call.startswith("POST")] == []
    assert "02:30" in place.event()["start"]["dateTime"]


# calendars


def pairs(place: Place) -> None:
    place.activate(inbound={"follow": "all_mapped", "allow_booking_update": True})
    for hour in (10, 12, 14):
        place.book(f"2026-11-24T{hour}:00", f"2026-11-24T{hour}:45")
    place.draw("2026-11-24T16:00", "2026-11-24T16:45")
    place.settle()


@pytest.mark.parametrize("fault", ["deleted", "withdrawn"])
def test_a_calendar_that_is_gone_cancels_nothing_and_the_other_calendar_goes_on(place: Place, fault: str) -> None:
    pairs(place)
    if fault == "deleted":
        place.google("DELETE", f"calendars/{ROOM_A}")
    else:
        place.google("PATCH", f"calendars/{ROOM_A}", {"access_role": "none"})
    minutes(place, 40)
    place.draw(START, END, ROOM_B)
    place.settle(60)
    assert statuses(place) == [20] * 5
    assert len(place.events(ROOM_B)) == 1
    assert "calendar_gone" in parked(place)
    checks = place.api("GET", "/7/diagnostics")["checks"]
    assert any(each["level"] == "red" and each["subject"] == ROOM_A for each in checks)


def test_a_calendar_that_is_gone_is_asked_every_five_minutes_and_not_more(place: Place) -> None:
    pairs(place)
    place.google("PATCH", f"calendars/{ROOM_A}", {"access_role": "none"})
    minutes(place, 40)
    place.forget()
    minutes(place, 60)
    asked = [call for call in place.world.calls.log if call.api == "calendar.events.list" and "room-a" in call.path]
    assert len(asked) <= 13


def test_a_calendar_that_is_back_is_caught_up_with(place: Place) -> None:
    pairs(place)
    place.google("PATCH", f"calendars/{ROOM_A}", {"access_role": "none"})
    minutes(place, 40)
    place.draw("2026-11-24T18:00", "2026-11-24T18:45")
    place.google("PATCH", f"calendars/{ROOM_A}", {"access_role": "owner"})
    minutes(place, 6)
    place.settle(60)
    assert "2026-11-24T18:00" in [each["from"] for each in place.bookings()]
    assert "calendar_gone" not in parked(place)
    assert statuses(place) == [20] * 5


def test_an_emptied_calendar_cancels_nothing_without_a_person(place: Place) -> None:
    place.activate(inbound={"allow_booking_update": True})
    for day in range(1, 21):
        place.book(f"2026-12-{day:02}T10:00", f"2026-12-{day:02}T11:00")
    place.settle()
    for event in place.events():
        place.delete(event["id"])
    place.settle(600)
    assert statuses(place) == [20] * 20
    assert sum(len(item["bookings"]) for item in place.api("GET", "/7/held")) == 20


@pytest.mark.parametrize("how", ["the wait is long", "it was paused meanwhile"])
def test_nor_where_it_was_emptied_hours_ago(place: Place, how: str) -> None:
    grace = 7200 if how == "the wait is long" else 120
    place.activate(inbound={"allow_booking_update": True}, sync={"cancel_grace_seconds": grace})
    for day in range(1, 21):
        place.book(f"2026-12-{day:02}T10:00", f"2026-12-{day:02}T11:00")
    place.settle()
    for event in place.events():
        place.delete(event["id"])
    place.settle(30)
    if how == "it was paused meanwhile":
        place.api("POST", "/7/pause")
        place.settle(7200)
        place.api("POST", "/7/activate")
    place.settle(8000)
    assert statuses(place) == [20] * 20
    assert sum(len(item["bookings"]) for item in place.api("GET", "/7/held")) == 20


def test_a_calendar_made_read_only_still_tells_what_people_do_and_says_what_cannot_be_written(place: Place) -> None:
    pairs(place)
    place.google("PATCH", f"calendars/{ROOM_A}", {"access_role": "reader"})
    event = next(each["id"] for each in place.events() if each["start"]["dateTime"].startswith("2026-11-24T16"))
    place.drag(event, "2026-11-24T17:00", "2026-11-24T17:45")
    place.settle(60)
    assert "2026-11-24T17:00" in [each["from"] for each in place.bookings()]
    checks = place.api("GET", "/7/diagnostics")["checks"]
    assert any(each["level"] == "red" and each["subject"] == ROOM_A for each in checks)


def test_a_token_revoked_in_the_middle_of_a_pull_stops_the_calls_and_loses_nothing(place: Place) -> None:
    place.activate()
    place.google("POST", "pages", {"size": 2})
    place.google("POST", "notifications", {"mode": "hold"})
    for hour in range(8, 16):
        place.draw(f"2026-11-24T{hour:02}:00", f"2026-11-24T{hour:02}:45")
    deliver = place.tenant.deliver
    assert deliver is not None

    def revoke_then_deliver(url: str, body: Any) -> int:
        place.google("POST", "tokens/revoke", {})
        return deliver(url, body)

    place.tenant.deliver = revoke_then_deliver
    place.google("POST", "notifications/flush")
    place.settle(60)
    assert 0 < len(place.bookings()) < 8
    place.tenant.deliver = deliver
    place.forget()
    minutes(place, 5)
    assert place.calls() == []
    assert place.api("GET", "/7")["connection"]["dead"]
    place.connect()
    minutes(place, 35)
    place.settle(60)
    assert len(place.bookings()) == 8


def test_a_foreign_calendar_in_a_hint_is_dropped(place: Place) -> None:
    place.activate()
    place.forget()
    hint = Hint(Kind.CALENDAR, "7", (calendar_hash("somebody@example.org"),), "notification", place.now)
    place.tasks.put(task(hint, place.now, "now", 0))
    place.settle()
    assert place.calls() == []


# i-Reserve that says yes and does not do it


@pytest.mark.parametrize("origin", ["event", "booking"])
def test_an_i_reserve_that_says_yes_and_does_not_do_it_puts_the_event_back_and_says_so(
    place: Place, origin: str
) -> None:
    place.ireserve("PATCH", "dialect", {"refusal": "old_values"})
    place.activate(inbound={"allow_booking_update": True}, sync={"overlap_guard": "never"})
    place.book(LATER, LATER_END)
    if origin == "event":
        place.draw(START, END)
    else:
        place.book(START, END)
    place.settle()
    event = next(each for each in place.events() if each["start"]["dateTime"].startswith(START))
    place.drag(event["id"], LATER, LATER_END)
    place.settle(60)
    assert sorted(each["from"] for each in place.bookings()) == [START, LATER]
    after = next(each for each in place.events() if each["id"] == event["id"])
    assert after["start"] == event["start"]
    assert "i-Reserve nam de wijziging niet over" in after["description"]


def test_a_cancellation_that_is_answered_with_nonsense_is_done_in_the_end(place: Place) -> None:
    place.activate()
    place.draw(START, END)
    place.settle()
    place.ireserve("POST", "faults", {"method": "POST", "path": "hook/booking", "action": "garbage", "times": 3})
    place.delete(place.event()["id"])
    place.settle(900)
    assert statuses(place) == [70]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("action", ["reset", "status", "html"])
def test_a_fault_around_the_making_of_a_booking_makes_one(place: Place, when: str, action: str) -> None:
    place.activate()
    fault = {"method": "POST", "path": "hook/booking", "action": action, "when": when, "times": 1}
    place.ireserve("POST", "faults", fault)
    place.draw(START, END)
    place.settle(300)
    assert [each["from"] for each in place.bookings()] == [START]
    assert len(place.events()) == 1
