"""Mutants: changes one thing in a decision and sees whether a test notices.

`python -m tests.mutants.run --of domain --sample 200 --seed 1` takes 200 of all mutants, the same ones for the same
seed, and runs for each the tests that run its line, the fastest first, until one fails. What was found out is kept under
`.mutants`: the same command again goes on where it stopped, and tries the survivors once more.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import yaml

from tests.mutants.lines import carry_over
from tests.mutants.measure import Known, hashed, in_a_fork, learn, try_in_functions, try_on_import
from tests.mutants.mutate import Mutant, mutants_of

KEPT = Path(".mutants")
EQUIVALENT = Path("tests/mutants/equivalent.yaml")
CLOSEST, MOST = 4, 50
NAMES = ("reconcile", "execute", "pull", "apply_page", "links", "webhooks", "held", "undo")
FAST = (
    "unit/test_links unit/test_webhooks unit/test_held_items unit/test_undo_refused unit/test_pulling unit/test_apply_page "
    "unit/test_reconcile_pair unit/test_deciding integration/test_pull integration/test_undo_and_held "
    "integration/test_lost_answers integration/test_refusals"
)


def _paths(pattern: str) -> list[str]:
    return sorted(map(str, Path().glob(pattern)))


FILES = {
    "domain": _paths("functions/domain/**/*.py"),
    "application": [path for name in NAMES for path in _paths(f"functions/application/*/{name}.py")],
}
TESTS = {
    "domain": _paths("tests/unit/test_*.py"),
    "application": [path for name in FAST.split() for path in _paths(f"tests/{name}.py")],
}


def equivalents() -> dict[str, str]:
    """Return the mutants that change nothing that anybody can see, by name, each with the reason."""
    return yaml.safe_load(EQUIVALENT.read_text()) or {}


def all_mutants(of: str) -> list[Mutant]:
    """Return the mutants of a part of the product."""
    return [mutant for path in FILES[of] for mutant in mutants_of(path, Path(path).read_text())]


def _known(of: str, temporary: Path, until: float) -> Known | None:
    """Return what each test runs, found out anew for what has changed; None if time is over before that."""
    place, stamp = KEPT / of / "lines", KEPT / of / "sources.json"
    place.mkdir(parents=True, exist_ok=True)
    sources = {path: Path(path).read_text() for path in FILES[of]}
    before = json.loads(stamp.read_text()) if stamp.exists() else sources
    if before != sources:
        carry_over(list(place.iterdir()), before, sources)
    stamp.write_text(json.dumps(sources))
    found: Known = {}
    for path in TESTS[of]:
        kept = place / f"{Path(path).stem}.json"
        if not kept.exists() or json.loads(kept.read_text())["of"] != hashed(path):
            if time.monotonic() > until:
                return None
            print(f"learning what {path} runs", flush=True)
            if in_a_fork(lambda path=path, kept=kept: learn(path, FILES[of], kept, temporary), 600) != 0:  # type: ignore[misc]  # defaults
                sys.exit(f"{path} cannot be run")
        found |= json.loads(kept.read_text())["tests"]
    return found


def _tests_for(mutant: Mutant, known: Known, patience: float) -> dict[str, float]:
    """Return the tests that run a mutant, with their seconds: the fastest, as many as patience allows."""
    lines = {*range(mutant.line, mutant.last + 1)}
    runs = sorted(
        (seconds, test)
        for test, (seconds, files) in known.items()
        if (ran := files.get(mutant.file)) and (not mutant.inside or not lines.isdisjoint(ran))
    )
    if not mutant.inside and not runs:  # a file of values alone: any test that imports it will do
        runs = sorted((seconds, test) for test, (seconds, _) in known.items())[:MOST]
    if not mutant.inside:  # what acts on import is tried by the files of tests that are most about it
        most = [path for path, _ in Counter(test.partition("::")[0] for _, test in runs).most_common(CLOSEST)]
        runs = [(seconds, test) for seconds, test in runs if test.partition("::")[0] in most]
    chosen: dict[str, float] = {}
    for seconds, test in runs:
        patience -= seconds
        if patience < 0:
            break
        chosen[test] = seconds
    return chosen


def _report(verdicts: list[tuple[Mutant, str]], chosen: int) -> None:
    by_file: dict[str, Counter[str]] = {}
    for mutant, verdict in verdicts:
        by_file.setdefault(mutant.file, Counter())[verdict] += 1
    print(f"\n{'file':52} mutants  killed  equal  survived")
    for path, counts in sorted(by_file.items()):
        print(
            f"{path.removeprefix('functions/'):52} {counts.total():7} {counts['killed']:7}"
            f" {counts['equal']:6} {counts['survived']:9}"
        )
    whole = Counter(verdict for _, verdict in verdicts)
    told = whole.total() - whole["equal"]
    print(f"\n{whole.total()} of {chosen} tried, {whole['equal']} of them change nothing (equivalent.yaml)")
    if whole.total() < chosen:
        print("not a rate yet: what was killed before counts, while some survivors wait untried")
    print(f"killed: {whole['killed']} of {told}" + (f" = {100 * whole['killed'] / told:.1f} %" if told else ""))
    for mutant, verdict in verdicts:
        if verdict == "survived":
            print(
                f"  {mutant.file}:{mutant.line} in {mutant.inside or 'import'}\n    {mutant.before}\n    -> {mutant.after}"
            )


def main() -> None:
    """Try a sample and print what survived."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--of", choices=FILES, default="domain")
    parser.add_argument("--sample", type=int, default=200, help="how many mutants (0: all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="of files with this in their path")
    parser.add_argument("--seconds", type=float, default=3600, help="stop after this; the same command goes on")
    parser.add_argument("--patience", type=float, default=15, help="seconds of tests for one mutant")
    parser.add_argument("--fresh", action="store_true", help="forget what earlier runs killed")
    its = parser.parse_args()
    until, equal = time.monotonic() + its.seconds, equivalents()
    there = [mutant for mutant in all_mutants(its.of) if its.only in mutant.file]
    chosen = random.Random(its.seed).sample(there, its.sample) if 0 < its.sample < len(there) else there  # noqa: S311
    found: list[tuple[Mutant, str]] = []
    kept = KEPT / its.of / "killed.json"
    killed = set() if its.fresh or not kept.exists() else set(json.loads(kept.read_text()))

    def tell(mutant: Mutant, dies: bool) -> None:  # noqa: FBT001
        with told.open("a") as file:
            file.write(json.dumps([mutant.name, dies]) + "\n")
        if dies:
            killed.add(mutant.mark)
            kept.write_text(json.dumps(sorted(killed)))

    with tempfile.TemporaryDirectory(prefix="mutants") as folder:
        temporary, told = Path(folder) / "tests", Path(folder) / "told"
        told.touch()
        known = _known(its.of, temporary, until)
        if known is None:
            sys.exit("time is over; the same command goes on")
        todo = []
        for mutant in chosen:
            if mutant.name in equal:
                found.append((mutant, "equal"))
            elif mutant.mark in killed:
                found.append((mutant, "killed"))
            elif tests := _tests_for(mutant, known, its.patience):
                todo.append((mutant, tests))
            else:
                found.append((mutant, "survived"))
        inside = [(mutant, tests) for mutant, tests in todo if mutant.inside]
        files = sorted({each.split("::")[0] for _, tests in inside for each in tests})
        if files:
            in_a_fork(lambda: try_in_functions(inside, files, temporary, tell, until), its.seconds + 60)
            killed |= {*json.loads(kept.read_text())} if kept.exists() else set()
        for mutant, tests in todo:
            if not mutant.inside and time.monotonic() < until:
                tell(mutant, try_on_import(mutant, tests, temporary, sorted({each.split("::")[0] for each in tests})))
        verdicts = dict(json.loads(line) for line in told.read_text().splitlines())
    found += [(each, "killed" if verdicts[each.name] else "survived") for each, _ in todo if each.name in verdicts]
    _report(sorted(found, key=lambda each: (each[0].file, each[0].span)), len(chosen))


if __name__ == "__main__":
    main()
