"""Inbound fields about changed and deleted events: each with its default and its other values, named after the field."""

from dataclasses import replace
from typing import Any

import pytest

from functions.application.store import integrations
from tests.harness.place import ROOM_A, ROOM_B, Place
from tests.harness.tab import Tab

START, END = "2026-11-24T10:00", "2026-11-24T11:00"
LATER, LATER_END = "2026-11-24T14:00", "2026-11-24T15:00"
NEXT, NEXT_END = "2026-11-25T10:00", "2026-11-25T11:00"
UPDATES = {"allow_booking_update": True}
FROM_I_RESERVE, FROM_GOOGLE = "from i-Reserve", "from Google"
origins = pytest.mark.parametrize("origin", [FROM_I_RESERVE, FROM_GOOGLE])


def made(place: Place, origin: str) -> str:
    """Make a pair that began on either side; return the booking's id."""
    if origin == FROM_I_RESERVE:
        place.book(START, END)
    else:
        place.draw(START, END)
    place.settle()
    return str(place.bookings()[0]["id"])


def dragged(place: Place, start: str = LATER, end: str = LATER_END) -> str:
    place.drag(place.event()["id"], start, end)
    place.settle()
    return str(place.event()["start"]["dateTime"])[:16]


def move(place: Place, event: str, source: str, destination: str) -> None:
    place.google("POST", f"calendars/{source}/events/{event}/move", {"destination": destination})
    place.settle()


def probed(place: Place, **dialect: Any) -> None:
    """Let a probe have found these answers."""
    integrations.change(place.documents, "7", lambda before: replace(before, dialect={**before.dialect, **dialect}))


# Allow booking update


def test_allow_booking_update_off_by_default_puts_an_event_of_i_reserve_back_and_says_why(place: Place) -> None:
    place.activate()
    booking = made(place, FROM_I_RESERVE)
    assert dragged(place) == START
    assert place.booking(booking)["from"] == START
    assert "wordt in i-Reserve gewijzigd" in place.event()["description"]


def test_allow_booking_update_off_still_moves_a_booking_that_came_from_google(place: Place) -> None:
    place.activate()
    booking = made(place, FROM_GOOGLE)
    assert dragged(place) == LATER
    assert place.booking(booking)["from"] == LATER


@origins
def test_allow_booking_update_on_moves_the_booking_of_either_origin(place: Place, origin: str) -> None:
    place.activate(inbound=UPDATES)
    booking = made(place, origin)
    assert dragged(place) == LATER
    assert (place.booking(booking)["from"], place.booking(booking)["till"]) == (LATER, LATER_END)


def test_allow_booking_update_off_makes_a_deleted_event_of_i_reserve_again(place: Place) -> None:
    place.activate()
    booking = made(place, FROM_I_RESERVE)
    event = place.event()["id"]
    place.delete(event)
    place.settle(300)
    assert place.event()["id"] == event
    assert place.booking(booking)["status_code"] == 20


@origins
def test_allow_booking_update_on_cancels_the_booking_of_a_deleted_event(place: Place, origin: str) -> None:
    place.activate(inbound=UPDATES)
    booking = made(place, origin)
    place.delete(place.event()["id"])
    place.settle(300)
    assert place.booking(booking)["status_code"] == 70
    assert place.events() == []


# Ignore validation errors on update


@origins
def test_ignore_validation_errors_on_update_off_by_default_puts_the_event_back(place: Place, origin: str) -> None:
    place.ireserve("PATCH", "dialect", {"override_in": "body"})
    place.activate(inbound=UPDATES)
    probed(place, override=["body", "override", True])
    booking = made(place, origin)
    place.book(LATER, LATER_END)
    place.settle()
    event = next(each for each in place.events() if each["id"] == place.booking(booking)["external_id"])
    place.drag(event["id"], LATER, LATER_END)
    place.settle()
    assert place.booking(booking)["from"] == START
    after = next(each for each in place.events() if each["id"] == event["id"])
    assert after["start"] == event["start"]


@pytest.mark.parametrize("override_in", ["body", "query"])
def test_ignore_validation_errors_on_update_on_writes_with_the_known_override(place: Place, override_in: str) -> None:
    place.ireserve("PATCH", "dialect", {"override_in": override_in})
    place.activate(inbound={**UPDATES, "ignore_validation_errors_on_update": True})
    probed(place, override=[override_in, "override", True])
    booking = made(place, FROM_GOOGLE)
    place.book(LATER, LATER_END, quiet=True)
    assert dragged(place) == LATER
    assert place.booking(booking)["from"] == LATER


def test_ignore_validation_errors_on_update_on_says_in_the_journal_what_i_reserve_refused(place: Place) -> None:
    place.ireserve("PATCH", "dialect", {"override_in": "body"})
    inbound = {**UPDATES, "ignore_validation_errors_on_update": True}
    place.activate(inbound=inbound, sync={"overlap_guard": "never"})  # so that i-Reserve itself refuses
    probed(place, override=["body", "override", True])
    made(place, FROM_GOOGLE)
    place.book(LATER, LATER_END, quiet=True)
    dragged(place)
    moved = [each for each in place.journal() if each["why"] == "event_moved"]
    assert [(each["outcome"], each.get("despite")) for each in moved] == [("done", "period_taken")]
    tab, journal = Tab(place), "/console/integrations/7/journal"
    assert "Written all the same, as validation errors are ignored: the period is not available" in tab.seen(journal)
    tab.get("/console/language/nl")
    assert "Toch geschreven, want validatiefouten worden genegeerd: de periode is niet beschikbaar" in tab.seen(journal)


def test_what_was_written_despite_a_refusal_is_in_the_journal_even_if_the_answer_was_lost(place: Place) -> None:
    place.ireserve("PATCH", "dialect", {"override_in": "body"})
    inbound = {**UPDATES, "ignore_validation_errors_on_update": True}
    place.activate(inbound=inbound, sync={"overlap_guard": "never"})
    probed(place, override=["body", "override", True])
    made(place, FROM_GOOGLE)
    place.book(LATER, LATER_END, quiet=True)
    write = {"path": "hook/booking", "method": "POST"}
    place.ireserve("POST", "faults", {**write, "action": "delay"})  # the write that is refused
    place.ireserve("POST", "faults", {**write, "action": "reset", "when": "after"})  # that with the override
    dragged(place)
    place.settle(200)
    moved = [each for each in place.journal() if each["why"] == "event_moved"]
    assert [(each["outcome"], each.get("despite")) for each in moved] == [("done", "period_taken")]


def test_ignore_validation_errors_on_update_on_uses_the_override_only_where_i_reserve_refuses(place: Place) -> None:
    place.ireserve("PATCH", "dialect", {"override_in": "body"})
    place.activate(inbound={**UPDATES, "ignore_validation_errors_on_update": True})
    probed(place, override=["body", "override", True])
    made(place, FROM_GOOGLE)
    place.forget()
    dragged(place)
    sent = [call["body"] for call in place.ireserve("GET", "calls")["calls"] if call["method"] == "POST"]
    assert len(sent) == 1
    assert "override" not in str(sent)


def test_ignore_validation_errors_on_update_on_is_for_moves_only(place: Place) -> None:
    place.ireserve("PATCH", "dialect", {"override_in": "body"})
    place.activate(inbound={**UPDATES, "ignore_validation_errors_on_update": True})
    probed(place, override=["body", "override", True])
    place.book(START, END, quiet=True)
    made_in_taken_slot = place.draw(START, END)["id"]
    place.settle()
    assert len(place.bookings()) == 1
    assert "niet beschikbaar" in place.event()["description"]
    assert place.event()["id"] == made_in_taken_slot


def test_ignore_validation_errors_on_update_without_a_known_override_puts_the_event_back(place: Place) -> None:
    place.activate(inbound={**UPDATES, "ignore_validation_errors_on_update": True})
    booking = made(place, FROM_GOOGLE)
    place.book(LATER, LATER_END, quiet=True)
    assert dragged(place) == START
    assert place.booking(booking)["from"] == START


# Allow object change


@origins
def test_allow_object_change_off_by_default_moves_the_event_back_and_says_why(place: Place, origin: str) -> None:
    place.activate(inbound={**UPDATES, "follow": "all_mapped"})
    booking = made(place, origin)
    event = place.event()["id"]
    move(place, event, ROOM_A, ROOM_B)
    assert place.events(ROOM_B) == []
    assert place.event(ROOM_A)["id"] == event
    assert "Een ander object kiezen kan alleen in i-Reserve" in place.event()["description"]
    assert place.booking(booking)["object_id"] == 10
    assert len(place.bookings()) == 1


@origins
def test_allow_object_change_on_gives_the_booking_the_object_of_the_calendar(place: Place, origin: str) -> None:
    place.activate(inbound={**UPDATES, "allow_object_change": True})
    booking = made(place, origin)
    event = place.event()["id"]
    move(place, event, ROOM_A, ROOM_B)
    assert place.event(ROOM_B)["id"] == event
    assert place.booking(booking)["object_id"] == 11
    assert len(place.bookings()) == 1


def test_allow_object_change_on_is_refused_with_the_reason_where_the_other_object_is_taken(place: Place) -> None:
    place.activate(inbound={**UPDATES, "allow_object_change": True})
    booking = made(place, FROM_GOOGLE)
    place.book(START, END, object_id=11, quiet=True)
    event = place.event()["id"]
    move(place, event, ROOM_A, ROOM_B)
    assert place.event(ROOM_A)["id"] == event
    assert "niet beschikbaar" in place.event()["description"]
    assert place.booking(booking)["object_id"] == 10


# Deleted event


def test_deleted_event_cancel_by_default_waits_for_the_grace(place: Place) -> None:
    place.activate()
    booking = made(place, FROM_GOOGLE)
    place.delete(place.event()["id"])
    place.settle(60)
    assert place.booking(booking)["status_code"] == 20
    place.settle(120)
    assert place.booking(booking)["status_code"] == 70


def test_deleted_event_ask_holds_the_cancellation_for_a_person(place: Place) -> None:
    place.activate(inbound={"deleted_event": "ask"})
    booking = made(place, FROM_GOOGLE)
    place.delete(place.event()["id"])
    place.settle(3600)
    assert place.booking(booking)["status_code"] == 20
    assert place.events() == []
    (held,) = place.api("GET", "/7/held")
    assert [each["booking_id"] for each in held["bookings"]] == [booking]


def test_deleted_event_restore_makes_the_event_again(place: Place) -> None:
    place.activate(inbound={"deleted_event": "restore"})
    booking = made(place, FROM_GOOGLE)
    event = place.event()["id"]
    place.delete(event)
    place.settle(300)
    assert place.event()["id"] == event
    assert place.booking(booking)["status_code"] == 20


# Cancel status


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        pytest.param({}, 70, id="default: the first of delete on status"),
        pytest.param({"outbound": {"delete_on_status": [80, 70]}}, 80, id="the first as set"),
        pytest.param({"inbound": {"cancel_status": 80}}, 80, id="as set"),
    ],
)
def test_cancel_status_is_what_a_booking_gets_when_its_event_is_deleted(
    place: Place, settings: dict[str, Any], status: int
) -> None:
    place.activate(**settings)
    booking = made(place, FROM_GOOGLE)
    place.delete(place.event()["id"])
    place.settle(300)
    assert place.booking(booking)["status_code"] == status


# Cancel grace


def test_cancel_grace_seconds_as_set_may_be_none_at_all(place: Place) -> None:
    place.activate(sync={"cancel_grace_seconds": 0})
    booking = made(place, FROM_GOOGLE)
    place.delete(place.event()["id"])
    place.settle()
    assert place.booking(booking)["status_code"] == 70


def test_cancel_grace_seconds_end_early_when_the_event_comes_back(place: Place) -> None:
    place.activate()
    booking = made(place, FROM_GOOGLE)
    event = place.event()["id"]
    place.delete(event)
    place.settle(60)
    place.google("POST", f"calendars/{ROOM_A}/events/{event}/restore")
    place.settle(600)
    assert place.booking(booking)["status_code"] == 20
    assert place.event()["id"] == event


def test_cancel_grace_seconds_end_early_when_the_booking_changes(place: Place) -> None:
    place.activate()
    booking = made(place, FROM_GOOGLE)
    place.delete(place.event()["id"])
    place.settle(60)
    place.change(booking, start=LATER, end=LATER_END)
    place.settle(600)
    assert place.booking(booking)["status_code"] == 20
    assert place.event()["start"]["dateTime"][:16] == LATER


# Conflict winner


def both_change(place: Place, *, taken: bool = False) -> str:
    booking = made(place, FROM_GOOGLE)
    if taken:
        place.book(LATER, LATER_END, status_code=99)
    place.google("POST", "notifications", {"mode": "hold"})
    place.ireserve("POST", "hooks/mode", {"mode": "hold"})
    place.drag(place.event()["id"], LATER, LATER_END)
    place.change(booking, start=NEXT, end=NEXT_END)
    place.google("POST", "notifications", {"mode": "deliver"})
    place.google("POST", "notifications/flush")
    place.ireserve("POST", "hooks/mode", {"mode": "deliver"})
    place.ireserve("POST", "hooks/flush")
    place.settle()
    return booking


@pytest.mark.parametrize(
    ("setting", "winner"),
    [({}, NEXT), ({"conflict_winner": "event"}, LATER)],
    ids=["default: the booking", "as set: the event"],
)
def test_conflict_winner_decides_when_both_sides_moved(place: Place, setting: dict[str, str], winner: str) -> None:
    place.activate(sync=setting)
    booking = both_change(place)
    assert place.booking(booking)["from"] == winner
    assert place.event()["start"]["dateTime"][:16] == winner
    assert "conflict" in [entry["why"] for entry in place.journal()]


def test_conflict_winner_tells_a_person_whose_time_won_and_was_refused(place: Place) -> None:
    place.activate(sync={"conflict_winner": "event"})
    booking = both_change(place, taken=True)
    assert place.booking(booking)["from"] == NEXT
    assert place.event()["start"]["dateTime"][:16] == NEXT
    assert "de periode is niet beschikbaar" in place.event()["description"]


def test_conflict_winner_keeps_the_losers_time_in_the_journal(place: Place) -> None:
    place.activate()
    both_change(place)
    entry = next(entry for entry in place.journal() if entry["why"] == "conflict")
    assert "2026-11-24T13:00" in str(entry)  # the dragged time in UTC
