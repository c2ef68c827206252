"""Rooms that are invited: the accepted copy becomes a booking, and only the room's own answer is ever written."""

from typing import Any

import pytest

from tests.harness.place import PLANNER, ROOM_A, ROOM_B, Place, when

HALL = "c_hall1@resource.calendar.google.com"
STAGE = "c_stage@resource.calendar.google.com"
ROWS = [{"object": "10", "calendar": HALL}, {"object": "11", "calendar": STAGE}]
ANSWER = {"attendees", "attendeesOmitted"}


def rooms(place: Place, inbound: dict[str, Any] | None = None, *, accepts: bool = True, **changes: Any) -> None:
    """Activate an integration of two rooms of Google Workspace, in which invitations become bookings."""
    for room in (HALL, STAGE):
        place.google("POST", "calendars", {"id": room, "account": PLANNER, "accepts": accepts})
    chosen = {"invitations": "resources", "follow": "all_mapped", **(inbound or {})}
    place.activate(mapping=ROWS, inbound=chosen, language="en", **changes)
    place.forget()


def invite(place: Place, start: str = "2026-11-25T10:00", end: str = "2026-11-25T11:00", *who: str) -> str:
    """Make an event on somebody's own calendar that invites a room, and return its id."""
    event = place.draw(start, end, ROOM_A, attendees=[{"email": each} for each in who or (HALL,)])
    place.settle()
    return str(event["id"])


def answer(place: Place, event: str, room: str = HALL) -> tuple[str, str]:
    """Return what a room has answered on the organizer's event, and its comment."""
    (found,) = (each for each in place.events() if each["id"] == event)
    own = next(each for each in found["attendees"] if each["email"] == room)
    return own["responseStatus"], own.get("comment", "")


def live(place: Place) -> list[tuple[int, str]]:
    """Return object and start of the bookings that stand."""
    return sorted((each["object_id"], each["from"]) for each in place.bookings() if each["status_code"] == 20)


def only_answered(place: Place) -> bool:
    """Whether nothing but rooms' answers was written to Google, and that in the form of the discovery document."""
    writes = [call for call in place.world.calls.log if call.method != "GET" and "/events" in call.path]
    bodies = [call.body for call in writes if "/watch" not in call.path]
    return all(set(body or {}) == ANSWER for body in bodies) and place.violations() == []


def test_an_accepted_invitation_becomes_a_booking_with_one_search_two_lists_one_check_and_one_write(
    place: Place,
) -> None:
    rooms(place)
    event = invite(place)
    assert live(place) == [(10, "2026-11-25T10:00")]
    assert place.bookings()[0]["remarks"].startswith("Overleg")
    assert answer(place, event) == ("accepted", "")
    assert "calendar.events.patch" not in place.calls()  # it has answered by itself
    calls = [call.partition("?")[0] for call in place.ireserve_calls() if not call.startswith("GET booking/10")]
    # its id is searched, and the guard lists the bookings of these hours, and those that began days before
    assert sorted(calls) == [*(3 * ["GET booking/filter"]), "POST booking/check", "POST hook/booking/"]
    assert place.api("GET", "/7/plan?refresh=1")["counts"] == {}


def test_where_i_reserve_refuses_the_room_declines_with_the_reason(place: Place) -> None:
    rooms(place)
    place.ireserve("POST", "bookings", booking(start="2026-11-25T10:30", end="2026-11-25T11:30", number=99))
    place.google("POST", "notifications", {"mode": "deliver"})
    event = invite(place)
    assert live(place) == [(10, "2026-11-25T10:30")]
    assert answer(place, event) == ("declined", "i-Reserve refused this: the period is not available.")


def test_a_room_that_does_not_answer_by_itself_accepts_where_i_reserve_holds_it(place: Place) -> None:
    rooms(place, accepts=False)
    event = invite(place)
    assert live(place) == [(10, "2026-11-25T10:00")]
    assert answer(place, event) == ("accepted", "")
    assert place.calls().count("calendar.events.patch") == 1
    assert only_answered(place)


def test_a_move_by_the_organizer_moves_the_booking(place: Place) -> None:
    rooms(place)
    event = invite(place)
    place.drag(event, "2026-11-26T14:00", "2026-11-26T15:00")
    place.settle()
    assert live(place) == [(10, "2026-11-26T14:00")]
    assert answer(place, event) == ("accepted", "")
    assert only_answered(place)


def test_a_move_that_i_reserve_refuses_is_declined_and_after_the_waiting_time_the_booking_goes(place: Place) -> None:
    rooms(place, accepts=False)
    event = invite(place)
    place.ireserve("POST", "bookings", booking(start="2026-11-26T14:00", end="2026-11-26T15:00", number=99))
    place.settle()
    place.drag(event, "2026-11-26T14:00", "2026-11-26T15:00")
    place.settle()
    assert answer(place, event)[0] == "declined"
    assert (10, "2026-11-25T10:00") in live(place)
    place.settle(300)
    assert live(place) == [(10, "2026-11-26T14:00")]


def test_moved_back_within_the_waiting_time_it_is_taken_again(place: Place) -> None:
    rooms(place, accepts=False)
    event = invite(place)
    place.ireserve("POST", "bookings", booking(start="2026-11-26T14:00", end="2026-11-26T15:00", number=99))
    place.settle()
    place.drag(event, "2026-11-26T14:00", "2026-11-26T15:00")
    place.settle()
    place.drag(event, "2026-11-25T10:00", "2026-11-25T11:00")
    place.settle(300)
    assert (10, "2026-11-25T10:00") in live(place)
    assert answer(place, event) == ("accepted", "")


@pytest.mark.parametrize("how", ["deleted", "uninvited", "declined"])
def test_without_the_organizer_or_the_room_the_booking_is_cancelled_after_the_waiting_time(
    place: Place, how: str
) -> None:
    rooms(place)
    event = invite(place)
    if how == "deleted":
        place.delete(event)
    elif how == "uninvited":
        place.edit(event, attendees=[])
    else:
        place.google("POST", f"calendars/{ROOM_A}/events/{event}/respond", declined_by(HALL))
    place.settle()
    assert len(live(place)) == 1
    place.settle(300)
    assert live(place) == []
    assert only_answered(place)


def test_each_of_two_invited_rooms_has_a_booking_of_its_own(place: Place) -> None:
    rooms(place)
    event = invite(place, "2026-11-25T10:00", "2026-11-25T11:00", HALL, STAGE)
    assert live(place) == [(10, "2026-11-25T10:00"), (11, "2026-11-25T10:00")]
    assert len({each["external_id"] for each in place.bookings()}) == 2
    place.edit(event, attendees=[{"email": STAGE}])
    place.settle(300)
    assert live(place) == [(11, "2026-11-25T10:00")]


def test_a_booking_moved_in_i_reserve_declines_and_goes_on_with_an_event_of_its_own(place: Place) -> None:
    rooms(place)
    event = invite(place)
    number = str(place.bookings()[0]["id"])
    place.change(number, start="2026-11-27T09:00", end="2026-11-27T10:00")
    place.settle(60)
    assert answer(place, event) == ("declined", "The booking was moved in i-Reserve.")
    (own,) = (each for each in place.events(HALL) if each["id"] != event)
    assert own["start"]["dateTime"].startswith("2026-11-27T09:00")
    assert place.booking(number)["external_id"] == own["id"]
    assert [each["start"]["dateTime"][:16] for each in place.events()] == ["2026-11-25T10:00"]
    place.settle(300)
    assert live(place) == [(10, "2026-11-27T09:00")]


def test_a_booking_cancelled_in_i_reserve_declines_and_reopened_stands_by_itself(place: Place) -> None:
    rooms(place)
    event = invite(place)
    number = str(place.bookings()[0]["id"])
    place.change(number, status_code=70)
    place.settle(60)
    assert answer(place, event) == ("declined", "The booking was cancelled in i-Reserve.")
    place.change(number, status_code=20)
    place.settle(60)
    assert [each["id"] for each in place.events(HALL) if each["id"] != event]
    assert live(place) == [(10, "2026-11-25T10:00")]


def test_undoing_what_was_made_of_an_invitation_declines_and_that_undone_the_booking_stands_by_itself(
    place: Place,
) -> None:
    rooms(place)
    event = invite(place)
    (made,) = [each for each in place.journal() if each["step"] == "MakeBooking"]
    place.api("POST", f"/7/journal/{made['id']}/undo")
    place.settle(60)
    assert live(place) == []
    assert answer(place, event) == ("declined", "The booking was cancelled in i-Reserve.")
    (undone,) = [each for each in place.journal() if each["why"] == "undone"]
    place.api("POST", f"/7/journal/{undone['id']}/undo")
    place.settle(60)
    assert live(place) == [(10, "2026-11-25T10:00")]
    assert [each["id"] for each in place.events(HALL) if each["id"] != event]


def test_a_booking_stands_on_a_rooms_calendar_as_an_event_of_its_own(place: Place) -> None:
    rooms(place)
    place.book()
    place.settle()
    assert place.event(HALL)["organizer"]["self"] is True


def test_the_occurrences_of_an_invited_series_each_have_a_booking(place: Place) -> None:
    rooms(place)
    place.draw(
        "2026-11-25T10:00",
        "2026-11-25T11:00",
        ROOM_A,
        attendees=[{"email": HALL}],
        recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"],
    )
    place.settle()
    assert [start for _, start in live(place)] == ["2026-11-25T10:00", "2026-12-02T10:00", "2026-12-09T10:00"]
    assert only_answered(place)


def test_by_default_invitations_become_no_bookings_and_cost_no_call(place: Place) -> None:
    rooms(place, {"invitations": "none"})
    event = invite(place)
    assert live(place) == []
    assert "calendar.events.patch" not in place.calls()
    assert not [call for call in place.ireserve_calls() if "booking" in call]
    assert answer(place, event) == ("accepted", "")


def test_chosen_later_the_plan_shows_those_accepted_already_and_they_become_bookings_at_once(place: Place) -> None:
    rooms(place, {"invitations": "none"})
    invite(place)
    read = place.api("GET", "/7")
    chosen = {**read, "inbound": {**read["inbound"], "invitations": "resources"}}
    assert place.api("PUT", "/7", chosen, 409)["plan"]["counts"] == {"make_booking": 1}
    place.api("PUT", "/7?apply=all", chosen)
    place.settle(60)
    assert live(place) == [(10, "2026-11-25T10:00")]


def test_on_any_calendar_a_person_accepts_first(place: Place) -> None:
    rooms(place, {"invitations": "all", "object": "12"}, accepts=True)
    place.save(
        mapping=[*ROWS, {"object": "12", "calendar": PLANNER}],
        inbound={"invitations": "all", "follow": "all_mapped"},
    )
    place.settle()
    event = invite(place, "2026-11-25T10:00", "2026-11-25T11:00", PLANNER)
    assert live(place) == []
    place.google(
        "POST", f"calendars/{ROOM_A}/events/{event}/respond", {**declined_by(PLANNER), "responseStatus": "accepted"}
    )
    place.settle()
    assert live(place) == [(12, "2026-11-25T10:00")]


@pytest.mark.parametrize("how", ["says maybe", "is asked again"])
def test_on_any_calendar_the_answer_stays_the_persons(place: Place, how: str) -> None:
    rows = [{"object": "10", "calendar": ROOM_A}, {"object": "12", "calendar": PLANNER}]
    place.activate(mapping=rows, inbound={"invitations": "all", "follow": "all_mapped", "object": "12"})
    meeting = place.draw("2026-11-25T10:00", "2026-11-25T11:00", ROOM_B, attendees=[{"email": PLANNER}])["id"]
    responds = f"calendars/{ROOM_B}/events/{meeting}/respond"
    place.google("POST", responds, {"email": PLANNER, "responseStatus": "accepted"})
    place.settle(60)
    assert live(place) == [(12, "2026-11-25T10:00")]
    place.forget()
    if how == "says maybe":
        place.google("POST", responds, {"email": PLANNER, "responseStatus": "tentative"})
    else:
        asked = {"email": PLANNER, "responseStatus": "needsAction"}
        place.edit(meeting, ROOM_B, **when("2026-11-26T10:00", "2026-11-26T11:00"), attendees=[asked])
    place.settle(300)
    (event,) = place.events(ROOM_B)
    assert [each["responseStatus"] for each in event["attendees"]] == [
        "tentative" if how == "says maybe" else "needsAction"
    ]
    assert live(place) == [(12, "2026-11-25T10:00" if how == "says maybe" else "2026-11-26T10:00")]
    assert only_answered(place)
    assert "calendar.events.patch" not in place.calls()
    place.delete(meeting, ROOM_B)
    place.settle(300)
    assert live(place) == []


@pytest.mark.parametrize("address", [HALL, HALL.upper(), f" {HALL}"])
def test_a_customer_who_gives_a_rooms_address_as_his_own_takes_no_second_room(place: Place, address: str) -> None:
    rows = [{"object": "10", "calendar": ROOM_A}, {"object": "11", "calendar": HALL}]
    place.google("POST", "calendars", {"id": HALL, "account": PLANNER, "accepts": True})
    chosen = {"invitations": "resources", "follow": "all_mapped", "object": "10"}
    place.activate(mapping=rows, inbound=chosen, outbound={"use_customer_data": True})
    customer = place.ireserve("POST", "customers", {"name": "Gast", "email": address})
    place.book("2026-11-25T10:00", "2026-11-25T11:00", customer_id=customer["id"])
    place.settle(60)
    assert live(place) == [(10, "2026-11-25T10:00")]
    assert place.events(HALL) == []
    checks = [each for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "customers"]
    assert "has an address that cannot be invited" in checks[0]["says"]


@pytest.mark.parametrize(("tell", "mails"), [(False, 0), (True, 1)])
def test_google_mails_the_organizer_only_where_that_is_chosen(place: Place, *, tell: bool, mails: int) -> None:
    rooms(place, {"tell_organizer": tell})
    place.ireserve("POST", "bookings", booking(start="2026-11-25T10:30", end="2026-11-25T11:30", number=99))
    invite(place)
    assert [mail.kind for mail in place.world.mails].count("reply") == mails


def test_the_audit_takes_an_invited_pair_for_a_pair_and_finds_one_that_is_amiss(place: Place) -> None:
    rooms(place)
    event = invite(place)
    assert found(place) == []
    place.google("POST", "notifications", {"mode": "drop"})
    place.drag(event, "2026-11-26T14:00", "2026-11-26T15:00")
    assert found(place) == ["other_time"]


def test_diagnostics_say_which_rooms_answer_by_themselves(place: Place) -> None:
    rooms(place, accepts=False)
    checks = [each for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "room"]
    assert {each["subject"] for each in checks} == {HALL, STAGE}
    assert all("does not answer invitations by itself" in each["says"] for each in checks)


def booking(start: str, end: str, **fields: Any) -> dict[str, Any]:
    return {"object_id": 10, "status_code": 20, "from": start, "till": end, **fields}


def declined_by(room: str) -> dict[str, str]:
    return {"email": room, "responseStatus": "declined"}


def found(place: Place) -> list[str]:
    place.api("POST", "/7/audit", status=202)
    place.settle(60)
    return [each["kind"] for each in place.api("GET", "/7/audit")["findings"] if each["kind"] != "left_alone"]
