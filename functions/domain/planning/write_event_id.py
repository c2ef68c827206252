"""Write-back: puts the event's id and Meet link into the booking's fields, unless they hold somebody else's."""

from dataclasses import replace

from functions.domain.comparing.event_content import written
from functions.domain.model.booking import Booking
from functions.domain.model.event import EventKey, can_be_event_id, family_of_id, is_occurrence
from functions.domain.model.identity import Digest, event_ids, is_chosen
from functions.domain.pairing.link import Link, Origin
from functions.domain.pairing.step import Planned
from functions.domain.pairing.writes import BookingChange, MakeBooking, Why, Write, WriteBooking
from functions.domain.planning.invitation import reference_of
from functions.domain.planning.view import PlanningContext


def write_back(
    link: Link, context: PlanningContext, booking: Booking, key: EventKey, meet_url: str, series: str = ""
) -> Planned | None:
    """Return the write of the event's id and Meet link that the booking lacks; each is written once.

    `series`: of an occurrence that was read. A booking that names that had the single event that it was, whatever was written
    since: the store may be older.
    """
    if link.occupies is not None:
        return None
    outbound = context.settings.outbound
    change = BookingChange()
    name, value = outbound.external_id_field, reference_of(link, key, context)
    single = EventKey(key.calendar, series)
    was_single = bool(series) and booking.value_of(name) == reference_of(link, single, context)
    if was_single or (_free(name, value, link, booking, context) and not named_by_other(link, booking, context)):
        change = (
            replace(change, external_id=value) if name == "external_id" else replace(change, fields=((name, value),))
        )
    field = outbound.meet_link_field
    url = meet_url if outbound.create_meet_link and field else ""
    if url and _free(field, url, link, booking, context) and not _foreign(field, link, booking, context):
        change = replace(change, fields=(*change.fields, (field, url)))
    if change == BookingChange():
        return None
    return Planned(WriteBooking(booking.id, change, Why.WRITE_BACK), link.base)


def ids_of(step: Write, digest: Digest) -> tuple[str, ...]:
    """Return the digests of the event id and Meet link that a write puts into the booking."""
    values: tuple[tuple[str, str], ...] = ()
    if isinstance(step, MakeBooking):
        values = ((step.external_id_field, step.reference),)
    elif isinstance(step, WriteBooking) and step.why is Why.WRITE_BACK:
        external = (("external_id", step.change.external_id),) if step.change.external_id else ()
        values = (*step.change.fields, *external)
    return tuple(digest(written(*value)) for value in values)


def named_by_other(link: Link, booking: Booking, context: PlanningContext) -> bool:
    """Whether the booking's id field holds a value that is neither this pair's event id nor written by this service."""
    name = context.settings.outbound.external_id_field
    value = booking.value_of(name)
    if not value or (link.event is not None and value == link.event.id):
        return False
    derived = event_ids(context.digest, context.settings.id, booking.id, range(link.generation + 1))
    return value not in derived and _foreign(name, link, booking, context)


def other_named(link: Link, booking: Booking, context: PlanningContext) -> str:
    """Return the event id that a booking names and its pair knows nothing of, as after an older store was restored.

    Not of an invitation, whose booking names the organizer's event, and not where it was looked for before.
    """
    if link.ids.foreign or link.origin is Origin.INVITATION or not named_by_other(link, booking, context):
        return ""
    named = booking.value_of(context.settings.outbound.external_id_field)
    return named if can_be_event_id(named) else ""


def other_than_its_own(link: Link, booking: Booking, context: PlanningContext) -> str:
    """Return the event that a booking names in place of the one that its pair has; "": its pair keeps that one.

    An event that this service made since, or in place of an occurrence another one: of what this service made, only of the series
    that it became. Anything else a booking may come to name.
    """
    other = other_named(link, booking, context) if link.event is not None else ""
    derived = event_ids(context.digest, context.settings.id, booking.id, range(link.generation + 1))
    of_series = link.origin is Origin.EVENT or (link.series in derived and family_of_id(other) == link.series)
    is_another = is_occurrence(other) and bool(link.series) and of_series
    return other if is_chosen(other) or is_another else ""


def leads_to_event(name: str) -> bool:
    """Whether what a booking names has the form of an occurrence's id, or of one that this service chose."""
    return is_occurrence(name) or is_chosen(name)


def _free(name: str, value: str, link: Link, booking: Booking, context: PlanningContext) -> bool:
    """Whether to write a value: if never written, or if a later value of ours is in the field now."""
    present, ids = booking.value_of(name), link.ids.written
    wanted, shown = (context.digest(written(name, each)) for each in (value, present))
    if present == value:
        return False
    return wanted not in ids or (shown in ids and ids.index(shown) > ids.index(wanted))


def _foreign(name: str, link: Link, booking: Booking, context: PlanningContext) -> bool:
    value = booking.value_of(name)
    return bool(value) and context.digest(written(name, value)) not in link.ids.written
