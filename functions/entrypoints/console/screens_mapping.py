"""The mapping screen: object -> calendar, from the real lists of both sides."""

from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from functions.application.setting_up import choices, drafts
from functions.application.setting_up.choices import Choices
from functions.application.store import integrations
from functions.domain.model.errors import Invalid, SyncError
from functions.domain.model.numbers import whole_number
from functions.domain.settings.schema import MappingRow, Settings
from functions.entrypoints.console.desk import Desk
from functions.entrypoints.console.fields import Field
from functions.entrypoints.console.texts import Texts

FIELDS = (Field("mapping"),)
SPARE = 2
MOST = 500


@dataclass(frozen=True, slots=True)
class Row:
    """A row as shown, with what is wrong or remarkable about it (keys of texts)."""

    object: str
    calendar: str
    object_name: str = ""
    calendar_name: str = ""
    marks: tuple[str, ...] = ()


def add(routes: Blueprint, desk: Desk) -> None:
    """Add the routes of this screen."""

    @routes.get("/integrations/<int_id>/mapping")
    def mapping(int_id: str) -> Response:
        return _screen(desk, int_id)

    @routes.post("/integrations/<int_id>/mapping")
    def save_mapping(int_id: str) -> Response:
        rows = _typed(request.form)
        if request.form.get("do") == "more":
            return _screen(desk, int_id, rows=rows, spare=len(rows) + 10)
        part = {"mapping": _kept(rows, integrations.get(desk.ports.documents, int_id).settings)}
        saved = desk.save(int_id, FIELDS, "mapping", part)
        if isinstance(saved, Response):
            return saved
        if saved is not None:
            return _screen(desk, int_id, saved, rows=rows)
        page = "outbound" if request.form.get("do") == "next" else "mapping"
        return desk.done(f"/console/integrations/{int_id}/{page}", "saved")


def _typed(form: MultiDict[str, str]) -> list[MappingRow]:
    """Return the rows that were filled in; a row that is ticked to be removed is left out."""
    count = min(whole_number(form.get("rows", "")) or 0, MOST)
    rows = []
    for i in range(count):
        name, calendar = (form.get(f"mapping.{i}.{part}", "").strip() for part in ("object", "calendar"))
        if (name or calendar) and form.get(f"mapping.{i}.remove") != "on":
            rows.append(MappingRow(name, calendar))
    return rows


def _kept(rows: list[MappingRow], settings: Settings) -> list[dict[str, Any]]:
    """Return the rows as raw settings; what this screen does not show of a row stays as it was."""
    before = {row.object: row for row in settings.mapping}
    return [asdict(replace(before.get(row.object, row), calendar=row.calendar)) for row in rows]


def _screen(
    desk: Desk, int_id: str, error: SyncError | None = None, rows: list[MappingRow] | None = None, spare: int = 0
) -> Response:
    integration = integrations.get(desk.ports.documents, int_id)
    settings, t = integration.settings, desk.texts(integration)
    found = choices.choices(desk.ports, int_id)
    kept = list(settings.mapping) if rows is None else rows
    shown = [_row(row, kept, found, settings) for row in kept]
    shown += [Row("", "")] * (max(SPARE, spare - len(kept)) if kept else 3)
    lost, cut = choices.without_calendar(desk.ports, int_id) if found.objects else ([], False)
    have = {row.object for row in kept}
    return desk.page(
        "mapping.html",
        int_id,
        422 if error is not None else 200,
        here="mapping",
        rows=shown,
        found=found,
        unmapped=[each for each in found.objects or () if "*" not in have and each.id not in have],
        lost=lost,
        cut=cut,
        row_faults=_row_faults(error, t),
        faults=desk.faults(error, FIELDS, t) if error is not None and not isinstance(error, Invalid) else {},
        seen=request.form.get("seen", "") if error is not None else drafts.mark(settings, ["mapping"]),
    )


def _row_faults(error: SyncError | None, t: Texts) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    for fault in error.faults if isinstance(error, Invalid) else ():
        faults.setdefault(fault.field, []).append(t.sentence(fault.message))
    return faults


def _row(row: MappingRow, rows: list[MappingRow], found: Choices, settings: Settings) -> Row:
    objects = {each.id: each for each in found.objects or ()}
    calendars = {each.id: each for each in found.calendars or ()}
    entry = calendars.get(row.calendar) or next(
        (c for c in calendars.values() if c.primary and row.calendar == "primary"), None
    )
    marks = []
    if Counter(each.object for each in rows)[row.object] > 1:
        marks.append("duplicate")
    if found.objects is not None and row.object not in ("*", "") and row.object not in objects:
        marks.append("unknown_object")
    if found.calendars is not None and row.calendar and entry is None:
        marks.append("unreachable")
    if entry is not None and not entry.writable:
        marks.append("read_only")
    if settings.inbound.enabled and row.object == settings.inbound_object:
        marks.append("inbound")
    name = objects[row.object].name if row.object in objects else ""
    return Row(row.object, row.calendar, name, entry.title if entry is not None else "", tuple(marks))
