"""What the commands print goes by names: objects, calendars and statuses, with the ids that other commands ask for."""

import pytest
from click.testing import CliRunner

from functions.entrypoints.cli.main import cli
from tests.harness.place import ROOM_A, ROOM_B, Place


class Shell:
    """The command line over the store of a place."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def __call__(self, *command: str, code: int = 0) -> str:
        run = CliRunner().invoke(cli, list(command), obj=lambda **_: self._place.ports)
        assert run.exit_code == code, run.output
        return run.stdout


@pytest.fixture
def shell(place: Place) -> Shell:
    place.activate(inbound={"allow_booking_update": True, "deleted_event": "ask"})
    return Shell(place)


def test_a_plan_names_rooms_and_statuses_and_shows_old_and_new(place: Place, shell: Shell) -> None:
    booking = place.book()
    place.settle()
    place.book("2026-11-25T10:00", "2026-11-25T11:00", status_code=10)
    place.change(booking, object_id=11)
    said = shell("plan", "7")
    assert "Room A → Room B" in said
    assert "1 x new (10)" in said
    assert ROOM_B not in said


def test_held_removals_are_told_with_their_room_and_the_id_that_decides(place: Place, shell: Shell) -> None:
    booking = place.book()
    place.settle()
    place.delete(place.event()["id"])
    place.settle(60)
    (item,) = place.api("GET", "/7/held")
    line = shell("held", "7").splitlines()[1]
    assert line.startswith(item["id"])
    assert booking in line
    assert "Zaal A" in line or "Room A" in line
    assert "1 decided" in shell("held", "7", "--restore", item["id"])


def test_the_diagnosis_calls_calendars_by_their_titles(shell: Shell) -> None:
    said = shell("diagnose", "7", code=3)
    assert "Room A" in said
    assert ROOM_A not in said


def test_the_statuses_are_listed_and_one_that_no_list_has_is_told_to_a_script(place: Place, shell: Shell) -> None:
    assert "open (20)" in shell("statuses", "7")
    place.book(status_code=10)
    assert shell("statuses", "7", code=3).splitlines()[1].split()[:3] == ["new", "(10)", "1"]


def test_statuses_that_could_not_be_counted_are_not_called_done(place: Place, shell: Shell) -> None:
    place.ireserve("POST", "faults", {"path": "booking/filter", "status": 500, "times": -1})
    assert "i-Reserve" in shell("statuses", "7", code=1)


def test_overlaps_that_nobody_searched_are_not_called_none(place: Place, shell: Shell) -> None:
    assert shell("overlaps", "7", code=1).startswith("nothing was searched yet; search with `sweep`")
    place.api("POST", "/7/sweep")
    place.settle(60)
    assert "no bookings overlap" in shell("overlaps", "7")


def test_a_booking_is_found_by_number_room_and_title_and_what_is_not_there_is_told_to_a_script(
    place: Place, shell: Shell
) -> None:
    booking = place.book()
    place.settle()
    assert "in step" in shell("find", "7", booking)
    assert booking in shell("find", "7", "Zaal A")
    assert "nothing was found" in shell("find", "7", "Jansen", code=3)


def test_the_journal_prints_the_ids_that_undo_asks_for(place: Place, shell: Shell) -> None:
    booking = place.book()
    place.settle()
    place.drag(place.event()["id"], "2026-11-24T13:00", "2026-11-24T14:00")
    place.settle()
    said = shell("journal", "7", "--booking", booking).splitlines()
    assert "Europe/Amsterdam" in said[0]
    line = next(each for each in said[1:] if "moved" in each or "follow" in each)
    assert "it would do:" in shell("undo", "7", line.split()[0], "--preview")


@pytest.mark.usefixtures("shell")
def test_colours_are_left_out_where_nobody_wants_them(place: Place) -> None:
    for env, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        run = CliRunner(env=env).invoke(cli, ["diagnose", "7"], obj=lambda **_: place.ports, color=True)
        assert ("\x1b[" in run.stdout) is coloured


def test_every_parked_item_is_tried_again_at_once(shell: Shell) -> None:
    assert "nothing is parked" in shell("retry", "7", "all")


def test_overlaps_are_listed_and_told_to_a_script(place: Place, shell: Shell) -> None:
    place.activate()
    assert "no bookings overlap" in shell("overlaps", "7")
    first, second = (place.book("2026-11-24T09:00", end) for end in ("2026-11-24T10:00", "2026-11-24T11:00"))
    place.api("POST", "/7/sweep")
    place.settle(120)
    assert f"2026-11-24  10      {first}, {second}" in shell("overlaps", "7", code=3)
