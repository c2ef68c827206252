"""Hints: "something about this booking or calendar may have changed"; a webhook or notification means no more.

Each is followed at once and again some seconds later, because i-Reserve may send a webhook before it saves the change,
and Google may notify before reads are consistent. Task names coalesce bursts: hints in the same time bucket share their
tasks. Names begin with a hash, because Cloud Tasks slows down on names with a common prefix.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from functions.application.ports import Body, Task, Tasks
from functions.domain.model.errors import Malformed
from functions.domain.model.identity import is_int_id

if TYPE_CHECKING:
    from functions.domain.model.event import EventKey

MOST_ATTEMPTS = 100
LEADING_SECONDS = (
    0.25  # hints within it share a task; one that comes after that task has run gets a task of its own (`next`)
)
TRAILING_SECONDS = 4.0
WEBHOOK = "webhook"  # source of a hint from i-Reserve
RESYNC = "resync"  # source of a look at both sides of all
SETTINGS = "settings"  # source of a look after changed settings
LISTED = "listed"  # detail of a look at what a full list showed, which may be of a pair that an older store forgot
ALERTS = "alerts"  # detail of a tick that only checks whether a person is needed


class Kind(StrEnum):
    """What a task is about; the value is stored in its body."""

    BOOKING = "booking"  # subject: booking id
    EVENT = "event"  # subject: calendar, event id
    CALENDAR = "calendar"  # subject: hash of a calendar (the token holds no more)
    TICK = "tick"  # an integration's round: what is due
    SWEEP = "sweep"  # a search for a person, for a webhook that names no booking, or after a repair
    RENEW = "renew"
    SCAN = "walk"  # subject: kind of scan, when it started
    SECRET = "secret"  # subject: name and version of a replaced secret  # noqa: S105
    AUDIT = "audit"  # next step of an audit; subject: when it started
    PROBE = "probe"  # next part of a probe; subject: when it started, the part


@dataclass(frozen=True, slots=True)
class Hint:
    """What to look at, and why; `at` is when the cause was noticed (aware UTC)."""

    kind: Kind
    int_id: str
    subject: tuple[str, ...] = ()
    source: str = ""  # webhook, notification, sweep, resync, person, ...
    at: datetime | None = None
    attempt: int = 0
    confirm: bool = False  # a second read of a booking that was missing
    actor: str = ""
    detail: str = ""  # a webhook's generation, a notification's channel and state, or which kind of tick, pull or look

    def body(self) -> Body:
        """Return the hint as a task's JSON."""
        return {
            "kind": self.kind.value,
            "int_id": self.int_id,
            "subject": list(self.subject),
            "source": self.source,
            "at": self.at.isoformat() if self.at else "",
            "attempt": self.attempt,
            "confirm": self.confirm,
            "actor": self.actor,
            "detail": self.detail,
        }

    def about(self, key: "EventKey") -> "Hint":
        """Return this hint for one event."""
        return replace(self, kind=Kind.EVENT, subject=(key.calendar, key.id))

    @classmethod
    def of(cls, body: Body) -> "Hint":
        """Read a task's JSON; raises `Malformed` if it is damaged, or of a kind that only a newer version knows."""
        try:
            return cls._of(body)
        except (AttributeError, LookupError, OverflowError, TypeError, ValueError):
            raise Malformed("this is no task of ours", reason="bad_task") from None

    @classmethod
    def _of(cls, body: Body) -> "Hint":
        at = datetime.fromisoformat(body["at"]).astimezone(UTC) if body.get("at") else None
        int_id, attempt, subject = body["int_id"], int(body.get("attempt", 0)), body.get("subject", [])
        if not is_int_id(int_id) or not 0 <= attempt <= MOST_ATTEMPTS or not isinstance(subject, list):
            raise ValueError("the id, the attempt or the subject")
        return cls(
            Kind(body["kind"]),
            int_id,
            tuple(str(part) for part in subject),
            str(body.get("source", "")),
            at,
            attempt,
            bool(body.get("confirm", False)),
            str(body.get("actor", "")),
            str(body.get("detail", "")),
        )


def enqueue(tasks: Tasks, hint: Hint, now: datetime, *, trailing: bool = True) -> None:
    """Queue a hint twice, for now and for some seconds later; returns once both are stored. Raises `Transient`."""
    bucket = _bucket(now, LEADING_SECONDS)
    body = hint.body()  # one for both, so that a store encodes it once
    looks = [Task(_name(hint, "now", bucket), now, body)]
    if trailing:
        due = second_look(now)
        looks.append(Task(_name(hint, "later", due.timestamp()), due, body))
    if not tasks.put(*looks):  # the leading one may have run already: look again when its bucket ends
        tasks.put(task(hint, datetime.fromtimestamp(bucket + LEADING_SECONDS, UTC), "next", bucket))


def second_look(at: datetime) -> datetime:
    """Return when a hint of that moment is followed again; all hints of some seconds share that look.

    It is stored with the moment of the first of them, and comes late enough after the last.
    """
    due = _bucket(at + timedelta(seconds=TRAILING_SECONDS), TRAILING_SECONDS) + TRAILING_SECONDS
    return datetime.fromtimestamp(due, UTC)


def queue_alert_check(tasks: Tasks, int_id: str, now: datetime) -> None:
    """Queue a check, at the end of this minute, whether a person is needed; one check per minute is enough."""
    due = _bucket(now, 60.0) + 60.0
    hint = Hint(Kind.TICK, int_id, (), "change", now, detail=ALERTS)
    look_again(tasks, hint, datetime.fromtimestamp(due, UTC), "alerts")


def look_again(
    tasks: Tasks,
    hint: Hint,
    due: datetime,
    when: str,
    *,
    once_in: float = 1.0,
    bucket: float | None = None,
    lane: str = "live",
) -> None:
    """Queue a look at a moment, for the reason `when`.

    Looks for one reason are queued once if they fall into the same `once_in` seconds, or have the same `bucket`.
    """
    shared = _bucket(due, once_in) if bucket is None else bucket
    tasks.put(task(hint, due, when, shared, lane))


def task(hint: Hint, due: datetime, when: str, bucket: float, lane: str = "live") -> Task:
    """Return a hint's task, named after its bucket."""
    return Task(_name(hint, when, bucket), due, hint.body(), lane)


def _name(hint: Hint, when: str, bucket: float) -> str:
    kind = hint.kind.value
    seed = "\n".join((hint.int_id, kind, *hint.subject, when, str(bucket), str(hint.confirm), hint.detail))
    return f"{hashlib.sha256(seed.encode()).hexdigest()[:24]}-{kind}-{when}"


def _bucket(moment: datetime, seconds: float) -> float:
    return moment.timestamp() // seconds * seconds
