"""The guard against mass removal: unusually many removals on one calendar within an hour wait for a person.

Counted per calendar over a rolling hour, in both directions: events that people deleted, and bookings that vanished or
went to an object without a calendar. If one's own count is over before its grace is, all links in grace are counted anew.
A booking with a status in `delete_on_status` does not count. Unusual is more than `hold_over`, or at least five if that is
more than a fifth of the calendar's links.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain

from functions.application.ports import Body, Path, Transaction
from functions.application.store import links
from functions.application.store.integrations import path_of
from functions.application.sync.session import SyncSession
from functions.domain.model.identity import calendar_hash, claim_id
from functions.domain.pairing.link import Link
from functions.domain.pairing.step import Planned
from functions.domain.pairing.writes import DeleteEvent, Why, WriteBooking
from functions.domain.planning.view import View

SPAN = timedelta(hours=1)
SHARE, AT_LEAST = 0.20, 5
KEPT = 2000  # links and series, by ids of our own: a series' may have a thousand characters


def wants_to_remove(planned: Planned) -> bool:
    """Whether a step removes something that nobody asked i-Reserve to remove."""
    step = planned.step
    if isinstance(step, WriteBooking):
        return step.why is Why.GRACE_OVER
    return isinstance(step, DeleteEvent) and step.why in (Why.BOOKING_GONE, Why.NO_CALENDAR)


def too_many(session: SyncSession, view: View, planned: Planned, *, rehearse: bool) -> bool:
    """Whether so much of this calendar vanished that a person must decide first; counts a vanished booking.

    With `rehearse` nothing is stored.
    """
    if view.link.event is None:
        return False
    documents, calendar, most = session.ports.documents, view.link.event.calendar, session.settings.sync.hold_over
    # a vanished booking is counted now; others were counted when their grace began
    new = [view.link] if isinstance(planned.step, DeleteEvent) else []
    vanished = _count(session, calendar, new, rehearse=rehearse or not new)
    if len(vanished) <= most and _name(view.link) not in vanished:
        # deleted more than an hour ago, as the grace is long or there was a pause: all that wait are counted anew, once
        waiting = links.in_grace(documents, session.id, calendar, links.pass_over)
        vanished = _count(session, calendar, chain([view.link], waiting), rehearse=rehearse)
    if len(vanished) > most:
        return True
    if len(vanished) < AT_LEAST:
        return False
    return len(vanished) > SHARE * documents.count(path_of(session.id, "links"), {"calendar": calendar})


def count(session: SyncSession, link: Link) -> None:
    """Count a link whose event or booking vanished, once; the occurrences of one series count as one."""
    if link.event is not None:
        _count(session, link.event.calendar, [link])


def _count(session: SyncSession, calendar: str, vanished: Iterable[Link], *, rehearse: bool = False) -> set[str]:
    """Count links that vanished now; returns the names of all that are counted. With `rehearse` nothing is stored."""
    path, now = _count_path(session.id, calendar), session.now()
    names = dict.fromkeys((_name(link) for link in vanished), now.isoformat())

    def counted(body: Body | None) -> dict[str, str]:
        return _recent((body or {}).get("at", {}), now) | names

    def add(tx: Transaction) -> set[str]:
        kept = counted(tx.get(path))
        tx.put(path, {"at": dict(list(kept.items())[-KEPT:])}, expires=now + SPAN)
        return {*kept}

    documents = session.ports.documents
    return {*counted(documents.get(path))} if rehearse else documents.transact(add)


def _name(link: Link) -> str:
    return claim_id("series", link.series) if link.series else link.id


def _recent(at: dict[str, str], now: datetime) -> dict[str, str]:
    return {link: moment for link, moment in at.items() if now - datetime.fromisoformat(moment) < SPAN}


def _count_path(int_id: str, calendar: str) -> Path:
    return path_of(int_id, "removals", calendar_hash(calendar))
