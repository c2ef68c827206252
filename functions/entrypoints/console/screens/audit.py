"""The audit: the number of differences, the findings, and the numbers of earlier audits."""

from flask import Blueprint, Response

from functions.application.auditing import audit, stored_audit
from functions.application.store import integrations
from functions.application.store.records import readable
from functions.entrypoints.console.forms.audit_forms import audit_csv, why_name
from functions.entrypoints.console.pages import Pages
from functions.entrypoints.console.reasons import reason_name

SHOWN = 300


def add(routes: Blueprint, pages: Pages) -> None:
    """Add the routes of this screen."""
    ports = pages.ports

    @routes.get("/integrations/<int_id>/audit")
    def audited(int_id: str) -> Response:
        integration = integrations.get(ports.documents, int_id)
        last, damaged = readable(lambda: stored_audit.last(ports.documents, int_id))
        return pages.page(
            "audit.html",
            int_id,
            here="audit",
            audit=last,
            damaged=pages.texts(integration).sentence(damaged),
            stuck=audit.parked_as(ports, int_id, last) if last is not None else None,
            reason_name=reason_name,
            shown=SHOWN,
            left_alone=stored_audit.LEFT_ALONE,
            why_name=why_name,
        )

    @routes.post("/integrations/<int_id>/audit")
    def make(int_id: str) -> Response:
        audit.queue(ports, int_id, audit.begin(ports, int_id, pages.actor()))
        return pages.done(f"/console/integrations/{int_id}/audit", "audit_begun")

    @routes.get("/integrations/<int_id>/audit.csv")
    def audit_file(int_id: str) -> Response:
        t = pages.texts(integrations.get(ports.documents, int_id))
        last = stored_audit.last(ports.documents, int_id)
        body = audit_csv(last.findings if last is not None else (), pages.catalogue.of(int_id), t)
        headers = {"Content-Disposition": f'attachment; filename="audit-{int_id}.csv"'}
        return Response(body, mimetype="text/csv", headers=headers)
