"""The guard against double booking: whether the hours that a write needs are already taken. Pure.

i-Reserve checks this itself, unless its API user has the right to save conflicting bookings.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from functions.domain.comparing.event_content import period, when_of
from functions.domain.model.appointment import When
from functions.domain.model.booking import Booking
from functions.domain.model.zones import day_of
from functions.domain.pairing.writes import MakeBooking, Write, WriteBooking, takes_hours
from functions.domain.settings.dialect import Dialect
from functions.domain.settings.schema import Settings


@dataclass(frozen=True, slots=True)
class Slot:
    """The hours that a write needs: `number` places of an object; `but` is the booking being moved, or ""."""

    object_id: str
    when: When
    number: int
    but: str = ""

    def days(self, zone: str) -> tuple[date, date]:
        """Return the first and last day on which a booking in the way can begin, unless it is longer than a day."""
        starts, ends = period(self.when, zone)
        return day_of(starts, zone) - timedelta(days=1), day_of(ends, zone)


def stands_guard(settings: Settings, dialect: Dialect) -> bool:
    """Whether to check hours before a write; not if i-Reserve is known to refuse taken ones."""
    guard = settings.sync.overlap_guard
    if guard == "auto":
        return not (dialect.write_validates and "write_validates" in dialect.known)
    return guard == "always"


def slot_of(step: Write, booking: Booking | None, settings: Settings) -> Slot | None:
    """Return the hours that a write needs, or None if it changes neither a booking's time nor its object."""
    if not takes_hours(step):
        return None
    if isinstance(step, MakeBooking):
        return Slot(step.object_id, step.when, step.number)
    if isinstance(step, WriteBooking) and booking is not None:
        when = step.change.when or when_of(booking, settings)
        return Slot(step.change.object_id or booking.object_id, when, booking.number, booking.id)
    return None


def keeps_out(slot: Slot, other: Booking, settings: Settings) -> bool:
    """Whether another booking takes some of these hours; one without duration, or to be removed, takes none."""
    if other.id == slot.but or other.object_id != slot.object_id:
        return False
    if other.starts == other.ends and not other.day_mode:
        return False
    if settings.outbound.removes(other.status):
        return False
    starts, ends = period(slot.when, settings.timezone)
    since, until = period(when_of(other, settings), settings.timezone)
    return since < ends and starts < until


def is_taken(slot: Slot, others: Iterable[Booking], places: int, settings: Settings) -> bool:
    """Whether at any moment the slot and the others need more places than there are."""
    there = [each for each in others if keeps_out(slot, each, settings)]
    spans = [(*period(when_of(each, settings), settings.timezone), each.number) for each in there]
    starts, _ = period(slot.when, settings.timezone)
    moments = {max(since, starts) for since, _, _ in spans}
    return any(
        (taken := sum(number for since, until, number in spans if since <= moment < until))
        and taken + slot.number > places
        for moment in moments
    )
