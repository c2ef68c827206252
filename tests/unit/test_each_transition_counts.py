"""Each case of the transition counts: without it, or with another's deed, some test of the life cycle fails."""

import ast
import inspect
import itertools
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

import pytest

from functions.domain.pairing import lifecycle
from tests.unit import test_lifecycle

Case = tuple[str, int, int]  # a function, a match in it, a case of that
TREE = ast.parse(inspect.getsource(lifecycle))
FUNCTIONS = {node.name: node for node in TREE.body if isinstance(node, ast.FunctionDef)}


def matches(function: ast.FunctionDef) -> list[ast.Match]:
    return [node for node in ast.walk(function) if isinstance(node, ast.Match)]


CASES: list[Case] = [
    (name, number, place)
    for name, function in FUNCTIONS.items()
    for number, found in enumerate(matches(function))
    for place in range(len(found.cases))
]


def without(case: Case) -> ast.FunctionDef:
    function, found = copied(case)
    del found.cases[case[2]]
    if not found.cases:
        found.cases.append(ast.match_case(ast.MatchAs(), None, [ast.Pass()]))
    return function


def with_the_deed_of(case: Case, other: int) -> ast.FunctionDef:
    function, found = copied(case)
    found.cases[case[2]].body = found.cases[other].body
    return function


def copied(case: Case) -> tuple[ast.FunctionDef, ast.Match]:
    name, number, _ = case
    function = ast.parse(ast.unparse(FUNCTIONS[name])).body[0]
    assert isinstance(function, ast.FunctionDef)
    return function, matches(function)[number]


def compiled(function: ast.FunctionDef) -> CodeType:
    module = compile(ast.fix_missing_locations(ast.Module([function], [])), "planted", "exec")
    return next(each for each in module.co_consts if isinstance(each, CodeType) and each.co_name == function.name)


def told(test: Callable[..., None]) -> Iterator[dict[str, Any]]:
    """Give what a test is called with, as its marks say."""
    columns: list[list[dict[str, Any]]] = []
    for mark in getattr(test, "pytestmark", ()):
        names = mark.args[0].split(", ") if isinstance(mark.args[0], str) else list(mark.args[0])
        rows = [row if len(names) > 1 else (row,) for row in mark.args[1]]
        columns.append([dict(zip(names, row, strict=True)) for row in rows])
    for row in itertools.product(*columns):
        yield {name: value for part in row for name, value in part.items()}


TESTS = [
    (test, given) for name, test in vars(test_lifecycle).items() if name.startswith("test_") for given in told(test)
]


def survives(function: ast.FunctionDef) -> bool:
    """Whether the tests of the life cycle all pass while a function of it does something else.

    A test that notices is tried first the next time: most of what is planted is noticed by the same few.
    """
    target = vars(lifecycle)[function.name]
    assert isinstance(target, FunctionType)
    real = target.__code__
    target.__code__ = compiled(function)
    number = 0
    try:
        for number, (test, given) in enumerate(TESTS):  # noqa: B007 -- it is told which one noticed
            test(**given)
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 -- whatever a wrong transition leads to
        TESTS.insert(0, TESTS.pop(number))
        return False
    finally:
        target.__code__ = real
    return True


def test_the_tests_pass_as_it_is() -> None:
    assert all(survives(function) for function in FUNCTIONS.values() if matches(function))
    assert len(CASES) > 40


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_case_that_is_missing_is_noticed(case: Case) -> None:
    assert not survives(without(case))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_case_that_does_what_another_should_is_noticed(case: Case) -> None:
    _, found = copied(case)
    mine = ast.unparse(found.cases[case[2]].body)  # type: ignore[arg-type]  # a list of statements reads as well
    others = [n for n, other in enumerate(found.cases) if ast.unparse(other.body) != mine]  # type: ignore[arg-type]
    after = next((n for n in others if n > case[2]), others[0])
    assert not survives(with_the_deed_of(case, after))
