"""Outgoing hooks waiting for delivery: due, held, tried again, given up."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sandbox.ireserve.tenant.model import Hook, Json

State = Literal["pending", "sending", "held", "dropped", "delivered", "failed"]
MODES = ("deliver", "drop", "delay", "double", "hold")
RETRY_AFTER = (1.0, 4.0, 15.0, 60.0)
GOOD = range(200, 400)
KEPT = 5000


@dataclass
class Delivery:
    """One hook on its way to one address."""

    n: int
    hook_id: int
    event: str
    url: str
    body: Json
    fired: datetime
    due: datetime
    state: State = "pending"
    attempts: list[Json] = field(default_factory=list)

    def as_dict(self) -> Json:
        """Return the delivery for the control API."""
        return {
            "n": self.n,
            "hook_id": str(self.hook_id),
            "event": self.event,
            "url": self.url,
            "body": self.body,
            "fired": self.fired.isoformat(),
            "state": self.state,
            "attempts": self.attempts,
        }


class Outbox:
    """All deliveries of a tenant; callers hold the tenant's lock."""

    def __init__(self) -> None:
        self.mode = "deliver"
        self.seconds = 0.0
        self.log: list[Delivery] = []
        self._open: list[Delivery] = []
        self._last = 0

    def fire(self, hooks: Iterable[Hook], event: str, body: Json, now: datetime) -> None:
        """Queue the body for every hook registered for the event, as the mode says."""
        for hook in list(hooks):
            if hook.event != event:
                continue
            for _ in range(2 if self.mode == "double" else 1):
                self._queue(hook, body, now)

    def _queue(self, hook: Hook, body: Json, now: datetime) -> None:
        self._last += 1
        wait = self.seconds if self.mode == "delay" else 0.0
        due = now + timedelta(seconds=wait)
        delivery = Delivery(self._last, hook.id, hook.event, hook.target_url, body, now, due)
        if self.mode == "hold":
            delivery.state = "held"
        elif self.mode == "drop":
            delivery.state = "dropped"
        self.log.append(delivery)
        del self.log[:-KEPT]
        if delivery.state != "dropped":
            self._open.append(delivery)

    def waiting(self) -> bool:
        """Whether a delivery is pending."""
        return any(each.state == "pending" for each in self._open)

    def held(self) -> int:
        """Return how many deliveries are held back."""
        return sum(each.state == "held" for each in self._open)

    def due(self, now: datetime) -> list[Delivery]:
        """Return the pending deliveries whose time has come, in the order to send them."""
        due = [each for each in self._open if each.state == "pending" and each.due <= now]
        return sorted(due, key=lambda each: each.due)

    def take(self, now: datetime) -> Delivery | None:
        """Return the next delivery that is due, marked as being sent."""
        due = self.due(now)
        if not due:
            return None
        due[0].state = "sending"
        return due[0]

    def report(self, delivery: Delivery, status: int, now: datetime, attempts: int) -> None:
        """Note the answer (0: none came) and plan the next try unless it was 200..399."""
        delivery.attempts.append({"at": now.isoformat(), "status": status})
        if status in GOOD:
            delivery.state = "delivered"
        elif len(delivery.attempts) >= attempts:
            delivery.state = "failed"
        else:
            wait = RETRY_AFTER[min(len(delivery.attempts), len(RETRY_AFTER)) - 1]
            delivery.due, delivery.state = now + timedelta(seconds=wait), "pending"
            return
        self._open = [each for each in self._open if each is not delivery]

    def hurry(self, now: datetime) -> None:
        """Make everything pending due now; what is held stays held."""
        for each in self._open:
            if each.state == "pending":
                each.due = min(each.due, now)

    def flush(self, now: datetime, *, reverse: bool = False) -> int:
        """Release what is held, oldest or newest first; return how many."""
        held = [each for each in self._open if each.state == "held"]
        if reverse:
            held.reverse()
        for place, each in enumerate(held):
            each.due, each.state = now + timedelta(microseconds=place - len(held)), "pending"
        return len(held)
