"""The JSON API against its own description: the same routes, the same settings, and generated requests that keep to it."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.domain.settings.schema import Settings
from functions.entrypoints.console.api.openapi import document
from functions.entrypoints.console.app import console_app
from functions.entrypoints.console.session import KeySessions
from functions.entrypoints.http.key_proof import KeyProof
from tests.harness.place import KEY, SECRETS, Place, example

PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="/?#%\\", exclude_categories=("Cc", "Cs")), max_size=12)
KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield method.upper(), path, operation


OPERATIONS = list(operations())


def at(ref: str) -> Any:
    found: Any = document()
    for step in ref.removeprefix("#/").split("/"):
        found = found[step]
    return found


def faults(value: Any, schema: Any, where: str = "answer") -> Iterator[str]:
    """What is wrong with a value, by the part of JSON Schema that the description uses."""
    if "$ref" in schema:
        yield from faults(value, at(schema["$ref"]), where)
        return
    for each in schema.get("allOf", ()):
        yield from faults(value, each, where)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    wrong_bool = isinstance(value, bool) and "boolean" not in kinds
    if kinds and (wrong_bool or not any(isinstance(value, KINDS[kind]) for kind in kinds)):
        yield f"{where} is {value!r}, not {kinds}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}"
    if isinstance(value, dict):
        yield from (f"{where} lacks {name}" for name in schema.get("required", ()) if name not in value)
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                yield from faults(value[name], inner, f"{where}.{name}")
    if isinstance(value, list):
        for i, each in enumerate(value):
            yield from faults(each, schema.get("items", {}), f"{where}[{i}]")


def values(schema: Any) -> st.SearchStrategy[Any]:
    """Values of a schema, and now and then something else."""
    if "$ref" in schema:
        return values(at(schema["$ref"]))
    if "allOf" in schema:
        return st.tuples(*(values(each) for each in schema["allOf"])).map(merged)
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | PLAIN
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return st.fixed_dictionaries({}, optional={n: values(s) for n, s in schema.get("properties", {}).items()})
    if kind == "array":
        return st.lists(values(schema["items"]), max_size=3)
    return {"string": PLAIN, "integer": st.integers(-10, 10_000), "boolean": st.booleans()}.get(
        kind, st.none()
    ) | st.none()


def merged(parts: tuple[Any, ...]) -> Any:
    return {name: value for part in parts if isinstance(part, dict) for name, value in part.items()}


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, str, dict[str, Any], Any]:
    method, path, operation = draw(st.sampled_from(OPERATIONS))
    ids = {"int_id": st.sampled_from(["7", "7", "7", "8"]) | PLAIN.filter(bool)}
    filled = re.sub(r"\{(\w+)\}", lambda m: draw(ids.get(m[1], PLAIN.filter(lambda t: t.strip(".") != ""))), path)
    query = {}
    for parameter in operation.get("parameters", ()):
        known = at(parameter["$ref"])
        if draw(st.booleans()):
            query[known["name"]] = str(draw(values(known["schema"])))
    body = operation.get("requestBody")
    given_body = draw(values(body["content"]["application/json"]["schema"])) if body else None
    return method, path, filled, query, given_body


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("openapi"))


def test_the_description_and_the_routes_are_the_same(place: Place) -> None:
    described = {(method, re.sub(r"\{(\w+)\}", r"<\1>", path)) for method, path, _ in OPERATIONS}
    app = console_app(place.ports, KeySessions(place.ports, KeyProof(place.ports, KEY)), secure=False)
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/console/api/integrations")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == routes


def test_the_description_names_every_setting() -> None:
    def names(kind: Any, prefix: str = "") -> Iterator[str]:
        hints = get_type_hints(kind)
        for each in (one for one in fields(kind) if one.init):
            if is_dataclass(hints[each.name]):
                yield from names(hints[each.name], f"{prefix}{each.name}.")
            else:
                yield f"{prefix}{each.name}"

    def described(schema: Any, prefix: str = "") -> Iterator[str]:
        for name, inner in schema["properties"].items():
            if "properties" in inner:
                yield from described(inner, f"{prefix}{name}.")
            else:
                yield f"{prefix}{name}"

    assert sorted(names(Settings)) == sorted(described(at("#/components/schemas/Settings")))


def test_it_is_served_to_who_has_the_key(place: Place) -> None:
    assert place.request("GET", "/console/api/openapi.json").status_code == 401
    answer = place.request("GET", "/console/api/openapi.json", headers={"Authorization": f"Bearer {KEY}"})
    assert answer.get_json()["openapi"] == "3.1.0"


def test_an_example_passes_every_reading_route(place: Place) -> None:
    place.activate()
    place.book()
    place.settle()
    for method, path, operation in OPERATIONS:
        if method == "GET":
            query = "?booking=1001" if path.endswith("/links") else ""
            answer = place.api("GET", path.removeprefix("/console/api/integrations").replace("{int_id}", "7") + query)
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
            assert list(faults(answer, schema)) == [], path


@given(request=requests())
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_generated_requests_are_answered_as_described(
    place: Place, request: tuple[str, str, str, dict[str, Any], Any]
) -> None:
    method, path, filled, query, body = request
    if not any(each["id"] == "7" for each in place.api("GET")):
        place.api("PUT", "/7", {**example("7"), "secrets": SECRETS})
    headers = {"Authorization": f"Bearer {KEY}"}
    answer = place.request(
        method, filled, query_string=query, headers=headers, **({"json": body} if body is not None else {})
    )
    responses = document()["paths"][path][method.lower()]["responses"]
    assert str(answer.status_code) in responses, f"{method} {filled} {query} {body}: {answer.status_code} {answer.text}"
    response = responses[str(answer.status_code)]
    response = at(response["$ref"]) if "$ref" in response else response
    if "content" in response:
        schema = response["content"]["application/json"]["schema"]
        assert list(faults(answer.get_json(), schema)) == [], f"{method} {filled}"
