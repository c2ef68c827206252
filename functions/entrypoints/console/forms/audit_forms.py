"""An audit as JSON, and its findings as a table for a spreadsheet."""

from typing import Any

from functions.application.auditing import audit
from functions.application.auditing.stored_audit import LEFT_ALONE, Audit, Finding
from functions.application.finding.names import Names
from functions.application.ports import Ports
from functions.entrypoints.console.csv_tables import as_csv
from functions.entrypoints.console.json_forms import plain, reason_of
from functions.entrypoints.console.texts import Texts

COLUMNS = ("what", "why", "booking", "calendar", "event", "day")


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


def audit_csv(findings: tuple[Finding, ...], names: Names, t: Texts) -> str:
    """Return findings as a table, in the words of the page."""
    rows = [
        (
            t("audit.alone") if each.kind == LEFT_ALONE else t(f"audit.kind.{each.kind}"),
            why_name(each.why, t),
            each.booking_id,
            names.calendar(each.calendar),
            each.event_id,
            each.day.isoformat() if each.day else "",
        )
        for each in findings
    ]
    return as_csv([t(f"csv.{name}") for name in COLUMNS], rows)


def why_name(why: str, t: Texts) -> str:
    """Return in words why an event was left alone, or what is more to say of a difference."""
    return t.name("audit.why", why, t.name("why", why)) if why else ""
