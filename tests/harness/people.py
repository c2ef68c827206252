"""What people do on both sides, and what they see there, through the control APIs of the simulators."""

from abc import abstractmethod
from typing import Any
from urllib.parse import quote

ROOM_A, ROOM_B = "room-a@group.calendar.google.com", "room-b@group.calendar.google.com"
HOLIDAYS = "holidays@group.v.calendar.google.com"


class People:
    """Planners and administrators. Times are local (`2026-11-24T10:00`), answers as the systems give them."""

    @abstractmethod
    def google(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API of the simulated Google."""

    @abstractmethod
    def ireserve(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API of the simulated i-Reserve."""

    def book(self, start: str = "2026-11-24T10:00", end: str = "2026-11-24T11:00", **fields: Any) -> str:
        """Make a booking in the panel (status 20, object 10, unless said otherwise) and return its id."""
        body = {"object_id": 10, "status_code": 20, "from": start, "till": end, **fields}
        return str(self.ireserve("POST", "bookings", body)["id"])

    def change(self, booking: str, **fields: Any) -> None:
        """Change a booking in the panel; `from` is spelled `start`, `till` is spelled `end`."""
        names = {"start": "from", "end": "till"}
        self.ireserve("PATCH", f"bookings/{booking}", {names.get(name, name): value for name, value in fields.items()})

    def booking(self, booking: str) -> dict[str, Any]:
        """Return a booking as the panel shows it."""
        found: dict[str, Any] = self.ireserve("GET", f"bookings/{booking}")
        return found

    def bookings(self) -> list[dict[str, Any]]:
        """Return every booking as the panel shows them."""
        found: list[dict[str, Any]] = self.ireserve("GET", "bookings")["bookings"]
        return found

    def events(self, calendar: str = ROOM_A, *, deleted: bool = False, expand: bool = False) -> list[dict[str, Any]]:
        """Return the events of a calendar as its owner sees them."""
        query = f"?deleted={int(deleted)}&expand={int(expand)}"
        found = self.google("GET", f"calendars/{quote(calendar)}/events{query}")
        return list(found["items"] if isinstance(found, dict) else found)

    def event(self, calendar: str = ROOM_A) -> dict[str, Any]:
        """Return the only event of a calendar."""
        found = self.events(calendar)
        assert len(found) == 1, f"{len(found)} events in {calendar}"
        return found[0]

    def draw(self, start: str, end: str, calendar: str = ROOM_A, **fields: Any) -> dict[str, Any]:
        """Make an event as a person; times are local (`2026-11-24T10:00`) or dates."""
        body = {"summary": "Overleg", **when(start, end), **fields}
        made: dict[str, Any] = self.google("POST", f"calendars/{quote(calendar)}/events", body)
        return made

    def drag(self, event: str, start: str, end: str, calendar: str = ROOM_A) -> None:
        """Move an event to another time as a person."""
        self.edit(event, calendar, **when(start, end))

    def edit(self, event: str, calendar: str = ROOM_A, **fields: Any) -> None:
        """Change an event as a person."""
        self.google("PATCH", f"calendars/{quote(calendar)}/events/{event}", fields)

    def delete(self, event: str, calendar: str = ROOM_A) -> None:
        """Delete an event as a person."""
        self.google("DELETE", f"calendars/{quote(calendar)}/events/{event}")


def when(start: str, end: str) -> dict[str, Any]:
    """Return start and end as the API wants them: dates, or local times of Amsterdam."""
    if "T" not in start:
        return {"start": {"date": start, "dateTime": None}, "end": {"date": end, "dateTime": None}}
    zone = "Europe/Amsterdam"
    return {
        "start": {"dateTime": _seconds(start), "timeZone": zone},
        "end": {"dateTime": _seconds(end), "timeZone": zone},
    }


def _seconds(moment: str) -> str:
    return moment if moment.count(":") > 1 else f"{moment}:00"
