"""From an empty product to a synced booking, as the set-up guide says: with the mouse, and with the keyboard alone."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from sandbox.stage import CLIENT_ID, ROOM_A, Stage
from tests.harness.machine_clock import ahead

Check = Callable[..., None]


def booking_reaches_google(stage: Stage) -> None:
    # the lists of statuses are left as they begin; a factory-fresh i-Reserve would make it 10
    booking = stage.booking(**{"from": ahead(1, "10:00"), "till": ahead(1, "11:00"), "status_code": 20})
    events = stage.until(lambda: stage.events(ROOM_A), what="the event")
    assert events[0]["summary"] == f"Zaal A - {booking}"


def test_an_administrator_gets_from_nothing_to_a_synced_booking_with_the_mouse(
    page: Page, stage: Stage, check: Check, glance: Check
) -> None:
    glance(page)
    page.get_by_label("Name").fill("Sportcentrum Noord")
    page.get_by_label("Language").select_option("nl")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("was added")

    page.get_by_label("Address of the interface").fill(f"{stage.ireserve}/api/rest")
    page.get_by_label("User", exact=True).fill("api_calendar")
    page.get_by_label("Password").fill("sandbox")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#test")).to_contain_text("i-Reserve answers, with 6 objects")
    glance(page)

    page.get_by_role("link", name="Next: Authentication").click()
    expect(page.get_by_role("button", name="Step 1: consent")).to_be_disabled()
    expect(page.locator("#why1")).to_contain_text("Client ID, Client secret")
    page.get_by_label("Client ID").fill(CLIENT_ID)
    page.get_by_label("Client secret").fill("sandbox-secret")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_label("Return url").input_value() == f"{stage.product}/integrations/redirect/1"
    expect(page.get_by_role("button", name="Step 2")).to_be_disabled()
    page.get_by_role("link", name="Step 1: consent").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.locator("#steps")).to_contain_text("Consent was given")
    glance(page)
    page.get_by_role("button", name="Step 2: connect to Google Calendar").click()
    check(page)
    page.get_by_role("button", name="Yes, connect as planner@example.org").click()
    expect(page.get_by_role("status")).to_contain_text("Connected to Google Calendar")
    expect(page.get_by_role("cell", name=ROOM_A)).to_be_visible()
    glance(page)

    page.get_by_role("link", name="Next: Object → calendar").click()
    page.get_by_label("Calendar of Zaal A").select_option(label="Room A")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main")).to_contain_text("gets no events")
    glance(page)

    for following in ("Outbound", "Inbound", "Timing and alerts", "Activation"):
        page.get_by_role("button", name=f"Save, next: {following}").click()
        expect(page.get_by_role("status").first).to_contain_text("Saved")
    glance(page)
    expect(page.locator(".checks")).not_to_contain_text("not yet")
    page.get_by_role("button", name="Make a plan").click()
    expect(page.locator("#plan")).to_contain_text("Nothing would be changed")
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_role("status")).to_contain_text("Activated")
    booking_reaches_google(stage)


def test_the_same_path_with_the_keyboard_alone(page: Page, stage: Stage) -> None:
    keys = page.keyboard

    def at() -> str:
        return str(
            page.evaluate(
                "(e => (e.labels && e.labels[0] ? e.labels[0].innerText : e.getAttribute('aria-label') || e.innerText || '').trim())(document.activeElement)"
            )
        )

    def go(name: str, *, most: int = 80) -> None:
        for _ in range(most):
            if at() == name:
                return
            keys.press("Tab")
        raise AssertionError(f"{name} cannot be reached with Tab on {page.url}")

    def type_into(name: str, text: str) -> None:
        go(name)
        keys.press("ControlOrMeta+a")
        keys.type(text)

    def press(name: str) -> None:
        go(name)
        with page.expect_navigation():
            keys.press("Enter")

    type_into("Name", "Noord")
    press("Add")
    type_into("Address of the interface", f"{stage.ireserve}/api/rest")
    type_into("User", "api_calendar")
    type_into("Password", "sandbox")
    press("Save")
    press("Next: Authentication")
    type_into("Client ID", CLIENT_ID)
    type_into("Client secret", "sandbox-secret")
    press("Save")
    press("Step 1: consent")
    press("Allow")
    press("Step 2: connect to Google Calendar")
    press("Yes, connect as planner@example.org")
    press("Next: Object → calendar")
    go("Calendar of Zaal A")
    keys.type("Room A")
    press("Save")
    press("Activation")
    press("Activate")
    expect(page.get_by_role("status")).to_contain_text("Activated")
    booking_reaches_google(stage)
