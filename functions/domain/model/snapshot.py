"""One side as read."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Presence(StrEnum):
    """The result of reading one side. Unreadable never counts as deleted."""

    PRESENT = "present"
    CANCELLED = "cancelled"  # a deleted event that Google still knows
    ABSENT = "absent"
    UNREADABLE = "unreadable"  # the read failed
    BELIEVED = "believed"  # not read: assumed to be as the link has it, guarded by its etag


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[T]):
    """Presence, with the value when present."""

    presence: Presence
    value: T | None = None

    @classmethod
    def of(cls, value: T) -> "Snapshot[T]":
        """Return the snapshot of a booking or event that was read."""
        return cls(Presence.PRESENT, value)

    @property
    def vanished(self) -> bool:
        """Whether a read found it cancelled, or did not find it."""
        return self.presence in (Presence.CANCELLED, Presence.ABSENT)
