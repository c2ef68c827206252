"""What a parked item is about is said in words, whatever kind of task it was: on the console in both languages, and by the command."""

import re

import pytest
from click.testing import CliRunner

from functions.application.intake.hints import Hint, Kind
from functions.application.store import parked
from functions.domain.model.identity import calendar_hash
from functions.entrypoints.cli.main import cli
from tests.harness.place import ROOM_A, START, Place
from tests.harness.tab import Tab

BEGAN = START.isoformat()
HERE = "/console/integrations/7/waiting"
SAID: dict[Kind, tuple[tuple[str, ...], str, str]] = {  # subject, Dutch, English
    Kind.BOOKING: (("1001",), "Reservering 1001", "Booking 1001"),
    Kind.EVENT: ((ROOM_A, "e0123456789"), "Afspraak in Room A", "Event in Room A"),
    Kind.CALENDAR: ((calendar_hash(ROOM_A), "l0123456789"), "Agenda Room A", "Calendar Room A"),
    Kind.TICK: ((), "De ronde van elke minuut", "The round of each minute"),
    Kind.SWEEP: ((), "Zoeken", "Search"),
    Kind.RENEW: ((), "Webhooks en kanalen vernieuwen", "Renewing webhooks and channels"),
    Kind.SCAN: (
        ("resync", BEGAN),
        "Volledig opnieuw vergelijken, begonnen op ma 23 nov 2026 09:00",
        "Full resync, begun Mon 23 Nov 2026 09:00",
    ),
    Kind.SECRET: (
        ("ireserve_password", "3"),
        "Een vervangen geheim opruimen",
        "Removing a replaced secret",
    ),
    Kind.AUDIT: (
        (BEGAN,),
        "Controle, begonnen op ma 23 nov 2026 09:00",
        "Audit, begun Mon 23 Nov 2026 09:00",
    ),
    Kind.PROBE: (
        (BEGAN, "watch"),
        "Test, begonnen op ma 23 nov 2026 09:00",
        "Probe, begun Mon 23 Nov 2026 09:00",
    ),
}
ODD = {  # what no task of this version has, and must not break the page
    "an unmapped calendar": (Kind.CALENDAR, ("0123456789abcdef",), "Een agenda die niet meer gekoppeld is"),
    "a task without a subject": (Kind.CALENDAR, (), "Agenda"),
    "a scan without its beginning": (Kind.SCAN, ("full",), "Vergelijken"),
}


def park(place: Place, kind: Kind, subject: tuple[str, ...]) -> None:
    parked.park(place.ports, Hint(kind, "7", subject, "pull", place.now), "bad_record", place.now)


def shown(tab: Tab, language: str) -> str:
    """What the first parked item is about, and its ids, as a person reads them."""
    tab.get(f"/console/language/{language}")
    cell = tab.seen(HERE).split('id="parked"', 1)[1].split("<tr><td>", 1)[1].split("</td>", 1)[0]
    return " ".join(re.sub("<[^>]*>", " ", cell).split())


def test_every_kind_of_task_is_named_here() -> None:
    assert set(SAID) == set(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_a_parked_item_says_in_words_what_it_is_about(place: Place, kind: Kind) -> None:
    place.activate()
    subject, dutch, english = SAID[kind]
    park(place, kind, subject)
    tab = Tab(place)
    assert shown(tab, "nl").split(" Id's, voor ondersteuning ") == [dutch, *_ids(kind)]
    assert shown(tab, "en").split(" Ids, for support ") == [english, *_ids(kind)]
    run = CliRunner().invoke(cli, ["parked", "7"], obj=lambda **_: place.ports)
    assert f"  {' '.join((english, *_ids(kind)))}  " in run.stdout


def _ids(kind: Kind) -> list[str]:
    return list(SAID[kind][0][1:]) if kind in (Kind.EVENT, Kind.CALENDAR) else []


@pytest.mark.parametrize("odd", ODD)
def test_an_item_of_an_unusual_subject_is_shown_too(place: Place, odd: str) -> None:
    place.activate()
    kind, subject, dutch = ODD[odd]
    park(place, kind, subject)
    assert shown(Tab(place), "nl").startswith(dutch)
