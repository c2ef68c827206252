"""Execute one write: save the intent with its stamp, check the lease, write, and save what came of it.

No call to the outside happens inside a transaction, and no write without an intent that is saved and still holds. What
came of it is `lifecycle.after`, whether the answer came or the end of the write is found out later; link and journal
entry are saved together.
"""

from dataclasses import replace
from datetime import timedelta

from functions.application.intake.hints import Hint
from functions.application.ports import Body, Transaction
from functions.application.store import journal, links
from functions.application.store.integrations import path_of
from functions.application.sync import write_back
from functions.application.sync.rest import look_again
from functions.application.sync.session import SyncSession
from functions.application.sync.write import write
from functions.domain.model.booking import Booking
from functions.domain.model.errors import AccessRevoked, Gone, Refused, Stale, SyncError, Taken, Transient
from functions.domain.model.event import Event, EventKey, MeetState
from functions.domain.model.link import Intent, Link, Side
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.model.writes import bare
from functions.domain.planning.attempt_of import attempt_of
from functions.domain.planning.lifecycle import NO_RIGHT, Result, Then, Turn, after, begun
from functions.domain.planning.results import Landed, Missed, Overtaken, Overtaking, Rejected, Unknown
from functions.domain.planning.step import InsertEvent, MoveEvent, PatchEvent, Planned, Why, Write, WriteBooking
from functions.domain.planning.view import PlanningContext, View
from functions.domain.planning.write_back import ids_of
from functions.domain.settings.integration import Phase

LEASE = timedelta(seconds=90)
HOW = {Stale: Overtaking.CHANGED, Gone: Overtaking.GONE, Taken: Overtaking.TAKEN}


def execute(
    session: SyncSession, hint: Hint, view: View, step: Write, planned: Planned, context: PlanningContext
) -> View:
    """Do one write and return the view after it; raises `Transient` (the intent stays), `Stale` (link changed)."""
    entry_id = session.ports.token(12)
    intent = Intent(
        stamp=session.ports.token(9),
        step=bare(step),
        expires_at=session.now() + LEASE,
        base=planned.base or view.link.base,
        entry=entry_id,
        ids=ids_of(step, context.digest),
    )
    entry = journal.opened(
        view.link, step, hint, session.now(), view.event.value if isinstance(step, PatchEvent) else None
    )
    if isinstance(step, InsertEvent) and not step.content.guest and view.booking.value is not None:
        asked = context.settings.outbound.use_customer_data and bool(view.booking.value.email)
        entry = {**entry, "left_out": ["guest"]} if asked else entry
    view = replace(
        view, link=_claim(session, begun(view.link, intent, attempt_of(view, step, context)), entry_id, entry)
    )
    asked_at = session.now()
    try:
        answer = write(session, view, step, intent.stamp, view.link.intent)
    except (Refused, Stale, Gone, Taken, Transient, AccessRevoked) as error:
        return _conclude(session, hint, view, _result_of(error, view, intent, session), entry, error)
    if isinstance(answer, Booking):
        session.booking_read_at = asked_at
    return _conclude(session, hint, view, Landed(answer), entry)


def conclude(session: SyncSession, hint: Hint, view: View, result: Landed | Missed) -> View:
    """Close an intent whose end nobody saw, as if its answer had come now."""
    view = _conclude(session, hint, view, result, None)
    if isinstance(result, Missed) and view.link.event is not None:
        seen = view.event.value.key if view.event.value is not None else view.link.event
        return replace(view, event=session.read_event(seen))
    return view


def _conclude(
    session: SyncSession, hint: Hint, view: View, result: Result, entry: Body | None, error: SyncError | None = None
) -> View:
    """Save link and journal entry together, and return the view to plan on; raises the error where nothing is left to do."""
    intent, turn = view.link.intent, after(view.link, result)
    if intent is None:
        raise ValueError("no write of this pair is under way")
    saved = _save(session, turn, intent, entry, result)
    view = replace(view, link=saved)
    if isinstance(result, Landed):
        _tell(session, hint, saved, intent.step)
        return _shows(view, result.answer)
    if isinstance(result, Rejected):
        _follow_up(session, saved, intent.step, result)
    match turn.then:
        case Then.GIVE_UP if error is not None:
            raise _asking_again(error) if isinstance(result, Overtaken) else error
        case Then.READ:
            return replace(view, event=session.read_event(_where(intent, result)))
        case Then.ABSENT:
            return replace(view, event=Snapshot(Presence.ABSENT))
    return view


def _result_of(error: SyncError, view: View, intent: Intent, session: SyncSession) -> Result:
    match error:
        case Refused():
            return Rejected(error.reason, session.now(), unseen=view.event.presence is Presence.BELIEVED)
        case AccessRevoked():
            return Unknown(session.now())  # a login that is refused wrote nothing: found out at once
        case Transient():
            # an event tells by its stamp, so the next look may find out at once; a booking could still be written by a
            # late request, so there the lease runs out first
            late = intent.target is Side.BOOKING and error.reason in ("timeout", "unreachable")
            return Unknown(intent.expires_at if late else session.now())
    return Overtaken(HOW[type(error)], error.reason)


def _where(intent: Intent, result: Result) -> EventKey:
    """Return where the event is to be read that was not written: where it was, unless something is in its place."""
    taken = isinstance(result, Overtaken) and result.how is Overtaking.TAKEN
    key = intent.step.key if isinstance(intent.step, MoveEvent) and not taken else intent.place
    if key is None:
        raise ValueError("it is a booking that was written")
    return key


def _asking_again(error: SyncError) -> SyncError:
    return Stale("the booking is not there any more", reason=error.reason) if isinstance(error, Gone) else error


def _follow_up(session: SyncSession, link: Link, step: Write, no: Rejected) -> None:
    if step.why is Why.UNDONE:
        look_again(session.ports, session.id, link, "undo")  # what people did meanwhile was not looked at
    if isinstance(step, WriteBooking) and step.why is Why.WRITE_BACK and no.reason == NO_RIGHT:
        write_back.note(session, step.booking_id)


def journal_shadow(session: SyncSession, hint: Hint, link: Link, step: Write) -> None:
    """Journal what would have been done, in shadow."""
    entry = journal.opened(link, step, hint, session.now())
    closed = journal.closed(entry, "shadow", session.now())
    entry_id = session.ports.token(12)
    session.ports.documents.transact(lambda tx: journal.put(tx, session.id, entry_id, closed))


def _shows(view: View, answer: Event | Booking | None) -> View:
    match answer:
        case Event():
            return replace(view, event=Snapshot.of(answer))
        case Booking():
            return replace(view, booking=Snapshot.of(answer))
    return replace(view, event=Snapshot(Presence.CANCELLED))


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


def _save(session: SyncSession, turn: Turn, intent: Intent, entry: Body | None, result: Result) -> Link:
    """Save a link with its closed entry; an entry that is not at hand is read, and may have expired."""

    def work(tx: Transaction) -> Link:
        opened = entry or tx.get(journal.entry_path(session.id, intent.entry)) if turn.outcome is not None else None
        saved = links.save(tx, session.id, turn.link)
        if opened is not None and turn.outcome is not None:
            more = {**_more(result), **_meet(intent.step, result)}
            journal.put(tx, session.id, intent.entry, journal.closed(opened, turn.outcome, session.now(), **more))
        return saved

    return session.ports.documents.transact(work)


def _more(result: Result) -> Body:
    """Return what an entry is closed with beside the outcome: the ids of what was made, or the reason of a no."""
    match result:
        case Landed(Event() as event):
            return {"calendar": event.key.calendar, "event": event.key.id}
        case Landed(Booking() as booking):
            return {"booking_id": booking.id}
        case Rejected(reason) | Overtaken(_, reason):
            return {"reason": reason}
    return {}


def _meet(step: Write, result: Result) -> Body:
    """Say that no Meet link came of a write that asked for one."""
    asked = (isinstance(step, InsertEvent) and step.content.meet) or (isinstance(step, PatchEvent) and step.change.meet)
    event = result.answer if isinstance(result, Landed) else None
    failed = isinstance(event, Event) and event.meet in (MeetState.NONE, MeetState.FAILED)
    return {"meet": "failed"} if asked and failed else {}


def _tell(session: SyncSession, hint: Hint, link: Link, step: Write) -> None:
    lag = (session.now() - hint.at).total_seconds() if hint.at else 0.0
    fields: dict[str, object] = {
        "int_id": session.id,
        "booking": link.booking_id,
        "step": journal.name_of(step),
        "why": step.why.value,
        "lag_seconds": round(lag, 3),
    }
    session.ports.log("change_applied", fields)
