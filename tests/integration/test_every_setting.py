"""Every setting of the schema, one by one: whichever way it comes in, it is stored, shown, exported and told as it was given.

A setting that is added later fails here until it has a value in `GIVEN` and a field on a form.
"""

import html
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from functions.application.setting_up.settings_input import raw_of
from functions.domain.settings.facts import facts
from functions.domain.settings.schema import MappingRow, Settings
from functions.entrypoints.cli.main import cli
from functions.entrypoints.console.forms import fields as form
from functions.entrypoints.console.forms.fields import CHOSEN, Field
from functions.entrypoints.console.texts import LANGUAGES, Texts
from tests.harness.place import CLIENT_ID, IRESERVE, PLANNER, ROOM_A, ROOM_B, Place, example
from tests.harness.tab import Tab

HERE = "/console/integrations/7"
ROW = {
    "object": "10",
    "calendar": ROOM_A,
    "shows": "booked",
    "booked_text": "Verhuurd",
    "also": [ROOM_B],
    "before_minutes": 15,
    "after_minutes": 30,
    "around": "events",
    "new_events": True,
}
YOGA = {
    "id": "2026-12-02_1",
    "object_id": 10,
    "desc": "Yoga",
    "from": "2026-12-02T10:00",
    "till": "2026-12-02T11:00",
    "places": 9,
}
SHARED = [{"object": "10", "calendar": ROOM_A}, {"object": "11", "calendar": ROOM_A}]
PLAIN = {
    **SHARED[1],
    "shows": "full",
    "booked_text": "",
    "also": [],
    "before_minutes": 0,
    "after_minutes": 0,
    "around": "text",
    "new_events": False,
}
GIVEN: dict[str, Any] = {  # no value is the default, but those of the second row
    "id": "7",
    "name": "Sporthal Zuid",
    "language": "en",
    "timezone": "Europe/Brussels",
    "ireserve": {"base_url": f"{IRESERVE}/other/rest", "username": "api_other"},
    "google": {"client_id": f"other-{CLIENT_ID}"},
    "outbound": {
        "external_id_field": "custom01",
        "title_template": "Nr {BOOKING_NUMBER}",
        "description_template": "Zaal: {OBJECT}\nTot ziens",
        "create_meet_link": True,
        "meet_link_field": "custom02",
        "reminder_popup_minutes": 30,
        "reminder_email_minutes": 1440,
        "use_customer_data": True,
        "notify_guests": True,
        "create_on_status": [20, 40],
        "delete_on_status": [70, 60],
        "tentative_on_status": [10],
        "tentative_is_free": True,
        "location_template": "Sportlaan 1, {OBJECT}",
        "colour_by": "status",
        "colours": {"20": "sage", "40": "Label van Noord"},
        "use_labels": True,
        "activities": "per_booking",
    },
    "mapping": [ROW, PLAIN],
    "inbound": {
        "enabled": False,
        "object": "11",
        "status": 40,
        "number": 2,
        "allow_booking_update": True,
        "ignore_validation_errors_on_update": True,
        "follow": "all_mapped",
        "allow_object_change": True,
        "deleted_event": "ask",
        "cancel_status": 60,
        "import_existing": True,
        "free_events": "all",
        "invitations": "all",
        "tell_organizer": True,
        "remarks_field": "custom03",
    },
    "sync": {
        "window_days": [-30, 200],
        "day_end": "inclusive",
        "backfill": "all",
        "sweep_minutes": 20,
        "poll_seconds": 120,
        "conflict_winner": "event",
        "cancel_grace_seconds": 300,
        "hold_over": 20,
        "overlap_guard": "always",
    },
    "alerts": {
        "email": "beheer@example.org",
        "webhook_url": "https://chat.example.org/hook",
        "webhook_form": "slack",
        "weekly_report": True,
    },
}
SCREENS: dict[str, tuple[Field, ...]] = {
    "/outbound": form.of_screen(form.OUTBOUND),
    "/inbound": form.of_screen(form.INBOUND),
    "/sync": form.of_screen(form.SYNC),
    "": form.GENERAL,
    "/authentication": form.AUTHENTICATION,
    "/ireserve": form.IRESERVE,
}
LISTS = {"20": "create", "40": "create", "10": "tentative", "70": "delete", "60": "delete", "30": "none", "80": "none"}


def at(settings: Any, name: str) -> Any:
    for step in name.split("."):
        settings = settings[step]
    return settings


def stored(place: Place) -> dict[str, Any]:
    read = place.api("GET", "/7")
    return {name: read[name] for name in GIVEN}


def typed(field: Field) -> dict[str, str | list[str]]:
    """What a person who wants the value in `GIVEN` types, ticks or chooses."""
    value = at(GIVEN, field.name)
    match field.kind:
        case "switch":
            return {field.name: "on" if value else ""}
        case "codes":
            return {f"{CHOSEN}{code}": where for code, where in LISTS.items()}
        case "days":
            return {f"{field.name}.0": str(-value[0]), f"{field.name}.1": str(value[1])}
        case "pairs":
            return {field.name: "\n".join(f"{key}: {each}" for key, each in value.items())}
        case _:
            return {field.name: str(value)}


def test_every_setting_has_a_value_here_that_is_not_its_default() -> None:
    defaults, plain = raw_of(Settings("")), raw_of(Settings("", mapping=(MappingRow("", ""),)))["mapping"][0]
    assert [name for name in facts(Settings) if at(GIVEN, name) == at(defaults, name)] == []
    assert {name for name in plain if name in ROW and ROW[name] != plain[name]} == set(plain)


def test_over_the_api_every_setting_comes_back_as_it_was_sent(place: Place) -> None:
    place.save()
    place.api("PUT", "/7", GIVEN)
    assert stored(place) == GIVEN


def test_what_is_exported_is_what_was_imported_and_brings_it_back(place: Place, tmp_path: Path) -> None:
    def run(*command: str) -> str:
        done = CliRunner().invoke(cli, list(command), obj=lambda **_: place.ports)
        assert done.exit_code == 0, done.output
        return done.stdout

    file = tmp_path / "settings.yaml"
    file.write_text(yaml.safe_dump(GIVEN, allow_unicode=True), "utf-8")
    run("import", str(file))
    exported = run("export", "7")
    assert yaml.safe_load(exported) == GIVEN
    place.save()
    assert yaml.safe_load(run("export", "7")) != GIVEN
    file.write_text(exported, "utf-8")
    run("import", str(file))
    assert stored(place) == GIVEN


def test_every_setting_is_on_a_form_that_stores_what_is_typed_and_keeps_what_is_not(place: Place) -> None:
    place.save(mapping=SHARED)
    tab = Tab(place)
    tab.change(f"{HERE}/inbound", **{"inbound.follow": "all_mapped"})  # the rows then ask for new events
    row: dict[str, str | list[str]] = {f"mapping.0.{name}": str(value) for name, value in ROW.items()}
    row |= {"mapping.0.also": [ROOM_B], "mapping.0.new_events": "on"}
    page = tab.seen(f"{HERE}/mapping")
    assert all(f'name="mapping.0.{name}"' in page for name in ROW)
    answer = tab.change(f"{HERE}/mapping", **row)
    assert answer.status_code == 303
    for screen, asked in SCREENS.items():
        page = tab.seen(f"{HERE}{screen}")
        named = [f'name="{each.name}' for each in asked if each.kind != "codes"]
        assert [each for each in named if each not in page] == []
        answers = {key: value for each in asked for key, value in typed(each).items()}
        answer = tab.change(f"{HERE}{screen}", **answers)
        assert answer.status_code == 303, html.unescape(answer.text)
    assert stored(place) == GIVEN
    for screen in (*SCREENS, "/mapping"):
        assert tab.change(f"{HERE}{screen}").status_code == 303
        assert stored(place) == GIVEN, f"{screen} sent back as it is shown"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_history_tells_every_setting_with_its_old_and_new_value_in_both_languages(
    place: Place, language: str
) -> None:
    place.save()
    before = stored(place)
    place.api("PUT", "/7", GIVEN)
    told = place.api("GET", "/7/history")[0]
    assert {name: told["before"][name] for name in GIVEN} == before
    assert {name: told["after"][name] for name in GIVEN} == GIVEN
    tab, t = Tab(place), Texts(language, "Europe/Amsterdam")
    tab.get(f"/console/language/{language}")
    latest = tab.seen(f"{HERE}/history").split("<article", 2)[1]
    changed = [name for name in facts(Settings) if name not in ("id", "outbound.colours")]
    assert [name for name in changed if f"<td>{t(f'field.{name}.label')}" not in latest] == []


def test_the_screens_ask_for_every_setting_exactly_once() -> None:
    asked = [each.name for screen in SCREENS.values() for each in screen]
    assert sorted([*asked, "id", "mapping"]) == sorted(facts(Settings))


HALL = "c_hall1@resource.calendar.google.com"
PUBLIC = {**example()["mapping"][1], "shows": "booked"}
ROWS = [example()["mapping"][0], PUBLIC, {"object": "12", "calendar": HALL}]
OUTBOUND = {"tentative_on_status": [40], "colours": {"10": "sage"}}
TENTATIVE = {"create_on_status": [30], "tentative_on_status": [20, 40]}


def first_row(**changes: Any) -> dict[str, Any]:
    return {"mapping": [{**ROWS[0], **changes}, *ROWS[1:]]}


SEEN: dict[str, dict[str, Any]] = {  # what changes events or bookings that are there, and a change of each
    "timezone": {"timezone": "Europe/London"},
    "language": {"language": "en"},
    "outbound.external_id_field": {"outbound": {"external_id_field": "custom01"}},
    "outbound.title_template": {"outbound": {"title_template": "Nr {BOOKING_NUMBER}"}},
    "outbound.description_template": {"outbound": {"description_template": "Zaal: {OBJECT}"}},
    "outbound.create_meet_link": {"outbound": {"create_meet_link": True, "meet_link_field": "custom02"}},
    "outbound.meet_link_field": {"outbound": {"create_meet_link": True, "meet_link_field": "custom03"}},
    "outbound.reminder_popup_minutes": {"outbound": {"reminder_popup_minutes": 30}},
    "outbound.reminder_email_minutes": {"outbound": {"reminder_email_minutes": 1440}},
    "outbound.use_customer_data": {"outbound": {"use_customer_data": True}},
    "outbound.delete_on_status": {
        "outbound": {"create_on_status": [30], "delete_on_status": [20, 70]},
        "inbound": {"status": 30},
    },
    "outbound.create_on_status": {"outbound": {"create_on_status": [10, 20]}},
    "outbound.tentative_on_status": {"outbound": TENTATIVE},
    "outbound.tentative_is_free": {"outbound": {"tentative_is_free": True}},
    "outbound.location_template": {"outbound": {"location_template": "Sportlaan 1"}},
    "outbound.colour_by": {"outbound": {"colour_by": "object"}},
    "outbound.colours": {"outbound": {"colour_by": "status", "colours": {"20": "sage"}}},
    "outbound.use_labels": {"outbound": {"colour_by": "object", "colours": {"10": "Toernooi"}, "use_labels": True}},
    "outbound.activities": {"outbound": {"activities": "per_booking"}},
    "mapping[].object": {"mapping": [*ROWS, {"object": "102", "calendar": PLANNER}]},
    "mapping[].calendar": first_row(calendar=ROOM_B),
    "mapping[].shows": first_row(shows="private"),
    "mapping[].shows, hidden": first_row(shows="booked"),
    "mapping[].booked_text": {"mapping": [ROWS[0], {**PUBLIC, "booked_text": "Verhuurd"}, ROWS[2]]},
    "mapping[].also": first_row(also=[ROOM_B]),
    "mapping[].before_minutes": first_row(before_minutes=15),
    "mapping[].after_minutes": first_row(after_minutes=15),
    "mapping[].around": first_row(after_minutes=15, around="events"),
    "inbound.follow": {"inbound": {"follow": "all_mapped"}},
    "inbound.free_events": {"inbound": {"free_events": "all"}},
    "inbound.invitations": {"inbound": {"invitations": "all"}},
    "inbound.object": {"inbound": {"object": "11"}},
    "inbound.import_existing": {"inbound": {"import_existing": True}},
    "sync.day_end": {"sync": {"day_end": "inclusive"}},
    "sync.window_days": {"sync": {"window_days": [-5, 90]}},
}
NEW_ONLY = {  # what counts for what is made, moved or deleted later
    "outbound.notify_guests",
    "mapping[].new_events",
    "inbound.enabled",
    "inbound.status",
    "inbound.number",
    "inbound.allow_booking_update",
    "inbound.ignore_validation_errors_on_update",
    "inbound.allow_object_change",
    "inbound.deleted_event",
    "inbound.cancel_status",
    "inbound.tell_organizer",
    "inbound.remarks_field",
}
NO_LOOK = {name for name in facts(Settings) if name.startswith(("alerts.", "sync."))} - {*SEEN} | {"name"}
ELSEWHERE = {"id", "mapping", "ireserve.base_url", "ireserve.username", "google.client_id"}  # refused, or a login


def test_of_every_setting_it_is_said_whether_it_changes_what_is_there() -> None:
    rows = {f"mapping[].{name}" for name in facts(MappingRow)}
    said = [*({name.partition(",")[0] for name in SEEN}), *NEW_ONLY, *NO_LOOK, *ELSEWHERE]
    assert sorted(said) == sorted({*facts(Settings), *rows})


@pytest.fixture
def busy(place: Place) -> Place:
    """A place with a booking or an event for each setting to change."""
    place.google("POST", "calendars", {"id": HALL, "account": PLANNER, "accepts": True})
    place.draw("2026-12-07T10:00", "2026-12-07T11:00", HALL)
    place.pass_time(60)
    place.activate(mapping=ROWS, inbound={"object": "12"}, outbound=OUTBOUND, sync={"window_days": [-5, 30]})
    place.book(customer_id=2)
    place.book("2026-11-25T10:00", "2026-11-25T11:00", status_code=10)
    place.book("2026-11-25T12:00", "2026-11-25T13:00", status_code=40)
    place.book("2026-11-25T10:00", "2026-11-25T11:00", object_id=11)
    place.book("2026-11-25T10:00", "2026-11-25T11:00", object_id=102)
    place.book("2026-12-01", "2026-12-02")
    place.book("2027-01-20T10:00", "2027-01-20T11:00")
    place.ireserve("POST", "events", YOGA)
    place.book(event_id=YOGA["id"])
    place.draw("2026-11-26T10:00", "2026-11-26T11:00", ROOM_B)
    place.draw("2026-11-27T10:00", "2026-11-27T11:00", HALL, transparency="transparent")
    place.draw("2026-11-30T10:00", "2026-11-30T11:00", ROOM_A, attendees=[{"email": HALL}])
    place.settle(60)
    return place


def changed(before: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    parts = {part: {**before[part], **more} if isinstance(more, dict) else more for part, more in changes.items()}
    return {**before, **parts}


def test_what_changes_events_that_are_there_shows_its_plan_first(busy: Place) -> None:
    before = stored(busy)
    for name, changes in SEEN.items():
        plan = busy.api("PUT", "/7", changed(before, changes), 409)["plan"]
        assert plan["counts"], name
        assert stored(busy) == before


def test_what_counts_for_later_only_is_saved_at_once_and_leaves_what_is_there_as_it_is(busy: Place) -> None:
    before, events = stored(busy), busy.google("GET", f"calendars/{ROOM_A}/events")
    given: dict[str, Any] = {"inbound.cancel_status": 70, "inbound.remarks_field": "none", "inbound.status": 30}
    given["alerts.weekly_report"] = False  # which asks for an address
    busy.forget()
    for name in sorted({*NEW_ONLY, *NO_LOOK} - {"mapping[].new_events"}):
        part, _, field = name.partition(".")
        value = given.get(name, at(GIVEN, name))
        busy.api("PUT", "/7", changed(before, {part: {field: value}} if field else {part: value}))
        busy.api("PUT", "/7", before)
    busy.api("PUT", "/7", changed(before, first_row(new_events=True)))
    busy.settle(60)
    assert [call for call in busy.calls() if call.split(".")[-1] in ("insert", "patch", "delete", "move")] == []
    assert busy.google("GET", f"calendars/{ROOM_A}/events") == events
