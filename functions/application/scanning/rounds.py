"""Rounds: an integration is looked at when something is due for it, and not before.

An integration records when that is (`wake_at`), so a minute in which nothing is due reads no integration and queues
nothing. Any change wakes it; its round then decides how long it may sleep. Every half hour all integrations are
checked, so none can oversleep.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from functions.application.intake.hints import Hint, Kind, look_again
from functions.application.ports import Documents, Ports
from functions.application.store import integrations
from functions.application.store.records import record_of
from functions.domain.model.errors import Malformed
from functions.domain.model.moments import APART
from functions.domain.settings.integration import AT_ONCE, RUNNING, Integration

PAGE = 200
TOGETHER = 16  # tasks queued at the same time
A_SECOND = 25  # half of what the live queue hands out (infra/tasks.tf), so that changes never wait for rounds
A_MINUTE = 50 * A_SECOND  # in all, or the next round would find the last of them still waiting
LONGEST = timedelta(seconds=45)  # the rest comes first in the next round
ASKED = 30  # minutes; so often all integrations are checked
SLEEP = timedelta(minutes=30)  # at most
NAP = timedelta(seconds=30)  # at least


def queue_all(ports: Ports, kind: Kind) -> int:
    """Queue a task for each integration that is due; returns how many. Raises `Transient`.

    The longest waiting come first, so that a round that ends early, or is retried, leaves nobody out.
    """
    now = ports.clock()
    if kind is Kind.TICK:
        woken = _woken(ports.documents, now)
        due = woken[:A_MINUTE]
    else:
        every = [each for each in integrations.every(ports.documents) if each.phase in RUNNING]
        first = int(now.timestamp()) // 30 * TOGETHER % max(1, len(every))  # each round begins with another one
        due = woken = every[first:] + every[:first]
    queued = 0
    while queued < len(due) and ports.clock() - now < LONGEST:
        batch = due[queued : queued + TOGETHER]
        ports.in_parallel(
            [partial(_queue, ports, kind, each, now, n / A_SECOND) for n, each in enumerate(batch, queued)]
        )
        queued += len(batch)
    late = [now - each.wake_at for each in woken if each.wake_at is not None and each.wake_at != AT_ONCE]
    seconds = round(max(late, default=timedelta()).total_seconds())
    ports.log("round", {"kind": kind.value, "queued": queued, "left": len(woken) - queued, "late_seconds": seconds})
    return queued


def sleep(ports: Ports, integration: Integration, due: Iterable[datetime]) -> None:
    """Let an integration sleep until something is due, unless it has changed since it was read."""
    now = ports.clock()
    wake = max(now + NAP, min([now + SLEEP, *due])).astimezone(UTC)  # it is compared as text
    integrations.change(
        ports.documents,
        integration.id,
        lambda before: replace(before, wake_at=wake) if before.revision == integration.revision else before,
        wakes=False,
    )


def _queue(ports: Ports, kind: Kind, integration: Integration, now: datetime, after: float) -> None:
    hint = Hint(kind, integration.id, (), "schedule", now)
    bucket = now.timestamp() // 30 * 30
    look_again(ports.tasks, hint, now + timedelta(seconds=after), "round", bucket=bucket)


def _woken(documents: Documents, now: datetime) -> list[Integration]:
    """Return the integrations that are due, the longest waiting first."""
    if int(now.timestamp()) // 60 % ASKED == 0:
        every = [each for each in integrations.every(documents) if each.phase in RUNNING]
        latest = now + SLEEP + APART  # one that sleeps longer was sent to sleep by a clock that was ahead
        due = [each for each in every if each.wake_at is None or not now < each.wake_at <= latest]
        return sorted(due, key=lambda each: each.wake_at or AT_ONCE)
    due, after = [], None
    before = f"{now:%Y-%m-%dT%H:%M:%S}~"  # after every fraction of this second
    while rows := documents.find(("integrations",), order="wake_at", after=after, before=before, limit=PAGE):
        for int_id, body in rows:
            with suppress(Malformed):
                due.append(record_of(Integration, body, "integration {}", int_id))
        if len(rows) < PAGE:
            break
        after = (rows[-1][1]["wake_at"], rows[-1][0])
    return [each for each in due if each.phase in RUNNING]
