"""One world: the product, both outsides, queue, timers, network and crashes under one seed and one clock.

A world is told as a story: deeds in order, each a name with small numbers. The same story in the same place gives the same
journal, byte by byte. Deeds of people, lost, doubled, late and reordered hints, failing outsides, and an instance that dies
at any step that the recorder counts (`tests/model/instances.py`: every call out, every transaction, every put into the
queue, before and after its effect).
"""

import hashlib
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from functions.application import dispatch as work
from functions.application.ports import Documents, Ports
from functions.application.store import integrations
from functions.domain.model.errors import Transient
from sandbox.google.world.faults import Fault
from tests.harness.kept import keep, put_back
from tests.harness.place import ROOM_A, ROOM_B, Place, when
from tests.model.instances import Crash, Instance, Running, SteppedDocuments, SteppedTasks
from tests.world.choice import BOOKED, CANCELLED, STATUSES, Choice
from tests.world.wires import Outside, Wire

T = TypeVar("T")
Deed = tuple[str, tuple[int, ...]]
ROOMS = (ROOM_A, ROOM_B)
FIRST_DAY = date(2026, 11, 24)
HOURS = (8, 10, 13, 16, 19)
DAYS = 12
HINTS = ("deliver", "drop", "double", "hold", "delay")
REACH = (40, 20, 10, 5)  # a crash comes within so many steps


# how often each deed is drawn, and the largest of each of its numbers
DEEDS: dict[str, tuple[int, tuple[int, ...]]] = {
    "book": (6, (DAYS, 4, 1)),
    "move_booking": (5, (9, DAYS, 4)),
    "room_of_booking": (2, (9, 1)),
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
    "cut": (2, (9, 5)),
    "delete_series": (1, (9,)),
    "webhooks": (3, (4,)),
    "notifications": (3, (4,)),
    "flush": (3, (1,)),
    "fail": (4, (1, 1, 1)),
    "away": (2, (1, 12)),
    "crash": (6, (3, 39, 1)),
    "meanwhile": (8, (3, 39, 1, 5, 19, DAYS)),
    "forget_tokens": (1, ()),
    "wait": (12, (4,)),
    "round": (2, ()),
}
WAITS = (2, 10, 60, 400, 2000)


def story(seed: int, deeds: int) -> list[Deed]:
    """Return the deeds of a seed."""
    dice = random.Random(f"deeds {seed}")  # noqa: S311
    names, weights = list(DEEDS), [often for often, _ in DEEDS.values()]
    told: list[Deed] = [("book", (1, 1, 0)), ("draw_series", (0, 1, 0, 3)), ("wait", (2,))]
    chosen = dice.choices(names, weights, k=deeds)
    return told + [(name, tuple(dice.randint(0, most) for most in DEEDS[name][1])) for name in chosen]


class World(Place):
    """A place that is set back to the moment after its activation, for one story after the other."""

    def __init__(self, directory: Path) -> None:
        self.running = Running()
        super().__init__(directory)
        self.activate(inbound={"object": "10"}, sync={"window_days": [-7, 60]})
        self._google = Wire(self._google.application, self.running, "/calendar/v3/")  # type: ignore[assignment]
        self._ireserve = Wire(self._ireserve.application, self.running, "/api/rest/")  # type: ignore[assignment]
        self._product = Wire(self._product.application, self.running)  # type: ignore[assignment]
        self.ports.outside = Outside(self)
        self.tick()
        self.settle(60)
        self._template, self._begin = keep(self), self.now

    def compose(self, documents: Documents) -> Ports:
        ports = super().compose(SteppedDocuments(documents, self.running, lambda: None))
        ports.tasks = SteppedTasks(self.tasks, self.running)
        return ports

    def _webhook(self, url: str, body: Any) -> int:
        with self.running.elsewhere():
            return super()._webhook(url, body)

    def _notify(self, address: str, headers: Mapping[str, str]) -> int:
        with self.running.elsewhere():
            return super()._notify(address, headers)

    def set_back(self, choice: Choice) -> None:
        """Begin anew under other settings."""
        self.now = self._begin
        put_back(self, self._template)
        self.log.clear()
        self.told.clear()
        self.forget()
        self.ports.outside = Outside(self)

        for each in (10, 11):
            self.ireserve("PATCH", f"objects/{each}", {"places": choice.places})

        def chosen(before: Any) -> Any:
            return replace(before, settings=choice.laid_over(before.settings))

        integrations.change(self.documents, "7", chosen)

    def tell(self, deeds: list[Deed]) -> None:
        """Let it happen."""
        for name, numbers in deeds:
            getattr(self, f"do_{name}")(*numbers)

    # work

    def do_one(self, instance: Instance | None = None) -> bool:
        """Do the first task that is due, as an instance that may crash."""
        leased = self.tasks.lease(self.now, "", 90)
        if leased is None:
            return False
        task, receipt = leased
        before, self.running.instance = self.running.instance, instance
        try:
            work.run(self.ports, task.body)
        except Crash:
            return True
        except Transient:
            self.tasks.release(receipt, self.now + timedelta(seconds=5))
        else:
            self.tasks.done(receipt)
        finally:
            self.running.instance = before
        return True

    # people, in i-Reserve

    def _times(self, day: int, hour: int) -> tuple[str, str]:
        start = datetime.combine(FIRST_DAY + timedelta(days=day), datetime.min.time()).replace(hour=HOURS[hour])
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

    def do_remark(self, which: int, text: int) -> None:
        self._change(which, remarks=f"opmerking {text}")

    # people, in Google Calendar

    def _all(self, *, deleted: bool = False, expand: bool = True) -> list[tuple[str, dict[str, Any]]]:
        found = [(room, each) for room in ROOMS for each in self.events(room, deleted=deleted, expand=expand)]
        return sorted(found, key=lambda each: (each[0], str(each[1]["id"])))

    def _deed(self, room: str, event: str, deed: str, **body: Any) -> None:
        path = f"/control/calendars/{quote(room)}/events/{event}/{deed}"
        self._google.open(path, method="POST", json=body)  # what Google refuses did not happen

    def _patch(self, room: str, event: str, fields: dict[str, Any]) -> None:
        self._google.open(f"/control/calendars/{quote(room)}/events/{event}", method="PATCH", json=fields)

    def do_draw(self, day: int, hour: int, room: int) -> None:
        self.draw(*self._times(day, hour), ROOMS[room])

    def _on_event(self, which: int, deed: Callable[[str, dict[str, Any]], None]) -> None:
        if found := self._all():
            deed(*found[which % len(found)])

    def do_drag(self, which: int, day: int, hour: int) -> None:
        self._on_event(which, lambda room, event: self._patch(room, event["id"], when(*self._times(day, hour))))

    def do_retitle(self, which: int, title: int) -> None:
        self._on_event(which, lambda room, event: self._patch(room, event["id"], {"summary": f"Titel {title}"}))

    def do_draw_day(self, day: int, more: int) -> None:
        first = FIRST_DAY + timedelta(days=day)
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

    def do_restore(self, which: int) -> None:
        live = {event["id"] for _, event in self._all(expand=False)}
        gone = [
            (room, event)
            for room, event in self._all(deleted=True, expand=False)
            if event.get("status") == "cancelled" and event["id"] not in live and not event.get("recurringEventId")
        ]
        if gone:
            room, event = gone[which % len(gone)]
            self._deed(room, event["id"], "restore")

    def _series(self, which: int) -> tuple[str, list[dict[str, Any]]] | None:
        """Return the root of a series and its occurrences."""
        found = [each for room, each in self._all() if room == ROOM_A and each.get("recurringEventId")]
        roots = sorted({str(each["recurringEventId"]) for each in found})
        if not roots:
            return None
        root = roots[which % len(roots)]
        family = [each for each in found if each["recurringEventId"] == root]
        return root, sorted(family, key=lambda each: str(each["originalStartTime"]))

    def do_draw_series(self, day: int, hour: int, weekly: int, more: int) -> None:
        rule = f"RRULE:FREQ={'WEEKLY' if weekly else 'DAILY'};COUNT={2 + more}"
        self.draw(*self._times(day, hour), recurrence=[rule])

    def do_split(self, which: int, at: int, hour: int, title: int) -> None:
        """Change this and the following ones."""
        if (series := self._series(which)) and at % len(series[1]):
            root, family = series
            first = family[at % len(family)]["originalStartTime"]["dateTime"]
            day = (datetime.fromisoformat(first).date() - FIRST_DAY).days
            patch = {"summary": "Toernooi"} if title else when(*self._times(day, hour))
            self._deed(ROOM_A, root, "split", at=first, patch=patch)

    def do_shift(self, which: int, hour: int) -> None:
        """Move a whole series to another hour."""
        if series := self._series(which):
            root = next(each for each in self.events() if each["id"] == series[0])
            day = (datetime.fromisoformat(root["start"]["dateTime"]).date() - FIRST_DAY).days
            self._patch(ROOM_A, series[0], when(*self._times(day, hour)))

    def do_cut(self, which: int, left: int) -> None:
        """End a series earlier, or let it go on; not over what was split off, because both would have the same ids."""
        if series := self._series(which):
            root = next(each for each in self.events() if each["id"] == series[0])
            freq = "WEEKLY" if "WEEKLY" in str(root.get("recurrence")) else "DAILY"
            stem = series[0].partition("_R")[0]
            alone = sum(each["id"].startswith(stem) for each in self.events() if each.get("recurrence")) == 1
            count = 1 + left if alone else min(1 + left, len(series[1]))
            self._patch(ROOM_A, series[0], {"recurrence": [f"RRULE:FREQ={freq};COUNT={count}"]})

    def do_delete_series(self, which: int) -> None:
        if series := self._series(which):
            self.delete(series[0])

    # what goes wrong

    def do_webhooks(self, mode: int) -> None:
        self.ireserve("POST", "hooks/mode", {"mode": HINTS[mode], "seconds": 90})

    def do_notifications(self, mode: int) -> None:
        self.google("POST", "notifications", {"mode": HINTS[mode], "seconds": 90})

    def do_flush(self, order: int) -> None:
        self.ireserve("POST", "hooks/flush", {"order": ("fifo", "reverse")[order]})
        self.google("POST", "notifications/flush", {"order": ("fifo", "reverse")[order]})

    def do_fail(self, side: int, after: int, write: int) -> None:
        moment = ("before", "after")[after]
        if side:
            wanted = {"path": "", "status": 503, "when": moment, "method": "POST" if write else "GET"}
            self.ireserve("POST", "faults", wanted)
        else:
            method = None if write else "GET"
            self.world.faults.planted.append(Fault(method, "/calendar/v3/", 503, "backendError", 1, moment))  # type: ignore[arg-type]

    def do_away(self, side: int, calls: int) -> None:
        if side:
            self.ireserve("POST", "faults", {"path": "", "status": 503, "times": 1 + calls})
        else:
            self.world.faults.planted.append(Fault(None, "/calendar/v3/", 503, "backendError", 1 + calls))

    def do_crash(self, near: int, step: int, after: int) -> None:
        """The instance that does the next task dies at one of its steps."""
        self._next(Instance(0, fuse=step % REACH[near], after=bool(after)))

    def _next(self, instance: Instance) -> None:
        due = self.tasks.next_due()
        if due is not None and due < self.now + timedelta(minutes=2):
            self.now = max(self.now, due)
            self.do_one(instance)

    def do_meanwhile(self, near: int, step: int, after: int, what: int, which: int, day: int) -> None:
        """At one of the steps of the next task, something else happens: another worker, a person, or only time."""

        def happen() -> None:
            match what:
                case 0 | 1:
                    self.do_one()
                case 2:
                    self.do_move_booking(which, day, which % 5)
                case 3:
                    self.do_drag(which, day, which % 5)
                case 4:
                    self.do_cancel_booking(which)
                case 5:  # it stalls until its lease has ended, and goes on
                    self.settle(100)

        self._next(Interrupted(step % REACH[near], bool(after), self.running, happen))

    def do_forget_tokens(self) -> None:
        self.google("POST", "sync-tokens/expire", {})

    def do_wait(self, how_long: int) -> None:
        self.settle(WAITS[how_long])

    def do_round(self) -> None:
        self.tick()

    # rest

    def rest(self) -> None:
        """All faults off, everything arrives, leases and graces end, and a night's sweep finds what hints missed."""
        self.do_webhooks(0)
        self.do_notifications(0)
        self.world.faults.planted.clear()
        self.tenant.faults.planned.clear()
        self.do_flush(0)
        self.settle(300)
        for _ in range(2):
            self.tick()
            self.settle(1000)
        self.now = (self.now + timedelta(days=1)).replace(hour=3, minute=0, second=0, microsecond=0)
        self.tick()
        self.settle(1200)

    def look_again(self) -> None:
        self.api("POST", "/7/resync")
        self.settle(1200)

    def writes(self) -> list[str]:
        """Return what the product wrote to either side since `forget`."""
        reads = ("list", "get", "instances")
        google = [each for each in self.calls() if each.startswith("calendar.events.") and not each.endswith(reads)]
        return google + [each for each in self.ireserve_calls() if not each.startswith("GET")]

    def journal_digest(self) -> str:
        """Return the digest of all that is stored and stands on both sides."""
        with self.file.read() as connection:
            rows = connection.execute("SELECT collection, id, body FROM documents ORDER BY 1, 2").fetchall()
        told = json.dumps([rows, self.bookings(), self._all()], sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()


class Interrupted(Instance):
    """An instance at one of whose steps something else happens in full, before or after its effect."""

    def __init__(self, at: int, after: bool, running: Running, happen: Callable[[], None]) -> None:  # noqa: FBT001
        super().__init__(0, after=after)
        self._at, self._running, self._happen = at, running, happen

    def _mishap(self, number: int) -> None:
        if number == self._at:
            with self._running.elsewhere():
                self._happen()


def moment(side: dict[str, Any]) -> datetime:
    """Return when an event begins or ends."""
    return datetime.fromisoformat(side.get("dateTime") or f"{side['date']}T00:00:00+01:00").astimezone(UTC)
