"""Two workers at the same work: what one of them began or went on with, the other does not put back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from functions.application.auditing import audit, stored_audit
from functions.application.intake.hints import Hint, Kind
from functions.application.ports import BookingRow, EventPage
from functions.application.scanning import scan
from functions.application.scanning.listing import Listing
from functions.application.scanning.progress import Scan
from functions.application.store import integrations
from functions.domain.model.errors import Stale
from functions.domain.settings.integration import Connection
from tests.unit.sketch import NOW, TEN
from tests.unit.two_sides import Rooms, Sides

DAY = TEN.start.date()


@pytest.fixture
def sides(monkeypatch: pytest.MonkeyPatch) -> Sides:
    there = Sides()
    google = Connection("someone@example.org", (), NOW)
    there.integration = integrations.change(there.ports.documents, "7", lambda its: replace(its, connection=google))
    monkeypatch.setattr(Sides, "between", lambda *_, **__: EventPage(()))
    monkeypatch.setattr(Sides, "sleep", lambda *_: None, raising=False)
    return there


def during_the_first_list(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> None:
    """Do something once, while a list of bookings is on its way."""
    between, waiting = Rooms.between, [do]

    def late(rooms: Rooms, *days: date, **more: Any) -> list[BookingRow]:
        found = between(rooms, *days, **more)
        if waiting:
            waiting.pop()()
        return found

    monkeypatch.setattr(Rooms, "between", late)


def begun(sides: Sides) -> Scan:
    return scan.begin(sides.ports, sides.integration, "resync")


def chunk(sides: Sides, under_way: Scan) -> bool:
    return scan.run(sides.session(), Hint(Kind.SCAN, "7", ("resync", under_way.name), "resync", NOW))


def now_stored(sides: Sides) -> Scan:
    found = scan.current(sides.ports.documents, "7", "resync")
    assert found is not None
    return found


def test_a_scan_for_changed_settings_is_not_lost_to_the_former_one_whose_chunk_is_under_way(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings were changed twice within a minute: only the weeks that were left got the second change."""
    former = begun(sides)
    sides.now += timedelta(seconds=5)
    new = list[Scan]()
    during_the_first_list(monkeypatch, lambda: new.append(begun(sides)))
    chunk(sides, former)
    assert [now_stored(sides)] == new
    assert [hint.subject[1] for hint in sides.looks(Kind.SCAN)] == [former.name, new[0].name]


def test_two_workers_with_the_same_chunk_queue_one_next_chunk(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "CHUNK_SECONDS", -1.0)  # one week a chunk
    under_way = begun(sides)
    during_the_first_list(monkeypatch, lambda: (chunk(sides, under_way), chunk(sides, under_way)))
    sides.tasks.clear()
    chunk(sides, under_way)
    assert now_stored(sides).week > under_way.week + timedelta(days=7)
    assert len(sides.looks(Kind.SCAN)) == 2
    assert len(sides.logged("overtaken")) == 1


def test_a_chunk_whose_answer_was_lost_has_gone_on(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store runs a transaction again if it does not know whether the first run was stored."""
    monkeypatch.setattr(scan, "CHUNK_SECONDS", -1.0)
    under_way = begun(sides)
    documents = sides.ports.documents
    transact = documents.transact
    monkeypatch.setattr(documents, "transact", lambda work: (transact(work), transact(work))[1])
    sides.tasks.clear()
    chunk(sides, under_way)
    assert len(sides.looks(Kind.SCAN)) == 1


def test_what_a_replaced_scan_has_listed_is_not_stored_as_the_list_of_the_new_one(sides: Sides) -> None:
    former = begun(sides)
    sides.now += timedelta(seconds=5)
    new = begun(sides)

    def listed(under_way: Scan, day: date) -> Listing:
        between = partial(Rooms(sides).between, day, day)
        stands = partial(scan._stands, "7", under_way)
        listing = Listing(sides.session(), "resync", between, under_way.position, stands)
        listing.list_on(lambda: True)
        return listing

    sides.book("1", TEN)
    place = listed(new, DAY).keep()
    sides.book("2", replace(TEN, start=TEN.start + timedelta(days=1), end=TEN.end + timedelta(days=1)))
    listed(former, DAY + timedelta(days=1)).keep()
    assert [row.id for row in listed(replace(new, position=place), DAY).rows()] == ["1"]


def test_an_audit_is_not_put_back_by_a_worker_that_was_overtaken(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "STEP", timedelta(microseconds=1))  # one week a step
    under_way = audit.begin(sides.ports, "7", "someone")
    ahead = list[stored_audit.Audit]()
    hint = Hint(Kind.AUDIT, "7", (under_way.name,), "audit", NOW)
    sides.took = timedelta(seconds=1)

    def other_worker() -> None:
        ahead.append(audit.advance(sides.ports, "7", under_way))
        sides.now += timedelta(seconds=1)

    during_the_first_list(monkeypatch, other_worker)
    audit.run(sides.ports, hint)
    assert [stored_audit.last(sides.ports.documents, "7")] == ahead
    assert sides.looks(Kind.AUDIT) == []
    with pytest.raises(Stale, match="another worker went on"):
        audit.advance(sides.ports, "7", under_way)
