"""A probe that is cut off anywhere leaves nothing behind: not by a fault of i-Reserve, not by the death of the process."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from functions.application.ports import Ports
from functions.application.probing import probe, record, starting
from functions.application.probing.record import Trial
from functions.application.store import integrations
from functions.domain.model.errors import Conflict, Malformed, Transient
from functions.domain.settings.integration import Integration
from tests.harness.place import KEY, Place
from tests.harness.trials import Crash, Faulty, booked, switch, untouched

CALLS = 96  # that a probe makes, a little rounded up
EVERY = 5  # one of so many is tried
ELSEWHERE = {"base_url": "https://other.i-reserve.net/api/rest", "username": "api_calendar"}
WRITES = ("attempt", "make", "subscribe", "unsubscribe", "write")
SWITCHES = {"refusal": "old_values", "override_in": "body"}  # the longest way


def broken(place: Place, faulty: Any) -> Ports:
    ports = place.compose(place.documents)
    ports.outside = faulty
    return ports


def ready(place: Place) -> str:
    switch(place, **SWITCHES)
    place.save()
    place.book("2026-11-26T10:00", "2026-11-26T11:00")
    return booked(place)


def begun(place: Place, booking: str, *, parts: int) -> None:
    """Begin a probe and do its first parts, as the command line does: it queues none."""
    starting.begin(place.ports, "7", booking, "10", "command line")
    for _ in range(parts):
        probe.advance(place.ports, "7")


def is_clean(place: Place, before: object) -> None:
    shown = place.api("GET", "/7/probe")
    assert (shown["state"], shown["left"]) == ("done", [])
    assert untouched(place) == before
    assert place.ireserve("GET", "hooks")["hooks"] == []


def settle_through(place: Place, seconds: float) -> None:
    """Settle, and where the process dies have the queue give the task again after its lease."""
    try:
        place.settle(seconds)
    except Crash:
        place.pass_time(91)
        place.settle(seconds)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(2, CALLS, EVERY))
def test_a_process_that_dies_at_any_call_is_carried_on_and_leaves_nothing(place: Place, at: int, after: bool) -> None:  # noqa: FBT001
    booking = ready(place)
    before = untouched(place)
    place.api("POST", "/7/probe", {"booking": booking, "object": 10}, 202)
    place.ports = broken(place, Faulty(place.ports.outside, at, Crash, after=after, times=1))
    settle_through(place, 300)
    is_clean(place, before)


@pytest.mark.parametrize("error", [Transient, Malformed])
@pytest.mark.parametrize("at", range(1, CALLS, EVERY * 2))
def test_a_fault_of_i_reserve_at_any_call_leaves_nothing(place: Place, at: int, error: type[Exception]) -> None:
    booking = ready(place)
    before = untouched(place)
    place.api("POST", "/7/probe", {"booking": booking, "object": 10}, 202)
    faulty = Faulty(place.ports.outside, at, lambda: error("simulated"), after=at % 3 == 0, times=2)
    place.ports = broken(place, faulty)
    place.settle(600)
    is_clean(place, before)


def test_an_i_reserve_that_stays_away_is_waited_for_and_then_named(place: Place) -> None:
    booking = ready(place)
    before = untouched(place)
    place.api("POST", "/7/probe", {"booking": booking, "object": 10}, 202)
    place.settle(4)
    place.ireserve("POST", "faults", {"path": ".*", "status": 503, "times": -1})
    place.settle(1200)
    shown = place.api("GET", "/7/probe")
    assert shown["state"] == "done"
    assert shown["trouble"]["put_back"] == "unavailable"
    assert any("could not be cancelled" in says for says in shown["left"])
    place.ireserve("DELETE", "faults")
    place.api("DELETE", "/7/probe", status=202)
    place.settle()
    is_clean(place, before)


def test_a_login_that_is_refused_stops_the_calls_and_the_next_probe_begins_with_putting_back(place: Place) -> None:
    booking = ready(place)
    before = untouched(place)
    place.api("POST", "/7/probe", {"booking": booking, "object": 10}, 202)
    place.settle(4)
    place.ireserve("PATCH", "users/api_calendar", {"password": "changed"})
    place.settle(60)
    shown = place.api("GET", "/7/probe")
    assert (shown["state"], "password" in shown["left"][0]) == ("done", True)
    place.forget()
    place.settle(600)
    assert place.ireserve_calls() == []
    place.ireserve("PATCH", "users/api_calendar", {"password": "sandbox"})
    place.save(secrets={"ireserve_password": "sandbox"})
    place.api("POST", "/7/probe", {"booking": booking, "object": 10}, 202)
    place.settle(60)
    is_clean(place, before)


def test_a_probe_that_nobody_carries_on_is_carried_on_by_the_queue(place: Place) -> None:
    """As where the command line was closed in the middle: it does the parts itself and queues none."""
    booking = ready(place)
    before = untouched(place)
    begun(place, booking, parts=5)
    assert untouched(place) != before
    place.settle(400)
    is_clean(place, before)


def test_a_part_that_stalls_past_its_lease_saves_nothing_over_a_later_probe(place: Place) -> None:
    booking = ready(place)
    before = untouched(place)
    begun(place, booking, parts=3)
    later = list[Trial]()

    def others_went_on() -> Transient:
        place.pass_time(91)
        while (trial := probe.advance(place.ports, "7")) is not None and trial.finished_at is None:
            place.pass_time(10)
        later.append(starting.begin(place.ports, "7", booking, "10", "somebody else"))
        return Transient("answered at last")

    stalled = broken(place, Faulty(place.ports.outside, 1, others_went_on, after=False, times=1))
    assert probe.advance(stalled, "7") == record.current(place.documents, "7") == later[0]
    place.settle(400)
    is_clean(place, before)


class Stalling(Faulty):
    """An i-Reserve at which others go on while one call waits; `wrote` are the writes that came after it."""

    def __init__(self, place: Place, at: int, others: Callable[[], None]) -> None:
        super().__init__(place.ports.outside, at, Crash, after=False, times=1)
        self._others = others
        self.wrote = list[str]()

    def call(self, method: Callable[..., Any], *args: Any, **options: Any) -> Any:
        number, self.calls = self.calls, self.calls + 1
        if number == self._at:
            self._others()
        elif number > self._at and method.__name__ in WRITES:
            self.wrote.append(method.__name__)
        return method(*args, **options)


@pytest.mark.parametrize("at", [0, 1, 2, 5])
@pytest.mark.parametrize("parts", range(len(probe.PARTS)))
def test_a_part_that_stalls_past_its_lease_begins_no_other_write_once_somebody_went_on(
    place: Place, parts: int, at: int
) -> None:
    booking = ready(place)
    starting.begin(place.ports, "7", booking, "10", "somebody")
    for _ in range(parts):
        probe.advance(place.ports, "7")
        place.pass_time(10)

    def others_go_on() -> None:
        place.pass_time(91)
        while (trial := probe.advance(place.ports, "7")) is not None and trial.finished_at is None:
            place.pass_time(10)

    outside = Stalling(place, at, others_go_on)
    probe.advance(broken(place, outside), "7")
    assert outside.wrote == []


def test_a_probe_begins_once_where_two_people_begin_one_at_the_same_time(place: Place) -> None:
    booking = ready(place)
    first = list[Trial]()

    class Late:
        """The other one begins while this one reads the test booking."""

        def reservations(self, integration: Integration) -> Any:
            if not first:
                first.append(Trial)  # type: ignore[arg-type]  # only once
                first[0] = starting.begin(place.ports, "7", booking, "10", "somebody")
            return place.ports.outside.reservations(integration)

        def __getattr__(self, name: str) -> Any:
            return getattr(place.ports.outside, name)

    with pytest.raises(Conflict, match="a probe is under way"):
        starting.begin(broken(place, Late()), "7", booking, "10", "somebody else")
    assert record.current(place.documents, "7") == first[0]


def test_a_webhook_of_the_integration_that_got_the_id_of_one_that_a_probe_left_is_not_removed_with_it(
    place: Place,
) -> None:
    booking = ready(place)
    place.api("POST", "/7/probe", {"booking": booking, "object": 10}, 202)
    place.ireserve("POST", "faults", {"method": "DELETE", "path": "hook", "status": 503, "times": -1})
    place.settle(1200)
    place.ireserve("DELETE", "faults")
    trial = record.current(place.documents, "7")
    assert trial is not None
    assert [each.what for each in trial.left] == ["hooks"]
    integrations.change(place.documents, "7", lambda was: replace(was, hooks=trial.hooks))
    place.forget()
    place.api("DELETE", "/7/probe", status=202)
    place.settle(60)
    assert place.api("GET", "/7/probe")["left"] == []
    assert [call for call in place.ireserve_calls() if call.startswith("DELETE")] == []


def test_an_integration_is_not_deleted_in_the_middle_of_a_probe(place: Place) -> None:
    booking = ready(place)
    before = untouched(place)
    place.api("POST", "/7/probe", {"booking": booking, "object": 10}, 202)
    place.settle(4)
    assert untouched(place) != before
    assert place.api("DELETE", "/7", status=409)["reason"] == "probing"
    place.settle(300)
    is_clean(place, before)
    place.api("DELETE", "/7", status=204)


def test_another_i_reserve_is_refused_in_the_middle_of_a_probe(place: Place) -> None:
    booking = ready(place)
    before = untouched(place)
    place.api("POST", "/7/probe", {"booking": booking, "object": 10}, 202)
    place.settle(4)
    place.save(status=422, ireserve=ELSEWHERE)
    place.settle(300)
    is_clean(place, before)


def test_what_a_probe_left_is_not_put_back_in_another_i_reserve_where_its_number_is_somebodys_booking(
    place: Place,
) -> None:
    booking = ready(place)
    place.api("POST", "/7/probe", {"booking": booking, "object": 10}, 202)
    place.settle(4)
    place.ireserve("POST", "faults", {"path": ".*", "status": 503, "times": -1})
    place.settle(1200)
    place.ireserve("DELETE", "faults")
    trial = record.current(place.documents, "7")
    assert trial is not None
    second = trial.second
    assert place.booking(second)["status_code"] == 20
    place.change(second, remarks="Bruiloft")
    there = place.booking(second)
    place.save(ireserve=ELSEWHERE)
    assert "put it back there by hand" in place.api("DELETE", "/7/probe", status=409)["error"]
    place.settle(300)
    assert place.booking(second) == there
    place.api("POST", "/7/probe", {"booking": booking, "object": 10}, 202)
    place.settle(300)
    assert place.booking(second) == there


def test_the_dialect_can_be_read_without_a_session_by_nobody(place: Place) -> None:
    place.save()
    assert place.request("GET", "/console/api/integrations/7/dialect").status_code == 401
    assert place.request("GET", "/console/api/integrations/7/probe").status_code == 401
    headers = {"Authorization": f"Bearer {KEY}"}
    assert place.request("GET", "/console/api/integrations/7/dialect", headers=headers).status_code == 200
