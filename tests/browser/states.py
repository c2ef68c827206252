"""The console in the states that people meet it in: a product in one process, and a browser that asks it without a port."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, Route
from werkzeug.test import Client

from functions.entrypoints.console.session import KeySessions
from functions.entrypoints.http.key_proof import KeyProof
from sandbox.google.events.writing import Write, insert
from sandbox.ireserve.tenant.model import Booking, Object
from tests.bench.filled import LENGTH, Pair, fill
from tests.harness.place import KEY, PLANNER, PRODUCT, ROOM_A, Place
from tests.harness.tab import Tab

READER_KEY = "a-second-key-of-the-tests-9f2c41d7"
ROOMS = 14  # more than are shown unfolded
HOURS = (8, 10, 13, 18)  # UTC
KINDS = (
    "Sporthal De Linde – zaaldeel",
    "Vergaderzaal",
    "Tennisbaan",
    "Gymzaal Burgemeester van Dobbenstraat",
    "Muziekstudio",
)


def rooms() -> list[tuple[int, str, str]]:
    """Return the rooms of a large tenant as (object, name, calendar), with ids as long as Google's."""
    found = []
    for number in range(ROOMS):
        name = f"{KINDS[number % len(KINDS)]} {number // len(KINDS) + 1}"
        found.append((200 + number, name, f"c_{number:02}{'a1b2c3d4e5f60718' * 4}"[:66] + "@group.calendar.google.com"))
    return found


def empty(place: Place) -> None:
    """Leave a product in which nobody has done anything."""


def draft(place: Place) -> None:
    """Add an integration and set nothing."""
    made = Tab(place).post("/console/integrations", id="7", name="", language="nl", timezone="Europe/Amsterdam")
    assert made.status_code == 303


def quiet(place: Place) -> None:
    """Activate, in a week without a booking."""
    place.activate(inbound={"allow_booking_update": True})


def usual(place: Place) -> None:
    """Let some days of an ordinary week go by: bookings, events of people, a refusal, something put back and undone."""
    place.activate(inbound={"allow_booking_update": True})
    first = place.book(remarks="Yoga voor beginners")
    place.book("2026-11-24T12:00", "2026-11-24T13:00", remarks="Basisschool De Linde: gym")
    place.book("2026-11-23T10:00", "2026-11-23T11:30", object_id=11, remarks="Volleybal 50+", status_code=30)
    place.draw("2026-11-23T15:00", "2026-11-23T16:00", summary="Bestuursoverleg")
    place.settle()
    event = next(each for each in place.events() if place.booking(first)["external_id"] == each["id"])
    place.drag(event["id"], "2026-11-24T12:00", "2026-11-24T13:00")
    place.settle(60)
    place.drag(event["id"], "2026-11-24T14:00", "2026-11-24T15:00")
    place.settle(60)
    place.change(first, status_code=30)
    place.settle(60)
    place.api("POST", "/7/audit")
    place.settle(60)
    place.tick()


def full(place: Place) -> None:
    """Fill 14 rooms with 1,736 bookings and their events, and let wait what can wait."""
    every = rooms()
    world, tenant = place.world, place.tenant.world
    for number, name, calendar in every:
        tenant.objects[number] = Object(number, name, f"ROOM{number}", location_id=12)
        world.add_calendar(calendar, PLANNER, f"{name} (agenda)")
    rows = [{"object": str(number), "calendar": calendar} for number, _, calendar in every]
    place.activate(mapping=rows, inbound={"allow_booking_update": True, "deleted_event": "cancel"}, language="nl")
    place.google("POST", "notifications", {"mode": "drop"})
    pairs = list(_pairs(place, every))
    place.google("POST", "notifications/flush")
    place.google("POST", "notifications", {"mode": "deliver"})
    place.file.close()
    fill(place.directory / "sync.sqlite", "7", pairs)
    _let_wait(place, every)


def _let_wait(place: Place, every: list[tuple[int, str, str]]) -> None:
    """Do what makes bookings wait for a person, among them more removals than are carried out unasked."""
    days = [(place.now + timedelta(days=number)).date() for number in range(1, 8)]
    stuck, torn, busy, calm = every[0], every[1], every[2], every[3]
    for day in days:
        place.book(f"{day}T16:00", f"{day}T17:00", object_id=calm[0], remarks="Bestuursvergadering")
        place.book(f"{day}T21:00", f"{day}T22:00", object_id=calm[0], external_id="foreign0123456789")
    place.settle(30)
    pulled = next(each for each in place.events(calm[2]) if "16:00" in each["start"]["dateTime"])
    for _ in range(2):
        place.drag(pulled["id"], f"{days[0]}T10:15", f"{days[0]}T11:15", calm[2])  # refused: another one stands there
        place.settle(60)
    for event in place.events(torn[2])[:14]:
        place.delete(event["id"], torn[2])
    place.settle(100)
    place.google("POST", "faults", {"method": "POST", "path": "/events$", "status": 500, "times": 1000})
    for day in days:
        place.book(f"{day}T21:00", f"{day}T21:45", object_id=stuck[0], remarks="Zaalvoetbal")
    place.settle(110)
    for event in place.events(busy[2])[:3]:
        place.delete(event["id"], busy[2])
    place.settle(20)
    place.google("DELETE", "faults")


def refused(place: Place) -> None:
    """Activate with both sides refusing every call since: Google took the consent back, and i-Reserve's password is another."""
    place.activate(inbound={"allow_booking_update": True})
    place.book()
    place.settle()
    place.ireserve("PATCH", "users/api_calendar", {"password": "another"})
    place.google("POST", "tokens/revoke", {})
    place.google("POST", "tokens/expire-access", {})
    place.book("2026-11-24T14:00", "2026-11-24T15:00")
    place.draw("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle(60)
    place.tick()


def long_names(place: Place) -> None:
    """Give everything that has a name one without a place to break, and let texts run from right to left."""
    whole = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    tenant = place.tenant.world
    tenant.objects[10] = replace(tenant.objects[10], desc=whole)
    tenant.objects[11] = replace(tenant.objects[11], desc="قاعة الاجتماعات الكبرى 🏸")
    place.google("PATCH", f"calendars/{ROOM_A}", {"summary": f"{whole}s agenda"})
    texts = {"title_template": "{REMARKS}"}
    place.activate(name=whole, inbound={"allow_booking_update": True}, outbound=texts)
    first = place.book(remarks=whole)
    place.book("2026-11-24T10:00", "2026-11-24T11:00", object_id=11, remarks="\u202eיום הולדת לדנה 🎉")
    place.draw("2026-11-25T10:00", "2026-11-25T11:00", summary=whole)
    place.settle()
    event = next(each for each in place.events() if place.booking(first)["external_id"] == each["id"])
    place.edit(event["id"], summary=f"{whole}s")
    place.settle(60)
    place.api("POST", "/7/audit")
    place.settle(60)
    place.google("POST", "faults", {"method": "POST", "path": "/events$", "status": 500, "times": 1000})
    place.book("2026-11-26T10:00", "2026-11-26T11:00", remarks=whole)
    place.settle(110)
    place.delete(event["id"])
    place.settle(20)
    place.google("DELETE", "faults")
    place.api("GET", "/7/plan?refresh=1")


def _pairs(place: Place, every: list[tuple[int, str, str]]) -> Iterator[Pair]:
    """Make bookings and their events as they are once both sides agree."""
    world, tenant, first = place.world, place.tenant.world, place.now.replace(hour=0)
    zone = ZoneInfo("Europe/Amsterdam")
    for day, hour, (room, name, calendar) in product(range(31), HOURS, every):
        tenant.last_booking += 1
        made, start = tenant.last_booking, (first + timedelta(days=day, hours=hour)).astimezone(zone)
        times = {"start": _at(start), "end": _at(start + LENGTH)}
        event = insert(world, world.calendars[calendar], {"summary": f"{name} - {made}", **times}, Write(PLANNER))
        found = event.resource()
        booking = Booking(made, room, start, start + LENGTH, 20, first, first, remarks="Training")
        tenant.bookings[made] = replace(booking, external_id=found["id"])
        yield Pair(str(made), calendar, found["id"], start.astimezone(UTC), found["etag"], str(room))


def _at(moment: datetime) -> dict[str, str]:
    return {"dateTime": moment.isoformat(), "timeZone": "Europe/Amsterdam"}


@contextmanager
def opened(
    chromium: Browser,
    place: Place,
    language: str,
    width: int,
    *,
    key: str = KEY,
    scheme: str = "light",
    first: Callable[[Client], object] = lambda _: None,
) -> Iterator[Page]:
    """Open a page on the product of a place: what the browser asks is answered within this process, without a port.

    Without a `key` nobody is signed in. `first` is done with the cookies of that browser, before it opens anything.
    """
    sessions = KeySessions(place.ports, KeyProof(place.ports, KEY), reader_key=READER_KEY)
    product = Client(place.app(place.ports, sessions))
    if key:
        product.get(f"/console/?key={key}", base_url=PRODUCT)
    product.get(f"/console/language/{language}", base_url=PRODUCT)
    first(product)

    def answer(route: Route) -> None:
        asked = route.request
        parts = urlsplit(asked.url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        kind = asked.headers.get("content-type", "")
        given = product.open(
            path, method=asked.method, base_url=PRODUCT, data=asked.post_data_buffer, content_type=kind or None
        )
        headers = {name: value for name, value in given.headers.items() if name.lower() != "set-cookie"}
        body = given.data
        given.close()
        route.fulfill(status=given.status_code, headers=headers, body=body)

    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
        color_scheme="dark" if scheme == "dark" else "light",
    )
    context.set_default_timeout(60_000)
    context.route(f"{PRODUCT}/**", answer)
    page = context.new_page()
    try:
        yield page
    finally:
        context.close()
