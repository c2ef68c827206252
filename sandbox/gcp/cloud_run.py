"""Cloud Run, as far as a service's callers and instances notice it.

A service has one address and any number of instances, none at first. A request waits for an instance with room. If
another instance is allowed, one is started for it (a cold start); if none gets free in time, the answer is 429. An
instance has a processor only while it answers; between requests it is stopped. A request that takes too long is cut. An
instance that must end gets SIGTERM, and is killed ten seconds later.
https://cloud.google.com/run/docs/container-contract, https://cloud.google.com/run/docs/about-concurrency
"""

import http.client
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

GRACE_SECONDS = 10.0
PATIENCE_SECONDS = 10.0  # that a request waits for a place
START_SECONDS = 240.0
Headers = list[tuple[str, str]]
Answer = tuple[int, Headers, bytes]
_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


class NoRoomError(Exception):
    """Every instance is busy, and no other is allowed."""


@dataclass(slots=True)
class Instance:
    """A container: a process that heads a group of its own, and the port that it answers on."""

    process: "subprocess.Popen[bytes]"
    port: int
    slot: int = 0
    inside: int = 0
    ready: bool = False
    leaving: bool = False

    def signal(self, number: int) -> None:
        """Send a signal to the whole group, if it still exists."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def answers(self) -> bool:
        """Whether it answers.

        The platform only waits for an open port, which gunicorn opens before it loads the function; on a busy machine
        loading would then use up the first request's time limit.
        """
        try:
            _forward(self.port, "GET", "/health", [("Host", "localhost")], b"", 5)
        except (OSError, http.client.HTTPException):
            return False
        return True


@dataclass(slots=True)
class Service:
    """One service. `launch` starts the instance of a slot (0, 1, ...); `spread` of them are kept once it is called."""

    launch: Callable[[int], Instance]
    concurrency: int
    timeout_seconds: float
    most: int
    spread: int = 1
    grace_seconds: float = GRACE_SECONDS
    down: bool = False  # no instance starts and no request gets in
    cut: int = 0  # requests that took too long
    starts: int = 0
    _instances: list[Instance] = field(default_factory=list)
    _calls: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def call(self, method: str, path: str, headers: Iterable[tuple[str, str]], body: bytes) -> Answer:
        """Pass a request to an instance and return its answer, or the platform's error."""
        try:
            instance = self._enter()
        except NoRoomError:
            return 429, [], b"Rate exceeded."
        try:
            return _forward(instance.port, method, path, headers, body, self.timeout_seconds)
        except TimeoutError:
            self.cut += 1
            return 504, [], b"upstream request timeout"
        except (OSError, http.client.HTTPException):
            return 503, [], b"Service Unavailable"
        finally:
            self._leave(instance)

    def warm(self) -> bool:
        """Start the instances that are kept; returns whether all became ready."""
        with self._changed:
            while len(self._instances) < min(self.spread, self.most):
                self._start()
            started = list(self._instances)
            self._changed.wait_for(lambda: all(each.ready or each.process.poll() is not None for each in started), 240)
            return all(each.ready for each in started)

    def instances(self) -> int:
        """Return how many there are."""
        with self._changed:
            return len(self._present())

    def end_one(self) -> None:
        """Take the oldest instance out of service: SIGTERM, and SIGKILL after ten seconds."""
        with self._changed:
            ready = [each for each in self._present() if each.ready]
            if not ready:
                return
            ready[0].leaving = True
            ready[0].signal(signal.SIGCONT)
            if ready[0].process.poll() is None:
                ready[0].process.terminate()
        threading.Thread(target=self._bury, args=(ready[0],), daemon=True).start()

    def kill(self) -> None:
        """End every instance without warning."""
        with self._changed:
            for each in self._instances:
                each.signal(signal.SIGKILL)
                each.process.wait()
            self._instances.clear()
            self._changed.notify_all()

    def _present(self) -> list[Instance]:
        """Return the instances that take requests, or will; dead ones are forgotten."""
        self._instances[:] = [each for each in self._instances if each.process.poll() is None]
        return [each for each in self._instances if not each.leaving]

    def _enter(self) -> Instance:
        until = time.monotonic() + PATIENCE_SECONDS
        with self._changed:
            self._calls += 1
            while True:
                present = self._present()
                starting = [each for each in present if not each.ready]
                free = [each for each in present if each.ready and each.inside < self.concurrency]
                if not self.down and not starting and len(present) < self._wanted(free):
                    self._start()
                if free and not self.down:
                    instance = min(free, key=lambda each: each.inside)
                    instance.inside += 1
                    instance.signal(signal.SIGCONT)
                    self._instances.remove(instance)  # the next one goes to another
                    self._instances.append(instance)
                    return instance
                if starting:
                    until = max(until, time.monotonic() + PATIENCE_SECONDS)
                left = until - time.monotonic()
                if left <= 0 or self.down:
                    raise NoRoomError
                self._changed.wait(min(left, 1.0))

    def _wanted(self, free: list[Instance]) -> int:
        """Return how many instances there should be; the first request needs only one."""
        if not free:
            return self.most
        return min(self.spread if self._calls > 1 else 1, self.most)

    def _start(self) -> None:
        taken = {each.slot for each in self._instances}
        slot = next(number for number in range(len(taken) + 1) if number not in taken)
        instance = self.launch(slot)
        instance.slot = slot
        self._instances.append(instance)
        self.starts += 1
        threading.Thread(target=self._await, args=(instance,), daemon=True).start()

    def _await(self, instance: Instance) -> None:
        until = time.monotonic() + START_SECONDS
        while instance.process.poll() is None and time.monotonic() < until and not instance.answers():
            time.sleep(0.02)
        with self._changed:
            instance.ready = instance.process.poll() is None
            self._rest(instance)
            self._changed.notify_all()

    def _leave(self, instance: Instance) -> None:
        with self._changed:
            instance.inside -= 1
            self._rest(instance)
            self._changed.notify_all()

    @staticmethod
    def _rest(instance: Instance) -> None:
        """Take the processor away from an instance without a request."""
        if not instance.inside and not instance.leaving:
            instance.signal(signal.SIGSTOP)

    def _bury(self, instance: Instance) -> None:
        with suppress(subprocess.TimeoutExpired):
            instance.process.wait(self.grace_seconds)
        instance.signal(signal.SIGKILL)
        instance.process.wait()


def _forward(
    port: int, method: str, path: str, headers: Iterable[tuple[str, str]], body: bytes, seconds: float
) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            if name.lower() not in _HOP:
                connection.putheader(name, value)
        if body or method in {"POST", "PUT", "PATCH"}:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        answer = connection.getresponse()
        said = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP]
        return answer.status, said, answer.read()
    finally:
        connection.close()
