"""Makes heavy objects on first use, so that a function loads only what it needs."""

import threading
from collections.abc import Callable
from typing import Any


class Lazy:
    """Stands in for an object that is made on first use."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: Any = None

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            with self._lock:
                if self._made is None:
                    self._made = self._make()
        return getattr(self._made, name)
