"""The threat model names a test for each promise, and each is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:tests/\w+/)?test_\w+\.py)::(test_\w+)`", PAGE + SECURITY)))
ATTACKS = sorted((ROOT / "tests/attacks").glob("test_*.py"))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_test_that_the_page_names_is_there(file: str, name: str) -> None:
    path = ROOT / file if "/" in file else ROOT / "tests/attacks" / file
    assert f"\ndef {name}(" in path.read_text(encoding="utf-8")


def test_every_file_of_attacks_is_named() -> None:
    assert {path.name for path in ATTACKS} == {file for file, _ in NAMED if "/" not in file}


def test_nothing_that_looks_like_the_name_of_a_test_is_spelt_otherwise() -> None:
    assert (PAGE + SECURITY).count("::test_") == len(
        re.findall(r"`(?:tests/\w+/)?test_\w+\.py::test_\w+`", PAGE + SECURITY)
    )


def test_every_promise_of_the_security_page_names_a_test() -> None:
    promises = SECURITY.partition("## What is promised")[2].partition("\n## ")[0].split("\n- ")[1:]
    assert len(promises) == 5
    assert all("::test_" in promise for promise in promises)


def test_every_chapter_of_asvs_5_has_its_row_and_each_row_its_test_or_its_reason() -> None:
    rows = PAGE.partition("## The console by OWASP ASVS 5.0")[2].partition("\n## ")[0].strip().splitlines()
    chapters = [row for row in rows if re.match(r"\| V\d", row)]
    assert [row.split()[1] for row in chapters] == [f"V{number}" for number in range(1, 18)]
    assert [row for row in chapters if "::test_" not in row and "n/a" not in row] == []


def test_every_attack_and_every_entry_point_has_a_promise() -> None:
    for heading in ("## The entry points", "## Attacks that tests repeat"):
        rows = PAGE.partition(heading)[2].partition("\n## ")[0].strip().splitlines()[2:]
        assert len(rows) > 5
        assert all("::test_" in row for row in rows), heading
