"""Execute one write: save the intent with its stamp, check the lease, write, save what came of it.

No call to the outside happens inside a transaction, and no write without an intent that is saved and still holds.
"""

from dataclasses import replace
from datetime import timedelta

from functions.application.intake.hints import Hint, Kind, enqueue
from functions.application.ports import Body, Transaction
from functions.application.store import journal, links
from functions.application.store.integrations import path_of
from functions.application.sync import write_back
from functions.application.sync.session import SyncSession
from functions.application.sync.write import write
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Gone, Refused, Stale, SyncError, Taken, Transient
from functions.domain.model.event import Event, EventKey
from functions.domain.model.link import Base, Intent, Link, Origin, Side, State
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.planning.outcome import landed
from functions.domain.planning.plan_inbound import new_event_text
from functions.domain.planning.step import (
    DeleteEvent,
    InsertEvent,
    MakeBooking,
    MoveEvent,
    PatchEvent,
    Planned,
    ReviveEvent,
    Why,
    Write,
    WriteBooking,
)
from functions.domain.planning.view import PlanningContext, View
from functions.domain.settings.integration import Phase

LEASE = timedelta(seconds=90)


def execute(
    session: SyncSession, hint: Hint, view: View, step: Write, base: Base | None, context: PlanningContext
) -> View:
    """Do one write and return the view after it; raises `Transient` (the intent stays), `Stale` (link changed)."""
    target = Side.BOOKING if isinstance(step, WriteBooking | MakeBooking) else Side.EVENT
    stamp, entry_id = session.ports.token(9), session.ports.token(12)
    intent = Intent(
        stamp,
        target,
        type(step).__name__,
        session.now() + LEASE,
        base or view.link.base,
        _place(step),
        entry_id,
        step.why,
    )
    event = view.event.value if isinstance(step, PatchEvent) else None
    entry = journal.opened(view.link, step, hint, session.now(), event)
    claimed = _claim(session, replace(view.link, intent=intent), entry_id, entry)
    view = replace(view, link=claimed)
    asked_at = session.now()
    try:
        answer = write(session, view, step, stamp, claimed.intent)
    except Refused as error:
        return _refused(session, view, Planned(step, base), error, entry_id, entry, context)
    except (Stale, Gone, Taken) as error:
        return _overtaken(session, view, step, error, entry_id, entry)
    except Transient as error:
        _unknown(session, view, target, error)
        raise
    if isinstance(answer, Booking):
        session.booking_read_at = asked_at
    done = landed(claimed, step, base, answer, context)
    saved = _save(session, done, entry_id, journal.closed(entry, "done", session.now(), **_made(answer)))
    _tell(session, hint, saved, step)
    return _after(replace(view, link=saved), answer)


def journal_shadow(session: SyncSession, hint: Hint, link: Link, step: Write) -> None:
    """Journal what would have been done, in shadow."""
    entry = journal.opened(link, step, hint, session.now())
    closed = journal.closed(entry, "shadow", session.now())
    entry_id = session.ports.token(12)
    session.ports.documents.transact(lambda tx: journal.put(tx, session.id, entry_id, closed))


def _after(view: View, answer: Event | Booking | None) -> View:
    match answer:
        case Event():
            return replace(view, event=Snapshot.of(answer))
        case Booking():
            return replace(view, booking=Snapshot.of(answer))
    return replace(view, event=Snapshot(Presence.CANCELLED))


def _refused(
    session: SyncSession,
    view: View,
    planned: Planned,
    error: Refused,
    entry_id: str,
    entry: Body,
    context: PlanningContext,
) -> View:
    """Take a no for an answer: remember what was refused, so that the planner puts it back and says why."""
    step, base, link = planned.step, planned.base, replace(view.link, intent=None)
    closed = journal.closed(entry, "refused", session.now(), reason=error.reason)
    event = view.event.value
    if isinstance(step, WriteBooking) and step.why is Why.UNDONE:
        _look_again(session, link)  # what people did meanwhile was not looked at
        _save(session, replace(link, wish=None), entry_id, closed)
        raise error
    if isinstance(step, MakeBooking) and event is not None:
        link = replace(link, refused=context.digest(new_event_text(event)), refused_at=session.now())
        link = replace(link, notice=error.reason, reason=error.reason)
    elif isinstance(step, WriteBooking) and event is not None and step.change.when is not None:
        link = replace(link, refused=context.digest(str(event.when)), notice=error.reason)
    elif isinstance(step, WriteBooking) and event is not None and step.change.object_id is not None:
        link = replace(link, refused=context.digest(event.key.calendar), notice=error.reason)
    elif isinstance(step, WriteBooking) and step.why is Why.GRACE_OVER:
        link = replace(link, state=State.HELD, until=None, reason=error.reason)
    elif isinstance(step, WriteBooking) and step.why is Why.WRITE_BACK:
        link = write_back.refused(session, link, step, error, context)
    elif isinstance(step, WriteBooking) and step.why is Why.EVENT_TEXT and base is not None and link.base is not None:
        asked = {**link.base.digests, "text": base.digests["text"]}
        link = replace(link, base=replace(link.base, digests=asked))
    elif isinstance(step, ReviveEvent):
        link = _burnt(link)
    elif isinstance(step, PatchEvent | MoveEvent | DeleteEvent) and view.event.presence is Presence.BELIEVED:
        # written unseen: its bin may have been emptied
        return replace(view, link=_save(session, link, entry_id, closed), event=session.read_event(step.key))
    else:
        _save(session, link, entry_id, closed)
        raise error
    event_side: Snapshot[Event] = Snapshot(Presence.ABSENT) if isinstance(step, ReviveEvent) else view.event
    return replace(view, link=_save(session, link, entry_id, closed), event=event_side)


def _look_again(session: SyncSession, link: Link) -> None:
    hint = Hint(Kind.BOOKING, session.id, (link.booking_id,), "undo", session.now())
    if link.event is not None:
        hint = replace(hint, kind=Kind.EVENT, subject=(link.event.calendar, link.event.id))
    enqueue(session.ports.tasks, hint, session.now(), trailing=False)


def _burnt(link: Link) -> Link:
    """Give up an event id that Google will not bring back: the next generation is made from the booking."""
    made_anew = replace(link, event=None, generation=link.generation + 1, base=None, origin=Origin.BOOKING)
    return replace(made_anew, state=State.ACTIVE, until=None, reason="")


def _overtaken(session: SyncSession, view: View, step: Write, error: SyncError, entry_id: str, entry: Body) -> View:
    """Somebody changed the event meanwhile, or it is there or gone already: read it and plan again."""
    link = replace(view.link, intent=None)
    closed = journal.closed(entry, "overtaken", session.now(), reason=error.reason)
    if isinstance(step, WriteBooking | MakeBooking):
        _save(session, link, entry_id, closed)
        raise Stale("the booking is not there any more", reason=error.reason) if isinstance(error, Gone) else error
    key = _place(step) if isinstance(error, Taken) else step.key
    if isinstance(step, InsertEvent | ReviveEvent) and isinstance(error, Taken):
        link = replace(link, event=key, base=None)
    if isinstance(step, ReviveEvent) and isinstance(error, Gone):
        return replace(view, link=_save(session, _burnt(link), entry_id, closed), event=Snapshot(Presence.ABSENT))
    saved = _save(session, link, entry_id, closed)
    return replace(view, link=saved, event=session.read_event(key or step.key))


def _unknown(session: SyncSession, view: View, target: Side, error: Transient) -> None:
    """Leave the intent open where nobody knows whether the write landed.

    The event tells by its stamp, so the next look may recover at once; a booking could still be written by a late
    request, so there the lease runs out first.
    """
    intent = view.link.intent
    if intent is None or (target is Side.BOOKING and error.reason in ("timeout", "unreachable")):
        return
    now = session.now()
    session.ports.documents.transact(
        lambda tx: links.save(tx, session.id, replace(view.link, intent=replace(intent, expires_at=now)))
    )


def _place(step: Write) -> EventKey | None:
    """Return where the event will be once the step is done."""
    if isinstance(step, WriteBooking):
        return None
    if isinstance(step, MakeBooking):
        return step.event
    return EventKey(step.destination, step.key.id) if isinstance(step, MoveEvent) else step.key


def _made(answer: Event | Booking | None) -> Body:
    if isinstance(answer, Event):
        return {"calendar": answer.key.calendar, "event": answer.key.id}
    return {"booking_id": answer.id} if isinstance(answer, Booking) else {}


def _claim(session: SyncSession, link: Link, entry_id: str, entry: Body) -> Link:
    """Save an intent, unless the integration was paused meanwhile: a pause stops all writes at once."""

    def work(tx: Transaction) -> Link:
        integration = tx.get(path_of(session.id))
        if integration is None or integration["phase"] != Phase.ACTIVE.value:
            raise Stale("the integration was paused meanwhile", reason="paused")
        saved = links.save(tx, session.id, link)
        journal.put(tx, session.id, entry_id, entry)
        return saved

    return session.ports.documents.transact(work)


def _save(session: SyncSession, link: Link, entry_id: str, entry: Body) -> Link:
    def work(tx: Transaction) -> Link:
        saved = links.save(tx, session.id, link)
        journal.put(tx, session.id, entry_id, entry)
        return saved

    return session.ports.documents.transact(work)


def _tell(session: SyncSession, hint: Hint, link: Link, step: Write) -> None:
    lag = (session.now() - hint.at).total_seconds() if hint.at else 0.0
    fields: dict[str, object] = {
        "int_id": session.id,
        "booking": link.booking_id,
        "step": type(step).__name__,
        "why": step.why.value,
        "lag_seconds": round(lag, 3),
    }
    session.ports.log("change_applied", fields)
