"""Is an event just what both sides agreed on, a webhook just that of our own write? Then nothing is read or written."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from functions.domain.comparing.echo import is_echo, tells_of_own_ids
from functions.domain.comparing.event_content import appointment_of, base_of
from functions.domain.model.appointment import AllDay, Style, Timed
from functions.domain.model.event import EventKey, Guest
from functions.domain.pairing.life import Closed, Grace
from functions.domain.pairing.link import Approve, Echo, Intent, Link, Origin
from functions.domain.pairing.writes import BookingChange, EventChange, PatchEvent, Why, WriteBooking
from functions.domain.settings.schema import MappingRow
from tests.unit.sketch import (
    DAY,
    ID,
    KEY,
    MOVED,
    NOON,
    NOW,
    ROOM_A,
    base,
    booking,
    digest,
    event,
    link,
    planning_context,
    settings,
    their_link,
    theirs,
)


def test_the_event_as_it_was_left_is_an_echo() -> None:
    assert is_echo(link(), event(), digest, "Europe/Amsterdam")


def test_an_event_that_was_taken_over_as_read_is_no_echo_before_all_that_it_says_is_settled() -> None:
    taken = their_link(unsettled=True)
    assert is_echo(taken, theirs(), digest, "Europe/Amsterdam")
    assert not is_echo(taken, theirs(title="Feestje"), digest, "Europe/Amsterdam")


def test_an_etag_that_changed_for_nothing_is_an_echo() -> None:
    assert is_echo(link(), event(etag='"2"'), digest, "Europe/Amsterdam")
    assert is_echo(their_link(), theirs(etag='"2"'), digest, "Europe/Amsterdam")
    assert is_echo(link(), event(etag='"2"', organizer_self=False, title="Kopie"), digest, "Europe/Amsterdam")


@pytest.mark.parametrize(
    "more",
    [
        {"when": NOON},
        {"when": DAY},
        {"title": "Feestje"},
        {"description": "boven"},
        {"reminders": None},
        {"key": MOVED},
    ],
    ids=str,
)
def test_what_a_person_changed_is_no_echo(more: dict[str, Any]) -> None:
    assert not is_echo(link(), event(etag='"2"', **more), digest, "Europe/Amsterdam")


def test_a_guest_of_ours_that_is_missing_is_no_echo() -> None:
    c = planning_context(settings(outbound={"use_customer_data": True}))
    of = link(base=base(booking(email="klant@example.org"), c))
    assert not is_echo(of, event(etag='"2"'), digest, "Europe/Amsterdam")
    assert is_echo(
        of,
        event(etag='"2"', guests=(Guest("Klant@example.org"), Guest("vriend@example.org"))),
        digest,
        "Europe/Amsterdam",
    )


def test_another_text_of_a_persons_event_is_no_echo() -> None:
    assert not is_echo(their_link(), theirs(title="Andere titel", etag='"2"'), digest, "Europe/Amsterdam")


@pytest.mark.parametrize(
    "more",
    [
        {"base": None},
        {"life": Grace(NOW)},
        {"life": Closed()},
        {"meet_asked_at": NOW},
        {"intent": Intent("s", PatchEvent(KEY, "", EventChange(), Why.PUT_BACK), NOW)},
    ],
    ids=str,
)
def test_nothing_is_an_echo_while_the_pair_is_unsettled(more: dict[str, Any]) -> None:
    assert not is_echo(link(**more), event(), digest, "Europe/Amsterdam")


def test_an_event_that_a_person_moved_to_another_calendar_is_no_echo() -> None:
    assert not is_echo(link(event=MOVED), event(key=MOVED), digest, "Europe/Amsterdam")


def test_whole_days_are_an_echo_of_the_midnights_around_them() -> None:
    days = AllDay(date(2026, 3, 28), date(2026, 3, 30))
    midnights = Timed(datetime(2026, 3, 27, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC))
    of = link(base=base(booking(days)))
    assert is_echo(of, event(midnights, etag='"2"'), digest, "Europe/Amsterdam")
    assert not is_echo(of, event(midnights, etag='"2"'), digest, "Europe/London")


def test_a_place_that_a_person_names_where_we_name_none_is_theirs() -> None:
    assert is_echo(link(), event(etag='"2"', style=Style(location="Hal")), digest, "Europe/Amsterdam")


SECOND = timedelta(seconds=1)
WROTE = Echo(NOW, NOW + SECOND, alone=True)


def _own(of: Link, heard: float, looked: float) -> bool:
    """Whether the webhook that came some seconds after `NOW` tells of our ids, where it is looked at later."""
    return tells_of_own_ids(of, NOW + heard * SECOND, NOW + looked * SECOND, NOW + (heard + 4) * SECOND)


@pytest.mark.parametrize("heard", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("later", [0.0, 3.9, 4.0, 60.0])
def test_the_webhook_of_an_id_written_by_a_scan_needs_neither_look(heard: float, later: float) -> None:
    assert _own(link(echo=WROTE), heard, heard + later)


@pytest.mark.parametrize("heard", [-0.1, 1.1, 30.0])
def test_a_webhook_from_before_or_after_the_write_is_a_persons(heard: float) -> None:
    assert not _own(link(echo=WROTE), heard, heard)
    assert not _own(link(), heard, heard)


def test_where_a_webhook_led_to_the_write_the_second_look_stays() -> None:
    of = link(echo=replace(WROTE, alone=False))
    assert _own(of, 0.4, 4.3)
    assert not _own(of, 0.4, 4.4)


def test_while_the_id_is_being_written_only_the_first_look_is_left_out() -> None:
    step = WriteBooking("1001", BookingChange(external_id="e"), Why.WRITE_BACK)
    of = link(intent=Intent("stamp", step, NOW + 90 * SECOND))
    assert _own(of, 0.4, 0.5)
    assert not _own(of, 0.4, 4.4)
    assert not _own(of, 89.9, 90.0)


def test_while_a_time_is_being_written_both_looks_stay() -> None:
    step = WriteBooking("1001", BookingChange(when=NOON), Why.EVENT_MOVED)
    assert not _own(link(intent=Intent("stamp", step, NOW + 90 * SECOND)), 0.4, 0.5)


@pytest.mark.parametrize("more", [{"life": Closed()}, {"life": Grace(NOW)}, {"order": Approve()}], ids=str)
def test_a_pair_that_waits_for_something_is_looked_at(more: dict[str, Any]) -> None:
    assert not _own(link(echo=WROTE, **more), 0.4, 0.5)


FULL = planning_context(
    settings(
        mapping=(MappingRow("10", ROOM_A, shows="private"),),
        outbound={
            "description_template": "{REMARKS}",
            "location_template": "Hal",
            "reminder_popup_minutes": 10,
            "tentative_on_status": (20,),
        },
    )
)
PROMISED = appointment_of(booking(remarks="Met beamer"), FULL.settings, ROOM_A)
SHOWN = event(
    etag='"2"',
    title=PROMISED.title,
    description="<p>Met&nbsp;beamer</p>",
    reminders=PROMISED.reminders,
    style=PROMISED.style,
)


@pytest.mark.parametrize(
    "more",
    [
        {"title": "Feestje"},
        {"description": "Met koek"},
        {"reminders": ()},
        {"style": replace(PROMISED.style, location="Zaal B")},
        {"style": replace(PROMISED.style, visibility="")},
        {"style": replace(PROMISED.style, tentative=False)},
    ],
    ids=str,
)
def test_each_thing_that_an_event_shows_of_its_booking_counts(more: dict[str, Any]) -> None:
    of = link(base=base_of(PROMISED, booking(remarks="Met beamer"), digest))
    assert is_echo(of, SHOWN, digest, "Europe/Amsterdam")
    assert is_echo(of, replace(SHOWN, style=replace(PROMISED.style, colour="3")), digest, "Europe/Amsterdam")
    assert not is_echo(of, replace(SHOWN, **more), digest, "Europe/Amsterdam")


def test_what_another_event_shows_is_no_echo() -> None:
    twin = event(key=replace(KEY, id="another"))
    assert not is_echo(link(), twin, digest, "Europe/Amsterdam")
    assert not is_echo(link(event=None), event(), digest, "Europe/Amsterdam")


@pytest.mark.parametrize(
    ("origin", "answer", "echo"),
    [
        (Origin.INVITATION, "accepted", True),
        (Origin.INVITATION, "", True),
        (Origin.INVITATION, "declined", False),
        (Origin.INVITATION, "needsAction", False),
        (Origin.EVENT, "declined", True),
        (Origin.BOOKING, "needsAction", True),
    ],
)
def test_an_answer_counts_only_for_an_invitation(origin: Origin, answer: str, *, echo: bool) -> None:
    key = EventKey("room@resource.calendar.google.com", ID)
    of = link(origin=origin, event=key, base=base(calendar=key.calendar))
    assert is_echo(of, event(key=key, answer=answer), digest, "Europe/Amsterdam") is echo


def test_the_copy_of_an_invitation_is_an_echo_only_with_the_same_text() -> None:
    of = their_link(origin=Origin.INVITATION)
    seen = theirs(etag='"2"', organizer_self=False, answer="accepted")
    assert is_echo(of, seen, digest, "Europe/Amsterdam")
    assert not is_echo(of, replace(seen, title="Feestje"), digest, "Europe/Amsterdam")
