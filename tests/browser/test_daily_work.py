"""From day to day: diagnosis and its buttons, finding a booking, undo, held removals, changed settings, live pages."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from sandbox.stage import ROOM_A, ROOM_B, Stage
from tests.browser.test_screens import open_screen
from tests.harness.machine_clock import ahead

Check = Callable[..., None]


def booked(stage: Stage, day: int = 1) -> str:
    booking = stage.booking(**{"from": ahead(day, "10:00"), "till": ahead(day, "11:00")})
    stage.until(lambda: stage.read_booking(booking)["external_id"], what="the event's id in the booking")
    return booking


def check_named(page: Page, name: str) -> str:
    """Return the level of the worst check of a name."""
    levels = page.locator(f"[data-check={name}]").evaluate_all("all => all.map(e => e.className)")
    return next((level for level in ("red", "amber", "green") if level in levels), "")


def again(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name="Test again").click()


def test_a_booking_is_found_with_both_sides_and_the_journal_grows_by_itself(
    page: Page, active: Stage, glance: Check
) -> None:
    open_screen(page, active, "journal")
    expect(page.locator("main")).to_contain_text("Nothing was written yet")
    booking = booked(active)
    expect(page.locator("#rows")).to_contain_text("The event was made")
    open_screen(page, active, "find")
    page.get_by_label("Booking", exact=True).fill(booking)
    page.get_by_role("button", name="Find").click()
    expect(page.locator("#verdict")).to_contain_text("are in step")
    expect(page.locator(".sides")).to_contain_text(f"Zaal A - {booking}")
    glance(page)
    page.get_by_role("button", name="Synchronise now").click()
    expect(page.get_by_role("status")).to_contain_text("synchronised now")
    unwanted = active.booking(**{"from": ahead(2, "10:00"), "till": ahead(2, "11:00"), "status_code": 90})
    open_screen(page, active, f"find?q={unwanted}")
    expect(page.locator("#verdict")).to_contain_text("its status closed (90) makes none")


def test_what_a_person_did_in_google_is_undone_after_a_preview(page: Page, active: Stage, check: Check) -> None:
    booking = booked(active)
    event = active.events(ROOM_A)[0]
    zone = {"timeZone": "Europe/Amsterdam"}
    moved = {
        "start": {"dateTime": f"{ahead(1, '14:00')}:00", **zone},
        "end": {"dateTime": f"{ahead(1, '15:00')}:00", **zone},
    }
    active.control("google", "PATCH", f"calendars/{ROOM_A}/events/{event['id']}", moved)
    active.until(lambda: "T14:00" in str(active.read_booking(booking)), what="the booking's new time")
    open_screen(page, active, "journal")
    page.get_by_role("link", name="Undo").first.click()
    expect(page.locator("main")).to_contain_text("do not come back")
    check(page)
    page.get_by_role("button", name="Undo now").click()
    expect(page.get_by_role("status")).to_contain_text("Undo", ignore_case=True)
    active.until(lambda: "T10:00" in str(active.read_booking(booking)), what="the booking's former time")


def test_held_removals_are_restored_and_carried_out(page: Page, stage: Stage, check: Check) -> None:
    asks = {"deleted_event": "ask", "allow_booking_update": True}
    stage.set_up("7", inbound=asks, sync={"cancel_grace_seconds": 0})
    first, second = booked(stage, 1), booked(stage, 2)
    for event in stage.events(ROOM_A):
        stage.control("google", "DELETE", f"calendars/{ROOM_A}/events/{event['id']}")
    stage.until(lambda: len(stage.api("GET", "/7/held")) == 2, what="two held items")
    open_screen(page, stage, "waiting")
    check(page)
    page.get_by_role("button", name=f"Keep {first}").click()
    expect(page.get_by_role("status")).to_contain_text("Kept")
    page.get_by_role("button", name=f"Carry out {second}").click()
    expect(page.locator("main")).to_contain_text("The removal will be carried out")
    check(page)
    page.get_by_role("button", name="Yes, carry out").click()
    expect(page.get_by_role("status")).to_contain_text("carried out")
    stage.until(lambda: len(stage.events(ROOM_A)) == 1, what="one event again")
    assert str(stage.read_booking(second)["status_code"]) == "70"


def test_a_changed_template_shows_its_plan_before_anything_is_saved(page: Page, active: Stage, check: Check) -> None:
    booking = booked(active)
    open_screen(page, active, "outbound")
    page.get_by_label("Template for the title").fill("Booking {BOOKING_NUMBER}")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What this change would do")
    expect(page.locator("main")).to_contain_text("change an event")
    check(page)
    assert active.events(ROOM_A)[0]["summary"] == f"Zaal A - {booking}"
    page.get_by_role("button", name="Apply to all").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved")
    active.until(lambda: active.events(ROOM_A)[0]["summary"] == f"Booking {booking}", what="the new title")
    open_screen(page, active, "history")
    expect(page.locator("main")).to_contain_text("Template for the title")


def test_each_check_turns_red_or_amber_and_is_mended_from_there(page: Page, active: Stage, glance: Check) -> None:
    open_screen(page, active, "diagnostics")
    assert check_named(page, "google") == "green"
    assert check_named(page, "ireserve") == "green"
    assert check_named(page, "calendar") == "green"
    assert check_named(page, "hooks") == "green"
    assert "@" not in page.locator("#diagnosis-text").input_value()

    active.control("google", "PATCH", f"calendars/{ROOM_B}", {"access_role": "reader"})
    again(page)
    assert check_named(page, "calendar") == "red"
    active.control("google", "PATCH", f"calendars/{ROOM_B}", {"access_role": "owner"})

    active.control("ireserve", "PATCH", "users/api_calendar", {"password": "another"})
    again(page)
    assert check_named(page, "ireserve") == "red"
    glance(page)
    page.locator("[data-check=ireserve]").get_by_role("link").click()
    page.get_by_label("Password").fill("another")
    page.get_by_role("button", name="Save").click()
    open_screen(page, active, "diagnostics")
    assert check_named(page, "ireserve") == "green"

    active.control("google", "POST", "tokens/revoke", {})
    active.control("google", "POST", "tokens/expire-access", {})
    again(page)
    assert check_named(page, "google") == "red"
    page.locator("[data-check=google]").get_by_role("link").click()
    page.get_by_role("link", name="Step 1: consent").click()
    page.get_by_role("button", name="Allow").click()
    page.get_by_role("button", name="Step 2").click()
    open_screen(page, active, "diagnostics")
    assert check_named(page, "google") == "green"


def test_the_probe_is_followed_to_its_end(page: Page, stage: Stage, check: Check) -> None:
    stage.set_up("7", activate=False)
    real = stage.booking(**{"from": ahead(5, "10:00"), "till": ahead(5, "11:00")})
    test = stage.booking(**{"from": ahead(6, "10:00"), "till": ahead(6, "11:00"), "remarks": "TEST"})
    open_screen(page, stage, "activation")
    page.get_by_label("Number of a test booking").fill(real)
    page.get_by_label("Number of an object to try on").fill("12")
    page.get_by_role("button", name="Run the probe").click()
    expect(page.locator("#probe")).to_contain_text("may be a real one")
    assert page.get_by_label("Number of a test booking").input_value() == real
    check(page)
    page.get_by_label("Number of a test booking").fill(test)
    page.get_by_role("button", name="Run the probe").click()
    expect(page.locator("#probe-state")).to_contain_text("Under way")
    page.reload()
    expect(page.locator("#probe-state")).to_contain_text(f"Done on booking {test}", timeout=60_000)
    page.reload()
    expect(page.locator("#probe")).to_contain_text("What was found out")
    check(page)


def test_pages_that_refuse_are_accessible_too(page: Page, stage: Stage, check: Check) -> None:
    page.goto(f"{stage.product}/console/integrations/no-such")
    check(page)
    page.goto(f"{stage.product}/console/")
    page.get_by_role("button", name="Sign out", exact=True).click()
    check(page)
    page.get_by_label("Console key").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not the console key")
    check(page)
