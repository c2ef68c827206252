"""The sections that only show where something is set or has happened, and the pages that ask before a deed.

Pictured like the other states (see `test_states.py`), as `busy` and `asked`.
"""

from collections.abc import Callable
from functools import partial

from playwright.sync_api import Browser, Page, expect
from werkzeug.test import Client, TestResponse

from tests.browser.states import opened
from tests.browser.test_states import HERE, SEND, photographed, pictured, token_of, viewed
from tests.harness.place import PLANNER, PRODUCT, ROOM_A, ROOM_B, Place

Seen = Callable[[Page], None]
HALL = "c_hall1@resource.calendar.google.com"
BUSY = (
    *("mapping", "outbound", "inbound", "sync", "activation", "audit", "waiting", "diagnostics", "history"),
    *("day?date=2026-11-24", "day?date=2026-11-23&days=7", "find?q=24-11-2026", "find?q=Zaal A"),
    *("journal", "journal?outcome=refused", "journal?kind=removed&from=2026-11-30", "journal?from=yesterday"),
    *("day?date=someday", "find?q=x", "no/such/page"),
)
LOOKED_AT = ("mapping", "outbound", "sync", "diagnostics", "waiting", "day?date=2026-11-24", "journal?outcome=refused")
KEPT = {"rows": "2", "mapping.0.object": "10", "mapping.0.calendar": ROOM_A}
BOTH = {**KEPT, "mapping.1.object": "11", "mapping.1.calendar": ROOM_B, "rows": "3", "mapping.2.object": "12"}
ASKED: dict[str, tuple[str, dict[str, str]]] = {
    "carry-out-all": ("held", {"item": "every", "do": "approve"}),
    "carry-out-one": ("held", {"item": "", "do": "approve"}),
    "deactivate": ("deactivate", {}),
    "disconnect": ("disconnect", {}),
    "row-removed": ("mapping", {**KEPT, "do": "save"}),
    "proposals": ("mapping", {**BOTH, "mapping.2.calendar": HALL, "do": "combine"}),
    "no-test-booking": ("probe", {"booking": "", "object": ""}),
}
TITLE = "outbound.title_template"
TYPED: dict[str, tuple[str, dict[str, str], str]] = {
    "title": ("outbound", {TITLE: "{OBJECT}"}, "#save-do"),
    "preview": ("outbound", {TITLE: "{OBJECT} {PAID}", "booking": "1001"}, "#preview-do"),
    "test-mail": ("sync", {"alerts.email": "beheer@example.org"}, '[value="try.email"]'),
    "test-nowhere": ("sync", {"alerts.webhook_url": ""}, '[value="try.webhook_url"]'),
}


def busy(place: Place) -> None:
    """Set everything that has a section of its own, and let wait what can wait."""
    for number, resources in ((10, [1]), (11, [2]), (12, [1, 2])):
        place.ireserve("PATCH", f"objects/{number}", {"resources": resources})
    place.ireserve("PATCH", "users/api_calendar", {"overrides": ["conflict", "resources"]})
    place.google("POST", "calendars", {"id": HALL, "account": PLANNER, "accepts": True})
    rows = [
        {"object": "10", "calendar": ROOM_A, "before_minutes": 15, "after_minutes": 30},
        {"object": "11", "calendar": ROOM_B, "shows": "booked", "booked_text": "Bezet"},
        {"object": "12", "calendar": HALL, "also": [ROOM_A, ROOM_B]},
    ]
    colours = {"colour_by": "status", "colours": {"20": "sage", "30": "lavender", "10": "Optie"}, "use_labels": True}
    place.activate(
        mapping=rows,
        inbound={"allow_booking_update": True, "invitations": "resources", "follow": "all_mapped"},
        outbound={**colours, "tentative_on_status": [10], "location_template": "{LOCATION}", "create_meet_link": True}
        | {"meet_link_field": "custom02"},
        sync={"overlap_guard": "always", "hold_over": 4},
        alerts={"email": "beheer@example.org", "webhook_url": "https://chat.example.org/hook", "weekly_report": True},
        language="nl",
    )
    place.book(remarks="Yoga voor beginners")
    place.book("2026-11-24T10:30", "2026-11-24T11:30", remarks="Staat op een ander")
    place.book("2026-11-24T20:00", "2026-11-24T22:00", object_id=11, status_code=10, remarks="Optie van de toneelclub")
    place.draw("2026-11-26T20:00", "2026-11-26T22:00", ROOM_B, summary="Bridgedrive")
    place.draw("2026-11-26T09:00", "2026-11-26T12:00", attendees=[{"email": HALL}], summary="Raadsvergadering")
    for day in range(24, 30):
        place.book(f"2026-11-{day}T13:00", f"2026-11-{day}T14:00", remarks="Gymles")
    place.settle(30)
    gym = [each for each in place.events() if "T13:00" in each["start"]["dateTime"]]
    for _ in range(2):
        place.drag(gym[0]["id"], "2026-11-24T10:15", "2026-11-24T11:15")  # refused: others stand there
        place.settle(30)
    place.api("POST", "/7/audit")
    place.edit(gym[1]["id"], summary="Gymles, groep 4")
    place.settle(30)
    for event in place.events():
        if "T13:00" in event["start"]["dateTime"]:
            place.delete(event["id"])
    place.settle(140)
    place.delete(next(each["id"] for each in place.events(ROOM_B) if "Bridge" in each.get("summary", "")), ROOM_B)
    place.settle(20)
    place.change("1001", **{"from": "2026-11-24T09:15", "till": "2026-11-24T10:45"})  # not told yet
    place.api("GET", "/7/plan?refresh=1")


def test_pages_with_everything_set_and_much_waiting_are_accessible(
    chromium: Browser, place: Place, glance: Seen
) -> None:
    busy(place)
    with opened(chromium, place, "nl", 1280) as page:
        for each in LOOKED_AT:
            page.goto(f"{HERE}/{each}")
            glance(page)
        for name in ("carry-out-all", "proposals", "row-removed"):
            asked(page, place, *ASKED[name])
            glance(page)
        for name in ("title", "test-nowhere"):
            typed_in(page, *TYPED[name])
            glance(page)
    pictured(chromium, place, "busy", tuple(f"{HERE}/{each}" for each in BUSY))
    for view, page in viewed(chromium, place):
        for name, (screen, typed) in ASKED.items():
            asked(page, place, screen, typed)
            photographed(page, f"asked/{view}", name)
        for name, deed in TYPED.items():
            typed_in(page, *deed)
            photographed(page, f"asked/{view}", name)


CONSENTS: dict[str, Callable[[Place, Client], object]] = {
    "denied": lambda place, client: place.consent(decision="deny", browser=client),
    "given": lambda place, client: place.consent(browser=client),
    "named": lambda place, client: (place.consent(browser=client), step_two(client)),
    "other-account": lambda place, client: (
        place.connect(),
        place.consent(account="guest@example.org", browser=client),
        step_two(client),
    ),
}


def step_two(client: Client) -> TestResponse:
    """Press the button of Step 2 in this browser."""
    page = client.get("/console/integrations/7/authentication", base_url=PRODUCT).text
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    return client.post("/console/integrations/7/connect", base_url=PRODUCT, data={"csrf_token": token})


def test_the_ways_in_which_a_consent_ends_are_accessible(chromium: Browser, place: Place, glance: Seen) -> None:
    place.save(name="Sportcentrum Noord")
    for name, deed in CONSENTS.items():
        with opened(chromium, place, "nl", 1280, first=partial(deed, place)) as page:
            page.goto(f"{HERE}/authentication")
            expect(page.locator("#steps .note, #steps .fault, #steps .next").first).to_be_visible()
            if name in ("denied", "other-account"):
                glance(page)
        for view, page in viewed(chromium, place, first=partial(deed, place)):
            page.goto(f"{HERE}/authentication")
            photographed(page, f"consents/{view}", name)


def test_the_doors_of_the_console_are_accessible(chromium: Browser, place: Place, glance: Seen) -> None:
    with opened(chromium, place, "nl", 1280, key="") as page:
        page.goto(f"{PRODUCT}/console/?key=wrong")
        glance(page)
    for view, page in viewed(chromium, place, key=""):
        for name, path in {"wrong-key": "?key=wrong", "sign-in": "", "stranger": "no/such/page"}.items():
            page.goto(f"{PRODUCT}/console/{path}")
            photographed(page, f"doors/{view}", name)


def asked(page: Page, place: Place, screen: str, typed: dict[str, str]) -> None:
    """Send a form, and wait for the page that asks, or tells what would be done."""
    token, more = token_of(page), dict[str, list[str]]()
    if "item" in typed:
        held = [item["id"] for item in place.api("GET", "/7/held")]
        more = {"item": held if typed["item"] == "every" else held[:1]}
    with page.expect_navigation():
        page.evaluate(SEND, [f"{HERE}/{screen}", {**typed, **more, "csrf_token": token}])
    expect(page.locator(".note, .tiles, #changed").first).to_be_visible()


def typed_in(page: Page, screen: str, typed: dict[str, str], button: str) -> None:
    """Fill in what a screen shows, press a button of it, and wait for what comes back."""
    page.goto(f"{HERE}/{screen}")
    for name, value in typed.items():
        page.locator(f'[name="{name}"]').fill(value)
    with page.expect_navigation():
        page.locator(button).click()
    expect(page.locator(".note, .event, #changed").first).to_be_visible()
