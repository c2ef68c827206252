"""One side as read."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Presence(StrEnum):
    """The result of reading one side. Unreadable never counts as deleted."""

    PRESENT = "present"
    CANCELLED = "cancelled"
    ABSENT = "absent"
    UNREADABLE = "unreadable"
    BELIEVED = "believed"  # not read: as the link last saw it, guarded by its etag


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[T]):
    """Presence, with the value when present."""

    presence: Presence
    value: T | None = None

    @classmethod
    def of(cls, value: T) -> "Snapshot[T]":
        """Return the snapshot of a thing that was read."""
        return cls(Presence.PRESENT, value)

    @property
    def vanished(self) -> bool:
        """Whether the thing was there before and no longer is."""
        return self.presence in (Presence.CANCELLED, Presence.ABSENT)
