"""Mutants: changes one thing in a decision and sees whether a test notices.

`python -m tests.mutants.run --of domain --sample 200 --seed 1` takes 200 of all mutants, the same ones for the same
seed, and runs for each the tests that run its line, the fastest first, until one fails. What was found out is kept under
`.mutants`: the same command again goes on where it stopped, and tries the survivors once more.
"""

import argparse
import hashlib
import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import yaml

from tests.mutants.attempt import Tests, try_in_functions, try_on_import
from tests.mutants.choose import Chooser, one_file_first
from tests.mutants.learn import HOUR, Learned, hashed
from tests.mutants.mutate import Mutant, mutants_of
from tests.mutants.pytest_in_here import in_a_fork

KEPT = Path(".mutants")
EQUIVALENT = Path("tests/mutants/equivalent.yaml")
NAMES = ("reconcile", "execute", "pull", "apply_page", "links", "webhooks", "held", "undo")
FAST = ("pull", "undo_and_held", "lost_answers", "refusals")  # of the integration tests


def _paths(pattern: str) -> list[str]:
    return sorted(map(str, Path().glob(pattern)))


FILES = {
    "domain": _paths("functions/domain/**/*.py"),
    "application": [path for name in NAMES for path in _paths(f"functions/application/*/{name}.py")],
}
# this one plants faults itself, and tries them with the tests of the life cycle, which are there anyway
PLANTS = "tests/unit/test_each_transition_counts.py"
UNIT = [path for path in _paths("tests/unit/test_*.py") if path != PLANTS]
TESTS = {"domain": UNIT, "application": [*UNIT, *(f"tests/integration/test_{name}.py" for name in FAST)]}


def equivalents() -> dict[str, str]:
    """Return the mutants that change nothing that anybody can see, by name, each with the reason."""
    return yaml.safe_load(EQUIVALENT.read_text()) or {}


def all_mutants(of: str) -> list[Mutant]:
    """Return the mutants of a part of the product."""
    return [mutant for path in FILES[of] for mutant in mutants_of(path, Path(path).read_text())]


class Verdicts:
    """What was found out, kept from run to run: a kill while its function stays, a survival while nothing changes."""

    def __init__(self, of: str, *, fresh: bool) -> None:
        self._file = KEPT / of / "verdicts.json"
        state = "".join(map(hashed, [*FILES[of], *TESTS[of]]))
        self._survived = hashlib.sha256(state.encode()).hexdigest()[:16]
        self._kept: dict[str, str] = {} if fresh or not self._file.exists() else json.loads(self._file.read_text())

    def of(self, mutant: Mutant) -> str:
        """Return `killed` or `survived`, or "" for what must be tried."""
        kept = self._kept.get(mutant.mark, "")
        return kept if kept == "killed" else "survived" if kept == self._survived else ""

    def tell(self, mutant: Mutant, dies: bool) -> None:  # noqa: FBT001
        """Keep one."""
        self._kept[mutant.mark] = "killed" if dies else self._survived
        self._file.write_text(json.dumps(self._kept))

    def read_again(self) -> None:
        """Take over what a fork told."""
        if self._file.exists():
            self._kept |= json.loads(self._file.read_text())


def _report(verdicts: list[tuple[Mutant, str]], chosen: int, seconds: float) -> None:
    by_place: dict[str, Counter[str]] = {}
    for mutant, verdict in verdicts:
        by_place.setdefault(str(Path(mutant.file).parent), Counter())[verdict] += 1
    whole = Counter(verdict for _, verdict in verdicts)
    print(f"\n{'folder':34} mutants  killed  equal  survived  killed of what is not equal")
    for place, counts in [*sorted(by_place.items()), ("all", whole)]:
        told = counts["killed"] + counts["survived"]
        print(
            f"{place.removeprefix('functions/'):34} {counts.total():7} {counts['killed']:7} {counts['equal']:6}"
            f" {counts['survived']:9}  " + (f"{100 * counts['killed'] / told:.1f} %" if told else "-")
        )
    print(f"\n{whole.total()} of {chosen} tried; {seconds:.0f} s of a processor in this run")
    if whole.total() < chosen:
        print("not the whole sample yet: the same command goes on")
    for mutant, verdict in verdicts:
        if verdict == "survived":
            where = f"{mutant.file}:{mutant.line} in {mutant.inside or 'import'}"
            print(f"  {where}\n    {mutant.before}\n    -> {mutant.after}")


def _as_it_is(mutant: Mutant) -> Mutant:
    return replace(mutant, after=mutant.before)


def _try(todo: list[tuple[Mutant, Tests]], chooser: Chooser, verdicts: Verdicts, temporary: Path, until: float) -> None:
    inside = [(mutant, tests) for mutant, tests in todo if mutant.inside]
    if inside:

        def tell_all() -> int:
            return try_in_functions(inside, temporary, verdicts.tell, until)

        if in_a_fork(tell_all, HOUR) != 0:
            sys.exit("the tests fail with nothing changed")
        verdicts.read_again()
    lived = [mutant for mutant, _ in inside if verdicts.of(mutant) == "survived" and chooser.acts_on_import(mutant)]
    outside = [*(mutant for mutant, _ in todo if not mutant.inside), *lived]
    for mutant in outside[:1]:
        if try_on_import(_as_it_is(mutant), chooser.tests_on_import(mutant), temporary):
            sys.exit("the tests fail with nothing changed")
    for mutant in outside:
        if time.monotonic() < until:
            parts = one_file_first(mutant, chooser.tests_on_import(mutant))
            verdicts.tell(mutant, any(try_on_import(mutant, part, temporary) for part in parts))


def main() -> None:
    """Try a sample and print what survived."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--of", choices=FILES, default="domain")
    parser.add_argument("--sample", type=int, default=200, help="how many mutants (0: all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="of files with this in their path")
    parser.add_argument("--seconds", type=float, default=HOUR, help="stop after this; the same command goes on")
    parser.add_argument("--patience", type=float, default=6, help="seconds of tests for one mutant")
    parser.add_argument("--fresh", action="store_true", help="forget what earlier runs found out")
    its = parser.parse_args()
    until, equal = time.monotonic() + its.seconds, equivalents()
    there = [mutant for mutant in all_mutants(its.of) if its.only in mutant.file]
    chosen = random.Random(its.seed).sample(there, its.sample) if 0 < its.sample < len(there) else there  # noqa: S311
    learned = Learned(KEPT / its.of, FILES[its.of], TESTS[its.of])
    verdicts = Verdicts(its.of, fresh=its.fresh)
    with tempfile.TemporaryDirectory(prefix="mutants") as folder:
        if not learned.complete(Path(folder), until):
            sys.exit("time is over, or a test cannot be run; the same command goes on")
        chooser = Chooser(learned.known(), learned.on_import(), FILES[its.of], its.patience)
        todo = [
            (mutant, chooser.tests_for(mutant))
            for mutant in chosen
            if mutant.name not in equal and not verdicts.of(mutant)
        ]
        for mutant, tests in todo:
            if not tests:
                verdicts.tell(mutant, dies=False)
        _try([(mutant, tests) for mutant, tests in todo if tests], chooser, verdicts, Path(folder), until)
    found = [(mutant, "equal" if mutant.name in equal else verdicts.of(mutant)) for mutant in chosen]
    told = sorted((each for each in found if each[1]), key=lambda each: (each[0].file, each[0].span))
    ran = resource.getrusage(resource.RUSAGE_CHILDREN)
    _report(told, len(chosen), time.process_time() + ran.ru_utime + ran.ru_stime)


if __name__ == "__main__":
    main()
