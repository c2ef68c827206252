"""The audit, which shares no rule with the planner, finds what each planted bug leaves on the two sides."""

from typing import Any

import pytest

from functions.application.auditing import audit
from functions.application.auditing.stored_audit import LEFT_ALONE
from tests.model import planted
from tests.model.ledger import Broken, Policy
from tests.model.planted import Plant
from tests.model.stage import INT, Stage
from tests.model.test_planted_bugs import CASES, Deeds, Story, at_other_steps

# the model's complaints about the two sides; the others are about the store or the way there
ON_THE_TWO_SIDES = (
    "has no event",
    "events",
    "and its event show",
    "has its event on",
    "has an event that says",
    "and its event",
    "became no booking",
    "belongs to nothing",
    "does not stand in the hall",
    "has an open event",
)
STORIES: dict[Plant, Story] = dict(CASES)
# what each bug leaves; the others do harm on the way, but both sides agree at the end, or a pair waits for a person
LEAVES: dict[Plant, str] = {
    planted.a_tombstone_is_ignored: "missing_event",
    planted.the_token_is_saved_before_its_changes: "other_time",
    planted.a_leased_pair_is_not_read_again: "other_time",
    planted.a_change_of_settings_is_not_finished: "other_text",
    planted.an_undo_that_was_cut_short_is_forgotten: "other_time",
    planted.a_cancelled_booking_keeps_its_event: "gone",
    planted.a_private_row_is_ignored: "too_open",
    planted.an_occupied_event_is_forgotten: "missing_occupied",
}


class Deaf:
    """A stage that judges only at the end."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def tell(self, policy: Policy, deeds: Deeds) -> None:
        """Play a story and let everything arrive, without a sweep that might repair the damage."""
        stage = self.stage
        stage.set_back(policy)
        with stage.closing():
            for name, *given in deeds:
                self._do(name, *given)
            while stage.stalled:
                self._do("resume", 0)
            stage.hooks("deliver")
            stage.notifications("deliver")
            stage.world.faults.planted.clear()
            stage.tenant.faults.planned.clear()
            self._do("flush", "fifo")
            for _ in range(3):
                self._do("time_passes", 100)

    def _do(self, name: str, *given: Any) -> None:
        try:
            getattr(self.stage, name)(*given)
        except Broken:
            self.stage.broken = None

    def left(self) -> str:
        """Return what the model finds wrong now, or ""."""
        try:
            self.stage.check("at the end")
        except Broken as broken:
            return str(broken)
        return ""


def audited(stage: Stage) -> dict[str, str]:
    """Make an audit at once; returns its findings, each kind with its reason."""
    ledger, stage.ledger = stage.ledger, None  # the reads of an audit are not judged
    try:
        made = audit.begin(stage.ports, INT, "test")
        while made.finished_at is None:
            made = audit.advance(stage.ports, INT, made)
    finally:
        stage.ledger = ledger
    return {each.kind: each.why for each in made.findings}


def told(stage: Stage, patch: pytest.MonkeyPatch, plant: Plant, policy: Policy, deeds: Deeds) -> tuple[str, set[str]]:
    """Play a story with a bug; returns what the model and the audit find wrong at its end."""
    deaf = Deaf(stage)
    with patch.context() as planting:
        plant(planting)
        deaf.tell(policy, deeds)
    left, found = deaf.left(), set(audited(stage)) - {LEFT_ALONE}
    if any(each in left for each in ON_THE_TWO_SIDES):
        assert found, left
    return left, found


@pytest.mark.parametrize("plant", LEAVES, ids=lambda plant: plant.__name__)
def test_the_audit_finds_what_is_left_behind_by(
    plant: Plant, stages: tuple[Stage, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    start, policy, deeds = STORIES[plant]
    for each in at_other_steps(deeds):
        if LEAVES[plant] in told(stages[start], monkeypatch, plant, policy, each)[1]:
            return
    pytest.fail(f"no telling left {LEAVES[plant]}")


@pytest.mark.parametrize("plant", [each for each in STORIES if each not in LEAVES], ids=lambda plant: plant.__name__)
def test_the_audit_finds_something_only_where_the_two_sides_differ_in_spite_of(
    plant: Plant, stages: tuple[Stage, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    start, policy, deeds = STORIES[plant]
    left, found = told(stages[start], monkeypatch, plant, policy, deeds)
    assert bool(found) == any(each in left for each in ON_THE_TWO_SIDES)
