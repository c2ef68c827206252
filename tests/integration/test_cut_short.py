"""Activations, backfills and deactivations that something comes between: nothing is left out, and nothing left behind."""

from typing import Any

import pytest

from functions.application.scanning import scan, shared_quota
from functions.application.watching import channels
from tests.harness.place import ROOM_B, Place, example


def begun(place: Place, monkeypatch: pytest.MonkeyPatch, backfill: str) -> None:
    """Activate over one booking, and stop early in the backfill, which takes a week in each task."""
    monkeypatch.setattr(scan, "CHUNK_SECONDS", -1.0)
    place.save(sync={"backfill": backfill})
    place.connect()
    place.book()
    place.settle()
    place.api("POST", "/7/activate")
    for _ in range(6):
        place.do_one()
    assert not is_backfilled(place)


def is_backfilled(place: Place) -> bool:
    return place.api("GET", "/7")["backfill"]["finished_at"] is not None


def rounds(place: Place, minutes: int = 25) -> None:
    for _ in range(minutes):
        place.tick()
        place.settle(59)


def pause(place: Place) -> None:
    place.api("POST", "/7/pause")
    place.settle(60)
    place.api("POST", "/7/activate")


def revoke(place: Place) -> None:
    place.google("POST", "tokens/revoke", {})
    place.settle(300)
    place.connect()


@pytest.mark.parametrize("interrupts", [pause, revoke])
def test_what_a_backfill_leaves_out_stays_out_although_something_came_between(
    place: Place, monkeypatch: pytest.MonkeyPatch, interrupts: Any
) -> None:
    begun(place, monkeypatch, "none")
    interrupts(place)
    rounds(place)
    assert is_backfilled(place)
    assert place.events() == []
    place.book("2026-11-26T10:00", "2026-11-26T11:00")
    place.settle()
    assert len(place.events()) == 1


@pytest.mark.parametrize("interrupts", [pause, revoke])
def test_a_backfill_comes_to_its_end_although_something_came_between(
    place: Place, monkeypatch: pytest.MonkeyPatch, interrupts: Any
) -> None:
    begun(place, monkeypatch, "all")
    interrupts(place)
    rounds(place)
    assert is_backfilled(place)
    assert len(place.events()) == 1


def test_a_resync_comes_to_its_end_although_the_consent_was_withdrawn_in_the_middle(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "CHUNK_SECONDS", -1.0)
    place.activate()
    place.api("PUT", "/7/dialect", {"column_changed": "RES_UPDATED", "search_changed": "bijgewerkt"})
    place.settle(60)
    booking = place.book("2027-02-01T10:00", "2027-02-01T11:00")
    place.settle()
    rounds(place)  # the booking's own change is over
    title: dict[str, Any] = {"outbound": {"title_template": "Nr {BOOKING_NUMBER}"}}
    place.api("PUT", "/7?apply=all", example(**title))
    for _ in range(4):
        place.do_one()
    revoke(place)
    rounds(place)
    assert place.event()["summary"] == f"Nr {booking}"


def test_a_scan_that_waits_for_tomorrows_quota_is_not_begun_again_beside_itself(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "CHUNK_CALLS", 1)
    monkeypatch.setattr(shared_quota, "PER_DAY", 1)
    place.save()
    place.connect()
    for hour in range(8, 18):
        place.book(f"2027-01-13T{hour:02d}:00", f"2027-01-13T{hour:02d}:45")
    place.settle()
    place.api("POST", "/7/activate")
    place.settle()
    made = len(place.events())
    assert 0 < made < 10
    rounds(place, 30)
    assert len(place.events()) == made
    place.settle(24 * 3600)
    assert len(place.events()) > made


def test_a_booking_that_could_not_be_read_for_a_moment_is_left_out_like_the_others(place: Place) -> None:
    place.save(sync={"backfill": "none"})
    place.connect()
    booking = place.book(
        "2026-11-24T00:00", "2026-11-25T23:59"
    )  # only the booking itself shows whether it is by the day
    place.settle()
    place.api("POST", "/7/activate")
    place.ireserve("POST", "faults", {"method": "GET", "path": f"booking/{booking}", "status": 503, "times": 3})
    place.settle(120)
    for _ in range(3):
        place.pass_time(20 * 3600)
        place.tick()
        place.settle(60)
    assert place.events() == []


def test_a_booking_that_is_never_given_keeps_no_other_from_its_event(place: Place) -> None:
    place.save(sync={"backfill": "future"})
    place.connect()
    earlier = place.book("2026-11-20T00:00", "2026-11-21T23:59")
    place.book("2026-12-01T10:00", "2026-12-01T11:00")
    place.settle()
    place.ireserve("POST", "faults", {"method": "GET", "path": f"booking/{earlier}", "status": 503, "times": 999})
    place.api("POST", "/7/activate")
    place.settle(120)
    assert len(place.events()) == 1


@pytest.mark.parametrize(
    "changes",
    [{"outbound": {"title_template": "Nr {BOOKING_NUMBER}"}}, {"mapping": [{"object": "10", "calendar": ROOM_B}]}],
)
def test_settings_changed_between_two_activations_show_on_what_is_there(place: Place, changes: Any) -> None:
    place.activate()
    place.book()
    place.settle()
    place.api("POST", "/7/deactivate")
    place.save(**changes)
    planned = place.api("GET", "/7/plan?refresh=1")["counts"]
    place.api("POST", "/7/activate")
    place.settle(300)
    assert sum(planned.values()) == 1
    assert place.api("GET", "/7/plan?refresh=1")["counts"] == {}


def test_texts_changed_between_two_activations_show_on_what_is_there(place: Place) -> None:
    place.activate(outbound={"description_template": "{REMARKS}"})
    booking = place.book(remarks="Oud")
    place.settle()
    place.api("POST", "/7/deactivate")
    place.change(booking, remarks="Nieuw")
    place.settle(60)
    place.api("POST", "/7/activate")
    place.settle(60)
    assert "Nieuw" in place.event()["description"]


def test_a_deactivation_that_dies_halfway_can_be_taken_back_and_webhooks_come_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.activate()

    def dies(_session: object) -> list[str]:
        raise MemoryError

    with monkeypatch.context() as during:
        during.setattr(channels, "stop_all", dies)
        place.api("POST", "/7/deactivate", status=500)
    place.api("POST", "/7/activate")
    place.settle(60)
    place.book()
    place.settle()
    assert len(place.events()) == 1


@pytest.mark.parametrize("side", ["google", "ireserve"])
def test_what_is_taken_apart_while_a_side_does_not_answer_is_still_known(place: Place, side: str) -> None:
    place.activate()
    booking = place.book()
    place.settle()
    place.api("POST", "/7/deactivate")
    path = "/events" if side == "google" else "booking/"
    getattr(place, side)("POST", "faults", {"method": "GET", "path": path, "status": 503, "times": 30})
    place.api("DELETE", "/7?events=remove", status=503)
    getattr(place, side)("DELETE", "faults")
    place.api("DELETE", "/7?events=remove", status=204)
    assert place.events() == []
    assert place.booking(booking)["external_id"] == ""


def test_a_look_at_the_days_ahead_does_not_count_for_what_changed_before(place: Place) -> None:
    described: dict[str, Any] = {"outbound": {"description_template": "{REMARKS}"}, "sync": {"backfill": "all"}}
    place.activate(**described)
    place.api("PUT", "/7/dialect", {"column_changed": "RES_UPDATED", "search_changed": "bijgewerkt"})
    past = place.book("2026-11-19T10:00", "2026-11-19T11:00")
    place.settle()
    rounds(place, 2)
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    place.change(past, remarks="Koffie")
    rounds(place, 4)
    place.api("PUT", "/7?apply=future", example(**described, language="en"))
    rounds(place, 20)
    assert place.event()["description"].startswith("Koffie")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_booking_whose_event_google_refuses_loses_its_ids_when_its_pair_is_taken_apart(
    place: Place, method: str
) -> None:
    place.activate()
    booking = place.book()
    place.settle()
    place.api("POST", "/7/deactivate")
    refuses = {"method": method, "path": "/events", "status": 403, "reason": "forbidden", "times": 30}
    place.google("POST", "faults", refuses)
    place.api("DELETE", "/7?events=remove", status=204)
    assert place.booking(booking)["external_id"] == ""


def test_a_booking_that_cannot_be_understood_keeps_no_other_pair_from_being_taken_apart(place: Place) -> None:
    place.activate()
    booking, other = place.book(), place.book("2026-11-26T10:00", "2026-11-26T11:00")
    place.settle()
    place.api("POST", "/7/deactivate")
    place.ireserve("POST", "faults", {"method": "GET", "path": f"booking/{booking}", "status": 200, "times": 30})
    place.api("DELETE", "/7?events=remove", status=204)
    assert place.events() == []
    assert place.booking(other)["external_id"] == ""


@pytest.mark.parametrize("step", ["made", "moved"])
def test_an_event_whose_writes_answer_was_lost_just_before_is_taken_apart_as_well(place: Place, step: str) -> None:
    place.activate()
    booking = place.book() if step == "moved" else ""
    place.settle()
    place.google("POST", "faults", {"method": "POST", "path": "/events", "action": "reset", "when": "after"})
    place.google("POST", "faults", {"path": "/events", "action": "reset", "times": 99})
    if booking:
        place.change(booking, object_id=11)
    else:
        place.book()
    place.settle(0.5)
    place.google("DELETE", "faults")
    assert len([*place.events(), *place.events(ROOM_B)]) == 1
    place.api("POST", "/7/deactivate")
    place.api("DELETE", "/7?events=remove", status=204)
    assert [*place.events(), *place.events(ROOM_B)] == []
