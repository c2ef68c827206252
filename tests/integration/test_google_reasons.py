"""Each reason of Google's has its own cure, tried here from broken to mended; what is no Google says what it lacks."""

import pytest

from tests.harness.place import PLANNER, ROOM_A, ROOM_B, Place

HIDDEN = "shared@group.calendar.google.com"


def check(place: Place, subject: str) -> dict[str, str]:
    found = place.api("GET", "/7/diagnostics")["checks"]
    return next(each for each in found if subject in (each["subject"], each["name"]) and each["level"] != "green")


@pytest.mark.parametrize(
    ("reason", "cure"),
    [("accessNotConfigured", "enable the Google Calendar API"), ("domainPolicy", "let the administrator")],
)
def test_what_is_mended_in_google_needs_no_new_consent(place: Place, reason: str, cure: str) -> None:
    place.activate()
    place.google("POST", "faults", {"path": "/calendar/v3/", "status": 403, "reason": reason, "times": 1000})
    place.book()
    place.settle()
    assert check(place, "google")["mend"].startswith(cure)
    place.google("DELETE", "faults")
    place.pass_time(360)
    place.tick()
    place.settle(120)
    assert len(place.events()) == 1
    assert not [each for each in place.api("GET", "/7/diagnostics")["checks"] if each["level"] == "red"]


@pytest.mark.parametrize(
    "reason", ["sharingRateLimitExceeded", "dailyLimitExceededUnreg", "userRateLimitExceededUnreg"]
)
def test_limits_by_any_name_are_waited_for(place: Place, reason: str) -> None:
    place.activate()
    place.google("POST", "faults", {"method": "POST", "path": "/events", "status": 403, "reason": reason, "times": 1})
    place.book()
    place.settle(4000)
    assert len(place.events()) == 1


def test_a_calendar_that_is_shared_but_not_on_the_list_works_and_diagnostics_say_how_to_list_it(place: Place) -> None:
    place.google("PATCH", f"calendars/{ROOM_B}", {"subscribed": False})
    place.activate()
    place.book(object_id=11)
    place.settle()
    assert len(place.events(ROOM_B)) == 1
    found = check(place, ROOM_B)
    assert (found["level"], found["mend"]) == (
        "amber",
        "open Google Calendar as the connected account and add it to the list of calendars",
    )


def test_a_calendar_that_goes_with_somebody_elses_account_is_shown(place: Place) -> None:
    place.activate()
    place.google("PATCH", f"calendars/{ROOM_A}", {"data_owner": "vertrokken@example.org"})
    found = check(place, ROOM_A)
    assert (found["level"], found["says"]) == ("amber", f"{ROOM_A} belongs to vertrokken@example.org")


def test_who_may_not_see_private_events_writes_all_the_same_and_private_ones_are_not_taken(place: Place) -> None:
    place.google("POST", "calendars", {"id": HIDDEN, "account": "guest@example.org"})
    shared = {"id": HIDDEN, "account": PLANNER, "access_role": "writerWithoutPrivateAccess"}
    place.google("POST", "calendars", {**shared, "data_owner": PLANNER})
    place.activate(mapping=[{"object": "10", "calendar": HIDDEN}])
    booking = place.book()
    place.settle()
    (event,) = place.events(HIDDEN)
    place.draw("2026-11-25T10:00", "2026-11-25T11:00", HIDDEN, visibility="private")
    place.draw("2026-11-26T10:00", "2026-11-26T11:00", HIDDEN)
    place.settle()
    assert [each["from"] for each in place.bookings()] == ["2026-11-24T10:00", "2026-11-26T10:00"]
    assert place.api("GET", "/7/parked") == []
    assert check(place, HIDDEN)["says"] == f"{HIDDEN} hides what is private"
    place.change(booking, start="2026-11-24T14:00", end="2026-11-24T15:00")
    place.settle()
    assert next(each for each in place.events(HIDDEN) if each["id"] == event["id"])["start"]["dateTime"][11:13] == "14"


def test_a_yearly_series_since_1935_parks_nothing(place: Place) -> None:
    place.activate()
    place.draw("1935-11-26", "1935-11-27", recurrence=["RRULE:FREQ=YEARLY"])
    place.settle()
    assert place.api("GET", "/7/parked") == []
    assert [each["from"][:10] for each in place.bookings()] == ["2026-11-26"]
