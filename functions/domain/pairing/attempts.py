"""The brake: keeps the writes that were tried on a pair and recognises a loop.

In a loop the service answers itself: it keeps putting the same value back, or writes while no new values come in. New
values from people are never a loop, however frequent. Refused writes count; those that never arrived do not.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

PUT_BACKS, PUT_BACK_SPAN = 3, timedelta(hours=1)
WRITES, WRITE_SPAN = 6, timedelta(minutes=10)
REPEATED = 4  # writes of values seen before; two writers that alternate between two values begin with two new ones
QUIET = timedelta(hours=1)  # after this long without a change, a pause ends by itself
KEPT = 24  # attempts


class Ended(StrEnum):
    """How an attempt ended."""

    OPEN = "open"  # or unknown
    LANDED = "landed"
    REFUSED = "refused"  # or overtaken


@dataclass(frozen=True, slots=True)
class Attempt:
    """A write that was tried; `what` is the digest of what it replaced and wrote (`put_back`: only the latter)."""

    at: datetime
    what: str
    put_back: bool = False
    ended: Ended = Ended.OPEN


Attempts = tuple[Attempt, ...]


def tried(attempts: Attempts, attempt: Attempt) -> Attempts:
    """Return the attempts with one more, without old ones."""
    return (*(each for each in attempts if attempt.at - each.at < PUT_BACK_SPAN), attempt)[-KEPT:]


def ended(attempts: Attempts, how: Ended) -> Attempts:
    """Return the attempts with the outcome of the last."""
    return (*attempts[:-1], replace(attempts[-1], ended=how)) if attempts else ()


def never_made(attempts: Attempts) -> Attempts:
    """Return the attempts without the last, which never arrived; its retries have a back-off of their own."""
    return attempts[:-1]


def refused_until(attempts: Attempts, more: Attempt) -> datetime | None:
    """Return until when not to repeat this write, because it was refused too often lately; None: try it."""
    same = [each for each in attempts if each.what == more.what and more.at - each.at < WRITE_SPAN][-WRITES:]
    if len(same) < WRITES or any(each.ended is not Ended.REFUSED for each in same):
        return None
    return same[0].at + WRITE_SPAN


def is_loop(attempts: Attempts, more: Attempt) -> bool:
    """Whether one more write would continue a loop."""
    same = [each for each in attempts if each.what == more.what and more.at - each.at < PUT_BACK_SPAN]
    if more.put_back and len(same) >= PUT_BACKS:
        return True
    lately = [each for each in attempts if more.at - each.at < WRITE_SPAN]
    if len(lately) < WRITES:
        return False
    repeats = len(lately) + 1 - len({each.what for each in (*lately, more)})
    return all(each.ended is Ended.REFUSED for each in lately[-WRITES:]) or repeats > REPEATED
