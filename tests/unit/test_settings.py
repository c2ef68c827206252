"""What follows from settings: calendars of objects, objects of calendars, the status to cancel with."""

import pytest

from functions.domain.settings.schema import MappingRow
from tests.unit.sketch import ROOM_A, ROOM_B, settings

STAR = (MappingRow("*", ROOM_B), MappingRow("10", ROOM_A), MappingRow("12", ROOM_A))


def test_an_object_has_its_own_row_or_the_row_for_all_others() -> None:
    its = settings(mapping=STAR)
    assert (its.calendar_of("10"), its.calendar_of("99")) == (ROOM_A, ROOM_B)
    assert settings().calendar_of("99") is None


def test_each_mapped_calendar_counts_once() -> None:
    assert settings(mapping=STAR).calendars == (ROOM_B, ROOM_A)


def test_the_accounts_own_calendar_gets_its_real_id() -> None:
    its = settings(mapping=(MappingRow("10", "primary"), MappingRow("11", ROOM_B)))
    assert its.with_primary("planner@example.org").calendars == ("planner@example.org", ROOM_B)
    assert its.with_primary("") == its


def test_new_events_become_bookings_of_the_inbound_object() -> None:
    assert settings(mapping=STAR).inbound_object == "10"
    assert settings(inbound={"object": "11"}).inbound_object == "11"
    assert settings(mapping=(MappingRow("*", ROOM_A),)).inbound_object == ""


def test_a_new_event_becomes_a_booking_only_where_its_object_is_certain() -> None:
    assert settings().object_for_new_event(ROOM_A) == "10"
    assert settings().object_for_new_event(ROOM_B) is None
    assert settings(mapping=(MappingRow("*", ROOM_A),)).object_for_new_event(ROOM_A) is None
    every = settings(inbound={"follow": "all_mapped"})
    assert every.object_for_new_event(ROOM_B) == "11"
    assert settings(inbound={"follow": "all_mapped"}, mapping=STAR).object_for_new_event(ROOM_A) is None
    assert settings(inbound={"enabled": False}).object_for_new_event(ROOM_A) is None


def test_a_booking_is_cancelled_with_the_status_set_or_the_first_of_delete_on_status() -> None:
    assert settings().cancel_status == 70
    assert settings(inbound={"cancel_status": 80}).cancel_status == 80
    assert settings(outbound={"delete_on_status": ()}).cancel_status is None


def test_new_events_go_to_the_row_that_says_so_where_objects_share_a_calendar() -> None:
    rows = (
        MappingRow("10", ROOM_A),
        MappingRow("11", ROOM_A, new_events=True),
        MappingRow("12", ROOM_B, new_events=True),
    )
    every = settings(inbound={"follow": "all_mapped"}, mapping=rows)
    assert [every.object_for_new_event(each) for each in (ROOM_A, ROOM_B, "c")] == ["11", "12", None]
    twice = settings(
        inbound={"follow": "all_mapped"}, mapping=(rows[0], rows[1], MappingRow("13", ROOM_A, new_events=True))
    )
    assert twice.object_for_new_event(ROOM_A) is None


def test_only_a_calendar_of_several_objects_that_is_followed_is_shared() -> None:
    rows = (MappingRow("10", ROOM_A), MappingRow("11", ROOM_A), MappingRow("12", ROOM_B), MappingRow("*", ROOM_B))
    followed = {"follow": "all_mapped"}
    assert settings(inbound=followed, mapping=rows).shares(ROOM_A)
    assert not settings(inbound=followed, mapping=rows).shares(ROOM_B)
    assert not settings(mapping=rows).shares(ROOM_A)
    assert not settings(inbound={**followed, "enabled": False}, mapping=rows).shares(ROOM_A)
    assert settings(mapping=rows).objects_of(ROOM_B) == ("12",)


@pytest.mark.parametrize(
    ("chosen", "taken"), [("none", (False, False)), ("resources", (True, False)), ("all", (True, True))]
)
def test_the_calendars_whose_invitations_become_bookings_are_chosen(chosen: str, taken: tuple[bool, bool]) -> None:
    its = settings(inbound={"invitations": chosen})
    room = "c_1@resource.calendar.google.com"
    assert (its.takes_invitations(room), its.takes_invitations(ROOM_A)) == taken


def test_a_status_that_is_unknown_removes_nothing() -> None:
    its = settings(outbound={"delete_on_status": (70, 0), "tentative_on_status": (10,)}).outbound
    assert [its.removes(status) for status in (70, 0, 20, None)] == [True, True, False, False]
    assert its.made_on == {10, 20, 30}


def test_an_object_without_a_main_object_has_no_row_of_a_nameless_object() -> None:
    assert settings(mapping=(MappingRow("10", ROOM_A),)).row_of("12") is None
    assert settings(mapping=STAR).knowing({"12": "10"}).calendar_of("12") == ROOM_A
