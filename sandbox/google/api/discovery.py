"""The published interface, as Google's discovery document has it: which requests keep to it.

The document ships with google-api-python-client and is read once.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sandbox.google.errors import ApiError, Resource, invalid
from sandbox.google.times import when

DOCUMENT = "discovery_cache/documents/calendar.v3.json"
INTEGER = re.compile(r"^-?\d+$")


@dataclass(frozen=True)
class Method:
    """One published method: how it is reached, what it takes, and the scopes that allow it."""

    id: str
    http: str
    pattern: re.Pattern[str]
    query: dict[str, Resource]
    body: str | None
    scopes: frozenset[str]


@cache
def document() -> Resource:
    """Return the discovery document of Calendar v3."""
    content: Resource = json.loads(files("googleapiclient").joinpath(DOCUMENT).read_text(encoding="utf-8"))
    return content


@cache
def methods() -> tuple[Method, ...]:
    """Return every published method."""
    return tuple(
        _method(spec) for resource in document()["resources"].values() for spec in resource["methods"].values()
    )


def _method(spec: Resource) -> Method:
    template = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(spec["path"]))
    own = {name: p for name, p in spec.get("parameters", {}).items() if p["location"] == "query"}
    return Method(
        id=spec["id"],
        http=spec["httpMethod"],
        pattern=re.compile(f"^{template}$"),
        query={**document()["parameters"], **own},
        body=spec.get("request", {}).get("$ref"),
        scopes=frozenset(spec["scopes"]),
    )


def match(http: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """Find the method behind a path below /calendar/v3/, with the path's parameters."""
    for method in methods():
        found = method.pattern.match(path) if method.http == http else None
        if found is not None:
            return method, found.groupdict()
    return None


def read_query(method: Method, given: dict[str, list[str]]) -> Resource:
    """Convert the query parameters; raises ApiError 400 for what the document does not know."""
    query: Resource = {}
    for name, values in given.items():
        spec = method.query.get(name)
        if spec is None:
            raise ApiError(400, "invalidParameter", f'Unknown query parameter "{name}" for {method.id}.')
        if len(values) > 1 and not spec.get("repeated"):
            raise ApiError(400, "invalidParameter", f'Query parameter "{name}" was given {len(values)} times.')
        converted = [_parameter(name, spec, value) for value in values]
        query[name] = converted if spec.get("repeated") else converted[0]
    for name, spec in method.query.items():
        if spec.get("required") and name not in query:
            raise ApiError(400, "required", f"Required parameter: {name}")
    return query


def _parameter(name: str, spec: Resource, value: str) -> Any:
    wrong = ApiError(400, "invalidParameter", f'Invalid value "{value}" for query parameter "{name}".')
    if "enum" in spec and value not in spec["enum"]:
        raise wrong
    if spec["type"] == "boolean":
        if value not in {"true", "false"}:
            raise wrong
        return value == "true"
    if spec["type"] == "integer":
        if not INTEGER.match(value) or int(value) < int(spec.get("minimum", value)):
            raise wrong
        if int(value) > int(spec.get("maximum", value)):
            raise wrong
        return int(value)
    if spec.get("format") == "date-time":
        when.parse_instant(value)
    return value


def check_body(method: Method, body: Any) -> list[str]:
    """Return the fields the document does not know; raises ApiError 400 for a wrong type."""
    if method.body is None:
        return [] if body is None else [f"{method.id} takes no body"]
    unknown: list[str] = []
    _check({"$ref": method.body}, body, "", unknown)
    return unknown


def _check(spec: Resource, value: Any, path: str, unknown: list[str]) -> None:
    spec = document()["schemas"][spec["$ref"]] if "$ref" in spec else spec
    if value is None and path:
        return
    kind = spec.get("type", "any")
    if not _is(kind, spec.get("format", ""), value):
        raise invalid(f'Invalid value at "{path or "body"}": expected {kind}, got {type(value).__name__}.')
    if kind == "array":
        for index, member in enumerate(value):
            _check(spec["items"], member, f"{path}[{index}]", unknown)
    if kind == "object":
        known, others = spec.get("properties", {}), spec.get("additionalProperties")
        for name, member in value.items():
            inner = known.get(name, others)
            if inner is None:
                unknown.append(f'unknown body field "{path}.{name}"'.replace('".', '"'))
            else:
                _check(inner, member, f"{path}.{name}".lstrip("."), unknown)


def _is(kind: str, form: str, value: Any) -> bool:
    """Whether a JSON value has a type of the document; 64-bit numbers may come either way."""
    if kind == "string":
        return isinstance(value, str) or (form in {"int64", "uint64"} and type(value) is int)
    if kind == "integer":
        return type(value) is int or (isinstance(value, str) and bool(INTEGER.match(value)))
    if kind == "number":
        return type(value) in {int, float}
    return isinstance(value, {"boolean": bool, "array": list, "object": dict}.get(kind, object))
