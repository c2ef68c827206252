"""The brake: every write that was tried on a pair, and when that is a loop.

A loop is this service answering itself: the same value is put back again and again, or written although the values
that come are no new ones. What people change to other values is none, however often. Refused and lost writes count.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

PUT_BACKS, PUT_BACK_SPAN = 3, timedelta(hours=1)
WRITES, WRITE_SPAN = 6, timedelta(minutes=10)
REPEATED = 4  # of so many writes: two places that set a value back and forth begin with two new ones
QUIET = timedelta(hours=1)  # after which a pause lifts by itself
KEPT = 24


class Ended(StrEnum):
    """What became of an attempt."""

    OPEN = "open"  # or nobody knows
    LANDED = "landed"
    REFUSED = "refused"  # or overtaken


@dataclass(frozen=True, slots=True)
class Attempt:
    """A write that was tried: `what` is the digest of what it replaced and what it wrote (`put_back`: only the latter)."""

    at: datetime
    what: str
    put_back: bool = False
    ended: Ended = Ended.OPEN


Attempts = tuple[Attempt, ...]


def tried(attempts: Attempts, attempt: Attempt) -> Attempts:
    """Return the attempts with one more, and without those of long ago."""
    return (*(each for each in attempts if attempt.at - each.at < PUT_BACK_SPAN), attempt)[-KEPT:]


def ended(attempts: Attempts, how: Ended) -> Attempts:
    """Return the attempts once it is known what became of the last."""
    return (*attempts[:-1], replace(attempts[-1], ended=how)) if attempts else ()


def never_made(attempts: Attempts) -> Attempts:
    """Return the attempts without the last, which never arrived: trying that again has its own back-off."""
    return attempts[:-1]


def refused_until(attempts: Attempts, more: Attempt) -> datetime | None:
    """Return until when this very write is not tried again, because so many of it were refused lately; None: try it."""
    same = [each for each in attempts if each.what == more.what and more.at - each.at < WRITE_SPAN][-WRITES:]
    if len(same) < WRITES or any(each.ended is not Ended.REFUSED for each in same):
        return None
    return same[0].at + WRITE_SPAN


def is_loop(attempts: Attempts, more: Attempt) -> bool:
    """Whether one more write goes on with a loop."""
    same = [each for each in attempts if each.what == more.what and more.at - each.at < PUT_BACK_SPAN]
    if more.put_back and len(same) >= PUT_BACKS:
        return True
    lately = [each for each in attempts if more.at - each.at < WRITE_SPAN]
    if len(lately) < WRITES:
        return False
    return all(each.ended is Ended.REFUSED for each in lately[-WRITES:]) or _repeats((*lately, more)) > REPEATED


def _repeats(attempts: Attempts) -> int:
    """Count the writes of what had been written before."""
    return len(attempts) - len({each.what for each in attempts})
