"""Screens with many rooms: what needs a person stands open, and the rest is folded."""

import re

import pytest

from functions.application.finding import day
from functions.application.sync import pages
from tests.harness.place import PLANNER, Place
from tests.harness.tab import Tab

MAPPING = "/console/integrations/7/mapping"


def many_rooms(place: Place) -> list[dict[str, str]]:
    """Set up fourteen rooms, each with its calendar; returns the rows of the mapping."""
    world, rows = place.world, list[dict[str, str]]()
    for number in range(20, 34):
        place.ireserve("POST", "objects", {"id": number, "desc": f"Baan {number}"})
        calendar = world.add_calendar(f"c{number}@group.calendar.google.com", PLANNER, f"Baan {number}")
        rows.append({"object": str(number), "calendar": calendar.id})
    place.activate(mapping=rows, inbound={"allow_booking_update": True})
    return rows


def test_of_many_rooms_those_that_need_nobody_are_folded(place: Place) -> None:
    rows = many_rooms(place)
    for number in range(20, 34):
        place.book(object_id=number)
    place.settle(30)
    place.delete(place.event(rows[3]["calendar"])["id"], rows[3]["calendar"])
    place.settle(20)
    tab = Tab(place)
    shown = tab.seen("/console/integrations/7/day?date=2026-11-24")
    opened = re.findall(r'<details class="card room" id="room-\d+" open><summary><h2>(.*?)</h2>', shown)
    assert opened == ["Baan 23"]
    assert "13 × in step" in shown
    assert shown.count('<span class="nowrap">one booking</span> · <span class="nowrap">all in step</span>') == 13
    checked = tab.seen("/console/integrations/7/diagnostics")
    assert "<summary><h2>Calendars in order: 14</h2></summary>" in checked


def test_a_day_with_more_than_one_look_can_take_says_so_and_calls_nothing_missing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.activate()
    for hour in range(10, 20):
        place.book(f"2026-11-24T{hour}:00", f"2026-11-24T{hour}:30")
    place.settle(60)
    monkeypatch.setattr(pages, "PAGE", 6)
    monkeypatch.setattr(day, "MOST_BOOKINGS", 2)
    monkeypatch.setattr(day, "MOST_READ", 1)
    found = place.api("GET", "/7/day?date=2026-11-24")
    assert [place_of for place_of, *_ in found["troubles"]] == ["ireserve"]
    seen = {each["relation"] for room in found["rooms"] for each in room["found"]}
    assert seen == {"same", "unread"}
    assert "choose fewer days" in Tab(place).seen("/console/integrations/7/day?date=2026-11-24")


def test_the_mapping_of_many_rooms_names_a_calendar_where_it_is_chosen_and_once_more(place: Place) -> None:
    rows = many_rooms(place)
    page = Tab(place).get(MAPPING).text
    assert {page.count(f'"{row["calendar"]}"') for row in rows} == {2}
    assert page.count(">Baan 20") > 2 * len(rows), "and yet each room chooses among all, twice"


@pytest.mark.parametrize("lists", [True, False])
def test_a_calendar_is_chosen_by_its_place_even_if_another_is_called_by_that_number(
    place: Place,
    lists: bool,  # noqa: FBT001 - a case
) -> None:
    place.world.add_calendar("one@group.calendar.google.com", PLANNER, "1")
    place.world.add_calendar("two@group.calendar.google.com", PLANNER, "2")
    many_rooms(place)
    tab = Tab(place)
    found = re.findall(r'name="calendars" value="([^"]+)"', tab.get(MAPPING).text)
    if not lists:
        place.google("POST", "faults", {"path": "calendarList", "status": 503, "times": 9})
    for number, calendar in enumerate(found[:3]):
        chosen: dict[str, str | list[str]] = {"calendars": found, "mapping.0.calendar": f"@{number}", "apply": "new"}
        tab.change(MAPPING, **chosen)
        assert place.api("GET", "/7")["mapping"][0]["calendar"] == calendar


def test_a_calendar_whose_title_is_a_number_stays_as_it_was_typed_while_google_gave_no_list(place: Place) -> None:
    place.save()
    place.connect()
    place.world.add_calendar("court2@group.calendar.google.com", PLANNER, "2")
    place.google("POST", "faults", {"path": "calendarList", "status": 503, "times": 9})
    tab = Tab(place)
    tab.get(MAPPING)
    tab.change(MAPPING, **{"mapping.0.calendar": "2"})
    place.google("DELETE", "faults")
    place.pass_time(120)
    tab.change(MAPPING)
    assert place.api("GET", "/7")["mapping"][0]["calendar"] == "court2@group.calendar.google.com"
