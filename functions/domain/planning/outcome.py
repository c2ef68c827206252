"""Outcome: what a step that was done makes of the link, and what it would show in a preview."""

from dataclasses import replace

from functions.domain.model.booking import Booking
from functions.domain.model.event import Event
from functions.domain.model.link import Base, Link, Origin, State
from functions.domain.planning.plan import counted
from functions.domain.planning.projection import written
from functions.domain.planning.recovery import booking_written, event_there
from functions.domain.planning.series import family
from functions.domain.planning.step import (
    BookingChange,
    DeleteEvent,
    InsertEvent,
    MakeBooking,
    MoveEvent,
    PatchEvent,
    ReviveEvent,
    Why,
    Write,
    WriteBooking,
)
from functions.domain.planning.view import PlanningContext

KEPT_DIGESTS = 8


def landed(
    link: Link, step: Write, base: Base | None, answer: Event | Booking | None, context: PlanningContext
) -> Link:
    """Return the link once a write has landed; `answer` is what the other side returned."""
    before = link.base.status if link.base else None
    link = counted(replace(link, intent=None, base=base or link.base, decided=""), step.why, context)
    if isinstance(step, DeleteEvent):
        return replace(link, closed=True, state=State.ACTIVE, until=None)
    if isinstance(answer, Event):
        link = link.seeing(answer)
        if isinstance(step, InsertEvent | ReviveEvent):
            link = replace(event_there(link), series=family(answer.series))
        elif isinstance(step, PatchEvent) and step.why in (Why.PUT_BACK, Why.REFUSED):
            link = replace(link, notice=step.notice or link.notice)
        elif not isinstance(step, MoveEvent):
            link = replace(link, notice="")
        return link
    if isinstance(step, MakeBooking) and isinstance(answer, Booking):
        return replace(
            link,
            booking_id=answer.id,
            origin=Origin.EVENT,
            state=State.ACTIVE,
            reason="",
            refused="",
            refused_at=None,
            notice="",
            ours=_ours(link, context, (step.external_id_field, step.event.id)),
        )
    if isinstance(step, WriteBooking):
        return _booking_written(link, step, before, context)
    return link


def _booking_written(link: Link, step: WriteBooking, before: int | None, context: PlanningContext) -> Link:
    if step.why is Why.WRITE_BACK:
        return replace(link, ours=_ours(link, context, *_ids(step.change)))
    return booking_written(link, step.why, before)


def not_taken(link: Link, change: BookingChange, context: PlanningContext, *, again: bool) -> Link:
    """Return the link once i-Reserve refused an event's id or Meet link: it counts as written, maybe until asked `again`."""
    refused = tuple(context.digest(written(*value)) for value in _ids(change)) if again else ()
    return replace(link, ours=_ours(link, context, *_ids(change)), not_taken=(*link.not_taken, *refused))


def _ids(change: BookingChange) -> tuple[tuple[str, str], ...]:
    external = (("external_id", change.external_id),) if change.external_id else ()
    return (*change.fields, *external)


def _ours(link: Link, context: PlanningContext, *values: tuple[str, str]) -> tuple[str, ...]:
    digests = dict.fromkeys((*link.ours, *(context.digest(written(*value)) for value in values)))
    return tuple(digests)[-KEPT_DIGESTS:]
