"""The page to work in by hand, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from google_in_process import ROOM_A, ROOM_B, Clock, meeting

from sandbox.google.serving import Server
from sandbox.google.world.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

HOUR = 44


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(World(clock=Clock())).start()
    yield running
    running.close()


@pytest.fixture
def page(server: Server, chromium: Any) -> Iterator[Any]:
    """The day view on 10 March 2026, in a browser; errors of the page fail the test."""
    opened, errors = chromium.new_page(viewport={"width": 1280, "height": 860}), list[Any]()
    opened.on("pageerror", lambda error: errors.append(error))  # noqa: PLW0108 playwright marks its handlers
    opened.goto(f"{server.address}/?view=day&from=2026-03-10")
    yield opened
    opened.close()
    assert errors == []


def control(server: Server, method: str, path: str, content: Any = None) -> Any:
    return requests.request(method, f"{server.address}/control/{path}", json=content, timeout=60).json()


def test_a_person_drags_an_event_to_another_time_and_calendar_and_edits_it(server: Server, page: Any) -> None:
    control(server, "POST", f"calendars/{ROOM_A}/events", meeting(id="drag00"))
    block = page.locator(f".event[data-id='drag00'][data-calendar='{ROOM_A}']")
    block.wait_for(timeout=60_000)
    box, target = block.bounding_box(), page.locator(f".day[data-calendar='{ROOM_B}']").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(target["x"] + 40, box["y"] + 10 + 2 * HOUR, steps=5)
    page.mouse.up()
    page.locator(f".event[data-id='drag00'][data-calendar='{ROOM_B}']").wait_for(timeout=60_000)
    page.wait_for_function("document.querySelector('.event time').textContent === '12:00–13:00'", timeout=60_000)
    moved = control(server, "GET", f"calendars/{ROOM_B}/events/drag00")
    assert moved["start"]["dateTime"] == "2026-03-10T12:00:00+01:00"
    page.locator(".event[data-id='drag00']").click()
    page.get_by_label("Title").fill("By hand")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="By hand").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Restore By hand").click()
    page.get_by_role("link", name="By hand, 2026-03-10 12:00, Room B").wait_for(timeout=60_000)
