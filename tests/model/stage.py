"""The stage of the model: the product, both simulators, people who edit, and everything that can go wrong.

Every method is one thing that can happen; the state machine and fixed stories call the same ones. Bookings and events
are numbered in the order in which they came, so that stories use small numbers.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from functions.application import dispatch as work
from functions.application.ports import Documents, Ports
from functions.application.store import integrations, links, parked
from functions.domain.model.errors import Transient
from functions.domain.model.identity import link_id
from functions.domain.pairing.life import Held, Paused, State
from functions.domain.pairing.link import Link
from functions.domain.settings.integration import Phase as IntegrationPhase
from functions.domain.settings.schema import Settings
from sandbox.google.world.faults import Fault
from tests.harness.kept import keep, put_back
from tests.harness.place import KEY, PLANNER, ROOM_A, ROOM_B, Place, _Outside, when
from tests.model.instances import Crash, Instance, Running, SteppedDocuments, SteppedTasks
from tests.model.ledger import BOOKED, Broken, Ledger, Policy
from tests.model.truth import TrueBooking, TrueEvent, Truth, look, when_of

T = TypeVar("T")
INT = "7"
ROOMS = {"10": ROOM_A, "11": ROOM_B}
CALENDARS = (ROOM_A, ROOM_B)
HALL = "hall@group.calendar.google.com"  # of which the first room is a part
STARTS = (
    datetime(2026, 10, 23, 8, 0, tzinfo=UTC),  # summer time ends on Sunday the 25th
    datetime(2027, 3, 26, 8, 0, tzinfo=UTC),  # and begins on Sunday the 28th
)
# days from the start, and local times; the fourth runs through the night in which the clock changes
SLOTS = (
    (1, "10:00", 1, "11:00"),
    (1, "14:00", 1, "15:30"),
    (2, "09:00", 2, "10:00"),
    (2, "01:00", 2, "04:00"),
    (3, "22:00", 4, "01:00"),
    (4, "", 5, ""),
)
# customers: one that Google accepts, one that this service leaves out, one that only Google refuses
ADDRESSES = ("jan@example.nl", "jan..de.boer@example.nl", "jan@example.x")
COLOURED = {"20": "sage", "30": "tomato"}
TITLES = ("Overleg", "Training", "Toernooi")
TEXTS = ("", "neem een bal mee", "sleutel bij de balie")
SOON = timedelta(seconds=10)
DEADLINE = timedelta(seconds=60)  # of a task; no outgoing call is delayed longer
UNDONE = 3  # how many of the last changes are checked for undo
ENOUGH = 12  # the most writes that one edit, fault or crash may cause, a put-back and its consequences included
REFUSALS = ("period_taken", "not_available")
MOST = 4  # bookings and events that people make: too few for their removals to be held


class Stage(Place):
    """One product that can be reset to the moment after its activation, thousands of times."""

    def __init__(self, directory: Path, start: datetime) -> None:
        self.running = Running()
        self.ledger: Ledger | None = None
        super().__init__(directory, start)
        self._start = start
        self._google = _Wire(self._google, self, "/calendar/v3/")  # type: ignore[assignment]  # a Client to its users
        self._ireserve = _Wire(self._ireserve, self, "/api/rest/")  # type: ignore[assignment]  # likewise
        self.customers = [self.ireserve("POST", "customers", {"name": "K", "email": each})["id"] for each in ADDRESSES]
        self.google("POST", "calendars", {"id": HALL, "account": PLANNER})
        self.activate(
            sync={"window_days": [-7, 21], "cancel_grace_seconds": 60, "sweep_minutes": 15},
            outbound={"use_customer_data": True},
        )
        self.tick()
        self.settle(60)
        self._template = keep(self)

    def compose(self, documents: Documents) -> Ports:
        ports = super().compose(SteppedDocuments(documents, self.running, self._saved))
        ports.tasks = SteppedTasks(self.tasks, self.running)
        return ports

    def _webhook(self, url: str, body: Any) -> int:
        with self.running.elsewhere():
            return super()._webhook(url, body)

    def _notify(self, address: str, headers: Mapping[str, str]) -> int:
        with self.running.elsewhere():
            return super()._notify(address, headers)

    # setting back

    def set_back(self, policy: Policy) -> None:
        """Reset to the moment after activation, with other settings."""
        self.now = self._start + timedelta(minutes=2)
        put_back(self, self._template)
        self.log.clear()
        self.ports.outside = _Outside(self)
        self.policy = policy
        self.stalled: list[Instance] = []
        self.broken: Broken | None = None
        self.trouble = 0  # faults, crashes and stalls: each may cost writes
        self.lossy = False  # something happened that hints alone cannot repair
        self.unsaid = False  # Google did not report a removal: only a full list shows it
        self.jumped = 0
        self.made = 0
        integrations.change(
            self.documents, INT, lambda before: replace(before, settings=self._settings(before.settings))
        )
        self.behind = False  # settings were changed for new events only
        self.cut_short = False  # a change of settings was cut short
        self.undone = False  # a person undid something
        self.parting: set[str] = set()  # bookings whose creation a person ordered to undo
        self.ledger = Ledger(
            policy,
            ROOMS,
            lambda: self.now,
            lambda booking, link: link in self._links_of(booking),
            self._ordered,
            self._written_down,
        )
        self.observe()

    def _settings(self, settings: Settings) -> Settings:
        p = self.policy
        inbound = replace(
            settings.inbound,
            allow_booking_update=p.update,
            allow_object_change=p.rooms,
            deleted_event=p.deleted,
            follow=p.follow,
        )
        sync = replace(settings.sync, conflict_winner=p.winner, hold_over=p.hold, overlap_guard=p.guard)
        also = (HALL,) if p.also else ()
        mapping = tuple(
            replace(row, also=also, shows=p.shows) if row.object == "10" else row for row in settings.mapping
        )
        outbound = replace(
            settings.outbound,
            create_on_status=tuple(each for each in p.wanted if each not in p.tentative),
            tentative_on_status=p.tentative,
            colour_by="status" if p.colours else "none",
            colours=COLOURED,
        )
        return replace(settings, inbound=inbound, sync=sync, mapping=mapping, outbound=outbound)

    def _links_of(self, booking: str) -> set[str]:
        stored = links.of_booking(self.documents, INT, booking)
        return {stored.id, link_id(INT, "booking", booking)}

    def _ordered(self, booking: str) -> bool:
        link = links.of_booking(self.documents, INT, booking)
        return link.order is not None

    def _written_down(self, booking: str) -> tuple[object, object] | None:
        base = links.of_booking(self.documents, INT, booking).base
        return (when_of(base.when), base.calendar) if base is not None else None

    # watching

    @property
    def book_(self) -> Ledger:
        """The ledger."""
        if self.ledger is None:
            raise RuntimeError("the stage was not set back yet")
        return self.ledger

    def look(self) -> Truth:
        """Return the state of both sides."""
        return look(self.world, self.tenant, CALENDARS)

    def observe(self) -> Truth:
        """Record what people did."""
        truth = self.look()
        self.book_.observe(truth)
        return truth

    def call(self, method: str, path: str, body: Any, effect: Callable[[], T]) -> T:
        """Let the product make one outside call, and judge it."""
        instance = self.running.instance
        if self.ledger is None or instance is None:
            return effect()
        ledger = self.ledger

        def watched() -> T:
            if method == "GET":
                answer = effect()
                if path.startswith("/api/rest/booking/"):
                    instance.reads[unquote(path.rsplit("/", 1)[1])] = (ledger.at, self.now)
                return answer
            if instance.held_up and instance.stalled_at is not None and self.now - instance.stalled_at > DEADLINE:
                instance.die()  # the platform ended the task before this call
                raise Crash
            self.observe()
            try:
                answer = effect()
            finally:
                try:
                    ledger.wrote(self.look(), instance, f"{method} {path}")
                except Broken as broken:  # the product would treat it as its own fault
                    self.broken = self.broken or broken
            self._refusals(body, answer)
            return answer

        return instance.step(watched)

    def _refusals(self, body: Any, answer: Any) -> None:
        data = json.loads(body) if isinstance(body, str | bytes) and body else {}
        refused = answer.status_code in (409, 412) or (answer.get_json(silent=True) or {}).get("status") is False
        if refused and isinstance(data, dict):
            self.book_.refusal(self.look(), str(data.get("id") or ""))

    def _saved(self) -> None:
        """After each transaction of the product: both sides agree wherever it recorded that they do."""
        if self.ledger is None or self.running.instance is None:
            return
        for pair in self.ledger.pairs.values():
            if pair.pending or not pair.known or pair.booking in self.parting:
                link = links.of_booking(self.documents, INT, pair.booking)
                pair.parted = link.state is State.DETACHED and pair.booking in self.parting
                if link.base is not None:
                    self.ledger.noticed(pair, when_of(link.base.when), link.base.calendar, link.base.status)

    # work

    def do_one(self, instance: Instance | None = None) -> bool:
        """Run the first due task as an instance that may crash or stall."""
        if self.ledger is None:
            return super().do_one()
        leased = self.tasks.lease(self.now, "", 90)
        if leased is None:
            return False
        task, receipt = leased
        self.observe()
        instance = instance or Instance(self.book_.at)
        instance.vanished = self._vanished()

        def job() -> None:
            self.running.instance = instance
            try:
                work.run(self.ports, task.body)
            except Crash:
                return
            except Transient:
                self.tasks.release(receipt, self.now + timedelta(seconds=5))
            else:
                self.tasks.done(receipt)
            finally:
                self.running.instance = None

        if instance.may_stall:
            if not instance.start(job):
                instance.stalled_at = self.now
                self.stalled.append(instance)
        else:
            job()
        self._complain(instance)
        self.observe()
        return True

    def _vanished(self) -> dict[str, int]:
        """Return, for each booking whose event is known to be gone, how many of these are on its calendar."""
        waiting = [
            (link.booking_id, link.event.calendar)
            for link in links.every(self.documents, INT)
            if link.event is not None and link.state in (State.GRACE, State.HELD)
        ]
        return {booking: sum(1 for _, each in waiting if each == calendar) for booking, calendar in waiting}

    def _complain(self, instance: Instance) -> None:
        if self.broken is not None:
            raise self.broken
        if instance.failure is not None:
            raise instance.failure
        for line in self.log:
            if str(line.get("reason", "")).startswith("fault_") or line["event"] == "error":
                raise Broken(f"a fault of the product's own: {line}")
        self.log.clear()

    def tell(self, policy: Policy, story: Sequence[tuple[Any, ...]]) -> None:
        """Play a fixed story, then let everything arrive."""
        self.set_back(policy)
        with self.closing():
            for name, *given in story:
                getattr(self, name)(*given)
            self.quiesce()

    # people, in i-Reserve

    def _slot(self, slot: int) -> tuple[str, str]:
        first, start, last, end = SLOTS[slot % len(SLOTS)]
        days = [(self._start + timedelta(days=each)).date().isoformat() for each in (first, last)]
        return (f"{days[0]}T{start}", f"{days[1]}T{end}") if start else (days[0], days[1])

    def new_booking(self, slot: int, room: int = 0, status: int = 20) -> None:
        """A person books."""
        if self.made >= MOST:
            return
        self.made += 1
        start, end = self._slot(slot)
        self.book(start, end, object_id=10 + room, status_code=status)
        self.observe()

    def _booking(self, which: int) -> TrueBooking | None:
        found = sorted(self.look().bookings.values(), key=lambda each: int(each.id))
        return found[which % len(found)] if found else None

    def _change(self, which: int, **fields: Any) -> None:
        booking = self._booking(which)
        if booking is not None:
            self.change(booking.id, **fields)
            self.observe()

    def move_booking(self, which: int, slot: int) -> None:
        """A person moves a booking."""
        start, end = self._slot(slot)
        self._change(which, start=start, end=end)

    def room_of_booking(self, which: int, room: int) -> None:
        """A person gives a booking another object."""
        self._change(which, object_id=10 + room)

    def status_of_booking(self, which: int, status: int) -> None:
        """A person cancels a booking, reopens it, or moves it on."""
        self._change(which, status_code=status)

    def touch_booking(self, which: int) -> None:
        """A person saves a booking without a relevant change."""
        self._change(which, custom={"05": str(self.book_.at)})

    def remark(self, which: int, text: int) -> None:
        """A person writes remarks."""
        self._change(which, remarks=TEXTS[text % len(TEXTS)])

    def customer_of_booking(self, which: int, who: int) -> None:
        """A person gives a booking another customer."""
        self._change(which, customer_id=self.customers[who % len(self.customers)])

    def rights(self, validates: int) -> None:
        """The API user gets or loses the right to save bookings that conflict."""
        self.ireserve("PATCH", "dialect", {"validates": bool(validates)})

    def remove_booking(self, which: int) -> None:
        """A person really removes a booking; i-Reserve sends no webhook."""
        booking = self._booking(which)
        if booking is not None:
            self.lossy = True
            self.ireserve("DELETE", f"bookings/{booking.id}")
            self.observe()

    # people, in Google Calendar

    def _event(self, which: int, *, alive: bool = True) -> TrueEvent | None:
        live = {each.id for each in self.look().events.values() if each.alive}
        found = [
            each
            for each in self.look().events.values()
            if (each.alive if alive else (not each.alive and each.id not in live and not each.purged))
        ]
        found.sort(key=lambda each: each.id)
        return found[which % len(found)] if found else None

    def new_event(self, slot: int, room: int = 0, free: int = 0) -> None:
        """A person makes an event."""
        if self.made >= MOST:
            return
        self.made += 1
        start, end = self._slot(slot)
        self.draw(start, end, CALENDARS[room], transparency="transparent" if free else "opaque")
        self.observe()

    def _edit(self, which: int, **fields: Any) -> None:
        event = self._event(which)
        if event is not None:
            self.edit(event.id, event.calendar, **fields)
            self.observe()

    def move_event(self, which: int, slot: int) -> None:
        """A person drags an event."""
        moved = when(*self._slot(slot))
        for part in moved.values():
            part.setdefault("date", None)  # an event of whole days may get hours
        self._edit(which, **moved)

    def retitle(self, which: int, title: int) -> None:
        """A person gives an event another title."""
        self._edit(which, summary=TITLES[title % len(TITLES)])

    def write_below(self, which: int, text: int) -> None:
        """A person writes below the service's line, or any description."""
        event = self._event(which)
        if event is not None:
            kept = event.description[: len(event.description) - len(event.below)] if event.below else event.description
            said = TEXTS[text % len(TEXTS)]
            self._edit(which, description=f"{kept.rstrip()}\n{said}".strip() if said else kept)

    def touch_event(self, which: int) -> None:
        """A person makes an irrelevant change: only the etag changes."""
        self._edit(which, colorId=str(self.book_.at % 11 + 1))

    def free_event(self, which: int, free: int) -> None:
        """A person says that an event does not make them busy, or that it does."""
        self._edit(which, transparency="transparent" if free else "opaque")

    def _deed(self, event: TrueEvent, deed: str, **body: Any) -> None:
        self.google("POST", f"calendars/{quote(event.calendar)}/events/{event.id}/{deed}", body)
        self.observe()

    def room_of_event(self, which: int, room: int) -> None:
        """A person moves an event to another calendar that the product can see."""
        event = self._event(which)
        seen = room == 0 or self.book_.policy.both
        if seen and event is not None and event.calendar != CALENDARS[room]:
            self._deed(event, "move", destination=CALENDARS[room])

    def delete_event(self, which: int) -> None:
        """A person deletes an event."""
        event = self._event(which)
        if event is not None:
            self.delete(event.id, event.calendar)
            self.observe()

    def restore_event(self, which: int) -> None:
        """A person takes an event out of the bin."""
        event = self._event(which, alive=False)
        if event is not None:
            self._deed(event, "restore")

    def purge_event(self, which: int) -> None:
        """A person empties the bin of one event."""
        event = self._event(which, alive=False)
        if event is not None:
            self._deed(event, "purge")

    def duplicate_event(self, which: int) -> None:
        """A person copies an event; Google copies our marks with it."""
        event = self._event(which)
        if event is not None and self.made < MOST:
            self.made += 1
            self._deed(event, "duplicate")

    def disturb_hall(self, which: int, slot: int) -> None:
        """A person moves an occupied event, or deletes it."""
        live = sorted(number for number, _ in self._hall())
        if live:
            self.trouble += 1
            self.lossy = True  # the hall has no channel unless a change of settings made it one
            event = live[which % len(live)]
            if slot % 2:
                self.drag(event, *self._slot(slot), HALL)
            else:
                self.delete(event, HALL)
            self.observe()

    def _hall(self) -> list[tuple[str, object]]:
        """Return what stands in the hall's calendar: the ids and times of its live events."""
        events = look(self.world, self.tenant, (HALL,)).events.values()
        return [(each.id, each.when) for each in events if each.alive]

    # faults

    def hooks(self, mode: str) -> None:
        """From now on webhooks are delivered, dropped, doubled or held."""
        self.lossy |= mode == "drop"
        self.ireserve("POST", "hooks/mode", {"mode": mode})

    def notifications(self, mode: str) -> None:
        """The same for notifications."""
        self.lossy |= mode == "drop"
        self.google("POST", "notifications", {"mode": mode})

    def texts(self, mode: str) -> None:
        """From now on Google keeps descriptions as sent, or as its web editor makes them."""
        self.google("POST", "texts", {"mode": mode})

    def lose_removal(self) -> None:
        """Google does not report the next removal."""
        self.lossy = self.unsaid = True
        self.google("POST", "tombstones", {"lose": 1})

    def flush(self, order: str) -> None:
        """Held messages come late, in this order."""
        self.ireserve("POST", "hooks/flush", {"order": order})
        self.google("POST", "notifications/flush", {"order": order})
        self.observe()

    def fault(self, side: str, action: str, moment: str, write: int = 1) -> None:
        """The next call to a side fails, before or after it takes effect."""
        self.trouble += 1
        method = ("POST" if side == "ireserve" else None) if write else "GET"
        if side == "ireserve":
            wanted = {"path": "", "status": 503, "action": action, "when": moment, "method": method or ""}
            self.ireserve("POST", "faults", wanted)
        else:
            self.world.faults.planted.append(
                Fault(method, "/calendar/v3/", 503, "backendError", 1, moment, action)  # type: ignore[arg-type]  # words of its own
            )

    def outage(self, side: str, calls: int) -> None:
        """A side is away for a number of calls."""
        self.trouble += calls
        if side == "ireserve":
            self.ireserve("POST", "faults", {"path": "", "status": 503, "times": calls})
        else:
            self.world.faults.planted.append(Fault(None, "/calendar/v3/", 503, "backendError", calls))

    def _await_work(self) -> None:
        """Let time pass until a task is due, if that is soon: a mishap needs a task."""
        due = self.tasks.next_due()
        if due is not None and self.now < due < self.now + SOON:
            self.now = due

    def crash(self, step: int, after: int) -> None:
        """The instance that runs the next task dies at one of its steps."""
        self.trouble += 1
        self._await_work()
        self.do_one(Instance(self.book_.at, fuse=step, after=bool(after)))

    def stall(self, step: int, after: int = 0) -> None:
        """The instance that runs the next task stalls at one of its steps."""
        if len(self.stalled) < 2:
            self.trouble += 1
            self._await_work()
            self.do_one(Instance(self.book_.at, gate=step, after=bool(after)))

    def resume(self, which: int) -> None:
        """A stalled instance continues."""
        if self.stalled:
            instance = self.stalled.pop(which % len(self.stalled))
            instance.resume()
            self._complain(instance)
            self.observe()

    def token_dies(self) -> None:
        """Google forgets our sync tokens: 410."""
        self.google("POST", "sync-tokens/expire", {})

    def pause(self) -> None:
        """A person pauses the integration."""
        self.lossy = True
        self.api("POST", f"/{INT}/pause")

    @property
    def paused(self) -> bool:
        """Whether a person paused it."""
        return integrations.get(self.documents, INT).phase is IntegrationPhase.PAUSED

    def go_on(self) -> None:
        """A person resumes it."""
        self.api("POST", f"/{INT}/activate")

    # time

    def work(self, tasks: int) -> None:
        """A few due tasks run."""
        for _ in range(tasks):
            self.do_one()

    def time_passes(self, seconds: int) -> None:
        """Time passes while the product works."""
        self.settle(seconds)

    def time_stands(self, seconds: int) -> None:
        """Time passes and the product does nothing: its queue is late."""
        self.pass_time(seconds)
        self.observe()

    def night(self) -> None:
        """A day goes by."""
        if self.jumped < 4:
            self.jumped += 1
            self.settle(86_400)

    def round(self) -> None:
        """The round of each minute."""
        self.tick()

    def renewal(self) -> None:
        """The hourly renewal."""
        self.renew()

    # quiescence

    def quiesce(self) -> None:
        """Everything arrives, stalled instances continue, leases and grace pass: both sides agree."""
        while self.stalled:
            self.resume(0)
        self.hooks("deliver")
        self.notifications("deliver")
        self.world.faults.planted.clear()
        self.tenant.faults.planned.clear()
        self.settle_down()
        if self.paused:
            self.go_on()
        if self.behind:
            self.api("POST", f"/{INT}/resync")
            self.behind = False
        self.flush("fifo")
        if self.cut_short:
            self.settle(150)
            self.tick()
        self._drain()
        if self.unsaid:
            self.google("POST", "tombstones", {"lose": 0})
            self.api("POST", f"/{INT}/resync")
            self._drain()
            self.unsaid = False
        if not self.lossy:
            self.check("once every hint was followed")
        for _ in range(2):
            self.api("POST", f"/{INT}/sweep")
            self._drain()
        self.lossy = False
        self.check("after a sweep")
        written = len(self.book_.writes)
        self.api("POST", f"/{INT}/resync")
        self._drain()
        if len(self.book_.writes) > written:
            raise Broken(f"another look wrote again: {self.book_.writes[written:]}")
        self.check("after another look")
        self._undo_says()

    def _undo_says(self) -> None:
        """Each of the last changes can be undone, or the reason why not is given."""
        for identity, entry in journal_of(self.documents)[:UNDONE]:
            path = f"/console/api/integrations/{INT}/journal/{identity}/undo?preview=1"
            answer = self.request("POST", path, headers={"Authorization": f"Bearer {KEY}"})
            said = answer.get_json(silent=True) or {}
            if not said.get("stays" if answer.status_code == 200 else "error") or answer.status_code >= 500:
                raise Broken(f"undoing {entry['step']} {entry['why']}: {answer.status_code} {answer.text[:200]}")

    def settle_down(self) -> None:
        """End whatever keeps the two sides from agreeing completely."""

    def _drain(self) -> None:
        for _ in range(40):
            self.settle(300)
            if not self.tasks.depth():
                return
        raise Broken("the queue does not run empty")

    def check(self, moment: str) -> None:
        """Both sides agree as the policy says, nothing is stuck, and everything that waits has a reason."""
        truth = self.observe()
        stored = {each.booking_id or each.id: each for each in links.every(self.documents, INT)}
        for link in stored.values():
            if link.intent is not None:
                raise Broken(f"{moment}: link of booking {link.booking_id} is stuck in {link.intent}")
        for identity, body in parked.every(self.ports, INT):
            if body["reason"] in REFUSALS and (self.undone or self._restored(body["subject"])):
                continue  # i-Reserve refuses to reopen the booking, as this item says
            raise Broken(f"{moment}: parked {identity}: {body['kind']} {body['subject']} because of {body['reason']}")
        for booking in truth.bookings.values():
            self._agrees(moment, truth, booking, stored.get(booking.id))
        for event in truth.events.values():
            if event.alive:
                self._has_booking(moment, event)
        self._occupied(moment, truth, stored)
        for event in truth.events.values():
            if event.alive and event.below != self.book_.below.get((event.calendar, event.id), event.below):
                raise Broken(f"{moment}: the text under the line of {event.id} is not what people wrote")
        for identity, entry in journal_of(self.documents):
            if entry["outcome"] == "open":
                raise Broken(f"{moment}: journal entry {identity} ({entry['step']}, {entry['why']}) stays open")
        if len(self.book_.writes) > ENOUGH * (self.book_.edits + self.trouble + 1):
            raise Broken(f"{len(self.book_.writes)} writes for {self.book_.edits} edits: a loop")

    def _occupied(self, moment: str, truth: Truth, stored: Mapping[str, Link]) -> None:
        """The hall shows the bookings of the first room, each once at its time, and nothing else."""
        if any(isinstance(each.life, Paused | Held) or each.state is State.DETACHED for each in stored.values()):
            return
        ledger, left = self.book_, [when for _, when in self._hall()]
        for booking in truth.bookings.values():
            pair = ledger.pairs.get(booking.id)
            stands = ledger.policy.also and booking.object == "10" and pair is not None and truth.live(pair.event)
            if stands and booking.when in left:
                left.remove(booking.when)
            elif stands and booking.status in ledger.policy.made_on:
                raise Broken(f"{moment}: booking {booking.id} does not stand in the hall at {booking.when}: {left}")
        if left:
            raise Broken(f"{moment}: nobody takes the hall at {left}")

    def _restored(self, subject: Sequence[str]) -> bool:
        """Whether a task was about an event that came back although its deletion had cancelled the booking."""
        return any(pair.event == subject[-1] and pair.cancelled_by_us for pair in self.book_.pairs.values())

    def _parked(self, event: str) -> bool:
        return any(body["subject"][-1] == event for _, body in parked.every(self.ports, INT))

    def _agrees(self, moment: str, truth: Truth, booking: TrueBooking, link: Link | None) -> None:
        ledger = self.book_
        pair = ledger.pairs.get(booking.id)
        live = truth.live(pair.event) if pair is not None else []
        name = f"{moment}: booking {booking.id} ({booking.status}, {booking.when}, {booking.object})"
        if link is not None and link.state is State.PAUSED:
            recent = [at for at in pair.writes if pair.writes[-1] - at <= timedelta(hours=1)] if pair else []
            if len(recent) < 3:
                raise Broken(f"{name} is paused without a reason")
            return
        if link is not None and link.state is State.DETACHED and pair is not None and pair.parted:
            return
        if link is not None and link.state is State.HELD:
            if live or not any(each.deleted == "ask" or each.hold < MOST for each in ledger.policies()):
                raise Broken(f"{name} is held: {link.reason}")
            return
        if link is not None and link.state not in (State.ACTIVE, State.CLOSED, State.UNLINKED):
            raise Broken(f"{name} rests in {link.state}: {link.reason}")
        if booking.status in ledger.policy.cancelled:
            if live and not (pair and pair.cancelled_by_us and self._parked(live[0].id)):
                raise Broken(f"{name} is cancelled and its event {live[0].id} stands")
            return
        if not live:
            if booking.status in ledger.policy.made_on:
                raise Broken(f"{name} has no event")
            return
        if len(live) > 1:
            raise Broken(f"{name} has {len(live)} events")
        if link is not None and link.state is not State.ACTIVE:
            raise Broken(f"{name} has an event, and their pair is {link.state}")
        self._same(name, booking, live[0], link)

    def _said(self, name: str, event: TrueEvent, link: Link) -> None:
        """The event shows the reason exactly as long as the pair has one."""
        if bool(event.notice) != bool(link.notice):
            raise Broken(f"{name}: its event says {event.notice!r}, their pair has {link.notice!r}")

    def _same(self, name: str, booking: TrueBooking, event: TrueEvent, link: Link | None) -> None:
        pair = self.book_.pairs[booking.id]
        if event.when != booking.when:
            raise Broken(f"{name} and its event show {booking.when} and {event.when}")
        if event.calendar != ROOMS.get(booking.object):
            raise Broken(f"{name} has its event on {event.calendar}")
        if pair.origin == "booking":
            self._looks(name, booking, event)
            if booking.external_id != event.id:
                raise Broken(f"{name} does not name its event")
        if link is None or link.base is None or link.event is None or link.event.id != event.id:
            raise Broken(f"{name} and its event have no link that says so: {link}")
        self._said(name, event, link)

    def _looks(self, name: str, booking: TrueBooking, event: TrueEvent) -> None:
        """The event shows what its row shows, is tentative with its booking, and has its colour or a person's."""
        policy = self.book_.policy
        shows = policy.shows if booking.object == "10" else "full"
        names = {"OBJECT": f"Zaal {'AB'[int(booking.object) - 10]}", "BOOKING_NUMBER": booking.id}
        texts = (BOOKED, "") if shows == "booked" else (policy.title.format(**names), booking.remarks)
        if (event.title, event.above) != texts:
            raise Broken(f"{name} has an event that says {event.title!r} and {event.above!r}")
        invited = booking.email == ADDRESSES[0] and shows != "booked"
        if event.guests != ((booking.email,) if invited else ()):
            raise Broken(f"{name} of {booking.email!r} has an event with guests {event.guests}")
        if event.private != (shows == "private"):
            raise Broken(f"{name} has {'a private' if event.private else 'an open'} event, and its row shows {shows}")
        if event.tentative != (booking.status in policy.tentative):
            raise Broken(f"{name} has {'a tentative' if event.tentative else 'a confirmed'} event")
        _, painted = self.book_.painted.get(event.id, (0, None))
        if event.colour not in (policy.colour(booking.status), painted):
            raise Broken(f"{name} has an event of colour {event.colour!r}, and a person's is {painted!r}")

    def _has_booking(self, moment: str, event: TrueEvent) -> None:
        ledger = self.book_
        if event.id in ledger.made_by_us or event.free:
            if event.id in ledger.made_by_us and ledger.pairs[ledger.made_by_us[event.id]].event != event.id:
                raise Broken(f"{moment}: event {event.id} of ours belongs to nothing")
            return
        if any(pair.event == event.id for pair in ledger.pairs.values()):
            return
        followed = all(each.both and each.follow == "all_mapped" for each in ledger.policies())
        if event.calendar != ROOM_A and not followed:
            return
        if not event.notice:
            raise Broken(f"{moment}: event {event.id} ({event.when}) became no booking and does not say why")

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Let no thread outlive an example."""
        try:
            yield
        finally:
            while self.stalled:
                instance = self.stalled.pop()
                instance.die()
                instance.resume()


def journal_of(documents: Documents) -> list[tuple[str, Any]]:
    """Return the last entries of the journal, newest first."""
    return documents.find(("integrations", INT, "journal"), order="at", descending=True, limit=200)


class _Wire:
    """A client of a simulator through which the stage watches the product's calls under `prefix`."""

    def __init__(self, client: Any, stage: Stage, prefix: str) -> None:
        self._client, self._stage, self._prefix = client, stage, prefix

    def open(self, path: str, **options: Any) -> Any:
        """Send a request."""
        if not path.startswith(self._prefix):
            return self._client.open(path, **options)
        method = str(options.get("method", "GET"))
        return self._stage.call(method, path, options.get("data"), lambda: self._client.open(path, **options))

    def post(self, path: str, **options: Any) -> Any:
        """Send a form."""
        return self._client.post(path, **options)
