"""What a setting may be is stated once, where it is declared."""

import pytest

from functions.domain.settings.facts import facts
from functions.domain.settings.schema import MappingRow, Settings


def test_bounds_choices_and_default_are_read_from_the_setting() -> None:
    grace = facts(Settings)["sync.cancel_grace_seconds"]
    assert (grace.default, grace.low, grace.high, grace.advice) == (120, 0, 86_400, "use 0 to 86400")
    assert facts(Settings)["inbound.deleted_event"].choices == ("cancel", "ask", "restore")
    assert facts(Settings)["outbound.title_template"].longest == 500
    assert facts(MappingRow)["also"].most == 20  # declared by `several`


@pytest.mark.parametrize(
    ("name", "value", "holds"),
    [
        ("outbound.create_on_status", (20, 30), True),
        ("outbound.create_on_status", (20, 10_000), False),
        ("inbound.cancel_status", None, True),
        ("inbound.cancel_status", -1, False),
        ("name", "x" * 120, True),
        ("name", "x" * 121, False),
    ],
)
def test_a_value_holds_within_its_bounds(name: str, value: object, *, holds: bool) -> None:
    assert facts(Settings)[name].holds(value) is holds


def test_every_setting_that_is_a_number_has_bounds() -> None:
    numbers = {name for name, fact in facts(Settings).items() if type(fact.default) is int or fact.many}
    assert {name for name in numbers if facts(Settings)[name].low is None} == {"mapping"}
