"""An audit as it goes out: as JSON, and its findings as a table for a spreadsheet."""

import csv
import io
from typing import Any

from functions.application.auditing.kept import Audit, Finding
from functions.entrypoints.console.json_forms import plain

COLUMNS = ("kind", "why", "booking", "calendar", "event", "day")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def audit_json(audit: Audit | None) -> dict[str, Any]:
    """Return an audit with its figure; of one that was never made, that it was not."""
    if audit is None:
        return {"state": "none", "found": 0, "findings": [], "history": []}
    return {**plain(audit), "state": "done" if audit.finished_at else "running", "found": audit.found}


def as_csv(findings: tuple[Finding, ...]) -> str:
    """Return findings as CSV; what a spreadsheet would take for a formula is quoted with an apostrophe."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for each in findings:
        day = each.day.isoformat() if each.day is not None else ""
        cells = (each.kind, each.why, each.booking_id, each.calendar, each.event_id, day)
        table.writerow(f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells)
    return written.getvalue()
