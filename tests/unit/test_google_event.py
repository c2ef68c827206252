"""Events are translated to and from Google's JSON without losing or inventing anything."""

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.google.event import LATER, insert_body, item_of, page_of, patch_body
from functions.application.ports import Tombstone, Unusable
from functions.domain.model.appointment import AllDay, Appointment, Timed, When
from functions.domain.model.event import Event, EventKey, Guest, Mark, MeetState
from functions.domain.pairing.writes import EventChange

KEY = EventKey("room", "e1")
MARK = Mark("7", "link", "stamp")
HOUR = Timed(datetime(2026, 3, 10, 9, tzinfo=UTC), datetime(2026, 3, 10, 10, tzinfo=UTC))
START = {"dateTime": "2026-03-10T10:00:00+01:00", "timeZone": "Europe/Amsterdam"}
END = {"dateTime": "2026-03-10T11:00:00+01:00", "timeZone": "Europe/Amsterdam"}


def raw(**fields: Any) -> dict[str, Any]:
    return {"id": "e1", "status": "confirmed", "etag": '"1"', "start": START, "end": END, **fields}


def event(**fields: Any) -> Event:
    item = item_of("room", raw(**fields))
    assert isinstance(item, Event)
    return item


moments = st.datetimes(datetime(1971, 1, 1), datetime(2198, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
days = st.dates(date(1971, 1, 1), date(2198, 1, 1))
whens: st.SearchStrategy[When] = st.one_of(
    st.builds(lambda start, length: Timed(start, start + length), moments, st.timedeltas(timedelta(0), timedelta(9))),
    st.builds(lambda first, length: AllDay(first, first + timedelta(length)), days, st.integers(1, 40)),
)
texts = st.text(max_size=30)
reminders = st.lists(st.tuples(st.sampled_from(["popup", "email"]), st.integers(0, 40320)), max_size=5).map(tuple)
appointments = st.builds(
    Appointment,
    when=whens,
    calendar=st.just("room"),
    title=texts,
    guest=st.sampled_from(["", "a@b.nl"]),
    reminders=reminders,
)
marks = st.builds(Mark, int_id=texts, link_id=texts, stamp=texts)


@given(appointments, texts, marks)
def test_an_event_that_was_made_reads_back_as_what_was_meant(content: Appointment, text: str, mark: Mark) -> None:
    body = insert_body(KEY, content, text, mark)
    read = item_of("room", {**body, "etag": '"1"', "organizer": {"self": True}})
    assert isinstance(read, Event)
    assert (read.key, read.when, read.title, read.description) == (KEY, content.when, content.title, text)
    assert (read.reminders, read.mark) == (content.reminders, mark)
    assert [guest.email for guest in read.guests] == ([content.guest] if content.guest else [])


@given(whens, whens)
def test_a_patched_time_replaces_the_old_one_whatever_kind_it_was(before: When, after: When) -> None:
    kept = insert_body(KEY, Appointment(before, "room", ""), "", MARK)
    for name, change in patch_body(KEY, EventChange(when=after), MARK).items():
        merged = {**kept[name], **change}
        kept[name] = {field: value for field, value in merged.items() if value is not None}
    read = item_of("room", kept)
    assert isinstance(read, Event)
    assert read.when == after


ZONE = "Europe/Amsterdam"


def zones_in(body: dict[str, Any]) -> list[Any]:
    return [body[name].get("timeZone", "") for name in ("start", "end")]


def test_a_new_event_with_hours_names_its_time_zone_and_a_changed_one_keeps_the_one_it_has() -> None:
    hours, days = HOUR, AllDay(date(2026, 11, 24), date(2026, 11, 25))
    for when, named in ((hours, ZONE), (days, "")):
        assert zones_in(insert_body(KEY, Appointment(when, "room", ""), "", MARK, ZONE)) == [named, named]
        assert zones_in(insert_body(KEY, Appointment(when, "room", ""), "", MARK)) == ["", ""]
    ways: tuple[tuple[When, When, str | None], ...] = (
        (hours, hours, ""), (days, hours, ZONE), (hours, days, None), (days, days, None)
    )  # fmt: skip
    for before, after, zone in ways:
        changed = patch_body(Event(KEY, '"1"', before), EventChange(when=after), MARK, ZONE)
        assert zones_in(changed) == [zone, zone]
    assert zones_in(patch_body(KEY, EventChange(when=hours), MARK, ZONE)) == ["", ""]


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "id",
    "status",
    "start",
    "end",
    "attendees",
    "organizer",
    "reminders",
    "extendedProperties",
    "created",
    "conferenceData",
]


@given(st.dictionaries(st.sampled_from(FIELDS), junk) | junk)
def test_no_answer_however_odd_breaks_the_page(odd: Any) -> None:
    fields = raw(**odd) if isinstance(odd, dict) and odd.keys() <= set(FIELDS) else odd
    page = page_of("room", {"items": [fields, raw(id="good")]})
    assert len(page.items) == 2
    assert isinstance(page.items[1], Event)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"start": None}, "no_start"),
        ({"end": None}, "no_end"),
        ({"start": {"dateTime": "4000-01-01T10:00:00Z"}, "end": {"dateTime": "4000-01-01T11:00:00Z"}}, "out_of_range"),
        ({"start": {"date": "0001-01-01"}, "end": {"date": "0001-01-02"}}, "out_of_range"),
        ({"start": END, "end": START}, "ends_before_start"),
        ({"start": {"date": "2026-03-11"}, "end": {"date": "2026-03-10"}}, "ends_before_start"),
        ({"start": {"date": "2026-03-11"}}, "unreadable"),
        ({"start": {"dateTime": "soon"}}, "unreadable"),
        ({"start": {"dateTime": "2026-03-10T10:00:00"}}, "unreadable"),
    ],
)
def test_an_event_that_cannot_be_placed_in_time_is_unusable_and_says_why(fields: dict[str, Any], reason: str) -> None:
    assert item_of("room", raw(**fields)) == Unusable(KEY, reason)


def test_a_tombstone_needs_only_its_id() -> None:
    assert item_of("room", {"id": "e1", "status": "cancelled"}) == Tombstone(KEY)


def test_a_cancelled_occurrence_names_its_series() -> None:
    fields = {"id": "e1", "status": "cancelled", "recurringEventId": "root"}
    assert item_of("room", fields) == Tombstone(KEY, "root")


@pytest.mark.parametrize(
    ("more", "etag"), [({"etag": '"2"'}, '"2"'), ({"etag": 2}, "2"), ({"etag": None}, ""), ({}, "")]
)
def test_a_tombstone_tells_which_removal_it_is_of_if_google_does(more: dict[str, Any], etag: str) -> None:
    item = item_of("room", {"id": "e1", "status": "cancelled", **more})
    assert isinstance(item, Tombstone)
    assert item.etag == etag


def test_only_the_last_page_has_a_sync_token() -> None:
    assert page_of("room", {"items": [], "nextPageToken": "p"}).next_page == "p"
    assert page_of("room", {"items": [], "nextSyncToken": "s"}).sync_token == "s"


def test_times_are_read_in_any_offset_and_kept_in_utc() -> None:
    assert event().when == HOUR
    assert event(start={"dateTime": "2026-03-10T09:00:00.000Z"}).when == HOUR


def test_a_time_without_offset_is_read_in_its_own_zone() -> None:
    assert event(start={"dateTime": "2026-03-10T10:00:00", "timeZone": "Europe/Amsterdam"}).when == HOUR


@pytest.mark.parametrize("zone", ["Europe", "", "x" * 300, "Nowhere/Else", 5, None])
def test_a_time_without_offset_in_no_zone_makes_only_its_own_event_unusable(zone: object) -> None:
    item = item_of("room", raw(start={"dateTime": "2026-03-10T10:00:00", "timeZone": zone}))
    assert item == Unusable(KEY, "unreadable")


def test_fractions_of_a_second_are_left_out() -> None:
    assert event(start={"dateTime": "2026-03-10T09:00:00.900Z"}).when == HOUR


def test_an_event_is_frozen_with_all_that_it_holds() -> None:
    found = event(attendees=[{"email": "a@example.org"}], location="Zaal")
    for value, name in ((found, "title"), (found.key, "id"), (found.when, "start"), (found.guests[0], "email")):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, "x")
    assert found == replace(found)


@given(st.sampled_from(sorted(LATER)), st.dictionaries(st.sampled_from(FIELDS[1:]), junk))
def test_a_part_that_is_asked_for_first_is_what_it_is_among_all_others(part: str, odd: dict[str, Any]) -> None:
    shown, whole = item_of("room", raw(**odd)), item_of("room", raw(**odd))
    assert shown == whole
    if isinstance(whole, Event):
        assert getattr(item_of("room", raw(**odd)), part) == getattr(whole, part)


def test_an_event_that_google_shows_equals_one_of_the_same_parts_wherever_it_stands() -> None:
    found, same = event(summary="Zaal"), Event(KEY, '"1"', HOUR, title="Zaal", organizer_self=False)
    assert found == same
    assert same == found
    assert len({found, same}) == 1
    assert replace(found, title="Hal") != same
    other: Any = "Zaal"
    assert found != other


def test_an_event_has_no_other_parts_than_the_model_names() -> None:
    with pytest.raises(AttributeError, match="colour"):
        getattr(event(), "colour")  # noqa: B009 - mypy knows that there is none


def test_a_private_event_of_somebody_else_is_hidden_though_nothing_else_was_asked() -> None:
    assert event(visibility="private").hidden
    assert not event(visibility="private", summary="Zaal").hidden
    assert not event().hidden


def test_an_all_day_event_ends_before_its_end_date() -> None:
    when = event(start={"date": "2026-03-10"}, end={"date": "2026-03-12"}).when
    assert when == AllDay(date(2026, 3, 10), date(2026, 3, 12))


def test_an_all_day_event_that_ends_on_its_own_first_day_lasts_that_day() -> None:
    when = event(start={"date": "2026-03-10"}, end={"date": "2026-03-10"}).when
    assert when == AllDay(date(2026, 3, 10), date(2026, 3, 11))


def test_the_default_reminders_differ_from_none_at_all() -> None:
    assert event(reminders={"useDefault": True}).reminders is None
    assert event(reminders={"useDefault": False}).reminders == ()
    assert patch_body(KEY, EventChange(reminders=()), MARK)["reminders"] == {"useDefault": False, "overrides": []}


def test_an_event_is_declined_only_when_the_calendar_itself_declined_it() -> None:
    other = {"email": "a@b.nl", "responseStatus": "declined"}
    assert not event(attendees=[other]).declined
    assert event(attendees=[other, {"email": "room", "self": True, "responseStatus": "declined"}]).declined


def test_a_guests_copy_is_not_the_organizers_and_neither_is_one_without_organizer() -> None:
    assert event(organizer={"email": "room", "self": True}).organizer_self
    assert not event(organizer={"email": "a@b.nl"}).organizer_self
    assert not event().organizer_self


@pytest.mark.parametrize(
    ("fields", "state", "url"),
    [
        ({}, MeetState.NONE, ""),
        ({"hangoutLink": "https://meet/1"}, MeetState.READY, "https://meet/1"),
        (
            {
                "conferenceData": {
                    "entryPoints": [
                        {"entryPointType": "phone", "uri": "tel:1"},
                        {"entryPointType": "video", "uri": "https://meet/2"},
                    ]
                }
            },
            MeetState.READY,
            "https://meet/2",
        ),
        ({"conferenceData": {"createRequest": {"status": {"statusCode": "pending"}}}}, MeetState.PENDING, ""),
        ({"conferenceData": {"createRequest": {"status": {"statusCode": "failure"}}}}, MeetState.FAILED, ""),
    ],
)
def test_a_meet_link_can_be_ready_pending_or_failed(fields: dict[str, Any], state: MeetState, url: str) -> None:
    read = event(**fields)
    assert (read.meet, read.meet_url) == (state, url)


def test_a_meet_link_is_asked_for_under_the_stamp_so_that_asking_twice_makes_one() -> None:
    first, second = (patch_body(KEY, EventChange(meet=True), MARK)["conferenceData"] for _ in range(2))
    other = patch_body(KEY, EventChange(meet=True), Mark("7", "link", "other"))["conferenceData"]
    assert first == second != other
    assert first["createRequest"]["conferenceSolutionKey"] == {"type": "hangoutsMeet"}


def test_a_patch_of_guests_keeps_everything_about_those_who_stay() -> None:
    stays = {"email": "stays@x.nl", "responseStatus": "accepted", "comment": "late", "additionalGuests": 2}
    before = event(attendees=[stays, {"email": "Goes@x.nl"}])
    body = patch_body(before, EventChange(guest_in="comes@x.nl", guest_out="goes@x.nl"), MARK)
    assert body["attendees"] == [stays, {"email": "comes@x.nl"}]


def test_a_guest_who_is_on_the_list_is_not_added_again() -> None:
    before = event(attendees=[{"email": "Here@x.nl", "responseStatus": "accepted"}])
    body = patch_body(before, EventChange(guest_in="here@x.nl"), MARK)
    assert body["attendees"] == [{"email": "Here@x.nl", "responseStatus": "accepted"}]


def test_guests_cannot_be_changed_without_having_read_them() -> None:
    with pytest.raises(TypeError):
        patch_body(KEY, EventChange(guest_in="a@b.nl"), MARK)


def test_a_patch_names_nothing_but_what_changes_and_the_mark() -> None:
    assert patch_body(KEY, EventChange(title="New"), MARK) == {
        "summary": "New",
        "extendedProperties": {
            "private": {"ireserve_int": "7", "ireserve_link": "link", "ireserve_stamp": "stamp"},
        },
    }


def test_reviving_confirms_the_event() -> None:
    assert patch_body(KEY, EventChange(), MARK, revive=True)["status"] == "confirmed"


def test_the_mark_of_another_program_is_no_mark() -> None:
    assert event(extendedProperties={"private": {"other": "1"}, "shared": {"ireserve_int": "7"}}).mark == Mark()


def test_a_guest_without_address_is_kept() -> None:
    assert event(attendees=[{"id": "x"}]).guests == (Guest("", (("id", "x"),)),)
