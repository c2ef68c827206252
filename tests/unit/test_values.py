"""The small values: bookings, views, integrations, errors and their faults."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.application.probing.workbench import GUESSES, guesses
from functions.domain.model.appointment import Timed, without_length
from functions.domain.model.errors import AccessRevoked, Cause, Fault, Invalid, Stale, System, Transient
from functions.domain.model.event import EventKey
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.life import (
    Active,
    Closed,
    Closer,
    Detached,
    Grace,
    Held,
    LeftOut,
    Paused,
    Refused,
    Side,
    State,
)
from functions.domain.pairing.link import Intent, Occupies, WrittenIds
from functions.domain.pairing.writes import BookingChange, MoveEvent, Why, WriteBooking
from functions.domain.planning.view import Wanted, wanted_of
from functions.domain.settings.dialect import dialect_from
from functions.domain.settings.integration import Connection, Integration, Phase
from functions.domain.settings.schema import GoogleSettings, IReserveSettings, MappingRow
from tests.unit.sketch import (
    ABSENT,
    BELIEVED,
    CANCELLED,
    KEY,
    NOW,
    ROOM_A,
    ROOM_B,
    TEN,
    UNREADABLE,
    booking,
    event,
    link,
    planning_context,
    settings,
    view,
)


def test_a_field_that_settings_name_is_found_in_a_booking() -> None:
    made = booking(remarks="Met beamer", fields={"custom01": "abc"})
    assert (made.value_of("external_id"), made.value_of("remarks")) == (made.external_id, "Met beamer")
    assert (made.value_of("custom01"), made.value_of("custom99")) == ("abc", "")


@pytest.mark.parametrize(
    ("its", "confirmed", "wanted"),
    [
        (Snapshot.of(booking()), False, Wanted.EVENT),
        (Snapshot.of(booking(status=10)), False, Wanted.KEPT),
        (Snapshot.of(booking(status=80)), False, Wanted.NONE),
        (ABSENT, False, Wanted.UNKNOWN),
        (CANCELLED, True, Wanted.NONE),
        (UNREADABLE, True, Wanted.UNKNOWN),
        (BELIEVED, True, Wanted.UNKNOWN),
        (Snapshot(Presence.PRESENT), True, Wanted.UNKNOWN),
    ],
)
def test_a_bookings_status_says_what_its_event_should_be(its: object, confirmed: bool, wanted: Wanted) -> None:  # noqa: FBT001
    assert wanted_of(its, planning_context(gone_confirmed=confirmed)) is wanted  # type: ignore[arg-type]  # snapshots


def test_a_view_can_be_given_another_link() -> None:
    assert view().with_link(life=Held("x")).link.state is State.HELD


def test_an_integration_is_called_as_its_settings_say() -> None:
    assert Integration(settings()).id == "7"


@pytest.mark.parametrize(
    ("dead", "refused", "trouble"),
    [
        ("", "", ""),
        ("invalid_grant", "", "google"),
        ("", "ireserve_login", "ireserve"),
        ("invalid_grant", "login", "google"),
    ],
)
@pytest.mark.parametrize("phase", Phase)
def test_an_integration_goes_on_while_it_runs_and_no_side_refuses(
    phase: Phase, dead: str, refused: str, trouble: str
) -> None:
    connection = Connection("a@example.org", (), NOW, dead)
    its = Integration(settings(), phase, connection, ireserve_refused=refused)
    assert its.trouble == trouble
    assert its.goes_on == (phase in (Phase.ACTIVE, Phase.SHADOW) and not trouble)


def test_an_integration_without_an_account_has_no_trouble_with_google() -> None:
    assert Integration(settings()).trouble == ""


def test_an_error_has_a_short_reason_for_logs() -> None:
    assert Stale("read and plan again").reason == "stale"
    assert Stale("read and plan again", reason="lease_over").reason == "lease_over"
    assert Transient("later", retry_after=5.0).retry_after == 5.0
    assert Transient("in years", retry_after=float("inf")).retry_after == 3600.0
    assert Transient("later").retry_after is None


def test_all_faults_of_an_input_are_in_one_error() -> None:
    faults = (Fault("id", "use letters"), Fault("mapping", "add a row"))
    assert str(Invalid(faults)) == "id: use letters; mapping: add a row"
    assert Invalid(faults).reason == "invalid"
    assert Fault("id", "use letters") == faults[0]
    assert faults[0] != faults[1]
    assert len({*faults, Fault("id", "use letters")}) == 2


def test_an_old_reading_of_an_event_is_told_from_a_new_one() -> None:
    newer = event(etag='"2"', updated=NOW + timedelta(seconds=1))
    assert not link().knows_newer(event())
    assert not link().knows_newer(newer)
    assert link().seeing(newer).knows_newer(event())
    assert not link(event_updated=None).knows_newer(event(etag='"0"'))
    assert not link().knows_newer(event(etag='"0"', updated=None))


def test_what_no_probe_settled_is_an_assumption_with_a_sentence() -> None:
    found = dialect_from({"search_id": "RES_ID", "day_objects": ["20"], "former": 1})
    assert (found.search_id, found.day_objects) == ("RES_ID", ("20",))
    assert "search_id" not in dict(found.assumptions())
    assert dict(found.assumptions())["search_start"].endswith(".")
    assert (found.status_of(" Open "), found.status_of("nooit")) == (20, None)
    assert found.as_body() == {"day_objects": ("20",), "search_id": "RES_ID"}


def test_what_is_stored_for_a_point_is_tried_first() -> None:
    point = "search_id"
    assert guesses(point) == guesses(point, GUESSES[point][0]) == GUESSES[point]
    assert guesses(point, "eigen_naam")[0] == "eigen_naam"


def test_what_asks_for_more_is_owed_first() -> None:
    changed = Integration(settings()).owing("new", NOW).owing("all", NOW).owing("future", NOW)
    assert changed.unfinished_change == "all"
    assert changed.owing("activation", NOW).owing("resume", NOW).unfinished_change == "activation"


def test_a_booking_without_duration_gets_the_shortest_event_and_gives_no_duration_back() -> None:
    shortest = Timed(TEN.start, TEN.start + timedelta(minutes=1))
    assert without_length(shortest) == Timed(TEN.start, TEN.start)
    assert without_length(TEN) == TEN


@pytest.mark.parametrize(
    ("life", "reason"),
    [
        (Held("booking_gone"), "booking_gone"),
        (Detached("undone"), "undone"),
        (Paused("too_often", NOW, Active()), "too_often"),
        (Refused("what", "period_taken", NOW), "period_taken"),
        (Grace(NOW), "event_deleted"),
        (LeftOut(), "not_backfilled"),
        (Active(), ""),
    ],
)
def test_a_state_has_a_reason_to_show_where_it_does_not_say_it_all(life: Any, reason: str) -> None:
    assert link(life=life).reason == reason
    assert link(life=life, ids=WrittenIds(foreign=True)).reason == (reason or "foreign_id")


def test_only_a_pair_that_this_service_closed_has_a_status_to_go_back_to() -> None:
    closed = [link(life=life) for life in (Closed(Closer.SERVICE, 20), Closed(), Active())]
    assert [each.closed_by_us for each in closed] == [True, False, False]
    assert [each.former_status for each in closed] == [20, None, None]
    assert [each.until for each in (link(life=Grace(NOW)), link())] == [NOW, None]


def test_the_occurrences_of_a_series_are_held_as_one() -> None:
    assert link(series="root").item == "series-root"
    assert link().item == "link"


def test_each_occupied_event_of_an_integration_has_a_name_of_its_own() -> None:
    names = {
        Occupies(of, calendar, part).name
        for of in ("1", "2")
        for calendar in ("a", "b")
        for part in ("hours", "before", "after")
    }
    assert len(names) == 12
    assert Occupies("1", "a").name == "1\na"


def test_a_refusal_by_google_is_kept_with_its_moment_and_whether_it_can_be_mended_there() -> None:
    whole = Connection("admin@example.org", ("calendar",), NOW)
    dead = whole.died(AccessRevoked("no", reason="invalid_grant", side=System.GOOGLE), NOW)
    assert dead == replace(whole, dead="invalid_grant", dead_at=NOW)
    mendable = whole.died(AccessRevoked("no", reason="api_off", side=System.GOOGLE, cause=Cause.MENDED_AT_GOOGLE), NOW)
    assert mendable.mended_at_google
    assert dead.answered() == mendable.answered() == whole


def test_a_login_is_all_that_another_secret_or_address_would_change() -> None:
    its = settings(ireserve=IReserveSettings("https://tenant.example", "api"), google=GoogleSettings("client"))
    versions = {"ireserve_password": "1", "google_client_secret": "2", "google_refresh_token": "3"}
    there = Integration(its, secret_versions=versions)
    assert there.login_of(System.IRESERVE) == ("https://tenant.example", "api", "1")
    assert there.login_of(System.GOOGLE) == ("client", "2", "3")
    assert Integration(its).login_of(System.GOOGLE) == ("client", "", "")


def test_nothing_is_asked_of_ireserve_without_its_address_and_a_password() -> None:
    its = settings(ireserve=IReserveSettings(base_url="https://tenant.example"))
    assert Integration(its, secret_versions={"ireserve_password": "1"}).has_ireserve_login
    assert not Integration(its, secret_versions={"google_client_secret": "2"}).has_ireserve_login
    assert not Integration(
        settings(ireserve=IReserveSettings()), secret_versions={"ireserve_password": "1"}
    ).has_ireserve_login


def test_statuses_of_the_first_scan_are_intended_and_later_ones_wait_for_a_person() -> None:
    fresh = Integration(settings())
    assert fresh.seeing({10, 5}, first=False) == fresh
    begun = fresh.seeing({10, 5}, first=True)
    assert (begun.statuses_seen, begun.undecided) == ((5, 10), ())
    later = begun.seeing({10, 60}, first=True).seeing({15}, first=False)
    assert (later.statuses_seen, later.undecided) == ((5, 10), (15, 60))
    decided = later.leaving(60)
    assert (decided.statuses_left, decided.undecided) == ((60,), (15,))
    assert decided.seeing({60, 15}, first=False).undecided == (15,)
    assert replace(decided, settings=settings(outbound={"create_on_status": (20, 15)})).undecided == ()


def test_an_intent_knows_where_its_event_will_be() -> None:
    elsewhere = EventKey(ROOM_B, KEY.id)
    moving = Intent("s", MoveEvent(KEY, "", ROOM_B, Why.BOOKING_CHANGED), NOW)
    assert (moving.place, moving.target) == (elsewhere, Side.EVENT)
    writing = Intent("s", WriteBooking("1001", BookingChange(when=TEN), Why.EVENT_MOVED), NOW)
    assert (writing.place, writing.target) == (None, Side.BOOKING)


def test_an_object_without_a_row_of_its_own_stands_where_its_main_object_does_and_else_with_all_others() -> None:
    rows = (MappingRow("10", ROOM_A), MappingRow("*", ROOM_B))
    its = settings(mapping=rows)
    known = its.knowing({"10-a": "10", "12-a": "12"})
    assert [known.calendar_of(each) for each in ("10", "10-a", "12-a", "99")] == [ROOM_A, ROOM_A, ROOM_B, ROOM_B]
    assert (its.calendar_of("10-a"), its.mains) == (ROOM_B, {})
    assert known.knowing({"10-a": "10", "12-a": "12"}) is known
    assert Integration(its, mains=known.mains).settings.calendar_of("10-a") == ROOM_A


def test_only_what_was_written_before_settings_for_new_events_keeps_its_former_look() -> None:
    there = Integration(settings(), new_look_since=NOW)
    assert there.keeps_former_look(NOW - timedelta(seconds=1))
    assert not there.keeps_former_look(NOW)
    assert not there.keeps_former_look(None)
    assert not Integration(settings()).keeps_former_look(NOW)


def test_the_known_points_are_told_by_their_names_and_not_by_what_is_stored() -> None:
    found = dialect_from({"known": ["search_start"], "override": ["body", "check", False], "sorts": True})
    assert found.known == {"override", "sorts"}
    assert found.override == ("body", "check", False)
    assert "known" not in dict(found.assumptions())


def test_a_time_is_kept_in_whole_seconds() -> None:
    part = timedelta(microseconds=1)
    assert Timed(TEN.start + part, TEN.end) == Timed(TEN.start, TEN.end + part) == TEN
