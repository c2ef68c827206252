"""Each reason of Google's has its own cure, tried here from broken to mended; what is no Google says what it lacks."""

import pytest

from tests.harness.place import GUEST, PLANNER, ROOM_A, ROOM_B, Place
from tests.harness.tab import Tab

HERE = "/console/integrations/7"
HIDDEN = "shared@group.calendar.google.com"


def check(place: Place, subject: str) -> dict[str, str]:
    found = place.api("GET", "/7/diagnostics")["checks"]
    return next(each for each in found if subject in (each["subject"], each["name"]) and each["level"] != "green")


@pytest.mark.parametrize(
    ("reason", "cure"),
    [
        ("accessNotConfigured", "enable the Google Calendar API"),
        ("SERVICE_DISABLED", "enable the Google Calendar API"),
        ("domainPolicy", "let the administrator"),
        ("notACalendarUser", "let the administrator"),
    ],
)
def test_what_is_mended_in_google_needs_no_new_consent(place: Place, reason: str, cure: str) -> None:
    place.activate()
    place.google("POST", "faults", {"path": "/calendar/v3/", "status": 403, "reason": reason, "times": 1000})
    place.book()
    place.settle()
    assert check(place, "google")["mend"].startswith(cure)
    tab = Tab(place)
    assert "run Step 1 first" not in tab.seen(f"{HERE}/authentication")
    assert "active" not in tab.seen(f"{HERE}/diagnostics.txt")
    for says in (tab.seen(f"{HERE}/authentication"), tab.post(f"{HERE}/sweep").text):
        assert cure in says.lower().replace("google calendar api", "Google Calendar API")
        assert "run step 1 and step 2 again" not in says.lower()
    place.google("DELETE", "faults")
    place.pass_time(360)
    place.tick()
    place.settle(120)
    assert len(place.events()) == 1
    assert not [each for each in place.api("GET", "/7/diagnostics")["checks"] if each["level"] == "red"]


@pytest.mark.parametrize("reason", ["accessNotConfigured", "domainPolicy"])
def test_what_is_mended_in_google_is_told_also_before_a_task_has_met_it(place: Place, reason: str) -> None:
    """A person looked first: diagnostics, the day and the mapping sent them to Step 1, which changes nothing."""
    place.activate(language="en")
    place.google("POST", "faults", {"path": "/calendar/v3/", "status": 403, "reason": reason, "times": 1000})
    found = check(place, "google")
    assert found["act"] == ""
    for page in ("day", "mapping", "find?q=Jansen"):
        shown = Tab(place).seen(f"{HERE}/{page}")
        told = shown[shown.index("project; enable it there" if "Configured" in reason else "ask its administrator") :]
        assert told[: told.index("</a>")].endswith(">Diagnostics"), page


def refused_and_deactivated(place: Place) -> None:
    """Let Google refuse every call for a reason that is mended there, and deactivate."""
    place.activate()
    place.google("POST", "faults", {"path": "/calendar/v3/", "status": 403, "reason": "domainPolicy", "times": 1000})
    place.book()
    place.settle()
    place.api("POST", "/7/deactivate")


def test_what_was_mended_in_google_before_activating_anew_stops_nothing(place: Place) -> None:
    refused_and_deactivated(place)
    place.google("DELETE", "faults")
    place.api("POST", "/7/activate")
    place.settle()
    assert len(place.events()) == 1


def test_what_was_mended_in_google_while_not_active_can_be_activated_without_a_new_consent(place: Place) -> None:
    refused_and_deactivated(place)
    assert "ask its administrator" in place.api("POST", "/7/activate", status=409)["error"]
    place.google("DELETE", "faults")
    place.pass_time(360)
    place.api("POST", "/7/activate")
    place.settle()
    place.tick()
    place.settle(120)
    assert len(place.events()) == 1


@pytest.mark.parametrize(
    "reason", ["sharingRateLimitExceeded", "dailyLimitExceededUnreg", "userRateLimitExceededUnreg"]
)
def test_limits_by_any_name_are_waited_for(place: Place, reason: str) -> None:
    place.activate()
    place.google("POST", "faults", {"method": "POST", "path": "/events", "status": 403, "reason": reason, "times": 1})
    place.book()
    place.settle(4000)
    assert len(place.events()) == 1


def test_a_google_without_sync_tokens_works_and_diagnostics_say_what_is_missing(place: Place) -> None:
    place.google("POST", "pages", {"sync_tokens": False})
    place.activate()
    place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    assert [each["from"] for each in place.bookings()] == ["2026-11-24T10:00"]
    says = f"{ROOM_A} is listed in full each time: what answers for Google gives no sync token"
    assert says in [each["says"] for each in place.api("GET", "/7/diagnostics")["checks"] if each["level"] == "amber"]


@pytest.mark.parametrize(("status", "action"), [(404, "stranger"), (405, "html"), (501, "html")])
def test_a_google_that_lacks_a_method_is_said_by_the_methods_name(place: Place, status: int, action: str) -> None:
    place.activate()
    booking = place.book()
    place.settle()
    place.google(
        "POST", "faults", {"method": "PATCH", "path": "/events/", "status": status, "action": action, "times": 1000}
    )
    place.change(booking, start="2026-11-24T14:00", end="2026-11-24T15:00")
    place.settle(4000)
    (parked,) = place.api("GET", "/7/parked")
    assert parked["reason"] == "lacks_calendar.events.patch"
    page = Tab(place).seen("/console/integrations/7/waiting")
    assert "What answers for Google does not know calendar.events.patch" in page
    place.google("DELETE", "faults")
    place.api("POST", f"/7/parked/{parked['id']}/retry")
    place.settle(120)
    assert place.event()["start"]["dateTime"][11:13] == "14"


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


def test_a_calendar_that_is_not_on_the_list_is_advised_to_be_added_on_the_mapping_screen_too(place: Place) -> None:
    place.google("PATCH", f"calendars/{ROOM_B}", {"subscribed": False})
    place.save()
    place.connect()
    page = Tab(place).seen("/console/integrations/7/mapping")
    assert page.count("works; add it to the account's list in Google Calendar") == 1
    assert "cannot be reached" not in page
    assert [(each["id"], each["listed"]) for each in place.api("GET", "/7/calendars") if each["id"] == ROOM_B] == [
        (ROOM_B, False)
    ]


def test_another_account_that_has_a_calendar_shared_but_not_listed_can_reach_it(place: Place) -> None:
    place.activate()
    place.google("POST", "calendars", {"id": ROOM_A, "account": GUEST, "access_role": "writer"})
    place.google("PATCH", f"calendars/{ROOM_A}", {"account": GUEST, "subscribed": False})
    place.consent(account=GUEST)
    said = place.api("POST", "/7/connect", {}, 409)["error"]
    assert f"it cannot reach {ROOM_B}" in said
    assert ROOM_A not in said


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


def test_an_event_that_is_made_private_where_that_hides_it_leaves_its_booking_alone_until_it_shows_again(
    place: Place,
) -> None:
    place.google("POST", "calendars", {"id": HIDDEN, "account": "guest@example.org"})
    place.google("POST", "calendars", {"id": HIDDEN, "account": PLANNER, "access_role": "writerWithoutPrivateAccess"})
    place.activate(mapping=[{"object": "10", "calendar": HIDDEN}])
    event = place.draw("2026-11-24T10:00", "2026-11-24T11:00", HIDDEN, summary="Overleg", description="Met taart")
    place.settle(60)
    place.edit(event["id"], HIDDEN, visibility="private")
    place.drag(event["id"], "2026-11-24T14:00", "2026-11-24T15:00", HIDDEN)
    place.settle(300)
    (booking,) = place.bookings()
    assert (booking["from"], booking["remarks"]) == ("2026-11-24T10:00", "Overleg\nMet taart")
    assert [each["why"] for each in place.journal() if each["step"] == "NotTaken"] == ["not_taken_covered"]
    assert "no longer followed: they were made private" in str(place.api("GET", "/7/diagnostics"))
    place.edit(event["id"], HIDDEN, visibility="default")
    place.settle(300)
    assert place.bookings()[0]["from"] == "2026-11-24T14:00"
    assert place.api("GET", "/7/parked") == []


def test_a_yearly_series_since_1935_parks_nothing(place: Place) -> None:
    place.activate()
    place.draw("1935-11-26", "1935-11-27", recurrence=["RRULE:FREQ=YEARLY"])
    place.settle()
    assert place.api("GET", "/7/parked") == []
    assert [each["from"][:10] for each in place.bookings()] == ["2026-11-26"]
