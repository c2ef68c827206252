"""Is an event just what both sides agreed on? Then nothing is read or written."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from functions.domain.comparing.echo import is_echo
from functions.domain.model.appointment import AllDay, Style, Timed
from functions.domain.model.event import Guest
from functions.domain.pairing.life import Closed, Grace
from functions.domain.pairing.link import Intent
from functions.domain.pairing.writes import EventChange, PatchEvent, Why
from tests.unit.sketch import (
    DAY,
    KEY,
    MOVED,
    NOON,
    NOW,
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
