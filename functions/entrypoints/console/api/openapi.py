"""The OpenAPI description of the JSON API, made from `openapi.yaml` and the types of the settings."""

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from flask import Blueprint, Response

from functions.domain.settings.facts import Fact, facts
from functions.domain.settings.schema import Settings
from functions.entrypoints.console.texts import parsed

METHODS = ("get", "put", "post", "delete")
DEEDS = ("put", "post", "delete")  # refused to readers, as is making a plan, which costs calls
FILE = Path(__file__).parent / "openapi.yaml"
IN_PATH = re.compile(r"{(\w+)}")
WORDS = {str: "string", int: "integer", bool: "boolean", type(None): "null"}


@cache
def document() -> dict[str, Any]:
    """Return the description as JSON."""
    found: dict[str, Any] = parsed(FILE)
    found["paths"] = {}
    for row in found.pop("operations"):
        method = next(each for each in METHODS if each in row)
        path = f"/console/api/integrations{row[method]}"
        item = found["paths"].setdefault(path, {"parameters": [_in_path(name) for name in _names(path)]})
        item[method] = _operation(method, row, _names(path))
    found["components"]["schemas"]["Settings"] = schema_of(Settings)
    return found


def _names(path: str) -> list[str]:
    return IN_PATH.findall(path)


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "integer" if name == "code" else "string"}}


def _operation(method: str, row: Mapping[str, Any], ids: list[str]) -> dict[str, Any]:
    answers = {str(status): _answer(name) for status, name in row["gives"].items()}
    reader = method in DEEDS or row["id"] == "getPlan"
    for status in (401, 429, *[404] * bool(ids), *[403] * reader, *row.get("faults", ())):
        answers[str(status)] = {"$ref": f"#/components/responses/E{status}"}
    asked = [{"$ref": f"#/components/parameters/{name}"} for name in row.get("query", ())]
    more = {"requestBody": {"content": _json(row["takes"])}} if "takes" in row else {}
    return {"operationId": row["id"], "summary": row["does"], "parameters": asked, "responses": answers, **more}


def _answer(name: str | list[str] | None) -> dict[str, Any]:
    return {"description": "Done", **({"content": _json(name)} if name is not None else {})}


def _json(name: str | list[str]) -> dict[str, Any]:
    ref = {"$ref": f"#/components/schemas/{name[0] if isinstance(name, list) else name}"}
    return {"application/json": {"schema": {"type": "array", "items": ref} if isinstance(name, list) else ref}}


def schema_of(kind: Any) -> dict[str, Any]:
    """Return the JSON Schema of a settings dataclass, with the default, bounds and choices of each setting."""
    hints, known = get_type_hints(kind), facts(kind)
    shown = {each.name: hints[each.name] for each in fields(kind) if each.init}
    return {
        "type": "object",
        "properties": {
            name: schema_of(hint) if is_dataclass(hint) else _setting(hint, known[name]) for name, hint in shown.items()
        },
    }


def _setting(hint: Any, fact: Fact) -> dict[str, Any]:
    schema = _typed(hint, fact)
    if fact.default is not None:
        schema["default"] = list(fact.default) if isinstance(fact.default, tuple) else fact.default
    return schema


def _typed(hint: Any, fact: Fact) -> dict[str, Any]:
    kind, inner = get_origin(hint), get_args(hint)
    if is_dataclass(hint):
        return schema_of(hint)
    if kind is Literal:
        return {"type": "string", "enum": list(inner)}
    if kind is tuple:
        length = {"maxItems": fact.most} if fact.most else {}
        if inner[-1] is not ...:
            length = {"minItems": len(inner), "maxItems": len(inner)}
        return {"type": "array", "items": _typed(inner[0], fact), **length}
    if kind is Mapping:
        return {"type": "object", "additionalProperties": _typed(inner[1], fact)}
    words = [WORDS[each] for each in inner or (hint,)]
    schema: dict[str, Any] = {"type": words[0] if len(words) == 1 else words}
    if fact.low is not None:
        schema |= {"minimum": fact.low, "maximum": fact.high}
    return schema | ({"maxLength": fact.longest} if hint is str else {})


def openapi() -> Blueprint:
    """Return the route `/console/api/openapi.json`."""
    routes = Blueprint("openapi", __name__, url_prefix="/console/api")

    @routes.get("/openapi.json")
    def described() -> Response:
        return Response(json.dumps(document()), mimetype="application/json")

    return routes
