"""Shapes that the real API answered, with invented values: each is read rightly, and a pull of it books the right time.

One file each in `google/`: where the shape is known from (`source`), the answer (`shape`), when it is (`expect`, in UTC or
days) and why it becomes no booking (`why_not`). A new shape is a new file.
"""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from functions.adapters.google.event import item_of
from functions.application.ports import Tombstone, Unusable
from functions.domain.model.appointment import AllDay, Timed
from functions.domain.model.event import Event
from tests.harness.place import ROOM_A, Place

FILES = sorted((Path(__file__).parent / "google").glob("*.json"))
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def begins(expect: dict[str, str]) -> datetime:
    """Return when a shape begins, or some moment for one that does not say."""
    if "start" in expect:
        return datetime.fromisoformat(expect["start"])
    return datetime.combine(date.fromisoformat(expect.get("first", "2025-04-01")), datetime.min.time(), UTC)


def local(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(AMSTERDAM).strftime("%Y-%m-%dT%H:%M")


def test_there_are_shapes_enough() -> None:
    assert len(FILES) >= 40
    assert all(read(file)["source"] for file in FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_recorded_shape_is_read_rightly(file: Path) -> None:
    content = read(file)
    item, expect = item_of(ROOM_A, content["shape"]), content["expect"]
    match item:
        case Tombstone():
            assert expect == {"tombstone": True}
        case Unusable(_, reason):
            assert expect == {"unusable": reason}
        case Event(when=Timed(start, end)):
            assert expect == {"start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "end": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
        case Event(when=AllDay(first, until)):
            assert expect == {"first": str(first), "until": str(until)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_pull_of_a_recorded_shape_books_the_right_time_or_nothing(file: Path, tmp_path: Path) -> None:
    content = read(file)
    expect, shape = content["expect"], content["shape"]
    place = Place(tmp_path, begins(expect).replace(hour=8, minute=0, second=0) - timedelta(days=2))
    place.activate(inbound={"import_existing": True})
    place.google("POST", f"calendars/{ROOM_A}/recorded", {"items": [shape]})
    place.settle(30)
    booked = [(each["from"], each["till"]) for each in place.bookings()]
    if content["why_not"] or not {"start", "first"} & expect.keys():
        assert booked == []
    elif "start" in expect:
        assert booked == [(local(expect["start"]), local(expect["end"]))]
    else:
        assert [(each[:10], until[:10]) for each, until in booked] == [(expect["first"], expect["until"])]
    parked = [each["reason"] for each in place.api("GET", "/7/parked")]
    assert parked == ([expect["unusable"]] if expect.get("unusable", "out_of_range") != "out_of_range" else [])
    assert not [line for line in place.log if line["event"] == "error"]
    place.leave()
