"""The configuration screens: outbound, inbound, and how both directions run."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from functions.application.diagnosing import alerts, statuses
from functions.application.setting_up import available, template_preview
from functions.application.setting_up.settings_input import raw_of
from functions.application.setting_up.settings_input import typed as settings_typed
from functions.application.setting_up.template_preview import Shown
from functions.application.store import integrations, journal_read
from functions.application.store.dialect_validation import dialect_of
from functions.domain.model.errors import Invalid, Malformed, SyncError
from functions.domain.settings.schema import OutboundSettings
from functions.domain.settings.template import OURS, placeholders
from functions.entrypoints.console.forms import fields as form
from functions.entrypoints.console.forms.fields import INBOUND, OUTBOUND, SYNC, Field
from functions.entrypoints.console.pages import Pages
from functions.entrypoints.http.incoming import status_code_of

SCREENS: dict[str, Mapping[str, tuple[Field, ...]]] = {"outbound": OUTBOUND, "inbound": INBOUND, "sync": SYNC}
TRY = "try."  # followed by the setting whose address gets a test
FOLLOWING = {"outbound": "inbound", "inbound": "sync", "sync": "activation"}


def add(routes: Blueprint, pages: Pages) -> None:
    """Add the routes of these screens."""

    @routes.get("/integrations/<int_id>/<any(outbound, inbound, sync):screen>")
    def configuration(int_id: str, screen: str) -> Response:
        return _configuration_page(pages, int_id, screen)

    @routes.post("/integrations/<int_id>/<any(outbound, inbound, sync):screen>")
    def save_configuration(int_id: str, screen: str) -> Response:
        if request.form.get("do") == "preview":
            return _preview(pages, int_id)
        if request.form.get("do", "").startswith(TRY):
            return _try_out(pages, int_id, request.form["do"].removeprefix(TRY))
        fields = form.of_screen(SCREENS[screen])
        then = FOLLOWING[screen] if request.form.get("do") == "next" else screen
        faulty = partial(_configuration_page, pages, int_id, screen)
        return pages.save(int_id, fields, screen, faulty, part=_part(pages, int_id, fields), then=then)

    @routes.post("/integrations/<int_id>/status")
    def decide_status(int_id: str) -> Response:
        """Put one code into one of the lists."""
        code, chosen = status_code_of(request.form.get("code", "")), request.form.get("list", "")
        outbound = integrations.get(pages.ports.documents, int_id).settings.outbound
        if chosen == statuses.NONE:
            statuses.leave(pages.ports, int_id, code)
            return pages.done(f"/console/integrations/{int_id}/outbound", "saved")
        if chosen not in statuses.LISTS:
            raise Malformed("name one of the lists", reason="status")
        fields = tuple(field for field in OUTBOUND["status"] if field.kind == "codes")
        part = {"outbound": _lists(outbound, {code: chosen})}
        faulty = partial(_configuration_page, pages, int_id, "outbound", typed=False)
        sent_to = f"/console/integrations/{int_id}/status"
        return pages.save(int_id, fields, "outbound", faulty, part=part, address=sent_to)


def _part(pages: Pages, int_id: str, fields: tuple[Field, ...]) -> dict[str, Any]:
    """Return the answers; lists of codes keep their order, as the first of `delete_on_status` cancels a booking."""
    part = form.part_from(request.form, fields)
    before = raw_of(integrations.get(pages.ports.documents, int_id).settings)["outbound"]
    for name, codes in part.get("outbound", {}).items():
        if name.endswith("_on_status") and any(key.startswith(form.CHOSEN) for key in request.form):
            kept = [str(code) for code in before[name] if str(code) in codes]
            part["outbound"][name] = [*kept, *(code for code in codes if code not in kept)]
    return part


def _lists(outbound: OutboundSettings, chosen: Mapping[int, str]) -> dict[str, list[int]]:
    """Return the three lists with some codes moved to the lists chosen for them."""
    found = {}
    for name in statuses.LISTS:
        now: tuple[int, ...] = getattr(outbound, f"{name}_on_status")
        found[f"{name}_on_status"] = [code for code in now if code not in chosen]
        found[f"{name}_on_status"] += [code for code, where in chosen.items() if where == name]
    return found


def _preview(pages: Pages, int_id: str) -> Response:
    typed = request.form
    booking = typed.get("booking", "").strip()
    title, description = (typed.get(f"outbound.{name}_template", "") for name in ("title", "description"))
    try:
        shown = template_preview.show(pages.ports, int_id, booking, title, description) if booking else None
    except Invalid as error:
        return _configuration_page(pages, int_id, "outbound", error)
    except SyncError as error:
        return _configuration_page(pages, int_id, "outbound", trouble=error)
    return _configuration_page(pages, int_id, "outbound", preview=shown)


def _try_out(pages: Pages, int_id: str, way: str) -> Response:
    """Send a test one way, to the address as typed."""
    fields = SYNC["alerts"]
    settings = integrations.get(pages.ports.documents, int_id).settings
    raw = {**raw_of(settings), **form.part_from(request.form, fields)}
    try:
        wanted = settings_typed(raw).alerts
        only = replace(wanted, webhook_url="") if way == "email" else replace(wanted, email="")
        alerts.try_out(pages.ports, int_id, only, f"alerts.{way}")
    except Invalid as error:
        return _configuration_page(pages, int_id, "sync", error)
    except SyncError as error:
        return _configuration_page(pages, int_id, "sync", trouble=error)
    return _configuration_page(pages, int_id, "sync", tried=way)


def _configuration_page(
    pages: Pages,
    int_id: str,
    screen: str,
    error: SyncError | None = None,
    *,
    preview: Shown | None = None,
    trouble: SyncError | None = None,
    tried: str = "",
    typed: bool = True,
) -> Response:
    groups = SCREENS[screen]
    fields = form.of_screen(groups)
    integration = integrations.get(pages.ports.documents, int_id)
    t = pages.texts(integration)
    given = request.form if request.method == "POST" and typed else None
    more: dict[str, Any] = {}
    if screen == "outbound":
        last = next((each["booking_id"] for each in journal_read.entries(pages.ports, int_id, limit=1)), "")
        more = {
            "never": template_preview.never_filled(pages.ports, int_id, last),
            "placeholders": placeholders(),
            "ours": OURS,
            "booking": given.get("booking", "") if given is not None else last,
            "in_use": statuses.statuses(
                pages.ports, int_id, anew=request.args.get("count") == "anew" and pages.may_act()
            ),
            "typed": given or {},
            "lists": (*statuses.LISTS, statuses.NONE),
        }
    if screen == "inbound":
        dialect = dialect_of(integration.dialect)
        more = {
            "objects": available.read(pages.ports, int_id, calendars=False).objects or (),
            "inbound_object": integration.settings.inbound_object,
            "override_known": dialect.override is not None,
            "statuses": dialect.status_names,
        }
    return pages.page(
        "configuration.html",
        int_id,
        422 if error is not None or trouble is not None else 200,
        here=screen,
        groups=groups,
        following=FOLLOWING[screen],
        faults=pages.faults(error, fields, t) if error is not None else {},
        preview=preview,
        tried=tried,
        trouble=t.sentence(str(trouble)) if trouble is not None else "",
        not_saved=request.form.get("do") == "preview",
        **pages.form(int_id, fields, given),
        **more,
    )
