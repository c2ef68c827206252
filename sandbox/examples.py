"""The example bookings and events with which `make run` begins, around one day."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from sandbox.stage import ROOM_A, ROOM_B, Stage

INT_ID = "7"
CHANGES: dict[str, Any] = {
    "language": "en",
    "outbound": {
        "title_template": "{BOOKING_NUMBER} {REMARKS}",
        "description_template": "{STATUS}",
        "reminder_popup_minutes": 30,
        "use_customer_data": True,
    },
    "inbound": {"allow_booking_update": True, "follow": "all_mapped"},
    "sync": {"cancel_grace_seconds": 15},
}
# days from the first, from, till, then the booking
BOOKINGS: tuple[tuple[int, str, str, dict[str, Any]], ...] = (
    (0, "09:00", "10:00", {"object_id": 10, "status_code": 30, "remarks": "Yoga voor beginners", "customer_id": 2}),
    (0, "11:00", "12:30", {"object_id": 10, "status_code": 20, "remarks": "Basisschool De Linde: gym"}),
    (0, "19:00", "20:30", {"object_id": 10, "status_code": 20, "remarks": "Badminton, twee netten"}),
    (0, "10:00", "12:00", {"object_id": 11, "status_code": 20, "remarks": "Volleybal 50+"}),
    (0, "13:30", "15:00", {"object_id": 11, "status_code": 70, "remarks": "Zaalvoetbal (geannuleerd)"}),
    (0, "16:00", "17:30", {"object_id": 101, "status_code": 30, "remarks": "Tennisles", "customer_id": 3}),
    (1, "09:00", "10:00", {"object_id": 10, "status_code": 20, "remarks": "Yoga voor gevorderden"}),
    (1, "14:00", "16:00", {"object_id": 11, "status_code": 20, "remarks": "Kinderfeestje"}),
)
EVENTS: tuple[tuple[int, str, str, str, dict[str, Any]], ...] = (
    (0, "14:00", "15:30", ROOM_A, {"summary": "Bestuursoverleg", "description": "Begroting volgend jaar"}),
    (0, "17:00", "18:00", ROOM_B, {"summary": "Onderhoud vloer"}),
    (1, "20:00", "21:30", ROOM_B, {"summary": "Koor", "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=4"]}),
)


def before_activation(stage: Stage, first: date) -> None:
    """Make the bookings without webhooks; activation finds them."""
    for days, start, end, fields in BOOKINGS:
        day = first + timedelta(days=days)
        stage.booking(**{"from": f"{day}T{start}", "till": f"{day}T{end}", "quiet": True, **fields})


def after_activation(stage: Stage, first: date) -> None:
    """Make events as people do, and wait until they are bookings."""
    for days, start, end, calendar, fields in EVENTS:
        day = first + timedelta(days=days)
        when = {
            side: {"dateTime": f"{day}T{at}:00", "timeZone": "Europe/Amsterdam"}
            for side, at in (("start", start), ("end", end))
        }
        stage.control("google", "POST", f"calendars/{quote(calendar)}/events", {**when, **fields})
    wanted = len(BOOKINGS) + len(EVENTS)
    stage.until(lambda: len(stage.control("ireserve", "GET", "bookings")["bookings"]) >= wanted, "the examples")
