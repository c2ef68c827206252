"""How an event presents itself beside its words: place, colour, tentative, and how much others see."""

from dataclasses import replace
from typing import Any

import pytest

from functions.application.intake.hints import Hint, Kind
from functions.application.store import integrations, links
from functions.application.sync.reconcile import reconcile
from functions.application.sync.session import open_session
from functions.domain.model.errors import Stale
from tests.harness.deeds import active, changed, faults, made, writes
from tests.harness.place import ROOM_A, ROOM_B, Place
from tests.harness.tab import Tab

B = {"object": "11", "calendar": ROOM_B}


def row(**more: str) -> dict[str, Any]:
    return {"mapping": [{"object": "10", "calendar": ROOM_A, **more}, B]}


def test_with_all_of_it_off_the_event_has_none_of_it(place: Place) -> None:
    active(place)
    _, event = made(place)
    assert {"location", "colorId", "visibility", "transparency"} & {*event} == set()
    assert event["status"] == "confirmed"


def test_the_history_names_what_a_colour_is_for(place: Place) -> None:
    active(place, colour_by="status", colours={"20": "sage"})
    history = Tab(place).seen("/console/integrations/7/history")
    assert "Colours: open (20)" in " ".join(history.split())
    assert "outbound.colours" not in history


def test_location_template_fills_googles_location(place: Place) -> None:
    active(place, location_template="{OBJECT}, Sportlaan 1")
    booking, event = made(place)
    assert event["location"] == "Zaal A, Sportlaan 1"
    place.edit(event["id"], location="elders")
    place.settle()
    assert place.event()["location"] == "Zaal A, Sportlaan 1"
    changed(place, booking, remarks="nieuw")
    assert place.event()["location"] == "Zaal A, Sportlaan 1"


def test_a_location_of_a_person_is_theirs_where_no_template_is_set(place: Place) -> None:
    active(place)
    booking, event = made(place)
    place.edit(event["id"], location="achterin")
    place.settle()
    changed(place, booking, remarks="nieuw")
    assert place.event()["location"] == "achterin"


def test_colour_by_status_follows_the_booking(place: Place) -> None:
    active(place, colour_by="status", colours={"20": "sage", "30": "tomato"})
    booking, event = made(place)
    assert event["colorId"] == "2"
    changed(place, booking, status_code=30)
    assert place.event()["colorId"] == "11"


def test_colour_by_object_is_of_the_room(place: Place) -> None:
    active(place, colour_by="object", colours={"10": "grape"})
    _, event = made(place)
    assert event["colorId"] == "3"


def test_a_colour_that_a_person_chose_is_left_alone_until_the_status_changes(place: Place) -> None:
    active(place, colour_by="status", colours={"20": "sage", "30": "tomato"})
    booking, event = made(place)
    place.edit(event["id"], colorId="7")
    place.settle()
    changed(place, booking, remarks="nieuw")
    assert place.event()["colorId"] == "7"
    changed(place, booking, status_code=30)
    assert place.event()["colorId"] == "11"


def test_a_colour_that_is_taken_off_the_screen_is_gone(place: Place) -> None:
    active(place, colour_by="status", colours={"20": "sage", "30": "tomato"})
    Tab(place).change("/console/integrations/7/outbound", **{"outbound.colours": "30: tomato"})
    assert place.api("GET", "/7")["outbound"]["colours"] == {"30": "tomato"}
    Tab(place).change("/console/integrations/7/outbound", **{"outbound.colours": "", "outbound.colour_by": "none"})
    assert place.api("GET", "/7")["outbound"]["colours"] == {}


def test_a_colour_that_google_does_not_have_is_a_fault(place: Place) -> None:
    said = faults(place, outbound={"colour_by": "status", "colours": {"20": "purple"}})
    assert said["outbound.colours.20"].startswith("use one of lavender, sage")


def test_tentative_on_status_makes_a_tentative_event_that_is_confirmed_with_the_booking(place: Place) -> None:
    active(place, tentative_on_status=[10], tentative_is_free=True)
    booking, event = made(place, status_code=10)
    assert (event["status"], event["transparency"]) == ("tentative", "transparent")
    changed(place, booking, status_code=20)
    event = place.event()
    assert (event["status"], event.get("transparency", "opaque")) == ("confirmed", "opaque")
    assert place.booking(booking)["status_code"] == 20


def test_tentative_blocks_its_hours_unless_it_is_to_show_as_free(place: Place) -> None:
    active(place, tentative_on_status=[10])
    _, event = made(place, status_code=10)
    assert event.get("transparency", "opaque") == "opaque"


def test_tentative_on_status_is_in_no_other_list(place: Place) -> None:
    said = faults(place, outbound={"tentative_on_status": [20, 70]})
    assert "another list" in said["outbound.tentative_on_status"]


def test_shows_private_hides_the_event_from_others(place: Place) -> None:
    active(place, row(shows="private"))
    _, event = made(place)
    assert event["visibility"] == "private"


def test_shows_booked_puts_a_word_in_place_of_every_text(place: Place) -> None:
    active(place, row(shows="booked"), use_customer_data=True, location_template="{OBJECT}", create_meet_link=False)
    _, event = made(place, remarks="Verjaardag van Jan")
    assert event["summary"] == "Bezet"
    assert "Jan" not in event["description"]
    assert "attendees" not in event
    assert "location" not in event


def test_shows_booked_takes_a_word_of_ones_own(place: Place) -> None:
    active(place, row(shows="booked", booked_text="Niet beschikbaar"))
    _, event = made(place)
    assert event["summary"] == "Niet beschikbaar"


@pytest.mark.parametrize(("before", "after", "shown"), [("full", "booked", "Bezet"), ("booked", "full", "Zaal A - ")])
def test_shows_changed_writes_again_what_stands_there(place: Place, before: str, after: str, shown: str) -> None:
    active(place, row(shows=before))
    made(place, remarks="Verjaardag")
    place.api("PUT", "/7?apply=all", {**place.api("GET", "/7"), **row(shows=after)})
    place.settle()
    event = place.event()
    assert event["summary"].startswith(shown)
    assert ("Verjaardag" in event["description"]) is (after == "full")


def test_shows_changed_holds_at_once_also_for_a_look_that_began_before(place: Place) -> None:
    active(place, row(shows="full"))
    began = open_session(place.ports, integrations.get(place.documents, "7"))
    booking = place.book(remarks="Verjaardag van Jan")
    place.api("PUT", "/7?apply=all", {**place.api("GET", "/7"), **row(shows="booked")})
    link = links.of_booking(place.documents, "7", booking)
    with pytest.raises(Stale, match="settings were changed meanwhile"):
        reconcile(began, Hint(Kind.BOOKING, "7", (booking,), "webhook", place.now), link)
    assert place.events() == []
    place.settle()
    assert place.event()["summary"] == "Bezet"


def test_shows_changed_is_not_in_the_way_of_a_look_that_began_before_other_notes(place: Place) -> None:
    active(place, row(shows="full"))
    began = open_session(place.ports, integrations.get(place.documents, "7"))
    integrations.change(place.documents, "7", lambda before: replace(before, swept_at=place.now))
    booking = place.book()
    reconcile(
        began,
        Hint(Kind.BOOKING, "7", (booking,), "webhook", place.now),
        links.of_booking(place.documents, "7", booking),
    )
    assert place.event()["summary"].startswith("Zaal A")


@pytest.mark.parametrize("shows", ["private", "booked"])
def test_a_booking_that_moves_to_a_room_that_shows_less_shows_it_before_it_stands_there(
    place: Place, shows: str
) -> None:
    active(place, {"mapping": [{"object": "10", "calendar": ROOM_A}, {**B, "shows": shows}]})
    booking, event = made(place, remarks="Verjaardag van Jan")
    place.forget()
    place.google("POST", "faults", {"method": "POST", "path": "/move$", "status": 503, "times": 9})
    place.change(booking, object_id=11)
    place.settle(0)
    waiting = place.event(calendar=ROOM_A)
    place.settle(3600)
    stands = place.event(calendar=ROOM_B)
    for each in (waiting, stands):
        assert each["id"] == event["id"]
        assert ("Jan" in each["description"], each["summary"] == "Bezet") == (
            (False, True) if shows == "booked" else (True, False)
        )
        assert each.get("visibility") == ("private" if shows == "private" else None)
    assert [call for call in writes(place) if "patch" in call] == ["calendar.events.patch"]


def test_style_costs_no_call_of_its_own(place: Place) -> None:
    active(
        place,
        row(shows="private"),
        location_template="{OBJECT}",
        colour_by="status",
        colours={"20": "sage", "30": "grape"},
    )
    place.forget()
    booking = place.book()
    place.settle()
    assert writes(place) == ["calendar.events.insert"]
    place.forget()
    changed(place, booking, status_code=30)
    assert writes(place) == ["calendar.events.patch"]


def test_saving_the_mapping_screen_keeps_how_much_a_row_shows(place: Place) -> None:
    active(place, row(shows="booked", booked_text="Dicht"))
    tab = Tab(place)
    answers = {
        f"mapping.{i}.{name}": value for i, each in enumerate([row()["mapping"][0], B]) for name, value in each.items()
    }
    path = "/console/integrations/7/mapping"
    tab.post(path, seen=tab.seen(path), rows="2", do="save", **answers)
    assert place.api("GET", "/7")["mapping"][0]["booked_text"] == "Dicht"
