"""Tell worlds: `python -m tests.world.tell --worlds N --seed SEED [--deeds D]`, or one failing seed, shrunk.

Prints a line a broken world; a failing seed is shrunk to a short story with `--shrink`, and kept under `found/`.
"""

import argparse
import gc
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.world.choice import Choice
from tests.world.deeds import Deed
from tests.world.promises import broken
from tests.world.world import World, story

FOUND = Path(__file__).parent / "found"


def choice_of(seed: int) -> Choice:
    """Return the settings of a seed."""
    return Choice.of(random.Random(f"settings {seed}"))  # noqa: S311


def told(world: World, choice: Choice, deeds: list[Deed]) -> list[str]:
    """Tell a story, and return the promises that it broke."""
    world.set_back(choice)
    world.tell(deeds)
    world.rest()
    return broken(world, choice)


def kind_of(sentence: str) -> str:
    """Return the kind of a broken promise."""
    return sentence.split(":", maxsplit=1)[0]


def _breaks(world: World, choice: Choice, kind: str, deeds: list[Deed]) -> bool:
    return kind in {kind_of(each) for each in told(world, choice, deeds)}


def shrunk(deeds: list[Deed], breaks: Callable[[list[Deed]], bool], seconds: float = 120) -> list[Deed]:
    """Leave out the deeds without which it breaks as well: halves first, then one by one."""
    until, size = time.monotonic() + seconds, max(1, len(deeds) // 2)
    while size:
        start = 0
        while start < len(deeds) and time.monotonic() < until:
            without = deeds[:start] + deeds[start + size :]
            if breaks(without):
                deeds = without
            else:
                start += size
        size //= 2
    return deeds


def keep_found(seed: int, deeds: list[Deed]) -> None:
    """Keep a broken story, a deed a line; the tests tell it again from then on."""
    lines = (json.dumps(each) for each in deeds)
    (FOUND / f"{seed}.jsonl").write_text("".join(f"{each}\n" for each in lines), encoding="utf-8")


def kept_stories() -> list[tuple[int, list[Deed]]]:
    """Return the stories that once broke a promise, each with the seed of its settings."""
    found = []
    for path in sorted(FOUND.glob("*.jsonl")):
        lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
        found.append((int(path.stem), [(name, tuple(numbers)) for name, numbers in lines]))
    return found


def main() -> int:
    """Run from the command line; 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--deeds", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=0, help="stop after so many; 0: tell them all")
    parser.add_argument("--shrink", action="store_true")
    options = parser.parse_args()
    began, bad, number = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory() as directory:
        world = World(Path(directory))
        gc.freeze()
        gc.set_threshold(100_000, 20, 100)  # what a world leaves behind is collected now and then; a tenth of its time
        for seed in range(options.seed, options.seed + options.worlds):
            number += 1
            choice, deeds = choice_of(seed), story(seed, options.deeds)
            if found := told(world, choice, deeds):
                bad += 1
                sys.stdout.write(f"seed {seed} {choice}\n" + "".join(f"    {each}\n" for each in found))
                if options.shrink:
                    short = shrunk(deeds, partial(_breaks, world, choice, kind_of(found[0])))
                    sys.stdout.write("".join(f"    {name}{numbers}\n" for name, numbers in short))
                    for each in told(world, choice, short):
                        sys.stdout.write(f"    -> {each}\n")
                    keep_found(seed, short)
                sys.stdout.flush()
            if options.seconds and time.monotonic() - began > options.seconds:
                break
    took = time.monotonic() - began
    sys.stdout.write(f"{number} worlds from seed {options.seed}, {bad} broken, {took:.0f} s\n")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
