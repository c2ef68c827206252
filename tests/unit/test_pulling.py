"""Pulling a calendar: every change once, in order, and the token is saved after what it stands for."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from functions.application.intake.hints import Hint, Kind, second_look
from functions.application.ports import EventPage, Task, Tombstone
from functions.application.pulling.pull import WHOLE, due_at, pull
from functions.application.scanning import sweep
from functions.application.store import links, parked
from functions.application.store.calendars import CalendarState, Watch, change, state_of
from functions.application.store.integrations import path_of
from functions.domain.model.appointment import Appointment, Timed
from functions.domain.model.errors import (
    AccessRevoked,
    Gone,
    Refused,
    Stale,
    SyncError,
    System,
    TokenExpired,
    Transient,
)
from functions.domain.model.event import Event, EventKey
from functions.domain.model.identity import calendar_hash
from functions.domain.pairing.life import Closed, Detached
from functions.domain.pairing.link import Base, Intent
from functions.domain.pairing.writes import InsertEvent, Why
from tests.unit.sketch import LAST_YEAR, NOON, NOW, ROOM_A, ROOM_B, TEN, base, booking, link, settings
from tests.unit.two_sides import Sides

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
LATE = 35 * SECOND  # as long as one task pulls
POLL = 50 * SECOND  # a round that comes a little early counts
SILENCE = timedelta(minutes=29, seconds=50)


def due(*channels: timedelta, live: bool = True, **more: Any) -> timedelta:
    """Return how long after its last pull a calendar is due, with channels that end so long after it."""
    session: Any = SimpleNamespace(settings=settings())
    there = tuple(Watch(f"c{n}", NOW + ends, live=live) for n, ends in enumerate(channels))
    return due_at(session, CalendarState(ROOM_A, **{"as_of": NOW, "channels": there, **more}), NOW) - NOW


def test_a_calendar_that_was_never_pulled_is_due_at_once() -> None:
    assert due(as_of=None) == timedelta()


def test_without_a_live_channel_it_is_due_every_poll_seconds() -> None:
    assert due() == due(HOUR, live=False) == POLL


def test_with_a_live_channel_it_is_due_after_half_an_hour_of_silence() -> None:
    assert due(timedelta(days=7)) == due(timedelta(seconds=5), timedelta(days=7)) == SILENCE


@pytest.mark.parametrize(
    ("ends", "after"),
    [
        (-SECOND, POLL),
        (40 * SECOND, POLL),
        (timedelta(minutes=10), timedelta(minutes=10)),
        (SILENCE, SILENCE),
        (SILENCE + SECOND, SILENCE),
    ],
)
def test_when_its_last_channel_ends_it_is_due_then(ends: timedelta, after: timedelta) -> None:
    assert due(ends) == after


def test_one_whose_last_channel_ends_at_this_moment_has_been_due_since_its_round() -> None:
    assert due(timedelta(), as_of=NOW - HOUR) == POLL - HOUR


def test_one_that_could_not_be_read_is_tried_less_often_until_it_can_be() -> None:
    assert due(trouble="gone", trouble_at=NOW - HOUR) == timedelta(minutes=-55)
    assert due(trouble="gone", trouble_at=None) == due(trouble="", trouble_at=NOW - HOUR) == POLL


A = calendar_hash(ROOM_A)
HINT = Hint(Kind.CALENDAR, "7", (A,), "pull", NOW)
FIRST, LAST = NOW - timedelta(days=90), NOW + timedelta(days=365)


@pytest.fixture
def sides() -> Sides:
    return Sides()


def state(sides: Sides) -> CalendarState:
    return state_of(sides.ports.documents, "7", ROOM_A)


def set_state(sides: Sides, **more: Any) -> None:
    change(sides.ports.documents, "7", ROOM_A, lambda before: replace(before, **more))


def pulled(sides: Sides, *pages: EventPage, hint: Hint = HINT) -> bool:
    sides.pages = list(pages)
    return pull(sides.session(), hint, A)


def pair(sides: Sides, name: str, **more: Any) -> None:
    """A settled pair of a booking and an event that is no longer there."""
    its = sides.book(name, more.pop("when", TEN))
    agreed = more.pop("base", base(its))
    key = EventKey(ROOM_A, name)
    made = link(id=name, booking_id=name, event=key, version=0, base=agreed, **more)
    sides.ports.documents.transact(lambda tx: links.save(tx, "7", made))


def test_the_first_pull_lists_the_days_kept_in_step_and_later_ones_ask_for_changes(sides: Sides) -> None:
    assert not pulled(sides, EventPage((), sync_token="one"))
    assert sides.asked == [(FIRST, LAST, "")]
    kept = state(sides)
    assert (kept.sync_token, kept.page, kept.listing, kept.as_of) == ("one", "", False, NOW)
    sides.now += timedelta(minutes=5)
    assert not pulled(sides, EventPage((), sync_token="two"))
    assert sides.asked[1:] == [("one", "")]
    kept = state(sides)
    assert (kept.sync_token, kept.as_of, kept.pull_started, kept.calls) == ("two", sides.now, sides.now, 2)
    assert (kept.lease, kept.lease_until) == ("", None)


def test_a_new_event_becomes_a_booking_and_the_pull_says_that_it_looked(sides: Sides) -> None:
    assert pulled(sides, EventPage((sides.draw("new", NOON),), sync_token="one"))
    assert [each.external_id for each in sides.bookings.values()] == ["new"]
    (line,) = sides.logged("pulled")
    assert line == {"int_id": "7", "calendar": A, "events": 1, "pages": 1, "changed": 1, "hint": "pull"}


def test_pages_are_followed_and_each_is_saved_before_the_next_one(sides: Sides) -> None:
    set_state(sides, sync_token="token")
    sides.fails["list"] = []
    pages = (EventPage((sides.draw("a", NOON),), "page2"), EventPage((sides.draw("b", TEN),), "", "next"))
    assert pulled(sides, *pages)
    assert sides.asked == [("token", ""), ("token", "page2")]
    assert len(sides.bookings) == 2
    assert (state(sides).sync_token, state(sides).page) == ("next", "")


def test_a_pull_that_was_cut_short_goes_on_with_its_page_and_its_days(sides: Sides) -> None:
    began = NOW - timedelta(hours=1)
    set_state(sides, page="page2", listing=True, pull_started=began)
    pulled(sides, EventPage((), sync_token="one"))
    assert sides.asked == [(began - timedelta(days=90), began + timedelta(days=365), "page2")]
    assert state(sides).as_of == began


def slowly(sides: Sides, took: timedelta, *pages: EventPage) -> None:
    """Let Google take so long for the first of its pages."""
    left = list(pages)

    def page(_calendar: str, *_: Any, **__: Any) -> EventPage:
        sides.now += took if len(left) == len(pages) else timedelta()
        return left.pop(0)

    sides.changes = sides.between = page  # type: ignore[method-assign]  # a Google that takes its time


@pytest.mark.parametrize("token", ["token", ""], ids=["changes", "a list"])
def test_a_pull_stops_after_its_time_and_the_next_task_goes_on(sides: Sides, token: str) -> None:
    set_state(sides, sync_token=token)
    slowly(sides, 16 * SECOND, EventPage((), "page2"))
    pulled(sides, hint=replace(HINT, source="poll"))
    kept = state(sides)
    assert (kept.page, kept.as_of, kept.sync_token, kept.listing) == ("page2", None, token, not token)
    (again,) = sides.looks(Kind.CALENDAR)
    assert (again.source, sides.tasks[0].due) == ("pull", sides.now)
    assert sides.tasks[0].name.endswith("-calendar-more")


def test_another_page_begins_for_as_long_as_there_is_time_for_it(sides: Sides) -> None:
    slowly(sides, 15 * SECOND, EventPage((), "page2"), EventPage((), sync_token="one"))
    pulled(sides)
    assert (state(sides).sync_token, sides.looks(Kind.CALENDAR)) == ("one", [])


def test_a_page_whose_time_is_up_is_applied_again(sides: Sides) -> None:
    set_state(sides, sync_token="token")
    events = (sides.draw("a", NOON), sides.draw("b", TEN))
    slow = sides.session()
    before = slow.reservations.check

    def check(*asked: Any) -> None:
        sides.now += LATE
        before(*asked)

    sides.pages = [EventPage(events, "page2")]
    object.__setattr__(slow.reservations, "check", check)
    pull(slow, HINT, A)
    assert len(sides.bookings) == 1
    assert (state(sides).page, state(sides).sync_token) == ("", "token")
    assert len(sides.looks(Kind.CALENDAR)) == 1


def test_a_dead_token_begins_a_full_list_and_a_dead_page_the_pull(sides: Sides) -> None:
    set_state(sides, sync_token="dead")
    sides.fails["list"] = [TokenExpired("410")]
    pulled(sides, EventPage((), sync_token="one"))
    assert sides.asked == [("dead", ""), (FIRST, LAST, "")]
    assert state(sides).calls == 2
    for error in (Refused("no such page"), Transient("busy")):
        sides.asked = []
        set_state(sides, sync_token="one", page="dead")
        sides.fails["list"] = [error]
        if isinstance(error, Transient):
            with pytest.raises(Transient):
                pulled(sides, EventPage((), sync_token="two"))
            assert state(sides).page == "dead"
        else:
            pulled(sides, EventPage((), sync_token="two"))
            assert sides.asked == [("one", "dead"), ("one", "")]
            assert state(sides).sync_token == "two"


@pytest.mark.parametrize("kept", [{"sync_token": "one"}, {"sync_token": ""}], ids=["changes", "a list"])
def test_what_google_refuses_at_the_first_page_is_shown_and_tried_less_often(
    sides: Sides, kept: dict[str, str]
) -> None:
    set_state(sides, **kept)
    for error in (Refused("no", reason="forbidden"), Gone("no", reason="calendar_gone")):
        sides.fails["list"] = [error]
        with pytest.raises(type(error)):
            pulled(sides)
        assert (state(sides).trouble, state(sides).trouble_at) == (error.reason, NOW)
        assert (state(sides).lease, state(sides).sync_token) == ("", kept["sync_token"])
    pulled(sides, EventPage((), sync_token="two"))
    assert (state(sides).trouble, state(sides).trouble_at) == ("", None)


def test_a_token_that_is_dead_before_there_is_one_is_tried_again_later(sides: Sides) -> None:
    sides.fails["list"] = [TokenExpired("410", reason="expired")]
    with pytest.raises(Transient) as error:
        pulled(sides)
    assert error.value.reason == "expired"


def test_a_full_list_after_a_dead_token_shows_the_days_as_of_its_own_beginning(sides: Sides) -> None:
    def dead(*_: Any, **__: Any) -> EventPage:
        sides.now += HOUR
        raise TokenExpired("410")

    sides.changes = dead  # type: ignore[method-assign]  # a Google that takes its time
    set_state(sides, sync_token="dead")
    pulled(sides, EventPage((), sync_token="one"))
    assert sides.asked == [(FIRST + HOUR, LAST + HOUR, "")]
    assert state(sides).as_of == NOW + HOUR


def test_a_round_that_fails_is_a_line_in_the_log_because_the_next_one_comes_soon(sides: Sides) -> None:
    sides.fails["list"] = [Transient("busy", reason="busy"), Transient("busy", reason="busy")]
    assert not pulled(sides, hint=replace(HINT, source="poll"))
    assert sides.logged("again") == [{"int_id": "7", "kind": "calendar", "reason": "busy"}]
    with pytest.raises(Transient):
        pulled(sides)
    assert (state(sides).lease, state(sides).calls) == ("", 2)


def test_one_pull_at_a_time_works_on_a_calendar_and_the_other_waits(sides: Sides) -> None:
    set_state(sides, lease="another", lease_until=NOW + timedelta(seconds=1))
    assert not pulled(sides)
    assert sides.asked == []
    (task,) = sides.tasks
    assert (task.due - NOW, Hint.of(task.body).source) == (timedelta(seconds=2), "waited")
    set_state(sides, lease_until=NOW)
    pulled(sides, EventPage((), sync_token="one"))
    assert state(sides).sync_token == "one"


def test_those_that_wait_for_another_pull_within_two_seconds_share_a_task(sides: Sides) -> None:
    set_state(sides, lease="another", lease_until=NOW + timedelta(seconds=9))
    for _ in range(3):
        assert not pulled(sides)
        sides.now += timedelta(seconds=1)
    first, second, third = (task.name for task in sides.tasks)
    assert first == second != third
    assert first.endswith("-calendar-waited")


def test_a_pull_that_was_taken_over_saves_nothing_more(sides: Sides) -> None:
    def taken_over(*_: Any, **__: Any) -> EventPage:
        set_state(sides, lease="another")
        return EventPage((), sync_token="one")

    sides.between = taken_over  # type: ignore[method-assign]  # a Google that takes its time
    with pytest.raises(Stale) as error:
        pulled(sides)
    assert error.value.reason == "lease_over"
    assert (state(sides).sync_token, state(sides).lease) == ("", "another")


def test_the_lease_is_prolonged_and_new_channels_are_kept_with_each_page(sides: Sides) -> None:
    seen = []

    def page(*_: Any, **__: Any) -> EventPage:
        seen.append(state(sides).lease_until)
        set_state(sides, channels=(Watch("c", NOW),))
        sides.now += timedelta(seconds=10)
        return EventPage((), "page2") if len(seen) == 1 else EventPage((), sync_token="one")

    sides.between = page  # type: ignore[method-assign]  # a Google that takes its time
    pulled(sides)
    lease = timedelta(seconds=90)
    assert seen == [NOW + lease, NOW + timedelta(seconds=10) + lease]
    assert state(sides).channels == (Watch("c", NOW),)


def test_a_calendar_that_is_not_ours_or_with_inbound_off_is_not_pulled(sides: Sides) -> None:
    assert not pull(sides.session(), HINT, calendar_hash("unknown"))
    assert sides.logged("dropped") == [{"int_id": "7", "reason": "unknown_calendar"}]
    off = Sides(inbound={"enabled": False})
    assert not pulled(off)
    assert off.logged("dropped") == [{"int_id": "7", "reason": "unknown_calendar"}]
    assert off.asked == []


def notified(state: str = "exists", channel: str = "c") -> Hint:
    return replace(HINT, source="notification", detail=f"{channel} {state}")


def test_a_notification_counts_from_a_channel_of_ours_only(sides: Sides) -> None:
    assert not pulled(sides, hint=notified())
    assert sides.logged("dropped") == [{"int_id": "7", "reason": "unknown_channel"}]
    set_state(sides, channels=(Watch("c", NOW + timedelta(days=7)),))
    pulled(sides, EventPage((), sync_token="one"), hint=notified())
    assert state(sides).sync_token == "one"
    assert state(sides).channels[0].live
    assert sides.logged("unknown_state") == []


def test_the_first_message_of_a_channel_pulls_nothing_and_an_unknown_one_is_logged(sides: Sides) -> None:
    set_state(sides, channels=(Watch("c", NOW + timedelta(days=7)),))
    assert not pulled(sides, hint=notified("sync"))
    assert (sides.asked, state(sides).channels[0].live) == ([], True)
    pulled(sides, EventPage((), sync_token="one"), hint=notified("x" * 30))
    assert sides.logged("unknown_state") == [{"int_id": "7", "state": "x" * 20}]


def test_a_burst_of_notifications_is_one_pull_and_another_when_it_is_its_turn(sides: Sides) -> None:
    set_state(sides, channels=(Watch("c", NOW + timedelta(days=7)),), pull_started=NOW - SECOND, sync_token="one")
    assert not pulled(sides, hint=notified())
    (task,) = sides.tasks
    assert (sides.asked, task.due, Hint.of(task.body).source) == ([], NOW + SECOND / 2, "waited")
    assert task.name.endswith("-calendar-in-turn")
    set_state(sides, pull_started=NOW - 1.5 * SECOND)
    pulled(sides, EventPage((), sync_token="two"), hint=notified())
    assert state(sides).sync_token == "two"


def test_the_night_compares_the_whole_window_whatever_the_token(sides: Sides) -> None:
    set_state(sides, sync_token="one")
    pulled(sides, EventPage((), sync_token="two"), hint=replace(HINT, detail="whole"))
    assert sides.asked == [(FIRST, LAST, "")]
    assert (state(sides).sync_token, state(sides).listing) == ("two", False)


def forgetting(sides: Sides) -> None:
    """Let Google refuse its second page once."""
    between = sides.between
    refused: list[Exception] = [Refused("no such page")]

    def page(*asked: Any, page: str = "") -> EventPage:
        sides.fails["list"] = refused if page else []
        return between(*asked, page=page)

    sides.between = page  # type: ignore[method-assign, assignment]  # a Google that forgets its pages


def test_a_comparison_of_the_whole_window_whose_next_page_is_dead_begins_again(sides: Sides) -> None:
    set_state(sides, sync_token="one")
    forgetting(sides)
    pulled(sides, EventPage((), "page2"), EventPage((), sync_token="two"), hint=replace(HINT, detail="whole"))
    assert sides.asked == [(FIRST, LAST, ""), (FIRST, LAST, "page2"), (FIRST, LAST, "")]


def test_a_full_list_after_a_dead_token_does_not_ask_for_that_token_again(sides: Sides) -> None:
    set_state(sides, sync_token="dead")
    sides.fails["list"] = [TokenExpired("410")]
    forgetting(sides)
    pulled(sides, EventPage((), "page2"), EventPage((), sync_token="two"))
    assert sides.asked == [("dead", ""), (FIRST, LAST, ""), (FIRST, LAST, "page2"), (FIRST, LAST, "")]


def test_the_last_page_is_kept_until_what_the_list_did_not_show_is_looked_up(sides: Sides) -> None:
    pair(sides, "gone")
    sides.fails["read booking"] = [AccessRevoked("no", reason="login", side=System.IRESERVE)]
    with pytest.raises(AccessRevoked):
        pulled(sides, EventPage((), "page2"), EventPage((), sync_token="one"))
    assert (state(sides).page, state(sides).listing, state(sides).as_of) == ("page2", True, None)


def writing(agreed: Base | None) -> dict[str, Any]:
    """A pair whose first event was being made, with these hours, when an instance crashed."""
    step = InsertEvent(EventKey(ROOM_A, "x"), Appointment(TEN, ROOM_A, ""), Why.BOOKING_MADE)
    return {"base": None, "intent": Intent("stamp", step, NOW, agreed)}


def at_the_edge(when: Timed) -> Base:
    return base(booking(when))


def test_what_a_full_list_did_not_show_is_looked_up_one_by_one(sides: Sides) -> None:
    for name, more in (
        ("gone", {}),
        ("closed", {"life": Closed()}),
        ("parted", {"life": Detached("undone")}),
        ("past", {"base": base(booking(LAST_YEAR))}),
        ("before", {"base": at_the_edge(Timed(FIRST - HOUR, FIRST))}),
        ("after", {"base": at_the_edge(Timed(LAST, LAST + HOUR))}),
        ("unknown", {"base": None}),
        ("unmade past", writing(base(booking(LAST_YEAR)))),
    ):
        pair(sides, name, **more)
    pair(sides, "there")
    shown = sides.draw("there", TEN)
    pulled(sides, EventPage((shown,), sync_token="one"))
    assert sides.calls[:6] == ["list", "read event", "read booking", "read event", "read event", "revive"]
    assert sides.calls.count("read event") == 3
    assert set(sides.events) == {shown.key, replace(shown.key, id="gone")}
    (first, *later) = [body for _, body in sides.ports.documents.find(path_of("7", "journal"))]
    assert first["why"] == "made_again"
    assert {entry["hint"] for entry in (first, *later)} == {"full_list"}


@pytest.mark.parametrize("agreed", [base(), None], ids=["with its hours", "without"])
def test_a_write_that_a_crash_cut_short_is_looked_up_like_any_other(sides: Sides, agreed: Base | None) -> None:
    pair(sides, "unmade", **writing(agreed))
    pulled(sides, EventPage((), sync_token="one"))
    assert sides.calls[:3] == ["list", "read event", "read booking"]


@pytest.mark.parametrize("when", [Timed(FIRST - HOUR, FIRST + SECOND), Timed(LAST - SECOND, LAST + HOUR)], ids=str)
def test_what_reaches_into_the_days_kept_in_step_is_looked_up(sides: Sides, when: Timed) -> None:
    pair(sides, "gone", base=at_the_edge(when))
    pulled(sides, EventPage((), sync_token="one"))
    assert sides.calls[:3] == ["list", "read event", "read booking"]


def test_changes_show_what_is_gone_by_tombstones_and_nothing_else_is_looked_up(sides: Sides) -> None:
    pair(sides, "gone")
    set_state(sides, sync_token="one")
    pulled(sides, EventPage((), sync_token="two"))
    assert sides.calls == ["list"]
    assert pulled(sides, EventPage((Tombstone(EventKey(ROOM_A, "gone")),), sync_token="three"))


def test_what_there_is_no_time_for_is_left_to_tasks_in_the_lane_of_the_backfill(sides: Sides) -> None:
    pair(sides, "gone")
    slowly(sides, LATE + SECOND, EventPage((), sync_token="one"))
    pulled(sides, hint=replace(HINT, detail="whole"))
    (look,) = sides.looks(Kind.EVENT)
    assert (look.subject, look.source, look.detail) == ((ROOM_A, "gone"), "full_list", "")
    assert [(task.lane, task.name.endswith("-event-ghost")) for task in sides.tasks] == [("backfill", True)]
    assert (state(sides).sync_token, sides.events) == ("one", {})


def test_what_there_is_just_time_for_is_looked_up_at_once(sides: Sides) -> None:
    pair(sides, "gone")
    slowly(sides, LATE, EventPage((), sync_token="one"))
    pulled(sides)
    assert (sides.tasks, [key.id for key in sides.events]) == ([], ["gone"])


def test_of_a_series_that_lost_an_occurrence_the_others_are_looked_up_from_the_latest_until_one_exists(
    sides: Sides,
) -> None:
    names = [f"root_202611{day}T090000Z" for day in (24, 25, 26, 27)]
    for name in names:
        pair(sides, name, series="root")
    sides.draw(names[1], TEN)
    set_state(sides, sync_token="one")
    pulled(sides, EventPage((Tombstone(EventKey(ROOM_A, names[0]), "root"),), sync_token="two"))
    made_again = {key.id for key in sides.events}
    assert made_again == {*names}
    assert sides.calls.count("revive") == 3
    hints = {body["hint"] for _, body in sides.ports.documents.find(path_of("7", "journal"))}
    assert hints == {"pull", "series"}
    assert state(sides).calls == 4  # one list, and three of the siblings
    assert sides.calls.count("read event") == 9  # none twice for one question


def test_siblings_that_there_is_no_time_for_are_left_to_tasks(sides: Sides) -> None:
    names = [f"root_202611{day}T090000Z" for day in (24, 25, 26)]
    for name in names:
        pair(sides, name, series="root")
    set_state(sides, sync_token="one")
    sides.took = 20 * SECOND
    pulled(sides, EventPage((Tombstone(EventKey(ROOM_A, names[0]), "root"),), sync_token="two"))
    assert [(hint.subject[1], hint.source) for hint in sides.looks(Kind.EVENT)] == [
        (names[2], "series"),
        (names[1], "series"),
    ]
    assert (state(sides).sync_token, state(sides).calls) == ("two", 1)


def test_while_a_scan_fills_a_calendar_its_notifications_share_a_pull_a_minute(sides: Sides) -> None:
    channels = (Watch("c", NOW + timedelta(days=7)),)
    set_state(sides, channels=channels, filled_until=NOW + SECOND, sync_token="one")
    for at in (NOW, NOW - 3 * SECOND, None):
        assert not pulled(sides, hint=replace(notified(), at=at))
    assert sides.asked == []
    assert {(task.due, task.body["source"]) for task in sides.tasks} == {(NOW + 22 * SECOND, "waited")}
    (name,) = {task.name for task in sides.tasks}
    assert name.endswith("-calendar-filled")
    sides.now += 22 * SECOND  # as that pull begins, the next minute does
    set_state(sides, filled_until=sides.now + SECOND)
    assert not pulled(sides, hint=notified())
    assert sides.tasks[-1].due == NOW + 82 * SECOND


def test_calendars_that_are_filled_together_are_pulled_at_a_second_of_their_own(sides: Sides) -> None:
    channels, until = (Watch("c", NOW + timedelta(days=7)),), NOW + SECOND
    for calendar in (ROOM_A, ROOM_B):
        change(sides.ports.documents, "7", calendar, lambda it: replace(it, channels=channels, filled_until=until))
        assert not pull(sides.session(), notified(), calendar_hash(calendar))
    assert [task.due - NOW for task in sides.tasks] == [22 * SECOND, 16 * SECOND]


def test_a_notification_needs_no_pull_if_a_whole_one_began_as_late_as_the_look_it_shares(sides: Sides) -> None:
    channels, first = (Watch("c", NOW + timedelta(days=7)),), NOW - timedelta(seconds=10)
    shared = second_look(first)  # also of one that came up to four seconds later
    for began in (shared, NOW):
        set_state(sides, channels=channels, as_of=began, sync_token="one")
        assert not pulled(sides, hint=replace(notified(), at=first))
    assert sides.asked == []
    for other in (shared - SECOND, NOW + SECOND):  # too early for the last of them; a clock that was set back
        set_state(sides, channels=channels, as_of=other, sync_token="one", pull_started=None)
        pulled(sides, EventPage((), sync_token="two"), hint=replace(notified(), at=first))
        assert state(sides).sync_token == "two"


def test_after_a_scan_has_filled_a_calendar_each_notification_is_followed_at_once(sides: Sides) -> None:
    channels = (Watch("c", NOW + timedelta(days=7)),)
    set_state(sides, channels=channels, filled_until=NOW, sync_token="one")
    pulled(sides, EventPage((), sync_token="two"), hint=replace(notified(), at=NOW))
    assert state(sides).sync_token == "two"


def test_an_event_that_a_full_list_did_not_show_and_google_does_not_give_is_asked_for_again(sides: Sides) -> None:
    pair(sides, "gone")
    sides.fails["read event"] = [Transient("busy", reason="busy")]
    pulled(sides, EventPage((), sync_token="one"))
    (look,) = sides.looks(Kind.EVENT)
    assert (look.subject, look.attempt) == ((ROOM_A, "gone"), 1)


def lost_an_occurrence(sides: Sides, monkeypatch: pytest.MonkeyPatch, error: SyncError) -> EventPage:
    """A series of three loses its first occurrence, while Google does not give the last one."""
    names = [f"root_202611{day}T090000Z" for day in (24, 25, 26)]
    for name in names:
        pair(sides, name, series="root")
    set_state(sides, sync_token="one")
    read = sides.read

    def fails(key: EventKey) -> Event | Tombstone:
        if key.id == names[-1]:
            raise error
        return read(key)

    monkeypatch.setattr(sides, "read", fails)
    return EventPage((Tombstone(EventKey(ROOM_A, names[0]), "root"),), sync_token="two")


def test_an_occurrence_that_google_never_gives_holds_up_no_other_change_of_the_calendar(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulled(sides, lost_an_occurrence(sides, monkeypatch, Transient("no")))
    assert state(sides).sync_token == "two"
    looks = {look.subject[1]: look.attempt for look in sides.looks(Kind.EVENT)}
    assert looks == {"root_20261126T090000Z": 1, "root_20261125T090000Z": 0}


def test_a_series_that_lost_an_occurrence_is_pulled_again_if_google_refuses_the_login(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AccessRevoked):
        pulled(sides, lost_an_occurrence(sides, monkeypatch, AccessRevoked("no", reason="dead", side=System.GOOGLE)))
    assert state(sides).sync_token == "one"


def test_a_search_that_failed_the_first_time_pulls_the_calendars_when_it_is_tried_again(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was taken for the one that follows a search already under way, which needs no pulls."""
    asked = Hint(Kind.SWEEP, "7", (), "mended", NOW)
    with monkeypatch.context() as failing:
        failing.setattr(Sides, "put", _no_queue)
        with pytest.raises(Transient):
            sweep.asked_for(sides.session(), asked)
    sweep.asked_for(sides.session(), replace(asked, attempt=1))
    assert {hint.subject for hint in sides.looks(Kind.CALENDAR)} == {
        (calendar_hash(each),) for each in sides.session().settings.calendars
    }


def _no_queue(*_: Task) -> bool:
    raise Transient("the queue does not answer", reason="queue")


def test_a_calendar_to_be_compared_in_full_is_so_after_the_pull_that_is_under_way(sides: Sides) -> None:
    """The night's look went on with that one instead, and was over with it."""
    set_state(sides, sync_token="one", page="page2", pull_started=NOW)
    whole = replace(HINT, source="night", detail=WHOLE)
    pulled(sides, EventPage((), sync_token="two"), hint=whole)
    (again,) = sides.looks(Kind.CALENDAR)
    assert (again, sides.tasks[0].name.rpartition("-")[2]) == (whole, "whole")
    pulled(sides, EventPage((), sync_token="three"), hint=again)
    assert sides.asked == [("one", "page2"), (FIRST, LAST, "")]
    assert len(sides.looks(Kind.CALENDAR)) == 1


def test_a_link_that_cannot_be_read_is_told_by_a_full_list_and_the_others_are_looked_up(sides: Sides) -> None:
    pair(sides, "damaged")
    pair(sides, "gone")
    path = path_of("7", "links", "damaged")
    newer = {**(sides.ports.documents.get(path) or {}), "schema": 99}
    sides.ports.documents.transact(lambda tx: tx.put(path, newer))
    pulled(sides, EventPage((), sync_token="one"))
    ((_, item),) = parked.every(sides.ports, "7")
    assert item["subject"] == [A, "damaged"]
    assert [key.id for key in sides.events] == ["gone"]
