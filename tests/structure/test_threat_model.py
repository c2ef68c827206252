"""The threat model names a test for each promise, and each is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", PAGE)))
ATTACKS = sorted((ROOT / "tests/attacks").glob("test_*.py"))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_test_that_the_page_names_is_there(file: str, name: str) -> None:
    assert f"\ndef {name}(" in (ROOT / "tests/attacks" / file).read_text(encoding="utf-8")


def test_every_file_of_attacks_is_named() -> None:
    assert {path.name for path in ATTACKS} == {file for file, _ in NAMED}


def test_every_attack_and_every_door_has_a_promise() -> None:
    for heading in ("## The doors", "## Attacks that are repeated"):
        rows = PAGE.partition(heading)[2].partition("\n## ")[0].strip().splitlines()[2:]
        assert len(rows) > 5
        assert all("::test_" in row for row in rows), heading
