"""The overview, an integration's own page, and actions on a whole integration."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, request

from functions.application.diagnosing.summary import Summary, summary_of
from functions.application.ports import Ports
from functions.application.setting_up import activation, partial_settings, removal
from functions.application.store import integrations
from functions.domain.model.errors import Conflict, Invalid, SyncError
from functions.domain.settings.integration import ACTIVATED
from functions.entrypoints.console.forms import fields as form
from functions.entrypoints.console.forms.fields import GENERAL, Field
from functions.entrypoints.console.pages import Pages
from functions.entrypoints.console.reasons import reason_name
from functions.entrypoints.console.search_now import search_now

ADD = (Field("id", example="7"), *GENERAL)
ACTIONS: dict[str, tuple[Callable[[Ports, str, str], object], str]] = {
    "pause": (lambda ports, int_id, _: activation.pause(ports, int_id), "paused"),
    "resume": (activation.resume, "resumed"),
    "sweep": (search_now, "swept"),
    "resync": (activation.resync, "resynced"),
}


def overview(pages: Pages, status: int = 200, error: SyncError | None = None) -> Response:
    """List the integrations, with the form that adds one."""
    every = [summary_of(pages.ports, each.id) for each in integrations.every(pages.ports.documents)]
    t = pages.texts()
    typed = request.form if error is not None else None
    taken = {each.integration.id for each in every}
    free = next(str(n) for n in range(1, len(taken) + 2) if str(n) not in taken)
    start = {"id": free, "name": "", "language": t.language, "timezone": "Europe/Amsterdam"}
    values = {field.name: typed.get(field.name, "") if typed is not None else start[field.name] for field in ADD}
    faults = pages.faults(error, ADD, t) if error is not None else {}
    if isinstance(error, Conflict):
        faults = {"id": faults[""]}
    defaults = {"language": "nl", "timezone": "Europe/Amsterdam"}
    return pages.page(
        "overview.html", status=status, every=every, fields=ADD, values=values, faults=faults, defaults=defaults
    )


def steps_of(found: Summary) -> list[tuple[str, str, str]]:
    """Return the steps of setting up as (name, page, `done`, `next` or `later`)."""
    settings, secrets = found.integration.settings, found.integration.secret_versions
    places = {fault.field.split(".")[0] for fault in found.faults}
    connection = found.integration.connection
    client = bool(settings.google.client_id) and "google_client_secret" in secrets
    done = {
        "ireserve": "ireserve" not in places
        and "ireserve_password" in secrets
        and not found.integration.ireserve_refused,
        "authentication": client and connection is not None and not connection.dead,
        "mapping": "mapping" not in places,
        "outbound": "outbound" not in places,
        "inbound": "inbound" not in places,
        "activation": found.integration.phase in ACTIVATED,
    }
    following = next((name for name, is_done in done.items() if not is_done), "")
    return [
        (name, name, "done" if is_done else "next" if name == following else "later") for name, is_done in done.items()
    ]


def add(routes: Blueprint, pages: Pages) -> None:
    """Add the routes of these screens."""
    ports = pages.ports

    @routes.post("/integrations")
    def create() -> Response:
        try:
            made = partial_settings.create(ports, form.part_from(request.form, ADD), pages.actor())
        except (Invalid, Conflict) as error:
            return overview(pages, 422, error)
        return pages.done(f"/console/integrations/{made.id}/ireserve", "added")

    @routes.get("/integrations/<int_id>")
    def one(int_id: str) -> Response:
        return _home(pages, int_id)

    @routes.post("/integrations/<int_id>")
    def rename(int_id: str) -> Response:
        return pages.save(int_id, GENERAL, "", partial(_home, pages, int_id))

    @routes.post("/integrations/<int_id>/<any(pause, resume, sweep, resync):deed>")
    def act(int_id: str, deed: str) -> Response:
        run, said = ACTIONS[deed]
        run(ports, int_id, pages.actor())
        return pages.done(f"/console/integrations/{int_id}", said)

    @routes.post("/integrations/<int_id>/deactivate")
    def deactivate(int_id: str) -> Response:
        if request.form.get("sure") != "yes":
            address, count = f"/console/integrations/{int_id}/deactivate", summary_of(ports, int_id).links
            return pages.confirm(int_id, address, "deactivate", [], here="home", n=count)
        _, left = activation.deactivate(ports, int_id)
        if left:
            return pages.page("left.html", int_id, left=left, here="home")
        return pages.done(f"/console/integrations/{int_id}", "deactivated")

    @routes.get("/integrations/<int_id>/delete")
    def ask_delete(int_id: str) -> Response:
        return pages.page("delete.html", int_id, here="home", chosen="")

    @routes.post("/integrations/<int_id>/delete")
    def delete(int_id: str) -> Response:
        chosen = request.form.get("events", "")
        if request.form.get("sure") != int_id:
            return pages.page("delete.html", int_id, 422, here="home", unsure=True, chosen=chosen)
        left = removal.delete(ports, int_id, chosen)
        if left:
            return pages.page("delete.html", int_id, here="home", left=left, chosen=chosen)
        return pages.done("/console/", "deleted")


def _home(pages: Pages, int_id: str, error: SyncError | None = None) -> Response:
    found = summary_of(pages.ports, int_id)
    shown = pages.form(int_id, GENERAL, request.form if error is not None else None)
    faults = pages.faults(error, GENERAL, pages.texts(found.integration)) if error is not None else {}
    status = 422 if error is not None else 200
    steps = steps_of(found)
    shown |= {"reason_name": reason_name, "faults": faults, "fields": GENERAL}
    return pages.page("home.html", int_id, status, here="home", steps=steps, **shown)
