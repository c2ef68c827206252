"""A Google Calendar event as read, in this project's terms; fields mean what Google says.

https://developers.google.com/workspace/calendar/api/v3/reference/events
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.domain.model.appointment import PLAIN, AllDay, Style, When

ACCEPTED, DECLINED = "accepted", "declined"  # answers to an invitation, in Google's words
_ID = re.compile(r"[0-9a-v_RTZ]{5,1024}")
_OCCURRENCE = re.compile(r"\A_?[0-9a-v]{5,}(?:_R\d{8}(?:T\d{6})?)?_\d{8}(?:T\d{6}Z)?")


@dataclass(frozen=True, slots=True)
class EventKey:
    """Where an event lives; an event id is unique only within its calendar."""

    calendar: str
    id: str


class MeetState(StrEnum):
    """The state of a Meet link, which Google makes asynchronously."""

    NONE = "none"
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Guest:
    """An attendee; `raw` is Google's own object, kept so that patching the list loses nothing.

    One without address may stand for several: those whom Google leaves out of a long list.
    """

    email: str
    raw: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """What this service writes into an event's private extended properties.

    A mark alone proves nothing: Google copies it when a person duplicates an event or splits a series.
    """

    int_id: str = ""
    link_id: str = ""
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A live event (never a tombstone)."""

    key: EventKey
    etag: str
    when: When
    title: str = ""
    description: str = ""
    guests: tuple[Guest, ...] = ()
    reminders: tuple[tuple[str, int], ...] | None = None  # None: the calendar's default
    meet: MeetState = MeetState.NONE
    meet_url: str = ""
    mark: Mark = Mark()
    event_type: str = "default"
    transparent: bool = False
    organizer_self: bool = True
    declined: bool = False
    answer: str = ""  # this calendar's own answer if invited: Google's `responseStatus`
    hidden: bool = False  # somebody's private event: the account sees only its time
    series: str = ""  # id of the recurring event that it is an occurrence of
    created: datetime | None = None
    style: Style = PLAIN
    html_link: str = ""  # its page in Google Calendar
    updated: datetime | None = None  # its last change; orders two readings of one event


def can_be_event_id(text: str) -> bool:
    """Whether Google can have given an event this id: base32hex, with `_`, `R`, `T` and `Z` where it is of a series.

    https://developers.google.com/workspace/calendar/api/v3/reference/events/insert
    """
    return _ID.fullmatch(text) is not None


def is_occurrence(event_id: str) -> bool:
    """Whether an id has the form that Google gives an occurrence's: `series_20261123T090000Z`, `series_20261123`.

    A root has at least five characters, as any id.
    https://developers.google.com/workspace/calendar/api/v3/reference/events/insert
    """
    return _OCCURRENCE.fullmatch(event_id) is not None


def first_occurrence(root: EventKey, when: When) -> EventKey:
    """Return the first occurrence of the series that a single event would become, or has become.

    The root of a series keeps the single event's id; an occurrence's is that of the family and where it begins.
    https://developers.google.com/workspace/calendar/api/guides/recurringevents
    """
    begins = f"{when.first:%Y%m%d}" if isinstance(when, AllDay) else f"{when.start:%Y%m%dT%H%M%SZ}"
    return EventKey(root.calendar, f"{family(root.id)}_{begins}")


def family(series: str) -> str:
    """Return what the roots of a split series have in common: their id up to `_R`."""
    return series.split("_R", maxsplit=1)[0]


def family_of_id(event_id: str) -> str:
    """Return the family of an occurrence's id (`root_20261123T090000Z`), or "" for an id of another form."""
    root, _, stamp = event_id.rpartition("_")
    return family(root) if root and stamp[:8].isdecimal() else ""
