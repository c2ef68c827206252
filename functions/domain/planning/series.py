"""Series: occurrences that vanished and occurrences that appeared are paired, so that bookings move.

When a person shifts a series, or changes "this and following", Google gives the occurrences new ids and the old ones
vanish; the new root is often named `root_R20261123T090000`.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from functions.domain.model.appointment import AllDay, When
from functions.domain.model.event import Event
from functions.domain.model.link import Link
from functions.domain.planning.projection import in_window
from functions.domain.settings.schema import Settings

SLACK = timedelta(days=2)  # of a day named in an id, which is in UTC


def family(series: str) -> str:
    """Return what the roots of a split series share."""
    return series.split("_R", maxsplit=1)[0]


def family_of_id(event_id: str) -> str:
    """Return the family of an occurrence's id (`root_20261123T090000Z`), or "" for an id of another form."""
    root, _, stamp = event_id.rpartition("_")
    return family(root) if root and stamp[:8].isdecimal() else ""


def never_linked(event: Event, settings: Settings, now: datetime) -> bool:
    """Whether an occurrence was never near the window, so that the store need not be asked for it.

    An endless series expands very far. One that was moved out of the window still has its old day in its id.
    """
    stamp = event.key.id.rpartition("_")[2][:8]
    if not event.series or not (stamp.isascii() and stamp.isdecimal()) or in_window(event.when, settings, now):
        return False
    end = (now + timedelta(days=settings.sync.window_days[1]) + SLACK).strftime("%Y%m%d")
    return stamp > end


def pair(vanished: Sequence[Link], appeared: Sequence[Event], timezone: str) -> list[tuple[Link, Event]]:
    """Pair the links of one family whose occurrence vanished with its new occurrences: by local date, then by order."""
    zone = ZoneInfo(timezone)
    links = [(link, link.base.when) for link in vanished if link.base is not None]
    links.sort(key=lambda each: _order(each[1]))
    events = sorted(appeared, key=lambda event: _order(event.when))
    pairs: list[tuple[Link, Event]] = []
    for event in list(events):
        match = next((each for each in links if _day(each[1], zone) == _day(event.when, zone)), None)
        if match is not None:
            pairs.append((match[0], event))
            links.remove(match)
            events.remove(event)
    return pairs + [(link, event) for (link, _), event in zip(links, events, strict=False)]


def _day(when: When, zone: ZoneInfo) -> date:
    return when.first if isinstance(when, AllDay) else when.start.astimezone(zone).date()


def _order(when: When) -> str:
    return when.first.isoformat() if isinstance(when, AllDay) else when.start.isoformat()
