"""One entry, parked item or calendar state that cannot be read: every screen, command and answer shows the others, and it as such."""

from typing import Any

import pytest
from click.testing import CliRunner

from functions.application.intake.hints import Hint, Kind
from functions.application.ports import Body
from functions.application.store import parked
from functions.application.store.integrations import path_of
from functions.domain.model.identity import calendar_hash
from functions.entrypoints.cli.main import cli
from tests.harness.place import ROOM_A, ROOM_B, Place
from tests.harness.tab import Tab

DAMAGED: Body = {"step": 5, "kind": None, "channels": 5}
NEWER: Body = {"schema": 99}
SAID = {"damaged": "damaged", "newer": "newer version"}
SCREENS = (
    "", "/journal", "/journal?kind=changed", "/journal.csv", "/waiting", "/diagnostics", "/day?date=2026-11-24", "/find?q=1001", "/audit",
    "/outbound", "/mapping",
)  # fmt: skip


def spoil(place: Place, *path: str, odd: Body) -> None:
    """Change a stored document as no version of this service does."""
    where = path_of("7", *path)
    before = place.documents.get(where)
    assert before is not None
    place.documents.transact(lambda tx: tx.put(where, {**before, **odd}))


def command(place: Place, *arguments: str) -> tuple[int, str]:
    ran = CliRunner().invoke(cli, arguments, obj=lambda **_: place.ports)
    assert ran.exception is None or isinstance(ran.exception, SystemExit), repr(ran.exception)
    return ran.exit_code, ran.output


def newest(place: Place, of: str) -> str:
    return str(place.api("GET", f"/7/{of}")[0]["id"])


@pytest.fixture
def working(place: Place) -> Place:
    """An active integration that has written something and failed at two things."""
    place.activate()
    place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    place.draw("2026-11-24T12:00", "2026-11-24T13:00")
    place.settle()
    for number in ("4000", "4001"):
        parked.park(place.ports, Hint(Kind.BOOKING, "7", (number,), "webhook", place.now), "fault", place.now)
        place.pass_time(1)
    return place


@pytest.mark.parametrize(("how", "odd"), [("damaged", DAMAGED), ("newer", NEWER)], ids=["damaged", "newer"])
def test_lists_show_the_others_and_say_which_one_cannot_be_read(working: Place, how: str, odd: Body) -> None:
    place = working
    entries, items = len(place.api("GET", "/7/journal")), len(place.api("GET", "/7/parked"))
    entry, item = newest(place, "journal"), newest(place, "parked")
    spoil(place, "journal", entry, odd=odd)
    spoil(place, "parked", item, odd=odd)
    spoil(place, "calendars", calendar_hash(ROOM_A), odd=odd)
    for screen in SCREENS:
        assert Tab(place).get(f"/console/integrations/7{screen}").status_code == 200, screen
    assert "This entry cannot be read: a record in the store is" in Tab(place).seen("/console/integrations/7/journal")
    assert "What cannot be read" in Tab(place).seen("/console/integrations/7/waiting")
    shown: list[dict[str, Any]] = place.api("GET", "/7/journal")
    assert len(shown) == entries
    assert [each["step"] for each in shown if each["id"] == entry] == ["Unreadable"]
    assert len(place.api("GET", "/7/parked")) == items
    for asked in ("journal", "parked"):
        assert SAID[how] in command(place, asked, "7")[1]
    checks = {
        each["subject"]: each for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "channel"
    }
    assert SAID[how] in checks[ROOM_A]["says"]
    assert checks[ROOM_B]["level"] == "green"


@pytest.mark.parametrize("by", ["page", "command"])
def test_all_others_are_tried_again_where_one_cannot_be_read(working: Place, by: str) -> None:
    place = working
    spoil(place, "parked", newest(place, "parked"), odd=NEWER)
    place.settle(1)
    if by == "page":
        said = (
            Tab(place)
            .post("/console/integrations/7/parked", item=[each["id"] for each in place.api("GET", "/7/parked")])
            .text
        )
    else:
        said = command(place, "retry", "7", "all")[1]
    assert "newer version" in said
    place.settle(1)
    assert len(place.api("GET", "/7/parked")) == 1


def test_a_calendar_whose_state_cannot_be_read_is_said_and_the_other_one_is_followed(place: Place) -> None:
    place.activate(inbound={"enabled": True, "status": 20, "follow": "all_mapped"})
    before = len(place.bookings())
    spoil(place, "calendars", calendar_hash(ROOM_A), odd=NEWER)
    place.draw("2026-11-24T10:00", "2026-11-24T11:00", calendar=ROOM_B)
    place.settle(120)
    place.tick()
    place.settle(120)
    assert [each["subject"] for each in place.api("GET", "/7/parked")] == [[calendar_hash(ROOM_A)]]
    assert len(place.bookings()) == before + 1
    place.api("POST", "/7/sweep")
    place.api("POST", "/7/resync")
    place.settle(300)
    assert place.api("POST", "/7/deactivate")["warnings"][0].startswith(
        "the state of a calendar was written by a newer"
    )
