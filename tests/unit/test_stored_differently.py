"""What the other side keeps in the place of what was written counts as written: nothing is written twice."""

from dataclasses import replace
from typing import Any

import pytest

from functions.domain.comparing.echo import is_echo
from functions.domain.comparing.event_content import appointment_of, base_of
from functions.domain.comparing.stored_differently import (
    LIST,
    guest_stands,
    kept_of,
    lacking,
    shows,
    stands,
    with_guest,
)
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event, Guest, MeetState
from functions.domain.model.text import Text, put_together
from functions.domain.pairing.lifecycle import after
from functions.domain.pairing.link import Intent, Link
from functions.domain.pairing.step import Landed, Rest
from functions.domain.pairing.writes import (
    BookingChange,
    EventChange,
    InsertEvent,
    MakeBooking,
    PatchEvent,
    Why,
    WriteBooking,
)
from functions.domain.planning.plan import plan
from tests.unit.sketch import (
    KEY,
    NOON,
    NOW,
    ROOM_A,
    at,
    booking,
    digest,
    event,
    link,
    planning_context,
    settings,
    their_booking,
    their_link,
    theirs,
    view,
)

PLACE = "Zaal A, eerste verdieping"
C = planning_context(
    settings(outbound={"use_customer_data": True, "location_template": PLACE, "description_template": "{REMARKS}"})
)
BOOKED = booking(email="klant@example.org", remarks="neem een bal mee en de sleutel")
WANTED = appointment_of(BOOKED, C.settings, ROOM_A)


def test_a_text_stands_that_reads_the_same_and_is_written_otherwise() -> None:
    assert stands(link(), "description", "boven<br>onder", "boven\nonder", digest)
    assert not stands(link(), "description", "boven<br>onder", "onder", digest)


def shown(**changes: Any) -> Event:
    """The event as it would stand there, but for these."""
    description = put_together(Text(above=WANTED.description), "nl")
    usual = {"title": WANTED.title, "description": description, "guests": (Guest("klant@example.org"),)}
    return event(**{"etag": '"2"', "style": WANTED.style, **usual, **changes})


def linked(answer: Event) -> Link:
    """The link after the event was made, and Google answered so."""
    step = InsertEvent(KEY, WANTED, Why.BOOKING_MADE)
    before = link(base=None, intent=Intent("s", step, NOW, base_of(WANTED, BOOKED, digest)))
    return after(before, Landed(answer, kept_of(before, step, answer, digest))).link


KEPT = [
    {"title": "Zaal A"},
    {"description": "neem een bal"},
    {"guests": ()},
    {"style": replace(WANTED.style, location="Zaal A")},
]


@pytest.mark.parametrize("changes", KEPT, ids=lambda changes: next(iter(changes)))
def test_what_google_kept_otherwise_is_not_written_again(changes: dict[str, Any]) -> None:
    found = linked(shown(**changes))
    assert is_echo(found, shown(**changes, reminders=()), digest, "Europe/Amsterdam")
    assert isinstance(plan(view(found, BOOKED, shown(**changes)), C).step, Rest)


@pytest.mark.parametrize("changes", KEPT, ids=lambda changes: next(iter(changes)))
def test_times_follow_all_the_same_and_nothing_else_goes_along(changes: dict[str, Any]) -> None:
    found = linked(shown(**changes))
    step = plan(view(found, at(BOOKED, NOON), shown(**changes)), C).step
    assert isinstance(step, PatchEvent)
    assert step.change == EventChange(when=NOON)


@pytest.mark.parametrize("changes", KEPT, ids=lambda changes: next(iter(changes)))
def test_as_sent_nothing_is_noted_and_what_a_person_makes_of_it_is_put_back(changes: dict[str, Any]) -> None:
    found = linked(shown())
    assert dict(found.kept) == {}
    assert not is_echo(found, shown(**changes, etag='"3"'), digest, "Europe/Amsterdam")
    assert isinstance(plan(view(found, BOOKED, shown(**changes)), C).step, PatchEvent)


def test_an_event_shows_what_was_agreed_on_also_where_google_keeps_something_else_in_its_place() -> None:
    found = linked(shown(title="Zaal A"))
    told = {title: shows(found, "title", title, digest) for title in (WANTED.title, "Zaal A", "Zaal")}
    assert told == {WANTED.title: True, "Zaal A": True, "Zaal": False}


def test_another_text_in_the_place_of_a_kept_one_is_put_back() -> None:
    found = linked(shown(title="Zaal A"))
    step = plan(view(found, BOOKED, shown(title="Feest")), C).step
    assert isinstance(step, PatchEvent)
    assert step.change.title == WANTED.title


def test_another_customer_is_invited_though_the_former_was_refused() -> None:
    found = linked(shown(guests=()))
    step = plan(view(found, replace(BOOKED, email="ander@example.org"), shown(guests=())), C).step
    assert isinstance(step, PatchEvent)
    assert step.change.guest_in == "ander@example.org"


def test_once_the_customer_is_on_the_list_nothing_is_lacking() -> None:
    found = linked(shown(guests=()))
    assert found.lacks("guest")
    invited = plan(view(found, BOOKED, shown()), C).step
    assert not getattr(invited, "link", found).lacks("guest")


def test_a_list_with_a_guest_who_has_no_address_is_left_as_it_is_until_that_one_leaves() -> None:
    other, former = replace(BOOKED, email="ander@example.org"), Guest("klant@example.org")
    found, nameless = linked(shown()), shown(guests=(former, Guest("")))
    settled = plan(view(found, other, nameless), C).step
    kept = getattr(settled, "link", found)
    assert not isinstance(settled, PatchEvent)
    assert kept.lacks("guest")
    assert isinstance(plan(view(kept, other, nameless), C).step, Rest)
    moved = plan(view(kept, at(other, NOON), nameless), C).step
    assert isinstance(moved, PatchEvent)
    assert (moved.change.guest_in, moved.change.guest_out) == (None, None)
    freed = plan(view(kept, other, shown(guests=(former,))), C).step
    assert isinstance(freed, PatchEvent)
    assert (freed.change.guest_in, freed.change.guest_out) == ("ander@example.org", "klant@example.org")


def test_a_meet_link_that_google_refused_at_once_is_noted() -> None:
    context = planning_context(settings(outbound={"create_meet_link": True, "meet_link_field": "custom02"}))
    content = appointment_of(booking(), context.settings, ROOM_A)
    step = InsertEvent(KEY, content, Why.BOOKING_MADE)
    before = link(base=None, intent=Intent("s", step, NOW, base_of(content, booking(), digest)))
    for state, lacks in ((MeetState.NONE, True), (MeetState.PENDING, False), (MeetState.READY, False)):
        answer = event(meet=state)
        assert after(before, Landed(answer, kept_of(before, step, answer, digest))).link.lacks("meet") is lacks


def test_a_line_under_a_persons_text_that_google_stores_otherwise_is_no_edit_of_theirs() -> None:
    change = EventChange(description=put_together(Text(above="Met taart", notice="⚠ 23-11-2026 Nee."), "nl"))
    step = PatchEvent(theirs().key, '"1"', change, Why.PUT_BACK, "not_allowed")
    before = their_link(intent=Intent("s", step, NOW, their_link().base))
    answer = theirs(etag='"2"', description="Met ta")
    settled = after(before, Landed(answer, kept_of(before, step, answer, digest))).link
    seen = plan(view(settled, their_booking(), answer), planning_context()).step
    assert not isinstance(seen, WriteBooking)


@pytest.mark.parametrize("stored", ["Overleg\nMet taart", "Overleg\nMet", ""])
def test_remarks_that_i_reserve_cuts_are_followed_by_the_next_edit(stored: str) -> None:
    step = MakeBooking(
        theirs().key, theirs().when, "10", 20, 1, "external_id", (("remarks", "Overleg\nMet taart"),), Why.EVENT_MADE
    )
    before = Link("theirs", event=theirs().key, intent=Intent("s", step, NOW, their_link().base))
    answer = replace(their_booking(remarks=stored), fields={"remarks": stored})
    settled = after(before, Landed(answer, kept_of(before, step, answer, digest))).link
    quiet = plan(view(settled, answer, theirs()), planning_context()).step
    assert not isinstance(quiet, WriteBooking)
    edited = plan(view(settled, answer, theirs(description="Met koek")), planning_context()).step
    assert isinstance(edited, WriteBooking)
    assert edited.change == BookingChange(fields=(("remarks", "Overleg\nMet koek"),))


def test_a_booking_that_does_not_show_the_field_tells_nothing_of_it() -> None:
    step = WriteBooking("1001", BookingChange(fields=(("custom01", "Overleg"),)), Why.EVENT_TEXT)
    answer: Booking = replace(their_booking(), fields={})
    assert kept_of(their_link(), step, answer, digest) == {}


def test_what_google_made_of_a_change_is_noted_field_by_field_and_nothing_of_what_was_not_sent() -> None:
    description = put_together(Text(above="neem een bal mee"), "nl")
    everything = EventChange(
        title="Zaal A",
        description=description,
        style=WANTED.style,
        restyled=("location",),
        guest_in="a@example.org",
        meet=True,
    )
    answer = shown(title="Zaal", description="neem een bal", style=replace(WANTED.style, location="Hal"), guests=())
    assert kept_of(link(), PatchEvent(KEY, "", everything, Why.BOOKING_CHANGED), answer, digest) == {
        "title": (digest("Zaal A"), digest("Zaal")),
        "description": (digest("neem een bal mee"), digest("neem een bal")),
        "location": (digest(PLACE), digest("Hal")),
        "guest": (digest("a@example.org"), ""),
        "meet": (digest("meet"), ""),
    }
    little = EventChange(when=NOON, style=WANTED.style, restyled=("colour",))
    assert kept_of(link(), PatchEvent(KEY, "", little, Why.BOOKING_CHANGED), answer, digest) == {}


def test_only_a_notice_under_a_persons_text_tells_what_google_made_of_that_text() -> None:
    moved = PatchEvent(theirs().key, "", EventChange(when=NOON), Why.PUT_BACK)
    assert kept_of(their_link(), moved, theirs(description="Met ta"), digest) == {}


def test_a_text_that_was_carried_over_is_what_the_booking_kept_of_it() -> None:
    step = WriteBooking("1001", BookingChange(fields=(("remarks", "Overleg\nMet koek"),)), Why.EVENT_TEXT)
    answer = replace(their_booking(remarks="Overleg\nMet"), fields={"remarks": ""})
    assert kept_of(their_link(), step, answer, digest) == {
        "remarks": (digest("Overleg\nMet koek"), digest("Overleg\nMet"))
    }
    other = WriteBooking("1001", BookingChange(fields=(("custom01", "x"),)), Why.WRITE_BACK)
    assert kept_of(their_link(), other, answer, digest) == {}


def test_a_missing_guest_is_no_change_while_the_reason_for_it_holds() -> None:
    agreed = link(base=base_of(WANTED, BOOKED, digest))
    refused = replace(agreed, kept={"guest": (digest("klant@example.org"), "")})
    full = replace(agreed, kept={"guest": (digest("klant@example.org"), digest(LIST))})
    gone, nameless = shown(guests=()), shown(guests=(Guest(""),))
    assert [guest_stands(each, gone, digest) for each in (agreed, refused, full)] == [False, True, False]
    assert [guest_stands(each, nameless, digest) for each in (agreed, refused, full)] == [False, True, True]
    assert guest_stands(link(base=None), gone, digest)


def test_an_event_lacks_nothing_that_nobody_wants() -> None:
    plain = appointment_of(booking(), settings(), ROOM_A)
    assert lacking(event(), plain, digest, late=True) == {"guest": ("", ""), "meet": ("", "")}


def test_a_former_guest_is_remembered_only_where_there_was_one_and_the_list_cannot_be_written() -> None:
    after, before = base_of(WANTED, BOOKED, digest), base_of(replace(WANTED, guest="oud@example.org"), BOOKED, digest)
    nameless = shown(guests=(Guest(""),))
    assert with_guest(after, None, nameless) == with_guest(after, before, shown()) == after
    assert with_guest(after, before, nameless).digests["guest"] == digest("oud@example.org")


@pytest.mark.parametrize(
    ("state", "late", "meet"),
    [
        (MeetState.NONE, True, None),
        (MeetState.PENDING, False, None),
        (MeetState.PENDING, True, (digest("meet"), "")),
        (MeetState.FAILED, False, (digest("meet"), "")),
        (MeetState.READY, True, ("", "")),
    ],
)
def test_a_meet_link_is_lacking_once_google_failed_or_took_too_long(
    state: MeetState,
    *,
    late: bool,
    meet: tuple[str, str] | None,
) -> None:
    wanted = replace(appointment_of(booking(), settings(), ROOM_A), meet=True)
    found = {"guest": ("", "")} | ({} if meet is None else {"meet": meet})
    assert lacking(event(meet=state), wanted, digest, late=late) == found


@pytest.mark.parametrize(
    ("guests", "guest"),
    [
        ((), None),
        ((Guest("vriend@example.org"),), None),
        ((Guest("KLANT@example.org"),), ("", "")),
        ((Guest(""),), (digest("klant@example.org"), digest(LIST))),
        ((Guest(""), Guest("klant@example.org")), ("", "")),
    ],
)
def test_a_guest_is_lacking_where_the_list_cannot_be_written(
    guests: tuple[Guest, ...], guest: tuple[str, str] | None
) -> None:
    found = {"meet": ("", "")} | ({} if guest is None else {"guest": guest})
    assert lacking(shown(guests=guests), WANTED, digest, late=True) == found


def test_the_word_for_a_guest_list_that_cannot_be_written_stays_as_links_store_it() -> None:
    assert LIST == "list"


def test_our_guest_stands_while_it_is_on_the_list_however_it_is_written() -> None:
    agreed = link(base=base_of(WANTED, BOOKED, digest))
    assert guest_stands(agreed, shown(guests=(Guest("vriend@example.org"), Guest("KLANT@example.org"))), digest)
    assert not guest_stands(agreed, shown(guests=(Guest("vriend@example.org"),)), digest)
    assert guest_stands(link(), shown(guests=()), digest)


def test_what_was_asked_of_a_new_event_is_noted_as_it_was_asked() -> None:
    wanted = replace(WANTED, meet=True)
    step = InsertEvent(KEY, wanted, Why.BOOKING_MADE)
    answer = shown(guests=(Guest("KLANT@example.org"),), meet=MeetState.PENDING)
    kept = kept_of(link(), step, answer, digest)
    assert {name: pair[0] == pair[1] for name, pair in kept.items()} == dict.fromkeys(
        ("title", "description", "location", "guest", "meet"), True
    )
    bare = kept_of(link(), replace(step, content=appointment_of(booking(), settings(), ROOM_A)), answer, digest)
    assert {*bare} == {"title", "description", "location"}
    assert kept_of(link(), step, None, digest) == {}


def test_the_remarks_that_a_booking_kept_are_compared_as_they_read() -> None:
    step = WriteBooking("1001", BookingChange(fields=(("remarks", "Met  koek"),)), Why.EVENT_TEXT)
    answer = replace(their_booking(remarks="<p>Met koek</p>"), fields={"remarks": "<p>Met koek</p>"})
    assert kept_of(their_link(), step, answer, digest) == {"remarks": (digest("Met koek"), digest("Met koek"))}
