"""The way of one hint from its task down to the write: it enters each room once, and never one that it has left."""

import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from types import FrameType
from typing import Any

from functions.adapters.google.calendar import GoogleCalendars
from functions.adapters.ireserve.client import IReserve
from tests.harness.place import Place

HOME = str(Path(__file__).parents[2] / "functions")
WRITES = (GoogleCalendars.insert.__code__, GoogleCalendars.patch.__code__, IReserve.write.__code__)


def rooms_to(frame: FrameType | None) -> tuple[str, ...]:
    """Return the rooms on the call stack, from the task down."""
    files: list[str] = []
    while frame is not None:
        if frame.f_code.co_filename.startswith(HOME):
            files.append(frame.f_code.co_filename.removeprefix(HOME + "/"))
        frame = frame.f_back
    return tuple(room for room, _ in groupby(file.rpartition("/")[0] or file for file in reversed(files)))


def ways(work: Callable[[], object]) -> set[tuple[str, ...]]:
    """Return the ways to each write that this work makes."""
    found: set[tuple[str, ...]] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code in WRITES:
            found.add(rooms_to(frame))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return found


def test_a_hint_goes_down_to_its_write_through_each_room_once(place: Place) -> None:
    place.activate(inbound={"allow_booking_update": True})
    place.book("2026-11-24T10:00", "2026-11-24T11:00")
    outbound = ways(place.settle)
    place.drag(place.event()["id"], "2026-11-24T12:00", "2026-11-24T13:00")
    inbound = ways(place.settle)
    assert outbound == {
        ("application", "application/sync", "adapters/google"),
        ("application", "application/sync", "adapters/ireserve"),
    }
    assert inbound == {("application", "application/pulling", "application/sync", "adapters/ireserve")}
