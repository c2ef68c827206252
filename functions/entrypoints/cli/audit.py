"""The operators' command `audit`."""

import sys
from collections import Counter
from pathlib import Path

import click

from functions.application.auditing import audit, stored_audit
from functions.application.auditing.stored_audit import Audit
from functions.application.finding.names import Catalogue
from functions.application.ports import Ports
from functions.domain.model.errors import Refused, Transient
from functions.entrypoints.cli.frame import ACTOR, command, int_id, show, texts
from functions.entrypoints.console.forms.audit_forms import audit_csv, audit_json
from functions.entrypoints.console.reasons import reason_name


@command(
    "audit",
    int_id,
    click.option("--last", "only_last", is_flag=True, help="Show the last audit instead of making one."),
    click.option(
        "--csv", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write the findings to a file."
    ),
)
def audit_command(ports: Ports, int_id: str, *, only_last: bool, file: Path | None) -> None:
    """Compare both sides by rules that the sync does not use. Exit code 3: there are differences."""
    found = stored_audit.last(ports.documents, int_id) if only_last else _made(ports, int_id)
    if found is None:
        raise Refused("there is no audit yet; make one with `audit`")
    if file is not None:
        _write(file, audit_csv(found.findings, Catalogue(ports).of(int_id), texts(ports, int_id)))
    show(audit_json(ports, int_id, found), [*_unfinished(ports, int_id, found), *_lines(found)])
    if found.found:
        sys.exit(3)


def _made(ports: Ports, int_id: str) -> Audit:
    found = audit.begin(ports, int_id, ACTOR)
    days = (found.last - found.first).days + 1
    with click.progressbar(length=days, label="audit", file=sys.stderr) as bar:
        attempt = 0
        while found.finished_at is None:
            try:
                found, attempt = audit.advance(ports, int_id, found, attempt), 0
            except Transient:
                if attempt == audit.PATIENT:
                    raise
                attempt += 1
                ports.sleep(attempt)
            bar.update((found.week - found.first).days - bar.pos)
    return found


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}", reason="no_file") from None


def _unfinished(ports: Ports, int_id: str, found: Audit) -> list[str]:
    """Return in a line where an audit is that has not ended, and why if it cannot go on."""
    stuck = audit.parked_as(ports, int_id, found)
    if stuck is not None:
        return [
            f"stopped at {found.week}: {reason_name(stuck[1]['reason'], texts(ports, int_id))}; `retry` tries again"
        ]
    return [] if found.finished_at is not None else [f"under way, at {found.week}"]


def _lines(found: Audit) -> list[str]:
    looked = f"bookings: {found.bookings} and events: {found.events}"
    lines = [f"differences: {found.found}, among {looked}; the texts of {found.texts} were compared"]
    differing = [each for each in found.findings if each.kind != stored_audit.LEFT_ALONE]
    lines += [
        f"  {each.kind:16} {each.day or '':10}  {each.booking_id or '-':>8}  {each.calendar} {each.event_id}".rstrip()
        for each in differing
    ]
    alone = Counter(each.why for each in found.findings if each.kind == stored_audit.LEFT_ALONE)
    lines += [f"  left alone, {why.replace('_', ' ')}: {count}" for why, count in sorted(alone.items())]
    return lines
