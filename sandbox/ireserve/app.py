"""The program: REST interface, control API and panel over one tenant."""

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from sandbox.ireserve.api import rest
from sandbox.ireserve.api.gate import Gate
from sandbox.ireserve.control import control
from sandbox.ireserve.panel import panel
from sandbox.ireserve.tenant.tenant import Tenant


def create_app(tenant: Tenant | None = None) -> Flask:
    """Return the WSGI program over the tenant; without one, over a fresh tenant in real time."""
    world = tenant or Tenant()
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["tenant"] = world

    @app.before_request
    def _bind() -> None:
        g.tenant = world
        g.format = "xml" if request.path.startswith("/api/rest/xml") else "json"

    @app.errorhandler(HTTPException)
    def _problem(problem: HTTPException) -> Response | HTTPException:
        if request.path.startswith("/api/"):
            return rest.problem(problem.code or 500)
        if request.path.startswith("/control"):
            return control.problem(problem.code or 500, problem.description or "")
        return problem

    rest.install(app)
    app.register_blueprint(control.blueprint())
    app.register_blueprint(panel.blueprint())
    app.wsgi_app = Gate(app, world)  # type: ignore[assignment]
    return app
