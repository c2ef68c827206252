"""An audit as JSON, and its findings as a table for a spreadsheet."""

from typing import Any

from functions.application.auditing.stored_audit import Audit, Finding
from functions.entrypoints.console.csv_tables import as_csv
from functions.entrypoints.console.json_forms import plain

COLUMNS = ("kind", "why", "booking", "calendar", "event", "day")


def audit_json(audit: Audit | None) -> dict[str, Any]:
    """Return an audit with its count, or that there has been none."""
    if audit is None:
        return {"state": "none", "found": 0, "findings": [], "history": []}
    return {**plain(audit), "state": "done" if audit.finished_at else "running", "found": audit.found}


def audit_csv(findings: tuple[Finding, ...]) -> str:
    """Return findings as a table."""
    rows = [
        (each.kind, each.why, each.booking_id, each.calendar, each.event_id, each.day.isoformat() if each.day else "")
        for each in findings
    ]
    return as_csv(COLUMNS, rows)
