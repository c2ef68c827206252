"""Series: pairs occurrences that vanished with occurrences that appeared, so that their bookings move.

When a person shifts a series, or changes "this and following", Google gives the occurrences new ids. A split with a new
title is named `root_R20261123T090000` and its occurrences keep their ids. A split with a new time gets an unrelated id;
only its creation and update times match those of the old root.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from functions.domain.model.appointment import AllDay, When
from functions.domain.model.event import Event
from functions.domain.model.zones import clock, day_of
from functions.domain.pairing.link import Link

Twin = tuple[datetime, datetime]  # when an occurrence's root was created and last updated
NEAR = timedelta(days=7)


def twin_of(event: Event) -> Twin | None:
    """Return the times that both halves of a split series share; None if Google does not give them."""
    return (event.created, event.updated) if event.series and event.created and event.updated else None


def in_step(lost: Sequence[When], appeared: Sequence[Event], timezone: str) -> bool:
    """Whether new occurrences begin near the lost ones, on the same weekdays, or at the same hour for as long."""
    if not lost or not appeared:
        return False
    before, after = list(lost), [event.when for event in appeared]
    apart = min(first_day(when, timezone) for when in after) - min(first_day(when, timezone) for when in before)
    weekdays = [{first_day(when, timezone).weekday() for when in each} for each in (before, after)]
    times = [{_time_of_day(when, timezone) for when in each} for each in (before, after)]
    return abs(apart) <= NEAR and (weekdays[0] == weekdays[1] or times[0] == times[1])


def pair(vanished: Sequence[Link], appeared: Sequence[Event], timezone: str) -> list[tuple[Link, Event]]:
    """Pair vanished links of one family with new occurrences: by local date, then by order."""
    links = [(link, link.base.when) for link in vanished if link.base is not None]
    links.sort(key=lambda each: _order(each[1]))
    events = sorted(appeared, key=lambda event: _order(event.when))
    pairs: list[tuple[Link, Event]] = []
    for event in list(events):
        match = next((each for each in links if first_day(each[1], timezone) == first_day(event.when, timezone)), None)
        if match is not None:
            pairs.append((match[0], event))
            links.remove(match)
            events.remove(event)
    return pairs + [(link, event) for (link, _), event in zip(links, events, strict=False)]


def first_day(when: When, timezone: str) -> date:
    """Return the local day on which something begins."""
    return when.first if isinstance(when, AllDay) else day_of(when.start, timezone)


def _time_of_day(when: When, timezone: str) -> str:
    if isinstance(when, AllDay):
        return f"{(when.until - when.first).days} days"
    return f"{clock(when.start, timezone):%H:%M} {when.end - when.start}"


def _order(when: When) -> str:
    return when.first.isoformat() if isinstance(when, AllDay) else when.start.isoformat()
