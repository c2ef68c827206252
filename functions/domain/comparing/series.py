"""Series: pairs occurrences that vanished with occurrences that appeared, so that their bookings move.

When a person shifts a series, or changes "this and following", Google gives the occurrences new ids. A split with a new
title is named `root_R20261123T090000` and its occurrences keep their ids. A split with a new time gets an unrelated id;
only its creation and update times match those of the old root.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from functions.domain.comparing.event_content import period
from functions.domain.model.appointment import AllDay, When
from functions.domain.model.event import Event
from functions.domain.model.zones import clock, day_of
from functions.domain.pairing.link import Link

Twin = tuple[datetime, datetime]  # when an occurrence's root was created and last updated
NEAR = timedelta(days=7)


def twin_of(event: Event) -> Twin | None:
    """Return the times that both halves of a split series share; None if Google does not give them."""
    return (event.created, event.updated) if event.series and event.created and event.updated else None


def in_step(lost: Sequence[When], appeared: Sequence[Event], timezone: str, *, alike: bool) -> bool:
    """Whether new occurrences begin near the lost ones, on the same weekdays, or at the same hour for as long.

    Those that are `alike` in their text may be few of those to come, as on a page of a pull: on some of the weekdays, near any.
    """
    if not lost or not appeared:
        return False
    days = [[first_day(when, timezone) for when in each] for each in (lost, [event.when for event in appeared])]
    times = [{_time_of_day(when, timezone) for when in each} for each in (lost, [event.when for event in appeared])]
    begins = min(days[1])
    apart = min(abs(begins - day) for day in (days[0] if alike else [min(days[0])]))
    weekdays = [{day.weekday() for day in each} for each in days]
    same = weekdays[1] <= weekdays[0] if alike else weekdays[1] == weekdays[0]
    return apart <= NEAR and (same or times[0] == times[1])


def pair(vanished: Sequence[Link], appeared: Sequence[Event], timezone: str, now: datetime) -> list[tuple[Link, Event]]:
    """Pair vanished links of one family with new occurrences: by local date, then by how far most moved, then by order.

    Order alone would not do: what vanished may begin earlier in the series than what appeared, or later. What is over follows
    to a place to come only as far as others moved, or within its week: a later place is that of one that did not vanish, such
    as one that was cancelled before.
    """
    links = [(link, link.base.when) for link in vanished if link.base is not None]
    links.sort(key=lambda each: _order(each[1]))
    events = sorted(appeared, key=lambda event: _order(event.when))
    lost = [(first_day(when, timezone), link) for link, when in links]
    new = [(first_day(event.when, timezone), event) for event in events]
    coming = {link.id for link, when in links if period(when, timezone)[1] > now}
    past = {event.key for event in events if period(event.when, timezone)[1] <= now}
    pairs = _taken(lost, new, timedelta())
    ways = {
        after - before
        for before, link in lost
        for after, event in new
        if link.id in coming or event.key in past or _monday(before) == _monday(after)
    }
    to_come = [day for day, link in lost if link.id in coming]
    if (moved := _moved_by(ways, [day for day, _ in lost], to_come, [day for day, _ in new])) is not None:
        pairs += _taken(lost, new, moved)
    over = [link for _, link in lost if link.id not in coming]
    pairs += zip(over, (event for _, event in new if event.key in past), strict=False)
    taken = {event.key for _, event in pairs}
    left = (event for _, event in new if event.key not in taken)
    return pairs + list(zip((link for _, link in lost if link.id in coming), left, strict=False))


def _taken(lost: list[tuple[date, Link]], new: list[tuple[date, Event]], moved: timedelta) -> list[tuple[Link, Event]]:
    """Take out of both lists, and return in pairs, what lies so far apart."""
    pairs: list[tuple[Link, Event]] = []
    for day, event in list(new):
        match = next((each for each in lost if each[0] + moved == day), None)
        if match is not None:
            pairs.append((match[1], event))
            lost.remove(match)
            new.remove((day, event))
    return pairs


def _moved_by(
    ways: Iterable[timedelta], lost: Sequence[date], to_come: Sequence[date], new: Sequence[date]
) -> timedelta | None:
    """Return how far most moved, of those that one side shows, or of those to come; None where they did not move alike.

    `ways` are those that may be. Of two as likely the one in which more stay in their week, as when a person drags in a week's
    view; then the nearer.
    """
    apart = Counter(after - before for before in lost for after in new)
    same_week = Counter(after - before for before in lost for after in new if _monday(before) == _monday(after))
    moved = max(ways, key=lambda each: (apart[each], same_week[each], -abs(each), each), default=None)
    if moved is None:
        return None
    are_most = (2 * sum(day + moved in new for day in some) > min(len(some), len(new)) for some in (lost, to_come))
    return moved if any(are_most) else None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def first_day(when: When, timezone: str) -> date:
    """Return the local day on which something begins."""
    return when.first if isinstance(when, AllDay) else day_of(when.start, timezone)


def _time_of_day(when: When, timezone: str) -> str:
    if isinstance(when, AllDay):
        return f"{(when.until - when.first).days} days"
    return f"{clock(when.start, timezone):%H:%M} {when.end - when.start}"


def _order(when: When) -> str:
    return when.first.isoformat() if isinstance(when, AllDay) else when.start.isoformat()
