"""What the steps of the story share: the stage, a day for each step, and ways to read and compare."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sandbox.stage import ROOM_A, Stage, StageError

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
INT_ID = "7"
SETTINGS = ("name", "language", "timezone", "ireserve", "google", "outbound", "mapping", "inbound", "sync", "alerts")
WRITES = ("insert", "patch", "update", "delete", "move")


class SkippedError(Exception):
    """This step cannot be shown here; the message says why."""


class Tale:
    """One telling of the story. Times are Amsterdam's, written as `2026-11-24T10:00`."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.foreign: tuple[date, str] | None = None  # an event from before activation that no booking names yet
        self._day = datetime.now(AMSTERDAM).date() + timedelta(days=2)

    def new_day(self) -> date:
        """Return a day that no other step uses, Monday to Friday."""
        self._day += timedelta(days=1)
        while self._day.weekday() > 4:
            self._day += timedelta(days=1)
        return self._day

    # people

    def book(self, day: date, start: str, end: str, **fields: Any) -> str:
        """Make a booking at the desk and return its number."""
        return self.stage.booking(**{"from": f"{day}T{start}", "till": f"{day}T{end}", **fields})

    def rebook(self, booking: str, day: date, start: str, end: str) -> None:
        """Give a booking another time at the desk."""
        self.stage.change_booking(booking, **{"from": f"{day}T{start}", "till": f"{day}T{end}"})

    def draw(self, day: date, start: str, end: str, calendar: str = ROOM_A, **fields: Any) -> str:
        """Make an event in the calendar and return its id."""
        body = {"summary": "Overleg", **times(day, start, end), **fields}
        return str(self._google("POST", calendar, "", body)["id"])

    def drag(self, event: str, day: date, start: str, end: str, calendar: str = ROOM_A) -> None:
        """Move an event to another time in the calendar."""
        self.edit(event, calendar, **times(day, start, end))

    def edit(self, event: str, calendar: str = ROOM_A, **fields: Any) -> None:
        """Change an event in the calendar."""
        self._google("PATCH", calendar, f"/{event}", fields)

    def bin(self, event: str, calendar: str = ROOM_A) -> None:
        """Delete an event in the calendar."""
        self._google("DELETE", calendar, f"/{event}")

    def change_settings(self, **changes: Any) -> None:
        """Change settings of the integration and apply them to everything that exists."""
        known = self.stage.api("GET", f"/{INT_ID}")
        self._apply(known, {name: {**known[name], **change} for name, change in changes.items()})

    def change_mapping(self, rows: list[Any]) -> None:
        """Replace the rows of the mapping and apply them to everything that exists."""
        self._apply(self.stage.api("GET", f"/{INT_ID}"), {"mapping": rows})

    def _apply(self, known: Any, changes: dict[str, Any]) -> None:
        body = {name: known[name] for name in SETTINGS}
        self.stage.api("PUT", f"/{INT_ID}?apply=all", {**body, **changes})

    # what they see

    def event_of(self, booking: str, calendar: str = ROOM_A) -> Any:
        """Return the live event whose id a booking carries, or None."""
        known = self.stage.read_booking(booking)["external_id"]
        return next((e for e in self.stage.events(calendar, expand=True) if known and e["id"] == known), None)

    def booking_of(self, event: str) -> Any:
        """Return the booking that carries an event's id, or None."""
        return next((b for b in self.bookings() if b["external_id"] == event), None)

    def bookings(self) -> list[Any]:
        """Return every booking."""
        return list(self.stage.control("ireserve", "GET", "bookings")["bookings"])

    def wait(self, what: str, found: Callable[[], Any]) -> Any:
        """Wait for a result and return it."""
        return self.stage.until(found, what)

    def wait_for_event(self, booking: str, calendar: str = ROOM_A) -> Any:
        """Wait until a booking has its event, with the id written back."""
        return self.wait(f"the event of booking {booking}", lambda: self.event_of(booking, calendar))

    def wait_for_time(self, booking: str, day: date, start: str) -> Any:
        """Wait until the event of a booking starts then."""
        return self.wait(
            f"the event of booking {booking} at {start}",
            lambda: (found := self.event_of(booking)) and starts(found) == f"{day}T{start}" and found,
        )

    def wait_for_booking_time(self, booking: str, day: date, start: str) -> Any:
        """Wait until a booking starts then."""
        return self.wait(
            f"booking {booking} at {start}",
            lambda: (found := self.stage.read_booking(booking))["from"] == f"{day}T{start}" and found,
        )

    def wait_for_booking(self, event: str) -> Any:
        """Wait until an event has its booking."""
        return self.wait(f"the booking of event {event}", lambda: self.booking_of(event))

    def wait_for_looks(self, booking: str, mark: tuple[int, int], count: int) -> None:
        """Wait until a booking was read this often since then."""
        self.wait(f"{count} looks at booking {booking}", lambda: self.reads_since(mark, booking) >= count)

    # who called whom

    def mark(self) -> tuple[int, int]:
        """Return where the call logs of both sides are now."""
        google, ireserve = (self.stage.control(side, "GET", "calls")["last"] for side in ("google", "ireserve"))
        return int(google), int(ireserve)

    def writes_since(self, mark: tuple[int, int]) -> list[str]:
        """Return what was written to Google since then."""
        calls = self.stage.control("google", "GET", f"calls?since={mark[0]}")["calls"]
        names = [str(call["api"] or "").rpartition(".")[2] for call in calls if "events" in str(call["api"])]
        return [name for name in names if name in WRITES]

    def reads_since(self, mark: tuple[int, int], booking: str) -> int:
        """Return how often a booking was read since then."""
        calls = self.stage.control("ireserve", "GET", f"calls?since={mark[1]}")["calls"]
        return sum(call["method"] == "GET" and call["path"].endswith(f"/booking/{booking}") for call in calls)

    def _google(self, method: str, calendar: str, rest: str, body: Any = None) -> Any:
        return self.stage.control("google", method, f"calendars/{quote(calendar)}/events{rest}", body)


def held(truth: object, sentence: str) -> None:
    """Raise `StageError` with the sentence unless something is true."""
    if not truth:
        raise StageError(sentence)


def times(day: date, start: str, end: str) -> dict[str, Any]:
    """Return start and end as the calendar wants them."""
    return {
        "start": {"dateTime": f"{day}T{start}:00", "timeZone": "Europe/Amsterdam"},
        "end": {"dateTime": f"{day}T{end}:00", "timeZone": "Europe/Amsterdam"},
    }


def starts(event: Any) -> str:
    """Return when an event starts, in Amsterdam's time."""
    return datetime.fromisoformat(event["start"]["dateTime"]).astimezone(AMSTERDAM).strftime("%Y-%m-%dT%H:%M")


def spell(event: Any) -> str:
    """Return when an event is, for a reader."""
    first, last = (datetime.fromisoformat(event[n]["dateTime"]).astimezone(AMSTERDAM) for n in ("start", "end"))
    return f"{first:%a %-d %b %H:%M}–{last:%H:%M}"


def below_the_line(event: Any) -> str:
    """Return the text below the service's line in an event's description."""
    return str(event.get("description", "")).rpartition("————")[2].strip()
