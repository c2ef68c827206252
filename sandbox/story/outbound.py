"""A booking becomes an event and stays in step with it."""

from collections.abc import Iterator
from typing import Any

import requests

from sandbox.stage import ROOM_A, ROOM_B
from sandbox.story.tale import INT_ID, Tale, below_the_line, held, spell, starts


def a_new_booking_becomes_an_event(tale: Tale) -> Iterator[str]:
    """A new booking becomes an event with title, description, reminders, guest and Meet; both ids are written back."""
    booking = tale.book(tale.new_day(), "10:00", "11:00", remarks="Yoga voor beginners", customer_id=2)
    event = tale.wait_for_event(booking)
    kept = tale.wait("the Meet address at the booking", lambda: _with_meet(tale, booking))
    held(event["summary"] == f"Zaal A - {booking}", f"title: {event['summary']}")
    held(str(event["description"]).startswith("Yoga voor beginners"), f"description: {event['description']}")
    reminders = {each["method"]: each["minutes"] for each in event["reminders"]["overrides"]}
    held(reminders == {"popup": 30, "email": 1440}, f"reminders: {reminders}")
    held([guest["email"] for guest in event["attendees"]] == ["test@example.org"], f"guests: {event.get('attendees')}")
    held(kept["custom"]["05"] == event["hangoutLink"], f"Meet at the booking: {kept['custom']}")
    yield f"booking {booking} -> {event['summary']}, {spell(event)}, in {event['organizer']['displayName']}"
    yield f"reminders {reminders}, guest {event['attendees'][0]['email']}, Meet {event['hangoutLink']}"
    yield f"at the booking: external_id {kept['external_id'][:10]}…, custom05 {kept['custom']['05']}"


def _with_meet(tale: Tale, booking: str) -> dict[str, Any] | None:
    kept = tale.stage.read_booking(booking)
    custom = {str(number).zfill(2): value for number, value in kept["custom"].items()}
    return {**kept, "custom": custom} if custom.get("05") else None


def its_time_follows(tale: Tale) -> Iterator[str]:
    """The booking's new time reaches the event in one call."""
    day = tale.new_day()
    booking = tale.book(day, "10:00", "11:00")
    before = tale.wait_for_event(booking)
    mark = tale.mark()
    tale.rebook(booking, day, "15:30", "17:00")
    after = tale.wait_for_time(booking, day, "15:30")
    held(tale.writes_since(mark) == ["patch"], f"written: {tale.writes_since(mark)}")
    yield f"{spell(before)} -> {spell(after)}"


def its_room_follows(tale: Tale) -> Iterator[str]:
    """The booking's other room moves the event to that room's calendar."""
    booking = tale.book(tale.new_day(), "10:00", "11:00")
    before = tale.wait_for_event(booking)
    tale.stage.change_booking(booking, object_id=11)
    after = tale.wait("the event in the other calendar", lambda: tale.event_of(booking, ROOM_B))
    after = tale.wait("its title", lambda: (e := tale.event_of(booking, ROOM_B)) and "Zaal B" in e["summary"] and e)
    held(before["id"] not in [event["id"] for event in tale.stage.events(ROOM_A)], "it is in the old calendar too")
    yield f"{before['summary']} in Room A -> {after['summary']} in Room B"


def its_text_follows(tale: Tale) -> Iterator[str]:
    """The booking's text reaches the description; what a person wrote under the line stays."""
    booking = tale.book(tale.new_day(), "10:00", "11:00", remarks="Koffie")
    event = tale.wait_for_event(booking)
    tale.edit(event["id"], description=f"{event['description']}\nSleutel ligt bij Ans")
    tale.stage.change_booking(booking, remarks="Koffie en thee")
    after = tale.wait("the new text", lambda: (e := tale.event_of(booking)) and "en thee" in e["description"] and e)
    held(below_the_line(after) == "Sleutel ligt bij Ans", f"under the line: {below_the_line(after)}")
    yield f"above the line: Koffie -> Koffie en thee; under it still: {below_the_line(after)}"


def a_status_in_neither_list_changes_nothing(tale: Tale) -> Iterator[str]:
    """A status in neither list makes no event and removes none."""
    day = tale.new_day()
    booking = tale.book(day, "10:00", "11:00")
    event = tale.wait_for_event(booking)
    mark = tale.mark()
    tale.stage.change_booking(booking, status_code=90)
    other = tale.book(day, "14:00", "15:00", status_code=11)
    tale.wait_for_looks(booking, mark, 1)  # a webhook so soon after its id was written gets a second look only
    tale.wait_for_looks(other, mark, 2)
    same = tale.event_of(booking)
    held(tale.writes_since(mark) == [], f"written: {tale.writes_since(mark)}")
    held(same is not None and same["etag"] == event["etag"], "the event changed")
    held(tale.event_of(other) is None, "an event was made")
    yield f"booking {booking} to 90-CLOSED: the event stays as it was; new booking {other} at 11-NEW, a request: no event"


def delete_on_status_removes_it(tale: Tale) -> Iterator[str]:
    """A status of `Delete on status` removes the event, although i-Reserve tells before it applies the status."""
    booking = tale.book(tale.new_day(), "10:00", "11:00")
    event = tale.wait_for_event(booking)
    tale.stage.change_booking(booking, status_code=70)
    tale.wait("the event to go", lambda: event["id"] not in [each["id"] for each in tale.stage.events(ROOM_A)])
    yield f"booking {booking} to 70-CANCELLED: {event['summary']} is in the bin"


def an_existing_event_is_adopted(tale: Tale) -> Iterator[str]:
    """A booking that already carries the id of an existing event adopts it: no second event, no mail."""
    day, event = tale.foreign or (tale.new_day(), "")
    mails = len(tale.stage.control("google", "GET", "mails")["mails"])
    mark = tale.mark()
    booking = tale.book(day, "13:00", "14:00", external_id=event)
    after = tale.wait("adoption", lambda: (e := tale.event_of(booking)) and booking in e["summary"] and e)
    held(after["id"] == event, "it is another event")
    held("insert" not in tale.writes_since(mark), f"written: {tale.writes_since(mark)}")
    held(len(tale.stage.control("google", "GET", "mails")["mails"]) == mails, "a mail was sent")
    yield f"event {event[:10]}… is now {after['summary']}; no event made, no mail sent"


def webhooks_twice_late_and_out_of_order(tale: Tale) -> Iterator[str]:
    """Webhooks that come twice, out of order and late change nothing that should not change."""
    day = tale.new_day()
    booking = tale.book(day, "08:00", "09:00")
    tale.wait_for_event(booking)
    mark = tale.mark()
    tale.stage.control("ireserve", "POST", "hooks/mode", {"mode": "double"})
    tale.rebook(booking, day, "12:00", "13:00")
    tale.wait_for_time(booking, day, "12:00")
    tale.stage.control("ireserve", "POST", "hooks/mode", {"mode": "hold"})
    tale.rebook(booking, day, "14:00", "15:00")
    tale.rebook(booking, day, "16:00", "17:00")
    tale.stage.control("ireserve", "POST", "hooks/mode", {"mode": "deliver"})
    tale.stage.control("ireserve", "POST", "hooks/flush", {"order": "reverse"})
    after = tale.wait_for_time(booking, day, "16:00")
    yield f"twice, and two in reverse order: {spell(after)}, {len(tale.writes_since(mark))} writes for 3 changes"
    writes = tale.writes_since(mark)  # a late look of the first may see the time in between, and carry it
    held(set(writes) == {"patch"} and len(writes) in (2, 3), f"written: {writes}")
    mark = tale.mark()
    sent = tale.stage.control("ireserve", "GET", "deliveries")["deliveries"]
    first = next(each for each in sent if booking in str(each["body"]))
    answer = requests.post(first["url"], json=first["body"], timeout=10)
    held(answer.status_code == 202, f"the late webhook was answered {answer.status_code}")
    tale.wait_for_looks(booking, mark, 1)
    held(tale.writes_since(mark) == [], f"written: {tale.writes_since(mark)}")
    after = tale.event_of(booking)
    held(starts(after) == f"{day}T16:00", f"it is at {spell(after)}")
    yield "the very first webhook once more: 202, a look at the booking, nothing written"


def everything_is_in_the_journal(tale: Tale) -> Iterator[str]:
    """Every write is in the journal with its reason; diagnostics shows no red."""
    entries = tale.stage.api("GET", f"/{INT_ID}/journal?limit=500")
    reasons = sorted({entry["why"] for entry in entries})
    found = tale.stage.api("GET", f"/{INT_ID}/diagnostics")
    red = [check["says"] for check in found["checks"] if check["level"] == "red"]
    held(not red, f"red: {red}")
    yield f"{len(entries)} entries: {', '.join(reasons)}"


STEPS = (
    a_new_booking_becomes_an_event,
    its_time_follows,
    its_room_follows,
    its_text_follows,
    a_status_in_neither_list_changes_nothing,
    delete_on_status_removes_it,
    an_existing_event_is_adopted,
    webhooks_twice_late_and_out_of_order,
    everything_is_in_the_journal,
)
