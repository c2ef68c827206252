"""The port `InParallel` on threads that live as long as the process, so that their connections stay open."""

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

T = TypeVar("T")


class Threads:
    """A pool of `most` threads, made on first use; with `most` 0, or for one piece, the caller's thread is used."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: ThreadPoolExecutor | None = None
        self._making = threading.Lock()

    def __call__(self, pieces: Sequence[Callable[[], T]]) -> list[T]:
        """Run the pieces and wait for all; raises the first one's error afterwards."""
        if len(pieces) == 1 or not self._most:
            return [piece() for piece in pieces]
        doing = [self._pool().submit(piece) for piece in pieces]
        for each in doing:
            each.exception()  # waits
        return [each.result() for each in doing]

    def _pool(self) -> "ThreadPoolExecutor":
        from concurrent.futures import ThreadPoolExecutor

        with self._making:
            if self._made is None:
                self._made = ThreadPoolExecutor(self._most, thread_name_prefix="at-once")
            return self._made
