"""Fair shares of a queue that others serve: the tasks of who adds very many are due a little later, one after another.

Cloud Tasks hands out whatever is due in no order that can be told it. So a flood of one integration is spread over time
where it is added, and the tasks of the others, due at once, go in between.
"""

import threading
from datetime import datetime, timedelta

BURST = 50  # tasks that are due at once all the same
EVERY = timedelta(seconds=1 / 25)  # from then on


class Shares:
    """Says when a task is due; counted in the memory of one instance.

    https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, datetime] = {}

    def due(self, party: str, wanted: datetime, now: datetime) -> datetime:
        """Return when a task that is wanted at a moment is due; one that is for later is left as it is."""
        if wanted > now + timedelta(seconds=10):
            return wanted
        with self._lock:
            until = max(self._until.get(party, now), now) + EVERY
            self._until[party] = until
        return max(wanted, until - BURST * EVERY)
