"""A package can be taken in at a glance, and says what it is for."""

import ast
from pathlib import Path

PRODUCT = Path(__file__).parents[2] / "functions"
ROOMS = sorted(path.parent for path in PRODUCT.rglob("__init__.py"))
MOST = 16


def test_no_room_has_more_files_than_one_takes_in_at_a_glance() -> None:
    assert len(ROOMS) > 20
    assert {room.name: count for room in ROOMS if (count := len(list(room.glob("*.py")))) > MOST} == {}


def test_each_room_of_the_domain_and_the_application_says_what_it_is_for() -> None:
    inner = [room for room in ROOMS if {"domain", "application"} & set(room.parts)]
    assert [room.name for room in inner if not ast.get_docstring(ast.parse((room / "__init__.py").read_text()))] == []
