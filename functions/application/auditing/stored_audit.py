"""A stored audit: its progress, its findings, and the figures of earlier ones. No text, no name, no address."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import accumulate

from functions.application.ports import Documents, Path
from functions.application.store.integrations import path_of
from functions.application.store.records import record_of, stored
from functions.domain.model.stretch import WEEK

LEFT_ALONE, UNREADABLE = "left_alone", "unreadable"
# in the order in which a person should read them
KINDS = (
    "too_open",
    "double_booking",
    "double_event",
    "missing_event",
    "missing_booking",
    "missing_occupied",
    "gone",
    "other_time",
    "other_room",
    "other_text",
    UNREADABLE,
    LEFT_ALONE,
)
MOST = 1000  # findings listed; all are counted
ROOM = 400_000  # characters of their ids, which can have a thousand each: a document has room for a million bytes
REMEMBERED = 60  # figures of earlier audits: more than a year, weekly


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference that reading both sides confirmed; with `left_alone` it is intended, and `why` says why."""

    kind: str
    why: str = ""
    booking_id: str = ""
    calendar: str = ""
    event_id: str = ""
    day: date | None = None  # local


@dataclass(frozen=True, slots=True)
class Figure:
    """An audit's result: when it started (aware UTC) and how many unintended differences it found."""

    at: datetime
    found: int


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit. `week` is the first day not yet looked at, `after` what was looked at last of it, or "".

    Texts are compared for one `turn` of `turns`.
    """

    first: date
    last: date
    week: date
    started_at: datetime
    touched_at: datetime
    finished_at: datetime | None = None
    actor: str = ""
    bookings: int = 0
    events: int = 0
    reads: int = 0  # of single bookings and events
    texts: int = 0  # pairs whose texts were compared
    turn: int = 0
    turns: int = 1
    days: int = WEEK  # covered by the next lists
    after: str = ""
    findings: tuple[Finding, ...] = ()
    unlisted: int = 0  # findings beyond the listed ones
    counts: dict[str, int] | None = None
    history: tuple[Figure, ...] = ()

    @property
    def name(self) -> str:
        """Tells this audit from an earlier one."""
        return self.started_at.isoformat()

    @property
    def found(self) -> int:
        """The number of unintended differences."""
        return sum(count for kind, count in (self.counts or {}).items() if kind != LEFT_ALONE)

    def having(self, new: Iterable[Finding]) -> "Audit":
        """Return the audit with more findings, without duplicates."""
        known, fresh, counts = set(self.findings), list[Finding](), dict(self.counts or {})
        for each in new:
            if each not in known:
                known.add(each)
                fresh.append(each)
                counts[each.kind] = counts.get(each.kind, 0) + 1
        # intended differences make room for others
        ordered = sorted((*self.findings, *fresh), key=lambda each: each.kind == LEFT_ALONE)
        lengths = accumulate(len(each.calendar) + len(each.event_id) for each in ordered)
        listed = ordered[: min(MOST, sum(length <= ROOM for length in lengths))]
        unlisted = self.unlisted + len(ordered) - len(listed)
        return replace(self, findings=tuple(listed), unlisted=unlisted, counts=counts)

    def finished(self, now: datetime) -> "Audit":
        """Return the finished audit, its findings in the order of `KINDS`, its figure after the earlier ones."""
        listed = sorted(self.findings, key=lambda each: (KINDS.index(each.kind), each.day or date.max, each.booking_id))
        history = (*self.history, Figure(self.started_at, self.found))[-REMEMBERED:]
        return replace(self, findings=tuple(listed), finished_at=now, history=history)


def path(int_id: str) -> Path:
    """Return the path of an integration's audit."""
    return path_of(int_id, "progress", "audit")


def last(documents: Documents, int_id: str) -> Audit | None:
    """Return the last audit, finished or not, or None."""
    body = documents.get(path(int_id))
    return record_of(Audit, body, "the audit") if body is not None else None


def save(documents: Documents, int_id: str, audit: Audit) -> None:
    """Store an audit, in place of the last one."""
    documents.transact(lambda tx: tx.put(path(int_id), stored(audit)))
