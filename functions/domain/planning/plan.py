"""The planner: given a link and both sides, the next step. Pure; the same view always gives the same step.

One step at a time: after each the executor saves, and plans again on what the step brought about, until it rests.
"""

from dataclasses import replace
from datetime import timedelta

from functions.domain.model.link import Link, State
from functions.domain.model.snapshot import Presence
from functions.domain.planning.merge import merge
from functions.domain.planning.plan_inbound import plan_new_event, plan_vanished
from functions.domain.planning.plan_outbound import plan_missing, plan_removal
from functions.domain.planning.plan_wish import fulfil
from functions.domain.planning.recovery import recover
from functions.domain.planning.step import Planned, Rest, Settle, Why, Write, WriteBooking
from functions.domain.planning.view import SECOND_READ, PlanningContext, View, Wanted, wanted_of

PUT_BACKS, PUT_BACK_SPAN = 3, timedelta(hours=1)
WRITES, WRITE_SPAN = 6, timedelta(minutes=10)


def plan(v: View, context: PlanningContext) -> Planned:
    """Return the next step for a link, with what both sides agree on once it is done."""
    planned = _decide(v, context)
    if isinstance(planned.step, Write) and not _bookkeeping(planned) and _too_often(v.link, planned, context):
        return Planned(Settle(replace(v.link, state=State.PAUSED, reason=Why.TOO_OFTEN), Why.TOO_OFTEN))
    return planned


def _decide(v: View, context: PlanningContext) -> Planned:
    link = v.link
    if link.intent is not None:
        return recover(v, context)
    if link.state is State.PAUSED and link.wish is None:
        return Planned(Rest(Why.PAUSED))
    if link.state is State.DETACHED and link.wish is None:
        return Planned(Rest(Why.DETACHED))
    if Presence.UNREADABLE in (v.booking.presence, v.event.presence):
        return Planned(Rest(Why.UNREADABLE))
    if not link.booking_id:
        return plan_new_event(v, context)
    if link.wish is not None:
        return fulfil(v, context, link.wish)
    if (
        v.booking.value is not None
        and link.event is not None
        and context.settings.calendar_of(v.booking.value.object_id) is None
    ):
        return Planned(Rest(Why.NO_CALENDAR))  # its row was removed: the event stays, nothing is carried over
    wanted = wanted_of(v.booking, context)
    if wanted is Wanted.UNKNOWN:
        return Planned(Rest(Why.BOOKING_GONE, context.now + SECOND_READ))
    if wanted is Wanted.NONE:
        return plan_removal(v, context)
    if link.closed and v.event.value is not None:
        opened = replace(link, closed=False, cancelled_by_us=False, status_before=None)
        return Planned(Settle(opened, Why.EVENT_RESTORED))
    if link.event is None or link.closed:
        return plan_missing(v, context, wanted)
    if v.event.vanished:
        return plan_vanished(v, context)
    return merge(v, context)


def _bookkeeping(planned: Planned) -> bool:
    """Whether a write only puts ids into their fields: that is part of the change before it."""
    return isinstance(planned.step, WriteBooking) and planned.step.why is Why.WRITE_BACK


def _too_often(link: Link, planned: Planned, context: PlanningContext) -> bool:
    if not isinstance(planned.step, Write) or planned.step.why in (Why.UNDONE, Why.APPROVED):
        return False
    put_backs = sum(1 for at in link.put_backs if context.now - at < PUT_BACK_SPAN)
    writes = sum(1 for at in link.writes if context.now - at < WRITE_SPAN)
    again = planned.step.why in (Why.PUT_BACK, Why.MADE_AGAIN)
    return (again and put_backs >= PUT_BACKS) or writes >= WRITES


def counted(link: Link, why: Why, context: PlanningContext) -> Link:
    """Return the link with a write counted, and the counts of long ago dropped."""
    if why is Why.WRITE_BACK:
        return link
    writes = (*(at for at in link.writes if context.now - at < WRITE_SPAN), context.now)
    put_backs = tuple(at for at in link.put_backs if context.now - at < PUT_BACK_SPAN)
    if why in (Why.PUT_BACK, Why.MADE_AGAIN):
        put_backs = (*put_backs, context.now)
    return replace(link, writes=writes, put_backs=put_backs)
