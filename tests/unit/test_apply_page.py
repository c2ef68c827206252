"""One page of changes: what needs nothing costs nothing, what fails stops nothing, and nothing is followed twice."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from functions.application.intake.hints import Hint, Kind
from functions.application.ports import Tombstone, Unusable
from functions.application.pulling.apply_page import FORMER, Applied, Item, Page, apply_page, look_at
from functions.application.pulling.follow_series import Shown, families
from functions.application.store import journal, links, parked
from functions.application.store.calendars import CalendarState
from functions.application.store.integrations import path_of
from functions.domain.model.appointment import AllDay, Appointment, Timed
from functions.domain.model.errors import AccessRevoked, Cause, Gone, Malformed, Stale, System, Transient
from functions.domain.model.event import Event, EventKey, Mark
from functions.domain.model.identity import calendar_hash, event_id, occupied_id, unkeyed_event_id
from functions.domain.pairing.life import Active, Closed, Detached, Grace, Held, Paused, Side
from functions.domain.pairing.link import UNLINKED, Intent, Link, Occupies
from functions.domain.pairing.writes import BookingChange, InsertEvent, MoveEvent, Why, WriteBooking
from functions.domain.settings.schema import MappingRow
from tests.unit.sketch import EVENING, LAST_YEAR, NOON, NOW, ROOM_A, ROOM_B, TEN, base, link
from tests.unit.two_sides import Sides

HINT = Hint(Kind.CALENDAR, "7", ("hash",), "notification", NOW, detail="channel exists")
DAY = timedelta(days=1)
A_LINE = {"inbound": {"follow": "all_mapped"}}


@pytest.fixture
def sides() -> Sides:
    return Sides(**A_LINE)


def applied(sides: Sides, *items: Any, **more: Any) -> Applied:
    """Apply a page of these; `calls` are then only those of this page."""
    sides.calls.clear()
    until = more.pop("until", None)
    return apply_page(sides.session(), HINT, Page(more.pop("calendar", ROOM_A), items, **more), Shown(), until)


def saved(sides: Sides, of: Link) -> Link:
    return sides.ports.documents.transact(lambda tx: links.save(tx, "7", of))


def paired(sides: Sides, name: str = "meeting", when: Timed = NOON) -> Event:
    """A person's event with its booking."""
    drawn = sides.draw(name, when)
    assert applied(sides, drawn) == Applied(1)
    return drawn


def changed(sides: Sides, event: Event, **more: Any) -> Event:
    sides.events[event.key] = replace(event, etag='"new"', updated=sides.now + timedelta(seconds=1), **more)
    return sides.events[event.key]


def items(sides: Sides) -> list[dict[str, Any]]:
    return [body for _, body in parked.every(sides.ports, "7")]


def not_taken(sides: Sides) -> dict[str, str]:
    """Return why events became no booking, as diagnostics count it."""
    rows = sides.ports.documents.find(path_of("7", "progress"))
    return {name: each["reason"] for _, body in rows for name, each in body.get("events", {}).items()}


def test_a_new_event_becomes_a_booking_and_its_page_again_costs_nothing(sides: Sides) -> None:
    drawn = paired(sides)
    assert sides.calls == ["find booking", "check", "make"]
    assert applied(sides, drawn) == applied(sides, drawn, listed=True) == Applied(0)
    assert sides.calls == []


def test_an_event_that_moved_moves_its_booking_and_one_that_only_looks_changed_costs_nothing(sides: Sides) -> None:
    drawn = paired(sides)
    assert applied(sides, changed(sides, drawn)) == Applied(0)
    assert sides.calls == []
    assert applied(sides, changed(sides, drawn, when=TEN)) == Applied(1)
    assert sides.calls == ["read booking", "write"]
    assert sides.bookings["1"].starts == TEN.start


def test_an_event_that_was_deleted_waits_for_its_grace_and_is_looked_at_then(sides: Sides) -> None:
    drawn = paired(sides)
    del sides.events[drawn.key]
    sides.tasks.clear()
    assert applied(sides, Tombstone(drawn.key)) == Applied(1)
    there = sides.link_of(drawn.key)
    assert there is not None
    until = NOW + timedelta(seconds=120)
    assert there.life == Grace(until)
    for _ in range(2):  # a crash may have lost the first look
        assert [(task.due, Hint.of(task.body).subject) for task in sides.tasks] == [
            (until + timedelta(seconds=1), ("1",))
        ]
        sides.tasks.clear()
        assert applied(sides, Tombstone(drawn.key)) == Applied(0)
        assert sides.calls == []


@pytest.mark.parametrize("life", [Closed(), Held("event_deleted")], ids=str)
def test_a_removed_event_that_is_known_to_be_or_belongs_to_nothing_is_passed_over(sides: Sides, life: Any) -> None:
    drawn = paired(sides)
    there = sides.link_of(drawn.key)
    assert there is not None
    saved(sides, replace(there, life=life))
    assert applied(sides, Tombstone(drawn.key), Tombstone(EventKey(ROOM_A, "other"))) == Applied(0)
    assert sides.calls == []


def test_removals_come_before_new_events_whatever_the_order_of_the_page(sides: Sides) -> None:
    drawn = paired(sides)
    del sides.events[drawn.key]
    assert applied(sides, sides.draw("new", EVENING), Tombstone(drawn.key)) == Applied(2)
    assert sides.calls.index("read booking") < sides.calls.index("find booking")


def test_what_cannot_be_read_is_parked_unless_it_is_centuries_away_and_nobodys(sides: Sides) -> None:
    far, near = Unusable(EventKey(ROOM_A, "far"), Cause.OUT_OF_RANGE), Unusable(EventKey(ROOM_A, "near"), "no_start")
    assert applied(sides, far, near, sides.draw("new", NOON)) == Applied(1)
    assert [(each["subject"], each["reason"]) for each in items(sides)] == [([ROOM_A, "near"], "no_start")]
    drawn = paired(sides, "mine", TEN)
    applied(sides, Unusable(drawn.key, Cause.OUT_OF_RANGE))
    assert {each["subject"][1] for each in items(sides)} == {"near", "mine"}


def test_an_event_that_fails_is_tried_again_and_the_others_go_on(sides: Sides) -> None:
    sides.fails["check"] = [Transient("busy", reason="busy")]
    assert applied(sides, sides.draw("first", NOON), sides.draw("second", TEN)) == Applied(2)
    assert [each.external_id for each in sides.bookings.values()] == ["second"]
    (again,) = [hint for hint in sides.looks(Kind.EVENT) if hint.attempt]
    assert (again.subject, again.source, again.detail) == ((ROOM_A, "first"), "notification", "")


def test_a_side_that_refuses_every_call_ends_the_page(sides: Sides) -> None:
    sides.fails["find booking"] = [AccessRevoked("no", reason="login", side=System.IRESERVE)]
    with pytest.raises(AccessRevoked):
        applied(sides, sides.draw("first", NOON), sides.draw("second", TEN))
    assert sides.bookings == {}


def test_what_was_parked_is_no_longer_once_it_works(sides: Sides) -> None:
    drawn = sides.draw("new", NOON)
    about = replace(HINT, kind=Kind.EVENT, subject=(ROOM_A, "new"), detail="")
    parked.park(sides.ports, about, "busy", NOW)
    assert applied(sides, drawn) == Applied(1)
    assert items(sides) == []


def test_a_page_stops_when_its_time_is_up_and_is_an_echo_that_far_when_applied_again(sides: Sides) -> None:
    page = (sides.draw("first", NOON), sides.draw("second", TEN))
    assert applied(sides, *page, until=NOW) == Applied(0, finished=False)
    assert sides.calls == []
    assert applied(sides, *page, until=NOW + timedelta(seconds=1)) == Applied(2)
    assert applied(sides, *page, until=NOW) == Applied(0)


def _weekly(sides: Sides) -> list[Event]:
    days = [replace(NOON, start=NOON.start + n * DAY, end=NOON.end + n * DAY) for n in range(3)]
    return [sides.draw(f"root_{n}", when, series="root") for n, when in enumerate(days)]


def test_a_page_whose_series_take_all_its_time_to_look_through_is_applied_all_the_same(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that answers slowly, or thousands of occurrences: each task would begin anew, and end before the first."""
    page, grouped = _weekly(sides), families

    def slowly(*of: Any) -> Any:
        sides.now += timedelta(seconds=20)
        return grouped(*of)

    monkeypatch.setattr("functions.application.pulling.apply_page.families", slowly)
    assert applied(sides, *page, until=sides.now + timedelta(seconds=1)) == Applied(3)
    sides.took = timedelta(seconds=20) / 3  # each event is three calls, and the items have twenty seconds
    more = [replace(each, key=EventKey(ROOM_A, f"more_{n}"), series="more") for n, each in enumerate(page)]
    assert applied(sides, *more, until=sides.now + timedelta(seconds=30)) == Applied(1, finished=False)


def test_the_links_of_a_series_occurrences_are_read_together(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    page = _weekly(sides)
    applied(sides, *page)
    alone = list[str]()
    monkeypatch.setattr(links, "of_event", lambda *of: alone.append(of[2].id))
    assert applied(sides, *page) == Applied(0)
    assert alone == []


@pytest.mark.parametrize("title", ["the same", "another"])
def test_what_is_read_of_series_that_came_and_went_grows_with_their_number_not_with_its_square(
    sides: Sides, monkeypatch: pytest.MonkeyPatch, title: str
) -> None:
    """Each new one is compared with each that is gone: sixty of both took 4,000 queries, longer than a task may take."""

    def drawn(name: str, number: int, title: str) -> list[Event]:
        times = [replace(NOON, start=NOON.start + n * 7 * DAY, end=NOON.end + n * 7 * DAY) for n in range(2)]
        series = [f"{name}{n}" for n in range(number)]
        return [
            sides.draw(f"{each}_{at.start:%Y%m%d}", at, series=each, title=title) for each in series for at in times
        ]

    queries, find = list[Any](), sides.ports.documents.find

    def counted(*of: Any, **how: Any) -> Any:
        queries.append(of)
        return find(*of, **how)

    monkeypatch.setattr(sides.ports.documents, "find", counted)
    needed = list[int]()
    for number in (4, 8):
        old = drawn(f"old{number}", number, "the same")
        applied(sides, *old)
        sides.events.clear()
        new = drawn(f"new{number}", number, title)
        queries.clear()
        applied(sides, *(Tombstone(each.key, each.series) for each in old), *new)
        needed.append(len(queries))
        sides.events.clear()
        applied(sides, *(Tombstone(each.key, each.series) for each in new))
        sides.now += timedelta(days=1)
    assert needed[1] <= 2 * needed[0]


def test_an_event_that_becomes_no_booking_is_told_once_and_ours_and_unchanged_ones_are_not(sides: Sides) -> None:
    free = sides.draw("free", NOON, transparent=True)
    ours = sides.draw("ours", NOON, transparent=True, mark=Mark("7", "x", "y"))
    assert applied(sides, free, ours) == Applied(0)
    assert not_taken(sides) == {"free": "free"}
    applied(sides, free)
    entries = [body for _, body in sides.ports.documents.find(path_of("7", "journal"))]
    assert [(entry["event"], entry["why"], entry["hint"]) for entry in entries] == [
        ("free", "not_taken_free", "notification")
    ]
    assert journal.entry_of(entries[0], "x")["step"] == "NotTaken"


@pytest.mark.parametrize(
    ("since", "told"), [(None, {"new", "week"}), (NOW - timedelta(hours=1), {"new"})], ids=["first list", "later list"]
)
def test_a_list_tells_only_of_what_changed_since_the_one_before(sides: Sides, since: Any, told: set[str]) -> None:
    page = [sides.draw(name, NOON, transparent=True) for name in ("new", "week", "old", "undated", "ours")]
    at = (NOW, NOW - timedelta(days=7), NOW - timedelta(days=7, seconds=1), None, NOW)
    page = [replace(each, updated=updated) for each, updated in zip(page, at, strict=True)]
    page[-1] = replace(page[-1], mark=Mark("7", "x", "y"))
    assert applied(sides, *page, listed=True, since=since) == Applied(0)
    assert set(not_taken(sides)) == told
    assert sides.calls == []


def test_an_endless_series_is_followed_within_the_window_only(sides: Sides) -> None:
    far = sides.draw("root_20280101T090000Z", Timed(NOON.start + timedelta(days=500), NOON.end + timedelta(days=500)))
    for listed in (False, True):
        assert applied(sides, replace(far, series="root"), listed=listed) == Applied(0)
        assert not_taken(sides) == {}
    applied(sides, sides.draw("single", LAST_YEAR))
    assert not_taken(sides) == {"single": "outside_window"}


def test_an_event_that_was_made_private_is_told_and_left_as_it_is(sides: Sides) -> None:
    drawn = paired(sides)
    assert applied(sides, changed(sides, drawn, hidden=True, when=TEN)) == Applied(0)
    assert (sides.calls, not_taken(sides)) == ([], {"meeting": "covered"})
    assert sides.bookings["1"].starts == NOON.start


def test_an_event_that_came_from_another_calendar_keeps_its_booking_and_a_copy_gets_one_of_its_own(
    sides: Sides,
) -> None:
    drawn = paired(sides)
    there = EventKey(ROOM_B, drawn.key.id)
    sides.events[there] = replace(drawn, key=there, etag='"9"')
    assert applied(sides, sides.events[there], calendar=ROOM_B) == Applied(0)
    assert sides.calls == ["read event"]  # it still stands in the former calendar
    del sides.events[drawn.key]
    applied(sides, sides.events[there], calendar=ROOM_B)
    assert len(sides.bookings) == 1
    (standing,) = sides.events.values()
    assert links.of_booking(sides.ports.documents, "7", "1").event == standing.key


def test_a_former_calendar_that_cannot_be_read_is_no_sign_of_a_copy(sides: Sides) -> None:
    drawn = paired(sides)
    there = EventKey(ROOM_B, drawn.key.id)
    sides.events[there] = replace(drawn, key=there, etag='"9"')
    sides.fails["read event"] = [Transient("busy", reason="busy")]
    applied(sides, sides.events[there], calendar=ROOM_B)
    assert len(sides.bookings) == 1
    assert [hint.attempt for hint in sides.looks(Kind.EVENT)] == [1]


def ours(sides: Sides, number: str, generation: int = 0) -> str:
    return event_id(sides.session().digest, "7", number, generation)


def test_our_own_event_is_known_by_its_derived_id_before_its_link_is_saved_and_a_copy_is_new(sides: Sides) -> None:
    of = saved(sides, link(id="pair", booking_id="9", event=None, base=None, version=0))
    sides.book("9", NOON)
    mark = Mark("7", of.id, "stamp")
    made = sides.draw(ours(sides, "9"), NOON, mark=mark)
    copy = sides.draw("copied", TEN, mark=mark)
    applied(sides, copy)
    assert [each.external_id for each in sides.bookings.values()] == ["", "copied"]
    applied(sides, made)
    assert "insert" not in sides.calls
    assert len(sides.bookings) == 2
    older = sides.draw(ours(sides, "9", 1), EVENING, mark=mark)
    applied(sides, older)
    assert (len(sides.bookings), sides.calls) == (2, ["find booking"])  # was never made, as far as is known


def with_a_former(sides: Sides) -> Event:
    """Return the former event of a booking that has another one by now."""
    sides.book("9", NOON)
    of = saved(sides, link(id="pair", booking_id="9", event=None, base=None, generation=1, version=0))
    mark = Mark("7", of.id, "stamp")
    applied(sides, sides.draw(ours(sides, "9", 1), NOON, mark=mark))
    return sides.draw(ours(sides, "9"), TEN, mark=mark)


def second_looks(sides: Sides) -> list[Hint]:
    """Let time pass, and take the second looks at events that may be former ones."""
    sides.now += timedelta(seconds=10)
    looks = [hint for hint in sides.looks(Kind.EVENT) if hint.detail == FORMER]
    assert {hint.source for hint in looks} <= {"pull"}
    sides.tasks.clear()
    for hint in looks:
        look_at(sides.session(), hint, EventKey(*hint.subject))
    return looks


def test_a_former_event_of_a_booking_is_removed_and_again_where_a_person_brings_it_back(sides: Sides) -> None:
    former = with_a_former(sides)
    for _ in range(2):
        sides.events[former.key] = former
        assert applied(sides, former) == Applied(1)
        assert "delete" not in sides.calls
        assert second_looks(sides)
        assert [key.id for key in sides.events] == [ours(sides, "9", 1)]


def test_an_event_that_a_person_moved_is_no_former_one_where_it_still_shows_in_the_other_calendar_too(
    sides: Sides,
) -> None:
    sides.book("9", NOON)
    of = saved(sides, link(id="pair", booking_id="9", event=None, base=None, version=0))
    made = sides.draw(ours(sides, "9"), NOON, mark=Mark("7", of.id, "stamp"))
    applied(sides, made)
    there = EventKey(ROOM_B, made.key.id)
    sides.events[there] = replace(sides.events[made.key], key=there, etag='"moved"')
    applied(sides, sides.events[there], calendar=ROOM_B)
    del sides.events[made.key]
    assert second_looks(sides)
    assert "delete" not in sides.calls
    (standing,) = sides.events.values()
    assert links.of_booking(sides.ports.documents, "7", "9").event == standing.key


@pytest.mark.parametrize("error", [Transient("busy", reason="busy"), Malformed("nonsense", reason="nonsense")], ids=str)
def test_a_former_event_stays_while_it_cannot_be_known_whether_another_booking_names_it(
    sides: Sides, error: Exception
) -> None:
    former = with_a_former(sides)
    sides.book("2", TEN, external_id=former.key.id)
    sides.fails["find booking"] = [error, error]
    applied(sides, former)
    second_looks(sides)
    assert former.key in sides.events


def test_a_former_event_that_another_booking_names_by_now_stays(sides: Sides) -> None:
    former = with_a_former(sides)
    sides.book("2", TEN, external_id=former.key.id)
    assert applied(sides, former) == Applied(0)
    assert former.key in sides.events


def test_a_former_event_that_is_a_series_again_since_its_page_was_read_stays(sides: Sides) -> None:
    former = with_a_former(sides)
    sides.draw(f"{former.key.id}_20261124T090000Z", TEN, series=former.key.id, mark=former.mark)
    assert applied(sides, former) == Applied(0)
    assert "delete" not in sides.calls


@pytest.mark.parametrize("rest", ["", "_20261124T110000Z"], ids=["itself", "an occurrence"])
def test_an_event_of_version_0_1_is_known_where_its_pair_has_it_or_an_occurrence_of_it(sides: Sides, rest: str) -> None:
    name = unkeyed_event_id("7", "9", 0)
    own = EventKey(ROOM_A, name + rest)
    sides.book("9", NOON)
    of = saved(sides, link(id="pair", booking_id="9", event=own, base=base(), version=0))
    assert name in sides.session().derived_ids(of)
    moved = sides.draw(name, NOON, ROOM_B, mark=Mark("7", of.id, "stamp"))
    applied(sides, moved, calendar=ROOM_B, listed=True)
    assert len(sides.bookings) == 1
    (standing,) = sides.events.values()
    assert links.of_booking(sides.ports.documents, "7", "9").event == standing.key


def test_our_own_occupied_event_is_known_likewise(sides: Sides) -> None:
    place = Occupies("9", ROOM_B)
    of = saved(sides, Link("taken", occupies=place))
    name = occupied_id(sides.session().digest, "7", place.name, 0)
    applied(sides, sides.draw(name, NOON, ROOM_B, mark=Mark("7", of.id, "stamp")), calendar=ROOM_B)
    assert sides.calls == ["read booking", "delete"]  # its pair no longer wants it
    later = occupied_id(sides.session().digest, "7", place.name, 1)
    applied(sides, sides.draw(later, EVENING, ROOM_B, mark=Mark("7", of.id, "stamp")), calendar=ROOM_B)
    assert sides.calls == ["find booking"]
    applied(sides, sides.draw("copied", TEN, ROOM_B, mark=Mark("7", of.id, "stamp")), calendar=ROOM_B)
    assert [each.external_id for each in sides.bookings.values()] == ["copied"]


def test_a_new_event_waits_for_the_room_that_a_deleted_one_is_about_to_free(sides: Sides) -> None:
    drawn = paired(sides)
    del sides.events[drawn.key]
    applied(sides, Tombstone(drawn.key))
    sides.tasks.clear()
    assert applied(sides, sides.draw("new", NOON)) == Applied(1)
    assert sides.calls == []
    (task,) = sides.tasks
    assert (task.due, task.name.endswith("-event-room")) == (NOW + timedelta(seconds=125), True)
    for when in (TEN, Timed(TEN.start, NOON.start), Timed(NOON.end, EVENING.end)):
        applied(sides, sides.draw(f"{when.end}", when))
    assert len(sides.bookings) == 4


def test_one_link_that_cannot_be_read_fails_alone(sides: Sides) -> None:
    drawn = paired(sides)
    there = sides.link_of(drawn.key)
    assert there is not None
    path = path_of("7", "links", there.id)
    sides.ports.documents.transact(lambda tx: tx.put(path, {**(tx.get(path) or {}), "life": "odd"}))
    echo = changed(sides, paired(sides, "echo", TEN))
    assert applied(sides, changed(sides, drawn, when=TEN), sides.draw("new", EVENING), echo) == Applied(2)
    assert [each["subject"] for each in items(sides)] == [[calendar_hash(ROOM_A), there.id]]
    assert len(sides.bookings) == 3


def test_one_event_is_looked_at_on_its_own(sides: Sides) -> None:
    session = sides.session()
    look_at(session, HINT, sides.draw("new", NOON).key)
    assert [each.external_id for each in sides.bookings.values()] == ["new"]
    look_at(session, HINT, EventKey(ROOM_A, "never"))
    moved = changed(sides, sides.events[EventKey(ROOM_A, "new")], when=TEN)
    look_at(session, HINT, moved.key)
    assert sides.bookings["1"].starts == TEN.start
    del sides.events[moved.key]
    look_at(session, HINT, moved.key)
    there = sides.link_of(moved.key)
    assert there is not None
    assert isinstance(there.life, Grace)


def test_a_pair_that_went_on_with_another_event_is_looked_at_where_its_former_one_is_asked_for(sides: Sides) -> None:
    first, *_ = became_weekly(sides)
    sides.fails["read booking"] = [Transient("busy", reason="busy")]
    applied(sides, first)
    assert sides.link_of(first.key) is not None
    assert sides.bookings["1"].external_id == "root"
    look_at(sides.session(), HINT, EventKey(ROOM_A, "root"))
    assert sides.bookings["1"].external_id == first.key.id


def test_a_pair_whose_event_went_to_another_calendar_is_looked_at_where_it_is_asked_for_in_the_former_one(
    sides: Sides,
) -> None:
    drawn = paired(sides)
    there = sides.link_of(drawn.key)
    assert there is not None
    del sides.events[drawn.key]
    moved = replace(drawn, key=EventKey(ROOM_B, drawn.key.id), when=TEN, etag='"new"')
    sides.events[moved.key] = moved
    saved(sides, replace(there, event=moved.key))
    look_at(sides.session(), HINT, drawn.key)
    assert sides.bookings["1"].starts == TEN.start


def test_an_event_that_cannot_be_read_is_an_error_unless_its_calendar_is_no_longer_mapped(sides: Sides) -> None:
    error = Gone("no", reason=Cause.CALENDAR_GONE)
    sides.fails["read event"] = [error, error]
    with pytest.raises(Gone):
        look_at(sides.session(), HINT, EventKey(ROOM_A, "new"))
    look_at(sides.session(), HINT, EventKey("elsewhere", "new"))


def test_a_shifted_series_takes_its_bookings_along_before_anything_is_made(sides: Sides) -> None:
    old = sides.draw("root_20261124T110000Z", NOON, series="root")
    applied(sides, old)
    del sides.events[old.key]
    new = sides.draw("root_R1_20261124T180000Z", EVENING, series="root_R1")
    assert applied(sides, Tombstone(old.key, "root"), new) == Applied(1)
    assert [each.starts for each in sides.bookings.values()] == [EVENING.start]
    followed = sides.link_of(new.key)
    assert followed is not None
    assert (followed.life, sides.link_of(old.key)) == (Active(), None)


def shifted(sides: Sides, *days: int) -> list[Any]:
    """A series with a booking on each of these days in November that a person has shifted to the evening; its page."""

    def on(when: Timed, day: int) -> Timed:
        return Timed(when.start.replace(day=day), when.end.replace(day=day))

    old = [sides.draw(f"root_202611{day}T110000Z", on(NOON, day), series="root") for day in days]
    assert applied(sides, *old) == Applied(len(days))
    sides.events.clear()
    new = [sides.draw(f"root_R1_202611{day}T180000Z", on(EVENING, day), series="root_R1") for day in days]
    return [*(Tombstone(each.key, "root") for each in old), *new]


@pytest.mark.parametrize(
    "life",
    [
        Detached("undone"),
        Detached("booking_gone"),
        Paused("too_often", NOW, Active()),
        Held("booking_gone", Side.EVENT),
    ],
    ids=lambda life: life.kind,
)
def test_a_pair_that_is_not_kept_in_step_follows_its_series_and_stays_as_it_is(sides: Sides, life: Any) -> None:
    page = shifted(sides, 24, 25)
    link = sides.link_of(page[1].key)
    assert link is not None
    saved(sides, replace(link, life=life))
    before = sides.bookings["2"]
    if its_booking_is_gone := isinstance(life, Held):
        del sides.bookings["2"]
    applied(sides, *page)
    followed = sides.link_of(page[3].key)
    assert followed is not None
    assert (followed.booking_id, followed.state) == ("2", life.kind)
    assert sides.bookings["1"].starts == EVENING.start
    assert sides.bookings.get("2", before) == before
    assert len(sides.bookings) == 2 - its_booking_is_gone


@pytest.mark.parametrize("life", [Detached("undone"), Held("booking_gone", Side.EVENT)], ids=lambda life: life.kind)
def test_an_occurrence_that_is_left_alone_stays_so_also_where_only_a_list_shows_that_its_series_was_shifted(
    sides: Sides, life: Any
) -> None:
    *_, new = shifted(sides, 24)
    link = sides.link_of(EventKey(ROOM_A, "root_20261124T110000Z"))
    assert link is not None
    saved(sides, replace(link, life=life))
    if isinstance(life, Held):
        del sides.bookings["1"]
    applied(sides, new, listed=True)
    followed = sides.link_of(new.key)
    assert followed is not None
    assert followed.state == life.kind
    assert "make" not in sides.calls


@pytest.mark.parametrize("life", [Detached("undone"), Held("booking_gone", Side.EVENT)], ids=lambda life: life.kind)
def test_an_occurrence_that_is_left_alone_and_was_deleted_keeps_no_later_one_from_becoming_a_booking(
    sides: Sides, life: Any
) -> None:
    old = sides.draw("root_20261124T110000Z", NOON, series="root")
    applied(sides, old)
    link = sides.link_of(old.key)
    assert link is not None
    saved(sides, replace(link, life=life))
    del sides.events[old.key]
    applied(sides, Tombstone(old.key, "root"))
    later = Timed(NOON.start + timedelta(days=7), NOON.end + timedelta(days=7))
    applied(sides, sides.draw("root_20261201T110000Z", later, series="root"))
    assert [each.starts for each in sides.bookings.values()] == [NOON.start, later.start]


def test_a_removal_is_held_of_what_is_kept_in_step_only_where_another_series_may_continue_it(sides: Sides) -> None:
    *gone, first, second = shifted(sides, 24, 25)
    parted = sides.link_of(gone[0].key)
    assert parted is not None
    saved(sides, replace(parted, life=Detached("undone")))
    new = [
        replace(each, key=EventKey(ROOM_A, f"else_{n}"), series="else", title="Yoga")
        for n, each in enumerate((first, second))
    ]
    applied(sides, *gone, *new)
    assert [link.state.value for each in gone if (link := sides.link_of(each.key))] == ["detached", "held"]


def test_a_shifted_series_stops_when_its_time_is_up_and_goes_on_when_its_page_is_applied_again(sides: Sides) -> None:
    page = shifted(sides, 24, 25, 26)
    assert applied(sides, *page, until=NOW) == Applied(1, finished=False)
    assert sides.calls == ["read booking", "write", "write"]  # its time, and the event's new id
    assert applied(sides, *page) == Applied(2)
    assert "make" not in sides.calls
    assert [(each.starts.day, each.starts.hour) for each in sides.bookings.values()] == [(24, 18), (25, 18), (26, 18)]


def test_a_shifted_series_that_is_followed_in_time_counts_each_booking_once(sides: Sides) -> None:
    assert applied(sides, *shifted(sides, 24, 25, 26), sides.draw("single", TEN)) == Applied(4)
    assert sides.calls.count("make") == 1


def test_a_shifted_series_is_followed_also_where_no_page_shows_what_vanished(sides: Sides) -> None:
    *_, new = shifted(sides, 24)
    assert applied(sides, new) == Applied(1)
    assert [each.starts for each in sides.bookings.values()] == [EVENING.start]


def test_a_new_series_that_continues_two_former_ones_takes_the_bookings_of_both(sides: Sides) -> None:
    tuesday, wednesday = NOON, Timed(NOON.start + timedelta(days=1), NOON.end + timedelta(days=1))
    old = [sides.draw("a_1", tuesday, series="a"), sides.draw("b_1", wednesday, series="b")]
    applied(sides, *old)
    sides.events.clear()
    new = [sides.draw("c_1", tuesday, series="c"), sides.draw("c_2", wednesday, series="c")]
    removed = [Tombstone(each.key, each.series) for each in old]
    assert applied(sides, *removed, *new) == Applied(2)
    assert "make" not in sides.calls
    assert [each.external_id for each in sides.bookings.values()] == ["c_1", "c_2"]


def test_a_booking_that_could_not_follow_its_series_is_tried_once_a_page(sides: Sides) -> None:
    page = shifted(sides, 24)
    sides.tasks.clear()
    sides.fails["write"] = [Transient("busy", reason="busy")]
    assert applied(sides, *page) == Applied(1)
    assert sides.calls.count("write") == 1
    assert [(hint.subject[1], hint.attempt) for hint in sides.looks(Kind.EVENT)] == [("root_R1_20261124T180000Z", 1)]


def test_a_series_that_a_person_made_a_single_event_again_keeps_its_booking(sides: Sides) -> None:
    old = sides.draw("root_20261124T110000Z", NOON, series="root")
    applied(sides, old)
    del sides.events[old.key]
    assert applied(sides, Tombstone(old.key, "root"), sides.draw("root", EVENING)) == Applied(1)
    assert [each.starts for each in sides.bookings.values()] == [EVENING.start]


def test_what_is_left_of_a_series_on_a_list_that_shows_no_removals_keeps_its_booking(sides: Sides) -> None:
    applied(sides, sides.draw("root_20261124T110000Z", NOON, series="root"))
    sides.events.clear()
    assert applied(sides, sides.draw("root", EVENING), listed=True) == Applied(1)
    assert [each.starts for each in sides.bookings.values()] == [EVENING.start]


WEEKLY = [Timed(TEN.start + timedelta(weeks=n), TEN.end + timedelta(weeks=n)) for n in range(3)]


def became_weekly(sides: Sides) -> list[Event]:
    """A person makes a single event with a booking weekly; returns the occurrences."""
    paired(sides, "root", TEN)
    return [sides.draw(f"root_{when.start:%Y%m%d}T090000Z", when, series="root") for when in WEEKLY]


def being_written(sides: Sides) -> list[Event]:
    """The same, while a write to the pair of the single event is under way."""
    weeks = became_weekly(sides)
    there = sides.link_of(EventKey(ROOM_A, "root"))
    assert there is not None
    step = WriteBooking("1", BookingChange(external_id="root"), Why.WRITE_BACK)
    saved(sides, replace(there, intent=Intent("stamp", step, NOW + timedelta(seconds=90), there.base)))
    return weeks


def test_a_first_occurrence_that_is_looked_at_on_its_own_takes_over_the_booking_of_the_single_event(
    sides: Sides,
) -> None:
    first, second, _ = became_weekly(sides)
    look_at(sides.session(), HINT, second.key)
    assert {number: each.external_id for number, each in sides.bookings.items()} == {"1": "root", "2": second.key.id}
    look_at(sides.session(), HINT, first.key)
    assert {number: each.external_id for number, each in sides.bookings.items()} == {
        "1": first.key.id,
        "2": second.key.id,
    }


def test_no_booking_is_made_of_a_first_occurrence_while_the_single_event_cannot_be_read(sides: Sides) -> None:
    first, *_ = became_weekly(sides)
    sides.fails["read event"] = [Transient("busy", reason="busy")] * 2
    applied(sides, first)
    assert [each.external_id for each in sides.bookings.values()] == ["root"]
    applied(sides, first)
    assert [each.external_id for each in sides.bookings.values()] == [first.key.id]


def test_no_booking_is_made_of_a_first_occurrence_while_the_pair_of_the_single_event_is_being_written(
    sides: Sides,
) -> None:
    first, *_ = being_written(sides)
    with pytest.raises(Stale) as error:
        look_at(sides.session(), HINT, first.key)
    assert error.value.reason == "series_root"
    assert len(sides.bookings) == 1


def test_while_a_pair_cannot_go_on_with_a_first_occurrence_only_that_one_is_looked_for(sides: Sides) -> None:
    first, *others = being_written(sides)
    applied(sides, first)
    reads = sides.calls.count("read event")
    applied(sides, *others, first)
    assert (sides.calls.count("read event"), len(sides.bookings)) == (reads, 3)


def test_no_other_booking_follows_to_a_first_occurrence_while_the_single_events_pair_is_being_written(
    sides: Sides,
) -> None:
    first, second, _ = being_written(sides)
    applied(sides, second)
    del sides.events[second.key]
    applied(sides, Tombstone(second.key, "root"), first)
    assert {number: each.external_id for number, each in sides.bookings.items()} == {"1": "root", "2": second.key.id}
    assert sides.link_of(first.key) is None


def test_a_list_shows_all_that_is_live_and_a_page_of_changes_the_occurrences_of_series(sides: Sides) -> None:
    page = (sides.draw("single", NOON), sides.draw("root_1", TEN, series="root"), Tombstone(EventKey(ROOM_A, "gone")))
    listed, changes = Shown(), Shown()
    apply_page(sides.session(), HINT, Page(ROOM_A, page, listed=True), listed)
    apply_page(sides.session(), HINT, Page(ROOM_A, page), changes)
    assert (listed.live, changes.live) == ({"single", "root_1"}, {"root_1"})
    assert listed.removed == changes.removed == {"gone"}


def test_an_event_that_no_quick_check_can_judge_fails_in_its_own_turn(sides: Sides) -> None:
    odd = sides.draw("odd", AllDay(date.min, date.min + timedelta(days=1)))
    applied(sides, odd, sides.draw("new", NOON), listed=True)
    assert [hint.subject for hint in sides.looks(Kind.EVENT) if hint.attempt] == [(ROOM_A, "odd")]
    assert [each.external_id for each in sides.bookings.values()] == ["new"]


def test_an_occurrence_that_one_booking_follows_is_offered_to_no_other_series(sides: Sides) -> None:
    old = sides.draw("root_20261124T110000Z", NOON, series="root")
    other = sides.draw("other_20261124T110000Z", NOON, series="other")
    applied(sides, old, other)
    del sides.events[old.key], sides.events[other.key]
    new = sides.draw("root_R1_20261124T180000Z", EVENING, series="root_R1")
    applied(sides, Tombstone(old.key, "root"), Tombstone(other.key, "other"), new)
    followed, lost = sides.link_of(new.key), sides.link_of(other.key)
    assert followed is not None
    assert lost is not None
    assert (sides.bookings[followed.booking_id].starts, lost.life) == (
        EVENING.start,
        Grace(NOW + timedelta(seconds=120)),
    )
    assert sides.logged("again") == []


def test_a_new_event_of_a_calendar_that_is_not_followed_is_told_as_such() -> None:
    sides = Sides()
    assert applied(sides, sides.draw("new", NOON, ROOM_B), calendar=ROOM_B) == Applied(0)
    assert not_taken(sides) == {"new": "not_followed"}


def test_somebodys_private_event_that_never_had_a_booking_is_told_as_such(sides: Sides) -> None:
    assert applied(sides, sides.draw("new", NOON, hidden=True)) == Applied(0)
    assert not_taken(sides) == {"new": "hidden"}


def test_an_event_that_came_to_a_calendar_that_is_not_followed_keeps_its_booking() -> None:
    sides = Sides()
    drawn = paired(sides)
    there = EventKey(ROOM_B, drawn.key.id)
    sides.events = {there: replace(drawn, key=there, etag='"9"')}
    assert applied(sides, sides.events[there], calendar=ROOM_B) == Applied(1)
    (standing,) = sides.events.values()
    assert links.of_booking(sides.ports.documents, "7", "1").event == standing.key


def test_an_event_that_came_from_another_calendar_waits_for_no_room(sides: Sides) -> None:
    drawn, gone = paired(sides), sides.draw("gone", NOON, ROOM_B)
    assert applied(sides, gone, calendar=ROOM_B) == Applied(1)
    there = EventKey(ROOM_B, drawn.key.id)
    sides.events = {there: replace(drawn, key=there, etag='"9"')}
    applied(sides, Tombstone(gone.key), sides.events[there], calendar=ROOM_B)
    assert [task for task in sides.tasks if task.name.endswith("-event-room")] == []
    assert links.of_booking(sides.ports.documents, "7", "1").event in sides.events


def test_an_event_of_a_shared_calendar_that_names_no_object_is_told_so() -> None:
    sides = Sides(**A_LINE, mapping=(MappingRow("10", ROOM_A), MappingRow("12", ROOM_A)))
    drawn = sides.draw("new", NOON, created=NOW)
    assert applied(sides, drawn) == Applied(1)
    assert sides.calls == ["patch"]
    assert "#" in sides.events[drawn.key].description


def single_again(sides: Sides, when: Timed = TEN, **more: Any) -> tuple[list[Tombstone], Event]:
    """A person made a series of three weeks with bookings single; returns its tombstones and what is left."""
    weeks = [sides.draw(f"root_{each.start:%Y%m%d}T090000Z", each, series="root") for each in WEEKLY]
    applied(sides, *weeks)
    sides.events.clear()
    return [Tombstone(each.key, "root") for each in weeks], sides.draw("root", when, **more)


def test_a_booking_goes_on_with_the_single_event_in_the_place_of_its_occurrence_whether_or_not_that_is_new(
    sides: Sides,
) -> None:
    removed, single = single_again(sides, transparent=True)
    applied(sides, *removed, single)
    pair = sides.link_of(single.key)
    assert pair is not None
    assert (pair.booking_id, pair.life) == ("1", Active())
    assert [hint.subject for hint in sides.looks(Kind.BOOKING)] == [("2",), ("3",)]  # at the end of their grace


def test_the_booking_of_another_week_does_not_follow_an_event_that_was_just_moved_away(sides: Sides) -> None:
    removed, single = single_again(sides)
    sides.bookings["1"] = replace(sides.bookings["1"], object_id="11")
    applied(sides, *removed, single)
    assert {number: each.starts for number, each in sides.bookings.items()} == {
        f"{n}": when.start for n, when in enumerate(WEEKLY, 1)
    }
    assert list(sides.events) == [EventKey(ROOM_B, "root")]


def test_a_single_event_that_is_looked_at_on_its_own_keeps_the_booking_of_the_occurrence_in_whose_place_it_is(
    sides: Sides,
) -> None:
    _, single = single_again(sides)
    sides.calls.clear()
    look_at(sides.session(), HINT, single.key)
    assert (sides.bookings["1"].external_id, len(sides.bookings)) == ("root", 3)
    assert "find booking" not in sides.calls


def being_made(sides: Sides, event: EventKey) -> Link:
    """An instance made this event of a booking, and died before it knew."""
    sides.book("9", TEN)
    step = InsertEvent(event, Appointment(TEN, event.calendar, ""), Why.BOOKING_MADE)
    making = Intent("stamp", step, NOW + timedelta(seconds=90), base(), entry="entry")
    return saved(sides, link(id="pair", booking_id="9", event=None, life=UNLINKED, base=None, version=0, intent=making))


def test_no_other_booking_follows_to_an_event_that_is_being_made(sides: Sides) -> None:
    """A person made it weekly, and single again, within the lease of the instance that made it."""
    root = EventKey(ROOM_A, ours(sides, "9"))
    mark = Mark("7", being_made(sides, root).id, "stamp")
    later = sides.draw(f"{root.id}_20261201T090000Z", WEEKLY[1], series=root.id, mark=mark)
    applied(sides, later)
    assert [each.external_id for each in sides.bookings.values()] == ["", later.key.id]
    del sides.events[later.key]
    single = sides.draw(root.id, TEN, mark=mark)
    applied(sides, Tombstone(later.key, root.id), single)
    sides.now += timedelta(seconds=90)
    look_at(sides.session(), HINT, single.key)
    assert (sides.bookings["9"].external_id, sides.bookings["2"].starts) == (root.id, WEEKLY[1].start)


def test_no_other_booking_follows_to_an_event_that_is_being_taken_to_its_calendar(sides: Sides) -> None:
    there = sides.link_of(paired(sides, "root", TEN).key)
    assert there is not None
    assert there.event is not None
    step = MoveEvent(there.event, "", ROOM_B, Why.BOOKING_CHANGED)
    saved(sides, replace(there, intent=Intent("stamp", step, NOW + timedelta(seconds=90), there.base)))
    sides.events.clear()
    later = sides.draw("root_20261201T090000Z", WEEKLY[1], ROOM_B, series="root")
    applied(sides, later, calendar=ROOM_B)
    assert [each.external_id for each in sides.bookings.values()] == ["root", later.key.id]
    del sides.events[later.key]
    applied(sides, Tombstone(later.key, "root"), sides.draw("root", TEN, ROOM_B), calendar=ROOM_B)
    assert {number: each.starts for number, each in sides.bookings.items()} == {
        "1": TEN.start,
        "2": WEEKLY[1].start,
    }


def test_a_single_event_takes_over_no_booking_of_another_series(sides: Sides) -> None:
    other = sides.draw("other_20261124T110000Z", NOON, series="other")
    applied(sides, other)
    sides.events.clear()
    single = sides.draw("root", NOON)
    applied(sides, Tombstone(EventKey(ROOM_A, "root_20261124T110000Z"), "root"), Tombstone(other.key, "other"), single)
    there = sides.link_of(other.key)
    assert there is not None
    assert isinstance(there.life, Grace)


def test_a_first_occurrence_is_the_earliest_of_its_own_series_whatever_else_is_on_the_page(sides: Sides) -> None:
    first, second, _ = being_written(sides)
    others = [sides.draw("early", NOON), sides.draw("early_20261124T180000Z", EVENING, series="early")]
    applied(sides, *others, first, second, Tombstone(EventKey(ROOM_A, "root_20261117T090000Z"), "root"))
    assert sides.link_of(first.key) is None
    assert len(sides.bookings) == 4


def test_a_shifted_series_is_followed_also_where_the_booking_of_its_root_is_over(sides: Sides) -> None:
    first, second, _ = became_weekly(sides)
    root = sides.link_of(EventKey(ROOM_A, "root"))
    assert root is not None
    sides.bookings["1"] = replace(sides.bookings["1"], status=70)
    saved(sides, replace(root, life=Closed()))
    del sides.events[first.key]
    applied(sides, second)
    del sides.events[second.key]
    later = Timed(second.when.end, second.when.end + timedelta(hours=1)) if isinstance(second.when, Timed) else NOON
    new = sides.draw("root_20261201T100000Z", later, series="root")
    applied(sides, Tombstone(second.key, "root"), new)
    assert {number: each.external_id for number, each in sides.bookings.items()} == {"1": "root", "2": new.key.id}


def test_a_booking_that_waits_follows_a_series_that_another_ones_single_event_became(sides: Sides) -> None:
    weeks = became_weekly(sides)
    gone = sides.draw(
        "root_20261202T090000Z", Timed(TEN.start + timedelta(days=8), TEN.end + timedelta(days=8)), series="root"
    )
    applied(sides, gone)
    del sides.events[gone.key]
    applied(sides, Tombstone(gone.key, "root"))
    applied(sides, *weeks)
    assert {number: each.external_id for number, each in sides.bookings.items()} == {
        "1": weeks[0].key.id, "2": weeks[1].key.id, "3": weeks[2].key.id
    }  # fmt: skip


def test_two_series_that_were_shifted_take_the_bookings_of_both_along(sides: Sides) -> None:
    evening = {name: Timed(EVENING.start + n * DAY, EVENING.end + n * DAY) for n, name in enumerate(("one", "two"))}
    old = [
        sides.draw(f"{name}_202611{24 + n}T110000Z", Timed(NOON.start + n * DAY, NOON.end + n * DAY), series=name)
        for n, name in enumerate(evening)
    ]
    applied(sides, *old)
    sides.events.clear()
    new = [sides.draw(f"{name}_202611{24 + n}T180000Z", evening[name], series=name) for n, name in enumerate(evening)]
    assert applied(sides, *(Tombstone(each.key, each.series) for each in old), *new) == Applied(2)
    assert [each.external_id for each in sides.bookings.values()] == [each.key.id for each in new]


def test_a_first_occurrence_that_is_there_again_does_not_count_as_removed(sides: Sides) -> None:
    first, *others = became_weekly(sides)
    applied(sides, Tombstone(first.key, "root"), *others)
    assert sides.bookings["1"].starts == TEN.start
    assert [each.external_id for each in sides.bookings.values()] == [first.key.id, *(each.key.id for each in others)]


def test_a_first_occurrence_that_is_there_again_does_not_count_as_removed_in_the_next_task_of_its_page(
    sides: Sides,
) -> None:
    """Its booking followed to another series, as if the first were gone."""
    first, *others = became_weekly(sides)
    another = sides.draw("another_20261201T090000Z", EVENING, series="another")
    items: tuple[Item, ...] = (Tombstone(first.key, "root", '"1"'), another, *others)
    shown = Shown()
    assert not apply_page(sides.session(), HINT, Page(ROOM_A, items), shown, NOW).finished
    shown = Shown.of(shown.progress_in(CalendarState(ROOM_A)))
    assert apply_page(sides.session(), HINT, Page(ROOM_A, items), shown).finished
    assert (sides.bookings["1"].starts, sides.bookings["1"].external_id) == (TEN.start, first.key.id)


def test_a_first_occurrence_whose_root_is_gone_waits_for_the_room_of_that(sides: Sides) -> None:
    first, *_ = became_weekly(sides)
    sides.events = {first.key: first}
    applied(sides, Tombstone(EventKey(ROOM_A, "root")))
    sides.tasks.clear()
    look_at(sides.session(), HINT, first.key)
    assert [task.name.rpartition("-")[2] for task in sides.tasks] == ["room"]


def test_the_removal_of_a_single_event_does_not_wait_for_the_last_page_where_deleted_events_are_brought_back() -> None:
    sides = Sides(inbound={"deleted_event": "restore"})
    drawn = paired(sides)
    sides.bin[drawn.key] = sides.events.pop(drawn.key)
    assert applied(sides, Tombstone(drawn.key), more=True) == Applied(1)
    assert list(sides.events) == [drawn.key]


def test_a_booking_that_could_not_follow_its_series_is_left_to_its_own_retry_by_the_next_task(sides: Sides) -> None:
    page = Page(ROOM_A, tuple(shifted(sides, 24, 25, 26)))
    sides.fails["write"] = [Transient("busy", reason="busy")]
    shown = Shown()
    assert not apply_page(sides.session(), HINT, page, shown, NOW).finished
    (failed,) = [hint.subject[1] for hint in sides.looks(Kind.EVENT) if hint.attempt]
    sides.calls.clear()
    assert apply_page(sides.session(), HINT, page, shown).finished
    late = {key.id for key in sides.events} - {each.external_id for each in sides.bookings.values()}
    assert (sides.calls.count("write"), late) == (4, {failed})  # two bookings, each its time and its event's id


def test_a_first_occurrence_becomes_a_booking_where_the_booking_of_its_single_event_is_over(sides: Sides) -> None:
    first, *_ = became_weekly(sides)
    root = sides.link_of(EventKey(ROOM_A, "root"))
    assert root is not None
    over = saved(sides, replace(root, life=Closed()))
    sides.bookings["1"] = replace(sides.bookings["1"], status=70)
    sides.calls.clear()
    look_at(sides.session(), HINT, first.key)
    assert "read event" not in sides.calls[1:]  # that one was read already
    assert sides.link_of(EventKey(ROOM_A, "root")) == over
    assert sides.bookings["2"].external_id == first.key.id


def test_a_changed_first_occurrence_that_has_a_booking_moves_that_also_where_the_single_event_has_one(
    sides: Sides,
) -> None:
    first, second, _ = became_weekly(sides)
    of_first = links.for_new_event(sides.ports.documents, "7", first)
    its = sides.book("9", TEN, external_id=first.key.id)
    there = saved(sides, replace(of_first, booking_id="9", base=base(its), series="root"))
    assert sides.link_of(first.key) == there
    moved = changed(sides, first, when=NOON)
    applied(sides, moved, second)
    assert sides.bookings["9"].starts == NOON.start


def test_a_list_gives_what_is_left_of_a_series_of_ours_to_the_booking_that_it_was_made_for(sides: Sides) -> None:
    """A person made it weekly, so that other bookings came of it, and single again on the day of one of these."""
    name = ours(sides, "9")
    for number, when in (("9", WEEKLY[0]), ("2", WEEKLY[1])):
        key = EventKey(ROOM_A, f"{name}_{when.start:%Y%m%d}T090000Z")
        agreed = base(sides.book(number, when, external_id=key.id))
        saved(sides, link(id=f"pair{number}", booking_id=number, event=key, base=agreed, series=name, version=0))
    later = Timed(WEEKLY[1].end, WEEKLY[1].end + timedelta(hours=1))
    left = sides.draw(name, later, mark=Mark("7", "pair9", "stamp"))
    applied(sides, left, listed=True)
    there = sides.link_of(left.key)
    assert there is not None
    assert there.booking_id == "9"


def test_a_page_whose_time_is_up_while_it_parks_has_looked_at_nothing(sides: Sides) -> None:
    odd = [Unusable(EventKey(ROOM_A, name), "no_start") for name in ("one", "other")]
    assert applied(sides, *odd, until=NOW) == Applied(0, finished=False)
    assert len(items(sides)) == 1


def test_a_single_event_that_became_a_series_goes_on_with_it_also_where_no_time_is_left(sides: Sides) -> None:
    first, *others = became_weekly(sides)
    assert applied(sides, first, *others, until=NOW) == Applied(1, finished=False)
    assert sides.bookings["1"].external_id == first.key.id


def test_each_of_several_former_events_of_a_booking_is_removed(sides: Sides) -> None:
    sides.book("9", NOON)
    of = saved(sides, link(id="pair", booking_id="9", event=None, base=None, generation=2, version=0))
    own, *formers = [sides.draw(ours(sides, "9", each), NOON, mark=Mark("7", of.id, "stamp")) for each in (2, 0, 1)]
    applied(sides, own)
    for former in formers:
        applied(sides, former)
        assert second_looks(sides)
    assert list(sides.events) == [own.key]


def test_an_event_that_became_weekly_while_its_booking_changed_its_room_leaves_no_second_booking(sides: Sides) -> None:
    """The booking takes the first occurrence along, which the page, read before that, still shows."""
    first, *others = became_weekly(sides)
    sides.bookings["1"] = replace(sides.bookings["1"], object_id="11")
    applied(sides, first, *others)
    assert [(each.object_id, each.starts) for each in sides.bookings.values()] == [
        ("11", WEEKLY[0].start), ("10", WEEKLY[1].start), ("10", WEEKLY[2].start)
    ]  # fmt: skip
    assert {each.when for key, each in sides.events.items() if key.calendar == ROOM_B} == {WEEKLY[0]}
