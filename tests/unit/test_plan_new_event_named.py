"""A person names the object in an event where several share its calendar."""

from datetime import timedelta
from typing import Any

import pytest

from functions.domain.model.appointment import Style
from functions.domain.model.snapshot import Snapshot
from functions.domain.pairing.life import Refused
from functions.domain.pairing.link import Link, Origin
from functions.domain.pairing.step import Look, Rest, Settle
from functions.domain.pairing.writes import MakeBooking, PatchEvent, Why
from functions.domain.planning.plan import plan
from functions.domain.planning.plan_new_event import named, names_one
from functions.domain.planning.view import PlanningContext, View
from functions.domain.settings.schema import MappingRow
from tests.unit.sketch import ABSENT, NOW, ROOM_A, planning_context, settings, theirs

NAMES = {"1": "Baan 1", "2": "Baan 2", "12": "Baan 12", "7": "De Grote  Zaal", "8": ""}
OBJECTS = tuple(NAMES)


def found(title: str = "", location: str = "") -> str | None:
    return named(theirs(title=title, style=Style(location=location)), OBJECTS, NAMES)


@pytest.mark.parametrize(
    ("title", "of"),
    [
        ("Toernooi #Baan 2", "2"),
        ("#baan  2 toernooi", "2"),
        ("#Baan 12", "12"),
        ("#Baan 1, en koffie", "1"),
        ("#12", "12"),
        ("# Baan 2", "2"),
        ("#de grote zaal", "7"),
        ("#Baan 2 en nog eens #baan 2", "2"),
        ("les #3 op #Baan 1", "1"),
        ("#Baan 123", None),
        ("#Baan 123 toernooi", None),
        ("#Baan", None),
        ("#Baan 1 of #Baan 2", None),
        ("Baan 2", None),
        ("Baan 2 #", None),
        ("#", None),
    ],
)
def test_the_object_is_what_stands_after_the_sign_by_name_or_number(title: str, of: str | None) -> None:
    assert found(title) == of


def test_the_location_names_it_as_well_as_the_title_but_not_another_one() -> None:
    assert found(location="Hal 3, #Baan 2") == "2"
    assert found("#Baan 2", "#baan 2") == "2"
    assert found("#Baan 1", "#Baan 2") is None


def test_two_objects_of_one_name_are_none() -> None:
    twice = {"1": "Baan", "2": "Baan"}
    assert named(theirs(title="#Baan"), twice, twice) is None
    assert named(theirs(title="#2"), twice, twice) == "2"


def test_only_a_sign_asks_for_names() -> None:
    assert names_one(theirs(title="#Baan 2"))
    assert names_one(theirs(title="", style=Style(location="#2")))
    assert not names_one(theirs(title="Baan 2", description="#2", style=Style(location="Hal")))


SHARED = settings(inbound={"follow": "all_mapped"}, mapping=(MappingRow("1", ROOM_A), MappingRow("2", ROOM_A)))
UNREAD = planning_context(SHARED)
C = planning_context(SHARED, names=NAMES)


def new(title: str, **more: Any) -> View:
    its = theirs(title=title, **more.pop("event", {}))
    return View(Link("theirs", event=its.key, origin=Origin.EVENT, **more), ABSENT, Snapshot.of(its))


def booked(v: View, context: PlanningContext) -> str:
    step = plan(v, context).step
    assert isinstance(step, MakeBooking), step
    return step.object_id


def test_an_event_that_names_an_object_of_its_calendar_books_it_once_the_names_are_read() -> None:
    assert plan(new("#Baan 2"), UNREAD).step == Look(names=True)
    assert booked(new("#Baan 2"), C) == "2"
    default = planning_context(
        settings(
            inbound={"follow": "all_mapped"},
            mapping=(MappingRow("1", ROOM_A, new_events=True), MappingRow("2", ROOM_A)),
        ),
        names=NAMES,
    )
    assert booked(new("Toernooi"), default) == "1"
    assert booked(new("#Baan 2"), default) == "2"


@pytest.mark.parametrize("title", ["Toernooi", "#Baan 12", "#Baan 1 of #Baan 2"])
def test_an_event_that_leaves_it_open_is_told_so_once_and_tried_again_when_its_title_changes(title: str) -> None:
    step = plan(new(title), C).step
    assert isinstance(step, Settle)
    life = step.link.life
    assert isinstance(life, Refused)
    assert (life.why, life.at, step.link.notice) == ("which_object", NOW, "which_object")
    told = plan(new(title, life=life, notice="which_object"), C).step
    assert isinstance(told, PatchEvent)
    said = told.change.description or ""
    assert "zet het object met een # in de titel of locatie" in said
    quiet = new(title, event={"description": said}, life=life, notice="which_object")
    assert plan(quiet, C).step == Rest(Why.REFUSED)
    assert booked(new("#Baan 2", life=life, notice="which_object"), C) == "2"
    moved = new("#Baan 2", event={"style": Style(location="Hal")}, life=life, notice="which_object")
    assert booked(moved, C) == "2"


def test_an_old_event_that_names_nothing_and_one_of_somebody_else_are_told_nothing() -> None:
    everything = planning_context(
        settings(
            inbound={"follow": "all_mapped", "import_existing": True, "invitations": "all"}, mapping=SHARED.mapping
        ),
        names=NAMES,
    )
    old = {"created": NOW - timedelta(days=1)}
    assert plan(new("Toernooi", event=old), everything).step == Rest(Why.NOT_ELIGIBLE)
    assert plan(new("Toernooi", event={"created": None}), everything).step == Rest(Why.NOT_ELIGIBLE)
    assert isinstance(plan(new("#Baan 12", event=old), everything).step, Settle)
    assert isinstance(plan(new("Toernooi", event={"created": NOW - timedelta(hours=23)}), everything).step, Settle)
    guest = {"organizer_self": False, "answer": "accepted"}
    assert plan(new("Toernooi", event=guest), everything).step == Rest(Why.NOT_ELIGIBLE)


def test_an_event_that_is_still_unclear_after_a_change_is_told_so_anew() -> None:
    step = plan(new("Toernooi"), C).step
    assert isinstance(step, Settle)
    again = plan(new("Groot toernooi", life=step.link.life, notice="which_object"), C).step
    assert isinstance(again, Settle)
    assert again.link.life != step.link.life


def test_a_calendar_is_shared_only_while_new_events_of_every_calendar_are_followed() -> None:
    for inbound, shared in (
        ({"follow": "all_mapped"}, True),
        ({"follow": "all_mapped", "enabled": False}, False),
        ({"follow": "inbound_object"}, False),
    ):
        assert settings(inbound=inbound, mapping=SHARED.mapping).shares(ROOM_A) is shared
    assert not settings(inbound={"follow": "all_mapped"}).shares(ROOM_A)
