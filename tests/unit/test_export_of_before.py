"""An export of version 0.1, imported today: every value is as it was, and what is new is off or careful."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from functions.application.setting_up.settings_input import raw_of, settings_from
from functions.domain.comparing.event_content import appointment_of, places_of
from tests.unit.sketch import booking

EXPORT: dict[str, Any] = yaml.safe_load((Path(__file__).parent.parent / "data" / "export_v0_1.yaml").read_text())
SETTINGS = settings_from(EXPORT)
A, B, C = (f"{each}@group.calendar.google.com" for each in "abc")


def kept(before: Any, now: Any) -> bool:
    """Whether all that stood in a part of the export is as it was; there may be more beside it."""
    if isinstance(before, dict):
        return all(name in now and kept(value, now[name]) for name, value in before.items())
    if isinstance(before, list):
        return len(before) == len(now) and all(kept(*pair) for pair in zip(before, now, strict=True))
    return bool(before == now)


def test_every_value_is_as_it_was() -> None:
    assert kept(EXPORT, raw_of(SETTINGS))


def test_rows_are_for_the_same_objects_and_calendars() -> None:
    assert [SETTINGS.calendar_of(each) for each in ("10", "11", "12", "13")] == [A, B, B, C]
    assert SETTINGS.calendars == (A, B, C)


@pytest.mark.parametrize("row", raw_of(SETTINGS)["mapping"], ids=lambda row: str(row["object"]))
def test_no_row_has_further_calendars_or_hours_around(row: dict[str, Any]) -> None:
    new = ("also", "new_events", "before_minutes", "after_minutes")
    assert [row[name] for name in new] == [[], False, 0, 0]


def test_a_booking_stands_in_one_event_with_the_text_it_had() -> None:
    assert places_of(booking(), SETTINGS) == ()
    assert appointment_of(booking(), SETTINGS, A).title == "Verhuurd"
    assert appointment_of(booking(object_id="11", remarks="Training"), SETTINGS, B).description == "Training"


def test_new_events_of_a_calendar_that_objects_share_become_bookings_of_none() -> None:
    assert [SETTINGS.object_for_new_event(each) for each in (A, B, C)] == ["10", None, None]


def test_the_guard_stands_only_until_it_is_known_that_i_reserve_refuses_by_itself() -> None:
    assert SETTINGS.sync.overlap_guard == "auto"
