"""A Google Calendar event as read, in our words; field meanings are Google's.

https://developers.google.com/workspace/calendar/api/v3/reference/events
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.domain.model.appointment import PLAIN, Style, When


@dataclass(frozen=True, slots=True)
class EventKey:
    """Where an event lives: an id alone is unique per calendar only."""

    calendar: str
    id: str


class MeetState(StrEnum):
    """How far Google is with a Meet link: it is made asynchronously."""

    NONE = "none"
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Guest:
    """An attendee; `raw` is Google's own object, kept so that a patch of the list loses nothing."""

    email: str
    raw: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """What this service writes into an event's private extended properties.

    A mark alone proves nothing, because Google copies it when a person duplicates an event or splits a series.
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
    hidden: bool = False  # somebody's private event, of which the account sees only when it is
    series: str = ""  # id of the recurring event that this is an occurrence of
    created: datetime | None = None
    style: Style = PLAIN
    html_link: str = ""  # its page in Google Calendar
    updated: datetime | None = None  # when it last changed; tells an older reading from a newer one
