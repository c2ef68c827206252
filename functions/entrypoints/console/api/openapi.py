"""The description of the JSON API: `openapi.yaml`, served as JSON."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response

from functions.domain.settings.facts import Fact, facts
from functions.domain.settings.schema import Settings

DEEDS = ("put", "post", "delete")  # refused to readers
FILE = Path(__file__).parent / "openapi.yaml"


@cache
def document() -> dict[str, Any]:
    """Return the document."""
    import yaml

    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for name, fact in facts(Settings).items():
        _describe(found["components"]["schemas"]["Settings"], name, fact)
    for item in found["paths"].values():
        for method, operation in item.items():
            if method in DEEDS or (method == "get" and operation["operationId"] == "getPlan"):
                operation["responses"]["403"] = {"$ref": "#/components/responses/E403"}
    return found


def _describe(settings: dict[str, Any], name: str, fact: Fact) -> None:
    """Add the default, bounds and choices of a setting to its schema."""
    schema = settings
    for part in name.split("."):
        schema = schema["properties"][part]
    if fact.default is not None:
        schema["default"] = list(fact.default) if isinstance(fact.default, tuple) else fact.default
    if fact.choices:
        schema["enum"] = list(fact.choices)
    if fact.low is not None:
        (schema["items"] if fact.many else schema).update(minimum=fact.low, maximum=fact.high)
    if schema["type"] == "string" and not fact.choices:
        schema["maxLength"] = fact.longest


def openapi() -> Blueprint:
    """Return the route `/console/api/openapi.json`."""
    routes = Blueprint("openapi", __name__, url_prefix="/console/api")

    @routes.get("/openapi.json")
    def described() -> Response:
        return Response(json.dumps(document()), mimetype="application/json")

    return routes
