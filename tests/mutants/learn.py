"""Learns which test runs which line: all tests in one process, under coverage, once; then only what has changed."""

import hashlib
import json
import time
import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

import coverage
import pytest

from tests.mutants.lines import carry_over
from tests.mutants.pytest_in_here import Runner, foreign_modules, in_a_fork, warm

Lines = dict[str, list[int]]  # by file
Known = dict[str, tuple[float, Lines]]  # by test: its seconds of a processor and what it runs
IMPORT = "import"  # stands for a test: what runs when everything is imported
HOUR = 3600


class Learned:
    """What is known of the tests of a part of the product, in a folder."""

    def __init__(self, folder: Path, targets: Sequence[str], tests: Sequence[str]) -> None:
        self._targets, self._tests = targets, tests
        self._lines, self._sources = folder / "lines", folder / "sources.json"
        self.libraries = folder / "libraries.json"
        self._lines.mkdir(parents=True, exist_ok=True)

    def complete(self, temporary: Path, until: float) -> bool:
        """Find out what is not known yet, until a moment of the monotonic clock; return whether all is known."""
        self._follow_the_sources()
        warm(json.loads(self.libraries.read_text()) if self.libraries.exists() else ())
        if stale := self._stale():
            print(f"learning which lines {len(stale)} test files run", flush=True)
            in_a_fork(lambda: self._learn(stale, temporary, until), HOUR)
        return not self._stale()

    def known(self) -> Known:
        """Return what each test runs."""
        found: Known = {}
        for path in self._tests:
            found |= json.loads(self._kept(path).read_text())["tests"]
        return found

    def on_import(self) -> Lines:
        """Return what runs on import."""
        lines: Lines = json.loads(self._kept(IMPORT).read_text())["tests"][IMPORT][1]
        return lines

    def _kept(self, path: str) -> Path:
        return self._lines / f"{Path(path).stem}.json"

    def _stale(self) -> list[str]:
        def told(path: str) -> str:
            kept = self._kept(path)
            return json.loads(kept.read_text())["of"] if kept.exists() else ""

        return [path for path in self._tests if told(path) != hashed(path)]

    def _follow_the_sources(self) -> None:
        sources = {path: Path(path).read_text() for path in self._targets}
        before = json.loads(self._sources.read_text()) if self._sources.exists() else sources
        if before != sources:
            carry_over(list(self._lines.iterdir()), before, sources)
        self._sources.write_text(json.dumps(sources))

    def _learn(self, stale: Sequence[str], temporary: Path, until: float) -> int:
        root = f"{Path.cwd()}/"

        def measure() -> coverage.Coverage:
            cov = coverage.Coverage(data_file=None, include=[root + each for each in self._targets], config_file=False)
            cov.start()
            return cov

        def ran(cov: coverage.Coverage) -> Mapping[str, Lines]:
            cov.stop()
            found: dict[str, Lines] = defaultdict(lambda: defaultdict(list))
            with warnings.catch_warnings(action="ignore"):  # a file may run nothing of the targets
                data = cov.get_data()
            for path in data.measured_files():
                for line, contexts in data.contexts_by_lineno(path).items():
                    for context in contexts:
                        found[context][path.removeprefix(root)].append(line)
            return found

        def run(runner: Runner, items: list[pytest.Item]) -> None:
            self._keep(IMPORT, {IMPORT: (0, ran(importing).get(IMPORT, {}))})
            self.libraries.write_text(json.dumps(foreign_modules()))
            for path, its in groupby(items, lambda item: item.nodeid.partition("::")[0]):
                if time.monotonic() > until:
                    return
                cov, seconds = measure(), {}
                for item in its:
                    cov.switch_context(item.nodeid)
                    seconds[item.nodeid] = runner.one(item)
                lines = ran(cov)
                self._keep(path, {test: (took, lines.get(test, {})) for test, took in seconds.items()})

        importing = measure()
        importing.switch_context(IMPORT)
        return Runner(run).main(stale, temporary)

    def _keep(self, path: str, known: Known) -> None:
        of = "" if path == IMPORT else hashed(path)
        self._kept(path).write_text(json.dumps({"of": of, "tests": known}))


def hashed(path: str) -> str:
    """Return the digest of a file's content."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]
