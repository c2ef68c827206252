"""Why something was not done is told in words; only what i-Reserve or Google answered may be quoted."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.domain.model.errors import Cause
from functions.entrypoints.console.reasons import ALIKE, BEGINNINGS, LIKE, reason_name
from functions.entrypoints.console.texts import LANGUAGES, Texts

ROOT = Path(__file__).parents[2] / "functions"
WORK = (  # what may fail while a task is done
    "adapters/firestore",
    "adapters/google",
    "adapters/ireserve",
    "adapters/net",
    "adapters/secrets",
    "adapters/sqlite",
    "application/auditing",
    "application/pulling",
    "application/scanning",
    "application/store",
    "application/sync",
    "application/watching",
    "application/dispatch.py",
)
NOT_WORK = (  # a command's, a sign-in's, a message's
    "backup.py",
    "tokens.py",
    "local_keys.py",
    "alarm.py",
    "chat.py",
)
ASKED = (  # of requests and messages
    *("foreign_page", "mended_at_google", "no_csrf_token", "no_smtp"),
    *(
        "before",
        "unknown_entry",
        "unknown_integration",
        "unknown_item",
        "under_way",
        "not_active",
        "not_connected",
        "no_booking",
    ),
)
THEIRS = ("channelIdNotUnique", "revoke", "key_in_use")


def codes() -> Iterator[str]:
    for place in WORK:
        whole = ROOT / place
        for module in sorted(whole.rglob("*.py")) if whole.is_dir() else [whole]:
            if module.name not in NOT_WORK:
                yield from _codes(module)
    yield from (each.value for each in Cause if each)


def _codes(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "reason":
            parts = (node.value.body, node.value.orelse) if isinstance(node.value, ast.IfExp) else (node.value,)
            yield from (str(part.value) for part in parts if isinstance(part, ast.Constant) and part.value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_of_this_service_is_not_told_as_an_answer_of_google(language: str) -> None:
    t = Texts(language)
    quoted = {code for code in codes() if reason_name(code, t) == t("reason.quoted", code=code)}
    assert sorted(quoted - {*ASKED, *THEIRS}) == []


def test_a_fault_of_this_service_is_told_as_one() -> None:
    assert reason_name("fault_KeyError", Texts("nl")) == "een fout in deze dienst zelf; het logboek zegt meer"


def test_a_code_of_google_without_words_is_quoted() -> None:
    assert reason_name("oddLimit", Texts("en")) == "Google answered “oddLimit”"


def test_codes_that_say_the_same_have_words() -> None:
    t = Texts("en")
    assert [code for code in (*ALIKE, *BEGINNINGS.values()) if not t.has(f"reason.{code}")] == []
    assert [code for code in LIKE if t.has(f"reason.{code}")] == []
