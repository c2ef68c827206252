"""What a program may rely on in the JSON API: switches, the form of faults, methods, one tenant under any address."""

from typing import Any

import pytest

from tests.harness.place import KEY, Place

BEARER = {"Authorization": f"Bearer {KEY}"}
API = "/console/api/integrations"


@pytest.mark.parametrize(("query", "body"), [("?shadow=0", None), ("?shadow=false", None), ("", {"shadow": False})])
def test_a_switch_that_says_no_is_off(place: Place, query: str, body: Any) -> None:
    place.save()
    place.connect()
    assert place.api("POST", f"/7/activate{query}", body)["state"] == "active"


@pytest.mark.parametrize(("query", "body"), [("?shadow=1", None), ("?shadow=true", None), ("", {"shadow": True})])
def test_a_switch_that_says_yes_is_on(place: Place, query: str, body: Any) -> None:
    place.save()
    place.connect()
    assert place.api("POST", f"/7/activate{query}", body)["state"] == "shadow"


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/7/activate?anyway=perhaps", None, "anyway"),
        ("POST", "/7/activate", {"anyway": "perhaps"}, "anyway"),
        ("POST", "/7/activate", {"shadow": ["no"]}, "shadow"),
        ("POST", "/7/connect?confirm=perhaps", None, "confirm"),
        ("POST", "/7/journal/1/undo", {"preview": 2}, "preview"),
        ("GET", "/7/plan?refresh=perhaps", None, "refresh"),
        ("DELETE", "/7?events=perhaps", None, "events"),
    ],
)
def test_a_switch_that_says_neither_is_a_fault_of_its_field_and_nothing_is_done(
    place: Place, method: str, path: str, body: Any, field: str
) -> None:
    place.save()
    place.connect()
    before = place.api("GET", "/7")
    assert [each["field"] for each in place.api(method, path, body, status=422)["errors"]] == [field]
    assert place.api("GET", "/7") == before


def test_a_plan_is_made_only_where_one_is_asked_for(place: Place) -> None:
    place.save()
    place.connect()
    assert place.api("GET", "/7/plan?refresh=0")["at"] is None
    assert place.api("GET", "/7/plan?refresh=1")["at"] is not None


def test_every_answer_422_says_its_faults_in_one_form(place: Place) -> None:
    place.save()
    refused = place.api("POST", "/7/connect", status=422)
    assert refused["errors"] == [{"field": "", "message": refused["error"]}]
    assert refused["reason"] == "no_consent"
    wrong = place.api("PUT", "/7", {"language": "fr"}, status=422)
    assert all(each["message"] in wrong["error"] for each in wrong["errors"])
    assert wrong["reason"] == "invalid"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("", {"GET"}), ("/7", {"GET", "PUT", "DELETE"}), ("/7/activate", {"POST"}), ("/7/journal", {"GET"})],
)
def test_a_wrong_method_is_told_which_ones_there_are(place: Place, path: str, allowed: set[str]) -> None:
    answer = place.request("PATCH", API + path, headers=BEARER)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == allowed
    assert answer.get_json()["error"] == f"use {' or '.join(sorted(allowed))} here"
