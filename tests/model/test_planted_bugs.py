"""Fourteen planted bugs, each caught by the model's own properties in a short story of the model's own rules.

The base is not updated; the stamp is ignored; the lease is not checked; the etag is not sent; a cancelled booking is
revived; a tombstone is ignored; the sync token is saved before its changes are applied; a claim is not checked;
unreadable counts as gone; an old reading counts as an edit; a leased pair is not read again; a booking is not read again
before it is written; the grace is forgotten; a cancelled booking keeps its event. Without the bug each story ends well.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.model import planted
from tests.model.ledger import Broken, Policy
from tests.model.planted import Plant
from tests.model.stage import Stage

Deeds = tuple[tuple[Any, ...], ...]
Story = tuple[int, Policy, Deeds]
MAY = Policy(update=True)
MADE = (("new_booking", 0, 0, 20), ("time_passes", 12))
CASES: tuple[tuple[Plant, Story], ...] = (
    (
        planted.the_base_is_not_updated,
        (0, MAY, (*MADE, ("move_booking", 0, 1), ("time_passes", 12), ("move_event", 0, 2), ("time_passes", 12))),
    ),
    (
        planted.the_stamp_is_ignored,
        (0, MAY, (*MADE, ("move_booking", 0, 1), ("crash", 1, 1), ("time_passes", 130))),
    ),
    (
        planted.the_lease_is_not_checked,
        (
            0,
            MAY,
            (
                ("new_event", 0, 0, 0),
                ("stall", 5, 1),
                ("time_passes", 130),
                ("move_booking", 0, 3),
                ("time_passes", 12),
                ("resume", 0),
            ),
        ),
    ),
    (
        planted.the_etag_is_not_sent,
        (
            0,
            Policy(update=True, winner="event"),
            (
                *MADE,
                ("notifications", "hold"),
                ("move_event", 0, 2),
                ("move_booking", 0, 1),
                ("time_passes", 12),
            ),
        ),
    ),
    (
        planted.a_cancelled_booking_is_revived,
        (
            0,
            Policy(),
            (*MADE, ("status_of_booking", 0, 70), ("time_passes", 12), ("restore_event", 0), ("time_passes", 12)),
        ),
    ),
    (planted.a_tombstone_is_ignored, (0, MAY, (*MADE, ("delete_event", 0)))),
    (planted.the_token_is_saved_before_its_changes, (0, MAY, (*MADE, ("move_event", 0, 2), ("crash", 5, 0)))),
    (
        planted.a_claim_is_not_checked,
        (0, Policy(), (("new_event", 0, 0, 0), ("stall", 7, 1), ("time_passes", 12))),
    ),
    (
        planted.unreadable_counts_as_gone,
        (0, MAY, (*MADE, ("outage", "ireserve", 6), ("touch_booking", 0), ("time_passes", 130))),
    ),
    (
        planted.an_old_reading_counts_as_an_edit,
        (
            1,
            Policy(update=True, winner="event", deleted="restore"),
            (
                ("new_event", 5, 0, 0),
                ("stall", 4, 0),
                ("time_passes", 700),
                ("move_booking", 0, 0),
                ("time_passes", 12),
            ),
        ),
    ),
    (
        planted.a_leased_pair_is_not_read_again,
        (
            0,
            Policy(winner="event"),
            (("new_booking", 5, 0, 20), ("stall", 6, 0), ("move_event", 0, 2), ("time_passes", 12)),
        ),
    ),
    (
        planted.a_booking_is_not_read_again,
        (
            0,
            MAY,
            (*MADE, ("move_event", 0, 2), ("stall", 5, 0), ("time_stands", 40), ("move_booking", 0, 1), ("resume", 0)),
        ),
    ),
    (planted.the_grace_is_forgotten, (0, MAY, (*MADE, ("delete_event", 0), ("time_passes", 12)))),
    (planted.a_cancelled_booking_keeps_its_event, (0, Policy(), (*MADE, ("status_of_booking", 0, 70)))),
)
each_bug = pytest.mark.parametrize(("plant", "story"), CASES, ids=lambda case: getattr(case, "__name__", ""))


@each_bug
def test_the_model_catches_that(
    plant: Plant, story: Story, stages: tuple[Stage, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    start, policy, deeds = story
    for told in at_other_steps(deeds):
        with monkeypatch.context() as patch:
            plant(patch)
            caught = goes_wrong(stages[start], policy, told)
        if caught:
            stages[start].tell(policy, told)
            return
    pytest.fail("the model did not notice")


def at_other_steps(deeds: Deeds) -> Iterator[Deeds]:
    """Give the story as it is told, then with its mishap at each other step: the product's steps change with it."""
    yield deeds
    place = next((number for number, deed in enumerate(deeds) if deed[0] in ("crash", "stall")), None)
    for step in range(12) if place is not None else ():
        yield tuple((deed[0], step, *deed[2:]) if number == place else deed for number, deed in enumerate(deeds))


def goes_wrong(stage: Stage, policy: Policy, deeds: Deeds) -> bool:
    """Whether the model finds something broken in a story."""
    try:
        stage.tell(policy, deeds)
    except Broken:
        return True
    return False
