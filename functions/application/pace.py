"""Pace: how fast a walk may call Google, so that its 600 calls a minute are used and never exceeded.

Evenly, a few calls ahead of the clock at most, because Google counts any sixty seconds. What pulls cost meanwhile is
taken off: what a walk writes comes back as notifications.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.application import calendars
from functions.application.ports import Ports

PER_MINUTE = 565  # of 600: the rest is for live changes, and for calls that come a little bunched
EACH = timedelta(minutes=1) / PER_MINUTE
SLACK = timedelta(seconds=1)  # a task comes a little late; so much may be made up for


@dataclass(slots=True)
class Pace:
    """`paid` is the moment up to which the calls so far are paid for, `pulls` how many calls of pulls are among them."""

    ports: Ports
    int_id: str
    paid: datetime
    pulls: int
    spent: int = 0

    def wait(self) -> None:
        """Wait until the next call may begin."""
        now = self.ports.clock()
        self.paid = max(self.paid, now - SLACK)
        if self.paid > now:
            self.ports.pause((self.paid - now).total_seconds())

    def spend(self, calls: int) -> None:
        """Count calls that were made."""
        self.spent += calls
        self.paid += calls * EACH

    def count_pulls(self) -> None:
        """Count what pulls have cost since the last time."""
        pulls = pulls_of(self.ports, self.int_id)
        self.paid += max(0, pulls - self.pulls) * EACH
        self.pulls = pulls


def pulls_of(ports: Ports, int_id: str) -> int:
    """Return how many calls the pulls of an integration have made so far."""
    return sum(state.calls for state in calendars.every(ports.documents, int_id))
