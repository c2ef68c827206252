"""Several objects on one calendar: a row for new events, or the object named in the event, else the event says why not."""

import pytest

from tests.harness.place import ROOM_A, Place
from tests.harness.tab import Tab

START, END = "2026-11-24T10:00", "2026-11-24T11:00"
WHY = "Geen reservering: zet het object met een # in de titel of locatie"


def courts(place: Place, *, new_events: str = "") -> None:
    rows = [{"object": each, "calendar": ROOM_A, "new_events": each == new_events} for each in ("101", "102")]
    place.activate(mapping=rows, inbound={"follow": "all_mapped"})


def objects(place: Place) -> list[int]:
    return [each["object_id"] for each in place.bookings()]


def test_a_new_event_that_names_no_object_says_on_itself_why_no_booking_came_of_it(place: Place) -> None:
    courts(place)
    place.draw(START, END)
    place.settle()
    assert objects(place) == []
    assert WHY in place.event()["description"]
    place.forget()
    place.settle(300)
    assert "calendar.events.patch" not in place.calls()


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"summary": "Les #Tennisbaan 2"}, 102),
        ({"summary": "Les #tennisbaan  1, beginners"}, 101),
        ({"summary": "Les", "location": "#102"}, 102),
    ],
)
def test_a_person_names_the_object_in_title_or_location(place: Place, fields: dict[str, str], number: int) -> None:
    courts(place)
    place.draw(START, END, **fields)
    place.settle()
    assert objects(place) == [number]


@pytest.mark.parametrize("title", ["Les #Tennisbaan 3", "Les #1", "#Tennisbaan 1 of #Tennisbaan 2"])
def test_what_names_no_object_or_more_than_one_says_so_until_it_names_one(place: Place, title: str) -> None:
    courts(place)
    event = place.draw(START, END, summary=title)["id"]
    place.settle()
    assert objects(place) == []
    assert WHY in place.event()["description"]
    place.edit(event, summary="Les #Tennisbaan 2")
    place.settle()
    assert objects(place) == [102]
    assert WHY not in place.event().get("description", "")


def test_one_row_can_be_the_one_for_new_events_that_name_none(place: Place) -> None:
    courts(place, new_events="102")
    place.draw(START, END)
    place.draw(START, END, summary="#Tennisbaan 1")
    place.settle()
    assert sorted(objects(place)) == [101, 102]


def test_names_are_read_only_where_an_event_names_one(place: Place) -> None:
    courts(place, new_events="102")
    place.forget()
    place.draw(START, END)
    place.settle()
    assert "GET group/search" not in place.ireserve_calls()
    place.draw("2026-11-25T10:00", "2026-11-25T11:00", summary="#Tennisbaan 1")
    place.settle()
    assert place.ireserve_calls().count("GET group/search") == 1


def test_two_rows_for_the_new_events_of_one_calendar_are_a_fault(place: Place) -> None:
    rows = [{"object": each, "calendar": ROOM_A, "new_events": True} for each in ("101", "102")]
    said = place.save(status=422, mapping=rows)["errors"]
    assert [each["field"] for each in said] == ["mapping"]


def test_the_mapping_screen_asks_which_row_is_for_new_events(place: Place) -> None:
    courts(place)
    here, tab = "/console/integrations/7/mapping", Tab(place)
    assert "New events of this calendar become bookings of this object" in tab.seen(here)
    assert tab.change(here, **{"mapping.1.new_events": "on", "apply": "new"}).status_code == 303
    assert [row["new_events"] for row in place.api("GET", "/7")["mapping"]] == [False, True]
