"""A busy week is planned and walked through in bounded, saved steps, whatever its size; its list is asked for once."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.application.ports import BookingRow
from functions.application.scanning import scan
from functions.application.setting_up import preview
from functions.application.store import integrations
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Gone
from tests.harness.place import Place

EACH = 0.2  # seconds of a call
LONGEST = 25.0  # seconds of a step
MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


class BusyWeek:
    """i-Reserve with so many bookings in one week, where each call takes its time on the test's clock."""

    def __init__(self, place: Place, bookings: int) -> None:
        self.place = place
        self.bookings = bookings
        self.lists = self.reads = 0
        self.each = EACH

    def between(self, first: object, last: object, *, start: int, length: int) -> list[BookingRow]:
        self.place.pass_time(self.each)
        self.lists += 1
        if str(first) > "2026-11-30" or str(last) < "2026-11-30":
            return []
        return [self._row(number) for number in range(start, min(self.bookings, start + length))]

    def read(self, booking_id: str) -> Booking:
        self.place.pass_time(self.each)
        self.reads += 1
        row = self._row(int(booking_id))
        if int(booking_id) >= self.bookings or row.starts is None or row.ends is None:
            raise Gone("not there")
        return Booking(booking_id, "10", row.starts, row.ends, 20)

    def find(self, _field: str, _value: str) -> None:
        self.place.pass_time(self.each)

    def _row(self, number: int) -> BookingRow:
        starts = MONDAY + timedelta(minutes=number % 6000)
        return BookingRow(str(number), starts, starts + timedelta(hours=1), 20, "10")


def busy(place: Place, monkeypatch: pytest.MonkeyPatch, bookings: int) -> BusyWeek:
    week = BusyWeek(place, bookings)
    monkeypatch.setattr(place.ports.outside, "reservations", lambda _integration: week)
    return week


def steps_of_a_plan(place: Place) -> tuple[preview.Plan, list[float]]:
    plan, took, on = None, list[float](), False
    while plan is None or not plan.complete:
        began = place.now
        plan = preview.refresh(place.ports, "7", go_on=on)
        took.append((place.now - began).total_seconds())
        on = True
    return plan, took


@pytest.mark.parametrize("bookings", [300, 2_000])
def test_a_plan_is_made_in_steps_of_bounded_length_with_each_page_listed_once(
    place: Place, monkeypatch: pytest.MonkeyPatch, bookings: int
) -> None:
    place.save(inbound={"enabled": False})
    place.connect()
    week = busy(place, monkeypatch, bookings)
    plan, took = steps_of_a_plan(place)
    assert (plan.looked, plan.counts["make"]) == (bookings, bookings)
    assert max(took) <= LONGEST
    assert week.lists <= bookings / 95 + 2 * 15, "a page once, and two for each list of the quiet days"


def test_a_plan_that_was_broken_off_goes_on_where_it_was(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.save(inbound={"enabled": False})
    place.connect()
    week = busy(place, monkeypatch, 400)
    first = preview.refresh(place.ports, "7")
    assert not first.complete
    lists = week.lists
    second = preview.refresh(place.ports, "7", go_on=True)
    assert second.looked > first.looked
    assert week.lists == lists, "what was listed is not asked for again"
    assert preview.current(place.ports, "7") == second


def test_a_plan_begun_anew_while_another_person_goes_on_with_the_former_one_counts_each_booking_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both lists were kept in the same place, and the former plan went on with the rows of the new one."""
    place.save(inbound={"enabled": False})
    place.connect()
    week = busy(place, monkeypatch, 400)
    preview.refresh(place.ports, "7")
    read, anew = week.read, list[preview.Plan]()

    def late(booking_id: str) -> Booking:
        if not anew:
            week.each = 3 * EACH  # so that it keeps other rows
            anew.append(preview.Plan)  # type: ignore[arg-type]  # only once
            anew[0] = preview.refresh(place.ports, "7")
            week.each = EACH
        return read(booking_id)

    monkeypatch.setattr(week, "read", late)
    assert preview.refresh(place.ports, "7", go_on=True) == anew[0]
    plan = anew[0]
    while not plan.complete:
        plan = preview.refresh(place.ports, "7", go_on=True)
    assert (plan.looked, plan.counts["make"]) == (400, 400)


@pytest.mark.parametrize("bookings", [300, 900])
def test_a_walk_lists_each_page_once_however_many_steps_it_takes(
    place: Place, monkeypatch: pytest.MonkeyPatch, bookings: int
) -> None:
    place.save(sync={"backfill": "none"})
    place.connect()
    place.api("POST", "/7/activate?shadow=1")
    place.settle(60)
    week = busy(place, monkeypatch, bookings)
    week.lists = 0
    scan.begin(place.ports, integrations.get(place.ports.documents, "7"), "resync")
    place.settle(bookings * 4)
    found = scan.current(place.ports.documents, "7", "resync")
    assert found is not None
    assert (found.finished_at is not None, found.looked) == (True, bookings)
    assert week.lists <= bookings / 95 + 2 * 15
