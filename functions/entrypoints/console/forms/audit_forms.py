"""An audit as JSON, and its findings as a table for a spreadsheet."""

from typing import Any

from functions.application.auditing import audit
from functions.application.auditing.stored_audit import Audit, Finding
from functions.application.ports import Ports
from functions.entrypoints.console.csv_tables import as_csv
from functions.entrypoints.console.json_forms import plain, reason_of

COLUMNS = ("kind", "why", "booking", "calendar", "event", "day")


def audit_json(ports: Ports, int_id: str, found: Audit | None) -> dict[str, Any]:
    """Return an audit with its count and why it cannot go on, or that there has been none."""
    if found is None:
        return {"state": "none", "found": 0, "findings": [], "history": []}
    state = "done" if found.finished_at else "running"
    return {
        **plain(found),
        "state": state,
        "stuck": reason_of(audit.parked_as(ports, int_id, found)),
        "found": found.found,
    }


def audit_csv(findings: tuple[Finding, ...]) -> str:
    """Return findings as a table."""
    rows = [
        (each.kind, each.why, each.booking_id, each.calendar, each.event_id, each.day.isoformat() if each.day else "")
        for each in findings
    ]
    return as_csv(COLUMNS, rows)
