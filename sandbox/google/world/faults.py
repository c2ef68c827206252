"""The faults that a test plants, each for a number of matching calls."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Action = Literal["status", "reset", "html", "stranger", "delay", "retry_after"]  # stranger: JSON, but not Google's


class Cut(ConnectionResetError):
    """The connection closes without an answer."""


@dataclass
class Fault:
    """One planted fault; `when` says whether the call still takes effect (`after`)."""

    method: str | None = None
    path: str = ""
    status: int = 503
    reason: str = "backendError"
    times: int = 1
    when: Literal["before", "after"] = "before"
    action: Action = "status"
    seconds: float = 0.0


class Faults:
    """The planted faults in order; the first that matches is used up by one."""

    def __init__(self) -> None:
        self.planted: list[Fault] = []

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault of this call, if any."""
        for fault in self.planted:
            if fault.times > 0 and fault.method in (None, method) and re.search(fault.path, path):
                fault.times -= 1
                if fault.times == 0:
                    self.planted.remove(fault)
                return fault
        return None
