"""What looks at pages finds what is wrong with them: each of these pages has one fault, which shows in some looks only."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import is_readable

Seen = Callable[[Page], None]
SOUND = """<!doctype html><html lang="en"><head><title>Bookings</title>
<meta name="viewport" content="width=device-width">
<style>:root {{ color-scheme: light dark; }} body {{ background: Canvas; color: CanvasText; font: 16px monospace; }}
button {{ min-width: 24px; min-height: 24px; font: inherit; }} {style}</style></head>
<body><main><h1>Bookings</h1><p class="card"><span>Room A</span></p><p><button>A</button><button>B</button></p>
<label for="room">Room</label> <input id="room"> {body}</main></body></html>"""
BY_NIGHT, NARROW = "@media (prefers-color-scheme: dark) {{ {} }}", "@media (max-width: 400px) {{ {} }}"
FAINT = {
    "a text": ".card { color: #888; }",
    "a text by night": BY_NIGHT.format(".card { color: #777; }"),
    "what a text is written on": ".card { background: #666; color: black; } span { background: #66666600; }",
    "what is typed": "input { color: #aaa; background: white; }",
    "a ground that shines through": ".card { background: #ffffffaa; }",
}
GLANCED = {
    "a text that is faint by night in a narrow window": (NARROW.format(BY_NIGHT.format(".card { color: #777; }")), ""),
    "a field without a name": ("", "<input id='other'>"),
    "a page that is too wide for a telephone": ("", "<p style='width: 400px'>wide</p>"),
    "buttons too small to hit on a telephone": (NARROW.format("button { all: unset; font: 9px/9px monospace; }"), ""),
    "a text that is missing": ("", "<p>[field.name]</p>"),
}
CHECKED = {
    "buttons too small in a tight font": ("button { all: unset; font-size: 24px; }", ""),
    "a line too wide when it is spaced": (
        ".card { white-space: nowrap; }",
        "<p class='card'>Thirty letters in one line here</p>",
    ),
}


@pytest.fixture(scope="module")
def page(unseen: Browser) -> Page:
    return unseen.new_page(viewport={"width": 1280, "height": 900})


def shown(page: Page, style: str = "", body: str = "") -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.set_content(SOUND.format(style=style, body=body))


@pytest.mark.parametrize("fault", FAINT)
def test_what_cannot_be_read_is_found(page: Page, fault: str) -> None:
    shown(page, FAINT[fault])
    with pytest.raises(AssertionError, match="rgb"):
        is_readable(page, fault)


@pytest.mark.parametrize("fault", GLANCED)
def test_a_glance_finds(page: Page, glance: Seen, fault: str) -> None:
    shown(page, *GLANCED[fault])
    with pytest.raises(AssertionError):
        glance(page)


@pytest.mark.parametrize("fault", CHECKED)
def test_a_check_finds(page: Page, check: Seen, fault: str) -> None:
    shown(page, *CHECKED[fault])
    with pytest.raises(AssertionError):
        check(page)


def test_a_sound_page_passes(page: Page, glance: Seen, check: Seen) -> None:
    shown(page)
    glance(page)
    check(page)
