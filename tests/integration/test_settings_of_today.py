"""Settings exported before a feature was there mean afterwards what they meant: each new one is off or as it was."""

import json
from pathlib import Path
from typing import Any

from tests.harness.place import SECRETS, Place

BEFORE = Path(__file__).parents[1] / "data/store_v2.json"
ADDED = {  # settings that came later, with what they must be where an export does not name them
    "alerts.webhook_form": "auto",
    "alerts.weekly_report": False,
    "inbound.invitations": "none",
    "inbound.tell_organizer": False,
    "outbound.use_labels": False,
}


def test_an_export_from_before_is_taken_as_it_is_and_what_came_later_is_off(place: Place) -> None:
    exported: dict[str, Any] = json.loads(BEFORE.read_text("utf-8"))["documents"]["integrations/7"]["settings"]
    assert not any(_at(exported, name, {}) for name in ADDED)
    taken = place.api("PUT", "/7", {**exported, "secrets": SECRETS})
    for part, given in exported.items():
        known = taken[part]
        if isinstance(given, dict):
            assert {name: known[name] for name in given} == given
        elif part == "mapping":
            assert [{name: row[name] for name in old} for old, row in zip(given, known, strict=True)] == given
        else:
            assert known == given
    assert {name: _at(taken, name, None) for name in ADDED} == ADDED


def _at(settings: dict[str, Any], name: str, otherwise: Any) -> Any:
    part, _, field = name.partition(".")
    return settings[part].get(field, otherwise)
