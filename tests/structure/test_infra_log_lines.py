"""What Google Cloud counts and tells of is what the product writes into its log."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from infra_configuration import INFRA, ROOT, local

from functions.application.diagnosing.alerts import SAID

MONITORING = (INFRA / "monitoring.tf").read_text(encoding="utf-8").replace('\\"', '"')


@cache
def code() -> list[ast.Module]:
    return [ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "functions").rglob("*.py"))]


def texts(node: ast.AST) -> set[str]:
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def notes(node: ast.AST) -> Iterator[ast.Call]:
    """Every call of `log` (its adapter is `note`), or of a file's own `_note`, inside."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in ("log", "note", "_note"):
                yield call


def events(node: ast.AST) -> set[str]:
    """The names of the lines that are written inside."""
    named = (argument for call in notes(node) for argument in call.args if isinstance(argument, ast.Constant))
    return {argument.value for argument in named if isinstance(argument.value, str)}


def test_every_line_that_is_counted_is_one_that_the_product_writes() -> None:
    counted = set(re.findall(r'jsonPayload\.event="(\w+)"', MONITORING))
    assert counted >= {"token_dead", "parked", "alert", "sweep_done", "change_applied", "error"}
    assert counted - {event for module in code() for event in events(module)} == set()


def test_every_alert_that_is_counted_is_one_that_the_product_tells() -> None:
    counted = set(re.findall(r'jsonPayload\.alert="(\w+)"', MONITORING))
    assert counted >= {"held", "ireserve_refused", "paused_links", "no_sync"}
    assert counted - set(SAID) == set()
    assert all('event="alert" AND' in line for line in MONITORING.splitlines() if "jsonPayload.alert" in line)


def test_every_number_that_is_measured_stands_in_the_line_that_it_is_read_from() -> None:
    for field, of in local("distributions").items():
        (event,) = re.findall(r'event="(\w+)"', of["filter"]) or [of["filter"].strip("${}").rpartition(".")[2]]
        writers = [
            function
            for module in code()
            for function in ast.walk(module)
            if isinstance(function, ast.FunctionDef) and event in events(function)
        ]
        assert any(field in texts(function) for function in writers), f"{field} of {event}"
