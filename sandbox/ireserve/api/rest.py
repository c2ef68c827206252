"""The REST interface under /api/rest/, with its optional format selector."""

from flask import Blueprint, Flask, Response, g, request

from sandbox.ireserve.api import rest_booking, rest_event, rest_hook, rest_object, rest_public
from sandbox.ireserve.api.answers import ApiError, error

PREFIXES = {"rest": "/api/rest", "rest_json": "/api/rest/json", "rest_xml": "/api/rest/xml"}


def install(app: Flask) -> None:
    """Add the methods in every format."""
    for name, prefix in PREFIXES.items():
        api = Blueprint(name, __name__)
        for part in (rest_booking, rest_event, rest_hook, rest_object, rest_public):
            part.routes(api)
        api.after_request(_cors)
        app.register_blueprint(api, url_prefix=prefix)
    app.register_error_handler(ApiError, _api_error)


def problem(code: int) -> Response:
    """Return i-Reserve's body for an error that no method raised itself, such as an unknown address."""
    return error(code)


def _api_error(problem: ApiError) -> Response:
    return error(problem.code, problem.message)


def _cors(response: Response) -> Response:
    origin = request.headers.get("Origin", "")
    allowed = g.tenant.dialect.cors_origins.split()
    if origin and ("*" in allowed or origin in allowed):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, DELETE"
    return response
