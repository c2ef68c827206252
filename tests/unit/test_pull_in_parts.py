"""A pull with more work than one task has time for: each task goes on where the last one ended, and none begins at the same place."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from functions.application.intake.hints import Hint, Kind
from functions.application.ports import EventPage, Tombstone, Transaction, Unusable
from functions.application.pulling import follow_series
from functions.application.pulling.apply_page import look_at
from functions.application.pulling.follow_series import Shown
from functions.application.pulling.pull import pull
from functions.application.store import links, parked
from functions.application.store.calendars import CalendarState, Half, change, state_of
from functions.domain.model.appointment import Timed
from functions.domain.model.errors import Cause, Malformed, Refused, Stale, Transient
from functions.domain.model.event import Event, EventKey
from functions.domain.model.identity import calendar_hash
from functions.domain.pairing.life import Active, Grace, Held
from functions.domain.pairing.link import Link
from tests.unit.sketch import NOON, NOW, ROOM_A, TEN, base, link
from tests.unit.two_sides import Sides

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture
def sides() -> Sides:
    return Sides()


def _saved(pair: Link, tx: Transaction) -> Link:
    return links.save(tx, "7", pair)


def tasks(sides: Sides, page: EventPage, *, most: int = 10) -> int:
    """Pull this page in as many tasks as it takes, at most some; returns how many."""
    change(sides.ports.documents, "7", ROOM_A, lambda before: replace(before, sync_token="one"))
    for number in range(1, most + 1):
        sides.pages = [page]
        pull(
            sides.session(),
            Hint(Kind.CALENDAR, "7", (calendar_hash(ROOM_A),), "poll", sides.now),
            calendar_hash(ROOM_A),
        )
        if state_of(sides.ports.documents, "7", ROOM_A).sync_token == "two":
            return number
    return most + 1


def drawn(sides: Sides, number: int) -> tuple[Event, ...]:
    """Events of a person, an hour each, one after another."""
    hours = [timedelta(hours=n) for n in range(number)]
    return tuple(sides.draw(f"event{n}", Timed(NOON.start + at, NOON.end + at)) for n, at in enumerate(hours))


@pytest.mark.parametrize(
    "error", [Transient("no answer", reason="timeout"), Refused("no", reason="no")], ids=["later", "never"]
)
def test_events_that_fail_again_and_again_do_not_keep_those_behind_them_from_their_turn(
    sides: Sides, error: Exception
) -> None:
    """Each has a retry of its own; seven that took five seconds each took all the time of every task, for ever."""
    page = EventPage(drawn(sides, 20), sync_token="two")
    sides.fails["find booking"] = [error] * 100
    sides.took = 5 * SECOND
    assert tasks(sides, page) <= 4
    assert sides.calls.count("find booking") == 20


def test_one_that_failed_and_changed_since_is_looked_at_as_it_is_now(sides: Sides) -> None:
    first, *others = drawn(sides, 10)
    sides.fails["find booking"] = [Transient("no answer", reason="timeout")] * 7
    sides.took = 5 * SECOND
    page = EventPage((first, *others), sync_token="two")
    assert tasks(sides, page, most=1) == 2
    sides.fails.clear()
    now = sides.events[first.key] = replace(first, etag='"changed"', updated=sides.now)
    assert tasks(sides, EventPage((now, *others), sync_token="two")) <= 4
    assert first.key.id in {each.external_id for each in sides.bookings.values()}


def removed_and_others(sides: Sides, its: Event, etag: str) -> EventPage:
    """A page that shows an event as removed, and more new ones than one task has time for."""
    sides.events.pop(its.key, None)
    others = tuple(event for event in sides.events.values() if event.key != its.key)
    return EventPage((Tombstone(its.key, etag=etag), *others), sync_token="two")


def test_an_event_that_is_restored_and_removed_again_while_its_page_goes_on_counts_as_removed(sides: Sides) -> None:
    """The second removal was taken for the first, which was dealt with: the booking stayed until the night's full list."""
    its, *_ = drawn(sides, 20)
    hint = Hint(Kind.EVENT, "7", (its.key.calendar, its.key.id), "webhook", NOW)
    look_at(sides.session(), hint, its.key)
    sides.took = 5 * SECOND
    assert tasks(sides, removed_and_others(sides, its, '"2"'), most=1) == 2
    sides.events[its.key] = replace(its, etag='"3"', updated=sides.now)
    look_at(sides.session(), hint, its.key)
    assert isinstance(life_of(sides, its.key), Active)
    assert tasks(sides, removed_and_others(sides, its, '"4"')) < 10
    assert isinstance(life_of(sides, its.key), Grace)


def life_of(sides: Sides, key: EventKey) -> object:
    its = sides.link_of(key)
    assert its is not None
    return its.life


def test_the_links_of_removed_events_are_read_together_and_what_belongs_to_nothing_costs_nothing(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Google tells of every occurrence of a deleted series: 2,500 that nobody booked took longer than a task may."""
    alone = list[str]()
    removed = tuple(Tombstone(EventKey(ROOM_A, f"nobodys{n}")) for n in range(500))
    monkeypatch.setattr(links, "of_event", lambda *of: alone.append(of[2].id))
    assert tasks(sides, EventPage(removed, sync_token="two")) == 1
    assert alone == []


def a_series(sides: Sides, number: int) -> list[str]:
    """Settled pairs of a daily series whose events are gone; returns the events' ids."""
    times = [Timed(TEN.start + n * DAY, TEN.end + n * DAY) for n in range(1, number + 1)]
    names = [f"root_{each.start:%Y%m%dT%H%M%SZ}" for each in times]
    for name, when in zip(names, times, strict=True):
        its = sides.book(name, when)
        pair = link(id=name, booking_id=name, event=EventKey(ROOM_A, name), version=0, base=base(its), series="root")
        sides.ports.documents.transact(partial(_saved, pair))
    return names


def shifted(sides: Sides, number: int) -> tuple[Event, ...]:
    """The same series at another hour."""
    at = [Timed(NOON.start + n * DAY, NOON.end + n * DAY) for n in range(1, number + 1)]
    return tuple(sides.draw(f"root_{each.start:%Y%m%dT%H%M%SZ}", each, series="root") for each in at)


def test_the_occurrences_that_google_does_not_report_are_asked_for_once_each_however_many_tasks_that_takes(
    sides: Sides,
) -> None:
    """A daily series of two years that is shifted: Google reports half a year of it, and the rest is asked for one by one."""
    names = a_series(sides, 40)
    new = shifted(sides, 40)
    removed = tuple(Tombstone(EventKey(ROOM_A, name), "root") for name in names[:4])
    sides.took = 2 * SECOND
    bookings = set(sides.bookings)
    assert tasks(sides, EventPage((*removed, *new), sync_token="two"), most=20) <= 12
    assert sides.calls.count("read event") == 36
    assert set(sides.bookings) == bookings
    assert all(sides.link_of(each.key) is not None for each in new)


def test_what_an_earlier_task_of_a_full_list_showed_is_not_looked_up(sides: Sides) -> None:
    """Each event of the pages before was asked for, 5,000 at a time, and the list began anew each time."""
    names = [f"event{n}" for n in range(30)]
    events = drawn(sides, 30)
    for name, event in zip(names, events, strict=True):
        its = sides.book(name, event.when, external_id=name)
        pair = link(id=name, booking_id=name, event=event.key, version=0, base=base(its))
        sides.ports.documents.transact(partial(_saved, pair))
    first, last = EventPage(events[:20], "page2"), EventPage(events[20:], sync_token="two")
    change(
        sides.ports.documents, "7", ROOM_A, lambda before: replace(before, page="page2", listing=True, pull_started=NOW)
    )
    sides.pages = [last, first, last]
    pull(sides.session(), Hint(Kind.CALENDAR, "7", (calendar_hash(ROOM_A),), "pull", NOW), calendar_hash(ROOM_A))
    assert "read event" not in sides.calls
    assert state_of(sides.ports.documents, "7", ROOM_A).sync_token == "two"


def test_what_is_read_for_new_events_does_not_grow_with_what_was_removed_or_with_the_calendars(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each new event read all pairs in their grace, and asked each calendar whether it came from there."""
    for name in a_series(sides, 10):
        its = links.of_event(sides.ports.documents, "7", EventKey(ROOM_A, name))
        assert its is not None
        _change(sides, replace(its, life=Grace(NOW + DAY)))
    rows, find = list[int](), sides.ports.documents.find

    def counted(*of: Any, **how: Any) -> Any:
        found = find(*of, **how)
        rows.append(len(found))
        return found

    monkeypatch.setattr(sides.ports.documents, "find", counted)
    assert tasks(sides, EventPage(drawn(sides, 20), sync_token="two")) == 1
    assert len(sides.bookings) == 30
    assert sum(rows) <= 20


def _change(sides: Sides, its: Link) -> None:
    sides.ports.documents.transact(partial(_saved, its))


@pytest.mark.parametrize(
    "error", [Malformed("no usable time", reason="no_start"), Refused("not this one", reason="forbidden")]
)
def test_an_occurrence_that_can_never_be_read_keeps_nothing_else_from_its_turn(sides: Sides, error: Exception) -> None:
    """Google gives it without a usable time, or never: the pull began anew for ever, and nothing of the calendar was applied."""
    lost, unusable = a_series(sides, 2)
    new = shifted(sides, 2)
    sides.fails["read event"] = [error] * 10
    removed = Tombstone(EventKey(ROOM_A, lost), "root")
    assert tasks(sides, EventPage((removed, *new, *drawn(sides, 1)), sync_token="two")) == 1
    assert sides.link_of(EventKey(ROOM_A, unusable)) is not None
    assert sides.link_of(new[0].key) is not None


def test_what_was_read_is_not_read_again_after_one_that_google_did_not_give_just_then(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of hundreds that are asked for one by one some fail: each such failure began the page anew, so that it never ended."""
    names, new = a_series(sides, 40), shifted(sides, 40)
    removed = tuple(Tombstone(EventKey(ROOM_A, name), "root") for name in names[:4])
    read, asked = sides.read, list[EventKey]()

    def each_tenth_fails(key: EventKey) -> Event | Tombstone:
        asked.append(key)
        if len(asked) % 10 == 0:
            raise Transient("try again", reason="backendError")
        return read(key)

    monkeypatch.setattr(sides, "read", each_tenth_fails)
    with pytest.raises(Stale):
        tasks(sides, EventPage((*removed, *new), sync_token="two"), most=1)
    assert tasks(sides, EventPage((*removed, *new), sync_token="two"), most=1) == 1
    assert len(asked) == 36 + 3


def test_occurrences_that_google_never_gives_keep_their_calendar_waiting_for_some_minutes_only(sides: Sides) -> None:
    """Google has a failure of its own with them, for ever: nothing else of the calendar was applied."""
    lost, *stuck = a_series(sides, 4)
    page = EventPage(
        (Tombstone(EventKey(ROOM_A, lost), "root"), *shifted(sides, 4), *drawn(sides, 1)), sync_token="two"
    )
    sides.fails["read event"] = [Transient("try again", reason="backendError")] * 100
    tries = 0
    while tries < 10:
        tries += 1
        try:
            assert tasks(sides, page, most=1) == 1
            break
        except Stale:
            sides.now += timedelta(minutes=1)
    assert tries == 4
    assert sides.link_of(EventKey(ROOM_A, "event0")) is not None
    left = {hint.subject[1] for hint in sides.looks(Kind.EVENT)}
    assert left == set(stuck)


def test_an_occurrence_that_google_gives_again_in_time_still_follows_its_series(sides: Sides) -> None:
    names, new = a_series(sides, 2), shifted(sides, 2)
    page = EventPage((Tombstone(EventKey(ROOM_A, names[0]), "root"), *new), sync_token="two")
    sides.fails["read event"] = [Transient("try again", reason="backendError")] * 2
    for _ in range(2):
        with pytest.raises(Stale):
            tasks(sides, page, most=1)
        sides.now += timedelta(minutes=1)
    assert tasks(sides, page, most=1) == 1
    followed = [sides.link_of(each.key) for each in new]
    assert [each.booking_id for each in followed if each is not None] == names
    assert sides.looks(Kind.EVENT) == []


def test_what_other_series_made_it_ask_for_leaves_room_for_what_is_asked_for_now(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document holds only so much: what was read last was left out, so each task read the same and got no further."""
    monkeypatch.setattr(follow_series, "KEPT_READ", 750)
    names, new = a_series(sides, 30), shifted(sides, 30)
    removed = tuple(Tombstone(EventKey(ROOM_A, name), "root") for name in names[:4])
    others = "\n".join(f"-other_20261124T{n:06}Z" for n in range(31))
    change(sides.ports.documents, "7", ROOM_A, lambda before: replace(before, read=others))
    sides.took = 2 * SECOND
    assert tasks(sides, EventPage((*removed, *new), sync_token="two")) <= 10
    assert sides.calls.count("read event") == 26


def test_all_that_was_done_of_a_page_is_kept_however_long_its_ids_are() -> None:
    """What did not fit was done anew in each task: where it failed again and took its time, the page was never applied."""
    page = [Unusable(EventKey(ROOM_A, f"event{n}".ljust(1024, "x")), "no_start") for n in range(2500)]
    shown = Shown()
    for each in page:
        shown.did(each)
    kept = shown.progress_in(CalendarState(ROOM_A))
    assert len(kept.done) < 50_000
    now = Shown.of(kept)
    assert all(now.is_done(each) for each in page)
    assert not any(now.is_done(replace(each, reason="no_end")) for each in page)


def test_a_list_that_is_made_again_ends_before_its_task_must(sides: Sides) -> None:
    """A task that is ended by force goes on nowhere: the next began the same list, and so on."""
    its = sides.book("1", NOON)
    gone = link(id="gone", booking_id="1", event=EventKey(ROOM_A, "gone"), version=0, base=base(its))
    sides.ports.documents.transact(partial(_saved, gone))
    last = EventPage((), sync_token="two")
    change(
        sides.ports.documents, "7", ROOM_A, lambda before: replace(before, page="last", listing=True, pull_started=NOW)
    )
    sides.pages = [last, *(EventPage((), f"page{n}") for n in range(30)), last]
    sides.took = 2 * SECOND
    pull(sides.session(), Hint(Kind.CALENDAR, "7", (calendar_hash(ROOM_A),), "pull", NOW), calendar_hash(ROOM_A))
    assert sides.now - NOW < timedelta(seconds=60)
    assert [hint.subject for hint in sides.looks(Kind.EVENT)] == [(ROOM_A, "gone")]


def test_a_page_of_many_new_series_is_looked_through_in_as_many_tasks_as_that_takes(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query for each: a task looked through all of them, and was ended by force before the first event."""
    find = sides.ports.documents.find

    def slowly(*of: Any, **how: Any) -> Any:
        sides.now += SECOND
        return find(*of, **how)

    monkeypatch.setattr(sides.ports.documents, "find", slowly)
    page = tuple(replace(each, series=f"root{n}", created=NOW - n * SECOND) for n, each in enumerate(drawn(sides, 100)))
    for _ in range(2):
        began = sides.now
        assert tasks(sides, EventPage(page, sync_token="two"), most=1) == 2
        assert sides.now - began < timedelta(seconds=60)
    assert tasks(sides, EventPage(page, sync_token="two"), most=1) == 1
    assert len(sides.bookings) == 100


def lasted(sides: Sides, page: EventPage, *, most: int) -> list[timedelta]:
    """Pull this page in as many tasks as it takes, at most some; returns how long each took."""
    each = list[timedelta]()
    while len(each) < most:
        began = sides.now
        over = tasks(sides, page, most=1) == 1
        each.append(sides.now - began)
        if over:
            return each
    raise AssertionError(f"{most} tasks were too few")


def test_the_series_that_a_new_one_may_continue_are_looked_through_in_as_many_tasks_as_that_takes(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query for each: one task asked for all of them, and was ended by force."""
    find, asked = sides.ports.documents.find, list[str]()

    def slowly(*of: Any, **how: Any) -> Any:
        sides.now += SECOND
        asked.extend(body for body in [dict(of[1] if len(of) > 1 else {}).get("series", "")] if body)
        return find(*of, **how)

    monkeypatch.setattr(sides.ports.documents, "find", slowly)
    halves = tuple(Half(NOW, NOW, f"former{n:03}") for n in range(100))
    change(
        sides.ports.documents, "7", ROOM_A, lambda before: replace(before, page="last", halves=halves, pull_started=NOW)
    )
    new = tuple(replace(each, created=NOW, updated=NOW) for each in shifted(sides, 2))
    assert max(lasted(sides, EventPage(new, sync_token="two"), most=5)) < timedelta(seconds=60)
    assert {*asked} >= {half.series for half in halves}
    assert len(sides.bookings) == 2


@pytest.mark.parametrize("answers", [True, False], ids=["read", "never read"])
def test_events_that_became_series_are_read_in_as_many_tasks_as_that_takes(sides: Sides, *, answers: bool) -> None:
    """Google was asked for each in one task, however long that took; each that failed was asked for anew in the next."""
    shown = list[Event]()
    for n in range(60):
        when = Timed(NOON.start + n * DAY, NOON.end + n * DAY)
        its = sides.book(f"b{n}", when)
        single = sides.draw(f"single{n}", when)
        pair = link(id=f"b{n}", booking_id=f"b{n}", event=single.key, version=0, base=base(its))
        sides.ports.documents.transact(partial(_saved, pair))
        shown.append(sides.draw(f"single{n}_{when.start:%Y%m%dT%H%M%SZ}", when, series=single.key.id))
    sides.took = SECOND
    if not answers:
        sides.fails["read event"] = [Transient("no answer", reason="timeout")] * 1000
    assert max(lasted(sides, EventPage(tuple(shown), sync_token="two"), most=25)) < timedelta(seconds=60)
    assert len(sides.bookings) == 60
    if answers:
        assert all(sides.link_of(each.key) is not None for each in shown)
    else:
        assert sides.calls.count("read event") == 2 * 60  # as a root, and for its first occurrence


def test_the_removals_that_a_person_is_to_decide_about_wait_in_as_many_tasks_as_that_takes(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is stored by itself: those of two years took longer than a task may."""
    names = a_series(sides, 100)
    transact = sides.ports.documents.transact

    def slowly(*of: Any) -> Any:
        sides.now += SECOND
        return transact(*of)

    monkeypatch.setattr(sides.ports.documents, "transact", slowly)
    removed = tuple(Tombstone(EventKey(ROOM_A, name), "root") for name in names)
    times = [Timed(NOON.start + n * DAY, NOON.end + n * DAY) for n in range(1, 11)]
    new = [sides.draw(f"other_{each.start:%Y%m%dT%H%M%SZ}", each, series="other") for each in times]
    page = EventPage((*removed, *(replace(each, created=NOW - DAY, title="Other") for each in new)), sync_token="two")
    assert max(lasted(sides, page, most=20)) < timedelta(seconds=60)
    held = [links.of_event(sides.ports.documents, "7", EventKey(ROOM_A, name)) for name in names]
    assert all(each is not None and isinstance(each.life, Held) for each in held)


def test_a_page_of_events_that_make_no_sense_is_parked_in_as_many_tasks_as_that_takes(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is parked by itself, which took longer than a task may; the next task began with the first again."""
    transact = sides.ports.documents.transact

    def slowly(*of: Any) -> Any:
        sides.now += SECOND
        return transact(*of)

    monkeypatch.setattr(sides.ports.documents, "transact", slowly)
    page = tuple(Unusable(EventKey(ROOM_A, f"event{n}"), "no_start") for n in range(100))
    assert max(lasted(sides, EventPage(page, sync_token="two"), most=4)) < timedelta(seconds=60)
    assert state_of(sides.ports.documents, "7", ROOM_A).sync_token == "two"
    assert len(parked.every(sides.ports, "7", 200)) == 100


def test_whether_events_centuries_away_belong_to_a_booking_is_read_together(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = list[str]()
    monkeypatch.setattr(links, "of_event", lambda *of: alone.append(of[2].id))
    page = tuple(Unusable(EventKey(ROOM_A, f"event{n}"), Cause.OUT_OF_RANGE) for n in range(100))
    assert tasks(sides, EventPage(page, sync_token="two")) == 1
    assert alone == []
    assert parked.every(sides.ports, "7") == []
