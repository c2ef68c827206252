"""The audit: a second opinion on both sides, by rules of its own."""

import csv
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from functions.application.auditing.stored_audit import Finding
from functions.application.finding.names import Names
from functions.application.ports import Alert
from functions.entrypoints.cli.main import cli
from functions.entrypoints.console.forms.audit_forms import audit_csv
from functions.entrypoints.console.texts import Texts
from tests.harness.place import ROOM_A, ROOM_B, Place
from tests.harness.tab import Tab

Found = list[tuple[str, str, str]]


def audited(place: Place) -> Found:
    """Make an audit over the API and return its findings as (kind, why, booking)."""
    assert place.api("POST", "/7/audit", status=202)["state"] == "running"
    place.settle(60)
    made = place.api("GET", "/7/audit")
    assert made["state"] == "done"
    return [(each["kind"], each["why"], each["booking_id"]) for each in made["findings"]]


def told(place: Place) -> list[Alert]:
    """What was told of audits; of the hours without a round there is more."""
    return [alert for _, alert in place.told if alert.name.startswith("audit")]


def running(place: Place, **changes: Any) -> str:
    """Activate, make a booking with its event, and let nothing that happens from now on reach the product."""
    place.activate(language="en", **changes)
    booking = place.book()
    place.settle()
    assert audited(place) == []
    place.google("POST", "notifications", {"mode": "drop"})
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    return booking


def test_an_audit_lists_each_day_once_and_reads_singly_only_to_compare_texts(place: Place) -> None:
    place.activate()
    for hour in range(8, 14):
        place.book(f"2026-11-24T{hour:02}:00", f"2026-11-24T{hour:02}:45")
    place.draw("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    place.forget()
    assert audited(place) == []
    lists = 4 + -(-(90 + 365 + 1 - 7 - 14 - 28 - 56) // 112)  # quiet days are listed more at a time
    assert place.calls().count("calendar.events.list") == 2 * lists
    assert place.calls().count("calendar.events.get") == 6
    assert len(place.calls()) == 2 * lists + 6  # nothing is written
    calls = place.ireserve_calls()
    assert len([call for call in calls if "filter" in call]) == lists + 1  # a page that shows bookings is not the last
    assert len([call for call in calls if call.startswith("GET booking/10")]) == 6
    assert len(calls) == lists + 1 + 6


def test_a_booking_whose_event_is_not_there_is_found(place: Place) -> None:
    booking = running(place)
    place.delete(place.event()["id"])
    assert audited(place) == [("missing_event", "", booking)]


def test_a_booking_that_is_never_answered_for_with_json_does_not_keep_the_rest_from_being_compared(
    place: Place,
) -> None:
    booking = running(place)
    other = place.book("2026-11-24T15:00", "2026-11-24T16:00")
    place.ireserve("POST", "faults", {"path": f"booking/{booking}$", "action": "html", "times": -1})
    assert audited(place) == [("missing_event", "", other), ("unreadable", "", booking)]


def test_bookings_that_nobody_answers_for_during_some_minutes_are_read_afterwards(place: Place) -> None:
    """The lists were answered from elsewhere meanwhile; each booking that was to be read counted as unreadable."""
    first = running(place)
    second = place.book("2026-12-10T10:00", "2026-12-10T11:00")
    third = place.book("2026-12-11T10:00", "2026-12-11T11:00")
    place.ireserve("POST", "faults", {"path": r"booking/\d+$", "status": 503, "times": -1})
    place.api("POST", "/7/audit", status=202)
    place.settle(300)
    place.ireserve("DELETE", "faults")
    place.settle(1200)
    found = place.api("GET", "/7/audit")["findings"]
    assert [(each["kind"], each["booking_id"]) for each in found] == [
        ("missing_event", second),
        ("missing_event", third),
    ]
    assert first not in (second, third)


def test_the_only_booking_that_was_to_be_read_does_not_keep_an_audit_from_its_end(place: Place) -> None:
    booking = running(place)
    place.ireserve("POST", "faults", {"path": f"booking/{booking}$", "status": 503, "times": -1})
    place.api("POST", "/7/audit", status=202)
    place.settle(1200)
    made = place.api("GET", "/7/audit")
    assert (made["state"], [each["kind"] for each in made["findings"]]) == ("done", ["unreadable"])


def test_an_audit_waits_for_an_i_reserve_that_is_away(place: Place) -> None:
    booking = running(place)
    place.ireserve("POST", "faults", {"path": ".*", "status": 503, "times": -1})
    place.api("POST", "/7/audit", status=202)
    place.settle(600)
    assert place.api("GET", "/7/audit")["state"] == "running"
    place.ireserve("DELETE", "faults")
    place.settle(900)
    made = place.api("GET", "/7/audit")
    assert (made["state"], made["findings"], booking) == ("done", [], booking)


def test_an_event_of_a_person_that_became_no_booking_is_found(place: Place) -> None:
    running(place)
    place.draw("2026-11-25T10:00", "2026-11-25T11:00")
    place.pass_time(600)
    assert audited(place) == [("missing_booking", "", "")]


def test_an_event_at_another_time_is_found_also_where_it_is_in_another_week(place: Place) -> None:
    booking = running(place)
    place.drag(place.event()["id"], "2026-12-15T10:00", "2026-12-15T11:00")
    assert audited(place) == [("other_time", "", booking)]


def test_a_booking_that_was_moved_far_away_is_one_finding(place: Place) -> None:
    booking = running(place)
    place.change(booking, start="2027-03-24T10:00", end="2027-03-24T11:00")
    assert audited(place) == [("other_time", "", booking)]


def test_an_event_on_the_calendar_of_another_room_is_found(place: Place) -> None:
    booking = running(place)
    place.change(booking, object_id=11)
    assert audited(place) == [("other_room", "", booking), ("other_text", "", booking)]  # the text names the room


def test_a_second_event_that_was_made_for_a_booking_is_found_in_another_week_of_a_calendar_that_is_not_followed(
    place: Place,
) -> None:
    booking = running(place)
    event = place.event()
    place.draw(
        "2026-12-15T10:00", "2026-12-15T11:00", ROOM_B, **{each: event[each] for each in ("id", "extendedProperties")}
    )
    assert audited(place) == [("double_event", "", booking), ("double_event", "", booking)]


def test_a_copy_of_an_event_with_its_mark_is_no_second_event_of_its_booking(place: Place) -> None:
    running(place)
    place.draw("2026-12-15T10:00", "2026-12-15T11:00", ROOM_B, extendedProperties=place.event()["extendedProperties"])
    assert audited(place) == [("left_alone", "not_followed", "")]


def test_the_event_of_a_cancelled_or_removed_booking_is_found(place: Place) -> None:
    booking = running(place)
    place.change(booking, status_code=70)
    place.pass_time(5)  # a status can be read a moment later
    assert audited(place) == [("gone", "", booking)]
    place.ireserve("DELETE", f"bookings/{booking}")
    assert audited(place) == [("gone", "", booking)]


def test_two_bookings_that_name_one_event_are_found(place: Place) -> None:
    running(place)
    event = place.event()["id"]
    twin = place.book("2026-11-24T14:00", "2026-11-24T15:00", external_id=event)
    assert audited(place) == [("double_booking", "", twin)]


def test_the_only_event_left_of_a_series_is_not_also_that_of_the_deleted_occurrence_at_whose_time_it_is_now(
    place: Place,
) -> None:
    place.activate(inbound={"object": "10", "deleted_event": "ask"})
    series = place.draw("2026-11-24T10:00", "2026-11-24T11:00", recurrence=["RRULE:FREQ=DAILY;COUNT=3"])["id"]
    place.settle()
    first, second, last = sorted(each["id"] for each in place.bookings())
    place.edit(series, recurrence=None)
    place.settle()
    place.change(str(first), start="2026-11-26T10:00", end="2026-11-26T11:00")
    place.settle()
    assert audited(place) == [("left_alone", "held", str(second)), ("left_alone", "held", str(last))]


def test_what_an_event_shows_beyond_its_row_is_found(place: Place) -> None:
    rows = [{"object": "10", "calendar": ROOM_A, "shows": "booked"}, {"object": "11", "calendar": ROOM_B}]
    booking = running(place, mapping=rows)
    place.edit(place.event()["id"], summary="Verjaardag van mevrouw De Vries")
    assert audited(place) == [("too_open", "", booking)]


def test_a_private_event_that_was_made_public_is_found(place: Place) -> None:
    booking = running(place, mapping=[{"object": "10", "calendar": ROOM_A, "shows": "private"}])
    place.edit(place.event()["id"], visibility="public")
    assert audited(place) == [("too_open", "", booking)]


def test_an_event_with_another_text_is_found(place: Place) -> None:
    booking = running(place)
    place.edit(place.event()["id"], summary="Iets anders")
    assert audited(place) == [("other_text", "", booking)]


def test_what_is_left_alone_is_named_with_its_reason_and_does_not_count(place: Place) -> None:
    place.draw("2026-11-24T08:00", "2026-11-24T09:00")
    place.pass_time(60)
    place.activate(mapping=[{"object": "10", "calendar": ROOM_A}])
    place.draw("2026-11-25T10:00", "2026-11-25T11:00", transparency="transparent")
    unmapped = place.book(object_id=11)
    place.settle()
    found = sorted(audited(place))
    assert found == [
        ("left_alone", "free", ""),
        ("left_alone", "no_calendar", unmapped),
        ("left_alone", "older", ""),
    ]
    assert place.api("GET", "/7/audit")["found"] == 0


def test_it_runs_once_a_week_at_night_and_its_figure_is_told_and_told_over(place: Place) -> None:
    place.activate(alerts={"email": "beheer@example.org"}, language="en")
    booking = place.book("2026-12-22T10:00", "2026-12-22T11:00")
    place.settle()
    place.google("POST", "notifications", {"mode": "drop"})
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    begun = []
    for _ in range(8):
        _night(place)
        last = place.api("GET", "/7/audit")
        begun.append(last.get("started_at", ""))
    assert begun[0] == begun[5] == ""
    assert len(set(begun) - {""}) == 1
    assert place.api("GET", "/7/audit")["found"] == 0
    place.edit(place.event()["id"], summary="Iets anders")
    assert audited(place) == [("other_text", "", booking)]
    place.tick()
    (said,) = told(place)
    assert "screen Audit" in said.text
    place.api("POST", "/7/resync")
    place.settle(300)
    assert audited(place) == []
    place.tick()
    assert [alert.name for alert in told(place)] == ["audit", "audit_over"]
    assert [each["found"] for each in place.api("GET", "/7/audit")["history"]] == [0, 1, 0]


def test_a_second_audit_waits_for_the_first_and_one_that_stands_still_gives_way(place: Place) -> None:
    place.activate()
    place.api("POST", "/7/audit", status=202)
    assert "under way" in place.api("POST", "/7/audit", status=409)["error"]
    place.pass_time(601)
    place.api("POST", "/7/audit", status=202)


def test_an_integration_that_was_never_activated_is_not_audited(place: Place) -> None:
    place.save()
    assert "connected" in place.api("POST", "/7/audit", status=422)["error"]


def test_the_command_prints_the_differences_writes_a_csv_and_exits_3(place: Place, tmp_path: Path) -> None:
    booking = running(place)
    event = place.event()["id"]
    place.drag(event, "2026-11-24T12:00", "2026-11-24T13:00")
    file = tmp_path / "found.csv"
    done = CliRunner().invoke(cli, ["audit", "7", "--csv", str(file)], obj=lambda: place.ports)
    assert done.exit_code == 3
    assert "differences: 1, among" in done.stdout
    assert list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())) == [
        {
            "what": "other time",
            "why": "",
            "booking": booking,
            "calendar": "Room A",
            "event id": event,
            "day": "2026-11-24",
        }
    ]
    shown = CliRunner().invoke(cli, ["audit", "7", "--last", "--json"], obj=lambda: place.ports)
    assert '"found": 1' in shown.stdout


def test_the_screen_begins_one_and_shows_what_it_found_with_a_link_to_the_booking(place: Place) -> None:
    booking = running(place)
    place.change(booking, status_code=70)
    place.pass_time(5)  # a status can be read a moment later
    tab = Tab(place)
    assert "The audit has begun." in tab.seen(tab.post("/console/integrations/7/audit").headers["Location"])
    place.settle(60)
    page = tab.seen("/console/integrations/7/audit")
    assert "One difference" in page
    assert "event of a booking that is cancelled or gone" in page
    assert f"/console/integrations/7/find?q={booking}" in page
    assert booking in tab.get("/console/integrations/7/audit.csv").text
    assert 'href="/console/integrations/7/audit">1' in tab.seen("/console/integrations/7")
    tab.get("/console/language/nl")
    assert "afspraak van een reservering die geannuleerd of weg is" in tab.seen("/console/integrations/7/audit")


def test_a_cell_that_a_spreadsheet_would_take_for_a_formula_is_quoted() -> None:
    assert "'=HYPERLINK" in audit_csv((Finding("gone", calendar="=HYPERLINK(1)"),), Names(), Texts("en"))


def _night(place: Place) -> None:
    """Let a day go by and each minute of an hour of its night have its round."""
    local = place.now.astimezone(place.now.tzinfo) + timedelta(hours=1)
    place.pass_time(((26 - local.hour) % 24 or 24) * 3600 - local.minute * 60)
    for _ in range(60):
        place.pass_time(59)
        place.tick()
    place.settle(60)


def test_the_screen_names_calendars_and_one_difference_is_one(place: Place) -> None:
    running(place)
    place.drag(place.event()["id"], "2026-12-15T10:00", "2026-12-15T11:00")
    assert len(audited(place)) == 1
    page = Tab(place).seen("/console/integrations/7/audit")
    assert "One difference" in page
    assert "<td>Room A</td>" in page
    assert ROOM_A not in page


def test_an_audit_that_cannot_go_on_says_why_and_is_tried_again_by_a_button(place: Place) -> None:
    running(place)
    place.google("POST", "faults", {"method": "GET", "path": "/events$", "status": 500, "times": 1000})
    place.api("POST", "/7/audit")
    place.settle(120)
    tab = Tab(place)
    page = tab.seen("/console/integrations/7/audit")
    assert "Stopped at Tue 25 Aug 2026. Reason: Google had a fault of its own." in page
    assert "Under way" not in page
    run = CliRunner().invoke(cli, ["audit", "7", "--last"], obj=lambda **_: place.ports)
    assert "stopped at 2026-08-25: Google had a fault of its own" in run.output
    place.google("DELETE", "faults")
    item = re.findall(r'name="item" value="(\w+)"', page)[0]
    tab.post("/console/integrations/7/parked", item=item)
    place.settle(60)
    assert "Stopped" not in tab.seen("/console/integrations/7/audit")
    assert place.api("GET", "/7/audit")["state"] == "done"


def test_an_audit_under_way_is_no_audit_without_differences(place: Place) -> None:
    running(place)
    place.api("POST", "/7/audit")
    run = CliRunner().invoke(cli, ["audit", "7", "--last"], obj=lambda **_: place.ports)
    assert "under way, at 2026-08-25" in run.output
