"""A write that comes between a person making an event a series, or single again, and the pull that follows it.

The root of a series keeps the single event's id, and a write to it reaches all occurrences.
"""

from collections import Counter
from typing import Any

import pytest

from tests.harness.place import ROOM_A, ROOM_B, Place
from tests.harness.tab import Tab

TEN, ELEVEN = "2026-11-24T10:00", "2026-11-24T11:00"
WEEKLY = ["RRULE:FREQ=WEEKLY;COUNT=3"]
DAYS = ["2026-11-24", "2026-12-01", "2026-12-08"]
MAY = {"allow_booking_update": True}


def occurrences(place: Place, calendar: str = ROOM_A) -> list[str]:
    return sorted(str(each["start"]["dateTime"])[:16] for each in place.events(calendar, expand=True))


def unheard(place: Place) -> None:
    """Let no notification arrive, so that nothing is pulled for half an hour."""
    place.google("POST", "notifications", {"mode": "drop"})


def pulled(place: Place) -> None:
    """Let the calendars be pulled, because they were silent for so long."""
    place.pass_time(1900)
    place.tick()
    place.settle(300)


def named(place: Place, booking: str) -> str:
    return str(place.booking(booking)["external_id"])


@pytest.fixture
def booking(place: Place) -> str:
    """Activate, and make a booking whose event a person then makes weekly, unheard."""
    place.activate(inbound=MAY, sync={"cancel_grace_seconds": 0})
    booking = place.book(TEN, ELEVEN)
    place.settle()
    unheard(place)
    place.edit(named(place, booking), recurrence=WEEKLY)
    return booking


@pytest.mark.parametrize("unnamed", ["calendar", "utc"])
@pytest.mark.parametrize("first", ["by the hour", "by the day"])
def test_a_series_that_a_person_makes_of_our_event_keeps_its_hour_in_summer(
    place: Place, unnamed: str, first: str
) -> None:
    """Whatever zone Google gives to times in UTC that name none."""
    place.google("POST", "zones", {"unnamed": unnamed})
    place.activate(inbound=MAY)
    booking = place.book(*((TEN, ELEVEN) if first == "by the hour" else ("2026-11-24", "2026-11-25")))
    place.settle()
    place.change(booking, start=TEN, end=ELEVEN)
    place.settle()
    place.edit(named(place, booking), recurrence=["RRULE:FREQ=WEEKLY;COUNT=20"])
    place.settle(300)
    assert {each[11:] for each in occurrences(place)} == {"10:00"}
    bookings = [str(each["from"]) for each in place.bookings()]
    assert (len(bookings), max(bookings)[:10]) == (20, "2027-04-06")
    assert {each[11:16] for each in bookings} == {"10:00"}


def test_a_booking_that_is_moved_moves_the_first_occurrence_alone(place: Place, booking: str) -> None:
    place.change(booking, start="2026-11-24T15:00", end="2026-11-24T16:00")
    place.settle()
    assert occurrences(place) == ["2026-11-24T15:00", "2026-12-01T10:00", "2026-12-08T10:00"]
    assert named(place, booking).endswith("_20261124T090000Z")


def test_a_booking_that_is_cancelled_removes_the_first_occurrence_alone(place: Place, booking: str) -> None:
    place.change(booking, status_code=70)
    place.settle()
    assert occurrences(place) == ["2026-12-01T10:00", "2026-12-08T10:00"]


def test_a_booking_that_changes_its_object_takes_no_other_occurrence_along(place: Place, booking: str) -> None:
    place.change(booking, object_id=11)
    place.settle()
    assert occurrences(place) == ["2026-12-01T10:00", "2026-12-08T10:00"]
    assert occurrences(place, ROOM_B) == [TEN]


@pytest.mark.parametrize("times", [0, 2, 3])
def test_a_series_that_went_along_goes_back_or_the_journal_says_what_to_do(
    place: Place, booking: str, times: int
) -> None:
    place.google("POST", "moves", {"heed_etags": False})
    if times:
        fault = {"path": f"{ROOM_B}/events/{named(place, booking)}/move", "status": 503, "times": times}
        place.google("POST", "faults", {"method": "POST", **fault})
    place.change(booking, object_id=11)
    place.settle(20)
    if times < 3:
        assert occurrences(place) == ["2026-12-01T10:00", "2026-12-08T10:00"]
        assert occurrences(place, ROOM_B) == [TEN]
        assert place.api("GET", "/7/parked") == []
        return
    assert (occurrences(place), len(occurrences(place, ROOM_B))) == ([], 3)
    assert [each["reason"] for each in place.journal() if each["outcome"] == "refused"] == ["series_moved"]
    assert "move the series back in Google Calendar" in Tab(place).seen("/console/integrations/7/journal")


def test_what_is_left_of_a_series_is_no_second_event_of_the_booking_that_changed_its_object(place: Place) -> None:
    place.activate(inbound=MAY, sync={"cancel_grace_seconds": 0})
    booking = place.book(TEN, ELEVEN)
    place.settle()
    event = named(place, booking)
    place.edit(event, recurrence=WEEKLY)
    place.settle(300)
    place.change(booking, object_id=11)
    place.settle(300)
    place.edit(event, recurrence=None)
    place.settle(300)
    assert (occurrences(place), occurrences(place, ROOM_B)) == ([TEN], [TEN])
    place.api("POST", "/7/audit")
    place.settle(200)
    assert place.api("GET", "/7/audit")["findings"] == []


def test_the_pull_that_follows_leaves_a_booking_with_the_first_occurrence(place: Place, booking: str) -> None:
    place.change(booking, remarks="nieuw")
    place.settle()
    pulled(place)
    assert sorted(each["from"] for each in place.bookings() if each["status_code"] == 20) == [
        f"{day}T10:00" for day in DAYS
    ]
    assert place.booking(booking)["from"] == TEN
    assert named(place, booking).endswith("_20261124T090000Z")
    assert place.api("GET", "/7/parked") == []


def test_a_pull_books_no_first_occurrence_that_it_took_away_itself(place: Place, booking: str) -> None:
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    place.change(booking, object_id=11)
    place.google("POST", "notifications", {"mode": "deliver"})
    place.edit(named(place, booking), summary="Overleg")
    place.settle(300)
    assert (occurrences(place), occurrences(place, ROOM_B)) == (["2026-12-01T10:00", "2026-12-08T10:00"], [TEN])
    assert sorted(each["from"] for each in place.bookings()) == [f"{day}T10:00" for day in DAYS]


def test_an_event_that_is_single_again_is_moved_with_its_booking(place: Place, booking: str) -> None:
    event = named(place, booking)
    pulled(place)
    assert named(place, booking) != event
    place.edit(event, recurrence=None)
    place.change(booking, start="2026-11-24T15:00", end="2026-11-24T16:00")
    place.settle()
    assert occurrences(place) == ["2026-11-24T15:00"]
    assert named(place, booking) == event
    pulled(place)
    assert occurrences(place) == ["2026-11-24T15:00"]
    assert [each["id"] for each in place.bookings() if each["status_code"] == 20] == [int(booking)]
    assert place.api("GET", "/7/parked") == []


def test_an_event_made_weekly_single_and_weekly_again_keeps_its_booking(place: Place, booking: str) -> None:
    event = named(place, booking)
    pulled(place)
    place.edit(event, recurrence=None)
    place.edit(event, recurrence=WEEKLY)
    pulled(place)
    assert named(place, booking).endswith("_20261124T090000Z")
    place.edit(event, recurrence=None)
    pulled(place)
    place.edit(event, recurrence=WEEKLY)
    pulled(place)
    assert named(place, booking).endswith("_20261124T090000Z")
    assert place.booking(booking)["status_code"] == 20


def test_the_first_occurrence_can_be_on_another_day_than_the_event_was(place: Place, booking: str) -> None:
    event = named(place, booking)
    place.drag(event, "2026-11-25T10:00", "2026-11-25T11:00")
    pulled(place)
    assert place.booking(booking)["from"] == "2026-11-25T10:00"
    assert len([each for each in place.bookings() if each["status_code"] == 20]) == 3


def test_an_event_in_a_calendar_whose_new_events_are_not_followed_keeps_its_booking(place: Place) -> None:
    place.activate(inbound={**MAY, "object": "11"}, sync={"cancel_grace_seconds": 0})
    booking = place.book(TEN, ELEVEN)
    place.settle()
    place.edit(named(place, booking), recurrence=WEEKLY)
    place.settle(300)
    assert place.booking(booking)["status_code"] == 20
    assert named(place, booking).endswith("_20261124T090000Z")
    assert len(place.bookings()) == 1
    place.edit(named(place, booking).partition("_")[0], recurrence=None)
    place.settle(300)
    assert place.booking(booking)["status_code"] == 20
    assert occurrences(place) == [TEN]


def test_an_occupied_event_that_is_a_series_for_a_while_stays_with_its_booking(place: Place) -> None:
    rows = [
        {"object": "10", "calendar": ROOM_A, "before_minutes": 15, "around": "events"},
        {"object": "11", "calendar": ROOM_B},
    ]
    place.activate(mapping=rows, inbound={"follow": "all_mapped"})
    booking = place.book(TEN, ELEVEN)
    place.settle()
    (occupied,) = {str(each["id"]) for each in place.events()} - {named(place, booking)}
    place.edit(occupied, recurrence=WEEKLY)
    place.settle(300)
    place.edit(occupied, recurrence=None)
    refused = {"path": "/calendar/v3/", "method": "PATCH", "status": 503, "reason": "backendError", "times": 1}
    place.google("POST", "faults", refused)
    place.settle(300)
    assert sorted(each["from"] for each in place.bookings() if each["status_code"] == 20) == [TEN]
    assert place.api("GET", "/7/parked") == []


def test_a_write_whose_answer_was_lost_is_found_on_the_first_occurrence(place: Place) -> None:
    place.activate(inbound=MAY)
    booking = place.book(TEN, ELEVEN)
    place.settle()
    event = named(place, booking)
    unheard(place)
    lost = {"path": "/calendar/v3/", "method": "PATCH", "status": 503, "reason": "backendError", "when": "after"}
    place.google("POST", "faults", {**lost, "times": 1})
    place.change(booking, start="2026-11-24T15:00", end="2026-11-24T16:00")
    place.settle(0)
    place.edit(event, recurrence=WEEKLY)
    place.settle(300)
    assert occurrences(place) == [f"{day}T15:00" for day in DAYS]
    assert named(place, booking).endswith("_20261124T140000Z")


def test_an_event_deleted_as_a_series_comes_back_as_one_event(place: Place, booking: str) -> None:
    """Where only i-Reserve may cancel, its event is made again, but not what a person had made of it."""
    settings: dict[str, Any] = place.api("GET", "/7")
    assert settings["inbound"]["allow_booking_update"]
    place.api("PUT", "/7?apply=all", {**settings, "inbound": {**settings["inbound"], "deleted_event": "restore"}})
    place.delete(named(place, booking))
    pulled(place)
    assert occurrences(place) == [TEN]


def without_the_first(place: Place, booking: str, inbound: dict[str, Any]) -> None:
    """Let a person delete the first occurrence, unheard, where that removes no booking at once."""
    settings: dict[str, Any] = place.api("GET", "/7")
    changed = {"inbound": {**settings["inbound"], **inbound}, "sync": {**settings["sync"], "cancel_grace_seconds": 600}}
    place.api("PUT", "/7?apply=all", {**settings, **changed})
    place.delete(f"{named(place, booking)}_20261124T090000Z")
    pulled(place)


def test_a_first_occurrence_that_is_made_again_leaves_the_others(place: Place, booking: str) -> None:
    without_the_first(place, booking, {"deleted_event": "restore"})
    assert occurrences(place) == [f"{day}T10:00" for day in DAYS]
    assert named(place, booking).endswith("_20261124T090000Z")


def test_a_booking_that_is_moved_while_its_first_occurrence_is_deleted_leaves_the_others(
    place: Place, booking: str
) -> None:
    without_the_first(place, booking, {})
    place.change(booking, start="2026-11-24T15:00", end="2026-11-24T16:00")
    place.settle(300)
    assert occurrences(place) == ["2026-11-24T15:00", "2026-12-01T10:00", "2026-12-08T10:00"]


@pytest.mark.parametrize("times", [1, 2, 3, 4, 6])
def test_a_series_that_cannot_be_read_for_a_while_is_followed_then(place: Place, booking: str, times: int) -> None:
    root = f"/events/{named(place, booking)}"
    away = {"path": root, "method": "GET", "status": 503, "reason": "backendError", "times": times}
    place.google("POST", "faults", away)
    pulled(place)
    place.settle(3000)
    assert sorted(each["from"] for each in place.bookings()) == [f"{day}T10:00" for day in DAYS]
    assert place.booking(booking)["from"] == TEN
    assert named(place, booking).endswith("_20261124T090000Z")
    assert place.api("GET", "/7/parked") == []


def test_a_booking_whose_first_occurrence_became_an_excluded_date_is_cancelled(place: Place, booking: str) -> None:
    place.edit(named(place, booking), recurrence=["RRULE:FREQ=WEEKLY;COUNT=9", "EXDATE:20261124T090000Z"])
    place.forget()
    pulled(place)
    standing = [each["from"][:10] for each in place.bookings() if each["status_code"] == 20]
    assert len(standing) == 8
    assert "2026-11-24" not in standing
    assert Counter(place.calls())["calendar.events.get"] <= 10  # none for each occurrence


@pytest.mark.parametrize("full_list", [False, True])
def test_a_deleted_first_occurrence_comes_back_with_the_event_that_is_single_again(
    place: Place, booking: str, *, full_list: bool
) -> None:
    root = named(place, booking)
    pulled(place)
    place.delete(named(place, booking))
    pulled(place)
    assert place.booking(booking)["status_code"] == 70
    place.edit(root, recurrence=None)
    if full_list:  # which shows no removals
        place.google("POST", "sync-tokens/expire", {})
    pulled(place)
    assert [each["external_id"] for each in place.bookings() if each["status_code"] == 20] == [root]
    place.change(booking, remarks="nieuw")
    place.settle(300)
    assert place.api("GET", "/7/parked") == []
    assert occurrences(place) == [TEN]


def series(place: Place, grace: int = 0) -> tuple[str, dict[str, str]]:
    """Activate, and draw a series of three days; returns its root, and its bookings by day."""
    place.activate(inbound=MAY, sync={"cancel_grace_seconds": grace})
    root = str(place.draw(TEN, ELEVEN, recurrence=["RRULE:FREQ=DAILY;COUNT=3"])["id"])
    place.settle(60)
    return root, {each["from"][:10]: str(each["id"]) for each in place.bookings()}


def standing(place: Place) -> dict[str, str]:
    """Return which event each booking that is not cancelled names."""
    return {str(each["id"]): str(each["external_id"]) for each in place.bookings() if each["status_code"] == 20}


def test_the_event_that_is_single_again_stays_with_one_booking_where_it_moves_to_anothers_time(place: Place) -> None:
    """Moved there, it is also what a series that began at that time would have become."""
    root, bookings = series(place)
    unheard(place)
    place.edit(root, recurrence=None)
    place.change(bookings["2026-11-24"], start="2026-11-26T10:00", end="2026-11-26T11:00")
    place.settle(300)
    pulled(place)
    place.settle(1000)
    assert standing(place) == {bookings["2026-11-24"]: root}
    assert occurrences(place) == ["2026-11-26T10:00"]
    assert place.api("GET", "/7/parked") == []


def single_on_the_second_day(place: Place, root: str) -> None:
    """Let a person make a series single and move it to its second day, whose booking goes on with it."""
    start = {"dateTime": "2026-11-25T10:00:00+01:00"}
    place.edit(root, recurrence=None, start=start, end={"dateTime": "2026-11-25T11:00:00+01:00"})
    place.settle(60)


def weekly_on_the_first_day(place: Place, root: str) -> None:
    start = {"dateTime": "2026-11-24T10:00:00+01:00", "timeZone": "Europe/Amsterdam"}
    end = {"dateTime": "2026-11-24T11:00:00+01:00", "timeZone": "Europe/Amsterdam"}
    place.edit(root, recurrence=WEEKLY, start=start, end=end)
    place.settle(3000)


@pytest.mark.parametrize("grace", [0, 600])
def test_of_two_pairs_on_a_root_and_its_first_occurrence_one_goes_on(place: Place, grace: int) -> None:
    """The one that is over lets go; one that waits has its own event back, and the other's is gone."""
    root, bookings = series(place, grace)
    single_on_the_second_day(place, root)
    assert place.booking(bookings["2026-11-25"])["external_id"] == root
    weekly_on_the_first_day(place, root)
    first = bookings["2026-11-24" if grace else "2026-11-25"]
    assert standing(place)[first] == f"{root}_20261124T090000Z"
    assert sorted(place.booking(each)["from"] for each in standing(place)) == [f"{day}T10:00" for day in DAYS]
    assert place.api("GET", "/7/parked") == []
    place.change(first, start="2026-11-24T15:00", end="2026-11-24T16:00")
    place.settle(300)
    assert occurrences(place) == ["2026-11-24T15:00", "2026-12-01T10:00", "2026-12-08T10:00"]


def test_the_booking_of_an_event_that_became_anothers_gets_an_event_of_its_own_where_none_may_be_removed(
    place: Place,
) -> None:
    """Brought back under its own id, the event of the other would be overwritten."""
    root, bookings = series(place, 600)
    single_on_the_second_day(place, root)
    settings: dict[str, Any] = place.api("GET", "/7")
    changed = {**settings["inbound"], "deleted_event": "restore"}
    place.api("PUT", "/7?apply=new", {**settings, "inbound": changed})
    weekly_on_the_first_day(place, root)
    assert standing(place)[bookings["2026-11-24"]] == f"{root}_20261124T090000Z"
    assert place.booking(bookings["2026-11-25"])["from"] == "2026-11-25T10:00"
    assert "_" not in standing(place)[bookings["2026-11-25"]] != root
    assert occurrences(place)[:2] == [TEN, "2026-11-25T10:00"]
    assert place.api("GET", "/7/parked") == []


def test_an_event_that_comes_back_single_at_another_time_is_not_made_a_second_time(place: Place) -> None:
    """After its shift it is no longer in the first occurrence's place, and a booking that changes wants its event back."""
    place.activate(inbound={**MAY, "object": "11"})
    booking = place.book(TEN, ELEVEN)
    place.settle()
    root = named(place, booking)
    place.edit(root, recurrence=WEEKLY)
    place.settle(60)
    assert named(place, booking) != root
    unheard(place)
    start = {"dateTime": "2026-11-24T08:00:00+01:00"}
    place.edit(root, recurrence=None, start=start, end={"dateTime": "2026-11-24T09:00:00+01:00"})
    place.change(booking, start="2026-11-24T15:00", end="2026-11-24T16:00")
    place.settle(60)
    assert named(place, booking) == root
    assert occurrences(place) == ["2026-11-24T15:00"]


def eight(**more: Any) -> dict[str, Any]:
    """Return the times of an event, or of a series, that is shifted to an earlier hour."""
    times = (("start", "2026-11-24T08:00:00+01:00"), ("end", "2026-11-24T09:00:00+01:00"))
    return {each: {"dateTime": at, "timeZone": "Europe/Amsterdam"} for each, at in times} | more


def a_series_of_its_event(place: Place, **of_all: Any) -> tuple[str, str]:
    """Activate, and make a booking that only i-Reserve moves, whose event a person made weekly; returns it and the root."""
    place.activate(sync={"cancel_grace_seconds": 0})
    booking = place.book(TEN, ELEVEN)
    place.settle()
    root = named(place, booking)
    place.edit(root, recurrence=WEEKLY, **of_all)
    place.settle(60)
    assert named(place, booking) == f"{root}_20261124T090000Z"
    unheard(place)
    return booking, root


def test_an_event_that_comes_back_single_in_another_calendar_is_not_made_a_second_time(place: Place) -> None:
    booking, root = a_series_of_its_event(place)
    place.edit(root, **eight(recurrence=None))
    place.google("POST", f"calendars/{ROOM_A}/events/{root}/move", {"destination": ROOM_B})
    pulled(place)
    assert named(place, booking) == root
    assert (occurrences(place), occurrences(place, ROOM_B)) == ([TEN], [])


@pytest.mark.parametrize("of_all", [{"transparency": "transparent"}, {}])
def test_a_booking_follows_its_shifted_event_also_where_no_other_occurrence_becomes_one(
    place: Place, of_all: dict[str, Any]
) -> None:
    """Because they are free, or their calendar's new events are not followed: it was cancelled."""
    place.activate(inbound=MAY if of_all else {**MAY, "object": "11"}, sync={"cancel_grace_seconds": 0})
    booking = place.book(TEN, ELEVEN)
    place.settle()
    root = named(place, booking)
    place.edit(root, recurrence=WEEKLY, **of_all)
    place.settle(60)
    place.edit(root, **eight())
    place.settle(300)
    assert [(each["status_code"], each["from"]) for each in place.bookings()] == [(20, "2026-11-24T08:00")]
    assert named(place, booking) == f"{root}_20261124T070000Z"


def test_what_is_left_of_a_series_goes_where_its_booking_has_another_event_by_now(place: Place) -> None:
    """Bookings do not follow to free occurrences, where it is not sure which one is whose."""
    booking, root = a_series_of_its_event(place)
    place.edit(root, **eight(transparency="transparent"))
    pulled(place)
    other = named(place, booking)
    assert "_" not in other != root
    place.edit(root, recurrence=None)
    pulled(place)
    assert [each["id"] for each in place.events()] == [other]
    assert "this former one was removed" in Tab(place).seen("/console/integrations/7/journal")
    place.api("POST", "/7/audit")
    place.settle(200)
    assert place.api("GET", "/7/audit")["findings"] == []


def test_the_booking_of_another_day_does_not_follow_an_event_that_its_own_pair_moved_away(place: Place) -> None:
    """The list that shows it is older than the move."""
    root, bookings = series(place, 600)
    place.google("POST", "notifications", {"mode": "hold"})
    place.edit(root, recurrence=None)
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    place.change(bookings["2026-11-24"], object_id=11)
    place.google("POST", "notifications", {"mode": "deliver"})
    place.google("POST", "notifications/flush", {"order": "fifo"})
    place.settle(60)
    assert place.booking(bookings["2026-11-25"])["from"] == "2026-11-25T10:00"
    assert occurrences(place, ROOM_B) == [TEN]
    place.settle(1000)
    assert standing(place) == {bookings["2026-11-24"]: root}


def of_a_cancelled_booking(place: Place, *, pulled_since: bool) -> tuple[str, str, str]:
    """Let a series shift, whose first booking was cancelled, and become one event, of which another booking was made.

    Returns both bookings, and the event; unless `pulled_since`, the other still names what was the first occurrence.
    """
    place.activate(inbound=MAY, sync={"cancel_grace_seconds": 0})
    cancelled = place.book(TEN, ELEVEN)
    place.settle()
    root = named(place, cancelled)
    place.edit(root, recurrence=WEEKLY)
    place.settle(60)
    place.change(cancelled, status_code=70)
    place.settle(60)
    start = {"dateTime": "2026-11-24T15:00:00+01:00", "timeZone": "Europe/Amsterdam"}
    place.edit(root, start=start, end={"dateTime": "2026-11-24T16:00:00+01:00", "timeZone": "Europe/Amsterdam"})
    place.settle(60)
    (other,) = (str(each["id"]) for each in place.bookings() if each["from"] == "2026-11-24T15:00")
    if not pulled_since:
        unheard(place)
    place.edit(root, recurrence=None)
    place.settle(60)
    return cancelled, other, root


@pytest.mark.parametrize("pulled_since", [True, False])
def test_a_reopened_booking_leaves_the_event_that_its_own_became_to_the_booking_made_of_it_since(
    place: Place, *, pulled_since: bool
) -> None:
    cancelled, other, root = of_a_cancelled_booking(place, pulled_since=pulled_since)
    place.change(cancelled, status_code=20)
    place.settle(3000)
    pulled(place)
    assert standing(place)[other] == root
    assert standing(place)[cancelled] not in ("", root)
    assert occurrences(place) == [TEN, "2026-11-24T15:00"]
    assert place.api("GET", "/7/parked") == []


def test_an_event_id_that_another_bookings_event_has_by_now_is_given_up(place: Place) -> None:
    """The reopened booking had let go of the first occurrence, and what is left of the series has the id of its event."""
    place.activate(inbound=MAY, sync={"cancel_grace_seconds": 0})
    first = place.book(TEN, ELEVEN)
    place.settle()
    root = named(place, first)
    place.edit(root, recurrence=["RRULE:FREQ=DAILY;COUNT=3"])
    place.settle(60)
    single_on_the_second_day(place, root)
    weekly_on_the_first_day(place, root)
    (heir,) = (each for each, event in standing(place).items() if event == f"{root}_20261124T090000Z")
    place.edit(root, recurrence=None)
    place.settle(60)
    place.change(first, status_code=20)
    place.settle(3000)
    assert standing(place)[heir] == root
    assert standing(place)[first] not in ("", root)
    assert occurrences(place) == [TEN, TEN]
    assert place.api("GET", "/7/parked") == []
