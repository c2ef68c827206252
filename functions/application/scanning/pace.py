"""Pace: how fast walks may call Google, so that its 600 calls a minute are used and never exceeded.

Evenly, a few calls ahead of the clock at most, because Google counts any sixty seconds; all walks of an integration
share one pace. What pulls cost is taken off: what a walk writes comes back as notifications.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.application.ports import Body, Ports, Transaction
from functions.application.store import calendars
from functions.application.store.integrations import path_of

PER_MINUTE = 545  # of 600: the rest is for live changes, and for calls that come a little bunched
EACH = timedelta(minutes=1) / PER_MINUTE
IDLE = timedelta(minutes=1)
SLACK = timedelta(seconds=1)  # a task comes a little late; so much may be made up for


@dataclass(slots=True)
class Pace:
    """The pace of one integration. `spent` counts the calls of this object only."""

    ports: Ports
    int_id: str
    spent: int = 0

    def wait(self) -> None:
        """Wait until the next call may begin."""
        early = (self.free_at() - self.ports.clock()).total_seconds()
        if early > 0:
            self.ports.sleep(early)

    def free_at(self) -> datetime:
        """Return the moment up to which the calls so far are paid for; a second ago at the earliest."""
        body = self.ports.documents.get(path_of(self.int_id, "progress", "pace"))
        return _paid(body, self.ports.clock())

    def spend(self, calls: int) -> None:
        """Count calls that were made."""
        self.spent += calls
        if calls:
            self._count(calls, None)

    def count_pulls(self) -> None:
        """Count what pulls have cost since the last time; when no walk has run for a minute, begin to count."""
        states = calendars.every(self.ports.documents, self.int_id)
        self._count(0, sum(state.calls for state in states))

    def _count(self, calls: int, pulls: int | None) -> None:
        path, now = path_of(self.int_id, "progress", "pace"), self.ports.clock()

        def work(tx: Transaction) -> None:
            body = tx.get(path)
            before = int(body["pulls"]) if body is not None else 0
            paid = _paid(body, now)
            if pulls is not None and body is not None and now - _moment(body) < IDLE:
                paid += max(0, pulls - before) * EACH
            paid += calls * EACH
            tx.put(path, {"paid": paid.isoformat(), "pulls": before if pulls is None else pulls})

        self.ports.documents.transact(work)


def _paid(body: Body | None, now: datetime) -> datetime:
    return max(now - SLACK, _moment(body)) if body is not None else now - SLACK


def _moment(body: Body) -> datetime:
    return datetime.fromisoformat(body["paid"])
