"""Kept stories with a mishap at every step: `python -m tests.world.sweep [--only NAME] [--seconds S] [--part K --parts N]`.

At each step of all that the product does in a story (every call out, every transaction, every put into the queue), before
its effect and after it, an instance dies, stalls until its lease has ended, or a call fails. `make worlds` draws such steps at
random; here none is left out. Prints each telling that breaks a promise, as `python -m tests.world.tell` does.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from functions.application.store.records import remember
from functions.domain.pairing.link import Link
from tests.world.deeds import Deed
from tests.world.tell import choice_of, kept_stories, told
from tests.world.world import BEGINNING, World

DIES, STALLS, I_RESERVE_FAILS, GOOGLE_FAILS = 9, 5, 7, 6  # of the deed `later`


def mishaps(world: World, settings: int, deeds: list[Deed]) -> Iterator[list[Deed]]:
    """Yield the story once for each step, side of the step and mishap."""
    first = len(BEGINNING) if deeds[: len(BEGINNING)] == BEGINNING else 0
    world.begin(choice_of(settings), deeds[:first])
    for step in range(world.steps(deeds[first:])):
        for after in (0, 1):
            for what in (DIES, STALLS, I_RESERVE_FAILS, GOOGLE_FAILS):
                # a failing call has no effect, or only its answer is lost, by the same side of the step
                side = 0 if what in {I_RESERVE_FAILS, GOOGLE_FAILS} else after
                yield [*deeds[:first], ("later", (step, side, what, after, 1)), *deeds[first:]]


def every_telling(world: World, only: list[str] | None) -> Iterator[tuple[str, int, list[Deed]]]:
    """Yield all of the kept stories, or of these."""
    for name, settings, deeds in kept_stories():
        if not only or name in only:
            yield from ((name, settings, story) for story in mishaps(world, settings, deeds))


def main() -> int:
    """Run from the command line; 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", help="this story; several: once each")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1, help="tell one of so many, from the given part on")
    options = parser.parse_args()
    remember(Link)
    until, told_, bad = time.monotonic() + options.seconds, 0, 0
    with tempfile.TemporaryDirectory() as directory:
        world = World(Path(directory))
        for number, (name, settings, story) in enumerate(every_telling(world, options.only)):
            if time.monotonic() > until:
                break
            if number % options.parts != options.part:
                continue
            told_ += 1
            if found := told(world, choice_of(settings), story, thorough=False):
                bad += 1
                sys.stdout.write("\n    ".join([f"{name}: {story}", *found]) + "\n")
                sys.stdout.flush()
    sys.stdout.write(f"{told_} tellings, {bad} broken\n")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
