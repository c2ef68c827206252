"""Each integration's fair share of the live queue; tasks beyond it go to the overflow queue.

Cloud Tasks cannot be told in which order to run due tasks, so a task behind thousands of others waits for all of them.
An integration that floods the queue therefore gets only one burst into it until it stops.
"""

import threading
from datetime import datetime, timedelta

BURST = 20  # tasks at once: some simultaneous bookings with two tasks each, and as many again for their echoes
EVERY = timedelta(seconds=1 / 5)  # the lasting rate: more than a booking a second
LONGEST = 2 * BURST * EVERY  # until the burst is available again after a flood


class Shares:
    """Tells whether a task is beyond the share of its party (an integration); each instance counts in its own memory.

    https://en.wikipedia.org/wiki/Leaky_bucket#As_a_meter
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, datetime] = {}

    def over(self, party: str, now: datetime) -> bool:
        """Count a task that is added now; True if it is beyond the share."""
        with self._lock:
            until = max(self._until.get(party, now), now) + EVERY
            self._until[party] = min(until, now + LONGEST)
        return until > now + BURST * EVERY
