"""One world: the product, both outsides, queue, timers, network and crashes under one seed and one clock.

A world is told as a story: deeds in order, each a name with small numbers. The same story in the same place gives the same
journal, byte by byte. Deeds of people, lost, doubled, late and reordered hints, failing outsides, and an instance that dies
at any step that the recorder counts (`tests/model/instances.py`: every call out, every transaction, every put into the
queue, before and after its effect), or a store that fails or whose answers are lost at any of its operations.
"""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

from functions.application import dispatch as work
from functions.application.ports import Alert, Documents, Ports
from functions.application.store import integrations
from functions.domain.model.errors import Transient
from tests.harness.kept import KeptOutside, keep, keep_outside, put_back, put_back_outside
from tests.harness.place import KEY, Place
from tests.harness.views import Direct, Gated, at_once
from tests.harness.wires import over_wsgi
from tests.model.instances import Crash, Instance, Running
from tests.world.choice import STATUSES, Choice
from tests.world.deeds import DAYS, DEEDS, Deed, Deeds, Table, drawn
from tests.world.memory import MemoryDocuments, MemoryTasks, Shelves
from tests.world.races import Races
from tests.world.stops import MemorySecrets, Stops
from tests.world.store import Kept, Mishap, Plan, Trouble, TroubledDocuments, TroubledTasks
from tests.world.wires import Outside, SteppedWire

T = TypeVar("T")
REACH = (40, 20, 10, 5)  # a crash comes within so many steps
STEPS = 199  # of all tasks and orders from here on, most that a deed which comes later waits for


ALL: Table = {
    **DEEDS,
    "crash": (6, (3, 39, 1)),
    "meanwhile": (8, (3, 39, 1, 5, 19, DAYS)),
    "later": (9, (STEPS, 1, 13, 19, DAYS)),
    "race": (4, (19, DAYS, 4, 2, 2)),
    "store": (6, (3, 3, 39, 4)),
    "wait": (12, (4,)),
    "weeks": (1, (1,)),
    "round": (2, ()),
    "back_up": (1, ()),
    "put_backup_back": (1, ()),
    "undo": (2, (19,)),
    "decide": (1, (9, 1)),
    "keep": (1, (19,)),
    "pause": (1, (2,)),
    "resync": (1, ()),
    "settings": (1, (99, 2)),
    "start": (2, (4,)),
    "stop": (2, (4,)),
    "shut": (1, (1, 2)),
    "mend": (3, ()),
    "mapping": (1, (5,)),
    "try_again": (1, ()),
    "guard": (2, (2,)),
}
WAITS = (2, 10, 60, 400, 2000)
FIRST_DAY = date(2026, 11, 24)
CARRIED = {"drag", "move_booking", "race", "meanwhile", "split", "undo"}  # by these something may go anywhere
OFTEN = ((1, 1), (1, 4), (4, 100), (1, 13), (2, 30))  # one operation in so many goes wrong, so many times
ASKED = 20  # times at most that a person asks for something of which the store's answer is lost
DYING = (8, 9)  # of the deed `later`
MOMENT = timedelta(milliseconds=1)
HOT = 10 * ASKED  # times that a task may come at one moment: a person may ask for several things at once, each so often
GRACES = 700  # seconds within which every grace ends


BEGINNING: list[Deed] = [("book", (1, 1, 0)), ("draw_series", (0, 1, 0, 3)), ("wait", (2,))]
LENGTHS = (
    *range(2, 8),
    *range(2, 8),
    *range(2, 8),
    *range(2, 8),
    *range(2, 8),
    *range(2, 8),
    12,
    20,
    40,
)  # short stories find most


def story(seed: int, deeds: int = 0) -> list[Deed]:
    """Return the deeds of a seed: as many as it draws, or so many, after a booking and a series."""
    dice = random.Random(f"deeds {seed}")  # noqa: S311
    return [*BEGINNING, *drawn(dice, ALL, deeds or dice.choice(LENGTHS))]


class World(Stops, Deeds, Place):
    """A place that is set back to the moment after its activation, for one story after the other."""

    first_day = FIRST_DAY

    def __init__(self, directory: Path, *, on_disk: bool = False) -> None:
        self.running = Running()
        self.trouble = Trouble(self.running, self.pass_time)
        self._later: Instance | None = None  # what is to happen at a later step
        self._alike: tuple[datetime | None, Counter[str]] = (None, Counter())  # how often each task came at one moment
        self.hot: list[str] = []  # tasks that did not end
        super().__init__(directory, on_disk=True)
        self.activate(inbound={"object": "10"}, sync={"window_days": [-7, 60]})
        self._rewire(self._google.application, self._ireserve.application, on_disk=on_disk)
        self.ports.outside = Outside(self)
        self.tick()
        self.settle(60)
        self._template, self._begin = keep(self), self.now
        self._beginning: tuple[Any, _Beginning] | None = None
        self._memory: MemoryDocuments | None = None
        self._backup: tuple[Shelves, MemoryTasks, Choice] | None = None
        self.over: set[str] = set()  # bookings that were over when weeks had passed
        if not on_disk:
            self._into_memory()

    def _rewire(self, google: Any, ireserve: Any, *, on_disk: bool) -> None:
        """Count the calls as steps; on disk, as a server would call the simulators, else their views at once."""
        google_asked = over_wsgi(google) if on_disk else at_once(Direct(google).answer)
        ireserve_asked = over_wsgi(ireserve) if on_disk else at_once(Gated(ireserve, self.tenant).answer)
        self.races = Races(self)
        watched = partial(self.races.call, ask=ireserve_asked)
        self._google = SteppedWire(google, self.running, "/calendar/v3/", google_asked)
        self._ireserve = SteppedWire(ireserve, self.running, "/api/rest/", watched)
        self._product = SteppedWire(self._product.application, self.running)  # type: ignore[assignment]

    def _into_memory(self) -> None:
        """Continue with a store and a queue in memory, which take a quarter of the time."""
        with self.file.read() as connection:
            rows = connection.execute("SELECT collection, id, expires, body FROM documents").fetchall()
        documents = MemoryDocuments(lambda: self.now)
        documents.fill(rows)
        self._memory = self.documents = documents
        self._shelves = documents.copy()
        self.ports.documents = self.ports.consents = TroubledDocuments(documents, self.running, self.trouble)
        self._queue(MemoryTasks())
        self.secrets = self.ports.secrets = MemorySecrets(self.directory / "secrets.json")
        self._first_secrets = self.secrets._read()

    def _put_back(self) -> None:
        if self._memory is None:
            put_back(self, self._template)
            return
        put_back_outside(self, self._template.outside)
        self._held = self._first_secrets
        self._memory.shelves = {collection: dict(shelf) for collection, shelf in self._shelves.items()}
        self._queue(MemoryTasks(remembers=self.choice.in_the_cloud))

    def _queue(self, tasks: MemoryTasks) -> None:
        self.tasks = tasks
        self.ports.tasks = TroubledTasks(tasks, self.running, self.trouble)

    def begin(self, choice: Choice, deeds: list[Deed]) -> None:
        """Begin anew, with these deeds; what was the last to begin alike is copied instead of told again.

        None of them may be `later`: what is still to come is not copied.
        """
        alike = (choice, tuple(deeds))
        self._later = None
        self.hot.clear()
        if self._beginning is None or self._beginning[0] != alike:
            self.choice = choice
            self.races.forget()
            self._backup, self.restored, self.over, self.owed = None, False, set(), frozenset()
            self.set_back(choice)
            self.tell(deeds)
            self._beginning = (alike, _Beginning.of(self, self._memory)) if self._memory else None
        if self._beginning is not None and self._memory is not None:
            self._beginning[1].again(self, self._memory)
        if self._backup is None:
            self.do_back_up()

    def compose(self, documents: Documents) -> Ports:
        ports = super().compose(TroubledDocuments(documents, self.running, self.trouble))
        ports.tasks = TroubledTasks(self.tasks, self.running, self.trouble)
        return ports

    def _webhook(self, url: str, body: Any) -> int:
        with self.running.elsewhere():
            return super()._webhook(url, body)

    def _notify(self, address: str, headers: Mapping[str, str]) -> int:
        with self.running.elsewhere():
            return super()._notify(address, headers)

    def set_back(self, choice: Choice) -> None:
        """Begin anew under other settings."""
        self.now, self.first_day = self._begin, FIRST_DAY
        self._put_back()
        self.log.clear()
        self.told.clear()
        self.forget()
        self.trouble.forget()
        self.ports.outside = Outside(self)

        for each in (10, 11):
            self.ireserve("PATCH", f"objects/{each}", {"places": choice.places})

        def chosen(before: Any) -> Any:
            return replace(before, settings=choice.laid_over(before.settings))

        integrations.change(self.documents, "7", chosen)

    def tell(self, deeds: list[Deed]) -> None:
        """Let it happen, each deed a moment after the last: both halves of a split series are known by their equal moments."""
        for each in deeds:
            self.now += MOMENT
            self.do(each)
            if each[0] in CARRIED:
                self.over.clear()

    def attempt(self, method: str, path: str, body: Any) -> None:
        with self.as_people():
            self._google.open(f"/control/{path}", method=method, json=body)

    def google(self, method: str, path: str, body: Any = None) -> Any:
        if "/events" not in path:
            return super().google(method, path, body)
        with self.as_people():
            return super().google(method, path, body)

    # work

    def do_one(self, instance: Instance | None = None) -> bool:
        """Do the first task that is due, as an instance that may crash."""
        leased = self.tasks.lease(self.now, "", 90)
        if leased is None:
            return False
        task, receipt = leased
        if self._is_hot(task.body):
            self.tasks.done(receipt)
            return True
        try:
            with self._as(instance or self._later or Instance(0)):
                work.run(self.ports, task.body)
        except Crash:
            return True
        except Transient:
            self.tasks.release(receipt, self.now + timedelta(seconds=5))
        else:
            self.tasks.done(receipt)
        return True

    def _is_hot(self, body: dict[str, Any]) -> bool:
        """Whether a task comes again and again without a moment in between; from then on it is left out."""
        if self._alike[0] != self.now:
            self._alike = self.now, Counter()
        times = self._alike[1]
        what = f"{body['kind']} {' '.join(body['subject'])} {body['detail']}"
        times[what] += 1
        if times[what] == HOT:
            self.hot.append(f"hot: {what} came {HOT} times at one moment")
        return times[what] >= HOT

    @contextmanager
    def _as(self, instance: Instance | None) -> Iterator[None]:
        """Let an instance do it, and another what follows once it has died."""
        before, self.running.instance = self.running.instance, instance
        try:
            yield
        finally:
            self.running.instance = before
            if self._later is not None and self._later.dead:
                self._later = None

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
        happen = partial(self._happen, what, which, day)
        self._next(Interrupted(step % REACH[near], bool(after), self.running, happen))

    def steps(self, deeds: list[Deed]) -> list[int]:
        """Return how many steps the product does in each deed, and last in the first five minutes of the rest."""
        steps = []
        for deed in [*deeds, None]:
            self._later = counting = Instance(0)
            if deed is not None:
                self.tell([deed])
            else:
                self.rest(day=False)
            steps.append(counting.steps)
        return steps

    def do_later(self, step: int, after: int, what: int, which: int, day: int) -> None:
        """As `crash`, `meanwhile`, `fail` or `store`, at a later step of whatever the product does from now on, orders included."""
        self._later = Instance(0, fuse=step, after=bool(after))
        if what not in DYING:
            happen = partial(self._happen, what, which, day)
            self._later = Interrupted(step, bool(after), self.running, happen)

    def _happen(self, what: int, which: int, day: int) -> None:
        self.over.clear()  # a person may move any booking
        match what:
            case 0 | 1:
                self.do_one(Instance(0))
            case 2:
                self.do_move_booking(which, day, which % 5)
            case 3:
                self.do_drag(which, day, which % 5)
            case 4:
                self.do_cancel_booking(which)
            case 5:  # it stalls until its lease has ended, and goes on
                self.settle(100)
            case 6 | 7:
                self.do_fail(what - 6, which % 2, day % 2)
            case _:
                self.do_store(what - 10, 0, 0, 0)

    def do_store(self, mishap: int, near: int, first: int, often: int) -> None:
        """The store, its queue included, fails or its answers are lost, from one of the next operations of the product on."""
        every, times = OFTEN[often]
        self.trouble.plan = Plan(Mishap(mishap), first % REACH[near], every, times)

    def all_well(self) -> None:
        self.trouble.plan = None
        super().all_well()

    def do_race(self, which: int, day: int, hour: int, what: int, cause: int = 0) -> None:
        """A person drags an event, or has deleted it, or undoes; right after a booking is read, another changes that."""

        def happen(booking: str) -> None:
            start, end = self._times(day, hour)
            fields = ({"start": start, "end": end}, {"object_id": 10 + day % 2}, {"status_code": STATUSES[hour]})[what]
            self.change(booking, **fields)

        if cause == 1:
            self.do_delete(which)
            self.settle(10)
        self.races.aimed = happen
        match cause:
            case 0:
                self.do_drag(which, (day + 1) % DAYS, hour)
            case 2:
                self.do_undo(which)
        self.settle(GRACES if cause == 1 else 10)
        self.races.aimed = None

    def do_wait(self, how_long: int) -> None:
        self.settle(WAITS[how_long])

    def do_weeks(self, more: int) -> None:
        """Let a week or two pass, with a round each night; what people do from then on is near the new day."""
        for _ in range(7 * (1 + more)):
            self._to_the_night()
            self.tick()
            self.settle(GRACES)
        self.first_day += timedelta(days=7 * (1 + more))
        since = str(self.first_day - timedelta(days=3))  # a whole series is moved by no more
        to_come = {event["id"] for _, event in self.shown() if moment(event["start"]) >= moment({"date": since})}
        past = [each for each in self.bookings() if each["from"] < since]
        self.over = {str(each["id"]) for each in past if each["external_id"] not in to_come}  # else its move waits

    def _to_the_night(self) -> None:
        """Go on in the next night, when the next round looks at all."""
        self.now = (self.now + timedelta(days=1)).replace(hour=3, minute=0, second=0, microsecond=0)

    def do_shift_days(self, which: int, by: int) -> None:
        """As any world does; of a daily one, moved onto its own days, those it has again stay, and what is over takes the others."""
        if (series := self._series(which)) and "DAILY" in str(self._root(series[0])[0].get("recurrence")):
            self.over.clear()
        super().do_shift_days(which, by)

    def do_round(self) -> None:
        self.tick()

    # what administrators do

    def _order(self, path: str) -> None:
        """Ask the product for something, which it may refuse with a sentence."""
        self._asked("POST", path)

    def _asked(self, method: str, path: str, **body: Any) -> int:
        """Return the status of an order's answer; 503 where the instance died. Where the store was away, it is asked again."""
        headers = {"Authorization": f"Bearer {KEY}"}
        for _ in range(ASKED):
            before = self.trouble.struck
            try:
                with self._as(self._later or Instance(0)):
                    answer = self.request(method, f"/console/api/integrations/7{path}", headers=headers, **body)
            except Crash:
                return 503
            assert answer.status_code < 500 or answer.status_code == 503, f"{path}: {answer.status_code} {answer.text}"
            if answer.status_code < 500 or self.trouble.struck == before:
                break
        return answer.status_code

    def do_undo(self, which: int) -> None:
        """Undo one of the last entries of the journal."""
        if rows := self.api("GET", "/7/journal?limit=20"):
            self._order(f"/journal/{rows[which % len(rows)]['id']}/undo")

    def do_decide(self, which: int, approves: int) -> None:
        """Approve a removal that is held, or restore what would be removed."""
        if rows := self.api("GET", "/7/held"):
            self._order(f"/held/{rows[which % len(rows)]['id']}/{('restore', 'approve')[approves]}")

    def do_keep(self, which: int) -> None:
        """Let the pair of a booking go on, or keep its event."""
        if booking := self._some_booking(which):
            for link in self.api("GET", f"/7/links?booking={booking}"):
                self._order(f"/links/{link['id']}/{('keep', 'resume')[link['state'] == 'paused']}")

    def do_pause(self, how_long: int) -> None:
        """Stop all writes for a while."""
        self._order("/pause")
        self.do_wait(how_long)
        self._order("/activate")

    def do_resync(self) -> None:
        self._order("/resync")

    @contextmanager
    def calmly(self) -> Iterator[None]:
        """Keep the store out of trouble, and let the instance live."""
        plan, self.trouble.plan = self.trouble.plan, None
        try:
            with self._as(None):
                yield
        finally:
            self.trouble.plan = plan

    @property
    def _held(self) -> Any:
        """The secrets of a world in memory; None on disk."""
        return self.secrets._read() if isinstance(self.secrets, MemorySecrets) else None

    @_held.setter
    def _held(self, secrets: Any) -> None:
        if isinstance(self.secrets, MemorySecrets):
            self.secrets.held = secrets

    def do_settings(self, number: int, reach: int = 0) -> None:
        """Apply other settings to all that is there, to what is to come, or to new ones only; the calendars stay."""
        other = Choice.of(random.Random(f"other settings {number}"))  # noqa: S311
        rows = tuple(
            replace(new, object=old.object, calendar=old.calendar, also=old.also, new_events=old.new_events)
            for old, new in zip(self.choice.rows, other.rows, strict=True)
        )
        was = self.choice
        other = replace(other, places=was.places, in_the_cloud=was.in_the_cloud, rows=rows, former=was.former)
        if reach:
            self.owed |= {"resync"}
        self.change_settings(other, ("all", "future", "new")[reach])

    # an older store

    def do_back_up(self) -> None:
        """Copy the store, its queue included; what the world began with is the copy until then."""
        if self._memory is not None:
            self._backup = self._memory.copy(), cast(MemoryTasks, self.tasks).copy(), self.choice

    def do_put_backup_back(self) -> None:
        """Put the last copy of the store in its place, and read both sides anew, as the command `restore` does.

        Once a story: what an earlier restore repaired only the store knows (docs/operations.md), the audit tells of it.
        """
        if self._memory is not None and self._backup is not None and not self.restored:
            shelves, tasks, self.choice = self._backup
            self._memory.shelves = {name: dict(shelf) for name, shelf in shelves.items()}
            self._queue(tasks.copy())
            self.restored = True
            self.races.forget()  # so does the journal
            self.do_mend()  # who puts a store back sees to it that it runs
            self.owed |= {"retry"}  # it may name a login that was replaced since, which is only seen when it is used
            if self._asked("POST", "/resync") >= 400:
                self.owed |= {"resync"}

    # rest

    def rest(self, *, day: bool = True) -> None:
        """All faults off, everything arrives, leases and graces end, and a night's sweep finds what hints missed.

        What waits for a later step has five minutes left to come. With `day`, a round by day comes before the night.
        """
        self.all_well()
        self.do_mend()  # as long as the store was away nobody could resume
        if "retry" in self.owed:
            self.tick()
            self.do_mend()  # also where it was only now seen
        self.settle(300)
        if self._later is not None:  # it came to nothing, or just now
            self._later = None
            self.all_well()
            self.do_mend()
            self.settle(300)
        if "retry" in self.owed:  # the cause is gone
            self.do_mend()  # that a login is dead shows when it is used
            self.do_try_again()
        if "resync" in self.owed:  # so that another look finds nothing of the settings that were for some only
            self.do_resync()
        if day:
            self.tick()
        self.settle(1000)
        self._to_the_night()
        self.forget()
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
        told = json.dumps([self._stored(), self.bookings(), self.shown()], sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()

    def _stored(self) -> list[tuple[str, str, Any]]:
        """Return all documents, without those that have expired: when these are deleted is up to the store."""
        now = self.now.timestamp()
        if self._memory is not None:
            return self._memory.rows(now)
        with self.file.read() as connection:
            rows = connection.execute(
                "SELECT collection, id, body FROM documents WHERE expires IS NULL OR expires > ? ORDER BY 1, 2", (now,)
            ).fetchall()
        return [(collection, name, json.loads(body)) for collection, name, body in rows]


@dataclass(frozen=True)
class _Beginning:
    """All that a world in memory is, at one moment."""

    outside: KeptOutside
    shelves: Shelves
    tasks: MemoryTasks
    now: datetime
    first_day: date
    log: list[dict[str, object]]
    told: list[tuple[str, Alert]]
    logins: Outside
    choice: Choice
    over: set[str]
    backup: tuple[Shelves, MemoryTasks, Choice] | None
    restored: bool
    races: dict[str, Any]
    trouble: Kept
    secrets: Any
    owed: frozenset[str]

    @classmethod
    def of(cls, world: World, memory: MemoryDocuments) -> "_Beginning":
        tasks = cast(MemoryTasks, world.tasks)
        told, logins = [*world.told], cast(Outside, world.ports.outside).copy()
        return cls(
            keep_outside(world), memory.copy(), tasks.copy(), world.now, world.first_day, [*world.log], told, logins,
            world.choice, {*world.over}, world._backup, world.restored, world.races.kept(), world.trouble.kept(),
            world._held, world.owed,
        )  # fmt: skip

    def again(self, world: World, memory: MemoryDocuments) -> None:
        put_back_outside(world, self.outside)
        memory.shelves = {name: dict(shelf) for name, shelf in self.shelves.items()}
        world._queue(self.tasks.copy())
        world.now, world.first_day, world.log[:], world.told[:] = self.now, self.first_day, self.log, self.told
        world.ports.outside = self.logins.copy()
        world.choice, world.over, world._backup, world.restored = self.choice, {*self.over}, self.backup, self.restored
        world.races.put_back(self.races)
        world.trouble.put_back(self.trouble)
        world._held, world.owed = self.secrets, self.owed


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
