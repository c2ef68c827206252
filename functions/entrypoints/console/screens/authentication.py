"""The i-Reserve side and the authentication screen: addresses, users, secrets, and the two steps to Google."""

from functools import partial

from flask import Blueprint, Response, request

from functions.application.intake import webhooks
from functions.application.setting_up import available, consent, setup
from functions.application.setting_up.setup import SCOPES
from functions.application.store import integrations
from functions.application.store.stopped import google_mend
from functions.domain.model.errors import Conflict, SyncError
from functions.entrypoints.console.forms.fields import AUTHENTICATION, IRESERVE, Field
from functions.entrypoints.console.pages import Pages
from functions.entrypoints.console.state_cookie import state_of

PERSONAL = ("gmail.com", "googlemail.com")
SCREENS: dict[str, tuple[tuple[Field, ...], str]] = {
    "ireserve": (IRESERVE, "ireserve_password"),
    "authentication": (AUTHENTICATION, "google_client_secret"),
}


def add(routes: Blueprint, pages: Pages) -> None:
    """Add the routes of these screens."""
    ports = pages.ports

    @routes.get("/integrations/<int_id>/ireserve")
    def ireserve(int_id: str) -> Response:
        return _ireserve(pages, int_id)

    @routes.post("/integrations/<int_id>/ireserve")
    def save_ireserve(int_id: str) -> Response:
        fields, secret = SCREENS["ireserve"]
        return pages.save(int_id, fields, "ireserve", partial(_ireserve, pages, int_id), secret=secret)

    @routes.post("/integrations/<int_id>/ireserve/again")
    def call_again(int_id: str) -> Response:
        setup.call_again(ports, int_id, pages.actor())
        return pages.done(f"/console/integrations/{int_id}/ireserve", "called_again")

    @routes.get("/integrations/<int_id>/authentication")
    def authentication(int_id: str) -> Response:
        return _authentication(pages, int_id)

    @routes.post("/integrations/<int_id>/authentication")
    def save_authentication(int_id: str) -> Response:
        fields, secret = SCREENS["authentication"]
        return pages.save(int_id, fields, "authentication", partial(_authentication, pages, int_id), secret=secret)

    @routes.post("/integrations/<int_id>/connect")
    def connect(int_id: str) -> Response:
        try:
            state, named = state_of(request, int_id, secure=pages.secure), request.form.get("confirm", "")
            consent.connect(ports, int_id, state, confirm=named or False)
        except Conflict:
            return Response("", 303, {"Location": f"/console/integrations/{int_id}/authentication#steps"})
        except SyncError as error:
            return _authentication(pages, int_id, step=error)
        return pages.done(f"/console/integrations/{int_id}/authentication", "connected")

    @routes.post("/integrations/<int_id>/disconnect")
    def disconnect(int_id: str) -> Response:
        if request.form.get("sure") != "yes":
            address = f"/console/integrations/{int_id}/disconnect"
            return pages.confirm(int_id, address, "disconnect", [], here="authentication")
        try:
            consent.disconnect(ports, int_id)
        except SyncError as error:
            return _authentication(pages, int_id, step=error)
        return pages.done(f"/console/integrations/{int_id}/authentication", "disconnected")


def _ireserve(pages: Pages, int_id: str, error: SyncError | None = None) -> Response:
    integration = integrations.get(pages.ports.documents, int_id)
    t = pages.texts(integration)
    entered = integration.has_ireserve_login
    tested = request.args.get("test") == "1" or (entered and request.args.get("said") == "saved")
    return pages.page(
        "ireserve.html",
        int_id,
        422 if error is not None else 200,
        here="ireserve",
        fields=IRESERVE,
        faults=pages.faults(error, IRESERVE, t) if error is not None else {},
        webhook=webhooks.webhook_url(pages.ports, integration),
        entered=entered,
        found=available.read(pages.ports, int_id, calendars=False) if tested else None,
        **pages.form(int_id, IRESERVE, request.form if error is not None else None),
    )


def _authentication(
    pages: Pages, int_id: str, error: SyncError | None = None, step: SyncError | None = None
) -> Response:
    ports = pages.ports
    integration = consent.named(ports, integrations.get(ports.documents, int_id))
    t = pages.texts(integration)
    connection = integration.connection
    alive = connection is not None and not connection.dead
    account = connection.account if connection is not None else ""
    has_client = bool(integration.settings.google.client_id)
    has_secret = "google_client_secret" in integration.secret_versions
    answered = consent.answered(ports, int_id, state_of(request, int_id, secure=pages.secure))
    waits = answered == "given"
    return pages.page(
        "authentication.html",
        int_id,
        422 if error is not None or step is not None else 200,
        here="authentication",
        fields=AUTHENTICATION,
        faults=pages.faults(error, AUTHENTICATION, t) if error is not None else {},
        step=t.sentence(str(step)) if step is not None else "",
        return_url=consent.return_url(ports, int_id),
        missing_client=[
            name for name, has in (("google.client_id", has_client), ("google_client_secret", has_secret)) if not has
        ],
        waits=waits,
        refused=answered == "refused",
        expired=answered == "expired",
        cure=f"{t.sentence(google_mend(connection))}."
        if connection and connection.mended_at_google
        else t("auth.dead_help"),
        missing_scopes=[s for s in SCOPES if connection is not None and s not in connection.scopes],
        personal=account.rsplit("@", 1)[-1] in PERSONAL,
        found=available.read(ports, int_id, objects=False) if alive else None,
        **pages.form(int_id, AUTHENTICATION, request.form if error is not None else None),
    )
