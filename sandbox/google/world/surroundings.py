"""What channels and tokens need of the world: its clock, randomness and lock, but not its calendars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import random
    import threading
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sandbox.google.world.switches import Switches

    Deliver = Callable[[str, dict[str, str]], int]


class Surroundings(Protocol):
    """The part of the world that does not depend on what lives in it."""

    lock: threading.RLock
    random: random.Random
    switches: Switches
    deliver: Deliver  # sends one channel message and returns the HTTP status

    def now(self) -> datetime:
        """Return the world's time."""

    def letters(self, count: int) -> str:
        """Return a made-up word."""

    def turn(self) -> AbstractContextManager[None]:
        """Hold the lock for one deed."""
