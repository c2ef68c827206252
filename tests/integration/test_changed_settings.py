"""Settings change while links exist: the plan first, then as asked; no fight, no loss."""

import re
from datetime import timedelta
from typing import Any

import pytest

from functions.application.ports import Task, Transaction
from functions.application.setting_up import changes, preview, removal, setup
from functions.application.store import integrations
from functions.domain.model.errors import Invalid, Transient
from functions.domain.settings.integration import Integration
from tests.harness.place import GUEST, HOLIDAYS, ROOM_A, ROOM_B, SECRETS, Place, example
from tests.harness.tab import Tab


def running(place: Place) -> str:
    place.activate()
    booking = place.book()
    place.settle()
    return booking


def change(place: Place, apply: str = "", status: int | None = None, **parts: Any) -> Any:
    return place.api("PUT", f"/7?apply={apply}" if apply else "/7", {**example("7", **parts)}, status)


def test_a_change_that_touches_events_shows_its_plan_first_and_changes_nothing(place: Place) -> None:
    running(place)
    said = change(place, outbound={"title_template": "Nr {BOOKING_NUMBER}"}, status=409)
    assert said["reason"] == "plan_first"
    assert said["plan"]["counts"] == {"change": 1}
    place.settle(60)
    assert place.event()["summary"].startswith("Zaal A")
    assert place.api("GET", "/7")["outbound"]["title_template"] == "{OBJECT} - {BOOKING_NUMBER}"


@pytest.mark.parametrize(
    "parts",
    [
        {"outbound": {"title_template": "Nr {BOOKING_NUMBER}", "colour_by": "status", "colours": {"20": "sage"}}},
        {"mapping": [{"object": "10", "calendar": ROOM_B}, {"object": "11", "calendar": ROOM_B}]},
        {"mapping": [{"object": "10", "calendar": ROOM_A, "shows": "booked"}, {"object": "11", "calendar": ROOM_B}]},
        {"outbound": {"create_on_status": [30], "delete_on_status": [20, 70]}, "inbound": {"status": 30}},
    ],
    ids=["look", "calendar", "row", "status"],
)
def test_the_plan_says_what_is_then_done_and_for_the_reason_that_the_journal_gives(
    place: Place, parts: dict[str, Any]
) -> None:
    running(place)
    plan = change(place, status=409, **parts)["plan"]
    before = len(place.journal())
    change(place, "all", **parts)
    place.settle(60)
    done = [(each["booking_id"], each["step"], each["why"]) for each in place.journal()[before:]]
    assert [(each["booking_id"], step["step"], step["why"]) for each in plan["lines"] for step in each["steps"]] == done


def test_a_plan_that_ran_out_of_time_before_it_found_anything_is_shown_all_the_same(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    running(place)
    monkeypatch.setattr(preview, "LONGEST", timedelta(0))
    said = change(place, outbound={"title_template": "Nr {BOOKING_NUMBER}"}, status=409)
    assert (said["plan"]["counts"], said["plan"]["complete"]) == ({}, False)
    assert place.api("GET", "/7")["outbound"]["title_template"] == "{OBJECT} - {BOOKING_NUMBER}"


def test_what_was_read_may_be_sent_back(place: Place) -> None:
    running(place)
    read = place.api("GET", "/7")
    assert place.api("PUT", "/7", read) == read
    stale = {**read, "name": "Sporthal", "revision": read["revision"] - 1}
    assert place.api("PUT", "/7", stale, 409)["reason"] == "revision"


def test_applied_to_all_every_event_follows_and_it_is_no_edit_by_a_person(place: Place) -> None:
    booking = running(place)
    change(place, "all", outbound={"title_template": "Nr {BOOKING_NUMBER}"})
    place.settle(60)
    assert place.event()["summary"] == f"Nr {booking}"
    last = place.journal()[-1]
    assert (last["why"], last["hint"]) == ("settings_changed", "settings")
    told = place.api("POST", f"/7/journal/{last['id']}/undo?preview=1", status=409)
    assert told["error"] == "changed settings caused this; undo it by changing them back"


def test_applied_to_new_only_what_is_there_stays(place: Place) -> None:
    running(place)
    change(place, "new", outbound={"title_template": "Nr {BOOKING_NUMBER}"})
    place.settle(60)
    assert place.event()["summary"].startswith("Zaal A")
    other = place.book("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    assert f"Nr {other}" in [event["summary"] for event in place.events()]


def test_applied_to_new_only_what_is_there_stays_though_rows_say_too_little_and_each_booking_is_read(
    place: Place,
) -> None:
    """A row without a status tells of no difference, so a search reads the booking itself and compares it."""
    booking = running(place)
    place.ireserve("PATCH", "dialect", {"column_status": ""})
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    change(place, "new", outbound={"title_template": "Nr {BOOKING_NUMBER}"})
    place.settle(60)
    place.forget()
    swept(place)
    assert f"GET booking/{booking}" in place.ireserve_calls()
    assert place.event()["summary"].startswith("Zaal A")
    other = place.book("2026-11-25T10:00", "2026-11-25T11:00")
    place.change(booking, start="2026-11-24T14:00", end="2026-11-24T15:00")
    swept(place)
    assert sorted(event["summary"] for event in place.events()) == [f"Nr {booking}", f"Nr {other}"]
    assert "T14:00" in next(event["start"]["dateTime"] for event in place.events() if str(booking) in event["summary"])


def swept(place: Place) -> None:
    place.api("POST", "/7/sweep")
    place.settle(60)


FIRST, SECOND = ({"title_template": template} for template in ("Nr {BOOKING_NUMBER}", "{BOOKING_NUMBER} in {OBJECT}"))


@pytest.mark.parametrize("scope", ["future", "new"])
def test_what_is_to_stay_as_it_is_waits_until_an_earlier_change_has_reached_it(place: Place, scope: str) -> None:
    """The look at all events that the earlier change began takes the settings of the moment."""
    booking = running(place)
    change(place, "all", outbound=FIRST)
    assert change(place, scope, outbound=SECOND, status=409)["reason"] == "still_looking"
    place.settle(60)
    assert place.event()["summary"] == f"Nr {booking}"
    change(place, scope, outbound=SECOND)
    place.settle(60)
    assert place.event()["summary"] == {"future": f"{booking} in Zaal A", "new": f"Nr {booking}"}[scope]


@pytest.mark.parametrize("scope", ["all", "future"])
def test_a_change_that_reaches_as_far_as_the_one_under_way_takes_its_place(place: Place, scope: str) -> None:
    booking = running(place)
    change(place, "future", outbound=FIRST)
    assert change(place, "new", outbound=SECOND, status=409)["reason"] == "still_looking"
    change(place, scope, outbound=SECOND)
    place.settle(60)
    assert place.event()["summary"] == f"{booking} in Zaal A"


def test_the_console_offers_only_how_far_a_change_may_go_now(place: Place) -> None:
    running(place)
    here, tab = "/console/integrations/7/outbound", Tab(place)

    def offered() -> list[str]:
        page = tab.change(here, **{"outbound.title_template": SECOND["title_template"]}).text
        assert ("Existing events are still being looked at" in page) == ('value="new"' not in page)
        return [each for each in ("all", "future", "new") if f'name="apply" value="{each}"' in page]

    assert offered() == ["all", "future", "new"]
    change(place, "future", outbound=FIRST)
    assert offered() == ["all", "future"]
    change(place, "all", outbound=FIRST | {"location_template": "{OBJECT}"})
    assert offered() == ["all"]
    place.settle(60)
    assert offered() == ["all", "future", "new"]


def test_a_change_that_was_cut_short_counts_as_under_way(place: Place) -> None:
    running(place)
    integrations.change(place.documents, "7", lambda before: before.owing("all", place.now))
    assert change(place, "new", outbound=FIRST, status=409)["reason"] == "still_looking"


def test_what_is_to_stay_as_it_is_waits_for_the_end_of_a_pause_which_looks_at_everything(place: Place) -> None:
    booking = running(place)
    place.api("POST", "/7/pause")
    for scope in ("future", "new"):
        said = change(place, scope, outbound=FIRST, status=409)
        assert (said["reason"], said["error"][:18]) == ("still_looking", "the end of a pause")
    change(place, "all", outbound=FIRST)
    place.api("POST", "/7/activate")
    place.settle(60)
    assert place.event()["summary"] == f"Nr {booking}"


def test_applied_to_future_the_past_stays(place: Place) -> None:
    place.save(sync={"backfill": "all"})
    place.connect()
    past = place.book("2026-11-10T10:00", "2026-11-10T11:00")
    ahead = place.book()
    place.api("POST", "/7/activate")
    place.settle(60)
    change(place, "future", outbound={"title_template": "Nr {BOOKING_NUMBER}"}, sync={"backfill": "all"})
    place.settle(60)
    titles = {event["summary"] for event in place.events()}
    assert titles == {f"Zaal A - {past}", f"Nr {ahead}"}


def test_another_calendar_in_a_row_moves_its_events(place: Place) -> None:
    running(place)
    rows = [{"object": "10", "calendar": ROOM_B}]
    assert change(place, mapping=rows, status=409)["plan"]["counts"] == {"move": 1}
    change(place, "all", mapping=rows)
    place.settle(60)
    assert place.events(ROOM_A) == []
    assert len(place.events(ROOM_B)) == 1
    assert [each["why"] for each in place.journal() if each["step"] == "MoveEvent"] == ["settings_changed"]


def test_a_removed_row_leaves_its_events_alone_for_good(place: Place) -> None:
    booking = running(place)
    change(place, "all", mapping=[{"object": "11", "calendar": ROOM_B}])
    place.settle(60)
    assert len(place.events(ROOM_A)) == 1
    place.delete(place.event()["id"])
    place.change(booking, remarks="Nieuw")
    place.settle(400)
    assert place.booking(booking)["status_code"] == 20


def test_an_added_row_brings_the_bookings_of_its_object_in(place: Place) -> None:
    running(place)
    place.book(object_id=12)
    place.settle()
    rows = [*example()["mapping"], {"object": "12", "calendar": "planner@example.org"}]
    change(place, "all", mapping=rows)
    place.settle(60)
    assert len(place.events("planner@example.org")) == 1


def test_a_status_that_now_deletes_removes_events_after_the_plan_said_so(place: Place) -> None:
    place.activate()
    place.book(status_code=30)
    place.settle()
    parts = {"create_on_status": [20], "delete_on_status": [30, 70, 80]}
    assert change(place, outbound=parts, status=409)["plan"]["counts"] == {"remove": 1}
    change(place, "all", outbound=parts)
    place.settle(60)
    assert place.events() == []


def test_another_field_for_the_event_id_is_filled_for_what_is_there(place: Place) -> None:
    booking = running(place)
    change(place, "all", outbound={"external_id_field": "custom03"})
    place.settle(60)
    assert place.booking(booking)["custom"]["03"] == place.event()["id"]


def test_another_i_reserve_is_refused_while_active(place: Place) -> None:
    running(place)
    said = change(place, "all", 422, ireserve={"base_url": "https://other.i-reserve.test/api/rest"})
    assert said["errors"][0]["field"] == "ireserve.base_url"


def test_an_id_with_spaces_around_it_is_the_same_running_integration(place: Place) -> None:
    booking = running(place)
    raw = example(" 7 ", outbound={"title_template": "Nr {BOOKING_NUMBER}"})
    with pytest.raises(changes.PlanFirst):
        changes.save(place.ports, raw, "file")
    with pytest.raises(Invalid, match="another i-Reserve"):
        changes.save(place.ports, example("7\n", ireserve={"base_url": "https://other.example/api/rest"}), "file")
    changes.save(place.ports, raw, "file", apply="all")
    place.settle(60)
    assert place.event()["summary"] == f"Nr {booking}"


def test_settings_can_be_reverted_from_the_history(place: Place) -> None:
    booking = running(place)
    change(place, "all", outbound={"title_template": "Nr {BOOKING_NUMBER}"})
    place.settle(60)
    entry = place.api("GET", "/7/history")[0]
    assert entry["actor"]
    place.api("POST", f"/7/history/{entry['id']}/revert?apply=all")
    place.settle(60)
    assert place.event()["summary"] == f"Zaal A - {booking}"


def test_deleting_asks_what_becomes_of_the_events_and_can_remove_them(place: Place) -> None:
    booking = running(place)
    place.draw("2026-11-26T10:00", "2026-11-26T11:00")
    place.settle()
    assert place.api("DELETE", "/7", status=409)["reason"] == "still_active"
    place.api("POST", "/7/deactivate")
    assert place.api("DELETE", "/7", status=409)["reason"] == "keep_or_remove"
    place.api("DELETE", "/7?events=remove", status=204)
    assert [event["summary"] for event in place.events()] == ["Overleg"]
    assert place.booking(booking)["external_id"] == ""
    place.api("GET", "/7", status=404)


def test_deleting_can_keep_events_and_ids_for_the_next_integration(place: Place) -> None:
    booking = running(place)
    event = place.event()["id"]
    place.api("POST", "/7/deactivate")
    place.api("DELETE", "/7?events=keep", status=204)
    assert place.booking(booking)["external_id"] == event
    assert len(place.events()) == 1


def test_a_deletion_that_takes_long_goes_on_with_the_next_request(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    running(place)
    place.api("POST", "/7/deactivate")

    def a_year(tx: Transaction) -> None:
        for number in range(450):
            tx.put(("integrations", "7", "journal", f"old{number}"), {"at": f"{number:04}"})

    place.documents.transact(a_year)
    monkeypatch.setattr(setup, "LONGEST", timedelta())
    first = place.api("DELETE", "/7?events=keep", status=202)["left"]
    second = place.api("DELETE", "/7", status=202)["left"]
    assert first > second > 0
    place.api("DELETE", "/7", status=204)
    place.api("GET", "/7", status=404)


@pytest.mark.parametrize("chosen", ["keep", "remove"])
def test_what_becomes_of_the_events_stays_chosen_while_a_deletion_goes_on(
    place: Place, monkeypatch: pytest.MonkeyPatch, chosen: str
) -> None:
    running(place)
    place.book("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    place.api("POST", "/7/deactivate")
    monkeypatch.setattr(removal, "LONGEST", -timedelta(seconds=1))
    monkeypatch.setattr(setup, "_empty", lambda *_: 2)
    page = Tab(place).post("/console/integrations/7/delete", sure="7", events=chosen).get_data(as_text=True)
    assert re.findall(r'value="(\w+)" checked', page) == [chosen]


def test_another_account_is_named_and_must_be_confirmed(place: Place) -> None:
    running(place)
    place.consent(account="guest@example.org")
    said = place.api("POST", "/7/connect", status=409)
    assert said["reason"] == "other_account"
    assert ROOM_A in said["error"]
    assert place.api("GET", "/7")["connection"]["account"] == "planner@example.org"
    assert place.api("POST", "/7/connect", {"confirm": True})["account"] == "guest@example.org"


def test_another_account_opens_channels_of_its_own_and_the_former_ones_end(place: Place) -> None:
    running(place)
    for room in (ROOM_A, ROOM_B):
        place.google("POST", "calendars", {"id": room, "account": "guest@example.org"})
    former = {each["id"] for each in place.google("GET", "channels")["channels"] if each["live"]}
    place.connect(account="guest@example.org")
    place.settle(60)
    now = {each["id"] for each in place.google("GET", "channels")["channels"] if each["live"]}
    assert (len(former), len(now), former & now) == (2, 2, set())


def test_an_account_that_is_confirmed_while_google_is_away_can_be_confirmed_again(place: Place) -> None:
    running(place)
    for room in (ROOM_A, ROOM_B):
        place.google("POST", "calendars", {"id": room, "account": GUEST})
    former = {each["id"] for each in place.google("GET", "channels")["channels"] if each["live"]}
    place.consent(account=GUEST)
    place.api("POST", "/7/connect", status=409)
    place.google("POST", "faults", {"path": "calendarList", "status": 503, "times": 1})
    place.api("POST", "/7/connect", {"confirm": True}, status=503)
    assert place.api("POST", "/7/connect", {"confirm": True})["account"] == GUEST
    place.settle(60)
    now = {each["id"] for each in place.google("GET", "channels")["channels"] if each["live"]}
    assert (len(now), former & now) == (2, set())


@pytest.mark.parametrize("active", [False, True], ids=["draft", "active"])
def test_a_token_of_another_account_that_comes_with_the_settings_changes_the_account(
    place: Place, *, active: bool
) -> None:
    elsewhere = {"base_url": "https://other.i-reserve.net/api/rest", "username": "api_calendar"}
    place.save("8", ireserve=elsewhere, mapping=[{"object": "12", "calendar": HOLIDAYS}])
    place.connect("8", account=GUEST)
    for room in (ROOM_A, ROOM_B):
        place.google("POST", "calendars", {"id": room, "account": GUEST})
    version = integrations.get(place.documents, "8").secret_versions["google_refresh_token"]
    token = place.secrets.get("8", "google_refresh_token", version)
    if active:
        running(place)
    else:
        place.save()
        place.connect()
    former = {each["id"] for each in place.google("GET", "channels")["channels"] if each["live"]}
    place.save(secrets={"google_refresh_token": token})
    place.settle(60)
    now = {each["id"] for each in place.google("GET", "channels")["channels"] if each["live"]}
    assert (len(now), former & now) == (2 if active else 0, set())
    if active:
        assert place.api("GET", "/7")["connection"]["account"] == GUEST
        place.api("POST", "/7/deactivate")
    assert {each.account for each in place.world.tokens.refresh.values()} == {GUEST}, "the former account's is revoked"
    place.api("POST", "/7/disconnect")  # the grant that the other integration uses stays
    assert {each.account for each in place.world.tokens.refresh.values()} == {GUEST}


@pytest.mark.parametrize("leaves", ["7", "8"])
def test_disconnecting_revokes_nothing_while_google_does_not_say_whose_an_imported_token_is(
    place: Place, leaves: str
) -> None:
    elsewhere = {"base_url": "https://other.i-reserve.net/api/rest", "username": "api_calendar"}
    place.save("8", ireserve=elsewhere, mapping=[{"object": "12", "calendar": HOLIDAYS}])
    place.connect("8")
    version = integrations.get(place.documents, "8").secret_versions["google_refresh_token"]
    place.save(secrets={**SECRETS, "google_refresh_token": place.secrets.get("8", "google_refresh_token", version)})
    place.google("POST", "faults", {"method": "GET", "path": "/calendarList", "status": 503, "times": 9})
    place.api("POST", f"/{leaves}/disconnect")
    assert not [call for call in place.world.calls.log if call.path.endswith("/revoke")]


def test_a_row_that_is_back_is_not_called_a_calendar_of_a_substitute(place: Place) -> None:
    running(place)
    rows = example()["mapping"]
    change(place, "new", mapping=rows[:1])
    place.settle(60)
    change(place, "new", mapping=rows)
    checks = place.api("GET", "/7/diagnostics")["checks"]
    assert [check["says"] for check in checks if "in full each time" in check["says"]] == []


def test_guests_are_mailed_only_as_far_as_the_limiter_allows(place: Place) -> None:
    place.save(outbound={"use_customer_data": True, "notify_guests": True}, secrets=SECRETS)
    place.connect()
    for day in range(24, 30):
        for hour in range(20):
            place.book(f"2026-11-{day}T{hour:02d}:00", f"2026-11-{day}T{hour:02d}:45", customer_id=2)
    plan = place.api("GET", "/7/plan?refresh=1")
    assert plan["mails"] == 120
    place.api("POST", "/7/activate")
    place.settle(120)
    assert len(place.events()) == 120
    assert len(place.google("GET", "mails")["mails"]) == 100


class Away:
    """A queue that takes nothing."""

    def put(self, *_tasks: Task) -> bool:
        raise Transient("the queue is away", reason="unreachable")


def test_what_a_change_was_cut_short_of_is_brought_about_by_the_next_round(place: Place) -> None:
    booking = running(place)
    place.ports.tasks, kept = Away(), place.ports.tasks
    change(place, "all", outbound={"title_template": "Nr {BOOKING_NUMBER}"}, status=503)
    place.ports.tasks = kept
    assert place.api("GET", "/7")["outbound"]["title_template"] == "Nr {BOOKING_NUMBER}"
    change(place, outbound={"title_template": "Nr {BOOKING_NUMBER}"})  # the button pressed once more
    place.settle(150)
    place.tick()
    place.settle(60)
    assert place.event()["summary"] == f"Nr {booking}"


def test_what_was_chosen_for_new_events_only_stays_so_when_cut_short_and_over_the_night(place: Place) -> None:
    place.activate()
    place.book("2026-11-27T10:00", "2026-11-27T11:00")
    place.settle()
    change(place, "new", outbound={"title_template": "Nr {BOOKING_NUMBER}"})
    integrations.change(place.documents, "7", lambda before: before.owing("new", place.now))  # it was cut short
    place.settle(150)
    place.tick()
    for _ in range(30):
        place.settle(3600)
        place.tick()
    assert place.event()["summary"].startswith("Zaal A")


def test_a_round_does_not_take_part_in_a_change_that_is_under_way(place: Place) -> None:
    place.save()
    place.connect()
    subscribe = place.ports.outside.reservations

    class Slow:
        """A side whose first subscription takes so long that the minute's round comes in between."""

        def __init__(self, integration: Integration) -> None:
            self._real = subscribe(integration)

        def subscribe(self, event: str, address: str) -> str:
            place.tick()
            return self._real.subscribe(event, address)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

    place.ports.outside.reservations = Slow  # type: ignore[method-assign]  # for this test
    place.api("POST", "/7/activate")
    assert len(place.ireserve("GET", "hooks")["hooks"]) == 2


def test_webhooks_that_could_not_be_removed_do_not_stand_for_new_ones(place: Place) -> None:
    running(place)
    place.ireserve("POST", "faults", {"path": "hook", "method": "DELETE", "status": 500, "times": 9})
    assert len(place.api("POST", "/7/deactivate")["warnings"]) == 2
    place.ireserve("DELETE", "faults")
    place.api("POST", "/7/activate")
    place.settle()
    place.book("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    assert len(place.events()) == 2


def test_another_field_for_the_events_id_keeps_what_stands_there(place: Place) -> None:
    place.activate()
    booking = place.book(custom={"05": "DOOR-4711"})
    other = place.book("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    change(place, "all", outbound={"external_id_field": "custom05"})
    place.settle(60)
    assert place.booking(booking)["custom"]["05"] == "DOOR-4711"
    assert place.booking(other)["custom"]["05"] in [event["id"] for event in place.events()]


def test_an_activation_that_was_cut_short_is_brought_about_by_the_next_round(place: Place) -> None:
    place.save()
    place.connect()
    place.ports.tasks, kept = Away(), place.ports.tasks
    place.api("POST", "/7/activate", status=503)
    place.ports.tasks = kept
    place.book()
    place.settle(150)
    place.tick()
    place.settle(60)
    assert len(place.events()) == 1
    place.book("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    assert len(place.events()) == 2


def test_events_that_other_settings_make_bookings_of_are_in_the_plan_and_become_bookings_at_once(place: Place) -> None:
    running(place)
    place.draw("2026-11-25T10:00", "2026-11-25T11:00", ROOM_B)
    place.settle(60)
    assert len(place.bookings()) == 1
    said = change(place, inbound={"follow": "all_mapped"}, status=409)
    assert said["plan"]["counts"] == {"make_booking": 1}
    change(place, "all", inbound={"follow": "all_mapped"})
    place.settle(60)
    assert [each["object_id"] for each in place.bookings()] == [10, 11]


def zone_check(place: Place) -> list[Any]:
    return [each for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "timezone"]


def test_another_time_zone_moves_nothing_where_i_reserve_says_its_own_and_is_red_until_it_is_theirs(
    place: Place,
) -> None:
    running(place)
    start = place.event()["start"]["dateTime"]
    assert zone_check(place) == []
    change(place, timezone="Europe/London")  # no plan: the booking's moment is known, and stays
    place.settle(60)
    assert place.event()["start"]["dateTime"] == start
    (check,) = zone_check(place)
    assert (check["level"], "Europe/London" in check["says"]) == ("red", True)
    change(place, timezone="Europe/Brussels")
    assert zone_check(place) == []


def test_another_time_zone_moves_events_after_its_plan_where_i_reserve_shows_wall_clocks_only(place: Place) -> None:
    place.ireserve("PATCH", "dialect", {"legacy_booking": True})
    running(place)
    assert place.event()["start"]["dateTime"] == "2026-11-24T10:00:00+01:00"
    (line,) = change(place, timezone="Europe/London", status=409)["plan"]["lines"]
    assert line["steps"][0]["when"]["start"] == "2026-11-24T10:00:00+00:00"
    assert line["steps"][0]["was"]["when"]["start"] == "2026-11-24T09:00:00Z"
    change(place, "all", timezone="Europe/London")
    place.settle(60)
    assert place.event()["start"]["dateTime"] == "2026-11-24T11:00:00+01:00", "ten o'clock in London"
    assert place.api("GET", "/7/plan?refresh=1")["counts"] == {}
    assert zone_check(place) == []


def test_an_event_of_a_day_that_a_wider_window_takes_in_becomes_a_booking_at_once(place: Place) -> None:
    place.activate(sync={"window_days": [-90, 30]})
    place.draw("2027-01-10T10:00", "2027-01-10T11:00")
    place.settle()
    assert place.bookings() == []
    change(place, "all", sync={"window_days": [-90, 60]})
    place.settle(60)
    assert [each["from"] for each in place.bookings()] == ["2027-01-10T10:00"]


def test_an_event_whose_object_was_unclear_becomes_a_booking_once_a_row_is_for_new_events(place: Place) -> None:
    rows: list[dict[str, Any]] = [{"object": "10", "calendar": ROOM_A}, {"object": "11", "calendar": ROOM_A}]
    place.activate(inbound={"follow": "all_mapped"}, mapping=rows)
    place.draw("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    assert "⚠" in place.event()["description"]
    rows = [rows[0], {**rows[1], "new_events": True}]
    change(place, "all", inbound={"follow": "all_mapped"}, mapping=rows)
    place.settle(60)
    assert [each["object_id"] for each in place.bookings()] == [11]
    assert "⚠" not in place.event()["description"]


def test_an_event_that_was_refused_is_tried_again_on_another_inbound_object(place: Place) -> None:
    rows = [{"object": "10", "calendar": ROOM_A}, {"object": "11", "calendar": ROOM_A}]
    place.activate(inbound={"object": "10"}, mapping=rows)
    place.book()
    place.settle()
    drawn = place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    assert len(place.bookings()) == 1
    change(place, "all", inbound={"object": "11"}, mapping=rows)
    place.settle(60)
    assert [(each["object_id"], each["external_id"]) for each in place.bookings()][1:] == [(11, drawn["id"])]
