"""How the brake identifies a write: by a digest of what it replaces and what it writes."""

from collections.abc import Callable

from functions.domain.model.text import as_read, take_apart
from functions.domain.pairing.attempts import Attempt
from functions.domain.pairing.writes import (
    DeleteEvent,
    EventChange,
    InsertEvent,
    MoveEvent,
    PatchEvent,
    ReviveEvent,
    Why,
    Write,
    WriteBooking,
    is_bookkeeping,
)
from functions.domain.planning.view import PlanningContext, View

PUT_BACK = (Why.PUT_BACK, Why.MADE_AGAIN)


def attempt_of(view: View, step: Write, context: PlanningContext) -> Attempt | None:
    """Return a write as an attempt; None for bookkeeping, which changes nothing a person sees."""
    if is_bookkeeping(step):
        return None
    put_back = step.why in PUT_BACK
    replaced = "" if put_back else _shown(view)
    return Attempt(context.now, context.digest(f"{step.kind}\n{replaced}\n{_brings(step)}"), put_back)


def shown(view: View, digest: Callable[[str], str]) -> str:
    """Return the digest of what both sides show."""
    return digest(_shown(view))


def _shown(view: View) -> str:
    event, booking, base = view.event.value, view.booking.value, view.link.base
    left = "" if booking is None else f"{booking.starts} {booking.ends} {booking.object_id} {booking.status}"
    if event is not None:
        above = as_read(take_apart(event.description).above)
        return f"{left}\n{event.key} {event.when} {event.title} {event.style} {above}"
    agreed = "" if base is None else f"{base.when} {base.calendar} {sorted(base.digests.items())}"
    return f"{left}\n{view.event.presence} {agreed}"


def _brings(step: Write) -> str:
    match step:
        case InsertEvent(key, content) | ReviveEvent(key, content):
            return f"{key} {content}"
        case PatchEvent(key, _, change):
            return f"{key} {_changes(change)}"
        case MoveEvent(key, _, destination):
            return f"{key} {destination}"
        case DeleteEvent(key):
            return f"{key}"
        case WriteBooking(_, change):
            return f"{change}"
    return f"{step.event} {step.when} {step.object_id} {step.fields}"


def _changes(change: EventChange) -> str:
    """Return what a change writes; of a description only what is above the service's line, because a notice has a date."""
    above = "" if change.description is None else as_read(take_apart(change.description).above)
    rest = (change.when, change.title, change.guest_in, change.guest_out, change.reminders, change.meet, change.style)
    return f"{rest} {above}{change.answer or ''}"
