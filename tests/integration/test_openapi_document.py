"""The description of the API as a document: valid, every operation named, and good enough to make a client from."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from functions.entrypoints.console.api.openapi import document
from tests.harness.place import KEY, SECRETS, Place, example
from tests.integration.test_openapi import faults

METHODS = ("get", "put", "post", "delete")


def test_the_document_is_valid() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(document()).iter_errors()] == []


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    operations = [item[m] for item in document()["paths"].values() for m in METHODS if m in item]
    names = [operation["operationId"] for operation in operations]
    assert len(names) > 30
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][A-Za-z]+", name) for name in names)
    assert all(operation["summary"] for operation in operations)


def test_no_part_of_the_document_is_a_slip_of_its_yaml() -> None:
    """A comma in an unquoted text of a flow mapping makes a key of what follows it, with no value."""

    def empty(value: Any, where: str = "") -> list[str]:
        if isinstance(value, dict):
            return [hit for key, inner in value.items() for hit in empty(inner, f"{where}/{key}")]
        if isinstance(value, list):
            return [hit for n, inner in enumerate(value) for hit in empty(inner, f"{where}/{n}")]
        return [where] if value is None else []

    assert empty(document()) == []


def test_every_example_fits_its_own_schema() -> None:
    schemas = document()["components"]["schemas"]
    shown = {name: schema for name, schema in schemas.items() if "example" in schema}
    assert {"Check", "Plan", "Held", "Item", "Statuses", "SettingsWithSecrets"} <= set(shown)
    for name, schema in shown.items():
        assert list(faults(schema["example"], schema, name)) == []


class Client:
    """A client made from the document alone: one method per operation, its parameters by name."""

    def __init__(self, send: Callable[..., Any]) -> None:
        self._send = send
        self._operations = {
            item[method]["operationId"]: (method.upper(), path, item[method], item.get("parameters", ()))
            for path, item in document()["paths"].items()
            for method in METHODS
            if method in item
        }

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method, path, operation, shared = self._operations[name]
        known = [_at(each["$ref"]) if "$ref" in each else each for each in (*shared, *operation.get("parameters", ()))]
        places = {each["name"]: each["in"] for each in known}

        def call(body: Any = None, **given: str) -> Any:
            assert set(given) <= set(places), f"{name} has no parameter {set(given) - set(places)}"
            query = {key: value for key, value in given.items() if places[key] == "query"}
            filled = re.sub(r"\{(\w+)\}", lambda found: given[found[1]], path)
            answer = self._send(method, filled, query, body)
            assert str(answer.status_code) in operation["responses"], (name, answer.status_code, answer.text)
            return answer.get_json(silent=True)

        return call


def _at(ref: str) -> Any:
    found: Any = document()
    for step in ref.removeprefix("#/").split("/"):
        found = found[step]
    return found


@pytest.fixture
def client(place: Place) -> Client:
    def send(method: str, path: str, query: dict[str, str], body: Any) -> Any:
        headers = {"Authorization": f"Bearer {KEY}"}
        return place.request(method, path, query_string=query, json=body, headers=headers)

    return Client(send)


def test_a_client_made_from_it_makes_a_round_trip(place: Place, client: Client) -> None:
    assert client.listIntegrations() == []
    client.putIntegration({**example("7"), "secrets": SECRETS}, int_id="7")
    place.connect("7")  # a browser holds what ends a consent
    assert client.activate(int_id="7")["state"] == "active"
    place.settle()
    booking = place.book()
    place.settle()
    rooms = client.getDay(int_id="7", date="2026-11-24", object="10")["rooms"]
    assert [(item["booking_id"], item["relation"]) for item in rooms[0]["found"]] == [(booking, "same")]
    assert {entry["booking_id"] for entry in client.getJournal(int_id="7", booking=booking)} == {booking}
    assert client.getDiagnostics(int_id="7")["phase"] == "active"
    client.deactivate(int_id="7")
    assert client.deleteIntegration(int_id="7", events="keep") is None
    assert client.listIntegrations() == []
