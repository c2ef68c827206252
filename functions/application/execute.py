"""Execute one write: save the intent with its stamp, check the lease, write, save what came of it.

No call to the outside happens inside a transaction, and no write without an intent that is saved and still holds.
"""

from dataclasses import replace
from datetime import timedelta

from functions.application import journal, links, write_back
from functions.application.hints import Hint, Kind, give
from functions.application.integrations import path_of
from functions.application.ports import Body, Transaction
from functions.application.sides import Sides
from functions.application.write import write
from functions.domain.booking import Booking
from functions.domain.errors import Gone, Refused, Stale, SyncError, Taken, Transient
from functions.domain.event import Event, EventKey
from functions.domain.integration import Phase
from functions.domain.link import Base, Intent, Link, Origin, Side, State
from functions.domain.outcome import landed
from functions.domain.plan_inbound import new_event_text
from functions.domain.snapshot import Presence, Snapshot
from functions.domain.step import (
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
from functions.domain.view import Circumstances, View

LEASE = timedelta(seconds=90)


def execute(sides: Sides, hint: Hint, view: View, step: Write, base: Base | None, c: Circumstances) -> View:
    """Do one write and return the view after it; raises `Transient` (the intent stays), `Stale` (link changed)."""
    target = Side.BOOKING if isinstance(step, WriteBooking | MakeBooking) else Side.EVENT
    stamp, entry_id = sides.ports.token(9), sides.ports.token(12)
    intent = Intent(
        stamp,
        target,
        type(step).__name__,
        sides.now() + LEASE,
        base or view.link.base,
        _place(step),
        entry_id,
        step.why,
    )
    event = view.event.value if isinstance(step, PatchEvent) else None
    entry = journal.opened(view.link, step, hint, sides.now(), event)
    claimed = _claim(sides, replace(view.link, intent=intent), entry_id, entry)
    view = replace(view, link=claimed)
    asked_at = sides.now()
    try:
        answer = write(sides, view, step, stamp, claimed.intent)
    except Refused as error:
        return _refused(sides, view, Planned(step, base), error, entry_id, entry, c)
    except (Stale, Gone, Taken) as error:
        return _overtaken(sides, view, step, error, entry_id, entry)
    except Transient as error:
        _unknown(sides, view, target, error)
        raise
    if isinstance(answer, Booking):
        sides.booking_read_at = asked_at
    done = landed(claimed, step, base, answer, c)
    saved = _save(sides, done, entry_id, journal.closed(entry, "done", sides.now(), **_made(answer)))
    _tell(sides, hint, saved, step)
    return _after(replace(view, link=saved), answer)


def journal_shadow(sides: Sides, hint: Hint, link: Link, step: Write) -> None:
    """Journal what would have been done, in shadow."""
    entry = journal.opened(link, step, hint, sides.now())
    closed = journal.closed(entry, "shadow", sides.now())
    entry_id = sides.ports.token(12)
    sides.ports.documents.transact(lambda tx: journal.put(tx, sides.id, entry_id, closed))


def _after(view: View, answer: Event | Booking | None) -> View:
    match answer:
        case Event():
            return replace(view, event=Snapshot.of(answer))
        case Booking():
            return replace(view, booking=Snapshot.of(answer))
    return replace(view, event=Snapshot(Presence.CANCELLED))


def _refused(
    sides: Sides, view: View, planned: Planned, error: Refused, entry_id: str, entry: Body, c: Circumstances
) -> View:
    """Take a no for an answer: remember what was refused, so that the planner puts it back and says why."""
    step, base, link = planned.step, planned.base, replace(view.link, intent=None)
    closed = journal.closed(entry, "refused", sides.now(), reason=error.reason)
    event = view.event.value
    if isinstance(step, WriteBooking) and step.why is Why.UNDONE:
        _look_again(sides, link)  # what people did meanwhile was not looked at
        _save(sides, replace(link, wish=None), entry_id, closed)
        raise error
    if isinstance(step, MakeBooking) and event is not None:
        link = replace(link, refused=c.digest(new_event_text(event)), refused_at=sides.now())
        link = replace(link, notice=error.reason, reason=error.reason)
    elif isinstance(step, WriteBooking) and event is not None and step.change.when is not None:
        link = replace(link, refused=c.digest(str(event.when)), notice=error.reason)
    elif isinstance(step, WriteBooking) and event is not None and step.change.object_id is not None:
        link = replace(link, refused=c.digest(event.key.calendar), notice=error.reason)
    elif isinstance(step, WriteBooking) and step.why is Why.GRACE_OVER:
        link = replace(link, state=State.HELD, until=None, reason=error.reason)
    elif isinstance(step, WriteBooking) and step.why is Why.WRITE_BACK:
        link = write_back.refused(sides, link, step, error, c)
    elif isinstance(step, WriteBooking) and step.why is Why.EVENT_TEXT and base is not None and link.base is not None:
        asked = {**link.base.digests, "text": base.digests["text"]}
        link = replace(link, base=replace(link.base, digests=asked))
    elif isinstance(step, ReviveEvent):
        link = _burnt(link)
    elif isinstance(step, PatchEvent | MoveEvent | DeleteEvent) and view.event.presence is Presence.BELIEVED:
        # written unseen: its bin may have been emptied
        return replace(view, link=_save(sides, link, entry_id, closed), event=sides.read_event(step.key))
    else:
        _save(sides, link, entry_id, closed)
        raise error
    event_side: Snapshot[Event] = Snapshot(Presence.ABSENT) if isinstance(step, ReviveEvent) else view.event
    return replace(view, link=_save(sides, link, entry_id, closed), event=event_side)


def _look_again(sides: Sides, link: Link) -> None:
    hint = Hint(Kind.BOOKING, sides.id, (link.booking_id,), "undo", sides.now())
    if link.event is not None:
        hint = replace(hint, kind=Kind.EVENT, subject=(link.event.calendar, link.event.id))
    give(sides.ports.tasks, hint, sides.now(), trailing=False)


def _burnt(link: Link) -> Link:
    """Give up an event id that Google will not bring back: the next generation is made from the booking."""
    made_anew = replace(link, event=None, generation=link.generation + 1, base=None, origin=Origin.BOOKING)
    return replace(made_anew, state=State.ACTIVE, until=None, reason="")


def _overtaken(sides: Sides, view: View, step: Write, error: SyncError, entry_id: str, entry: Body) -> View:
    """Somebody changed the event meanwhile, or it is there or gone already: read it and plan again."""
    link = replace(view.link, intent=None)
    closed = journal.closed(entry, "overtaken", sides.now(), reason=error.reason)
    if isinstance(step, WriteBooking | MakeBooking):
        _save(sides, link, entry_id, closed)
        raise Stale("the booking is not there any more", reason=error.reason) if isinstance(error, Gone) else error
    key = _place(step) if isinstance(error, Taken) else step.key
    if isinstance(step, InsertEvent | ReviveEvent) and isinstance(error, Taken):
        link = replace(link, event=key, base=None)
    if isinstance(step, ReviveEvent) and isinstance(error, Gone):
        return replace(view, link=_save(sides, _burnt(link), entry_id, closed), event=Snapshot(Presence.ABSENT))
    saved = _save(sides, link, entry_id, closed)
    return replace(view, link=saved, event=sides.read_event(key or step.key))


def _unknown(sides: Sides, view: View, target: Side, error: Transient) -> None:
    """Leave the intent open where nobody knows whether the write landed.

    The event tells by its stamp, so the next look may recover at once; a booking could still be written by a late
    request, so there the lease runs out first.
    """
    intent = view.link.intent
    if intent is None or (target is Side.BOOKING and error.reason in ("timeout", "unreachable")):
        return
    now = sides.now()
    sides.ports.documents.transact(
        lambda tx: links.save(tx, sides.id, replace(view.link, intent=replace(intent, expires_at=now)))
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


def _claim(sides: Sides, link: Link, entry_id: str, entry: Body) -> Link:
    """Save an intent, unless the integration was paused meanwhile: a pause stops all writes at once."""

    def work(tx: Transaction) -> Link:
        integration = tx.get(path_of(sides.id))
        if integration is None or integration["phase"] != Phase.ACTIVE.value:
            raise Stale("the integration was paused meanwhile", reason="paused")
        saved = links.save(tx, sides.id, link)
        journal.put(tx, sides.id, entry_id, entry)
        return saved

    return sides.ports.documents.transact(work)


def _save(sides: Sides, link: Link, entry_id: str, entry: Body) -> Link:
    def work(tx: Transaction) -> Link:
        saved = links.save(tx, sides.id, link)
        journal.put(tx, sides.id, entry_id, entry)
        return saved

    return sides.ports.documents.transact(work)


def _tell(sides: Sides, hint: Hint, link: Link, step: Write) -> None:
    lag = (sides.now() - hint.at).total_seconds() if hint.at else 0.0
    fields: dict[str, object] = {
        "int_id": sides.id,
        "booking": link.booking_id,
        "step": type(step).__name__,
        "why": step.why.value,
        "lag_seconds": round(lag, 3),
    }
    sides.ports.note("change_applied", fields)
