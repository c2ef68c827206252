"""CSV tables in which no spreadsheet finds a formula.

Names of calendars and rooms are other people's texts. A spreadsheet that separates by semicolons (as Dutch ones do) or
tabs splits a cell, so a formula can also begin after one of these within a cell.
https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

FORMULA = re.compile(r"(^\s*|[;,|\"\t\r\n][ \u00a0]*)([=+@\-\uff0b\uff0d\uff1d\uff20])")
MARK = "\ufeff"  # tells a spreadsheet that the text is UTF-8


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV, with an apostrophe before anything that could begin a formula."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(columns)
    table.writerows([harmless(cell) for cell in row] for row in rows)
    return MARK + written.getvalue()


def harmless(cell: str) -> str:
    """Return a cell in which no formula begins, however it is split."""
    return FORMULA.sub(r"\1'\2", cell)
