"""Tables for a spreadsheet, none of whose cells it takes for a formula.

Names of calendars and rooms are other people's texts. A spreadsheet that separates by semicolons, as a Dutch one does, or
by tabs, takes a cell apart, so that a formula may also stand behind any of these signs within a cell.
https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

FORMULA = re.compile(r"(^\s*|[;,|\"\t\r\n])([=+@\-\uff0b\uff0d\uff1d\uff20])")
MARK = "\ufeff"  # tells a spreadsheet that the text is UTF-8


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV; what could begin a formula gets an apostrophe before it."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(columns)
    table.writerows([harmless(cell) for cell in row] for row in rows)
    return MARK + written.getvalue()


def harmless(cell: str) -> str:
    """Return a cell in which nothing begins a formula, however it is taken apart."""
    return FORMULA.sub(r"\1'\2", cell)
