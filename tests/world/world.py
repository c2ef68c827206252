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

from functions.application import dispatch as work
from functions.application.ports import Documents, Ports
from functions.application.store import integrations
from functions.domain.model.errors import Transient
from tests.harness.kept import keep, put_back
from tests.harness.place import Place
from tests.model.instances import Crash, Instance, Running, SteppedDocuments, SteppedTasks
from tests.world.choice import Choice
from tests.world.deeds import DAYS, DEEDS, Deed, Deeds, Table, drawn
from tests.world.wires import Outside, Wire

T = TypeVar("T")
REACH = (40, 20, 10, 5)  # a crash comes within so many steps


ALL: Table = {
    **DEEDS,
    "crash": (6, (3, 39, 1)),
    "meanwhile": (8, (3, 39, 1, 5, 19, DAYS)),
    "wait": (12, (4,)),
    "round": (2, ()),
}
WAITS = (2, 10, 60, 400, 2000)


def story(seed: int, deeds: int) -> list[Deed]:
    """Return the deeds of a seed."""
    dice = random.Random(f"deeds {seed}")  # noqa: S311
    return [("book", (1, 1, 0)), ("draw_series", (0, 1, 0, 3)), ("wait", (2,)), *drawn(dice, ALL, deeds)]


class World(Deeds, Place):
    """A place that is set back to the moment after its activation, for one story after the other."""

    first_day = date(2026, 11, 24)

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
        for each in deeds:
            self.do(each)

    def attempt(self, method: str, path: str, body: Any) -> None:
        self._google.open(f"/control/{path}", method=method, json=body)

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

    # what goes wrong inside

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

    def do_wait(self, how_long: int) -> None:
        self.settle(WAITS[how_long])

    def do_round(self) -> None:
        self.tick()

    # rest

    def rest(self) -> None:
        """All faults off, everything arrives, leases and graces end, and a night's sweep finds what hints missed."""
        self.all_well()
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
        told = json.dumps([rows, self.bookings(), self.shown()], sort_keys=True, default=str)
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
