"""The list of what is believed of the outside names every switch of the simulated Google, and nothing that is not there."""

import re
from pathlib import Path

import pytest

from sandbox.google.control.control import SWITCHES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/outside.md").read_text(encoding="utf-8")
GOOGLE = PAGE.partition("\n## Google\n")[2].partition("\n## ")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in GOOGLE.splitlines() if line.startswith("| G")]
NUMBER, BEHAVIOUR, RESTS, SOURCE, SIMULATED, LIVE = range(6)
THERE = {f"{route}.{field}" for route, names in SWITCHES.items() for field in names}
NAMED = {name for row in ROWS for name in re.findall(r"`([a-z-]+\.[a-z_]+)`", row[SIMULATED])}
TESTS = sorted({name for row in ROWS for name in re.findall(r"`(test_\w+\*?)`", row[SIMULATED])})


def test_every_switch_is_named_and_every_named_switch_is_there() -> None:
    assert THERE == NAMED


@pytest.mark.parametrize("name", TESTS)
def test_every_test_that_shows_a_belief_is_there(name: str) -> None:
    found = {
        each
        for file in (ROOT / "tests/contract/sandbox_google").glob("test_*.py")
        for each in re.findall(r"^def (test_\w+)\(", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert any(each.startswith(name.removesuffix("*")) for each in found)


def test_every_recorded_answer_that_the_page_names_is_there() -> None:
    files = {file.name for file in (ROOT / "tests/recorded/google").iterdir()}
    for name in re.findall(r"`([a-z_*]+\.json)`", GOOGLE):
        assert any(re.fullmatch(name.replace("*", ".*"), each) for each in files), name


def test_every_belief_says_what_rests_on_it_and_where_it_is_known_from() -> None:
    assert [row[NUMBER] for row in ROWS] == [f"G{number}" for number in range(1, len(ROWS) + 1)]
    for row in ROWS:
        assert len(row) == 6
        assert all(row[column] for column in (BEHAVIOUR, RESTS, SOURCE, SIMULATED))
        assert row[LIVE] == "no" or re.fullmatch(r"\d{4}-\d{2}-\d{2}", row[LIVE])
