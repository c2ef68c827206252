"""Tries mutants, each in a fork of its own.

One process imports and collects everything once; each mutant is tried in a fork of it, in which the code of the changed
function is exchanged. The tests that noticed other changes of that function go first: they often notice the next one.
What is executed on import cannot be exchanged afterwards: such a mutant is put in the place of its file in a fork that
has imported nothing of this repository yet.
"""

import gc
import importlib.machinery
import mmap
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import _lru_cache_wrapper, partial
from pathlib import Path
from types import CodeType, FunctionType

import pytest

from tests.mutants.mutate import Mutant
from tests.mutants.pytest_in_here import Runner, in_a_fork

Tests = dict[str, float]  # their seconds of a processor
PASSED = 3  # no exit code of anything else
SLACK, FACTOR = 3.0, 3.0  # seconds that tests may take more with a mutant, and times as long


def limit(tests: Tests) -> float:
    """Return the seconds of a processor after which a mutant is one that never ends."""
    return SLACK + FACTOR * sum(tests.values())


def try_in_functions(
    mutants: Sequence[tuple[Mutant, Tests]], temporary: Path, tell: Callable[[Mutant, bool], None], until: float
) -> int:
    """Tell of each mutant within a function whether any of its tests fails with it."""
    noticed: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)  # how often, by function and test
    at = mmap.mmap(-1, 4)  # shared with the forks: the test that runs, by its number

    def run(runner: Runner, items: list[pytest.Item]) -> None:
        by_name = {item.nodeid: item for item in items}
        gc.unfreeze()  # else what was frozen on import (`tests/conftest.py`) is not found
        functions = _functions({str(Path(mutant.file).resolve()) for mutant, _ in mutants})
        caches = [each for each in gc.get_objects() if isinstance(each, _lru_cache_wrapper)]
        gc.collect()
        gc.freeze()
        runner.dies = True
        for mutant, tests in mutants:
            if time.monotonic() > until:
                return
            first = noticed[mutant.file, mutant.inside]
            chosen = sorted(tests, key=lambda name: (-first[name], tests[name]))
            try:
                function, code = _changed(mutant, functions)
            except (LookupError, SyntaxError):  # the file was changed meanwhile: it stays untried
                continue

            def do(code: CodeType, function: FunctionType = function, chosen: list[str] = chosen) -> int:
                function.__code__ = code
                for cache in caches:  # what was found with nothing changed must not be found again
                    cache.cache_clear()
                for nth, name in enumerate(chosen):
                    at[:4] = nth.to_bytes(4)
                    runner.one(by_name[name])
                return PASSED

            if mutant is mutants[0][0] and in_a_fork(partial(do, function.__code__), limit(tests)) != PASSED:
                sys.exit("the tests fail with nothing changed")
            dies = in_a_fork(partial(do, code), limit(tests)) != PASSED
            first[chosen[int.from_bytes(at[:4])]] += dies
            tell(mutant, dies)

    return Runner(run).main(_files(tests for _, tests in mutants), temporary)


def try_on_import(mutant: Mutant, tests: Tests, temporary: Path) -> bool:
    """Whether any of these tests fails with a mutant that acts on import."""
    passed: list[bool] = []

    def run(runner: Runner, items: list[pytest.Item]) -> None:
        runner.dies = True
        there = {item.nodeid: item for item in items}  # where a file cannot be imported, its tests are not among them
        for name in sorted(tests, key=tests.__getitem__):
            runner.one(there[name])
        passed.append(True)

    def do() -> int:
        _put_in_place(mutant)
        Runner(run).main(_files([tests]), temporary)
        return PASSED if passed else 1

    return in_a_fork(do, limit(tests) + 10) != PASSED  # importing takes a few


def _files(tests: Iterable[Tests]) -> list[str]:
    return sorted({name.partition("::")[0] for each in tests for name in each})


def _functions(paths: set[str]) -> dict[tuple[str, str], list[FunctionType]]:
    found = defaultdict(list)
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename in paths:
            found[each.__code__.co_filename, each.__code__.co_qualname].append(each)
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def _changed(mutant: Mutant, functions: dict[tuple[str, str], list[FunctionType]]) -> tuple[FunctionType, CodeType]:
    """Return the function that a mutant is in, as everything has imported it, and the code that it changes to."""
    path = str(Path(mutant.file).resolve())
    for code in _codes(compile(mutant.applied(Path(path).read_bytes()), path, "exec")):
        for function in functions[path, mutant.inside]:
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
