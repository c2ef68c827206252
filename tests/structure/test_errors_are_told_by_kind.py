"""What is done about an error hangs on its kind, its cause and its side; a reason is a text, for people and logs."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from functions.domain.pairing.writes import Write

ROOT = Path(__file__).parents[2]
# a vendor's own code, read where the vendor's answers are translated
OUTSIDE = {("functions/adapters/google/calendar.py", "error.reason in ('invalid', 'invalidParameter')")}
# the same trouble again keeps the moment at which it began; nothing else is done about it
SAME_AGAIN = {
    ("functions/application/store/parked.py", "before.get('reason') == reason"),
    ("functions/application/pulling/events_without_booking.py", "before.get(event.key.id, {}).get('reason') != why"),
}
# what the first version kept nowhere else
AS_IT_WAS = {("functions/application/store/upgrades.py", "old.get('reason') == 'not_backfilled'")}


def _reads_reason(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(attr="reason"):
            return True
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant("reason"), *_]):
            return True
        case ast.Call(func=ast.Name("str"), args=[inner]):
            return _reads_reason(inner)
    return False


def _hangs_on_text(node: ast.AST) -> bool:
    """Whether a node decides by a reason, by the text of an error, or by the name of a class."""
    match node:
        case ast.Compare(left, ops, comparators):
            told_apart = [each for each in ops if not isinstance(each, ast.Is | ast.IsNot)]
            return bool(told_apart) and any(
                _reads_reason(each) or _is_class_name(each) for each in (left, *comparators)
            )
        case ast.Call(func=ast.Attribute(value=value, attr="startswith" | "endswith" | "partition")):
            return _reads_reason(value) or _is_class_name(value)
        case ast.Subscript(slice=index):
            return _is_class_name(index)
        case ast.Match(subject=subject):
            return _reads_reason(subject) or _is_class_name(subject)
    return False


def _is_class_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("__name__", "__qualname__")


def _found(source: str) -> Iterator[str]:
    return (ast.unparse(node) for node in ast.walk(ast.parse(source)) if _hangs_on_text(node))


def test_no_behaviour_hangs_on_the_text_of_a_reason_or_the_name_of_a_class() -> None:
    found = {
        (str(path.relative_to(ROOT)), what)
        for path in sorted((ROOT / "functions").rglob("*.py"))
        for what in _found(path.read_text())
    }
    assert found == OUTSIDE | SAME_AGAIN | AS_IT_WAS


@pytest.mark.parametrize(
    "planted",
    [
        "if error.reason.startswith('ireserve'): pass",
        "if error.reason == 'no_right': pass",
        "if 'timeout' in error.reason: pass",
        "if str(error.reason) in ('a', 'b'): pass",
        "step = {'MakeBooking': 1}[type(step).__name__]",
        "if type(step).__name__ == 'MakeBooking': pass",
    ],
)
def test_a_reaction_to_a_text_is_found(planted: str) -> None:
    assert list(_found(planted))


def test_the_names_of_writes_are_said_in_one_place() -> None:
    names = {write.__name__ for write in get_args(Write)}
    told = {
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "functions").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in names
    }
    # what the first version kept, and the exports of a module
    assert told - {"functions/domain/pairing/step.py", "functions/application/store/upgrades.py"} == {
        "functions/application/store/journal.py"
    }
