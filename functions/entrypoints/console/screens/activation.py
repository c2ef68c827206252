"""Activation: probe, plan, shadow, and activation itself; the last result of each stays on the page."""

import re

from flask import Blueprint, Response, request

from functions.application.diagnosing.summary import summary_of
from functions.application.ports import Ports
from functions.application.probing import probe, record, starting
from functions.application.setting_up import activation, available, preview
from functions.application.store import integrations
from functions.application.store.records import readable
from functions.application.sync.session import open_session
from functions.domain.model.errors import SyncError
from functions.domain.model.identity import must_be_booking
from functions.domain.settings.integration import Phase
from functions.entrypoints.console.forms.dialect_form import told
from functions.entrypoints.console.pages import Pages
from functions.entrypoints.console.reasons import reason_name
from functions.entrypoints.console.screens.integrations import steps_of
from functions.entrypoints.console.texts import Texts

LINES = 100
FIELD = re.compile(r"(?<![^ ])([a-z_]+)((?:\.\w+)*): ")


def add(routes: Blueprint, pages: Pages) -> None:
    """Add the routes of this screen."""
    ports = pages.ports

    @routes.get("/integrations/<int_id>/activation")
    def shown(int_id: str) -> Response:
        return _activation_page(pages, int_id)

    @routes.post("/integrations/<int_id>/plan")
    def make_plan(int_id: str) -> Response:
        try:
            preview.refresh(ports, int_id, go_on=request.form.get("go_on") == "yes")
        except SyncError as error:
            return _activation_page(pages, int_id, error)
        return Response("", 303, {"Location": f"/console/integrations/{int_id}/activation#plan"})

    @routes.post("/integrations/<int_id>/activate")
    def activate(int_id: str) -> Response:
        shadow = request.form.get("shadow") == "yes"
        try:
            anyway = request.form.get("anyway") == "yes"
            done = activation.activate(ports, int_id, pages.actor(), shadow=shadow, anyway=anyway)
        except SyncError as error:
            return _activation_page(pages, int_id, error)
        if done.warnings or done.without_channel:
            return _activation_page(pages, int_id, warnings=done.warnings, without=done.without_channel)
        return pages.done(f"/console/integrations/{int_id}", "shadow" if shadow else "activated")

    @routes.post("/integrations/<int_id>/probe")
    def begin_probe(int_id: str) -> Response:
        typed = {name: request.form.get(name, "").strip() for name in ("booking", "object")}
        try:
            must_be_booking(typed["booking"])
            really = request.form.get("really") == "yes"
            trial = starting.begin(ports, int_id, typed["booking"], typed["object"], pages.actor(), really=really)
            probe.queue(ports, int_id, trial)
        except SyncError as error:
            return _activation_page(pages, int_id, probe_error=error)
        return Response("", 303, {"Location": f"/console/integrations/{int_id}/activation#probe"})

    @routes.post("/integrations/<int_id>/probe/stop")
    def stop_probe(int_id: str) -> Response:
        try:
            probe.queue(ports, int_id, probe.stop(ports, int_id))
        except SyncError as error:
            return _activation_page(pages, int_id, probe_error=error)
        return Response("", 303, {"Location": f"/console/integrations/{int_id}/activation#probe"})


def _activation_page(
    pages: Pages,
    int_id: str,
    error: SyncError | None = None,
    *,
    probe_error: SyncError | None = None,
    warnings: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
) -> Response:
    troubles = _answers(pages.ports, int_id)
    integration = integrations.get(pages.ports.documents, int_id)
    found = summary_of(pages.ports, int_id)
    t = pages.texts(integration)
    plan, no_plan = readable(lambda: preview.current(pages.ports, int_id))
    trial, no_trial = readable(lambda: record.current(pages.ports.documents, int_id))
    probe_trouble = str(probe_error) if probe_error is not None else no_trial
    return pages.page(
        "activation.html",
        int_id,
        409 if error is not None or probe_error is not None else 200,
        here="activation",
        steps=[
            (name, page, "next" if troubles.get(name) else state, t.sentence(troubles.get(name, "")))
            for name, page, state in steps_of(found)
            if name != "activation"
        ],
        plan=plan,
        no_plan=t.sentence(no_plan),
        most=LINES,
        trouble=_with_labels(t.sentence(str(error)), t) if error is not None else "",
        warnings=[t.sentence(each) for each in warnings],
        without=without,
        assumptions=list(open_session(pages.ports, integration).dialect.assumptions()),
        dialect=integration.dialect,
        told=told,
        trial=trial,
        goes_on=trial is not None and probe.alive(trial, pages.ports.clock()),
        reason_name=reason_name,
        parts=probe.PARTS,
        probe_trouble=t.sentence(probe_trouble),
        typed=request.form,
        active=integration.phase is Phase.ACTIVE,
    )


def _answers(ports: Ports, int_id: str) -> dict[str, str]:
    """Return why either side cannot be read, by the set-up step that fixes it; asked only before activation."""
    if integrations.get(ports.documents, int_id).phase is not Phase.DRAFT:
        return {}
    found = available.read(ports, int_id)
    return {"ireserve": found.objects_trouble, "authentication": found.calendars_trouble}


def _with_labels(sentence: str, t: Texts) -> str:
    """Return the sentence about what prevents activation, with the screens' labels for the settings that it names."""

    def label(match: re.Match[str]) -> str:
        keys = [f"field.{name}.label" for name in (match[1] + match[2], match[1])]
        known = next((key for key in keys if t.has(key)), "")
        return f"{t(known)}: " if known else match[0]

    return FIELD.sub(label, sentence)
