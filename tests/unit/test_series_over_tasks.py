"""A pull of several pages follows series alike, whether one task reads them all, a task each, or an instance dies between."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.application.intake.hints import Hint, Kind
from functions.application.ports import EventPage, Tombstone
from functions.application.pulling.apply_page import apply_page, look_at
from functions.application.pulling.follow_series import Shown
from functions.application.pulling.pull import pull as pull_once
from functions.application.store.calendars import CalendarState, state_of
from functions.application.store.integrations import path_of
from functions.domain.model.appointment import Timed
from functions.domain.model.errors import Transient
from functions.domain.model.event import Event, EventKey
from functions.domain.model.identity import calendar_hash
from functions.domain.pairing.life import Held
from functions.domain.pairing.writes import Why
from tests.unit.sketch import NOW, ROOM_A, TEN
from tests.unit.two_sides import Sides

A = calendar_hash(ROOM_A)
DAY, HALF = timedelta(days=1), timedelta(minutes=30)
TIMES = [Timed(TEN.start + n * DAY, TEN.end + n * DAY) for n in range(4)]
BORN = {"created": NOW - timedelta(hours=1)}
Pull = Callable[..., None]


def later(when: Timed, by: timedelta = HALF) -> Timed:
    return Timed(when.start + by, when.end + by)


def occurrence(sides: Sides, when: Timed, root: str = "root", **more: Any) -> Event:
    drawn = sides.draw(f"{root}_{when.start:%Y%m%dT%H%M%SZ}", when, series=root)
    sides.events[drawn.key] = replace(drawn, **{**BORN, **more})
    return sides.events[drawn.key]


def removed(sides: Sides, *events: Event) -> tuple[Tombstone, ...]:
    return tuple(Tombstone(sides.events.pop(each.key).key, each.series) for each in events)


@pytest.fixture(params=["one task", "a task for each page", "an instance dies after each page"])
def pull(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Pull:
    """Pull some pages of changes to their end."""

    def pages(sides: Sides, *shown: tuple[Event | Tombstone, ...]) -> None:
        names = [f"page{n}" if n else "" for n in range(len(shown) + 1)]
        left = {name: EventPage(items, names[n + 1]) for n, (name, items) in enumerate(zip(names, shown, strict=False))}
        left[names[len(shown) - 1]] = EventPage(shown[-1], "", "token")
        tried = set[str]()

        def page(_calendar: str, *_: Any, page: str = "", **__: Any) -> EventPage:
            if page and page not in tried and request.param.startswith("an instance dies"):
                tried.add(page)
                raise Transient("the instance died", reason="died")
            return left[page]

        def slowly(*of: Any) -> Any:
            applied = apply_page(*of)
            sides.now += timedelta(seconds=36) if request.param.startswith("a task") else timedelta()
            return applied

        monkeypatch.setattr(sides, "changes", page)
        monkeypatch.setattr(sides, "between", page)
        monkeypatch.setattr("functions.application.pulling.pull.apply_page", slowly)
        hint = Hint(Kind.CALENDAR, "7", (A,), "poll", sides.now)
        for _ in range(len(shown) + 1):
            pull_once(sides.session(), hint, A)
            if not state_of(sides.ports.documents, "7", ROOM_A).page:
                return

    return pages


def booked(sides: Sides) -> dict[str, Timed]:
    return {number: Timed(each.starts, each.ends) for number, each in sides.bookings.items() if each.status == 20}


def with_series(pull: Pull, *times: Timed, **more: Any) -> tuple[Sides, list[Event]]:
    """A person's series, one occurrence at each of these times, each with its booking."""
    sides = Sides(**more)
    drawn = [occurrence(sides, when) for when in times]
    pull(sides, tuple(drawn))
    assert [*booked(sides).values()] == [*times]
    sides.now += timedelta(minutes=10)
    return sides, drawn


WEEKS = [later(TEN, n * DAY) for n in (0, 7, 14, 21, 28, 35)]
TEN_DAYS = [later(TEN, n * DAY) for n in range(10)]


@pytest.mark.parametrize("size", [1, 2, 4, 30])
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
@pytest.mark.parametrize("times", [TEN_DAYS, WEEKS], ids=["daily", "weekly"])
def test_a_series_that_is_deleted_and_drawn_anew_at_another_hour_takes_its_bookings_along_from_page_to_page(
    pull: Pull, times: list[Timed], size: int, *, backwards: bool
) -> None:
    sides, drawn = with_series(pull, *times)
    gone = removed(sides, *drawn)
    anew = [occurrence(sides, later(when), "another") for when in times]
    items = [*gone, *(reversed(anew) if backwards else anew)]
    pull(sides, *(tuple(items[n : n + size]) for n in range(0, len(items), size)))
    assert [*booked(sides).values()] == [later(when) for when in times]


@pytest.mark.parametrize("deleted", ["cancel", "ask", "restore"])
def test_a_shifted_series_takes_its_bookings_along_from_page_to_page(pull: Pull, deleted: str) -> None:
    sides, drawn = with_series(pull, *TIMES, inbound={"deleted_event": deleted})
    gone = removed(sides, *drawn)
    shifted = [occurrence(sides, later(when)) for when in TIMES]
    pull(sides, gone, tuple(shifted))
    assert [*booked(sides).values()] == [later(when) for when in TIMES]
    assert len(sides.events) == len(TIMES)


def test_where_what_is_deleted_is_brought_back_a_series_is_once_all_pages_are_there(pull: Pull) -> None:
    sides, drawn = with_series(pull, *TIMES, inbound={"deleted_event": "restore"})
    pages = [removed(sides, each) for each in drawn]
    pull(sides, *pages)
    for hint in sides.looks(Kind.EVENT):  # for which there was no time
        look_at(sides.session(), hint, EventKey(*hint.subject))
    assert {*sides.events} == {each.key for each in drawn}
    assert sides.calls.count("revive") == len(drawn)
    rows = [body for _, body in sides.ports.documents.find(path_of("7", "journal"))]
    assert {body["hint"] for body in rows if body["why"] == Why.MADE_AGAIN} == {"pull", "poll"}


def test_the_half_of_a_split_series_is_known_by_its_other_half_on_an_earlier_page(pull: Pull) -> None:
    """Nothing else tells: its title, hour and weekdays are others."""
    sides, drawn = with_series(pull, *TIMES)
    split: dict[str, Any] = {"created": NOW - DAY / 4, "updated": sides.now}
    gone = removed(sides, *drawn[2:])
    kept = [occurrence(sides, when, **{**split, "etag": '"split"'}) for when in TIMES[:2]]
    moved = [later(when, DAY * 3 + HALF) for when in TIMES[2:]]
    new = [occurrence(sides, when, "other", title="Ander", **split) for when in moved]
    pull(sides, (*kept, *gone), tuple(new))
    assert [*booked(sides).values()] == [*TIMES[:2], *moved]


def test_the_rest_of_a_deleted_series_that_google_says_nothing_of_is_looked_up(pull: Pull) -> None:
    sides, drawn = with_series(pull, *TIMES)
    (gone, *_) = removed(sides, *drawn)
    pull(sides, (gone,), (), ())
    for hint in sides.looks(Kind.EVENT):  # for which there was no time
        look_at(sides.session(), hint, EventKey(*hint.subject))
    assert {link.state.value for each in drawn if (link := sides.link_of(each.key))} == {"grace"}


def test_what_was_held_before_a_pull_does_not_go_on_with_what_that_shows(pull: Pull) -> None:
    sides, drawn = with_series(pull, *TIMES, inbound={"deleted_event": "ask"})
    pull(sides, removed(sides, drawn[0]), ())
    gone = removed(sides, *drawn[1:])
    shifted = [occurrence(sides, later(when)) for when in TIMES[1:]]
    pull(sides, gone, tuple(shifted))
    held = sides.link_of(drawn[0].key)
    assert held is not None
    assert isinstance(held.life, Held)
    assert [*booked(sides).values()] == [TIMES[0], *(later(when) for when in TIMES[1:])]


def test_of_what_is_more_than_a_document_holds_only_so_much_is_kept_and_of_halves_the_newest() -> None:
    name = "root" * 10
    shown = Shown(removed={f"{name}_20261124T{n:06}Z" for n in range(10_000)} | {"single"})
    shown.twins = {(NOW, NOW + n * DAY): {f"series{n}"} for n in range(400)}
    kept = Shown.of(shown.kept_in(CalendarState(ROOM_A)))
    assert len(kept.removed) == 400_000 // 58
    assert kept.removed < shown.removed - {"single"}
    assert kept.twins == {(NOW, NOW + n * DAY): {f"series{n}"} for n in range(100, 400)}
