"""Finds one booking for a person: both sides read live, the pair, its latest entry, and what can be done."""

from dataclasses import dataclass

from functions.application.finding.verdict import Facts, Verdict, acts_of, verdict_of
from functions.application.intake import hints
from functions.application.ports import Body, Ports
from functions.application.setting_up import preview
from functions.application.store import integrations, journal_read, links, parked
from functions.application.sync.reconcile import reconcile
from functions.application.sync.session import SyncSession, open_session
from functions.domain.model.addresses import rest_base
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Conflict, SyncError
from functions.domain.model.event import Event
from functions.domain.model.identity import must_be_booking
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.link import Link
from functions.domain.settings.integration import RUNNING

MOST_TOLD = 20  # of its journal


@dataclass(frozen=True, slots=True)
class Found:
    """A booking and its event.

    `verdict` is how they relate, `does` what the next look would do, `last` the newest journal entry that matters to
    people, `item` a parked item, `acts` what can be done; `trouble` is a sentence. `foreign` is an event id in the
    booking that is not ours, `panel` the address of its page in i-Reserve.
    """

    booking_id: str
    booking: Snapshot[Booking]
    event: Snapshot[Event]
    link: Link | None
    calendar: str
    verdict: Verdict
    does: tuple[str, ...]
    trouble: str
    last: Body | None
    item: tuple[str, Body] | None
    acts: tuple[str, ...]
    foreign: str
    panel: str
    entries: tuple[Body, ...]


def find(ports: Ports, int_id: str, booking_id: str) -> Found:
    """Find a booking by its number; raises `Malformed` if that cannot be a booking's number."""
    must_be_booking(booking_id)
    integration = integrations.get(ports.documents, int_id)
    session = open_session(ports, integration)
    link = links.of_booking(ports.documents, int_id, booking_id)
    booking = session.read_booking(booking_id)
    trouble = str(session.trouble) if session.trouble is not None else ""
    event: Snapshot[Event] = Snapshot(Presence.ABSENT)
    if link.event is not None:
        event = session.read_event(link.event)
        trouble = trouble or (str(session.trouble) if session.trouble is not None else "")
    why, does, trouble = _rehearsed(session, link, booking, event, trouble)
    entries = journal_read.entries(ports, int_id, booking_id, limit=MOST_TOLD)
    last = journal_read.notable(entries)
    hint = _hint(session, booking_id)
    item = parked.find(ports, hint)
    field, value = session.settings.outbound.external_id_field, booking.value
    foreign = value.value_of(field) if link.ids.foreign and value is not None else ""
    facts = Facts(integration.phase, booking.presence, link, why, does, bool(trouble), last, item is not None)
    verdict = verdict_of(facts)
    calendar = session.settings.calendar_of(booking.value.object_id) if booking.value is not None else None
    return Found(
        booking_id=booking_id,
        booking=booking,
        event=event,
        link=link if link.version else None,
        calendar=calendar or "",
        verdict=verdict,
        does=does,
        trouble=trouble,
        last=last,
        item=item,
        acts=acts_of(facts, verdict),
        foreign=foreign,
        panel=panel_address(integration.settings.ireserve.base_url, booking_id) if booking.value is not None else "",
        entries=tuple(entries),
    )


def _rehearsed(
    session: SyncSession, link: Link, booking: Snapshot[Booking], event: Snapshot[Event], trouble: str
) -> tuple[str, tuple[str, ...], str]:
    """Return the planner's reason to stop, what it would write before that, and what went wrong."""
    if trouble:
        return "", (), trouble
    if booking.presence is Presence.ABSENT and not link.version:
        return "", (), ""
    hint = _hint(session, link.booking_id)
    try:
        outcome = reconcile(session, hint, link, booking=booking, event=event, rehearse=True)
    except SyncError as error:
        return "", (), str(error)
    return outcome.rest.why.value, tuple(preview.kind_of(write) for write in outcome.writes), ""


def _hint(session: SyncSession, booking_id: str) -> hints.Hint:
    return hints.Hint(hints.Kind.BOOKING, session.id, (booking_id,), "person", session.now(), confirm=True)


def panel_address(base_url: str, booking_id: str) -> str:
    """Return the booking's page in i-Reserve's management panel, as in version 5.41; "" without an address."""
    host = rest_base(base_url).removesuffix("/api/rest")
    return f"{host}/admin?mod=dashboard&context=booking&id={booking_id}" if host else ""


def sync_now(ports: Ports, int_id: str, booking_id: str, actor: str) -> None:
    """Queue a look at one booking; raises `Conflict` if the integration is neither active nor in shadow, `Malformed` like `find`."""
    must_be_booking(booking_id)
    if integrations.get(ports.documents, int_id).phase not in RUNNING:
        raise Conflict("only an active integration is synchronised; activate it first", reason="not_active")
    hint = hints.Hint(hints.Kind.BOOKING, int_id, (booking_id,), "person", ports.clock(), actor=actor)
    hints.enqueue(ports.tasks, hint, ports.clock(), trailing=False)


def lags(ports: Ports, int_id: str, limit: int = 60) -> list[tuple[str, float]]:
    """Return when the last changes came and their delay in seconds, oldest first; without delays on purpose."""
    return journal_read.latest_delays(ports, int_id, limit)[::-1]
