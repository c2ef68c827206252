"""Google answers badly: each status and reason has its reaction, no event is lost or doubled, and the next call works."""

import pytest

from tests.harness.deeds import active, changed, levels, made, why
from tests.harness.place import PLANNER, ROOM_A, ROOM_B, Place

PASSING = [
    {"status": 401, "reason": "authError"},
    {"status": 403, "reason": "rateLimitExceeded"},
    {"status": 403, "reason": "userRateLimitExceeded"},
    {"status": 409, "reason": "conflict"},
    {"status": 412, "reason": "conditionNotMet"},
    {"status": 429, "reason": "rateLimitExceeded"},
    {"status": 500, "reason": "backendError"},
    {"status": 503, "reason": "backendError"},
    {"status": 503, "action": "html"},
    {"status": 404, "action": "html"},
    {"status": 429, "action": "retry_after", "seconds": 40},
    {"action": "reset"},
]
LANDED = [{"action": "reset", "when": "after"}, {"status": 500, "when": "after"}, {"status": 503, "when": "after"}]
STOPPING = ["insufficientPermissions", "accessNotConfigured", "domainPolicy"]


def name(fault: dict[str, object]) -> str:
    return "-".join(str(value) for value in fault.values())


@pytest.mark.parametrize("fault", [*PASSING, *LANDED], ids=name)
def test_a_creation_that_fails_is_done_again_and_makes_one_event(place: Place, fault: dict[str, object]) -> None:
    active(place)
    place.google("POST", "faults", {"method": "POST", "path": "/events$", **fault})
    booking = place.book()
    place.settle(120)
    assert place.event()["summary"] == f"Zaal A - {booking}"
    assert place.booking(booking)["external_id"] == place.event()["id"]
    assert place.api("GET", "/7/parked") == []


@pytest.mark.parametrize("fault", [*PASSING, *LANDED], ids=name)
def test_a_change_that_fails_is_done_again(place: Place, fault: dict[str, object]) -> None:
    active(place)
    booking, event = made(place)
    place.google("POST", "faults", {"method": "PATCH", "path": "/events/", **fault})
    place.change(booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.settle(120)
    after = place.event()
    assert (after["id"], after["start"]["dateTime"]) == (event["id"], "2026-11-24T12:00:00+01:00")
    assert "put_back" not in why(place)


def test_a_wait_of_ages_that_google_asks_for_stops_nothing(place: Place) -> None:
    active(place)
    booking, _ = made(place)
    fault = {"status": 429, "action": "retry_after", "seconds": 10**15}
    place.google("POST", "faults", {"method": "PATCH", "path": "/events/", **fault})
    place.change(booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.settle(3700)
    assert place.event()["start"]["dateTime"] == "2026-11-24T12:00:00+01:00"


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 412, "reason": "conditionNotMet"}, *LANDED], ids=name)
def test_a_removal_that_fails_ends_with_the_event_gone(place: Place, fault: dict[str, object]) -> None:
    active(place)
    booking, _ = made(place)
    place.google("POST", "faults", {"method": "DELETE", "path": "/events/", **fault})
    place.change(booking, status_code=70)
    place.settle(120)
    assert place.events() == []
    changed(place, booking, status_code=20)
    assert place.event()["summary"] == f"Zaal A - {booking}"


@pytest.mark.parametrize("purged", [False, True])
def test_a_removal_of_what_a_person_removed_already_is_done(place: Place, *, purged: bool) -> None:
    active(place)
    booking, event = made(place)
    place.google("POST", "notifications", {"mode": "drop"})
    place.delete(event["id"])
    if purged:
        place.google("POST", f"calendars/{ROOM_A}/events/{event['id']}/purge", {})
    changed(place, booking, status_code=70)
    assert place.events() == []
    assert place.booking(booking)["status_code"] == 70
    assert place.api("GET", "/7/parked") == []


@pytest.mark.parametrize("fault", LANDED, ids=name)
def test_a_move_whose_answer_is_lost_ends_in_the_new_calendar(place: Place, fault: dict[str, object]) -> None:
    active(place)
    booking, event = made(place)
    place.google("POST", "faults", {"method": "POST", "path": "/move$", **fault})
    place.change(booking, object_id=11)
    place.settle(120)
    assert place.events(ROOM_A) == []
    assert place.event(ROOM_B)["id"] == event["id"]
    assert place.event(ROOM_B)["summary"] == f"Zaal B - {booking}"


CURES = {
    "accessNotConfigured": "enable the Google Calendar API",
    "SERVICE_DISABLED": "enable the Google Calendar API",
    "domainPolicy": "let the administrator",
    "notACalendarUser": "let the administrator",
}


@pytest.mark.parametrize("reason", STOPPING)
def test_a_403_that_every_call_would_get_stops_the_calls_and_says_what_to_do(place: Place, reason: str) -> None:
    active(place)
    place.google("POST", "faults", {"path": "/calendar/v3", "status": 403, "reason": reason, "times": 1000})
    booking = place.book()
    place.settle(60)
    place.forget()
    place.change(booking, remarks="nog een keer")
    place.settle(600)
    assert place.calls() == []
    red = [check for check in place.api("GET", "/7/diagnostics")["checks"] if check["level"] == "red"]
    assert red[0]["name"] == "state"
    assert CURES.get(reason, "run Step 1") in red[1]["mend"]
    place.google("DELETE", "faults")
    place.connect()
    place.settle(60)
    place.tick()
    place.settle(60)
    assert place.event()["summary"] == f"Zaal A - {booking}"


def test_a_401_that_stays_marks_the_connection_dead(place: Place) -> None:
    active(place)
    place.google("POST", "faults", {"path": "/calendar/v3", "status": 401, "reason": "authError", "times": 1000})
    place.book()
    place.settle(60)
    assert levels(place)["google"] == "red"
    assert place.api("GET", "/7")["connection"]["dead"]


def test_an_access_token_that_expired_is_renewed_without_a_trace(place: Place) -> None:
    active(place)
    made(place, ROOM_B, object_id=11)
    place.google("POST", "tokens/expire-access", {"account": PLANNER})
    booking = place.book()
    place.forget()
    place.settle(4)
    assert place.event()["summary"] == f"Zaal A - {booking}"
    tries = [call.status for call in place.world.calls.log if call.api == "calendar.events.insert"]
    assert tries == [401, 200]


@pytest.mark.parametrize("reason", ["quotaExceeded", "calendarUsageLimitsExceeded"])
def test_a_spent_quota_waits_an_hour_instead_of_insisting(place: Place, reason: str) -> None:
    active(place)
    place.google("POST", "faults", {"method": "POST", "path": "/events$", "status": 403, "reason": reason, "times": 2})
    booking = place.book()
    place.settle(60)
    place.forget()
    place.settle(1800)
    assert "calendar.events.insert" not in place.calls()
    place.settle(7200)
    assert place.event()["summary"] == f"Zaal A - {booking}"


@pytest.mark.parametrize("reason", ["forbidden", "requiredAccessLevel", "forbiddenForNonOrganizer"])
def test_a_403_about_one_calendar_is_parked_and_the_others_go_on(place: Place, reason: str) -> None:
    active(place)
    fault = {"method": "POST", "path": "room-a.*/events$", "status": 403, "reason": reason, "times": 1000}
    place.google("POST", "faults", fault)
    stuck = place.book()
    fine = place.book(object_id=11)
    place.settle(60)
    assert place.event(ROOM_B)["summary"] == f"Zaal B - {fine}"
    parked = place.api("GET", "/7/parked")
    assert [item["subject"] for item in parked] == [[stuck]]
    place.google("DELETE", "faults")
    place.api("POST", f"/7/parked/{parked[0]['id']}/retry")
    place.settle()
    assert place.event(ROOM_A)["summary"] == f"Zaal A - {stuck}"
    assert place.api("GET", "/7/parked") == []


def test_a_calendar_that_is_gone_is_parked_and_cancels_nothing(place: Place) -> None:
    active(place)
    booking, _ = made(place)
    place.google("DELETE", f"calendars/{ROOM_A}")
    place.change(booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.settle(600)
    assert place.booking(booking)["status_code"] == 20
    assert levels(place)["calendar"] == "red"


def test_a_409_of_an_event_that_is_there_already_takes_it(place: Place) -> None:
    active(place)
    place.google("POST", "faults", {"method": "POST", "path": "/events$", "action": "reset", "when": "after"})
    booking = place.book()
    place.do_one()
    landed = place.event()["id"]
    place.settle(200)
    assert place.event()["id"] == landed
    assert place.booking(booking)["external_id"] == landed


def test_a_409_of_an_id_in_the_bin_is_revived(place: Place) -> None:
    active(place)
    booking, event = made(place)
    changed(place, booking, status_code=70)
    changed(place, booking, status_code=20)
    assert place.event()["id"] == event["id"]


def test_a_412_reads_again_and_keeps_what_the_person_did(place: Place) -> None:
    active(place)
    booking, event = made(place)
    place.google("POST", "notifications", {"mode": "hold"})
    place.edit(event["id"], description=event["description"] + "\nmet de hand", location="Kantine")
    place.change(booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.forget()
    place.settle()
    after = place.event()
    assert after["start"]["dateTime"] == "2026-11-24T12:00:00+01:00"
    assert after["description"].endswith("met de hand")
    assert after["location"] == "Kantine"


def test_a_410_of_the_sync_token_compares_in_full_and_loses_nothing(place: Place) -> None:
    active(place)
    booking, event = made(place)
    place.google("POST", "sync-tokens/expire", {})
    place.edit(event["id"], summary="van iemand")
    place.settle(60)
    assert place.event()["summary"] == f"Zaal A - {booking}"
    assert place.booking(booking)["status_code"] == 20
    assert len(place.bookings()) == 1


def test_a_fault_that_lasts_is_parked_shown_and_retried_until_it_works(place: Place) -> None:
    active(place)
    place.google("POST", "faults", {"method": "POST", "path": "/events$", "status": 500, "times": 1000})
    booking = place.book()
    place.settle(120)
    assert [item["subject"] for item in place.api("GET", "/7/parked")] == [[booking]]
    place.google("DELETE", "faults")
    place.settle(1200)
    assert place.event()["summary"] == f"Zaal A - {booking}"
    assert place.api("GET", "/7/parked") == []
