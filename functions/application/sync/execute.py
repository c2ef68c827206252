"""Executes one write: saves the intent with its stamp, checks the lease, writes, and saves the result.

No transaction calls the outside, and nothing is written without a saved intent whose lease holds. `lifecycle.after`
turns the result into the new link, whether the answer arrived or recovery found it later; link and journal entry are
saved together.
"""

from dataclasses import replace
from datetime import timedelta

from functions.application.intake.hints import WEBHOOK, Hint
from functions.application.ports import Body, Transaction
from functions.application.store import journal, links
from functions.application.store.integrations import path_of
from functions.application.sync import reporting, retry_event_id
from functions.application.sync.reconciled import look_at_once
from functions.application.sync.session import SyncSession
from functions.application.sync.write import look_before, write
from functions.domain.comparing.event_content import when_of
from functions.domain.comparing.stored_differently import kept_of
from functions.domain.model.booking import Booking
from functions.domain.model.errors import (
    AccessRevoked,
    Cause,
    Gone,
    Malformed,
    Refused,
    Stale,
    SyncError,
    Taken,
    Transient,
)
from functions.domain.model.event import Event, EventKey
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.life import Side
from functions.domain.pairing.lifecycle import after, begun
from functions.domain.pairing.link import Echo, Intent, Link, Wrote
from functions.domain.pairing.step import (
    Landed,
    Missed,
    Overtaken,
    Overtaking,
    Planned,
    Rejected,
    Result,
    Then,
    Turn,
    Unknown,
)
from functions.domain.pairing.writes import InsertEvent, MoveEvent, Why, Write, WriteBooking, bare
from functions.domain.planning.brake import attempt_of
from functions.domain.planning.view import PlanningContext, View
from functions.domain.planning.write_event_id import ids_of
from functions.domain.settings.integration import Phase

LEASE = timedelta(seconds=90)
ECHO_LATE = timedelta(seconds=1)  # after the answer to a write, for the webhook that it fires
HOW = {Stale: Overtaking.CHANGED, Gone: Overtaking.GONE, Taken: Overtaking.TAKEN}


def execute(
    session: SyncSession, hint: Hint, view: View, step: Write, planned: Planned, context: PlanningContext
) -> View:
    """Make one write and return the view after it.

    Raises `Stale` if the link, the booking, the phase or the settings changed meanwhile, `Transient` or `AccessRevoked`
    if it is not known whether the write landed (the intent stays), and `Refused` if a refusal leaves nothing to do.
    """
    despite, no = "", None
    try:
        despite = look_before(session, view, step)
    except (Refused, Stale) as error:
        no = error
    except (Gone, Malformed) as error:
        raise _asking_again(error) from error
    entry_id = session.ports.token(12)
    intent = Intent(
        stamp=session.ports.token(9),
        step=bare(step),
        expires_at=session.now() + LEASE,
        base=planned.base or view.link.base,
        entry=entry_id,
        ids=ids_of(step, context.digest),
        wrote=_wrote(session, view, step, entry_id),
    )
    opened = {**reporting.opened(session, hint, view, step), **({"despite": despite} if despite else {})}
    view = replace(
        view, link=_claim(session, begun(view.link, intent, attempt_of(view, step, context)), entry_id, opened)
    )
    may_ignore = isinstance(step, WriteBooking) and step.change.ignore_validation
    entry = None if may_ignore else opened  # what a write ignores is noted in the stored one
    session.booking_sent_at, asked_at = None, session.now()
    try:
        if no is not None:
            raise no
        answer = write(session, view, step, intent.stamp, view.link.intent)
    except (Refused, Stale, Gone, Taken, Transient, Malformed, AccessRevoked) as error:
        sent = _sent(session, view, intent)
        return _conclude(session, hint, sent, _result_of(error, view, intent, session), entry, error)
    view = _sent(session, view, intent)
    if isinstance(answer, Booking):
        session.booking_read_at, session.booking_seen_at = asked_at, None
        session.learn(answer)
    kept = kept_of(view.link, step, answer, session.digest)
    echo = Echo(asked_at, session.now() + ECHO_LATE, alone=hint.source != WEBHOOK)
    return _conclude(session, hint, view, Landed(answer, kept, echo), entry)


def _wrote(session: SyncSession, view: View, step: Write, entry_id: str) -> Wrote | None:
    """Return when this write overwrites a change unseen, until now; None: it writes only ids, or a change was seen."""
    base, booking = view.link.base, view.booking.value
    if not isinstance(step, WriteBooking) or step.why is Why.WRITE_BACK or base is None or booking is None:
        return None
    if session.booking_seen_at is None:
        return None
    shown = (when_of(booking, session.settings), booking.object_id, booking.status)
    as_agreed = shown == (base.when, base.object_id, base.status)
    return Wrote(session.booking_seen_at, session.now(), entry_id) if as_agreed else None


def _sent(session: SyncSession, view: View, intent: Intent) -> View:
    """Return the view with its intent knowing when the booking was last read, and when the write was sent."""
    if intent.wrote is None or session.booking_seen_at is None or session.booking_sent_at is None:
        return view
    wrote = replace(intent.wrote, since=session.booking_seen_at, until=session.booking_sent_at)
    return view.with_link(intent=replace(intent, wrote=wrote))


def conclude(session: SyncSession, hint: Hint, view: View, result: Landed | Missed) -> View:
    """Close an intent that was left open, as if its answer had just arrived."""
    view = _conclude(session, hint, view, result, None)
    reporting.note_overwritten(session, hint, view.link)  # this webhook may have come before that write was sent
    if isinstance(result, Missed) and view.link.event is not None:
        seen = view.event.value.key if view.event.value is not None else view.link.event
        return replace(view, event=session.read_event(seen))
    return view


def interrupted(session: SyncSession, link: Link) -> Link:
    """Close an intent that was left open as never carried out, for a link that goes no further; returns it as saved."""
    if link.intent is None:
        return link
    return _save(session, after(link, Missed()), link.intent, None, Missed())


def _conclude(
    session: SyncSession, hint: Hint, view: View, result: Result, entry: Body | None, error: SyncError | None = None
) -> View:
    """Save link and journal entry together, and return the view to plan on; raises the error if this is the end."""
    intent, turn = view.link.intent, after(view.link, result)
    if intent is None:
        raise ValueError("no write of this pair is under way")
    saved = _save(session, turn, intent, entry, result, durable=not _is_seen_again(hint, intent, result))
    view = replace(view, link=saved)
    if isinstance(result, Landed):
        reporting.log(session, hint, saved, intent.step)
        return _shows(view, result.answer)
    if isinstance(result, Rejected):
        _follow_up(session, saved, intent.step, result)
    match turn.then:
        case Then.GIVE_UP if error is not None:
            raise _asking_again(error) if isinstance(result, Overtaken | Unknown) else error
        case Then.READ:
            return replace(view, event=session.read_event(_where(intent, result)))
        case Then.ABSENT:
            return replace(view, event=Snapshot(Presence.ABSENT))
    return view


def _result_of(error: SyncError, view: View, intent: Intent, session: SyncSession) -> Result:
    match error:
        case Refused():
            unseen = view.event.presence is Presence.BELIEVED
            return Rejected(error.reason, session.now(), unseen=unseen, cause=error.cause)
        case AccessRevoked():
            return Unknown(session.now())  # a refused login wrote nothing, so recovery need not wait
        case Transient() | Malformed():  # an unreadable answer is as good as none
            # an event's stamp shows at once whether the write landed; a late request could still write a booking, so
            # its lease must run out first
            late = intent.target is Side.BOOKING and error.cause in (Cause.TIMEOUT, Cause.UNREACHABLE)
            return Unknown(intent.expires_at if late else session.now())
        case Taken() if isinstance(intent.step, InsertEvent) and is_of_another(session, view.link, intent.step.key):
            return Overtaken(Overtaking.OF_ANOTHER, error.reason)
    return Overtaken(HOW[type(error)], error.reason)


def is_of_another(session: SyncSession, link: Link, key: EventKey) -> bool:
    """Whether another pair has this event, and keeps it."""
    holder = links.of_event(session.ports.documents, session.id, key)
    return holder is not None and holder.id != link.id and not holder.gives_way_to(link)


def _where(intent: Intent, result: Result) -> EventKey:
    """Return where to read the event after a failed write: where it was, unless another one has taken its new place."""
    taken = isinstance(result, Overtaken) and result.how is Overtaking.TAKEN
    key = intent.step.key if isinstance(intent.step, MoveEvent) and not taken else intent.place
    if key is None:
        raise ValueError("it is a booking that was written")
    return key


def _asking_again(error: SyncError) -> SyncError:
    """Return the error that makes the caller look again."""
    match error:
        case Gone():
            return Stale("the booking is gone", reason=error.reason)
        case Malformed():
            return Transient(str(error), reason=error.reason)
    return error


def _follow_up(session: SyncSession, link: Link, step: Write, no: Rejected) -> None:
    if step.why is Why.UNDONE:
        look_at_once(session.ports, session.id, link, "undo")  # what people changed meanwhile has not been looked at
    if isinstance(step, WriteBooking) and step.why is Why.WRITE_BACK and no.cause is Cause.NO_RIGHT:
        retry_event_id.note(session, step.booking_id)


def _shows(view: View, answer: Event | Booking | None) -> View:
    match answer:
        case Event():
            return replace(view, event=Snapshot.of(answer))
        case Booking():
            return replace(view, booking=Snapshot.of(answer))
    return replace(view, event=Snapshot(Presence.CANCELLED))


def _claim(session: SyncSession, link: Link, entry_id: str, entry: Body) -> Link:
    """Save an intent, unless the integration is no longer active or its settings changed since the decision.

    So a pause stops all writes at once, and no event is written with settings that no longer hold. Changed settings
    start a resync, unless they are for new events only; it also corrects what was being written at that moment.
    """

    def claim(tx: Transaction) -> Link:
        integration = tx.get(path_of(session.id))
        if integration is None or integration["phase"] != Phase.ACTIVE.value:
            raise Stale("the integration was paused meanwhile", reason="paused")
        if integration.get("settings_revision", 0) != session.integration.settings_revision:
            raise Stale("the settings were changed meanwhile", reason="settings_changed")
        saved = links.save(tx, session.id, link)
        journal.put(tx, session.id, entry_id, entry)
        return saved

    return session.ports.documents.transact(claim)


def _is_seen_again(hint: Hint, intent: Intent, result: Result) -> bool:
    """Whether the result of a write need not survive a power cut: then the intent is open, and recovery sees the write.

    It sees an event's stamp. The end of the webhook's task is stored later, so the cut undoes that too, and the task runs again.
    """
    return isinstance(result, Landed) and intent.target is Side.EVENT and hint.source == WEBHOOK


def _save(
    session: SyncSession, turn: Turn, intent: Intent, entry: Body | None, result: Result, *, durable: bool = True
) -> Link:
    """Save the link and the closed entry; without `entry` it is read from the store, where it may have expired."""

    def close(tx: Transaction) -> Link:
        opened = entry or journal.found(tx, session.id, intent.entry)
        saved = links.save(tx, session.id, turn.link)
        if opened is not None and turn.outcome is not None:
            closed = reporting.closed(session, opened, turn.outcome, result)
            journal.put(tx, session.id, intent.entry, closed)
        return saved

    return session.ports.documents.transact(close, durable=durable)
