"""i-Reserve answers badly while an event's id is written back, a list is made or hooks are registered: nothing is lost."""

import pytest

from tests.harness.deeds import active, levels, made, why
from tests.harness.place import Place

AWAY = [
    {"status": 500},
    {"status": 503, "action": "html"},
    {"status": 200, "action": "html"},
    {"status": 200, "action": "garbage"},
    {"status": 404, "action": "html"},
    {"action": "reset"},
    {"action": "reset", "when": "after"},
    {"action": "delay", "seconds": 25},
    {"status": 429},
]
REFUSING = [{"status": 401}, {"status": 403}, {"status": 404}, {"status": 412}]


def name(fault: dict[str, object]) -> str:
    return "-".join(str(value) for value in fault.values())


@pytest.mark.parametrize("fault", AWAY, ids=name)
def test_a_write_back_that_fails_once_is_done_later_and_the_event_is_made_once(
    place: Place, fault: dict[str, object]
) -> None:
    active(place)
    place.ireserve("POST", "faults", {"method": "POST", "path": "hook/booking", **fault})
    booking, event = made(place)
    place.settle(300)
    assert place.event()["id"] == event["id"]
    assert place.booking(booking)["external_id"] == event["id"]
    assert why(place).count("booking_made") == 1
    assert place.api("GET", "/7/parked") == []


@pytest.mark.parametrize("fault", REFUSING, ids=name)
def test_a_write_back_that_is_refused_leaves_the_event_in_step(place: Place, fault: dict[str, object]) -> None:
    active(place)
    place.ireserve("POST", "faults", {"method": "POST", "path": "hook/booking", **fault})
    booking, event = made(place)
    place.settle(300)
    assert place.event()["id"] == event["id"]
    place.change(booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.settle()
    assert place.event()["start"]["dateTime"] == "2026-11-24T12:00:00+01:00"


@pytest.mark.parametrize("fault", [{"status": 401}, {"status": 500}, {"status": 200, "action": "html"}], ids=name)
def test_activation_says_that_i_reserve_does_not_answer_and_stays_off(place: Place, fault: dict[str, object]) -> None:
    place.save()
    place.connect()
    place.ireserve("POST", "faults", {"times": -1, **fault})
    said = place.api("POST", "/7/activate", status=409)["error"]
    assert "i-Reserve" in said
    assert place.api("GET", "/7")["state"] == "draft"
    place.ireserve("DELETE", "faults")
    place.api("POST", "/7/activate")
    booking, event = made(place)
    assert event["summary"] == f"Zaal A - {booking}"


def test_activation_without_the_right_for_hooks_warns_and_the_sweep_does_the_work(place: Place) -> None:
    place.ireserve("PATCH", "users/api_calendar", {"hooks": False})
    place.save()
    place.connect()
    warnings = place.api("POST", "/7/activate")["warnings"]
    assert "webhooks could not be registered" in warnings[0]
    place.settle()
    booking = place.book()
    place.settle()
    place.pass_time(1000)
    place.tick()
    place.settle()
    assert place.event()["summary"] == f"Zaal A - {booking}"


def test_activation_with_a_wrong_password_says_what_to_correct(place: Place) -> None:
    place.save(secrets={"google_client_secret": "sandbox-secret", "ireserve_password": "wrong"})
    place.connect()
    said = place.api("POST", "/7/activate", status=409)["error"]
    assert "user name and password" in said
    assert "wrong" not in said
    place.save()
    place.api("POST", "/7/activate")


def test_activation_without_a_password_says_that_it_is_missing(place: Place) -> None:
    place.save(secrets={"google_client_secret": "sandbox-secret"})
    place.connect()
    assert "missing" in place.api("POST", "/7/activate", status=409)["error"]


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 200, "action": "html"}, {"action": "reset"}], ids=name)
def test_a_backfill_that_is_interrupted_goes_on_and_makes_each_event_once(
    place: Place, fault: dict[str, object]
) -> None:
    bookings = [place.book(f"2026-11-{day}T10:00", f"2026-11-{day}T11:00") for day in range(24, 29)]
    place.save()
    place.connect()
    place.ireserve("POST", "faults", {"method": "GET", "path": "booking/filter", "times": 3, **fault})
    place.ireserve("POST", "faults", {"method": "GET", "path": f"booking/{bookings[2]}$", "times": 3, **fault})
    place.api("POST", "/7/activate")
    place.settle(300)
    assert sorted(event["summary"] for event in place.events()) == [f"Zaal A - {booking}" for booking in bookings]
    assert place.api("GET", "/7/parked") == []


def test_a_booking_that_makes_no_sense_is_parked_and_the_others_go_on(place: Place) -> None:
    active(place)
    first = place.book()
    place.ireserve("POST", "faults", {"method": "GET", "path": f"booking/{first}$", "action": "garbage", "times": -1})
    second = place.book("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle(120)
    assert place.event()["summary"] == f"Zaal A - {second}"
    parked = place.api("GET", "/7/parked")
    assert [item["subject"] for item in parked] == [[first]]
    assert levels(place)["parked"] == "amber"
    place.ireserve("DELETE", "faults")
    place.api("POST", f"/7/parked/{parked[0]['id']}/retry")
    place.settle()
    assert len(place.events()) == 2
    assert place.api("GET", "/7/parked") == []


def test_an_edit_that_falls_into_the_write_back_is_not_lost(place: Place) -> None:
    active(place)
    booking = place.book()
    place.ireserve("POST", "race", {"booking": int(booking), "patch": {"remarks": "tegelijk getypt"}})
    place.settle(60)
    assert place.booking(booking)["remarks"] == "tegelijk getypt"
    assert place.event()["description"].startswith("tegelijk getypt")


def test_what_i_reserve_said_is_in_no_log_line_and_no_parked_item(place: Place) -> None:
    active(place)
    place.ireserve("PATCH", "dialect", {"external_id_max_length": 5})
    place.book(remarks="Jansen belt terug")
    place.settle(120)
    kept = str(place.log) + str(place.api("GET", "/7/parked")) + str(place.journal())
    assert "simulated" not in kept
    assert "Jansen" not in kept
