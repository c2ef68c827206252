"""The description of the JSON API: `openapi.yaml`, served as JSON."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response

FILE = Path(__file__).parent / "openapi.yaml"


@cache
def document() -> dict[str, Any]:
    """Return the document."""
    import yaml

    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def openapi() -> Blueprint:
    """Return the route `/console/api/openapi.json`."""
    routes = Blueprint("openapi", __name__, url_prefix="/console/api")

    @routes.get("/openapi.json")
    def described() -> Response:
        return Response(json.dumps(document()), mimetype="application/json")

    return routes
