"""A pair lets go of an event that is another booking's, as both bookings say: the store is older than both sides."""

from functions.application.intake.hints import Hint, Kind, look_again
from functions.application.store import links
from functions.application.sync.session import SyncSession
from functions.domain.pairing.decisions import LetGo
from functions.domain.pairing.lifecycle import after
from functions.domain.pairing.link import Link, Origin
from functions.domain.pairing.step import Decided
from functions.domain.planning.view import View
from functions.domain.planning.write_event_id import other_named


def let_go(session: SyncSession, hint: Hint | None, view: View, holder: Link, event_id: str) -> bool:
    """Whether the pair that has an event lets go of it: this view's booking names it, and the pair's own another one.

    The pair is saved, and looked at again at once; without a hint neither. Only of a person's event. Raises `Stale` if
    another instance was faster.
    """
    booking, field = view.booking.value, session.settings.outbound.external_id_field
    if booking is None or booking.value_of(field) != event_id:
        return False
    if not holder.booking_id or holder.intent is not None or holder.origin is not Origin.EVENT:
        return False
    trouble, read_at, seen_at = session.trouble, session.booking_read_at, session.booking_seen_at
    its = session.read_booking(holder.booking_id).value
    session.trouble, session.booking_read_at, session.booking_seen_at = trouble, read_at, seen_at
    if its is None or not other_named(holder, its, session.planning_context()):
        return False
    if hint is not None:
        _save(session, hint, holder)
    return True


def _save(session: SyncSession, hint: Hint, holder: Link) -> None:
    link = after(holder, Decided(LetGo())).link
    session.ports.documents.transact(lambda tx: links.save(tx, session.id, link))
    about = Hint(Kind.BOOKING, session.id, (link.booking_id,), hint.source, session.now(), actor=hint.actor)
    look_again(session.ports.tasks, about, session.now(), "let_go")
    session.ports.log("decided", {"int_id": session.id, "link": link.id, "booking": link.booking_id, "why": "let_go"})
