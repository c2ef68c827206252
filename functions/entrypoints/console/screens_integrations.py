"""The overview, an integration's own page, and what is done to an integration as a whole."""

from flask import Blueprint, Response, request

from functions.application.setting_up import activation, drafts, removal
from functions.application.store import integrations
from functions.application.support.standing import Standing, standing
from functions.domain.model.errors import Conflict, Invalid, SyncError
from functions.domain.settings.integration import Phase
from functions.entrypoints.console import fields as form
from functions.entrypoints.console.desk import Desk
from functions.entrypoints.console.fields import GENERAL, Field
from functions.entrypoints.console.search_now import search_now

ADD = (Field("id", example="7"), *GENERAL)
RUNNING = (Phase.ACTIVE, Phase.SHADOW)


def overview(desk: Desk, status: int = 200, error: SyncError | None = None) -> Response:
    """List the integrations, with the form that adds one."""
    every = [standing(desk.ports, each.id) for each in integrations.every(desk.ports.documents)]
    t = desk.texts()
    typed = request.form if error is not None else None
    taken = {each.integration.id for each in every}
    free = next(str(n) for n in range(1, len(taken) + 2) if str(n) not in taken)
    start = {"id": free, "name": "", "language": t.language, "timezone": "Europe/Amsterdam"}
    values = {field.name: typed.get(field.name, "") if typed is not None else start[field.name] for field in ADD}
    faults = desk.faults(error, ADD, t) if error is not None else {}
    if isinstance(error, Conflict):
        faults = {"id": faults[""]}
    defaults = {"language": "nl", "timezone": "Europe/Amsterdam"}
    return desk.page(
        "overview.html", status=status, every=every, fields=ADD, values=values, faults=faults, defaults=defaults
    )


def steps_of(found: Standing) -> list[tuple[str, str, str]]:
    """Return the steps of setting up as (name, page, `done`, `next` or `later`)."""
    settings, secrets = found.integration.settings, found.integration.secret_versions
    places = {fault.field.split(".")[0] for fault in found.faults}
    connection = found.integration.connection
    client = bool(settings.google.client_id) and "google_client_secret" in secrets
    done = {
        "ireserve": "ireserve" not in places and "ireserve_password" in secrets,
        "authentication": client and connection is not None and not connection.dead,
        "mapping": "mapping" not in places,
        "outbound": "outbound" not in places,
        "inbound": "inbound" not in places,
        "activation": found.integration.phase in (*RUNNING, Phase.PAUSED),
    }
    following = next((name for name, is_done in done.items() if not is_done), "")
    return [
        (name, name, "done" if is_done else "next" if name == following else "later") for name, is_done in done.items()
    ]


def add(routes: Blueprint, desk: Desk) -> None:
    """Add the routes of these screens."""
    ports = desk.ports

    @routes.post("/integrations")
    def create() -> Response:
        try:
            made = drafts.create(ports, form.part_from(request.form, ADD), desk.actor())
        except (Invalid, Conflict) as error:
            return overview(desk, 422, error)
        return desk.done(f"/console/integrations/{made.id}/ireserve", "added")

    @routes.get("/integrations/<int_id>")
    def one(int_id: str) -> Response:
        return _home(desk, int_id)

    @routes.post("/integrations/<int_id>")
    def rename(int_id: str) -> Response:
        saved = desk.save(int_id, GENERAL, "")
        if isinstance(saved, Response):
            return saved
        if saved is not None:
            return _home(desk, int_id, saved)
        return desk.done(f"/console/integrations/{int_id}", "saved")

    @routes.post("/integrations/<int_id>/pause")
    def pause(int_id: str) -> Response:
        activation.pause(ports, int_id)
        return desk.done(f"/console/integrations/{int_id}", "paused")

    @routes.post("/integrations/<int_id>/resume")
    def resume(int_id: str) -> Response:
        activation.activate(ports, int_id, desk.actor())
        return desk.done(f"/console/integrations/{int_id}", "resumed")

    @routes.post("/integrations/<int_id>/sweep")
    def sweep(int_id: str) -> Response:
        search_now(ports, int_id, desk.actor())
        return desk.done(f"/console/integrations/{int_id}", "swept")

    @routes.post("/integrations/<int_id>/resync")
    def resync(int_id: str) -> Response:
        activation.resync(ports, int_id, desk.actor())
        return desk.done(f"/console/integrations/{int_id}", "resynced")

    @routes.post("/integrations/<int_id>/deactivate")
    def deactivate(int_id: str) -> Response:
        if request.form.get("sure") != "yes":
            address, count = f"/console/integrations/{int_id}/deactivate", standing(ports, int_id).links
            return desk.confirm(int_id, address, "deactivate", [], here="home", n=count)
        _, left = activation.deactivate(ports, int_id)
        if left:
            return desk.page("left.html", int_id, left=left, here="home")
        return desk.done(f"/console/integrations/{int_id}", "deactivated")

    @routes.get("/integrations/<int_id>/delete")
    def ask_delete(int_id: str) -> Response:
        return desk.page("delete.html", int_id, here="home")

    @routes.post("/integrations/<int_id>/delete")
    def delete(int_id: str) -> Response:
        if request.form.get("sure") != int_id:
            return desk.page("delete.html", int_id, 422, here="home", unsure=True)
        left = removal.delete(ports, int_id, request.form.get("events", ""))
        if left:
            return desk.page("delete.html", int_id, here="home", left=left)
        return desk.done("/console/", "deleted")


def _home(desk: Desk, int_id: str, error: SyncError | None = None) -> Response:
    found = standing(desk.ports, int_id)
    shown = desk.form(int_id, GENERAL, request.form if error is not None else None)
    faults = desk.faults(error, GENERAL, desk.texts(found.integration)) if error is not None else {}
    status = 422 if error is not None else 200
    steps = steps_of(found)
    return desk.page("home.html", int_id, status, here="home", steps=steps, fields=GENERAL, faults=faults, **shown)
