"""Compares one booking with its events, by rules written here a second time, independent of the planner.

So a mistake in the planner's comparison shows here.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from functions.domain.model import zones
from functions.domain.model.appointment import AllDay, When
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event
from functions.domain.model.text import escape, plain, readable, take_apart, without_edges
from functions.domain.pairing.life import State
from functions.domain.pairing.link import Link, Origin
from functions.domain.settings.integration import Integration
from functions.domain.settings.markup import bare, rendered
from functions.domain.settings.schema import MappingRow, Settings
from functions.domain.settings.template import fill

OCCUPIED = {"nl": "Bezet", "en": "Occupied"}
LINES = {"nl": ("Voorbereiding vanaf", "Opruimen tot"), "en": ("Preparation from", "Clearing until")}
HIDDEN = ("private", "confidential")
LONGEST_TITLE, LONGEST_TEXT = 1000, 6000
NOT_BACKFILLED, NO_CALENDAR = "not_backfilled", "no_calendar"
RESTING = (State.GRACE, State.HELD, State.REFUSED, State.PAUSED, State.DETACHED)


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs; `why` is set if that is intended."""

    kind: str
    event: Event | None = None
    why: str = ""


def day_of(when: When, zone: str) -> date:
    """Return the local day on which something begins."""
    return when.first if isinstance(when, AllDay) else zones.day_of(when.start, zone)


def same_time(starts: datetime, ends: datetime, when: When, settings: Settings, *, by_the_day: bool) -> bool:
    """Whether a booking and an event take the same time; `by_the_day`: only the booking's dates count."""
    zone = settings.timezone
    ends = ends if ends > starts else starts + timedelta(minutes=1)  # an event must have a duration
    if not isinstance(when, AllDay):
        # i-Reserve may keep wall clocks only, and then shows the second of autumn's two equal hours as the first
        meant = (zones.as_meant(starts, when.start, zone), zones.as_meant(ends, when.end, zone))
        return not by_the_day and tuple(map(_second, meant)) == (_second(when.start), _second(when.end))
    midnights = [zones.midnight(day, zone) for day in (when.first, when.until)]
    if not by_the_day:
        return [_second(starts), _second(ends)] == midnights
    first, last = zones.day_of(starts, zone), zones.day_of(ends, zone)
    until = last + timedelta(days=settings.sync.day_end == "inclusive")
    return (first, max(until, first + timedelta(days=1))) == (when.first, when.until)


def wants(status: int, settings: Settings) -> bool | None:
    """Whether a booking with this status has an event; None: it may have one, but none is made."""
    if status in settings.outbound.delete_on_status:
        return False
    return True if status in {*settings.outbound.create_on_status, *settings.outbound.tentative_on_status} else None


def differences(
    integration: Integration, link: Link, booking: Booking | None, events: Collection[Event], now: datetime
) -> Iterator[Difference]:
    """Compare a booking (None: it is gone) with its live events, all just read."""
    settings = integration.settings
    wanted = wants(booking.status, settings) if booking is not None else False
    excuse = why_it_rests(link)
    if booking is None or wanted is False:
        yield from (Difference("gone", event, excuse) for event in events)
        return
    if not events:
        why = excuse or left_out(settings, link, booking, now)
        if wanted:
            yield Difference("missing_event", None, why)
        return
    if len(events) > 1:
        yield from (Difference("double_event", event) for event in events)
        return
    (event,) = events
    row = settings.row_of(booking.object_id)
    if row is None:  # what a removed row left behind stays as it is
        excuse = excuse or NO_CALENDAR
    if not same_time(booking.starts, booking.ends, event.when, settings, by_the_day=booking.day_mode):
        yield Difference("other_time", event, excuse)
    if row is not None and event.key.calendar != row.calendar:
        yield Difference("other_room", event, excuse)
    if row is not None and link.origin is Origin.BOOKING:
        if _too_open(settings, row, booking, event):
            yield Difference("too_open", event)
        elif row.shows != "booked" and not _same_text(integration, booking, event):
            yield Difference("other_text", event, excuse)


def shows_too_much(settings: Settings, row: MappingRow, event: Event) -> bool:
    """Whether an event shows more than its mapping row allows, as far as the event alone tells."""
    if row.shows == "private":
        return event.style.visibility not in HIDDEN
    if row.shows != "booked":
        return False
    word = row.booked_text or OCCUPIED[settings.language]
    return _line(event.title) != _line(word) or bool(plain(take_apart(event.description).above))


def _too_open(settings: Settings, row: MappingRow, booking: Booking, event: Event) -> bool:
    address = booking.email.strip().lower()
    invited = row.shows == "booked" and address and address in {guest.email.lower() for guest in event.guests}
    return bool(invited) or shows_too_much(settings, row, event)


def _same_text(integration: Integration, booking: Booking, event: Event) -> bool:
    """Whether an event shows what the templates make of its booking; one from before a change of templates need not."""
    if integration.keeps_former_look(event.updated):
        return True
    settings = integration.settings
    o, zone, language = settings.outbound, settings.timezone, settings.language
    title = _line(fill(bare(o.title_template), booking, zone, language))[:LONGEST_TITLE]
    text = fill(rendered(o.description_template), booking, zone, language, escape)
    text = without_edges(text) + _around(settings, booking)
    shown = plain(take_apart(event.description).above)
    same = plain(text) == shown if len(text) <= LONGEST_TEXT else bool(shown)  # Google may have cut a longer one
    place = _line(fill(bare(o.location_template), booking, zone, language))[:LONGEST_TITLE]
    return same and title.strip() == _line(event.title) and place.strip() in ("", _line(event.style.location))


def _around(settings: Settings, booking: Booking) -> str:
    """Return the text line about preparation and clearing, or ""."""
    row = settings.row_of(booking.object_id)
    if row is None or row.around != "text" or booking.day_mode:
        return ""
    early = zones.clock(booking.starts - timedelta(minutes=row.before_minutes), settings.timezone)
    late = zones.clock(
        max(booking.ends, booking.starts + timedelta(minutes=1)) + timedelta(minutes=row.after_minutes),
        settings.timezone,
    )
    before, after = LINES[settings.language]
    told = [f"{before} {early:%H:%M}"] * bool(row.before_minutes) + [f"{after} {late:%H:%M}"] * bool(row.after_minutes)
    return "\n" + "; ".join(told) if told else ""


def why_it_rests(link: Link | None) -> str:
    """Return why a pair is left as it is, or "". A refusal counts if i-Reserve would not reopen the booking."""
    if link is not None and link.closed and link.refusals.why:
        return State.REFUSED.value
    return link.state.value if link is not None and link.state in RESTING else ""


def left_out(settings: Settings, link: Link, booking: Booking, now: datetime) -> str:
    """Return why a booking has no event, if that is intended, or ""."""
    if link.state is State.LEFT_OUT:
        return NOT_BACKFILLED
    if booking.activity_id and settings.outbound.activities == "none":
        return "activity"
    if settings.row_of(booking.object_id) is None:
        return NO_CALENDAR
    before, ahead = (now + timedelta(days=days) for days in settings.sync.window_days)
    return "" if booking.ends > before and booking.starts < ahead else "outside_window"


def not_followed(integration: Integration, event: Event) -> str:
    """Return why a person's event becomes no booking, or "" if it should."""
    settings, activated = integration.settings, integration.activated_at
    if settings.object_for_new_event(event.key.calendar) is None:
        return "not_followed"
    if event.event_type != "default":
        return "special"
    if event.hidden:
        return "hidden"
    if not isinstance(event.when, AllDay) and event.when.start == event.when.end:
        return "no_length"
    free = settings.inbound.free_events
    if event.transparent and not (free == "all" or (free == "all_day" and isinstance(event.when, AllDay))):
        return "free"
    if event.declined:
        return "declined"
    if not event.organizer_self and not _is_taken_by(event, settings):
        return "invitation"
    old = activated is not None and (event.created is None or event.created < activated)
    return "older" if old and not settings.inbound.import_existing else ""


def _is_taken_by(event: Event, settings: Settings) -> bool:
    """Whether an invitation counts, by `invitations`: `resources` any to a room, `all` also accepted ones elsewhere."""
    room = event.key.calendar.endswith("@resource.calendar.google.com")
    counted = settings.inbound.invitations
    return (counted == "resources" and room and event.answer != "") or (
        counted == "all" and (event.answer == "accepted" or (room and event.answer != ""))
    )


def _line(text: str) -> str:
    return " ".join(readable(text).split())


def _second(moment: datetime) -> datetime:
    return zones.utc(moment).replace(microsecond=0)
