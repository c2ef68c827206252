"""The history of the settings: who changed what, and how to restore it."""

from typing import Any

from flask import Blueprint, Response, request

from functions.application.setting_up import changes
from functions.application.setting_up.settings_input import raw_of
from functions.application.store import integrations
from functions.application.store.integrations import path_of
from functions.domain.model.bounds import whole_number
from functions.domain.settings.schema import Settings
from functions.entrypoints.console.forms.dialect_form import told
from functions.entrypoints.console.forms.fields import UNITS
from functions.entrypoints.console.pages import Pages
from functions.entrypoints.console.undo_offer import change_made

PAGE = 50


def add(routes: Blueprint, pages: Pages) -> None:
    """Add the routes of this screen."""
    ports = pages.ports

    @routes.get("/integrations/<int_id>/history")
    def history(int_id: str) -> Response:
        integrations.get(ports.documents, int_id)
        rows = ports.documents.find(path_of(int_id, "history"), order="at", descending=True, limit=PAGE + 1)
        shown = []
        for entry, body in rows[:PAGE]:
            former = body.get("before") or raw_of(Settings(id=""))
            before, after = (pages.seen(each) for each in (former, body["after"]))
            shown.append((entry, body, differences(before, after), before.get("dialect"), after.get("dialect")))
        cut = len(rows) > PAGE
        return pages.page("history.html", int_id, here="history", changes=shown, told=told, cut=cut, units=UNITS)

    @routes.post("/integrations/<int_id>/history/<entry>/revert")
    def revert(int_id: str, entry: str) -> Response:
        here = f"/console/integrations/{int_id}/history"
        before, seen = integrations.get(ports.documents, int_id), whole_number(request.form.get("seen", ""))
        try:
            saved = changes.revert(ports, int_id, entry, pages.actor(), request.form.get("apply", ""), seen=seen)
        except changes.PlanFirst as first:
            return pages.choose(int_id, first.plan, "history", f"{here}/{entry}/revert")
        return pages.done(here, "reverted", change_made(ports, before, saved))


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
