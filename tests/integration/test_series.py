"""Series: every occurrence is a booking; when people shift, split or cut a series, its bookings move with it."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.application.ports import Documents
from functions.domain.pairing.life import State
from tests.harness.place import ROOM_A, ROOM_B, Place, when

DAILY_TEN, WEEKLY_TEN, ENDLESS = "RRULE:FREQ=DAILY;COUNT=10", "RRULE:FREQ=WEEKLY;COUNT=10", "RRULE:FREQ=WEEKLY"
FIRST, FIRST_END = "2026-11-24T10:00", "2026-11-24T11:00"


def series(place: Place, rule: str, start: str = FIRST, end: str = FIRST_END, **fields: Any) -> str:
    root = str(place.draw(start, end, recurrence=[rule], **fields)["id"])
    place.settle()
    return root


def occurrences(place: Place, calendar: str = ROOM_A) -> list[dict[str, Any]]:
    return sorted(place.events(calendar, expand=True), key=lambda each: str(each["start"]))


def starts(place: Place, status: int = 20) -> list[str]:
    return sorted(each["from"] for each in place.bookings() if each["status_code"] == status)


def days(times: Sequence[str]) -> list[str]:
    return [time[:10] for time in times]


def ids(place: Place) -> set[int]:
    return {each["id"] for each in place.bookings() if each["status_code"] == 20}


def test_each_occurrence_becomes_a_booking(place: Place) -> None:
    place.activate()
    series(place, DAILY_TEN)
    assert days(starts(place)) == [f"2026-11-{day}" for day in range(24, 31)] + [f"2026-12-0{day}" for day in (1, 2, 3)]
    assert {each["external_id"] for each in place.bookings()} == {each["id"] for each in occurrences(place)}


def test_a_series_costs_one_list_and_no_reads(place: Place) -> None:
    place.activate()
    place.forget()
    series(place, DAILY_TEN)
    assert Counter(place.calls()) == {"calendar.events.list": 2}  # the leading look and the trailing one


def test_an_occurrence_that_is_moved_moves_its_booking_only(place: Place) -> None:
    place.activate()
    series(place, DAILY_TEN)
    before = ids(place)
    second = occurrences(place)[1]["id"]
    place.drag(second, "2026-11-25T15:00", "2026-11-25T16:00")
    place.settle()
    assert starts(place)[1] == "2026-11-25T15:00"
    assert starts(place)[2] == "2026-11-26T10:00"
    assert ids(place) == before


def test_an_occurrence_that_is_deleted_cancels_its_booking_only(place: Place) -> None:
    place.activate()
    series(place, DAILY_TEN)
    place.delete(occurrences(place)[1]["id"])
    place.settle(300)
    assert starts(place, 70) == ["2026-11-25T10:00"]
    assert len(starts(place)) == 9


def test_an_occurrence_dragged_onto_a_taken_slot_goes_back_alone(place: Place) -> None:
    place.activate()
    place.book("2026-11-25T15:00", "2026-11-25T16:00")
    series(place, DAILY_TEN)
    moved = next(each for each in occurrences(place) if each["start"]["dateTime"].startswith("2026-11-25T10:00"))
    place.drag(moved["id"], "2026-11-25T15:00", "2026-11-25T16:00")
    place.settle()
    after = next(each for each in occurrences(place) if each["id"] == moved["id"])
    assert after["start"]["dateTime"].startswith("2026-11-25T10:00")
    assert "⚠" in after["description"]
    assert sum("⚠" in each.get("description", "") for each in occurrences(place)) == 1


@pytest.mark.parametrize("rule", [DAILY_TEN, WEEKLY_TEN], ids=["daily", "weekly"])
def test_a_whole_series_shifted_by_half_an_hour_moves_its_ten_bookings(place: Place, rule: str) -> None:
    place.activate(sync={"hold_over": 1})
    root = series(place, rule)
    before = ids(place)
    place.drag(root, "2026-11-24T10:30", "2026-11-24T11:30")
    place.settle(300)
    assert len(before) == 10
    assert ids(place) == before
    assert {time[11:] for time in starts(place)} == {"10:30"}
    assert starts(place, 70) == []
    assert all("⚠" not in each.get("description", "") for each in occurrences(place))


def test_a_shifted_series_costs_one_list_and_one_read_a_move_and_an_id_for_each_booking(place: Place) -> None:
    place.activate(sync={"overlap_guard": "never"})
    root = series(place, DAILY_TEN)
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    place.forget()
    place.drag(root, "2026-11-24T10:30", "2026-11-24T11:30")
    place.settle(0)
    assert place.calls() == ["calendar.events.list"]
    assert Counter(call.split(" ")[0] for call in place.ireserve_calls()) == {"GET": 10, "POST": 20}


def test_an_occurrence_that_was_undone_is_made_no_booking_when_its_series_is_shifted(place: Place) -> None:
    place.activate()
    root = series(place, DAILY_TEN)
    undone = next(each for each in place.bookings() if each["from"] == "2026-11-26T10:00")["id"]
    entries = place.api("GET", f"/7/journal?booking={undone}")
    place.api("POST", f"/7/journal/{entries[0]['id']}/undo")
    place.edit(root, **when("2026-11-24T15:00", "2026-11-24T16:00"))
    place.settle(300)
    assert "2026-11-26T15:00" not in starts(place)
    assert len(starts(place)) == 9
    assert starts(place, 70) == ["2026-11-26T10:00"]
    (link,) = place.api("GET", f"/7/links?booking={undone}")
    assert link["state"] == "detached"


@pytest.mark.parametrize("deleted", ["cancel", "ask"])
@pytest.mark.parametrize("size", [3, 7, 15])
def test_a_shifted_series_that_comes_in_pages_moves_its_bookings_too(place: Place, size: int, deleted: str) -> None:
    place.activate(inbound={"deleted_event": deleted})
    root = series(place, DAILY_TEN)
    before = ids(place)
    place.google("POST", "pages", {"size": size})
    place.drag(root, "2026-11-24T10:30", "2026-11-24T11:30")
    place.settle(300)
    assert ids(place) == before
    assert {time[11:] for time in starts(place)} == {"10:30"}
    assert starts(place, 70) == []
    assert place.api("GET", "/7/held") == []


def test_a_shifted_series_that_is_found_by_a_full_list_moves_its_bookings_too(place: Place) -> None:
    place.activate()
    root = series(place, DAILY_TEN)
    before = ids(place)
    place.google("POST", "sync-tokens/expire", {})
    place.drag(root, "2026-11-24T10:30", "2026-11-24T11:30")
    place.settle(300)
    assert ids(place) == before
    assert {time[11:] for time in starts(place)} == {"10:30"}
    assert starts(place, 70) == []


def test_a_weekly_series_shifted_to_another_day_moves_its_bookings_in_order(place: Place) -> None:
    place.activate()
    root = series(place, WEEKLY_TEN)
    before = {each["id"]: each["from"] for each in place.bookings()}
    place.drag(root, "2026-11-26T10:00", "2026-11-26T11:00")
    place.settle(300)
    after = {each["id"]: each["from"] for each in place.bookings()}
    assert before.keys() == after.keys()
    assert sorted(before, key=lambda each: before[each]) == sorted(after, key=lambda each: after[each])
    assert days(starts(place))[:2] == ["2026-11-26", "2026-12-03"]
    assert starts(place, 70) == []


@pytest.mark.parametrize(
    ("days", "first"), [(1, "2026-12-16"), (4, "2026-12-19"), (5, "2026-12-20"), (-1, "2026-12-14")]
)
def test_a_series_that_has_run_for_longer_than_the_window_moves_each_booking_within_its_week(
    place: Place, days: int, first: str
) -> None:
    place.activate(sync={"window_days": [-7, 70]})
    root = series(place, WEEKLY_TEN)
    place.pass_time(4 * 7 * 86400)
    before = {each["id"]: date.fromisoformat(each["from"][:10]) for each in place.bookings()}
    moved = date(2026, 11, 24) + timedelta(days)
    place.drag(root, f"{moved}T10:00", f"{moved}T11:00")
    for _ in range(3):
        place.tick()
        place.settle(300)
    after = {each["id"]: date.fromisoformat(each["from"][:10]) for each in place.bookings()}
    assert {each: after[each] - day for each, day in before.items() if after[each] >= date.fromisoformat(first)} == {
        each: timedelta(days) for each, day in before.items() if day + timedelta(days) >= date.fromisoformat(first)
    }
    assert all(after[each] == day for each, day in before.items() if day + timedelta(days) < date.fromisoformat(first))
    assert starts(place, 70) == []
    assert len(place.bookings()) == 10


def weekly_with_the_second_cancelled(place: Place, weeks: int, nights: int) -> str:
    """Draw a weekly series, and cancel its second booking after some nights; returns the series' root."""
    root = series(place, f"RRULE:FREQ=WEEKLY;COUNT={weeks}")
    for _ in range(nights):
        place.pass_time(86400)
        place.tick()
        place.settle(60)
    (cancelled,) = [each["id"] for each in place.bookings() if each["from"].startswith("2026-12-01")]
    place.change(str(cancelled), status_code=70)
    place.settle(60)
    return root


def test_a_past_booking_takes_no_place_of_a_cancelled_one_whose_event_comes_back_with_its_series(place: Place) -> None:
    place.activate(sync={"window_days": [-3, 60]})
    root = weekly_with_the_second_cancelled(place, 3, nights=7)
    place.drag(root, "2026-11-26T10:00", "2026-11-26T11:00")
    place.tick()
    place.settle(600)
    assert days(starts(place)) == ["2026-11-24", "2026-12-03", "2026-12-10"]
    assert days(starts(place, 70)) == ["2026-12-01"]


def test_the_booking_of_the_only_other_occurrence_stays_where_it_was_once_that_is_over(place: Place) -> None:
    """As above, where no booking to come tells how far the series moved."""
    place.activate(sync={"window_days": [-3, 60]})
    root = weekly_with_the_second_cancelled(place, 2, nights=6)
    place.drag(root, "2026-11-24T14:00", "2026-11-24T15:00")
    place.tick()
    place.settle(600)
    assert starts(place) == ["2026-11-24T10:00", "2026-12-01T14:00"]
    assert starts(place, 70) == ["2026-12-01T10:00"]


def test_this_and_following_moves_the_bookings_of_the_new_series(place: Place) -> None:
    place.activate(sync={"hold_over": 1})
    root = series(place, DAILY_TEN)
    before = ids(place)
    patch = when("2026-11-29T13:00", "2026-11-29T14:00")
    place.google("POST", f"calendars/{ROOM_A}/events/{root}/split", {"at": "2026-11-29T10:00:00+01:00", "patch": patch})
    place.settle(300)
    assert ids(place) == before
    assert [time[11:] for time in starts(place)] == ["10:00"] * 5 + ["13:00"] * 5
    assert starts(place, 70) == []


def test_this_and_following_with_another_title_keeps_the_bookings(place: Place) -> None:
    place.activate()
    root = series(place, DAILY_TEN)
    before = ids(place)
    at = {"at": "2026-11-29T10:00:00+01:00", "patch": {"summary": "Toernooi"}}
    place.google("POST", f"calendars/{ROOM_A}/events/{root}/split", at)
    place.settle(300)
    assert ids(place) == before
    assert [each["remarks"] for each in sorted(place.bookings(), key=lambda each: str(each["from"]))] == [
        *["Overleg"] * 5,
        *["Toernooi"] * 5,
    ]


@pytest.mark.parametrize("deleted", ["cancel", "ask"])
@pytest.mark.parametrize("size", [3, 7])
def test_this_and_following_that_comes_in_pages_moves_the_bookings(place: Place, size: int, deleted: str) -> None:
    place.activate(inbound={"deleted_event": deleted})
    root = series(place, DAILY_TEN)
    before = ids(place)
    place.google("POST", "pages", {"size": size})
    patch = when("2026-11-29T13:00", "2026-11-29T14:00") | {"summary": "Toernooi"}
    place.google("POST", f"calendars/{ROOM_A}/events/{root}/split", {"at": "2026-11-29T10:00:00+01:00", "patch": patch})
    place.settle(300)
    assert ids(place) == before
    assert starts(place, 70) == []
    assert place.api("GET", "/7/held") == []


def test_this_and_following_found_by_a_full_list_moves_the_bookings(place: Place) -> None:
    place.activate()
    root = series(place, DAILY_TEN)
    before = ids(place)
    place.google("POST", "sync-tokens/expire", {})
    patch = when("2026-11-29T13:00", "2026-11-29T14:00")
    place.google("POST", f"calendars/{ROOM_A}/events/{root}/split", {"at": "2026-11-29T10:00:00+01:00", "patch": patch})
    place.settle(300)
    assert ids(place) == before
    assert starts(place, 70) == []


def test_another_series_in_the_place_of_a_deleted_one_holds_the_removals_until_a_person_decides(place: Place) -> None:
    place.activate()
    root = series(place, DAILY_TEN)
    before = ids(place)
    place.google("POST", "notifications", {"mode": "drop"})
    place.delete(root)
    place.draw("2026-11-24T15:00", "2026-11-24T16:00", recurrence=[DAILY_TEN], summary="Kaartclub")
    place.google("POST", "notifications", {"mode": "deliver"})
    place.api("POST", "/7/sweep")
    place.settle(400)
    assert before < ids(place)
    assert starts(place, 70) == []
    (held,) = place.api("GET", "/7/held")
    assert (held["reason"], len(held["bookings"])) == ("series_unsure", 10)
    place.api("POST", f"/7/held/{held['id']}/approve")
    place.settle()
    assert len(starts(place, 70)) == 10
    assert len(ids(place)) == 10


@pytest.mark.parametrize("deleted", ["cancel", "ask"])
@pytest.mark.parametrize("size", [4, 250])
@pytest.mark.parametrize("rule", [DAILY_TEN, WEEKLY_TEN], ids=["daily", "weekly"])
def test_the_same_series_drawn_anew_takes_the_bookings_along(place: Place, rule: str, size: int, deleted: str) -> None:
    place.activate(inbound={"deleted_event": deleted})
    root = series(place, rule)
    before = ids(place)
    place.google("POST", "pages", {"size": size})
    place.google("POST", "notifications", {"mode": "drop"})
    place.delete(root)
    place.draw("2026-11-24T15:00", "2026-11-24T16:00", recurrence=[rule])
    place.google("POST", "notifications", {"mode": "deliver"})
    place.api("POST", "/7/sweep")
    place.settle(400)
    assert ids(place) == before
    assert {time[11:] for time in starts(place)} == {"15:00"}


class _GraceCounted:
    """A store that counts how often all deletions that wait are read."""

    def __init__(self, documents: Documents) -> None:
        self._documents, self.times = documents, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._documents, name)

    def find(self, collection: Any, where: Any = None, **how: Any) -> Any:
        self.times += (where or {}).get("state") == State.GRACE.value and how["after"] is None
        return self._documents.find(collection, where, **how)


@pytest.mark.parametrize(("grace", "most"), [(120, 0), (7200, 1)])
def test_the_guard_reads_all_deletions_that_wait_at_most_once_for_a_deleted_series(
    place: Place, grace: int, most: int
) -> None:
    """Its occurrences count as one, so it would read all of them for each."""
    place.activate(sync={"cancel_grace_seconds": grace})
    root = series(place, DAILY_TEN)
    place.delete(root)
    place.settle()
    counted = _GraceCounted(place.documents)
    place.ports.documents = counted
    place.settle(grace + 300)
    assert len(starts(place, 70)) == 10
    assert counted.times <= most


def test_occurrences_of_a_deleted_series_that_google_says_nothing_of_are_cancelled_too(place: Place) -> None:
    place.activate(sync={"hold_over": 3})
    root = series(place, "RRULE:FREQ=WEEKLY;COUNT=50")
    assert len(starts(place)) == 50
    place.delete(root)
    place.settle(600)
    assert starts(place) == []
    assert len(starts(place, 70)) == 50


def test_a_deleted_occurrence_costs_a_look_at_the_last_of_its_series_and_two_at_the_series(place: Place) -> None:
    place.activate()
    series(place, DAILY_TEN)
    place.forget()
    place.delete(occurrences(place)[1]["id"])
    place.settle(300)
    assert Counter(place.calls())["calendar.events.get"] <= 5


def test_an_occurrence_dragged_into_the_window_and_out_again_leaves_no_booking_behind(place: Place) -> None:
    place.activate(sync={"window_days": [-7, 70]})
    series(place, ENDLESS)
    before = ids(place)
    far = occurrences(place)[100]["id"]
    place.drag(far, "2026-12-02T15:00", "2026-12-02T16:00")
    place.settle()
    assert len(ids(place) - before) == 1
    place.drag(far, "2028-12-05T15:00", "2028-12-05T16:00")
    place.settle(300)
    (booking,) = ids(place) - before
    assert place.booking(str(booking))["from"] == "2028-12-05T15:00"


@pytest.mark.parametrize("rule", [None, DAILY_TEN], ids=["single", "series"])
def test_a_removal_that_google_does_not_report_is_found_in_the_night(place: Place, rule: str | None) -> None:
    place.activate()
    event = place.draw(FIRST, FIRST_END, recurrence=[rule] if rule else None)["id"]
    place.settle()
    place.google("POST", "tombstones", {"lose": 1})
    lost = occurrences(place)[-1]["id"] if rule else event
    place.delete(lost)
    place.settle(300)
    assert starts(place, 70) == []
    place.now = place.now.replace(hour=2)
    place.pass_time(86400)
    for _ in range(3):
        place.pass_time(3600)
        place.tick()
        place.settle(300)
    assert len(starts(place, 70)) == 1


def test_a_series_that_is_cut_short_cancels_the_rest_and_keeps_the_others(place: Place) -> None:
    place.activate()
    root = series(place, DAILY_TEN)
    place.edit(root, recurrence=["RRULE:FREQ=DAILY;COUNT=4"])
    place.settle(300)
    assert len(starts(place)) == 4
    assert len(starts(place, 70)) == 6


def test_a_series_that_is_made_longer_adds_bookings_and_reads_nothing(place: Place) -> None:
    place.activate()
    root = series(place, DAILY_TEN)
    before = ids(place)
    place.forget()
    place.edit(root, recurrence=["RRULE:FREQ=DAILY;COUNT=12"])
    place.settle()
    assert before < ids(place)
    assert len(starts(place)) == 12
    assert set(place.calls()) == {"calendar.events.list"}


def test_an_occurrence_that_comes_back_to_its_series_is_a_new_event_where_its_booking_got_another(place: Place) -> None:
    """Cut short where removals are put back, the rest got events of their own; then the series was made long again."""
    place.ireserve("PATCH", "objects/10", {"places": 2})
    place.activate(inbound={"deleted_event": "restore"}, sync={"hold_over": 1000})
    root = series(place, "RRULE:FREQ=DAILY;COUNT=4")
    place.edit(root, recurrence=["RRULE:FREQ=DAILY;COUNT=2"])
    place.settle(600)
    assert len(occurrences(place)) == 4, "the removed ones were put back"
    place.edit(root, recurrence=["RRULE:FREQ=DAILY;COUNT=4"])
    place.settle(600)
    shown = Counter(each["start"]["dateTime"][:16] for each in occurrences(place))
    assert Counter(starts(place)) == shown
    assert place.api("GET", "/7/parked") == []


def test_a_single_event_that_becomes_a_series_keeps_its_booking(place: Place) -> None:
    place.activate()
    event = place.draw(FIRST, FIRST_END)["id"]
    place.settle()
    (before,) = ids(place)
    place.edit(event, recurrence=[DAILY_TEN])
    place.settle(300)
    assert before in ids(place)
    assert len(starts(place)) == 10
    assert starts(place, 70) == []


def test_a_series_that_becomes_a_single_event_keeps_one_booking(place: Place) -> None:
    place.activate()
    root = series(place, DAILY_TEN)
    before = ids(place)
    place.edit(root, recurrence=None)
    place.settle(300)
    assert starts(place) == [FIRST]
    assert ids(place) < before
    assert len(starts(place, 70)) == 9


def test_a_single_event_that_becomes_a_series_while_the_sync_token_is_lost_keeps_its_booking(place: Place) -> None:
    place.activate()
    event = place.draw(FIRST, FIRST_END)["id"]
    place.settle()
    before = ids(place)
    place.google("POST", "sync-tokens/expire", {})
    place.edit(event, recurrence=["RRULE:FREQ=DAILY;COUNT=3"])
    place.settle(600)
    assert before < ids(place)
    assert days(starts(place)) == ["2026-11-24", "2026-11-25", "2026-11-26"]
    assert {each["external_id"] for each in place.bookings()} == {each["id"] for each in occurrences(place)}


def test_a_series_that_becomes_a_single_event_while_the_sync_token_is_lost_keeps_one_booking(place: Place) -> None:
    place.activate()
    root = series(place, "RRULE:FREQ=DAILY;COUNT=3")
    before = ids(place)
    place.google("POST", "sync-tokens/expire", {})
    place.edit(root, recurrence=None)
    place.settle(600)
    assert starts(place) == [FIRST]
    assert ids(place) < before
    assert len(starts(place, 70)) == 2


def test_a_deleted_series_counts_as_one_item_and_cancels_its_bookings(place: Place) -> None:
    place.activate(sync={"hold_over": 3})
    root = series(place, DAILY_TEN)
    place.delete(root)
    place.settle(300)
    assert starts(place) == []
    assert len(starts(place, 70)) == 10
    assert place.api("GET", "/7/held") == []


def test_a_deleted_series_is_one_held_item_where_a_person_is_asked(place: Place) -> None:
    place.activate(inbound={"deleted_event": "ask"})
    root = series(place, DAILY_TEN)
    place.delete(root)
    place.settle(300)
    (held,) = place.api("GET", "/7/held")
    assert len(held["bookings"]) == 10
    assert len(starts(place)) == 10


def test_an_endless_series_fills_the_window_and_no_more(place: Place) -> None:
    place.activate(sync={"window_days": [-7, 70]})
    series(place, ENDLESS)
    assert days(starts(place)) == days([each["start"]["dateTime"] for each in occurrences(place)][:10])
    place.now = place.now.replace(hour=2)
    for _ in range(8):
        place.pass_time(86400)
        place.tick()
        place.settle(60)
    assert len(starts(place)) == 11


def test_the_night_adds_an_occurrence_of_an_endless_series_without_reading_the_others(place: Place) -> None:
    place.activate(sync={"window_days": [-7, 70]})
    series(place, ENDLESS)
    place.now = place.now.replace(hour=2)
    for _ in range(8):
        place.pass_time(86400)
        place.forget()
        place.tick()
        place.settle(60)
        assert "calendar.events.get" not in place.calls()


@pytest.mark.parametrize(
    ("start", "first", "change"),
    [
        pytest.param(datetime(2026, 3, 23, 8, tzinfo=UTC), "2026-03-27", "summer", id="into summer time"),
        pytest.param(datetime(2026, 10, 19, 8, tzinfo=UTC), "2026-10-23", "winter", id="into winter time"),
    ],
)
def test_a_series_keeps_its_wall_clock_time_over_the_change(
    tmp_path: Path, start: datetime, first: str, change: str
) -> None:
    place = Place(tmp_path, start)
    place.activate()
    root = series(place, DAILY_TEN, f"{first}T10:00", f"{first}T11:00")
    assert {time[11:] for time in starts(place)} == {"10:00"}, change
    before = ids(place)
    place.drag(root, f"{first}T10:30", f"{first}T11:30")
    place.settle(300)
    assert ids(place) == before
    assert {time[11:] for time in starts(place)} == {"10:30"}
    assert starts(place, 70) == []


def test_a_series_of_whole_days_is_followed_by_local_days(place: Place) -> None:
    place.activate()
    root = series(place, DAILY_TEN, "2026-11-24", "2026-11-25")
    before = ids(place)
    assert len(before) == 10
    place.drag(root, "2026-11-25", "2026-11-26")
    place.settle(300)
    assert ids(place) == before
    assert days(starts(place))[0] == "2026-11-25"
    assert starts(place, 70) == []


def test_exceptions_of_a_shifted_series_keep_bookings_of_their_own(place: Place) -> None:
    place.activate()
    root = series(place, DAILY_TEN)
    place.drag(occurrences(place)[3]["id"], "2026-11-27T16:00", "2026-11-27T17:00")
    place.settle()
    before = ids(place)
    place.drag(root, "2026-11-24T10:30", "2026-11-24T11:30")
    place.settle(300)
    assert len(ids(place)) == len(occurrences(place))
    assert ids(place) <= before


def test_an_occurrence_that_is_deleted_and_restored_keeps_its_booking(place: Place) -> None:
    place.activate()
    series(place, DAILY_TEN)
    second = occurrences(place)[1]["id"]
    place.delete(second)
    place.settle(30)
    place.google("POST", f"calendars/{ROOM_A}/events/{second}/restore")
    place.settle(300)
    assert len(starts(place)) == 10
    assert starts(place, 70) == []


def test_a_series_moved_to_another_mapped_calendar_keeps_its_bookings(place: Place) -> None:
    place.activate(inbound={"allow_object_change": True})
    root = series(place, DAILY_TEN)
    before = ids(place)
    place.google("POST", f"calendars/{ROOM_A}/events/{root}/move", {"destination": ROOM_B})
    place.settle(300)
    assert ids(place) == before
    assert {each["object_id"] for each in place.bookings()} == {11}
    assert starts(place, 70) == []


def test_a_series_that_may_not_change_its_object_is_made_anew_in_the_room_that_it_was_carried_from(
    place: Place,
) -> None:
    """What had just been deleted was adopted and deleted again, until the brake left the bookings without events for an hour."""
    place.activate()
    root = series(place, DAILY_TEN)
    before = ids(place)
    place.google("POST", f"calendars/{ROOM_A}/events/{root}/move", {"destination": ROOM_B})
    place.settle(60)
    assert ids(place) == before
    assert len(occurrences(place)) == 10
    assert occurrences(place, ROOM_B) == []
    assert [each["reason"] for each in place.journal() if each["outcome"] == "overtaken"] == []


def test_an_occurrence_whose_booking_gets_another_object_is_made_anew_in_the_other_calendar(place: Place) -> None:
    place.activate()
    series(place, DAILY_TEN)
    second = next(each for each in place.bookings() if str(each["from"]).startswith("2026-11-25"))
    place.change(str(second["id"]), object_id=11)
    place.settle(60)
    assert len(occurrences(place)) == 9
    (moved,) = occurrences(place, ROOM_B)
    assert moved["start"]["dateTime"].startswith("2026-11-25T10:00")
    place.change(str(second["id"]), start="2026-11-25T16:00", end="2026-11-25T17:00")
    place.settle(60)
    (moved,) = occurrences(place, ROOM_B)
    assert moved["start"]["dateTime"].startswith("2026-11-25T16:00")
    assert len(ids(place)) == 10
    assert place.api("GET", "/7/parked") == []
    place.forget()
    place.api("POST", "/7/resync")
    place.settle(300)
    assert not [each for each in place.calls() if not each.endswith(("list", "get", "instances"))]
