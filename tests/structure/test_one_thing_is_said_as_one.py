"""A sentence with a number has words for one thing too: "1 events" is nobody's English, nor "1 reserveringen" Dutch."""

import ast
import re
from pathlib import Path

import pytest

from functions.entrypoints.console.texts import LANGUAGES, table

FUNCTIONS = Path(__file__).parents[2] / "functions"
MANY = re.compile(
    r"\{\} (?:\w+ )?(?:bookings|calendars|changes|channels|events|items|minutes|objects|pairs|points|removals|rows"
    r"|settings|texts|webhooks)\b"
)
NEVER_ONE = (
    "{} rows of one calendar are for",
    "object {} has {} rows",
    "name at most {} further calendars",
    "of the last {} changes, half took",
    "the queue is {} minutes behind",
)
NUMBER_AND_WORD = re.compile(r"\{n\} [^\W\d_]")
AT_LEAST_TWO = (
    "ago.",
    "health.queue",
    "held.approve_all",
    "held.restore_all",
    "waiting.keep_all",
    "day.unread_calendars",
)


def templates(file: Path) -> set[str]:
    """Return a module's texts that `counted` does not choose."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    chosen = {
        id(part)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "counted"
        for part in ast.walk(call)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in chosen
    }


def test_a_sentence_of_the_code_that_counts_things_has_words_for_one() -> None:
    found = {text for file in FUNCTIONS.rglob("*.py") for text in templates(file) if MANY.search(text)}
    assert [text for text in found if not text.startswith(NEVER_ONE)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_of_the_console_that_counts_things_has_words_for_one(language: str) -> None:
    texts = table(language)
    many = [
        key
        for key, text in texts.items()
        if NUMBER_AND_WORD.search(text) and not key.endswith("_one") and not key.startswith(AT_LEAST_TWO)
    ]
    assert many != []
    assert [key for key in many if f"{key}_one" not in texts] == []
