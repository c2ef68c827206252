"""The dialect by hand: each point that the probe finds out, with what is assumed until it is known."""

from flask import Blueprint, Response, request

from functions.application.probing import probe, record
from functions.application.setting_up import dialect_input
from functions.application.store import integrations
from functions.application.store.dialect_validation import dialect_of
from functions.application.store.records import readable
from functions.domain.model.errors import Conflict, Fault, Invalid
from functions.domain.settings.dialect import Dialect
from functions.entrypoints.console.forms.dialect_form import GROUPS, POINTS, answers, in_words, shown
from functions.entrypoints.console.pages import Pages


def add(routes: Blueprint, pages: Pages) -> None:
    """Add the routes of this screen."""

    @routes.get("/integrations/<int_id>/dialect")
    def dialect(int_id: str) -> Response:
        return _dialect_page(pages, int_id)

    @routes.post("/integrations/<int_id>/dialect")
    def save_dialect(int_id: str) -> Response:
        integration = integrations.get(pages.ports.documents, int_id)
        given, wrong = answers(request.form, dialect_of(integration.dialect))
        if wrong:
            return _dialect_page(pages, int_id, tuple(wrong))
        try:
            dialect_input.save(pages.ports, int_id, given, pages.actor(), seen=request.form.get("seen", ""))
        except Conflict as error:
            return _dialect_page(pages, int_id, (Fault("", str(error)),))
        except Invalid as error:
            return _dialect_page(pages, int_id, error.faults)
        return pages.done(f"/console/integrations/{int_id}/dialect", "saved")


def _dialect_page(pages: Pages, int_id: str, wrong: tuple[Fault, ...] = ()) -> Response:
    integration = integrations.get(pages.ports.documents, int_id)
    t = pages.texts(integration)
    found = dialect_of(integration.dialect)
    stood = shown(found)
    faults: dict[str, list[str]] = {}
    for fault in wrong:
        faults.setdefault(fault.field, []).append(t.sentence(fault.message))
    return pages.page(
        "dialect.html",
        int_id,
        422 if wrong else 200,
        here="activation",
        groups=GROUPS,
        values={name: request.form.get(name, "") for name in stood} if wrong else stood,
        assumed={point.name: in_words(point, getattr(Dialect(), point.name), t) for point in POINTS},
        origin_of=_origins(pages, int_id, found),
        faults=faults,
        seen=request.form.get("seen", "") if wrong else dialect_input.mark(integration.dialect),
        probing=readable(lambda: probe.is_under_way(pages.ports.documents, integration))[0],
    )


def _origins(pages: Pages, int_id: str, found: Dialect) -> dict[str, str]:
    """Return for each point whether it is `assumed`, `probed` by the last probe, or `known` otherwise."""
    trial, _ = readable(lambda: record.current(pages.ports.documents, int_id))
    probed = dialect_of(trial.found if trial is not None else {})

    def origin(name: str) -> str:
        if name not in found.known:
            return "assumed"
        by_probe = name in probed.known and getattr(probed, name) == getattr(found, name)
        return "probed" if by_probe else "known"

    return {point.name: origin(point.name) for point in POINTS}
