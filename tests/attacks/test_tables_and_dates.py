"""What leaves as a table runs nothing in a spreadsheet, and no date that can be typed breaks a page."""

import csv
import io
from urllib.parse import quote

import pytest

from functions.entrypoints.console.csv_tables import as_csv, harmless
from tests.harness.deeds import active
from tests.harness.place import Place
from tests.harness.tab import Tab

BEGINNINGS = ("=", "+", "-", "@", "\uff1d")
ATTACK = "HYPERLINK(1)"


@pytest.mark.parametrize("sign", BEGINNINGS)
@pytest.mark.parametrize(
    "before",
    ["", " ", "\t", "\n", "Zaal;", "Zaal,", 'Zaal"', "Zaal\t", "Zaal\r\n", "Zaal|", "Zaal; ", "Zaal,  ", "Zaal;\u00a0"],
)
def test_no_cell_begins_a_formula_however_a_spreadsheet_takes_it_apart(sign: str, before: str) -> None:
    said = as_csv(("room",), [(f"{before}{sign}{ATTACK}",)])
    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(said), delimiter=separator):
            assert not any(cell.strip().startswith(BEGINNINGS) for cell in row), row


def test_usual_texts_are_written_as_they_are() -> None:
    usual = ("Zaal A", "2026-11-24 10:00 – 11:00", "een-twee", "jan@example.org", "3 - 4", "a, b; c")
    assert tuple(harmless(text) for text in usual) == usual


@pytest.mark.parametrize(
    "place_", ["x", "2026-11-24|__x__", "2026-11-24|a/b", "2026-11-24|", "|a", "2026-11-24|..", "a" * 2000]
)
def test_a_place_to_go_on_from_reaches_no_store_unless_it_is_one(place: Place, place_: str) -> None:
    active(place)
    place.api("GET", f"/7/journal?before={quote(place_)}", status=400)
    assert Tab(place).get(f"/console/integrations/7/journal?before={quote(place_)}").status_code == 422


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "31-12-9999", "1-1-0001", "2026-13-45", "٣-٣"])
def test_no_date_breaks_a_page(place: Place, day: str) -> None:
    active(place)
    tab = Tab(place)
    for page in ("find?q=", "day?date=", "journal?from=", "journal?to=", "journal.csv?from=", "find?booking="):
        assert tab.get(f"/console/integrations/7/{page}{day}").status_code < 500, page
    assert "within ten years" in tab.seen("/console/integrations/7/find?q=9999-12-31")
