"""When does a series happen? RRULE, EXDATE and RDATE, on wall-clock times of the event's zone."""

from __future__ import annotations

import calendar as months
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, takewhile
from typing import TYPE_CHECKING

from . import when
from .errors import invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "WKST"}
BYDAY = re.compile(r"^([+-]?\d+)?(MO|TU|WE|TH|FR|SA|SU)$")
MOST = 20_000


@dataclass(frozen=True)
class Rule:
    """One RRULE; `until` is wall-clock time of the series and inclusive."""

    freq: str
    interval: int
    count: int | None
    until: datetime | None
    by_day: tuple[tuple[int, int], ...]
    by_month_day: tuple[int, ...]
    week_start: int


@dataclass(frozen=True)
class Recurrence:
    """What the `recurrence` lines of an event say."""

    rule: Rule | None
    excluded: frozenset[datetime]
    added: tuple[datetime, ...]


def read(lines: list[str], zone_name: str) -> Recurrence:
    """Understand `recurrence`; raises ApiError 400 for what is malformed or not simulated."""
    rule, excluded, added = None, set[datetime](), list[datetime]()
    for line in lines:
        head, _, tail = line.partition(":")
        name, *parameters = head.upper().split(";")
        if name == "RRULE":
            rule = _rule(tail, zone_name)
        elif name in {"EXDATE", "RDATE"}:
            tzid = next((p.partition("=")[2] for p in head.split(";") if p.upper().startswith("TZID=")), zone_name)
            found = [_stamp(text, tzid, zone_name) for text in tail.split(",")]
            excluded.update(found if name == "EXDATE" else [])
            added.extend(found if name == "RDATE" else [])
        else:
            raise invalid(f"Invalid recurrence rule: {line} {parameters}.")
    return Recurrence(rule, frozenset(excluded), tuple(added))


def starts(recurrence: Recurrence, first: datetime, limit: datetime) -> list[datetime]:
    """List every start up to and including `limit`, in order; all are wall-clock times."""
    found = [first] if recurrence.rule is None else _by_rule(recurrence.rule, first, limit)
    every = {*found, *recurrence.added} - recurrence.excluded
    return sorted(start for start in every if start <= limit)[:MOST]


def _by_rule(rule: Rule, first: datetime, limit: datetime) -> list[datetime]:
    until = limit if rule.until is None else min(limit, rule.until)
    found: list[datetime] = []
    for start in takewhile(lambda s: s <= until, _endless(rule, first, until)):
        found.append(start)
        if len(found) == (rule.count or MOST):
            break
    return found


def _endless(rule: Rule, first: datetime, until: datetime) -> Iterator[datetime]:
    weekdays = {day for _, day in rule.by_day}
    for step in count(0, rule.interval):
        if step > MOST:
            return
        if rule.freq == "DAILY":
            day = first + timedelta(days=step)
            candidates = [day] if not weekdays or day.weekday() in weekdays else []
        elif rule.freq == "WEEKLY":
            monday = first - timedelta(days=(first.weekday() - rule.week_start) % 7) + timedelta(weeks=step)
            wanted = weekdays or {first.weekday()}
            candidates = [d for d in (monday + timedelta(days=n) for n in range(7)) if d.weekday() in wanted]
        else:
            # a rule that never fits (31 February) must end too
            if first.year + step // (1 if rule.freq == "YEARLY" else 12) > until.year:
                return
            ahead = first.month - 1 + step * (12 if rule.freq == "YEARLY" else 1)
            candidates = list(_in_month(rule, first, first.year + ahead // 12, ahead % 12 + 1))
        yield from (c for c in candidates if c >= first)


def _in_month(rule: Rule, first: datetime, year: int, month: int) -> Iterator[datetime]:
    last = months.monthrange(year, month)[1]
    if rule.by_day:
        weekday_of = {n: datetime(year, month, n, tzinfo=UTC).weekday() for n in range(1, last + 1)}
        wanted: set[int] = set()
        for ordinal, weekday in rule.by_day:
            same = [n for n in weekday_of if weekday_of[n] == weekday]
            wanted.update(same if ordinal == 0 else same[ordinal - 1 : ordinal or None] if ordinal > 0 else [])
            if ordinal < 0 and len(same) >= -ordinal:
                wanted.add(same[ordinal])
    else:
        asked = rule.by_month_day or (first.day,)
        wanted = {n if n > 0 else last + 1 + n for n in asked}
    yield from (first.replace(year=year, month=month, day=n) for n in sorted(wanted) if 1 <= n <= last)


def _rule(text: str, zone_name: str) -> Rule:
    parts = dict(part.split("=", 1) for part in text.upper().split(";") if "=" in part)
    if parts.get("FREQ") not in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"} or not parts.keys() <= KNOWN:
        raise invalid(f"Invalid recurrence rule: {text} (malformed, or not simulated here).")
    by_day = [BYDAY.match(day) for day in parts.get("BYDAY", "").split(",") if day]
    try:
        return Rule(
            freq=parts["FREQ"],
            interval=max(1, int(parts.get("INTERVAL", "1"))),
            count=int(parts["COUNT"]) if "COUNT" in parts else None,
            until=_until(parts["UNTIL"], zone_name) if "UNTIL" in parts else None,
            by_day=tuple((int(m[1] or 0), DAYS[m[2]]) for m in by_day if m),
            by_month_day=tuple(int(n) for n in parts.get("BYMONTHDAY", "").split(",") if n),
            week_start=DAYS.get(parts.get("WKST", "MO"), 0),
        )
    except ValueError as error:
        raise invalid(f"Invalid recurrence rule: {text}.") from error


def _until(text: str, zone_name: str) -> datetime:
    if "T" not in text:
        return _stamp(text, zone_name, zone_name) + timedelta(days=1, seconds=-1)
    return _stamp(text, zone_name, zone_name)


def _stamp(text: str, tzid: str, zone_name: str) -> datetime:
    """Read 20260101, 20260101T090000 or 20260101T090000Z as wall-clock time of the series."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise invalid(f"Invalid recurrence rule: {text} is no date.") from error
    if moment.tzinfo is None and tzid != zone_name:
        moment = moment.replace(tzinfo=when.zone(tzid))
    if moment.tzinfo is not None:
        moment = moment.astimezone(when.zone(zone_name)).replace(tzinfo=None)
    return moment
