"""Pull: what changed in a calendar is found once, in pages, from where the last pull ended."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.application.intake.hints import Hint, Kind, task
from functions.application.ports import EventPage, Outside, Reservations
from functions.application.store import calendars
from functions.domain.model.identity import calendar_hash
from functions.domain.settings.integration import Integration
from tests.harness.place import ROOM_A, ROOM_B, Place

LIST = "calendar.events.list"


def pull(place: Place, calendar: str = ROOM_A) -> None:
    hint = Hint(Kind.CALENDAR, "7", (calendar_hash(calendar),), "person", place.now)
    place.tasks.put(task(hint, place.now, "now", 0))
    place.settle()


def draw_many(place: Place, count: int) -> list[str]:
    return [
        place.draw(f"2026-11-{24 + n // 10}T{8 + n % 10:02}:00", f"2026-11-{24 + n // 10}T{8 + n % 10:02}:45")["id"]
        for n in range(count)
    ]


@pytest.fixture
def quiet(place: Place) -> Place:
    """An active place to which no notification and no webhook comes: the tests say when to pull."""
    place.activate()
    place.api("PUT", "/7/dialect", {"write_validates": True})
    place.google("POST", "notifications", {"mode": "drop"})
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    place.forget()
    return place


def test_a_pull_without_changes_is_one_call(quiet: Place) -> None:
    pull(quiet)
    assert quiet.calls() == [LIST]
    assert quiet.ireserve_calls() == []


def test_a_new_event_costs_one_call_per_page_and_one_read_one_check_and_one_write(quiet: Place) -> None:
    quiet.draw("2026-11-24T10:00", "2026-11-24T11:00")
    pull(quiet)
    assert quiet.calls() == [LIST]
    assert quiet.ireserve_calls() == ["GET booking/filter", "POST booking/check", "POST hook/booking/"]


def test_a_moved_event_costs_one_read_and_one_write(quiet: Place) -> None:
    event = quiet.draw("2026-11-24T10:00", "2026-11-24T11:00")["id"]
    pull(quiet)
    quiet.forget()
    quiet.drag(event, "2026-11-24T14:00", "2026-11-24T15:00")
    pull(quiet)
    assert quiet.calls() == [LIST]
    booking = quiet.bookings()[0]["id"]
    assert quiet.ireserve_calls() == [f"GET booking/{booking}", "POST hook/booking/"]


def test_echoes_of_our_own_writes_cost_nothing(quiet: Place) -> None:
    quiet.ireserve("POST", "hooks/mode", {"mode": "deliver"})
    for hour in range(8, 18):
        quiet.book(f"2026-11-24T{hour:02}:00", f"2026-11-24T{hour:02}:45")
    quiet.settle()
    quiet.forget()
    pull(quiet)
    assert quiet.calls() == [LIST]
    assert quiet.ireserve_calls() == []


def test_a_burst_of_changes_is_a_handful_of_pulls(place: Place) -> None:
    place.activate(sync={"hold_over": 50})
    place.forget()
    draw_many(place, 30)
    place.settle()
    assert len(place.bookings()) == 30
    assert place.calls().count(LIST) <= 4


def test_pages_are_followed_and_short_or_empty_ones_are_no_end(quiet: Place) -> None:
    quiet.google("POST", "pages", {"size": 4, "empty": True})
    draw_many(quiet, 10)
    pull(quiet)
    assert len(quiet.bookings()) == 10
    assert quiet.calls() == [LIST] * 6


class _Killed(BaseException):
    """The process is killed."""


class _Mortal:
    """Google's side, which a process does not survive when it asks for the third page of changes."""

    def __init__(self, outside: Outside) -> None:
        self.outside, self.asked = outside, list[str]()

    def reservations(self, integration: Integration) -> Reservations:
        return self.outside.reservations(integration)

    def clock_of(self, address: str) -> datetime | None:
        return self.outside.clock_of(address)

    def calendars(self, integration: Integration, refresh_token: str = "") -> Any:
        calendars = self.outside.calendars(integration, refresh_token)
        listed = calendars.changes

        def changes(calendar: str, *, sync_token: str = "", page: str = "") -> EventPage:
            self.asked.append(page)
            if len(self.asked) == 3:
                raise _Killed
            return listed(calendar, sync_token=sync_token, page=page)

        calendars.changes = changes  # type: ignore[method-assign]  # of this one object
        return calendars


def test_a_pull_that_is_killed_goes_on_with_its_saved_page(quiet: Place) -> None:
    quiet.google("POST", "pages", {"size": 4})
    draw_many(quiet, 10)
    quiet.ports.outside = mortal = _Mortal(quiet.ports.outside)
    with pytest.raises(_Killed):
        pull(quiet)
    assert len(quiet.bookings()) == 8
    quiet.settle(100)
    assert mortal.asked[3] == mortal.asked[2] != ""
    assert len(quiet.bookings()) == 10


def test_an_event_whose_booking_fails_is_tried_again_and_not_lost_with_the_token(quiet: Place) -> None:
    quiet.draw("2026-11-24T10:00", "2026-11-24T11:00")
    quiet.ireserve("POST", "faults", {"path": "check", "action": "reset", "times": 1})
    pull(quiet)
    quiet.settle(200)
    assert len(quiet.bookings()) == 1


def test_a_saved_page_that_died_meanwhile_begins_the_list_again(quiet: Place) -> None:
    quiet.google("POST", "pages", {"size": 4})
    draw_many(quiet, 10)
    quiet.ports.outside = _Mortal(quiet.ports.outside)
    with pytest.raises(_Killed):
        pull(quiet)
    quiet.world.pages.clear()
    quiet.settle(200)
    assert len(quiet.bookings()) == 10


def test_only_one_pull_at_a_time_works_on_a_calendar(quiet: Place) -> None:
    calendars.take_lease(quiet.documents, "7", ROOM_A, "somebody-else", quiet.now)
    quiet.draw("2026-11-24T10:00", "2026-11-24T11:00")
    pull(quiet)
    assert quiet.bookings() == []
    quiet.settle(100)
    assert len(quiet.bookings()) == 1


def test_after_410_everything_is_compared_and_what_is_new_becomes_a_booking(quiet: Place) -> None:
    quiet.draw("2026-11-24T10:00", "2026-11-24T11:00")
    quiet.google("POST", "sync-tokens/expire", {"calendar": ROOM_A})
    pull(quiet)
    assert quiet.calls() == [LIST, LIST]
    assert len(quiet.bookings()) == 1


def test_after_410_ghosts_are_looked_up_one_by_one_and_only_they_are_cancelled(quiet: Place) -> None:
    kept, gone = draw_many(quiet, 2)
    pull(quiet)
    quiet.delete(gone)
    quiet.google("POST", "sync-tokens/expire", {})
    quiet.forget()
    pull(quiet)
    assert quiet.calls() == [LIST, LIST, "calendar.events.get", "calendar.events.get"]  # there, and in the other room
    quiet.settle(200)
    assert sorted(each["status_code"] for each in quiet.bookings()) == [20, 70]
    assert [each["id"] for each in quiet.events()] == [kept]


def test_after_410_a_ghost_that_was_only_moved_to_another_mapped_calendar_is_put_back(quiet: Place) -> None:
    event = quiet.draw("2026-11-24T10:00", "2026-11-24T11:00")["id"]
    pull(quiet)
    quiet.google("POST", f"calendars/{ROOM_A}/events/{event}/move", {"destination": ROOM_B})
    quiet.google("POST", "sync-tokens/expire", {})
    pull(quiet)
    quiet.settle(200)
    assert quiet.event(ROOM_A)["id"] == event
    assert [each["status_code"] for each in quiet.bookings()] == [20]


@pytest.mark.parametrize("mode", ["usual", "full", "bare"])
def test_a_tombstone_needs_no_more_than_its_id(quiet: Place, mode: str) -> None:
    quiet.google("POST", "tombstones", {"mode": mode})
    event = quiet.draw("2026-11-24T10:00", "2026-11-24T11:00")["id"]
    pull(quiet)
    quiet.delete(event)
    pull(quiet)
    quiet.settle(200)
    assert [each["status_code"] for each in quiet.bookings()] == [70]


def test_an_event_outside_the_window_waits_until_the_night_it_comes_in(quiet: Place) -> None:
    quiet.draw("2027-11-24T10:00", "2027-11-24T11:00")
    pull(quiet)
    assert quiet.bookings() == []
    for _ in range(3):
        quiet.now = quiet.now.replace(hour=2) + timedelta(days=1)
        quiet.tick()
        quiet.settle(60)
    assert [each["from"] for each in quiet.bookings()] == ["2027-11-24T10:00"]


def test_the_night_lists_the_whole_window_once_and_echoes_cost_nothing(quiet: Place) -> None:
    quiet.draw("2026-11-26T10:00", "2026-11-26T11:00")
    pull(quiet)
    quiet.now = quiet.now.replace(hour=2) + timedelta(days=2)
    quiet.world.calls.log.clear()
    quiet.tick()
    listed = [call.query for call in quiet.world.calls.log if call.api == LIST and call.status == 200]
    whole = [query for query in listed if "timeMin" in query]
    assert len(whole) == 2  # one for each calendar
    assert all(query["timeMin"].startswith("2026-08-27") for query in whole)
    assert all(query["timeMax"].startswith("2027-11-25") for query in whole)
    assert quiet.calls() == [LIST] * len(quiet.calls())


def test_consistency_that_lags_behind_the_notification_is_met_by_the_second_look(place: Place) -> None:
    place.activate()
    place.google("POST", "consistency", {"seconds": 3})
    place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle(20)
    assert len(place.bookings()) == 1


def test_in_sync_as_of_is_the_start_of_the_last_pull_that_was_applied(quiet: Place) -> None:
    pull(quiet, ROOM_A)
    quiet.pass_time(600)
    started = quiet.now
    pull(quiet, ROOM_A)
    state = calendars.state_of(quiet.documents, "7", ROOM_A)
    assert state.as_of == started
    assert state.page == state.lease == ""
