"""What others see of a booking: of a hall in its halves, in a public calendar, of a request."""

import time
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote

from sandbox.stage import ROOM_A, ROOM_B
from sandbox.story.tale import INT_ID, Tale, below_the_line, held, spell, starts

HALL = "hall@group.calendar.google.com"
PUBLIC = "website@group.calendar.google.com"
WAITING = 15  # a status of this venue alone, which no list names
BANANA = "5"  # Google's number of that colour
LABEL = {"id": "l-1", "name": "Toernooi", "backgroundColor": "#039be5"}


def a_hall_takes_its_halves(tale: Tale) -> Iterator[str]:
    """The hall is booked: its halves show it as occupied, preparation included; who drags that away finds it back."""
    tale.stage.control("google", "POST", "calendars", {"id": HALL, "account": "planner@example.org"})
    rows = tale.stage.api("GET", f"/{INT_ID}")["mapping"]
    hall = {"object": "12", "calendar": HALL, "also": [ROOM_A, ROOM_B], "before_minutes": 30, "around": "events"}
    tale.change_mapping([*rows, hall])
    day = tale.new_day()
    booking = tale.book(day, "10:00", "12:00", object_id=12)
    tale.wait_for_event(booking, HALL)
    halves = [tale.wait("the halves", partial(_taken, tale, room, day)) for room in (ROOM_A, ROOM_B)]
    yield f"booking {booking} of Zaal C: in both halves {halves[0]['summary']} {spell(halves[0])}"
    before = [tale.wait("the preparation", partial(_prepared, tale, room, day)) for room in (HALL, ROOM_A, ROOM_B)]
    yield f"in all three {before[0]['summary']} {spell(before[0])}; the booking starts at 10:00 still"
    tale.drag(halves[0]["id"], day, "15:00", "17:00")
    back = tale.wait("the reason", lambda: (e := _taken(tale, ROOM_A, day)) and "⚠" in e["description"] and e)
    held(tale.stage.read_booking(booking)["from"] == f"{day}T10:00", "the booking moved")
    yield f"dragged away in Room A: back at {spell(back)}, {below_the_line(back)}"
    tale.stage.change_booking(booking, status_code=70)
    signs = (_taken, _prepared)
    tale.wait("nothing left", lambda: not any(shown(tale, room, day) for shown in signs for room in (ROOM_A, ROOM_B)))
    tale.change_mapping(rows)
    yield "cancelled: gone from all three"


def _taken(tale: Tale, room: str, day: date) -> Any:
    return _at(tale, room, f"{day}T10:00", "Bezet")


def _prepared(tale: Tale, room: str, day: date) -> Any:
    return _at(tale, room, f"{day}T09:30", "Voorbereiding")


def _at(tale: Tale, calendar: str, start: str, title: str) -> Any:
    found = (e for e in tale.stage.events(calendar, expand=True) if e.get("summary") == title)
    return next((e for e in found if starts(e) == start), None)


def a_public_calendar_says_taken_and_no_more(tale: Tale) -> Iterator[str]:
    """A public calendar shows that a room is taken, and nothing else; once its row shows all, the event is rewritten."""
    tale.stage.control("google", "POST", "calendars", {"id": PUBLIC, "account": "planner@example.org"})
    rows = tale.stage.api("GET", f"/{INT_ID}")["mapping"]
    tale.change_mapping([*rows, {"object": "12", "calendar": PUBLIC, "shows": "booked"}])
    booking = tale.book(tale.new_day(), "10:00", "11:00", object_id=12, remarks="Koffie", customer_id=2)
    event = tale.wait_for_event(booking, PUBLIC)
    held(event["summary"] == "Bezet", f"title: {event['summary']}")
    held("Koffie" not in str(event) and not event.get("attendees"), "it shows more")
    yield f"booking {booking} with a remark and a guest: {event['summary']} {spell(event)}, no text, no guest"
    tale.change_mapping([*rows, {"object": "12", "calendar": PUBLIC}])
    full = tale.wait("the text", lambda: (e := tale.event_of(booking, PUBLIC)) and "Koffie" in str(e) and e)
    held(full["id"] == event["id"], "it is another event")
    yield f"the row shows all: the same event is {full['summary']}"
    tale.stage.change_booking(booking, status_code=70)
    tale.wait("the event to go", lambda: not tale.stage.events(PUBLIC))
    tale.change_mapping(rows)


def a_status_in_no_list_is_decided_once(tale: Tale) -> Iterator[str]:
    """A status that no list names: it is listed with its name and its bookings; once decided, they get their events."""
    known = tale.stage.control("ireserve", "GET", "statuses")["statuses"]
    own = {"code": WAITING, "name": "wachtlijst"}
    tale.stage.control("ireserve", "PUT", "statuses", {"statuses": [*known, own]})
    before = tale.stage.api("GET", f"/{INT_ID}")["outbound"]
    day = tale.new_day()
    bookings = [tale.book(day, f"{hour}:00", f"{hour + 1}:00", status_code=WAITING) for hour in (10, 12)]
    found = _in_use(tale, WAITING)
    held((found["name"], found["bookings"], found["list"]) == (own["name"], 2, "none"), f"it is listed as {found}")
    held(not any(tale.event_of(each) for each in bookings), "one has an event")
    yield f"in use: {found['name']} ({WAITING}), {found['bookings']} bookings, in no list: no events"
    tale.change_settings(outbound={"tentative_on_status": [*before["tentative_on_status"], WAITING]})
    events = [tale.wait_for_event(each) for each in bookings]
    held(all(each["status"] == "tentative" for each in events), "they are not tentative")
    held(_in_use(tale, WAITING)["list"] == "tentative", "it is still in no list")
    yield f"decided, tentative: {' and '.join(each['summary'] for each in events)} stand there, tentative"
    time.sleep(2)  # a change within a second of the resync that wrote their ids waits for a sweep
    for each in bookings:
        tale.stage.change_booking(each, status_code=70)
    tale.wait("the events to go", lambda: not any(tale.event_of(each) for each in bookings))
    tale.change_settings(outbound=before)


def _in_use(tale: Tale, status: int) -> Any:
    """Return what is listed of a status."""
    listed = tale.stage.api("GET", f"/{INT_ID}/statuses")["found"]
    return next((each for each in listed if each["status"] == status), {"name": "", "bookings": 0, "list": ""})


def a_request_is_tentative_until_confirmed(tale: Tale) -> Iterator[str]:
    """A request is a tentative event in a colour; confirmed with its booking, it carries a label of the calendar."""
    tale.stage.control("google", "PATCH", f"calendars/{quote(ROOM_A)}", {"labels": [LABEL]})
    before = tale.stage.api("GET", f"/{INT_ID}")["outbound"]
    statuses = {"create_on_status": [20, 30, 40], "tentative_on_status": [10]}
    colours = {"colour_by": "status", "colours": {"10": "banana", "30": LABEL["name"]}, "use_labels": True}
    tale.change_settings(outbound={**statuses, **colours})
    booking = tale.book(tale.new_day(), "10:00", "11:00", status_code=10)
    asked = tale.wait("a tentative event", lambda: _looking(tale, booking, "tentative", colorId=BANANA))
    yield f"booking {booking} at status 10: {asked['summary']} is tentative, in banana"
    tale.stage.change_booking(booking, status_code=30)
    sure = tale.wait("the confirmation", lambda: _looking(tale, booking, "confirmed", eventLabelId=LABEL["id"]))
    held(sure["id"] == asked["id"], "it is another event")
    yield f"to 30: the same event is confirmed, labelled {LABEL['name']}"
    tale.change_settings(outbound=before)


def _looking(tale: Tale, booking: str, status: str, **style: str) -> Any:
    """Return the event of a booking once it looks like this."""
    event = tale.event_of(booking)
    return event and {"status": status, **style}.items() <= event.items() and event


STEPS = (
    a_hall_takes_its_halves,
    a_public_calendar_says_taken_and_no_more,
    a_status_in_no_list_is_decided_once,
    a_request_is_tentative_until_confirmed,
)
