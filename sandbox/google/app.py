"""The program: the API, OAuth, the control API and the page over one world."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response

from sandbox.google.api import api, oauth
from sandbox.google.control import control, control_events
from sandbox.google.page import page

if TYPE_CHECKING:
    from sandbox.google.world.world import World


def create_app(world: World, *, automatic: bool = True) -> Flask:
    """Return the application; it is a WSGI callable and needs no server.

    With `automatic`, messages of channels that are due go out at the end of each request, in the same
    thread: right for use in a test's own process. A server sends them from a thread of its own.
    A connection that a planted fault cuts raises ConnectionResetError out of the WSGI call.
    """
    app = Flask(__name__)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for part in (api, oauth, control, control_events, page):
        part.register(app, world)

    @app.after_request
    def send_messages(response: Response) -> Response:
        if automatic:
            world.channels.pump()
        else:
            response.call_on_close(world.channels.wake.set)
        return response

    return app
