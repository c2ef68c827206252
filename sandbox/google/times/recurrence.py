"""When a series happens: RRULE, EXDATE and RDATE, on wall-clock times of the event's zone.

A rule is worked out period by period (a day, week, month or year): every day of the period that fits each BY part, of
these the ones that BYSETPOS names. Parts that are not simulated are refused, never ignored.
https://www.rfc-editor.org/rfc/rfc5545#section-3.3.10
"""

from __future__ import annotations

import calendar as months
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from sandbox.google.errors import invalid
from sandbox.google.times import when

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
LISTS = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYSETPOS": 366}
KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST", *LISTS}
BYDAY = re.compile(r"^([+-]?\d+)?(MO|TU|WE|TH|FR|SA|SU)$")
MOST = 20_000
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    """One RRULE; `until` is wall-clock time of the series and inclusive."""

    freq: str
    interval: int
    count: int | None
    until: datetime | None
    week_start: int
    by_day: tuple[tuple[int, int], ...] = ()
    by_month: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_set_pos: tuple[int, ...] = ()


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
    for begins, ends in _periods(rule, first):
        if begins > until:
            break
        fitting = [day for day in _days(begins, ends) if _fits(rule, day, first)]
        for start in _positions(rule, fitting):
            if start > until or len(found) == (rule.count or MOST):
                return found
            if start >= first:
                found.append(start)
    return found


def _periods(rule: Rule, first: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Give each period of the rule as its first day and the day after it, at the time of day of the series."""
    for step in count(0, rule.interval):
        if rule.freq == "DAILY":
            begins = first + step * ONE_DAY
            ends = begins + ONE_DAY
        elif rule.freq == "WEEKLY":
            begins = first + timedelta(weeks=step, days=-((first.weekday() - rule.week_start) % 7))
            ends = begins + timedelta(weeks=1)
        else:
            length = 12 if rule.freq == "YEARLY" else 1
            ahead = (0 if rule.freq == "YEARLY" else first.month - 1) + step * length
            begins, ends = _month(first, ahead), _month(first, ahead + length)
        yield begins, ends


def _month(first: datetime, ahead: int) -> datetime:
    """Return the first of the month so many months after January of the series' first year."""
    return first.replace(year=first.year + ahead // 12, month=ahead % 12 + 1, day=1)


def _days(begins: datetime, ends: datetime) -> Iterator[datetime]:
    while begins < ends:
        yield begins
        begins += ONE_DAY


def _fits(rule: Rule, day: datetime, first: datetime) -> bool:
    """Whether a day fits every BY part; where none says which day, it is the day of the first occurrence."""
    last = months.monthrange(day.year, day.month)[1]
    year, of_year = 366 if months.isleap(day.year) else 365, day.timetuple().tm_yday
    if rule.by_month and day.month not in rule.by_month:
        return False
    if rule.by_month_day and not {day.day, day.day - last - 1} & set(rule.by_month_day):
        return False
    if rule.by_year_day and not {of_year, of_year - year - 1} & set(rule.by_year_day):
        return False
    if rule.by_day:
        monthly = rule.freq == "MONTHLY" or bool(rule.by_month)
        number, length = (day.day, last) if monthly else (of_year, year)
        same = {0, (number - 1) // 7 + 1, -((length - number) // 7 + 1)}
        return any(weekday == day.weekday() and ordinal in same for ordinal, weekday in rule.by_day)
    if rule.by_month_day or rule.by_year_day or rule.freq == "DAILY":
        return True
    if rule.freq == "WEEKLY":
        return day.weekday() == first.weekday()
    same_month = rule.freq == "MONTHLY" or bool(rule.by_month) or day.month == first.month
    return same_month and day.day == first.day


def _positions(rule: Rule, days: list[datetime]) -> list[datetime]:
    if not rule.by_set_pos:
        return days
    wanted = {position - 1 if position > 0 else len(days) + position for position in rule.by_set_pos}
    return [day for index, day in enumerate(days) if index in wanted]


def _rule(text: str, zone_name: str) -> Rule:
    parts = dict(part.split("=", 1) for part in text.upper().split(";") if "=" in part)
    if parts.get("FREQ") not in FREQUENCIES or not parts.keys() <= KNOWN:
        raise invalid(f"Invalid recurrence rule: {text} (malformed, or not simulated here).")
    by_day = [BYDAY.match(day) for day in parts.get("BYDAY", "").split(",") if day]
    ordinals = any(m is not None and m[1] for m in by_day)
    if None in by_day or (ordinals and parts["FREQ"] in {"DAILY", "WEEKLY"}):
        raise invalid(f"Invalid recurrence rule: {text} (BYDAY).")
    try:
        rule = Rule(
            freq=parts["FREQ"],
            interval=int(parts.get("INTERVAL", "1")),
            count=int(parts["COUNT"]) if "COUNT" in parts else None,
            until=_until(parts["UNTIL"], zone_name) if "UNTIL" in parts else None,
            week_start=DAYS[parts.get("WKST", "MO")],
            by_day=tuple((int(m[1] or 0), DAYS[m[2]]) for m in by_day if m),
            by_month=_numbers(parts, "BYMONTH"),
            by_month_day=_numbers(parts, "BYMONTHDAY"),
            by_year_day=_numbers(parts, "BYYEARDAY"),
            by_set_pos=_numbers(parts, "BYSETPOS"),
        )
    except (ValueError, KeyError) as error:
        raise invalid(f"Invalid recurrence rule: {text}.") from error
    if rule.interval < 1 or (rule.count is not None and (rule.count < 1 or rule.until is not None)):
        raise invalid(f"Invalid recurrence rule: {text} (INTERVAL, COUNT or UNTIL).")
    return rule


def _numbers(parts: dict[str, str], name: str) -> tuple[int, ...]:
    found = tuple(int(text) for text in parts.get(name, "").split(",") if text)
    if any(not 1 <= abs(number) <= LISTS[name] for number in found):
        raise ValueError(name)
    return found


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
