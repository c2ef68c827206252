"""The pace at which scans call Google: they use most of its 600 calls a minute and never exceed them.

Calls are spread evenly, at most a few ahead of the clock, because Google counts any sixty seconds. An integration's
scans share one pace. The cost of pulls is subtracted, because a scan's writes come back as notifications. A scan
records its calls only every few seconds, because a document takes about one write a second; calls that other scans do
not know of yet fit into the margin.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from functions.application.ports import Body, Ports
from functions.application.store import calendars
from functions.application.store.integrations import path_of
from functions.application.store.once import change_once
from functions.domain.model.moments import APART

PER_MINUTE = 545  # of 600; the rest is for live changes and small bursts
EACH = timedelta(minutes=1) / PER_MINUTE
IDLE = timedelta(minutes=1)
SLACK = timedelta(seconds=1)  # tasks start a little late; this much may be made up
NOTED = timedelta(seconds=5)  # how often calls are recorded


@dataclass(slots=True)
class Pace:
    """One integration's pace. `spent` counts this object's calls only."""

    ports: Ports
    int_id: str
    spent: int = 0
    _noted: int = 0  # of those, recorded
    _noted_at: datetime = field(init=False)
    _paid: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._noted_at = self.ports.clock()
        self._paid = self._noted_at - SLACK
        self.note()

    def wait(self) -> None:
        """Wait until the next call may begin."""
        early = (self.free_at() - self.ports.clock()).total_seconds()
        if early > 0:
            self.ports.sleep(early)

    def free_at(self) -> datetime:
        """Return the moment up to which the calls so far are allowed, at the earliest a second ago."""
        return max(self.ports.clock() - SLACK, self._paid)

    def spend(self, calls: int) -> None:
        """Count calls that were made."""
        self.spent += calls
        self._paid = self.free_at() + calls * EACH
        if self.ports.clock() - self._noted_at >= NOTED:
            self.note()

    def note(self) -> None:
        """Record the calls, and the cost of pulls since the last time (nothing if no scan ran for a minute)."""
        pulls = sum(state.calls for state in calendars.every(self.ports.documents, self.int_id))
        path, now, by = path_of(self.int_id, "progress", "pace"), self.ports.clock(), self.ports.token(9)

        def add(body: Body | None) -> tuple[Body, datetime]:
            paid = self.free_at()
            if body is not None:
                # a later one is of a clock that was ahead
                noted = min(datetime.fromisoformat(body["paid"]), now + APART)
                paid = max(paid, noted + (self.spent - self._noted) * EACH)  # other scans have recorded theirs since
                if now - noted < IDLE:
                    paid += max(0, pulls - int(body["pulls"])) * EACH
            return {"paid": paid.isoformat(), "pulls": pulls, "by": by}, paid

        self._paid = change_once(self.ports.documents, path, add)
        self._noted, self._noted_at = self.spent, now
