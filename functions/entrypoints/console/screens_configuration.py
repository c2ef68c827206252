"""The configuration screens: outbound, inbound, and how both directions run."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from functions.application.setting_up import choices, template_preview
from functions.application.setting_up.template_preview import Shown
from functions.application.store import integrations, journal_read
from functions.application.store.dialect_kept import dialect_of
from functions.domain.model.errors import Invalid, SyncError
from functions.domain.settings.template import OURS, placeholders
from functions.entrypoints.console import fields as form
from functions.entrypoints.console.desk import Desk
from functions.entrypoints.console.fields import INBOUND, OUTBOUND, SYNC, Field

SCREENS: dict[str, Mapping[str, tuple[Field, ...]]] = {"outbound": OUTBOUND, "inbound": INBOUND, "sync": SYNC}
FOLLOWING = {"outbound": "inbound", "inbound": "sync", "sync": "activation"}


def add(routes: Blueprint, desk: Desk) -> None:
    """Add the routes of these screens."""

    @routes.get("/integrations/<int_id>/<any(outbound, inbound, sync):screen>")
    def configuration(int_id: str, screen: str) -> Response:
        return _screen(desk, int_id, screen)

    @routes.post("/integrations/<int_id>/<any(outbound, inbound, sync):screen>")
    def save_configuration(int_id: str, screen: str) -> Response:
        if request.form.get("do") == "preview":
            return _preview(desk, int_id)
        fields = form.of_screen(SCREENS[screen])
        saved = desk.save(int_id, fields, screen)
        if isinstance(saved, Response):
            return saved
        if saved is not None:
            return _screen(desk, int_id, screen, saved)
        page = FOLLOWING[screen] if request.form.get("do") == "next" else screen
        return desk.done(f"/console/integrations/{int_id}/{page}", "saved")


def _preview(desk: Desk, int_id: str) -> Response:
    typed = request.form
    title, description = (typed.get(f"outbound.{name}_template", "") for name in ("title", "description"))
    try:
        shown = template_preview.show(desk.ports, int_id, typed.get("booking", "").strip(), title, description)
    except Invalid as error:
        return _screen(desk, int_id, "outbound", error)
    except SyncError as error:
        return _screen(desk, int_id, "outbound", trouble=error)
    return _screen(desk, int_id, "outbound", preview=shown)


def _screen(
    desk: Desk,
    int_id: str,
    screen: str,
    error: SyncError | None = None,
    *,
    preview: Shown | None = None,
    trouble: SyncError | None = None,
) -> Response:
    groups = SCREENS[screen]
    fields = form.of_screen(groups)
    integration = integrations.get(desk.ports.documents, int_id)
    t = desk.texts(integration)
    typed = request.form if request.method == "POST" else None
    more: dict[str, Any] = {}
    if screen == "outbound":
        last = journal_read.entries(desk.ports, int_id, limit=1)
        more = {
            "placeholders": placeholders(),
            "ours": OURS,
            "booking": typed.get("booking", "") if typed is not None else (last[0]["booking_id"] if last else ""),
        }
    if screen == "inbound":
        more = {
            "objects": choices.choices(desk.ports, int_id, calendars=False).objects or (),
            "inbound_object": integration.settings.inbound_object,
            "override_known": dialect_of(integration.dialect).override is not None,
        }
    if screen in ("outbound", "inbound"):
        more["statuses"] = dialect_of(integration.dialect).status_names
    return desk.page(
        "configuration.html",
        int_id,
        422 if error is not None or trouble is not None else 200,
        here=screen,
        groups=groups,
        following=FOLLOWING[screen],
        faults=desk.faults(error, fields, t) if error is not None else {},
        preview=preview,
        trouble=t.sentence(str(trouble)) if trouble is not None else "",
        **desk.form(int_id, fields, typed),
        **more,
    )
