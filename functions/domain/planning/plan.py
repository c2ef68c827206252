"""The planner: takes a link and both sides, returns the next step. Pure: the same view always gives the same step.

One step at a time: the executor saves the result and plans again, until the pair rests.
"""

from dataclasses import replace

from functions.domain.comparing.event_content import as_agreed, in_window, occupied_of, when_of
from functions.domain.model.identity import is_chosen
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.attempts import QUIET, is_loop, refused_until
from functions.domain.pairing.decisions import Adopt, Claim, Pause, Reopen, Resume
from functions.domain.pairing.life import Detached, Paused
from functions.domain.pairing.lifecycle import decide
from functions.domain.pairing.step import Look, Planned, Rest
from functions.domain.pairing.writes import DeleteEvent, PatchEvent, Why, Write
from functions.domain.planning.brake import attempt_of, shown
from functions.domain.planning.invitation import as_answered, only_answers
from functions.domain.planning.merge import merge
from functions.domain.planning.plan_deleted_event import plan_vanished
from functions.domain.planning.plan_new_event import eligible, plan_new_event
from functions.domain.planning.plan_occupied import plan_occupied
from functions.domain.planning.plan_order import fulfil
from functions.domain.planning.plan_outbound import plan_missing, plan_removal, plan_without_calendar
from functions.domain.planning.recovery import recover
from functions.domain.planning.view import SECOND_READ, PlanningContext, View, Wanted, looked_for, wanted_of
from functions.domain.planning.write_event_id import other_than_its_own


def plan(v: View, context: PlanningContext) -> Planned:
    """Return the next step for a link, and the base once it has landed."""
    v = as_answered(as_meant_by_both(v, context.settings.timezone))
    planned = only_answers(v, _decide(v, context), context)
    step = planned.step
    if not isinstance(step, Write) or (attempt := attempt_of(v, step, context)) is None:
        return planned
    if _is_never_a_loop(step):
        until = refused_until(v.link.attempts, attempt)
        return planned if until is None else Planned(Rest(Why.TOO_OFTEN, until))
    if not is_loop(v.link.attempts, attempt):
        return planned
    if isinstance(step, PatchEvent) and step.change.when is None:
        return Planned(Rest(Why.TOO_OFTEN, context.now + QUIET))  # a loop over text must not stop the pair's times
    return decide(v.link, Pause(Why.TOO_OFTEN, context.now, shown(v, context.digest)), Why.TOO_OFTEN)


def as_meant_by_both(v: View, zone: str) -> View:
    """Read a booking's times as both sides agreed on them, or will once the write under way has landed."""
    booking, base = v.booking.value, v.link.base
    if v.link.intent is not None and v.link.intent.base is not None:
        base = v.link.intent.base
    if booking is None or base is None:
        return v
    meant = as_agreed(booking, base.when, zone)
    return v if meant is booking else replace(v, booking=replace(v.booking, value=meant))


def _decide(v: View, context: PlanningContext) -> Planned:
    link, ordered = v.link, v.link.overridden
    if link.intent is not None:
        return recover(v, context)
    if isinstance(link.life, Detached) and ordered is None:
        return _taken_up(v, context) or _parted(v)
    if Presence.UNREADABLE in (v.booking.presence, v.event.presence):
        return Planned(Rest(Why.UNREADABLE))
    if isinstance(link.life, Paused) and ordered is None:
        return _paused(v, context, link.life)
    if link.occupies is not None:
        return plan_occupied(v, context, link.occupies)
    if not link.booking_id:
        return plan_new_event(v, context)
    return fulfil(v, context, ordered) if ordered is not None else _pair(v, context)


def _taken_up(v: View, context: PlanningContext) -> Planned | None:
    """Return what takes up a pair that was left alone outside the window or without a calendar, once its booking is back."""
    link, booking = v.link, v.booking.value
    if booking is None or wanted_of(v.booking, context) is not Wanted.EVENT:
        return None
    if link.life == Detached(Why.NO_CALENDAR):
        mapped = context.settings.calendar_of(booking.object_id) is not None
        return decide(link, Reopen(), Why.BOOKING_CHANGED) if mapped else None
    if link.life != Detached(Why.OUTSIDE_WINDOW):
        return None
    when = when_of(booking, context.settings)
    if link.occupies is not None:
        when = occupied_of(booking, context.settings, link.occupies).when
    if (link.base is not None and link.base.when == when) or not in_window(when, context.settings, context.now):
        return None
    return decide(link, Reopen(), Why.BOOKING_CHANGED)


def _parted(v: View) -> Planned:
    """Leave a pair alone, with the event that its booking names if that was found while its own is gone.

    So it is after an older store was restored; an event of no pair would count as new, or say nothing.
    """
    found = v.found.value if v.found is not None and v.event.vanished else None
    return Planned(Rest(Why.DETACHED)) if found is None else decide(v.link, Claim(found), Why.ADOPTED)


def _pair(v: View, context: PlanningContext) -> Planned:
    """Decide for a link that has a booking and no order."""
    link, booking = v.link, v.booking.value
    if booking is not None and link.event is not None and context.settings.calendar_of(booking.object_id) is None:
        return plan_without_calendar(v, context)
    wanted = wanted_of(v.booking, context)
    if wanted is Wanted.UNKNOWN:
        return Planned(Rest(Why.BOOKING_GONE, context.now + SECOND_READ))
    if wanted is Wanted.NONE:
        return plan_removal(v, context)
    if link.closed and v.event.value is not None:
        return decide(link, Reopen(), Why.EVENT_RESTORED)
    if link.event is None or link.closed:
        return plan_missing(v, context, wanted)
    if v.event.vanished:
        return plan_vanished(v, context)
    return _with_the_event_named(v, context) or merge(v, context)


def _with_the_event_named(v: View, context: PlanningContext) -> Planned | None:
    """Return what takes the event that the booking names for the pair's; None: the pair keeps what it has.

    An older store that was restored may have paired an occurrence of a changed series with the wrong booking, or not know
    the event that this service made since: then what is left of the series at its time is not its own. Any other event is
    left for none that its booking may come to name.
    """
    link, booking = v.link, v.booking.value
    other = other_than_its_own(link, booking, context) if booking is not None else ""
    if not other:
        return None
    event = looked_for(v, Look(find=other))
    if isinstance(event, Planned):
        return event
    if event is None or not v.found_is_free or not event.organizer_self:
        return None
    if event.key == link.event:  # named as the single event that it was
        return merge(v if v.event.value is not None else replace(v, event=Snapshot.of(event)), context)
    mine = event.mark.int_id == context.settings.id if is_chosen(other) else eligible(event, context)
    return decide(link, Adopt(event), Why.ADOPTED) if mine else None


def _paused(v: View, context: PlanningContext, life: Paused) -> Planned:
    """Wait until it is quiet or a person resumes the pair; an explicit cancellation is carried out all the same."""
    if v.booking.value is not None and wanted_of(v.booking, context) is Wanted.NONE:
        return plan_removal(v, context)
    seen = shown(v, context.digest)
    if seen != life.seen:
        return decide(v.link, Pause(life.cause, context.now, seen), Why.PAUSED)
    if context.now - life.since >= QUIET:
        return decide(v.link, Resume(), Why.PAUSED)
    return Planned(Rest(Why.PAUSED, life.since + QUIET))


def _is_never_a_loop(step: Write) -> bool:
    """Whether a write cannot be part of a loop: a person ordered it, or what it removes is no longer asked for."""
    asked = step.why in (Why.BOOKING_CANCELLED, Why.UNDONE, Why.APPROVED)
    return asked or (isinstance(step, DeleteEvent) and step.why in (Why.OCCUPIED, Why.FORMER))
