"""What each simulated write to a booking takes away of a person's edit, whether the product had read it or not.

It knows nothing of the planner: it compares what stood in the booking with what was read of it and what was agreed last.
"""

import re
from collections import Counter
from collections.abc import Callable
from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING, Any

from functions.application.store import integrations, links
from functions.domain.model.appointment import Timed
from functions.domain.pairing.writes import Why
from sandbox.ireserve.tenant.model import Booking
from tests.harness.wires import Answer

if TYPE_CHECKING:
    from tests.world.world import World

READ = re.compile(r"/api/rest/booking/(\d+)")
A_CALL = 0.3  # seconds that an aimed call and the edit take
SIDES = ("start", "end")
Times = tuple[datetime, datetime]
HEARD = ("deliver", "double")  # how hints arrive at once


class Races:
    """Compares, within each simulated write, what stood in the booking with what the product had read of it."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.aimed: Callable[[str], None] | None = None
        self._edited: dict[int, tuple[Any, Any]] = {}
        self._read: dict[int, Times] = {}
        self._ours: dict[int, Times] = {}
        self.against: list[str] = []  # what was written against the settings
        self.taken: Counter[str] = Counter()  # edits that a write took away although their hint had come, by booking

    def kept(self) -> dict[str, Any]:
        """Return a copy of all that was seen so far."""
        return {name: copy(value) for name, value in vars(self).items() if name != "_world"}

    def put_back(self, kept: dict[str, Any]) -> None:
        """Go on from such a copy."""
        vars(self).update((name, copy(value)) for name, value in kept.items())

    def call(self, environ: dict[str, Any], ask: Callable[[dict[str, Any]], Answer]) -> Answer:
        """Pass on a call of the product."""
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        read = READ.fullmatch(path) if method == "GET" else None
        before = dict(self._bookings) if path.startswith("/api/rest/hook/") and method == "POST" else {}
        answer = ask(environ)
        if read is not None and answer.status_code == 200:
            self._after_reading(int(read[1]))
        for number, stood in before.items():
            if self._bookings.get(number) is not stood:
                self._after_writing(number, stood)
                self._check_times(number, stood, self._times_agreed(number, stood))
        return answer

    @property
    def _bookings(self) -> dict[int, Booking]:
        """The bookings as they stand now: a person's new status comes into force a little after it was set."""
        self._world.tenant.tick()
        return self._world.tenant.world.bookings

    def _after_reading(self, number: int) -> None:
        self._edited.pop(number, None)
        aimed, seen = self.aimed, self._bookings.get(number)
        if seen is not None:
            self._read[number] = (seen.start, seen.end)
        if aimed is None or seen is None:
            return
        self.aimed = None
        self._world.pass_time(A_CALL)
        with self._world.running.elsewhere():
            aimed(str(number))
        self._world.pass_time(A_CALL)
        edited = _shown(self._bookings[number])
        names_it = self._world.tenant.dialect.hook_body != "empty"  # else the search that follows sees one edit only
        heard = self._world.tenant.outbox.mode in HEARD and names_it
        if heard and _shown(seen) != edited and self._agreed(number, seen):
            self._edited[number] = (_shown(seen), edited)

    def _after_writing(self, number: int, stood: Booking) -> None:
        written, (seen, edited) = self._bookings.get(number), self._edited.get(number, (None, None))
        if written is None or _shown(stood) != edited:
            return
        del self._edited[number]
        if any(now != theirs != was for now, theirs, was in zip(_shown(written), edited, seen, strict=True)):
            self.taken[str(number)] += 1

    def _times_agreed(self, number: int, stood: Booking) -> tuple[Times, bool] | None:
        """Return the times that both sides agreed on, and whether the event's were changed since.

        None: not the booking's, or a person orders the write, as an undo.
        """
        link = links.of_booking(self._world.documents, "7", str(number))
        ordered = link.order is not None or (link.intent is not None and link.intent.step.why is Why.UNDONE)
        if ordered or link.base is None or not isinstance(link.base.when, Timed) or link.event is None:
            return None
        agreed, key = (link.base.when.start, link.base.when.end), link.event
        if agreed == (stood.start, stood.end):
            return None
        its = (event for room, event in self._world.shown() if (room, event["id"]) == (key.calendar, key.id))
        return agreed, any(_times(event) != agreed for event in its)

    def _check_times(self, number: int, stood: Booking, agreed: tuple[Times, bool] | None) -> None:
        """A person's new times that were read are taken away only where the event was moved too, and events win."""
        theirs, after = (stood.start, stood.end), self._bookings.get(number)
        written = None if after is None else (after.start, after.end)
        if written is None or written == theirs:
            return
        if agreed is not None and self._read.get(number) == theirs != self._ours.get(number):
            wins = integrations.get(self._world.documents, "7").settings.sync.conflict_winner
            if not agreed[1] or wins != "event":
                self.against.append(f"against: booking {number} at {theirs} was moved to {written}, agreed {agreed[0]}")
        self._ours[number] = written

    def _agreed(self, number: int, seen: Booking) -> bool:
        """Whether what was read showed nothing new: of two edits, of which one was seen, the product tells none."""
        base = links.of_booking(self._world.documents, "7", str(number)).base
        if base is None or not isinstance(base.when, Timed):
            return False
        return ((base.when.start, base.when.end), base.object_id, base.status) == (
            (seen.start, seen.end),
            str(seen.object_id),
            seen.status_code,
        )


def _times(event: dict[str, Any]) -> Times:
    start, end = (datetime.fromisoformat(event[side].get("dateTime", "1970-01-01T00:00:00+00:00")) for side in SIDES)
    return start, end


def _shown(booking: Booking) -> tuple[Any, ...]:
    return (booking.start, booking.end), booking.object_id, booking.status_code
