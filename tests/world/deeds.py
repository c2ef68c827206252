"""What people do and what goes wrong outside: deeds, each a name with small numbers, told to both simulators."""

import random
from abc import abstractmethod
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from tests.harness.people import ROOM_A, ROOM_B, People, when
from tests.world.choice import BOOKED, CANCELLED, STATUSES

Deed = tuple[str, tuple[int, ...]]
Table = Mapping[str, tuple[int, tuple[int, ...]]]
ROOMS = (ROOM_A, ROOM_B)
HOURS = (8, 10, 13, 16, 19)
DAYS = 12
WEEKS = 3  # of a weekly series: all that is drawn lies within the window, each week of which costs a world calls
LAST = 3 + 7 * (WEEKS - 1)  # the last day of a series that begins as late as any
PAGES = (None, 10, 4, 2)  # events on one; Google decides
HINTS = ("deliver", "drop", "double", "hold", "delay")
AWAY_I = {"path": "", "status": 503}
AWAY_G = {"path": "/calendar/v3/", "status": 503, "reason": "backendError", "times": 1}
REFUSALS_G: tuple[dict[str, Any], ...] = (
    {"status": 403, "reason": "rateLimitExceeded"},
    {"status": 403, "reason": "quotaExceeded"},
    {"status": 429, "reason": "rateLimitExceeded"},
    {"status": 403, "reason": "forbidden"},
    {"status": 403, "reason": "insufficientPermissions"},
    {"status": 403, "reason": "accessNotConfigured"},
    {"status": 401, "reason": "authError"},
    {"status": 400, "reason": "invalid"},
    {"status": 400, "reason": "badRequest"},
    {"status": 412, "reason": "conditionNotMet"},
    {"action": "html"},
    {"action": "reset"},
)
REFUSALS_I: tuple[dict[str, Any], ...] = (
    {"status": 401},
    {"status": 403},
    {"status": 400},
    {"status": 409},
    {"status": 412},
    {"status": 429},
    {"status": 500},
    {"action": "html"},
    {"action": "garbage"},
    {"action": "reset"},
)
DIALECTS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("refusal", ("error_409", "error_412", "old_values", "status_false")),
    ("unknown_booking", ("null", "empty", "404")),
    ("absent", ("null", "missing", "empty")),
    ("booking_envelope", ("data", "booking", "list", "none")),
    ("hook_body", ("id", "nested", "empty", "fields")),
    ("hook_on_delete", ("booking_updated", "none")),
    ("hook_booking_fires_hooks", (False, True)),
    ("api_status_delayed", (True, False)),
    ("external_id_searchable", (False, True)),
    ("duplicate_rows", (True, False)),
)

# how often each deed is drawn, and the largest of each of its numbers
DEEDS: Table = {
    "book": (6, (DAYS, 4, 1)),
    "move_booking": (5, (9, DAYS, 4)),
    "room_of_booking": (2, (9, 2)),
    "cancel_booking": (2, (9,)),
    "reopen_booking": (1, (9,)),
    "status_of_booking": (2, (9, 4)),
    "remark": (2, (9, 3)),
    "draw": (4, (DAYS, 4, 1)),
    "drag": (5, (19, DAYS, 4)),
    "draw_day": (1, (DAYS, 2)),
    "retitle": (2, (19, 3)),
    "describe": (2, (19, 3, 1)),
    "free": (1, (19, 1)),
    "carry": (2, (19, 1)),
    "delete": (2, (19,)),
    "restore": (1, (9,)),
    "draw_series": (2, (3, 4, 1, 5)),
    "split": (3, (9, 5, 4, 1)),
    "shift": (2, (9, 4)),
    "shift_days": (2, (9, 6)),
    "cut": (2, (9, 5)),
    "delete_series": (1, (9,)),
    "make_weekly": (2, (9, 1)),
    "make_single": (1, (9,)),
    "webhooks": (3, (4,)),
    "notifications": (3, (4,)),
    "flush": (3, (1,)),
    "fail": (4, (1, 1, 1)),
    "away": (2, (1, 12)),
    "forget_tokens": (1, ()),
    "pages": (3, (3, 1)),
    "remove_booking": (2, (9, 1)),
    "dialect": (2, (9, 3)),
    "copy": (1, (19,)),
    "refuse": (3, (1, 11, 5)),
}


def drawn(dice: random.Random, table: Table, number: int) -> list[Deed]:
    """Draw deeds of a table."""
    chosen = dice.choices(list(table), [often for often, _ in table.values()], k=number)
    return [(name, tuple(dice.randint(0, most) for most in table[name][1])) for name in chosen]


class Deeds(People):
    """Each `do_…` is one deed; what is no longer there is not touched."""

    first_day: date
    owed: frozenset[str] = frozenset()  # what a person must do before all can be at rest

    @abstractmethod
    def attempt(self, method: str, path: str, body: Any) -> None:
        """Call the control API of the simulated Google; what it refuses did not happen."""

    def do(self, deed: Deed) -> None:
        """Do one."""
        name, numbers = deed
        getattr(self, f"do_{name}")(*numbers)

    # in i-Reserve

    def _times(self, day: int, hour: int) -> tuple[str, str]:
        start = datetime.combine(self.first_day + timedelta(days=day), datetime.min.time()).replace(hour=HOURS[hour])
        return f"{start:%Y-%m-%dT%H:%M}", f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M}"

    def _some_booking(self, which: int) -> str:
        found = sorted((str(each["id"]) for each in self.bookings()), key=int)
        return found[which % len(found)] if found else ""

    def do_book(self, day: int, hour: int, room: int) -> None:
        self.book(*self._times(day, hour), object_id=10 + room)

    def _change(self, which: int, **fields: Any) -> None:
        if booking := self._some_booking(which):
            self.change(booking, **fields)

    def do_move_booking(self, which: int, day: int, hour: int) -> None:
        start, end = self._times(day, hour)
        self._change(which, start=start, end=end)

    def do_room_of_booking(self, which: int, room: int) -> None:
        self._change(which, object_id=10 + room)

    def do_cancel_booking(self, which: int) -> None:
        self._change(which, status_code=CANCELLED)

    def do_reopen_booking(self, which: int) -> None:
        self._change(which, status_code=BOOKED)

    def do_status_of_booking(self, which: int, status: int) -> None:
        self._change(which, status_code=STATUSES[status])

    def do_remove_booking(self, which: int, quiet: int) -> None:
        """Remove a booking for good; a tenant's i-Reserve may tell of it, or not."""
        if booking := self._some_booking(which):
            self.ireserve("DELETE", f"bookings/{booking}", {"quiet": bool(quiet)})

    def do_dialect(self, switch: int, choice: int) -> None:
        """i-Reserve does from now on something else where its documents say nothing."""
        name, others = DIALECTS[switch]
        self.ireserve("PATCH", "dialect", {name: others[choice % len(others)]})

    def do_remark(self, which: int, text: int) -> None:
        self._change(which, remarks=f"opmerking {text}")

    # in Google Calendar

    def shown(self, *, deleted: bool = False, expand: bool = True) -> list[tuple[str, dict[str, Any]]]:
        found = [(room, each) for room in ROOMS for each in self.events(room, deleted=deleted, expand=expand)]
        return sorted(found, key=lambda each: (each[0], str(each[1]["id"])))

    def _deed(self, room: str, event: str, deed: str, **body: Any) -> None:
        path = f"calendars/{quote(room)}/events/{event}/{deed}"
        self.attempt("POST", path, body)

    def _patch(self, room: str, event: str, fields: dict[str, Any]) -> None:
        self.attempt("PATCH", f"calendars/{quote(room)}/events/{event}", fields)

    def do_draw(self, day: int, hour: int, room: int) -> None:
        self.draw(*self._times(day, hour), ROOMS[room])

    def _on_event(self, which: int, deed: Callable[[str, dict[str, Any]], None]) -> None:
        if found := self.shown():
            deed(*found[which % len(found)])

    def do_drag(self, which: int, day: int, hour: int) -> None:
        self._on_event(which, lambda room, event: self._patch(room, event["id"], when(*self._times(day, hour))))

    def do_retitle(self, which: int, title: int) -> None:
        self._on_event(which, lambda room, event: self._patch(room, event["id"], {"summary": f"Titel {title}"}))

    def do_draw_day(self, day: int, more: int) -> None:
        first = self.first_day + timedelta(days=day)
        self.draw(str(first), str(first + timedelta(days=1 + more)), transparency="transparent")

    def do_describe(self, which: int, text: int, above: int) -> None:
        """Write above or below all that an event says."""

        def write(room: str, event: dict[str, Any]) -> None:
            said, mine = str(event.get("description", "")), f"Tekst {text}"
            self._patch(room, event["id"], {"description": f"{mine}\n{said}" if above else f"{said}\n{mine}"})

        self._on_event(which, write)

    def do_free(self, which: int, free: int) -> None:
        kind = ("opaque", "transparent")[free]
        self._on_event(which, lambda room, event: self._patch(room, event["id"], {"transparency": kind}))

    def do_carry(self, which: int, room: int) -> None:
        def carry(here: str, event: dict[str, Any]) -> None:
            if here != ROOMS[room] and not event.get("recurringEventId"):
                self._deed(here, event["id"], "move", destination=ROOMS[room])

        self._on_event(which, carry)

    def do_delete(self, which: int) -> None:
        self._on_event(which, lambda room, event: self.delete(event["id"], room))

    def do_copy(self, which: int) -> None:
        """Duplicate an event, with all the marks that are on it."""
        self._on_event(which, lambda room, event: self._deed(room, event["id"], "duplicate"))

    def do_restore(self, which: int) -> None:
        live = {event["id"] for _, event in self.shown(expand=False)}
        gone = [
            (room, event)
            for room, event in self.shown(deleted=True, expand=False)
            if event.get("status") == "cancelled" and event["id"] not in live and not event.get("recurringEventId")
        ]
        if gone:
            room, event = gone[which % len(gone)]
            self._deed(room, event["id"], "restore")

    def _series(self, which: int) -> tuple[str, list[dict[str, Any]]] | None:
        """Return the root of a series and its occurrences."""
        found = [each for room, each in self.shown() if room == ROOM_A and each.get("recurringEventId")]
        roots = sorted({str(each["recurringEventId"]) for each in found})
        if not roots:
            return None
        root = roots[which % len(roots)]
        family = [each for each in found if each["recurringEventId"] == root]
        return root, sorted(family, key=lambda each: str(each["originalStartTime"]))

    def _root(self, identity: str) -> tuple[dict[str, Any], int]:
        """Return the root of a series and the day on which it begins."""
        root = next(each for each in self.events() if each["id"] == identity)
        return root, (datetime.fromisoformat(root["start"]["dateTime"]).date() - self.first_day).days

    def do_draw_series(self, day: int, hour: int, weekly: int, more: int) -> None:
        rule = f"RRULE:FREQ={'WEEKLY' if weekly else 'DAILY'};COUNT={2 + (min(more, WEEKS - 2) if weekly else more)}"
        self.draw(*self._times(day, hour), recurrence=[rule])

    def do_split(self, which: int, at: int, hour: int, title: int) -> None:
        """Change this and the following ones."""
        if (series := self._series(which)) and at % len(series[1]):
            root, family = series
            first = family[at % len(family)]["originalStartTime"]["dateTime"]
            day = (datetime.fromisoformat(first).date() - self.first_day).days
            patch = {"summary": "Toernooi"} if title else when(*self._times(day, hour))
            self._deed(ROOM_A, root, "split", at=first, patch=patch)

    def do_shift(self, which: int, hour: int) -> None:
        """Move a whole series to another hour."""
        if series := self._series(which):
            _, day = self._root(series[0])
            self._patch(ROOM_A, series[0], when(*self._times(day, hour)))

    def do_shift_days(self, which: int, by: int) -> None:
        """Move a whole series to another day; not one that was split, because both would have the same ids."""
        if (series := self._series(which)) and self._is_alone(series[0]):
            root, day = self._root(series[0])
            moved = timedelta(days=min(max(min(day, 0), day + by - 3), 3) - day)
            times = (datetime.fromisoformat(root[each]["dateTime"]) + moved for each in ("start", "end"))
            self._patch(ROOM_A, series[0], when(*(f"{each:%Y-%m-%dT%H:%M}" for each in times)))

    def _is_alone(self, root: str) -> bool:
        """Whether nothing was ever split off a series, nor it off another: the ids of what is deleted are not used again."""
        stem = root.partition("_R")[0]
        return not any(each["id"].startswith(f"{stem}_R") for each in self.events(deleted=True))

    def do_cut(self, which: int, left: int) -> None:
        """End a series earlier, or let it go on; not over what was split off, because both would have the same ids."""
        if series := self._series(which):
            root, day = self._root(series[0])
            freq = "WEEKLY" if "WEEKLY" in str(root.get("recurrence")) else "DAILY"
            most = 1 + max(0, LAST - day) // 7 if freq == "WEEKLY" else 1 + left
            count = min(1 + left, most if self._is_alone(series[0]) else len(series[1]))
            self._patch(ROOM_A, series[0], {"recurrence": [f"RRULE:FREQ={freq};COUNT={count}"]})

    def do_delete_series(self, which: int) -> None:
        if series := self._series(which):
            self.delete(series[0])

    def do_make_weekly(self, which: int, more: int) -> None:
        """Make a single event weekly; not one of which something was split off, because both would have the same ids."""
        found = [each for room, each in self.shown(expand=False) if room == ROOM_A]
        single = [
            each
            for each in found
            if "dateTime" in each["start"]
            and not (each.get("recurrence") or each.get("recurringEventId"))
            and self._is_alone(each["id"])
        ]
        if single:
            event = single[which % len(single)]
            day = (datetime.fromisoformat(event["start"]["dateTime"]).date() - self.first_day).days
            if (most := 1 + max(0, LAST - day) // 7) > 1:
                self._patch(ROOM_A, event["id"], {"recurrence": [f"RRULE:FREQ=WEEKLY;COUNT={min(2 + more, most)}"]})

    def do_make_single(self, which: int) -> None:
        """Make a series its first occurrence alone."""
        if series := self._series(which):
            self._patch(ROOM_A, series[0], {"recurrence": None})

    # what goes wrong

    def do_webhooks(self, mode: int) -> None:
        self.ireserve("POST", "hooks/mode", {"mode": HINTS[mode], "seconds": 90})

    def do_notifications(self, mode: int) -> None:
        self.google("POST", "notifications", {"mode": HINTS[mode], "seconds": 90})

    def do_flush(self, order: int) -> None:
        self.ireserve("POST", "hooks/flush", {"order": ("fifo", "reverse")[order]})
        self.google("POST", "notifications/flush", {"order": ("fifo", "reverse")[order]})

    def do_fail(self, side: int, after: int, write: int) -> None:
        """The next call, or the next write, fails: before it has its effect, or after it."""
        moment = ("before", "after")[after]
        if side:
            self.ireserve("POST", "faults", {**AWAY_I, "when": moment, "method": "POST" if write else "GET"})
        else:
            self.google("POST", "faults", {**AWAY_G, "when": moment, "method": None if write else "GET"})

    def do_refuse(self, side: int, how: int, write: int) -> None:
        """The next calls, or the next write, get another answer than a side's usual failure; none has an effect."""
        self.owed |= {"retry"}
        if side:
            fault = {"path": "", "times": 1 + write // 2, **REFUSALS_I[how % len(REFUSALS_I)]}
            self.ireserve("POST", "faults", {**fault, "method": "POST" if write % 2 else ""})
        else:
            fault = {"path": "/calendar/v3/", "times": 1 + write // 2, **REFUSALS_G[how % len(REFUSALS_G)]}
            methods = ("POST", "PATCH", "DELETE")
            self.google("POST", "faults", {**fault, "method": methods[write // 2] if write % 2 else None})

    def do_away(self, side: int, calls: int) -> None:
        """A side is away for some calls."""
        if side:
            self.ireserve("POST", "faults", {**AWAY_I, "times": 1 + calls})
        else:
            self.google("POST", "faults", {**AWAY_G, "method": None, "times": 1 + calls})

    def do_forget_tokens(self) -> None:
        self.google("POST", "sync-tokens/expire", {})

    def do_pages(self, size: int, empty: int) -> None:
        """Lists of events come in smaller pages from now on, each after an empty one."""
        self.google("POST", "pages", {"size": PAGES[size], "empty": bool(empty)})

    def all_well(self) -> None:
        """Both sides answer, and every hint arrives."""
        self.do_webhooks(0)
        self.do_notifications(0)
        self.google("DELETE", "faults")
        self.ireserve("DELETE", "faults")
        self.do_flush(0)
