"""Find a booking: both sides live, side by side, and why it is or is not in Google."""

from flask import Blueprint, Response, request

from functions.application.store import integrations
from functions.application.support import find
from functions.domain.model.errors import Malformed
from functions.entrypoints.console.desk import Desk
from functions.entrypoints.console.screens_journal import undoable


def add(routes: Blueprint, desk: Desk) -> None:
    """Add the routes of this screen."""

    @routes.get("/integrations/<int_id>/find")
    def look(int_id: str) -> Response:
        asked = request.args.get("booking", "").strip()
        found, trouble = None, ""
        if asked:
            try:
                found = find.find(desk.ports, int_id, asked)
            except Malformed as error:
                trouble = desk.texts(integrations.get(desk.ports.documents, int_id)).sentence(str(error))
        status = 422 if trouble else 200
        return desk.page(
            "find.html", int_id, status, here="find", asked=asked, found=found, trouble=trouble, undoable=undoable
        )

    @routes.post("/integrations/<int_id>/find")
    def sync_now(int_id: str) -> Response:
        booking = request.form.get("booking", "").strip()
        find.sync_now(desk.ports, int_id, booking, desk.actor())
        return desk.done(f"/console/integrations/{int_id}/find?booking={booking}", "synced")
