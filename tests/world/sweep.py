"""Kept stories with a mishap at every step: `python -m tests.world.sweep [--only NAME] [--seconds S] [--part K --parts N]`.

At each step of all that the product does in a story (every call out, every transaction, every put into the queue), before
its effect and after it, an instance dies, stalls until its lease has ended, or a call fails; or the store fails, or its answer
is lost. `make worlds` draws such steps at random; here none is left out. Prints each telling that breaks a promise, as `python -m tests.world.tell` does.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.world.deeds import Deed
from tests.world.tell import be_quick, beginning_of, choice_of, kept_stories, told
from tests.world.world import World

DIES, STALLS, I_RESERVE_FAILS, GOOGLE_FAILS = 9, 5, 7, 6  # of the deed `later`
STORE = (10, 11, 12, 13)  # of its mishaps


def mishaps(world: World, settings: int, deeds: list[Deed]) -> Iterator[tuple[int, list[list[Deed]]]]:
    """Yield for each deed the story once for each step, side of the step and mishap, with how many deeds come before it.

    Steps that come after the story's own `later` are left out, because it would take the place of the mishap.
    """
    first = beginning_of(deeds)
    story = [*deeds[:first], ("back_up", ()), *deeds[first:]]
    world.begin(choice_of(settings), story[:first])
    for at, steps in enumerate(world.steps(story[first:]), start=first):
        yield (
            at,
            [
                [*story[:at], ("later", (step, 0 if fails else after, what, after, 1)), *story[at:]]
                for step in range(steps)
                for after in (0, 1)
                # a failing call has no effect, or only its answer is lost, by the same side of the step
                for what, fails in ((DIES, False), (STALLS, False), (I_RESERVE_FAILS, True), (GOOGLE_FAILS, True))
            ]
            + [[*story[:at], ("later", (step, 0, what, 0, 1)), *story[at:]] for step in range(steps) for what in STORE],
        )
        if at < len(story) and story[at][0] == "later":
            break


def every_telling(
    world: World, only: list[str] | None, part: int = 0, parts: int = 1
) -> Iterator[tuple[str, int, int, list[Deed]]]:
    """Yield all of the kept stories, or of these; of one in so many deeds."""
    number = 0
    for name, settings, deeds in kept_stories():
        for before, stories in mishaps(world, settings, deeds) if not only or name in only else ():
            if number % parts == part:
                yield from ((name, settings, before, story) for story in stories)
            number += 1


def main() -> int:
    """Run from the command line; 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", help="this story; several: once each")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1, help="tell one of so many deeds, from the given part on")
    options = parser.parse_args()
    be_quick()
    until, told_, bad = time.monotonic() + options.seconds, 0, 0
    with tempfile.TemporaryDirectory() as directory:
        world = World(Path(directory))
        for name, settings, before, story in every_telling(world, options.only, options.part, options.parts):
            if time.monotonic() > until:
                break
            told_ += 1
            if found := told(world, choice_of(settings), story, before, thorough=False):
                bad += 1
                sys.stdout.write("\n    ".join([f"{name}: {story}", *found]) + "\n")
                sys.stdout.flush()
    sys.stdout.write(f"{told_} tellings, {bad} broken\n")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
