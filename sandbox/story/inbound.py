"""What people do in the calendar reaches i-Reserve, or goes back and says why."""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sandbox.stage import ROOM_A
from sandbox.story.tale import Tale, below_the_line, held, spell, starts, times

HALL, PLANNER, GUEST = "c_hall@resource.calendar.google.com", "planner@example.org", "guest@example.org"


def an_event_becomes_a_booking(tale: Tale) -> Iterator[str]:
    """An event that a person makes in Google becomes a booking on the inbound object."""
    day = tale.new_day()
    event = tale.draw(day, "10:00", "11:00", summary="Bestuursvergadering", description="Agenda volgt")
    booking = tale.wait_for_booking(event)
    held(booking["object_id"] == 10 and booking["status_code"] == 20, f"the booking: {booking}")
    held(booking["from"] == f"{day}T10:00", f"it starts {booking['from']}")
    yield f"Bestuursvergadering -> booking {booking['id']}: Zaal A, 20-OPEN, {booking['from'][11:]}–{booking['till'][11:]}"
    yield f"its remarks: {booking['remarks']!r}; its external_id is the event's"


def dragged_it_moves(tale: Tale) -> Iterator[str]:
    """Dragged in Google, the booking moves along."""
    day = tale.new_day()
    event = tale.draw(day, "10:00", "11:00")
    booking = tale.wait_for_booking(event)
    tale.drag(event, day, "15:00", "16:30")
    after = tale.wait_for_booking_time(str(booking["id"]), day, "15:00")
    held(after["till"] == f"{day}T16:30", f"it ends {after['till']}")
    yield f"booking {booking['id']}: 10:00–11:00 -> {after['from'][11:]}–{after['till'][11:]}"


def onto_a_taken_slot_it_goes_back(tale: Tale) -> Iterator[str]:
    """Dragged onto a taken slot, the event goes back and says why."""
    day = tale.new_day()
    event = tale.draw(day, "10:00", "11:00")
    booking = tale.wait_for_booking(event)
    taken = tale.book(day, "13:00", "14:00")
    tale.wait_for_event(taken)
    tale.drag(event, day, "13:00", "14:00")
    back = tale.wait("the reason", lambda: _told(tale, event))
    held(starts(back) == f"{day}T10:00", f"it is at {spell(back)}")
    held(tale.stage.read_booking(str(booking["id"]))["from"] == f"{day}T10:00", "the booking moved")
    yield f"back at {spell(back)}, under the line: {below_the_line(back)}"


def what_i_reserve_lets_through_the_guard_refuses(tale: Tale) -> Iterator[str]:
    """The API user may save bookings that conflict: i-Reserve would double the room, the guard refuses it."""
    tale.stage.control("ireserve", "PATCH", "users/api_calendar", {"overrides": ["conflict"]})
    tale.change_settings(sync={"overlap_guard": "always"})
    day = tale.new_day()
    event = tale.draw(day, "10:00", "11:00")
    booking = tale.wait_for_booking(event)
    tale.wait_for_event(tale.book(day, "13:00", "14:00"))
    tale.drag(event, day, "13:30", "14:30")
    back = tale.wait("the reason", lambda: _told(tale, event))
    held(starts(back) == f"{day}T10:00", f"it is at {spell(back)}")
    held(tale.stage.read_booking(str(booking["id"]))["from"] == f"{day}T10:00", "the room is booked twice")
    tale.stage.control("ireserve", "PATCH", "users/api_calendar", {"overrides": []})
    yield f"dragged onto 13:30–14:30: back at {spell(back)}, {below_the_line(back)}"


def _told(tale: Tale, event: str) -> Any:
    found = next((each for each in tale.stage.events(ROOM_A) if each["id"] == event), None)
    return found if found is not None and "i-Reserve weigert" in str(found.get("description")) else None


def without_allow_booking_update_it_goes_back(tale: Tale) -> Iterator[str]:
    """A booking of i-Reserve's own is dragged: with `Allow booking update` off the event goes back, with it on it moves."""
    day = tale.new_day()
    booking = tale.book(day, "10:00", "11:00")
    event = tale.wait_for_event(booking)
    tale.drag(event["id"], day, "16:00", "17:00")
    back = tale.wait("the reason", lambda: (e := tale.event_of(booking)) and "⚠" in e["description"] and e)
    held(starts(back) == f"{day}T10:00", f"it is at {spell(back)}")
    held(tale.stage.read_booking(booking)["from"] == f"{day}T10:00", "the booking moved")
    yield f"off: back at {spell(back)}, {below_the_line(back)}"
    tale.change_settings(inbound={"allow_booking_update": True})
    time.sleep(1)  # a pull under way still uses the former settings
    tale.drag(event["id"], day, "16:00", "17:00")
    after = tale.wait_for_booking_time(booking, day, "16:00")
    yield f"on: booking {booking} is at {after['from'][11:]}–{after['till'][11:]}"


def a_series_of_ten_is_shifted(tale: Tale) -> Iterator[str]:
    """A series of ten, shifted by half an hour: ten bookings move, none is cancelled, none is made."""
    day = tale.new_day()
    root = tale.draw(day, "19:00", "20:00", summary="Koor", recurrence=["RRULE:FREQ=WEEKLY;COUNT=10"])
    before = tale.wait("ten bookings", lambda: _of_series(tale, day, "19:00", 10))
    yield f"ten bookings, {before[0]['from'][:10]} to {before[-1]['from'][:10]}"
    tale.edit(root, **times(day, "19:30", "20:30"))
    after = tale.wait("ten bookings moved", lambda: _of_series(tale, day, "19:30", 10))
    held([each["id"] for each in before] == [each["id"] for each in after], "they are other bookings")
    held(all(each["status_code"] == 20 for each in after), "one was cancelled")
    held(not _of_series(tale, day, "19:00", 1), "one stayed behind")
    yield f"all at 19:30, wall clock, with the same numbers {after[0]['id']}…{after[-1]['id']}"


def _of_series(tale: Tale, first: date, start: str, count: int) -> list[Any]:
    weeks = {f"{first + timedelta(weeks=n)}T{start}" for n in range(10)}
    found = [each for each in tale.bookings() if each["from"] in weeks and each["remarks"].startswith("Koor")]
    return sorted(found, key=lambda each: str(each["from"])) if len(found) == count else []


def a_deleted_event_cancels_after_the_grace(tale: Tale) -> Iterator[str]:
    """A deleted event cancels its booking once the grace is over, not before."""
    event = tale.draw(tale.new_day(), "10:00", "11:00")
    booking = str(tale.wait_for_booking(event)["id"])
    tale.bin(event)
    states = tale.wait("grace", lambda: _state(tale, booking) == "grace" and tale.stage.read_booking(booking))
    held(states["status_code"] == 20, f"in the grace the booking is at {states['status_code']}")
    tale.wait("the cancellation", lambda: tale.stage.read_booking(booking)["status_code"] == 70)
    yield f"booking {booking}: in the grace of 2 s still 20-OPEN, then 70-CANCELLED"


def _state(tale: Tale, booking: str) -> str:
    found = tale.stage.api("GET", f"/7/links?booking={booking}")
    return str(found[0]["state"]) if found else ""


def a_room_is_taken_by_inviting_it(tale: Tale) -> Iterator[str]:
    """Inviting a room of Google Workspace makes a booking; another invitation to the same hours is declined."""
    tale.stage.control("google", "POST", "calendars", {"id": HALL, "account": PLANNER, "accepts": False})
    rows = tale.stage.api("GET", "/7")["mapping"]
    tale.change_mapping([*rows, {"object": "101", "calendar": HALL}])
    tale.change_settings(inbound={"invitations": "resources", "follow": "all_mapped"})
    day = tale.new_day()
    event = tale.draw(day, "10:00", "11:00", GUEST, summary="Toernooi", attendees=[{"email": HALL}])
    taken = tale.wait("the booking of the room", lambda: _of_room(tale, day))
    tale.wait("the room's yes", lambda: _answer(tale, event).get("responseStatus") == "accepted")
    yield f"Toernooi invites the room -> booking {taken['id']} of object 101, and the room accepts"
    second = tale.draw(day, "10:00", "11:00", GUEST, summary="Clinic", attendees=[{"email": HALL}])
    no = tale.wait("the room's no", lambda: (a := _answer(tale, second))["responseStatus"] == "declined" and a)
    yield f"Clinic at the same hours: declined, {no['comment']!r}; neither event was written"
    tale.change_mapping(rows)


def _of_room(tale: Tale, day: date) -> Any:
    return next((b for b in tale.bookings() if b["object_id"] == 101 and b["from"] == f"{day}T10:00"), None)


def _answer(tale: Tale, event: str) -> Any:
    found = next(each for each in tale.stage.events(GUEST) if each["id"] == event)
    return next(each for each in found["attendees"] if each["email"] == HALL)


STEPS = (
    an_event_becomes_a_booking,
    dragged_it_moves,
    onto_a_taken_slot_it_goes_back,
    what_i_reserve_lets_through_the_guard_refuses,
    without_allow_booking_update_it_goes_back,
    a_series_of_ten_is_shifted,
    a_deleted_event_cancels_after_the_grace,
    a_room_is_taken_by_inviting_it,
)
