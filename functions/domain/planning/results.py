"""What became of a write: the results that the life cycle knows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.domain.model.booking import Booking
from functions.domain.model.event import Event


class Overtaking(StrEnum):
    """How the other side was faster."""

    CHANGED = "changed"  # it is no longer as it was read
    GONE = "gone"  # it is not there any more
    TAKEN = "taken"  # it is there already


@dataclass(frozen=True, slots=True)
class Landed:
    """The write took effect; `answer` is the event or booking after it, None for a removal."""

    answer: Event | Booking | None


@dataclass(frozen=True, slots=True)
class Missed:
    """The write never took effect: it was lost on the way, or its process ended before it."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The other side understood and said no, with the code of its reason. `unseen`: written without reading it first."""

    reason: str
    at: datetime
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Overtaken:
    """The write was not done because the other side is no longer as it was read."""

    how: Overtaking
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows whether the write took effect; the claim holds until `until`, then it is found out."""

    until: datetime
