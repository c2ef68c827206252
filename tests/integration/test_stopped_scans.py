"""A scan that cannot go on is not under way: each place that tells of it says that it stopped, at which day and why."""

import re

import pytest
from click.testing import CliRunner

from functions.entrypoints.cli.main import cli
from tests.harness.place import Place
from tests.harness.tab import Tab

HOME = "/console/integrations/7"


@pytest.fixture
def stuck(place: Place) -> Place:
    """A backfill whose lists i-Reserve does not give, however often it is asked."""
    place.save()
    place.connect()
    place.api("POST", "/7/activate")
    place.ireserve("POST", "faults", {"path": "filter", "status": 500, "times": 1000})
    place.settle(120)
    return place


def test_the_overview_says_why_and_has_a_button_that_tries_again(stuck: Place) -> None:
    tab = Tab(stuck)
    page = tab.seen(HOME)
    (said,) = re.findall(r"First fill: [^<]*", page)
    assert said.startswith("First fill: stopped at Tue 25 Aug 2026, bookings looked at: 0")
    assert "Reason: i-Reserve had a fault of its own. It is tried again by itself" in page
    (item,) = re.findall(r'name="item" value="(\w+)"', page)
    stuck.ireserve("DELETE", "faults")
    tab.post(f"{HOME}/parked", item=item)
    stuck.settle(60)
    assert "stopped" not in tab.seen(HOME)
    assert stuck.api("GET", "/7")["backfill"]["finished_at"]


def test_the_diagnosis_says_that_it_stopped(stuck: Place) -> None:
    checks = {each["name"]: each for each in stuck.api("GET", "/7/diagnostics")["checks"]}
    assert checks["backfill"]["says"] == "the backfill stopped after 0 bookings, at 25-08-2026"
    assert checks["backfill"]["level"] == "amber"
    assert checks["backfill"]["act"] == "parked"


def test_programs_are_told_the_reason(stuck: Place) -> None:
    assert stuck.api("GET", "/7")["backfill"]["stuck"] == "unavailable"
    stuck.ireserve("DELETE", "faults")
    (item,) = (each["id"] for each in stuck.api("GET", "/7/parked"))
    stuck.api("POST", f"/7/parked/{item}/retry")
    stuck.settle(60)
    assert stuck.api("GET", "/7")["backfill"]["stuck"] is None


def test_programs_are_told_the_reason_of_an_audit_that_cannot_go_on(place: Place) -> None:
    place.activate()
    place.google("POST", "faults", {"method": "GET", "path": "/events$", "status": 500, "times": 1000})
    assert place.api("POST", "/7/audit")["stuck"] is None
    place.settle(120)
    assert place.api("GET", "/7/audit")["stuck"] == "backendError"


def test_a_command_that_waits_for_it_ends_with_the_reason(stuck: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(_: float) -> None:
        stuck.settle(120)

    monkeypatch.setattr("functions.entrypoints.cli.running.time.sleep", sleep)
    run = CliRunner().invoke(cli, ["resync", "7", "--wait"], obj=lambda **_: stuck.ports)
    assert run.exit_code == 1
    assert "the resync stopped at " in run.stderr
    assert "i-Reserve had a fault of its own" in run.stderr


@pytest.mark.parametrize("halted", ["pause", "deactivate"])
def test_what_was_paused_or_deactivated_is_not_under_way(place: Place, halted: str) -> None:
    place.save()
    place.connect()
    place.api("POST", "/7/activate")
    place.api("POST", f"/7/{halted}")
    page = Tab(place).seen(HOME)
    assert "First fill: stopped at Tue 25 Aug 2026, bookings looked at: 0" in page
    assert "under way" not in page
    checks = {each["name"]: each for each in place.api("GET", "/7/diagnostics")["checks"]}
    assert checks["backfill"]["says"] == "the backfill stopped after 0 bookings, at 25-08-2026"
