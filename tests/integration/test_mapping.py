"""The mapping: which object stands in which calendar, with and without the row for all others."""

import re

import pytest

from functions.application.store import integrations
from tests.harness.deeds import active, changed, faults, levels, made, writes
from tests.harness.place import CLIENT_ID, HOLIDAYS, IRESERVE, PLANNER, ROOM_A, ROOM_B, SECRETS, Place
from tests.harness.tab import Tab

A, B = {"object": "10", "calendar": ROOM_A}, {"object": "11", "calendar": ROOM_B}
REST = {"object": "*", "calendar": PLANNER}


def test_each_object_stands_in_the_calendar_of_its_row(place: Place) -> None:
    active(place, {"mapping": [A, B]})
    first, second = place.book(), place.book(object_id=11)
    place.settle()
    assert place.event(ROOM_A)["summary"] == f"Zaal A - {first}"
    assert place.event(ROOM_B)["summary"] == f"Zaal B - {second}"


def test_two_objects_may_share_a_calendar(place: Place) -> None:
    active(place, {"mapping": [A, {"object": "11", "calendar": ROOM_A}]})
    place.book()
    place.book(object_id=11)
    place.settle()
    assert sorted(event["summary"][:6] for event in place.events(ROOM_A)) == ["Zaal A", "Zaal B"]


def test_an_object_without_a_row_is_not_synchronised_and_diagnostics_name_it(place: Place) -> None:
    active(place, {"mapping": [A, B]})
    booking = place.book(object_id=12)
    place.settle()
    assert all(place.events(calendar) == [] for calendar in (ROOM_A, ROOM_B, PLANNER))
    assert place.booking(booking)["external_id"] == ""
    shown = [
        each
        for each in place.api("GET", "/7/diagnostics")["checks"]
        if each["name"] == "mapping" and "Zaal C" in each["says"]
    ]
    assert [each["level"] for each in shown] == ["amber"]


def test_the_row_for_all_others_takes_what_has_no_row(place: Place) -> None:
    active(place, {"mapping": [A, REST]})
    first, second = place.book(), place.book(object_id=12)
    place.settle()
    assert place.event(ROOM_A)["summary"] == f"Zaal A - {first}"
    assert place.event(PLANNER)["summary"] == f"Zaal C - {second}"


def test_the_row_for_all_others_may_stand_first(place: Place) -> None:
    active(place, {"mapping": [REST, A]})
    made(place)
    assert place.events(PLANNER) == []


def test_the_row_for_all_others_alone_takes_everything(place: Place) -> None:
    active(place, {"mapping": [REST], "inbound": {"object": "10"}})
    place.book()
    place.book(object_id=101)
    place.settle()
    assert len(place.events(PLANNER)) == 2


def test_the_row_for_all_others_alone_needs_an_inbound_object(place: Place) -> None:
    assert "only the row *" in faults(place, mapping=[REST])["inbound.object"]


def test_primary_is_resolved_at_step_2(place: Place) -> None:
    active(place, {"mapping": [A, {"object": "*", "calendar": "primary"}]})
    place.book(object_id=12)
    place.settle()
    assert place.event(PLANNER)["summary"].startswith("Zaal C")
    assert place.api("GET", "/7")["mapping"][1]["calendar"] == PLANNER


def test_primary_saved_after_step_2_is_resolved_as_well(place: Place) -> None:
    place.save()
    place.connect()
    place.save(mapping=[A, {"object": "*", "calendar": "primary"}])
    place.api("POST", "/7/activate")
    place.settle()
    place.book(object_id=12)
    place.settle()
    assert place.event(PLANNER)["summary"].startswith("Zaal C")


def token_of_an_earlier_connection(place: Place) -> str:
    """Return the token of an integration of another tenant, which stays: its grant would end with it."""
    elsewhere = {"base_url": "https://other.i-reserve.net/api/rest", "username": "api_calendar"}
    place.save("8", ireserve=elsewhere, mapping=[{"object": "12", "calendar": HOLIDAYS}])
    place.connect("8")
    version = integrations.get(place.documents, "8").secret_versions["google_refresh_token"]
    return str(place.secrets.get("8", "google_refresh_token", version))


@pytest.mark.parametrize("first", ["/7/activate", "/7/plan?refresh=1", "/7/diagnostics"])
def test_primary_is_resolved_when_a_token_came_with_the_settings(place: Place, first: str) -> None:
    secrets = {**SECRETS, "google_refresh_token": token_of_an_earlier_connection(place)}
    place.save(secrets=secrets, mapping=[A, {"object": "*", "calendar": "primary"}])
    place.api("POST" if first.endswith("activate") else "GET", first)
    assert place.api("GET", "/7")["mapping"][1]["calendar"] == PLANNER
    if not first.endswith("activate"):
        place.api("POST", "/7/activate")
    place.settle()
    place.book(object_id=12)
    place.settle()
    assert place.event(PLANNER)["summary"].startswith("Zaal C")


@pytest.mark.parametrize("page", ["authentication", "mapping"])
def test_a_page_that_reads_the_calendars_names_the_account_of_a_token_that_came_with_the_settings(
    place: Place, page: str
) -> None:
    place.save(secrets={**SECRETS, "google_refresh_token": token_of_an_earlier_connection(place)}, mapping=[A])
    shown = Tab(place).seen(f"/console/integrations/7/{page}")
    assert f"Is a calendar missing? Share it with {PLANNER}," in shown


@pytest.mark.parametrize("page", ["authentication", "mapping"])
def test_an_account_that_google_has_not_named_is_in_no_sentence(place: Place, page: str) -> None:
    place.save(secrets={**SECRETS, "google_refresh_token": token_of_an_earlier_connection(place)}, mapping=[A])
    place.consent()
    place.api("POST", "/7/connect", status=409)
    tab = Tab(place)
    place.google("POST", "faults", {"path": "calendarList", "status": 503, "times": 1})
    shown = tab.seen(f"/console/integrations/7/{page}")
    assert not re.search(r"with ,|but  is", shown)


def test_an_account_that_cannot_be_named_yet_stops_the_activation_and_is_named_by_the_next(place: Place) -> None:
    secrets = {**SECRETS, "google_refresh_token": token_of_an_earlier_connection(place)}
    place.save(secrets=secrets, mapping=[A, {"object": "*", "calendar": "primary"}])
    place.google("POST", "faults", {"path": "calendarList", "status": 503, "times": 1000})
    place.api("POST", "/7/activate", status=409)
    place.google("DELETE", "faults")
    place.api("POST", "/7/activate")
    assert place.api("GET", "/7")["mapping"][1]["calendar"] == PLANNER


@pytest.mark.parametrize("theirs", ["primary", PLANNER])
def test_primary_that_is_found_to_be_the_calendar_of_another_integration_stops_the_activation(
    place: Place, theirs: str
) -> None:
    token = token_of_an_earlier_connection(place)
    place.activate("9", mapping=[{"object": "12", "calendar": theirs}])
    place.save(secrets={**SECRETS, "google_refresh_token": token}, mapping=[A, {"object": "11", "calendar": "primary"}])
    said = place.api("POST", "/7/activate", status=409)
    assert said["error"] == f"mapping: integration 9 uses calendar {PLANNER} too; give each its own"
    assert place.api("GET", "/7")["state"] == "draft"


@pytest.mark.parametrize("object_id", ["10", 10])
def test_an_object_may_be_given_as_a_number(place: Place, object_id: object) -> None:
    saved = place.save(mapping=[{"object": object_id, "calendar": ROOM_A}])
    assert [{name: row[name] for name in A} for row in saved["mapping"]] == [A]


def test_mapping_left_out_is_a_fault(place: Place) -> None:
    assert "at least one row" in faults(place, mapping=[])["mapping"]


def test_an_object_with_two_rows_is_a_fault(place: Place) -> None:
    assert faults(place, mapping=[A, {**A, "calendar": ROOM_B}])["mapping"] == "object 10 has 2 rows; keep one"


def test_a_row_without_object_or_calendar_is_a_fault_of_that_cell(place: Place) -> None:
    said = faults(place, mapping=[A, {"object": "", "calendar": ""}])
    assert set(said) == {"mapping.1.object", "mapping.1.calendar"}


def test_a_calendar_that_is_out_of_reach_stops_activation_and_is_named(place: Place) -> None:
    place.save(mapping=[A, {"object": "11", "calendar": "gone@group.calendar.google.com"}])
    place.connect()
    said = place.api("POST", "/7/activate", status=409)["error"]
    assert "gone@group.calendar.google.com cannot be reached" in said
    assert levels(place)["calendar"] == "red"


def test_a_calendar_that_cannot_be_written_stops_activation_and_is_named(place: Place) -> None:
    place.save(mapping=[A, {"object": "11", "calendar": HOLIDAYS}])
    place.connect()
    assert f"{HOLIDAYS} cannot be written" in place.api("POST", "/7/activate", status=409)["error"]


@pytest.mark.parametrize("theirs", ["10", "*"])
def test_an_object_of_another_integration_of_the_same_tenant_is_a_fault(place: Place, theirs: str) -> None:
    place.save()
    row = {"object": theirs, "calendar": PLANNER}
    said = faults_of_second(place, row)
    by = {"10": "integration 7 maps the same objects (10)", "*": "the row * of integration 8 covers the same objects"}
    assert by[theirs] in said["mapping"]


def test_a_calendar_of_another_integration_is_a_fault(place: Place) -> None:
    place.save()
    assert f"uses calendar {ROOM_A} too" in faults_of_second(place, {"object": "12", "calendar": ROOM_A})["mapping"]


def faults_of_second(place: Place, row: dict[str, str]) -> dict[str, str]:
    body = {
        "id": "8",
        "ireserve": {"base_url": f"{IRESERVE}/api/rest/", "username": "api_calendar"},
        "google": {"client_id": CLIENT_ID},
        "mapping": [row],
        "inbound": {"object": row["object"].replace("*", "12")},
    }
    said = place.api("PUT", "/8", body, status=422)["errors"]
    return {each["field"]: each["message"] for each in said}


def test_a_change_of_object_moves_the_event_and_keeps_its_id(place: Place) -> None:
    active(place)
    booking, event = made(place)
    changed(place, booking, object_id=11)
    assert place.events(ROOM_A) == []
    assert place.event(ROOM_B)["id"] == event["id"]
    assert place.booking(booking)["external_id"] == event["id"]


def test_a_change_to_an_object_without_a_row_removes_the_event_and_says_so(place: Place) -> None:
    active(place)
    booking, _ = made(place)
    changed(place, booking, object_id=12)
    assert place.events(ROOM_A) == []  # it is not in Zaal A
    assert [(each["step"], each["why"]) for each in place.journal()][-1] == ("DeleteEvent", "no_calendar")
    shown = [
        each
        for each in place.api("GET", "/7/diagnostics")["checks"]
        if each["name"] == "mapping" and "Zaal C" in each["says"]
    ]
    assert [each["level"] for each in shown] == ["amber"]
    changed(place, booking, object_id=11)
    assert place.events(ROOM_A) == []
    assert place.event(ROOM_B)["summary"] == f"Zaal B - {booking}"


def test_an_event_that_is_restored_while_its_booking_is_at_an_object_without_a_row_is_removed_again(
    place: Place,
) -> None:
    active(place)
    booking, event = made(place)
    changed(place, booking, object_id=12)
    place.google("POST", f"calendars/{ROOM_A}/events/{event['id']}/restore", {})
    place.settle(60)
    assert place.events(ROOM_A) == []
    changed(place, booking, object_id=10)
    assert place.event(ROOM_A)["id"] == event["id"]


@pytest.mark.parametrize("how", ["cancelled", "cancelled at once", "deleted"])
def test_what_ends_at_an_object_without_a_row_leaves_no_event_behind(place: Place, how: str) -> None:
    active(place, {"inbound": {"allow_booking_update": True}})
    booking, event = made(place)
    if how == "deleted":
        place.delete(event["id"])
    place.change(booking, object_id=12, **({"status_code": 70} if how == "cancelled at once" else {}))
    place.settle(300)
    if how == "cancelled":
        changed(place, booking, status_code=70)
    assert place.events(ROOM_A) == []
    assert place.booking(booking)["status_code"] == (20 if how == "deleted" else 70)
    place.forget()
    place.api("POST", "/7/resync")
    place.settle(60)
    assert writes(place) == []


@pytest.mark.parametrize("way", [10, 11])
def test_a_persons_event_goes_with_its_booking_and_comes_back_as_it_was(place: Place, way: int) -> None:
    active(place, {"inbound": {"allow_booking_update": True}})
    guest = {"email": "gast@example.org"}
    drawn = place.draw(
        "2026-11-24T10:00", "2026-11-24T11:00", summary="Verjaardag", description="Taart", attendees=[guest]
    )
    place.settle(60)
    (booking,) = (str(each["id"]) for each in place.bookings())
    changed(place, booking, object_id=12)
    assert place.events(ROOM_A) == []
    place.forget()
    place.pass_time(3600)
    place.tick()
    place.settle(60)
    assert writes(place) == []
    changed(place, booking, object_id=way)
    room = ROOM_A if way == 10 else ROOM_B
    back = place.event(room)
    assert (back["id"], back["summary"], back["description"]) == (drawn["id"], "Verjaardag", "Taart")
    assert [each["email"] for each in back["attendees"]] == [guest["email"]]
    place.drag(back["id"], "2026-11-24T15:00", "2026-11-24T16:00", room)
    place.settle(120)
    assert place.booking(booking)["date_from"].startswith("2026-11-24T15:00"), "it is the person's still"


def test_what_people_wrote_on_an_event_comes_back_with_it_from_an_object_without_a_row(place: Place) -> None:
    active(place)
    booking, event = made(place)
    place.edit(event["id"], description=f"{event['description']}\nBeamer meenemen")
    place.settle(60)
    changed(place, booking, object_id=12)
    changed(place, booking, object_id=10)
    back = place.event(ROOM_A)
    assert (back["id"], back["description"].splitlines()[-1]) == (event["id"], "Beamer meenemen")


def test_many_bookings_at_once_that_go_to_an_object_without_a_row_wait_for_a_person(place: Place) -> None:
    active(place, {"sync": {"backfill": "none", "hold_over": 5}})
    bookings = [place.book(f"2026-11-24T{hour}:00", f"2026-11-24T{hour}:30") for hour in range(10, 20)]
    place.settle(60)
    for booking in bookings:
        changed(place, booking, object_id=12)
    held = place.api("GET", "/7/held")
    assert len(place.events(ROOM_A)) == len(held) > 0
    assert {(each["reason"], each["would"]) for each in held} == {("no_calendar", "remove_event")}
    place.api("POST", f"/7/held/{held[0]['id']}/approve")
    place.api("POST", f"/7/held/{held[1]['id']}/restore")
    assert len(place.events(ROOM_A)) == len(held) - 1
    (back,) = (each["booking_id"] for each in held[2]["bookings"])
    changed(place, back, object_id=11)
    assert place.event(ROOM_B)["summary"] == f"Zaal B - {back}"
    assert {each["status_code"] for each in place.bookings()} == {20}


@pytest.mark.parametrize(("way", "room"), [(10, ROOM_A), (11, ROOM_B)])
def test_an_event_that_a_person_kept_follows_its_booking_again_once_that_is_back(
    place: Place, way: int, room: str
) -> None:
    active(place, {"sync": {"hold_over": 1}})
    bookings = [place.book(f"2026-11-24T{hour}:00", f"2026-11-24T{hour}:30") for hour in (10, 11)]
    place.settle(60)
    for booking in bookings:
        changed(place, booking, object_id=12)
    (held,), (event,) = place.api("GET", "/7/held"), place.events(ROOM_A)
    place.edit(event["id"], description=f"{event['description']}\nBeamer meenemen")
    place.settle(60)
    place.api("POST", f"/7/held/{held['id']}/restore")
    place.settle(60)
    assert place.events(ROOM_A)[0]["id"] == event["id"], "it is kept"
    changed(place, bookings[1], object_id=way, **{"from": "2026-11-24T15:00", "till": "2026-11-24T15:30"})
    (back,) = place.events(room)
    assert (back["id"], back["description"].splitlines()[-1]) == (event["id"], "Beamer meenemen")
    assert back["start"]["dateTime"].startswith("2026-11-24T15:00")
    assert [len(place.events(each)) for each in (ROOM_A, ROOM_B)].count(1) == 1


def test_a_change_of_object_away_from_a_calendar_that_is_out_of_reach_makes_the_event_anew(place: Place) -> None:
    active(place)
    booking, _ = made(place)
    place.google("DELETE", f"calendars/{ROOM_A}")
    changed(place, booking, object_id=11)
    place.settle(60)
    assert place.event(ROOM_B)["summary"] == f"Zaal B - {booking}"
    assert place.booking(booking)["external_id"] == place.event(ROOM_B)["id"]
