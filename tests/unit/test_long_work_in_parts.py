"""An audit, a plan and a search with more to do than one step has time or room for: each step ends in time, and the next goes on."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from functions.application.auditing import audit, stored_audit
from functions.application.auditing.stored_audit import LEFT_ALONE, Audit, Finding
from functions.application.intake.hints import Hint, Kind
from functions.application.ports import BookingRow, EventPage
from functions.application.scanning import overlaps, scan
from functions.application.scanning.overlaps import NOTHING, Overlap, Overlaps, Running, beyond_places, fold
from functions.application.scanning.progress import Scan
from functions.application.scanning.scan_booking import learn_mains
from functions.application.setting_up import preview
from functions.application.store import integrations
from functions.application.store.records import stored
from functions.application.sync import mass_removal
from functions.application.sync.reconciled import Reconciled
from functions.domain.model.appointment import Appointment, Timed
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Malformed, Refused, Transient
from functions.domain.model.event import EventKey
from functions.domain.pairing.step import Rest
from functions.domain.pairing.writes import DeleteEvent, InsertEvent, Why
from functions.domain.settings.integration import Connection
from tests.unit.sketch import NOW, ROOM_A, TEN, link
from tests.unit.two_sides import Rooms, Sides

DOCUMENT = 1_000_000  # bytes: Firestore takes a few more
DAY = TEN.start.date()


@pytest.fixture
def sides(monkeypatch: pytest.MonkeyPatch) -> Sides:
    there = Sides(inbound={"follow": "all_mapped"})
    google = Connection("someone@example.org", (), NOW)
    integrations.change(there.ports.documents, "7", lambda its: replace(its, connection=google))
    monkeypatch.setattr(Sides, "between", lambda *_, **__: EventPage(tuple(there.events.values())))
    monkeypatch.setattr(Sides, "sleep", lambda *_: None, raising=False)
    return there


def _audit_of_a_day(sides: Sides) -> Audit:
    begun = replace(audit.begin(sides.ports, "7", "someone"), first=DAY, week=DAY, last=DAY)
    stored_audit.save(sides.ports.documents, "7", begun)
    return begun


def test_an_audit_tells_of_a_booking_that_cannot_be_read_and_goes_on(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        sides.book(f"{n}", TEN, status=20)
    read = Rooms.read

    def odd(of: Rooms, number: str) -> Booking:
        if number == "1":
            raise Malformed("its status is unknown", reason="booking_malformed")
        return read(of, number)

    monkeypatch.setattr(Rooms, "read", odd)
    made = audit.advance(sides.ports, "7", _audit_of_a_day(sides))
    found = [(each.kind, each.booking_id) for each in made.findings]
    assert found == [("missing_event", "0"), ("missing_event", "2"), ("unreadable", "1")]


def test_an_audit_of_a_full_day_takes_as_many_steps_as_it_needs_and_reads_nothing_twice(sides: Sides) -> None:
    """Each step looked at a whole week and kept what it found at its end: of 300 bookings none ever ended in time."""
    for n in range(60):
        sides.book(f"{n}", Timed(TEN.start + timedelta(minutes=n), TEN.end + timedelta(minutes=n)), status=20)
    sides.took = timedelta(seconds=1)
    under_way = _audit_of_a_day(sides)
    took = list[timedelta]()
    while under_way.finished_at is None and len(took) < 20:
        began = sides.now
        under_way = audit.advance(sides.ports, "7", under_way)
        took.append(sides.now - began)
    assert under_way.counts == {"missing_event": 60}
    assert under_way.bookings == 60
    assert max(took) <= timedelta(seconds=50)
    assert sides.calls.count("read booking") == 2 * 60  # what differs is looked at once more
    assert stored_audit.last(sides.ports.documents, "7") == under_way


def test_the_findings_of_an_audit_fit_into_a_document_however_long_the_ids_are(sides: Sides) -> None:
    """Whoever may write in a calendar chooses the ids of his events."""
    begun = audit.begin(sides.ports, "7", "someone")
    there = [Finding(LEFT_ALONE, "free", "", 90 * "c", f"{n:01024}", DAY) for n in range(1200)]
    most = begun.having(there).having([Finding("missing_event", "", "9", day=DAY)])
    assert len(json.dumps(stored(most))) < DOCUMENT
    assert most.findings[0].booking_id == "9"
    assert len(most.findings) + most.unlisted == 1201
    assert most.counts == {LEFT_ALONE: 1200, "missing_event": 1}


def test_the_steps_of_an_audit_in_one_week_are_tasks_of_their_own(sides: Sides) -> None:
    for n in range(60):
        sides.book(f"{n}", TEN, status=20)
    sides.took = timedelta(seconds=1)
    under_way = _audit_of_a_day(sides)
    names = set[str]()
    for _ in range(2):
        under_way = audit.advance(sides.ports, "7", under_way)
        audit.queue(sides.ports, "7", under_way)
        names.add(sides.tasks[-1].name)
    assert len(names) == 2


def test_a_weekly_audit_whose_task_was_lost_goes_on_under_a_name_that_the_queue_still_takes(sides: Sides) -> None:
    """Cloud Tasks takes no name again for an hour or more after its task: it went on then at the earliest."""
    long_ago = NOW - timedelta(days=30)
    its = integrations.change(sides.ports.documents, "7", lambda before: replace(before, audited_at=long_ago))
    names = list[str]()
    for _ in range(4):
        (due,) = audit.weekly(sides.ports, its)
        names += [task.name for task in sides.tasks if task.body["kind"] == "audit"]
        sides.tasks.clear()
        sides.now = due
    assert len(names) == len({*names}) == 4


def test_what_a_search_keeps_of_overlaps_fits_into_a_document(sides: Sides) -> None:
    """Places that are booked for a season run all year, and each of a crowd stands on all others."""
    year = timedelta(days=365)
    season = tuple(Running(f"{n:08}", f"{n % 99}", TEN.start + year) for n in range(20_000))
    rows = [BookingRow(f"{n}", TEN.start, TEN.start + year, 20, "10") for n in range(300)]
    so_far = fold(Overlaps(running=season), rows, sides.session())
    assert len(json.dumps(stored(Scan("full", DAY, DAY, NOW, DAY, overlaps=so_far)))) < DOCUMENT
    assert so_far.more + len(so_far.found) == 300
    assert {each["severity"] for each in sides.logged("overlaps_cut")} == {"WARNING"}


def test_of_more_bookings_than_are_kept_those_that_last_longest_are_still_compared(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlaps, "MOST_RUNNING", 2)
    ends = [TEN.start + timedelta(days=days) for days in (9, 1, 8)]
    so_far = fold(
        NOTHING, [BookingRow(f"{n}", TEN.start, end, 20, "10") for n, end in enumerate(ends)], sides.session()
    )
    later = TEN.start + timedelta(days=7)
    found = fold(so_far, [BookingRow("new", later, later + timedelta(hours=1), 20, "10")], sides.session()).found
    assert {*found[-1].bookings} == {"0", "2", "new"}


def test_a_plan_with_many_steps_a_booking_fits_into_a_document(sides: Sides) -> None:
    """A room with preparation, clearing and two more calendars: four events a booking."""
    key = EventKey("c_" + 64 * "f" + "@group.calendar.google.com", 32 * "e")
    writes = tuple(InsertEvent(key, Appointment(TEN, ROOM_A, "title"), Why.BOOKING_MADE) for _ in range(5))
    outcome = Reconciled(Rest(Why.IN_STEP), link(), (), writes)
    plan = preview._blank(sides.integration, NOW)
    for n in range(1500):
        plan = preview._add(sides.session(), plan, f"{n}", outcome)
    assert len(json.dumps(stored(plan))) < DOCUMENT
    assert (plan.counts["make"], len(plan.lines) + plan.more_lines) == (1500, 1500)


def test_a_plan_that_removes_events_of_people_fits_into_a_document_however_long_their_ids_are(sides: Sides) -> None:
    outcome = Reconciled(
        Rest(Why.IN_STEP), link(), (), (DeleteEvent(EventKey(ROOM_A, 1024 * "e"), "", Why.BOOKING_GONE),)
    )
    plan = preview._blank(sides.integration, NOW)
    for n in range(1000):
        plan = preview._add(sides.session(), plan, f"{n}", outcome)
    assert len(json.dumps(stored(plan))) < DOCUMENT
    assert (plan.counts["remove"], len(plan.lines) + plan.more_lines) == (1000, 1000)


def test_the_count_of_removed_series_fits_into_a_document_however_long_their_ids_are(sides: Sides) -> None:
    """Whoever may write in a calendar chooses the ids of his series."""
    for n in range(10):
        key = EventKey(ROOM_A, f"{n:01024}")
        mass_removal.count(sides.session(), replace(link(), event=key, series=key.id))
    body = sides.ports.documents.get(mass_removal._count_path("7", ROOM_A))
    assert body is not None
    assert len(body["at"]) == 10
    assert len(json.dumps(body)) * mass_removal.KEPT / 10 < DOCUMENT


def test_places_are_not_asked_for_again_and_again_where_i_reserve_does_not_answer(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()

    def places(_: Any, thing: str, __: date) -> int | None:
        asked.append(thing)
        if thing == "0":
            raise Refused("no", reason="no")
        raise Transient("no answer", reason="timeout")

    monkeypatch.setattr(Rooms, "places", places)
    found = [Overlap(f"{n}", DAY, ("1", "2")) for n in range(50)]
    assert [each.places for each in beyond_places(sides.session(), found)] == [None] * 50
    assert asked == ["0", "1"]


def test_a_search_does_not_read_one_booking_after_another_where_i_reserve_does_not_answer(sides: Sides) -> None:
    """It reads one booking of each object that it does not know: a hundred that time out take twenty minutes."""
    sides.fails["read booking"] = [Transient("no answer", reason="timeout")] * 100
    its = integrations.change(sides.ports.documents, "7", lambda before: replace(before, mains={"x": "10"}))
    sides.integration = its
    rows = [BookingRow(f"{n}", TEN.start, TEN.end, 20, f"unknown{n}") for n in range(100)]
    scan = learn_mains(sides.session(), Scan("full", DAY, DAY, NOW, DAY), rows)
    assert (sides.calls.count("read booking"), scan.reads) == (1, 1)


def test_a_search_lists_what_changed_once_however_many_tasks_that_takes(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each task listed all changes anew: of some 25,000 that took longer than a task may, and none was ever looked at."""
    changed = [sides.book(f"{n}", TEN, status=90) for n in range(2000)]

    def changed_since(_self: Rooms, _since: date, *_days: date, start: int, length: int) -> list[BookingRow]:
        sides.calls.append("list changes")
        sides.now += timedelta(seconds=3)
        old = NOW - timedelta(hours=1)
        rows = [
            BookingRow(each.id, each.starts, each.ends, changed=old if int(each.id) % 2 else None) for each in changed
        ]
        return rows[start : start + length]

    monkeypatch.setattr(Rooms, "changed_since", changed_since, raising=False)
    looked = list[str]()

    def look(session: Any, hint: Any, under_way: Scan, row: BookingRow) -> tuple[Scan, int]:  # noqa: ARG001
        looked.extend([row.id] if under_way.since is not None else [])  # then come the days
        sides.now += timedelta(milliseconds=50)
        return under_way, 1

    monkeypatch.setattr(scan, "look", look)
    under_way = Scan("near", DAY, DAY, NOW, DAY, since=NOW)
    scan.save(sides.ports.documents, "7", under_way)
    took = list[timedelta]()
    while under_way.since is not None and len(took) < 60:
        began = sides.now
        scan.run(sides.session(), Hint(Kind.SCAN, "7", ("near", under_way.name), "near", NOW))
        took.append(sides.now - began)
        now = scan.current(sides.ports.documents, "7", "near")
        assert now is not None
        under_way = now
    assert under_way.since is None
    assert max(took) < timedelta(seconds=60)
    assert sides.calls.count("list changes") <= 25
    assert {*looked} == {f"{n}" for n in range(0, 2000, 2)}
