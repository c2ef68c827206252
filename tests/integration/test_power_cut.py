"""A power cut, one machine: the disk has what was waited for, and may lack all that was stored since.

Whatever is lost of it, no change is: a pair comes to rest as if nothing had happened.
"""

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from functions.adapters.sqlite.file import SqliteFile
from tests.harness.deeds import active
from tests.harness.place import Place

pytestmark = pytest.mark.on_disk


class PowerCut(BaseException):
    """The machine is off: no code of the product handles that."""


class Disk:
    """The disk of a place; the power fails instead of the wait `cut`, counted from `begin` on."""

    def __init__(self, place: Place) -> None:
        self._path, self._kept = place.directory / "sync.sqlite", place.directory / "disk"
        self._file: SqliteFile = place.file
        self.waits = self._cut = 0
        place.file.reach_disk = self._reached  # type: ignore[method-assign]

    def begin(self, cut: int) -> None:
        self.waits, self._cut = 0, cut
        self._keep()

    def start_again(self) -> None:
        """Let the place have what is on the disk."""
        self._file.close()
        for each in self._path.parent.glob(f"{self._path.name}*"):
            each.unlink()
        for each in self._kept.iterdir():
            shutil.copy(each, self._path.parent)
        self._cut = 0

    def _reached(self) -> None:
        self.waits += 1
        if self.waits == self._cut:
            raise PowerCut
        self._keep()

    def _keep(self) -> None:
        shutil.rmtree(self._kept, ignore_errors=True)
        self._kept.mkdir()
        for ending in ("", "-wal"):
            shutil.copy(f"{self._path}{ending}", self._kept)


DEEDS: dict[str, Callable[[Place, str], object]] = {
    "moved": lambda place, booking: place.change(booking, start="2026-11-24T15:00", end="2026-11-24T16:00"),
    "renamed": lambda place, booking: place.change(booking, remarks="andere tekst"),
    "cancelled": lambda place, booking: place.change(booking, status_code=70),
    "made": lambda place, _: place.book("2026-11-25T10:00", "2026-11-25T11:00"),
}


def shown(place: Place) -> tuple[list[Any], ...]:
    """Return what people see on both sides, and of which writes the journal tells."""
    events = {each["id"]: (each["summary"], each["start"], each["end"]) for each in place.events()}
    bookings = [(each["id"], each["status_code"], events.get(each["external_id"])) for each in place.bookings()]
    writes = {(entry["step"], entry["why"]) for entry in place.journal() if entry["outcome"] == "done"}
    return sorted(events.values(), key=str), sorted(bookings, key=str), sorted(writes)


def done(directory: Path, deed: str, cut: int) -> tuple[Place, int]:
    """Do a deed, with a power cut instead of one wait for the disk; returns the place at rest, and how often it waited."""
    directory.mkdir()
    place = Place(directory, on_disk=True)
    active(place)
    booking = place.book()
    place.settle(60)
    DEEDS[deed](place, booking)
    disk = Disk(place)
    disk.begin(cut)
    with suppress(PowerCut):
        place.settle(60)
    if cut and disk.waits == cut:
        disk.start_again()
    place.pass_time(120)
    place.settle(600)
    return place, disk.waits


@pytest.mark.parametrize("deed", DEEDS)
def test_a_power_cut_at_any_moment_loses_no_change_and_doubles_nothing(tmp_path: Path, deed: str) -> None:
    usual, waits = done(tmp_path / "usual", deed, 0)
    expected = shown(usual)
    usual.leave()
    for cut in range(1, waits + 1):
        place, _ = done(tmp_path / f"{cut}", deed, cut)
        assert shown(place) == expected, cut
        assert {entry["outcome"] for entry in place.journal()} <= {"done", "missed"}, cut
        place.leave()
    assert waits > 1


def test_an_event_is_written_after_one_wait_for_the_disk(place: Place) -> None:
    active(place)
    place.google("POST", "notifications", {"mode": "drop"})  # each is stored, which its sender waits for
    disk, told = Disk(place), place.ports.log
    waits: dict[str, int] = {}

    def note(event: str, _fields: Mapping[str, object]) -> None:
        waits.setdefault(event, disk.waits)

    place.ports.log = note
    place.book()
    disk.begin(0)
    assert place.do_one()
    place.ports.log = told
    assert waits["change_applied"] == 1, "for the intent, without which nothing is written"
