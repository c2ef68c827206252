"""Delivers tasks to their target over HTTP, as Cloud Tasks does, and as badly as it may."""

import base64
import heapq
import json
import random
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, replace
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
    at_once: bool = False  # the second of `twice` goes out together with the first
    shuffle: bool = False  # what is due together goes out in any order
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

    def shown(self) -> dict[str, Any]:
        """Return it for the control API."""
        return {
            "name": self.name,
            "due": self.due,
            "url": self.url,
            "body": json.loads(base64.b64decode(self.body) or b"null"),
            "attempt": self.attempt,
        }


class Courier:
    """Holds the tasks in memory and calls their targets from a few threads."""

    def __init__(self) -> None:
        self.faults = Faults()
        self._changed = threading.Condition()
        self._queue: list[tuple[float, int, Delivery]] = []
        self._number = 0
        self._names: dict[str, float] = {}  # name -> until when it is swallowed; infinite while it waits or runs
        self._log: list[dict[str, Any]] = []
        self.paused = False
        self._stopped = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start delivering."""
        self._threads = [threading.Thread(target=self._deliver, daemon=True) for _ in range(_THREADS)]
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
        """Take a task; False when its name waits, runs, or ran within the last hour."""
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
        """Return what waits, earliest first."""
        with self._changed:
            return [delivery.shown() for _, _, delivery in sorted(self._queue, key=lambda entry: entry[:2])]

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
        """Make everything that waits due now."""
        with self._changed:
            self._queue = [(0.0, number, delivery) for _, number, delivery in self._queue]
            heapq.heapify(self._queue)
            self._changed.notify_all()

    def reset(self) -> None:
        """Forget tasks, names, faults and the log."""
        with self._changed:
            self.faults = Faults()
            self.paused = False
            for kept in (self._queue, self._names, self._log):
                kept.clear()
            self._changed.notify_all()

    def _set_paused(self, *, paused: bool) -> None:
        with self._changed:
            self.paused = paused
            self._changed.notify_all()

    def _push(self, delivery: Delivery, due: float) -> None:
        self._number += 1
        heapq.heappush(self._queue, (due, self._number, delivery))
        self._changed.notify()

    def _deliver(self) -> None:
        while delivery := self._next():
            status = _call(delivery)
            with self._changed:
                self._log.append({**delivery.shown(), "status": status})
                if 200 <= status < 300:
                    self._names[delivery.name] = time.time() + _SWALLOW_SECONDS
                else:
                    wait = min(self.faults.first_retry * 2 ** (delivery.attempt - 1), self.faults.last_retry)
                    self._push(delivery, time.time() + wait)

    def _next(self) -> Delivery | None:
        with self._changed:
            while not self._stopped:
                wait = None if self.paused or not self._queue else self._queue[0][0] - time.time()
                if wait is not None and wait <= 0:
                    delivery = self._take()
                    delivery.attempt += 1
                    return delivery
                self._changed.wait(wait)
        return None

    def _take(self) -> Delivery:
        """Take the earliest, or with `shuffle` any that is due."""
        if not self.faults.shuffle:
            return heapq.heappop(self._queue)[2]
        chosen = random.choice([entry for entry in self._queue if entry[0] <= time.time()])  # noqa: S311  # disorder
        self._queue.remove(chosen)
        heapq.heapify(self._queue)
        return chosen[2]


def _call(delivery: Delivery) -> int:
    """POST the task and return the status, 0 when there was no answer in time; the token is no real one."""
    headers = {
        **delivery.headers,
        "User-Agent": "Google-Cloud-Tasks",
        "X-CloudTasks-TaskName": delivery.name.rsplit("/", 1)[1],
        "X-CloudTasks-QueueName": delivery.name.split("/")[5],
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
