"""An event goes to the booking that names it: the link that has it lets go, because the store is older than both sides."""

from datetime import timedelta

from functions.application.intake.hints import RESYNC, Hint, Kind, look_again
from functions.application.store import links
from functions.application.sync.execute import interrupted
from functions.application.sync.session import SyncSession
from functions.domain.model.booking import Booking
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.decisions import LetGo
from functions.domain.pairing.life import Active, Closed, Refused, Unlinked
from functions.domain.pairing.lifecycle import after
from functions.domain.pairing.link import Link, Origin
from functions.domain.pairing.step import Decided
from functions.domain.planning.view import View
from functions.domain.planning.write_event_id import other_than_its_own

SOON = timedelta(seconds=1)


def let_go(session: SyncSession, hint: Hint | None, view: View, holder: Link, event_id: str) -> bool | None:
    """Whether the link that has an event lets go of it: this view's booking names it, and its own, if any, another one.

    None: its booking could not be read, and `session.trouble` says why. Only for a booking that is about to take it up. A
    pair whose booking is gone lets go only of an occurrence that a person made, and any pair only if it is kept in step or
    over; it is saved, and looked at again soon. A link of no booking is removed, as one whose worker died while it made one.
    Without a hint nothing is saved. Raises `Stale` if another instance was faster.
    """
    if not _asks_for(session, view, event_id):
        return False
    if is_of_no_booking(holder):
        if hint is not None:
            _remove(session, holder)
        return True
    if not _may_let_go(holder):
        return False
    trouble, read_at, seen_at = session.trouble, session.booking_read_at, session.booking_seen_at
    its: Snapshot[Booking] = session.read_booking(holder.booking_id)
    session.booking_read_at, session.booking_seen_at = read_at, seen_at
    if its.presence is Presence.UNREADABLE:
        return None
    session.trouble = trouble
    if its.value is None and not _is_a_persons_occurrence(holder):
        return False
    if its.value is not None and not other_than_its_own(holder, its.value, session.planning_context()):
        return False
    if hint is not None:
        _save(session, hint, holder)
    return True


def is_of_no_booking(link: Link) -> bool:
    """Whether a link is of a person's event that became no booking, or was becoming one."""
    others = link.booking_id or link.order is not None or link.occupies is not None
    return not others and link.origin is Origin.EVENT and isinstance(link.life, Refused | Unlinked)


def _asks_for(session: SyncSession, view: View, event_id: str) -> bool:
    booking, link, outbound = view.booking.value, view.link, session.settings.outbound
    if booking is None or link.intent is not None or link.order is not None:
        return False
    if outbound.removes(booking.status) and link.event is not None:
        return False
    return booking.value_of(outbound.external_id_field) == event_id


def _may_let_go(holder: Link) -> bool:
    settled = isinstance(holder.life, Active | Closed) and holder.intent is None and holder.order is None
    return settled and bool(holder.booking_id)


def _is_a_persons_occurrence(holder: Link) -> bool:
    return bool(holder.series) and holder.origin is Origin.EVENT


def _save(session: SyncSession, hint: Hint, holder: Link) -> None:
    link, now = after(holder, Decided(LetGo())).link, session.now()
    about = Hint(Kind.BOOKING, session.id, (link.booking_id,), RESYNC, now, actor=hint.actor)
    look_again(session.ports.tasks, about, now + SOON, "let_go")  # first: a look too many does no harm
    session.ports.documents.transact(lambda tx: links.save(tx, session.id, link))
    _log(session, link)


def _remove(session: SyncSession, holder: Link) -> None:
    holder = interrupted(session, holder)
    session.ports.documents.transact(lambda tx: links.remove(tx, session.id, holder))
    _log(session, holder)


def _log(session: SyncSession, link: Link) -> None:
    session.ports.log("decided", {"int_id": session.id, "link": link.id, "booking": link.booking_id, "why": "let_go"})
