"""Diagnostics: checks, each with the button that fixes it, also as text for a support ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response

from functions.application.diagnosing import diagnose
from functions.application.diagnosing import round_trip as trip
from functions.application.finding import find
from functions.application.finding.names import Names
from functions.application.intake import hints
from functions.application.ports import Ports
from functions.application.setting_up import activation
from functions.application.store import integrations
from functions.application.sync.session import SyncSession, open_session
from functions.application.watching import channels
from functions.domain.model.check import Check
from functions.domain.model.errors import Conflict
from functions.domain.settings.integration import Phase
from functions.domain.settings.schema import Settings
from functions.entrypoints.console.pages import Pages
from functions.entrypoints.console.texts import Texts

PAGES = {
    "consent": "authentication",
    "mapping": "mapping",
    "ireserve": "ireserve",
    "probe": "activation",
    "activate": "activation",
    "parked": "waiting",
    "held": "waiting",
    "links": "waiting",
    "foreign": "waiting",
    "outbound": "outbound",
    "day": "day?days=7",
}
LEVELS = ("red", "amber", "grey", "green")
BUTTONS = ("hooks", "renew", "sweep")
WIDTH, HEIGHT, FLOOR = 600, 120, 0.1


def add(routes: Blueprint, pages: Pages) -> None:
    """Add the routes of this screen."""
    ports = pages.ports

    @routes.get("/integrations/<int_id>/diagnostics")
    def diagnostics(int_id: str) -> Response:
        return _diagnostics_page(pages, int_id)

    @routes.post("/integrations/<int_id>/round-trip")
    def round_trip(int_id: str) -> Response:
        return _diagnostics_page(pages, int_id, trip.round_trip(ports, int_id))

    @routes.get("/integrations/<int_id>/diagnostics.txt")
    def as_file(int_id: str) -> Response:
        t = pages.texts(integrations.get(ports.documents, int_id))
        return Response(as_text(diagnose.diagnose(ports, int_id), t), mimetype="text/plain")

    @routes.post("/integrations/<int_id>/mend/hooks")
    def mend_hooks(int_id: str) -> Response:
        activation.register(ports, _activated(ports, int_id))
        return pages.done(f"/console/integrations/{int_id}/diagnostics", "hooks")

    @routes.post("/integrations/<int_id>/mend/renew")
    def mend_channels(int_id: str) -> Response:
        channels.open_all(_activated(ports, int_id))
        hint = hints.Hint(hints.Kind.RENEW, int_id, (), "person", ports.clock(), actor=pages.actor())
        hints.enqueue(ports.tasks, hint, ports.clock(), trailing=False)
        return pages.done(f"/console/integrations/{int_id}/diagnostics", "renewed")


def _activated(ports: Ports, int_id: str) -> SyncSession:
    """Open an integration; raises `Conflict` for one that was deactivated since its page was shown."""
    integration = integrations.get(ports.documents, int_id)
    if integration.phase is Phase.DRAFT:
        raise Conflict("the integration is not active", reason="not_active")
    return open_session(ports, integration)


def _diagnostics_page(pages: Pages, int_id: str, legs: tuple[trip.Leg, ...] = ()) -> Response:
    found = diagnose.diagnose(pages.ports, int_id)
    t = pages.texts(integrations.get(pages.ports.documents, int_id))
    lags = find.lags(pages.ports, int_id)
    bars = plot([seconds for _, seconds in lags])
    more: dict[str, Any] = {"pages": PAGES, "buttons": BUTTONS, "legs": legs, "text": as_text(found, t)}
    names, integration = pages.catalogue.of(int_id), integrations.get(pages.ports.documents, int_id)
    checks = [each for each in found.checks if not each.subject]
    checks.sort(key=lambda check: LEVELS.index(check.level))
    more["rooms"] = rooms(found.checks, integration.settings, names)
    more["problems"] = [each for each in checks if each.level != "green"]
    more["good"] = [each for each in checks if each.level == "green"]
    return pages.page("diagnostics.html", int_id, here="diagnostics", found=found, lags=lags, plot=bars, **more)


@dataclass(frozen=True, slots=True)
class RoomChecks:
    """A mapped calendar with its objects' names, the worst level of its checks, and the checks."""

    calendar: str
    objects: tuple[str, ...]
    level: str
    checks: Mapping[str, Check]  # by name


def rooms(checks: Sequence[Check], settings: Settings, names: Names) -> list[RoomChecks]:
    """Return the mapped calendars with the objects of each, problems first."""
    found = []
    for calendar in settings.calendars:
        own = [each for each in checks if each.subject == calendar]
        level = min((each.level for each in own), key=LEVELS.index, default="green")
        objects = tuple(names.object(row.object) for row in settings.mapping if row.calendar == calendar)
        found.append(RoomChecks(calendar, objects, level, {each.name: each for each in own}))
    return sorted(found, key=lambda room: LEVELS.index(room.level))


def as_text(found: diagnose.Diagnosis, t: Texts) -> str:
    """Return the diagnosis for a support ticket: no secrets, and only the first letters of mail addresses."""
    lines = [f"{t('page.diagnostics')} {t.moment(found.at)} ({t.zone})"]
    lines.append(f"{t('state.as_of')}: {t.moment(found.in_sync_as_of)}")
    lines.append(f"{t('state.links')}: {found.links}; {t('check.parked')}: {found.open_items}")
    for check in found.checks:
        mend = f" -> {t.sentence(check.mend)}" if check.mend else ""
        says = diagnose.anonymous(t.sentence(check.says))
        lines.append(f"[{t('level.' + check.level)}] {t('check.' + check.name)}: {says}{mend}")
    return "\n".join(lines) + "\n"


def plot(seconds: list[float]) -> list[tuple[float, float, float, float]]:
    """Return the bars (x, y, width, height) of a small plot, on a logarithmic scale from 0.1 s."""
    import math

    if not seconds:
        return []
    top = max(math.log10(max(s, FLOOR) / FLOOR) for s in seconds) or 1
    step = WIDTH / len(seconds)
    bars = []
    for i, value in enumerate(seconds):
        height = max(2.0, HEIGHT * math.log10(max(value, FLOOR) / FLOOR) / top)
        bars.append((round(i * step, 1), round(HEIGHT - height, 1), round(step * 0.7, 1), round(height, 1)))
    return bars
