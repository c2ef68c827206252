"""Inbound fields about new events: each with its default and its other values, named after the field."""

from typing import Any

import pytest

from tests.harness.place import ROOM_A, ROOM_B, Place, when
from tests.harness.tab import Tab

START, END = "2026-11-24T10:00", "2026-11-24T11:00"


def draw_and_settle(place: Place, calendar: str = ROOM_A, **fields: Any) -> list[dict[str, Any]]:
    place.draw(START, END, calendar, **fields)
    place.settle()
    return place.bookings()


def faults_of(place: Place, **changes: Any) -> set[str]:
    said = place.save(status=422, **changes)
    return {fault["field"] for fault in said["errors"]}


# The switch itself


def test_inbound_enabled_by_default_makes_a_booking_of_a_new_event(place: Place) -> None:
    place.activate()
    (booking,) = draw_and_settle(place)
    assert (booking["from"], booking["till"]) == (START, END)
    assert booking["external_id"] == place.event()["id"]


def test_inbound_disabled_leaves_events_alone_and_opens_no_channel(place: Place) -> None:
    place.activate(inbound={"enabled": False})
    assert draw_and_settle(place) == []
    place.pass_time(3600)
    place.tick()
    assert place.bookings() == []
    assert place.google("GET", "channels")["channels"] == []


def test_inbound_disabled_leaves_a_dragged_event_where_it_is_until_the_booking_changes(place: Place) -> None:
    place.activate(inbound={"enabled": False})
    booking = place.book()
    place.settle()
    place.drag(place.event()["id"], "2026-11-24T15:00", "2026-11-24T16:00")
    place.settle()
    assert place.event()["start"]["dateTime"] == "2026-11-24T15:00:00+01:00"
    place.change(booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.settle()
    assert place.event()["start"]["dateTime"] == "2026-11-24T12:00:00+01:00"


# Inbound object


def test_inbound_object_empty_is_the_first_mapped_object_that_is_not_the_star(place: Place) -> None:
    rows = [{"object": "*", "calendar": ROOM_B}, {"object": "10", "calendar": ROOM_A}]
    place.activate(mapping=rows)
    (booking,) = draw_and_settle(place)
    assert booking["object_id"] == 10


def test_inbound_object_as_set_is_the_object_of_new_bookings(place: Place) -> None:
    place.activate(inbound={"object": "11"})
    assert draw_and_settle(place, ROOM_A) == []
    (booking,) = draw_and_settle(place, ROOM_B)
    assert booking["object_id"] == 11


def test_inbound_object_may_have_its_calendar_from_the_star(place: Place) -> None:
    place.activate(mapping=[{"object": "*", "calendar": ROOM_A}], inbound={"object": "12"})
    (booking,) = draw_and_settle(place)
    assert booking["object_id"] == 12


def test_inbound_object_is_asked_for_where_only_a_star_is_mapped(place: Place) -> None:
    assert "inbound.object" in faults_of(place, mapping=[{"object": "*", "calendar": ROOM_A}])


# Inbound status


def test_inbound_status_is_20_by_default(place: Place) -> None:
    place.activate()
    (booking,) = draw_and_settle(place)
    assert booking["status_code"] == 20


def test_inbound_status_as_set_is_the_status_of_new_bookings(place: Place) -> None:
    place.activate(inbound={"status": 30})
    (booking,) = draw_and_settle(place)
    assert booking["status_code"] == 30


def test_inbound_status_that_makes_no_events_keeps_the_persons_event(place: Place) -> None:
    place.activate(inbound={"status": 40})
    (booking,) = draw_and_settle(place)
    assert booking["status_code"] == 40
    place.settle(300)
    assert place.event()["id"] == booking["external_id"]


def test_inbound_status_must_not_be_one_that_deletes_events(place: Place) -> None:
    assert "inbound.status" in faults_of(place, inbound={"status": 70})


# Places


@pytest.mark.parametrize(("setting", "places"), [({}, 1), ({"number": 4}, 4)], ids=["default", "as set"])
def test_number_is_how_many_places_a_new_booking_takes(place: Place, setting: dict[str, int], places: int) -> None:
    place.ireserve("PATCH", "objects/10", {"places": 10})
    place.activate(inbound=setting)
    (booking,) = draw_and_settle(place)
    assert booking["number"] == places


# Follow


def test_follow_inbound_object_by_default_makes_bookings_of_its_calendar_only(place: Place) -> None:
    place.activate()
    assert draw_and_settle(place, ROOM_B) == []
    assert [each["object_id"] for each in draw_and_settle(place, ROOM_A)] == [10]


def test_follow_all_mapped_makes_bookings_of_each_calendars_own_object(place: Place) -> None:
    place.activate(inbound={"follow": "all_mapped"})
    draw_and_settle(place, ROOM_B)
    assert [each["object_id"] for each in draw_and_settle(place, ROOM_A)] == [11, 10]


def test_follow_all_mapped_makes_none_where_two_objects_share_a_calendar(place: Place) -> None:
    rows = [{"object": each, "calendar": ROOM_A} for each in ("10", "11")] + [{"object": "12", "calendar": ROOM_B}]
    place.activate(mapping=rows, inbound={"follow": "all_mapped"})
    assert draw_and_settle(place, ROOM_A) == []
    assert [each["object_id"] for each in draw_and_settle(place, ROOM_B)] == [12]


# Import existing


def test_import_existing_off_by_default_leaves_events_from_before_the_activation(place: Place) -> None:
    place.draw(START, END)
    place.pass_time(60)
    place.activate()
    assert place.bookings() == []
    place.edit(place.event()["id"], summary="Anders")
    place.settle()
    assert place.bookings() == []


def test_import_existing_makes_bookings_of_them_too(place: Place) -> None:
    place.draw(START, END)
    place.pass_time(60)
    place.activate(inbound={"import_existing": True})
    assert [each["from"] for each in place.bookings()] == [START]


@pytest.mark.parametrize("import_existing", [False, True])
def test_import_existing_decides_of_an_imported_event_of_which_nobody_knows_when_it_was_made(
    place: Place,
    import_existing: bool,  # noqa: FBT001
) -> None:
    place.activate(inbound={"import_existing": import_existing})
    imported = {"summary": "Feest", **when(START, END), "attendees": [{"displayName": "Tante An"}]}
    place.google("POST", f"calendars/{ROOM_A}/events?imported=1", imported)
    place.settle()
    assert [each["from"] for each in place.bookings()] == [START] * import_existing
    assert place.api("GET", "/7/parked") == []


@pytest.mark.parametrize(("free_events", "whole_day", "hour"), [("none", 0, 0), ("all_day", 1, 0), ("all", 1, 1)])
def test_free_events_says_which_free_events_become_bookings(
    place: Place, free_events: str, whole_day: int, hour: int
) -> None:
    place.activate(inbound={"free_events": free_events})
    place.draw("2026-11-26", "2026-11-27", transparency="transparent")
    place.draw("2026-11-28T10:00", "2026-11-28T11:00", transparency="transparent")
    place.settle()
    assert len(place.bookings()) == whole_day + hour


def test_free_events_left_out_takes_whole_days(place: Place) -> None:
    place.activate()
    place.draw("2026-11-26", "2026-11-27", transparency="transparent")
    place.settle()
    assert [each["from"][:10] for each in place.bookings()] == ["2026-11-26"]


def test_import_existing_doubles_nothing_that_a_booking_names_already(place: Place) -> None:
    event = place.draw(START, END)["id"]
    booking = place.book(START, END, external_id=event)
    place.pass_time(60)
    place.activate(inbound={"import_existing": True})
    place.settle(60)
    assert [str(each["id"]) for each in place.bookings()] == [booking]
    assert place.event()["id"] == event


# Remarks field


def test_remarks_field_by_default_takes_title_and_description(place: Place) -> None:
    place.activate()
    (booking,) = draw_and_settle(place, summary="Bestuur & co", description="Agenda:<br>1. Opening")
    assert booking["remarks"] == "Bestuur & co\nAgenda:\n1. Opening"


def test_remarks_field_may_be_a_custom_field(place: Place) -> None:
    place.activate(inbound={"remarks_field": "custom07"})
    (booking,) = draw_and_settle(place, summary="Bestuur")
    assert booking["custom"] == {"07": "Bestuur"}
    assert not booking["remarks"]


def test_remarks_field_none_keeps_the_text_at_google(place: Place) -> None:
    place.activate(inbound={"remarks_field": "none"})
    (booking,) = draw_and_settle(place, summary="Bestuur")
    assert not booking["remarks"]


def test_remarks_field_follows_the_event_while_it_holds_what_we_wrote(place: Place) -> None:
    place.activate()
    draw_and_settle(place, summary="Bestuur")
    event = place.event()["id"]
    place.edit(event, summary="Bestuur & leden")
    place.settle()
    (booking,) = place.bookings()
    assert booking["remarks"] == "Bestuur & leden"
    place.change(str(booking["id"]), remarks="Sleutel bij de balie")
    place.settle()
    place.edit(event, summary="Leden")
    place.settle()
    assert place.bookings()[0]["remarks"] == "Sleutel bij de balie"
    assert place.event()["summary"] == "Leden"


def test_remarks_field_follows_though_i_reserve_cuts_what_is_too_long(place: Place) -> None:
    place.ireserve("PATCH", "dialect", {"remarks_max_length": 12})
    place.activate()
    event = place.draw(START, END, summary="Overleg", description="Met taart")
    place.settle(60)
    assert place.bookings()[0]["remarks"] == "Overleg\nMet "
    place.edit(event["id"], description="Koek erbij")
    place.settle(60)
    assert place.bookings()[0]["remarks"] == "Overleg\nKoek"


def test_remarks_field_none_writes_nothing_later_either(place: Place) -> None:
    place.activate(inbound={"remarks_field": "none"})
    draw_and_settle(place, summary="Bestuur")
    place.edit(place.event()["id"], summary="Leden")
    place.settle()
    assert not place.bookings()[0]["remarks"]


# Window


@pytest.mark.parametrize(
    ("window", "start", "count"),
    [
        pytest.param({}, "2026-08-28T10:00", 1, id="default: 90 days back"),
        pytest.param({}, "2026-08-20T10:00", 0, id="default: not further back"),
        pytest.param({}, "2027-11-20T10:00", 1, id="default: 365 days ahead"),
        pytest.param({}, "2027-11-25T10:00", 0, id="default: not further ahead"),
        pytest.param({"window_days": [-1, 7]}, "2026-11-29T10:00", 1, id="as set: within"),
        pytest.param({"window_days": [-1, 7]}, "2026-12-01T10:00", 0, id="as set: beyond"),
    ],
)
def test_window_days_are_the_days_whose_events_become_bookings(
    place: Place, window: dict[str, list[int]], start: str, count: int
) -> None:
    place.activate(sync=window)
    place.draw(start, start.replace("T10", "T11"))
    place.settle()
    assert len(place.bookings()) == count


def test_free_events_and_others_that_become_no_bookings_are_said_on_diagnostics_and_once_in_the_journal(
    place: Place,
) -> None:
    place.activate()
    free = place.draw(START, END, transparency="transparent")["id"]
    place.draw(START, END, eventType="focusTime")
    place.draw("2029-11-24T10:00", "2029-11-24T11:00")
    place.settle()
    place.edit(free, summary="Nog steeds vrij")
    place.settle()
    assert place.bookings() == []
    said = sorted(each["why"] for each in place.journal() if each["step"] == "NotTaken")
    assert said == ["not_taken_event_type", "not_taken_free", "not_taken_outside_window"]
    says = [each["says"] for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "not_taken"]
    assert "1 of the events changed in the last seven days became no booking: they show as free" in says
    assert len(says) == 3


def test_events_that_a_list_finds_after_a_lost_token_are_said_too_and_those_from_before_are_not(place: Place) -> None:
    place.draw(START, END, transparency="transparent", summary="van voor het activeren")
    place.pass_time(8 * 86400)
    place.activate()
    assert [each for each in place.journal() if each["step"] == "NotTaken"] == []
    place.google("POST", "notifications", {"mode": "drop"})
    place.draw("2026-12-04T10:00", "2026-12-04T11:00", transparency="transparent")
    place.google("POST", "sync-tokens/expire", {})
    place.pass_time(1800)
    place.tick()
    place.settle(60)
    place.pass_time(1800)
    place.tick()
    place.settle(60)
    assert [each["why"] for each in place.journal() if each["step"] == "NotTaken"] == ["not_taken_free"]


def test_an_event_on_a_calendar_whose_new_events_are_not_followed_is_said(place: Place) -> None:
    place.activate()
    place.draw(START, END, ROOM_B)
    place.settle()
    assert place.bookings() == []
    assert [each["why"] for each in place.journal() if each["step"] == "NotTaken"] == ["not_taken_not_followed"]
    assert "became no booking: new events of their calendar are not followed" in str(place.api("GET", "/7/diagnostics"))
    told = Tab(place).seen("/console/integrations/7/journal?kind=housekeeping")
    assert "An event became no booking" in told
    assert "on a calendar whose new events are not followed" in told
