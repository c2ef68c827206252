"""Settings as they are typed: what is wrong is said where it stands, what is right is neither lost nor accused."""

from typing import Any

import pytest

from functions.application.setting_up.settings_input import settings_from
from functions.domain.model.errors import Invalid

GOOD: dict[str, Any] = {
    "id": "7",
    "ireserve": {"base_url": "https://tenant.i-reserve.net/api/rest", "username": "api_calendar"},
    "google": {"client_id": "123.apps.googleusercontent.com"},
    "mapping": [
        {"object": "10", "calendar": "a@group.calendar.google.com"},
        {"object": "11", "calendar": "b@group.calendar.google.com"},
    ],
}


def faults(**changes: Any) -> list[str]:
    raw = {**GOOD, **changes}
    with pytest.raises(Invalid) as invalid:
        settings_from(raw)
    return [fault.field for fault in invalid.value.faults]


def test_wrong_elements_of_a_list_accuse_nothing_else() -> None:
    assert faults(outbound={"create_on_status": ["open", "betaald"]}) == [
        "outbound.create_on_status.0",
        "outbound.create_on_status.1",
    ]


def test_wrong_elements_of_a_list_hide_nothing_else() -> None:
    found = faults(outbound={"create_on_status": ["open", "betaald"], "reminder_popup_minutes": 2000})
    assert "outbound.reminder_popup_minutes" in found


def test_right_elements_beside_wrong_ones_are_still_checked() -> None:
    found = faults(outbound={"create_on_status": ["open", 70], "delete_on_status": ["x", 70, "y", 80]})
    assert any(field.startswith("outbound.create_on_status") or field == "outbound.delete_on_status" for field in found)
    assert not any(field.startswith(("ireserve", "google", "mapping")) for field in found)


@pytest.mark.parametrize(
    ("changes", "accused"),
    [
        ({"sync": {"window_days": ["a", 365]}}, "sync.window_days"),
        ({"sync": {"window_days": [-1, 2, 3]}}, "sync.window_days"),
        ({"sync": {"window_days": "soon"}}, "sync.window_days"),
        ({"mapping": [{"object": "10"}, *GOOD["mapping"]]}, "mapping.0.calendar"),
        ({"mapping": ["10", *GOOD["mapping"]]}, "mapping.0"),
        ({"mapping": "10"}, "mapping"),
        ({"inbound": [1]}, "inbound"),
        ({"inbound": {"status": {"code": 20}}}, "inbound.status"),
    ],
)
def test_each_wrong_value_is_the_only_one_accused(changes: dict[str, Any], accused: str) -> None:
    found = faults(**changes)
    assert found
    assert all(field.startswith(accused) for field in found), found


@pytest.mark.parametrize(
    ("part", "accused"),
    [
        ({"outbound": {"reminder_popup_minutes": True}}, "outbound.reminder_popup_minutes"),
        ({"outbound": {"create_on_status": [20, True]}}, "outbound.create_on_status"),
        ({"inbound": {"cancel_status": False}}, "inbound.cancel_status"),
        ({"mapping": [GOOD["mapping"][0], {**GOOD["mapping"][1], "before_minutes": True}]}, "mapping.1.before_minutes"),
    ],
)
def test_yes_and_no_are_no_numbers(part: dict[str, Any], accused: str) -> None:
    assert faults(**part) == [accused]


@pytest.mark.parametrize(
    ("part", "accused"),
    [
        ({"nonsense": 1}, "nonsense"),
        ({"inbound": {"nonsense": 1}}, "inbound.nonsense"),
        ({"mapping": [{**GOOD["mapping"][0], "nonsense": 1}]}, "mapping.0.nonsense"),
    ],
)
def test_what_is_no_setting_is_told(part: dict[str, Any], accused: str) -> None:
    assert faults(**part) == [accused]


def test_ids_and_objects_may_be_typed_without_quotes() -> None:
    mapping = [{"object": 10, "calendar": "a@group.calendar.google.com"}]
    read = settings_from({**GOOD, "id": 7, "mapping": mapping, "outbound": {"colours": {20: "sage"}}})
    assert (read.id, read.mapping[0].object, read.outbound.colours) == ("7", "10", {"20": "sage"})


def test_texts_are_trimmed() -> None:
    assert settings_from({**GOOD, "name": "  Noord \n"}).name == "Noord"
