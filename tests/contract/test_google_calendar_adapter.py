"""The adapter keeps the promises of the port `Calendars`, within the budget of calls."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from connected_google import HOLIDAYS, ROOM_A, ROOM_B, ConnectedGoogle

from functions.application.ports import CalendarEntry, EventPage, Tombstone, Unusable, pages
from functions.domain.model.appointment import AllDay, Appointment, Timed
from functions.domain.model.errors import Gone, Malformed, Refused, Stale, Taken, TokenExpired
from functions.domain.model.event import Event, EventKey, Mark, MeetState
from functions.domain.pairing.writes import EventChange
from tests.harness.machine_clock import now

START = datetime(2026, 3, 10, 9, tzinfo=UTC)
HOUR = Timed(START, START + timedelta(hours=1))
LATER = Timed(START + timedelta(hours=2), START + timedelta(hours=3))
KEY = EventKey(ROOM_A, "booking00001")
MARK = Mark("7", "link", "stamp1")
GUEST = "customer@example.org"


@pytest.fixture
def google() -> ConnectedGoogle:
    return ConnectedGoogle()


def content(**fields: Any) -> Appointment:
    return Appointment(**{"when": HOUR, "calendar": ROOM_A, "title": "Court 1", **fields})


def made(google: ConnectedGoogle, key: EventKey = KEY, *, notify: bool = False, **fields: Any) -> Event:
    event = google.calendars.insert(key, content(**fields), "text", MARK, notify=notify)
    google.forget()
    return event


def listed(google: ConnectedGoogle, calendar: str, token: str = "") -> list[EventPage]:
    return list(pages(lambda page: google.calendars.changes(calendar, sync_token=token, page=page)))


def items(found: list[EventPage]) -> list[Event | Tombstone | Unusable]:
    return [item for page in found for item in page.items]


def test_the_calendars_of_the_account_are_listed_with_what_may_be_done_there(google: ConnectedGoogle) -> None:
    found = {entry.id: entry for entry in google.calendars.calendars()}
    assert found[ROOM_A] == CalendarEntry(
        ROOM_A, "Room A", writable=True, timezone="Europe/Amsterdam", data_owner="planner@example.org"
    )
    assert not found[HOLIDAYS].writable
    assert [entry.id for entry in found.values() if entry.primary] == ["planner@example.org"]


def test_all_calendars_are_listed_when_there_are_many(google: ConnectedGoogle) -> None:
    for number in range(251):
        google.world.add_calendar(f"room-{number}@group.calendar.google.com", "planner@example.org", f"Room {number}")
    assert len(google.calendars.calendars()) == 255


def test_a_calendar_without_meet_says_so(google: ConnectedGoogle) -> None:
    google.control("PATCH", f"calendars/{ROOM_B}", {"meet": "forbidden"})
    assert [entry.id for entry in google.calendars.calendars() if not entry.meet] == [ROOM_B]


def test_an_event_is_made_in_one_call_with_everything_on_it(google: ConnectedGoogle) -> None:
    wanted = content(guest=GUEST, reminders=(("popup", 10), ("email", 60)), meet=True)
    event = google.calendars.insert(KEY, wanted, "text", MARK, notify=False)
    assert google.calls == ["calendar.events.insert"]
    assert (event.key, event.when, event.title, event.description) == (KEY, HOUR, "Court 1", "text")
    assert [guest.email for guest in event.guests] == [GUEST]
    assert event.reminders == (("popup", 10), ("email", 60))
    assert (event.meet, event.meet_url[:24]) == (MeetState.READY, "https://meet.google.com/")
    assert (event.mark, event.organizer_self) == (MARK, True)
    assert google.calendars.read(KEY) == event
    assert google.violations == []


def test_a_meet_link_can_come_later(google: ConnectedGoogle) -> None:
    google.control("POST", "meet", {"mode": "pending", "seconds": 60})
    assert made(google, meet=True).meet is MeetState.PENDING
    google.control("POST", "clock", {"advance": 61})
    event = google.calendars.read(KEY)
    assert isinstance(event, Event)
    assert event.meet is MeetState.READY


@pytest.mark.parametrize("notify", [True, False])
def test_guests_are_mailed_only_when_that_is_asked(google: ConnectedGoogle, *, notify: bool) -> None:
    event = made(google, guest=GUEST, notify=notify)
    event = google.calendars.patch(event, event.etag, EventChange(when=LATER), MARK, notify=notify)
    event = google.calendars.move(event.key, event.etag, ROOM_B, notify=notify)
    google.calendars.delete(event.key, event.etag, notify=notify)
    assert bool(google.control("GET", "mails")["mails"]) is notify


def test_an_id_that_exists_is_taken_also_when_its_event_is_deleted(google: ConnectedGoogle) -> None:
    event = made(google)
    with pytest.raises(Taken):
        google.calendars.insert(KEY, content(), "text", MARK, notify=False)
    google.calendars.delete(KEY, event.etag, notify=False)
    with pytest.raises(Taken):
        google.calendars.insert(KEY, content(), "text", MARK, notify=False)


def test_an_event_is_moved_in_time_in_one_call(google: ConnectedGoogle) -> None:
    event = made(google)
    changed = google.calendars.patch(
        KEY, event.etag, EventChange(when=LATER), Mark("7", "link", "stamp2"), notify=False
    )
    assert google.calls == ["calendar.events.patch"]
    assert (changed.when, changed.title, changed.mark.stamp) == (LATER, "Court 1", "stamp2")
    assert changed.etag != event.etag


def test_a_timed_event_becomes_an_all_day_one_and_back(google: ConnectedGoogle) -> None:
    event, day = made(google), AllDay(date(2026, 3, 10), date(2026, 3, 12))
    event = google.calendars.patch(KEY, event.etag, EventChange(when=day), MARK, notify=False)
    assert event.when == day
    event = google.calendars.patch(KEY, event.etag, EventChange(when=HOUR), MARK, notify=False)
    assert event.when == HOUR


def test_a_change_to_what_somebody_changed_meanwhile_is_stale(google: ConnectedGoogle) -> None:
    event = made(google)
    google.control("PATCH", f"calendars/{ROOM_A}/events/{KEY.id}", {"summary": "Mine"})
    for write in (
        lambda: google.calendars.patch(KEY, event.etag, EventChange(title="Ours"), MARK, notify=False),
        lambda: google.calendars.delete(KEY, event.etag, notify=False),
    ):
        with pytest.raises(Stale):
            write()
    kept = google.calendars.read(KEY)
    assert isinstance(kept, Event)
    assert kept.title == "Mine"


def test_a_change_of_our_guest_keeps_the_others_and_their_answers(google: ConnectedGoogle) -> None:
    made(google, guest=GUEST)
    people = [{"email": GUEST}, {"email": "friend@example.org", "responseStatus": "accepted", "comment": "late"}]
    google.control("PATCH", f"calendars/{ROOM_A}/events/{KEY.id}", {"attendees": people})
    event = google.calendars.read(KEY)
    assert isinstance(event, Event)
    change = EventChange(guest_in="new@example.org", guest_out=GUEST)
    google.calendars.patch(event, event.etag, change, MARK, notify=False)
    after = google.control("GET", f"calendars/{ROOM_A}/events/{KEY.id}")
    assert {guest["email"]: guest.get("comment") for guest in after["attendees"]} == {
        "friend@example.org": "late",
        "new@example.org": None,
    }


def test_private_properties_of_other_programs_stay(google: ConnectedGoogle) -> None:
    event = made(google)
    google.control(
        "PATCH", f"calendars/{ROOM_A}/events/{KEY.id}", {"extendedProperties": {"private": {"other": "program"}}}
    )
    google.calendars.patch(event.key, "", EventChange(title="New"), MARK, notify=False)
    after = google.control("GET", f"calendars/{ROOM_A}/events/{KEY.id}")
    assert after["extendedProperties"]["private"]["other"] == "program"


def test_meet_is_added_to_an_event_and_taken_off_again(google: ConnectedGoogle) -> None:
    event = made(google)
    event = google.calendars.patch(KEY, event.etag, EventChange(meet=True), MARK, notify=False)
    assert event.meet is MeetState.READY
    event = google.calendars.patch(KEY, event.etag, EventChange(meet=False), MARK, notify=False)
    assert event.meet is MeetState.NONE


def test_an_event_moves_to_another_calendar_in_one_call_under_its_id(google: ConnectedGoogle) -> None:
    event = made(google)
    event = google.calendars.move(KEY, event.etag, ROOM_B, notify=False)
    assert google.calls == ["calendar.events.move"]
    assert event.key == EventKey(ROOM_B, KEY.id)
    assert isinstance(google.calendars.read(KEY), Tombstone)


def test_deleting_takes_one_call_and_deleting_again_says_that_it_is_gone(google: ConnectedGoogle) -> None:
    event = made(google)
    google.calendars.delete(KEY, event.etag, notify=False)
    assert google.calls == ["calendar.events.delete"]
    assert google.calendars.read(KEY) == Tombstone(KEY)
    for key in (KEY, EventKey(ROOM_A, "never00001")):
        with pytest.raises(Gone):
            google.calendars.delete(key, "", notify=False)


def test_a_deleted_event_comes_back_when_revived(google: ConnectedGoogle) -> None:
    event = made(google)
    google.calendars.delete(KEY, event.etag, notify=False)
    back = google.calendars.patch(KEY, "", EventChange(when=LATER), MARK, notify=False, revive=True)
    assert back.when == LATER
    assert google.calendars.read(KEY) == back


def test_what_does_not_exist_is_gone(google: ConnectedGoogle) -> None:
    with pytest.raises(Gone):
        google.calendars.read(EventKey(ROOM_A, "never00001"))
    with pytest.raises(Gone):
        google.calendars.patch(EventKey(ROOM_A, "never00001"), "", EventChange(title="x"), MARK, notify=False)


def test_a_calendar_that_is_gone_is_told_from_an_event_that_is_gone(google: ConnectedGoogle) -> None:
    google.control("DELETE", f"calendars/{ROOM_A}")
    with pytest.raises(Gone) as caught:
        google.calendars.changes(ROOM_A)
    assert caught.value.reason == "calendar_gone"


def test_a_calendar_of_which_the_account_sees_only_when_it_is_taken_is_not_in_reach(google: ConnectedGoogle) -> None:
    assert not google.calendars.reach(HOLIDAYS).writable
    google.control("PATCH", f"calendars/{ROOM_A}", {"access_role": "freeBusyReader"})
    with pytest.raises(Refused) as caught:
        google.calendars.reach(ROOM_A)
    assert caught.value.reason == "calendar_forbidden"


def test_a_calendar_that_may_only_be_read_refuses_writes_and_says_so(google: ConnectedGoogle) -> None:
    with pytest.raises(Refused) as caught:
        google.calendars.insert(EventKey(HOLIDAYS, KEY.id), content(), "text", MARK, notify=False)
    assert caught.value.reason == "calendar_forbidden"


def test_changes_come_page_by_page_with_one_call_each_and_deletions_too() -> None:
    google = ConnectedGoogle(page_size=2)
    events = [made(google, EventKey(ROOM_A, f"booking{number:05}")) for number in range(5)]
    found = listed(google, ROOM_A)
    assert [len(page.items) for page in found] == [2, 2, 1]
    assert google.calls == ["calendar.events.list"] * 3
    google.calendars.delete(events[0].key, events[0].etag, notify=False)
    moved = google.calendars.patch(events[1].key, "", EventChange(when=LATER), MARK, notify=False)
    changed = items(listed(google, ROOM_A, found[-1].sync_token))
    assert sorted(changed, key=lambda item: item.key.id) == [Tombstone(events[0].key), moved]
    assert google.violations == []


@pytest.mark.parametrize("mode", ["usual", "full", "bare"])
def test_deletions_are_seen_however_little_google_says_of_them(google: ConnectedGoogle, mode: str) -> None:
    google.control("POST", "tombstones", {"mode": mode})
    event = made(google)
    token = listed(google, ROOM_A)[-1].sync_token
    google.calendars.delete(KEY, event.etag, notify=False)
    assert items(listed(google, ROOM_A, token)) == [Tombstone(KEY)]


def test_a_removal_is_told_from_the_one_before(google: ConnectedGoogle) -> None:
    event = made(google)
    token = listed(google, ROOM_A)[-1].sync_token
    seen = set[str]()
    for _ in range(2):
        google.calendars.delete(KEY, "", notify=False)
        (removed,) = items(listed(google, ROOM_A, token))
        assert isinstance(removed, Tombstone)
        seen.add(removed.etag)
        google.calendars.patch(KEY, "", EventChange(when=LATER), MARK, notify=False, revive=True)
    assert len(seen - {"", event.etag}) == 2


def test_empty_pages_are_not_the_end(google: ConnectedGoogle) -> None:
    google.control("POST", "pages", {"size": 1, "empty": True})
    made(google)
    made(google, EventKey(ROOM_A, "booking00002"))
    assert len(items(listed(google, ROOM_A))) == 2


def test_a_period_lists_what_overlaps_it_and_its_token_goes_on_from_there(google: ConnectedGoogle) -> None:
    made(google)
    far = Timed(START + timedelta(days=400), START + timedelta(days=400, hours=1))
    made(google, EventKey(ROOM_A, "booking00002"), when=far)
    found = list(pages(lambda page: google.calendars.between(ROOM_A, START, START + timedelta(days=1), page=page)))
    assert [item.key for item in items(found)] == [KEY]
    assert items(listed(google, ROOM_A, found[-1].sync_token)) == []


def test_a_series_is_listed_as_its_occurrences(google: ConnectedGoogle) -> None:
    series = {
        "id": "series0001",
        "start": {"dateTime": "2026-03-10T10:00:00", "timeZone": "Europe/Amsterdam"},
        "end": {"dateTime": "2026-03-10T11:00:00", "timeZone": "Europe/Amsterdam"},
        "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=4"],
    }
    google.control("POST", f"calendars/{ROOM_A}/events", series)
    found = [item for item in items(listed(google, ROOM_A)) if isinstance(item, Event)]
    assert {item.series for item in found} == {"series0001"}
    starts = [item.when.start.hour for item in found if isinstance(item.when, Timed)]
    assert starts == [9, 9, 9, 8]


WEEKLY = {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=3"]}
FIRST = EventKey(ROOM_A, f"{KEY.id}_{START:%Y%m%dT%H%M%SZ}")


def by_hand(google: ConnectedGoogle, **fields: Any) -> None:
    """Change the event as a person does."""
    google.control("PATCH", f"calendars/{ROOM_A}/events/{KEY.id}", fields)


def test_of_an_event_that_became_a_series_the_first_occurrence_is_read_in_a_second_call(
    google: ConnectedGoogle,
) -> None:
    made(google)
    by_hand(google, **WEEKLY)
    event = google.calendars.read(KEY)
    assert isinstance(event, Event)
    assert (event.key, event.series, event.when) == (FIRST, KEY.id, HOUR)
    assert google.calls == ["calendar.events.get"] * 2
    assert google.calendars.read(FIRST) == event


def test_of_a_series_of_days_the_first_day_is_read(google: ConnectedGoogle) -> None:
    made(google)
    day = {"start": {"date": "2026-03-10", "dateTime": None}, "end": {"date": "2026-03-11", "dateTime": None}}
    by_hand(google, **day, **WEEKLY)
    event = google.calendars.read(KEY)
    assert isinstance(event, Event)
    assert event.key == EventKey(ROOM_A, f"{KEY.id}_20260310")


def test_a_first_occurrence_that_a_person_deleted_reads_as_deleted_and_so_does_its_event(
    google: ConnectedGoogle,
) -> None:
    made(google)
    by_hand(google, **WEEKLY)
    google.control("DELETE", f"calendars/{ROOM_A}/events/{FIRST.id}")
    assert google.calendars.read(KEY) == google.calendars.read(FIRST) == Tombstone(FIRST, KEY.id)


def test_a_first_occurrence_that_is_an_excluded_date_reads_as_deleted(google: ConnectedGoogle) -> None:
    made(google)
    by_hand(google, recurrence=[*WEEKLY["recurrence"], f"EXDATE:{START:%Y%m%dT%H%M%SZ}"])
    assert google.calendars.read(KEY) == Tombstone(FIRST, KEY.id)


def test_a_first_occurrence_reads_as_the_single_event_that_its_series_became_and_a_later_one_is_gone(
    google: ConnectedGoogle,
) -> None:
    made(google)
    by_hand(google, **WEEKLY)
    second = next(item for item in items(listed(google, ROOM_A)) if item.key.id > FIRST.id)
    by_hand(google, recurrence=None)
    event = google.calendars.read(FIRST)
    assert isinstance(event, Event)
    assert (event.key, event.series) == (KEY, "")
    with pytest.raises(Gone):
        google.calendars.read(second.key)


@pytest.mark.parametrize("known", [True, False], ids=["etag", "no etag"])
def test_an_event_that_became_a_series_stays_in_its_calendar(google: ConnectedGoogle, *, known: bool) -> None:
    event = made(google)
    by_hand(google, **WEEKLY)
    with pytest.raises(Stale):
        google.calendars.move(KEY, event.etag if known else "", ROOM_B, notify=False)
    assert len(items(listed(google, ROOM_A))) == 3
    assert items(listed(google, ROOM_B)) == []


def test_the_answer_to_a_write_shows_the_first_occurrence_too(google: ConnectedGoogle) -> None:
    made(google)
    by_hand(google, **WEEKLY)
    event = google.calendars.patch(KEY, "", EventChange(when=LATER), MARK, notify=False)
    assert (event.series, event.when) == (KEY.id, LATER)


def test_an_event_that_was_deleted_as_a_series_comes_back_as_one_event(google: ConnectedGoogle) -> None:
    made(google)
    by_hand(google, **WEEKLY)
    google.control("DELETE", f"calendars/{ROOM_A}/events/{KEY.id}")
    google.calendars.patch(KEY, "", EventChange(when=HOUR), MARK, notify=False, revive=True)
    assert [item.key for item in items(listed(google, ROOM_A)) if isinstance(item, Event)] == [KEY]


def test_of_a_series_whose_first_occurrence_was_deleted_only_that_one_comes_back(google: ConnectedGoogle) -> None:
    made(google)
    by_hand(google, **WEEKLY)
    google.control("DELETE", f"calendars/{ROOM_A}/events/{FIRST.id}")
    event = google.calendars.patch(KEY, "", EventChange(when=LATER), MARK, notify=False, revive=True)
    assert (event.key, event.when) == (FIRST, LATER)
    assert len([item for item in items(listed(google, ROOM_A)) if isinstance(item, Event)]) == 3


def test_a_dead_sync_token_asks_for_a_full_comparison(google: ConnectedGoogle) -> None:
    token = listed(google, ROOM_A)[-1].sync_token
    google.control("POST", "sync-tokens/expire")
    with pytest.raises(TokenExpired):
        google.calendars.changes(ROOM_A, sync_token=token)


@pytest.mark.parametrize("tokens", [{"sync_token": "nonsense"}, {"page": "nonsense"}])
def test_a_token_that_google_cannot_read_counts_as_dead(google: ConnectedGoogle, tokens: dict[str, str]) -> None:
    with pytest.raises(TokenExpired):
        google.calendars.changes(ROOM_A, **tokens)


def test_a_channel_expires_when_google_says(google: ConnectedGoogle) -> None:
    channel = google.calendars.watch(ROOM_A, "channel-1", "token", "https://sync.example.org/n", 3600)
    assert channel.id == "channel-1"
    assert abs(channel.expires - now() - timedelta(hours=1)) < timedelta(minutes=1)
    google.calendars.stop(channel.id, channel.resource_id)
    google.calendars.stop(channel.id, channel.resource_id)
    assert google.violations == []


def test_a_calendar_without_notifications_refuses_a_channel_by_its_reason(google: ConnectedGoogle) -> None:
    with pytest.raises(Refused) as caught:
        google.calendars.watch(HOLIDAYS, "channel-1", "token", "https://sync.example.org/n", 3600)
    assert caught.value.reason == "pushNotSupportedForRequestedResource"


def test_an_address_that_google_does_not_accept_refuses_a_channel_by_the_end_of_its_reason(
    google: ConnectedGoogle,
) -> None:
    with pytest.raises(Refused) as caught:
        google.calendars.watch(ROOM_A, "channel-1", "token", "http://sync.example.org/n", 3600)
    assert caught.value.reason == "webhookUrlNotHttps"


def test_an_unusable_event_cannot_be_read_but_does_not_stop_the_page(google: ConnectedGoogle) -> None:
    made(google)
    google.world.calendars[ROOM_A].records[KEY.id].resource["start"] = {"dateTime": "4000-01-01T10:00:00Z"}
    with pytest.raises(Malformed):
        google.calendars.read(KEY)
    assert items(listed(google, ROOM_A)) == [Unusable(KEY, "out_of_range")]
