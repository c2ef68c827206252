"""Adoption: a booking that already carries an id. A live event is adopted, a foreign value is never overwritten."""

from typing import Any

import pytest

from tests.harness.deeds import active, changed, made, writes
from tests.harness.place import GUEST, PLANNER, ROOM_A, ROOM_B, Place


def drawn(place: Place, calendar: str = ROOM_A, **fields: Any) -> str:
    """Make an event as the built-in integration would have, while this one is not active."""
    start, end = fields.pop("start", "2026-11-24T10:00"), fields.pop("end", "2026-11-24T11:00")
    event = place.draw(start, end, calendar, **fields)
    place.pass_time(3600)
    return str(event["id"])


@pytest.mark.parametrize("field", ["external_id", "custom04"])
def test_a_live_event_of_a_mapped_calendar_is_adopted_without_an_insert_or_a_mail(place: Place, field: str) -> None:
    event = drawn(place, summary="Van de oude koppeling", attendees=[{"email": GUEST}])
    carried = {"external_id": event} if field == "external_id" else {"custom": {"04": event}}
    booking = place.book(**carried)
    place.forget()
    active(place, {"sync": {"backfill": "future"}}, external_id_field=field, notify_guests=True)
    after = place.event()
    assert after["id"] == event
    assert after["summary"] == f"Zaal A - {booking}"
    assert [guest["email"] for guest in after["attendees"]] == [GUEST]
    assert "calendar.events.insert" not in place.calls()
    assert len(place.bookings()) == 1


def test_an_adopted_event_that_is_right_already_sends_no_mail(place: Place) -> None:
    event = drawn(place, summary="Zaal A - 1001", attendees=[{"email": GUEST}])
    place.book(external_id=event)
    active(place, {"sync": {"backfill": "future"}}, notify_guests=True)
    assert place.event()["id"] == event
    assert place.google("GET", "mails")["mails"] == []


def test_an_adopted_event_follows_its_booking_afterwards(place: Place) -> None:
    event = drawn(place)
    booking = place.book(external_id=event)
    active(place, {"sync": {"backfill": "future"}})
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    after = place.event()
    assert (after["id"], after["start"]["dateTime"]) == (event, "2026-11-24T12:00:00+01:00")
    changed(place, booking, status_code=70)
    assert place.events() == []


def test_an_event_in_another_mapped_calendar_is_adopted_and_moved(place: Place) -> None:
    event = drawn(place, ROOM_B)
    place.book(external_id=event)
    active(place, {"sync": {"backfill": "future"}})
    assert place.events(ROOM_B) == []
    assert place.event(ROOM_A)["id"] == event


def test_a_foreign_value_is_never_overwritten_and_the_event_is_made_beside_it(place: Place) -> None:
    active(place)
    booking, event = made(place, external_id="ERP-2026-00017")
    assert place.booking(booking)["external_id"] == "ERP-2026-00017"
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    changed(place, booking, object_id=11)
    assert place.booking(booking)["external_id"] == "ERP-2026-00017"
    assert place.event(ROOM_B)["id"] == event["id"]
    changed(place, booking, status_code=70)
    changed(place, booking, status_code=20)
    assert place.booking(booking)["external_id"] == "ERP-2026-00017"
    assert len(place.events(ROOM_B)) == 1


@pytest.mark.parametrize("value", ["met spatie", "<script>", "a" * 300, "../../etc", "ünï", "1"])
def test_a_foreign_value_of_any_kind_does_not_stop_the_event(place: Place, value: str) -> None:
    active(place)
    booking, event = made(place, external_id=value)
    assert event["summary"] == f"Zaal A - {booking}"
    assert place.booking(booking)["external_id"] == value


def test_the_id_of_an_event_in_a_calendar_that_is_not_mapped_is_foreign(place: Place) -> None:
    event = drawn(place, PLANNER)
    active(place)
    booking, ours = made(place, external_id=event)
    assert ours["id"] != event
    assert place.booking(booking)["external_id"] == event
    assert place.event(PLANNER)["summary"] == "Overleg"


def test_the_id_of_a_deleted_event_is_foreign_and_not_revived(place: Place) -> None:
    event = drawn(place)
    place.delete(event)
    active(place)
    booking, ours = made(place, external_id=event)
    assert ours["id"] != event
    assert place.booking(booking)["external_id"] == event


def test_a_guests_copy_is_never_adopted(place: Place) -> None:
    place.google("POST", "calendars", {"id": "other@group.calendar.google.com", "account": GUEST})
    event = drawn(place, "other@group.calendar.google.com", attendees=[{"email": PLANNER}])
    active(place, {"mapping": [{"object": "10", "calendar": PLANNER}]})
    booking, _ = place.book(external_id=event), place.settle()
    ours = [each for each in place.events(PLANNER) if each["id"] != event]
    assert [each["summary"] for each in ours] == [f"Zaal A - {booking}"]
    copy = next(each for each in place.events(PLANNER) if each["id"] == event)
    assert copy["summary"] == "Overleg"


def test_two_bookings_with_one_id_make_one_adoption_and_one_event_of_its_own(place: Place) -> None:
    event = drawn(place)
    place.book(external_id=event)
    place.book("2026-11-24T14:00", "2026-11-24T15:00", external_id=event)
    active(place, {"sync": {"backfill": "future"}})
    place.settle(60)
    found = place.events()
    assert len(found) == 2
    assert sorted(each["summary"] for each in found) == ["Zaal A - 1001", "Zaal A - 1002"]


def test_the_event_of_another_integration_is_not_taken_over(place: Place) -> None:
    active(place)
    booking, event = made(place)
    place.save("8", mapping=[{"object": "12", "calendar": PLANNER}])
    place.connect("8")
    place.api("POST", "/8/activate")
    place.settle()
    other = place.book("2026-11-25T10:00", "2026-11-25T11:00", object_id=12, external_id=event["id"])
    place.settle()
    assert place.event(ROOM_A)["summary"] == f"Zaal A - {booking}"
    assert place.event(PLANNER)["summary"] == f"Zaal C - {other}"


def test_adoption_twice_changes_nothing(place: Place) -> None:
    event = drawn(place)
    place.book(external_id=event)
    active(place, {"sync": {"backfill": "future"}})
    place.forget()
    place.api("POST", "/7/resync")
    place.settle()
    assert writes(place) == []
    assert place.event()["id"] == event
