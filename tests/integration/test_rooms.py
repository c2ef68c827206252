"""Resource calendars: what is kept there comes back otherwise than it was written."""

from tests.harness.place import Place

HALL = "c_hall1@resource.calendar.google.com"


def test_a_day_booking_on_a_rooms_calendar_comes_to_rest_and_is_moved_by_a_person(place: Place) -> None:
    place.google("POST", "calendars", {"id": HALL, "account": "planner@example.org"})
    place.activate(mapping=[{"object": "12", "calendar": HALL}], inbound={"allow_booking_update": True})
    booking = place.book("2026-11-26", "2026-11-28", object_id=12)
    place.settle(60)
    (event,) = place.events(HALL)
    assert event["start"]["dateTime"] == "2026-11-26T00:00:00+01:00"
    for number in range(4):
        place.edit(event["id"], HALL, location=f"Hal {number}")
        place.settle(120)
    place.forget()
    place.edit(event["id"], HALL, location="Hal")
    place.settle(120)
    assert not {"calendar.events.patch", "calendar.events.move"} & set(place.calls())
    place.drag(event["id"], "2026-12-03", "2026-12-05", HALL)
    place.settle(60)
    assert (place.booking(booking)["from"][:10], place.booking(booking)["till"][:10]) == ("2026-12-03", "2026-12-05")
