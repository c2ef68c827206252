"""What a measure finds: ratios of pairs taken in turn in one run, judged by their median."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOM_A, ROOM_B = "room-a@group.calendar.google.com", "room-b@group.calendar.google.com"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `held` is None where there is no budget or it could not be measured; `how` says which."""

    what: str
    budget: str
    found: str
    held: bool | None
    how: str

    @classmethod
    def told(cls, what: str, ratios: Sequence[float], how: str) -> "Figure":
        """Return a line without a budget."""
        return cls(what, "-", shown(ratios), None, how)


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a run is: everything, or just enough to see that a measure works."""

    small: bool = False

    def of(self, full: int, small: int) -> int:
        return small if self.small else full


def at_most(what: str, limit: float, ratios: Sequence[float], how: str) -> Figure:
    median = statistics.median(ratios)
    return Figure(what, f"<= {limit:g} x", shown(ratios), median <= limit, how)


def at_least(what: str, limit: float, ratios: Sequence[float], how: str) -> Figure:
    median = statistics.median(ratios)
    return Figure(what, f">= {limit:g} x", shown(ratios), median >= limit, how)


def shown(ratios: Sequence[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def pairs(rounds: int, ours: Callable[[], float], theirs: Callable[[], float]) -> list[float]:
    """Return the ratios of pairs taken one after the other, each time the other one first."""
    found = []
    for number in range(rounds):
        if number % 2:
            other, own = theirs(), ours()
        else:
            own, other = ours(), theirs()
        found.append(own / other)
    return found
