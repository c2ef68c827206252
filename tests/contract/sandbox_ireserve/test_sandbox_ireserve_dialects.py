"""The switches for what i-Reserve documents nowhere."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from ireserve_stage import HALL, Stage

import sandbox.ireserve
from sandbox.ireserve.tenant.dialect import Dialect


@pytest.mark.parametrize(("kind", "status"), [("error_409", 409), ("error_412", 412)])
def test_a_refusal_can_be_an_error(kind: str, status: int) -> None:
    stage = Stage()
    stage.book()
    stage.dialect(refusal=kind, language="english")
    answer = stage.api("POST", "hook/booking", {**HALL, "number": 1})
    assert answer.status_code == status
    assert answer.json["error"]["message"].endswith("The selected period is not available")


def test_a_refusal_can_say_yes_and_not_do_it() -> None:
    stage = Stage()
    stage.book(object_id=11)
    number = stage.book(remarks="oud")
    stage.dialect(refusal="old_values")
    answer = stage.api("POST", "hook/booking", {"id": number, "object_id": 11, "remarks": "nieuw"})
    assert answer.status_code == 200
    assert (answer.json["object_id"], answer.json["remarks"]) == (10, "oud")


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("", "Het gekozen tijdvak is niet beschikbaar"),
        ("?lang=english", "The selected period is not available"),
        ("?lang=en", "The selected period is not available"),
    ],
)
def test_a_refusal_is_said_in_the_language_asked_for(lang: str, sentence: str) -> None:
    stage = Stage()
    stage.book()
    answer = stage.api("POST", f"hook/booking{lang}", {**HALL, "number": 1})
    assert answer.json == {"status": False, "messages": [sentence]}


def test_the_override_is_unknown_until_the_dialect_has_one() -> None:
    stage = Stage()
    stage.book()
    assert stage.write(**HALL, number=1, override=1)["status"] is False
    stage.dialect(override_in="body")
    assert stage.write(**HALL, number=1, override=1)["status"] == "NEW"
    stage.dialect(override_in="query", override_name="force")
    assert stage.write(**HALL, number=1, override=1)["status"] is False
    assert stage.api("POST", "hook/booking?force=1", {**HALL, "number": 1}).json["status"] == "NEW"


def test_an_override_does_not_help_an_unknown_object() -> None:
    stage = Stage()
    stage.dialect(override_in="body")
    assert stage.write(**{**HALL, "object_id": 99}, number=1, override=1)["status"] is False


def test_hook_booking_may_check_nothing() -> None:
    stage = Stage()
    stage.book()
    stage.dialect(validates=False)
    assert stage.write(**HALL, number=1)["status"] == "NEW"


@pytest.mark.parametrize(
    ("switches", "first", "second", "kept"),
    [
        ({}, "ev1", "ev2", "ev2"),
        ({"external_id_updatable": False}, "ev1", "ev2", "ev1"),
        ({"external_id_clearable": False}, "ev1", "", "ev1"),
        ({}, "ev1", "", ""),
        ({"external_id_max_length": 4, "external_id_too_long": "cut"}, "", "event1", "even"),
        ({"external_id_max_length": 4}, "", "event1", ""),
    ],
)
def test_what_becomes_of_an_external_id(switches: dict[str, Any], first: str, second: str, kept: str) -> None:
    stage = Stage()
    number = stage.book(external_id=first)
    stage.dialect(**switches)
    stage.write(id=number, external_id=second)
    assert stage.shown(number)["external_id"] == kept


def test_an_external_id_may_have_to_be_unique() -> None:
    stage = Stage()
    stage.book(external_id="ev1")
    number = stage.book("2026-11-24")
    stage.dialect(external_id_unique=True)
    assert stage.write(id=number, external_id="ev1")["status"] is False


def test_an_external_id_may_not_come_back() -> None:
    stage = Stage()
    number = stage.book(external_id="ev1")
    stage.dialect(external_id_returned=False)
    assert "external_id" not in stage.shown(number)
    assert stage.write(external_id="ev1", remarks="gevonden")["id"] == str(number)


def test_an_unknown_id_is_not_found_or_makes_a_booking() -> None:
    stage = Stage()
    body = {**HALL, "id": 77, "number": 1}
    assert stage.api("POST", "hook/booking", body).status_code == 404
    stage.dialect(unknown_id="creates")
    assert stage.write(**body)["id"] == "1001"


@pytest.mark.parametrize(("rule", "number"), [("keep", "3"), ("one", "1")])
def test_an_update_without_number_keeps_the_places_or_not(rule: str, number: str) -> None:
    stage = Stage()
    stage.control("PATCH", "objects/10", {"places": 5})
    booking = stage.book(number=3)
    stage.dialect(missing_number_on_update=rule)
    assert stage.write(id=booking, remarks="x")["number"] == number


def test_dates_without_an_offset_may_be_refused() -> None:
    stage = Stage()
    number = stage.book()
    assert stage.write(id=number, date_from="2026-11-23T09:00:00")["fromtime"] == "09:00:00"
    stage.dialect(naive_dates=False)
    assert stage.write(id=number, date_from="2026-11-23T08:00:00")["status"] is False


def test_fields_without_a_value_are_empty_null_or_missing() -> None:
    stage = Stage()
    number = stage.book()
    assert stage.shown(number)["customer"] == ""
    stage.dialect(absent="null")
    assert stage.shown(number)["customer"] is None
    stage.dialect(absent="missing")
    assert "customer" not in stage.shown(number)


def test_an_unknown_booking_may_be_a_200_with_nothing() -> None:
    stage = Stage()
    stage.dialect(unknown_booking="null")
    answer = stage.api("GET", "booking/5")
    assert (answer.status_code, answer.json) == (200, None)


def test_the_shape_of_2011_can_be_had() -> None:
    stage = Stage()
    number = stage.book()
    stage.dialect(legacy_booking=True)
    assert stage.shown(number) == {
        "booking_id": str(number),
        "object_desc": "Zaal A",
        "status": "Open",
        "fromdate": "Mon Nov 23, 2026",
        "tilldate": "Mon Nov 23, 2026",
        "fromtime": "100000",
        "tilltime": "110000",
        "number": "1",
    }


def test_put_is_not_there_unless_the_dialect_has_it() -> None:
    stage = Stage()
    number = stage.book()
    assert stage.api("PUT", f"booking/{number}", {"remarks": "x"}).status_code == 405
    stage.dialect(put_booking=True, hook_booking_answer="id")
    assert stage.api("PUT", f"booking/{number}", {"remarks": "x"}).json == {"id": str(number)}
    assert stage.shown(number)["remarks"] == "x"


def test_a_wrong_switch_changes_nothing_and_every_fault_is_said() -> None:
    stage = Stage()
    wanted = {"refusal": "maybe", "nonsense": 1, "put_booking": "yes", "absent": "null"}
    answer = stage.client.patch("/control/dialect", json=wanted)
    assert answer.status_code == 400
    assert all(name in answer.text for name in ("refusal", "nonsense", "put_booking"))
    assert stage.control("GET", "dialect")["absent"] == "empty"


def test_every_switch_is_explained_in_the_readme() -> None:
    readme = (Path(sandbox.ireserve.__file__).parent / "README.md").read_text(encoding="utf-8")
    assert [each.name for each in fields(Dialect) if f"`{each.name}`" not in readme] == []
