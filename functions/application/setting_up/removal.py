"""Removes an integration; its events are kept or removed.

Kept: events, and their ids in bookings, stay, so that i-Reserve's own integration can take over. Removed: this
service's events are deleted, and its ids and Meet links are cleared unless somebody changed them. People's own events
stay.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from functions.application.ports import Ports
from functions.application.probing import probe
from functions.application.setting_up import consent, setup
from functions.application.store import integrations, links
from functions.application.sync.session import SyncSession, open_session
from functions.domain.comparing.event_content import written
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Conflict, Fault, Gone, Invalid, Malformed, Refused, Stale, SyncError
from functions.domain.model.event import EventKey
from functions.domain.model.messages import counted
from functions.domain.model.snapshot import Presence
from functions.domain.pairing.life import State
from functions.domain.pairing.link import Link, Origin
from functions.domain.pairing.writes import BookingChange
from functions.domain.settings.integration import Phase
from functions.domain.settings.schema import Settings

LONGEST = timedelta(seconds=25)
CHOICES = ("keep", "remove")


def delete(ports: Ports, int_id: str, events: str = "") -> int:
    """Remove an integration; `events` is keep or remove, and required if there are links.

    Returns how many pairs, or documents about it, are left (call again); 0 when all is gone. Raises `Conflict` while it is
    active or probed, or if `events` is missing; `Invalid` if it is anything else.
    """
    if events not in ("", *CHOICES):
        raise Invalid((Fault("events", "use keep or remove"),))
    integration = integrations.get(ports.documents, int_id)
    if integration.phase is not Phase.DRAFT:
        raise Conflict("deactivate the integration before deleting it", reason="still_active")
    if probe.is_under_way(ports.documents, integration):
        raise Conflict(setup.PROBING, reason="probing")
    where = integrations.path_of(int_id, "links")
    count = ports.documents.count(where)
    if count and not events:
        raise Conflict(
            counted(
                count,
                "say what becomes of the {} event: events=keep or events=remove",
                "say what becomes of the {} events: events=keep or events=remove",
            ),
            reason="keep_or_remove",
        )
    if events == "remove" and (left := _take_apart(open_session(ports, integration))):
        return left
    try:
        consent.withdraw(ports, integration)
    except SyncError as error:  # the grant can be revoked in the Google account; everything else must still go
        ports.log("grant_left", {"severity": "WARNING", "int_id": int_id, "reason": error.reason})
    return setup.delete(ports, int_id)


def unmapped_by(ports: Ports, before: Settings, after: Settings) -> int:
    """Return how many pairs lose their calendar because rows are removed from the mapping."""
    after = after.knowing(before.mains)
    if not any(after.calendar_of(row.object) is None for row in before.mapping):
        return 0
    return sum(
        1
        for link in links.every(ports.documents, before.id, unreadable=links.pass_over)
        if _stands(link)
        and link.occupies is None
        and link.base is not None
        and before.calendar_of(link.base.object_id) is not None
        and after.calendar_of(link.base.object_id) is None
    )


def take_unmapped(ports: Ports, int_id: str) -> int:
    """End the pairs whose object no longer has a calendar: our events are deleted, people's own stay.

    Returns how many are left (call again); those that cannot be read stay as they are.
    """
    session = open_session(ports, integrations.get(ports.documents, int_id))
    began, left = session.now(), 0
    for link in links.every(ports.documents, int_id, unreadable=links.pass_over):
        if link.base is None or session.settings.calendar_of(link.base.object_id) is not None:
            continue
        if link.intent is not None or ports.clock() - began > LONGEST:
            left += 1
            continue
        try:
            _part(session, link)
        except Stale:  # another worker went on with it meanwhile
            left += 1
    return left


def _stands(link: Link) -> bool:
    return link.event is not None and not link.closed and link.state is not State.DETACHED


def _take_apart(session: SyncSession) -> int:
    """Take the pairs apart for some seconds; returns how many are left.

    Raises `Conflict` if all that are left cannot be read: what they hold of ours could no longer be found.
    """
    began, ports, left = session.now(), session.ports, 0
    unreadable: list[links.Unreadable] = []
    for link in links.every(ports.documents, session.id, unreadable=unreadable.append):
        if ports.clock() - began > LONGEST:
            return ports.documents.count(integrations.path_of(session.id, "links"))
        try:
            _part(session, link)
        except Stale:  # another worker went on with it meanwhile
            left += 1
    if unreadable and not left:
        raise Conflict(
            counted(
                len(unreadable),
                "{} pair cannot be read ({}), so its event would stay: mend it, or delete and keep all events",
                "{} pairs cannot be read ({}), so their events would stay: mend them, or delete and keep all events",
                unreadable[0],
            ),
            reason=unreadable[0].reason,
        )
    return left


def _part(session: SyncSession, link: Link) -> None:
    """Take one pair apart; a side that is gone, refuses or cannot be understood is left as it is, and the other is not.

    Raises what else kept a side from being read, and `Stale` if the pair was changed meanwhile.
    """
    for take_apart in (_delete_event, _clear_booking):
        try:
            take_apart(session, link)
        except (Gone, Refused, Malformed) as error:
            fields = {"severity": "WARNING", "int_id": session.id, "booking": link.booking_id, "reason": error.reason}
            session.ports.log("left_behind", fields)
    session.ports.documents.transact(lambda tx: links.remove(tx, session.id, link))


def _delete_event(session: SyncSession, link: Link) -> None:
    for key in _where_its_event_may_be(link) if link.origin is Origin.BOOKING else ():
        event = session.must_read_event(key)
        if event.value is not None and event.value.mark.link_id == link.id:
            with suppress(Gone):
                session.calendars.delete(event.value.key, event.value.etag, notify=False)


def _where_its_event_may_be(link: Link) -> set[EventKey]:
    """Return where a pair has its event, and where a write whose answer was lost may have put it."""
    own = None if link.closed else link.event
    left_open = link.intent.place if link.intent is not None else None
    return {key for key in (own, left_open) if key is not None}


def _clear_booking(session: SyncSession, link: Link) -> None:
    if not link.booking_id:
        return
    booking = session.read_booking(link.booking_id)
    if booking.presence is Presence.UNREADABLE and session.trouble is not None:
        raise session.trouble
    if booking.value is not None:
        _clear(session, link, booking.value)


def _clear(session: SyncSession, link: Link, booking: Booking) -> None:
    """Empty the booking's fields that still hold what this service wrote."""
    outbound = session.settings.outbound
    names = [name for name in (outbound.external_id_field, outbound.meet_link_field) if name]
    ours = [
        n for n in names if booking.value_of(n) and session.digest(written(n, booking.value_of(n))) in link.ids.written
    ]
    change = BookingChange(fields=tuple((name, "") for name in ours if name != "external_id"))
    if "external_id" in ours and session.dialect.external_id_clearable:
        change = replace(change, external_id="")
    if change != BookingChange():
        session.reservations.write(booking, change)
