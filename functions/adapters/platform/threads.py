"""The port `AtOnce` on threads that live as long as the process, so that their connections stay open."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

T = TypeVar("T")
_THREADS = 12  # three chunks of a walk, each four looks at once


def at_once(pieces: Sequence[Callable[[], T]]) -> list[T]:
    """Do the pieces on threads and wait for all; with one piece there is nothing to wait beside."""
    if len(pieces) == 1:
        return [pieces[0]()]
    doing = [_pool().submit(piece) for piece in pieces]
    for each in doing:
        each.exception()  # waits
    return [each.result() for each in doing]


@cache
def _pool() -> "ThreadPoolExecutor":
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(_THREADS, thread_name_prefix="at-once")
