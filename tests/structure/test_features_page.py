"""The features page says what is there: its labels are the console's, its tests exist."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/features.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| ")]
NAMED = sorted(set(re.findall(r"`(test_\w+\.py)::(test_[\w]*\*?)`", PAGE)))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_test_that_the_page_names_is_there(file: str, name: str) -> None:
    text = (ROOT / "tests/integration" / file).read_text(encoding="utf-8")
    found = re.findall(r"^def (test_\w+)\(", text, re.MULTILINE)
    begins = name.removesuffix("*")
    assert any(each.startswith(begins) if name.endswith("*") else each == name for each in found)


@pytest.mark.parametrize(("language", "column"), [("en", 0), ("nl", 1)])
def test_every_field_has_the_label_that_the_console_shows(language: str, column: int) -> None:
    texts = yaml.safe_load((ROOT / f"functions/entrypoints/console/texts/{language}.yaml").read_text(encoding="utf-8"))
    labels = {name: text["label"] for name, text in texts["field"].items() if "label" in text}
    shown = {row[2].removeprefix("secret ").strip("`"): row[column] for row in ROWS if len(row) == 6}
    known = {name: label for name, label in shown.items() if name in labels}
    assert len(known) >= 14
    assert known == {name: labels[name] for name in known}
