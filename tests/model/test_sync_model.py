"""The model test: people, an administrator, outside systems and the product's instances do anything in any order.

People book, drag and delete, one by one or all at once. The administrator changes settings, pauses, undoes, and decides
on held removals. Hints come late, twice or never. Calls fail, and instances crash or stall at any step.

For every write of the product (`ledger.py`): no unsynchronised edit of a person is overwritten against the settings, a
cancelled booking stays cancelled until a person reopens it, there is one event per booking and one booking per event,
and people's texts are kept. Whenever everything has arrived: both sides agree, every eligible edit shows on the other
side, no link is stuck, nothing waits without a reason, the writes are bounded, and another full comparison writes
nothing.

`make test` runs the same few examples each time; `MODEL_EXAMPLES=5000` runs that many different ones.
"""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.model.administration import Administered
from tests.model.ledger import Policy
from tests.model.stage import SLOTS

EXAMPLES, STEPS = int(os.environ.get("MODEL_EXAMPLES", "60")), 25
POLICIES = st.builds(
    Policy,
    update=st.booleans(),
    winner=st.sampled_from(("booking", "event")),
    deleted=st.sampled_from(("cancel", "cancel", "ask", "restore")),
    rooms=st.booleans(),
    follow=st.sampled_from(("inbound_object", "all_mapped")),
    hold=st.sampled_from((10, 10, 1)),
    also=st.booleans(),
    guard=st.sampled_from(("auto", "always", "never")),
    tentative=st.sampled_from(((), (30,))),
    shows=st.sampled_from(("full", "full", "private", "booked")),
    colours=st.booleans(),
)
# most stories begin with pairs in sync, because most edits are made to such pairs
OPENINGS = ((), ("new_booking",), ("new_booking",), ("new_event",), ("new_booking", "new_event"))
SETTINGS = st.sampled_from(
    (
        *("update", "rooms", "both", "winner", "deleted", "follow", "title", "wanted", "cancelled", "also", "guard"),
        *("tentative", "shows", "colours"),
    )
)
FUSE = st.sampled_from((None, None, 0, 1, 2, 3, 4, 5, 6))  # the step at which an order crashes
which, slot, bit = st.integers(0, 3), st.integers(0, len(SLOTS) - 1), st.integers(0, 1)


def profile(examples: int, steps: int, variable: str) -> settings:
    """Return the number and length of the stories; the same ones each time unless the variable is set."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=variable not in os.environ,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


class SyncMachine(RuleBasedStateMachine):
    """Everything that can happen, in any order."""

    stages: tuple[Administered, ...] = ()

    @initialize(policy=POLICIES, start=bit, pairs=st.sampled_from(OPENINGS))
    def begins(self, policy: Policy, start: int, pairs: tuple[str, ...]) -> None:
        self.stage = self.stages[start]
        self.stage.set_back(policy)
        for number, maker in enumerate(pairs):
            self.does(maker, number)
        if pairs:
            self.does("time_passes", 12)

    def does(self, name: str, *args: Any) -> None:
        getattr(self.stage, name)(*args)

    def teardown(self) -> None:
        if not hasattr(self, "stage"):
            return
        with self.stage.closing():
            self.does("quiesce")

    @rule(slot=slot, room=bit, status=st.sampled_from((20, 20, 30, 10)))
    def new_booking(self, slot: int, room: int, status: int) -> None:
        self.does("new_booking", slot, room, status)

    @rule(slot=slot, room=bit, free=st.sampled_from((0, 0, 0, 1)))
    def new_event(self, slot: int, room: int, free: int) -> None:
        self.does("new_event", slot, room, free)

    @rule(which=which, slot=slot)
    def move_booking(self, which: int, slot: int) -> None:
        self.does("move_booking", which, slot)

    @rule(which=which, room=bit)
    def room_of_booking(self, which: int, room: int) -> None:
        self.does("room_of_booking", which, room)

    @rule(which=which, status=st.sampled_from((10, 20, 30, 70)))
    def status_of_booking(self, which: int, status: int) -> None:
        self.does("status_of_booking", which, status)

    @rule(which=which, deed=st.sampled_from(("touch_booking", "touch_event", "remove_booking", "purge_event")))
    def lesser_deed(self, which: int, deed: str) -> None:
        self.does(deed, which)

    @rule(which=which, text=st.integers(0, 2), deed=st.sampled_from(("remark", "write_below", "retitle")))
    def text(self, which: int, text: int, deed: str) -> None:
        self.does(deed, which, text)

    @rule(which=which, who=st.integers(0, 2))
    def customer_of_booking(self, which: int, who: int) -> None:
        self.does("customer_of_booking", which, who)

    @rule(validates=bit)
    def rights(self, validates: int) -> None:
        self.does("rights", validates)

    @rule(which=which, slot=slot)
    def move_event(self, which: int, slot: int) -> None:
        self.does("move_event", which, slot)

    @rule(which=which, bit=bit, deed=st.sampled_from(("room_of_event", "free_event")))
    def other_edit(self, which: int, bit: int, deed: str) -> None:
        self.does(deed, which, bit)

    @rule(which=which, deed=st.sampled_from(("delete_event", "delete_event", "restore_event", "duplicate_event")))
    def event_comes_or_goes(self, which: int, deed: str) -> None:
        self.does(deed, which)

    @rule(
        channel=st.sampled_from(("hooks", "notifications")), mode=st.sampled_from(("deliver", "drop", "double", "hold"))
    )
    def delivery(self, channel: str, mode: str) -> None:
        self.does(channel, mode)

    @rule(mode=st.sampled_from(("as_sent", "web")))
    def texts(self, mode: str) -> None:
        self.does("texts", mode)

    @rule()
    def lose_removal(self) -> None:
        self.does("lose_removal")

    @rule(order=st.sampled_from(("fifo", "reverse")))
    def late(self, order: str) -> None:
        self.does("flush", order)

    @rule(
        side=st.sampled_from(("google", "ireserve")),
        action=st.sampled_from(("status", "reset")),
        moment=st.sampled_from(("before", "after")),
        write=bit,
    )
    def fault(self, side: str, action: str, moment: str, write: int) -> None:
        self.does("fault", side, action, moment, write)

    @rule(side=st.sampled_from(("google", "ireserve")), calls=st.integers(2, 6))
    def outage(self, side: str, calls: int) -> None:
        self.does("outage", side, calls)

    @rule(step=st.integers(0, 9), after=bit)
    def crash(self, step: int, after: int) -> None:
        self.does("crash", step, after)

    @rule(step=st.integers(0, 9), after=bit)
    def stall(self, step: int, after: int) -> None:
        self.does("stall", step, after)

    @rule(which=bit)
    def resume(self, which: int) -> None:
        self.does("resume", which)

    @rule(deed=st.sampled_from(("token_dies", "night", "round", "renewal", "quiesce")))
    def rare(self, deed: str) -> None:
        self.does(deed)

    @rule(name=SETTINGS, value=st.integers(0, 2), fuse=FUSE)
    def change_settings(self, name: str, value: int, fuse: int | None) -> None:
        self.does("change_settings", name, value, fuse)

    @rule(which=which, fuse=FUSE)
    def undo(self, which: int, fuse: int | None) -> None:
        self.does("undo", which, fuse)

    @rule(which=which, slot=slot)
    def disturb_hall(self, which: int, slot: int) -> None:
        self.does("disturb_hall", which, slot)

    @rule(room=bit)
    def delete_all(self, room: int) -> None:
        self.does("delete_all", room)

    @rule(which=bit, verb=st.sampled_from(("approve", "restore")), fuse=FUSE)
    def decide(self, which: int, verb: str, fuse: int | None) -> None:
        self.does("decide", which, verb, fuse)

    @rule()
    def pause(self) -> None:
        self.does("go_on" if self.stage.paused else "pause")

    @rule(seconds=st.sampled_from((0, 2, 12, 12, 130, 700, 3700)))
    def time_passes(self, seconds: int) -> None:
        self.does("time_passes", seconds)

    @rule(seconds=st.sampled_from((3, 40, 100)))
    def time_stands(self, seconds: int) -> None:
        self.does("time_stands", seconds)

    @rule(tasks=st.integers(1, 3))
    def work(self, tasks: int) -> None:
        self.does("work", tasks)


@pytest.mark.timeout(0)
def test_nothing_is_lost_doubled_or_overwritten_whatever_happens(stages: tuple[Administered, ...]) -> None:
    SyncMachine.stages = stages
    run_state_machine_as_test(SyncMachine, settings=profile(EXAMPLES, STEPS, "MODEL_EXAMPLES"))
