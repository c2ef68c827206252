"""Chooses the tests for a mutant: those that run its line, the fastest first, as many as patience allows.

What acts on import runs before any test. There the tests count that run a line, of any file, which names what the
mutant is in (a constant, a field, a function), those that name it themselves, and those of the file's own test file.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.mutants.attempt import Tests
from tests.mutants.learn import Known, Lines
from tests.mutants.mutate import Mutant

CLOSEST = 6  # test files for a mutant that acts on import: each must be collected for it
WHOLE = "tests/unit/test_stored_words.py"  # looks at every class and names few of them
LAST = 10_000  # line of a file


class Chooser:
    """Knows the tests and the sources."""

    def __init__(self, known: Known, on_import: Lines, targets: Sequence[str], patience: float) -> None:
        self._known, self._on_import, self._patience = known, on_import, patience
        self._trees = {path: ast.parse(Path(path).read_text()) for path in targets}
        self._words = {path: {*re.findall(r"\w+", Path(path).read_text())} for path in self._test_files()}

    def acts_on_import(self, mutant: Mutant) -> bool:
        """Whether it is outside of every function, or in one that is called while files are imported."""
        return not mutant.inside or not self._lines_of(mutant).isdisjoint(self._on_import.get(mutant.file, ()))

    def tests_for(self, mutant: Mutant) -> Tests:
        """Return the tests that may notice a mutant, with their seconds."""
        if not mutant.inside:
            return self.tests_on_import(mutant)
        tests = self._fastest(self._that_run({mutant.file: self._lines_of(mutant)}))
        return tests if tests or not self.acts_on_import(mutant) else self.tests_on_import(mutant)

    def tests_on_import(self, mutant: Mutant) -> Tests:
        """Return the tests that may notice a mutant that is there before anything is imported."""
        names = _names(self._trees[mutant.file], _span(mutant))
        tests = {*self._that_run({path: {*_lines(tree, names)} for path, tree in self._trees.items()})}
        tests |= {test for test in self._known if names & self._words[_file(test)]}
        if mutant.inside:
            tests |= {*self._that_run({mutant.file: self._lines_of(mutant)})}
        tests = tests or {*self._that_run({mutant.file: {*range(1, LAST)}})} or {*self._known}
        closest = {path for path, _ in Counter(map(_file, sorted(tests))).most_common(CLOSEST)}
        return self._fastest(
            test
            for test in self._known
            if _file(test) in (WHOLE, _own(mutant)) or (test in tests and _file(test) in closest)
        )

    def _lines_of(self, mutant: Mutant) -> set[int]:
        """Return the lines of its statement: of one over several lines, Python notes the execution of some."""
        span = _span(mutant)
        innermost = [*_around(self._trees[mutant.file], span)][-1:]
        return span.union(*(_of(each) for each in innermost if not hasattr(each, "body")))

    def _test_files(self) -> set[str]:
        return {_file(test) for test in self._known}

    def _that_run(self, lines: dict[str, set[int]]) -> Iterator[str]:
        for test, (_, ran) in self._known.items():
            if any(not wanted.isdisjoint(ran.get(path, ())) for path, wanted in lines.items() if wanted):
                yield test

    def _fastest(self, tests: Iterable[str]) -> Tests:
        patience, chosen = self._patience, {}
        for seconds, test in sorted((self._known[test][0], test) for test in tests):
            patience -= seconds
            if patience < 0:
                break
            chosen[test] = seconds
        return chosen


def one_file_first(mutant: Mutant, tests: Tests) -> list[Tests]:
    """Return the tests of a mutant that acts on import in three parts: collecting all of their files takes seconds."""
    parts: tuple[Tests, Tests, Tests] = ({}, {}, {})
    for name, took in tests.items():
        parts[(WHOLE, _own(mutant), _file(name)).index(_file(name))][name] = took
    return [part for part in parts if part]


def _own(mutant: Mutant) -> str:
    return f"tests/unit/test_{Path(mutant.file).stem}.py"


def _file(test: str) -> str:
    return test.partition("::")[0]


def _span(mutant: Mutant) -> set[int]:
    return {*range(mutant.line, mutant.last + 1)}


def _around(tree: ast.Module, span: set[int]) -> Iterator[ast.stmt]:
    """Yield the statements at these lines, from the outermost to the innermost."""
    node: ast.AST = tree
    while below := [each for each in _statements(node) if span <= _of(each)]:
        node = below[0]
        yield below[0]


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.stmt):
            yield each
        elif isinstance(each, ast.match_case | ast.ExceptHandler):
            yield from _statements(each)


def _names(tree: ast.Module, span: set[int]) -> set[str]:
    """Return what the innermost statement at these lines defines: a constant, a field, a function or a class."""
    found: set[str] = set()
    for node in _around(tree, span):
        match node:
            case ast.Assign(targets=targets):
                found = {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found = {name}
    return found


def _of(statement: ast.stmt) -> set[int]:
    return {*range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)}


def _lines(tree: ast.Module, names: set[str]) -> Iterator[int]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)) if name in names:
                yield node.lineno
