"""Consequences before the deed: what a change would do is shown, and what cannot simply be taken back is asked about."""

import html
import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from werkzeug.test import TestResponse

from functions.entrypoints.cli.main import cli
from tests.harness.place import ROOM_A, ROOM_B, Place, example
from tests.harness.tab import Tab

HERE = "/console/integrations/7"


@pytest.fixture
def tab(place: Place) -> Tab:
    place.activate(inbound={"allow_booking_update": True})
    return Tab(place)


def without_room_a(tab: Tab, **more: str) -> TestResponse:
    rows = {"rows": "2", "mapping.0.object": "11", "mapping.0.calendar": ROOM_B, "mapping.1.object": "10"}
    return tab.post(f"{HERE}/mapping", **rows, **{"mapping.1.calendar": ""}, **more)


def test_a_removed_row_shows_its_plan_first_and_asks_what_becomes_of_the_events(place: Place, tab: Tab) -> None:
    place.book()
    place.settle()
    answer = without_room_a(tab)
    assert answer.status_code == 409
    assert "One booking loses its calendar" in answer.text
    assert "Nothing to do" not in answer.text, "not said of what loses its calendar"
    assert [row["object"] for row in place.api("GET", "/7")["mapping"]] == ["10", "11"]


def test_a_removed_row_keeps_its_events_and_says_that_they_are_left_alone(place: Place, tab: Tab) -> None:
    booking = place.book()
    place.settle()
    assert without_room_a(tab, apply="all", left="keep").status_code == 303
    place.settle(60)
    assert len(place.events()) == 1
    assert "Zaal A has no calendar in the mapping" in tab.seen(f"{HERE}/find?q={booking}")


def test_a_removed_row_takes_its_events_along_where_that_was_chosen(place: Place, tab: Tab) -> None:
    booking = place.book()
    own = place.draw("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    assert without_room_a(tab, apply="all", left="remove").status_code == 303
    place.settle(60)
    assert [event["id"] for event in place.events()] == [own["id"]]
    assert place.booking(booking)["external_id"] == ""
    assert place.booking(booking)["status_code"] == 20


def test_over_the_api_the_plan_counts_what_loses_its_calendar(place: Place) -> None:
    place.activate()
    place.book()
    place.settle()
    read = place.api("GET", "/7")
    said = place.api("PUT", "/7", {**read, "mapping": read["mapping"][1:]}, 409)
    assert said["plan"]["left"] == 1
    place.api("PUT", "/7?apply=all", {**read, "mapping": read["mapping"][1:]})
    assert place.api("POST", "/7/unmapped") == {"left": 0}
    assert place.events() == []


def test_the_plan_of_changed_settings_shows_old_and_new(place: Place, tab: Tab) -> None:
    booking = place.book(remarks="Training")
    place.settle()
    templates = {"outbound.title_template": "Nr {BOOKING_NUMBER}", "outbound.description_template": "Zaal: {OBJECT}"}
    page = html.unescape(tab.change(f"{HERE}/outbound", **templates).text)
    assert f"“Zaal A - {booking}” → “Nr {booking}”" in page
    assert "“Training” → “Zaal: Zaal A”" in page
    alone = html.unescape(tab.change(f"{HERE}/outbound", **{"outbound.title_template": "Nr {BOOKING_NUMBER}"}).text)
    assert f"title: “Zaal A - {booking}” → “Nr {booking}”" in alone, "no event is read for it"


def test_the_plan_of_changed_settings_shows_old_and_new_of_every_field(place: Place, tab: Tab) -> None:
    booking = place.book(customer_id=2)
    place.settle()
    place.google("PATCH", f"calendars/{ROOM_A}", {"labels": [{"id": "l-1", "name": "Toernooi"}]})
    before = place.api("GET", "/7")
    first = {
        "location_template": "Sportlaan 1",
        "colour_by": "status",
        "colours": {"20": "sage"},
        "create_on_status": [30],
        "tentative_on_status": [20],
        "tentative_is_free": True,
        "reminder_popup_minutes": 30,
        "use_customer_data": True,
        "create_meet_link": True,
        "meet_link_field": "custom02",
    }
    rows = [{**before["mapping"][0], "shows": "private"}, *before["mapping"][1:]]
    after = {**before, "outbound": {**before["outbound"], **first}, "mapping": rows}
    said = place.api("PUT", "/7", {**after, "inbound": {**before["inbound"], "status": 30}}, 409)
    (line,) = said["plan"]["lines"]
    assert line["steps"][0]["reads"] == {
        "reminders": ["", "popup:30"],
        "meet": ["no", "yes"],
        "location": ["", "Sportlaan 1"],
        "colour": ["", "sage"],
        "visibility": ["", "private"],
        "tentative": ["no", "yes"],
        "free": ["no", "yes"],
        "guests": ["0", "1"],
    }
    place.api("PUT", "/7?apply=all", {**after, "inbound": {**before["inbound"], "status": 30}})
    place.settle(60)
    colours = {"outbound.colours": "20: Toernooi", "outbound.use_labels": "on", "outbound.location_template": "Laan 2"}
    page = html.unescape(tab.change(f"{HERE}/outbound", **colours, **{"outbound.reminder_popup_minutes": "45"}).text)
    assert "place: “Sportlaan 1” → “Laan 2”" in page
    assert "colour: sage → “Toernooi”" in page
    assert "reminders: popup 30′ → popup 45′" in page
    before = place.api("GET", "/7")["outbound"]
    page = html.unescape(
        tab.change(f"{HERE}/outbound", **{"outbound.colours": "20: sage\n30: grape\n20 : banana"}).text
    )
    assert "20 is named twice; keep one" in page
    assert "20: sage\n30: grape\n20 : banana</textarea>" in page, "it stays as typed"
    assert place.api("GET", "/7")["outbound"] == before
    tab.get("/console/language/nl")
    page = html.unescape(
        tab.change(f"{HERE}/outbound", **{"status.20": "create", "outbound.use_customer_data": ""}).text
    )
    assert "voorlopig: ja → nee" in page
    assert "toont als vrij: ja → nee" in page
    assert "gasten: 1 → 0" in page
    assert f"{booking}" in page


def test_the_command_that_imports_shows_the_plan_of_changed_settings_too(place: Place, tmp_path: Path) -> None:
    place.activate()
    booking = place.book()
    place.settle()
    file = tmp_path / "settings.yaml"
    file.write_text(yaml.safe_dump(example(outbound={"colour_by": "status", "colours": {"20": "banana"}})), "utf-8")

    def run(*more: str) -> Result:
        return CliRunner().invoke(cli, ["import", str(file), *more], obj=lambda **_: place.ports)

    done = run()
    assert done.exit_code == 1
    assert "choose all, future or new only (--apply)" in done.stderr
    assert "colour: the calendar's own → banana" in done.stderr
    assert booking in done.stderr
    told = json.loads(run("--json").stderr)
    assert (told["reason"], told["plan"]["counts"]) == ("plan_first", {"change": 1})
    assert told["plan"]["lines"][0]["steps"][0]["reads"] == {"colour": ["", "banana"]}
    assert place.api("GET", "/7")["outbound"]["colours"] == {}


def test_a_plan_that_is_kept_holds_no_text(place: Place) -> None:
    place.activate()
    place.book(remarks="Training")
    place.settle()
    place.api("PUT", "/7?apply=new", example(outbound={"title_template": "Nr {BOOKING_NUMBER}"}))
    plan = place.api("GET", "/7/plan?refresh=1")
    assert plan["counts"] == {"change": 1}
    assert "Nr " not in str(plan["lines"])


def test_the_plan_of_a_move_names_both_calendars_and_both_times(place: Place, tab: Tab) -> None:
    booking = place.book()
    place.settle()
    place.change(booking, object_id=11, start="2026-11-24T14:00", end="2026-11-24T15:00")
    tab.post(f"{HERE}/plan")
    page = tab.seen(f"{HERE}/activation")
    assert "Room A → Room B" in page
    assert ROOM_B not in page.split('id="plan"', 1)[1]


def test_another_id_in_a_booking_is_amber_and_leads_to_the_booking(place: Place, tab: Tab) -> None:
    booking = place.book(external_id="foreign0123456789")
    place.settle()
    levels = {check["name"]: check["level"] for check in place.api("GET", "/7/diagnostics")["checks"]}
    assert levels["foreign"] == "amber"
    assert f"q={booking}" in tab.seen(f"{HERE}/waiting").split('id="foreign"', 1)[1]


@pytest.mark.parametrize(
    ("deed", "names"), [("deactivate", "One booking and its event stay as they are"), ("disconnect", "Are you sure")]
)
def test_what_ends_the_sync_is_asked_about_first(place: Place, tab: Tab, deed: str, names: str) -> None:
    place.book()
    place.settle()
    asked = tab.post(f"{HERE}/{deed}")
    assert asked.status_code == 200
    assert names in asked.text
    assert place.api("GET", "/7")["state"] == "active"
    assert place.api("GET", "/7")["connection"]["account"] == "planner@example.org"


def test_removals_are_carried_out_only_after_their_number_was_named(place: Place) -> None:
    place.activate(inbound={"allow_booking_update": True, "deleted_event": "ask"})
    bookings = [place.book(f"2026-11-24T{hour:02}:00", f"2026-11-24T{hour:02}:30") for hour in (9, 10, 11)]
    place.settle()
    for event in place.events():
        place.delete(event["id"])
    place.settle(60)
    tab = Tab(place)
    every = [item["id"] for item in place.api("GET", "/7/held")]
    asked = tab.post(f"{HERE}/held", item=every, do="approve")
    assert "3 removals will be carried out" in asked.text
    assert {place.booking(each)["status_code"] for each in bookings} == {20}
    assert tab.post(f"{HERE}/held", item=every, do="approve", sure="yes").status_code == 303
    assert {place.booking(each)["status_code"] for each in bookings} == {70}


def test_held_removals_stand_in_the_order_of_their_days_with_their_titles(place: Place) -> None:
    place.activate(inbound={"allow_booking_update": True, "deleted_event": "ask"})
    late, early = place.book("2026-11-26T09:00", "2026-11-26T10:00"), place.book("2026-11-24T09:00", "2026-11-24T10:00")
    place.settle()
    for event in place.events():
        place.delete(event["id"])
    place.settle(60)
    page = Tab(place).seen(f"{HERE}/waiting").split('id="held"', 1)[1]
    assert page.index(f"Zaal A - {early}") < page.index(f"Zaal A - {late}")


def test_an_address_without_a_page_is_answered_with_a_page(tab: Tab) -> None:
    answer = tab.get("/console/integrations/7/nowhere")
    assert answer.status_code == 404
    assert "This page does not exist" in answer.text
    assert tab.get("/console/api/nowhere").is_json


def test_a_nameless_integration_is_not_called_by_a_number_alone(place: Place) -> None:
    place.save(name="")
    assert "Integration 7" in Tab(place).seen("/console/")


def test_undo_tells_in_sentences_what_it_would_do(place: Place, tab: Tab) -> None:
    place.book()
    place.settle()
    place.delete(place.event()["id"])
    place.settle(400)
    entry = next(each["id"] for each in place.api("GET", "/7/journal") if each["why"] == "grace_over")
    page = tab.seen(f"{HERE}/journal/{entry}/undo")
    assert "The booking changes: cancelled (70) → open (20)." in page
    assert "Status 20" not in page


def test_each_room_whose_new_events_become_bookings_is_marked(place: Place) -> None:
    place.save(inbound={"follow": "all_mapped"})
    place.connect()
    assert Tab(place).seen(f"{HERE}/mapping").count("new events become bookings") == 2


def test_names_that_are_typed_into_the_mapping_are_understood(place: Place) -> None:
    place.save(mapping=[{"object": "11", "calendar": ROOM_B}])
    place.connect()
    tab = Tab(place)
    form = {"rows": "1", "mapping.0.object": "zaal a", "mapping.0.calendar": "room a"}
    assert tab.post(f"{HERE}/mapping", **form).status_code == 303
    rows = place.api("GET", "/7")["mapping"]
    assert [(row["object"], row["calendar"]) for row in rows] == [("10", ROOM_A)]


def test_a_change_just_saved_can_be_undone_from_the_same_page(place: Place, tab: Tab) -> None:
    here = tab.change(f"{HERE}/sync", **{"sync.sweep_minutes": "20"}).headers["Location"]
    page = tab.seen(here)
    address = page.split('/revert" class="inline"', 1)[0].rsplit('action="', 1)[1] + "/revert"
    assert "Undo this change" in page
    assert tab.post(address).status_code == 303
    assert place.api("GET", "/7")["sync"]["sweep_minutes"] == 15
    place.pass_time(120)
    assert "Undo this change" not in tab.seen(here), "an older change is no answer to this one"


def test_a_cancellation_just_carried_out_offers_its_undo(place: Place, tab: Tab) -> None:
    place.book()
    place.settle()
    place.delete(place.event()["id"])
    place.settle(20)
    asked = tab.seen(f"{HERE}/waiting")
    link = asked.split("/cancel_now", 1)[0].rsplit("/links/", 1)[1]
    answer = tab.post(f"{HERE}/links/{link}/cancel_now", sure="yes")
    page = tab.seen(answer.headers["Location"])
    assert "The booking was cancelled." in page
    assert "/undo" in page.split('role="status"', 1)[1].split("</div>", 1)[0]


def test_the_button_for_all_events_names_how_many_they_are(place: Place, tab: Tab) -> None:
    for hour in (9, 11, 13):
        place.book(f"2026-11-24T{hour:02}:00", f"2026-11-24T{hour:02}:30")
    place.settle()
    page = tab.change(f"{HERE}/outbound", **{"outbound.title_template": "Nr {BOOKING_NUMBER}"}).text
    assert "(3)</button>" in page


def test_what_others_see_of_a_room_is_chosen_on_the_mapping_screen(place: Place, tab: Tab) -> None:
    choices = {"mapping.0.shows": "booked", "mapping.0.booked_text": "Verhuurd", "apply": "new"}
    assert tab.change(f"{HERE}/mapping", **choices).status_code == 303
    row = place.api("GET", "/7")["mapping"][0]
    assert (row["object"], row["shows"], row["booked_text"]) == ("10", "booked", "Verhuurd")
    assert tab.change(f"{HERE}/mapping", apply="new").status_code == 303
    assert place.api("GET", "/7")["mapping"][0] == row, "saving again changes nothing"


def test_the_history_of_the_settings_goes_by_names(tab: Tab) -> None:
    page = tab.seen(f"{HERE}/history")
    assert "Zaal A → Room A" in page
    assert ROOM_A not in page
    tab.change(f"{HERE}/outbound", **{"status.40": "create", "apply": "new"})
    assert "changed" in tab.seen(f"{HERE}/history").split("</article>", 1)[0]
    tab.change(f"{HERE}/sync", **{"sync.poll_seconds": "90", "sync.window_days.1": "300", "apply": "new"})
    tab.change(f"{HERE}/inbound", **{"inbound.object": "11", "inbound.status": "30", "apply": "new"})
    inbound, sync, *_ = re.sub("<[^>]+>", "", tab.seen(f"{HERE}/history").replace("</article>", "|")).split("|")
    assert all(said in sync for said in ("60 seconds", "90 seconds", "365 days", "300 days"))
    assert "Zaal B" in inbound


def test_the_history_names_an_accounts_own_calendar(place: Place) -> None:
    place.save(mapping=[{"object": "10", "calendar": "primary"}])
    assert "Zaal A → own calendar" in Tab(place).seen(f"{HERE}/history")


def test_placeholders_that_this_i_reserve_does_not_fill_are_marked(place: Place, tab: Tab) -> None:
    assert "not filled by this i-Reserve" not in tab.seen(f"{HERE}/outbound"), "nothing was looked at yet"
    place.book()
    place.settle()
    chips = tab.seen(f"{HERE}/outbound").split('class="palette"', 1)[1].split("</ul>", 1)[0]
    struck = {each.split("</s>", 1)[0] for each in chips.split("<s>")[1:]}
    assert {"{PRICE_NO_OPT}", "{SETUP_DESC}"} <= struck
    assert not {"{BOOKING_NUMBER}", "{REMARKS}", "{OBJECT}"} & struck


def test_what_was_told_and_is_not_mended_is_counted_in_the_menu(place: Place, tab: Tab) -> None:
    assert 'class="count"' not in tab.seen(HERE)
    place.ireserve("PATCH", "users/api_calendar", {"password": "changed"})
    place.book()
    place.settle()
    place.tick()
    entry = tab.seen(HERE).split(f'href="{HERE}/diagnostics"', 1)[1].split("</li>", 1)[0]
    assert 'class="count"' in entry


def test_the_probe_says_beforehand_that_it_makes_a_booking(tab: Tab) -> None:
    assert "makes" in tab.seen(f"{HERE}/activation").split('id="probe"', 1)[1].split("</p>", 1)[0]
    assert "Nothing on this page changes i-Reserve" not in tab.seen(f"{HERE}/activation")
