"""No expression and no text of the product takes longer than the text is long, whatever stands in it."""

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import functions
from functions.adapters.ireserve.refusals import No, is_incomplete
from functions.domain.model.text import Text, escape, plain, put_together, take_apart
from functions.entrypoints.console.texts import Texts

parser = importlib.import_module("re._parser")  # no stub knows it
PRODUCT = Path(functions.__file__).parent
LENGTHS = (2_000, 20_000)  # what grows with the square takes seconds at the second, what does not a millisecond
LONGEST = 0.15  # seconds of processor for one look at one text
USUAL = (" ", "\n", "a", "0", "<", "@", ".", "{", "-", "é", "/")


def patterns() -> dict[str, re.Pattern[str]]:
    """Return every expression that a module of the product keeps, by where it stands."""
    found: dict[str, re.Pattern[str]] = {}

    def look(name: str, value: object) -> None:
        if isinstance(value, re.Pattern):
            found[name] = value
        elif isinstance(value, list | tuple | set):
            for number, each in enumerate(value):
                look(f"{name}.{number}", each)
        elif isinstance(value, dict):
            for key, each in value.items():
                look(f"{name}.{key}", each)

    for module in pkgutil.walk_packages([str(PRODUCT)], "functions."):
        if not module.name.endswith("__main__"):
            loaded = importlib.import_module(module.name)
            for name, value in vars(loaded).items():
                look(f"{module.name}.{name}", value)
    return found


PATTERNS = patterns()


def pieces(pattern: re.Pattern[str]) -> list[str]:
    """Return characters and runs of characters that an expression is made of."""
    singles, runs = dict.fromkeys(USUAL), dict[str, None]()

    def walk(parsed: object) -> None:
        run = ""
        for operation, argument in parsed:  # type: ignore[attr-defined]
            name = str(operation)
            if name == "LITERAL":
                run += chr(argument)
                singles[chr(argument)] = None
                continue
            runs[run] = None
            run = ""
            if name == "RANGE":
                singles[chr(argument[0])] = None
            elif name == "IN":
                walk(argument)
            elif isinstance(argument, tuple | list):
                for each in argument:
                    for part in each if isinstance(each, list) else [each]:
                        if isinstance(part, parser.SubPattern):
                            walk(part)
            elif isinstance(argument, parser.SubPattern):
                walk(argument)
        runs[run] = None

    walk(parser.parse(pattern.pattern, pattern.flags))
    return [*singles, *(run for run in runs if len(run) > 1)]


def hostile(pattern: re.Pattern[str], length: int) -> Iterator[str]:
    """Give texts of this length that repeat what the expression looks for, and then disappoint it."""
    parts = pieces(pattern)
    heads = ["", *(part for part in parts if len(part) > 1)][:6]
    for part in parts:
        for head in heads:
            for tail in ("", "\x01", "@"):
                yield head + part * (length // len(part)) + tail
    for one, other in pairwise(parts):
        yield (one + other) * (length // len(one + other)) + "\x01"
    yield "".join(parts) * (length // len("".join(parts))) + "\x01"


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def too_slow(work: Callable[[], object]) -> bool:
    """Whether it takes too long each time: another process may have slowed one down."""
    return all(seconds(work) > LONGEST for _ in range(3))


def test_the_product_has_expressions_and_they_are_found() -> None:
    assert len(PATTERNS) > 20


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_an_expression_takes_no_longer_than_its_text_is_long(name: str) -> None:
    pattern = PATTERNS[name]
    for length in LENGTHS:
        for text in hostile(pattern, length):
            for look in (pattern.search, pattern.match, pattern.fullmatch):
                assert not too_slow(lambda look=look, text=text: look(text)), f"{length} of {text[:40]!r}"  # type: ignore[misc]


def test_every_expression_is_kept_by_a_module_where_the_test_above_finds_it() -> None:
    loose = []
    for path in PRODUCT.rglob("*.py"):
        tree = ast.parse(path.read_text())
        kept = {
            id(node) for each in tree.body for node in ast.walk(each) if isinstance(each, ast.Assign | ast.AnnAssign)
        }
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=called)):
                    if called != "escape" and not (called == "compile" and id(node) in kept):
                        loose.append(f"{path.relative_to(PRODUCT)}:{node.lineno}")
    assert [each for each in loose if not each.startswith("entrypoints/console/texts.py")] == []


TEXTS: dict[str, Callable[[str], object]] = {
    "take_apart": take_apart,
    "plain": plain,
    "escape": escape,
    "put_together": lambda text: put_together(Text(text, text, text), "nl"),
    "a refusal of i-Reserve": lambda text: (No(0, (text,)).category, No(0, (text,)).no_booking, is_incomplete(text)),
    "a sentence in Dutch": Texts("nl").sentence,
}
REPEATED = (" ", "\n", "<br>", "<br ", "<br /> ", "⚠", "———— i-Reserve", "&amp;", "&", "\xa0", "\r", "status ", "booking ",
            "object ", "; ", "product not ", "a@", "is in ", "“")  # fmt: skip


@pytest.mark.parametrize("name", sorted(TEXTS))
@pytest.mark.parametrize("end", ["", "x", "———— i-Reserve"])
def test_a_long_text_is_taken_apart_as_fast_as_it_is_read(name: str, end: str) -> None:
    for repeated in REPEATED:
        text = repeated * (16_000 // len(repeated)) + end
        assert not too_slow(lambda text=text: TEXTS[name](text)), repr(text[:40])  # type: ignore[misc]
