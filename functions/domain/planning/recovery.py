"""Recovery: an intent was left open by a crash or a stalled instance; did its write land or not.

The stamp on the event tells; a booking carries no stamp, so its values tell.
"""

from dataclasses import replace

from functions.domain.model.booking import Booking
from functions.domain.model.link import Base, Intent, Link, Side, State
from functions.domain.model.snapshot import Presence
from functions.domain.model.text import plain
from functions.domain.planning.projection import when_of
from functions.domain.planning.step import Planned, Rest, Settle, Why
from functions.domain.planning.view import PlanningContext, View


def recover(v: View, context: PlanningContext) -> Planned:
    """Wait for the lease to end, then settle the intent one way or the other."""
    intent = v.link.intent
    if intent is None:
        raise ValueError("there is no intent to recover")
    if context.now < intent.expires_at:
        return Planned(Rest(Why.LEASED, intent.expires_at))
    side = v.event if intent.target is Side.EVENT else v.booking
    if side.presence is Presence.UNREADABLE:
        return Planned(Rest(Why.UNREADABLE))
    link = replace(v.link, intent=None)
    if intent.target is Side.EVENT:
        link = _event_side(link, v, intent)
    elif intent.step == "MakeBooking":
        if v.booking.value is not None:
            link = replace(link, booking_id=v.booking.value.id, base=intent.base)
    elif (
        intent.base is not None
        and v.booking.value is not None
        and _shows(v.booking.value, link.base, intent.base, context)
    ):
        before = v.link.base.status if v.link.base is not None else None
        link = booking_written(replace(link, base=intent.base), intent.why, before)
    return Planned(Settle(link, Why.RECOVERED, reread=True))


def booking_written(link: Link, why: str, before: int | None) -> Link:
    """Return the link once a booking was written, and why; `before` is the status that it had."""
    if why in (Why.GRACE_OVER, Why.APPROVED):
        cancelled = replace(link, closed=True, cancelled_by_us=True, status_before=before)
        return replace(cancelled, state=State.ACTIVE, until=None, reason="", decided="")
    if why in (Why.EVENT_RESTORED, Why.UNDONE):
        link = replace(link, closed=False, cancelled_by_us=False, status_before=None)
    return link if why in (Why.WRITE_BACK, Why.EVENT_RESTORED) else replace(link, refused="", notice="")


def event_there(link: Link) -> Link:
    """Return the link once its event was made, or made again: what was said of its absence is over."""
    there = replace(link.freed(), closed=False, cancelled_by_us=False, status_before=None)
    return replace(there, refused="", notice="", decided="")


def _event_side(link: Link, v: View, intent: Intent) -> Link:
    """Settle an intent on the event, which was read at the place where the write would have put it."""
    event = v.event.value
    if intent.step == "DeleteEvent":
        # it may also be gone from there because a person moved it: it is looked for before it would be made again
        return replace(link, closed=True, reason=Why.RECOVERED) if event is None else link
    if event is None:
        return link
    landed = intent.step == "MoveEvent" or event.mark.stamp == intent.stamp
    if not landed:
        return link
    link = replace(link.seeing(event), base=intent.base or link.base)
    return event_there(link) if intent.step in ("InsertEvent", "ReviveEvent") else replace(link, closed=False)


def _shows(booking: Booking, before: Base | None, after: Base, context: PlanningContext) -> bool:
    """Whether a booking shows what was to be written; a person may have changed something else meanwhile."""
    shown = (when_of(booking, context.settings), booking.object_id, booking.status)
    wanted = (after.when, after.object_id, after.status)
    if before is None:
        return shown == wanted
    had = (before.when, before.object_id, before.status)
    if any(one != other for one, other, old in zip(shown, wanted, had, strict=True) if other != old):
        return False
    remarks = booking.value_of(context.settings.inbound.remarks_field)
    return after.digests == before.digests or context.digest(plain(remarks)) == after.digests.get("remarks", "")
