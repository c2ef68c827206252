"""Projection: a booking as the event it should be, and an event as a booking."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from functions.domain.model.addresses import guest_address
from functions.domain.model.appointment import LABEL, AllDay, Appointment, Style, Timed, When, with_length
from functions.domain.model.booking import Booking
from functions.domain.model.event import ACCEPTED, Event
from functions.domain.model.identity import Digest
from functions.domain.model.text import as_read, escape, plain, readable, take_apart, without_edges
from functions.domain.model.zones import as_meant, clock, day_of, midnight
from functions.domain.pairing.link import Base, Occupies
from functions.domain.settings.markup import bare, rendered
from functions.domain.settings.schema import COLOURS, MappingRow, Settings, is_room
from functions.domain.settings.template import fill

TITLE_LIMIT = 1000
PARTS: tuple[Literal["before", "after"], ...] = ("before", "after")
AROUND = {
    "nl": {
        "before": "Voorbereiding",
        "after": "Opruimen",
        "before_text": "Voorbereiding vanaf {}",
        "after_text": "Opruimen tot {}",
    },
    "en": {
        "before": "Preparation",
        "after": "Clearing",
        "before_text": "Preparation from {}",
        "after_text": "Clearing until {}",
    },
}
BOOKED = {"nl": "Bezet", "en": "Occupied"}
HALF = re.compile(r"(?:<[^<>]*|&#?\w{0,9})$")
DESCRIPTION_LIMIT = 6000  # Google cuts at about 8192 characters; the rest is for what people write below the line


def when_of(booking: Booking, settings: Settings) -> When:
    """Return a booking's time: days in the integration's zone in day mode, else instants."""
    if not booking.day_mode:
        return with_length(booking.starts, booking.ends)
    first, last = day_of(booking.starts, settings.timezone), day_of(booking.ends, settings.timezone)
    until = last + timedelta(days=1) if settings.sync.day_end == "inclusive" else last
    return AllDay(first, max(until, first + timedelta(days=1)))


def as_agreed(booking: Booking, agreed: When, timezone: str) -> Booking:
    """Read a booking's times as both sides agreed on them, if i-Reserve cannot tell two equal hours in autumn apart."""
    if not isinstance(agreed, Timed):
        return booking
    starts, ends = as_meant(booking.starts, agreed.start, timezone), as_meant(booking.ends, agreed.end, timezone)
    return booking if (starts, ends) == (booking.starts, booking.ends) else replace(booking, starts=starts, ends=ends)


def period(when: When, timezone: str) -> tuple[datetime, datetime]:
    """Return start and end as instants; days run from local midnight to local midnight."""
    if isinstance(when, Timed):
        return when.start, when.end
    return midnight(when.first, timezone), midnight(when.until, timezone)


def same_time(one: When, other: When, timezone: str) -> bool:
    """Whether two times are the same; whole local days equal the midnights around them.

    Google keeps whole days on a room's calendar as midnights. https://github.com/allenporter/gcal_sync/issues/624
    """
    return one == other or period(one, timezone) == period(other, timezone)


def appointment_of(booking: Booking, settings: Settings, calendar: str) -> Appointment:
    """Return what the event of a booking should show."""
    o, row = settings.outbound, settings.row_of(booking.object_id)
    if row is not None and row.shows == "booked":
        return Appointment(
            when=when_of(booking, settings),
            calendar=calendar,
            title=row.booked_text or BOOKED[settings.language],
            reminders=_reminders(settings),
            style=_style(booking, settings, row, ""),
        )
    location = fill(bare(o.location_template), booking, settings.timezone, settings.language)
    description = without_edges(
        fill(rendered(o.description_template), booking, settings.timezone, settings.language, escape)
    )
    title = fill(bare(o.title_template), booking, settings.timezone, settings.language)
    return Appointment(
        when=when_of(booking, settings),
        calendar=calendar,
        title=" ".join(readable(title).split())[:TITLE_LIMIT],
        description=_cut("\n".join(part for part in (description, _around(booking, settings, row)) if part)),
        guest=guest_address(booking.email) if o.use_customer_data else "",
        reminders=_reminders(settings),
        meet=o.create_meet_link,
        style=_style(booking, settings, row, " ".join(readable(location).split())[:TITLE_LIMIT]),
    )


def occupied_of(booking: Booking, settings: Settings, place: Occupies) -> Appointment:
    """Return what a booking's occupied event shows: that the time is taken, and nothing else."""
    row, when = settings.row_of(booking.object_id), when_of(booking, settings)
    word = row.booked_text if row is not None and row.booked_text else BOOKED[settings.language]
    if row is not None and isinstance(when, Timed) and place.part != "hours":
        word = AROUND[settings.language][place.part]
        when = stretches(when, row)[place.part]
    tentative = booking.status in settings.outbound.tentative_on_status
    style = Style(tentative=tentative, free=tentative and settings.outbound.tentative_is_free)
    return Appointment(when=when, calendar=place.calendar, title=word, style=style)


def stretches(when: Timed, row: MappingRow) -> dict[str, Timed]:
    """Return a booking's times of preparation (`before`) and clearing (`after`), if its row has any."""
    before = Timed(when.start - timedelta(minutes=row.before_minutes), when.start)
    after = Timed(when.end, when.end + timedelta(minutes=row.after_minutes))
    return {name: each for name, each in (("before", before), ("after", after)) if each.start < each.end}


def places_of(booking: Booking, settings: Settings) -> tuple[Occupies, ...]:
    """Return the occupied events that a booking should have; a whole-day booking has none before or after it."""
    row, when = settings.row_of(booking.object_id), when_of(booking, settings)
    if row is None:
        return ()
    hours = tuple(Occupies(booking.id, calendar) for calendar in row.also)
    if row.around != "events" or not isinstance(when, Timed):
        return hours
    parts = tuple(part for part in PARTS if part in stretches(when, row))
    return (*hours, *(Occupies(booking.id, each, part) for each in (row.calendar, *row.also) for part in parts))


def _around(booking: Booking, settings: Settings, row: MappingRow | None) -> str:
    """Return the line about preparation and clearing in an event's text, or ""."""
    when = when_of(booking, settings)
    if row is None or row.around != "text" or not isinstance(when, Timed):
        return ""
    words, there = AROUND[settings.language], stretches(when, row)
    clocks = {
        "before": f"{clock(there['before'].start, settings.timezone):%H:%M}" if "before" in there else "",
        "after": f"{clock(there['after'].end, settings.timezone):%H:%M}" if "after" in there else "",
    }
    told = [words[f"{part}_text"].format(clocks[part]) for part in PARTS if clocks[part]]
    return "; ".join(told)


def _cut(description: str) -> str:
    """Return as much of a text as Google accepts, without half a tag or half an entity at its end."""
    if len(description) <= DESCRIPTION_LIMIT:
        return description
    return HALF.sub("", description[:DESCRIPTION_LIMIT])


def _reminders(settings: Settings) -> tuple[tuple[str, int], ...]:
    o = settings.outbound
    both = (("popup", o.reminder_popup_minutes), ("email", o.reminder_email_minutes))
    return tuple((method, minutes) for method, minutes in both if minutes)


def _style(booking: Booking, settings: Settings, row: MappingRow | None, location: str) -> Style:
    o = settings.outbound
    key = {"none": "", "status": str(booking.status), "object": booking.object_id}[o.colour_by]
    tentative = booking.status in o.tentative_on_status
    return Style(
        location=location,
        colour=_colour(o.colours.get(key, ""), labels=o.use_labels),
        visibility="private" if row is not None and row.shows == "private" else "",
        tentative=tentative,
        free=tentative and o.tentative_is_free,
    )


def _colour(name: str, *, labels: bool) -> str:
    """Return a colour by Google's number, or the calendar's own label with that name."""
    return COLOURS.get(name, f"{LABEL}{name}" if labels and name else "")


def base_of(wanted: Appointment, booking: Booking, digest: Digest) -> Base:
    """Return the base once a booking's event shows all of this."""
    return Base(wanted.when, wanted.calendar, booking.object_id, booking.status, digests_of(wanted, digest))


def digests_of(wanted: Appointment, digest: Digest) -> dict[str, str]:
    """Return the digests of what an event should show, by field."""
    return {
        "title": digest(wanted.title),
        "description": digest(as_read(wanted.description)),
        "guest": digest(wanted.guest),
        "reminders": digest(reminder_text(wanted.reminders)),
        "meet": digest("meet" if wanted.meet else ""),
        **{name: digest(value) for name, value in wanted.style.texts().items()},
    }


def restyled(wanted: Style, shown: Style | None, base: Mapping[str, str], digest: Digest) -> tuple[str, ...]:
    """Return which parts of an event's style to write; a part that we never set is the person's.

    A changed colour is written once and never restored: people recolour events. `shown` None: the event was not read,
    so only our own changes count.
    """
    ours, now = wanted.texts(), shown.texts() if shown is not None else {}
    changed = {name for name in {*ours, *base} & {*Style.__slots__} if digest(ours.get(name, "")) != base.get(name, "")}
    if shown is None:
        return tuple(sorted(changed))
    lost = {*ours} - {"colour"}
    return tuple(sorted(name for name in changed | lost if now.get(name, "") != ours.get(name, "")))


def style_stands(shown: Style, base: Mapping[str, str], digest: Digest) -> bool:
    """Whether an event still shows the style we set.

    Not the colour, which people may change, nor the location, for which Google may keep another text (see `shows`).
    """
    parts = {*Style.__slots__} & {*base} - {"colour", "location"}
    now = shown.texts() if parts else {}
    return all(digest(now.get(name, "")) == base[name] for name in parts)


def reminder_text(reminders: tuple[tuple[str, int], ...] | None) -> str:
    """Return reminders as comparable text; None is the calendar's default, which differs from no reminders."""
    if reminders is None:
        return "default"
    return ",".join(sorted(f"{method}:{minutes}" for method, minutes in reminders))


def written(field: str, value: str) -> str:
    """Return the text whose digest records a value of ours in a field of a booking."""
    return f"{field}\n{value}"


def remarks_of(event: Event) -> str:
    """Return what a person's event says, as text for a booking: its title, then its description above our line."""
    parts = (event.title.strip(), plain(take_apart(event.description).above))
    return readable("\n".join(part for part in parts if part))


def text_of(event: Event) -> str:
    """Return the text of a person's event for comparison; editors mark up the same text in many ways."""
    return as_read(remarks_of(event))


def has_yet_to_accept(event: Event) -> bool:
    """Whether an invited room has yet to accept for its booking; on any other calendar a person answers."""
    return is_room(event.key.calendar) and event.answer not in (ACCEPTED, "")


def in_window(when: When, settings: Settings, now: datetime) -> bool:
    """Whether an appointment overlaps the window that is kept in step."""
    start, end = period(when, settings.timezone)
    first, last = settings.sync.window_days
    return end > now + timedelta(days=first) and start < now + timedelta(days=last)
