"""The panel's other pages: statuses, dialect switches, hooks and their deliveries."""

from dataclasses import fields
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.ireserve.api.rights import tenant
from sandbox.ireserve.tenant.dialect import Dialect
from sandbox.ireserve.tenant.model import Status
from sandbox.ireserve.tenant.outbox import MODES

SHOWN = 40


def routes(panel: Blueprint) -> None:
    """Add the pages to the panel."""
    panel.get("/settings")(settings)
    panel.post("/settings/dialect")(save_dialect)
    panel.post("/settings/statuses")(save_statuses)
    panel.get("/hooks")(hooks)
    panel.get("/live/hooks")(live_hooks)
    panel.post("/hooks/mode")(save_mode)
    panel.post("/hooks/release")(release)


def settings(faults: list[str] | None = None) -> str:
    """Show statuses and dialect switches."""
    return render_template("settings.html", switches=_switches(), faults=faults or [])


def _switches() -> list[dict[str, Any]]:
    dialect = tenant().dialect
    return [
        {
            "name": each.name,
            "value": getattr(dialect, each.name),
            "default": each.default,
            "kind": type(each.default).__name__,
            "says": each.metadata["says"],
            "choices": each.metadata["choices"],
        }
        for each in fields(Dialect)
    ]


def save_dialect() -> str | Response:
    """Save the dialect form; a switch that is not ticked is off."""
    form = request.form
    wanted: dict[str, bool | float | str] = {}
    for switch in _switches():
        text = form.get(switch["name"], "")
        if switch["kind"] == "bool":
            wanted[switch["name"]] = bool(text)
        elif switch["kind"] in ("int", "float"):
            try:
                wanted[switch["name"]] = (int if switch["kind"] == "int" else float)(text)
            except ValueError:
                return settings([f"{switch['name']} is a number"])
        else:
            wanted[switch["name"]] = text
    faults = tenant().dialect.patch(wanted)
    return settings(faults) if faults else redirect(url_for("panel.settings"))


def save_statuses() -> str | Response:
    """Save the form of statuses; a row without a name goes, the last row adds one."""
    form, found = request.form, {}
    for code_text, name, colour, targets in zip(
        form.getlist("code"), form.getlist("name"), form.getlist("colour"), form.getlist("targets"), strict=True
    ):
        if not code_text or not name.strip():
            continue
        try:
            code, allowed = int(code_text), [int(each) for each in targets.replace(",", " ").split()]
        except ValueError:
            return settings([f"status {code_text}: code and targets are numbers"])
        counts = code_text in form.getlist("counts")
        found[code] = Status(code, name.strip(), counts=counts, colour=colour, targets=allowed or None)
    tenant().world.statuses = dict(sorted(found.items()))
    return redirect(url_for("panel.settings"))


def _hook_parts() -> dict[str, Any]:
    outbox = tenant().outbox
    return {
        "outbox": outbox,
        "modes": MODES,
        "log": list(reversed(outbox.log[-SHOWN:])),
        "calls": list(reversed(tenant().calls.since(tenant().calls.last - SHOWN))),
        "effects": tenant().effects,
    }


def hooks() -> str:
    """Show registered hooks, the log of deliveries and the last API calls."""
    return render_template("hooks.html", **_hook_parts())


def live_hooks() -> str:
    """Return the changing part of that page."""
    return render_template("_hooks.html", **_hook_parts())


def save_mode() -> Response:
    """Set what happens to outgoing hooks."""
    outbox = tenant().outbox
    if request.form.get("mode") in MODES:
        outbox.mode = request.form["mode"]
        outbox.seconds = request.form.get("seconds", 0.0, float)
    return redirect(url_for("panel.hooks"))


def release() -> Response:
    """Release held hooks and apply what is delayed."""
    here = tenant()
    here.outbox.flush(here.instant(), reverse=request.form.get("order") == "reverse")
    here.hurry()
    return redirect(url_for("panel.hooks"))
