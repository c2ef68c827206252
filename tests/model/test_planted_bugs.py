"""Twenty-five planted bugs, each caught by the model's own properties in a short story of the model's own rules.

The base is not updated; the stamp is ignored; the lease is not checked; the etag is not sent; a cancelled booking is
revived; a tombstone is ignored; the sync token is saved before its changes are applied; a claim is not checked;
unreadable counts as gone; an old reading counts as an edit; a leased pair is not read again; a booking is not read again
before it is written; the grace is forgotten; a cancelled booking keeps its event; unusually many removals are carried
out; a change of settings is not finished; an undo that was cut short is forgotten; a journal entry stays
open; the reason of a refusal is not said; the brake never acts; a provisional booking is not tentative; an event reaches a
public calendar with its texts; a private row is ignored; a person's colour is painted over; an occupied event is forgotten.
Without the bug each story ends well.
"""

from collections.abc import Iterator
from typing import Any, Literal

import pytest

from tests.model import planted
from tests.model.ledger import Broken, Policy
from tests.model.planted import Plant
from tests.model.stage import Stage

Deeds = tuple[tuple[Any, ...], ...]
Story = tuple[int, Policy, Deeds]
MAY = Policy(update=True)
MISHAPS = {"crash": 1, "stall": 1, "change_settings": 3, "undo": 2}  # where their step is told
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
    (
        planted.unusually_many_removals_are_carried_out,
        (0, Policy(update=True, hold=1), (*MADE, ("new_booking", 1, 0, 20), ("time_passes", 12), ("delete_all", 0))),
    ),
    (
        planted.a_change_of_settings_is_not_finished,
        (0, MAY, (*MADE, ("change_settings", "title", 1, 3), ("time_passes", 130))),
    ),
    (
        planted.an_undo_that_was_cut_short_is_forgotten,
        (0, MAY, (*MADE, ("move_event", 0, 2), ("time_passes", 12), ("undo", 0, 4), ("time_passes", 130))),
    ),
    (planted.an_entry_is_left_open, (0, Policy(), MADE)),
    (planted.the_reason_is_not_said, (0, Policy(), (*MADE, ("move_event", 0, 2), ("time_passes", 12)))),
    (planted.the_brake_never_acts, (0, Policy(), (*MADE, *(("move_event", 0, 2), ("time_passes", 12)) * 7))),
    (planted.a_cancelled_booking_keeps_its_event, (0, Policy(), (*MADE, ("status_of_booking", 0, 70)))),
    (
        planted.a_provisional_booking_is_not_tentative,
        (0, Policy(tentative=(30,)), (("new_booking", 0, 0, 30), ("time_passes", 12))),
    ),
    (
        planted.an_event_is_hidden_only_once_it_stands_there,
        (0, Policy(shows="booked"), (("new_booking", 0, 1, 20), ("time_passes", 12), ("room_of_booking", 0, 0))),
    ),
    (planted.a_private_row_is_ignored, (0, Policy(shows="private"), MADE)),
    (
        planted.a_persons_colour_is_painted_over,
        (0, Policy(colours=True), (*MADE, ("touch_event", 0), ("time_passes", 12))),
    ),
    (planted.an_occupied_event_is_forgotten, (0, Policy(also=True), MADE)),
)
TAKEN = (("new_booking", 0, 0, 20), ("new_event", 1, 0, 0), ("time_passes", 12), ("move_event", 0, 0))


@pytest.mark.parametrize("guard", ["auto", "always", "never"])
def test_an_event_on_taken_hours_may_go_back_whoever_refuses(
    guard: Literal["auto", "always", "never"], stages: tuple[Stage, ...]
) -> None:
    stages[0].tell(Policy(guard=guard), TAKEN)


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
    """Yield the story as written, then with its mishap at each other step, because steps change with the code."""
    yield deeds
    place = next((number for number, deed in enumerate(deeds) if deed[0] in MISHAPS), None)
    if place is None:
        return
    for step in range(12):
        told = list(deeds[place])
        told[MISHAPS[told[0]]] = step
        yield (*deeds[:place], tuple(told), *deeds[place + 1 :])


def goes_wrong(stage: Stage, policy: Policy, deeds: Deeds) -> bool:
    """Whether the model finds something broken in a story."""
    try:
        stage.tell(policy, deeds)
    except Broken:
        return True
    return False
