"""Makes the pictures in docs/pictures from a running stage, so that they stay true: `python -m docs.pictures`.

Needs the libraries of tests/requirements.txt and Chromium; another browser can be named with CHROMIUM.
"""

import os
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, sync_playwright

from sandbox.side_by_side.app import Addresses, serve
from sandbox.stage import KEY, ROOM_A, ROOM_B, Stage, free_port

FOLDER = Path(__file__).parent / "pictures"
LARGEST = 200_000  # bytes
REQUEST = 11  # a status that no list names
ZONE = "Europe/Amsterdam"
BOOKED = ((0, 10, "09:00", "10:30"), (0, 11, "10:00", "12:00"), (1, 10, "13:00", "14:00"), (2, 11, "19:00", "21:00"))


def monday() -> date:
    """Return the Monday of next week, so that all fits on one page of a calendar."""
    today = datetime.now(ZoneInfo(ZONE)).date()
    return today + timedelta(days=7 - today.weekday())


def ahead(days: int, at: str) -> str:
    """Return a local time so many days after that Monday."""
    return f"{monday() + timedelta(days=days)}T{at}"


def furnish(stage: Stage) -> None:
    """Book some halls, connect, and look at the plan before anything is active."""
    stage.set_up("7", activate=False)
    for day, thing, start, end in BOOKED:
        stage.booking(object_id=thing, **{"from": ahead(day, start), "till": ahead(day, end), "remarks": "Training"})
    stage.booking(**{"from": ahead(3, "10:00"), "till": ahead(3, "11:00"), "status_code": REQUEST})
    stage.api("GET", "/7/plan?refresh=1")


def live(stage: Stage) -> None:
    """Activate, and let a person draw an event that becomes a booking."""
    stage.api("POST", "/7/activate")
    stage.until(lambda: len(stage.events(ROOM_A)) + len(stage.events(ROOM_B)) == len(BOOKED), what="the first fill")
    times = {
        name: {"dateTime": f"{ahead(0, at)}:00", "timeZone": ZONE}
        for name, at in (("start", "15:30"), ("end", "17:00"))
    }
    stage.control("google", "POST", f"calendars/{ROOM_A}/events", {"summary": "Vergadering", **times})
    made = len(BOOKED) + 2
    stage.until(lambda: len(stage.control("ireserve", "GET", "bookings")["bookings"]) == made, what="the new booking")


def take(page: Page, address: str, name: str, height: int = 900) -> None:
    """Take one picture; raises ValueError where it is too large to be looked at on a phone."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.set_viewport_size({"width": 1180, "height": height})
    file = FOLDER / f"{name}.png"
    page.screenshot(path=file)
    if file.stat().st_size > LARGEST:
        raise ValueError(f"{file} is larger than {LARGEST} bytes; make it lower")


def main() -> None:
    """Make all pictures."""
    FOLDER.mkdir(exist_ok=True)
    browser_path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with Stage() as stage, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1180, "height": 900}, color_scheme="light")
        furnish(stage)
        page.goto(f"{stage.product}/console/?key={KEY}")
        page.goto(f"{stage.product}/console/language/en")
        console = f"{stage.product}/console/integrations/7"
        take(page, f"{console}/activation#plan", "console-plan", 760)
        take(page, f"{console}/outbound#g-status", "console-statuses", 760)
        live(stage)
        stage.api("POST", "/7/audit")
        stage.until(lambda: stage.api("GET", "/7/audit").get("finished_at"), what="the audit")
        take(page, f"{console}/audit", "console-audit", 760)
        take(page, f"{console}/authentication", "console-authentication", 1150)
        take(page, f"{console}/mapping", "console-mapping", 680)
        take(page, f"{console}/diagnostics", "console-diagnostics", 1150)
        take(page, f"{console}/find?q=1001", "console-find")
        take(page, f"{stage.google}/?from={monday()}", "sandbox-google")
        take(page, f"{stage.ireserve}/?day={monday()}", "sandbox-ireserve")
        both = serve(Addresses(stage.product, stage.google, stage.ireserve, KEY, "7"), free_port())
        take(page, f"{both}?day={monday()}", "sandbox-side-by-side", 760)
        browser.close()


if __name__ == "__main__":
    main()
