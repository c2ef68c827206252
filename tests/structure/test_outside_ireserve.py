"""The list of what is believed of i-Reserve names every switch of its simulator, and every row that can be asked for."""

import re
from dataclasses import fields
from pathlib import Path

from sandbox.ireserve.tenant.dialect import Dialect

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/outside.md").read_text(encoding="utf-8").partition("\n## i-Reserve\n")[2].partition("\n## ")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| I")]
NUMBER, BEHAVIOUR, RESTS, SOURCE, SIMULATED, LIVE = range(6)


def test_every_switch_is_named_once_and_every_named_switch_is_there() -> None:
    named = [name for row in ROWS for name in re.findall(r"`([a-z0-9_]+)`", row[SIMULATED])]
    assert sorted(named) == sorted(each.name for each in fields(Dialect))


def test_every_belief_says_what_rests_on_it_and_where_it_is_known_from() -> None:
    assert [row[NUMBER] for row in ROWS] == [f"I{number}" for number in range(1, len(ROWS) + 1)]
    for row in ROWS:
        assert len(row) == 6
        assert all(row)
        assert row[LIVE] == "no" or re.fullmatch(r"\d{4}-\d{2}-\d{2}", row[LIVE])


def test_what_can_be_asked_of_a_live_system_is_a_row_of_the_page() -> None:
    rows = set(re.findall(r"^\| ([GI]\d+) \|", (ROOT / "docs/outside.md").read_text(encoding="utf-8"), re.MULTILINE))
    asked = {
        name
        for file in (ROOT / "sandbox/confirm").glob("*.py")
        for name in re.findall(r'(?:holds|Finding)\(\s*"([GI]\d+)"', file.read_text(encoding="utf-8"))
    }
    assert len(asked) > 15
    assert asked <= rows
