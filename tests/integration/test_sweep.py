"""Sweep: what a lost webhook, a lost notification or an hour of downtime left behind is found, within a bound."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from functions.application.intake.hints import Hint, Kind
from functions.application.ports import Body, Documents, Path
from functions.application.scanning import rounds, scan
from functions.application.scanning.progress import SINGLE_READS
from functions.application.setting_up import activation
from functions.application.store import integrations, parked
from tests.harness.place import ROOM_A, Place

START, END = "2026-11-24T10:00", "2026-11-24T11:00"
LATER, LATER_END = "2026-11-24T14:00", "2026-11-24T15:00"
FAR, FAR_END = "2027-03-24T10:00", "2027-03-24T11:00"


@pytest.fixture
def deaf(place: Place) -> Place:
    """An active place that no webhook and no notification reaches, with the hours of a night far away."""
    place.activate()
    place.google("POST", "notifications", {"mode": "drop"})
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    return place


def minutes(place: Place, count: int) -> None:
    """Let so many minutes go by, each with its round."""
    for _ in range(count):
        place.pass_time(59)
        place.tick()


def night(place: Place) -> None:
    """Let the night go by."""
    place.pass_time((26 - place.now.hour) * 3600)
    minutes(place, 3)
    place.settle(60)


def sweep_is_queued(place: Place) -> bool:
    """Do the minute's round alone; whether a near sweep was begun by it and has not run."""
    rounds.queue_all(place.ports, Kind.TICK)
    place.do_one()
    begun = scan.current(place.documents, "7", "near")
    return begun is not None and begun.finished_at is None


def started(place: Place) -> str:
    return str(place.event()["start"]["dateTime"])[:16]


def near_bound(place: Place) -> str:
    return str(place.api("GET", "/7/diagnostics")["near_days_compared_at"])


def test_a_booking_whose_webhook_was_lost_is_found_within_the_sweep_minutes(deaf: Place) -> None:
    deaf.book(START, END)
    minutes(deaf, 14)
    assert deaf.events() == []
    minutes(deaf, 2)
    assert started(deaf) == START


def test_sweep_minutes_as_set_bound_how_long_a_lost_webhook_goes_unnoticed(place: Place) -> None:
    place.activate(sync={"sweep_minutes": 5})
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    place.book(START, END)
    minutes(place, 6)
    assert started(place) == START


@pytest.mark.parametrize(
    ("change", "shows"),
    [({"start": LATER, "end": LATER_END}, LATER), ({"status_code": 70}, None)],
    ids=["moved", "cancelled"],
)
def test_a_change_whose_webhook_was_lost_is_found(deaf: Place, change: dict[str, str], shows: str | None) -> None:
    booking = deaf.book(START, END)
    minutes(deaf, 16)
    deaf.change(booking, **change)
    minutes(deaf, 16)
    assert [each["start"]["dateTime"][:16] for each in deaf.events()] == ([shows] if shows else [])


def test_a_deleted_booking_whose_webhook_was_lost_is_found(deaf: Place) -> None:
    booking = deaf.book(START, END)
    minutes(deaf, 16)
    deaf.ireserve("DELETE", f"bookings/{booking}")
    minutes(deaf, 17)
    assert deaf.events() == []


def test_a_booking_of_whole_days_whose_webhook_was_lost_is_found_moved(place: Place) -> None:
    place.activate(mapping=[{"object": "20", "calendar": ROOM_A}])
    booking = place.book("2026-11-24T00:00", "2026-11-26T00:00", object_id=20)
    place.settle()
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    place.change(booking, start="2026-11-25T00:00", end="2026-11-27T00:00")
    minutes(place, 16)
    assert place.event()["start"]["date"] == "2026-11-25"


def test_a_far_booking_whose_webhook_was_lost_is_found_at_night(deaf: Place) -> None:
    deaf.book(FAR, FAR_END)
    minutes(deaf, 16)
    assert deaf.events() == []
    night(deaf)
    assert started(deaf) == FAR


def test_a_text_that_no_row_shows_is_found_at_night(deaf: Place) -> None:
    booking = deaf.book(START.replace("24", "28"), END.replace("24", "28"), remarks="Beamer")
    minutes(deaf, 16)
    deaf.change(booking, remarks="Beamer en scherm")
    minutes(deaf, 16)
    assert deaf.event()["description"].startswith("Beamer\n")
    night(deaf)
    assert deaf.event()["description"].startswith("Beamer en scherm")


def test_an_event_whose_notification_was_lost_is_found_within_half_an_hour(deaf: Place) -> None:
    deaf.draw(START, END)
    minutes(deaf, 29)
    assert deaf.bookings() == []
    minutes(deaf, 2)
    assert [each["from"] for each in deaf.bookings()] == [START]


def test_without_a_live_channel_an_event_is_found_within_poll_seconds(place: Place) -> None:
    place.google("PATCH", f"calendars/{ROOM_A}", {"push": False})
    place.activate()
    place.draw(START, END)
    minutes(place, 2)
    assert [each["from"] for each in place.bookings()] == [START]


def test_an_hour_of_downtime_is_caught_up_with_in_the_first_rounds(place: Place) -> None:
    place.activate(inbound={"allow_booking_update": True})
    moved, gone = place.book(START, END), place.book("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    dragged = place.booking(moved)["external_id"]
    place.google("POST", "notifications", {"mode": "drop"})
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    place.change(gone, status_code=70)
    place.drag(dragged, LATER, LATER_END)
    place.draw("2026-11-26T10:00", "2026-11-26T11:00")
    made = place.book("2026-11-27T10:00", "2026-11-27T11:00")
    place.pass_time(3600)
    minutes(place, 2)
    place.settle(60)
    assert place.booking(moved)["from"] == LATER
    assert len(place.bookings()) == 4
    assert {each["start"]["dateTime"][:16] for each in place.events()} == {
        LATER,
        "2026-11-26T10:00",
        "2026-11-27T10:00",
    }
    assert place.booking(made)["external_id"]


def test_a_sweep_without_differences_reads_no_booking_and_calls_google_never(deaf: Place) -> None:
    for hour in range(8, 18):
        deaf.book(f"2026-11-24T{hour:02}:00", f"2026-11-24T{hour:02}:45")
    minutes(deaf, 16)
    deaf.forget()
    minutes(deaf, 16)
    assert {call.split("?")[0] for call in deaf.ireserve_calls()} == {"GET booking/filter"}
    assert "calendar.events.patch" not in deaf.calls()
    assert len([call for call in deaf.calls() if call == "calendar.events.list"]) <= 2


def test_bookings_of_objects_without_a_calendar_are_not_read_at_each_sweep(deaf: Place) -> None:
    deaf.book(START, END, object_id=101)
    minutes(deaf, 16)
    deaf.forget()
    minutes(deaf, 16)
    assert {call.split("?")[0] for call in deaf.ireserve_calls()} == {"GET booking/filter"}


def test_the_bound_is_shown(deaf: Place) -> None:
    before = near_bound(deaf)
    minutes(deaf, 16)
    shown = deaf.api("GET", "/7/diagnostics")
    assert str(shown["near_days_compared_at"]) > before
    assert shown["in_sync_as_of"]


def whole_sweep(place: Place, reads: int = 0) -> None:
    """Search the whole window, with so many of its single reads done already."""
    place.api("POST", "/7/sweep")
    place.do_one()
    begun = scan.current(place.documents, "7", "full")
    assert begun is not None
    scan.save(place.documents, "7", replace(begun, reads=reads))
    place.settle(60)


def checks(place: Place) -> dict[str, str]:
    return {each["name"]: each["says"] for each in place.api("GET", "/7/diagnostics")["checks"]}


def as_of(place: Place) -> str:
    return str(place.api("GET", "/7/diagnostics")["in_sync_as_of"])


def begun_at(place: Place, kind: str) -> str:
    found = scan.current(place.documents, "7", kind)
    return found.name if found is not None else ""


def test_texts_that_a_night_does_not_read_are_shown_and_hold_nothing_else_back(deaf: Place) -> None:
    deaf.book(START, END)
    minutes(deaf, 16)
    before = as_of(deaf)
    whole_sweep(deaf, reads=SINGLE_READS)
    assert as_of(deaf) > before
    assert checks(deaf)["unread"].startswith("the texts of 1 booking were not compared in the last whole sweep")
    assert "unseen" not in checks(deaf)


def test_texts_take_turns_so_that_every_booking_is_read_some_night(deaf: Place) -> None:
    deaf.google("POST", "notifications", {"mode": "drop"})
    booked = [deaf.book(f"2026-12-{day:02}T10:00", f"2026-12-{day:02}T11:00", remarks="Beamer") for day in range(1, 13)]
    whole_sweep(deaf)
    for booking in booked:
        deaf.change(booking, remarks="Scherm")
    last = scan.current(deaf.documents, "7", "full")
    assert last is not None
    scan.save(deaf.documents, "7", replace(last, reads=SINGLE_READS, unread=100))
    whole_sweep(deaf)
    new = sum(event["description"].startswith("Scherm") for event in deaf.events())
    assert 0 < new < 12
    whole_sweep(deaf)
    assert all(event["description"].startswith("Scherm") for event in deaf.events())


def test_bookings_whose_rows_do_not_say_enough_hold_back_in_sync_as_of_until_they_were_read(deaf: Place) -> None:
    deaf.book(START, END)
    minutes(deaf, 16)
    deaf.ireserve("PATCH", "dialect", {"column_status": ""})
    before, near = as_of(deaf), near_bound(deaf)
    whole_sweep(deaf, reads=SINGLE_READS)
    assert (as_of(deaf), near_bound(deaf)) == (before, near)
    assert checks(deaf)["unseen"].startswith("1 booking could not be compared in the last whole sweep")
    whole_sweep(deaf)
    assert as_of(deaf) > before
    assert "unseen" not in checks(deaf)


def test_a_whole_sweep_that_left_bookings_out_is_not_begun_again_before_the_next_night(deaf: Place) -> None:
    deaf.book(START, END)
    minutes(deaf, 16)
    deaf.ireserve("PATCH", "dialect", {"column_status": ""})
    deaf.pass_time(31 * 3600)
    minutes(deaf, 2)
    whole_sweep(deaf, reads=SINGLE_READS)
    begun = begun_at(deaf, "full")
    minutes(deaf, 20)
    assert begun_at(deaf, "full") == begun
    night(deaf)
    assert begun_at(deaf, "full") > begun


def test_a_near_sweep_that_left_bookings_out_is_begun_again_after_the_sweep_minutes(deaf: Place) -> None:
    deaf.book(START, END)
    minutes(deaf, 16)
    deaf.ireserve("PATCH", "dialect", {"column_status": ""})
    while not sweep_is_queued(deaf):
        deaf.pass_time(59)
    begun = scan.current(deaf.documents, "7", "near")
    assert begun is not None
    scan.save(deaf.documents, "7", replace(begun, reads=SINGLE_READS))
    deaf.settle(1)
    near = near_bound(deaf)
    minutes(deaf, 13)
    assert begun_at(deaf, "near") == begun.name
    assert near < begun.name
    minutes(deaf, 3)
    assert begun_at(deaf, "near") > begun.name
    assert near_bound(deaf) > begun.name


def test_a_resync_from_today_on_says_nothing_of_the_days_before(deaf: Place) -> None:
    before, near = as_of(deaf), near_bound(deaf)
    deaf.pass_time(3600)
    activation.resync(deaf.ports, "7", "person", scope="future")
    deaf.settle(60)
    assert (as_of(deaf), near_bound(deaf)) == (before, near)
    activation.resync(deaf.ports, "7", "person")
    deaf.settle(60)
    assert (as_of(deaf) > before, near_bound(deaf) > near) == (True, True)


def test_in_sync_as_of_goes_no_further_than_the_last_pull_and_the_last_whole_sweep(deaf: Place) -> None:
    night(deaf)
    after_the_night = deaf.api("GET", "/7/diagnostics")["in_sync_as_of"]
    minutes(deaf, 40)
    later = deaf.api("GET", "/7/diagnostics")["in_sync_as_of"]
    assert after_the_night <= later
    assert later < deaf.now.isoformat()


def test_a_sweep_that_stands_still_goes_on_where_it_was(deaf: Place) -> None:
    deaf.book(START, END)
    deaf.ireserve("POST", "faults", {"path": "filter", "status": 503, "times": -1})
    minutes(deaf, 16)
    deaf.ireserve("DELETE", "faults")
    minutes(deaf, 31)
    assert started(deaf) == START


def test_one_bad_booking_does_not_stop_the_sweep(deaf: Place) -> None:
    bad = deaf.book(START, END)
    deaf.book(LATER, LATER_END)
    deaf.ireserve("POST", "faults", {"path": f"booking/{bad}$", "action": "garbage", "times": -1})
    minutes(deaf, 16)
    assert started(deaf) == LATER


def test_a_sweep_may_be_asked_for(deaf: Place) -> None:
    deaf.book(FAR, FAR_END)
    deaf.draw(START, END)
    deaf.api("POST", "/7/sweep")
    deaf.settle(60)
    assert sorted(each["start"]["dateTime"][:16] for each in deaf.events()) == [START, FAR]
    assert sorted(each["from"] for each in deaf.bookings()) == [START, FAR]


def test_a_paused_integration_catches_up_when_it_goes_on(place: Place) -> None:
    place.activate()
    place.api("POST", "/7/pause")
    place.book(START, END)
    place.draw(LATER, LATER_END)
    place.settle(60)
    assert (len(place.events()), len(place.bookings())) == (1, 1)
    place.api("POST", "/7/activate")
    place.settle(60)
    assert (len(place.events()), len(place.bookings())) == (2, 2)


def test_what_people_did_during_shadow_is_done_when_it_becomes_real(place: Place) -> None:
    place.save()
    place.connect()
    place.api("POST", "/7/activate?shadow=1")
    place.settle()
    place.draw(START, END)
    place.book(LATER, LATER_END)
    place.settle(60)
    assert (len(place.events()), len(place.bookings())) == (1, 1)
    place.api("POST", "/7/activate")
    place.settle(60)
    assert (len(place.events()), len(place.bookings())) == (2, 2)


def test_what_people_did_while_it_was_deactivated_is_caught_up_with(place: Place) -> None:
    place.activate(inbound={"allow_booking_update": True})
    moved, gone = place.book(START, END), place.book("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    place.api("POST", "/7/deactivate")
    place.drag(place.booking(moved)["external_id"], LATER, LATER_END)
    place.delete(place.booking(gone)["external_id"])
    place.draw("2026-11-26T10:00", "2026-11-26T11:00")
    place.api("POST", "/7/activate")
    place.settle(300)
    assert place.booking(moved)["from"] == LATER
    assert place.booking(gone)["status_code"] == 70
    assert len(place.bookings()) == 3


def test_each_integration_begins_its_night_at_a_minute_of_its_own_the_same_every_night(place: Place) -> None:
    place.activate()
    place.activate("8", mapping=[{"object": "12", "calendar": "primary"}])
    begun: dict[str, set[str]] = {"7": set(), "8": set()}
    for day in (24, 25):
        place.now = datetime(2026, 11, day, 0, 55, tzinfo=ZoneInfo("Europe/Amsterdam")).astimezone(UTC)
        minutes(place, 70)
        for int_id, at in begun.items():
            full = scan.current(place.documents, int_id, "full")
            assert full is not None
            at.add(f"{full.started_at.astimezone(ZoneInfo('Europe/Amsterdam')):%H:%M}")
    assert [len(at) for at in begun.values()] == [1, 1]
    assert begun["7"] != begun["8"]
    assert all(at.startswith("01:") for each in begun.values() for at in each)


class Counted:
    """The store, counting the documents that are read as Firestore bills them."""

    def __init__(self, documents: Documents) -> None:
        self._documents, self.reads = documents, 0
        self.transact, self.count, self.forget = documents.transact, documents.count, documents.forget

    def get(self, path: Path) -> Body | None:
        self.reads += 1
        return self._documents.get(path)

    def several(self, paths: Sequence[Path]) -> list[Body | None]:
        self.reads += len(paths)
        return self._documents.several(paths)

    def find(self, collection: Path, where: Mapping[str, Any] | None = None, **more: Any) -> list[tuple[str, Body]]:
        rows = self._documents.find(collection, where, **more)
        self.reads += max(1, len(rows))
        return rows


@pytest.mark.parametrize("kind", ["near", "full"])
def test_a_sweep_without_differences_reads_each_link_once(deaf: Place, kind: str) -> None:
    for hour in range(24):
        for day in (25, 26, 27, 28):
            deaf.book(f"2026-11-{day}T{hour:02}:00", f"2026-11-{day}T{hour:02}:30")
    minutes(deaf, 16)
    deaf.settle(60)
    counted = Counted(deaf.documents)
    deaf.ports.documents = counted
    begun = scan.begin(deaf.ports, integrations.get(deaf.documents, "7"), kind)
    scan.save(deaf.documents, "7", replace(begun, reads=SINGLE_READS))
    deaf.settle(60)
    ended = scan.current(deaf.documents, "7", kind)
    assert ended is not None
    assert (ended.looked, ended.finished_at is not None) == (96, True)
    assert 96 <= counted.reads < 96 + 100


def test_every_parked_item_gets_its_turn_however_many_fail_again(place: Place) -> None:
    place.activate()
    hints = {Hint(Kind.BOOKING, "7", (f"{number}",)) for number in range(5000, 5105)}
    for hint in hints:
        parked.park(place.ports, hint, "booking_malformed", place.now)
    tried = set[str]()
    for _ in range(16):
        place.pass_time(900)
        parked.try_again(place.ports, "7")
        while leased := place.tasks.lease(place.now, "", 90):
            again = Hint.of(leased[0].body)
            if again.source == "parked":
                tried |= {*again.subject}
                parked.park(place.ports, again, "booking_malformed", place.now)
            place.tasks.done(leased[1])
    assert len(tried) == len(hints)


def test_a_round_reads_only_those_parked_items_that_are_due(place: Place) -> None:
    place.activate()
    for number in range(5000, 5060):
        parked.park(place.ports, Hint(Kind.BOOKING, "7", (f"{number}",)), "booking_malformed", place.now)
    place.pass_time(600)
    parked.park(place.ports, Hint(Kind.BOOKING, "7", ("6000",)), "booking_malformed", place.now - timedelta(minutes=15))
    counted = Counted(place.documents)
    place.ports.documents = counted
    assert parked.try_again(place.ports, "7") == 1
    assert counted.reads == 2
    place.pass_time(300)
    assert parked.try_again(place.ports, "7") == parked.AT_ONCE
    assert counted.reads == 2 + 1 + parked.AT_ONCE


def test_an_item_that_an_older_version_parked_is_tried_again_as_soon_as_any_other(place: Place) -> None:
    place.activate()
    hint = Hint(Kind.BOOKING, "7", ("9999",))  # which no list shows, so that nothing else looks at it
    parked.park(place.ports, hint, "booking_malformed", place.now)
    path = ("integrations", "7", "parked", parked.item_id(hint))
    body = {name: value for name, value in (place.documents.get(path) or {}).items() if name != "due_at"}
    place.documents.transact(lambda tx: tx.put(path, body))
    parked.park(place.ports, replace(hint, subject=("9998",)), "booking_malformed", place.now + timedelta(seconds=1))
    minutes(place, 32)
    place.settle(60)
    assert parked.find(place.ports, hint) is None
