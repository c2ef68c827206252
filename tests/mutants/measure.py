"""Runs tests in this process for the mutants: once with coverage, to learn which test runs which line, and per mutant.

One process imports and collects everything once; each mutant is tried in a fork of it, in which the code of the changed
function is exchanged. What is executed on import cannot be exchanged afterwards: such a mutant is put in the place of
its file in a fork that has imported nothing yet.
"""

import gc
import hashlib
import importlib.machinery
import json
import os
import signal
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType

import pytest

from tests.mutants.mutate import Mutant

Lines = dict[str, list[int]]  # by file
Known = dict[str, tuple[float, Lines]]  # by test: its seconds and what it runs
QUIET = ("-s", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", "--basetemp")


def hashed(path: str) -> str:
    """Return the digest of a file's content."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]


class Runner:
    """A plugin that runs the collected tests as `run` says."""

    def __init__(self, run: Callable[["Runner", list[pytest.Item]], None]) -> None:
        self._run = run
        self.failed = False

    def pytest_sessionstart(self) -> None:
        """Keep Hypothesis from making a failing example smaller, or keeping it: that it fails is all that counts."""
        from hypothesis import Phase, settings

        settings.register_profile("mutants", settings(), phases=(Phase.explicit, Phase.generate), database=None)
        settings.load_profile("mutants")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run them in place of pytest's own loop."""
        self._run(self, session.items)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure."""
        self.failed = self.failed or report.failed

    def one(self, item: pytest.Item) -> float:
        """Run one test with its fixtures; return the seconds it took."""
        began = time.monotonic()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return time.monotonic() - began

    def main(self, tests: Sequence[str], temporary: Path) -> int:
        """Collect the tests of these files, run them, say nothing."""
        return int(pytest.main([*QUIET, str(temporary), *tests], plugins=[self]))


def in_a_fork(do: Callable[[], int], seconds: float) -> int | None:
    """Return the exit code of what was done in a fork, quietly; None if it took too long."""
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        signal.alarm(int(seconds) + 1)  # in case its parent is gone by then
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        try:
            os._exit(do())
        except BaseException:  # noqa: BLE001 - whatever it was, the mutant did it
            os._exit(1)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def learn(test_file: str, targets: Sequence[str], kept: Path, temporary: Path) -> int:
    """Keep which lines of the targets each test of a file runs."""
    import coverage

    known: Known = {}

    def run(runner: Runner, items: list[pytest.Item]) -> None:
        root = f"{Path.cwd()}/"
        cov = coverage.Coverage(data_file=None, include=[root + each for each in targets], config_file=False)
        cov.start()
        for item in items:
            cov.switch_context(item.nodeid)
            known[item.nodeid] = (runner.one(item), defaultdict(list))
        cov.stop()
        with warnings.catch_warnings(action="ignore"):  # a file may run nothing of the targets
            data = cov.get_data()
        for path in data.measured_files():
            for line, contexts in data.contexts_by_lineno(path).items():
                for test in {*contexts} & {*known}:
                    known[test][1][path.removeprefix(root)].append(line)

    if Runner(run).main([test_file], temporary) not in (0, 1):
        return 1
    kept.write_text(json.dumps({"of": hashed(test_file), "tests": known}))
    return 0


def _functions(path: str) -> dict[str, list[FunctionType]]:
    found = defaultdict(list)
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename == path:
            found[each.__code__.co_qualname].append(each)
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def _changed(mutant: Mutant, functions: dict[str, list[FunctionType]]) -> tuple[FunctionType, CodeType]:
    """Return the function that a mutant is in, as everything has imported it, and the code that it changes to."""
    path = str(Path(mutant.file).resolve())
    for code in _codes(compile(mutant.applied(Path(path).read_bytes()), path, "exec")):
        for function in functions[mutant.inside]:
            old = function.__code__
            if (old.co_qualname, old.co_firstlineno) == (code.co_qualname, code.co_firstlineno):
                return function, code
    raise LookupError(f"the file changed meanwhile: {mutant.name}")


def _put_in_place(mutant: Mutant) -> None:
    path = str(Path(mutant.file).resolve())
    before = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: importlib.machinery.SourceFileLoader, name: str) -> CodeType | None:
        if self.path == path:
            return compile(mutant.applied(Path(path).read_bytes()), path, "exec")
        return before(self, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]  # that is the point


def _all_pass(runner: Runner, items: Sequence[pytest.Item]) -> bool:
    for item in items:
        runner.one(item)
        if runner.failed:
            return False
    return True


def try_on_import(mutant: Mutant, tests: dict[str, float], temporary: Path, files: list[str]) -> bool:
    """Whether any of these tests fails with a mutant that acts on import."""
    passed: list[bool] = []

    def run(runner: Runner, items: list[pytest.Item]) -> None:
        chosen = sorted((item for item in items if item.nodeid in tests), key=lambda item: tests[item.nodeid])
        passed.append(_all_pass(runner, chosen))

    def do() -> int:
        _put_in_place(mutant)
        Runner(run).main(files, temporary)
        return 0 if passed == [True] else 1

    return in_a_fork(do, 60 + 5 * sum(tests.values())) != 0


def try_in_functions(
    mutants: Sequence[tuple[Mutant, dict[str, float]]],
    files: list[str],
    temporary: Path,
    tell: Callable[[Mutant, bool], None],
    until: float,
) -> int:
    """Tell of each mutant within a function whether any of its tests fails with it."""

    def run(runner: Runner, items: list[pytest.Item]) -> None:
        by_name = {item.nodeid: item for item in items}
        functions = {each.file: _functions(str(Path(each.file).resolve())) for each, _ in mutants}
        gc.collect()
        gc.freeze()
        for mutant, tests in mutants:
            if time.monotonic() > until:
                return
            chosen = [by_name[name] for name in sorted(tests, key=lambda name: tests[name]) if name in by_name]

            try:
                function, code = _changed(mutant, functions[mutant.file])
            except (LookupError, SyntaxError):  # the file was changed meanwhile: it stays untried
                continue

            def do(function: FunctionType = function, code: CodeType = code, chosen: list[pytest.Item] = chosen) -> int:
                function.__code__ = code
                return 0 if _all_pass(runner, chosen) else 1

            tell(mutant, in_a_fork(do, 20 + 5 * sum(tests.values())) != 0)

    return Runner(run).main(files, temporary)
