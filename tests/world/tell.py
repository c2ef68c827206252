"""Tell worlds: `python -m tests.world.tell --worlds N [--seed SEED] [--seconds S] [--deeds D] [--processes P]`.

Prints the seed of the first world, which is another each time unless given, and what each broken world broke, with the
command that tells it again; with `--shrink` also its story, as short as it can be, which is kept under `found/`.
"""

import argparse
import gc
import json
import os
import random
import resource
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

from functions.application.store.records import remember
from functions.domain.pairing.link import Link
from tests.world.choice import Choice
from tests.world.deeds import Deed
from tests.world.promises import broken
from tests.world.world import BEGINNING, World, story

FOUND = Path(__file__).parent / "found"
THOROUGH = 5  # of so many seeds one is audited and looked at once more, as is each that shows something
ALIKE = 40  # so many seeds in turn have the same settings, so that their beginning is told once


def choice_of(seed: int) -> Choice:
    """Return the settings of a seed of settings."""
    return Choice.of(random.Random(f"settings {seed}"))  # noqa: S311


def told(world: World, choice: Choice, deeds: list[Deed], first: int = -1, *, thorough: bool = True) -> list[str]:
    """Tell a story, and return the promises that it broke; unless `thorough`, with what `make worlds` leaves out of most.

    So many of the first deeds are copied, if the story that was told before began with them too; -1: what most begin with.
    """
    if first < 0:
        first = beginning_of(deeds)
    world.begin(choice, deeds[:first])
    world.tell(deeds[first:])
    world.rest(day=thorough)
    return broken(world, world.choice, thorough=thorough)


def beginning_of(deeds: list[Deed]) -> int:
    """Return how many of a story's deeds most stories begin with."""
    return len(BEGINNING) if deeds[: len(BEGINNING)] == BEGINNING else 0


def be_quick() -> None:
    """Do without some care that takes time in a process that only tells worlds."""
    remember(Link)  # the same few are read again and again here
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)  # what a world leaves behind is collected now and then; a tenth of its time


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


def keep_found(settings: int, seed: int, deeds: list[Deed]) -> None:
    """Keep a broken story, a deed a line; the tests tell it again from then on."""
    lines = (json.dumps(each) for each in deeds)
    (FOUND / f"{settings}-{seed}.jsonl").write_text("".join(f"{each}\n" for each in lines), encoding="utf-8")


def kept_stories() -> list[tuple[str, int, list[Deed]]]:
    """Return the stories that once broke a promise, each with its name and the seed of its settings."""
    found = []
    for path in sorted(FOUND.glob("*.jsonl")):
        lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
        settings = int(path.stem.partition("-")[0])
        found.append((path.stem, settings, [(name, tuple(numbers)) for name, numbers in lines]))
    return found


@dataclass
class Counted:
    """How many worlds were told, how many deeds they had, and how many broke a promise."""

    worlds: int = 0
    deeds: int = 0
    bad: int = 0

    def add(self, other: "Counted") -> None:
        self.worlds, self.deeds, self.bad = self.worlds + other.worlds, self.deeds + other.deeds, self.bad + other.bad


def tell(seeds: range, options: argparse.Namespace, directory: Path) -> Counted:
    """Tell the worlds of these seeds, and print those that break a promise."""
    until = time.monotonic() + options.seconds if options.seconds else float("inf")
    world, counted = World(directory), Counted()
    be_quick()
    for seed in seeds:
        if time.monotonic() > until:
            break
        settings = seed // ALIKE
        choice, deeds = choice_of(settings), story(seed, options.deeds)
        counted.add(Counted(1, len(deeds)))
        try:
            found = told(world, choice, deeds, thorough=seed % THOROUGH == 0)
        except AssertionError as error:  # the product answered as it must not
            found, world = [f"answer: {error}"], World(Path(tempfile.mkdtemp(dir=directory)))
        if found:
            counted.bad += 1
            _print(world, choice, deeds, found, seed, shrink=options.shrink)
    return counted


def _print(world: World, choice: Choice, deeds: list[Deed], found: list[str], seed: int, *, shrink: bool) -> None:
    lines = [f"seed {seed} (make worlds N=1 SEED={seed}): {choice}", *(f"    {each}" for each in found)]
    if shrink:
        short = shrunk(deeds, partial(_breaks, world, choice, kind_of(found[0])))
        lines += [f"    {name}{numbers}" for name, numbers in short]
        lines += [f"    -> {each}" for each in told(world, choice, short)]
        keep_found(seed // ALIKE, seed, short)
    sys.stdout.write("\n".join([*lines, ""]))
    sys.stdout.flush()


def main() -> int:
    """Run from the command line; 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000_000))
    parser.add_argument("--deeds", type=int, default=0, help="of each story; 0: as many as its seed draws")
    parser.add_argument("--seconds", type=float, default=0, help="stop after so many; 0: tell them all")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--shrink", action="store_true")
    options = parser.parse_args()
    began, counted = time.monotonic(), Counted()
    sys.stdout.write(f"worlds from seed {options.seed}\n")
    sys.stdout.flush()
    parts = min(options.processes, options.worlds)
    bounds = [options.seed + options.worlds * part // parts for part in range(parts + 1)]
    with tempfile.TemporaryDirectory() as directory, ProcessPoolExecutor(parts, get_context("spawn")) as pool:
        telling = [
            pool.submit(tell, range(first, last), options, Path(tempfile.mkdtemp(dir=directory)))
            for first, last in pairwise(bounds)
        ]
        for part in telling:
            counted.add(part.result())
    took, spent = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    each = (spent.ru_utime + spent.ru_stime) / max(1, counted.worlds)
    sys.stdout.write(
        f"{counted.worlds} worlds from seed {options.seed}, {counted.deeds / max(1, counted.worlds):.1f} deeds each, "
        f"every {THOROUGH}th audited, {counted.bad} broken; {took:.0f} s, {counted.worlds * 60 / took:.0f} a minute in {parts} processes, "
        f"{each:.3f} s of processor time each\n"
    )
    return int(counted.bad > 0)


if __name__ == "__main__":
    sys.exit(main())
