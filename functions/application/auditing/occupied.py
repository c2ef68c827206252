"""A booking's occupied events: which there should be, by rules written here a second time, and which there are."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from functions.application.auditing.compare import Difference, left_out, same_time, wants, why_it_rests
from functions.application.auditing.sides import Sides
from functions.application.ports import BookingRow
from functions.application.store import links
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event, EventKey
from functions.domain.pairing.link import Link, Occupies
from functions.domain.settings.schema import MappingRow, Settings

Span = tuple[datetime, datetime]
A_DAY = timedelta(hours=23)  # a row this long may be of whole days


def spans(
    booking_id: str, row: MappingRow, starts: datetime, ends: datetime, *, by_the_day: bool
) -> dict[Occupies, Span]:
    """Return the occupied events that a booking with this row should have, and when; `by_the_day`: its dates count."""
    there: dict[Occupies, Span] = {Occupies(booking_id, calendar): (starts, ends) for calendar in row.also}
    if by_the_day or row.around != "events":
        return there
    ends = max(ends, starts + timedelta(minutes=1))
    before, after = timedelta(minutes=row.before_minutes), timedelta(minutes=row.after_minutes)
    for calendar in (row.calendar, *row.also):
        if before:
            there[Occupies(booking_id, calendar, "before")] = (starts - before, starts)
        if after:
            there[Occupies(booking_id, calendar, "after")] = (ends, ends + after)
    return there


def all_shown(settings: Settings, row: BookingRow, shown: Mapping[Occupies, Event]) -> bool:
    """Whether exactly the occupied events that a listed booking should have are `shown`, as far as its row tells."""
    if row.status is None or row.starts is None or row.ends is None or row.object_id is None:
        return False
    own, wanted = settings.row_of(row.object_id), wants(row.status, settings)
    if own is None or not wanted:
        return not shown or wanted is None
    by_the_day = row.ends - row.starts >= A_DAY
    there = spans(row.id, own, row.starts, row.ends, by_the_day=by_the_day)
    return there.keys() == shown.keys() and all(
        same_time(*there[place], event.when, settings, by_the_day=by_the_day) for place, event in shown.items()
    )


def differences(
    sides: Sides, link: Link, booking: Booking | None, seen: Collection[Occupies]
) -> Iterator[tuple[Occupies, Difference]]:
    """Compare a booking (None: it is gone), just read, with its occupied events; `seen` are those that lists showed.

    What is left alone on purpose is no difference; the finding about the booking's own event says why.
    """
    settings, wanted = sides.settings, booking is not None and wants(booking.status, sides.settings)
    if why_it_rests(link) or wanted is None:
        return
    own = settings.row_of(booking.object_id) if booking is not None else None
    there: dict[Occupies, Span] = {}
    if wanted and booking is not None and own and not left_out(settings, link, booking, sides.ports.clock()):
        there = spans(booking.id, own, booking.starts, booking.ends, by_the_day=booking.day_mode)
    for place in dict.fromkeys((*there, *link.occupied, *seen)):
        holder = links.of_occupied(sides.ports.documents, sides.integration.id, place)
        if why_it_rests(holder) or holder.intent is not None:
            continue
        event = sides.event(holder.event or EventKey(place.calendar, sides.occupied_id(place, holder.generation)))
        if (event is None) != (place not in there):
            if not sides.integration.keeps_former_look(link.event_updated):
                yield place, Difference("missing_occupied" if event is None else "gone", event)
        elif event is not None:
            by_the_day = booking is not None and booking.day_mode
            if not same_time(*there[place], event.when, settings, by_the_day=by_the_day):
                yield place, Difference("other_time", event)
