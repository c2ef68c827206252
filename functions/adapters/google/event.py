"""Events to Google's JSON and back; pure.

https://developers.google.com/workspace/calendar/api/v3/reference/events
"""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any

from functions.adapters.google.quick import quick
from functions.application.ports import EventPage, Tombstone, Unusable
from functions.domain.model import bounds, zones
from functions.domain.model.appointment import LABEL, PLAIN, AllDay, Appointment, Style, Timed, When
from functions.domain.model.errors import Cause
from functions.domain.model.event import Event, EventKey, Guest, Mark, MeetState
from functions.domain.pairing.writes import EventChange

Json = dict[str, Any]

YEARS = range(1970, 2200)  # a year outside these is a typing error or a bug
ONE_DAY = timedelta(days=1)
INT_ID, LINK_ID, STAMP = "ireserve_int", "ireserve_link", "ireserve_stamp"  # at most 44 characters each
UNMARKED = Mark()
QuickKey, QuickGuest, QuickMark, QuickTimed = quick(EventKey), quick(Guest), quick(Mark), quick(Timed)
PRIVATE = ("private", "confidential")


UNREADABLE = (KeyError, TypeError, AttributeError, ValueError, OverflowError, OSError)  # the last: ZoneInfo("Europe")


class _Senseless(ValueError):
    """The event has no usable time; the reason is that of its `Unusable`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def page_of(calendar: str, raw: Json) -> EventPage:
    """Translate an answer of events.list."""
    with _uncollected():
        items = tuple([item_of(calendar, each) for each in raw.get("items") or ()])
    return EventPage(items, next_page=raw.get("nextPageToken") or "", sync_token=raw.get("nextSyncToken") or "")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Suspend the garbage collector: a page's thousands of values trigger it often, and none is in a cycle."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def item_of(calendar: str, raw: Any) -> Event | Tombstone | Unusable:
    """Translate one event; never raises. A tombstone needs only its id. Texts are cut at `bounds`.

    Reasons of an `Unusable`: `no_id`, `no_start`, `no_end`, `out_of_range`, `ends_before_start`, `unreadable`.
    """
    try:
        key = QuickKey(calendar, bounds.whole(raw["id"], bounds.ID))
        if raw.get("status") == "cancelled":
            series = bounds.whole(raw.get("recurringEventId"), bounds.ID)
            return Tombstone(key, series, str(raw.get("etag") or ""))
    except UNREADABLE:
        return Unusable(EventKey(calendar, ""), "no_id")
    try:
        return _listed(key, raw)
    except _Senseless as error:
        return Unusable(key, error.reason)
    except UNREADABLE:
        return Unusable(key, "unreadable")


class _Listed(Event):
    """An event of which Google's JSON is read no further than an echo needs, until another part of it is asked for.

    Most events are echoes, which key, etag and time tell; reading the rest takes several times as long.
    """

    __slots__ = ("raw",)
    raw: Json

    def __getattr__(self, name: str) -> Any:
        """Read the parts that are still missing; those that cannot be read are left out."""
        if name not in LATER:
            raise AttributeError(name)
        try:
            found = _rest(self.raw)
        except UNREADABLE:
            found = _rest(_without_nonsense(self.raw))
        for part, value in found.items():
            _set(self, part, value)
        return found[name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Event) and _parts(self) == _parts(other)

    def __hash__(self) -> int:
        return hash(_parts(self))


NAMES = tuple(each.name for each in fields(Event))
LATER = frozenset(NAMES) - {"key", "etag", "when", "series"}
_set, _parts = object.__setattr__, attrgetter(*NAMES)


def _listed(key: EventKey, raw: Json) -> Event:
    made = object.__new__(_Listed)
    _set(made, "raw", raw)
    _set(made, "key", key)
    _set(made, "etag", bounds.whole(raw.get("etag"), bounds.ID))
    _set(made, "when", _when(raw.get("start"), raw.get("end")))
    _set(made, "series", bounds.whole(raw.get("recurringEventId"), bounds.ID))
    if raw.get("visibility") not in PRIVATE:
        _set(made, "hidden", False)  # noqa: FBT003 - a value
    return made


def _without_nonsense(raw: Json) -> Json:
    """Return the event without the secondary fields that cannot be read, so that it is not lost because of them."""
    kept = {}
    for name, value in raw.items():
        try:
            if name in SECONDARY:  # any other is always readable, or the event cannot do without it
                SECONDARY[name]({name: value})
        except UNREADABLE:
            continue
        kept[name] = value
    return kept


def insert_body(key: EventKey, content: Appointment, description: str, mark: Mark, zone: str = "") -> Json:
    """Build the body of events.insert; `description` is the whole text.

    In its `zone` the event repeats if a person makes a series of it.
    """
    body = {
        "id": key.id,
        "summary": content.title,
        "description": description,
        **_when_body(content.when, zone),
        "reminders": _reminders_body(content.reminders),
        **_mark_body(mark),
        **_style_body(content.style, tuple(content.style.texts())),
    }
    if content.guest:
        body["attendees"] = [{"email": content.guest}]
    if content.meet:
        body["conferenceData"] = _meet_body(mark)
    return body


def patch_body(
    event: Event | EventKey, change: EventChange, mark: Mark, zone: str = "", *, revive: bool = False
) -> Json:
    """Build the body of events.patch; fields that are None in `change` are left out.

    An event keeps its time zone, which may be a person's choice; one of whole days has none, and gets `zone` with hours.

    Only the guest may answer an invitation; `attendeesOmitted` keeps everybody else's answer.
    https://developers.google.com/workspace/calendar/api/v3/reference/events#attendeesOmitted
    """
    if change.answer is not None:
        key = event.key if isinstance(event, Event) else event
        own = {"email": key.calendar, "responseStatus": change.answer, "comment": change.comment}
        return {"attendeesOmitted": True, "attendees": [own]}
    body: Json = {**_mark_body(mark)}
    if revive:
        body["status"] = "confirmed"
    if change.title is not None:
        body["summary"] = change.title
    if change.description is not None:
        body["description"] = change.description
    if change.when is not None:
        had_none = isinstance(event, Event) and isinstance(event.when, AllDay)
        body |= _when_body(change.when, zone if had_none else "", clear=True)
    if change.style is not None:
        body |= _style_body(change.style, change.restyled)
    if change.reminders is not None:
        body["reminders"] = _reminders_body(change.reminders)
    if change.guest_in is not None or change.guest_out is not None:
        if not isinstance(event, Event):
            raise TypeError("the guests of an event change only when the whole event is given")
        body["attendees"] = _guests_body(event.guests, change.guest_in, change.guest_out)
    if change.meet is not None:
        body["conferenceData"] = _meet_body(mark) if change.meet else None
    return body


def _rest(raw: Json) -> dict[str, object]:
    """Return what `_listed` leaves for later."""
    attendees = raw.get("attendees")
    answer = _answer(attendees) if attendees else ""
    others = (Guest(""),) if raw.get("attendeesOmitted") else ()  # of whom nothing is shown
    meet, meet_url = _meet(raw)
    return {
        "title": bounds.cut(raw.get("summary"), bounds.LINE),
        "description": bounds.cut(raw.get("description"), bounds.TEXT),
        "guests": (_guests(attendees) if attendees else ()) + others,
        "reminders": _reminders(raw.get("reminders")),
        "meet": meet,
        "meet_url": meet_url,
        "mark": _mark(raw.get("extendedProperties")),
        "event_type": raw.get("eventType") or "default",
        "transparent": raw.get("transparency") == "transparent",
        # Without an organizer this may be a guest's copy, which must never be written.
        "organizer_self": bool((raw.get("organizer") or {}).get("self")),
        "declined": answer == "declined",
        "answer": answer,
        "hidden": raw.get("visibility") in PRIVATE and "summary" not in raw and "creator" not in raw,
        "html_link": bounds.link(raw.get("htmlLink")),
        "created": _moment(raw.get("created")),
        "updated": _moment(raw.get("updated")),
        "style": _style(raw),
    }


def _style(raw: Json) -> Style:
    visibility, tentative = raw.get("visibility"), raw.get("status") == "tentative"
    free = raw.get("transparency") == "transparent"
    location, colour = raw.get("location"), raw.get("colorId")
    if not (location or colour or visibility or tentative or free):
        return PLAIN  # the usual case
    shown = bounds.cut(visibility, bounds.LINE)
    return _shared_style(
        bounds.cut(location, bounds.LINE),
        bounds.cut(colour, bounds.LINE),
        "" if shown == "default" else shown,
        tentative,
        free,
    )


_shared_style = lru_cache(maxsize=256)(Style)  # a calendar's events are in the same few places


def _style_body(style: Style, names: tuple[str, ...]) -> Json:
    """Build the fields for the named parts of a style; an empty one is written as Google's default."""
    body = {
        "location": ("location", style.location),
        "colour": ("colorId", style.colour or None),
        "visibility": ("visibility", style.visibility or "default"),
        "tentative": ("status", "tentative" if style.tentative else "confirmed"),
        "free": ("transparency", "transparent" if style.free else "opaque"),
    }
    labelled = style.colour.startswith(LABEL)  # by the id in its calendar, which `GoogleCalendars` adds
    return dict(body[name] for name in names if not (name == "colour" and labelled))


def _moment(text: str | None) -> datetime | None:
    """Read a `created` or `updated` as aware UTC; None for the `0000-12-31T00:00:00.000Z` of imported events.

    https://github.com/webhookdb/webhookdb/issues/622
    """
    if not text or text.startswith("0000"):
        return None
    return zones.utc(datetime.fromisoformat(text))


def _guests(attendees: list[Json]) -> tuple[Guest, ...]:
    """Return all guests, however many: a patch whose list leaves one out uninvites that guest."""
    return tuple([QuickGuest(bounds.cut(each.get("email"), bounds.ADDRESS), tuple(each.items())) for each in attendees])


def _answer(attendees: list[Json]) -> str:
    """Return the calendar's own answer to the invitation, "" if it is not invited."""
    for each in attendees:
        if each.get("self"):
            return bounds.cut(each.get("responseStatus") or "needsAction", bounds.LINE)
    return ""


def _when(start: Mapping[str, str] | None, end: Mapping[str, str] | None) -> When:
    if not start:
        raise _Senseless("no_start")
    if not end:
        raise _Senseless("no_end")
    if start.get("date"):
        first, until = date.fromisoformat(start["date"]), date.fromisoformat(end["date"])
        _placed(first, until)
        return AllDay(first, max(until, first + ONE_DAY))  # some programs end a single day on that day itself
    begins = _instant(start["dateTime"], start.get("timeZone"))
    ends = _instant(end["dateTime"], end.get("timeZone"))
    _placed(begins, ends)
    return QuickTimed(begins, ends)


def _placed(start: Any, end: Any) -> None:
    if start.year not in YEARS or end.year not in YEARS:
        raise _Senseless(Cause.OUT_OF_RANGE)
    if end < start:
        raise _Senseless("ends_before_start")


@lru_cache(maxsize=1024)  # one event ends when the next begins, and several rooms have the same hours
def _instant(shown: str, zone: str | None) -> datetime:
    """Return a moment as `Timed` keeps it: in UTC and whole seconds."""
    moment = datetime.fromisoformat(shown)
    if moment.tzinfo is not UTC:
        moment = zones.utc(moment) if moment.tzinfo else zones.instant(moment, zone or "")
    return moment.replace(microsecond=0) if moment.microsecond else moment


def _when_body(when: When, zone: str, *, clear: bool = False) -> Json:
    """Build start and end; `clear` empties the other kind of time, which a patch would otherwise keep."""
    if isinstance(when, AllDay):
        rest: Json = {"dateTime": None, "timeZone": None} if clear else {}
        return {
            "start": {"date": when.first.isoformat(), **rest},
            "end": {"date": when.until.isoformat(), **rest},
        }
    rest = ({"timeZone": zone} if zone else {}) | ({"date": None} if clear else {})
    return {"start": {"dateTime": utc(when.start), **rest}, "end": {"dateTime": utc(when.end), **rest}}


def utc(moment: datetime) -> str:
    """Write an aware datetime as RFC 3339 in UTC."""
    return f"{zones.utc(moment):%Y-%m-%dT%H:%M:%S}Z"


def _reminders(raw: Json | None) -> tuple[tuple[str, int], ...] | None:
    if not raw or raw.get("useDefault"):
        return None
    return tuple([(each["method"], int(each["minutes"])) for each in raw.get("overrides") or ()])


def _reminders_body(reminders: tuple[tuple[str, int], ...]) -> Json:
    return {"useDefault": False, "overrides": [{"method": method, "minutes": minutes} for method, minutes in reminders]}


def _guests_body(guests: tuple[Guest, ...], come: str | None, leave: str | None) -> list[Json]:
    """Return the list as it was read, with our own guest changed: Google drops everybody who is missing."""
    kept = [guest for guest in guests if not leave or guest.email.casefold() != leave.casefold()]
    body = [dict(guest.raw) or {"email": guest.email} for guest in kept]
    if come and all(guest.email.casefold() != come.casefold() for guest in kept):
        body.append({"email": come})
    return body


def _mark(raw: Json | None) -> Mark:
    private = raw.get("private") if raw else None
    if not private:
        return UNMARKED
    int_id, link_id, stamp = private.get(INT_ID), private.get(LINK_ID), private.get(STAMP)
    return QuickMark(bounds.cut(int_id, bounds.ID), bounds.cut(link_id, bounds.ID), bounds.cut(stamp, bounds.ID))


def _mark_body(mark: Mark) -> Json:
    """Build our private properties; a patch merges by key, so other programs keep theirs."""
    private = {INT_ID: mark.int_id, LINK_ID: mark.link_id, STAMP: mark.stamp}
    if private := {key: value for key, value in private.items() if value}:
        return {"extendedProperties": {"private": private}}
    return {}


def _meet(raw: Json) -> tuple[MeetState, str]:
    conference = raw.get("conferenceData")
    if url := bounds.link(raw.get("hangoutLink")):
        return MeetState.READY, url
    if not conference:
        return MeetState.NONE, ""
    for entry in conference.get("entryPoints") or ():
        if entry.get("entryPointType") == "video" and (url := bounds.link(entry.get("uri"))):
            return MeetState.READY, url
    status = ((conference.get("createRequest") or {}).get("status") or {}).get("statusCode")
    states = {"pending": MeetState.PENDING, "success": MeetState.PENDING, "failure": MeetState.FAILED}
    return states.get(str(status), MeetState.NONE), ""


def _meet_body(mark: Mark) -> Json:
    """Ask for a conference; Google ignores a repeated requestId, so a repeated write makes only one."""
    return {"createRequest": {"requestId": f"meet-{mark.stamp}", "conferenceSolutionKey": {"type": "hangoutsMeet"}}}


SECONDARY: Mapping[str, Callable[[Json], object]] = {
    "summary": lambda raw: bounds.cut(raw["summary"], bounds.LINE),
    "description": lambda raw: bounds.cut(raw["description"], bounds.TEXT),
    "location": lambda raw: bounds.cut(raw["location"], bounds.LINE),
    "colorId": lambda raw: bounds.cut(raw["colorId"], bounds.LINE),
    "visibility": lambda raw: bounds.cut(raw["visibility"], bounds.LINE),
    "created": lambda raw: _moment(raw["created"]),
    "updated": lambda raw: _moment(raw["updated"]),
    "attendees": lambda raw: (_guests(raw["attendees"] or []), _answer(raw["attendees"] or [])),
    "reminders": lambda raw: _reminders(raw["reminders"]),
    "conferenceData": _meet,
    "extendedProperties": lambda raw: _mark(raw["extendedProperties"]),
    "organizer": lambda raw: (raw["organizer"] or {}).get("self"),
}
