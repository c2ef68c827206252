"""Shortcuts for the first steps of most tests about bookings and events, over the same HTTP as `Place`."""

from typing import Any

from tests.harness.place import ROOM_A, Place

LINE = "———— i-Reserve · schrijf onder deze regel ————"
READS = ("calendar.events.list", "calendar.events.get", "calendar.calendarList.list")


def active(place: Place, parts: dict[str, Any] | None = None, /, **outbound: Any) -> None:
    """Activate the example with these outbound settings; `parts` are whole sections. Nothing is backfilled."""
    place.activate(**{"outbound": outbound, "sync": {"backfill": "none"}, **(parts or {})})


def made(place: Place, calendar: str = ROOM_A, **fields: Any) -> tuple[str, dict[str, Any]]:
    """Book, settle, and return the booking's id with the only event of the calendar."""
    booking = place.book(**fields)
    place.settle()
    return booking, place.event(calendar)


def changed(place: Place, booking: str, **fields: Any) -> None:
    """Change a booking in the panel and settle."""
    place.change(booking, **fields)
    place.settle()


def writes(place: Place) -> list[str]:
    """Return the product's writes to Google since `forget`."""
    return [call for call in place.calls() if call not in READS]


def why(place: Place) -> list[str]:
    """Return the reasons of the writes so far, oldest first."""
    return [entry["why"] for entry in place.journal()]


def levels(place: Place, int_id: str = "7") -> dict[str, str]:
    """Return the checks of the diagnosis by name, the worst level of each."""
    order = ("green", "amber", "red")
    found: dict[str, str] = {}
    for check in place.api("GET", f"/{int_id}/diagnostics")["checks"]:
        found[check["name"]] = max(found.get(check["name"], "green"), check["level"], key=order.index)
    return found


def faults(place: Place, **changes: Any) -> dict[str, str]:
    """Save wrong settings, and return the faults by field."""
    said = place.save(status=422, **changes)["errors"]
    return {each["field"]: each["message"] for each in said}
