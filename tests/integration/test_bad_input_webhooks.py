"""Bad webhooks and notifications: the right status, one sentence, nothing lost, and the next good one works."""

import json

import pytest
from werkzeug.test import TestResponse

from functions.application.intake.webhooks import webhook_token
from tests.harness.deeds import active
from tests.harness.place import WEBHOOK_KEY, Place

TOKEN = webhook_token(WEBHOOK_KEY, "7", 1)


def post(
    place: Place, body: object = None, token: str | None = TOKEN, int_id: str = "7", **options: object
) -> TestResponse:
    """Post a webhook; a body that is no text is sent as JSON."""
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    query = {} if token is None else {"token": token}
    return place.request("POST", f"/bookings/{int_id}", query_string=query, data=data, **options)


def still_works(place: Place) -> None:
    """A booking of which i-Reserve told nothing is heard of by a good webhook."""
    place.forget()
    booking = place.book(quiet=True)
    assert post(place, {"id": booking}).status_code == 202
    place.settle()
    assert place.event()["summary"] == f"Zaal A - {booking}"


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        "1",
        "1.",
        ".",
        f"2.{TOKEN.partition('.')[2]}",
        f"1.{'0' * 40}",
        TOKEN[:-1],
        TOKEN + "0",
        TOKEN.upper(),
        webhook_token("another-key-of-the-tests", "7", 1),
        webhook_token(WEBHOOK_KEY, "8", 1),
        "é",
        "1." + "a" * 5000,
    ],
)
def test_a_wrong_or_missing_token_is_401_without_detail_and_queues_nothing(place: Place, token: str | None) -> None:
    active(place)
    answer = post(place, {"id": "1001"}, token)
    assert (answer.status_code, answer.text) == (401, "")
    place.forget()
    place.settle()
    assert place.ireserve_calls() == []
    still_works(place)


def test_a_token_of_an_old_generation_is_202_and_a_log_line(place: Place) -> None:
    active(place)
    place.api("POST", "/7/deactivate")
    place.api("POST", "/7/activate")
    place.settle()
    place.forget()
    assert post(place, {"id": "1001"}, TOKEN).status_code == 202
    place.settle()
    assert place.ireserve_calls() == []
    assert {"event": "dropped", "int_id": "7", "reason": "old_generation"} in place.log


def test_an_unknown_integration_with_a_good_token_is_202_and_a_log_line(place: Place) -> None:
    token = webhook_token(WEBHOOK_KEY, "99", 1)
    assert post(place, {"id": "1001"}, token, "99").status_code == 202
    place.settle()
    assert {"event": "dropped", "int_id": "99", "reason": "unknown_integration"} in place.log


@pytest.mark.parametrize("int_id", ["99", "a" * 41, "../7", "%2e%2e"])
def test_an_unknown_integration_with_a_bad_token_is_not_told_from_a_known_one(place: Place, int_id: str) -> None:
    assert post(place, {"id": "1001"}, TOKEN, int_id).status_code in (401, 404)


@pytest.mark.parametrize("body", ["{", "niet json", b"\xff\xfe\x00", "[" * 100_000, '{"a":' * 50_000, "NaN{"])
def test_a_body_that_is_not_json_is_400_in_one_sentence(place: Place, body: str | bytes) -> None:
    active(place)
    answer = post(place, body)
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "the body is not JSON"
    still_works(place)


@pytest.mark.parametrize("length", [256 * 1024 + 1, 1024 * 1024])
def test_a_body_over_256_kib_is_413(place: Place, length: int) -> None:
    active(place)
    answer = post(place, json.dumps({"id": "x" * length}))
    assert answer.status_code == 413
    assert "256 KiB" in answer.get_json()["error"]
    still_works(place)


def test_a_body_of_256_kib_is_read(place: Place) -> None:
    active(place)
    booking = place.book(quiet=True)
    body = json.dumps({"id": booking, "more": "x" * (256 * 1024 - 100)})
    assert post(place, body).status_code == 202
    place.settle()
    assert place.event()


@pytest.mark.parametrize(
    "body",
    [b"", b"  \n", {}, [], None, 0, {"name": "zonder id"}, {"id": None}, {"id": True}, {"id": {"deep": [1]}},
     {"id": "a/b"}, {"id": "x" * 41}, {"id": -1}, {"booking": []}, {"data": {"id": ""}}],
)  # fmt: skip
def test_a_body_without_a_usable_id_looks_at_the_whole_integration(place: Place, body: object) -> None:
    active(place)
    booking = place.book(quiet=True)
    assert post(place, body).status_code == 202
    place.settle()
    assert place.event()["summary"] == f"Zaal A - {booking}"


@pytest.mark.parametrize(
    "shape",
    ['{"id": %s}', '{"id": "%s"}', '{"booking_id": %s}', '{"RES_ID": "%s"}', '{"booking": {"id": %s}}',
     '{"data": {"RES_ID": %s}}', '[{"id": %s}]', '{"id": "", "booking": {"booking_id": "%s"}}'],
)  # fmt: skip
def test_the_id_is_found_in_every_shape_that_is_known(place: Place, shape: str) -> None:
    active(place)
    booking = place.book(quiet=True)
    place.forget()
    assert post(place, shape % booking).status_code == 202
    place.do_one()
    assert place.ireserve_calls()[0] == f"GET booking/{booking}"


def test_a_deeply_nested_body_with_an_id_is_read(place: Place) -> None:
    active(place)
    booking = place.book(quiet=True)
    assert post(place, f'{{"id": {booking}, "deep": {"[" * 500}{"]" * 500}}}').status_code == 202
    place.settle()
    assert place.event()


@pytest.mark.parametrize("number", ["999999", "0", "abc"])
def test_an_id_that_does_not_exist_changes_nothing(place: Place, number: str) -> None:
    active(place)
    assert post(place, {"id": number}).status_code == 202
    place.settle(120)
    assert place.events() == []
    still_works(place)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_method_is_405_and_names_the_right_one(place: Place, method: str) -> None:
    answer = place.request(method, "/bookings/7", query_string={"token": TOKEN})
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("path", ["/bookings", "/bookings/", "/bookings/7/more"])
def test_another_path_is_404(place: Place, path: str) -> None:
    assert place.request("POST", path, query_string={"token": TOKEN}, data="{}").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Goog-Channel-Token": "7"},
        {"X-Goog-Channel-Token": "7.abc.def", "X-Goog-Channel-ID": "x", "X-Goog-Resource-State": "exists"},
        {"X-Goog-Channel-Token": "." * 300, "X-Goog-Channel-ID": "", "X-Goog-Resource-State": "exists"},
    ],
)
def test_a_notification_without_a_good_proof_is_401(place: Place, headers: dict[str, str]) -> None:
    active(place)
    answer = place.request("POST", "/notifications/google", headers=headers)
    assert (answer.status_code, answer.text) == (401, "")


def test_no_bad_request_leaves_its_token_or_body_in_the_log(place: Place) -> None:
    active(place)
    post(place, {"id": "1001", "name": "Jansen"}, "1.geheim")
    post(place, "Jansen")
    post(place, {"id": "Jansen"})
    place.settle(60)
    assert "geheim" not in str(place.log)
    assert TOKEN not in str(place.log)
