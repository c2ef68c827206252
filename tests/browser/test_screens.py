"""Each screen: its save, its faulty save with what was typed kept, and its reload."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.stage import ROOM_A, Stage
from tests.browser.conftest import signed_in
from tests.harness.machine_clock import ahead

Check = Callable[..., None]


def open_screen(page: Page, stage: Stage, screen: str) -> None:
    page.goto(f"{stage.product}/console/integrations/7/{screen}".rstrip("/"))


@pytest.mark.parametrize(
    ("screen", "label", "good", "bad", "says"),
    [
        ("", "Time zone", "Europe/Brussels", "Mars/Base", "is not a time zone"),
        ("ireserve", "User", "api_other", "", "Give the name of the API user"),
        ("outbound", "Reminder (popup)", "15", "soon", "Give a whole number"),
        ("inbound", "Inbound status", "30", "70", "such a booking would remove its own event"),
        ("sync", "Before today", "30", "many", "Give a whole number"),
    ],
)
def test_a_good_save_is_there_after_a_reload_and_a_bad_one_keeps_what_was_typed(
    page: Page, stage: Stage, screen: str, label: str, good: str, bad: str, says: str
) -> None:
    stage.set_up("7", activate=False)
    open_screen(page, stage, screen)
    page.get_by_label(label, exact=True).fill(good)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Saved")
    page.reload()
    assert page.get_by_label(label, exact=True).input_value() == good
    page.get_by_label(label, exact=True).fill(bad)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#faults")).to_contain_text(says)
    assert page.get_by_label(label, exact=True).input_value() == bad
    open_screen(page, stage, screen)
    assert page.get_by_label(label, exact=True).input_value() == good


def test_the_mapping_marks_what_is_wrong_and_keeps_what_was_chosen(page: Page, stage: Stage, check: Check) -> None:
    holidays = "holidays@group.v.calendar.google.com"
    rows = [{"object": "10", "calendar": holidays}, {"object": "999", "calendar": "gone@group.calendar.google.com"}]
    stage.set_up("7", activate=False, mapping=rows)
    open_screen(page, stage, "mapping")
    expect(page.locator("tr", has=page.get_by_label("Calendar of Zaal A"))).to_contain_text("cannot be written")
    unknown = page.locator("tr", has=page.get_by_label("Calendar of 999"))
    expect(unknown).to_contain_text("cannot be reached")
    expect(unknown).to_contain_text("not in i-Reserve's list")
    check(page)
    page.get_by_label("Calendar of Zaal A").select_option(label="Room A")
    unknown.get_by_role("textbox").fill("")
    page.get_by_label("Calendar of 999").select_option("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    assert page.get_by_label("Calendar of Zaal A").input_value() == ROOM_A
    expect(page.get_by_label("Calendar of 999")).to_have_count(0)
    page.get_by_role("button", name="More rows").click()
    expect(page.get_by_placeholder("A number or a name").nth(9)).to_be_visible()


def test_placeholders_are_picked_unknown_ones_marked_and_a_real_booking_is_previewed(
    page: Page, stage: Stage, check: Check
) -> None:
    stage.set_up("7", activate=False)
    booking = stage.booking(**{"from": ahead(1, "10:00"), "till": ahead(1, "11:00"), "remarks": "<b>Yoga</b>"})
    open_screen(page, stage, "outbound")
    title = page.get_by_label("Template for the title")
    title.fill("{NOPE} ")
    expect(page.locator(".unknown").first).to_contain_text("{NOPE}")
    title.fill("Hall ")
    page.get_by_role("button", name="{OBJECT}").click()
    assert title.input_value() == "Hall {OBJECT}"
    page.get_by_label("Booking number").fill(booking)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".event-title")).to_have_text("Hall Zaal A")
    expect(page.locator(".event-text")).to_contain_text("Yoga")
    assert title.input_value() == "Hall {OBJECT}"
    check(page)
    page.get_by_label("Booking number").fill("99999")
    page.get_by_label("Booking number").press("Enter")
    expect(page.locator("#preview")).to_contain_text("does not have it")
    saved = stage.api("GET", "/7")["outbound"]["title_template"]
    assert saved == "{OBJECT} - {BOOKING_NUMBER}", "Enter in the preview saves nothing"
    expect(page.get_by_label("Field for Meet link")).to_be_hidden()
    page.get_by_label("Create Google Meet link").check()
    expect(page.get_by_label("Field for Meet link")).to_be_visible()
    page.get_by_label("Create Google Meet link").uncheck()
    expect(page.get_by_label("Colours", exact=True)).to_be_hidden()
    page.get_by_label("Colour events by").select_option("status")
    expect(page.get_by_label("Colours", exact=True)).to_be_visible()
    page.get_by_label("Colour events by").select_option("none")
    page.get_by_label("Reminder (popup)").fill("45")
    page.get_by_label("Reminder (popup)").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Saved")


def test_the_language_switch_is_remembered_and_stays_on_the_page(page: Page, stage: Stage) -> None:
    stage.set_up("7", activate=False)
    open_screen(page, stage, "inbound")
    page.get_by_role("link", name="Nederlands").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inkomend")
    page.get_by_label("Inkomende status").fill("70")
    page.get_by_role("button", name="Opslaan", exact=True).click()
    expect(page.locator("#faults")).to_contain_text("zou haar eigen afspraak verwijderen")


def test_the_console_works_without_javascript(chromium: Browser, stage: Stage) -> None:
    stage.set_up("7", activate=False)
    for page in signed_in(chromium, stage, "en", 1280, java_script_enabled=False):
        open_screen(page, stage, "outbound")
        page.get_by_label("Reminder (popup)").fill("30")
        page.get_by_label("Reminder (popup)").press("Enter")
        expect(page.locator("#preview")).to_contain_text("not saved yet")
        assert stage.api("GET", "/7")["outbound"]["reminder_popup_minutes"] == 0, "Enter saves nothing"
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("Saved")
        assert stage.api("GET", "/7")["outbound"]["reminder_popup_minutes"] == 30
        open_screen(page, stage, "activation")
        page.get_by_role("button", name="Activate").click()
        page.get_by_role("button", name="Pause").click()
        expect(page.get_by_role("status")).to_contain_text("Paused")
        page.get_by_role("button", name="Resume").click()
        expect(page.get_by_role("status")).to_contain_text("Resumed")
