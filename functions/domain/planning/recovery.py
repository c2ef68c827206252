"""Recovery: decides whether a write with an unknown end has landed; `lifecycle.after` then handles it like any other.

The stamp on the event shows it; a booking carries no stamp, so its values must.
"""

from functions.domain.comparing.event_content import when_of, written
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.model.text import as_read
from functions.domain.pairing.life import Side
from functions.domain.pairing.link import Intent
from functions.domain.pairing.step import Conclude, Landed, Look, Missed, Planned, Rest
from functions.domain.pairing.writes import DeleteEvent, MakeBooking, MoveEvent, PatchEvent, Why, WriteBooking
from functions.domain.planning.view import PlanningContext, View


def recover(v: View, context: PlanningContext) -> Planned:
    """Wait for the lease to end, then find out."""
    intent = v.link.intent
    if intent is None:
        raise ValueError("there is no intent to recover")
    if context.now < intent.expires_at:
        return Planned(Rest(Why.LEASED, intent.expires_at))
    side: Snapshot[Event] | Snapshot[Booking] = v.event if intent.target is Side.EVENT else v.booking
    if side.presence is Presence.UNREADABLE:
        return Planned(Rest(Why.UNREADABLE))
    if isinstance(intent.step, DeleteEvent):
        return _removed(v, intent.step)
    if isinstance(side.value, Event):
        landed = isinstance(intent.step, MoveEvent) or side.value.mark.stamp == intent.stamp
        if isinstance(intent.step, PatchEvent) and intent.step.change.answer is not None:
            landed = side.value.answer == intent.step.change.answer  # an answer carries no stamp
        return Planned(Conclude(Landed(side.value) if landed else Missed()))
    if isinstance(side.value, Booking) and _landed_in(side.value, intent, context):
        return Planned(Conclude(Landed(side.value)))
    return Planned(Conclude(Missed()))


def _removed(v: View, step: DeleteEvent) -> Planned:
    """Decide about a removal, which leaves no stamp; a person may also have moved the event away."""
    if v.event.value is not None:
        return Planned(Conclude(Missed()))
    if v.found is None:
        return Planned(Look(find=step.key.id))
    if v.found.presence is Presence.UNREADABLE:
        return Planned(Rest(Why.UNREADABLE))
    moved = v.found.value is not None and v.found_is_free
    return Planned(Conclude(Missed() if moved else Landed(None)))


def _landed_in(booking: Booking, intent: Intent, context: PlanningContext) -> bool:
    """Whether a booking shows what was to be written; one that was made names the event, unless its field is not shown."""
    if isinstance(intent.step, MakeBooking):
        return booking.value_of(intent.step.external_id_field) in ("", intent.step.reference)
    return not isinstance(intent.step, WriteBooking) or _shows(booking, intent.step, intent, context)


def _shows(booking: Booking, step: WriteBooking, intent: Intent, context: PlanningContext) -> bool:
    """Whether a booking shows a change; a person may have changed other fields since."""
    change = step.change
    pairs = (
        (change.when, when_of(booking, context.settings)),
        (change.object_id, booking.object_id),
        (change.status, booking.status),
    )
    if any(asked is not None and asked != shown for asked, shown in pairs):
        return False
    if step.why is Why.EVENT_TEXT:
        remarks = as_read(booking.value_of(context.settings.inbound.remarks_field))
        return intent.base is not None and context.digest(remarks) == intent.base.digests.get("remarks", "")
    names = [name for name, _ in change.fields] + (["external_id"] if change.external_id is not None else [])
    return all(context.digest(written(name, booking.value_of(name))) in intent.ids for name in names)
