"""Fair shares of a queue that others serve: of an integration that adds very many tasks, the rest go to a queue apart.

Cloud Tasks hands out whatever is due in no order that can be told it, so who stands in the live queue behind thousands
waits for them all, however many hands there are. What is over an integration's share therefore never gets into it, and
who floods gets no more than his burst into it for as long as he goes on.
"""

import threading
from datetime import datetime, timedelta

BURST = 20  # tasks at once: some bookings in the same moment, each with two looks, and as many for its echo
EVERY = timedelta(seconds=1 / 5)  # as often for ever: more than a booking a second
LONGEST = 2 * BURST * EVERY  # after a flood, until its party has its burst again


class Shares:
    """Says whether a task is over its party's share; counted in the memory of one instance.

    https://en.wikipedia.org/wiki/Leaky_bucket#As_a_meter
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, datetime] = {}

    def over(self, party: str, now: datetime) -> bool:
        """Count a task that is added now; True where there were too many lately."""
        with self._lock:
            until = max(self._until.get(party, now), now) + EVERY
            self._until[party] = min(until, now + LONGEST)
        return until > now + BURST * EVERY
