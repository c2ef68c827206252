"""Every page in the states people meet it in: empty, begun, quiet, usual, full, refused, with long names and faults, and to a reader.

With PICTURES=<folder> each page is also pictured: in both languages, light and dark, 1280 and 390 wide, or as many of
these as VIEWS names, such as `nl-390-dark`.
"""

import os
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import states
from tests.browser.conftest import axe_finds
from tests.browser.states import opened
from tests.harness.place import KEY, PRODUCT, Place

Seen = Callable[[Page], None]
SEND = """([address, typed]) => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: address});
  for (const [name, values] of Object.entries(typed))
    for (const value of [values].flat()) form.append(Object.assign(document.createElement("input"), {name, value}));
  document.body.append(form);
  form.submit();
}"""
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
GROWING = ("mapping", "authentication", "day", "find?q=zaal", "waiting", "journal", "diagnostics", "history")
LONG = (
    *("mapping", "outbound", "activation", "day?date=2026-11-24", "find?q=1001", "find?q=1002", "find?q=donau"),
    *("audit", "waiting", "journal", "diagnostics", "history"),
)
# Those of each state on which an element stands that no other page here has: with the same tag, classes and attributes, below
# the same others. The rest would only be the same once more.
STATES: dict[str, tuple[Callable[[Place], None], tuple[str, ...]]] = {
    "draft": (states.draft, ("", "ireserve", "activation", "delete")),
    "quiet": (states.quiet, ("day", "find?q=1001", "audit")),
    "full": (states.full, GROWING),
    "refused": (
        states.refused,
        ("", "ireserve", "authentication", "mapping", "outbound", "day", "find?q=zaal", "find?q=1001", "diagnostics"),
    ),
    "long": (states.long_names, ("", *LONG)),
}
FAULTY: dict[str, dict[str, str]] = {
    "": {"timezone": "Mars/Base"},
    "ireserve": {"ireserve.base_url": "nowhere", "ireserve.username": ""},
    "outbound": {"outbound.title_template": "{NOPE}", "outbound.reminder_popup_minutes": "soon", "other.code": "x"},
    "inbound": {"inbound.status": "70"},
    "sync": {"sync.window_days.0": "many", "alerts.email": "nobody"},
    "mapping": {"rows": "1", "mapping.0.object": "Zaal Z", "mapping.0.calendar": "primary"},
    "dialect": {"status_lag_seconds": "many"},
    "probe": {"booking": "9999", "object": "12"},
    "deactivate": {},
}
LIKE_OTHERS = {"inbound", "deactivate"}  # pictured only


def below(screens: tuple[str, ...]) -> tuple[str, ...]:
    return (f"{PRODUCT}/console/", *(f"{HERE}/{screen}".rstrip("/") for screen in screens))


def photographed(page: Page, into: str, name: str) -> None:
    """Take a picture of the whole page, where pictures are asked for."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / into / f"{name}.png", full_page=True)


def viewed(chromium: Browser, place: Place, **options: Any) -> Iterator[tuple[str, Page]]:
    """Open a page in each view that pictures are asked of, with the view's name."""
    if not os.environ.get("PICTURES"):
        return
    for language, width, scheme in product(("nl", "en"), (1280, 390), ("light", "dark")):
        view = f"{language}-{width}-{scheme}"
        if view in os.environ.get("VIEWS", view):
            with opened(chromium, place, language, width, scheme=scheme, **options) as page:
                yield view, page


def pictured(chromium: Browser, place: Place, name: str, paths: tuple[str, ...], *, key: str = KEY) -> None:
    """Take the pictures of pages, where that is asked for."""
    for view, page in viewed(chromium, place, key=key):
        for path in paths:
            page.goto(path)
            file = path.removeprefix(HERE).removeprefix(PRODUCT).strip("/").replace("?", "-").replace("/", "-")
            photographed(page, f"{name}/{view}", file or "home")


def token_of(page: Page) -> str:
    """Return the token that forms need, from the page that is open; only the first one is opened for it."""
    tokens = page.locator('input[name="csrf_token"]')
    if not tokens.count():
        page.goto(HERE)
    return tokens.first.input_value()


def sent_back(page: Page, screen: str, typed: dict[str, str]) -> None:
    """Send a form, and wait until it comes back with its faults or asks for a confirmation."""
    token = token_of(page)
    with page.expect_navigation():
        page.evaluate(SEND, [f"{HERE}/{screen}".rstrip("/"), {**typed, "csrf_token": token}])
    expect(page.locator(".note.bad, .note.warn, .fault, #changed").first).to_be_visible()


@pytest.mark.parametrize("state", STATES)
def test_every_page_is_accessible_and_fits(unseen: Browser, place: Place, glance: Seen, state: str) -> None:
    make, screens = STATES[state]
    make(place)
    with opened(unseen, place, "nl", 1280) as page:
        for path in below(screens):
            page.goto(path)
            glance(page)
    pictured(unseen, place, state, below((*SET_UP, *DAILY)))


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("nl", 420)])
def test_every_page_holds_in_any_font_and_at_any_zoom(
    unseen: Browser, place: Place, check: Callable[..., None], language: str, width: int
) -> None:
    states.usual(place)
    with opened(unseen, place, language, width) as page:
        for path in below((*SET_UP, *DAILY, "delete")):
            page.goto(path)
            check(page)
            assert page.locator("html").get_attribute("lang") == language
            if language == "en":  # as a control of our own look
                page.emulate_media(color_scheme="dark")
                axe_finds(page, ["color-contrast"], "in the dark")
    if language == "en":
        pictured(unseen, place, "usual", below((*SET_UP, *DAILY, "delete")))


def test_pages_of_a_reader_and_of_an_empty_product_are_accessible(unseen: Browser, place: Place, glance: Seen) -> None:
    with opened(unseen, place, "nl", 1280) as page:
        page.goto(f"{PRODUCT}/console/")
        glance(page)
    pictured(unseen, place, "empty", (f"{PRODUCT}/console/", f"{PRODUCT}/console/no/such/page"))
    states.usual(place)
    with opened(unseen, place, "nl", 1280, key=states.READER_KEY) as page:
        for path in below(("", "authentication", "mapping", "outbound", "dialect"))[1:]:
            page.goto(path)
            glance(page)
        page.goto(f"{HERE}/ireserve")
        expect(page.locator(".look.card").first).not_to_have_css("padding-top", "0px")
    pictured(unseen, place, "reader", below((*SET_UP, *DAILY)), key=states.READER_KEY)


def test_pages_that_send_a_form_back_are_accessible(unseen: Browser, place: Place, glance: Seen) -> None:
    states.usual(place)
    with opened(unseen, place, "nl", 1280) as page:
        for screen, typed in FAULTY.items():
            sent_back(page, screen, typed)
            if screen not in LIKE_OTHERS:
                glance(page)
    for view, page in viewed(unseen, place):
        for screen, typed in FAULTY.items():
            sent_back(page, screen, typed)
            photographed(page, f"faulty/{view}", screen or "home")
        page.goto(f"{HERE}/journal")
        page.goto(f"{PRODUCT}{page.locator('a[href$=undo]').first.get_attribute('href')}")
        photographed(page, f"faulty/{view}", "undo")
