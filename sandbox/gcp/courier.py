"""Delivers tasks to their target over HTTP, as Cloud Tasks does, with faults."""

import base64
import heapq
import json
import math
import random
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

_SWALLOW_SECONDS = 3600.0  # a name is remembered this long after its task ran
_THREADS = 8


@dataclass(slots=True)
class Faults:
    """What goes wrong. `refuse` is a status for creations, `slow` seconds before each answer, `late` before delivery."""

    refuse: int = 0
    slow: float = 0.0
    late: float = 0.0
    twice: bool = False
    at_once: bool = False  # the second delivery of `twice` goes out with the first
    shuffle: bool = False  # tasks that are due go out in any order
    first_retry: float = 0.1
    last_retry: float = 10.0


@dataclass(slots=True)
class Delivery:
    """A task on its way; `attempt` counts the calls so far."""

    name: str
    due: float
    url: str
    headers: dict[str, str]
    body: str
    token: dict[str, str]
    deadline: float
    attempt: int = 0

    def queue(self) -> str:
        """Return the short name of its queue."""
        return self.name.split("/")[5]

    def shown(self) -> dict[str, Any]:
        """Return it for the control API."""
        return {
            "name": self.name,
            "due": self.due,
            "url": self.url,
            "body": json.loads(base64.b64decode(self.body) or b"null"),
            "attempt": self.attempt,
        }


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a queue: tasks a second, and calls at the same time.

    https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues#RateLimits
    """

    a_second: float = 500.0
    at_once: int = _THREADS


@dataclass(slots=True)
class _Queue:
    limits: Limits
    waiting: list[tuple[float, int, Delivery]] = field(default_factory=list)
    running: int = 0
    _until: float = 0.0

    def opens(self) -> float | None:
        """Return when the next task can go out; None if none waits or all running slots are taken."""
        if not self.waiting or self.running >= self.limits.at_once:
            return None
        bucket = max(1.0, self.limits.a_second / 5)  # Google chooses its size by the rate
        return max(self.waiting[0][0], self._until - (bucket - 1) / self.limits.a_second)

    def sent(self, now: float) -> None:
        """Count a task that goes out."""
        self.running += 1
        self._until = max(self._until, now) + 1 / self.limits.a_second


class Courier:
    """Keeps the tasks in memory, by queue, and calls their targets from a few threads."""

    def __init__(self, limits: Mapping[str, Limits] | None = None) -> None:
        """`limits` by the short names of queues; others have the default."""
        self._limits = limits or {}
        self.faults = Faults()
        self._changed = threading.Condition()
        self._queues: defaultdict[str, _Queue] = defaultdict(lambda: _Queue(Limits()))
        for name, each in self._limits.items():
            self._queues[name] = _Queue(each)
        self._number = 0
        self._names: dict[str, float] = {}  # name -> until when it is refused; infinite while it waits or runs
        self._log: list[dict[str, Any]] = []
        self.paused = False
        self._stopped = False
        self._wakes = math.inf  # when a thread that waits wakes up by itself
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start delivering."""
        threads = sum(each.at_once for each in self._limits.values()) or _THREADS
        self._threads = [threading.Thread(target=self._deliver, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop delivering, once the calls under way are answered."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(10)

    def accept(self, delivery: Delivery) -> bool:
        """Add a task; False if its name waits, runs, or ran within the last hour."""
        with self._changed:
            if self._names.get(delivery.name, 0.0) > time.time():
                return False
            self._names[delivery.name] = float("inf")
            due = max(delivery.due, time.time()) + self.faults.late
            self._push(delivery, due)
            if self.faults.twice:
                self._push(replace(delivery), due if self.faults.at_once else due + 0.2)
        return True

    def waiting(self) -> list[dict[str, Any]]:
        """Return the waiting tasks, earliest first."""
        with self._changed:
            return [delivery.shown() for _, _, delivery in sorted(self._entries(), key=lambda entry: entry[:2])]

    def knows(self, name: str) -> bool:
        """Whether a task waits or runs."""
        with self._changed:
            return self._names.get(name, 0.0) == float("inf")

    def delivered(self) -> list[dict[str, Any]]:
        """Return each call with its status, in the order of the answers; status 0: no answer in time."""
        with self._changed:
            return list(self._log)

    def set_faults(self, wanted: dict[str, Any]) -> None:
        """Set some of the faults."""
        for name, value in wanted.items():
            setattr(self.faults, name, type(getattr(self.faults, name))(value))

    def pause(self) -> None:
        """Deliver nothing until `resume`."""
        self._set_paused(paused=True)

    def resume(self) -> None:
        """Deliver again."""
        self._set_paused(paused=False)

    def run(self) -> None:
        """Make all waiting tasks due now."""
        with self._changed:
            for queue in self._queues.values():
                queue.waiting = [(0.0, number, delivery) for _, number, delivery in queue.waiting]
                heapq.heapify(queue.waiting)
            self._changed.notify_all()

    def reset(self) -> None:
        """Forget tasks, names, faults and the log."""
        with self._changed:
            self.faults = Faults()
            self.paused = False
            for queue in self._queues.values():
                queue.waiting.clear()
            for kept in (self._names, self._log):
                kept.clear()
            self._changed.notify_all()

    def _set_paused(self, *, paused: bool) -> None:
        with self._changed:
            self.paused = paused
            self._changed.notify_all()

    def _push(self, delivery: Delivery, due: float) -> None:
        self._number += 1
        heapq.heappush(self._queues[delivery.queue()].waiting, (due, self._number, delivery))
        self._changed.notify()

    def _entries(self) -> list[tuple[float, int, Delivery]]:
        return [entry for queue in self._queues.values() for entry in queue.waiting]

    def _deliver(self) -> None:
        while delivery := self._next():
            status = _call(delivery)
            with self._changed:
                self._queues[delivery.queue()].running -= 1
                self._changed.notify()
                self._log.append({**delivery.shown(), "status": status})
                if 200 <= status < 300:
                    self._names[delivery.name] = time.time() + _SWALLOW_SECONDS
                else:
                    wait = min(self.faults.first_retry * 2 ** (delivery.attempt - 1), self.faults.last_retry)
                    self._push(delivery, time.time() + wait)

    def _next(self) -> Delivery | None:
        with self._changed:
            while not self._stopped:
                now = time.time()
                open_at = [(at, queue) for queue in self._queues.values() if (at := queue.opens()) is not None]
                at, first = min(open_at, key=lambda each: each[0], default=(0.0, None))
                if first is not None and at <= now and not self.paused:
                    first.sent(now)
                    delivery = self._take(first.waiting)
                    delivery.attempt += 1
                    self._changed.notify()  # another one has to wait for the next task
                    return delivery
                self._wait(math.inf if first is None or self.paused else at)
        return None

    def _wait(self, until: float) -> None:
        """Wait for a change, or until then; of sixty threads only one has to wake up when the next task can go out."""
        if until >= self._wakes:
            self._changed.wait()
            return
        self._wakes = until
        self._changed.wait(max(0.0, until - time.time()))
        if self._wakes == until:
            self._wakes = math.inf

    def _take(self, waiting: list[tuple[float, int, Delivery]]) -> Delivery:
        """Take the earliest, or with `shuffle` any that is due."""
        if not self.faults.shuffle:
            return heapq.heappop(waiting)[2]
        chosen = random.choice([entry for entry in waiting if entry[0] <= time.time()])  # noqa: S311  # disorder
        waiting.remove(chosen)
        heapq.heapify(waiting)
        return chosen[2]


def _call(delivery: Delivery) -> int:
    """POST the task and return the status, 0 without an answer in time; the token is not a real one."""
    headers = {
        **delivery.headers,
        "User-Agent": "Google-Cloud-Tasks",
        "X-CloudTasks-TaskName": delivery.name.rsplit("/", 1)[1],
        "X-CloudTasks-QueueName": delivery.queue(),
        "X-CloudTasks-TaskRetryCount": str(delivery.attempt - 1),
        "Authorization": f"Bearer {_token(delivery.token)}",
    }
    body = base64.b64decode(delivery.body)
    call = urllib.request.Request(delivery.url, body, headers, method="POST")  # noqa: S310  # the scheme was checked
    try:
        with urllib.request.urlopen(call, timeout=delivery.deadline) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0


def _token(token: dict[str, str]) -> str:
    """Return an ID token as a Cloud Run container sees it: claims, and the mark in place of the signature."""
    now = int(time.time())
    claims = {
        "aud": token["audience"],
        "email": token["serviceAccountEmail"],
        "email_verified": True,
        "iss": "https://accounts.google.com",
        "iat": now,
        "exp": now + 3600,
    }
    parts = ({"alg": "RS256", "typ": "JWT"}, claims)
    spelt = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join((*spelt, "SIGNATURE_REMOVED_BY_GOOGLE"))
