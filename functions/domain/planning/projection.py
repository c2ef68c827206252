"""Projection: what a booking should look like as an event, and an event as a booking."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from functions.domain.model.appointment import AllDay, Appointment, Timed, When
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event
from functions.domain.model.link import Base
from functions.domain.model.text import escape, plain, take_apart
from functions.domain.settings.schema import Settings
from functions.domain.settings.template import fill

Digest = Callable[[str], str]  # keyed; "" for ""
TITLE_LIMIT = 1000
ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
DESCRIPTION_LIMIT = 8000  # Google's practical limit is about 8192 characters


def when_of(booking: Booking, settings: Settings) -> When:
    """Return when a booking is: days in the integration's zone in day mode, else instants."""
    if not booking.day_mode:
        return Timed(booking.starts, max(booking.starts, booking.ends))
    zone = ZoneInfo(settings.timezone)
    first, last = booking.starts.astimezone(zone).date(), booking.ends.astimezone(zone).date()
    until = last + timedelta(days=1) if settings.sync.day_end == "inclusive" else last
    return AllDay(first, max(until, first + timedelta(days=1)))


def period(when: When, timezone: str) -> tuple[datetime, datetime]:
    """Return start and end as instants; days run from local midnight to local midnight."""
    if isinstance(when, Timed):
        return when.start, when.end
    zone = ZoneInfo(timezone)
    start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (when.first, when.until))
    return start, end


def appointment_of(booking: Booking, settings: Settings, calendar: str) -> Appointment:
    """Return what the event of a booking should show."""
    o = settings.outbound
    zone = ZoneInfo(settings.timezone)
    starts, ends = booking.starts.astimezone(zone), booking.ends.astimezone(zone)
    reminders = (("popup", o.reminder_popup_minutes), ("email", o.reminder_email_minutes))
    title = fill(o.title_template, booking, starts, ends, settings.language)
    return Appointment(
        when=when_of(booking, settings),
        calendar=calendar,
        title=" ".join(title.split())[:TITLE_LIMIT],
        description=escape(fill(o.description_template, booking, starts, ends, settings.language))[:DESCRIPTION_LIMIT],
        guest=_guest(booking) if o.use_customer_data else "",
        reminders=tuple((method, minutes) for method, minutes in reminders if minutes),
        meet=o.create_meet_link,
    )


def _guest(booking: Booking) -> str:
    """Return the customer's address, or "" where it is none: Google would refuse the whole event."""
    address = booking.email.strip().lower()
    return address if ADDRESS.fullmatch(address) else ""


def base_of(wanted: Appointment, booking: Booking, digest: Digest) -> Base:
    """Return the base once the event of a booking shows all of this."""
    return Base(wanted.when, wanted.calendar, booking.object_id, booking.status, digests_of(wanted, digest))


def digests_of(wanted: Appointment, digest: Digest) -> dict[str, str]:
    """Return the digests by field of what an event should show."""
    return {
        "title": digest(wanted.title),
        "description": digest(plain(wanted.description)),
        "guest": digest(wanted.guest),
        "reminders": digest(reminder_text(wanted.reminders)),
        "meet": digest("meet" if wanted.meet else ""),
    }


def reminder_text(reminders: tuple[tuple[str, int], ...] | None) -> str:
    """Return reminders as comparable text; None is the calendar's default, which is not the same as none."""
    if reminders is None:
        return "default"
    return ",".join(sorted(f"{method}:{minutes}" for method, minutes in reminders))


def written(field: str, value: str) -> str:
    """Return what stands (as a digest) for a value of ours in a field of a booking."""
    return f"{field}\n{value}"


def remarks_of(event: Event) -> str:
    """Return what a person's event says, as text for a booking: its title, then its description above our line."""
    parts = (event.title.strip(), plain(take_apart(event.description).above))
    return "\n".join(part for part in parts if part)


def in_window(when: When, settings: Settings, now: datetime) -> bool:
    """Whether an appointment overlaps the days that are kept in step."""
    start, end = period(when, settings.timezone)
    first, last = settings.sync.window_days
    return end > now + timedelta(days=first) and start < now + timedelta(days=last)
