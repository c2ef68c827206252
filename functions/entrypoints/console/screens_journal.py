"""The journal with undo, and the history of the settings."""

from typing import Any

from flask import Blueprint, Response, request

from functions.application.setting_up import changes
from functions.application.setting_up.settings_input import raw_of
from functions.application.store import integrations, journal_read
from functions.application.store.integrations import path_of
from functions.application.support import undo
from functions.domain.model.errors import SyncError
from functions.domain.settings.schema import Settings
from functions.entrypoints.console.desk import Desk
from functions.entrypoints.console.dialect_form import told

PAGE = 50
UNDOABLE = {
    *(("WriteBooking", why) for why in ("grace_over", "approved", "event_moved", "event_object", "conflict", "undone")),
    ("PatchEvent", "put_back"),
    ("PatchEvent", "conflict"),
}


def add(routes: Blueprint, desk: Desk) -> None:
    """Add the routes of these screens."""
    ports = desk.ports

    @routes.get("/integrations/<int_id>/journal")
    def journal(int_id: str) -> Response:
        booking, before = request.args.get("booking", "").strip(), request.args.get("before", "")
        rows = journal_read.entries(ports, int_id, booking, before, PAGE + 1)
        more = rows[PAGE - 1]["at"] if len(rows) > PAGE else ""
        return desk.page(
            "journal.html",
            int_id,
            here="journal",
            rows=rows[:PAGE],
            more=more,
            booking=booking,
            before=before,
            undoable=undoable,
        )

    @routes.get("/integrations/<int_id>/journal/<entry>/undo")
    def ask_undo(int_id: str, entry: str) -> Response:
        return _undo(desk, int_id, entry)

    @routes.post("/integrations/<int_id>/journal/<entry>/undo")
    def do_undo(int_id: str, entry: str) -> Response:
        try:
            done = undo.undo(ports, int_id, entry, desk.actor())
        except SyncError as error:
            return _undo(desk, int_id, entry, error)
        return desk.done(f"/console/integrations/{int_id}/journal", "undone" if done.done else "undoing")

    @routes.get("/integrations/<int_id>/history")
    def history(int_id: str) -> Response:
        integrations.get(ports.documents, int_id)
        rows = ports.documents.find(path_of(int_id, "history"), order="at", descending=True, limit=PAGE)
        shown = []
        for entry, body in rows:
            before = body.get("before") or raw_of(Settings(id=""))
            shown.append(
                (entry, body, differences(before, body["after"]), before.get("dialect"), body["after"].get("dialect"))
            )
        return desk.page("history.html", int_id, here="history", changes=shown, told=told)

    @routes.post("/integrations/<int_id>/history/<entry>/revert")
    def revert(int_id: str, entry: str) -> Response:
        here = f"/console/integrations/{int_id}/history"
        try:
            changes.revert(ports, int_id, entry, desk.actor(), request.form.get("apply", ""))
        except changes.PlanFirst as first:
            return desk.choose(int_id, first.plan, "history", f"{here}/{entry}/revert")
        return desk.done(here, "reverted")


def _undo(desk: Desk, int_id: str, entry: str, error: SyncError | None = None) -> Response:
    t = desk.texts(integrations.get(desk.ports.documents, int_id))
    found, trouble = None, error
    if error is None:
        try:
            found = undo.preview(desk.ports, int_id, entry)
        except SyncError as refused:
            trouble = refused
    body = desk.ports.documents.get(path_of(int_id, "journal", entry))
    status = 409 if trouble is not None else 200
    says = t.sentence(str(trouble)) if trouble is not None else ""
    return desk.page("undo.html", int_id, status, here="journal", found=found, trouble=says, entry=entry, row=body)


def undoable(row: dict[str, Any]) -> bool:
    """Whether the button is worth showing; the use case decides."""
    if row.get("outcome") != "done" or row.get("undone_at"):
        return False
    return (row["step"], row["why"]) in UNDOABLE or row["step"] == "MakeBooking"


def differences(before: Any, after: Any, name: str = "") -> list[tuple[str, Any, Any]]:
    """Return what differs between two settings, as (dotted name, before, after)."""
    if isinstance(after, dict):
        known = before if isinstance(before, dict) else {}
        return [
            row
            for key in {**after, **known}
            for row in differences(known.get(key), after.get(key), f"{name}.{key}" if name else key)
        ]
    return [(name, before, after)] if before != after else []
