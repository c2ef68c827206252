"""What waits for a person: parked items, held removals, paused pairs."""

from flask import Blueprint, Response, request

from functions.application.store import integrations, links, parked
from functions.application.support import held
from functions.domain.model.errors import SyncError
from functions.domain.model.link import State
from functions.entrypoints.console.desk import Desk

MOST = 200


def add(routes: Blueprint, desk: Desk) -> None:
    """Add the routes of this screen."""
    ports = desk.ports

    def here(int_id: str) -> str:
        return f"/console/integrations/{int_id}/waiting"

    @routes.get("/integrations/<int_id>/waiting")
    def waiting(int_id: str) -> Response:
        return _screen(desk, int_id)

    @routes.post("/integrations/<int_id>/parked")
    def retry(int_id: str) -> Response:
        items = request.form.getlist("item")
        if request.form.get("all") == "yes":
            items = [item for item, _ in parked.every(ports, int_id, MOST)]
        for item in items:
            parked.retry(ports, int_id, item, desk.actor())
        return desk.done(here(int_id), "retried")

    @routes.post("/integrations/<int_id>/held")
    def decide(int_id: str) -> Response:
        approve = request.form.get("do") == "approve"
        items = request.form.getlist("item")
        if request.form.get("all") == "yes":
            items = [str(each["id"]) for each in held.every(ports, int_id)]
        try:
            for item in items:
                (held.approve if approve else held.restore)(ports, int_id, item, desk.actor())
        except SyncError as error:
            return _screen(desk, int_id, error)
        return desk.done(here(int_id), "approved" if approve else "restored")

    @routes.post("/integrations/<int_id>/links/<link>/resume")
    def resume_link(int_id: str, link: str) -> Response:
        try:
            held.resume(ports, int_id, link, desk.actor())
        except SyncError as error:
            return _screen(desk, int_id, error)
        return desk.done(here(int_id), "link_resumed")


def _screen(desk: Desk, int_id: str, error: SyncError | None = None) -> Response:
    ports = desk.ports
    integration = integrations.get(ports.documents, int_id)
    t = desk.texts(integration)
    return desk.page(
        "waiting.html",
        int_id,
        409 if error is not None else 200,
        here="waiting",
        trouble=t.sentence(str(error)) if error is not None else "",
        parked=parked.every(ports, int_id, MOST),
        held=held.every(ports, int_id),
        paused=list(links.every(ports.documents, int_id, {"state": State.PAUSED.value}))[:MOST],
    )
