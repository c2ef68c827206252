"""A browser, the stage, and axe: what a person and a screen reader meet. Without a browser these skip; in CI they fail."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright

from sandbox.stage import CLIENT_ID, KEY, SECRETS, Stage, StageError
from tests.conftest import launched, missing
from tests.harness.place import Place

HERE = Path(__file__).parent
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Between these two lies any font and what people set for themselves, so a page that holds in both needs no font's luck.
TIGHT = "* { line-height: 0.6 !important; letter-spacing: -0.2em !important; }"
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }"""  # https://www.w3.org/TR/WCAG22/#text-spacing
VIOLATIONS = """async ([rules, without]) => {
  const left = Object.fromEntries(without.map(name => [name, {enabled: false}]));
  const found = await axe.run({runOnly: rules, rules: left, resultTypes: ["violations"]});
  return found.violations.flatMap(v => v.nodes.map(node => `${v.id}: ${v.help} ${node.html.slice(0, 160)}`));
}"""
FAINT = (HERE / "faint.js").read_text()
RESTYLE = "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }"


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core, fetched by `npm ci` where it is not there yet."""
    with (HERE / "package.json").open() as lock:  # several workers of one run ask at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not AXE.exists() and shutil.which("npm"):
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=HERE, check=False)
    if not AXE.exists():
        missing("axe-core is missing; run `npm ci` in tests/browser (needs Node.js)")
    return AXE.read_text()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A product in one process, for what needs no second one."""
    place = Place(tmp_path, on_disk=True)  # filled with thousands of rows at once
    yield place
    place.leave()


@pytest.fixture(scope="session")
def whole_stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


@pytest.fixture
def stage(whole_stage: Stage) -> Stage:
    """The stage without integrations, bookings and events."""
    for each in whole_stage.api("GET", ""):
        if each["state"] != "draft":
            whole_stage.api("POST", f"/{each['id']}/deactivate")
        whole_stage.api("DELETE", f"/{each['id']}?events=keep")
    whole_stage.control("google", "POST", "reset")
    whole_stage.control("ireserve", "POST", "reset")
    redirects = [f"{whole_stage.product}/integrations/redirect/{name}" for name in ("1", "7")]
    secret = SECRETS["google_client_secret"]
    client = {"client_id": CLIENT_ID, "client_secret": secret, "redirect_uris": redirects}
    whole_stage.control("google", "POST", "clients", client)
    return whole_stage


@pytest.fixture(scope="session")
def unseen(playwright: Playwright) -> Iterator[Browser]:
    """A browser that lays pages out and, unless pictures are asked for, draws nothing: nothing in it can be clicked."""
    with launched(playwright, *([] if os.environ.get("PICTURES") else ["--disable-threaded-compositing"])) as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser, stage: Stage) -> Iterator[Page]:
    """A signed-in page in English, 1280 wide; the browser's console must stay empty."""
    yield from signed_in(chromium, stage, "en", 1280)


def signed_in(chromium: Browser, stage: Stage, language: str, width: int, **options: Any) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce", **options)
    context.set_default_timeout(60_000)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{stage.product}/console/?key={KEY}")
    assert "key=" not in page.url
    page.goto(f"{stage.product}/console/language/{language}?back=/console/")
    yield page
    context.close()
    refused = ("status of 4", "status of 5")  # pages that refuse something say so with their status
    assert [text for text in said if not any(part in text for part in refused)] == []


@pytest.fixture
def check(axe: str) -> Callable[..., None]:
    """Check a page with axe, its contrast by day and by night, and for sideways scrolling, in any font and at any zoom."""

    def checked(page: Page) -> None:
        page.evaluate(axe)
        axe_finds(page, RULES, "as it is", without=["color-contrast"])
        is_readable(page, "as it is")
        size = page.viewport_size
        assert size
        page.evaluate(RESTYLE, TIGHT)  # in which whatever is clicked is smallest
        axe_finds(page, ["target-size"], TIGHT)
        page.evaluate(RESTYLE, SPACED)  # in which everything is widest
        with resizing(page) as resize:
            for width in sorted({320, max(320, size["width"] // 2), size["width"]}):  # 400, 200, 100 %
                resize(width)
                fits(page, f"{width} wide with {SPACED}")
            resize(size["width"])
        page.evaluate(RESTYLE, "")
        says_all(page)

    return checked


@pytest.fixture
def glance(axe: str) -> Callable[..., None]:
    """Check what hangs on what a page holds: axe, contrast by day and by night, wide and narrow, and that nothing is cut or unnamed."""

    def glanced(page: Page) -> None:
        page.evaluate(axe)
        axe_finds(page, RULES, "as it is", without=["color-contrast"])
        is_readable(page, "as it is")
        size = page.viewport_size
        assert size
        with resizing(page) as resize:
            resize(320)
            fits(page, "320 wide")
            axe_finds(page, ["target-size"], "320 wide")
            is_readable(page, "320 wide")
            resize(size["width"])
        says_all(page)

    return glanced


def axe_finds(page: Page, rules: list[str], seen: str, *, without: Sequence[str] = ()) -> None:
    """Fail where axe finds something; axe must have been read into the page.

    Axe describes each element that breaks a rule; describing those that do not as well was most of its work.
    """
    told = page.evaluate(VIOLATIONS, [rules, without])
    assert told == [], f"{page.url} {seen}: {told}"


def is_readable(page: Page, seen: str) -> None:
    """Fail where a text is too faint, by night or by day; the page is left by day."""
    page.emulate_media(color_scheme="dark")
    by_night = page.evaluate(FAINT)
    page.emulate_media(color_scheme="light")
    told = [by_night, page.evaluate(FAINT)]
    assert told == [[], []], f"{page.url} {seen}, by night and by day: {told}"


@contextmanager
def resizing(page: Page) -> Iterator[Callable[[int], None]]:
    """Give what changes the width that a page sees; the window stays: to resize that too costs three times as much."""
    assert page.viewport_size
    seen = {"height": page.viewport_size["height"], "deviceScaleFactor": 1, "mobile": False}
    session = page.context.new_cdp_session(page)

    def resize(width: int) -> None:
        session.send("Emulation.setDeviceMetricsOverride", {**seen, "width": width})
        assert page.evaluate("innerWidth") == width

    yield resize
    session.detach()


def fits(page: Page, seen: str) -> None:
    wide, high = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= high, f"{page.url} {seen} scrolls sideways: {wide} > {high}"


def says_all(page: Page) -> None:
    """Fail where a text is missing: its key stands in its place."""
    assert "[" not in page.title(), page.title()
    assert "[field." not in (page.text_content("body") or "")


@pytest.fixture
def active(stage: Stage) -> Stage:
    """The stage with the example integration, active."""
    stage.set_up("7", inbound={"allow_booking_update": True})
    until_filled(stage)
    return stage


def until_filled(stage: Stage) -> None:
    def filled() -> bool:
        backfill = stage.api("GET", "/7")["backfill"]
        return bool(backfill and backfill["finished_at"])

    try:
        stage.until(filled, what="the first fill")
    except StageError as error:
        pytest.fail(str(error))
