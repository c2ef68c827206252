"""Every page in the states people meet it in: empty, begun, quiet, usual, full, refused, with faults, and to a reader.

With PICTURES=<folder> each page is also pictured: in both languages, light and dark, 1280 and 390 wide.
"""

import os
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import states
from tests.browser.states import opened
from tests.harness.place import PRODUCT, Place

Glance = Callable[[Page], None]
HERE = f"{PRODUCT}/console/integrations/7"
SET_UP = ("", "ireserve", "authentication", "mapping", "outbound", "inbound", "sync", "activation", "dialect")
DAILY = (
    "day",
    "day?days=7",
    "find",
    "find?q=zaal",
    "find?q=1001",
    "audit",
    "waiting",
    "journal",
    "diagnostics",
    "history",
)
STATES: dict[str, tuple[Callable[[Place], None], tuple[str, ...]]] = {
    "draft": (states.draft, (*SET_UP, "delete", "find", "journal", "diagnostics", "history")),
    "quiet": (states.quiet, DAILY),
    "usual": (states.usual, (*SET_UP, *DAILY, "delete")),
    "full": (states.full, (*SET_UP, *DAILY)),
    "refused": (states.refused, (*SET_UP, *DAILY)),
}
FAULTY: dict[str, dict[str, str]] = {
    "": {"timezone": "Mars/Base"},
    "ireserve": {"ireserve.base_url": "nowhere", "ireserve.username": ""},
    "outbound": {"outbound.title_template": "{NOPE}", "outbound.reminder_popup_minutes": "soon", "other.code": "x"},
    "inbound": {"inbound.status": "70"},
    "sync": {"sync.window_days.0": "many", "alerts.email": "nobody"},
    "mapping": {"rows": "1", "mapping.0.object": "Zaal Z", "mapping.0.calendar": "primary"},
    "dialect": {"answer_seconds": "many"},
    "activate": {},
    "probe": {"booking": "9999", "object": "12"},
    "deactivate": {},
}


def pictured(chromium: Browser, place: Place, name: str, paths: tuple[str, ...], *, reader: bool = False) -> None:
    """Take the pictures of pages, where that is asked for."""
    folder = os.environ.get("PICTURES")
    if not folder:
        return
    for language, width, scheme in product(("nl", "en"), (1280, 390), ("light", "dark")):
        if f"{language}-{width}-{scheme}" not in os.environ.get("VIEWS", f"{language}-{width}-{scheme}"):
            continue
        with opened(chromium, place, language, width, reader=reader, scheme=scheme) as page:
            for path in paths:
                page.goto(path)
                file = path.removeprefix(HERE).strip("/").replace("?", "-").replace("/", "-") or "home"
                into = Path(folder) / name / f"{language}-{width}-{scheme}"
                into.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=into / f"{file.removeprefix('http:--127.0.0.1:8080-')}.png", full_page=True)


@pytest.mark.parametrize("state", STATES)
def test_every_page_is_accessible_and_fits(chromium: Browser, place: Place, glance: Glance, state: str) -> None:
    make, screens = STATES[state]
    make(place)
    paths = tuple(f"{HERE}/{screen}".rstrip("/") for screen in screens)
    with opened(chromium, place, "nl", 1280) as page:
        for path in (f"{PRODUCT}/console/", *paths):
            page.goto(path)
            glance(page)
    pictured(chromium, place, state, (f"{PRODUCT}/console/", *paths))
