"""Screens with many rooms: what needs a person stands open, and the rest is folded."""

import re

from tests.harness.place import PLANNER, Place
from tests.harness.tab import Tab


def test_of_many_rooms_those_that_need_nobody_are_folded(place: Place) -> None:
    world, rows = place.world, []
    for number in range(20, 34):
        place.ireserve("POST", "objects", {"id": number, "desc": f"Baan {number}"})
        calendar = world.add_calendar(f"c{number}@group.calendar.google.com", PLANNER, f"Baan {number}")
        rows.append({"object": str(number), "calendar": calendar.id})
    place.activate(mapping=rows, inbound={"allow_booking_update": True})
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
