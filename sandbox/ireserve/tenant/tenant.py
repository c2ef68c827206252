"""One simulated tenant: its world, clock, lock, delayed effects and deliveries."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import RLock
from zoneinfo import ZoneInfo

from sandbox.ireserve.tenant.calls import Calls
from sandbox.ireserve.tenant.courier import Courier
from sandbox.ireserve.tenant.dialect import Dialect
from sandbox.ireserve.tenant.faults import Faults
from sandbox.ireserve.tenant.model import Json, Patch, World
from sandbox.ireserve.tenant.outbox import Outbox
from sandbox.ireserve.tenant.seed import default_world
from sandbox.ireserve.tenant.times import Wall


def utc_now() -> datetime:
    """Return the real time."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Effect:
    """A status change that was notified and is not applied yet."""

    due: datetime
    booking_id: int
    status_code: int


class Tenant:
    """A world in memory; every access goes through `session()`.

    `now` returns aware times. `deliver(url, json_body)` returns the HTTP status it got, or 0; given, it is
    called in the requesting thread after the request is done; without it a thread delivers by HTTP.
    """

    def __init__(
        self,
        now: Callable[[], datetime] = utc_now,
        deliver: Callable[[str, Json], int] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        world: Callable[[], World] = default_world,
    ) -> None:
        self._source = now
        self._new_world = world
        self._lock = RLock()
        self._pumping = False
        self.sleep = sleep
        self.deliver = deliver
        self.calls = Calls()
        self._courier = Courier(self)
        self.reset()

    def reset(self) -> None:
        """Throw everything away: world, dialect, clock offset, faults, races, deliveries and calls."""
        with self._lock:
            self.world = self._new_world()
            self.dialect = Dialect()
            self.offset = timedelta()
            self.latency = 0.0
            self.faults = Faults()
            self.outbox = Outbox()
            self.effects: list[Effect] = []
            self.races: list[tuple[int, Patch, bool]] = []
            self.calls.clear()

    @property
    def wall(self) -> Wall:
        """Return the tenant's wall clock."""
        return Wall(ZoneInfo(self.dialect.timezone), self.dialect.keeps_repeated_hour)

    def instant(self) -> datetime:
        """Return the tenant's time in UTC, which never goes back for winter."""
        return (self._source() + self.offset).astimezone(UTC)

    def now(self) -> datetime:
        """Return what the tenant's wall clock shows."""
        return self.wall.local(self.instant())

    def set_clock(self, moment: datetime) -> None:
        """Move the clock so that it shows the moment now; it keeps running."""
        self.offset = moment.astimezone(UTC) - self._source().astimezone(UTC)

    @contextmanager
    def session(self) -> Iterator[World]:
        """Hold the lock, with all effects applied that are due; deliver hooks afterwards."""
        with self._lock:
            self.tick()
            yield self.world
        self.pump()

    def tick(self, *, everything: bool = False) -> int:
        """Apply the delayed status changes that are due, or all; return how many."""
        if not self.effects:
            return 0
        now = self.now()
        due = [each for each in self.effects if everything or each.due <= self.instant()]
        if due:
            self.effects = [each for each in self.effects if each not in due]
            for each in due:
                before = self.world.bookings.get(each.booking_id)
                if before is not None:
                    after = replace(before, status_code=each.status_code, updated=now)
                    self.world.bookings[before.id] = after
        return len(due)

    def hurry(self) -> Json:
        """Apply every delayed effect and make every pending delivery due; for use inside a session."""
        applied = self.tick(everything=True)
        self.outbox.hurry(self.instant())
        return {"applied": applied, "held": self.outbox.held()}

    def settle(self) -> Json:
        """Apply every delayed effect and deliver everything pending; return how many."""
        with self.session():
            return self.hurry()

    def pump(self) -> None:
        """Hand due deliveries to `deliver`, outside the lock; without one, wake the courier."""
        if not self.outbox.waiting():
            return
        if self.deliver is None:
            self._courier.wake()
            return
        while self._begin_pumping():
            try:
                while self.send_one(self.deliver):
                    pass
            finally:
                self._pumping = False

    def _begin_pumping(self) -> bool:
        with self._lock:
            if self._pumping or not self.outbox.due(self.instant()):
                return False
            self._pumping = True
        return True

    def send_one(self, deliver: Callable[[str, Json], int]) -> bool:
        """Deliver the next due hook; return False if there was none."""
        with self._lock:
            outbox = self.outbox
            delivery = outbox.take(self.instant())
        if delivery is None:
            return False
        status = 0
        try:
            status = deliver(delivery.url, delivery.body)
        finally:
            with self._lock:
                outbox.report(delivery, status, self.instant(), self.dialect.hook_attempts)
        return True
