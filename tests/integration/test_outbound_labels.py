"""Labels: a calendar's own names and colours for events, beside Google's eleven."""

from typing import Any

from tests.harness.place import ROOM_A, ROOM_B, Place

LABELS = [{"id": "l-1", "name": "Sport", "backgroundColor": "#039be5"}]
CHOSEN = {"colour_by": "status", "colours": {"20": "Sport", "30": "tomato"}, "use_labels": True}


def active(place: Place, **changes: Any) -> None:
    place.google("PATCH", f"calendars/{ROOM_A}", {"labels": LABELS})
    place.activate(outbound={**CHOSEN, **changes}, language="en")
    place.forget()


def test_a_label_stands_on_the_event_by_its_name_and_a_colour_beside_it(place: Place) -> None:
    active(place)
    booking = place.book()
    place.settle()
    assert (place.event()["eventLabelId"], place.event().get("colorId")) == ("l-1", None)
    place.change(booking, status_code=30)
    place.settle()
    assert place.event()["colorId"] == "11"
    assert place.violations() == []


def test_a_label_costs_one_more_call_where_it_is_written_and_other_writes_leave_it(place: Place) -> None:
    active(place)
    booking = place.book()
    place.settle()
    assert place.calls().count("calendar.calendars.get") == 1
    place.forget()
    place.change(booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.settle()
    assert [call for call in place.calls() if call != "calendar.events.list"] == ["calendar.events.patch"]
    assert place.event()["eventLabelId"] == "l-1"


def test_a_label_that_a_person_took_away_stays_away(place: Place) -> None:
    active(place)
    booking = place.book()
    place.settle()
    place.edit(place.event()["id"], eventLabelId=None)
    place.settle()
    place.change(booking, remarks="anders")
    place.settle()
    assert "eventLabelId" not in place.event()


def test_a_label_that_the_calendar_does_not_have_is_left_out_and_diagnostics_names_it(place: Place) -> None:
    active(place)
    place.book(object_id=11)
    place.settle()
    assert "eventLabelId" not in place.event(ROOM_B)
    (check,) = [each for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "labels"]
    assert (check["level"], check["subject"]) == ("amber", ROOM_B)
    assert "has no label called Sport" in check["says"]


def test_off_a_name_that_is_no_colour_is_a_fault_and_no_call_is_made_for_labels(place: Place) -> None:
    fault = place.save(outbound={**CHOSEN, "use_labels": False}, status=422)["errors"][0]
    assert fault["field"] == "outbound.colours.20"
    place.activate(outbound={"colour_by": "status", "colours": {"20": "sage"}})
    place.forget()
    place.book()
    place.settle()
    assert "calendar.calendars.get" not in place.calls()
