"""What a probe found is shown, edited and listed by the command line."""

import json
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from functions.entrypoints.cli.main import cli
from tests.harness.place import Place
from tests.harness.trials import booked, stored, switch, untouched


def test_every_point_is_shown_with_its_sentence_and_whether_it_is_known(place: Place) -> None:
    place.save()
    points = {each["name"]: each for each in place.api("GET", "/7/dialect")["points"]}
    assert points["search_id"] == {
        "name": "search_id",
        "value": "BOOKING_ID",
        "known": False,
        "says": "The booking's number is searched by this name (printed in an example).",
    }
    assert not any(each["known"] for each in points.values())


def test_points_that_are_given_are_known_and_the_others_assumed_again(place: Place) -> None:
    place.save()
    given = {"override": ["query", "force", "1"], "write_mails": False, "hook_lead_seconds": 2, "column_status": None}
    place.api("PUT", "/7/dialect", given)
    assert stored(place) == given
    shown = place.api("PUT", "/7/dialect", {"write_mails": False})
    assert shown["known"] == {"write_mails": False}
    history = place.api("GET", "/7/history")
    assert history[0]["before"] == {"dialect": given}
    assert history[0]["actor"] == "console key"


def test_a_number_that_is_given_as_text_is_kept_as_a_number(place: Place) -> None:
    place.save()
    place.api("PUT", "/7/dialect", {"rows_at_once": "5", "status_lag_seconds": "2", "write_mails": "no"})
    assert stored(place) == {"rows_at_once": 5, "status_lag_seconds": 2.0, "write_mails": False}


def test_all_faults_are_said_at_once_and_nothing_is_kept(place: Place) -> None:
    place.save()
    wrong = {
        "colour": "red",
        "search_id": "BOOKING ID = 1 OR",
        "search_dates": "sometimes",
        "override": ["header", "x", 1],
        "update_carries": ["price"],
        "rows_at_once": 0,
        "hook_lead_seconds": 600,
        "write_mails": "perhaps",
        "hook_events": [],
        "status_names": "open",
        "day_objects": ["a b"],
    }
    said = place.api("PUT", "/7/dialect", wrong, 422)["errors"]
    assert {each["field"] for each in said} == set(wrong)
    assert all(each["message"] for each in said)
    assert stored(place) == {}


@pytest.mark.parametrize(
    ("given", "accused"),
    [
        ({"rows_at_once": 10**30}, "rows_at_once"),  # Firestore keeps 64 bits
        ({"rows_at_once": True}, "rows_at_once"),
        ({"external_id_max_length": 10**30}, "external_id_max_length"),
        ({"hook_lead_seconds": True}, "hook_lead_seconds"),
        ({"status_names": [["open", 10**30]]}, "status_names"),
        ({"status_names": [["open", -20]]}, "status_names"),
        ({"status_names": [["open", True]]}, "status_names"),
        ({"status_names": [["", 20]]}, "status_names"),
        ({"status_names": [["op\0en", 20]]}, "status_names"),
        ({"status_names": [["open", 20], [" Open", 30]]}, "status_names"),
        ({"override": ["body", "force", 10**30]}, "override"),
        ({"override": ["body", "force", "x\0"]}, "override"),
        ({"day_objects": ["20"], "hour_objects": ["10", "20"]}, "hour_objects"),
        ({"hook_events": ["booking_updated", "booking_updated"]}, "hook_events"),
    ],
)
def test_a_point_that_could_not_be_kept_or_would_say_two_things_is_a_fault(
    place: Place, given: dict[str, Any], accused: str
) -> None:
    place.save()
    said = place.api("PUT", "/7/dialect", given, 422)["errors"]
    assert [each["field"] for each in said] == [accused]
    assert stored(place) == {}


def test_what_a_person_typed_is_what_the_product_does(place: Place) -> None:
    switch(place, override_in="body", override_name="mag_dubbel")
    inbound = {"allow_booking_update": True, "ignore_validation_errors_on_update": True}
    place.activate(inbound=inbound, sync={"backfill": "none"})
    place.api("PUT", "/7/dialect", {"override": ["body", "mag_dubbel", 1]})
    place.book("2026-11-24T14:00", "2026-11-24T15:00", object_id=10, status_code=40)
    booking = place.book()
    place.settle(30)
    place.drag(place.event()["id"], "2026-11-24T14:00", "2026-11-24T15:00")
    place.settle(30)
    assert place.booking(booking)["from"] == "2026-11-24T14:00"


# The command


@pytest.fixture
def passing(place: Place) -> Iterator[Place]:
    """A place whose clock goes on by itself, so that a command can wait."""
    over = Event()

    def go_on() -> None:
        while not over.wait(0.05):
            place.pass_time(5)

    thread = Thread(target=go_on)
    thread.start()
    yield place
    over.set()
    thread.join()


def command(place: Place, *words: str) -> Result:
    return CliRunner().invoke(cli, ["probe", *words], obj=lambda: place.ports)


def test_the_command_probes_by_itself_and_prints_what_is_known_and_what_is_assumed(passing: Place) -> None:
    passing.save()
    booking = booked(passing)
    before = untouched(passing)
    result = command(passing, "7", "--booking", booking, "--object", "10")
    assert result.exit_code == 0, result.output
    assert "search_id                BOOKING_ID" in result.output
    assert "write_mails              assumed: " in result.output
    assert untouched(passing) == before


def test_the_command_prints_json_for_a_program(passing: Place) -> None:
    passing.save()
    result = command(passing, "7", "--booking", booked(passing), "--object", "10", "--json")
    shown: dict[str, Any] = json.loads(result.stdout)
    assert (shown["state"], shown["found"]["search_id"], shown["left"]) == ("done", "BOOKING_ID", [])


def test_the_command_says_in_one_sentence_why_not(passing: Place) -> None:
    passing.save()
    booking = booked(passing, remarks="Verjaardag")
    refused = command(passing, "7", "--booking", booking, "--object", "10")
    assert (refused.exit_code, "put TEST in its remarks" in refused.output) == (1, True)
    assert command(passing, "7").exit_code == 2
    assert command(passing, "7", "--stop").exit_code == 1
    assert command(passing, "7", "--booking", booking, "--object", "10", "--really").exit_code == 0


def test_a_probe_that_found_trouble_ends_with_another_code(passing: Place) -> None:
    passing.save()
    booking = booked(passing)
    passing.ireserve("POST", "faults", {"path": "booking/check", "status": 412, "times": -1})
    result = command(passing, "7", "--booking", booking, "--object", "10")
    assert result.exit_code == 3
    assert "not found out: second_booking" in result.output
