"""Planned misbehaviour of the API: error statuses, cut connections, delays, nonsense."""

import re
from dataclasses import asdict, dataclass

from sandbox.ireserve.tenant.model import Json

ACTIONS = ("status", "reset", "html", "delay", "garbage")


@dataclass
class Fault:
    """What goes wrong, where and how often; `times` below 0 is for ever."""

    id: int
    method: str = ""
    path: str = ""
    status: int = 0
    times: int = 1
    when: str = "before"
    action: str = "status"
    seconds: float = 0.0

    def fits(self, method: str, path: str) -> bool:
        """Whether the request is one that this fault is for."""
        return self.method in ("", "*", method) and re.search(self.path, path) is not None


class Faults:
    """The planned faults, used up in the order they were planned."""

    def __init__(self) -> None:
        self.planned: list[Fault] = []
        self._last = 0

    def plan(self, wanted: Json) -> Fault:
        """Add a fault; raises ValueError with a sentence if it makes no sense."""
        self._last += 1
        try:
            fault = Fault(self._last, **{key: value for key, value in wanted.items() if key != "id"})
            fault.method = fault.method.upper()
            re.compile(fault.path)
        except (TypeError, AttributeError, re.error) as error:
            raise ValueError(f"this is no fault: {error}") from error
        if fault.action not in ACTIONS or fault.when not in ("before", "after"):
            raise ValueError(f"action is one of {', '.join(ACTIONS)}; when is before or after")
        self.planned.append(fault)
        return fault

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault for this request, counted down, or None."""
        for fault in self.planned:
            if fault.times != 0 and fault.fits(method, path):
                fault.times -= 1 if fault.times > 0 else 0
                if fault.times == 0:
                    self.planned.remove(fault)
                return fault
        return None

    def as_list(self) -> list[Json]:
        """Return what is still planned."""
        return [asdict(fault) for fault in self.planned]
