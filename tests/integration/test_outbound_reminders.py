"""Reminders: pop-up and e-mail, 0 to 1440 minutes; 0 is none at all, not Google's default."""

import pytest

from tests.harness.deeds import active, faults, made, writes
from tests.harness.place import Place

FIELDS = {"reminder_popup_minutes": "popup", "reminder_email_minutes": "email"}


def test_reminders_left_out_are_none_at_all_and_not_googles_default(place: Place) -> None:
    active(place)
    _, event = made(place)
    assert event["reminders"] == {"useDefault": False, "overrides": []}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("minutes", [1, 1440])
def test_reminder_minutes_stand_on_the_event(place: Place, field: str, minutes: int) -> None:
    active(place, **{field: minutes})
    _, event = made(place)
    override = {"method": FIELDS[field], "minutes": minutes}
    assert event["reminders"] == {"useDefault": False, "overrides": [override]}


@pytest.mark.parametrize("field", FIELDS)
def test_reminder_0_turns_only_that_one_off(place: Place, field: str) -> None:
    active(place, **{name: 0 if name == field else 30 for name in FIELDS})
    _, event = made(place)
    assert [each["method"] for each in event["reminders"]["overrides"]] == [
        method for name, method in FIELDS.items() if name != field
    ]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("minutes", [1441, -1])
def test_reminder_outside_its_range_is_a_fault(place: Place, field: str, minutes: int) -> None:
    assert "0 (off) to 1440" in faults(place, outbound={field: minutes})[f"outbound.{field}"]


@pytest.mark.parametrize("minutes", ["soon", 1.5, None])
def test_reminder_that_is_no_number_is_a_fault(place: Place, minutes: object) -> None:
    said = faults(place, outbound={"reminder_popup_minutes": minutes})
    assert said["outbound.reminder_popup_minutes"] == "give a whole number"


def test_reminders_changed_by_a_person_on_our_event_come_back(place: Place) -> None:
    active(place, reminder_popup_minutes=15)
    _, event = made(place)
    place.edit(event["id"], reminders={"useDefault": True})
    place.settle()
    assert place.event()["reminders"]["overrides"] == [{"method": "popup", "minutes": 15}]


def test_reminders_in_another_order_are_no_difference(place: Place) -> None:
    active(place, reminder_popup_minutes=15, reminder_email_minutes=60)
    _, event = made(place)
    overrides = [{"method": "popup", "minutes": 15}, {"method": "email", "minutes": 60}]
    place.edit(event["id"], reminders={"useDefault": False, "overrides": overrides[::-1]})
    place.forget()
    place.settle()
    assert writes(place) == []
